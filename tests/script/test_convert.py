"""Conversion equals OpenCC: its own cases, a plain reference on drawn text, and laws of batches and records."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.edits import Edits
from cleancorpus.errors import MissingDependency, SettingsError
from cleancorpus.script import (
    Convert,
    alternatives,
    chain_names,
    convert_batch,
    convert_text,
    convert_texts,
    user_words,
)
from cleancorpus.script.dictionary import candidate_table
from cleancorpus.script.phrases import LONGEST, leftmost
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch
from tests import strategies
from tests.script import reference

CASES = Path(__file__).parents[3] / "shared" / "eval" / "opencc" / "testcases.json"

# Keys, and the beginnings and ends of keys, run together: overlaps, prefixes and near misses of every table.
_keys = st.sampled_from(
    ["STPhrases", "TSPhrases", "TWPhrases", "TWPhrasesRev", "HKVariantsPhrases", "JPShinjitaiPhrases"]
)
_words = _keys.flatmap(lambda name: st.sampled_from(sorted(candidate_table(name))))
_pieces = st.one_of(
    _words,
    st.tuples(_words, st.integers(1, 3)).map(lambda cut: cut[0][: cut[1]]),
    st.tuples(_words, st.integers(1, 3)).map(lambda cut: cut[0][cut[1] :]),
    strategies.chinese,
    st.sampled_from(["\U0002f800", "\uf900", "，", "\n", "A", "\x00", "\ud800", "\U0010ffff", "铀", "鈾"]),
)
tangled = st.lists(_pieces, max_size=12).map("".join)
chains = st.sampled_from(chain_names())


def converted(texts: list[str], chain: str) -> list[str]:
    batch = TextBatch.from_texts(texts)
    return convert_batch(batch, chain).apply(batch).to_texts()


@pytest.mark.skipif(not CASES.exists(), reason="OpenCC's cases are not there")
def test_opencc_cases() -> None:
    rows = [
        (chain, case["input"], expected)
        for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]
        for chain, expected in case["expected"].items()
    ]
    assert len(rows) == 543
    wrong = [row for row in rows if convert_text(row[1], row[0]) != row[2] or converted([row[1]], row[0]) != [row[2]]]
    assert wrong == []


def test_all_chains_of_opencc_are_there() -> None:
    simplified = {"s2t", "t2s", "s2tw", "tw2s", "s2twp", "tw2sp", "s2hk", "hk2s", "s2hkp", "hk2sp"}
    assert set(chain_names()) == simplified | {"t2tw", "tw2t", "t2hk", "hk2t", "t2jp", "jp2t"}


@given(tangled, chains)
def test_equals_the_reference(text: str, chain: str) -> None:
    expected = reference.convert(text, chain)
    assert convert_text(text, chain) == expected
    assert converted([text], chain) == [expected]


@given(st.lists(tangled, max_size=5), chains)
def test_texts_of_a_batch_do_not_see_one_another(texts: list[str], chain: str) -> None:
    assert converted(texts, chain) == [convert_text(text, chain) for text in texts]
    assert convert_texts(TextBatch.from_texts(texts), chain).to_texts() == converted(texts, chain)


@given(tangled, chains)
def test_the_record_is_minimal_and_can_be_taken_back(text: str, chain: str) -> None:
    batch = TextBatch.from_text(text)
    edits = convert_batch(batch, chain)
    assert edits.effective(batch) == edits
    assert edits.inverse(batch).apply(edits.apply(batch)) == batch


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=40))
def test_leftmost_reads_from_left_to_right(spans: list[tuple[int, int]]) -> None:
    starts = sorted({start for start, _ in spans})
    length = dict(spans)
    ends = [start + length[start] for start in starts]
    expected, place = [], 0
    for start, end in zip(starts, ends, strict=True):
        expected.append(start >= place)
        place = end if start >= place else place
    assert leftmost(np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)).tolist() == expected


def test_a_long_chain_of_overlapping_phrases_is_linear() -> None:
    # Each phrase overlaps the next: one cluster over the whole text, read link by link.
    text = "干干净净" * 50_000
    assert convert_text(text, "s2t") == "乾乾淨淨" * 50_000


def test_protected_places_are_left_and_no_phrase_reaches_over_them() -> None:
    batch = TextBatch.from_text("头发头发头发")
    protected = np.array([0, 0, 1, 1, 0, 1], dtype=bool)
    assert convert_batch(batch, "s2t", protected=protected).apply(batch).text(0) == "頭髮头发頭发"
    assert convert_text("头", "s2t") + convert_text("发", "s2t") == "頭發"


def test_user_words_come_first_and_stand() -> None:
    batch = TextBatch.from_texts(["内存里的内", "存"])
    edits = convert_batch(batch, "s2twp", words=user_words({"内存": "內存"}))
    assert edits.apply(batch).to_texts() == ["內存裡的內", "存"]
    assert "script.user-word" in edits.rule_ids()
    same = convert_batch(batch, "s2twp", words=user_words({"内存": "内存"}))
    assert same.apply(batch).to_texts() == ["内存裡的內", "存"]


@pytest.mark.parametrize("word", ["", "长" * (LONGEST + 1)])
def test_user_words_of_no_length_or_too_long_are_refused(word: str) -> None:
    with pytest.raises(SettingsError, match="characters"):
        user_words({word: "x"})


def test_a_choice_among_several_is_marked() -> None:
    batch = TextBatch.from_text("发。头发")
    edits = convert_batch(batch, "s2t")
    assert edits.rule_ids() == ["script.one-of-several", "script.simplified-form"]
    assert alternatives("发") == ("發", "髮")


def test_rules_tell_forms_from_words() -> None:
    batch = TextBatch.from_text("内存。里")
    assert convert_batch(batch, "s2twp").rule_ids() == ["script.regional-word", "script.regional-form"]


def test_unknown_chains_and_backends_are_refused() -> None:
    with pytest.raises(SettingsError, match="s2twp"):
        convert_text("x", "s2x")
    with pytest.raises(SettingsError, match="chain"):
        Convert("x2y")
    with pytest.raises(SettingsError, match="backend"):
        Convert("s2t", backend="perl")


def test_a_nul_is_kept() -> None:
    # The official release cuts a segment at U+0000 in the chains that segment, and loses it.
    assert convert_text("后面\x00后面", "s2tw") == "後面\x00後面"


def test_the_stage_proposes_what_the_function_says() -> None:
    batch = TextBatch.from_texts(["头发", "x"])
    proposal = Convert("s2t").propose(batch, Context())
    assert proposal.edits == convert_batch(batch, "s2t")
    assert isinstance(proposal.edits, Edits)


def test_the_opencc_backend_needs_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "opencc", None)
    with pytest.raises(MissingDependency, match="pip install"):
        Convert("s2t", backend="opencc")
