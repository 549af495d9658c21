"""The loop over the stages: it settles, isolates failures, and keeps the record straight."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given

from cleancorpus import engine
from cleancorpus.document import Document, Flag, replay
from cleancorpus.edits import Edits
from cleancorpus.errors import InputError
from cleancorpus.ledger import ledger_of
from cleancorpus.rules import Rule
from cleancorpus.stage import Context, Field, Flags, Proposal
from cleancorpus.text import TextBatch
from tests.strategies import batches

RULE = Rule(id="test.mark", why="A test marks it.")


class Acting:
    """A stage that proposes what a function says for each text."""

    def __init__(self, name: str, act: Callable[[str], list[tuple[int, int, str]]]) -> None:
        self.name = name
        self.rules = (RULE,)
        self.act = act

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        del context
        rows = [
            (int(offset) + start, int(offset) + end, after, RULE.id)
            for text, offset in zip(batch.to_texts(), batch.offsets, strict=False)
            for start, end, after in self.act(text)
        ]
        return Proposal(Edits.of(rows))


def drop_first_x(text: str) -> list[tuple[int, int, str]]:
    place = text.find("x")
    return [] if place < 0 else [(place, place + 1, "")]


def x_to_y(text: str) -> list[tuple[int, int, str]]:
    return [(place, place + 1, "y") for place, character in enumerate(text) if character == "x"]


def y_to_x(text: str) -> list[tuple[int, int, str]]:
    return [(place, place + 1, "x") for place, character in enumerate(text) if character == "y"]


def fail_on_bomb(text: str) -> list[tuple[int, int, str]]:
    if "bomb" in text:
        raise ZeroDivisionError("boom")
    return []


def test_the_stages_run_until_nothing_changes() -> None:
    batch = TextBatch.from_texts(["axbxcx", "", "plain"])
    settled = engine.settle(batch, [Acting("drop", drop_first_x)], Context())
    assert settled.text.to_texts() == ["abc", "", "plain"]
    assert [len(history) for history in settled.histories()] == [3, 0, 0]
    assert replay("axbxcx", settled.histories()[0]) == "abc"


def test_a_text_that_never_settles_is_left_as_it_came_and_flagged() -> None:
    batch = TextBatch.from_texts(["x", "plain", "yy"])
    stages = [Acting("there", x_to_y)]
    assert engine.settle(batch, stages, Context()).text.to_texts() == ["y", "plain", "yy"]

    class Turning(Acting):
        def propose(self, batch: TextBatch, context: Context) -> Proposal:
            act = x_to_y if "x" in batch.substring(0, len(batch.codepoints)) else y_to_x
            return Acting("turn", act).propose(batch, context)

    alone = TextBatch.from_texts(["x"])
    settled = engine.settle(alone, [Turning("turn", x_to_y)], Context())
    assert settled.text == alone
    assert [flag.rule for flag in settled.flags[0]] == [engine.UNSETTLED]
    assert settled.histories() == [()]


def test_a_failing_text_fails_alone() -> None:
    batch = TextBatch.from_texts(["x1", "bomb", "x2", "", "x3"])
    settled = engine.settle(batch, [Acting("there", x_to_y), Acting("fail", fail_on_bomb)], Context())
    assert settled.text.to_texts() == ["y1", "bomb", "y2", "", "y3"]
    assert {key: failure.step for key, failure in settled.failures.items()} == {1: "fail"}
    assert "ZeroDivisionError: boom" in settled.failures[1].reason
    assert [len(history) for history in settled.histories()] == [1, 0, 1, 0, 1]


def test_running_once_does_not_settle() -> None:
    batch = TextBatch.from_texts(["xx"])
    assert engine.run_once(batch, [Acting("drop", drop_first_x)], Context()).text.to_texts() == ["x"]


@given(batches)
def test_the_record_replays_to_the_text(batch: TextBatch) -> None:
    stages = [Acting("drop", drop_first_x), Acting("swap", lambda text: [(0, 1, "xx")] if text[:1] == "的" else [])]
    settled = engine.settle(batch, stages, Context())
    for original, text, history in zip(batch.to_texts(), settled.text.to_texts(), settled.histories(), strict=True):
        assert replay(original, history) == text
    again = engine.settle(settled.text, stages, Context())
    assert again.text == settled.text


class Noticing(Acting):
    """Removes the first ``x`` of a text and says so; notes a title in front of it."""

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        edits = super().propose(batch, context).edits
        texts, offsets = batch.to_texts(), batch.offsets.tolist()
        flags = [
            (int(start), int(end), RULE.id, "gone", 1.0) for start, end in zip(edits.start, edits.end, strict=True)
        ]
        flags += [
            (offset + text.index("?"), offset + text.index("?") + 1, "test.question", "lone", 0.5)
            for text, offset in zip(texts, offsets, strict=False)
            if "?" in text
        ]
        fields = [
            Field(number, "title", text[: text.index("x")], offset, offset + text.index("x"))
            for number, (text, offset) in enumerate(zip(texts, offsets, strict=False))
            if "x" in text
        ]
        return Proposal(edits, Flags.of(flags), tuple(fields))


def test_flags_and_fields_point_into_the_original() -> None:
    batch = TextBatch.from_texts(["q", "axbxc?"])
    settled = engine.settle(batch, [Noticing("notice", drop_first_x)], Context())
    assert settled.text.to_texts() == ["q", "abc?"]
    # What was flagged and then removed is not flagged any more; what still stands is, at its first place.
    assert settled.flags == {1: (Flag(5, 6, "test.question", "lone", 0.5),)}
    (title,) = settled.fields[1]
    assert (title.key, title.value, title.start, title.end) == ("title", "a", 0, 1)


def toggle_or_drop(text: str) -> list[tuple[int, int, str]]:
    return (x_to_y(text) or y_to_x(text)) if "!" in text else drop_first_x(text)


def test_a_text_that_never_settles_does_not_disturb_the_others() -> None:
    texts = ["axbx", "p!x?", "q?", "xxc"]
    settled = engine.settle(TextBatch.from_texts(texts), [Noticing("notice", toggle_or_drop)], Context())
    assert settled.text.to_texts() == ["ab", "p!x?", "q?", "c"]
    assert [len(history) for history in settled.histories()] == [2, 0, 0, 2]
    for original, text, history in zip(texts, settled.text.to_texts(), settled.histories(), strict=True):
        assert replay(original, history) == text
    (unsettled,) = settled.flags[1]
    assert (unsettled.start, unsettled.end, unsettled.rule) == (0, 4, engine.UNSETTLED)
    assert str(engine.MAX_ROUNDS) in unsettled.reason
    assert settled.flags[2] == (Flag(1, 2, "test.question", "lone", 0.5),)
    assert {number for number, flags in settled.flags.items() if flags} == {1, 2}
    assert {number: found[0].value for number, found in settled.fields.items()} == {0: "a", 3: ""}
    assert [step.before.to_texts() for step in settled.steps] == [["x", "x"], ["x", "x"]]


def test_flags_of_every_stage_are_those_of_its_last_look() -> None:
    texts = ["a?x", "b?", "cx"]
    stages = [Noticing("first", lambda _: []), Acting("drop", drop_first_x), Noticing("last", lambda _: [])]
    settled = engine.settle(TextBatch.from_texts(texts), stages, Context())
    question = Flag(1, 2, "test.question", "lone", 0.5)
    assert settled.flags == {0: (question, question), 1: (question, question)}
    assert settled.fields[0][0][1:] == ("a?", 0, 2)


class Explaining(Acting):
    """Repairs ``<`` to ``(?`` and flags, once, what could have stood in place of the question mark."""

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        edits = super().propose(batch, context).edits
        rows = [
            (int(a), int(b), "test.lost", "one of 前 or 钱", 0.5) for a, b in zip(edits.start, edits.end, strict=True)
        ]
        return Proposal(edits, Flags.of(rows))


def test_a_flag_that_explains_an_edit_outlives_the_pass() -> None:
    def repair(text: str) -> list[tuple[int, int, str]]:
        return [(text.index("<"), text.index("<") + 1, "(?")] if "<" in text else []

    settled = engine.settle(TextBatch.from_texts(["ab<c"]), [Explaining("explain", repair)], Context())
    assert settled.text.to_texts() == ["ab(?c"]
    assert settled.flags == {0: (Flag(2, 3, "test.lost", "one of 前 or 钱", 0.5),)}


class Doubting(Acting):
    """Repairs ``<`` to ``?``; doubts each repair, what stands first while there is one, and every ``?`` for good."""

    def __init__(self, rule: str) -> None:
        super().__init__("doubt", lambda text: [(text.index("<"), text.index("<") + 1, "?")] if "<" in text else [])
        self.doubt = rule

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        edits = super().propose(batch, context).edits
        rows = [(int(a), int(b), "test.lost", "repaired", 0.5) for a, b in zip(edits.start, edits.end, strict=True)]
        for text, offset in zip(batch.to_texts(), batch.offsets.tolist(), strict=False):
            rows += [(offset, offset + 1, "test.first", "for now", 1.0)] if "<" in text else []
            rows += [(offset + at, offset + at + 1, self.doubt, "for good", 1.0) for at in _places(text, "?")]
        return Proposal(edits, Flags.of(rows))


def _places(text: str, character: str) -> list[int]:
    return [place for place, other in enumerate(text) if other == character]


def test_what_is_said_of_an_edit_is_not_said_twice() -> None:
    texts = ["ab<c", "abc", "?b<<"]
    settled = engine.settle(TextBatch.from_texts(texts), [Doubting("test.lost")], Context())
    assert settled.text.to_texts() == ["ab?c", "abc", "?b??"]
    good = {place: Flag(place, place + 1, "test.lost", "for good", 1.0) for place in range(4)}
    assert {number: flags for number, flags in settled.flags.items() if flags} == {
        0: (good[2],),
        2: (good[0], good[2], good[3]),
    }


def test_flags_of_another_rule_stand_beside_what_is_said_of_an_edit() -> None:
    # The other text goes on changing, in front of where this one's flags stand.
    stages = [Doubting("test.mark"), Acting("drop", drop_first_x)]
    settled = engine.settle(TextBatch.from_texts(["ab<c", "xxxxx"]), stages, Context())
    assert settled.flags[0] == (
        Flag(2, 3, "test.lost", "repaired", 0.5),
        Flag(2, 3, "test.mark", "for good", 1.0),
    )


def test_positions_of_a_document_map_to_its_original() -> None:
    batch = TextBatch.from_texts(["q", "axbxc"])
    settled = engine.settle(batch, [Acting("drop", drop_first_x)], Context())
    document = Document(original="axbxc", text="abc", history=settled.histories()[1])
    assert [document.to_original(place) for place in range(4)] == [0, 2, 4, 5]
    for outside in (-1, 4):
        with pytest.raises(InputError, match="no position"):
            document.to_original(outside)
    assert document.span_to_original(1, 2) == (2, 3)
    assert [(edit.start, edit.end, edit.before, edit.after) for edit in document.edits] == [
        (1, 2, "x", ""),
        (3, 4, "x", ""),
    ]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_batches_of_any_size_settle(count: int) -> None:
    batch = TextBatch.from_texts(["x"] * count)
    settled = engine.settle(batch, [Acting("drop", drop_first_x)], Context())
    assert settled.text.to_texts() == [""] * count
    assert np.array_equal(settled.text.offsets, np.zeros(count + 1))


@given(batches)
def test_the_ledger_says_what_the_documents_say(batch: TextBatch) -> None:
    stages = [
        Acting("drop", drop_first_x),
        Acting("head", lambda text: [(0, 1, "yy")] if text[:1] not in ("", "y") else []),
        Acting("end", lambda text: [(len(text) - 1, len(text), "。。")] if text[-1:] not in ("", "y", "。") else []),
    ]
    settled = engine.settle(batch, stages, Context())
    ledger = ledger_of(settled)
    rows = zip(
        ledger.document.tolist(),
        [ledger.stages[index] for index in ledger.stage.tolist()],
        [ledger.rules[index] for index in ledger.rule.tolist()],
        ledger.original_start.tolist(),
        ledger.original_end.tolist(),
        ledger.before.to_texts(),
        ledger.after.to_texts(),
        strict=True,
    )
    columns = zip(batch.to_texts(), settled.text.to_texts(), settled.histories(), strict=True)
    expected = [
        (number, edit.stage, edit.rule, edit.start, edit.end, edit.before, edit.after)
        for number, (original, text, history) in enumerate(columns)
        for edit in Document(original=original, text=text, history=history).edits
    ]
    assert list(rows) == expected
