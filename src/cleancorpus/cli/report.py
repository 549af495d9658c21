"""``cleancorpus report``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cleancorpus.cli import options


@click.command("report")
@options.folder
@options.as_json
@options.quiet
def command(folder: Path, as_json: bool, quiet: bool) -> None:
    """Tell what the run in OUT did, and write its report.html again.

    With --json it prints the run's summary (settings, counts, rules, sites, duplicates, failures) instead.
    """
    from cleancorpus.cli.tables import print_summary
    from cleancorpus.io.run_folder import RunFolder
    from cleancorpus.io.run_reader import write_report

    run = RunFolder(folder)
    summary = run.read_summary()
    if as_json:
        click.echo(json.dumps(summary, indent=1))
        return
    write_report(run, summary)
    if not quiet:
        print_summary(summary, str(folder))
