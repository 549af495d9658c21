"""Dictionaries of script conversion: sorted tables of keys and candidates, read without a loop over rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from cleancorpus.text import Positions, TextBatch, encode_codepoints

_TAB, _LINE_FEED, _SPACE = 9, 10, 32


@dataclass(frozen=True)
class Dictionary:
    """Keys and what they convert to, as columns in the order of precedence.

    ``keys`` and ``values`` are batches of n texts; ``candidates`` (``int64[n]``) is how many conversions an
    entry had to choose from, the value being the first; ``source`` (``int32[n]``) is an index into ``names``,
    the tables that the entries come from.
    """

    keys: TextBatch
    values: TextBatch
    candidates: Positions
    source: Positions
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def of(cls, entries: Mapping[str, str], name: str) -> Dictionary:
        """Make a dictionary from a user's mapping."""
        count = len(entries)
        return cls(
            TextBatch.from_texts(list(entries)),
            TextBatch.from_texts(list(entries.values())),
            np.ones(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            (name,),
        )

    @classmethod
    def union(cls, parts: Sequence[Dictionary]) -> Dictionary:
        """Join dictionaries; where two have one key, both stand there and the earlier has precedence."""
        if len(parts) == 1:
            return parts[0]
        names = tuple(name for part in parts for name in part.names)
        first = np.cumsum([0] + [len(part.names) for part in parts])
        return cls(
            TextBatch.concatenate([part.keys for part in parts]),
            TextBatch.concatenate([part.values for part in parts]),
            np.concatenate([part.candidates for part in parts]),
            np.concatenate([part.source + shift for part, shift in zip(parts, first, strict=False)]),
            names,
        )


def table_text(name: str) -> str:
    """Give the text of a generated table, such as ``STPhrases``."""
    path = resources.files("cleancorpus").joinpath("data", "script", "opencc", f"{name}.tsv")
    return path.read_bytes().decode("utf-8")  # several times as fast as read_text


@cache
def load_dictionary(name: str) -> Dictionary:
    """Read one of the generated OpenCC tables; it is read once, and when it is first used."""
    return parse_dictionary(table_text(name), name)


def parse_dictionary(text: str, name: str) -> Dictionary:
    """Read rows of a key, a tab, and candidates with one space between them; a first line of ``#`` is skipped."""
    if text.startswith("#"):
        text = text[text.index("\n") + 1 :]
    points = encode_codepoints(text)
    tabs = np.flatnonzero(points == _TAB)
    ends = np.flatnonzero(points == _LINE_FEED)
    spaces = np.flatnonzero(points == _SPACE)
    starts = np.concatenate([[0], ends[:-1] + 1])
    first_space = np.searchsorted(spaces, tabs)
    value_ends = np.minimum(np.append(spaces, len(points))[first_space], ends)
    whole = TextBatch(points, np.array([0, len(points)], dtype=np.int64))
    return Dictionary(
        whole.slice(starts, tabs),
        whole.slice(tabs + 1, value_ends),
        1 + np.searchsorted(spaces, ends) - first_space,
        np.zeros(len(tabs), dtype=np.int64),
        (name,),
    )


@cache
def candidate_table(name: str) -> Mapping[str, tuple[str, ...]]:
    """Give all conversions of every key of a table, best first."""
    rows = (line.split("\t") for line in table_text(name).splitlines() if not line.startswith("#"))
    return {key: tuple(found.split(" ")) for key, found in rows}
