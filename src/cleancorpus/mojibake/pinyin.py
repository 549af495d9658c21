"""Readings that a converter or an anti-copy template wrote behind characters, as in ``經(jīng)濟``.

A dictionary's gloss looks the same and is right, so three things must agree before a reading is taken out:
it is one of the character's own readings; the characters so annotated are common ones with the reading that
everybody expects, which nobody would gloss; and they stand in running text, not in a list of characters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from cleancorpus.edits import Edits
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.text import TextBatch

CONVERTER_PINYIN = "mojibake.converter-pinyin"

RULES = (
    Rule(
        id=CONVERTER_PINYIN,
        family="mojibake",
        why="A script converter or an anti-copy template wrote the readings of common characters behind them.",
        hits=(
            "推動經(jīng)濟社會發(fā)展。",
            "烟(yan)台市(shi)的網(wǎng)絡(luò )建设",
            "提（tí）高工作（zuò）質（zhì）量（liàng），促進經（jīng）濟社會發（fā）展",
            "各(ge)級政府(fu)要(yao)加強領導(dao)，落實工(gong)作經費總額(e)。",
        ),
        misses=(
            "荨(qián)麻疹是常见病。",
            "妈(mā)、麻(má)、马(mǎ)、骂(mà)四个字。",
            "关关雎(jū)鸠(jiū)，在河之洲。",
            "我(wǒ)爱(ài)北(běi)京(jīng)天(tiān)安(ān)门(mén)",
            "学而时习之，不亦说(yuè)乎？",
            "②佣（yōng）耕：被雇佣去耕地。\n③还（huán）家：回家。\n④江(jiāng)上：长江之上。",
            "浣(huàn)女归来，明月照着竹林。",
            "调用函数(function)并传入参数(args)。",
            "项目(A)和项目(b)",
            "设税额(e)为总额(e)的一成，则净额(e)为其余。",
        ),
    ),
)

_OPEN, _CLOSE = (0x28, 0xFF08), (0x29, 0xFF09)
_LONGEST = 9  # zhuāng with a tone digit and two blanks
# Look-alikes that fonts and input methods put in place of letters of pinyin.
_LOOK_ALIKES = str.maketrans({"ɡ": "g", "ɑ": "a", "ă": "ǎ", "ĕ": "ě", "ĭ": "ǐ", "ŏ": "ǒ", "ŭ": "ǔ", "v": "ü"})
_TONE_MARKS = {0x304: "1", 0x301: "2", 0x30C: "3", 0x300: "4"}

# A text of which more characters than this share carry a reading is a primer, made so on purpose.
PRIMER = 0.5
# From this many readings that only a converter writes on, rare characters in the same text lose theirs too; in
# full-width brackets, which commentators use and converters seldom, fewer are none of a converter's.
STRONG = 5
# Nobody glosses one of so many commonest characters; from there on primers and notes to the classics do.
_EVIDENT = 1500


@dataclass(frozen=True)
class Readings:
    """The readings of characters: by reading, the characters that have it first, and all that have it.

    Keys are toneless (``jing``) and toned (``jing1``).
    """

    first: dict[str, frozenset[str]]
    any: dict[str, frozenset[str]]

    def has(self, character: str, reading: str) -> bool:
        """Say whether this is one of the character's readings; a reading without tone fits any tone."""
        return character in self.any.get(reading, ())

    def expected(self, character: str, reading: str) -> bool:
        """Say whether this is the reading that one thinks of first."""
        return character in self.first.get(reading, ())


@lru_cache(maxsize=4096)
def normal_reading(written: str) -> str:
    """Give a reading as ``jing1``, or ``jing`` where no tone is written."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFC", written).translate(_LOOK_ALIKES))
    tone = "".join(_TONE_MARKS.get(ord(letter), "") for letter in decomposed)
    letters = "".join(letter for letter in decomposed if ord(letter) not in _TONE_MARKS)
    letters = unicodedata.normalize("NFC", letters).replace("u:", "ü")
    if letters[-1:] in "12345" and not tone:
        letters, tone = letters[:-1], letters[-1:].replace("5", "")
    return letters + tone


@lru_cache(maxsize=1)
def load_readings() -> Readings:
    """Read the table of readings that ships with the library."""
    first: dict[str, set[str]] = {}
    every: dict[str, set[str]] = {}
    path = resources.files("cleancorpus").joinpath("data", "mojibake", "readings.tsv")
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        written, leading, beside = line.split("\t")
        toned = normal_reading(written)
        for key in {toned, toned.rstrip("1234")}:
            first.setdefault(key, set()).update(leading)
            every.setdefault(key, set()).update(leading, beside)
    return Readings(_frozen(first), _frozen(every))


def _frozen(table: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(value) for key, value in table.items()}


@lru_cache(maxsize=1)
def common_characters() -> frozenset[str]:
    """Give the common characters, simplified and traditional."""
    return _with_traditional(_by_frequency())


@lru_cache(maxsize=1)
def _evident_characters() -> frozenset[str]:
    """Give the characters that nobody glosses, simplified and traditional."""
    return _with_traditional(_by_frequency()[:_EVIDENT])


@lru_cache(maxsize=1)
def _by_frequency() -> str:
    path = resources.files("cleancorpus").joinpath("data", "mojibake", "common_characters.txt")
    return path.read_text(encoding="utf-8").splitlines()[1]


def _with_traditional(simplified: str) -> frozenset[str]:
    return frozenset(simplified).union(*_traditional_forms(simplified))


def _traditional_forms(simplified: str) -> list[str]:
    wanted, forms = set(simplified), []
    path = resources.files("cleancorpus").joinpath("data", "fold", "t2s_chars.tsv")
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") and "\t" in line:
            traditional, simple = line.split("\t")[:2]
            if simple in wanted:
                forms.append(traditional)
    return forms


def nominate(points: NDArray[np.uint32], brackets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give those of the opening brackets at ``brackets`` that stand between a hanzi and something short in Latin."""
    size = len(points)
    inside = brackets[(brackets > 0) & (brackets + 2 < size)]
    inside = inside[is_hanzi(points[inside - 1])]
    if not len(inside):
        return inside
    first = points[inside + 1]
    first = np.where(first == 0x20, points[inside + 2], first)
    inside = inside[_is_letter(first)]
    closed = np.zeros(len(inside), dtype=bool)
    for step in range(2, _LONGEST + 1):
        at = points[np.minimum(inside + step, size - 1)]
        closed |= (at == _CLOSE[0]) | (at == _CLOSE[1])
    return inside[closed]


def is_hanzi(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Say which code points are Chinese characters of the first plane."""
    return ((points >= 0x3400) & (points <= 0x4DBF)) | ((points >= 0x4E00) & (points <= 0x9FFF))


def _is_letter(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    lower = (points >= 0x61) & (points <= 0x7A)
    return lower | ((points >= 0xE0) & (points <= 0x261)) | ((points >= 0x1E00) & (points <= 0x1EFF))


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    character: str
    expected: bool  # a common character with its usual reading, in running text: only a converter writes this
    telling: bool  # the same, and the character leaves no doubt about its reading
    wide: bool  # in full-width brackets
    noted: bool  # in a headword, with its meaning behind: a commentator's
    letter: bool  # one letter without a tone, which may as well be the name of a quantity


def find_readings(batch: TextBatch, brackets: NDArray[np.int64], ruleset: RuleSet) -> Edits:
    """Propose to take out converters' readings; ``brackets`` are the nominated opening brackets of the batch."""
    if CONVERTER_PINYIN not in ruleset or not len(brackets):
        return Edits.empty()
    rows: list[tuple[int, int, str, str]] = []
    document = batch.document_of(brackets)
    bounds = np.flatnonzero(np.diff(document)) + 1
    for group in np.split(brackets, bounds):
        if len(group):
            number = int(batch.document_of(group[:1])[0])
            floor, ceiling = int(batch.offsets[number]), int(batch.offsets[number + 1])
            found = [hit for at in group.tolist() if (hit := _verified(batch, at, floor, ceiling))]
            written = int(np.count_nonzero(is_hanzi(batch.codepoints[floor:ceiling])))
            if len(found) > PRIMER * written:
                continue  # a primer: whoever reads it wants the readings
            rows.extend((hit.start, hit.end, "", CONVERTER_PINYIN) for hit in _converters(found))
    return Edits.of(rows)


def _verified(batch: TextBatch, bracket: int, floor: int, ceiling: int) -> _Found | None:
    if bracket <= floor:
        return None
    behind = batch.substring(bracket + 1, min(bracket + 1 + _LONGEST + 1, ceiling))
    close = min((at for at in (behind.find(")"), behind.find("）")) if at >= 0), default=-1)
    if close < 0:
        return None
    written = behind[:close].strip(" \u00a0\u3000\u200b")
    if not written or not written.rstrip("12345").isalpha() or not written.islower():
        return None
    reading = normal_reading(written)
    character = chr(int(batch.codepoints[bracket - 1]))
    table = load_readings()
    if not table.has(character, reading):
        return None
    end = bracket + 1 + close + 1
    neighbours = batch.codepoints[[place for place in (bracket - 2, end) if floor <= place < ceiling]]
    running = bool(is_hanzi(neighbours).any())
    wide = int(batch.codepoints[bracket]) == _OPEN[1]
    noted = _is_noted(batch, bracket, end, floor, ceiling)
    letter = len(reading) == 1
    usual = not letter and table.expected(character, reading)
    expected = running and not noted and usual and character in _evident_characters()
    return _Found(bracket, end, character, expected, expected and _leaves_no_doubt(character), wide, noted, letter)


_REACH = 24  # characters on either side of a bracket in which a headword and its colon stand
_GLOSS = re.compile(r"[(（][^()（）]{1,10}[)）]")
_HEADWORD = re.compile(r"[^\u3400-\u9fff，。；：？！“”]{0,8}[\u3400-\u9fff]{1,8}")
_MEANING = re.compile(r"[\u3400-\u9fff]{0,6}[：:]")


def _is_noted(batch: TextBatch, bracket: int, end: int, floor: int, ceiling: int) -> bool:
    """Say whether a bracket stands in the headword of a note, which a line begins with and a colon ends."""
    before = batch.substring(max(bracket - _REACH, floor), bracket)
    line = _GLOSS.sub("", "\n".join(("", before)).rsplit("\n", 1)[1])
    behind = _GLOSS.sub("", batch.substring(end, min(end + _REACH, ceiling)))
    return bool(_HEADWORD.fullmatch(line) and _MEANING.match(behind))


def _leaves_no_doubt(character: str) -> bool:
    """Say whether nobody would gloss this character: it has one reading, or it is a traditional form."""
    return character in _traditional_only() or character not in _doubtful()


@lru_cache(maxsize=1)
def _traditional_only() -> frozenset[str]:
    return common_characters() - frozenset(_by_frequency())


@lru_cache(maxsize=1)
def _doubtful() -> frozenset[str]:
    """Give the characters with more than one reading."""
    seen: set[str] = set()
    twice: set[str] = set()
    for key, characters in load_readings().any.items():
        if key[-1] in "1234":
            twice |= seen & characters
            seen |= characters
    return frozenset(twice)


def _converters(found: list[_Found]) -> list[_Found]:
    """Choose the readings of one text that a converter wrote; each kind of brackets speaks for itself."""
    chosen = []
    for wide in (False, True):
        own = [hit for hit in found if hit.wide == wide]
        expected = sum(hit.expected for hit in own)
        if expected * 2 < sum(not hit.noted for hit in own):
            continue
        if expected >= STRONG:
            chosen += own
        elif not wide and (expected >= 2 or any(hit.telling for hit in own)):
            chosen += [hit for hit in own if hit.character in common_characters() and not hit.letter]
    return chosen
