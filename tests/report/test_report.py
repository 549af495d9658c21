"""The report: what it counts, what it shows, and that no text of a page can act in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import cleancorpus as cc
from cleancorpus.cli.rules import known_rules
from cleancorpus.document import Document, Failure, Flag, Layer, MetadataField
from cleancorpus.edits import Edits
from cleancorpus.report.changes import changes_of, pieces_of
from cleancorpus.report.marks import visible
from cleancorpus.report.page import render
from cleancorpus.report.rules_page import rules_page
from cleancorpus.report.summary import Summary
from cleancorpus.report.terminal import told_changes
from cleancorpus.rules import Rule
from tests.io.documents import documents

ROOT = Path(__file__).resolve().parents[2]

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202e"


def edited(original: str, *rows: tuple[int, int, str, str], **more: object) -> Document:
    layer = Layer("boilerplate", Edits.of(rows))
    text = original
    for start, end, after, _ in sorted(rows, reverse=True):
        text = text[:start] + after + text[end:]
    return Document(original=original, text=text, history=(layer,), **more)  # type: ignore[arg-type]  # fields of Document


# -- changes ----------------------------------------------------------------------------------------------------


@given(documents())
def test_the_changes_make_the_text_of_the_original(document: Document) -> None:
    text, place = "", 0
    for change in changes_of(document):
        assert document.original[change.start : change.end] == change.before
        text += document.original[place : change.start] + change.after
        place = change.end
    assert text + document.original[place:] == document.text


@given(documents(), st.integers(0, 100))
def test_the_pieces_hold_both_texts(document: Document, context: int) -> None:
    pieces = list(pieces_of(document, context))
    assert "".join(piece.text for piece in pieces if piece.kind == "removed") == "".join(
        change.before for change in changes_of(document)
    )
    shown = sum(
        int(piece.text) if piece.kind == "gap" else len(piece.text) for piece in pieces if piece.kind != "added"
    )
    assert shown == len(document.original)
    kept = sum(
        int(piece.text) if piece.kind == "gap" else len(piece.text) for piece in pieces if piece.kind != "removed"
    )
    assert kept == len(document.text)
    gaps = [piece for piece in pieces if piece.kind == "same"]
    assert all(len(piece.text) <= 3 * context for piece in gaps if len(pieces) > 1)
    place = 0
    for piece in pieces:
        if piece.kind in ("same", "removed"):
            assert document.original.startswith(piece.text, place)
        place += 0 if piece.kind == "added" else int(piece.text) if piece.kind == "gap" else len(piece.text)


def test_beside_each_change_stands_as_much_as_was_asked_for() -> None:
    document = edited("0123456789ab!cdefghijklmnopq", (0, 0, "<", "boilerplate.x"), (12, 13, "", "boilerplate.x"))
    pieces = [(piece.kind, piece.text) for piece in pieces_of(document, 2)]
    # At either end of the text no context is owed to a change, since there is none.
    assert pieces == [
        ("added", "<"),
        ("same", "01"),
        ("gap", "8"),
        ("same", "ab"),
        ("removed", "!"),
        ("same", "cd"),
        ("gap", "13"),
    ]
    opened = edited("0123456789!", (10, 11, "", "boilerplate.x"))
    assert [piece.text for piece in pieces_of(opened, 2)] == ["8", "89", "!"]
    untouched = [(piece.kind, piece.text) for piece in pieces_of(Document(original="01234", text="01234"), 2)]
    assert untouched == [("gap", "5")]


@given(documents())
def test_the_terminal_tells_every_change_on_lines_of_its_own(document: Document) -> None:
    lines = list(told_changes("x", document, 5))
    assert all("\n" not in line and "\r" not in line for line in lines)
    assert sum(bool(re.match(r"x:\d+:\d+: ", line)) for line in lines) == len(changes_of(document)) + len(
        document.flags
    )


def test_places_are_lines_and_columns() -> None:
    document = edited("ab\ncd\r\nef", (8, 9, "X", "test.one"))
    assert next(iter(told_changes("x", document, 1))).startswith("x:3:2: ")


def test_nothing_hidden_is_shown_as_nothing() -> None:
    assert visible("a\u202eb\x00\n") == "a‹U+202E›b␀␤"
    assert visible("a\nb", one_line=False) == "a\nb"


# -- counts -----------------------------------------------------------------------------------------------------


def counted(*added: tuple[Document, str]) -> Summary:
    summary = Summary()
    for document, outcome in added:
        summary.add(document, file="f", place=None, outcome=outcome, reason="why" if outcome == "dropped" else "")
    return summary


def test_counts() -> None:
    first = edited(
        "0123456789",
        (0, 3, "", "boilerplate.a"),
        (5, 6, "xy", "mojibake.b"),
        id="1",
        url="https://a.example/x",
        reasons={"boilerplate.a": "A."},
        flags=(Flag(4, 5, "mojibake.lossy", "lost", 1.0),),
    )
    second = Document(original="x", text="x", id="2", fields=(MetadataField("url", "a.example/2", 0, 1),))
    failed = Document(original="", text="", id="3", failure=Failure("decode", "binary"))
    told = counted((first, "kept"), (second, "dropped"), (failed, "failed")).to_dict()
    assert told["counts"] == {
        "in": 3,
        "kept": 1,
        "dropped": 1,
        "failed": 1,
        "characters_in": 11,
        "characters_out": 8,
        "edits": 2,
        "flags": 1,
    }
    assert told["rules"]["boilerplate.a"] == {
        "why": "A.",
        "edits": 1,
        "flags": 0,
        "documents": 1,
        "removed": 3,
        "added": 0,
    }
    assert told["sites"] == {"a.example": {"documents": 2, "characters": 11, "removed": 3, "rate": 3 / 11}}
    assert told["failures"] == [{"id": "3", "file": "f", "place": None, "step": "decode", "reason": "binary"}]
    assert told["dropped"] == [{"id": "2", "file": "f", "place": None, "reason": "why"}]


@given(st.lists(documents(), max_size=4))
def test_counts_do_not_depend_on_the_order(listed: list[Document]) -> None:
    forth = counted(*((document, "kept") for document in listed)).to_dict()
    back = counted(*((document, "kept") for document in reversed(listed))).to_dict()
    assert list(forth["rules"].items()) == list(back["rules"].items())
    assert list(forth["sites"].items()) == list(back["sites"].items())
    assert forth["counts"] == back["counts"]


def test_a_site_is_a_host_or_nothing() -> None:
    assert Document(original="", text="", url="http://[bad").site == ""
    assert Document(original="", text="", url="HTTPS://A.example:8080/x").site == "a.example"


# -- the page ---------------------------------------------------------------------------------------------------


def page_of(*shown: Document) -> str:
    settings = {"level": "conservative", "script": "keep"}
    told = counted(*((document, "kept") for document in shown)).to_dict()
    source = {"name": EVIL, "bytes": 1, "kept": 1, "dropped": 0, "failed": 0, "sha256": None}
    pair = {
        "left": EVIL,
        "right": EVIL,
        "left_original": [0, 1],
        "right_original": [0, 1],
        "kind": "near",
        "jaccard": 0.9,
    }
    return render({"cleancorpus": "0", "settings": settings, "inputs": [source], **told}, shown, [pair])


def test_no_text_of_a_page_acts_in_the_report() -> None:
    document = edited(
        EVIL * 3,
        (0, 8, EVIL, "boilerplate.a"),
        id=EVIL,
        url=f"https://{EVIL}/",
        fields=(MetadataField("title", EVIL, 0, 1),),
        flags=(Flag(0, 60, "mojibake.lossy", EVIL, 1.0),),
        reasons={"boilerplate.a": EVIL},
    )
    page = page_of(document)
    seen = Tags()
    seen.feed(page)
    assert "&lt;script&gt;" in page
    assert not seen.tags & {"script", "img", "iframe", "object", "link"}
    assert seen.attributes <= {
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
        "href",
        "class",
        "title",
        "id",
        "open",
    }
    assert all(link.startswith("#") for link in seen.links)


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_the_page_shows_what_was_removed_and_put_in() -> None:
    page = page_of(edited("首页 > 新闻\n正文", (0, 8, "", "boilerplate.a"), (8, 9, "文", "mojibake.b"), id="x"))
    assert '<del title="boilerplate.a: ">首页 &gt; 新闻\n</del>' in page
    assert '<ins title="mojibake.b: ">文</ins>' in page


def test_the_page_stays_small_whatever_was_removed() -> None:
    page = page_of(edited("删" * 1_000_000, (0, 1_000_000, "", "boilerplate.a"), id="x"))
    assert len(page) < 20_000
    assert "… 999,000 more …" in page
    marks = edited("。a" * 50_000, *((2 * n, 2 * n + 1, ".", "script.b") for n in range(50_000)), id="x")
    assert len(page_of(marks)) < 100_000


def test_the_page_plots_what_was_copied() -> None:
    share = {"passages": 4, "dropped": 1, "characters": 200, "dropped_characters": 50, "rate": 0.25}
    large = {"item": 0, "id": "x", "span": [0, 5000], "size": 5, "items": 3, "sites": 0, "text": "<i>抄</i>"}
    duplicates = {
        "pairs": 30,
        **share,
        "dropped": 16,
        "passages": 90,
        "by_kind": {"same": 12, "near": 4},
        "cluster_sizes": {"2": 4, "5": 2, "7": 1},
        "by_site": {"a.example": share, "<b>": {**share, "rate": 0.5}},
        "by_rule": {"boilerplate.x": share, "none": {**share, "dropped_characters": 70}},
        "largest": [large],
    }
    summary = {
        "cleancorpus": "0",
        "settings": {"level": "conservative", "script": "keep"},
        "inputs": [],
        **Summary(duplicates).to_dict(),
    }
    page = render(summary, [], [])
    assert page.startswith("<!doctype html>")
    # Bars are shares of the whole: those of near copies, of one site and of both rules are a quarter long.
    assert page.count('<rect width="25.00"') == 4
    assert re.search(r"<td>5–9</td>.*?>3<.*?>14<", page)
    assert page.count('<rect width="75.00"') == 1
    assert page.count('<rect width="50.00"') == 1
    assert page.index("passages that no rule touched") < page.index("boilerplate.x")
    assert "&lt;i&gt;抄&lt;/i&gt;" in page
    assert "4,992 more" in page
    assert "<b>" not in page.partition("By site")[2].partition("By rule")[0]


@given(st.lists(documents(), max_size=3))
def test_any_document_can_be_shown(listed: list[Document]) -> None:
    assert page_of(*listed).endswith("</html>")


# -- the page of the rules --------------------------------------------------------------------------------------


def test_the_page_of_the_rules_is_up_to_date() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == rules_page(known_rules()), "run tools/write_rules_page.py"


def test_examples_cannot_break_the_page() -> None:
    rule = Rule(id="a.b", why="A *star* and <tag>.", hits=("`x`", "a``b", " ", "l\n2"), misses=("x" * 500,))
    page = rules_page([rule])
    assert "`` `x` ``" in page
    assert "```a``b```" in page
    assert "A \\*star\\* and \\<tag\\>." in page
    assert max(map(len, page.splitlines())) < 200


def test_rules_of_the_library_have_one_home_each() -> None:
    ids = [rule.id for rule in known_rules()]
    assert len(ids) == len(set(ids))
    assert cc.__version__
