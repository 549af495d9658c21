"""Candidates in an index: which of its passages share a key, or enough sampled shingles, with those asked about."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.candidates import CROWD
from cleancorpus.neardup.containment import MARK, Samples, probes_needed
from cleancorpus.neardup.postings import Postings
from cleancorpus.text import Positions


def band_holders(keys: NDArray[np.int64], bands: Postings) -> tuple[Positions, Positions]:
    """Give which row of ``keys`` shares one of them with which passage of a segment.

    Of a crowd that shares a key, the first ``CROWD`` are given.
    """
    flat = keys.reshape(-1)
    order = np.argsort(flat, kind="stable")
    place, rows = bands.look_up(flat[order], CROWD)
    return order[place] // max(keys.shape[1], 1), rows.astype(np.int64)


def sample_holders(
    asked: Samples, samples: Postings, sampled: NDArray[np.uint8], containment: float
) -> tuple[Positions, Positions]:
    """Give which text asked about may contain, or stand in, which passage of a segment: see ``containment``.

    ``sampled`` counts the sampled shingles of each passage of the segment.
    """
    keys = asked.hashes.view(np.int64)
    order = np.argsort(keys, kind="stable")
    place, rows = samples.look_up(keys[order], CROWD)
    entry, passage = order[place], (rows & ~MARK).astype(np.int64)
    count = max(len(sampled), 1)
    pairs, pair = np.unique(asked.owner[entry] * count + passage, return_inverse=True)
    query, passage = pairs // count, pairs % count
    # Counted are the hits among the probes of the smaller of the two.
    in_passage = np.bincount(pair, weights=asked.probe[entry], minlength=len(pairs))
    in_query = np.bincount(pair, weights=rows >= MARK, minlength=len(pairs))
    query_size, passage_size = asked.sizes[query], sampled[passage].astype(np.int64)
    hits = np.where(query_size.clip(max=255) <= passage_size, in_passage, in_query)
    likely = hits >= probes_needed(np.minimum(query_size, passage_size), containment)
    return query[likely], passage[likely]
