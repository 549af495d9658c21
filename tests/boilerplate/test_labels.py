"""The conservative level on real pages that were labelled line by line; only the labels are kept here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from cleancorpus.boilerplate import RULES, Strip
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

LABELS = sorted((Path(__file__).parent / "labels").glob("*.tsv"))
# Labelled before the rules were last worked on, and not looked at while they were.
UNSEEN = sorted((Path(__file__).parent / "labels_unseen").glob("*.tsv"))
# Labelled after the rules, before anything was measured on them; half of their lines are entries of lists.
HELD_OUT = sorted((Path(__file__).parent / "labels_held_out").glob("*.tsv"))
# Labelled last, before anything was measured on them; ten are among the pages that the model of lines is trained with.
FRESH = sorted((Path(__file__).parent / "labels_fresh").glob("*.tsv"))
STAGE = Strip(RuleSet(RULES))
_MARGIN = " \t\xa0\u3000•\u200b\r"


@dataclass(frozen=True)
class Labelled:
    text: str
    labels: dict[int, str]


def flat_text(page: Path) -> str:
    """Give the page's flat text: as it is, or all visible text of HTML by resiliparse."""
    if page.parent.name == "flat":
        return page.read_text(encoding="utf-8")
    html2text = pytest.importorskip("resiliparse.extract.html2text", reason="resiliparse is not installed")
    html = pytest.importorskip("resiliparse.parse.html")
    legacy = page.name.startswith(("html_misc_", "html_novel_gbk_"))
    tree = html.HTMLTree.parse_from_bytes(page.read_bytes(), "gb18030" if legacy else "utf-8")
    text: str = html2text.extract_plain_text(
        tree, preserve_formatting=True, main_content=False, list_bullets=True, alt_texts=False, links=False
    )
    return text


def labelled(file: Path, pages: Path) -> Labelled:
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    text = flat_text(pages / head.removeprefix("# "))
    lines = text.split("\n")
    labels: dict[int, str] = {}
    for number, digest, label in (row.split("\t") for row in rows):
        line = lines[int(number) - 1].strip(_MARGIN)
        assert hashlib.sha256(line.encode()).hexdigest()[:12] == digest, f"{file.name}, line {number}"
        labels[int(number) - 1] = label
    return Labelled(text, labels)


@pytest.fixture(scope="module")
def pages(shared_eval: Path) -> list[Labelled]:
    return [labelled(file, shared_eval / "more_pages") for file in LABELS]


@pytest.fixture(scope="module")
def unseen(shared_eval: Path) -> list[Labelled]:
    return [labelled(file, shared_eval / "more_pages") for file in UNSEEN]


@pytest.fixture(scope="module")
def held_out(shared_eval: Path) -> list[Labelled]:
    return [labelled(file, shared_eval / "more_pages") for file in HELD_OUT]


@pytest.fixture(scope="module")
def fresh(shared_eval: Path) -> list[Labelled]:
    return [labelled(file, shared_eval / "more_pages") for file in FRESH]


def removed(page: Labelled) -> list[bool]:
    view = STAGE.view(TextBatch.from_text(page.text), Context())
    return [bool(goes) for goes in STAGE.goes(view, Context())]


def lost_lines(pages: list[Labelled]) -> list[str]:
    lost = []
    for page in pages:
        lines, goes = page.text.split("\n"), removed(page)
        body = [line for line, label in page.labels.items() if label in ("body", "title")]
        lost += [lines[line].strip() for line in body if goes[line]]
    return lost


def chrome_that_goes(pages: list[Labelled]) -> float:
    """Give the share of the characters of chrome that goes."""
    gone = every = 0
    for page in pages:
        lines, goes = page.text.split("\n"), removed(page)
        for line, label in page.labels.items():
            if label == "chrome":
                every += len(lines[line].strip())
                gone += goes[line] * len(lines[line].strip())
    return gone / every


def test_no_page_stands_in_two_parts() -> None:
    assert (len(LABELS), len(UNSEEN), len(HELD_OUT), len(FRESH)) == (20, 20, 16, 24)
    assert len({file.name for file in (*LABELS, *UNSEEN, *HELD_OUT, *FRESH)}) == 80


def test_no_line_of_a_body_goes(pages: list[Labelled]) -> None:
    assert lost_lines(pages) == []


def test_no_line_of_a_body_goes_from_pages_that_rules_were_not_written_with(unseen: list[Labelled]) -> None:
    assert lost_lines(unseen) == []


def test_most_chrome_goes(pages: list[Labelled]) -> None:
    assert chrome_that_goes(pages) >= 0.95


def test_most_of_the_chrome_goes_from_pages_that_rules_were_not_written_with(unseen: list[Labelled]) -> None:
    assert chrome_that_goes(unseen) >= 0.89


def test_no_line_of_a_body_goes_from_pages_that_nothing_was_made_with(held_out: list[Labelled]) -> None:
    assert lost_lines(held_out) == []


def test_most_of_the_chrome_goes_from_pages_that_nothing_was_made_with(held_out: list[Labelled]) -> None:
    assert chrome_that_goes(held_out) >= 0.84


def test_no_line_of_a_body_goes_from_the_pages_labelled_last(fresh: list[Labelled]) -> None:
    assert lost_lines(fresh) == []


def test_most_of_the_chrome_goes_from_the_pages_labelled_last(fresh: list[Labelled]) -> None:
    assert chrome_that_goes(fresh) >= 0.79
