"""The main job from end to end: what comes out, and that it is the same each time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleancorpus.cleaner import Cleaner
from cleancorpus.document import Item
from cleancorpus.errors import CleancorpusError, SettingsError
from cleancorpus.io import run as job_module
from cleancorpus.io.entries import Keys
from cleancorpus.io.restore import restore
from cleancorpus.io.run import Job, Progress, run
from cleancorpus.io.run_folder import RunFolder
from cleancorpus.io.run_reader import read_run
from cleancorpus.settings import Settings
from tests.io.inputs import OUTPUTS, PARAGRAPH, files_of, write

# -- what comes out ---------------------------------------------------------------------------------------------


def test_every_input_is_accounted_for(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = run(Job(inputs=(str(corpus),), output=out))
    assert sorted(path.name for path in out.iterdir()) == OUTPUTS
    counts = summary["counts"]
    assert counts["in"] == counts["kept"] + counts["dropped"] + counts["failed"] == 14
    assert counts["failed"] == len(summary["failures"]) == 3
    assert {failure["id"] for failure in summary["failures"]} == {"binary.bin", "empty.txt", "rows.jsonl#7"}
    rows = [json.loads(line) for line in (out / "clean.jsonl").open(encoding="utf-8")]
    assert len(rows) == counts["kept"] == pq.read_table(out / "record.parquet")["outcome"].to_pylist().count("kept")
    by_id = {row["id"]: row for row in rows}
    assert list(by_id["a.txt"])[:6] == ["id", "text", "metadata", "encoding", "script", "flags"]
    assert by_id["a.txt"]["text"].strip() == PARAGRAPH
    assert by_id["甲"]["tags"] == ["a", 1]
    assert by_id["rows.jsonl#5"]["input_metadata"] == {"lang": "zh"}
    assert by_id["gb/b.txt"]["encoding"] == "gb18030"
    assert json.loads((out / "run.json").read_text(encoding="utf-8")) == json.loads(json.dumps(summary))
    for source in summary["inputs"]:
        data = (corpus / source["name"]).read_bytes()
        assert (source["bytes"], source["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    for name, digest in summary["outputs"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_the_record_names_every_edit(corpus: Path, tmp_path: Path) -> None:
    run(Job(inputs=(str(corpus / "a.txt"),), output=tmp_path / "out"))
    table = pq.read_table(tmp_path / "out" / "record.parquet")
    edits = [row for row in table.to_pylist() if row["kind"] == "edit"]
    document = Cleaner().clean((corpus / "a.txt").read_bytes())
    assert edits
    assert [
        (
            row["stage"],
            row["rule"],
            row["reason"],
            row["original_start"],
            row["original_end"],
            row["before"],
            row["after"],
        )
        for row in edits
    ] == [tuple(edit) for edit in document.edits]


def test_the_run_says_what_the_library_says(corpus: Path, tmp_path: Path) -> None:
    settings = Settings(script="hant", keep_source=True)
    run(Job(inputs=(str(corpus),), output=tmp_path / "out", settings=settings))
    found = {record.id: document for record, document in read_run(RunFolder(tmp_path / "out"))}
    for name in ("a.txt", "gb/b.txt", "utf16.txt", "page.html", "binary.bin"):
        data = (corpus / name).read_bytes()
        (document,) = Cleaner(settings).clean_many([Item(data, id=name)])
        assert found[name] == document
        assert found[name].raw() == data


def test_keys_and_kept_fields_of_parquet(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    table = pa.table({"body": [PARAGRAPH, None], "key": [3, 4], "raw": [b"\xff", b""], "n": [1.5, None]})
    pq.write_table(table, tmp_path / "in" / "x.parquet")
    job = Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out", keys=Keys("body", "key"))
    summary = run(job)
    assert summary["counts"] == summary["counts"] | {"in": 2, "kept": 1, "failed": 1}
    (row,) = (json.loads(line) for line in (tmp_path / "out" / "clean.jsonl").open(encoding="utf-8"))
    assert (row["id"], row["raw"], row["n"]) == ("3", "/w==", 1.5)
    (result,) = restore(tmp_path / "out", tmp_path / "back")
    assert result.state == "texts"
    assert pq.read_table(tmp_path / "back" / "x.parquet").to_pylist() == [
        {"id": "3", "text": PARAGRAPH.encode()},
        {"id": "4", "text": None},
    ]


def test_nothing_but_failures(tmp_path: Path) -> None:
    summary = run(Job(inputs=(str(tmp_path / "no.txt"),), output=tmp_path / "out"))
    assert summary["counts"] == summary["counts"] | {"in": 1, "kept": 0, "failed": 1}
    assert "no such file" in summary["failures"][0]["reason"]


@pytest.mark.parametrize("given", ["out/clean.jsonl", "out/*.jsonl", "out"])
def test_an_input_is_not_overwritten(given: str, tmp_path: Path) -> None:
    write(tmp_path / "in", {"a.txt": PARAGRAPH.encode()})
    out = tmp_path / "out"
    run(Job(inputs=(str(tmp_path / "in"),), output=out))
    before = files_of(out)
    with pytest.raises(SettingsError, match="is an input"):
        run(Job(inputs=(str(tmp_path / given),), output=out))
    assert files_of(out) == before


@pytest.mark.parametrize(("limit", "told"), [("much", "it is a size"), ("1KB", "set a higher memory limit")])
def test_what_is_wrong_with_the_memory_limit_is_told(limit: str, told: str, tmp_path: Path) -> None:
    write(tmp_path / "in", {"a.txt": PARAGRAPH.encode()})
    with pytest.raises(CleancorpusError, match=told):
        run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out", memory_limit=limit))


def test_a_memory_limit_that_is_no_size_is_told_before_anything_is_cleaned(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("春眠不覺曉", encoding="utf-8")
    with pytest.raises(SettingsError, match="it is a size"):
        run(Job(inputs=(str(tmp_path / "in.txt"),), output=tmp_path / "out", memory_limit="12XB"))
    assert not (tmp_path / "out").exists()


# -- the same each time -----------------------------------------------------------------------------------------

_RUN = """
import sys
from pathlib import Path
from cleancorpus.io.run import Job, run
if __name__ == "__main__":
    run(Job(inputs=(sys.argv[1],), output=Path(sys.argv[2]), workers=int(sys.argv[3])))
"""


def test_the_output_does_not_depend_on_the_process_or_the_workers(corpus: Path, tmp_path: Path) -> None:
    script = tmp_path / "job.py"
    script.write_text(_RUN)
    found = []
    for seed, workers in (("0", "1"), ("1", "2")):
        out = tmp_path / f"out{seed}"
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, str(script), str(corpus), str(out), workers], check=True, env=environment)
        found.append(files_of(out))
    assert found[0] == found[1]


def test_a_run_that_was_broken_off_goes_on(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_module, "_PART_DOCUMENTS", 3)
    job = Job(inputs=(str(corpus),), output=tmp_path / "whole")
    run(job)
    broken = replace(job, output=tmp_path / "broken")
    cleaned: list[int] = []

    def stop_at(limit: int) -> Any:
        def on_progress(now: Progress) -> None:
            if now.phase == "cleaning":
                cleaned.append(now.documents)
                if len(cleaned) >= limit:
                    raise KeyboardInterrupt

        return on_progress

    for limit in (2, 5, 6):
        cleaned.clear()
        with pytest.raises(KeyboardInterrupt):
            run(broken, stop_at(limit))
        assert not (broken.output / "run.json").exists()
    assert cleaned[0] > 1
    cleaned.clear()
    run(broken, stop_at(1000))
    assert cleaned[0] > 6
    assert files_of(broken.output) == files_of(job.output)
    assert sorted(path.name for path in broken.output.iterdir()) == OUTPUTS


def test_other_settings_do_not_go_on_with_old_parts(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_module, "_PART_DOCUMENTS", 2)
    job = Job(inputs=(str(corpus),), output=tmp_path / "out")

    def stop(now: Progress) -> None:
        if now.documents == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, stop)
    seen: list[Progress] = []
    run(replace(job, settings=Settings(script="hant")), seen.append)
    assert seen[0].documents == 1


def test_standard_input_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(inputs=("-",), output=tmp_path / "out")

    def give(text: str) -> None:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))

    def stop(now: Progress) -> None:
        if now.phase != "cleaning":
            raise KeyboardInterrupt

    give("春眠不覺曉")
    with pytest.raises(KeyboardInterrupt):
        run(job, stop)
    give("處處聞啼鳥")
    run(job)
    assert [json.loads(line)["text"] for line in RunFolder(job.output).clean.open(encoding="utf-8")] == ["處處聞啼鳥"]


def test_other_inputs_do_not_go_on_with_old_parts(tmp_path: Path) -> None:
    for name, text in (("a.txt", "春眠不覺曉"), ("b.txt", "處處聞啼鳥")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    job = Job(inputs=(str(tmp_path / "a.txt"),), output=tmp_path / "out")

    def stop(now: Progress) -> None:
        if now.phase != "cleaning":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, stop)
    run(replace(job, inputs=(str(tmp_path / "b.txt"),)))
    assert [json.loads(line)["id"] for line in RunFolder(job.output).clean.open(encoding="utf-8")] == ["b.txt"]
