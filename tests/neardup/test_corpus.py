"""The search out of core gives what the search in memory gives, whatever happens on the way."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest

from cleancorpus.errors import InputError, SettingsError
from cleancorpus.neardup import corpus as module
from cleancorpus.neardup import near_duplicates
from cleancorpus.neardup.corpus import CorpusDuplicates, dedup
from cleancorpus.neardup.search import Search
from cleancorpus.neardup.workspace import Workspace
from tests.neardup.corpus import corpus


def pairs_of(found: CorpusDuplicates) -> list[tuple[object, ...]]:
    return duckdb.execute(f"SELECT * FROM '{found.pairs_file}'").fetchall()


def content(found: CorpusDuplicates) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in (found.pairs_file, found.drops_file)]


@pytest.mark.parametrize("unit", ["passage", "document"])
@pytest.mark.parametrize("keep", ["longest", "earliest", "best"])
def test_the_result_is_that_of_the_search_in_memory(
    tmp_path: Path, unit: str, keep: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH_ITEMS", 70)
    monkeypatch.setattr(module, "_SLICE", 100)
    monkeypatch.setattr(module, "_BAND_PART", 150)
    items = corpus(seed=20, families=120)
    found = dedup(items, tmp_path / "work", Search(0.6, unit, keep=keep), memory_limit="200MB", threads=1)
    report = near_duplicates(items, 0.6, unit, keep=keep)
    expected = [(p.left, p.right, *p.left_span, *p.right_span, p.jaccard, p.containment, p.kind) for p in report.pairs]
    assert pairs_of(found) == expected
    assert len(expected) > 100
    drops = duckdb.execute(f"SELECT id, kept_id, start, \"end\", jaccard FROM '{found.drops_file}'").fetchall()
    assert sorted(drops) == sorted((d.passage.id, d.kept.id, *d.passage.span, d.jaccard) for d in report.drops)
    assert (found.items, found.pairs, found.dropped) == (len(items), len(expected), len(drops))


def test_nothing_at_all(tmp_path: Path) -> None:
    found = dedup([], tmp_path)
    assert (found.items, found.passages, found.pairs, found.dropped) == (0, 0, 0, 0)
    assert pairs_of(found) == []


def test_the_order_of_the_input_does_not_matter(tmp_path: Path) -> None:
    items = corpus(seed=21, families=40)
    one = dedup(items, tmp_path / "one", Search(0.6, "document"))
    other = dedup(items[::-1], tmp_path / "other", Search(0.6, "document"), threads=1)
    assert content(one) == content(other)


def test_another_search_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    items = corpus(seed=22, families=5)
    dedup(items, tmp_path, Search(0.8))
    with pytest.raises(InputError, match="other settings"):
        dedup(items, tmp_path, Search(0.7))
    with pytest.raises(SettingsError):
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
    monkeypatch.setattr(module, "_BATCH_ITEMS", 10)
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
from cleancorpus.neardup import corpus as module, workspace
from cleancorpus.neardup.search import Search
from cleancorpus.neardup.workspace import Workspace
from tests.neardup.corpus import corpus

moment, folder = int(sys.argv[1]), sys.argv[2]
module._BATCH_ITEMS, module._SLICE = 20, 30
passed = 0

def tick(*_):
    global passed
    passed += 1
    if passed == moment:
        os.kill(os.getpid(), signal.SIGKILL)

write = workspace.Workspace.append_views
def append(self, points):
    tick()
    write(self, points)
    tick()
workspace.Workspace.append_views = append
insert = workspace.Workspace.insert
def inserted(self, table, columns):
    insert(self, table, columns)
    tick()
workspace.Workspace.insert = inserted
found = module.dedup(corpus(24, 25), folder, Search(0.8, recall=0.9), progress=tick, memory_limit="200MB", threads=1)
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
    expected = content(CorpusDuplicates(tmp_path / "whole", 0, 0, 0, 0))
    for point in range(POINTS):
        folder = tmp_path / f"killed-{point}"
        killed = run(1 + point * (moments - 1) // (POINTS - 1), folder)
        assert killed.returncode == -9
        again = run(-1, folder)
        assert again.returncode == 0, again.stderr
        assert content(CorpusDuplicates(folder, 0, 0, 0, 0)) == expected
