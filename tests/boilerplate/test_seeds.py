"""The seeds of the project against their gold, at the default level."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from tests.scoring import load_gold, score

import cleancorpus
from cleancorpus import mojibake
from cleancorpus.boilerplate import RULES, Strip
from cleancorpus.engine import Settled, settle
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context, Stage
from cleancorpus.text import TextBatch

EVAL = Path(__file__).parents[3] / "shared" / "eval"
pytestmark = pytest.mark.skipif(not EVAL.exists(), reason="the evaluation data is not there")


@pytest.fixture(scope="module")
def gold() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EVAL / "seeds_gold.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def settled(gold: dict[str, Any]) -> Settled:
    texts = [(EVAL / "seeds" / name).read_text(encoding="utf-8") for name in gold]
    stages: list[Stage] = [mojibake.Repair(RuleSet(mojibake.RULES)), Strip(RuleSet(RULES))]
    return settle(TextBatch.from_texts(texts), stages, Context())


def scorer() -> Any:
    spec = importlib.util.spec_from_file_location("score_clean", EVAL / "score_clean.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_text(gold: dict[str, Any], settled: Settled) -> None:
    score = scorer().score
    rows = [score(entry, settled.text.text(number), {}) for number, entry in enumerate(gold.values())]
    assert sum(row["f1"] for row in rows) / len(rows) >= 0.998
    assert [leak for row in rows for leak in row["leaks"]] == []


def test_page_numbers_are_joined(gold: dict[str, Any], settled: Settled) -> None:
    module = scorer()
    for number, entry in enumerate(gold.values()):
        got = module.fold(settled.text.text(number), {})
        for before, after in entry.get("joins", ()):
            assert module.fold(after, {}) in got, before


def test_metadata(gold: dict[str, Any], settled: Settled) -> None:
    for number, entry in enumerate(gold.values()):
        found = {item.key: item.value for item in settled.fields.get(number, ())}
        for key, value in entry["metadata"].items():
            assert found.get(key) == value


def test_metadata_stands_where_it_says(gold: dict[str, Any], settled: Settled) -> None:
    for number, name in enumerate(gold):
        original = (EVAL / "seeds" / name).read_text(encoding="utf-8")
        for item in settled.fields.get(number, ()):
            if item.key in ("title", "editor"):
                assert original[item.start : item.end] == item.value


OWN = Path(__file__).parents[2] / "seeds"
# The other specimens hold damage that belongs to other stages, or, as 09 does, what is known to stay.
OF_CHROME = (
    *("03-library-docshare.txt", "04-lighthouse-novel-big5.txt", "05-beekeeping-forum.txt"),
    *("07-orchard-pinyin-spam.txt", "14-spring-encyclopaedia.txt", "16-pressure-cooker-answers.txt"),
    *("17-kettle-shop.txt", "18-garden-docshare.txt", "19-icehouse-news-tw.txt", "20-bridges-portal.txt"),
    *("21-snow-novel.txt", "22-clock-wechat.txt"),
)


@pytest.mark.parametrize("name", OF_CHROME)
def test_the_chrome_of_the_specimens_goes(name: str) -> None:
    entry = load_gold(OWN / "gold.json")[name]
    document = cleancorpus.clean((OWN / name).read_bytes())
    found = score(entry, document.text)
    assert not found.leaks
    assert found.f1 >= 0.998
    assert {key: document.metadata.get(key) for key in entry["metadata"]} == entry["metadata"]
