"""The main job on real pages and on the project's own specimens, scored against their gold, with floors."""

from __future__ import annotations

from pathlib import Path

import pytest

import cleancorpus as cc
from tests.scoring import load_gold, score

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def test_the_specimens_come_out_clean() -> None:
    gold = load_gold(SEEDS / "gold.json")
    scores = {name: score(entry, cc.clean((SEEDS / name).read_bytes()).text) for name, entry in gold.items()}
    # What is not reached yet is in docs/benchmarks.md; floors are a little below the figures there.
    assert sum(entry.f1 for entry in scores.values()) / len(scores) >= 0.9
    assert {name: entry.recall for name, entry in scores.items() if entry.recall < 0.97} == {}


def test_the_shared_seeds_come_out_clean(shared_eval: Path) -> None:
    gold = load_gold(shared_eval / "seeds_gold.json")
    missed = 0
    for name, entry in gold.items():
        document = cc.clean((shared_eval / "seeds" / name).read_bytes())
        found = score(entry, document.text)
        assert found.f1 >= 0.998, name
        assert found.recall >= 0.999, name
        assert found.leaks == (), name
        missed += len(found.missed)
        wanted = entry.get("metadata", {})
        assert {key: document.metadata.get(key) for key in wanted} == wanted, name
    # One gold repair names a character that the lead byte, which is preserved, excludes: it stays flagged.
    assert missed <= 1


def test_simplified_leaves_nothing_traditional(shared_eval: Path) -> None:
    for path in sorted((shared_eval / "seeds").iterdir()):
        text = cc.clean(path.read_bytes(), script="hans").text
        assert cc.convert(text, "t2s").text == text, path.name


@pytest.mark.parametrize(
    ("wrong", "right"), [("乾部", "干部"), ("提昇", "提升"), ("纔乾", "才干"), ("乾隆年間", "乾隆年间")]
)
def test_over_conversion_is_undone(wrong: str, right: str) -> None:
    assert cc.unify(f"這些{wrong}的事", "hans").text == f"这些{right}的事"


def test_a_planted_passage_is_found_across_scripts_and_edits(shared_eval: Path) -> None:
    paths = sorted((shared_eval / "seeds").iterdir())
    pages = [path.read_text(encoding="utf-8") for path in paths]
    passage = (
        "春耕以来，全镇组织了三十多名农技人员下到田间，手把手地教农户选种、育秧和施肥；"
        "遇到阴雨天气，他们就在祠堂里开夜校，把一年的农事从头讲到尾，谁家有难处，就记在本子上，第二天上门去办。"
    )
    other = cc.convert(passage, "s2t").text.replace("，", ",").replace("；", ";").replace("。", ".")
    edited = "".join("某" if place % 20 == 7 else character for place, character in enumerate(other))
    pages[0] = f"{pages[0]}\n\n{passage}\n"
    pages[1] = f"{pages[1]}\n\n{edited}\n"
    documents = list(cc.clean_many(zip((path.name for path in paths), pages, strict=True)))
    report = cc.near_duplicates(documents, threshold=0.5)
    planted = [pair for pair in report.pairs if {pair.left, pair.right} == {paths[0].name, paths[1].name}]
    assert planted
    pair = planted[0]
    spans = {pair.left: pair.left_original, pair.right: pair.right_original}
    assert passage in pages[0][slice(*spans[paths[0].name])]
    assert edited in pages[1][slice(*spans[paths[1].name])]
    assert 0.5 <= pair.jaccard < 1
