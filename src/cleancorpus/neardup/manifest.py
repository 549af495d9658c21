"""The manifest of a duplicate index: a small JSON file that names its segments and is replaced in one step.

A segment that it does not name does not exist.  So the index is whole at any moment, and whoever reads keeps what he
has opened while one process writes beside him.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cleancorpus.errors import InputError
from cleancorpus.neardup.search import Search

FORMAT = "cleancorpus-duplicate-index-2"
SPILL = "spill"
_MANIFEST = "index.json"


@dataclass(frozen=True)
class Segment:
    """One segment: its folder's name, and how many passages and documents (dead ones too) it holds."""

    name: str
    passages: int
    documents: int


@dataclass(frozen=True)
class Manifest:
    """What the index holds: the settings of its search, and its segments, the oldest first."""

    settings: Mapping[str, Any]
    segments: tuple[Segment, ...]
    following: int  # the number of the segment that is written next


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest; raises ``InputError`` where there is none or it is of another format."""
    path = folder / _MANIFEST
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{folder} holds no duplicate index") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{path} is no {FORMAT}")
    try:
        segments = tuple(Segment(**segment) for segment in data["segments"])
        manifest = Manifest(data["settings"], segments, int(data["following"]))
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error}") from error
    if any(Path(segment.name).name != segment.name for segment in segments):
        raise InputError(f"{path} names a segment outside its folder")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step; when this returns, it is on the disk."""
    data = {
        "format": FORMAT,
        "settings": dict(manifest.settings),
        "segments": [asdict(segment) for segment in manifest.segments],
        "following": manifest.following,
    }
    unfinished = folder / f"{_MANIFEST}.unfinished"
    unfinished.write_text(json.dumps(data, indent=1, sort_keys=True), "utf-8")
    publish(unfinished, folder / _MANIFEST)


def settings_of(search: Search) -> dict[str, Any]:
    """Give what the manifest has to say of a search, as plain JSON data."""
    return {
        "signer": search.signer.name,
        "threshold": search.threshold,
        "containment": search.containment,
        "recall": search.recall,
        "unit": search.unit,
        "fold": sorted(search.fold),
        "shingle": search.shingle,
    }


def search_from(settings: Mapping[str, Any]) -> Search:
    """Rebuild the search from a manifest's settings; raises ``InputError`` where this library signs differently."""
    try:
        search = Search(
            float(settings["threshold"]),
            str(settings["unit"]),
            None if settings["containment"] is None else float(settings["containment"]),
            fold=frozenset(settings["fold"]),
            shingle=int(settings["shingle"]),
            recall=float(settings["recall"]),
        )
        signer = settings["signer"]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"the settings of the index are damaged: {error!r}") from error
    if search.signer.name != signer:
        raise InputError(f"the index was signed by {signer}, this library signs by {search.signer.name}")
    return search


def lock_writer(folder: Path) -> int:
    """Lock the folder for the one writer and give the handle; raises ``InputError`` where another has it."""
    import fcntl

    handle = os.open(folder / "writer.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise InputError(f"another process writes to {folder}") from error
    return handle


def manifest_stamp(folder: Path) -> tuple[int, int]:
    """Give a mark that differs when the manifest was replaced."""
    status = (folder / _MANIFEST).stat()
    return status.st_mtime_ns, status.st_ino


def remove_strays(folder: Path, manifest: Manifest) -> None:
    """Remove what a killed writer left and the manifest does not name."""
    named = {segment.name for segment in manifest.segments}
    for path in folder.iterdir():
        if path.is_dir() and path.name not in named:
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.endswith(".unfinished"):
            path.unlink(missing_ok=True)


def publish(unfinished: Path, path: Path) -> None:
    """Give a finished file or folder its name: first its content goes to the disk, then the name, then the folder."""
    if unfinished.is_dir():
        for part in sorted(unfinished.iterdir()):
            _synchronise(part)
    _synchronise(unfinished)
    unfinished.replace(path)
    _synchronise(path.parent)


def _synchronise(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
