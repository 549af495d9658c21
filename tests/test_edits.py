"""The algebra of edits: applying, taking back, composing and mapping agree with a plain reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.composition import compose
from cleancorpus.edits import Edits
from cleancorpus.errors import EditError
from cleancorpus.rules import resolve
from cleancorpus.text import TextBatch
from tests.strategies import batches, edits_for

Row = tuple[int, int, str, str]


def rows_of(edits: Edits) -> list[Row]:
    return list(zip(edits.start.tolist(), edits.end.tolist(), edits.after.to_texts(), edits.rule_ids(), strict=True))


def reference(batch: TextBatch, edits: Edits) -> list[str]:
    """Apply edits one by one to strings."""
    results = []
    owners = edits.documents(batch).tolist()
    for document in range(len(batch)):
        place, parts = int(batch.offsets[document]), []
        for index in [index for index, owner in enumerate(owners) if owner == document]:
            parts += [batch.substring(place, int(edits.start[index])), edits.after.text(index)]
            place = int(edits.end[index])
        parts.append(batch.substring(place, int(batch.offsets[document + 1])))
        results.append("".join(parts))
    return results


@given(batches, st.data())
def test_apply_agrees_with_the_reference(batch: TextBatch, data: st.DataObject) -> None:
    edits = data.draw(edits_for(batch))
    assert edits.apply(batch).to_texts() == reference(batch, edits)


@given(batches, st.data())
def test_inverse_takes_everything_back(batch: TextBatch, data: st.DataObject) -> None:
    edits = data.draw(edits_for(batch))
    edited = edits.apply(batch)
    back = edits.inverse(batch)
    assert back.apply(edited) == batch
    assert back.inverse(edited) == edits


@given(batches, st.data())
def test_merging_and_dropping_the_ineffective_change_no_text(batch: TextBatch, data: st.DataObject) -> None:
    edits = data.draw(edits_for(batch))
    edited = edits.apply(batch)
    assert edits.merged(batch).apply(batch) == edited
    assert edits.effective(batch).apply(batch) == edited
    merged = edits.merged(batch)
    touching = (merged.start[1:] == merged.end[:-1]) & (merged.rule[1:] == merged.rule[:-1])
    assert not (touching & (np.diff(merged.documents(batch)) == 0)).any()
    effective = edits.effective(batch)
    assert all(a != b for a, b in zip(effective.before(batch).to_texts(), effective.after.to_texts(), strict=True))


@given(batches, st.data())
def test_composing_is_applying_one_after_the_other(batch: TextBatch, data: st.DataObject) -> None:
    first = data.draw(edits_for(batch))
    middle = first.apply(batch)
    second = data.draw(edits_for(middle))
    composed = compose(first, second, batch)
    assert composed.apply(batch) == second.apply(middle)
    assert composed.inverse(batch).apply(second.apply(middle)) == batch


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        ([(0, 1, "x", "a.b")], [(1, 2, "y", "a.c")], [(0, 2, "xy", "a.c")]),  # touching
        ([(1, 2, "y", "a.b")], [(0, 1, "x", "a.c")], [(0, 2, "xy", "a.c")]),
        ([(0, 1, "x", "a.b")], [(2, 3, "y", "a.c")], [(0, 1, "x", "a.b"), (2, 3, "y", "a.c")]),  # apart
        ([(0, 1, "xyz", "a.b")], [(1, 2, "", "a.c")], [(0, 1, "xz", "a.c")]),  # inside what was put in
        ([(1, 2, "", "a.b")], [(1, 2, "y", "a.c")], [(1, 3, "y", "a.c")]),  # behind what was taken out
        ([(1, 2, "x", "a.b")], [(1, 2, "二", "a.c")], []),  # taken back
        ([(1, 2, "x", "a.b"), (2, 3, "y", "a.d")], [(0, 3, "z", "a.c")], [(0, 3, "z", "a.c")]),
        ([(1, 2, "x", "a.b")], [(0, 1, "v", "a.c"), (2, 3, "w", "a.d")], [(0, 3, "vxw", "a.d")]),
    ],
)
def test_what_touches_becomes_one_edit_of_the_later_rule(
    first: list[Row], later: list[Row], expected: list[Row]
) -> None:
    assert rows_of(compose(Edits.of(first), Edits.of(later), TextBatch.from_text("一二三四"))) == expected


@given(batches, st.data())
def test_composing_a_text_does_not_depend_on_its_neighbours(batch: TextBatch, data: st.DataObject) -> None:
    first = data.draw(edits_for(batch))
    middle = first.apply(batch)
    second = data.draw(edits_for(middle))
    composed = compose(first, second, batch).effective(batch)
    for document in range(len(batch)):
        own = [_own(edits, document, given) for edits, given in ((first, batch), (second, middle))]
        alone = batch.take(np.array([document]))
        assert _own(composed, document, batch) == compose(own[0], own[1], alone).effective(alone)


def _own(edits: Edits, document: int, batch: TextBatch) -> Edits:
    """Give the edits of one text of a batch, as edits of that text alone."""
    rows = np.flatnonzero(edits.documents(batch) == document)
    first, last = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)
    return edits.between(first, last, int(batch.offsets[document]))


@given(batches, st.data())
def test_kept_characters_map_to_themselves_both_ways(batch: TextBatch, data: st.DataObject) -> None:
    edits = data.draw(edits_for(batch))
    edited = edits.apply(batch)
    kept = np.ones(len(batch.codepoints), dtype=bool)
    for start, end in zip(edits.start, edits.end, strict=True):
        kept[start:end] = False
    positions = np.flatnonzero(kept)
    moved = edits.to_new(positions)
    assert np.array_equal(edited.codepoints[moved], batch.codepoints[positions])
    assert np.array_equal(edits.to_old(moved), positions)
    everywhere = np.arange(len(edited.codepoints) + 1)
    assert bool((np.diff(edits.to_old(everywhere)) >= 0).all())


@given(batches, st.data())
def test_a_span_maps_back_to_all_that_it_was_made_from(batch: TextBatch, data: st.DataObject) -> None:
    edits = data.draw(edits_for(batch))
    edited = edits.apply(batch)
    start, end = edits.new_start(), edits.new_start() + edits.after.lengths
    filled = end > start
    first, last = edits.spans_to_old(start[filled], end[filled])
    assert bool((first <= edits.start[filled]).all())
    assert bool((last >= edits.end[filled]).all())
    whole = edits.spans_to_old(np.array([0]), np.array([len(edited.codepoints)]))
    assert whole[0][0] >= 0
    assert whole[1][0] <= len(batch.codepoints)


@given(batches, st.data())
def test_union_of_parts_is_the_whole(batch: TextBatch, data: st.DataObject) -> None:
    edits = data.draw(edits_for(TextBatch.from_texts(["".join(batch.to_texts())])))
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(edits), max_size=len(edits))), dtype=bool)
    parts = [edits.take(chosen), edits.take(~chosen)]
    whole = TextBatch.from_texts(["".join(batch.to_texts())])
    assert Edits.union(parts).apply(whole) == edits.apply(whole)
    assert resolve(parts).apply(whole) == edits.apply(whole)


def meet(one: Row, other: Row) -> bool:
    """Say whether two edits cannot both be made: an insertion at the edge of a span does not meet it."""
    first, second = sorted([one[:2], other[:2]])
    return second[0] < first[1]


@given(st.integers(0, 9), st.data())
def test_where_edits_meet_the_earlier_part_wins(length: int, data: st.DataObject) -> None:
    whole = TextBatch.from_text("一二三四五六七八九"[:length])  # short, so that many meet
    parts = [data.draw(edits_for(whole)) for _ in range(3)]
    won: list[tuple[Row, int]] = []
    for rank, part in enumerate(parts):
        won += [(row, rank) for row in rows_of(part) if not any(meet(row, other) for other, _ in won)]
    expected = [row for row, _ in sorted(won, key=lambda entry: (*entry[0][:2], entry[1]))]
    resolved = resolve(parts)
    assert rows_of(resolved) == expected
    resolved.check(whole)


def test_whether_edits_meet_does_not_depend_on_others_near_them() -> None:
    strong = Edits.of([(0, 4, "x", "a.b"), (4, 4, "一", "a.b")])
    middle = Edits.of([(2, 6, "y", "a.b")])
    weak = Edits.of([(4, 4, "二", "a.b"), (4, 6, "z", "a.b")])
    assert [row[2] for row in rows_of(resolve([strong, weak]))] == ["x", "一", "二", "z"]
    assert [row[2] for row in rows_of(resolve([strong, middle, weak]))] == ["x", "一", "二", "z"]


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(EditError, match=r"\[0, 3\) is followed by \[2, 4\)"):
        Edits.of([(0, 3, "", "a.b"), (2, 4, "", "a.b")])
    with pytest.raises(EditError, match="sorted"):
        Edits.union([Edits.of([(0, 3, "", "a.b")]), Edits.of([(1, 2, "", "a.b")])])


def test_edits_that_do_not_fit_the_text_are_refused() -> None:
    batch = TextBatch.from_texts(["甲乙", "丙"])
    with pytest.raises(EditError, match="behind the text"):
        Edits.of([(2, 9, "", "a.b")]).apply(batch)
    with pytest.raises(EditError, match="crosses the border"):
        Edits.of([(1, 3, "", "a.b")]).apply(batch)
    with pytest.raises(EditError, match="ends before"):
        Edits.of([(3, 1, "", "a.b")])


def test_an_insertion_between_two_texts_goes_where_its_document_says() -> None:
    batch = TextBatch.from_texts(["甲", "乙"])
    insertion = Edits.of([(1, 1, "〇", "a.b")])
    assert insertion.apply(batch).to_texts() == ["甲", "〇乙"]
    before = Edits(insertion.start, insertion.end, insertion.after, insertion.rule, insertion.rules, np.array([0]))
    assert before.apply(batch).to_texts() == ["甲〇", "乙"]


@given(batches, st.data())
def test_without_a_column_an_edit_lies_where_its_first_character_does(batch: TextBatch, data: st.DataObject) -> None:
    drawn = data.draw(edits_for(batch))
    edits = Edits(drawn.start, drawn.end, drawn.after, drawn.rule, drawn.rules)
    assert edits.documents(batch).tolist() == batch.document_of(edits.start).tolist()
    filled = edits.take(edits.end > edits.start)
    assert filled.apply(batch).to_texts() == reference(batch, filled)


ONE = TextBatch.from_texts(["x"])
COLUMNS = {"start": [1], "end": [2], "after": ONE, "rule": [0], "rules": ("a.b",), "document": [0]}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("end", [2, 3], "differ in length"),
        ("after", TextBatch.from_texts(()), "differ in length"),
        ("rule", [0, 0], "differ in length"),
        ("document", [0, 1], "`document` differs in length"),
        ("start", [-1], "below 0"),
        ("rule", [-1], "not in `rules`"),
        ("rule", [1], "not in `rules`"),
    ],
)
def test_columns_that_do_not_fit_one_another_are_refused(column: str, value: object, message: str) -> None:
    given_columns = {**COLUMNS, column: value}
    with pytest.raises(EditError, match=message):
        Edits(**given_columns)  # type: ignore[arg-type]  # wrong columns are what is tested


@pytest.mark.parametrize(
    ("document", "message"),
    [([2, 2], "does not have"), ([-1, 1], "does not have"), ([1, 0], "order of the texts")],
)
def test_texts_that_do_not_fit_the_batch_are_refused(document: list[int], message: str) -> None:
    batch = TextBatch.from_texts(["甲", "乙"])
    insertions = Edits.of([(1, 1, "一", "a.b"), (1, 1, "二", "a.b")])
    edits = Edits(
        insertions.start, insertions.end, insertions.after, insertions.rule, insertions.rules, np.array(document)
    )
    with pytest.raises(EditError, match=message):
        edits.apply(batch)
    with pytest.raises(EditError, match="does not have"):
        Edits.of([(0, 0, "一", "a.b")]).apply(TextBatch.from_texts(()))


@pytest.mark.parametrize("row", [(1, 3, "x", "a.b"), (2, 4, "x", "a.b"), (2, 3, "y", "a.b"), (2, 3, "x", "a.c")])
def test_edits_that_differ_in_one_column_are_not_equal(row: tuple[int, int, str, str]) -> None:
    edits = Edits.of([(2, 3, "x", "a.b")])
    assert edits == Edits.of([(2, 3, "x", "a.b")])
    assert edits != Edits.of([row])
    assert edits != "x"


def test_no_rows_are_no_edits() -> None:
    batch = TextBatch.from_texts(["甲"])
    assert Edits.of([]) == Edits.empty() == Edits.union([]) == resolve([])
    assert Edits.empty().apply(batch) == batch
    assert Edits.empty().documents(TextBatch.from_texts(())).tolist() == []


def test_merging_keeps_the_texts_of_insertions_at_a_border() -> None:
    batch = TextBatch.from_texts(["甲乙", "丙"])
    rows = [(0, 1, "", "a.b"), (1, 2, "", "a.b"), (2, 2, "〇", "a.b")]
    edits = Edits.of(rows)
    at_the_end = Edits(edits.start, edits.end, edits.after, edits.rule, edits.rules, np.array([0, 0, 0]))
    assert at_the_end.merged(batch).apply(batch).to_texts() == ["〇", "丙"]
    assert edits.merged(batch).apply(batch).to_texts() == ["", "〇丙"]
    assert [len(one.merged(batch)) for one in (at_the_end, edits)] == [1, 2]


def test_parts_keep_the_texts_of_insertions_when_they_are_joined() -> None:
    batch = TextBatch.from_texts(["甲", "乙"])
    parts = [
        Edits(np.array([1]), np.array([1]), TextBatch.from_texts([after]), np.array([0], dtype=np.int32), (rule,), own)
        for after, rule, own in (("一", "a.b", np.array([0])), ("二", "a.c", np.array([1])))
    ]
    for given_parts in (parts, parts[::-1]):
        assert Edits.union(given_parts).apply(batch).to_texts() == ["甲一", "二乙"]
        assert resolve(given_parts).apply(batch).to_texts() == ["甲一", "二乙"]


def _origins(batch: TextBatch, edits: Edits) -> tuple[list[tuple[int, int]], list[int]]:
    """Give the span of the batch that each character of the edited batch was made from, and where each old one goes."""
    origins: list[tuple[int, int]] = []
    goes_to: list[int] = []
    place = 0
    rows = zip(edits.start.tolist(), edits.end.tolist(), edits.after.lengths.tolist(), strict=True)
    for start, end, length in [*rows, (len(batch.codepoints), len(batch.codepoints), 0)]:
        goes_to += range(len(origins), len(origins) + start - place)
        origins += [(kept, kept + 1) for kept in range(place, start)]
        first = len(origins)
        goes_to += [first + min(inner, length) for inner in range(end - start)]
        if length == end - start:
            origins += [(inner, inner + 1) for inner in range(start, end)]
        else:
            origins += [(start, end)] * length
        place = end
    return origins, [*goes_to, len(origins)]


@given(batches, st.data())
def test_positions_and_spans_map_as_a_plain_reference_says(batch: TextBatch, data: st.DataObject) -> None:
    edits = data.draw(edits_for(batch))
    origins, goes_to = _origins(batch, edits)
    assert edits.to_new(np.arange(len(batch.codepoints) + 1)).tolist() == goes_to
    count = len(origins)
    if not count:
        return
    ends = data.draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(1, 8)), min_size=1, max_size=20))
    start = np.array([first for first, _ in ends])
    end = np.minimum(start + [length for _, length in ends], count)
    first, last = edits.spans_to_old(start, end)
    assert first.tolist() == [origins[place][0] for place in start]
    assert last.tolist() == [origins[place - 1][1] for place in end]
    empty, same = edits.spans_to_old(start, start)
    assert np.array_equal(empty, same)


def test_substitutions_and_deletions_are_of_one_rule() -> None:
    batch = TextBatch.from_texts(["一二三", "四"])
    swapped = Edits.substitutions(np.array([1, 3]), np.array([0x4E59, 0x4E01], dtype=np.uint32), "a.b")
    assert swapped.apply(batch).to_texts() == ["一乙三", "丁"]
    removed = Edits.deletions(np.array([0, 3]), np.array([2, 4]), "a.b")
    assert removed.apply(batch).to_texts() == ["三", ""]
    assert swapped.rule_ids() == removed.rule_ids() == ["a.b", "a.b"]
