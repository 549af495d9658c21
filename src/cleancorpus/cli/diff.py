"""``cleancorpus diff``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from cleancorpus.cli import options
from cleancorpus.cli.exits import FINDINGS

if TYPE_CHECKING:
    from cleancorpus.document import Document


@click.command("diff")
@click.argument("inputs", nargs=-1, metavar="[INPUT…]")
@options.cleaning
@options.reading
@options.workers
@options.as_json
@click.option("--color/--no-color", default=None, help="Colour the changes; by default on a terminal.")
@click.option(
    "--context",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Characters to show beside a change.",
)
def command(inputs: tuple[str, ...], as_json: bool, color: bool | None, context: int, **given: Any) -> None:
    """Show what cleaning INPUT… would remove, repair and flag, and why.

    Exits with 1 if there is anything to show.
    """
    tally = options.Tally()
    found = False
    for entry, document in tally.documents(inputs or ("-",), given):
        found = found or bool(document.history or document.flags)
        if as_json:
            print_json(entry.id, document)
        else:
            print_changes(entry.where, document, context, color)
    sys.exit(FINDINGS if found else tally.exit_code)


def print_json(id: str, document: Document) -> None:
    """Print every edit and flag of a document as a line of JSON."""
    from cleancorpus.io.files import json_line

    for edit in document.edits:
        click.echo(json_line({"id": id, "kind": "edit", **edit._asdict()}), nl=False)
    for flag in document.flags:
        click.echo(json_line({"id": id, "kind": "flag", **flag._asdict()}), nl=False)


def print_changes(place: str, document: Document, context: int, color: bool | None) -> None:
    """Print every change and flag of a document for people."""
    from cleancorpus.report.terminal import told_changes

    for line in told_changes(place, document, context):
        click.echo(line.encode("utf-8", "replace").decode("utf-8"), color=color)
