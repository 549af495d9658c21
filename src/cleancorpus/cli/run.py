"""``cleancorpus run``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cleancorpus.cli import options
from cleancorpus.cli.exits import after

_SEARCH = ("threshold", "unit", "containment")


@click.command("run")
@options.inputs
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    callback=options.no_stream,
    help="The folder to write to.",
)
@options.cleaning
@options.reading
@options.workers
@click.option(
    "--duplicates",
    type=click.Choice(["mark", "drop", "ignore"]),
    default="mark",
    show_default=True,
    help="Flag near-duplicates, leave out documents that have nothing of their own, or do not look.",
)
@options.threshold(0.5)
@options.unit
@options.containment
@options.memory_limit
@click.option("--keep-source", is_flag=True, help="Keep the source of HTML pages, so that `restore` gives it back.")
@options.as_json
@options.quiet
def command(inputs: tuple[str, ...], output: Path, as_json: bool, quiet: bool, **given: Any) -> None:
    """Clean everything that INPUT… names and write OUT.

    INPUT is a file, a folder, a glob or - for standard input: plain text in any encoding, HTML, JSON Lines
    (.jsonl, .jsonl.gz, .jsonl.zst), Parquet or WARC.  OUT gets clean.jsonl, record.parquet, duplicates.jsonl,
    report.html and run.json.  A run that was broken off goes on where it stopped.
    """
    from cleancorpus.cli.progress import progress
    from cleancorpus.cli.tables import print_summary
    from cleancorpus.io.duplicates import DuplicateSearch
    from cleancorpus.io.run import Job, run

    job = Job(
        inputs=inputs,
        output=output,
        settings=options.settings_of(given, keep_source=given["keep_source"]),
        keys=options.keys_of(given),
        format=given["format"],
        site=given["site"],
        duplicates=DuplicateSearch(policy=given["duplicates"], **{name: given[name] for name in _SEARCH}),
        workers=given["workers"],
        memory_limit=given["memory_limit"],
    )
    try:
        with progress(quiet) as on_progress:
            summary = run(job, on_progress)
    except KeyboardInterrupt:
        click.echo(f"cleancorpus: {output} holds what is done; the same command goes on from there", err=True)
        raise
    paths = {source["name"]: source["path"] for source in summary["inputs"]}
    for failure in summary["failures"]:
        path, place = paths[failure["file"]], failure["place"]
        where = path if place is None else f"{path}:{place}"
        click.echo(options.failed(where, options.told(failure["step"], failure["reason"])), err=True)
    counts = summary["counts"]
    if as_json:
        import json

        click.echo(json.dumps(counts))
    elif not quiet:
        print_summary(summary, str(output))
    sys.exit(after(counts["kept"] + counts["dropped"], counts["failed"]))
