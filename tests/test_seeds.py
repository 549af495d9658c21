"""The specimens and their gold agree with one another, byte for byte."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
GOLD: dict[str, dict[str, Any]] = json.loads((SEEDS / "gold.json").read_text("utf-8"))
FLAT = [name for name in GOLD if not name.endswith(".html")]
LAYERS = [("gbk", "latin-1"), ("utf-8", "gb18030"), ("gbk", "big5"), ("utf-8", "latin-1")]


def decoded(name: str) -> str:
    """Read a specimen in the encoding that the gold states."""
    data, gold = (SEEDS / name).read_bytes(), GOLD[name]
    if gold["encoding"] != "mixed":
        return data.decode(gold["encoding"])
    parts, at = [], 0
    for encoding, length in gold["segments"]:
        parts.append(data[at : at + length].decode(encoding))
        at += length
    assert at == len(data)
    return "".join(parts)


def without_space(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_every_specimen_has_gold() -> None:
    specimens = {path.name for path in SEEDS.iterdir() if path.suffix in (".txt", ".html")}
    assert specimens == set(GOLD)
    assert len(specimens) >= 12
    encodings = {entry["encoding"] for entry in GOLD.values()}
    assert {"utf-8", "gb18030", "big5", "mixed"} <= encodings


@pytest.mark.parametrize("name", FLAT)
def test_the_gold_is_what_the_edits_make_of_the_specimen(name: str) -> None:
    """Repairs and joins made, chrome taken out, and nothing else: that is the clean text."""
    text, gold = decoded(name), GOLD[name]
    for old, new in [*gold["repairs"], *gold["joins"]]:
        assert old in text
        text = text.replace(old, new)
    lines = text.split("\n")
    for chrome in gold["chrome"]:
        if chrome in lines:
            lines.remove(chrome)
        else:
            assert sum(chrome in line for line in lines) == 1
            lines = [line.replace(chrome, "") for line in lines]
    assert without_space("".join(lines)) == without_space(gold["clean"])


@pytest.mark.parametrize("name", list(GOLD))
def test_nothing_that_should_go_stands_in_the_clean_text(name: str) -> None:
    gold = GOLD[name]
    clean = gold["clean"]
    assert not [chrome for chrome in gold["chrome"] if chrome in clean]
    for old, new in [*gold["repairs"], *gold["joins"]]:
        assert old not in clean
        assert new in clean
    for lost in gold.get("unrecoverable", []):
        assert lost in clean


def test_a_page_of_html_holds_its_body_and_its_chrome() -> None:
    gold = GOLD["10-canteen-procurement.html"]
    visible = without_space(re.sub(r"<[^>]+>", "", decoded("10-canteen-procurement.html")).replace("&gt;", ">"))
    for part in [*gold["clean"].splitlines(), *gold["chrome"]]:
        assert without_space(part) in visible


@pytest.mark.parametrize("name", list(GOLD))
def test_metadata_stands_on_the_page(name: str) -> None:
    text = without_space(decoded(name))
    for key, value in GOLD[name]["metadata"].items():
        if key == "date":
            year, month, day = value.split("-")
            assert re.search(rf"{year}\D0?{int(month)}\D0?{int(day)}(?!\d)", decoded(name))
        else:
            # A converter's reading may stand in the middle of a name.
            assert without_space(value) in re.sub(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]+\)", "", text)


def slips() -> list[tuple[str, str]]:
    return [(old, new) for entry in GOLD.values() for old, new in entry["repairs"] if old.startswith("?")]


def narrowed(text: str) -> str:
    """Full-width marks to ASCII ones, as the first specimen was narrowed after its damage."""
    return text.translate({ord(mark): unicodedata.normalize("NFKC", mark) for mark in "，；：！？（）"})


@pytest.mark.parametrize(("old", "new"), slips(), ids=[new for _, new in slips()])
def test_a_slip_is_what_losing_one_byte_makes_of_the_truth(old: str, new: str) -> None:
    """The truth's bytes without the first one, read two by two, give the damaged text."""
    wide = {";": "；", ",": "，"}.get(new[0], new[0]) + new[1:]
    data = wide.encode("gb18030")
    assert data[0] in (0xA1, 0xA3)
    read, at = "?", 1
    while at < len(data):
        pair = data[at : at + 2]
        if data[at] < 0x80:
            read, at = read + chr(data[at]), at + 1
        elif len(pair) == 2 and pair[1] >= 0x40 and pair[1] != 0x7F:
            read, at = read + pair.decode("gb18030"), at + 2
        else:
            read, at = read + "?", at + 1
    assert old in (read, narrowed(read))


def test_layers_are_what_a_wrong_reading_makes_of_the_truth() -> None:
    made = set()
    for old, new in GOLD["08-museum-layers.txt"]["repairs"]:
        for written, read in LAYERS:
            try:
                if new.encode(written).decode(read) == old:
                    made.add((written, read))
            except UnicodeError:
                continue
    assert made == set(LAYERS)


def test_the_clean_negative_is_untouched() -> None:
    gold = GOLD["12-no-chrome-at-all.txt"]
    assert gold["clean"] == decoded("12-no-chrome-at-all.txt")
    assert gold["chrome"] == gold["repairs"] == gold["joins"] == []
