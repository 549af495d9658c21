"""The rules as a page of the documentation, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cleancorpus.report.marks import visible
from cleancorpus.rules import Rule

_ACTS = {
    "safe": "acts by default",
    "unsafe": "acts when it is enabled",
    "flag": "says so and changes nothing",
}
_MOST_EXAMPLES = 3
_LONGEST_EXAMPLE = 100


def rules_page(rules: Iterable[Rule]) -> str:
    """Give the page: for every stage its rules, each with its reason, when it acts, and examples."""
    listed = list(rules)
    return "\n".join(_page(listed)) + "\n"


def _page(rules: Sequence[Rule]) -> Iterator[str]:
    yield "# The rules"
    yield ""
    yield "Written by `tools/write_rules_page.py` from the rules themselves; change those."
    yield "A rule is named after the problem, never after the remedy."
    for stage in dict.fromkeys(rule.stage for rule in rules):
        own = [rule for rule in rules if rule.stage == stage]
        yield ""
        yield f"## {stage}"
        for rule in own:
            yield ""
            yield f"### `{rule.id}`"
            yield ""
            yield f"{_text(rule.why)} It {_ACTS[rule.safety]}."
            yield from _examples("Acts on", rule.hits)
            yield from _examples("Leaves", rule.misses)


def _examples(name: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield ""
        yield f"{name}: {' · '.join(_code(text) for text in texts[:_MOST_EXAMPLES])}"


def _code(text: str) -> str:
    """Give a text as Markdown code, whatever backticks it holds."""
    shown = visible(text if len(text) <= _LONGEST_EXAMPLE else f"{text[:_LONGEST_EXAMPLE]}…")
    ticks = "`"
    while ticks in shown:
        ticks += "`"
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) or not shown.strip() else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _text(text: str) -> str:
    """Give a text that Markdown shows as it is."""
    for mark in "\\*_`[]<>|":
        text = text.replace(mark, f"\\{mark}")
    return text
