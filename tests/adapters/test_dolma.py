"""Attributes in dolma's form: a row a document, spans that say where cleaning would change it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cleancorpus as cc
from cleancorpus.adapters import dolma
from cleancorpus.cli import cleancorpus as group
from cleancorpus.errors import InputError
from tests.adapters.test_adapters import IDS, PAGES

ROWS = [{"id": key, "text": page, "source": "web"} for key, page in zip(IDS, PAGES, strict=True)]


def spans(row: dict[str, Any]) -> set[tuple[int, int, float]]:
    return {tuple(span) for found in row["attributes"].values() for span in found}


def test_rows_stand_beside_their_documents_and_hold_the_library_s_spans() -> None:
    tagged = list(dolma.tag(ROWS, script="hans"))
    assert [(row["id"], row["source"]) for row in tagged] == [(key, "web") for key in IDS]
    for row, page in zip(tagged, PAGES, strict=True):
        document = cc.clean(page, script="hans")
        wanted = {(edit.start, edit.end, 1.0) for edit in document.edits}
        assert spans(row) == wanted | {(flag.start, flag.end, flag.score) for flag in document.flags}
    assert sum(map(len, map(spans, tagged))) > 10


def test_spans_of_deleting_rules_taken_out_give_the_clean_text() -> None:
    page = PAGES[0]
    (row,) = dolma.tag([{"id": "a", "text": page}])
    text = page
    for start, end, _ in sorted(spans(row), reverse=True):
        text = text[: int(start)] + text[int(end) :]
    assert text == cc.clean(page).text
    assert text != page


def test_html_is_taken_as_text_so_that_spans_are_places_in_it() -> None:
    page = "<!DOCTYPE html><html><body><p>經(jīng)濟發(fā)展需要更多的網(wǎng)絡(luò )建設。</p></body></html>"
    (row,) = dolma.tag([{"id": "a", "text": page}])
    at = page.index("(jīng)")
    assert (at, at + 6, 1.0) in spans(row)


def test_names_are_an_experiment_s_and_can_stand_in_a_path() -> None:
    names = {name for row in dolma.tag(ROWS, experiment="mine") for name in row["attributes"]}
    assert names
    assert all(name.startswith("mine__") and name.isidentifier() for name in names)


@pytest.mark.parametrize("row", [{"id": "a"}, {"text": "a"}, {"id": "a", "Text": "a"}])
def test_a_row_without_an_id_or_a_text_is_told(row: dict[str, str]) -> None:
    with pytest.raises(InputError, match="lacks"):
        list(dolma.tag([row]))


@pytest.mark.parametrize("name", ["tags.jsonl", "tags.jsonl.gz"])
def test_the_command_line_writes_a_row_for_failed_lines_too(tmp_path: Path, name: str) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    (tmp_path / "in.jsonl").write_text("\n".join([*lines[:2], "rubbish", *lines[2:]]), encoding="utf-8")
    arguments = ["clean", "--tags", "--script", "hans", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / name)]
    assert CliRunner().invoke(group, arguments).exit_code == 4
    data = (tmp_path / name).read_bytes()
    rows = [json.loads(line) for line in (gzip.decompress(data) if name.endswith(".gz") else data).splitlines()]
    assert rows[2] == {"id": "in.jsonl#3", "attributes": {}}
    assert [*rows[:2], *rows[3:]] == list(dolma.tag(ROWS, script="hans"))


def test_tags_go_to_standard_output_and_to_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGES[1], encoding="utf-8")
    done = CliRunner().invoke(group, ["clean", "--tags", str(tmp_path / "a.txt")])
    assert json.loads(done.stdout)["id"] == "a.txt"
    refused = CliRunner().invoke(group, ["clean", "--tags", str(tmp_path / "a.txt"), "-o", str(tmp_path)])
    assert refused.exit_code == 2
    assert "is a folder" in refused.stderr
