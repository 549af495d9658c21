"""The characters with which matches begin and end: none that a match can have is left out."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.boilerplate import RULES
from cleancorpus.boilerplate.ends import EndTable, edge_characters
from cleancorpus.text import encode_codepoints

LINES = [rule.line for rule in RULES if rule.line is not None]


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


def test_every_hit_of_every_rule_fits_the_ends_of_its_pattern() -> None:
    from cleancorpus.fold import fold
    from cleancorpus.text import TextBatch

    checked = 0
    for rule in RULES:
        if rule.line is None:
            continue
        table = EndTable([rule.line])
        for line in [line.strip() for hit in rule.hits for line in hit.split("\n")]:
            folded = fold(TextBatch.from_text(line), blanks=False, punctuation=False).batch
            if re.fullmatch(rule.line, folded.text(0)):
                points = folded.codepoints
                assert table.fit(points[:1], points[-1:], np.zeros(1, np.int64))[0], (rule.id, line)
                checked += 1
    assert checked > 200


matches = st.sampled_from(LINES).flatmap(
    lambda pattern: st.tuples(st.just(pattern), st.from_regex(pattern, fullmatch=True))
)


@given(matches)
def test_no_match_has_other_ends(case: tuple[str, str]) -> None:
    pattern, text = case
    points = encode_codepoints(text)
    if len(points):
        assert EndTable([pattern]).fit(points[:1], points[-1:], np.zeros(1, np.int64))[0]
