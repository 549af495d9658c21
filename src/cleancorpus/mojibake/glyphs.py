"""One character in place of another that looks the same: private-use, compatibility, radicals, look-alikes."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cleancorpus.edits import Edits
from cleancorpus.language import load_model
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.stage import Flags
from cleancorpus.text import Positions, TextBatch

PRIVATE_USE = "mojibake.gb18030-private-use"
HKSCS_PRIVATE_USE = "mojibake.hkscs-private-use"
COMPATIBILITY_IDEOGRAPH = "mojibake.compatibility-ideograph"
RADICAL = "mojibake.radical-as-character"
LOOK_ALIKE = "mojibake.look-alike"

RULES = (
    Rule(
        id=PRIVATE_USE,
        family="mojibake",
        why="GB 18030-2000 had only a private-use place for this character, which has a code point since.",
        hits=("龴\ue81e字形", "竖排\ue78d逗号"),
        misses=("\ue000是用户自定义的字",),
    ),
    Rule(
        id=HKSCS_PRIVATE_USE,
        family="mojibake",
        safety="unsafe",
        why="Code page 950 has only a private-use place for this HKSCS character; other private uses share it.",
        hits=("佢\uf6b1喺度，呢個係粵語",),
        misses=("简体文本\uf6b1不动", "繁體文本\uf6b1也不動：國會開過兩次會議。"),
    ),
    Rule(
        id=COMPATIBILITY_IDEOGRAPH,
        family="mojibake",
        why="A compatibility ideograph is canonically equivalent to a unified one, which all else searches for.",
        hits=("歷史\uf98e代", "\uf900傑"),
        misses=("\ufa0e\ufa11是统一汉字",),
    ),
    Rule(
        id=RADICAL,
        family="mojibake",
        why="Fonts in PDF files give a radical's code point for the character of the same shape.",
        hits=("\u2f42学与\u2f08民", "双\u2f42幼儿园"),
        misses=("⼀、⼁、⼂", "⽂"),
    ),
    Rule(
        id=LOOK_ALIKE,
        family="mojibake",
        safety="flag",
        why="A look-alike or a digit stands in place of a character, to slip past a filter.",
        hits=("他的女萠友来了", "参加法輪g0ng的人", "我们旳国家很大"),
        misses=("g0 是变量", "WTO和5G", "第10章l0cal"),
    ),
)

# GB 18030-2000's private-use characters and where they went (GB 18030-2005 and -2022; Unicode 5.2 to 10).
_GB18030 = {
    **dict(zip(range(0xE78D, 0xE794), (0xFE10, 0xFE12, 0xFE11, 0xFE13, 0xFE14, 0xFE15, 0xFE16), strict=True)),
    **dict(zip(range(0xE794, 0xE797), (0xFE17, 0xFE18, 0xFE19), strict=True)),
    0xE7C7: 0x1E3F,
    0xE7C8: 0x01F9,
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE831: 0x215D7,
    0xE832: 0x9FB8,
    0xE83B: 0x2298F,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE855: 0x241FE,
    0xE864: 0x9FBB,
}


@lru_cache(maxsize=1)
def _hkscs() -> dict[int, int]:
    """Give what HKSCS puts where code page 950 has private-use characters."""
    from cleancorpus.mojibake.charsets import big5

    table: dict[int, int] = {}
    charset = big5()
    for point in range(0xE000, 0xF849):
        code = int(charset.code[point])
        if code:
            text = code.to_bytes(2).decode("big5hkscs", "ignore")
            if len(text) == 1 and not 0xE000 <= ord(text) <= 0xF8FF:
                table[point] = ord(text)
    return table


def _canonical(first: int, last: int, form: Literal["NFC", "NFKC"]) -> dict[int, int]:
    table = {}
    for point in range(first, last):
        unified = unicodedata.normalize(form, chr(point))
        if len(unified) == 1 and ord(unified) != point:
            table[point] = ord(unified)
    return table


_COMPATIBILITY = _canonical(0xF900, 0xFB00, "NFC")
_RADICALS = _canonical(0x2F00, 0x2FD6, "NFKC")
SUBSTITUTED = (*_GB18030, *_COMPATIBILITY, *_RADICALS, *range(0xE000, 0xF849))


def find_substitutes(batch: TextBatch, places: Positions, ruleset: RuleSet) -> Edits:
    """Propose the standard characters; ``places`` are the positions of characters of ``SUBSTITUTED``."""
    if not len(places):
        return Edits.empty()
    places = places[_beside_hanzi(batch, places)]
    points = batch.codepoints[places]
    parts = []
    kinds = ((PRIVATE_USE, _GB18030), (COMPATIBILITY_IDEOGRAPH, _COMPATIBILITY), (RADICAL, _RADICALS))
    for rule, table in kinds:
        found = np.isin(points, list(table))
        if rule in ruleset and found.any():
            meant = np.array([table[point] for point in points[found].tolist()], dtype=np.uint32)
            parts.append(Edits.substitutions(places[found], meant, rule))
    if HKSCS_PRIVATE_USE in ruleset:
        parts.append(_hkscs_characters(batch, places[~np.isin(points, list(_GB18030))]))
    return Edits.union(parts) if parts else Edits.empty()


def _beside_hanzi(batch: TextBatch, places: Positions) -> NDArray[np.bool_]:
    """Say which places lie in runs of such places beside a Chinese character of the same text."""
    documents = batch.document_of(places)
    joined = (np.diff(places) == 1) & (np.diff(documents) == 0)
    run = np.concatenate([[0], np.cumsum(~joined)])
    beside = np.zeros(len(places), dtype=bool)
    for at in (places - 1, places + 1):
        inside = (at >= batch.offsets[documents]) & (at < batch.offsets[documents + 1])
        beside |= inside & is_hanzi(batch.codepoints[np.clip(at, 0, len(batch.codepoints) - 1)])
    return np.asarray(np.bincount(run, weights=beside)[run] > 0)


# Characters of written Cantonese that no conversion of script or region makes: two of them tell a text of Hong Kong.
_CANTONESE = np.array(sorted(map(ord, "喺嘅咗啲嚟冇唔嗰咁哋嘢瞓攞嗌佢咩啱")), dtype=np.uint32)
_LEAST_CANTONESE = 2


def _hkscs_characters(batch: TextBatch, places: Positions) -> Edits:
    """Propose HKSCS characters in Cantonese texts: only there it is sure that no other private use is meant."""
    rows = []
    documents = batch.document_of(places)
    for number in np.unique(documents).tolist():
        own = batch.codepoints[batch.offsets[number] : batch.offsets[number + 1]]
        if np.count_nonzero(np.isin(_CANTONESE, own)) >= _LEAST_CANTONESE:
            for place in places[documents == number].tolist():
                meant = _hkscs().get(int(batch.codepoints[place]))
                if meant is not None:
                    rows.append((place, place + 1, chr(meant), HKSCS_PRIVATE_USE))
    return Edits.of(rows)


# -- look-alikes ----------------------------------------------------------------------------------------

# Bits by which the plain character must fit its neighbours better than the one that looks like it.
_LIKES = 8.0


@lru_cache(maxsize=1)
def look_alikes() -> dict[int, int]:
    """Give the look-alikes and the characters that they stand for."""
    path = resources.files("cleancorpus").joinpath("data", "mojibake", "look_alikes.tsv")
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {ord(glyph): ord(plain) for glyph, plain in rows}


def find_look_alikes(batch: TextBatch, places: Positions, ruleset: RuleSet) -> Flags:
    """Flag the look-alikes at ``places`` that fit their neighbours far worse than what is meant."""
    points = batch.codepoints
    places = places[(places > 0) & (places + 1 < len(points))]
    if LOOK_ALIKE not in ruleset or not len(places):
        return Flags.empty()
    around = points[places[:, None] + np.arange(-1, 2)]
    inside = batch.document_of(places - 1) == batch.document_of(places + 1)
    inside &= is_hanzi(around[:, 0]) & is_hanzi(around[:, 2])
    places, around = places[inside], around[inside]
    meant = around.copy()
    meant[:, 1] = [look_alikes()[point] for point in around[:, 1].tolist()]
    offsets = np.arange(len(places) + 1, dtype=np.int64) * 3
    gain = load_model().score(meant.ravel(), offsets) - load_model().score(around.ravel(), offsets)
    total = gain.reshape(around.shape).sum(axis=1)
    rows = []
    for at in np.flatnonzero(total > _LIKES).tolist():
        place = int(places[at])
        reason = f"looks like {chr(int(meant[at, 1]))}"
        rows.append((place, place + 1, LOOK_ALIKE, reason, float(total[at])))
    return Flags.of(rows)


def find_disguised_words(batch: TextBatch, places: Positions, ruleset: RuleSet) -> Flags:
    """Flag readings with a 0 or 1 in place of a letter; ``places`` are the positions of such digits in words."""
    if not len(places):
        return Flags.empty()
    rows = []
    documents = batch.document_of(places)
    for place, document in zip(places.tolist(), documents.tolist(), strict=True):
        floor, ceiling = int(batch.offsets[document]), int(batch.offsets[document + 1])
        word = _latin_word(batch, place, floor, ceiling)
        if word and LOOK_ALIKE in ruleset and _is_disguised(batch, word, floor, ceiling):
            rows.append((*word, LOOK_ALIKE, f"{batch.substring(*word)} for a reading", 0.5))
    return Flags.of(rows)


def _latin_word(batch: TextBatch, place: int, floor: int, ceiling: int) -> tuple[int, int] | None:
    """Give the bounds of the short word of letters and digits around a place."""
    start, end = place, place + 1
    while start > floor and place - start < 8 and _is_alphanumeric(int(batch.codepoints[start - 1])):
        start -= 1
    while end < ceiling and end - place < 8 and _is_alphanumeric(int(batch.codepoints[end])):
        end += 1
    return (start, end) if 3 <= end - start <= 7 else None


def _is_alphanumeric(point: int) -> bool:
    return point < 0x80 and chr(point).isalnum()


def _is_disguised(batch: TextBatch, word: tuple[int, int], floor: int, ceiling: int) -> bool:
    """Say whether a word is a reading with 0 for o or 1 for i or l, between Chinese characters."""
    from cleancorpus.mojibake.pinyin import load_readings

    text = batch.substring(*word)
    letters = sum(letter.isalpha() for letter in text)
    neighbours = batch.codepoints[[at for at in (word[0] - 1, word[1]) if floor <= at < ceiling]]
    if len(neighbours) < 2 or not bool(is_hanzi(neighbours).all()) or letters < 2 or not text.islower():
        return False
    plain = text.replace("0", "o")
    return any(plain.replace("1", letter) in load_readings().any for letter in "il")
