"""``cleancorpus detect``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from cleancorpus.cli import options

if TYPE_CHECKING:
    from cleancorpus.encoding.decoding import Decoding


def _known(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse a label that no standard knows: beside a page it says nothing, here it is a slip of the hand."""
    del context, parameter
    from cleancorpus.encoding.labels import encoding_of_label

    if value is not None and encoding_of_label(value) is None:
        raise click.BadParameter(f"{value!r} is no label of the Encoding Standard, such as utf-8, gbk or big5")
    return value


@click.command("detect")
@click.argument("inputs", nargs=-1, metavar="[INPUT…]")
@click.option(
    "--declared",
    metavar="LABEL",
    callback=_known,
    help="The encoding that the files are said to be in: evidence, no more.",
)
@options.as_json
def command(inputs: tuple[str, ...], declared: str | None, as_json: bool) -> None:
    """Say in which encodings the files INPUT… (or standard input) are, and which bytes mean nothing."""
    import cleancorpus
    from cleancorpus.cli.tables import print_table
    from cleancorpus.errors import DecodeError
    from cleancorpus.io.entries import Keys
    from cleancorpus.io.readers import Reading
    from cleancorpus.io.sources import find_sources
    from cleancorpus.report.marks import visible

    tally = options.Tally()
    rows = []
    for entry in Reading(find_sources(inputs or ("-",), format="text"), Keys()):
        if entry.failure is not None or not isinstance(entry.data, bytes):
            tally.failure(entry.where, entry.failure.reason if entry.failure else "it holds no bytes")
            continue
        try:
            decoding = cleancorpus.decode(entry.data, declared=declared)
        except DecodeError as error:
            tally.failure(entry.where, str(error))
            continue
        tally.read += 1
        if as_json:
            click.echo(_as_json(entry.where, decoding))
        else:
            rows.append((visible(entry.where), decoding.encoding, f"{decoding.confidence:.2f}", _notes(decoding)))
    if rows:
        print_table(("file", "encoding", "confidence", "notes"), rows, numbers=(2,))
    sys.exit(tally.exit_code)


def _as_json(place: str, decoding: Decoding) -> str:
    import json

    told = decoding.to_dict(text=False)
    wanted: dict[str, Any] = {key: told[key] for key in ("encoding", "confidence", "candidates", "declared", "bom")}
    segments = [segment._asdict() for segment in decoding.segments]
    undecodable = [gap._asdict() for gap in decoding.undecodable]
    return json.dumps({"file": place, **wanted, "segments": segments, "undecodable": undecodable})


def _notes(decoding: Decoding) -> str:
    notes = []
    if decoding.bom:
        notes.append("byte order mark")
    if len({segment.encoding for segment in decoding.segments}) > 1:
        parts = (f"{part.encoding} {part.start:,}–{part.end:,}" for part in decoding.segments)
        notes.append(f"mixed: {', '.join(parts)}")
    if decoding.undecodable:
        count = sum(gap.end - gap.start for gap in decoding.undecodable)
        notes.append(f"{count:,} bytes mean nothing, the first at {decoding.undecodable[0].start:,}")
    return "; ".join(notes)
