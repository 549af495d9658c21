"""``run``, and the commands that read what it wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cleancorpus
from cleancorpus.cli.tables import counted
from tests.cli.calls import CHROME, call


def test_run_prints_counts(page: Path, tmp_path: Path) -> None:
    result = call("run", page, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert "1 in = 1 kept + 0 dropped + 0 failed" in result.output
    assert "0 near-duplicate pairs, 0 copied passages" in result.output
    assert "boilerplate.breadcrumb" in result.output
    result = call("run", page, "-o", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["kept"] == 1


def test_numbers_agree_with_their_nouns() -> None:
    assert [counted(1, "copy"), counted(2000, "copy"), counted(0, "pair")] == ["1 copy", "2,000 copies", "0 pairs"]


def test_run_names_what_failed(page: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    result = call("run", page, tmp_path / "empty.txt", "-o", tmp_path / "out", "-q")
    assert result.exit_code == 4
    assert result.stdout == ""
    assert result.stderr == f"cleancorpus: {tmp_path}/empty.txt: the file is empty\n"
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.bin").write_bytes(bytes(range(256)) * 8)
    (pages / "b.jsonl").write_text('{"text": "好"}\n{"text": null}\n', encoding="utf-8")
    result = call("run", pages, "-o", tmp_path / "out3", "-q")
    first, second = result.stderr.splitlines()
    assert first.startswith(f"cleancorpus: {pages}/a.bin: this is binary data")
    assert second == f"cleancorpus: {pages}/b.jsonl:2: 'text' is null"
    result = call("run", tmp_path / "no.txt", "-o", tmp_path / "out2", "-q")
    assert result.exit_code == 3


def test_restore(finished: Path, page: Path, tmp_path: Path) -> None:
    result = call("restore", finished, "-o", tmp_path / "back")
    assert (result.exit_code, result.output) == (0, f"{page.name}: as it was\n")
    assert (tmp_path / "back" / page.name).read_bytes() == page.read_bytes()
    (finished / "clean.jsonl").write_text("", encoding="utf-8")
    assert isinstance(call("restore", finished, "-o", tmp_path / "back2").exception, cleancorpus.errors.RecordError)


def test_report(finished: Path) -> None:
    before = (finished / "report.html").read_bytes()
    (finished / "report.html").unlink()
    assert "1 in = 1 kept" in call("report", finished).output
    assert (finished / "report.html").read_bytes() == before
    assert json.loads(call("report", finished, "--json").output)["counts"]["in"] == 1


def test_explain(finished: Path, page: Path) -> None:
    result = call("explain", finished, page.name)
    assert result.exit_code == 0
    assert "boilerplate.breadcrumb" in result.output
    assert f"[-{CHROME}" in result.output
    rows = [json.loads(line) for line in call("explain", finished, page.name, "--json").output.splitlines()]
    assert rows[0]["rule"] == "boilerplate.breadcrumb"
    assert call("explain", finished, "other").exit_code == 3


@pytest.mark.parametrize("place", ["-", "页.txt"])
def test_a_run_is_written_to_a_folder_only(
    page: Path, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("run", page, "-o", place)
    assert result.exit_code == 2
    assert "folder" in result.output or "is a file" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["页.txt"]
