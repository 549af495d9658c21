"""What the rules say of every line of a batch, as columns, before anything is removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.byline import BYLINE, byline_ways, read_byline
from cleancorpus.boilerplate.characters import DIGIT, LETTER, STOP, Classes, class_table, line_margins
from cleancorpus.boilerplate.ends import end_table
from cleancorpus.boilerplate.facts import Byline
from cleancorpus.boilerplate.families import menu_words
from cleancorpus.boilerplate.link_forms import counted_names, link_forms
from cleancorpus.boilerplate.matching import LONGEST_LINE, Lexicon, LineTest, line_tests
from cleancorpus.boilerplate.rows import ROWS, row_tests
from cleancorpus.boilerplate.spam import SPAM_RULES
from cleancorpus.boilerplate.stretches import changes, openings
from cleancorpus.fold import fold, fold_table
from cleancorpus.rules import Rule, RuleSet
from cleancorpus.text import Codepoints, Lines, Positions, TextBatch, decode_codepoints, flat_ranges

NONE, WEAK, SURE = 0, 1, 2
_MENU_WORD = -2
# Characters that are looked up at a time, so few that they stay in the cache.
_AT_A_TIME = 1 << 15
_WITHOUT_FACTS = frozenset({"share", "related", "teaser", "disclaimer", "boilerplate.account-collection"})
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

_LONGEST_MUTE, _LONGEST_DIVIDER = 20, 200


@dataclass(frozen=True)
class FoldedView:
    """A batch in one script, width and case, code point for code point, with what is looked up often.

    ``text`` is all of it as a string, ``lines`` its lines, and ``classes`` (``uint8``) the classes of its
    code points, as ``characters.class_table`` gives them.
    """

    batch: TextBatch
    lines: Lines
    text: str
    classes: Classes

    @classmethod
    def of(cls, batch: TextBatch) -> FoldedView:
        """Look at a batch that was not folded yet."""
        forms = fold_table(script=True, width=True, case=True, blanks=False, punctuation=False)
        points = np.empty(len(batch.codepoints), dtype=np.uint32)
        classes = np.empty(len(points), dtype=np.uint8)
        for begin in range(0, len(points), _AT_A_TIME):
            here = slice(begin, begin + _AT_A_TIME)
            np.take(forms, batch.codepoints[here], out=points[here], mode="clip")
            np.take(class_table(), points[here], out=classes[here], mode="clip")
        return cls(TextBatch(points, batch.offsets), batch.lines(), decode_codepoints(points), classes)

    @property
    def points(self) -> Codepoints:
        """The folded code points."""
        return self.batch.codepoints

    @cached_property
    def line_of(self) -> NDArray[np.int32]:
        """The line of each code point, breaks included."""
        return np.repeat(np.arange(len(self.lines), dtype=np.int32), self.lines.stop - self.lines.start)

    @cached_property
    def _counts(self) -> dict[int, NDArray[np.int64]]:
        return {}

    def count(self, wanted: int) -> NDArray[np.int64]:
        """Count the characters of some classes on each line, ``int64[L]``; what was counted once is known."""
        if wanted not in self._counts:
            found = np.flatnonzero((self.classes & wanted) > 0)
            self._counts[wanted] = np.bincount(self.line_of.take(found), minlength=len(self.lines))
        return self._counts[wanted]


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

    @cached_property
    def size(self) -> Positions:
        """How many characters each line shows, ``int64[L]``."""
        return self.last - self.first

    @cached_property
    def filled(self) -> Positions:
        """The lines that show something, ``int64``."""
        return np.flatnonzero(self.size > 0)

    def by(self, rules: Collection[str]) -> NDArray[np.bool_]:
        """Say which lines one of some rules knows, ``bool[L]``."""
        return _among(self.rules, frozenset(rules))[self.rule]

    def of(self, families: Collection[str]) -> NDArray[np.bool_]:
        """Say which lines a rule of one of some families knows, ``bool[L]``."""
        return _among(FAMILIES, frozenset(families))[self.family]

    def take(self, rows: Positions, moved: Positions) -> Verdicts:
        """Give the verdicts on some lines, in ascending order, each ``moved`` by so many code points."""
        told = np.array(list(self.bylines), dtype=np.int64)
        place = np.searchsorted(rows, told)
        taken = np.append(rows, -1)[place] == told
        return Verdicts(
            self.strength[rows],
            self.family[rows],
            self.rule[rows],
            self.word[rows],
            self.first[rows] + moved,
            self.last[rows] + moved,
            self.stops[rows],
            self.run[rows],
            self.title[rows],
            self.goes[rows],
            self.rules,
            dict(zip(place[taken].tolist(), map(self.bylines.__getitem__, told[taken].tolist()), strict=True)),
        )


@lru_cache(maxsize=256)
def _among(names: tuple[str, ...], chosen: frozenset[str]) -> NDArray[np.bool_]:
    """Say of each of some names whether it is chosen; the last place, for no name, says no."""
    table = np.array([*(name in chosen for name in names), False])
    table.flags.writeable = False
    return table


class LineJudge:
    """All line rules of a rule set, made ready once; it holds no state that changes."""

    def __init__(self, ruleset: RuleSet, trusted: frozenset[str]) -> None:
        active = ruleset.active()
        self.rules = tuple(rule.id for rule in active)
        number = {rule_id: index for index, rule_id in enumerate(self.rules)}
        self._family = np.array([_family(rule) for rule in active], dtype=np.int8)
        # In rows of links and prompts, what looks like a fact about the page is none.
        self._mute_facts = np.array(
            [rule.family in _WITHOUT_FACTS or rule.id in _WITHOUT_FACTS for rule in active], dtype=bool
        )
        # Bylines come first: whatever else a line may be, what it says of its page is kept.
        tests = [_byline_test(), *line_tests(active, trusted), *(test for test in row_tests() if test.rule in number)]
        self._tests = [(number.get(test.rule, -1), test) for test in tests]
        ways = tuple(way for test in tests for way in test.ways)
        self._test_of = np.repeat(np.arange(len(tests)), [len(test.ways) for test in tests])
        aheads = sorted({way.ahead for way in ways if way.ahead})
        self._ahead = np.array([len(ways) + aheads.index(way.ahead) if way.ahead else -1 for way in ways])
        self.literals: list[Iterable[str]] = [*(way.literals for way in ways), *aheads]
        self._ends = end_table(ways)
        # No line is short enough for what is no way.
        self._longest = np.array([*(min(way.longest, LONGEST_LINE) for way in ways), *(-1 for _ in aheads)])
        self._sentences = np.array([*(test.sentences for test in tests for _ in test.ways), *(False for _ in aheads)])
        self._always = [index for index, way in enumerate(ways) if not way.literals]
        words = [(word, number[rule.id]) for rule in active for word in rule.words]
        menu = [(word, _MENU_WORD - number) for number, word in enumerate(menu_words())]
        self._lexicon = Lexicon(_folded([*menu, *words]))

    def judge(self, view: FoldedView, places: Positions, owners: Positions) -> Verdicts:
        """Give what the rules say of each line of a folded batch.

        ``places`` are where the literals of ``self.literals[owner]`` stand, for each of ``owners``.
        """
        lines, points = view.lines, view.points
        first, last = line_margins(points, lines)
        stops = view.count(STOP)
        count = len(lines)
        strength = np.zeros(count, dtype=np.int8)
        rule = np.full(count, -1, dtype=np.int32)
        family = np.full(count, -1, dtype=np.int8)
        known = self._lexicon.look_up(points, first, last)
        rule[known >= 0] = known[known >= 0]
        size = np.where(known < 0, last - first, 0)
        line = view.line_of[places].astype(np.int64)
        ahead: Positions = np.flatnonzero(owners >= len(self._ahead))
        stands = line[ahead], owners[ahead]
        line, way = self._nominated(points, line, owners, first, size, stops > 0)
        line, test = self._pairs(*self._with_what_is_ahead(line, way, *stands, len(lines)), len(lines))
        bylines = self._try(view.text, line, test, first, last, rule)
        sure = rule >= 0
        without = sure.copy()
        without[sure] = self._mute_facts[rule[sure]]
        bylines = {row: told for row, told in bylines.items() if told.sure or not without[row]}
        strength[sure] = SURE
        family[sure] = self._family[rule[sure]]
        formed = link_forms(points, view.classes, first, last) | counted_names(points, view.classes, first, last)
        menu = ~sure & ((known <= _MENU_WORD) | formed | _mute(points, view.classes, first, last))
        # A lone date is no button, but may be the day under a speech.
        menu[list(bylines)] = False
        strength[menu] = WEAK
        family[menu] = _FAMILY["menu"]
        nothing = np.zeros(count, dtype=bool)
        word = np.where(known <= _MENU_WORD, _MENU_WORD - known, -1).astype(np.int32)
        marks = (nothing, nothing.copy(), sure)
        return Verdicts(strength, family, rule, word, first, last, stops, *marks, self.rules, bylines)

    def _nominated(
        self,
        points: Codepoints,
        line: Positions,
        way: Positions,
        first: Positions,
        size: Positions,
        with_stop: NDArray[np.bool_],
    ) -> tuple[Positions, Positions]:
        """Give the pairs of a line and a way that its length, its stops and its ends allow.

        ``line`` and ``way`` say where literals of which way of matching stand; ``size`` is the length of each
        line, 0 for one that needs no test.
        """
        if self._always:
            every: Positions = np.flatnonzero(size)
            line = np.concatenate([line, np.tile(every, len(self._always))])
            way = np.concatenate([way, np.repeat(self._always, len(every))])
        may = (size[line] > 0) & (size[line] <= self._longest[way])
        may &= self._sentences[way] | ~with_stop[line]
        line, way = line[may], way[may]
        may = self._ends.fit(points[first[line]], points[first[line] + size[line] - 1], way)
        return line[may], way[may]

    def _with_what_is_ahead(
        self, line: Positions, way: Positions, standing: Positions, owner: Positions, count: int
    ) -> tuple[Positions, Positions]:
        """Keep the pairs of a line and a way where what the way looks ahead for stands on the line, too.

        On line ``standing`` stands what ``owner`` owns, for each of them; ``count`` is the number of lines.
        """
        needed = self._ahead[way]
        asked = np.zeros(count, dtype=bool)
        asked[line[needed >= 0]] = True
        there = asked[standing]
        may = (needed < 0) | np.isin(needed * count + line, owner[there] * count + standing[there])
        return line[may], way[may]

    def _pairs(self, line: Positions, way: Positions, count: int) -> tuple[Positions, Positions]:
        """Give pairs of a line and a test from those of a line and a way, each once, test by test."""
        pairs = np.sort(self._test_of[way] * count + line)
        test, line = np.divmod(pairs[changes(pairs)], count)
        return line, test

    def _try(
        self, text: str, line: Positions, test: Positions, first: Positions, last: Positions, rule: NDArray[np.int32]
    ) -> dict[int, Byline]:
        """Note in ``rule`` the first rule that is sure of each line, and give what lines say of their page.

        What is tried depends on the line alone, and the lines of pages recur: equal lines are tried once.
        """
        rows = np.unique(line)
        number: dict[str, int] = {}
        bounds = zip(first[rows].tolist(), last[rows].tolist(), strict=True)
        content_of = np.array([number.setdefault(text[start:end], len(number)) for start, end in bounds], np.int64)
        contents = list(number)
        content = np.full(len(rule), -1, dtype=np.int64)
        # Of equal lines, the first is tried.
        new = openings(np.maximum.accumulate(content_of))
        content[rows[new]] = content_of[new]
        tried = content[line] >= 0
        verdict, facts = self._first_sure(contents, content[line[tried]], test[tried])
        rule[rows] = np.where(rule[rows] < 0, np.array(verdict, dtype=np.int32)[content_of], rule[rows])
        with_facts = np.zeros(len(contents), dtype=bool)
        with_facts[list(facts)] = True
        told: Positions = np.flatnonzero(with_facts[content_of])
        return {row: facts[index] for row, index in zip(rows[told].tolist(), content_of[told].tolist(), strict=True)}

    def _first_sure(
        self, contents: list[str], content: Positions, test: Positions
    ) -> tuple[list[int], dict[int, Byline]]:
        """Give the first rule that is sure of each content, -1 for none, and what contents say of their page.

        ``content`` and ``test`` are the pairs to be tried, test by test.
        """
        verdict = [-1] * len(contents)
        facts: dict[int, Byline] = {}
        opens = openings(test)
        for number, group in zip(test[opens].tolist(), np.split(content, opens[1:]), strict=False):
            rule, of_line = self._tests[number]
            holds = of_line.test
            for index in group.tolist():
                if verdict[index] >= 0 or not (found := holds(contents[index])):
                    continue
                if isinstance(found, Byline):
                    facts[index] = found
                    if not found.sure:
                        continue
                verdict[index] = rule
        return verdict, facts


@lru_cache(maxsize=1)
def _byline_test() -> LineTest:
    return LineTest(BYLINE.id, byline_ways(), read_byline)


def _folded(entries: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    texts = fold(TextBatch.from_texts([word for word, _ in entries]), blanks=False, punctuation=False)
    return zip(texts.batch.to_texts(), (number for _, number in entries), strict=True)


def _family(rule: Rule) -> int:
    return _FAMILY.get(rule.family, _FAMILY["user"])


def _mute(points: Codepoints, classes: Classes, first: Positions, last: Positions) -> NDArray[np.bool_]:
    """Say which filled lines hold no letter of any script: short ones of figures and marks, and dividers."""
    mute = (last > first) & (last - first <= _LONGEST_MUTE)
    rows: Positions = np.flatnonzero(mute)
    opening = (classes[first[rows]] & LETTER) > 0
    mute[rows[opening]] = False
    rows = rows[~opening]
    if len(rows):
        size = last[rows] - first[rows]
        letters = (classes[flat_ranges(first[rows], size)] & LETTER) > 0
        mute[rows] = np.add.reduceat(letters, np.cumsum(size) - size, dtype=np.int64) == 0
    mute[_dividers(points, classes, first, last)] = True
    return mute


def _dividers(points: Codepoints, classes: Classes, first: Positions, last: Positions) -> Positions:
    """Give the longer lines that repeat one and the same mark."""
    rows: Positions = np.flatnonzero((last - first > _LONGEST_MUTE) & (last - first <= _LONGEST_DIVIDER))
    rows = rows[(points[first[rows]] == points[last[rows] - 1]) & (classes[first[rows]] & (LETTER | DIGIT) == 0)]
    if not len(rows):
        return rows
    size = last[rows] - first[rows]
    same = points[flat_ranges(first[rows], size)] == np.repeat(points[first[rows]], size)
    return rows[np.logical_and.reduceat(same, np.cumsum(size) - size)]


LOGIC_RULES: tuple[Rule, ...] = (BYLINE, *ROWS, *SPAM_RULES)
