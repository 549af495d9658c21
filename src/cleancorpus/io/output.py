"""What is written of a clean document, and in which form: JSON Lines, Parquet, or plain text."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from cleancorpus.document import Document
from cleancorpus.errors import SettingsError
from cleancorpus.io.entries import Entry
from cleancorpus.io.files import inside, json_line, open_plain, open_whole, unique_name, whole_file
from cleancorpus.io.sources import Source
from cleancorpus.io.streams import COMPRESSIONS

OWN_KEYS = ("id", "text", "metadata", "encoding", "script", "flags")

# Two lone surrogates that stand side by side would be read from JSON as the one character they mean together.
_PAIRED_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")

Row = dict[str, Any]


def output_row(entry: Entry, document: Document) -> Row:
    """Give the row of a clean document: the library's own keys, then the other fields that came with it.

    A field that is called as one of the library's own keeps its value under ``input_`` and its name.
    """
    row: Row = {
        "id": entry.id,
        "text": document.text,
        "metadata": document.metadata,
        "encoding": None if document.decoding is None else document.decoding.encoding,
        "script": document.script,
        "flags": [flag._asdict() for flag in document.flags],
    }
    for key, value in entry.fields.items():
        while key in row:
            key = f"input_{key}"
        row[key] = _plain(value)
    return row


def _plain(value: Any) -> Any:
    """Give a value of a table as JSON data: bytes as base64, dates and the like as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def survives_json(text: str) -> bool:
    """Say whether a text is the same after it was written as JSON and read."""
    return _PAIRED_SURROGATES.search(text) is None


Write = Callable[[Row], object]

_LINES = (".jsonl", *(f".jsonl{suffix}" for suffix in COMPRESSIONS))
_TEXT = (".txt", *(f".txt{suffix}" for suffix in COMPRESSIONS))


@contextmanager
def open_output(path: Path) -> Iterator[Write]:
    """Open an output by its suffix: ``.jsonl``, ``.txt`` (both also packed), ``.parquet``, else a folder of text files.

    Gives a function that writes one row.  A file appears under its name when it is complete.
    Raises ``SettingsError`` where a folder would be needed and a file stands there.
    """
    if path.suffix == ".parquet":
        with _parquet(path) as write:
            yield write
    elif path.name.endswith(_LINES):
        with open_whole(path) as file:
            yield lambda row: file.write(json_line(row))
    elif path.name.endswith(_TEXT) and not path.is_dir():
        with open_whole(path) as file:
            yield lambda row: file.write(text_lines(row))
    elif path.exists() and not path.is_dir():
        raise SettingsError(f"{path} is a file; write to a folder, or to a file called .jsonl, .txt or .parquet")
    else:
        yield TextFolder(path).write


def not_overwriting(documents: Iterable[tuple[Entry, Document]], output: Path) -> Iterator[tuple[Entry, Document]]:
    """Pass on what is to be written; raises ``SettingsError`` where an input is the output or lies in its folder."""
    checked: Source | None = None
    for entry, document in documents:
        source = entry.source
        if source is not checked and source.path is not None:
            if source.path.resolve().is_relative_to(output.resolve()):
                raise SettingsError(f"{source.path} is an input and would be overwritten; write to another place")
            checked = source
        yield entry, document


def text_lines(row: Mapping[str, Any]) -> bytes:
    """Give a row's text as whole lines of UTF-8; ``?`` stands for a lone surrogate."""
    text: bytes = row["text"].encode("utf-8", "replace")
    return text if text.endswith(b"\n") else text + b"\n"


class TextFolder:
    """A folder of UTF-8 text files, each called by the id of its document and never outside of the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: set[str] = set()

    def write(self, row: Mapping[str, Any]) -> Path:
        """Write a row's text; two rows of one id become two files.  Raises ``InputError`` for a link outwards."""
        name = str(row["id"])
        for suffix in COMPRESSIONS:
            name = name.removesuffix(suffix)
        path = inside(self._folder, unique_name(name, self._taken))
        with open_plain(path, durable=False) as file:
            file.write(row["text"].encode("utf-8", "surrogatepass"))
        return path


@contextmanager
def _parquet(path: Path) -> Iterator[Write]:
    """Write rows to a Parquet file; what is no text, and the other fields, stand there as JSON."""
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = pa.schema(
        [("id", pa.string()), ("text", pa.large_string()), ("encoding", pa.string()), ("script", pa.string())]
        + [(name, pa.string()) for name in ("metadata", "flags", "fields")]
    )
    with ExitStack() as stack:
        temporary = stack.enter_context(whole_file(path))
        writer = stack.enter_context(pq.ParquetWriter(temporary, columns, compression="zstd"))
        held: list[Row] = []

        def flush() -> None:
            if held:
                writer.write_table(pa.Table.from_pylist(held, schema=columns))
                held.clear()

        def write(row: Row) -> None:
            others = {key: value for key, value in row.items() if key not in OWN_KEYS}
            flat = {key: row[key] for key in ("encoding", "script")}
            texts = {key: row[key].encode("utf-8", "replace").decode("utf-8") for key in ("id", "text")}
            packed = {"metadata": row["metadata"], "flags": row["flags"], "fields": others}
            held.append({**texts, **flat, **{key: json.dumps(value) for key, value in packed.items()}})
            if len(held) >= 1000:
                flush()

        yield write
        flush()
