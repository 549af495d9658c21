"""``cleancorpus restore``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from cleancorpus.cli import options
from cleancorpus.cli.exits import after


@click.command("restore")
@options.folder
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.",
)
@options.as_json
@options.quiet
def command(folder: Path, output: Path, as_json: bool, quiet: bool) -> None:
    """Give back the files that the run in OUT was made from, byte for byte.

    Needs OUT/clean.jsonl, OUT/record.parquet and OUT/run.json.  Each file is checked against the SHA-256 that
    the run noted.  A packed file comes back unpacked, and of a Parquet or WARC file the ids and texts.
    """
    from cleancorpus.io.restore import Restored, restore

    def tell(file: Restored) -> None:
        if as_json:
            click.echo(json.dumps(vars(file)))
        elif file.state == "failed":
            click.echo(f"cleancorpus: {file.name}: {file.reason}", err=True)
        elif not quiet:
            click.echo(f"{file.name}: {file.reason or 'as it was'}")

    done = restore(folder, output, tell)
    failed = sum(1 for file in done if file.state == "failed")
    sys.exit(after(len(done) - failed, failed))
