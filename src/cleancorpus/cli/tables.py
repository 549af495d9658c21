"""Tables for people, on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

_MOST_RULES = 20
_WIDEST = 10_000


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()) -> None:
    """Print a table; ``numbers`` are the columns that stand to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Into a pipe each row goes on one line, however long, so that it can be searched.
    width = None if sys.stdout.isatty() else _WIDEST

    right = set(numbers)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in row))
    Console(width=width, highlight=False).print(table)


def print_summary(summary: Mapping[str, Any], output: str) -> None:
    """Tell people what a run did."""
    counts = summary["counts"]
    click.echo(
        f"{counts['in']:,} in = {counts['kept']:,} kept + {counts['dropped']:,} dropped + {counts['failed']:,} failed"
    )
    click.echo(
        f"{counted(counts['characters_in'], 'character')} in, {counts['characters_out']:,} kept, "
        f"{counted(counts['edits'], 'edit')}, {counted(counts['flags'], 'flag')}"
    )
    found = summary["duplicates"]
    if found:
        pairs, copies = counted(found["pairs"], "near-duplicate pair"), counted(found["dropped"], "copied passage")
        click.echo(f"{pairs}, {copies}")
    rules = list(summary["rules"].items())[:_MOST_RULES]
    if rules:
        rows = [(id, rule["documents"], rule["edits"], rule["flags"], rule["removed"]) for id, rule in rules]
        print_table(("rule", "documents", "edits", "flags", "characters out"), rows, numbers=(1, 2, 3, 4))
    if len(summary["rules"]) > _MOST_RULES:
        click.echo(f"{counted(len(summary['rules']) - _MOST_RULES, 'more rule')} in the report")
    click.echo(f"written to {output}: clean.jsonl, record.parquet, duplicates.jsonl, report.html, run.json")


def counted(number: int, thing: str) -> str:
    """Give a number of things in words.

    >>> counted(1, "copy"), counted(2000, "copy"), counted(0, "pair")
    ('1 copy', '2,000 copies', '0 pairs')
    """
    several = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number:,} {thing if number == 1 else several}"
