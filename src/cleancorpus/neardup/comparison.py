"""Texts made ready to be compared: folded, cut, counted and keyed, a piece at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cleancorpus.neardup.bands import BandKeys, Bands
from cleancorpus.neardup.keep import damage
from cleancorpus.neardup.passages import Passages, cut_passages, whole_texts
from cleancorpus.neardup.shingles import Hashes64, fingerprints
from cleancorpus.neardup.signatures import Signer
from cleancorpus.neardup.view import FOLD_PARTS, base_view, check_parts, rewritten
from cleancorpus.text import Positions, TextBatch, flat_ranges, offsets_of, runs_within

UNITS = ("passage", "document")
_CHUNK = 64_000  # characters folded at a time: the arrays of a piece stay in the cache
_SIGNED = 2048  # texts signed at a time


@dataclass(frozen=True, eq=False)
class Compared:
    """Passages ready to be compared, as columns.

    ``view`` holds the texts that are compared; ``document`` is the number of each one's source text, ``start``
    and ``end`` its span in that; ``faults`` counts its damaged characters and spun words (all ``int64``).
    """

    view: TextBatch
    document: Positions
    start: Positions
    end: Positions
    faults: Positions

    def __len__(self) -> int:
        return len(self.document)

    @cached_property
    def prints(self) -> Hashes64:
        """The fingerprints of the folded texts, ``uint64[P, 2]``."""
        return fingerprints(self.view)

    @classmethod
    def of(cls, batch: TextBatch, unit: str = "passage", fold: Collection[str] = FOLD_PARTS) -> Compared:
        """Fold a batch and cut it into passages, or leave its texts whole (``unit="document"``)."""
        parts = check_parts(fold)
        base = base_view(batch, parts)
        passages = cut_passages(batch, base) if unit == "passage" else whole_texts(batch, base)
        cut = TextBatch(base.batch.codepoints, passages.offsets)
        plain = rewritten(cut, parts)
        view = _with_blank_texts(plain.batch, batch, passages)
        broken = np.searchsorted(damage(batch), np.stack([passages.start, passages.end]))
        faults = broken[1] - broken[0] + np.bincount(cut.document_of(plain.spun), minlength=len(cut))
        begin = batch.offsets[passages.document]
        return cls(view, passages.document, passages.start - begin, passages.end - begin, faults)


def compare_texts(
    texts: Sequence[str], unit: str = "passage", fold: Collection[str] = FOLD_PARTS
) -> Iterator[Compared]:
    """Make texts ready in pieces of about 64,000 characters; ``document`` counts through all of them."""
    for first, batch in batches_of(texts):
        piece = Compared.of(batch, unit, fold)
        yield Compared(piece.view, piece.document + first, piece.start, piece.end, piece.faults)


def batches_of(texts: Sequence[str]) -> Iterator[tuple[int, TextBatch]]:
    """Give texts as batches of about 64,000 characters, each with the number of its first text."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    for first, last in runs_within(lengths + 1, _CHUNK):
        yield first, TextBatch.from_texts(texts[first:last])


def compare_all(texts: Sequence[str], unit: str = "passage", fold: Collection[str] = FOLD_PARTS) -> Compared:
    """Make texts ready, as ``compare_texts`` does, in one piece."""
    # No text grows where it is folded.  Memory that was got at once and is filled up costs a third of what it
    # takes to keep the pieces until they can be joined.
    points = np.empty(sum(map(len, texts)), dtype=np.uint32)
    filled = 0
    columns = []
    for piece in compare_texts(texts, unit, fold):
        count = len(piece.view.codepoints)
        points[filled : filled + count] = piece.view.codepoints
        filled += count
        columns.append((piece.view.lengths, piece.document, piece.start, piece.end, piece.faults))
    none = np.zeros(0, dtype=np.int64)
    lengths, *rest = (np.concatenate(column) for column in zip(*columns, strict=True)) if columns else [none] * 5
    return Compared(TextBatch(points[:filled], offsets_of(lengths)), *rest)


def band_keys(view: TextBatch, chosen: Positions, signer: Signer, bands: Bands) -> BandKeys:
    """Give the band keys of the chosen texts, ``int64[len(chosen), bands]``, holding few signatures at a time."""
    keys = np.empty((len(chosen), bands.bands), dtype=np.int64)
    order = np.argsort(chosen, kind="stable")  # neighbours are signed where they stand, without a copy
    for first in range(0, len(chosen), _SIGNED):
        rows = order[first : first + _SIGNED]
        keys[rows] = bands.keys(signer.sign(_texts(view, chosen[rows])))
    return keys


def _texts(view: TextBatch, rising: Positions) -> TextBatch:
    """Give the texts of these numbers, which rise; a run of neighbours is a part of the batch as it is."""
    first, last = int(rising[0]), int(rising[-1])
    if last - first + 1 != len(rising):
        return view.take(rising)
    return view.between(first, last + 1)


def _with_blank_texts(view: TextBatch, batch: TextBatch, passages: Passages) -> TextBatch:
    """Let texts of which the fold leaves nothing stand as they are: they are alike only when equal."""
    blank = np.flatnonzero((view.lengths == 0) & (passages.end > passages.start))
    if not len(blank):
        return view
    length = view.lengths.copy()
    length[blank] = (passages.end - passages.start)[blank]
    offsets = offsets_of(length)
    points = np.empty(int(offsets[-1]), dtype=np.uint32)
    places = flat_ranges(offsets[:-1][blank], length[blank])
    from_view = np.ones(len(points), dtype=bool)
    from_view[places] = False
    points[from_view] = view.codepoints
    points[places] = batch.codepoints[flat_ranges(passages.start[blank], length[blank])]
    return TextBatch(points, offsets)
