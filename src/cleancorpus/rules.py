"""Rules: what is looked for, why, and how safe it is to act on; and which edit wins where two meet."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from cleancorpus.edits import Edits, concatenated, order_of
from cleancorpus.errors import MissingDependency, RuleError, SettingsError
from cleancorpus.text import Positions

Safety = Literal["safe", "unsafe", "flag"]

_ID = re.compile(r"[a-z][a-z0-9]*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A problem that the library knows, with the reason why it is one.

    ``id`` names the problem (``boilerplate.icp-filing``), never the remedy, and is never used again for
    another; ``why`` is one sentence for people.  ``safety`` is ``safe`` (acts by default), ``unsafe``
    (acts when it is enabled) or ``flag`` (says so and changes nothing).  ``line`` matches a whole line,
    ``span`` a part of one, and ``words`` are whole lines, letter for letter; a rule that needs logic has
    none of them.  They are matched on the folded view (simplified, half-width, lower case).
    ``family`` groups rules in the docs; ``hits`` are texts that the rule must act on, ``misses`` texts
    that it must leave.

    Raises ``RuleError`` for an id or a safety that is not well formed.
    """

    id: str
    why: str
    safety: Safety = "safe"
    family: str = ""
    line: str | None = None
    span: str | None = None
    words: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise RuleError(f"{self.id!r} is no rule id: use family.problem, in lower case, with hyphens")
        if not self.why.strip():
            raise RuleError(f"rule {self.id} does not say why")
        if self.safety not in get_args(Safety):
            raise RuleError(f"rule {self.id}: safety is {self.safety!r}, not one of {', '.join(get_args(Safety))}")

    @property
    def stage(self) -> str:
        """The stage that the rule belongs to: the first part of its id."""
        return self.id.partition(".")[0]


def rule_from_table(table: Mapping[str, Any], where: str) -> Rule:
    """Make a rule from a TOML table; raises ``RuleError`` that names the place and the key at fault."""
    known = {entry.name for entry in fields(Rule)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise RuleError(f"{where}: unknown key {unknown[0]!r}; a rule has {', '.join(sorted(known))}")
    for key in ("id", "why"):
        if not isinstance(table.get(key), str):
            raise RuleError(f"{where}: a rule needs a text under {key!r}")
    for key in ("words", "hits", "misses"):
        listed = table.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(entry, str) for entry in listed):
            raise RuleError(f"{where}: {key!r} is a list of texts")
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
    return Rule(**values)


def parse_rules(text: str, where: str) -> tuple[Rule, ...]:
    """Read the rules of a TOML text with ``[[rule]]`` tables; raises ``RuleError`` that names the place."""
    try:
        tables = tomllib.loads(text).get("rule", [])
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{where}: not TOML: {error}") from error
    rules = tuple(rule_from_table(table, f"{where}, rule {number}") for number, table in enumerate(tables, 1))
    _check_unique(rules, where)
    return rules


def load_rules(resource: str) -> tuple[Rule, ...]:
    """Read rules that ship with the library, such as ``boilerplate/footers.toml`` under its data."""
    path = resources.files("cleancorpus").joinpath("data", *resource.split("/"))
    return parse_rules(path.read_text(encoding="utf-8"), resource)


def load_user_rules(path: Path | str) -> tuple[Rule, ...]:
    """Read rules from a user's TOML file, which is not trusted.

    Their patterns must compile with RE2, whose time is linear in the text, whatever the pattern.
    Raises ``RuleError`` with the place for what is no pattern, and for one that RE2 refuses (a back-reference, a
    look-around), and ``MissingDependency`` where RE2 is not installed.
    """
    try:
        import re2
    except ImportError as error:
        raise MissingDependency("rules from a file need RE2: pip install 'cleancorpus[re2]'") from error
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise RuleError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: it is not UTF-8 at byte {error.start + 1}") from error
    rules = parse_rules(text, str(path))
    for rule in rules:
        for pattern in (rule.line, rule.span):
            if pattern is None:
                continue
            try:
                re.compile(pattern)
                re2.compile(pattern)
            except re.error as error:
                raise RuleError(f"{path}: rule {rule.id}: {pattern!r} is no pattern: {error}") from error
            except re2.error as error:
                raise RuleError(
                    f"{path}: rule {rule.id}: {pattern!r} has no linear-time form: {error}; "
                    "leave out back-references and look-arounds"
                ) from error
    return rules


def _check_unique(rules: Iterable[Rule], where: str) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"{where}: the rule id {rule.id} stands there twice")
        seen.add(rule.id)


class RuleSet:
    """Rules and the choice of those that act: ``rule_id in rule_set`` says whether one is on.

    ``safe`` and ``flag`` rules are on unless they are in ``disable``, ``unsafe`` ones when they are in
    ``enable``.  Both may name one rule, or all of a prefix (``boilerplate``, ``script.half-width``).
    Raises ``RuleError`` for two rules of one id.
    """

    __slots__ = ("_on", "rules")

    rules: tuple[Rule, ...]

    def __init__(self, rules: Iterable[Rule], enable: Iterable[str] = (), disable: Iterable[str] = ()) -> None:
        self.rules = tuple(rules)
        _check_unique(self.rules, "rules")
        enabled, disabled = tuple(enable), tuple(disable)
        self._on = frozenset(
            rule.id
            for rule in self.rules
            if (rule.safety != "unsafe" or _names_any(enabled, rule.id)) and not _names_any(disabled, rule.id)
        )

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._on

    def __len__(self) -> int:
        return len(self.rules)

    def active(self) -> tuple[Rule, ...]:
        """Give the rules that are on."""
        return tuple(rule for rule in self.rules if rule.id in self._on)


def is_named(rule_id: str, choice: str) -> bool:
    """Say whether a choice names a rule: by its id, or by a prefix of whole words of it."""
    return rule_id == choice or rule_id.startswith((f"{choice}.", f"{choice}-"))


def check_choices(choices: Iterable[str], rules: Iterable[Rule]) -> None:
    """Raise ``SettingsError`` for the first choice that names none of the rules; it tells the nearest name."""
    known = [rule.id for rule in rules]
    for choice in choices:
        if not any(is_named(rule_id, choice) for rule_id in known):
            near = get_close_matches(choice, known, n=1)
            guess = f"did you mean {near[0]}? " if near else ""
            raise SettingsError(f"there is no rule {choice!r}; {guess}`cleancorpus rules` lists them")


def _names_any(choices: Iterable[str], rule_id: str) -> bool:
    return any(is_named(rule_id, choice) for choice in choices)


def resolve(parts: Sequence[Edits]) -> Edits:
    """Join edits of one batch; where two meet, the one of the earlier part wins, whole.

    Two insertions at one place are kept in the order of their parts.
    """
    filled = [part for part in parts if len(part)]
    if len(filled) < 2:
        return filled[0] if filled else Edits.empty()
    joined, origin = concatenated(filled)
    order = order_of(joined)
    start, end, part = joined.start[order], joined.end[order], origin[order]
    reach = np.maximum.accumulate(end)
    opens = np.concatenate([[True], start[1:] >= reach[:-1]])
    if bool(opens.all()):
        return joined.take(order)
    # Only clusters of edits that meet are looked at one by one.
    cluster = np.cumsum(opens) - 1
    crowded = np.bincount(cluster)[cluster] > 1
    keep = ~crowded
    for rows in np.split(np.flatnonzero(crowded), np.flatnonzero(np.diff(cluster[crowded])) + 1):
        keep[_winners(rows, start, end, part)] = True
    return joined.take(order[keep])


def _winners(rows: Positions, start: Positions, end: Positions, part: Positions) -> list[int]:
    """Choose rows of one cluster by the rank of their part, leaving out whatever meets a chosen one.

    Of two spans in order, the second meets the first where it starts before that one's end; so an insertion meets
    a span that it lies inside of, and nothing at whose edge it lies.
    """
    spans: list[tuple[int, int]] = []
    chosen: list[int] = []
    for row in sorted(rows.tolist(), key=lambda row: (part[row], row)):
        span = int(start[row]), int(end[row])
        at = bisect_right(spans, span)
        meets_left = at > 0 and spans[at - 1][1] > span[0]
        meets_right = at < len(spans) and spans[at][0] < span[1]
        if not (meets_left or meets_right):
            spans.insert(at, span)
            chosen.append(row)
    return chosen
