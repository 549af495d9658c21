"""Conversion by another engine: whatever module named ``opencc`` is installed, with the same record."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Protocol

from cleancorpus.edits import Edits
from cleancorpus.errors import MissingDependency, SettingsError
from cleancorpus.script.chains import chain_problem
from cleancorpus.text import TextBatch

# A line of other length is aligned character by character, which costs its square, up to this many characters.
# A longer one is one edit from its first difference to its last.
_LONGEST_ALIGNED = 2_000


class Converter(Protocol):
    """What both packages named ``opencc`` offer."""

    def convert(self, text: str) -> str:
        """Give the text converted."""


def opencc_converter(chain: str) -> Converter:
    """Give a converter of the installed ``opencc`` module, official or reimplemented.

    Raises ``MissingDependency`` where there is none, and ``SettingsError`` where it does not know the chain.
    """
    try:
        import opencc
    except ImportError as error:
        raise MissingDependency('the backend "opencc" needs it installed: pip install "cleancorpus[opencc]"') from error
    try:
        converter: Converter = opencc.OpenCC(chain)
    except Exception as error:  # each package raises an error of its own
        raise SettingsError(f"the installed opencc has no chain {chain!r}: {error}") from error
    return converter


def convert_by_opencc(batch: TextBatch, chain: str) -> Edits:
    """Say what the installed ``opencc`` changes in a batch; the record is told from its output, line by line."""
    converter, problem = opencc_converter(chain), chain_problem(chain)
    rows: list[tuple[int, int, str, str]] = []
    for begin, text in zip(batch.offsets.tolist(), batch.to_texts(), strict=False):
        for start, end, after in _differences(text, converter.convert(text)):
            rows.append((begin + start, begin + end, after, problem))
    return Edits.of(rows)


def _differences(before: str, after: str) -> Iterator[tuple[int, int, str]]:
    old_lines, new_lines = before.split("\n"), after.split("\n")
    if len(old_lines) != len(new_lines):
        yield from aligned(before, after, 0)
        return
    begin = 0
    for old, new in zip(old_lines, new_lines, strict=True):
        if old != new:
            yield from aligned(old, new, begin)
        begin += len(old) + 1


def aligned(old: str, new: str, begin: int) -> Iterator[tuple[int, int, str]]:
    """Give the spans of a line (moved by ``begin``) that differ, with what stands there in the other."""
    if len(old) == len(new):
        yield from _replaced(old, new, begin)
    elif len(old) <= _LONGEST_ALIGNED:
        for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                yield begin + i, begin + j, new[k:m]
    else:
        shorter = min(len(old), len(new))
        head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
        tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
        yield begin + head, begin + len(old) - tail, new[head : len(new) - tail]


def _replaced(old: str, new: str, begin: int) -> Iterator[tuple[int, int, str]]:
    start: int | None = None
    for place, (was, becomes) in enumerate(zip(old, new, strict=True)):
        if was != becomes and start is None:
            start = place
        elif was == becomes and start is not None:
            yield begin + start, begin + place, new[start:place]
            start = None
    if start is not None:
        yield begin + start, begin + len(old), new[start:]
