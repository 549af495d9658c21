"""Identification of script: of documents, lines and runs of characters, by array passes.

A character counts as simplified when no traditional text writes it so, and as traditional when no simplified
text does (OpenCC's tables say which); all others, four in five of running text, tell nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import SettingsError
from cleancorpus.script.dictionary import candidate_table
from cleancorpus.script.forms import listed_forms
from cleancorpus.text import Codepoints, Positions, TextBatch

Script = Literal["Hans", "Hant", "mixed", "neither"]
Unit = Literal["document", "line", "run"]

SCRIPTS: tuple[Script, ...] = ("neither", "Hans", "Hant", "mixed")
HANS, HANT, HAN = np.uint8(1), np.uint8(2), np.uint8(4)
_BLOCK = 1 << 16

# A span is mixed when its minor script has at least this share of the characters that tell, and this many.
# benchmarks/script_quality.py: the minor script has at most 0.035 of them in the corpora of one script (poems with
# leftovers of a conversion), 0.02 in classical prose and under 0.005 elsewhere; pages of two scripts have more.
MIXED_SHARE = 0.05
MIXED_COUNT = 2

# Three counts in one number, so that a block is summed once; a block is shorter than a field is wide.
_SHIFTS, _FIELD = (np.int64(0), np.int64(20), np.int64(40)), np.int64((1 << 20) - 1)

# Ideographs: CJK unified with its extensions, compatibility ideographs, and the iteration mark and zero.
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF), (0x3005, 0x3007))


@dataclass(frozen=True)
class Scripts:
    """What script spans of a batch are in, as columns, one entry a span.

    ``start`` and ``end`` (``int64``, code points), ``document`` (``int64``), ``han`` (``int64``, ideographs),
    ``hans`` and ``hant`` (``int64``, characters that only simplified and only traditional script has), and
    ``script`` (``int8``, an index into ``SCRIPTS``).
    """

    start: Positions
    end: Positions
    document: Positions
    han: Positions
    hans: Positions
    hant: Positions
    script: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.start)

    def labels(self) -> list[Script]:
        """Give each span's script by name: Hans, Hant, mixed or neither."""
        return [SCRIPTS[index] for index in self.script.tolist()]

    @property
    def evidence(self) -> NDArray[np.float32]:
        """How clear each span is, 0 to 1: the lead of the major script, with one doubt added to the counts."""
        lead = np.abs(self.hans - self.hant)
        return np.asarray(lead / (self.hans + self.hant + 1), dtype=np.float32)


def identify(batch: TextBatch, unit: Unit = "document") -> Scripts:
    """Tell the script of every document, line, or run of ideographs in a batch.

    >>> from cleancorpus.text import TextBatch
    >>> identify(TextBatch.from_texts(["简体汉字", "繁體漢字", "人山人海", "abc"])).labels()
    ['Hans', 'Hant', 'neither', 'neither']

    Raises ``SettingsError`` for another unit.
    """
    if unit == "document":
        start, end = batch.offsets[:-1], batch.offsets[1:]
        document = np.arange(len(batch), dtype=np.int64)
    elif unit == "line":
        lines = batch.lines()
        start, end, document = lines.start, lines.stop, lines.document
    elif unit == "run":
        start, end = _runs(script_marks(batch.codepoints), batch.offsets)
        document = batch.document_of(start)
    else:
        raise SettingsError(f"unit is {unit!r}; it may be document, line, run")
    hans, hant, han = count_marks(batch.codepoints, start, end)
    return Scripts(start, end, document, han, hans, hant, judge(hans, hant))


def judge(hans: Positions, hant: Positions) -> NDArray[np.int8]:
    """Give the script that counts of simplified and traditional characters speak for, by ``SCRIPTS``' numbers."""
    minor, total = np.minimum(hans, hant), hans + hant
    mixed = (minor == np.maximum(hans, hant)) | ((minor >= MIXED_COUNT) & (minor >= MIXED_SHARE * total))
    single = np.where(hans > hant, SCRIPTS.index("Hans"), SCRIPTS.index("Hant"))
    script = np.where(mixed, SCRIPTS.index("mixed"), single)
    return np.where(total > 0, script, SCRIPTS.index("neither")).astype(np.int8)


def script_marks(points: Codepoints) -> NDArray[np.uint8]:
    """Mark each character (``uint8[N]``): ``HAN``, and ``HANS`` or ``HANT`` if only one script has it."""
    table = _mark_table()
    marks = np.empty(len(points), dtype=np.uint8)
    for begin in range(0, len(points), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        marks[block] = table.take(points[block].astype(np.int64), mode="clip")
    return marks


def count_marks(points: Codepoints, start: Positions, end: Positions) -> tuple[Positions, Positions, Positions]:
    """Count simplified-only, traditional-only and all ideographs of spans, which are sorted and disjoint."""
    packed = _packed_table()
    edges = np.zeros(2 * len(start) + 1, dtype=np.int64)
    edges[1::2], edges[2::2] = start, end
    counts = np.zeros((3, len(edges)), dtype=np.int64)  # of the stretch behind each edge
    for begin in range(0, len(points), _BLOCK):
        block = packed.take(points[begin : begin + _BLOCK].astype(np.int64), mode="clip")
        first = np.searchsorted(edges, begin, side="right")
        last = np.searchsorted(edges, begin + len(block))
        cuts = np.concatenate([[begin], edges[first:last]]) - begin
        sums = np.add.reduceat(block, cuts)
        stretch = slice(first - 1, first - 1 + len(sums))
        for row, shift in zip(counts, _SHIFTS, strict=True):
            row[stretch] += (sums >> shift) & _FIELD
    hans, hant, han = np.where(start < end, counts[:, 1::2], 0)
    return hans, hant, han


def _runs(marks: NDArray[np.uint8], offsets: Positions) -> tuple[Positions, Positions]:
    is_han = np.zeros(len(marks) + 2, dtype=bool)
    is_han[1:-1] = marks >= HAN
    edges = is_han[1:] != is_han[:-1]
    inner = offsets[1:-1]
    both = inner[is_han[inner] & is_han[inner + 1]]  # a run ends where its text does
    changes = np.flatnonzero(edges)
    start, end = changes[::2], changes[1::2]
    return np.sort(np.concatenate([start, both])), np.sort(np.concatenate([end, both]))


@cache
def _mark_table() -> NDArray[np.uint8]:
    table = np.zeros(max(last for _, last in _IDEOGRAPHS) + 2, dtype=np.uint8)
    for first, last in _IDEOGRAPHS:
        table[first : last + 1] = HAN
    simplified, traditional = one_script_characters()
    table[simplified] |= HANS
    table[traditional] |= HANT
    return table


@cache
def _packed_table() -> Positions:
    marks = _mark_table()
    fields = (marks & mark > 0 for mark in (HANS, HANT, HAN))
    packed = np.zeros(len(marks), dtype=np.int64)
    for field, shift in zip(fields, _SHIFTS, strict=True):
        packed |= field.astype(np.int64) << shift
    return packed


@cache
def one_script_characters() -> tuple[Codepoints, Codepoints]:
    """Give the characters that only simplified and that only traditional script has (``uint32`` each).

    OpenCC's tables say what each character is in the other script.  One whose conversion may be itself is in
    both; so is one that stands on both sides (干 is simplified 幹, and a traditional character).
    """
    simplified = _changed_for_good("STCharacters")
    # Taiwan and Hong Kong write some characters as simplified text does: 群, 床, 秘.
    simplified -= {value for table in ("TWVariants", "HKVariants") for (value, *_) in candidate_table(table).values()}
    simplified -= set(listed_forms()["in_both_scripts"])
    traditional = _changed_for_good("TSCharacters", "TSCharactersExt")
    both = simplified & traditional
    return _codes(simplified - both), _codes(traditional - both)


def _changed_for_good(*tables: str) -> set[str]:
    """Give the keys of tables that are no conversion of anything, themselves included."""
    rows = [row for table in tables for row in candidate_table(table).items()]
    return {key for key, _ in rows} - {value for _, values in rows for value in values}


def _codes(characters: set[str]) -> Codepoints:
    return np.array(sorted(map(ord, characters)), dtype=np.uint32)
