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
    help="Where to write: a folder (of text files), a .txt, .jsonl (both also packed) or .parquet, or - for stdout.",
)
@options.cleaning
@options.reading
@options.workers
@options.as_json
@click.option("--tags", is_flag=True, help="Leave the texts alone; write spans, as attributes in dolma's form.")
@click.option("--check", is_flag=True, help="Write nothing; name what would change and exit with 1 if anything would.")
def command(inputs: tuple[str, ...], output: str, as_json: bool, tags: bool, check: bool, **given: Any) -> None:
    """Clean INPUT… or standard input.

    The clean text goes to standard output, as plain text or with --json as JSON Lines, or to -o.
    With --tags, spans do, one line a document: the attributes of dolma's taggers.
    """
    tally = options.Tally()
    if tags:
        write_tags(tally.outcomes(inputs or ("-",), {**given, "html": "never"}), output)
        sys.exit(tally.exit_code)
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
    from cleancorpus.io.output import not_overwriting, open_output, output_row

    if output == "-":
        for entry, document in documents:
            _print(output_row(entry, document), as_json)
        return
    with open_output(Path(output)) as write:
        for entry, document in not_overwriting(documents, Path(output)):
            write(output_row(entry, document))


def write_tags(outcomes: Iterable[tuple[Any, Any]], output: str) -> None:
    """Write a row of attributes for every entry, the failed ones too, so that rows stand beside their documents."""
    from cleancorpus.adapters.dolma import attributes
    from cleancorpus.io.files import json_line, open_whole

    rows = (attributes(document, id=entry.id, source=entry.fields.get("source")) for entry, document in outcomes)
    if output == "-":
        for row in rows:
            click.echo(json_line(row), nl=False)
        return
    if Path(output).is_dir():
        raise click.UsageError(f"{output} is a folder; tags are written to one file, .jsonl or .jsonl.gz")
    with open_whole(Path(output)) as file:
        for row in rows:
            file.write(json_line(row))


def _print(row: dict[str, Any], as_json: bool) -> None:
    from cleancorpus.io.files import json_line
    from cleancorpus.io.output import text_lines

    click.echo(json_line(row) if as_json else text_lines(row), nl=False)
