"""GBK and Big5 that were read as Latin-1 or Windows-1252: runs of bytes that make pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import DoubleByte
from cleancorpus.mojibake.misread_run import STRONG, Points, Run, weigh
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.readers import Source
from cleancorpus.mojibake.utf8_runs import BLANKS


def latin_pair_runs(text: Points, source: Source, charset: DoubleByte, rule: str, model: CharacterModel) -> list[Run]:
    """Find runs of pairs behind a text that was read as Latin-1 or Windows-1252."""
    high = np.flatnonzero(source.data >= 0x81)
    if not len(high):
        return []
    # Runs end where a character is none of this reader's, or where much ASCII stands between.
    breaks = np.flatnonzero((np.diff(high) > _ASCII_BETWEEN) | _stops_between(source.data, high)) + 1
    runs = []
    for group in np.split(high, breaks):
        # A quotation mark or dash may be the good text's own or a byte of the run: both are weighed.
        other = np.flatnonzero(~np.isin(text[source.owner[group]], _OWN_MARKS))
        inner = group[other[[0, -1]]] if len(other) else group[[0, -1]]
        for first in sorted({int(group[0]), int(inner[0])}):
            for last in sorted({int(group[-1]), int(inner[1])}):
                for start, end, points in _read_pairs(source.data[first : last + 2].tolist(), charset):
                    after = np.array(points, np.uint32)
                    if len(np.unique(after[is_hanzi(after)])) > 1:
                        runs.append(Run(first + start, first + end, after, rule, 0.0, 0.0, len(points) >= STRONG))
    return weigh(text, runs, model)


_OWN_MARKS = tuple(map(ord, "“”‘’…—–"))
_ASCII_BETWEEN = 200  # an address of the web


def _stops_between(data: NDArray[np.uint8], high: NDArray[np.int64]) -> NDArray[np.bool_]:
    stops = np.cumsum((data < 0x20) & ~np.isin(data, BLANKS))
    return np.asarray(np.diff(stops[high]) > 0)


def _read_pairs(data: list[int], charset: DoubleByte) -> list[tuple[int, int, list[int]]]:
    """Read bytes as pairs; give (start, end, code points) of the stretches without a byte that makes no pair."""
    out: list[tuple[int, int, list[int]]] = []
    points: list[int] = []
    start = at = end = 0
    kept = 0
    table = charset.character
    while at < len(data):
        byte = data[at]
        if byte < 0x80:
            if points:
                points.append(byte)
            at += 1
            continue
        pair = int(table[byte << 8 | data[at + 1]]) if at + 1 < len(data) else 0
        if pair:
            if not points:
                start = at
            points.append(pair)
            at += 2
            end, kept = at, len(points)
        else:
            if kept:
                out.append((start, end, points[:kept]))
            points, kept = [], 0
            at += 1
    if kept:
        out.append((start, end, points[:kept]))
    return out
