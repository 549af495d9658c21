"""Page numbers go and sentences are joined; authors' own numbers stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.boilerplate import RULES, Strip
from cleancorpus.engine import settle
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

SENTENCE = "这一年里我们在山上种了许多树也在河边修了一条很长的路大家都觉得日子比从前好过得多了"


def stripped(text: str, *enable: str) -> str:
    return settle(TextBatch.from_text(text), [Strip(RuleSet(RULES, enable=enable))], Context()).text.text(0)


def long_text(size: int) -> str:
    return ((SENTENCE + "。") * (size // len(SENTENCE) + 1))[:size]


def test_numbers_in_front_of_pages_go_and_sentences_are_joined() -> None:
    whole = long_text(1500)
    pages = [whole[at : at + 300] for at in range(0, 1500, 300)]
    numbered = "\n\n".join(f"{number}、{page}" for number, page in enumerate(pages, 1))
    assert stripped(numbered) == whole


@given(st.integers(3, 8), st.integers(110, 400))
def test_pages_of_any_size_are_joined(pages: int, size: int) -> None:
    size += size % (len(SENTENCE) + 1) == 0
    whole = long_text(pages * size)
    texts = [whole[number * size : (number + 1) * size] for number in range(pages)]
    cut = sum(not text.endswith("。") for text in texts[:-1])
    if cut < 0.5 * (pages - 1):
        return
    assert stripped("\n".join(f"{number}、{text}" for number, text in enumerate(texts, 1))) == whole


def test_numbers_on_lines_of_their_own_go() -> None:
    whole = long_text(1250)
    pages = [whole[at : at + 250] for at in range(0, 1250, 250)]
    text = pages[0] + "".join(f"\n{number}\n{page}" for number, page in enumerate(pages[1:], 1))
    assert stripped(text) == whole


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{number}、{long_text(200)[:-1]}。" for number in range(1, 8)),
        "\n".join(f"{number}、苹果和梨" for number in range(1, 30)),
        "\n".join(f"{number}、{long_text(180)}" for number in (1, 2, 1, 2, 1, 2)),
        "\n".join(f"第{number}条 {long_text(150)}" for number in "一二三四五"),
        "\n".join(f"{number}、{long_text(150)[:-1]}；" for number in range(1, 8)),
        "一\n" + long_text(200) + "\n二\n" + long_text(200) + "\n三\n" + long_text(200),
    ],
    ids=["sentences", "short items", "restarting", "clauses", "clauses with semicolons", "Chinese numerals"],
)
def test_an_authors_numbers_stay(text: str) -> None:
    assert stripped(text) == text


def test_flattened_paragraphs_are_put_back_where_asked() -> None:
    text = "打好了基础。 一、突出重点。 二、夯实根基。"
    assert stripped(text) == text
    restored = stripped(text, "boilerplate.flattened-paragraphs")
    assert restored == "打好了基础。\n一、突出重点。\n二、夯实根基。"
