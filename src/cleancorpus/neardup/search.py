"""The search in memory: items in, verified pairs and clusters out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import SettingsError
from cleancorpus.neardup.bands import RECALL, Bands, check_share
from cleancorpus.neardup.candidates import band_pairs
from cleancorpus.neardup.clusters import anchors
from cleancorpus.neardup.comparison import UNITS, band_keys, compare_all
from cleancorpus.neardup.containment import containing_pairs
from cleancorpus.neardup.equals import first_of_equal_texts, with_equals
from cleancorpus.neardup.findings import CONTAINED, FOLDED, NEAR, SAME, DuplicateReport, PairColumns, PassageColumns
from cleancorpus.neardup.items import Entry, Items, read_items, with_own_ids
from cleancorpus.neardup.keep import Keep, check_keep, id_ranks, keep_order
from cleancorpus.neardup.screening import plausible
from cleancorpus.neardup.shingles import DEFAULT_SIZE, check_size, sorted_distinct
from cleancorpus.neardup.signatures import Signer
from cleancorpus.neardup.verify import likeness
from cleancorpus.neardup.view import FOLD_PARTS, check_parts
from cleancorpus.text import Positions, TextBatch

ROUNDS = 8  # searches among what is left of crowds; the second finds next to nothing


@dataclass(frozen=True)
class Search:
    """The settings of a search; see ``near_duplicates``.  Raises ``SettingsError`` where one is out of range."""

    threshold: float = 0.8
    unit: str = "passage"
    containment: float | None = None
    keep: Keep = "longest"
    fold: Collection[str] = FOLD_PARTS
    shingle: int = DEFAULT_SIZE
    recall: float = RECALL

    def __post_init__(self) -> None:
        check_share("threshold", self.threshold)
        if self.containment is not None:
            check_share("containment", self.containment)
        if self.unit not in UNITS:
            raise SettingsError(f"unit is one of {', '.join(UNITS)}, not {self.unit!r}")
        check_keep(self.keep)
        check_parts(self.fold)
        check_size(self.shingle)
        _ = self.bands

    @cached_property
    def signer(self) -> Signer:
        """How texts are signed."""
        return Signer(self.bands.signature, self.shingle)

    @cached_property
    def bands(self) -> Bands:
        """How signatures are cut into bands."""
        return Bands.least(self.threshold, self.recall)


def near_duplicates(
    items: Iterable[Entry],
    threshold: float = 0.8,
    unit: str = "passage",
    *,
    containment: float | None = None,
    keep: Keep = "longest",
    fold: Collection[str] = FOLD_PARTS,
    shingle: int = DEFAULT_SIZE,
    recall: float = RECALL,
) -> DuplicateReport:
    """Find the texts that are nearly the same, say how alike they are, and choose which to keep.

    ``items`` are texts (their ids are 0, 1, 2 …), ``(id, text)`` pairs or Documents.  Two passages (or whole
    documents, by ``unit``) are a pair when the exact Jaccard index of their shingles of ``shingle`` folded
    characters is at least ``threshold``, or when ``containment`` is given and that share of the smaller one's
    shingles stands in the larger.  ``keep`` is ``longest``, ``earliest`` (in the order given), ``best`` (least
    damaged and spun) or a function of id and passage whose largest value is kept.  ``fold`` names the parts of
    the fold, a subset of ``FOLD_PARTS``.  ``recall`` is the least probability with which a pair exactly at the
    threshold is looked at; what is looked at is verified.

    The report is the same for any order of the items, but for ``keep="earliest"`` and texts without ids.
    Raises ``SettingsError`` for a setting out of range and ``InputError`` for an item of another kind or an id twice.

    >>> report = near_duplicates([("a", "春眠不覺曉，處處聞啼鳥。"), ("b", "春眠不觉晓,处处闻啼鸟.")])
    >>> [(pair.left, pair.right, pair.jaccard, pair.kind) for pair in report.pairs]
    [('a', 'b', 1.0, 'folded')]
    >>> report.keep
    ('a',)
    """
    search = Search(threshold, unit, containment, keep, fold, shingle, recall)
    known = with_own_ids(read_items(items))
    compared = compare_all(known.texts, unit, fold)
    columns = PassageColumns(compared.document, compared.start, compared.end)
    order = keep_order(
        search.keep,
        length=compared.view.lengths,
        faults=compared.faults,
        place=_places(known, columns, search),
        scores=_scores(known, columns, search.keep),
    )
    equal_to = first_of_equal_texts(compared.view, order)
    distinct = np.flatnonzero(equal_to == np.arange(len(equal_to)))
    pairs = _pairs_of_distinct(compared.view, order[distinct], search)
    kept_distinct = kept_among(pairs, compared.view.lengths[order[distinct]])
    kept = distinct[kept_distinct][np.searchsorted(distinct, equal_to)]
    pairs = replace(pairs, left=distinct[pairs.left], right=distinct[pairs.right])
    return _report(known, search, columns, order, with_equals(pairs, equal_to), kept)


def _places(known: Items, columns: PassageColumns, search: Search) -> Positions:
    """Rank the passages by the id of their item (for ``earliest``: by its place) and where they stand in it."""
    ranks = np.arange(len(known.ids)) if search.keep == "earliest" else id_ranks(known.ids)
    order = np.lexsort((columns.start, ranks[columns.item]))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def _scores(known: Items, columns: PassageColumns, keep: Keep) -> NDArray[np.float64] | None:
    if not callable(keep):
        return None
    rows = zip(columns.item.tolist(), columns.start.tolist(), columns.end.tolist(), strict=True)
    scores = [float(keep(known.ids[item], known.texts[item][start:end])) for item, start, end in rows]
    return np.array(scores, dtype=np.float64)


def _pairs_of_distinct(view: TextBatch, chosen: Positions, search: Search) -> PairColumns:
    """Find and verify the pairs of the chosen texts, all different and in the order in which they would be kept.

    The pairs name them by their place in ``chosen``.
    """
    keys = band_keys(view, chosen, search.signer, search.bands)
    count = max(len(chosen), 1)
    left, right, crowded = band_pairs(keys)
    pairs = _verified(view, chosen, left, right, search)
    if search.containment is not None:
        likely = containing_pairs(view.take(chosen), search.containment, search.shingle)
        pairs = _joined(len(chosen), pairs, _verified(view, chosen, *likely, search))
    compared = left * count + right
    # In a crowd not every two texts were compared: those that would be kept are searched among themselves.
    for _ in range(ROUNDS if crowded else 0):
        known = len(pairs)
        kept = sorted_distinct(kept_among(pairs, view.lengths[chosen]))
        left, right, _crowded = band_pairs(keys[kept])
        new = np.setdiff1d(kept[left] * count + kept[right], compared, assume_unique=True)
        pairs = _joined(len(chosen), pairs, _verified(view, chosen, new // count, new % count, search))
        if len(pairs) == known:
            break
        compared = np.concatenate([compared, new])
    return pairs


def kept_among(pairs: PairColumns, length: Positions) -> Positions:
    """Give the text that each of the texts is kept in favour of: its own number if it is kept (``int64``).

    ``length`` are their folded characters, in the order in which they would be kept.  What is contained in
    another text goes for that one's sake, never the other way round, whichever the keep policy likes better.
    """
    usable = (pairs.kind != CONTAINED) | (length[pairs.left] >= length[pairs.right])
    return anchors(len(length), pairs.left[usable], pairs.right[usable], pairs.jaccard[usable])


def _joined(count: int, *parts: PairColumns) -> PairColumns:
    """Join tables of pairs among ``count`` texts, each pair once, sorted."""
    pairs = PairColumns.joined(parts)
    keys = pairs.left * max(count, 1) + pairs.right
    order = np.argsort(keys, kind="stable")  # of parts that are sorted, a merge
    new = np.ones(len(order), dtype=bool)
    new[1:] = keys[order[1:]] != keys[order[:-1]]
    return pairs.take(order[new])


def _verified(view: TextBatch, chosen: Positions, left: Positions, right: Positions, search: Search) -> PairColumns:
    """Compare the candidates exactly and keep those that are alike enough."""
    return alike_enough(view, chosen[left], chosen[right], search).pairs(left, right)


class Alike(NamedTuple):
    """Candidates that are alike enough: the ``place`` of each among those compared, and how alike its texts are."""

    place: Positions
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]
    kind: NDArray[np.int8]

    def pairs(self, left: Positions, right: Positions) -> PairColumns:
        """Give them under the numbers that their texts have in ``left`` and ``right``."""
        return PairColumns(left[self.place], right[self.place], self.jaccard, self.containment, self.kind)


def alike_enough(view: TextBatch, left: Positions, right: Positions, search: Search) -> Alike:
    """Compare the texts ``left[i]`` and ``right[i]`` of a folded batch exactly; give those that are alike enough."""
    place = np.arange(len(left), dtype=np.int64)
    if search.containment is None:  # signatures say nothing of a text that stands in a longer one
        place = plausible(view, left, right, search.threshold, search.signer)
    found = likeness(view, left[place], right[place], search.shingle)
    jaccard, containment = found.jaccard, found.containment
    near = jaccard >= search.threshold
    alike = near if search.containment is None else near | (containment >= search.containment)
    kind = np.where(near, NEAR, CONTAINED).astype(np.int8)
    return Alike(place[alike], jaccard[alike], containment[alike], kind[alike])


def _report(
    known: Items, search: Search, columns: PassageColumns, order: Positions, pairs: PairColumns, kept: Positions
) -> DuplicateReport:
    """Turn ranks into numbers of passages; ``kept`` gives the rank that each rank is kept in favour of."""
    kept_for = np.empty(len(order), dtype=np.int64)
    kept_for[order] = order[kept]
    count = max(len(order), 1)
    gone = np.flatnonzero(kept != np.arange(len(order)))
    anchor_pair = np.full(len(order), -1, dtype=np.int64)
    anchor_pair[order[gone]] = np.searchsorted(pairs.left * count + pairs.right, kept[gone] * count + gone)
    numbered = replace(pairs, left=order[pairs.left], right=order[pairs.right])
    _tell_same(known, columns, numbered)
    return DuplicateReport(
        items=known,
        threshold=search.threshold,
        unit=search.unit,
        policy=search.keep,
        fold=frozenset(search.fold),
        passage_columns=columns,
        pair_columns=numbered,
        kept_for=kept_for,
        anchor_pair=anchor_pair,
    )


def _tell_same(known: Items, columns: PassageColumns, pairs: PairColumns) -> None:
    """Mark those of the pairs that are equal in the fold and also as they stand."""
    item, start, end = columns.item.tolist(), columns.start.tolist(), columns.end.tolist()
    for pair in np.flatnonzero(pairs.kind == FOLDED).tolist():
        one, other = int(pairs.left[pair]), int(pairs.right[pair])
        left, right = known.texts[item[one]], known.texts[item[other]]
        if left[start[one] : end[one]] == right[start[other] : end[other]]:
            pairs.kind[pair] = SAME
