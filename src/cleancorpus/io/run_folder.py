"""The folder of a run: the files that it holds, and the unfinished parts that let a run go on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleancorpus.errors import RecordError
from cleancorpus.io.files import json_line, open_plain, write_json
from cleancorpus.io.record import Recorded
from cleancorpus.io.record_reader import read_tables
from cleancorpus.io.record_table import to_table, write_record

if TYPE_CHECKING:
    import pyarrow as pa

SUMMARY_VERSION = 1

Row = dict[str, Any]


@dataclass(frozen=True)
class RunFolder:
    """The files of a run."""

    path: Path

    @property
    def clean(self) -> Path:
        """The clean documents, one a line."""
        return self.path / "clean.jsonl"

    @property
    def record(self) -> Path:
        """Every edit of every document, and what gives the inputs back."""
        return self.path / "record.parquet"

    @property
    def duplicates(self) -> Path:
        """The verified pairs, one a line."""
        return self.path / "duplicates.jsonl"

    @property
    def report(self) -> Path:
        """The report for people."""
        return self.path / "report.html"

    @property
    def summary(self) -> Path:
        """Settings, versions, counts, failures, and hashes of inputs and outputs; written last."""
        return self.path / "run.json"

    @property
    def outputs(self) -> tuple[Path, ...]:
        """All of these files."""
        return self.clean, self.record, self.duplicates, self.report, self.summary

    @property
    def parts(self) -> Parts:
        """What an unfinished run has done so far."""
        return Parts(self.path / ".unfinished")

    def read_summary(self) -> dict[str, Any]:
        """Give what ``run.json`` holds; raises ``RecordError`` where the folder holds no finished run."""
        try:
            summary = json.loads(self.summary.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise RecordError(f"{self.path} holds no finished run: it has no {self.summary.name}") from error
        except (OSError, ValueError) as error:
            raise RecordError(f"{self.summary} cannot be read: {error}") from error
        if not isinstance(summary, dict) or summary.get("version") != SUMMARY_VERSION:
            raise RecordError(f"{self.summary} is no summary of a run that this library reads")
        return summary


@dataclass(frozen=True)
class Parts:
    """The finished parts of an unfinished run: for each a file of clean rows and one of the record.

    A part counts when its record stands there, which is written after its rows; ``plan.json`` says what the
    run was asked for, so that another run does not go on with its parts.
    """

    path: Path

    def open_for(self, plan: Mapping[str, Any]) -> int:
        """Begin, or go on with, the run of this plan; give the number of documents that are done."""
        plan = json.loads(json.dumps(plan))
        found = self.path / "plan.json"
        try:
            same = json.loads(found.read_text(encoding="utf-8")) == plan
        except (OSError, ValueError):
            same = False
        if not same:
            self.remove()
            write_json(found, plan)
        return sum(map(_document_count, self.records()))

    def records(self) -> list[Path]:
        """Give the record files of all finished parts, in order."""
        return sorted(self.path.glob("*.parquet"))

    def add(self, number: int, rows: Sequence[Row], records: Sequence[Recorded]) -> None:
        """Write one part."""
        with open_plain(self._rows(number)) as file:
            for row in rows:
                file.write(json_line(row))
        write_record(self.path / f"{number:06}.parquet", [to_table(records)])

    def read(self) -> Iterator[tuple[pa.Table, list[Row]]]:
        """Give every part: its record as a table, and its clean rows."""
        for number, path in enumerate(self.records()):
            (table,) = read_tables(path)
            with self._rows(number).open("rb") as file:
                yield table, [json.loads(line) for line in file]

    def remove(self) -> None:
        """Remove all parts and the plan."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _rows(self, number: int) -> Path:
        return self.path / f"{number:06}.jsonl"


def _document_count(path: Path) -> int:
    (table,) = read_tables(path)
    return int(table["kind"].to_pylist().count("document"))
