"""datatrove: the steps in a real pipeline, with what it expects of statistics, exclusions and pickles."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_adapters import IDS, OPTIONS, PAGES, expected

datatrove = pytest.importorskip("datatrove", reason="the datatrove extra is not installed")

from datatrove.data import Document  # noqa: E402  after the check that it is there
from datatrove.executor import LocalPipelineExecutor  # noqa: E402
from datatrove.pipeline.readers import JsonlReader  # noqa: E402
from datatrove.pipeline.writers import JsonlWriter  # noqa: E402

from cleancorpus.adapters import datatrove as step  # noqa: E402

LONG = "这是一段足够长的文字，用来说明两份几乎一样的文档会被找出来，并且说出它们有多像。" * 3
BREAKS = "这一页会让一个步骤出错。"


def documents(pages: list[str] = PAGES) -> list[Any]:
    return [Document(text=page, id=f"page-{number}") for number, page in enumerate(pages)]


def test_texts_are_the_library_s_and_what_was_done_is_told() -> None:
    cleaned = list(step.clean(**OPTIONS).run(documents()))
    assert [doc.text for doc in cleaned] == [row["text"] for row in expected("clean")]
    assert cleaned[0].metadata["cleancorpus"]["metadata"] == dict(expected("clean")[0]["metadata"])
    tagged = list(step.tag(**OPTIONS).run(documents()))
    assert [doc.text for doc in tagged] == PAGES
    spans = [[span[:2] for span in doc.metadata["cleancorpus"]["spans"]] for doc in tagged]
    assert spans == [[[edit[2], edit[3]] for edit in row["edits"]] for row in expected("tag")]


def test_steps_survive_dill_after_they_ran() -> None:
    dill = pytest.importorskip("dill")
    for made in (step.clean(**OPTIONS), step.tag(**OPTIONS), step.near_duplicates()):
        first = [doc.text for doc in made.run(documents())]
        again = dill.loads(dill.dumps(made))
        assert [doc.text for doc in again.run(documents())] == first


def test_a_batch_has_a_verdict_for_every_document() -> None:
    made = step.clean(**OPTIONS)
    batch = documents()
    assert made.filter_batch(batch) == [True] * len(PAGES)
    assert made.filter(documents()[0]) is True


def break_on_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from cleancorpus.mojibake import Repair

    propose = Repair.propose

    def breaking(self: Any, batch: Any, context: Any) -> Any:
        if any(BREAKS in text for text in batch.to_texts()):
            raise RuntimeError("something at 12:34")
        return propose(self, batch, context)

    monkeypatch.setattr(Repair, "propose", breaking)


def rows_in(folder: Path) -> list[dict[str, Any]]:
    found = [gzip.decompress(path.read_bytes()).splitlines() for path in sorted(folder.rglob("*.jsonl.gz"))]
    return [json.loads(line) for lines in found for line in lines]


def test_a_pipeline_keeps_counts_drops_and_excludes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_on_one_page(monkeypatch)
    pages = [*PAGES, BREAKS, LONG, LONG + "完"]
    (tmp_path / "in").mkdir()
    lines = [json.dumps({"id": f"page-{number}", "text": page}) for number, page in enumerate(pages) if page]
    (tmp_path / "in" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    pipeline = [
        JsonlReader(str(tmp_path / "in")),
        step.clean(JsonlWriter(str(tmp_path / "failed")), batch_size=4, **OPTIONS),
        step.near_duplicates(JsonlWriter(str(tmp_path / "copies"))),
        JsonlWriter(str(tmp_path / "out")),
    ]
    LocalPipelineExecutor(pipeline=pipeline, logging_dir=str(tmp_path / "log"), tasks=1, workers=1).run()

    kept, failed, copies = (rows_in(tmp_path / name) for name in ("out", "failed", "copies"))
    assert len(kept) + len(failed) + len(copies) == len(lines)
    (bad,) = failed
    assert bad["text"] == BREAKS
    assert bad["metadata"]["filter_reason"] == "mojibake failed"
    assert "something at 12:34" in bad["metadata"]["cleancorpus"]["failure"]
    (copy,) = copies
    assert copy["metadata"]["filter_reason"].startswith(f"near-duplicate of {kept[-1]['id']}, jaccard 0.9")
    assert [row["metadata"]["minhash_cluster_size"] for row in kept] == [1] * (len(kept) - 1) + [2]

    cleaning, searching = (entry["stats"] for entry in json.loads((tmp_path / "log" / "stats.json").read_text())[1:3])
    assert cleaning["total"] == len(lines)
    assert cleaning["dropped"] == cleaning["dropped_mojibake failed"] == 1
    edits = [edit for row in expected("clean") for edit in row["edits"]]
    counted = [count for key, count in cleaning.items() if key.startswith("edit_")]
    assert sum(count["total"] if isinstance(count, dict) else count for count in counted) == len(edits)
    assert (searching["total"], searching["forwarded"], searching["dropped"]) == (len(lines) - 1, len(kept), 1)


def test_ids_stay_as_they_came() -> None:
    assert [doc.id for doc in step.clean(**OPTIONS).run(documents())] == IDS
