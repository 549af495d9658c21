"""Equal texts: one of each is compared with others, and what was found of it holds for all."""

from __future__ import annotations

import numpy as np

from cleancorpus.neardup.candidates import CROWD, pairs_in_runs, runs_of_equals
from cleancorpus.neardup.findings import FOLDED, PairColumns
from cleancorpus.neardup.shingles import Hashes64, fingerprints, sampled_hashes
from cleancorpus.text import Positions, TextBatch, flat_ranges


def first_of_equal_texts(view: TextBatch, order: Positions) -> Positions:
    """Give for every text, in the order given, the first that equals it, ``int64[D]`` of places in the order.

    A fingerprint is taken of those alone that agree with another in length and in a few characters.
    """
    samples = sampled_hashes(view.codepoints, view.offsets[:-1], view.lengths)[order]
    by_sample = np.argsort(samples)
    likely = np.sort(by_sample[flat_ranges(*runs_of_equals(samples[by_sample]))])
    first = np.arange(len(order), dtype=np.int64)
    first[likely] = likely[first_of_equals(fingerprints(view.take(order[likely])))]
    return first


def first_of_equals(prints: Hashes64) -> Positions:
    """Give for every row of fingerprints (``uint64[D, 2]``) the first row that equals it, ``int64[D]``.

    Texts whose BLAKE2b digests of 128 bits are equal are taken as equal: no two different texts with one
    digest are known.
    """
    order = np.lexsort((prints[:, 1], prints[:, 0]))  # stable: of equal rows, the first comes first
    ordered = prints[order]
    opens = np.ones(len(order), dtype=bool)
    opens[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    first = np.empty(len(order), dtype=np.int64)
    first[order] = order[np.flatnonzero(opens)][np.cumsum(opens) - 1]
    return first


def with_equals(distinct: PairColumns, equal_to: Positions) -> PairColumns:
    """Add the pairs of equal texts, and pair the equals of each text with those of its partners.

    ``equal_to`` gives for each text the first that is equal to it.  In a crowd of equals, each is paired with the
    first alone; where two crowds meet, the first of each with all of the other: the pairs stay linear.
    """
    members = np.argsort(equal_to, kind="stable")
    size = np.bincount(equal_to, minlength=len(equal_to))
    begin = np.cumsum(size) - size
    few = np.flatnonzero((size > 1) & (size <= CROWD))
    few_left, few_right = pairs_in_runs(members, begin[few], size[few])
    many = np.flatnonzero(size > CROWD)
    others = flat_ranges(begin[many] + 1, size[many] - 1)
    same_left = np.concatenate([few_left, np.repeat(members[begin[many]], size[many] - 1)])
    same_right = np.concatenate([few_right, members[others]])
    one = np.ones(len(same_left))
    kind = np.full(len(same_left), FOLDED, dtype=np.int8)

    full = size[distinct.left] * size[distinct.right] <= CROWD
    left_count = np.where(full, size[distinct.left], 1)
    pair = np.repeat(np.arange(len(distinct)), left_count * size[distinct.right])
    turn = flat_ranges(np.zeros(len(distinct), dtype=np.int64), left_count * size[distinct.right])
    left = members[begin[distinct.left][pair] + turn // size[distinct.right][pair]]
    right = members[begin[distinct.right][pair] + turn % size[distinct.right][pair]]
    # The others of a left crowd meet the first of the right one.
    rest = np.where(full, 0, size[distinct.left] - 1)
    more = np.repeat(np.arange(len(distinct)), rest)
    more_left = members[flat_ranges(begin[distinct.left] + 1, rest)]
    more_right = distinct.right[more]
    pair = np.concatenate([pair, more])
    left, right = np.concatenate([left, more_left]), np.concatenate([right, more_right])
    left, right = np.minimum(left, right), np.maximum(left, right)

    columns = PairColumns(
        np.concatenate([same_left, left]),
        np.concatenate([same_right, right]),
        np.concatenate([one, distinct.jaccard[pair]]),
        np.concatenate([one, distinct.containment[pair]]),
        np.concatenate([kind, distinct.kind[pair]]),
    )
    return columns.take(np.lexsort((columns.right, columns.left)))
