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
        f"{counts['characters_in']:,} characters in, {counts['characters_out']:,} kept, "
        f"{counts['edits']:,} edits, {counts['flags']:,} flags"
    )
    found = summary["duplicates"]
    if found:
        click.echo(f"{found['pairs']:,} near-duplicate pairs, {found['dropped']:,} passages are copies")
    rules = list(summary["rules"].items())[:_MOST_RULES]
    if rules:
        rows = [(id, rule["documents"], rule["edits"], rule["flags"], rule["removed"]) for id, rule in rules]
        print_table(("rule", "documents", "edits", "flags", "characters out"), rows, numbers=(1, 2, 3, 4))
    if len(summary["rules"]) > _MOST_RULES:
        click.echo(f"{len(summary['rules']) - _MOST_RULES} more rules in the report")
    click.echo(f"written to {output}: clean.jsonl, record.parquet, duplicates.jsonl, report.html, run.json")
