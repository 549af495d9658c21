"""Punctuation of Chinese text: half-width marks made full-width, and blanks that belong nowhere removed.

An array pass nominates the lines that hold a half-width mark or a blank beside a Chinese character; only these
are read one by one.  What a mark is depends on what stands on its two sides and on whether its line is Chinese;
code, addresses, markup and Latin sentences are left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from cleancorpus.script.phrases import Mask
from cleancorpus.text import Codepoints, Lines, Positions, TextBatch

Row = tuple[int, int, str, str]  # start, end, what is to stand there, rule

HALF_WIDTH_MARK, STRAY_BLANK = "script.half-width-mark", "script.stray-blank"

_HAN = "\\u3005-\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\U00020000-\\U0003ffff"
_OPENING, _CLOSING = "（《〈“‘「『【〔", "）》〉”’」』】〕"
_PAUSES = "，、；："
_STOPS = "。？！…"
_MARKS = _OPENING + _CLOSING + _PAUSES + _STOPS + "—～·"
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）", ".": "。"}

# What is never touched inside a line: code, addresses, tags, links' targets, formulas, file names, wiki markup.
_LITERAL = re.compile(
    r"`[^`\n]*`|\$[^$\n]{1,200}\$|</?[A-Za-z!][^<>\n]*>|\]\([^()\n]*\)|\{\{[^{}\n]*\}\}|-\{[^{}\n]*\}-"
    r"|(?<![A-Za-z0-9])(?:[a-z][a-z0-9+.-]{0,15}://|www\.|[A-Za-z0-9_.+-]{1,64}@)[!-~]*[A-Za-z0-9/#=_-]"
    r"|&#?\w{1,10};|\\[a-zA-Z]+"
)
_CODE_LINE = re.compile(
    r"^\s*(?://|/\*|\*/|#include|import |from |def |class |return |let |const |var |fn |pub )"
    r"|^\s*(?:if \(|for \(|while \(|<[A-Za-z/!]|\|)"
    r'|^\s*"[^"]*"\s*:\s|'
    r"[{}]\s*$|=>|:=|</|/>|\w\(\)"
)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_QUESTION = re.compile(
    "吗|嗎|呢|么|麼|吧|啊|呀|何|谁|誰|哪|几|幾|多少|怎|什|甚|是否|能否|可否|岂|豈|孰|焉|奚|曷|难道|難道|不是|没有"
    "|有没|要不要|能不能|是不是|会不会|會不會|乎|耶|欤|歟|哉"
)
_BLANK = re.compile("[ \u00a0\u3000\t]+")
_LOOKBACK = 40  # characters
_LOST_CHARACTERS = 6  # question marks in one line: fewer are asked, more stand for characters that were lost
_LONGEST_PARENTHESIS = 300  # characters
_SPACED_OUT = re.compile(f"(?:[{_HAN}{_MARKS}] ){{4,}}[{_HAN}{_MARKS}]")


class _Line:
    """One line as it is read: its text, what in it nothing may touch, and whether it is Chinese on the whole."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._literal = bytearray(len(text))
        for match in _LITERAL.finditer(text):
            self._literal[match.start() : match.end()] = b"\1" * (match.end() - match.start())
        plain = _LITERAL.sub(" ", text)
        self.chinese = len(_HAN_CHARACTER.findall(plain)) >= 2 * len(_LATIN_WORD.findall(plain))

    def is_literal(self, place: int) -> bool:
        return bool(self._literal[place])

    def before(self, place: int) -> str:
        """The characters in front of a place, as many as ever decide; more would cost their square."""
        return self.text[max(0, place - _LOOKBACK) : place]

    def beside(self, place: int, step: int) -> str:
        """The next character in a direction that is no blank, empty at the line's edge."""
        place += step
        while 0 <= place < len(self.text) and self.text[place] in " \u00a0\u3000\t":
            place += step
        return self.text[place] if 0 <= place < len(self.text) else ""

    def next_to(self, place: int, step: int) -> str:
        """The very next character in a direction, empty at the line's edge."""
        return self.text[place + step] if 0 <= place + step < len(self.text) else ""


def _is_chinese(character: str) -> bool:
    return bool(character) and (character in _MARKS or _HAN_CHARACTER.match(character) is not None)


# -- finding the lines --------------------------------------------------------------------------------


def punctuation_rows(batch: TextBatch, *, marks: bool, blanks: bool) -> Iterator[Row]:
    """Give the edits that put marks and blanks in order, as rows with positions in the batch."""
    lines = batch.lines()
    fenced = _fenced(batch, lines)
    spaced = _spaced_documents(batch) if blanks else np.zeros(0, dtype=bool)
    for number in _nominated(batch.codepoints, lines):
        if fenced[number]:
            continue
        start = int(lines.start[number])
        text = batch.substring(start, int(lines.end[number]))
        if _CODE_LINE.search(text):
            continue
        line = _Line(text)
        taken: set[int] = set()
        if marks:
            for place, mark in _widened(line):
                taken.add(place)
                yield start + place, start + place + 1, mark, HALF_WIDTH_MARK
        if blanks:
            for begin, end in _stray(line, spaced=bool(spaced[lines.document[number]]), widened=taken):
                yield start + begin, start + end, "", STRAY_BLANK


def _nominated(points: Codepoints, lines: Lines) -> list[int]:
    """Give the lines that hold a half-width mark or a blank and a Chinese character, by their numbers."""
    special = np.zeros(0x3001, dtype=bool)
    special[[ord(character) for character in ',;:?!()". \u00a0\u3000\t']] = True
    found = np.flatnonzero(special.take(np.minimum(points, 0x2FFF).astype(np.int64)) | (points == 0x3000))
    chinese = np.flatnonzero((points >= 0x2E80) | ((points >= 0x2014) & (points <= 0x2026)))
    return np.flatnonzero(_has(found, lines) & _has(chinese, lines)).tolist()


def _has(places: Positions, lines: Lines) -> Mask:
    """Say which lines hold one of the places, which are sorted."""
    within: Mask = np.searchsorted(places, lines.end) > np.searchsorted(places, lines.start)
    return within


def _fenced(batch: TextBatch, lines: Lines) -> Mask:
    """Say which lines stand in a fenced block of code, fences included."""
    fenced = np.zeros(len(lines), dtype=bool)
    points = batch.codepoints
    ticks = np.flatnonzero(np.isin(points, (ord("`"), ord("~"))))
    inside, document, opened = False, -1, 0
    for number in np.flatnonzero(_has(ticks, lines)).tolist():
        if int(lines.document[number]) != document:
            inside, document = False, int(lines.document[number])
        if _FENCE.match(batch.substring(int(lines.start[number]), int(lines.end[number]))):
            if inside:
                fenced[opened : number + 1] = True
            else:
                opened = number
            inside = not inside
    return fenced


def _spaced_documents(batch: TextBatch) -> Mask:
    """Say which documents set a blank between Chinese and a number behind it by habit: oftener than not."""
    points = batch.codepoints
    han = (points >= 0x3400) & (points <= 0x9FFF)
    digit = (points >= 0x30) & (points <= 0x39)
    blank = points == 0x20
    tight = np.flatnonzero(han[:-1] & digit[1:])
    loose = np.flatnonzero(han[:-2] & blank[1:-1] & digit[2:])
    counts = [np.bincount(batch.document_of(found), minlength=len(batch)) for found in (tight, loose)]
    habit: Mask = counts[1] > counts[0]
    return habit


# -- marks --------------------------------------------------------------------------------------------


def _widened(line: _Line) -> Iterator[tuple[int, str]]:
    """Give the places of a line's half-width marks in Chinese context, with the full-width mark."""
    if not line.chinese:
        return
    yield from _parentheses(line)
    yield from _straight_quotes(line)
    damaged = line.text.count("?") >= _LOST_CHARACTERS
    for place, mark in enumerate(line.text):
        decide = _DECIDERS.get(mark)
        if decide is None or line.is_literal(place) or (damaged and mark == "?"):
            continue
        if decide(line, place):
            yield place, _WIDE[mark]


def _pause(line: _Line, place: int) -> bool:
    """A comma or semicolon: after Chinese, or after a number or word and before Chinese."""
    left, right = line.beside(place, -1), line.beside(place, 1)
    if _is_chinese(left) or _ends_chinese(line, place):
        spaced_latin = line.next_to(place, 1) == " " and right.isascii() and right.isalpha()
        return not spaced_latin
    return _is_chinese(right) and right not in _CLOSING and (left.isalnum() or left in "%℃°+’'\"")


def _ends_chinese(line: _Line, place: int) -> bool:
    """Say whether the mark follows brackets or marks that close something Chinese."""
    left = line.before(place)
    bare = left.rstrip(' )?!"')
    return len(bare) < len(left) and _is_chinese(bare[-1:])


def _colon(line: _Line, place: int) -> bool:
    left, right = line.beside(place, -1), line.next_to(place, 1)
    if right == "/" or (left.isdigit() and right.isdigit()):
        return False
    return _is_chinese(left) or (left in ")）" and _is_chinese(right))


def _exclamation(line: _Line, place: int) -> bool:
    left = line.before(place).rstrip("!?")[-1:]
    return _is_chinese(left) and line.next_to(place, 1) not in ("=", "[")


def _question(line: _Line, place: int) -> bool:
    """A question mark, which also stands for a character that was lost: only where something is asked."""
    clause = re.split("[，。；：？！,;:?!]", line.before(place).rstrip("!?"))[-1]
    if not _is_chinese(clause[-1:]):
        return False
    following = line.next_to(place, 1)
    if following and following not in '”」』）)"？！?! \u3000' and not _HAN_CHARACTER.match(following):
        return False
    return _QUESTION.search(clause) is not None


def _stop(line: _Line, place: int) -> bool:
    """A full stop: after Chinese, at the end of a line or before a closing mark; never between characters."""
    left, right = line.next_to(place, -1), line.next_to(place, 1)
    if not (_is_chinese(left) and left not in _OPENING + _PAUSES + _STOPS):
        return False
    return right == "" or right in "”」』）" or (right == " " and _is_chinese(line.beside(place, 1)))


_DECIDERS: Mapping[str, Callable[[_Line, int], bool]] = {
    ",": _pause,
    ";": _pause,
    ":": _colon,
    "!": _exclamation,
    "?": _question,
    ".": _stop,
}


def _parentheses(line: _Line) -> Iterator[tuple[int, str]]:
    """Pairs of parentheses with Chinese inside that no blank sets off, or a Chinese line's numbering."""
    opened: list[int] = []
    for place, mark in enumerate(line.text):
        if mark not in "()" or line.is_literal(place):
            continue
        if mark == "(":
            opened.append(place)
        elif opened:
            begin = opened.pop()
            if place - begin <= _LONGEST_PARENTHESIS and _pair_is_chinese(line, begin, place):
                yield begin, "（"
                yield place, "）"


def _pair_is_chinese(line: _Line, begin: int, end: int) -> bool:
    inside = line.text[begin + 1 : end]
    before, behind = line.next_to(begin, -1), line.next_to(end, 1)
    if inside != inside.strip() or (before and before in " [`"):
        return False
    if before and not (_is_chinese(before) or before in ')）,;:"' or before.isdigit()):
        return False
    if behind and not (_is_chinese(behind) or behind in '(（,;:?!.)" ' or behind.isalnum()):
        return False
    return _HAN_CHARACTER.search(inside) is not None


def _straight_quotes(line: _Line) -> Iterator[tuple[int, str]]:
    """Straight quotation marks, where they come in pairs and what they enclose is Chinese."""
    places = [place for place, mark in enumerate(line.text) if mark == '"' and not line.is_literal(place)]
    if len(places) % 2 or any(mark in line.text for mark in "“”"):
        return
    pairs = list(zip(places[::2], places[1::2], strict=True))
    if all(_is_quotation(line, begin, end) for begin, end in pairs):
        for begin, end in pairs:
            yield begin, "“"
            yield end, "”"


def _is_quotation(line: _Line, begin: int, end: int) -> bool:
    before = line.next_to(begin, -1)
    if before and before in "=([{." + _STOPS:
        return False
    inside = line.text[begin + 1 : end]
    return _HAN_CHARACTER.match(inside) is not None and _is_chinese(inside.rstrip(",.!?;:")[-1:])


# -- blanks -------------------------------------------------------------------------------------------


def _stray(line: _Line, *, spaced: bool, widened: set[int]) -> Iterator[tuple[int, int]]:
    """Give the spans of a line's blanks that belong nowhere: beside a mark, or between Chinese and a number.

    ``spaced`` says that the document sets off numbers on purpose; ``widened`` are places of marks that are made
    full-width in the same pass.
    """
    wide_set = (match.span() for match in _SPACED_OUT.finditer(line.text))
    spaced_out = {place for start, end in wide_set for place in range(start + 1, end, 2)}
    for match in _BLANK.finditer(line.text):
        begin, end = match.span()
        if begin == 0 or end == len(line.text) or line.is_literal(begin):
            continue
        left, right = line.text[begin - 1], line.text[end]
        left = _WIDE.get(left, left) if begin - 1 in widened else left
        right = _WIDE.get(right, right) if end in widened else right
        single = match.group() == " "
        if (
            _blank_beside_mark(left, right)
            or (single and begin in spaced_out)
            or (single and not spaced and _blank_behind_number(line, begin, right))
        ):
            yield begin, end


def _blank_beside_mark(left: str, right: str) -> bool:
    """A blank before a mark that closes or pauses, or behind one that opens.

    One behind a colon or a stop is left: it may stand for a quotation mark or a line break that was lost.
    """
    if left in _OPENING:
        return right not in _CLOSING and (_is_chinese(right) or right.isalnum())
    closes = right in _CLOSING + _PAUSES + _STOPS
    pauses = left in "，、；" and (_HAN_CHARACTER.match(right) is not None or right in _OPENING or right.isdigit())
    return pauses or (closes and (_is_chinese(left) or left.isalnum() or left in "%)"))


def _blank_behind_number(line: _Line, begin: int, right: str) -> bool:
    """A blank between a number and the Chinese word that it counts, where none stands before the number.

    A number with a blank on both sides is set off on purpose, and one at the head of a line is a heading's.
    """
    if not _HAN_CHARACTER.match(right):
        return False
    before = line.before(begin)
    number = before.rstrip("0123456789.%")
    if len(number) == len(before) or not before[-1].isalnum():
        return False
    return (_is_chinese(number[-1:]) and number[-1:] != "：") or number[-1:] in tuple(",;(")
