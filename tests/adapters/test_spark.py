"""Spark gives the results of one machine, however the rows are spread, and when a worker dies."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import cleancorpus as cc
from cleancorpus.adapters import arrow
from cleancorpus.errors import InputError, SettingsError
from tests.adapters.test_adapters import PAGES, expected, plain, table

pyspark = pytest.importorskip("pyspark", reason="the Spark extra is not installed")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java 17", allow_module_level=True)

from cleancorpus.adapters import spark as step  # noqa: E402  after the check that Spark is there

LETTERS = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Two tasks at a time, and three tries for each: local mode repeats a task only where it is told how often.
    builder = SparkSession.builder.master("local[2,3]").appName("tests")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        # Most of the time goes to starting Java and compiling plans: the quick compiler halves it.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }.items():
        builder = builder.config(key, value)
    found = builder.getOrCreate()
    yield found
    found.stop()


@pytest.mark.parametrize("work", ["clean", "tag"])
def test_cleaning_gives_the_library_s_result(session: Any, work: str) -> None:
    frame = session.createDataFrame(table()).repartition(3)
    rows = getattr(step, work)(frame, script="hans").toArrow().sort_by("year").to_pylist()
    assert [plain(row) for row in rows] == expected(work)


def corpus(seed: int, crowd: int) -> list[tuple[str, str]]:
    """Make texts of which some are edited copies of others, and ``crowd`` are nearly one text."""
    choose = random.Random(seed)
    texts = ["".join(choose.choices(LETTERS, k=choose.randint(30, 120))) for _ in range(150)]
    for source in choose.sample(texts, 60):
        edited = list(source)
        for place in choose.sample(range(len(edited)), choose.randint(0, 4)):
            edited[place] = choose.choice(LETTERS)
        texts.append("".join(edited))
    base = "".join(choose.choices(LETTERS, k=300))
    texts += [base[:-1] + choose.choice(LETTERS) + choose.choice(LETTERS) * (n % 3) for n in range(crowd)]
    choose.shuffle(texts)
    return [(f"d{number:04}", text) for number, text in enumerate(texts)]


def one_machine(items: list[tuple[str, str]], unit: str) -> tuple[list[Any], list[Any]]:
    report = cc.near_duplicates(items, threshold=0.7, unit=unit)
    pairs = [(p.left, p.right, *p.left_span, *p.right_span, round(p.jaccard, 12), p.kind) for p in report.pairs]
    drops = [(d.passage.id, *d.passage.span, d.kept.id, *d.kept.span) for d in report.drops]
    return sorted(pairs), sorted(drops)


def frame_of(session: Any, items: list[tuple[str, str]]) -> Any:
    return session.createDataFrame(pa.table({"id": [key for key, _ in items], "text": [text for _, text in items]}))


def on_spark(found: Any) -> tuple[list[Any], list[Any]]:
    names = ["left", "right", "left_start", "left_end", "right_start", "right_end"]
    pairs = [
        (*(row[name] for name in names), round(row["jaccard"], 12), row["kind"])
        for row in found.pairs.toArrow().to_pylist()
    ]
    names = ["id", "start", "end", "kept_id", "kept_start", "kept_end"]
    drops = [tuple(row[name] for name in names) for row in found.drops.toArrow().to_pylist()]
    return sorted(pairs), sorted(drops)


@pytest.mark.parametrize(("unit", "crowd"), [("document", 30), ("document", 120), ("passage", 30)])
def test_near_duplicates_are_those_of_one_machine(session: Any, unit: str, crowd: int) -> None:
    items = corpus(crowd, crowd)
    frame = frame_of(session, items)
    wanted = one_machine(items, unit)
    assert len(wanted[0]) > 30
    for partitions in (1, 4):
        found = step.near_duplicates(frame.repartition(partitions), threshold=0.7, unit=unit)
        assert on_spark(found) == wanted


def dying(frame: Any, marker: Path) -> Any:
    """Give the frame by way of a Python worker that dies once, after its first batch."""

    def die_once(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield batch
            if not marker.exists():
                marker.touch()
                os._exit(1)

    return frame.mapInArrow(die_once, frame.schema)


def test_a_worker_that_dies_changes_no_text(session: Any, tmp_path: Path) -> None:
    frame = session.createDataFrame(table()).repartition(2)
    found = step.clean(dying(frame, tmp_path / "died"), script="hans").toArrow()
    assert [plain(row) for row in found.sort_by("year").to_pylist()] == expected("clean")
    assert (tmp_path / "died").exists()


def test_a_worker_that_dies_changes_no_near_duplicates(session: Any, tmp_path: Path) -> None:
    items = corpus(5, 20)
    frame = frame_of(session, items).repartition(4)
    found = step.near_duplicates(dying(frame, tmp_path / "died"), threshold=0.7)
    assert on_spark(found) == one_machine(items, "document")
    assert (tmp_path / "died").exists()


def test_bad_input_is_refused_before_a_job_runs(session: Any) -> None:
    frame = session.createDataFrame(pa.table({"id": ["a"], "body": ["甲"]}))
    with pytest.raises(InputError, match="no column 'text'; there are id, body"):
        step.clean(frame)
    with pytest.raises(InputError, match="no column 'text'"):
        step.near_duplicates(frame)
    with pytest.raises(SettingsError, match="containment"):
        step.near_duplicates(frame, "body", containment=0.9)


def test_nulls_and_no_rows(session: Any) -> None:
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    rows = pa.table({"id": ["a", "b"], "text": ["甲", None]}, schema=schema)
    found = step.clean(session.createDataFrame(rows)).toArrow().sort_by("id").to_pylist()
    assert [row["text"] for row in found] == ["甲", None]
    assert [row["failure"] for row in found] == [None, arrow.NULL_TEXT]
    empty = session.createDataFrame(rows).where("id = 'c'")
    assert step.clean(empty).count() == 0
    nothing = step.near_duplicates(empty)
    assert nothing.pairs.count() == nothing.drops.count() == 0


def test_pages_reach_the_workers_whole(session: Any) -> None:
    long = PAGES[4] * 100_000
    rows = pa.table({"id": ["a"], "text": [long]})
    (row,) = step.clean(session.createDataFrame(rows)).toArrow().to_pylist()
    assert row["text"] == long
