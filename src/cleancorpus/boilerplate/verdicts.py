"""What the rules say of every line of a batch, as columns, before anything is removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.byline import BYLINE, Byline, byline_literals, read_byline
from cleancorpus.boilerplate.families import menu_words
from cleancorpus.boilerplate.matching import Lexicon, Nominator, line_tests
from cleancorpus.boilerplate.rows import ROWS, row_tests
from cleancorpus.boilerplate.spam import SPAM_RULES
from cleancorpus.fold import fold
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.text import Codepoints, Lines, Positions, TextBatch, decode_codepoints, flat_ranges

NONE, WEAK, SURE = 0, 1, 2
_MENU_WORD = -2
FAMILIES = (
    "menu",
    "navigation",
    "breadcrumb",
    "byline",
    "share",
    "footer",
    "teaser",
    "disclaimer",
    "related",
    "document",
    "pagination",
    "novel",
    "forum",
    "wechat",
    "shop",
    "encyclopaedia",
    "spam",
    "template",
    "user",
)
_FAMILY = {name: index for index, name in enumerate(FAMILIES)}

# What may stand around a line without being part of it: blanks, invisible characters and list marks.
_MARGIN = "•◦▪‣·●○■□◆◇►▸▶※★☆*\t\x0b\x0c\r\n \xa0\u00ad\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ue5e5"
_NARROW_MARGIN = 24
# A byline with more characters than this would be a paragraph.
LONGEST_BYLINE = 240
_STOPS = "。!?！？…;；"


@dataclass(frozen=True)
class Verdicts:
    """The rules' view of a batch's lines; every column is as long as ``batch.lines()``.

    ``strength`` (``int8``) is ``NONE``, ``WEAK`` (a word of menus, which may also be a line of a body) or
    ``SURE``; ``family`` (``int8``) indexes ``FAMILIES`` and ``rule`` (``int32``) indexes ``rules``, both -1
    where no rule knows the line.  ``first`` and ``last`` (``int64``) enclose the line without the blanks and
    list marks around it.  ``stops`` (``int64``) counts the marks that end sentences.  ``run`` and ``title``
    (``bool``) are lines inside a run of chrome and titles, ``goes`` is what the conservative level removes.
    ``bylines`` holds what was read in the lines that are facts about the page.
    """

    strength: NDArray[np.int8]
    family: NDArray[np.int8]
    rule: NDArray[np.int32]
    word: NDArray[np.int32]
    first: Positions
    last: Positions
    stops: NDArray[np.int64]
    run: NDArray[np.bool_]
    title: NDArray[np.bool_]
    goes: NDArray[np.bool_]
    rules: tuple[str, ...]
    bylines: dict[int, Byline] = field(default_factory=dict)

    FAMILIES = FAMILIES


class LineJudge:
    """All line rules of a rule set, made ready once; it holds no state that changes."""

    def __init__(self, ruleset: RuleSet, trusted: frozenset[str]) -> None:
        active = ruleset.active()
        self.rules = tuple(rule.id for rule in active)
        number = {rule_id: index for index, rule_id in enumerate(self.rules)}
        self._family = np.array([_family(rule) for rule in active], dtype=np.int8)
        tests = [
            *line_tests(active, trusted),
            *(test for test in row_tests() if test.rule in number),
        ]
        self._tests = [(number[test.rule], test) for test in tests]
        self._byline = number.get(BYLINE.id, -1)
        literals: list[Iterable[str]] = [test.literals for _, test in self._tests]
        # Bylines come first: whatever else a line may be, what it says of its page is kept.
        self._nominator = Nominator([byline_literals(), *literals])
        self._longest = np.array([LONGEST_BYLINE, *(test.longest for _, test in self._tests)])
        self._sentences = np.array([False, *(test.sentences for _, test in self._tests)])
        self._always = [index for index, (_, test) in enumerate(self._tests, 1) if not test.literals]
        words = [(word, number[rule.id]) for rule in active for word in rule.words]
        menu = [(word, _MENU_WORD - number) for number, word in enumerate(menu_words())]
        self._lexicon = Lexicon(_folded([*menu, *words]))

    def judge(self, lines: Lines, folded: TextBatch, codes: NDArray[np.uint32]) -> Verdicts:
        """Give what the rules say of each line of a folded batch; ``codes`` are its ``pair_codes``."""
        points = folded.codepoints
        line_of = np.repeat(np.arange(len(lines), dtype=np.int32), lines.stop - lines.start)
        first, last = line_margins(points, lines)
        stops = _count(points, _class_tables()[1], line_of, len(lines))
        count = len(lines)
        strength = np.zeros(count, dtype=np.int8)
        rule = np.full(count, -1, dtype=np.int32)
        family = np.full(count, -1, dtype=np.int8)
        known = self._lexicon.look_up(points, codes, first, last)
        rule[known >= 0] = known[known >= 0]
        bylines: dict[int, Byline] = {}
        text = decode_codepoints(points)
        size = np.where(known < 0, last - first, 0)
        seen: dict[str, tuple[int, Byline | None]] = {}
        for line, tests in self._nominated(points, codes, line_of, size, stops > 0):
            content = text[first[line] : last[line]]
            # What is tried depends on the line alone, and the lines of pages recur.
            known_before = seen.get(content)
            if known_before is None:
                known_before = seen[content] = self._tried(content, tests)
            rule[line], byline = known_before
            if byline is not None:
                bylines[line] = byline
        sure = rule >= 0
        strength[sure] = SURE
        family[sure] = self._family[rule[sure]]
        menu = ~sure & ((known <= _MENU_WORD) | _mute(points, first, last))
        # A lone date is no button, but may be the day under a speech.
        menu[list(bylines)] = False
        strength[menu] = WEAK
        family[menu] = _FAMILY["menu"]
        nothing = np.zeros(count, dtype=bool)
        word = np.where(known <= _MENU_WORD, _MENU_WORD - known, -1).astype(np.int32)
        marks = (nothing, nothing.copy(), sure)
        return Verdicts(strength, family, rule, word, first, last, stops, *marks, self.rules, bylines)

    def _tried(self, content: str, tests: list[int]) -> tuple[int, Byline | None]:
        """Give the rule that is sure of a line, or -1, and what the line says of its page, if anything."""
        byline = read_byline(content) if tests[0] == 0 and self._byline >= 0 else None
        if byline is not None and byline.sure:
            return self._byline, byline
        for test in tests:
            if test and self._tests[test - 1][1].test(content):
                return self._tests[test - 1][0], byline
        return -1, byline

    def _nominated(
        self,
        points: Codepoints,
        codes: NDArray[np.uint32],
        line_of: NDArray[np.int32],
        size: Positions,
        with_stop: NDArray[np.bool_],
    ) -> Iterator[tuple[int, list[int]]]:
        """Give lines and the tests that may hold of them, in the order of the rules.

        ``size`` is the length of each line, 0 for one that needs no test.
        """
        places, owner = self._nominator.find(points, codes)
        line = line_of[places].astype(np.int64)
        if self._always:
            every: Positions = np.flatnonzero(size)
            line = np.concatenate([line, np.tile(every, len(self._always))])
            owner = np.concatenate([owner, np.repeat(self._always, len(every))])
        may = (size[line] > 0) & (size[line] <= self._longest[owner])
        may &= self._sentences[owner] | ~with_stop[line]
        pairs = np.sort(line[may] * len(self._longest) + owner[may])
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        if not len(pairs):
            return
        line, owner = np.divmod(pairs, len(self._longest))
        begins: Positions = np.flatnonzero(np.diff(line, prepend=-1))
        ends = np.append(begins[1:], len(line))
        tests = owner.tolist()
        for row, begin, end in zip(line[begins].tolist(), begins.tolist(), ends.tolist(), strict=True):
            yield row, tests[begin:end]


def _folded(entries: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    texts = fold(TextBatch.from_texts([word for word, _ in entries]), blanks=False, punctuation=False)
    return zip(texts.batch.to_texts(), (number for _, number in entries), strict=True)


def _family(rule: Rule) -> int:
    return _FAMILY.get(rule.family, _FAMILY["user"])


@lru_cache(maxsize=1)
def _class_tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Give three tables over code points: margin characters, sentence ends, letters of any script."""
    margin = np.zeros(0x30000, dtype=bool)
    stop = np.zeros(0x30000, dtype=bool)
    letter = np.zeros(0x30000, dtype=bool)
    margin[[ord(c) for c in _MARGIN]] = True
    stop[[ord(c) for c in _STOPS]] = True
    letter[[code for code in range(0x250) if chr(code).isalpha()]] = True
    letter[0x370:0x2000] = True
    letter[0x3040:0x3100] = letter[0x3105:0x3130] = letter[0x3400:0xD7B0] = letter[0xF900:0xFB00] = True
    letter[0xE000:0xF900] = letter[0x20000:0x30000] = True
    for table in (margin, stop, letter):
        table.flags.writeable = False
    return margin, stop, letter


def _take(table: NDArray[np.bool_], points: Codepoints) -> NDArray[np.bool_]:
    return table.take(points, mode="clip")


def line_margins(points: Codepoints, lines: Lines) -> tuple[Positions, Positions]:
    """Give where each line begins and ends without its margin."""
    margin = _class_tables()[0]
    first, last = lines.start.copy(), lines.end.copy()
    for place, step, offset in ((first, 1, 0), (last, -1, -1)):
        active: Positions = np.flatnonzero(first < last)
        for _ in range(_NARROW_MARGIN):
            active = active[_take(margin, points[place[active] + offset])]
            if not len(active):
                break
            place[active] += step
            active = active[first[active] < last[active]]
        else:
            if len(active):
                return _wide_margins(points, lines)
    return first, last


def _wide_margins(points: Codepoints, lines: Lines) -> tuple[Positions, Positions]:
    """Do the same for lines of any margin, at the cost of a pass over all characters."""
    shown = ~_take(_class_tables()[0], points)
    inner: Positions = np.flatnonzero(shown)
    before = np.zeros(len(points) + 1, dtype=np.int32)
    np.cumsum(shown, out=before[1:])
    from_start, from_end = before[lines.start], before[lines.end]
    filled = from_end > from_start
    first, last = lines.start.copy(), lines.start.copy()
    first[filled] = inner[from_start[filled]]
    last[filled] = inner[from_end[filled] - 1] + 1
    return first, last


def _count(points: Codepoints, table: NDArray[np.bool_], line_of: NDArray[np.int32], lines: int) -> NDArray[np.int64]:
    """Count the characters of a class on each line."""
    return np.bincount(line_of[np.flatnonzero(_take(table, points))], minlength=lines)


def _mute(points: Codepoints, first: Positions, last: Positions) -> NDArray[np.bool_]:
    """Say which filled lines are short and hold no letter of any script: figures, marks, times."""
    letter = _class_tables()[2]
    mute = (last > first) & (last - first <= 20)
    rows: Positions = np.flatnonzero(mute)
    opening = _take(letter, points[first[rows]])
    mute[rows[opening]] = False
    rows = rows[~opening]
    if len(rows):
        size = last[rows] - first[rows]
        letters = _take(letter, points[flat_ranges(first[rows], size)])
        mute[rows] = np.add.reduceat(letters, np.cumsum(size) - size, dtype=np.int64) == 0
    return mute


LOGIC_RULES: tuple[Rule, ...] = (BYLINE, *ROWS, *SPAM_RULES)
