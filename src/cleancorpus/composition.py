"""Two layers of edits as one: for whoever wants one diff from the original to the text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.edits import Edits, concatenated
from cleancorpus.text import Positions, TextBatch, flat_ranges, offsets_of


def compose(first: Edits, later: Edits, batch: TextBatch) -> Edits:
    """Give the edits of ``batch`` that do at once what ``first`` does and then ``later`` does to the result.

    Where spans of ``first`` and of ``later`` touch in the middle text they become one edit, which carries the rule
    of ``later``; all others stay as they are, so that an edit does not depend on what else the batch holds.
    Whatever a cluster holds of the middle text is either a replacement that ``first`` put there or covered
    by an edit of ``later``; so its final text is made of the two ``after`` columns alone.
    """
    if not len(first) or not len(later):
        return later if not len(first) else first
    middle = first.apply(batch)
    mid_start = np.concatenate([first.new_start(), later.start])
    mid_end = np.concatenate([first.new_start() + first.after.lengths, later.end])
    document = np.concatenate([first.documents(batch), later.documents(middle)])
    is_later = np.concatenate([np.zeros(len(first), dtype=np.int64), np.ones(len(later), dtype=np.int64)])
    columns, _ = concatenated([first, later])
    order = np.lexsort((is_later, mid_end, mid_start, document))
    reach = np.maximum.accumulate(mid_end[order])
    opens = ~_touches_other_layer(mid_start[order], mid_end[order], is_later[order], document[order])
    cluster = np.empty(len(order), dtype=np.int64)
    cluster[order] = np.cumsum(opens) - 1
    first_row = np.flatnonzero(opens)
    last_row = np.concatenate([first_row[1:] - 1, [len(order) - 1]])
    start, end = mid_start[order][first_row], reach[last_row]

    # Each cluster's rule: that of its last edit of `later` if it has one, else of its last edit.
    rank = is_later * len(order) + np.argsort(order)
    best = np.full(len(first_row), -1, dtype=np.int64)
    np.maximum.at(best, cluster, rank)
    by_rank = np.empty(2 * len(order), dtype=np.int64)
    by_rank[rank] = np.arange(len(order))
    rule = columns.rule[by_rank[best]]

    # The characters that `first` put in and `later` leaves, and all that `later` puts in, in place.
    put = flat_ranges(first.new_start(), first.after.lengths)
    owner = np.repeat(np.arange(len(first)), first.after.lengths)
    over = np.searchsorted(later.start, put, side="right") - 1
    left = (over < 0) | (put >= later.end[np.maximum(over, 0)])
    new_owner = np.repeat(np.arange(len(later)), later.after.lengths)
    place = np.concatenate([put[left], later.start[new_owner]])
    home = np.concatenate([cluster[owner[left]], cluster[len(first) + new_owner]])
    points = np.concatenate([first.after.codepoints[left], later.after.codepoints])
    turn = np.concatenate([np.ones(int(left.sum()), dtype=np.int64), np.zeros(len(new_owner), dtype=np.int64)])
    sequence = np.lexsort((turn, place, home))
    after = TextBatch(points[sequence], offsets_of(np.bincount(home, minlength=len(first_row))))

    old_start = _cluster_edge(first, start, cluster, leading=True)
    old_end = _cluster_edge(first, end, cluster, leading=False)
    return Edits(old_start, old_end, after, rule, columns.rules, document[order][first_row]).effective(batch)


def _touches_other_layer(start: Positions, end: Positions, layer: Positions, document: Positions) -> NDArray[np.bool_]:
    """Say which of some sorted spans touch one in front of them that is of the other layer and in their text."""
    place = np.arange(len(start))
    touches = np.zeros(len(start), dtype=bool)
    for own, other in ((0, 1), (1, 0)):
        # Spans of one layer are disjoint, so the nearest one in front reaches the farthest.
        nearest = np.maximum.accumulate(np.where(layer == other, place, -1))
        here = (layer == own) & (nearest >= 0)
        touches |= here & (end[nearest] >= start) & (document[nearest] == document)
    return touches


def _cluster_edge(first: Edits, edge: Positions, cluster: Positions, *, leading: bool) -> Positions:
    """Give the original positions of the clusters' edges: moved back by the growth of all edits in front of them.

    In front of a leading edge are the edits of earlier clusters, in front of the other one the cluster's own too.
    """
    behind = offsets_of(first.after.lengths - (first.end - first.start))
    earlier = np.searchsorted(cluster[: len(first)], np.arange(len(edge)), side="left" if leading else "right")
    return edge - behind[earlier]
