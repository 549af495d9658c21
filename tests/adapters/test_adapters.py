"""Every adapter gives, on the same documents, exactly the library's result."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

import cleancorpus as cc
from cleancorpus import adapters
from cleancorpus.adapters import arrow
from cleancorpus.cleaner import BATCH_CHARACTERS
from cleancorpus.errors import InputError, MissingDependency, SettingsError

PAGES = [
    "当前位置:首页 > 新闻中心 > 正文\n市民公园今日开放\n发布时间:2021-05-03 来源:市政府网\n"
    "市民公园今日正式向公众开放，首日接待游客三千余人。\n责任编辑:王小明\n上一篇:没有了\n下一篇:没有了\n京ICP备00000000号-3",
    "經(jīng)濟發(fā)展需要更多的網(wǎng)絡(luò )建設。",
    "",
    "锟斤拷锟斤拷，这里的文字已经没有了。",
    "普通的一段文字，没有什么问题。",
    "ascii only",
]
IDS = [f"page-{number}" for number in range(len(PAGES))]
OPTIONS: dict[str, Any] = {"script": "hans"}


def table() -> pa.Table:
    return pa.table({"id": IDS, "text": PAGES, "year": list(range(len(PAGES)))})


def by_arrow(work: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = getattr(arrow, work)(table(), **OPTIONS).to_pylist()
    return rows


def by_record_batches(work: str) -> list[dict[str, Any]]:
    batches = [batch for start in range(0, len(PAGES), 2) for batch in table().slice(start, 2).to_batches()]
    return [row for batch in batches for row in getattr(arrow, work)(batch, **OPTIONS).to_pylist()]


def by_polars(work: str) -> list[dict[str, Any]]:
    pl = pytest.importorskip("polars")
    from cleancorpus.adapters import polars as step

    frame = pl.from_arrow(table())
    rows: list[dict[str, Any]] = getattr(step, work)(frame, **OPTIONS).to_dicts()
    streamed = getattr(step, work)(frame.lazy(), **OPTIONS).collect(engine="streaming").to_dicts()
    assert streamed == rows
    return rows


def by_datasets(work: str) -> list[dict[str, Any]]:
    datasets = pytest.importorskip("datasets")
    from cleancorpus.adapters import datasets as step

    dataset = datasets.Dataset.from_dict({"id": IDS, "text": PAGES, "year": list(range(len(PAGES)))})
    found = getattr(step, work)(dataset, **OPTIONS)
    again = getattr(step, work)(dataset, **OPTIONS)
    assert found._fingerprint == again._fingerprint
    rows: list[dict[str, Any]] = found.to_list()
    streamed = getattr(step, work)(dataset.to_iterable_dataset(), **OPTIONS)
    assert [row["text"] for row in streamed] == [row["text"] for row in rows]
    return rows


def by_duckdb(work: str) -> list[dict[str, Any]]:
    duckdb = pytest.importorskip("duckdb")
    from cleancorpus.adapters import duckdb as step

    connection = duckdb.connect()
    connection.register("pages", table())
    step.clean(connection, "clean_zh", **OPTIONS)
    step.tag(connection, "tag_zh", **OPTIONS)
    text = "clean_zh(text)" if work == "clean" else "text"
    rows = connection.sql(f"SELECT id, {text} AS text, year, tag_zh(text) AS found FROM pages ORDER BY year")
    return [{"id": key, "text": text, "year": year, **found} for key, text, year, found in rows.fetchall()]


def rows_of(way: str, data: pa.Table) -> list[dict[str, Any]]:
    """Clean a table with a text column by one of the frameworks."""
    if way == "arrow":
        return list(arrow.clean(data).to_pylist())
    if way == "datasets":
        datasets = pytest.importorskip("datasets")
        from cleancorpus.adapters import datasets as mapped

        return list(mapped.clean(datasets.Dataset(data)).to_list())
    if way == "duckdb":
        duckdb = pytest.importorskip("duckdb")
        from cleancorpus.adapters import duckdb as functions

        connection = duckdb.connect()
        connection.register("pages", data)
        functions.clean(connection)
        functions.tag(connection)
        found = connection.sql("SELECT clean_zh(p.text) AS text, unnest(tag_zh(p.text)) FROM pages p").to_arrow_table()
        return list(found.to_pylist())
    pl = pytest.importorskip("polars")
    from cleancorpus.adapters import polars as framed

    frame = pl.DataFrame(pl.from_arrow(data))
    return list(
        (framed.clean(frame.lazy()).collect(engine="streaming") if "lazy" in way else framed.clean(frame)).to_dicts()
    )


FRAMEWORKS = ["arrow", "polars", "polars lazy", "datasets", "duckdb"]


@pytest.mark.parametrize("way", FRAMEWORKS)
def test_a_null_is_told_and_the_rest_is_done(way: str) -> None:
    rows = rows_of(way, pa.table({"text": ["甲", None, "丙"]}))
    assert [row["text"] for row in rows] == ["甲", None, "丙"]
    assert [row["failure"] for row in rows] == [None, arrow.NULL_TEXT, None]


@pytest.mark.parametrize("way", FRAMEWORKS)
def test_no_rows_give_no_rows(way: str) -> None:
    assert rows_of(way, pa.table({"text": pa.array([], pa.string())})) == []


@pytest.mark.parametrize("way", ["arrow", "polars", "datasets"])
def test_no_rows_have_all_columns(way: str) -> None:
    data = pa.table({"id": pa.array([], pa.int64()), "text": pa.array([], pa.string())})
    names = set(arrow.clean(data).schema.names)
    assert names == {"id", *(field.name for field in arrow.RESULT)}
    if way == "polars":
        pl = pytest.importorskip("polars")
        from cleancorpus.adapters import polars as framed

        assert set(framed.clean(pl.from_arrow(data)).columns) == names
    elif way == "datasets":
        datasets = pytest.importorskip("datasets")
        from cleancorpus.adapters import datasets as mapped

        assert set(mapped.clean(datasets.Dataset(data)).column_names) == names


@pytest.mark.parametrize("way", FRAMEWORKS)
@pytest.mark.parametrize("rows", [0, 2])
def test_a_missing_column_is_named(way: str, rows: int) -> None:
    error: type[Exception] = InputError
    message = "no column 'text'; there are body"
    if way == "duckdb":
        import duckdb

        error, message = duckdb.BinderException, '"text"'
    with pytest.raises(error, match=message):
        rows_of(way, pa.table({"body": pa.array(["甲"] * rows, pa.string())}))


@pytest.mark.parametrize("kind", ["Categorical", "Enum"])
@pytest.mark.parametrize("lazy", [False, True])
def test_polars_texts_by_category_are_cleaned(kind: str, lazy: bool) -> None:
    pl = pytest.importorskip("polars")
    from cleancorpus.adapters import polars as framed

    texts = [PAGES[1], None, PAGES[1]]
    dtype = pl.Categorical if kind == "Categorical" else pl.Enum([PAGES[1]])
    frame = pl.DataFrame({"text": texts}, schema={"text": dtype})
    found = (
        framed.clean(frame.lazy(), script="hans").collect(engine="streaming")
        if lazy
        else framed.clean(frame, script="hans")
    )
    clean = cc.clean(PAGES[1], script="hans").text
    assert found["text"].to_list() == [clean, None, clean]


WAYS: dict[str, Callable[[str], list[dict[str, Any]]]] = {
    "arrow": by_arrow,
    "record batches": by_record_batches,
    "polars": by_polars,
    "datasets": by_datasets,
    "duckdb": by_duckdb,
}


def expected(work: str) -> list[dict[str, Any]]:
    rows = []
    for year, (key, page) in enumerate(zip(IDS, PAGES, strict=True)):
        document = cc.clean((key, page), **OPTIONS)
        rows.append(
            {
                "id": key,
                "text": document.text if work == "clean" else page,
                "year": year,
                "script": document.script,
                "edits": [
                    (edit.stage, edit.rule, edit.start, edit.end, edit.before, edit.after) for edit in document.edits
                ],
                "flags": [tuple(flag) for flag in document.flags],
                "metadata": list(document.metadata.items()),
                "failure": None,
            }
        )
    return rows


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row with its lists of structs as the library's own tuples."""
    names = ("stage", "rule", "start", "end", "before", "after")
    edits = [tuple(edit[name] for name in names) for edit in row["edits"]]
    flags = [tuple(flag[name] for name in ("start", "end", "rule", "reason", "score")) for flag in row["flags"]]
    metadata = [(entry["key"], entry["value"]) for entry in row["metadata"]]
    return row | {"edits": edits, "flags": flags, "metadata": metadata}


@pytest.mark.parametrize("work", ["clean", "tag"])
@pytest.mark.parametrize("way", WAYS)
def test_every_adapter_gives_the_library_s_result(way: str, work: str) -> None:
    rows = [plain(row) for row in WAYS[way](work)]
    assert rows == expected(work)
    assert any(row["edits"] for row in rows)
    assert any(row["flags"] for row in rows)
    assert any(row["metadata"] for row in rows)


@pytest.mark.parametrize(
    "texts",
    [
        pa.array(["甲", None]),
        pa.array(["甲", None], pa.large_string()),
        pa.array(["甲", None], pa.string_view()),
        pa.array(["甲", None]).dictionary_encode(),
        pa.chunked_array([["甲"], [None]]),
    ],
)
def test_texts_of_every_arrow_type_are_cleaned(texts: pa.Array) -> None:
    rows = arrow.clean(pa.table({"text": texts})).to_pylist()
    assert [(row["text"], row["failure"]) for row in rows] == [("甲", None), (None, arrow.NULL_TEXT)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pa.table({"body": ["甲"]}), "no column 'text'; there are body"),
        (pa.table({"text": [1]}), "holds int64, not texts"),
        (pa.table({"text": ["甲"], "flags": [1]}), "column 'flags' is there already"),
        (["甲"], "a record batch or table is cleaned here, not list"),
        (pa.array(["甲"]), "not StringArray; clean_many of cleancorpus takes texts"),
    ],
)
def test_what_does_not_fit_is_refused(data: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        arrow.clean(data)


def test_a_text_longer_than_a_batch_stands_alone() -> None:
    long = "\n".join([PAGES[4]] * 60_000)
    assert len(long) > 3 * BATCH_CHARACTERS
    rows = arrow.clean(pa.table({"text": [PAGES[1], long, PAGES[1]]}), script="hans").to_pylist()
    assert [row["text"] for row in rows] == [cc.clean(page, script="hans").text for page in (PAGES[1], long, PAGES[1])]


def test_a_cleaner_and_options_are_refused_together() -> None:
    with pytest.raises(SettingsError, match="not both"):
        arrow.clean(table(), cleaner=cc.Cleaner(), script="hans")


def test_near_duplicates_of_a_table() -> None:
    text = "这是一段足够长的文字，用来说明两份几乎一样的文档会被找出来，并且说出它们有多像。" * 3
    data = pa.table({"id": ["a", "b", "c"], "text": [text, "别的内容。" * 9, text + "完"]})
    (pair,) = arrow.near_duplicates(data).to_pylist()
    assert {pair["left"], pair["right"]} == {"a", "c"}
    assert pair["jaccard"] > 0.9


@pytest.mark.parametrize(
    ("name", "package"),
    [("polars", "polars"), ("datasets", "datasets"), ("datatrove", "datatrove"), ("spark", "pyspark")],
)
def test_an_adapter_without_its_framework_names_the_extra(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = f"cleancorpus.adapters.{name}"
    for loaded in [
        module for module in sys.modules if module == ours or module.startswith((f"{package}.", f"{ours}."))
    ]:
        monkeypatch.delitem(sys.modules, loaded)
    if name in vars(adapters):  # not hasattr, which imports it
        monkeypatch.delattr(adapters, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependency, match=rf"pip install 'cleancorpus\[{name}\]'"):
        __import__("cleancorpus.adapters", fromlist=[name])
