"""Changes for a terminal: a line each with its place, what stood there and what stands there now, and the rule."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cleancorpus.document import Document
from cleancorpus.report.changes import Change, changes_of
from cleancorpus.report.marks import visible

# The longest run of removed text that is shown whole; of a longer one the ends are.
_LONGEST = 400


def told_changes(name: str, document: Document, context: int) -> Iterator[str]:
    """Give the lines that tell what was done to a document, with ``context`` characters beside each change.

    Removed text stands in ``[-…-]`` and text that was put in in ``{+…+}``, red and green as well; a place is
    ``name:line:column`` of the original, both from 1.
    """
    place, name = _Places(document.original), visible(name)
    reasons: dict[str, str] = {}
    for change in changes_of(document):
        reasons.setdefault(change.rule, change.reason)
        yield f"{name}:{place.of(change.start)}: {click.style(change.rule, dim=True)}"
        yield f"    {_told(document.original, change, context)}"
    for flag in document.flags:
        reasons.setdefault(flag.rule, "")
        text = _short(document.original[flag.start : flag.end])
        yield f"{name}:{place.of(flag.start)}: {click.style(flag.rule, fg='yellow')}: {visible(flag.reason)}"
        yield f"    {click.style(text, fg='yellow')}"
    told = [(rule, why) for rule, why in sorted(reasons.items()) if why]
    if told:
        yield f"{name}: why"
        yield from (f"    {rule}: {visible(why)}" for rule, why in told)


def _told(original: str, change: Change, context: int) -> str:
    before = visible(original[max(0, change.start - context) : change.start])
    after = visible(original[change.end : change.end + context])
    out = click.style(f"[-{_short(change.before)}-]", fg="red") if change.before else ""
    put = click.style(f"{{+{_short(change.after)}+}}", fg="green") if change.after else ""
    return f"{before}{out}{put}{after}"


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} … {len(text) - _LONGEST:,} more … {text[-_LONGEST // 2 :]}"
    return visible(text)


class _Places:
    """Lines and columns of a text, asked for in any order at the cost of one search each."""

    def __init__(self, text: str) -> None:
        from cleancorpus.text import TextBatch

        self._starts = TextBatch.from_text(text).lines().start

    def of(self, position: int) -> str:
        """Give ``line:column``, both from 1."""
        line = int(self._starts.searchsorted(position, side="right"))
        return f"{line}:{position - int(self._starts[line - 1]) + 1}"
