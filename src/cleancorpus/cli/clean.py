"""``cleancorpus clean``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from cleancorpus.cli import options
from cleancorpus.cli.exits import FINDINGS


@click.command("clean")
@click.argument("inputs", nargs=-1, metavar="[INPUT…]")
@click.option(
    "-o",
    "--output",
    default="-",
    help="Where to write: a folder (text files), .jsonl, .jsonl.gz, .jsonl.zst, .parquet, or - for standard output.",
)
@options.cleaning
@options.reading
@options.workers
@options.as_json
@click.option("--check", is_flag=True, help="Write nothing; name what would change and exit with 1 if anything would.")
def command(inputs: tuple[str, ...], output: str, as_json: bool, check: bool, **given: Any) -> None:
    """Clean INPUT… or standard input.

    The clean text goes to standard output, as plain text or with --json as JSON Lines, or to -o.
    """
    tally = options.Tally()
    documents = tally.documents(inputs or ("-",), given)
    if check:
        changed = [entry.where for entry, document in documents if document.text != document.original]
        for place in changed:
            click.echo(place)
        sys.exit(FINDINGS if changed else tally.exit_code)
    write_documents(documents, output, as_json)
    sys.exit(tally.exit_code)


def write_documents(documents: Iterable[tuple[Any, Any]], output: str, as_json: bool) -> None:
    """Write entries and their documents to a file or folder, or for ``-`` to standard output."""
    from cleancorpus.io.output import open_output, output_row

    if output == "-":
        for entry, document in documents:
            _print(output_row(entry, document), as_json)
        return
    with open_output(Path(output)) as write:
        for entry, document in documents:
            write(output_row(entry, document))


def _print(row: dict[str, Any], as_json: bool) -> None:
    from cleancorpus.io.files import json_line

    if as_json:
        data = json_line(row)
    else:
        text = row["text"].encode("utf-8", "replace")
        data = text if text.endswith(b"\n") else text + b"\n"
    click.echo(data, nl=False)
