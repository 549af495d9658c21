"""The default level on pages written for the purpose, of 70 families of sites; chrome is marked by ✂ in the files.

``looked_at`` are pages whose faults the rules were worked on with, ``held_out`` those by which that is measured; a
coin chose, before anything was measured, but for ten pages that were measured and then looked at. Lines marked by ≈
may go or stay.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

import cleancorpus as cc
from cleancorpus.boilerplate import Level

PAGES = Path(__file__).parent / "pages"
GROUPS = {name: sorted((PAGES / name).glob("*.txt")) for name in ("looked_at", "held_out")}
CHROME, EITHER, BODY = "✂", "≈", " "
# Of the characters of chrome, measured by benchmarks/boilerplate_marked.py, rounded down.
FLOORS = {"looked_at": 0.86, "held_out": 0.75}


@dataclass(frozen=True)
class Line:
    """A line of a page, how it is marked, and how many characters it has and loses; blanks do not count."""

    text: str
    mark: str
    size: int
    gone: int

    @property
    def lost(self) -> bool:
        """Whether more than a tenth of it goes."""
        return self.gone > 0.1 * self.size


def judged(file: Path, level: Level = "conservative") -> list[Line]:
    """Clean a page and give its lines."""
    marked = file.read_text(encoding="utf-8").rstrip("\n").split("\n")
    marks = [line[:1] if line[:1] in (CHROME, EITHER) else BODY for line in marked]
    texts = [line if mark == BODY else line[1:] for line, mark in zip(marked, marks, strict=True)]
    page = "\n".join(texts) + "\n"
    gone = bytearray(len(page))
    for edit in cc.clean(page, level=level).edits:
        if len(edit.after) < len(edit.before):
            gone[edit.start : edit.end] = b"\1" * (edit.end - edit.start)
    lines, start = [], 0
    for text, mark in zip(texts, marks, strict=True):
        seen = [goes for goes, char in zip(gone[start : start + len(text)], text, strict=True) if not char.isspace()]
        lines.append(Line(text, mark, len(seen), sum(seen)))
        start += len(text) + 1
    return lines


@pytest.fixture(scope="module", params=GROUPS)
def group(request: pytest.FixtureRequest) -> tuple[str, dict[str, list[Line]]]:
    name: str = request.param
    return name, {file.stem: judged(file) for file in GROUPS[name]}


def test_no_page_stands_in_both_groups() -> None:
    counts = Counter(file.name for files in GROUPS.values() for file in files)
    assert sum(counts.values()) > 40
    assert max(counts.values()) == 1


def test_no_line_of_a_body_goes(group: tuple[str, dict[str, list[Line]]]) -> None:
    known = tomllib.loads((PAGES / "known.toml").read_text(encoding="utf-8"))["lost"]
    lost = {(page, line.text) for page, lines in group[1].items() for line in lines if line.mark == BODY and line.lost}
    assert lost <= {(fault["page"], text) for fault in known for text in fault["lines"]}


def test_most_chrome_goes(group: tuple[str, dict[str, list[Line]]]) -> None:
    name, pages = group
    chrome = [line for lines in pages.values() for line in lines if line.mark == CHROME]
    assert sum(line.gone for line in chrome) >= FLOORS[name] * sum(line.size for line in chrome)
