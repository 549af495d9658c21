"""The laws of repair, on texts garbled with the truth known and on texts that are whole."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from cleancorpus.mojibake import RULES, Repair
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch
from tests.mojibake.garbling import garbler, layered, slipped, texts

REPAIR = Repair(RuleSet(RULES))


def once(text: str) -> str:
    batch = TextBatch.from_text(text)
    return REPAIR.propose(batch, Context()).edits.apply(batch).text(0)


def settled(text: str) -> str:
    for _ in range(4):
        text, before = once(text), text
        if text == before:
            break
    return text


@given(texts)
def test_whole_text_is_left_as_it_is(text: str) -> None:
    assert once(text) == text


@given(slipped())
def test_a_slip_gives_the_truth_but_for_marked_places(damage: Any) -> None:
    assume(damage is not None)
    got = garbler.width_folded(settled(damage.text))
    truth = garbler.width_folded(damage.truth)
    if got == garbler.width_folded(damage.text):
        return  # not found: a slip of one or two characters says little
    assert len(got) == len(truth)
    assert all(a == b or a == "?" for a, b in zip(got, truth, strict=True))


@given(layered())
def test_what_was_misread_without_loss_is_read_back(damage: Any) -> None:
    assume(damage is not None)
    assert settled(damage.text) == damage.truth


@given(
    st.text(alphabet=st.sampled_from("?我很好;鎶咏M（(jīng)经濟\ue029\ufffd 鎴戜滑ÖÐé€笢恅苤\u200b\n一a0"), max_size=60)
)
def test_edits_fit_and_repair_ends(text: str) -> None:
    batch = TextBatch.from_text(text)
    for _ in range(8):
        edits = REPAIR.propose(batch, Context()).edits.effective(batch)
        if not len(edits):
            return
        batch = edits.apply(batch)
    raise AssertionError("the repair goes round in circles")


@given(st.lists(texts | slipped().map(lambda damage: damage.text if damage else ""), max_size=4))
def test_a_text_is_repaired_alike_alone_and_in_company(many: list[str]) -> None:
    batch = TextBatch.from_texts(many)
    assert REPAIR.propose(batch, Context()).edits.apply(batch).to_texts() == [once(text) for text in many]


def test_an_empty_batch_and_empty_texts() -> None:
    for batch in (TextBatch.from_texts([]), TextBatch.from_texts(["", ""])):
        proposal = REPAIR.propose(batch, Context())
        assert not len(proposal.edits)
        assert not len(proposal.flags)
