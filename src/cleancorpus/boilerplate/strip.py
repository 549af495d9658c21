"""The stage that takes page chrome away and keeps what it says about the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate import model
from cleancorpus.boilerplate.below import BELOW, goes_by_model, lines_in_a_foot
from cleancorpus.boilerplate.cards import cards_behind_chrome
from cleancorpus.boilerplate.comments import comments_on_articles
from cleancorpus.boilerplate.company import leave_lone_lines
from cleancorpus.boilerplate.entries import ENTRY_RULES, entry_spans
from cleancorpus.boilerplate.families import pattern_rules
from cleancorpus.boilerplate.features import line_features
from cleancorpus.boilerplate.headlines import dated_headlines
from cleancorpus.boilerplate.indexes import entries_of_indexes, lists_without_a_text
from cleancorpus.boilerplate.insides import INSIDE_RULES, SpanFinder
from cleancorpus.boilerplate.links import LINKS, link_blocks
from cleancorpus.boilerplate.matching import Nominator
from cleancorpus.boilerplate.menus import marked_items, menus_above_text
from cleancorpus.boilerplate.metadata import fields
from cleancorpus.boilerplate.pagination import (
    FLATTENED,
    PAGINATION_RULES,
    Join,
    flattened_paragraphs,
    page_marks,
    page_numbers,
)
from cleancorpus.boilerplate.prose import prose_lines
from cleancorpus.boilerplate.runs import RUN, find_runs, has_company
from cleancorpus.boilerplate.sections import sections_above_text
from cleancorpus.boilerplate.signatures import signatures_behind_ends
from cleancorpus.boilerplate.spam import find_lists
from cleancorpus.boilerplate.teasers import teasers_below_text
from cleancorpus.boilerplate.templates import SITE_TEMPLATE, Templates
from cleancorpus.boilerplate.titles import SITE_NAME, Title, find_titles, mark_crumbs, mark_site_names, title_lines
from cleancorpus.boilerplate.verdicts import FAMILIES, LOGIC_RULES, NONE, SURE, FoldedView, LineJudge, Verdicts
from cleancorpus.edits import Edits
from cleancorpus.errors import SettingsError
from cleancorpus.rules import Rule, RuleSet, resolve
from cleancorpus.stage import Context, Flags, Proposal
from cleancorpus.text import Lines, Positions, TextBatch

BREADCRUMB = "boilerplate.breadcrumb"
Level = Literal["conservative", "main-content"]
# Lines that the model is asked about at a time.
_LINES_AT_A_TIME = 1 << 14

OWN_RULES: tuple[Rule, ...] = (
    *(*pattern_rules(), *LOGIC_RULES, *PAGINATION_RULES, *INSIDE_RULES, *ENTRY_RULES),
    *(SITE_NAME, RUN, BELOW, LINKS, SITE_TEMPLATE, *model.RULES),
)


@dataclass(frozen=True)
class View:
    """What the rules make of a batch: its folded form, the verdicts on its lines, and titles by document.

    ``entries`` (``bool``) are the lines of the list that a page consists of, ``company`` (``bool``) those that go
    because of the lines around them alone.  ``places`` and ``owners`` (``int64``)
    say where literals of rules stand, those of lines before those of spans.
    """

    batch: TextBatch
    folded: FoldedView
    verdicts: Verdicts
    titles: dict[int, Title]
    entries: NDArray[np.bool_]
    company: NDArray[np.bool_]
    places: Positions
    owners: Positions

    @property
    def lines(self) -> Lines:
        """The lines of the batch."""
        return self.folded.lines


class Strip:
    """Finds page chrome, takes the metadata out of it and proposes to remove it.

    ``level`` is ``conservative`` (only what is surely chrome goes) or ``main-content`` (what lies outside a
    page's main text goes too).  ``templates`` is the path of a file of learned templates.
    Raises ``SettingsError`` for a level that does not exist.
    """

    name = "boilerplate"

    def __init__(self, ruleset: RuleSet, level: Level = "conservative", templates: str | None = None) -> None:
        if level not in get_args(Level):
            raise SettingsError(f"there is no level {level!r}; levels are {', '.join(get_args(Level))}")
        trusted = frozenset(rule.id for rule in OWN_RULES)
        own = [rule for rule in ruleset.rules if rule.stage == self.name or rule.id not in trusted]
        self.level: Level = level
        self._model_rule = model.OUTSIDE.id if level == "main-content" else BELOW.id
        self.rules: tuple[Rule, ...] = tuple(own)
        self._ruleset = ruleset
        self._templates = Templates.load(templates) if templates is not None else None
        self._judge = LineJudge(ruleset, trusted)
        self._spans = SpanFinder(ruleset, trusted)
        self._nominator = Nominator([*self._judge.literals, *self._spans.literals])
        self._why = {rule.id: rule.why for rule in own}
        self._flagging = frozenset(rule.id for rule in ruleset.active() if rule.safety == "flag")

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        """Give the chrome of a batch as deletions, and the metadata found in it."""
        if not len(batch.codepoints):
            return Proposal()
        view = self.view(batch, context)
        goes = self.goes(view, context)
        found = tuple(fields(batch, view.lines, view.folded.text, view.verdicts, view.titles))
        joins = self._joins(batch, view, goes)
        edits = resolve([_edits(joins), _line_edits(view, goes, self._model_rule)])
        return Proposal(edits, self._flags(view.verdicts), found)

    def view(self, batch: TextBatch, context: Context) -> View:
        """Give what the rules say of the lines of a batch, with titles and runs, as ``propose`` goes by it."""
        folded = FoldedView.of(batch)
        lines = folded.lines
        places, owners = self._nominator.find(folded.points)
        in_line = owners < len(self._judge.literals)
        verdicts = self._judge.judge(folded, places[in_line], owners[in_line])
        self._note_templates(folded.batch, lines, verdicts, context)
        self._note_links(lines, verdicts, context)
        leave_lone_lines(verdicts, lines, folded.points)
        titles = find_titles(batch, lines, folded.text, verdicts)
        verdicts.title[title_lines(folded.batch, lines, verdicts, titles)] = True
        if BREADCRUMB in self._ruleset:
            mark_crumbs(folded.text, lines, verdicts, titles, verdicts.rules.index(BREADCRUMB))
        if SITE_NAME.id in self._ruleset:
            mark_site_names(folded.text, lines, verdicts, titles, verdicts.rules.index(SITE_NAME.id))
        verdicts.goes[:] &= ~self._flagged(verdicts)
        entries = company = np.zeros(len(lines), dtype=bool)
        if RUN.id in self._ruleset:
            verdicts.run[:] = teasers_below_text(folded, verdicts)
            verdicts.goes[:] |= verdicts.run
        if RUN.id in self._ruleset and (verdicts.strength == SURE).any():
            prose, marked = prose_lines(folded, verdicts), marked_items(folded, verdicts)
            verdicts.run[:] |= menus_above_text(folded, verdicts, prose, marked) | cards_behind_chrome(folded, verdicts)
            verdicts.run[:] |= sections_above_text(folded, verdicts, prose, marked)
            verdicts.run[:] |= dated_headlines(folded, verdicts, prose)
            if has_company(verdicts, lines):
                verdicts.run[:] |= comments_on_articles(verdicts, lines, prose)
                verdicts.run[:] |= signatures_behind_ends(verdicts, lines)
                company = find_runs(verdicts, lines, prose) & ~verdicts.run
                verdicts.run[:] |= company
                entries = entries_of_indexes(folded, verdicts, prose) | lists_without_a_text(folded, verdicts, prose)
                verdicts.run[:] &= ~entries
            verdicts.goes[:] |= verdicts.run
        spans = ~in_line
        return View(
            batch, folded, verdicts, titles, entries, company, places[spans], owners[spans] - len(self._judge.literals)
        )

    def _note_templates(self, folded: TextBatch, lines: Lines, verdicts: Verdicts, context: Context) -> None:
        """Make sure lines of those that stand in a learned template."""
        if self._templates is None or SITE_TEMPLATE.id not in self._ruleset:
            return
        _make_sure(verdicts, self._templates.match(folded, lines, context.hosts), SITE_TEMPLATE)

    def _note_links(self, lines: Lines, verdicts: Verdicts, context: Context) -> None:
        """Make sure lines of blocks of links on HTML pages on which a rule is sure of another line."""
        if context.hints is None or not len(context.hints.start) or LINKS.id not in self._ruleset:
            return
        sure = np.bincount(lines.document, verdicts.strength == SURE)
        links = link_blocks(verdicts, context.hints)
        _make_sure(verdicts, links & (sure[lines.document] > 0), LINKS)

    def goes(self, view: View, context: Context) -> NDArray[np.bool_]:
        """Say which lines of a batch go, ``bool[L]``: by the rules, and by what the model adds at this level.

        The model is asked about documents in which rules are sure of some line, below the text of several:
        without one there is no page around the text.  So a text that it has cut once is not cut again.
        """
        goes = view.verdicts.goes.copy()
        if self._model_rule in self._ruleset:
            for pages in _portions(view.lines, self._pages_to_ask_about(view)):
                rows, of_pages = self._asked(view, pages, context)
                goes[rows] = of_pages
        return goes

    def _asked(self, view: View, pages: Positions, context: Context) -> tuple[Positions, NDArray[np.bool_]]:
        """Give the lines of some pages, and which of them go by the rules and the model."""
        batch, lines, rows = _taken(view, pages)
        known = view.verdicts.take(rows, lines.start - view.lines.start[rows])
        described = line_features(batch, lines, view.folded.batch.take(pages), known)
        if self.level == "main-content":
            return rows, known.goes | model.goes(model.label(lines, described, context.take(view.batch, pages).hints))
        goes, line = known.goes.copy(), described.line
        body = model.body_probability(described, model.load_weights())
        goes[line] = goes_by_model(described, body, known, view.entries[rows[line]], view.company[rows[line]])
        return rows, goes

    def _pages_to_ask_about(self, view: View) -> Positions:
        """Give the documents of which the model may take a line at this level."""
        document, verdicts = view.lines.document, view.verdicts
        sure = verdicts.strength == SURE
        if self.level == "main-content":
            return _pages(view, sure)
        left = (verdicts.size > 0) & ~verdicts.goes & ~verdicts.title
        doubtful = view.company & verdicts.run & (verdicts.strength == NONE)
        return _pages(view, doubtful | lines_in_a_foot(document, left, sure))

    def _joins(self, batch: TextBatch, view: View, goes: NDArray[np.bool_]) -> list[Join]:
        folded, lines, verdicts = view.folded, view.lines, view.verdicts
        found: list[Join] = []
        found.extend(page_numbers(batch, lines, verdicts, goes))
        inside = [
            *page_marks(folded.batch, lines),
            *(Join(*listed) for listed in find_lists(folded.text, folded.classes, lines, goes)),
            *entry_spans(folded.text, lines, verdicts),
            *self._spans.find(folded.text, lines, goes, view.places, view.owners),
            *(flattened_paragraphs(folded.batch) if FLATTENED.id in self._ruleset else ()),
        ]
        # A line that goes takes with it what was found inside.
        found.extend(_whole_line(join, lines, verdicts) for join in inside if not goes[_line_of(join, lines)])
        return [join for join in found if join.rule in self._ruleset]

    def _flagged(self, verdicts: Verdicts) -> NDArray[np.bool_]:
        return verdicts.by(self._flagging)

    def _flags(self, verdicts: Verdicts) -> Flags:
        rows = []
        for line in np.flatnonzero(self._flagged(verdicts)).tolist():
            rule = verdicts.rules[verdicts.rule[line]]
            rows.append((int(verdicts.first[line]), int(verdicts.last[line]), rule, self._why[rule], 1.0))
        return Flags.of(rows)


def _pages(view: View, marked: NDArray[np.bool_]) -> Positions:
    """Give the documents that have a marked line."""
    found = np.zeros(len(view.batch), dtype=bool)
    found[view.lines.document[marked]] = True
    return np.flatnonzero(found)


def _portions(lines: Lines, pages: Positions) -> Iterator[Positions]:
    """Cut a list of pages where they have so many lines that the measures of more would not stay in the cache."""
    if not len(pages):
        return
    size = np.bincount(lines.document)[pages]
    portion = np.cumsum(size) // _LINES_AT_A_TIME
    for part in np.split(pages, np.flatnonzero(np.diff(portion)) + 1):
        if len(part):
            yield part


def _taken(view: View, pages: Positions) -> tuple[TextBatch, Lines, Positions]:
    """Give some documents of a view, their lines, and which of its lines these are."""
    batch, lines = view.batch.take(pages), view.lines
    number = np.full(len(view.batch), -1, dtype=np.int64)
    number[pages] = np.arange(len(pages))
    document = number[lines.document]
    rows: Positions = np.flatnonzero(document >= 0)
    document = document[rows]
    moved = (batch.offsets[:-1] - view.batch.offsets[pages])[document]
    start, end, stop = (place[rows] + moved for place in (lines.start, lines.end, lines.stop))
    return batch, Lines(start, end, stop, document), rows


def _make_sure(verdicts: Verdicts, known: NDArray[np.bool_], rule: Rule) -> None:
    """Make sure lines of those that something beside the rules' patterns knows, and no pattern does."""
    known = known & (verdicts.strength != SURE)
    verdicts.strength[known] = SURE
    verdicts.family[known] = FAMILIES.index(rule.family)
    verdicts.rule[known] = verdicts.rules.index(rule.id)
    verdicts.goes[known] = True


def _line_of(join: Join, lines: Lines) -> int:
    return int(np.searchsorted(lines.start, join.start, side="right")) - 1


def _whole_line(join: Join, lines: Lines, verdicts: Verdicts) -> Join:
    """Widen a removal that takes all of a line to the line and its break."""
    line = _line_of(join, lines)
    if join.after or join.start > verdicts.first[line] or join.end < verdicts.last[line]:
        return join
    if join.end > lines.stop[line]:
        return join
    return Join(int(lines.start[line]), int(lines.stop[line]), join.rule)


def _edits(joins: Iterable[Join]) -> Edits:
    rows: list[tuple[int, int, str, str]] = []
    reach = -1
    for join in sorted(joins):
        if join.start >= reach and join.end > join.start:
            rows.append((join.start, join.end, join.after, join.rule))
            reach = join.end
    return Edits.of(rows)


def _line_edits(view: View, goes: NDArray[np.bool_], model_rule: str) -> Edits:
    """Make deletions of lines, and of the empty lines that nothing needs any more."""
    lines, verdicts = view.lines, view.verdicts
    gone: NDArray[np.int64] = np.flatnonzero(goes)
    if not len(gone):
        return Edits.empty()
    names = (*verdicts.rules, RUN.id, model_rule)
    company = np.where(verdicts.run, len(names) - 2, len(names) - 1)
    rule = np.where(verdicts.rule >= 0, verdicts.rule, company).astype(np.int32)
    every, owner = _with_empty_lines(lines, verdicts, goes)
    after = TextBatch(np.zeros(0, np.uint32), np.zeros(len(every) + 1, np.int64))
    return Edits(lines.start[every], lines.stop[every], after, rule[owner], names)


def _with_empty_lines(
    lines: Lines, verdicts: Verdicts, goes: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the lines that go and, for each, the line whose rule it goes by.

    An empty line goes behind a line that goes; where nothing of the document stays behind it, also in front
    of one.
    """
    position = np.arange(len(lines))
    filled = verdicts.last > verdicts.first
    before = np.maximum.accumulate(np.where(filled, position, -1))
    same = (before >= 0) & (lines.document[before] == lines.document)
    follows = ~filled & same & goes[before]
    after = np.minimum.accumulate(np.where(filled, position, len(lines))[::-1])[::-1]
    inner = np.minimum(after, len(lines) - 1)
    there = (after < len(lines)) & (lines.document[inner] == lines.document)
    leads = ~filled & ~same & there & goes[inner]
    every = np.flatnonzero((goes | follows | leads) & (lines.stop > lines.start))
    owner = np.where(goes, position, np.where(follows, before, inner))
    return every, owner[every]
