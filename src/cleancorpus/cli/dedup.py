"""``cleancorpus dedup``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import click

from cleancorpus.cli import options
from cleancorpus.cli.clean import write_documents
from cleancorpus.cli.exits import FINDINGS

if TYPE_CHECKING:
    from cleancorpus.document import Document
    from cleancorpus.io.entries import Entry
    from cleancorpus.neardup import DuplicateReport


@click.command("dedup")
@options.inputs
@click.option("-o", "--output", help="Write the documents that are kept here, as `clean` does.")
@options.reading
@options.threshold(0.8)
@options.unit
@click.option("--containment", type=click.FloatRange(0, 1, min_open=True), help="Also find texts that lie in others.")
@click.option(
    "--keep",
    type=click.Choice(["longest", "earliest", "best"]),
    default="longest",
    show_default=True,
    help="Which copy to keep.",
)
@click.option("--explain", is_flag=True, help="Show where the copies differ.")
@options.as_json
@click.option("--check", is_flag=True, help="Exit with 1 if there are near-duplicates.")
def command(
    inputs: tuple[str, ...], output: str | None, explain: bool, as_json: bool, check: bool, **given: Any
) -> None:
    """Find the near-duplicates among INPUT…, as they are (`run` cleans first).

    Every pair that is told was verified; nothing goes because of a chain.  -o writes the documents that are
    kept: to a folder, a .txt, .jsonl (both also packed) or .parquet, or - for standard output, where what was
    found is then told on standard error.
    """
    import cleancorpus

    tally = options.Tally()
    entries: dict[str, Entry] = {}
    texts = list(_texts(inputs, given, tally, entries))
    chosen = {name: given[name] for name in ("threshold", "unit", "containment", "keep")}
    report = cleancorpus.near_duplicates(texts, **chosen)
    with redirect_stdout(sys.stderr if output == "-" else sys.stdout):
        if as_json:
            _print_json(report)
        else:
            _print(report, explain)
    if output is not None:
        write_documents(_kept(report, dict(texts), entries), output, as_json)
    sys.exit(FINDINGS if check and report.drops else tally.exit_code)


def _texts(
    inputs: tuple[str, ...], given: dict[str, Any], tally: options.Tally, entries: dict[str, Entry]
) -> Iterator[tuple[str, str]]:
    """Give every document with a name of its own; note the entry under the name."""
    from cleancorpus.encoding import decode
    from cleancorpus.errors import DecodeError
    from cleancorpus.io.files import unique_name

    taken: set[str] = set()
    for entry in options.reading_of(inputs, given):
        if entry.failure is not None or entry.data is None:
            tally.failure(entry.where, entry.failure.reason if entry.failure else "it cannot be read")
            continue
        try:
            text = entry.data if isinstance(entry.data, str) else decode(entry.data).text
        except DecodeError as error:
            tally.failure(entry.where, str(error))
            continue
        tally.read += 1
        name = unique_name(entry.id, taken)
        entries[name] = entry
        yield name, text


def _print_json(report: DuplicateReport) -> None:
    import json

    for pair in report.pairs:
        told = {key: value for key, value in vars(pair).items() if not key.endswith("_original")}
        click.echo(json.dumps(told))


def _print(report: DuplicateReport, explain: bool) -> None:
    pairs = {(pair.left, pair.left_span, pair.right, pair.right_span): pair for pair in report.pairs}
    for cluster in report.clusters:
        click.echo(f"{_place(cluster.kept)}  kept")
        for drop in cluster.drops:
            click.echo(f"  {_place(drop.passage)}  {drop.reason}")
            key = (drop.kept.id, drop.kept.span, drop.passage.id, drop.passage.span)
            if explain and key in pairs:
                for line in str(report.explain(pairs[key])).splitlines():
                    click.echo(f"      {line}")
    found = report.statistics
    click.echo(
        f"{found.items:,} documents, {found.whole.passages:,} passages, {found.pairs:,} pairs, "
        f"{found.whole.dropped:,} copies, {found.whole.rate:.2%} of the characters; "
        f"{len(report.keep):,} documents are kept"
    )


def _place(passage: Any) -> str:
    start, end = passage.span
    return f"{passage.id}:{start}-{end}"


def _kept(
    report: DuplicateReport, texts: dict[str, str], entries: dict[str, Entry]
) -> Iterator[tuple[Entry, Document]]:
    from cleancorpus.document import Document

    for name in report.keep:
        yield entries[name], Document(original=texts[name], text=texts[name], id=name)
