"""Byte slips: a lost lead byte, behind which every pair was read one byte late, as in ``?;鶎咏M織`` (。基層組織)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.edits import Edits
from cleancorpus.language import CharacterModel, load_model
from cleancorpus.mojibake.charsets import DoubleByte, big5, gbk
from cleancorpus.mojibake.late_reading import LONGEST, MARKS, narrowed, out_of_step, row_scores
from cleancorpus.mojibake.slip_readings import slip_hypotheses
from cleancorpus.mojibake.slip_verdicts import Slip, best_slip, is_possible, likeliest_readings
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.stage import Flags
from cleancorpus.text import Positions, TextBatch

GBK_SLIP = "mojibake.gbk-slip"
BIG5_SLIP = "mojibake.big5-slip"
LOST_BYTE = "mojibake.lost-byte"
_RULE = {"gbk": GBK_SLIP, "big5": BIG5_SLIP}

RULES = (
    Rule(
        id=GBK_SLIP,
        family="mojibake",
        why="The first byte of a mark was lost, and the GBK text behind it was read one byte late.",
        hits=("在基層?;鶎咏M織的作用", "三是抓好建设??h委很重视"),
        misses=("你去过那里吗?我没有去过。", "为什么?因为A股涨了。", "经验交流,?河镇怎样建强用好"),
    ),
    Rule(
        id=BIG5_SLIP,
        family="mojibake",
        why="The first byte of a character was lost, and the Big5 text behind it was read one byte late.",
        hits=("經董?こ|之決議得在國內外設立分公司。",),
        misses=("本公司?依照公司法規定組織之。",),
    ),
    Rule(
        id=LOST_BYTE,
        family="mojibake",
        safety="flag",
        why="One byte of this character is lost, and what remains fits several characters.",
        hits=("大家都很高兴?\ue0f2蛱炜醇\ue378?来了。",),
        misses=("我们要坚持实事求是?我们结合经验。",),
    ),
)

_LOOK = 8  # characters behind a mark that decide whether the search is worth its while
# Searches a text may cost: so many, and one more for so many characters, with fewer that find nothing.  It keeps
# hostile text cheap; a clean text has one search in 100,000 characters.
_SEARCHES, _CHARACTERS_A_SEARCH, _CHARACTERS_A_FRUITLESS_SEARCH = 32, 200, 1000
_PAGE = 1500  # characters on either side whose wording weighs in where a byte is lost
_NEAR = 150  # characters that tell the script
# Bits by which what stands behind a slip must read better one byte late: letters with two Chinese characters among
# them, and rare names, gain up to 12; of the GBK texts of 8 characters that are out of step and gain at all, 90 to 99 %
# have more than 15.
_OUT_OF_STEP_BEHIND = 15.0
_WITHHELD = 0.5  # the score of a flag on a slip that may be one
_AROUND = 8  # characters on either side of a slip that must be in step
_MARK_BITS = 12.0
_COMMON = -13.0
_CJK = 0x2E80  # from here on characters are Chinese, or marks of Chinese text
_TRADITIONAL = 0.9  # how surely the line is in traditional script, so that Big5 may be thought of
_PROMISING = 4.0  # bits by which the late reading of some of these must beat the text as it stands


@dataclass(frozen=True)
class FoundSlips:
    """What the search found in a batch: repairs, flags, and the spans that both cover."""

    edits: Edits
    flags: Flags
    start: Positions
    end: Positions


_NOTHING = FoundSlips(Edits.empty(), Flags.empty(), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def find_slips(batch: TextBatch, marks: Positions, ruleset: RuleSet) -> FoundSlips:
    """Search behind each mark (``?`` or U+FFFD, at the given positions) for a slip in GBK or Big5 text."""
    if not len(marks):
        return _collected([], ruleset)
    model = load_model()
    found: list[Slip] = []
    sets = [charset() for rule, charset in ((GBK_SLIP, gbk), (BIG5_SLIP, big5)) if rule in ruleset]
    documents = batch.document_of(marks)
    stop = batch.offsets[documents + 1]
    promising = [_promising(batch.codepoints, marks, stop, charset, model) for charset in sets]
    chosen = np.flatnonzero(np.logical_or.reduce(promising)) if sets else np.zeros(0, dtype=np.int64)
    # Where whole pairs were lost around here, the truth went with them.
    broken = out_of_step(_before(batch, marks[chosen]), gbk(), model)
    reach = 0
    budget = _Budget(batch)
    for index in chosen[~broken].tolist():
        mark, document = int(marks[index]), int(documents[index])
        if mark < reach or not budget.allows(document):
            continue
        page, at = _page(batch, mark, document)
        slip = _likeliest_slip(page, at, sets, model)
        budget.count(document, fruitless=slip is None)
        if slip is not None:
            found.append(slip.moved(mark - at))
            reach = found[-1].end
    return _collected(found, ruleset)


def _likeliest_slip(
    page: NDArray[np.uint32], at: int, charsets: list[DoubleByte], model: CharacterModel
) -> Slip | None:
    """Find the slip that began at the mark ``page[at]``, or at a second one behind it: the first may ask."""
    slip = _slip_at(page, at, charsets, model)
    if slip is None or int(page[at + 1]) not in MARKS:
        return slip
    other = _slip_at(page, at + 1, charsets, model)
    return other if other is not None and other.gain > slip.gain else slip


def _slip_at(page: NDArray[np.uint32], at: int, charsets: list[DoubleByte], model: CharacterModel) -> Slip | None:
    """Find the slip that began at the mark ``page[at]``, if one is clear enough."""
    traditional = model.traditional(page[max(at - _NEAR, 0) : at + _NEAR]) > _TRADITIONAL
    tried = (gbk(), big5()) if traditional else (gbk(),)
    hypotheses = [one for charset in charsets if charset in tried for one in slip_hypotheses(page, at, charset, model)]
    # Where no way to read the slip gains enough, or pairs were lost behind each too, nothing needs to be ranked.
    if not any(
        not _before_lost_pairs(page, at + 1 + one.end.count, tried, model) and is_possible(one) for one in hypotheses
    ):
        return None
    slip = best_slip(likeliest_readings(hypotheses), at)
    if slip is None:
        return None
    end = max([slip.end, *(guess.end for guess in slip.open)])
    return None if _before_lost_pairs(page, end, tried, model) else slip


def _page(batch: TextBatch, mark: int, document: int) -> tuple[NDArray[np.uint32], int]:
    """Give the page around a mark, and where the mark stands on it."""
    floor = max(int(batch.offsets[document]), mark - _PAGE)
    return batch.codepoints[floor : min(int(batch.offsets[document + 1]), mark + LONGEST + _PAGE)], mark - floor


class _Budget:
    """How often a text is searched in one pass: real pages have one slip in a thousand characters."""

    def __init__(self, batch: TextBatch) -> None:
        self._lengths = batch.lengths
        self._searches: Counter[int] = Counter()
        self._fruitless: Counter[int] = Counter()

    def allows(self, document: int) -> bool:
        """Say whether a text may be searched once more."""
        length = int(self._lengths[document])
        enough = self._searches[document] >= _SEARCHES + length // _CHARACTERS_A_SEARCH
        return not enough and self._fruitless[document] < _SEARCHES + length // _CHARACTERS_A_FRUITLESS_SEARCH

    def count(self, document: int, *, fruitless: bool) -> None:
        """Count a search of a text."""
        self._searches[document] += 1
        self._fruitless[document] += fruitless


def _before_lost_pairs(
    page: NDArray[np.uint32], end: int, charsets: tuple[DoubleByte, ...], model: CharacterModel
) -> bool:
    """Say whether the text behind a slip is out of step too: whole pairs were lost there."""
    behind = page[None, end : end + _AROUND]
    return any(out_of_step(behind, charset, model, _OUT_OF_STEP_BEHIND).any() for charset in charsets)


def _collected(found: list[Slip], ruleset: RuleSet) -> FoundSlips:
    if not found:
        return _NOTHING
    edits = Edits.of([(slip.start, slip.end, slip.after, _RULE[slip.charset]) for slip in found if slip.after])
    flags = Flags.of(
        (guess.start, guess.end, LOST_BYTE, f"one of {', '.join(guess.candidates)} …", guess.share)
        for slip in found
        for guess in slip.open
        if LOST_BYTE in ruleset
    )
    withheld = Flags.of(
        (slip.start, slip.end, LOST_BYTE, f"perhaps {slip.withheld}", _WITHHELD)
        for slip in found
        if slip.withheld and LOST_BYTE in ruleset
    )
    flags = Flags.union([flags, withheld])
    start = np.array([min([slip.start, *(guess.start for guess in slip.open)]) for slip in found], dtype=np.int64)
    ends = [max([slip.end, *(guess.end for guess in slip.open)]) for slip in found]
    return FoundSlips(edits, flags, start, np.array(ends, dtype=np.int64))


def _before(batch: TextBatch, marks: Positions) -> NDArray[np.uint32]:
    """Give the characters before each mark in rows, NUL where its text has not begun."""
    places = marks[:, None] + np.arange(-_AROUND, 0)
    begun = places >= batch.offsets[batch.document_of(marks)][:, None]
    return np.where(begun, batch.codepoints[np.maximum(places, 0)], np.uint32(0))


def _promising(
    points: NDArray[np.uint32], marks: Positions, stop: Positions, charset: DoubleByte, model: CharacterModel
) -> NDArray[np.bool_]:
    """Say behind which marks the late reading looks better than the text, from a few characters of each."""
    places = marks[:, None] + np.arange(1, _LOOK + 1)
    inside = places < stop[:, None]
    raw = np.where(inside, points[np.minimum(places, len(points) - 1)], 0)
    raw[np.logical_or.accumulate((raw == 0x0A) | (raw == 0x0D), axis=1)] = 0  # what stands on later lines
    ascii_ = raw < 0x80
    codes = charset.codes(raw)
    wide = np.where(ascii_, narrowed(charset)[np.where(ascii_, raw, 0)], codes)
    trail = (wide[:, :-1] & 0xFF) << 8
    late = charset.character[trail | (wide[:, 1:] >> 8)]
    odd = charset.character[trail | np.where(ascii_[:, 1:], raw[:, 1:], 0).astype(np.uint16)]
    going_on = np.logical_and.accumulate(wide != 0, axis=1)
    all_bits = row_scores(raw, model)
    raw_bits = all_bits[:, 1:]
    # What the first character became is not known yet; it is taken to be a mark of usual cost.
    first = np.maximum(-all_bits[:, :1] - _MARK_BITS, 0)
    step = row_scores(late, model) - raw_bits
    gain = np.cumsum(step, axis=1) + first
    before = gain - step
    # An end is an ASCII byte that completes a pair; the pair is scored by itself, its neighbours are not known.
    odd_bits = model.score_alone(odd.ravel().astype(np.uint32)).reshape(odd.shape)
    ended = np.where(odd > 0, before + odd_bits - raw_bits, -99.0)
    best = np.where(going_on[:, :-1], np.maximum(np.where(going_on[:, 1:], gain, -99.0), ended), -99.0)
    starts: NDArray[np.bool_] = best.max(axis=1) > _PROMISING
    starts &= (codes[:, 0] > 0) | (codes[:, 1] > 0) | (raw[:, 1] > 0x40)
    # A first pair whose second byte is ASCII ends the slip at once; so does an ASCII letter as second character.
    at_once = (codes[:, 0] > 0) & ((codes[:, 0] & 0xFF) < 0x80)
    letter = (raw[:, 1] >= 0x40) & (raw[:, 1] < 0x7F) & (codes[:, 0] > 0) & (odd[:, 0] > 0)
    # Behind a narrowed first character only what is common may be made of such a letter.
    common = model.score_alone(odd[:, 0].astype(np.uint32)) > _COMMON
    letter |= ascii_[:, 0] & (raw[:, 1] >= 0x40) & (raw[:, 1] < 0x7F) & (odd[:, 0] > 0) & common
    # Two lost bytes with one character between them.
    between = ((raw[:, 1] == MARKS[0]) | (raw[:, 1] == MARKS[1])) & (codes[:, 0] > 0)
    # The trail byte of a lost lead byte itself is an ASCII letter or sign, and Chinese text goes on behind it.
    alone = (raw[:, 0] >= 0x40) & (raw[:, 0] < 0x7F) & (raw[:, 1] >= _CJK)
    return np.asarray(starts | at_once | letter | between | alone)
