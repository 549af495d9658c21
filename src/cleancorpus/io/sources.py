"""Which files an input names: folders, globs and standard input, in an order that does not change."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from cleancorpus.document import Failure
from cleancorpus.errors import SettingsError
from cleancorpus.io.files import unique_name
from cleancorpus.io.streams import COMPRESSIONS

Format = Literal["text", "jsonl", "parquet", "warc"]
FORMATS: tuple[Format, ...] = get_args(Format)

STDIN = "-"
_SUFFIXES: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".warc": "warc",
    ".wet": "warc",
}

# Beside pages, a whole file of JSON holds data about them; it is read when it is named itself.
_NO_PAGES = ".json"


@dataclass(frozen=True)
class Source:
    """One file to read.

    ``name`` is its path below the input that named it, unique in a run: ids and restored files are called by
    it.  ``path`` is where it is (``None``: standard input).  ``failure`` says why it cannot be read at all.
    ``guessed`` says that nobody named the format.
    """

    name: str
    path: Path | None
    format: Format = "text"
    compression: str | None = None
    failure: Failure | None = None
    guessed: bool = False

    @property
    def place(self) -> str:
        """How messages call it."""
        return STDIN if self.path is None else str(self.path)


def find_sources(
    inputs: Iterable[str], *, format: Format | None = None, leave_out: Path | None = None
) -> Iterator[Source]:
    """Give the files that some inputs name, in the order of the inputs, those of a folder by name.

    An input is a file, a folder (read with all that is below it, but for hidden files and those called
    ``.json``), a glob, or ``-``.
    ``format`` overrides what suffixes say; ``leave_out`` is a folder that is not read where it lies in an input, as
    the output's.  What does not exist or may not be read comes out as a source with ``failure``.
    Raises ``SettingsError`` for an unknown format, and for an input that is the folder to leave out.
    """
    if format is not None and format not in FORMATS:
        raise SettingsError(f"there is no format {format!r}; there are {', '.join(FORMATS)}")
    taken: set[str] = set()
    hidden = None if leave_out is None else leave_out.resolve()
    seen_stdin = False
    for given in inputs:
        if hidden is not None and given != STDIN and Path(given).resolve() == hidden:
            raise SettingsError(f"{given} is an input; write to another folder, or the outputs are inputs next time")
        if given == STDIN:
            if not seen_stdin:
                yield Source(unique_name("stdin", taken), None, format or "text", guessed=format is None)
            seen_stdin = True
            continue
        found = False
        for name, path, problem in _expand(given, hidden):
            found = True
            yield _source(unique_name(name, taken), path, format, problem)
        if not found:
            name = unique_name(Path(given).name or given, taken)
            yield _source(name, Path(given), format, "there are no files in it")


def as_seen(sources: Iterable[Source]) -> list[list[Any]]:
    """Give what tells whether inputs are those of an earlier call, as JSON data: name, place, format, size and time.

    What is on standard input is not known.
    """
    seen: list[list[Any]] = []
    for source in sources:
        status = source.path.stat() if source.path is not None and source.path.exists() else None
        known = None if status is None else [status.st_size, status.st_mtime_ns]
        seen.append([source.name, source.place, source.format, known])
    return seen


def total_bytes(sources: Iterable[Source]) -> int | None:
    """Give the size of all files together, or ``None`` where it is not known, as of standard input."""
    total = 0
    for source in sources:
        if source.path is None:
            return None
        try:
            total += source.path.stat().st_size
        except OSError:
            continue
    return total


def _source(name: str, path: Path, format: Format | None, problem: str | None) -> Source:
    compression = COMPRESSIONS.get(path.suffix.lower())
    suffix = path.with_suffix("").suffix if compression else path.suffix
    kind = format or _SUFFIXES.get(suffix.lower(), "text")
    failure = None if problem is None else Failure("read", f"{path}: {problem}")
    return Source(name, path, kind, compression, failure, guessed=format is None)


def _expand(given: str, hidden: Path | None) -> Iterator[tuple[str, Path, str | None]]:
    """Give name, path and problem of every file that one input names."""
    path = Path(given)
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:
        yield path.name, path, _why(error)
        return
    if is_folder:
        yield from _walk(path, path, _within(path, hidden))
    elif exists:
        yield path.name, path, None
    elif glob.has_magic(given):
        yield from _match(given, hidden)
    else:
        yield path.name, path, "there is no such file or folder"


def _match(pattern: str, hidden: Path | None) -> Iterator[tuple[str, Path, str | None]]:
    # Path.glob takes no pattern that begins at the root.
    found = sorted(glob.glob(pattern, recursive=True), key=os.fsencode)  # noqa: PTH207
    if not found:
        yield Path(pattern).name, Path(pattern), "nothing matches it"
        return
    fixed = []
    for part in Path(pattern).parts:
        if glob.has_magic(part):
            break
        fixed.append(part)
    root = Path(*fixed) if fixed else Path()
    hidden = _within(root, hidden)
    for path in map(Path, found):
        if _below(path, hidden):
            continue
        if not path.is_dir():
            yield path.relative_to(root).as_posix(), path, None
        elif "**" not in pattern:  # which matches what is in a folder by itself
            yield from _walk(path, root, hidden)


def _walk(folder: Path, root: Path, hidden: Path | None) -> Iterator[tuple[str, Path, str | None]]:
    """Give the files below a folder by name; links to folders are not followed, so that nothing is read twice."""
    name = folder.relative_to(root).as_posix() if folder != root else (folder.name or str(folder))
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield name, folder, _why(error)
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith(".") or entry.name.endswith(_NO_PAGES):
            continue
        if entry.is_dir(follow_symlinks=False):
            if not _below(path, hidden):
                yield from _walk(path, root, hidden)
        elif entry.is_file():
            yield path.relative_to(root).as_posix(), path, None
        elif entry.is_symlink() and not entry.is_dir():
            yield path.relative_to(root).as_posix(), path, "the link leads nowhere"


def _within(root: Path, hidden: Path | None) -> Path | None:
    """Give the folder to leave out if it lies below ``root``: pages beside other files of the output's are read."""
    return None if hidden is None or root.resolve().is_relative_to(hidden) else hidden


def _below(path: Path, hidden: Path | None) -> bool:
    return hidden is not None and path.resolve().is_relative_to(hidden)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
