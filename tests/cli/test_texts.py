"""``clean``, ``diff`` and ``detect``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleancorpus.cli import cleancorpus as group
from tests.cli.calls import CHROME, PAGE, PARAGRAPH, call


def test_clean_a_file_and_standard_input(page: Path) -> None:
    for result in (
        call("clean", page),
        call("clean", stdin=page.read_bytes()),
        call("clean", "-", stdin=page.read_bytes()),
    ):
        assert result.exit_code == 0
        assert result.stdout.strip() == PARAGRAPH


def test_clean_to_files(page: Path, tmp_path: Path) -> None:
    assert call("clean", page, "-o", tmp_path / "texts").exit_code == 0
    assert (tmp_path / "texts" / page.name).read_text(encoding="utf-8").strip() == PARAGRAPH
    for name in ("x.jsonl", "x.jsonl.gz", "x.jsonl.zst", "x.jsonl.bz2", "x.parquet", "x.txt", "x.txt.gz"):
        assert call("clean", page, "-o", tmp_path / name).exit_code == 0
        rows = call("clean", tmp_path / name, "--json", "--stage", "script").stdout.splitlines()
        assert [json.loads(row)["text"].strip() for row in rows] == [PARAGRAPH]
    (tmp_path / "file").write_text("x")
    assert "is a file" in str(call("clean", page, "-o", tmp_path / "file").exception)


@pytest.mark.parametrize("command", ["clean", "dedup"])
@pytest.mark.parametrize("folder", [True, False])
def test_an_input_is_not_overwritten(command: str, folder: bool, page: Path) -> None:
    before = page.read_bytes()
    result = call(command, page, "-o", page.parent if folder else page)
    assert "is an input and would be overwritten" in str(result.exception)
    assert page.read_bytes() == before


def test_a_text_file_holds_what_standard_output_shows(page: Path, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("第二篇", encoding="utf-8")
    shown = call("clean", page, tmp_path / "b.txt").stdout
    call("clean", page, tmp_path / "b.txt", "-o", tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == shown


def test_clean_reads_lines_from_standard_input() -> None:
    line = json.dumps({"id": 5, "body": PAGE, "n": 1}).encode()
    result = call("clean", "--format", "jsonl", "--text-key", "body", "--json", stdin=line)
    row = json.loads(result.stdout)
    assert (row["id"], row["text"].strip(), row["n"]) == ("5", PARAGRAPH, 1)


def test_rows_on_standard_input_get_a_hint() -> None:
    rows = json.dumps({"text": PARAGRAPH}).encode()
    for more, told in (((), 1), (("--format", "text"), 0), (("--format", "jsonl"), 0)):
        program = [sys.executable, "-m", "cleancorpus", "clean", *more]
        found = subprocess.run(program, input=rows, capture_output=True, check=True)
        lines = found.stderr.decode().splitlines()
        assert len(lines) == told
        assert all(line.startswith("cleancorpus: -: the first line is a JSON object") for line in lines)


def test_settings_reach_the_cleaner(page: Path) -> None:
    assert call("clean", page, "--disable", "boilerplate").stdout.startswith(CHROME)
    assert "我們" in call("clean", page, "--script", "hant").stdout
    assert call("clean", page, "--stage", "mojibake").stdout.startswith(CHROME)


def test_check(page: Path, tmp_path: Path) -> None:
    result = call("clean", "--check", page)
    assert (result.exit_code, result.stdout) == (1, f"{page}\n")
    (tmp_path / "good.txt").write_text(PARAGRAPH, encoding="utf-8")
    assert call("clean", "--check", tmp_path / "good.txt").exit_code == 0


def test_diff(page: Path, tmp_path: Path) -> None:
    result = call("diff", page)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{page}:1:1: boilerplate.breadcrumb\n    [-{CHROME}")
    assert "\x1b[" not in result.stdout
    coloured = CliRunner().invoke(group, ["diff", "--color", str(page)], color=True)
    assert "\x1b[31m[-" in coloured.stdout
    (row,) = (json.loads(line) for line in call("diff", "--json", page).stdout.splitlines())
    assert PAGE[row["start"] : row["end"]] == row["before"]
    (tmp_path / "good.txt").write_text(PARAGRAPH, encoding="utf-8")
    result = call("diff", tmp_path / "good.txt")
    assert (result.exit_code, result.stdout) == (0, "")


def test_detect(page: Path, tmp_path: Path) -> None:
    result = call("detect", page)
    assert result.exit_code == 0
    assert "gb18030" in result.stdout
    row = json.loads(call("detect", "--json", page).stdout)
    assert (row["file"], row["encoding"], row["undecodable"]) == (str(page), "gb18030", [])
    (tmp_path / "x.bin").write_bytes(bytes(range(256)) * 8)
    result = call("detect", page, tmp_path / "x.bin")
    assert result.exit_code == 4
    assert "binary" in result.stderr
