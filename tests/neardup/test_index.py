"""The persistent index: what was acknowledged is there, whatever happened, and is found exactly."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleancorpus.errors import InputError, SettingsError
from cleancorpus.neardup import DuplicateIndex, Search, near_duplicates
from cleancorpus.neardup import index as module
from tests.neardup.corpus import brute_force, corpus, edited, passage

SEARCH = Search(0.6, "document")


def test_finds_what_the_search_finds(tmp_path: Path) -> None:
    items = corpus(seed=30, families=60)
    with DuplicateIndex.open(tmp_path, SEARCH) as index:
        assert index.add_many(items, batch=37) == len(items) == len(index)
        answers = index.query_many([text for _, text in items])
        found = {
            (frozenset((name, match.id)), match.jaccard)
            for (name, _), matches in zip(items, answers, strict=True)
            for match in matches
            if match.id != name
        }
    report = near_duplicates(items, 0.6, "document")
    assert found == {(frozenset((p.left, p.right)), p.jaccard) for p in report.pairs}
    assert len(found) > 50


def test_a_memory_limit_is_a_size(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="500MB"):
        DuplicateIndex.open(tmp_path / "index", memory_limit="much")


def test_a_file_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        DuplicateIndex.open(tmp_path / "index")


def test_one_query_gives_what_many_give(tmp_path: Path) -> None:
    items = corpus(seed=31, families=30)
    with DuplicateIndex.open(tmp_path, SEARCH) as index:
        index.add_many(items, batch=10)
        texts = [text for _, text in items[:20]]
        assert [index.query(text) for text in texts] == list(index.query_many(texts))
        index.compact()
        assert [index.query(text) for text in texts] == list(index.query_many(texts))


def test_spans_are_those_of_the_passages(tmp_path: Path) -> None:
    rng = random.Random(32)
    planted = passage(rng, 200)
    with DuplicateIndex.open(tmp_path) as index:
        index.add("page", passage(rng, 120) + "\n" + planted + "\n" + passage(rng, 90))
        (match,) = index.query("前言。\n" + planted)
    assert (match.id, match.span, match.query_span, match.jaccard) == ("page", (121, 321), (4, 204), 1.0)


def test_adding_again_replaces_and_removing_removes(tmp_path: Path) -> None:
    rng = random.Random(33)
    one, other = passage(rng, 100), passage(rng, 100)
    with DuplicateIndex.open(tmp_path) as index:
        index.add("a", one)
        index.add("a", other)
        assert [index.query(text) != () for text in (one, other)] == [False, True]
        assert (len(index), "a" in index) == (1, True)
        index.remove("a", "never there")
        assert [index.query(text) for text in (one, other)] == [(), ()]
        assert (len(index), "a" in index) == (0, False)
        index.compact()
        index.add("a", one)
        assert [index.query(text) != () for text in (one, other)] == [True, False]


def test_containment_in_either_direction(tmp_path: Path) -> None:
    rng = random.Random(41)
    texts = [passage(rng, 400) for _ in range(30)]
    parts = [edited(rng, text[100:200], 0.01) for text in texts]
    with DuplicateIndex.open(tmp_path, Search(0.8, "document", 0.7)) as index:
        index.add_many([(f"whole {number}", text) for number, text in enumerate(texts[:20])], batch=7)
        index.add_many([(f"part {number}", text) for number, text in enumerate(parts[10:], 10)], batch=6)

        def found(asked: list[str]) -> list[list[str]]:
            return [sorted(match.id for match in matches) for matches in index.query_many(asked)]

        inside = [
            [f"whole {n}"] if n < 10 else [f"part {n}"] * (n >= 20) or [f"part {n}", f"whole {n}"] for n in range(30)
        ]
        around = [
            [f"whole {n}"] if n < 10 else [f"part {n}"] * (n >= 20) or [f"part {n}", f"whole {n}"] for n in range(30)
        ]
        assert (found(parts), found(texts)) == (inside, around)
        index.compact()
        assert (found(parts), found(texts)) == (inside, around)
        assert [match.containment >= 0.7 > match.jaccard for match in index.query(parts[0])] == [True]
    with DuplicateIndex.open(tmp_path / "plain", Search(0.8, "document")) as plain:
        plain.add("whole", texts[0])
        assert plain.query(parts[0]) == ()


def test_it_is_there_when_opened_again(tmp_path: Path) -> None:
    items = corpus(seed=34, families=10)
    with DuplicateIndex.open(tmp_path, SEARCH) as index:
        index.add_many(items)
        before = list(index.query_many(text for _, text in items))
    with DuplicateIndex.open(tmp_path) as index:
        assert index.search.threshold == 0.6
        assert list(index.query_many(text for _, text in items)) == before


def test_merging_two_gives_all_of_both(tmp_path: Path) -> None:
    items = corpus(seed=35, families=40)
    half = len(items) // 2
    changed = edited(random.Random(1), items[0][1], 0.02)
    with (
        DuplicateIndex.open(tmp_path / "one", SEARCH) as one,
        DuplicateIndex.open(tmp_path / "other", SEARCH) as other,
        DuplicateIndex.open(tmp_path / "all", SEARCH) as whole,
    ):
        one.add_many(items[:half])
        other.add_many([*items[half:], (items[0][0], changed)])
        whole.add_many([(items[0][0], changed), *items[1:]])
        one.merge(other)
        texts = [text for _, text in items]
        assert list(one.query_many(texts)) == list(whole.query_many(texts))
        assert len(one) == len(items)


@settings(max_examples=15)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.lists(st.integers(0, 6), min_size=1, max_size=4)),
            st.tuples(st.just("remove"), st.lists(st.integers(0, 6), min_size=1, max_size=3)),
            st.tuples(st.just("compact"), st.just([])),
        ),
        max_size=14,
    )
)
def test_any_history_leaves_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, list[int]]]
) -> None:
    rng = random.Random(36)
    expected: dict[str, str] = {}
    with DuplicateIndex.open(tmp_path_factory.mktemp("index"), SEARCH) as index:
        for action, names in history:
            if action == "add":
                items = [(f"id {name}", passage(rng, 40)) for name in names]
                expected.update(items)
                index.add_many(items)
            elif action == "remove":
                for name in names:
                    expected.pop(f"id {name}", None)
                index.remove(*(f"id {name}" for name in names))
            else:
                index.compact()
        assert len(index) == len(expected)
        for held, text in expected.items():
            assert [match.id for match in index.query(text, 1.0)] == [held]


def test_there_are_never_many_segments(tmp_path: Path) -> None:
    with DuplicateIndex.open(tmp_path) as index:
        rng = random.Random(37)
        for number in range(40):
            index.add(str(number), passage(rng, 30))
        assert len(list(tmp_path.glob("*/passages.duckdb"))) < 2 * module._FANOUT
        assert len(index) == 40


def test_one_writes_and_others_read(tmp_path: Path) -> None:
    rng = random.Random(38)
    one, other = passage(rng, 80), passage(rng, 80)
    writer = DuplicateIndex.open(tmp_path)
    writer.add("one", one)
    with pytest.raises(InputError, match="another process writes"):
        DuplicateIndex.open(tmp_path)
    reader = DuplicateIndex.open(tmp_path, read_only=True)
    assert [match.id for match in reader.query(one)] == ["one"]
    program = (
        "import sys\nfrom cleancorpus.neardup import DuplicateIndex\n"
        "index = DuplicateIndex.open(sys.argv[1], read_only=True)\n"
        "print([match.id for match in index.query(sys.argv[2])])\n"
    )
    outside = subprocess.run([sys.executable, "-c", program, tmp_path, one], capture_output=True, text=True, check=True)
    assert outside.stdout == "['one']\n"
    writer.add("other", other)
    writer.remove("one")
    writer.compact()
    assert (reader.query(one), [match.id for match in reader.query(other)]) == ((), ["other"])
    with pytest.raises(InputError, match="reading only"):
        reader.add("three", one)
    writer.close()
    reader.close()
    DuplicateIndex.open(tmp_path).close()


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no duplicate index"):
        DuplicateIndex.open(tmp_path, read_only=True)
    for content in ("{", "[]", '{"format": "another"}', '{"format": "cleancorpus-duplicate-index-2"}'):
        (tmp_path / "index.json").write_text(content)
        with pytest.raises(InputError):
            DuplicateIndex.open(tmp_path)
    (tmp_path / "index.json").unlink()
    with DuplicateIndex.open(tmp_path, Search(0.7)) as index:
        with pytest.raises(SettingsError):
            index.query("甲", 0.5)
        with pytest.raises(InputError, match="is a string"):
            index.add_many(["a text without an id"])
    with pytest.raises(InputError, match="other settings"):
        DuplicateIndex.open(tmp_path, Search(0.8))
    outside = '"segments": [{"name": "../x", "passages": 1, "documents": 1}]'
    text = (tmp_path / "index.json").read_text().replace('"segments": []', outside)
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(InputError, match="outside its folder"):
        DuplicateIndex.open(tmp_path)


# Adds batches and says after each that it was acknowledged; is killed at the moment named on the command line.
WRITER = """
import os, signal, sys
from cleancorpus.neardup import DuplicateIndex, Search, manifest, segments
from tests.neardup.corpus import corpus

moment, folder = int(sys.argv[1]), sys.argv[2]
passed = 0

def tick():
    global passed
    passed += 1
    if passed == moment:
        os.kill(os.getpid(), signal.SIGKILL)

def watched(function):
    def run(*arguments, **options):
        tick()
        result = function(*arguments, **options)
        tick()
        return result
    return run

# What is killed has written all it wrote: only a machine that stops needs the disk to be waited for.
manifest._synchronise = watched(lambda path: None)
manifest.publish = segments.publish = watched(manifest.publish)
items = corpus(39, 40)[:80]
with DuplicateIndex.open(folder, Search(0.8, "document", 0.8, recall=0.9)) as index:
    for first in range(0, len(items), 10):
        names = [name for name, _ in items[first:first + 10]]
        if not all(name in index for name in names):
            index.add_many(items[first:first + 10])
        print(*names, flush=True)
    index.compact()
print(passed, file=sys.stderr)
"""
POINTS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 4


def write(moment: int, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WRITER, str(moment), str(folder)]
    return subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(Path.cwd())}, capture_output=True, text=True, check=False
    )


def content(folder: Path) -> list[object]:
    """All rows of all tables, in order, and all arrays; a DuckDB file begins with an identifier made at random."""
    (database,) = folder.glob("*/passages.duckdb")
    arrays = [path.read_bytes() for path in sorted(database.parent.iterdir()) if path != database]
    assert len(arrays) == 7
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("documents", "passages")]
    return [tables, arrays]


def test_a_killed_writer_loses_nothing_acknowledged(tmp_path: Path) -> None:
    whole = write(-1, tmp_path / "whole")
    assert whole.returncode == 0, whole.stderr
    moments = int(whole.stderr)
    assert moments > 60
    expected = content(tmp_path / "whole")
    for point in range(POINTS):
        folder = tmp_path / f"killed-{point}"
        killed = write(1 + point * (moments - 1) // (POINTS - 1), folder)
        assert killed.returncode == -9
        with DuplicateIndex.open(folder, Search(0.8, "document", 0.8, recall=0.9)) as index:
            assert all(name in index for name in killed.stdout.split())
        again = write(-1, folder)
        assert again.returncode == 0, again.stderr
        assert content(folder) == expected


def test_brute_force_agrees_on_what_is_asked(tmp_path: Path) -> None:
    items = corpus(seed=40, families=50)
    asked = [(f"asked {name}", edited(random.Random(name), text, 0.02)) for name, text in items[::5]]
    with DuplicateIndex.open(tmp_path, SEARCH) as index:
        index.add_many(items)
        answers = list(index.query_many([text for _, text in asked]))
    truth = brute_force([*items, *asked], 0.6)
    found = {frozenset((name, m.id)) for (name, _), matches in zip(asked, answers, strict=True) for m in matches}
    wanted = {pair for pair in truth if sum(name.startswith("asked") for name in pair) == 1}
    assert found <= wanted
    assert len(found) >= 0.99 * len(wanted) > 30
