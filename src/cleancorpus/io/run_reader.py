"""Reading a finished run: its documents with their records, and the report that is made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from cleancorpus.document import Document
from cleancorpus.errors import RecordError
from cleancorpus.io.files import open_plain
from cleancorpus.io.record import Recorded
from cleancorpus.io.record_reader import read_record
from cleancorpus.io.run_folder import Row, RunFolder
from cleancorpus.report.page import MOST_PAIRS, render


def read_run(folder: RunFolder) -> Iterator[tuple[Recorded, Document]]:
    """Give every document of a run with its record, in the order of the input.

    Raises ``RecordError`` where the clean text was changed after the run, or files are missing.
    """
    rows = read_rows(folder)
    for record in read_record(folder.record):
        text = "" if record.text is None else record.text
        if record.outcome == "kept":
            row = next(rows, None)
            if row is None or row.get("id") != record.id:
                found = "ends there" if row is None else f"has {row.get('id')!r}"
                raise RecordError(f"{folder.clean}: {record.id!r} should follow, but the file {found}")
            text = row["text"] if record.text is None else record.text
        yield record, record.document(text)


def read_rows(folder: RunFolder) -> Iterator[Row]:
    """Give the clean documents of a run; raises ``RecordError`` where they cannot be read."""
    return _lines_of(folder.clean)


def read_pairs(folder: RunFolder) -> Iterator[Row]:
    """Give the near-duplicate pairs of a run; raises ``RecordError`` where they cannot be read."""
    return _lines_of(folder.duplicates)


def _lines_of(path: Path) -> Iterator[Row]:
    try:
        with path.open("rb") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise RecordError(f"{path} cannot be read: {error}") from error


def write_report(folder: RunFolder, summary: Mapping[str, Any]) -> None:
    """Write the report of a run from its summary and its other files."""
    pairs = list(islice((pair for pair in read_pairs(folder) if pair["decisive"]), MOST_PAIRS))
    documents = (document for record, document in read_run(folder) if record.outcome != "failed")
    page = render(summary, documents, pairs)
    with open_plain(folder.report) as file:
        file.write(page.encode("utf-8", "replace"))
