"""Files that mix encodings: which part is in which.

The bytes are cut into units behind ASCII characters that are part of no longer code in any of the encodings
(line breaks, blanks, most punctuation; not letters or digits), every unit is charged what it costs to read
in each, and the cheapest path through the units, with a charge for each change, says which part is which
(Viterbi 1967).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleancorpus.encoding import evidence
from cleancorpus.encoding.doublebyte import Decoded
from cleancorpus.text import Positions

# A change of encoding must save this many bits: three to four Chinese characters read right instead of wrong.
CHANGE_BITS = 24.0


def mixed_reading(
    data: bytes, encodings: Sequence[str], before: str | None = None, behind: str | None = None
) -> list[tuple[int, int, str, Decoded]]:
    """Give the parts of the data, each with start, end, encoding and reading; they cover it without a gap.

    ``before`` and ``behind`` are the encodings of what the data were taken out of, if they were.
    """
    readings = [evidence.read(data, encoding) for encoding in encodings]
    if len(encodings) == 1:
        return [(0, len(data), encodings[0], readings[0])]
    bounds = unit_bounds(data)
    costs = np.stack(
        [_unit_costs(reading, encoding, bounds) for reading, encoding in zip(readings, encodings, strict=True)], axis=1
    )
    for neighbour, unit in ((before, 0), (behind, -1)):
        if neighbour is not None:
            costs[unit] += [0.0 if encoding == neighbour else CHANGE_BITS for encoding in encodings]
    states = cheapest_path(costs)
    changes = np.concatenate([[0], np.flatnonzero(np.diff(states)) + 1])
    parts = []
    for unit, stop in zip(changes.tolist(), [*changes[1:].tolist(), len(states)], strict=True):
        start = int(bounds[unit])
        end = int(bounds[stop]) if stop < len(bounds) else len(data)
        state = int(states[unit])
        parts.append((start, end, encodings[state], _part(readings[state], start, end)))
    return parts


def unit_bounds(data: bytes) -> Positions:
    """Give where each unit begins, ``int64``; the first begins at 0."""
    raw = np.frombuffer(data, dtype=np.uint8)
    high = raw >= 0x80
    places = np.arange(len(raw))
    separator = (raw < 0x30) | ((raw >= 0x3A) & (raw <= 0x3F))
    last_separator = np.maximum.accumulate(np.where(separator, places, -1))
    run_heads = np.flatnonzero(high & ~np.concatenate([[False], high[:-1]]))
    run_tails = np.flatnonzero(high & ~np.concatenate([high[1:], [False]]))
    behind = last_separator[run_heads[1:]]
    bounds = behind[behind > run_tails[:-1]] + 1
    return np.concatenate([[0], bounds]).astype(np.int64)


def _unit_costs(reading: Decoded, encoding: str, bounds: Positions) -> NDArray[np.float64]:
    bits = evidence.reading_bits(reading, encoding).astype(np.float64)
    total = np.concatenate([[0.0], np.cumsum(bits)])
    return np.diff(total[np.searchsorted(reading.starts, bounds)], append=total[-1])


def cheapest_path(costs: NDArray[np.float64]) -> NDArray[np.int64]:
    """Choose a column for each row of ``costs`` (``float64[U, K]``) so that costs and changes are least."""
    count = costs.shape[1]
    best = [0.0] * count
    came_from: list[list[int]] = []
    for row in costs.tolist():
        cheapest = min(range(count), key=best.__getitem__)
        limit = best[cheapest] + CHANGE_BITS
        origin = [column if best[column] <= limit else cheapest for column in range(count)]
        best = [min(best[column], limit) + row[column] for column in range(count)]
        came_from.append(origin)
    state = min(range(count), key=best.__getitem__)
    states = np.zeros(len(came_from), dtype=np.int64)
    for place in range(len(came_from) - 1, -1, -1):
        states[place] = state
        state = came_from[place][state]
    return states


def _part(reading: Decoded, start: int, end: int) -> Decoded:
    first, last = np.searchsorted(reading.starts, [start, end]).tolist()
    return Decoded(reading.codepoints[first:last], reading.starts[first:last], reading.bad[first:last])
