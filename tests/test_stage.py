"""What stages hand over: flags in their order, and what is known of blocks, which goes where the text goes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.edits import Edits
from cleancorpus.stage import Context, Flags, Hints
from cleancorpus.text import TextBatch
from tests.strategies import batches, edits_for

Row = tuple[int, int, str, str, float]
Block = tuple[int, str, float, str, list[int]]

rows = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.integers(0, 9),
        st.sampled_from(["a.b", "a.c", "b.d"]),
        st.sampled_from(["why", "because"]),
        st.sampled_from([0.25, 0.5, 1.0]),
    ),
    max_size=8,
)


@given(rows)
def test_flags_stand_in_the_order_of_their_spans(listed: list[Row]) -> None:
    flags = Flags.of(listed)
    assert flags.rows() == sorted(listed, key=lambda row: row[:2])
    assert len(flags) == len(listed)
    assert Flags.of(flags.rows()).rows() == flags.rows()


@given(rows, rows)
def test_the_flags_of_several_stages_are_joined(one: list[Row], other: list[Row]) -> None:
    joined = Flags.union([Flags.of(one), Flags.empty(), Flags.of(other)])
    assert joined.rows() == sorted(Flags.of(one).rows() + Flags.of(other).rows(), key=lambda row: row[:2])


@st.composite
def hints_of_a_text(draw: st.DrawFn, length: int) -> Hints:
    """Draw blocks of a text of so many characters."""
    edges = sorted(draw(st.sets(st.integers(0, length), max_size=6)))
    start, end = np.array(edges[:-1:2], dtype=np.int64), np.array(edges[1::2], dtype=np.int64)
    count = len(start)
    tags = tuple(draw(st.permutations(["div", "p", "li"])))
    return Hints(
        start,
        end,
        np.array(draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=count, max_size=count)), dtype=np.float32),
        np.array(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)), dtype=np.int32),
        tags,
        np.arange(2 * count, dtype=np.int32).reshape(count, 2),
    )


def blocks_of(hints: Hints, batch: TextBatch) -> list[Block]:
    """Give the text in which each block lies, what stands in it, and what is known of it."""
    return [
        (
            int(batch.document_of(np.array([start]))[0]),
            batch.substring(int(start), int(end)),
            float(density),
            hints.tags[tag],
            around.tolist(),
        )
        for start, end, density, tag, around in zip(
            hints.start, hints.end, hints.link_density, hints.tag, hints.around, strict=True
        )
    ]


@given(batches, st.data())
def test_what_is_known_of_blocks_goes_with_their_texts(batch: TextBatch, data: st.DataObject) -> None:
    if not len(batch):
        return
    alone = [data.draw(hints_of_a_text(int(length))) for length in batch.lengths]
    hints = Hints.concatenate(list(zip(alone, batch.offsets.tolist(), strict=False)))
    expected = [
        (number, *block[1:])
        for number, (part, text) in enumerate(zip(alone, batch.to_texts(), strict=True))
        for block in blocks_of(part, TextBatch.from_text(text))
    ]
    assert blocks_of(hints, batch) == expected
    chosen = sorted(data.draw(st.sets(st.integers(0, len(batch) - 1), min_size=1)))
    context = Context(hints, tuple(f"host {number}" for number in range(len(batch))))
    taken = context.take(batch, np.array(chosen, dtype=np.int64))
    assert taken.hosts == tuple(f"host {number}" for number in chosen)
    assert taken.hints is not None
    part = batch.take(chosen)
    assert blocks_of(taken.hints, part) == [
        (chosen.index(block[0]), *block[1:]) for block in expected if block[0] in chosen
    ]


@given(batches, st.data())
def test_blocks_stand_where_edits_move_them(batch: TextBatch, data: st.DataObject) -> None:
    hints = data.draw(hints_of_a_text(len(batch.codepoints)))
    edits = data.draw(edits_for(batch))
    moved = Context(hints).through(edits).hints
    assert moved is not None
    assert moved.start.tolist() == edits.to_new(hints.start).tolist()
    assert moved.end.tolist() == edits.to_new(hints.end).tolist()
    assert (moved.tags, moved.around.tolist()) == (hints.tags, hints.around.tolist())


def test_nothing_is_known_of_plain_texts() -> None:
    batch = TextBatch.from_texts(["a", "b"])
    context = Context()
    assert context.through(Edits.of([(0, 1, "", "a.b")])) is context
    assert context.take(batch, np.array([1])) == Context()
