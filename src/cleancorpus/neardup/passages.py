"""Passages: documents cut so that the same words are cut the same way wherever they stand.

A line of at least ``SHORT`` characters is a block, and so is a run of shorter lines.  A block of more than
``LONG`` characters is cut: at the ends of sentences (in a run of lines: of lines), and there at those whose
eight characters in front have the smallest hash within ``REACH`` characters on both sides.  Where nothing is
a sentence for long, any place can be such an end.  A cut so depends on no more than ``REACH`` characters
around it: text put in or taken out moves the cuts near it and no other.

Lengths count characters of the folded view, so that blanks, marks and script do not move a cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.neardup.shingles import sorted_distinct, windows32
from cleancorpus.neardup.view import Base
from cleancorpus.text import Positions, TextBatch, flat_ranges

SHORT = 20
LONG = 600
REACH = 150
_CONTEXT = 8
_ANY_PLACE = 16  # one place in so many is a possible end where there are no sentences

_MARKS = "。！？；…!?;｡"
_CLOSERS = "”’」』）)】》〉〕\"'"


@dataclass(frozen=True)
class Passages:
    """Passages of a batch as columns (``int64``), in order.

    ``start`` and ``end`` are positions in the batch, ``document`` is the text of each passage, and
    ``offsets`` (``int64[P + 1]``) cut the folded view: every folded character lies in one passage.
    """

    start: Positions
    end: Positions
    document: Positions
    offsets: Positions

    def __len__(self) -> int:
        return len(self.start)


def whole_texts(batch: TextBatch, base: Base) -> Passages:
    """Give every text of the batch as one passage."""
    documents = np.arange(len(batch), dtype=np.int64)
    return Passages(batch.offsets[:-1], batch.offsets[1:], documents, base.batch.offsets)


def cut_lines(batch: TextBatch, base: Base) -> Passages:
    """Give every line that holds anything as one passage."""
    lines = batch.lines()
    first = np.searchsorted(base.positions, lines.start)
    last = np.searchsorted(base.positions, lines.stop)
    filled = np.flatnonzero(last > first)
    offsets = np.append(first[filled], len(base.positions)).astype(np.int64)
    return Passages(lines.start[filled], lines.end[filled], lines.document[filled], _from_zero(offsets))


def cut_passages(batch: TextBatch, base: Base) -> Passages:
    """Cut every text of the batch into passages; a text without a folded character has none."""
    lines = cut_lines(batch, base)
    if not len(lines):
        return lines
    block_first = _block_starts(lines)
    block_last = np.append(block_first[1:], len(lines)) - 1
    view_start, view_end = lines.offsets[block_first], lines.offsets[block_last + 1]
    long = np.flatnonzero(view_end - view_start > LONG)
    cuts = _sentence_cuts(batch, base, lines, block_first[long], block_last[long])
    starts = np.concatenate([lines.start[block_first], cuts])
    document = np.concatenate([lines.document[block_first], batch.document_of(cuts)])
    order = np.argsort(starts, kind="stable")
    starts, document = starts[order], document[order]
    # A passage ends where the next begins, but for the blanks and breaks between two blocks.
    is_cut = np.append(order[1:] >= len(block_first), False)
    ends = np.empty_like(starts)
    ends[~is_cut] = lines.end[block_last]
    ends[is_cut] = starts[1:][is_cut[:-1]]
    offsets = np.append(np.searchsorted(base.positions, starts), len(base.positions)).astype(np.int64)
    return Passages(starts, ends, document, _from_zero(offsets))


def _from_zero(offsets: Positions) -> Positions:
    offsets[0] = 0
    return offsets


def _block_starts(lines: Passages) -> Positions:
    """Give the first line of every block: a long line alone, short lines of one document together."""
    short = np.diff(lines.offsets) < SHORT
    opens = np.ones(len(lines), dtype=bool)
    opens[1:] = ~(short[1:] & short[:-1]) | (lines.document[1:] != lines.document[:-1])
    return np.flatnonzero(opens)


def _sentence_cuts(batch: TextBatch, base: Base, lines: Passages, first: Positions, last: Positions) -> Positions:
    """Give the positions in the batch at which the long blocks (lines ``first`` to ``last``) are cut."""
    if not len(first):
        return np.zeros(0, dtype=np.int64)
    alone = first == last
    inner_ends = flat_ranges(first[~alone] + 1, (last - first)[~alone])
    places = np.concatenate([_sentence_ends(batch, lines, first[alone]), lines.start[inner_ends]])
    places.sort()
    view_start, view_end = lines.offsets[first], lines.offsets[last + 1]
    ends = np.searchsorted(base.positions, places)
    cuts = _local_minima(base.batch.codepoints, sorted_distinct(ends), view_start, view_end)
    # Where a piece is still long, there were no sentences: every place is as good as another.
    borders = sorted_distinct(np.concatenate([view_start, view_end, cuts]))
    piece_start, piece_end = borders[:-1], borders[1:]
    inside = np.searchsorted(view_start, piece_start, side="right") - 1
    huge = (piece_end - piece_start > 2 * LONG) & (piece_end <= view_end[inside])
    if huge.any():
        piece_start, piece_end = piece_start[huge], piece_end[huge]
        anywhere = flat_ranges(piece_start + _CONTEXT, piece_end - piece_start - _CONTEXT)
        anywhere = anywhere[_context_hashes(base.batch.codepoints, anywhere) % _ANY_PLACE == 0]
        more = _local_minima(base.batch.codepoints, anywhere, piece_start, piece_end)
        cuts = np.sort(np.concatenate([cuts, more]))
    return base.positions[cuts]


def _sentence_ends(batch: TextBatch, lines: Passages, chosen: Positions) -> Positions:
    """Give the positions behind the sentences of the chosen lines: behind marks and the closers that follow."""
    if not len(chosen):
        return chosen
    marks, endings = _ending_tables()
    run = np.flatnonzero(endings.take(batch.codepoints, mode="clip"))
    line = np.searchsorted(lines.start[chosen], run, side="right") - 1
    within = (line >= 0) & (run < lines.end[chosen][line])
    run, line = run[within], line[within]
    if not len(run):
        return run
    opens = np.ones(len(run), dtype=bool)
    opens[1:] = (run[1:] != run[:-1] + 1) | (line[1:] != line[:-1])
    first = np.flatnonzero(opens)
    has_mark = np.logical_or.reduceat(marks[batch.codepoints[run]], first)
    run_end: Positions = run[np.append(first[1:], len(run)) - 1] + 1
    return run_end[has_mark]


@cache
def _ending_tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Give which code points of the basic plane end a sentence, and which do so or may follow; its last does not."""
    marks = np.zeros(0x10000, dtype=bool)
    marks[[ord(letter) for letter in _MARKS]] = True
    endings = marks.copy()
    endings[[ord(letter) for letter in _CLOSERS]] = True
    marks.flags.writeable = endings.flags.writeable = False
    return marks, endings


def _context_hashes(points: NDArray[np.uint32], places: Positions) -> NDArray[np.uint32]:
    """Hash the characters in front of each place of the view, which must have that many before it."""
    grid = points[places[:, None] + np.arange(-_CONTEXT, 0)]
    return windows32(np.ascontiguousarray(grid).reshape(-1), _CONTEXT)[::_CONTEXT]


def _local_minima(points: NDArray[np.uint32], places: Positions, start: Positions, end: Positions) -> Positions:
    """Give those places whose hash is the least within ``REACH`` in their span; of equal ones the first.

    ``places`` and the spans ``[start, end)`` are sorted positions of the view.  A place nearer than ``SHORT``
    to an edge of its span is none.
    """
    span = np.searchsorted(start, places, side="right") - 1
    inside = (span >= 0) & (places - start[span] >= SHORT) & (end[span] - places >= SHORT)
    places, span = places[inside], span[inside]
    if not len(places):
        return places
    hashes = _context_hashes(points, places).astype(np.uint64)
    # The place breaks ties: the first of equal hashes is the least.
    ranks = (hashes << np.uint64(32)) | np.arange(len(places), dtype=np.uint64)
    low = np.searchsorted(places, np.maximum(places - REACH, start[span]))
    high = np.searchsorted(places, np.minimum(places + REACH, end[span]), side="right")
    least: Positions = places[_range_minima(ranks, low, high) == ranks]
    return least


def _range_minima(values: NDArray[np.uint64], low: Positions, high: Positions) -> NDArray[np.uint64]:
    """Give the least value of each range ``[low, high)``, from minima of runs of 1, 2, 4 … values."""
    level = np.frexp((high - low).astype(np.float64))[1] - 1  # the largest power of two that fits
    least = np.empty(len(low), dtype=np.uint64)
    runs = values
    for power in range(int(level.max()) + 1):
        if power:
            runs = np.minimum(runs[: -(1 << power - 1)], runs[1 << power - 1 :])
        here = np.flatnonzero(level == power)
        least[here] = np.minimum(runs[low[here]], runs[high[here] - (1 << power)])
    return least
