"""Cue words of page chrome, found for all positions of a batch at once by walking a trie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleancorpus.text import Codepoints, Positions, encode_codepoints

Groups = NDArray[np.uint32]

# Characters that are looked up at a time, so few that the numbers for them stay in the cache.
_AT_A_TIME = 1 << 15


@dataclass(frozen=True)
class Cues:
    """A trie over the characters of the cue words: their first two by one table, the rest by sorted keys.

    ``character`` numbers the characters that occur in cues, from 1; ``pair`` gives the state after two of
    them, ``child`` the state after a ``key`` made of a state and a character.  ``group`` says as bits to
    which of ``groups`` the word that ends in a state belongs, 0 where none ends.
    """

    groups: tuple[str, ...]
    character: NDArray[np.uint16]
    width: int
    pair: NDArray[np.int16]
    key: Positions
    child: NDArray[np.int16]
    group: Groups


@lru_cache(maxsize=1)
def load_cues() -> Cues:
    """Read the table of cue words that ships with the library: a group and a word of two characters or more."""
    text = (files("cleancorpus") / "data" / "boilerplate" / "model_cues.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    groups = tuple(dict.fromkeys(group for group, _ in rows))
    alphabet = sorted({c for _, word in rows for c in word})
    rank = {c: number for number, c in enumerate(alphabet, 1)}
    width = len(alphabet) + 1
    character = np.zeros(0x10000, dtype=np.uint16)
    character[encode_codepoints("".join(alphabet))] = np.arange(1, width)
    states: dict[str, int] = {}
    meaning = [0]
    for group, word in rows:
        for end in range(2, len(word) + 1):
            if word[:end] not in states:
                states[word[:end]] = len(meaning)
                meaning.append(0)
        meaning[states[word]] |= 1 << groups.index(group)
    pair = np.zeros(width * width, dtype=np.int16)
    deeper: dict[int, int] = {}
    for prefix, state in states.items():
        if len(prefix) == 2:
            pair[rank[prefix[0]] * width + rank[prefix[1]]] = state
        else:
            deeper[states[prefix[:-1]] * width + rank[prefix[-1]]] = state
    key = np.array(sorted(deeper), dtype=np.int64)
    child = np.array([deeper[k] for k in key.tolist()], dtype=np.int16)
    return Cues(groups, character, width, pair, key, child, np.array(meaning, dtype=np.uint32))


def find_cues(points: Codepoints) -> tuple[Positions, Positions, Groups]:
    """Find all cue words in folded code points: their starts, their lengths, and their groups as bits."""
    table = load_cues()
    starts, state = _openings(table, points)
    found: list[tuple[Positions, int, Groups]] = []
    length = 2
    while len(starts := starts[state > 0]):
        state = state[state > 0]
        ends = table.group[state] > 0
        found.append((starts[ends], length, table.group[state[ends]]))
        inside = starts + length < len(points)
        starts, state = starts[inside], state[inside]
        key = state.astype(np.int64) * table.width + table.character.take(points[starts + length], mode="clip")
        slot = np.minimum(np.searchsorted(table.key, key), len(table.key) - 1)
        state = np.where(table.key[slot] == key, table.child[slot], 0)
        length += 1
    return (
        np.concatenate([np.zeros(0, np.int64), *(at for at, _, _ in found)]),
        np.repeat(np.array([size for _, size, _ in found], np.int64), [len(at) for at, _, _ in found]),
        np.concatenate([np.zeros(0, np.uint32), *(group for _, _, group in found)]),
    )


def _openings(table: Cues, points: Codepoints) -> tuple[Positions, NDArray[np.int16]]:
    """Give where two characters stand with which a cue begins, and the state after them, piece by piece."""
    starts, states = [np.zeros(0, np.int64)], [np.zeros(0, np.int16)]
    for begin in range(0, len(points) - 1, _AT_A_TIME):
        letters = table.character.take(points[begin : begin + _AT_A_TIME + 1], mode="clip").astype(np.int32)
        state = table.pair.take(letters[:-1] * table.width + letters[1:])
        at = np.flatnonzero(state > 0)
        starts.append(at + begin)
        states.append(state[at])
    return np.concatenate(starts), np.concatenate(states)
