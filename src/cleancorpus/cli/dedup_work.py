"""``cleancorpus dedup --work``: the search on the disk."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleancorpus.cli import options
from cleancorpus.cli.clean import write_documents
from cleancorpus.cli.dedup import document_of, print_counts, print_pair, texts_of
from cleancorpus.cli.exits import FINDINGS
from cleancorpus.cli.progress import progress

if TYPE_CHECKING:
    from cleancorpus.io.entries import Entry
    from cleancorpus.neardup import Search


def dedup_on_disk(
    inputs: tuple[str, ...],
    given: dict[str, Any],
    search: Search,
    work: Path,
    memory_limit: str,
    output: str | None,
    as_json: bool,
    check: bool,
) -> int:
    """Search the inputs in a work folder and tell what was found; give the exit code."""
    from cleancorpus.io.duplicates import begin_or_go_on, search_on_disk
    from cleancorpus.io.readers import Reading
    from cleancorpus.io.run import Progress
    from cleancorpus.io.sources import find_sources

    tally = options.Tally()
    # Listed once, so that neither the work folder nor the output is taken for an input.
    sources = list(find_sources(inputs, format=given["format"], leave_out=work))
    keys = options.keys_of(given)
    begin_or_go_on(work, sources, {"keys": asdict(keys), "site": given["site"]})

    def texts(told: options.Tally | None) -> Iterator[tuple[str, str, Entry]]:
        return texts_of(Reading(sources, keys, given["site"]), told)

    documents = (document_of(name, text) for name, text, _ in texts(tally))
    with progress(False) as show:

        def on_stage(stage: str, done: int, total: int | None) -> None:
            steps = (done, total) if total is not None else (0, None)
            show(Progress(stage, done if total is None else 0, 0, None, *steps))

        found = search_on_disk(documents, work, search, memory_limit=memory_limit, progress=on_stage)
    lost = {verdict.number for verdict in found.verdicts() if verdict.dropped is not None}
    assert found.found is not None
    with redirect_stdout(sys.stderr if output == "-" else sys.stdout):
        if as_json:
            for pair in found.pairs():
                print_pair(pair)
        else:
            print_counts(found.found.statistics, found.found.items - len(lost))
            click.echo(f"written to {work}: pairs.parquet, drops.parquet")
    if output is not None:
        # What cannot be read was told the first time.
        again = enumerate(texts(None))
        kept = ((entry, document_of(name, text)) for number, (name, text, entry) in again if number not in lost)
        write_documents(kept, output, as_json)
    return FINDINGS if check and found.found.dropped else tally.exit_code
