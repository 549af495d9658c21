"""``cleancorpus explain``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cleancorpus.cli import options
from cleancorpus.cli.exits import NOTHING_READ


@click.command("explain")
@options.folder
@click.argument("document_id", metavar="ID")
@options.as_json
@click.option("--context", default=20, show_default=True, help="Characters to show beside a change.")
def command(folder: Path, document_id: str, as_json: bool, context: int) -> None:
    """Show all that the run in OUT did to the document called ID: each edit, its rule and the reason."""
    from cleancorpus.cli.diff import print_changes, print_json
    from cleancorpus.io.run_folder import RunFolder
    from cleancorpus.io.run_reader import read_run

    found = False
    for record, document in read_run(RunFolder(folder)):
        if record.id != document_id:
            continue
        found = True
        if as_json:
            print_json(record.id, document)
            continue
        click.echo(f"{record.id}: {record.outcome}{f', {record.reason}' if record.reason else ''}")
        if record.failure is not None:
            click.echo(f"{record.failure.step}: {record.failure.reason}")
        for key, value in document.metadata.items():
            click.echo(f"{key}: {value}")
        print_changes(record.id, document, context, None)
    if not found:
        click.echo(f"cleancorpus: {folder} has no document {document_id!r}", err=True)
        sys.exit(NOTHING_READ)
