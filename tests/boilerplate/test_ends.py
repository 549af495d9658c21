"""The ways in which patterns match, and with which characters: none that a match can have is left out."""

from __future__ import annotations

import re
import re._parser as parser  # type: ignore[import-not-found]  # typeshed leaves the pattern parser out
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleancorpus
from cleancorpus.boilerplate import RULES
from cleancorpus.boilerplate.byline import byline_patterns
from cleancorpus.boilerplate.edges import CharacterSet, packed, packed_runs, runs_of
from cleancorpus.boilerplate.edges import edge_characters as characters_of
from cleancorpus.boilerplate.ends import EndTable
from cleancorpus.boilerplate.families import pattern_rules
from cleancorpus.boilerplate.literals import Way, read_ways
from cleancorpus.boilerplate.readings import ways, written_readings
from cleancorpus.fold import fold
from cleancorpus.text import TextBatch, encode_codepoints

LINES = [rule.line for rule in RULES if rule.line is not None]
READINGS = Path(cleancorpus.__file__).parent / "data" / "boilerplate" / "readings.json"


def edge_characters(pattern: str, *, last: bool = False) -> CharacterSet:
    return characters_of(parser.parse(pattern), last=last)


@pytest.mark.parametrize(
    ("pattern", "first", "last"),
    [
        ("首页", "首", "页"),
        ("(?:上|下)一页[>»]?", "上下", "页>»"),
        (r"\s*(?=.{0,9}a)(?:ab|c)+\d{2}", " ac", "0"),
        ("[^a]b?", "b好\U00020000", "b好\U00020000"),
        (r"x*y?z*+", "xyz", "xyz"),
    ],
)
def test_the_ends_of_a_pattern(pattern: str, first: str, last: str) -> None:
    for characters, table in ((first, edge_characters(pattern)), (last, edge_characters(pattern, last=True))):
        assert all(table[min(ord(c), 0x10000)] for c in characters)


def test_what_cannot_stand_at_an_end_is_left_out() -> None:
    assert np.flatnonzero(edge_characters("(?:上|下)一页")).tolist() == sorted([ord("上"), ord("下")])
    assert np.flatnonzero(edge_characters("一页[>»]?", last=True)).tolist() == sorted(map(ord, "页>»"))
    assert not edge_characters(r"\d+|[^\s]x")[ord(" ")]


def test_each_branch_of_a_choice_is_a_way_with_what_stands_in_front_of_all() -> None:
    found = ways("(?=.*本站)(?:(?:欢迎光临.{1,9}|感谢)|[版]权所有)(?!x)")
    assert [way.literals for way in found] == [("欢迎光临",), ("本站",), ("版权所有",)]
    assert [way.longest for way in found] == [13, 2, 4]


def test_what_a_way_looks_ahead_for_must_stand_there_where_its_literals_tell_little() -> None:
    assert [way.ahead for way in ways("(?=.*本站)(?:[^>]+>.+|欢迎光临.*)")] == [(), ()]
    assert [(way.literals, way.ahead) for way in ways("(?=.*网)(?=.*(?:首页|主页)).+>.+")] == [
        (("主页", "首页"), ("网",))
    ]
    assert [(way.literals, way.ahead) for way in ways("(?=.*[网站]).+>.+")] == [((">",), ("站", "网"))]


def test_where_a_branch_requires_nothing_there_is_one_way() -> None:
    assert [way.literals for way in ways(r"首页|\d+")] == [()]


def fits(pattern: str, text: str) -> bool:
    """Say whether one of the ways of a pattern allows a text: its length, its literals, what is ahead and its ends."""
    points, found = encode_codepoints(text), ways(pattern)
    number = np.arange(len(found))
    ends = EndTable(found).fit(points[:1].repeat(len(found)), points[-1:].repeat(len(found)), number)
    return any(
        fit
        and len(text) <= way.longest
        and all(any(one in text for one in some) for some in (way.literals, way.ahead) if some)
        for fit, way in zip(ends.tolist(), found, strict=True)
    )


def test_every_hit_of_every_rule_is_allowed_by_a_way_of_its_pattern() -> None:
    checked = 0
    for rule in RULES:
        if rule.line is None:
            continue
        for line in [line.strip() for hit in rule.hits for line in hit.split("\n")]:
            folded = fold(TextBatch.from_text(line), blanks=False, punctuation=False).batch.text(0)
            if re.fullmatch(rule.line, folded):
                assert fits(rule.line, folded), (rule.id, line)
                checked += 1
    assert checked > 200


matches = st.sampled_from(LINES).flatmap(
    lambda pattern: st.tuples(st.just(pattern), st.from_regex(pattern, fullmatch=True))
)


@given(matches)
def test_every_match_is_allowed_by_a_way_of_its_pattern(case: tuple[str, str]) -> None:
    pattern, text = case
    assert not text or fits(pattern, text)


def test_the_readings_that_ship_are_those_of_the_rules() -> None:
    patterns = [rule.line for rule in pattern_rules() if rule.line is not None] + list(byline_patterns())
    assert READINGS.read_text(encoding="utf-8") == written_readings(patterns), "run tools/write_rules_page.py"


@pytest.mark.parametrize("pattern", [*LINES[::9], "没有记下的(?:样式|[^一-丁]+)\\d*"])
def test_a_kept_reading_is_what_the_pattern_says(pattern: str) -> None:
    def columns(way: Way) -> tuple[object, ...]:
        return way.literals, way.longest, way.ahead, way.first, way.last

    assert list(map(columns, ways(pattern))) == list(map(columns, read_ways(pattern)))


@given(st.frozensets(st.one_of(st.integers(0, 40), st.integers(0xFFF0, 0x10000))))
def test_a_set_of_characters_comes_back_from_its_runs(members: frozenset[int]) -> None:
    found = np.zeros(0x10001, dtype=bool)
    found[list(members)] = True
    packed_set = packed(found)
    assert packed_runs(runs_of(packed_set)) == packed_set
