"""Whole texts of many kinds and scripts: no default rule edits them; and the real pages' known damage."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from cleancorpus.mojibake import RULES, Repair
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

REPAIR = Repair(RuleSet(RULES))
SHARED = Path(__file__).resolve().parents[3] / "shared" / "eval"
NEGATIVES = tomllib.loads(Path(__file__).with_name("negatives.toml").read_text(encoding="utf-8"))["text"]

needs_corpora = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared corpora are not there")


@pytest.mark.parametrize("case", NEGATIVES, ids=lambda case: case["kind"])
def test_no_default_rule_edits_it(case: dict[str, str]) -> None:
    batch = TextBatch.from_text(case["text"])
    edits = REPAIR.propose(batch, Context()).edits
    assert edits.apply(batch).text(0) == case["text"], edits.rule_ids()


@needs_corpora
def test_clean_corpora_are_left_alone_but_for_the_places_that_the_docs_argue() -> None:
    characters = 0
    edited = []
    for path in sorted((SHARED / "clean").glob("*/*")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        batch = TextBatch.from_texts(lines)
        characters += len(batch.codepoints)
        edited += REPAIR.propose(batch, Context()).edits.rule_ids()
    assert characters > 10_000_000
    assert edited == ["mojibake.zero-width"]


@needs_corpora
def test_the_seeds_are_flagged_as_spun_where_they_are() -> None:
    spun = {
        path.name[:3]
        for path in (SHARED / "seeds").iterdir()
        for row in REPAIR.propose(TextBatch.from_text(path.read_text(encoding="utf-8")), Context()).flags.rows()
        if row[2] == "mojibake.spun-text"
    }
    assert spun == {"004"}


@needs_corpora
def test_the_seeds_slips_and_readings_are_repaired() -> None:
    gold = json.loads((SHARED / "seeds_gold.json").read_text(encoding="utf-8"))
    for name, entry in gold.items():
        batch = TextBatch.from_text((SHARED / "seeds" / name).read_text(encoding="utf-8"))
        text = REPAIR.propose(batch, Context()).edits.apply(batch).text(0)
        left = [old for old, _ in entry["repairs"] if old in text]
        assert not left
        assert all(mark in text for mark in entry.get("unrecoverable", ()))
