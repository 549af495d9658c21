"""The search out of core gives what the search in memory gives, whatever happens on the way."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from cleancorpus.document import Document, Flag, Layer
from cleancorpus.edits import Edits
from cleancorpus.errors import InputError
from cleancorpus.neardup import near_duplicates, pairing, reading
from cleancorpus.neardup.corpus import CorpusDuplicates, dedup
from cleancorpus.neardup.search import Search
from cleancorpus.neardup.workspace import Workspace
from tests.neardup.corpus import Item, corpus, edited


def pairs_of(found: CorpusDuplicates) -> list[tuple[object, ...]]:
    return duckdb.execute(f"""
        SELECT "left", "right", left_start, left_end, right_start, right_end, jaccard, containment, kind
        FROM '{found.pairs_file}'
    """).fetchall()


def rows(found: CorpusDuplicates, name: str, columns: str, condition: str = "") -> list[tuple[Any, ...]]:
    return duckdb.execute(f"SELECT {columns} FROM '{found.folder / name}.parquet' {condition}").fetchall()


def content(folder: Path) -> list[str]:
    return [hashlib.sha256((folder / f"{name}.parquet").read_bytes()).hexdigest() for name in ("pairs", "drops")]


def nested(seed: int, families: int) -> list[Item]:
    """The corpus of families, with pieces of its texts as texts of their own, some of them edited."""
    rng = random.Random(seed)
    items = corpus(seed, families)
    for name, text in items[::3]:
        size = rng.randint(20, 120)
        at = rng.randint(0, max(len(text) - size, 0))
        items.append((f"{name}-in", edited(rng, text[at : at + size], rng.choice([0.0, 0.02]))))
    return items


@pytest.mark.parametrize("containment", [None, 0.8])
@pytest.mark.parametrize("unit", ["passage", "document"])
@pytest.mark.parametrize("keep", ["longest", "earliest", "best"])
def test_the_result_is_that_of_the_search_in_memory(
    tmp_path: Path, unit: str, keep: str, containment: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_BATCH_ITEMS", 70)
    monkeypatch.setattr(pairing, "_SLICE", 100 * pairing._LEAST)
    monkeypatch.setattr(pairing, "_BAND_PART", 150)
    monkeypatch.setattr(pairing, "_SAMPLE_PART", 500)
    items = nested(seed=20, families=80)
    search = Search(0.6, unit, keep=keep, containment=containment)
    found = dedup(items, tmp_path / "work", search, memory_limit="200MB", threads=1)
    report = near_duplicates(items, 0.6, unit, keep=keep, containment=containment)
    expected = [(p.left, p.right, *p.left_span, *p.right_span, p.jaccard, p.containment, p.kind) for p in report.pairs]
    assert pairs_of(found) == expected
    assert len(expected) > 100
    assert ("contained" in {pair.kind for pair in report.pairs}) == (containment is not None)
    drops = rows(found, "drops", 'id, kept_id, start, "end", jaccard, kind')
    assert drops == [(d.passage.id, d.kept.id, *d.passage.span, d.jaccard, d.kind) for d in report.drops]
    decisive = sum(bool(flag) for (flag,) in rows(found, "pairs", "decisive"))
    assert (found.items, found.pairs, found.dropped, decisive) == (len(items), len(expected), len(drops), len(drops))
    lost = {name for (name,) in rows(found, "drops", "id", 'WHERE "whole"')}
    assert lost == {name for name, _ in items} - set(report.keep)
    assert found.statistics == report.statistics


def test_documents_keep_their_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BATCH_ITEMS", 20)
    rng = random.Random(25)
    letters, made = "，", []
    for number, (name, text) in enumerate(corpus(seed=25, families=40)):
        original = "".join(letter + (" " if rng.random() < 0.1 else "") for letter in text)
        blanks = np.array([place for place, letter in enumerate(original) if letter == " "], dtype=np.int64)
        history = (Layer("script", Edits.deletions(blanks, blanks + 1, "script.blank")),) if number % 3 else ()
        flags = (Flag(0, 4, "boilerplate.opening", "", 1.0),) if number % 2 else ()
        clean = text if history else original
        url = f"https://site-{number % 4}.example/{name}"
        made.append(Document(original=original, text=clean, id=name, url=url, history=history, flags=flags))
    assert letters not in made[0].text
    found = dedup(made, tmp_path, Search(0.6, containment=0.8))
    report = near_duplicates(made, 0.6, containment=0.8)
    spans = "left_original_start, left_original_end, right_original_start, right_original_end"
    assert rows(found, "pairs", spans) == [(*p.left_original, *p.right_original) for p in report.pairs]
    assert any(pair.left_original != pair.left_span for pair in report.pairs)
    places = [(drop.passage.id, *drop.passage.original) for drop in report.drops]
    assert rows(found, "drops", "id, original_start, original_end") == places
    assert found.statistics == report.statistics
    assert set(found.statistics.by_rule) == {"boilerplate.opening", "none", "script.blank"}
    assert len(found.statistics.by_site) == 4
    assert sum(share.passages for share in found.statistics.by_site.values()) == found.passages


def test_nothing_at_all(tmp_path: Path) -> None:
    found = dedup([], tmp_path)
    assert (found.items, found.passages, found.pairs, found.dropped) == (0, 0, 0, 0)
    assert pairs_of(found) == []


def test_the_order_of_the_input_does_not_matter(tmp_path: Path) -> None:
    items = corpus(seed=21, families=40)
    one = dedup(items, tmp_path / "one", Search(0.6, "document"))
    other = dedup(items[::-1], tmp_path / "other", Search(0.6, "document"), threads=1)
    assert content(one.folder)[0] == content(other.folder)[0]
    columns = 'id, start, "end", kept_id, kept_start, kept_end, jaccard, containment, kind, "whole"'
    assert sorted(rows(one, "drops", columns)) == sorted(rows(other, "drops", columns))
    # Of clusters of one size, the first in the input come first; the rest of the counts is the same.
    assert [large.size for large in one.statistics.largest] == [large.size for large in other.statistics.largest]
    assert replace(one.statistics, largest=()) == replace(other.statistics, largest=())


def test_another_search_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    items = corpus(seed=22, families=5)
    dedup(items, tmp_path, Search(0.8))
    with pytest.raises(InputError, match="other settings"):
        dedup(items, tmp_path, Search(0.7))
    with pytest.raises(InputError, match="other settings"):
        dedup(items, tmp_path, Search(0.8, containment=0.9))


def test_a_table_made_by_a_large_insert_is_found_again(tmp_path: Path) -> None:
    # Above 122,880 rows, one row group of DuckDB, its statistics once went missing, and joins found nothing.
    rows = np.arange(200_000)
    with Workspace(tmp_path, {}, "500MB", 2) as work:
        for table, sizes in {"whole": [200_000], "grown": [10, 200_000]}.items():
            with work.step(done=1):
                for size in sizes:
                    work.insert(table, {"value": rows[:size]})
            query = f"SELECT max(a.value), count(*) FROM {table} a JOIN {table} b USING (value) WHERE value > 50"
            assert [int(column[0]) for column in work.columns(query)] == [199_999, 199_949]


class _Died(BaseException):
    pass


def test_fewer_items_than_were_read_cannot_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BATCH_ITEMS", 10)
    items = corpus(seed=23, families=10)

    def die(*_progress: object) -> None:
        raise _Died

    with pytest.raises(_Died):
        dedup(items, tmp_path, progress=die)
    with pytest.raises(InputError, match="had read 10 items"):
        dedup(items[:5], tmp_path)


# A run that is killed (no clean-up, no flush) at a moment of its own choice, named on the command line.
RUN = """
import os, signal, sys
from cleancorpus.neardup import corpus as module, pairing, reading, workspace
from cleancorpus.neardup.search import Search
from cleancorpus.neardup.workspace import Workspace
from tests.neardup.corpus import corpus

moment, folder = int(sys.argv[1]), sys.argv[2]
reading._BATCH_ITEMS, pairing._SLICE = 20, 30 * pairing._LEAST
passed = 0

def tick(*_):
    global passed
    passed += 1
    if passed == moment:
        os.kill(os.getpid(), signal.SIGKILL)

# What is killed has written all it wrote: only a machine that stops needs the disk to be waited for.
os.fsync = lambda handle: None
write = workspace.FlatFile.append
def append(self, numbers):
    tick()
    write(self, numbers)
    tick()
workspace.FlatFile.append = append
insert = workspace.Workspace.insert
def inserted(self, table, columns):
    insert(self, table, columns)
    tick()
workspace.Workspace.insert = inserted
search = Search(0.8, recall=0.9, containment=0.8)
found = module.dedup(corpus(24, 25), folder, search, progress=tick, memory_limit="200MB", threads=1)
print(passed)
"""


# Each point costs two processes and their disk synchronisation.
POINTS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 4


def run(moment: int, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", RUN, str(moment), str(folder)]
    return subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(Path.cwd())}, capture_output=True, text=True, check=False
    )


def test_a_run_killed_anywhere_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    whole = run(-1, tmp_path / "whole")
    assert whole.returncode == 0, whole.stderr
    moments = int(whole.stdout)
    assert moments > 30
    expected = content(tmp_path / "whole")
    for point in range(POINTS):
        folder = tmp_path / f"killed-{point}"
        killed = run(1 + point * (moments - 1) // (POINTS - 1), folder)
        assert killed.returncode == -9
        again = run(-1, folder)
        assert again.returncode == 0, again.stderr
        assert content(folder) == expected
