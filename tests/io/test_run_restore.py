"""A run taken back: every input comes back, byte for byte, or is told to be lost."""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from cleancorpus.errors import RecordError
from cleancorpus.io.duplicates import DuplicateSearch
from cleancorpus.io.restore import restore
from cleancorpus.io.run import Job, run
from cleancorpus.settings import Settings
from tests.io.inputs import PARAGRAPH, lines, write


def test_every_input_comes_back(corpus: Path, tmp_path: Path) -> None:
    out, back = tmp_path / "out", tmp_path / "back"
    run(Job(inputs=(str(corpus),), output=out, settings=Settings(keep_source=True, script="hans")))
    for name in ("duplicates.jsonl", "report.html"):
        (out / name).unlink()
    results = {result.name: result for result in restore(out, back)}
    assert {result.state for result in results.values()} == {"exact"}
    for path in corpus.rglob("*"):
        if path.is_file():
            name, data = path.relative_to(corpus).as_posix(), path.read_bytes()
            if path.suffix == ".gz":
                name, data = name.removesuffix(".gz"), gzip.decompress(data)
            elif path.suffix == ".zst":
                # Its unpacked name is the one of the other packed file, which was there before.
                name, data = "packed~2.jsonl", pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
            assert (back / name).read_bytes() == data


def test_a_page_whose_source_was_not_kept_is_told(corpus: Path, tmp_path: Path) -> None:
    run(Job(inputs=(str(corpus / "page.html"),), output=tmp_path / "out"))
    (result,) = restore(tmp_path / "out", tmp_path / "back")
    assert result.state == "failed"
    assert "--keep-source" in result.reason
    assert not list((tmp_path / "back").rglob("*.html"))


def test_of_a_packed_file_that_breaks_off_the_part_that_was_read_comes_back(tmp_path: Path) -> None:
    rows = lines([{"text": f"{number}：{PARAGRAPH}"} for number in range(2000)])
    files = {"a.jsonl.gz": gzip.compress(rows, 0)[:-1000], "b.txt.gz": b"no gzip", "c.txt": PARAGRAPH.encode()}
    write(tmp_path / "in", files)
    run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out", duplicates=DuplicateSearch(policy="ignore")))
    results = {result.name: result for result in restore(tmp_path / "out", tmp_path / "back")}
    assert {name: result.state for name, result in results.items()} == {
        "a.jsonl.gz": "texts",
        "b.txt.gz": "failed",
        "c.txt": "exact",
    }
    part = (tmp_path / "back" / "a.jsonl").read_bytes()
    assert rows.startswith(part)
    assert len(part) > len(rows) // 2
    assert sorted(path.name for path in (tmp_path / "back").iterdir()) == ["a.jsonl", "c.txt"]


def test_random_bytes_come_back(tmp_path: Path) -> None:
    source = random.Random(20)
    sizes = (0, 1, 2, 3, 10, 100, 1000)
    data = {f"{number:04}.bin": source.randbytes(sizes[number % len(sizes)]) for number in range(1000)}
    write(tmp_path / "in", data)
    summary = run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out", settings=Settings(keep_source=True)))
    assert summary["counts"]["in"] == 1000
    results = restore(tmp_path / "out", tmp_path / "back")
    assert {result.state for result in results} == {"exact"}
    assert all((tmp_path / "back" / name).read_bytes() == content for name, content in data.items())


def test_random_lines_come_back(tmp_path: Path) -> None:
    source = random.Random(21)
    data = b"".join(source.randbytes(source.randrange(40)) + b"\n" for _ in range(300))
    write(tmp_path / "in", {"a.jsonl": data})
    summary = run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out"))
    assert summary["counts"]["kept"] == 0
    assert [result.state for result in restore(tmp_path / "out", tmp_path / "back")] == ["exact"]


def test_names_in_the_record_do_not_lead_out(corpus: Path, tmp_path: Path) -> None:
    run(Job(inputs=(str(corpus / "a.txt"),), output=tmp_path / "out"))
    summary = (tmp_path / "out" / "run.json").read_text(encoding="utf-8")
    (tmp_path / "out" / "run.json").write_text(summary.replace('"a.txt"', '"../../a.txt"'), encoding="utf-8")
    with pytest.raises(RecordError, match="does not list"):
        restore(tmp_path / "out", tmp_path / "back")
    assert not list(tmp_path.glob("a.txt"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("我们", "他们", 1), "is not what was read"),
        (lambda text: text[:0], "should follow"),
        (lambda text: text.replace('"id": "a.txt"', '"id": "b.txt"'), "should follow"),
        (lambda text: text[:20], "cannot be read"),
    ],
)
def test_a_changed_text_is_not_taken_for_the_record_s(change: Any, message: str, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(Job(inputs=(str(corpus / "a.txt"),), output=out))
    (out / "clean.jsonl").write_text(change((out / "clean.jsonl").read_text(encoding="utf-8")), encoding="utf-8")
    try:
        (result,) = restore(out, tmp_path / "back")
        told = result.reason
        assert result.state == "failed"
    except RecordError as error:
        told = str(error)
    assert message in told
    assert not list((tmp_path / "back").rglob("*.txt"))


def test_the_seeds_come_back_in_any_encoding(shared_eval: Path, tmp_path: Path) -> None:
    files: dict[str, bytes] = {}
    for path in sorted((shared_eval / "seeds").glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        files[path.name] = path.read_bytes()
        files[f"gb/{path.name}"] = text.encode("gb18030")
        files[f"big5/{path.name}"] = text.encode("big5", "ignore")
        files[f"utf16/{path.name}"] = text.encode("utf-16-le")
    write(tmp_path / "in", files)
    run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out", settings=Settings(script="hans")))
    assert {result.state for result in restore(tmp_path / "out", tmp_path / "back")} == {"exact"}
    assert all((tmp_path / "back" / name).read_bytes() == data for name, data in files.items())
