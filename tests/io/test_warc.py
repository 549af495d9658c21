"""WARC and WET files: pages with their url, date and charset; damage is told and passed."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cleancorpus.io.entries import Entry
from cleancorpus.io.readers import Reading
from cleancorpus.io.restore import restore
from cleancorpus.io.run import Job, run
from cleancorpus.io.sources import find_sources
from cleancorpus.settings import Settings

warc = pytest.importorskip("fastwarc.warc", reason="the warc extra is not installed")

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=GB18030\r\n"
TEXT = "市民公园今日正式向公众开放，首日接待游客三千余人。"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 9
HTML = f"<!DOCTYPE html><html><head><title>公园</title></head><body><p>{TEXT}</p></body></html>"


def record(body: bytes, url: str | None = "http://news.example.cn/1", http: bytes | None = PLAIN) -> bytes:
    """Write one record: the answer to a request, or without ``http`` a converted text."""
    kind = warc.WarcRecordType.conversion if http is None else warc.WarcRecordType.response
    made = warc.WarcRecord()
    made.init_headers(kind)
    made.headers["WARC-Date"] = "2021-05-03T08:00:00Z"
    if url is not None:
        made.headers["WARC-Target-URI"] = url
    if http is None:
        made.headers["Content-Type"] = "text/plain"
        made.set_bytes_content(body)
    else:
        made.headers["Content-Type"] = "application/http; msgtype=response"
        made.set_bytes_content(http + b"\r\n" + body)
    stream = io.BytesIO()
    made.write(stream)
    return stream.getvalue()


def request() -> bytes:
    made = warc.WarcRecord()
    made.init_headers(warc.WarcRecordType.request)
    made.set_bytes_content(b"GET / HTTP/1.1\r\n\r\n")
    stream = io.BytesIO()
    made.write(stream)
    return stream.getvalue()


def plain(records: list[bytes]) -> bytes:
    return b"".join(records)


def packed(records: list[bytes]) -> bytes:
    return b"".join(map(gzip.compress, records))


def read(path: Path) -> list[Entry]:
    return list(Reading(find_sources([str(path)])))


WAYS = [("pages.warc", plain), ("pages.warc.gz", packed)]


@pytest.mark.parametrize(("name", "pack"), WAYS)
def test_a_page_comes_with_url_date_charset_and_offset(
    tmp_path: Path, name: str, pack: Callable[[list[bytes]], bytes]
) -> None:
    records = [request(), record(TEXT.encode("gb18030")), record(HTML.encode(), http=b"HTTP/1.1 200 OK\r\n")]
    (tmp_path / name).write_bytes(pack(records))
    first, second = read(tmp_path / name)
    assert first.item.declared == "gb18030"
    assert first.item.url == "http://news.example.cn/1"
    assert first.fields["date"] == "2021-05-03T08:00:00Z"
    assert first.id.startswith("urn:uuid:")
    assert first.data == TEXT.encode("gb18030")
    assert second.item.declared is None
    assert [first.place, second.place] == [len(pack(records[:1])), len(pack(records[:2]))]


@pytest.mark.parametrize("name", ["a.wet", "a.warc.wet", "a.warc.wet.gz"])
def test_converted_texts_are_read(tmp_path: Path, name: str) -> None:
    data = record(TEXT.encode(), http=None)
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    (entry,) = read(tmp_path / name)
    assert (entry.data, entry.item.url, entry.failure) == (TEXT.encode(), "http://news.example.cn/1", None)


def test_a_record_without_an_id_is_called_by_its_url_or_else_by_its_place(tmp_path: Path) -> None:
    records = [record(b"a"), record(b"a", url=None)]
    nameless = [b"\r\n".join(line for line in one.split(b"\r\n") if b"Record-ID" not in line) for one in records]
    (tmp_path / "a.warc").write_bytes(plain(nameless))
    assert [entry.id for entry in read(tmp_path / "a.warc")] == [
        "http://news.example.cn/1",
        f"a.warc#{len(nameless[0])}",
    ]


BODY = HTML.encode("gb18030")
ZIPPED = gzip.compress(BODY, mtime=0)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Content-Encoding: gzip\r\n", ZIPPED),
        (b"Transfer-Encoding: chunked\r\n", b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)),
        (
            b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n",
            b"%x\r\n%b\r\n0\r\n\r\n" % (len(ZIPPED), ZIPPED),
        ),
        # Crawlers that unpack bodies often leave the headers as they were.
        (b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", BODY),
        (b"Content-Encoding: br\r\n", BODY),
        (b"Content-Encoding: utf-8\r\n", BODY),
    ],
)
def test_the_codings_of_http_are_undone(tmp_path: Path, headers: bytes, body: bytes) -> None:
    (tmp_path / "a.warc").write_bytes(record(body, http=b"HTTP/1.1 200 OK\r\n" + headers))
    (entry,) = read(tmp_path / "a.warc")
    assert (entry.data, entry.failure) == (BODY, None)


def test_a_coding_that_breaks_off_is_a_failure_with_its_bytes(tmp_path: Path) -> None:
    # What deflates badly, so that the stream has begun where it is cut.
    packed_body = gzip.compress(bytes(range(256)) * 40 + BODY * 200)
    (tmp_path / "a.warc").write_bytes(record(packed_body[:-40], http=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"))
    (entry,) = read(tmp_path / "a.warc")
    assert entry.failure is not None
    assert f"{tmp_path / 'a.warc'}:0: the body cannot be unpacked" in entry.failure.reason
    assert entry.data == packed_body[:-40]


def test_redirects_hold_no_page_and_empty_bodies_are_told(tmp_path: Path) -> None:
    moved = record(b"", http=b"HTTP/1.1 301 Moved\r\nLocation: /2\r\n")
    (tmp_path / "a.warc").write_bytes(plain([moved, record(b"")]))
    (entry,) = read(tmp_path / "a.warc")
    assert entry.failure is not None
    assert entry.failure.reason.endswith(f"a.warc:{len(moved)}: the body is empty")


def test_behind_a_damaged_record_reading_goes_on(tmp_path: Path) -> None:
    records = [record(TEXT.encode() * n) for n in (1, 2, 3)]
    (tmp_path / "a.warc").write_bytes(plain([records[0], b"X" * 8 + records[1][8:], records[2]]))
    first, bad, last = read(tmp_path / "a.warc")
    assert (first.data, last.data) == (TEXT.encode(), TEXT.encode() * 3)
    assert bad.failure is not None
    assert bad.failure.reason.startswith(f"{tmp_path / 'a.warc'}: bytes 1 to {len(plain(records[:2]))}: no record")


@pytest.mark.parametrize("place", [0, 12, 60, -30, -1])
def test_behind_a_damaged_member_reading_goes_on(tmp_path: Path, place: int) -> None:
    members = [gzip.compress(record((TEXT * n).encode())) for n in (3, 2, 1)]
    damaged = bytearray(members[1])
    damaged[place] ^= 0xFF
    (tmp_path / "a.warc.gz").write_bytes(members[0] + bytes(damaged) + members[2])
    entries = read(tmp_path / "a.warc.gz")
    assert (entries[0].data, entries[-1].data) == ((TEXT * 3).encode(), TEXT.encode())
    (failure,) = [entry.failure for entry in entries[1:-1]]
    assert failure is not None
    at = 1 if place == 0 else len(members[0])
    assert failure.reason.startswith(f"{tmp_path / 'a.warc.gz'}: bytes {at} to {len(members[0] + members[1])}: ")


@pytest.mark.parametrize(("name", "pack"), WAYS)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_a_file_that_is_cut_off_says_so(
    tmp_path: Path, name: str, pack: Callable[[list[bytes]], bytes], share: float
) -> None:
    records = [record(TEXT.encode()), record(TEXT.encode() * 9)]
    whole, first = pack(records), pack(records[:1])
    (tmp_path / name).write_bytes(whole[: len(first) + int(share * (len(whole) - len(first)))])
    good, bad = read(tmp_path / name)
    assert good.data == TEXT.encode()
    assert good.failure is None
    assert bad.failure is not None


@pytest.mark.parametrize(("data", "message"), [(b"", "there is no record"), (b"rubbish " * 100, "no record can be")])
def test_what_is_no_warc_fails_once(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.warc").write_bytes(data)
    (entry,) = read(tmp_path / "a.warc")
    assert entry.failure is not None
    assert message in entry.failure.reason


def damaged_run(tmp_path: Path, **settings: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    records = [record(TEXT.encode("gb18030")), record(HTML.encode("gb18030")), record(PICTURE)]
    (tmp_path / "in.warc.gz").write_bytes(packed(records) + b"\x1f\x8b\x08rubbish")
    job = Job(inputs=(str(tmp_path / "in.warc.gz"),), output=tmp_path / "out", settings=Settings(**settings))
    told = run(job)
    lines = (tmp_path / "out" / "clean.jsonl").read_text(encoding="utf-8").splitlines()
    return told, [json.loads(line) for line in lines]


def test_a_run_reads_pages_and_counts_what_failed(tmp_path: Path) -> None:
    told, rows = damaged_run(tmp_path)
    assert [row["text"].strip().splitlines()[-1] for row in rows] == [TEXT, TEXT]
    assert {(row["url"], row["date"]) for row in rows} == {("http://news.example.cn/1", "2021-05-03T08:00:00Z")}
    counts = told["counts"]
    assert (counts["in"], counts["kept"], counts["dropped"], counts["failed"]) == (4, 2, 0, 2)


def test_restore_gives_the_bodies_back_where_html_was_kept(tmp_path: Path) -> None:
    damaged_run(tmp_path, keep_source=True)
    (done,) = restore(tmp_path / "out", tmp_path / "back")
    assert (done.state, done.reason) == ("texts", "of a warc file the texts and ids are given back")
    table = pq.read_table(tmp_path / "back" / "in.warc.parquet")
    assert table["text"].to_pylist() == [TEXT.encode("gb18030"), HTML.encode("gb18030"), PICTURE]


def test_restore_says_which_bodies_were_not_kept(tmp_path: Path) -> None:
    damaged_run(tmp_path)
    (done,) = restore(tmp_path / "out", tmp_path / "back")
    assert "but for 1: it is an HTML page whose source was not kept" in done.reason
    assert pq.read_table(tmp_path / "back" / "in.warc.parquet")["text"].to_pylist()[1] is None
