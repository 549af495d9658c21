"""Texts, lines and runs that were read in a wrong encoding, one layer or two of it."""

from __future__ import annotations

import numpy as np

from cleancorpus.edits import Edits
from cleancorpus.language import CharacterModel, load_model
from cleancorpus.mojibake.charsets import big5, gbk
from cleancorpus.mojibake.excerpts import Excerpt, line_starts
from cleancorpus.mojibake.misread_run import Run
from cleancorpus.mojibake.nominate import (
    BIG5_12,
    BIG5_23,
    BIG5_31,
    EURO,
    GBK_12,
    GBK_23,
    GBK_31,
    LATIN,
    RARE_AS_BIG5,
    RARE_AS_GBK,
    SINGLE_FIRST,
    SINGLE_FURTHER,
    SUBSTITUTE,
    TELLING,
    Nominees,
)
from cleancorpus.mojibake.one_to_one import is_private
from cleancorpus.mojibake.reading_back import (
    BIG5_AS_GBK,
    BIG5_AS_LATIN,
    GBK_AS_BIG5,
    GBK_AS_LATIN,
    UTF8_AS_BIG5,
    UTF8_AS_GBK,
    read_back,
)
from cleancorpus.mojibake.screening import mapping_pays, utf8_pays
from cleancorpus.mojibake.single_bytes import sets_with_sequences
from cleancorpus.mojibake.slips import LOST_BYTE
from cleancorpus.mojibake.utf8_reading import UTF8_AS_LATIN, UTF8_AS_SINGLE_BYTES
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.stage import Flags
from cleancorpus.text import TextBatch, decode_codepoints

UNCLEAR = "mojibake.unclear-misreading"

RULES = (
    Rule(
        id=UTF8_AS_GBK,
        family="mojibake",
        why="UTF-8 was read as GBK or Windows code page 936.",
        hits=("鎴戜滑鍧氭寔瀹炰簨姹傛槸鐨勫伐浣滀綔",),
        misses=(
            "鎴、戜、滑三个字很少见。",
            "锟铻之剑",
        ),
    ),
    Rule(
        id=UTF8_AS_LATIN,
        family="mojibake",
        why="UTF-8 was read as Latin-1 or Windows-1252.",
        hits=("æˆ‘ä»¬å\x9dšæŒ\x81å®žäº‹æ±‚æ˜¯çš„å·¥ä½œä½œé£Žã€‚",),
        misses=(
            "Ångström 和 naïve 这两个词",
            "Ã 是一个带波浪号的字母",
        ),
    ),
    Rule(
        id=UTF8_AS_SINGLE_BYTES,
        family="mojibake",
        why="UTF-8 was read as a single-byte set other than Latin-1: Mac Roman, a code page of DOS, Cyrillic, …",
        hits=(
            "Êàë‰ª¨ÂùöÊåÅÂÆû‰∫ãÊ±ÇÊòØ",
            "µêæΣ╗¼σ¥Üµîüσ«₧Σ║ïµ▒éµÿ»",
            "ж€‘д»¬еќљжЊЃе®ћдє‹ж±‚зњџ",
        ),
        misses=(
            "Привет, это русский текст – «ёлка».",
            "┌──Σ──┐ 与 ∞ 之间",
        ),
    ),
    Rule(
        id=UTF8_AS_BIG5,
        family="mojibake",
        why="UTF-8 was read as Big5.",
        hits=("擃\ue9b5葉撣\uefd9\ue71c",),
        misses=("嚙踝蕭",),
    ),
    Rule(
        id=GBK_AS_LATIN,
        family="mojibake",
        why="GBK was read as Latin-1 or Windows-1252.",
        hits=("ÎÒÃÇ¼á³ÖÊµÊÂÇóÊÇµÄ¹¤×÷×÷·ç¡£",),
        misses=(
            "Größe und Übermut",
            "crème brûlée, façade, São Paulo",
        ),
    ),
    Rule(
        id=GBK_AS_BIG5,
        family="mojibake",
        why="GBK was read as Big5.",
        hits=("扂蠅澄厥妗岈⑴岆腔馱釬釬瑞﹝",),
        misses=(
            "饕餮、貔貅、魑魅魍魉",
            "ㄅㄆㄇㄈㄉㄊㄋㄌ",
        ),
    ),
    Rule(
        id=BIG5_AS_GBK,
        family="mojibake",
        why="Big5 was read as GBK.",
        hits=("セそ\ue677ㄌ酚そ\ue677猭砏﹚舱麓ぇ\ue4c9",),
        misses=(
            "これは日本語の文章です。とてもありがたいことです。",
            "Привет, это русский текст.",
        ),
    ),
    Rule(
        id=BIG5_AS_LATIN,
        family="mojibake",
        why="Big5 was read as Latin-1 or Windows-1252.",
        hits=("¥»¤½¥q¨Ì·Ó¤½¥qªk³W©w²ÕÂ´¤§¡C",),
        misses=(
            "¤ is the currency sign",
            "Þjóðvegur og ættarnöfn",
        ),
    ),
    Rule(
        id=UNCLEAR,
        family="mojibake",
        safety="flag",
        why="A run was misread, but where it ends or what it was cannot be known.",
        hits=("老船工说，从前过河要等半天，现在大桥党籵賸ㄛ滯赽蠅上学再也不用起早贪黑。",),
        misses=("我们坚持实事求是的工作作风。",),
    ),
)


def outside_unclear(edits: Edits, open_places: Flags) -> Edits:
    """Leave out the edits inside runs that are flagged as misread: what stands there is not the text's own."""
    rows = [row for row in open_places.rows() if row[2] == UNCLEAR]
    if not rows or not len(edits):
        return edits
    start, end = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 1))
    behind = np.searchsorted(end, edits.start, side="right")  # the first run that ends behind an edit's start
    met = (behind < len(start)) & (start[np.minimum(behind, len(start) - 1)] < edits.end)
    return edits.take(~met)


def find_misread(batch: TextBatch, nominees: Nominees, ruleset: RuleSet) -> tuple[Edits, Flags]:
    """Propose to read back what was misread; flag the characters of which a byte is lost."""
    model = load_model()
    excerpts = _excerpts(batch, nominees, model, ruleset)
    if not excerpts:
        return Edits.empty(), Flags.empty()
    edits: list[tuple[int, int, str, str]] = []
    flags: list[tuple[int, int, str, str, float]] = []
    unclear: list[tuple[int, int, str, str, float]] = []
    for run in read_back(batch, excerpts, model):
        if not run.clear:
            unclear.append((run.start, run.end, UNCLEAR, f"{run.rule}, but not certain", 0.5))
            continue
        edits.append((run.start, run.end, decode_codepoints(run.after), run.rule))
        flags.extend(_open_places(run) if LOST_BYTE in ruleset else ())
    return Edits.of(edits), Flags.of([*flags, *(unclear if UNCLEAR in ruleset else ())])


def _open_places(run: Run) -> list[tuple[int, int, str, str, float]]:
    return [
        (
            guess.start,
            guess.end,
            LOST_BYTE,
            f"one of {', '.join(guess.candidates)} …" if guess.candidates else "a byte or two are lost",
            guess.share,
        )
        for guess in run.open
    ]


def _excerpts(batch: TextBatch, nominees: Nominees, model: CharacterModel, ruleset: RuleSet) -> dict[str, Excerpt]:
    """Give for each rule the lines that may have been misread so."""
    points = batch.codepoints
    latin = np.concatenate([nominees.followed(TELLING, LATIN), nominees.preceded(TELLING, LATIN)])
    gbk_starts, big5_runs = nominees.followed(GBK_12, GBK_31 | EURO), nominees.followed(BIG5_12, BIG5_31, BIG5_23)
    gbk_runs, euros = nominees.among(gbk_starts, {1: GBK_31, 2: GBK_23}), nominees.among(gbk_starts, {1: EURO})
    private = nominees.of(SUBSTITUTE)
    private = private[is_private(points[private])]  # one alone says more than rare characters do
    as_big5 = np.concatenate([nominees.crowded(RARE_AS_BIG5), private])
    as_gbk = np.concatenate([nominees.crowded(RARE_AS_GBK), private])
    singles = nominees.followed(SINGLE_FIRST, SINGLE_FURTHER, SINGLE_FURTHER)
    suspects = {
        UTF8_AS_LATIN: latin,
        GBK_AS_LATIN: latin,
        BIG5_AS_LATIN: latin,
        UTF8_AS_SINGLE_BYTES: singles[sets_with_sequences(points, singles).any(axis=1)],
        UTF8_AS_GBK: np.concatenate([gbk_runs[utf8_pays(points, gbk_runs, gbk(), model)], euros, nominees.twos()]),
        UTF8_AS_BIG5: big5_runs[utf8_pays(points, big5_runs, big5(), model)],
        GBK_AS_BIG5: as_big5[mapping_pays(points, as_big5, big5(), gbk(), model)],
        BIG5_AS_GBK: as_gbk[mapping_pays(points, as_gbk, gbk(), big5(), model)],
    }
    looked = {rule: places for rule, places in suspects.items() if rule in ruleset and len(places)}
    if not looked:
        return {}
    edges = line_starts(batch, np.concatenate(list(looked.values())))
    return {rule: Excerpt.lines(batch, places, edges) for rule, places in looked.items()}
