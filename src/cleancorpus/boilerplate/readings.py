"""How patterns can match, read once and kept beside the rules: the parser of ``re`` takes a third of a second for all.

``data/boilerplate/readings.json`` has an entry for each pattern of the rules that ship; ``tools/write_rules_page.py``
writes it, and a test reads all patterns anew.  A pattern that it lacks (a user's, a new one) is read when it is met.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from cleancorpus.boilerplate.edges import packed_runs, runs_of
from cleancorpus.boilerplate.literals import Way, read_ways


@lru_cache(maxsize=1024)
def ways(pattern: str) -> tuple[Way, ...]:
    """Give the ways in which ``pattern`` can match, as ``read_ways`` does, from what was kept where it can."""
    entry = _kept()["ways"].get(_key(pattern))
    if entry is None:
        return read_ways(pattern)
    return tuple(
        Way(tuple(literals), longest, tuple(ahead), _character_set(first), _character_set(last))
        for literals, longest, ahead, first, last in entry
    )


def written_readings(patterns: Iterable[str]) -> str:
    """Write the readings of some patterns as JSON, one to a line, so that a changed rule changes few lines."""
    read = {_key(pattern): read_ways(pattern) for pattern in patterns}
    sets = {edge: _set_key(edge) for found in read.values() for way in found for edge in (way.first, way.last)}
    tables: dict[str, dict[str, Any]] = {
        "sets": {name: runs_of(edge) for edge, name in sets.items()},
        "ways": {
            key: [(way.literals, way.longest, way.ahead, sets[way.first], sets[way.last]) for way in found]
            for key, found in read.items()
        },
    }
    return "{" + ",".join(f"{json.dumps(name)}:{_lines(table)}" for name, table in tables.items()) + "}\n"


def _lines(table: dict[str, Any]) -> str:
    rows = (f"{json.dumps(key)}:{json.dumps(table[key], ensure_ascii=False)}" for key in sorted(table))
    return "{\n" + ",\n".join(rows) + "\n}"


@lru_cache(maxsize=1)
def _kept() -> dict[str, Any]:
    path = files("cleancorpus") / "data" / "boilerplate" / "readings.json"
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


@lru_cache(maxsize=1024)
def _character_set(name: str) -> bytes:
    return packed_runs(_kept()["sets"][name])


def _key(pattern: str) -> str:
    return blake2b(pattern.encode(), digest_size=12).hexdigest()


def _set_key(packed_set: bytes) -> str:
    return blake2b(packed_set, digest_size=6).hexdigest()
