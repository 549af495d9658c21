"""``cleancorpus dedup``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleancorpus.cli import options
from cleancorpus.cli.clean import write_documents
from cleancorpus.cli.exits import FINDINGS
from cleancorpus.cli.tables import counted

if TYPE_CHECKING:
    from cleancorpus.document import Document
    from cleancorpus.io.entries import Entry
    from cleancorpus.io.readers import Reading
    from cleancorpus.neardup import Drop, DuplicateReport, Passage
    from cleancorpus.neardup.statistics import DuplicateStatistics


_SNIPPET = 40  # characters of a passage that are shown


@click.command("dedup")
@options.inputs
@click.option("-o", "--output", help="Write the documents that are kept here, as `clean` does.")
@options.reading
@options.threshold(0.8)
@options.unit
@options.containment
@click.option(
    "--keep",
    type=click.Choice(["longest", "earliest", "best"]),
    default="longest",
    show_default=True,
    help="Which copy to keep.",
)
@click.option("--explain", is_flag=True, help="Show where the copies differ.")
@click.option(
    "--work",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Search on the disk, in this folder, for more than memory holds; what was broken off goes on.",
)
@options.memory_limit
@options.as_json
@click.option("--check", is_flag=True, help="Exit with 1 if there are near-duplicates.")
def command(
    inputs: tuple[str, ...],
    output: str | None,
    explain: bool,
    work: Path | None,
    memory_limit: str,
    as_json: bool,
    check: bool,
    **given: Any,
) -> None:
    """Find the near-duplicates among INPUT…, as they are (`run` cleans first).

    Every pair that is told was verified; nothing goes because of a chain.  A line in front stands for a passage that
    is kept, those below it for its copies: document, first and last character, how alike, and how it begins.
    --json prints all verified pairs.

    -o writes the documents that are kept: to a folder, a .txt, .jsonl (both also packed) or .parquet, or - for
    standard output, where what was found is then told on standard error.  A document is kept as long as one of its
    passages is its own.

    With --work, FOLDER then holds pairs.parquet and drops.parquet.
    """
    from cleancorpus.neardup import Search

    search = Search(given["threshold"], given["unit"], given["containment"], given["keep"])
    if work is not None:
        if explain:
            raise click.UsageError("--explain needs the texts in memory: leave out --work, or explain single pairs")
        if output is not None and "-" in inputs:
            raise click.UsageError(
                "standard input cannot be read a second time for -o: name files, or leave out --work"
            )
        from cleancorpus.cli.dedup_work import dedup_on_disk

        sys.exit(dedup_on_disk(inputs, given, search, work, memory_limit, output, as_json, check))
    import cleancorpus

    tally = options.Tally()
    entries: dict[str, Entry] = {}
    texts = {}
    for name, text, entry in texts_of(options.reading_of(inputs, given), tally):
        texts[name], entries[name] = text, entry
    chosen = {name: getattr(search, name) for name in ("threshold", "unit", "containment", "keep")}
    report = cleancorpus.near_duplicates(texts.items(), **chosen)
    with redirect_stdout(sys.stderr if output == "-" else sys.stdout):
        if as_json:
            _print_json(report)
        elif tally.read:
            _print(report, texts, explain)
    if output is not None:
        kept = ((entries[name], document_of(name, texts[name])) for name in report.keep)
        write_documents(kept, output, as_json)
    sys.exit(FINDINGS if check and report.drops else tally.exit_code)


def texts_of(reading: Reading, tally: options.Tally | None = None) -> Iterator[tuple[str, str, Entry]]:
    """Give every document under a name of its own, with its text and its entry; the tally tells of failures."""
    from cleancorpus.encoding import decode
    from cleancorpus.errors import DecodeError
    from cleancorpus.io.files import unique_name

    taken: set[str] = set()
    for entry in reading:
        reason = entry.failure.reason if entry.failure else "it cannot be read"
        if entry.failure is None and entry.data is not None:
            try:
                text = entry.data if isinstance(entry.data, str) else decode(entry.data).text
            except DecodeError as error:
                reason = str(error)
            else:
                if tally is not None:
                    tally.read += 1
                yield unique_name(entry.id, taken), text, entry
                continue
        if tally is not None:
            tally.failure(entry.where, reason)


def document_of(name: str, text: str) -> Document:
    """Give a text as a document, as it is."""
    from cleancorpus.document import Document

    return Document(original=text, text=text, id=name)


def _print_json(report: DuplicateReport) -> None:
    decisive = {(drop.kept.id, drop.kept.span, drop.passage.id, drop.passage.span) for drop in report.drops}
    for pair in report.pairs:
        key = (pair.left, pair.left_span, pair.right, pair.right_span)
        print_pair({**pair._asdict(), "decisive": key in decisive})


def print_pair(pair: dict[str, Any]) -> None:
    """Print a pair as a line of JSON: of texts as they are, the spans in them are all there is."""
    from cleancorpus.io.files import json_line

    click.echo(json_line({key: value for key, value in pair.items() if not key.endswith("_original")}), nl=False)


def _print(report: DuplicateReport, texts: dict[str, str], explain: bool) -> None:
    pairs = {(pair.left, pair.left_span, pair.right, pair.right_span): pair for pair in report.pairs}
    for cluster in report.clusters:
        click.echo(f"{_place(cluster.kept)}  kept  {_snippet(texts, cluster.kept)}")
        for drop in cluster.drops:
            click.echo(f"  {_place(drop.passage)}  {_alike(drop)}  {_snippet(texts, drop.passage)}")
            key = (drop.kept.id, drop.kept.span, drop.passage.id, drop.passage.span)
            if explain and key in pairs:
                for line in str(report.explain(pairs[key])).splitlines():
                    click.echo(f"      {line}")
    print_counts(report.statistics, len(report.keep))


def _place(passage: Passage) -> str:
    start, end = passage.span
    return f"{passage.id}:{start}-{end}"


def _alike(drop: Drop) -> str:
    if drop.kind == "contained":
        return f"contained {drop.containment:.2f}"
    return drop.kind if drop.kind in ("same", "folded") else f"{drop.kind} {drop.jaccard:.2f}"


def _snippet(texts: dict[str, str], passage: Passage) -> str:
    from cleancorpus.report.marks import visible

    start, end = passage.span
    return visible(texts[passage.id][start : min(end, start + _SNIPPET)]) + ("…" if end - start > _SNIPPET else "")


def print_counts(found: DuplicateStatistics, kept: int) -> None:
    """Print what was found in one line."""
    click.echo(
        f"{counted(found.items, 'document')}, {counted(found.whole.passages, 'passage')}, "
        f"{counted(found.pairs, 'pair')}; {counted(found.whole.dropped, 'copy')} with {found.whole.rate:.2%} of the "
        f"characters; {counted(kept, 'document')} kept"
    )
