"""Reading: all formats, lazily; whatever is wrong is told with its place, and the rest is read."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import sys
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.errors import InputWarning, SettingsError
from cleancorpus.io.entries import Entry, Frame, Keys
from cleancorpus.io.readers import Reading
from cleancorpus.io.sources import find_sources
from tests.strategies import texts


def read(*inputs: Path | str, **keys: str) -> list[Entry]:
    return list(Reading(find_sources([str(name) for name in inputs]), Keys(**keys)))


def failures(entries: list[Entry]) -> list[str]:
    return [entry.failure.reason for entry in entries if entry.failure is not None]


def lines(*rows: Any) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


# -- rows that are read as text -----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [lines({"text": "a"}, {"text": "b"}), b'\xef\xbb\xbf{"text": 1}', b'{"a":\n{}\n{}'])
def test_rows_under_a_name_that_says_text_are_read_as_one_text_with_a_hint(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    path.write_bytes(data)
    if b"text" in data:
        with pytest.warns(InputWarning, match=r"rows\.txt: the first line is a JSON object.*jsonl"):
            assert [entry.data for entry in read(path)] == [data]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(Reading(find_sources([str(path)], format="text")))) == 1
        assert len(list(Reading(find_sources([str(path)], format="jsonl")))) == data.count(b"\n") + (data[-1:] != b"\n")


def test_rows_without_a_text_tell_which_keys_they_have(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({"title": "a", "body": "b"}, {}, {f"k{n}": n for n in range(20)}))
    first, second, third = failures(read(path))
    assert first.endswith("name its key with --text-key (it has title, body)")
    assert second.endswith("--text-key (it has none)")
    assert third.endswith("(it has k0, k1, k2, k3, k4, k5, k6, k7, …)")


def test_standard_input_may_be_closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    monkeypatch.setattr(sys, "stdin", None)
    entries = read("-", tmp_path / "a.txt")
    assert failures(entries) == ["-: it is closed"]
    assert [entry.data for entry in entries] == [None, b"a"]


def test_what_takes_a_package_that_is_missing_does_not_stop_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
    (tmp_path / "a.warc").write_bytes(b"WARC/1.0")
    (tmp_path / "b.txt").write_text("b")
    entries = read(tmp_path)
    assert failures(entries) == [f"{tmp_path}/a.warc: reading WARC takes fastwarc: pip install 'cleancorpus[warc]'"]
    assert entries[-1].data == b"b"


# -- what is found ----------------------------------------------------------------------------------------------


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/10.txt", "a.txt", "B.txt", ".hidden", ".git/x", "gold.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert [entry.id for entry in read(tmp_path)] == ["B.txt", "a.txt", "b/10.txt", "b/2.txt"]
    assert [entry.id for entry in read(tmp_path / "gold.json")] == ["gold.json"]


def test_globs_files_and_folders_get_names_of_their_own(tmp_path: Path) -> None:
    for name in ("x/a.txt", "y/a.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x")
    inputs = [tmp_path / "x", tmp_path / "y", tmp_path / "x" / "a.txt", tmp_path / "*" / "a.txt"]
    assert [entry.id for entry in read(*inputs)] == ["a.txt", "a~2.txt", "a~3.txt", "x/a.txt", "y/a.txt"]


def test_folders_that_a_glob_matches_are_read(tmp_path: Path) -> None:
    for name in ("x/in/a.txt", "y/in/b.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [entry.id for entry in read(tmp_path / "*" / "in")] == ["x/in/a.txt", "y/in/b.txt"]
    assert [entry.id for entry in read(tmp_path / "*")] == ["c.txt", "x/in/a.txt", "y/in/b.txt"]
    assert [entry.id for entry in read(tmp_path / "**")] == ["c.txt", "x/in/a.txt", "y/in/b.txt"]


def test_the_output_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "clean.jsonl").write_text("{}")
    found = find_sources([str(tmp_path)], leave_out=tmp_path / "out")
    assert [source.name for source in found] == ["a.txt"]


def test_pages_in_a_folder_of_the_output_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pages" / "news").mkdir(parents=True)
    (tmp_path / "pages" / "news" / "a.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    for named in ("pages", "pages/*", "pages/**/*.txt"):
        found = find_sources([named], leave_out=Path())
        assert [source.name for source in found] == ["news/a.txt"]


def test_an_input_is_not_left_out(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("x")
    with pytest.raises(SettingsError, match="is an input"):
        list(find_sources([f"{tmp_path}/"], leave_out=tmp_path))


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("文".encode("gb18030"))))
    (entry,) = read("-", "-")
    assert (entry.id, entry.data, entry.where) == ("stdin", "文".encode("gb18030"), "-")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(SettingsError, match="xml"):
        list(find_sources(["-"], format="xml"))  # type: ignore[arg-type]  # what a caller without types may do


# -- what is wrong with files -----------------------------------------------------------------------------------


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    found = failures(read(tmp_path / "no.txt", tmp_path / "*.none", tmp_path / "empty"))
    assert found == [
        f"{tmp_path}/no.txt: there is no such file or folder",
        f"{tmp_path}/*.none: nothing matches it",
        f"{tmp_path}/empty: there are no files in it",
    ]
    assert failures(read(tmp_path)) == [f"{tmp_path}/link: the link leads nowhere"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permission_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.txt").chmod(0)
    assert failures(read(tmp_path)) == [f"{tmp_path}/a.txt: permission denied"]


def test_no_permission_is_told_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/1.txt", "b/2.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    scandir, opened = os.scandir, Path.open

    def scan(path: Any) -> Any:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    def open_(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.name == "c.txt":
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *args, **kwargs)

    monkeypatch.setattr(os, "scandir", scan)
    monkeypatch.setattr(Path, "open", open_)
    found = read(tmp_path)
    assert failures(found) == [f"{tmp_path}/a: permission denied", f"{tmp_path}/c.txt: permission denied"]
    assert [entry.id for entry in found if entry.failure is None] == ["b/2.txt"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "a.txt: the file is empty"),
        ("a.jsonl", b"", "a.jsonl: there is no line in it"),
        ("a.jsonl", b" \n\n", "a.jsonl: there is no line in it"),
        (
            "a.txt.gz",
            gzip.compress(b"x" * 5000, mtime=0)[:20],
            "a.txt.gz: it is damaged, or no gzip data (",
        ),
        (
            "a.txt.gz",
            b"rubbish",
            "a.txt.gz: it is damaged, or no gzip data (",
        ),
        (
            "a.jsonl.zst",
            b"rubbish",
            "a.jsonl.zst: it is damaged, or no zstd data (",
        ),
        ("a.parquet", b"rubbish", "a.parquet: it cannot be read as Parquet: "),
        ("a.parquet", b"", "a.parquet: it cannot be read as Parquet: "),
        ("a.jsonl", b"not json\n", "a.jsonl:1: the line is not JSON: Expecting value at character 1"),
        ("a.jsonl", b'\n{"text": "x"\n', "a.jsonl:2: the line is not JSON: "),
        ("a.jsonl", b'{"text": "\n', "a.jsonl:1: the line is not JSON: Invalid control character at character 11"),
        ("a.jsonl", b"[1]\n", "a.jsonl:1: the line is JSON, but not an object with keys"),
        ("a.jsonl", b'{"a": 1}\n', "a.jsonl:1: there is no text under 'text', 'content', 'raw_content'; "),
        ("a.jsonl", b'{"text": null}\n', "a.jsonl:1: 'text' is null"),
        ("a.jsonl", b'{"text": [1]}\n', "a.jsonl:1: 'text' is no text but list"),
        ("a.jsonl", b'{"text": "\xff"}\n', "a.jsonl:1: the line is not UTF-8 at byte 11"),
        ("a.jsonl", b"[" * 100_000, "a.jsonl:1: the line is not JSON that can be read: "),
    ],
)
def test_bad_files_are_told_with_their_place(name: str, data: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    (found,) = failures(read(tmp_path / name))
    assert found.lower().startswith(f"{tmp_path}/{reason}".lower())


def test_the_lines_around_a_bad_one_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({"text": "一"}) + b"bad\n" + lines({"text": "二"}))
    found = read(path)
    assert [entry.data for entry in found if entry.failure is None] == ["一", "二"]
    assert [entry.id for entry in found] == ["a.jsonl#1", "a.jsonl#2", "a.jsonl#3"]


def test_what_stands_before_the_break_of_a_packed_file_is_read(tmp_path: Path) -> None:
    whole = lines(*({"text": f"{number} {os.urandom(40).hex()}"} for number in range(20_000)))
    for name, packed in (
        ("a.jsonl.gz", gzip.compress(whole, mtime=0)),
        ("a.jsonl.zst", pa.compress(whole, "zstd", asbytes=True)),
        ("a.jsonl.bz2", bz2.compress(whole)),
    ):
        (tmp_path / name).write_bytes(packed[: len(packed) // 2])
        found = read(tmp_path / name)
        good = [entry for entry in found if entry.failure is None]
        assert 5_000 < len(good) < 15_000
        assert [str(entry.data).split()[0] for entry in good] == [str(number) for number in range(len(good))]
        (failure,) = failures(found)
        assert failure.startswith(f"{tmp_path}/{name}: after line {len(good)}: it is damaged, or no ")


def test_of_a_small_packed_file_that_breaks_off_little_is_lost(tmp_path: Path) -> None:
    whole = lines(*({"text": f"{number} {os.urandom(40).hex()}"} for number in range(2_000)))
    cut = gzip.compress(whole, mtime=0)[:-20_000]
    (tmp_path / "a.jsonl.gz").write_bytes(cut)
    readable = zlib.decompressobj(wbits=31).decompress(cut)
    good = [entry for entry in read(tmp_path / "a.jsonl.gz") if entry.failure is None]
    assert len(good) > (len(readable) - 20_000) // len(lines({"text": f"1000 {os.urandom(40).hex()}"})) > 1000


def test_packed_files_of_several_members_are_read_to_the_end(tmp_path: Path) -> None:
    halves = [lines({"text": f"{number}"} | {"n": number}) for number in (1, 2)]
    for name, pack in (("a.jsonl.gz", gzip.compress), ("a.jsonl.bz2", bz2.compress)):
        (tmp_path / name).write_bytes(b"".join(map(pack, halves)))
        assert [entry.data for entry in read(tmp_path / name)] == ["1", "2"]


# -- rows -------------------------------------------------------------------------------------------------------


def test_keys(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({"body": "文", "key": 7, "id": "x", "text": "t", "url": "https://a.example/"}))
    (found,) = read(path)
    assert (found.id, found.data, found.fields["body"], found.item.url) == ("x", "t", "文", "https://a.example/")
    (found,) = read(path, text="body", id="key")
    assert (found.id, found.data, found.fields["text"]) == ("7", "文", "t")
    assert failures(read(path, text="other")) == [
        f"{path}:1: there is no text under 'other'; name its key with --text-key (it has body, key, id, text, url)"
    ]


def test_numbers_that_json_does_not_have_are_null(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "x", "score": NaN}\n')
    (found,) = read(path)
    assert found.fields == {"score": None}


def test_parquet_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"raw_content": ["一", None, "二"], "id": [1, 2, None], "tags": [["a"], [], None]})
    pq.write_table(table, path, row_group_size=2)
    found = read(path)
    assert [(entry.id, entry.data) for entry in found] == [("1", "一"), ("2", None), ("a.parquet#3", "二")]
    assert found[0].fields == {"tags": ["a"]}
    assert failures(found) == [f"{path}:2: 'raw_content' is null"]


def test_parquet_of_bytes_is_decoded_later(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [b"\xce\xc4"]}), path)
    (found,) = read(path)
    assert found.data == b"\xce\xc4"


def test_parquet_without_the_column(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"other": ["x"]}), path)
    (found,) = failures(read(path))
    assert found.startswith(f"{path}: there is no text under 'text'")
    assert found.endswith("(it has other)")


# -- laziness and giving back -----------------------------------------------------------------------------------


def test_reading_is_lazy(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(*({"text": "文" * 1000} for _ in range(2000))))
    reading = Reading(find_sources([str(path), str(tmp_path / "b.jsonl")]))
    entries: Iterator[Entry] = iter(reading)
    next(entries)
    assert 0 < reading.bytes_read < path.stat().st_size / 4
    assert reading.digests == {}


@given(st.lists(st.tuples(texts, st.booleans(), st.sampled_from([b"\n", b"\r\n", b"\n\n \n"])), min_size=1, max_size=5))
def test_a_line_is_its_frame_and_its_text(rows: list[tuple[str, bool, bytes]]) -> None:
    for text, ascii_only, end in rows:
        line = json.dumps({"id": 1, "text": text}, ensure_ascii=ascii_only).encode("utf-8", "backslashreplace") + end
        frame = Frame.around(text, line)
        if frame is not None:
            assert frame.line(text) == line
        assert frame is not None or any("\ud800" <= character <= "\udfff" for character in text)
