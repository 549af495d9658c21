"""The main job from end to end: what comes out, that it is the same each time, and that it can be taken back."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cleancorpus as cc
from cleancorpus.cleaner import Cleaner
from cleancorpus.document import Item
from cleancorpus.errors import CleancorpusError, RecordError, SettingsError
from cleancorpus.io import run as job_module
from cleancorpus.io.duplicates import DuplicateSearch
from cleancorpus.io.entries import Keys
from cleancorpus.io.restore import restore
from cleancorpus.io.run import Job, Progress, run
from cleancorpus.io.run_folder import RunFolder
from cleancorpus.io.run_reader import read_run
from cleancorpus.neardup import reading
from cleancorpus.settings import Settings
from tests.neardup.corpus import corpus as corpus_of

PARAGRAPH = "我们在山里住了三年，每天清早到河边挑水，下午到镇上的小学教书。孩子们走很远的路来上课，没有一个人迟到。"
OTHER = "夏天的傍晚，院子里总是坐满了人。祖父讲他年轻时出海的事，讲到风浪最大的那一夜，大家都不说话。"
CHROME = "当前位置:首页 > 新闻 > 正文"
OUTPUTS = ["clean.jsonl", "duplicates.jsonl", "record.parquet", "report.html", "run.json"]


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def lines(rows: Sequence[Any], **options: Any) -> bytes:
    return b"".join(json.dumps(row, **options).encode("utf-8", "backslashreplace") + b"\n" for row in rows)


def zstd(data: bytes) -> bytes:
    return bytes(pa.compress(data, "zstd", asbytes=True))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Give a folder with one document of each kind, good and bad."""
    rows: list[dict[str, Any]] = [
        {"id": "甲", "text": f"{CHROME}\n{PARAGRAPH}\n", "url": "https://news.example/1", "tags": ["a", 1]},
        {"text": OTHER, "metadata": {"lang": "zh"}},
        {"text": "lone \ud800 surrogate, and \ud83d\ude00 apart"},
    ]
    return write(
        tmp_path / "in",
        {
            "a.txt": f"{CHROME}\n{PARAGRAPH}\n".encode(),
            "gb/b.txt": f"{PARAGRAPH}\n{OTHER}".encode("gb18030"),
            "gb/big5.txt": "春眠不覺曉，處處聞啼鳥。夜來風雨聲，花落知多少。".encode("big5"),
            "utf16.txt": PARAGRAPH.encode("utf-16-le"),
            "rows.jsonl": b"\n" + lines(rows[:1], ensure_ascii=False) + b"\n \n" + lines(rows[1:]) + b"{bad\n\n",
            "packed.jsonl.gz": gzip.compress(lines([{"content": PARAGRAPH}])),
            "packed.jsonl.zst": zstd(lines([{"raw_content": OTHER}], separators=(",", ":"))),
            "packed.txt.gz": gzip.compress(PARAGRAPH.encode()),
            "binary.bin": bytes(range(256)) * 8,
            "empty.txt": b"",
            "page.html": f"<html><body><p>{PARAGRAPH}</p></body></html>".encode(),
        },
    )


def files_of(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in OUTPUTS}


# -- what comes out ---------------------------------------------------------------------------------------------


def test_every_input_is_accounted_for(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = run(Job(inputs=(str(corpus),), output=out))
    assert sorted(path.name for path in out.iterdir()) == OUTPUTS
    counts = summary["counts"]
    assert counts["in"] == counts["kept"] + counts["dropped"] + counts["failed"] == 14
    assert counts["failed"] == len(summary["failures"]) == 3
    assert {failure["id"] for failure in summary["failures"]} == {"binary.bin", "empty.txt", "rows.jsonl#7"}
    rows = [json.loads(line) for line in (out / "clean.jsonl").open(encoding="utf-8")]
    assert len(rows) == counts["kept"] == pq.read_table(out / "record.parquet")["outcome"].to_pylist().count("kept")
    by_id = {row["id"]: row for row in rows}
    assert list(by_id["a.txt"])[:6] == ["id", "text", "metadata", "encoding", "script", "flags"]
    assert by_id["a.txt"]["text"].strip() == PARAGRAPH
    assert by_id["甲"]["tags"] == ["a", 1]
    assert by_id["rows.jsonl#5"]["input_metadata"] == {"lang": "zh"}
    assert by_id["gb/b.txt"]["encoding"] == "gb18030"
    assert json.loads((out / "run.json").read_text(encoding="utf-8")) == json.loads(json.dumps(summary))
    for source in summary["inputs"]:
        data = (corpus / source["name"]).read_bytes()
        assert (source["bytes"], source["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    for name, digest in summary["outputs"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_the_record_names_every_edit(corpus: Path, tmp_path: Path) -> None:
    run(Job(inputs=(str(corpus / "a.txt"),), output=tmp_path / "out"))
    table = pq.read_table(tmp_path / "out" / "record.parquet")
    edits = [row for row in table.to_pylist() if row["kind"] == "edit"]
    document = Cleaner().clean((corpus / "a.txt").read_bytes())
    assert edits
    assert [
        (
            row["stage"],
            row["rule"],
            row["reason"],
            row["original_start"],
            row["original_end"],
            row["before"],
            row["after"],
        )
        for row in edits
    ] == [tuple(edit) for edit in document.edits]


def test_the_run_says_what_the_library_says(corpus: Path, tmp_path: Path) -> None:
    settings = Settings(script="hant", keep_source=True)
    run(Job(inputs=(str(corpus),), output=tmp_path / "out", settings=settings))
    found = {record.id: document for record, document in read_run(RunFolder(tmp_path / "out"))}
    for name in ("a.txt", "gb/b.txt", "utf16.txt", "page.html", "binary.bin"):
        data = (corpus / name).read_bytes()
        (document,) = Cleaner(settings).clean_many([Item(data, id=name)])
        assert found[name] == document
        assert found[name].raw() == data


def test_keys_and_kept_fields_of_parquet(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    table = pa.table({"body": [PARAGRAPH, None], "key": [3, 4], "raw": [b"\xff", b""], "n": [1.5, None]})
    pq.write_table(table, tmp_path / "in" / "x.parquet")
    job = Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out", keys=Keys("body", "key"))
    summary = run(job)
    assert summary["counts"] == summary["counts"] | {"in": 2, "kept": 1, "failed": 1}
    (row,) = (json.loads(line) for line in (tmp_path / "out" / "clean.jsonl").open(encoding="utf-8"))
    assert (row["id"], row["raw"], row["n"]) == ("3", "/w==", 1.5)
    (result,) = restore(tmp_path / "out", tmp_path / "back")
    assert result.state == "texts"
    assert pq.read_table(tmp_path / "back" / "x.parquet").to_pylist() == [
        {"id": "3", "text": PARAGRAPH.encode()},
        {"id": "4", "text": None},
    ]


def test_nothing_but_failures(tmp_path: Path) -> None:
    summary = run(Job(inputs=(str(tmp_path / "no.txt"),), output=tmp_path / "out"))
    assert summary["counts"] == summary["counts"] | {"in": 1, "kept": 0, "failed": 1}
    assert "no such file" in summary["failures"][0]["reason"]


@pytest.mark.parametrize("given", ["out/clean.jsonl", "out/*.jsonl", "out"])
def test_an_input_is_not_overwritten(given: str, tmp_path: Path) -> None:
    write(tmp_path / "in", {"a.txt": PARAGRAPH.encode()})
    out = tmp_path / "out"
    run(Job(inputs=(str(tmp_path / "in"),), output=out))
    before = files_of(out)
    with pytest.raises(SettingsError, match="is an input"):
        run(Job(inputs=(str(tmp_path / given),), output=out))
    assert files_of(out) == before


# -- near-duplicates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "told"), [("much", "it is a size"), ("1KB", "set a higher memory limit")])
def test_what_is_wrong_with_the_memory_limit_is_told(limit: str, told: str, tmp_path: Path) -> None:
    write(tmp_path / "in", {"a.txt": PARAGRAPH.encode()})
    with pytest.raises(CleancorpusError, match=told):
        run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out", memory_limit=limit))


def test_near_duplicates_are_told_with_places_in_the_originals(tmp_path: Path) -> None:
    copy = PARAGRAPH.replace("三年", "两年").replace("，", ",")
    first, second = f"{CHROME}\n{PARAGRAPH}\n{OTHER}\n", f"{CHROME}\n{CHROME}\n{copy}\n"
    write(tmp_path / "in", {"a.txt": first.encode(), "b.txt": second.encode("gb18030")})
    run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out"))
    (pair,) = (json.loads(line) for line in (tmp_path / "out" / "duplicates.jsonl").open(encoding="utf-8"))
    spans = {pair["left"]: pair["left_original"], pair["right"]: pair["right_original"]}
    assert first[slice(*spans["a.txt"])].strip() == PARAGRAPH
    assert second[slice(*spans["b.txt"])].strip() == copy
    assert 0.5 <= pair["jaccard"] < 1
    assert pair["decisive"]
    rows = {row["id"]: row for row in map(json.loads, (tmp_path / "out" / "clean.jsonl").open(encoding="utf-8"))}
    (flag,) = (flag for flag in rows[pair["right"]]["flags"] if flag["rule"] == "neardup.seen-elsewhere")
    assert [flag["start"], flag["end"]] == spans[pair["right"]]
    assert flag["score"] == pair["jaccard"]


def test_a_copy_in_another_script_with_other_marks_and_edits_is_found(tmp_path: Path) -> None:
    passage = (
        "镇上的老邮局要拆了。消息传开的那天，许多人特意绕路去看它最后一眼。门口的石阶被几代人的鞋底磨得发亮，"
        "柜台后面还挂着那只走得很慢的钟。王师傅在这里分了四十年信，他说自己记得每一条街上谁家的门牌掉了漆，"
        "谁家的狗会追自行车。有一年冬天下大雪，他推着车走了两个钟头，只为把一封录取通知送到山坡上的人家。"
    )
    changed = list(passage)
    for place in range(10, len(changed), 21):
        changed[place] = "某"
    copy = cc.convert("".join(changed), "s2t").text.translate(str.maketrans("，。", ",."))
    first = f"{CHROME}\n{OTHER}\n{passage}\n"
    second = f"{PARAGRAPH}\n{CHROME}\n{copy}\n"
    write(tmp_path / "in", {"a.txt": first.encode("gb18030"), "b.txt": second.encode()})
    run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out"))
    (pair,) = (json.loads(line) for line in (tmp_path / "out" / "duplicates.jsonl").open(encoding="utf-8"))
    spans = {pair["left"]: pair["left_original"], pair["right"]: pair["right_original"]}
    assert first[slice(*spans["a.txt"])].strip() == passage
    assert second[slice(*spans["b.txt"])].strip() == copy
    assert pair["jaccard"] < 0.8


def test_dropped_documents_have_their_reason_and_come_back(tmp_path: Path) -> None:
    write(tmp_path / "in", {name: PARAGRAPH.encode() for name in ("a.txt", "b.txt")} | {"c.txt": OTHER.encode()})
    job = Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out", duplicates=DuplicateSearch(policy="drop"))
    summary = run(job)
    assert summary["counts"] == summary["counts"] | {"in": 3, "kept": 2, "dropped": 1}
    (dropped,) = summary["dropped"]
    assert dropped["id"] == "b.txt"
    assert "'a.txt'" in dropped["reason"]
    assert {result.state for result in restore(tmp_path / "out", tmp_path / "back")} == {"exact"}
    assert (tmp_path / "back" / "b.txt").read_text(encoding="utf-8") == PARAGRAPH


def test_ids_that_stand_twice_stay_two_documents(tmp_path: Path) -> None:
    rows = [{"id": "x", "text": PARAGRAPH}, {"id": "x", "text": PARAGRAPH}, {"id": "x", "text": OTHER}]
    write(tmp_path / "in", {"a.jsonl": lines(rows)})
    summary = run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out"))
    assert summary["counts"]["kept"] == 3
    (pair,) = (json.loads(line) for line in (tmp_path / "out" / "duplicates.jsonl").open(encoding="utf-8"))
    assert {pair["left"], pair["right"]} == {"x", "x~2"}


def near_copies(folder: Path) -> None:
    """Pages of passages, of which some stand on several pages, edited or with zero-width characters, from two sites."""
    source = random.Random(31)
    passages = [text for _, text in corpus_of(seed=31, families=60)]
    rows = []
    for number in range(40):
        marks = PARAGRAPH.replace("，", "\u200b，") if number % 3 else OTHER
        chosen = [CHROME, *source.sample(passages, 4), marks]
        url = f"https://site-{number % 2}.example/{number}"
        rows.append({"id": f"{number:02}", "url": url, "text": "\n".join(chosen)})
    rows.append({"id": "twin", "url": "https://site-0.example/x", "text": rows[3]["text"]})
    write(folder, {"pages.jsonl": lines(rows)})


@pytest.mark.parametrize("containment", [None, 0.8])
def test_the_run_finds_what_the_search_in_memory_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, containment: float | None
) -> None:
    monkeypatch.setattr(reading, "_BATCH_ITEMS", 7)
    monkeypatch.setattr(job_module, "_PART_DOCUMENTS", 10)
    near_copies(tmp_path / "in")
    search = DuplicateSearch(policy="drop", containment=containment)
    job = Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out", duplicates=search)
    summary = run(job)
    documents = [document for record, document in read_run(RunFolder(job.output)) if record.outcome != "failed"]
    report = cc.near_duplicates(documents, 0.5, containment=containment)
    found = [json.loads(line) for line in (job.output / "duplicates.jsonl").open(encoding="utf-8")]
    assert [(p["left"], p["left_span"], p["right"], p["right_span"], p["jaccard"], p["kind"]) for p in found] == [
        (p.left, [*p.left_span], p.right, [*p.right_span], p.jaccard, p.kind) for p in report.pairs
    ]
    assert [p["right_original"] for p in found] == [[*pair.right_original] for pair in report.pairs]
    rows = list(map(json.loads, (job.output / "clean.jsonl").open(encoding="utf-8")))
    assert [row["id"] for row in rows] == list(report.keep)
    assert {one["id"] for one in summary["dropped"]} == {row.id for row in documents} - set(report.keep) >= {"twin"}
    flags = [
        (row["id"], flag["start"], flag["end"], flag["reason"])
        for row in rows
        for flag in row["flags"]
        if flag["rule"] == "neardup.seen-elsewhere"
    ]
    assert flags == [
        (drop.passage.id, *drop.passage.original, drop.reason)
        for drop in report.drops
        if drop.passage.id in report.keep
    ]
    assert len(flags) > 50
    quoted = [cluster.pop("text") for cluster in summary["duplicates"]["largest"]]
    assert summary["duplicates"] == json.loads(json.dumps(report.statistics.to_dict()))
    largest = report.statistics.largest
    assert quoted == [documents[one.item].text[slice(*one.span)][:200] for one in largest]
    assert [one.size for one in largest[:3]] == sorted((one.size for one in largest), reverse=True)[:3]
    assert largest[0].sites == 2
    assert {"none", *summary["duplicates"]["by_site"]} >= {"none", "site-0.example", "site-1.example"}
    assert len(summary["duplicates"]["by_rule"]) > 1


def test_a_search_for_duplicates_that_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BATCH_ITEMS", 7)
    near_copies(tmp_path / "in")
    job = Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "whole")
    seen: list[Progress] = []
    run(job, seen.append)
    broken = replace(job, output=tmp_path / "broken")
    moments = [(now.phase, now.documents, now.steps) for now in seen if now.phase.startswith("near-duplicates")]
    assert len(moments) > 50
    for moment in (moments[1], moments[3], moments[20], moments[-1]):
        again: list[tuple[str, int, int]] = []

        def stop(now: Progress, moment: Any = moment, again: Any = again) -> None:
            again.append((now.phase, now.documents, now.steps))
            if again[-1] == moment:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(broken, stop)
        # Neither the cleaning nor a step of the search is done a second time.
        assert moment == moments[1] or again[0] in moments[2:]
    rest: list[Progress] = []
    run(broken, rest.append)
    assert len(rest) < len(seen) / 2
    assert files_of(broken.output) == files_of(job.output)


def test_names_that_no_database_holds_are_told_as_they_are(tmp_path: Path) -> None:
    rows = [{"id": name, "text": PARAGRAPH} for name in ("\udc80", "\U0010ffff00dc80", "plain")]
    write(tmp_path / "in", {"a.jsonl": "".join(json.dumps(row) + "\n" for row in rows).encode()})
    run(Job(inputs=(str(tmp_path / "in"),), output=tmp_path / "out"))
    found = [json.loads(line) for line in (tmp_path / "out" / "duplicates.jsonl").open(encoding="utf-8")]
    assert {pair[side] for pair in found for side in ("left", "right")} == {row["id"] for row in rows}


# -- the same each time -----------------------------------------------------------------------------------------

_RUN = """
import sys
from pathlib import Path
from cleancorpus.io.run import Job, run
if __name__ == "__main__":
    run(Job(inputs=(sys.argv[1],), output=Path(sys.argv[2]), workers=int(sys.argv[3])))
"""


def test_the_output_does_not_depend_on_the_process_or_the_workers(corpus: Path, tmp_path: Path) -> None:
    script = tmp_path / "job.py"
    script.write_text(_RUN)
    found = []
    for seed, workers in (("0", "1"), ("1", "2")):
        out = tmp_path / f"out{seed}"
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, str(script), str(corpus), str(out), workers], check=True, env=environment)
        found.append(files_of(out))
    assert found[0] == found[1]


def test_a_run_that_was_broken_off_goes_on(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_module, "_PART_DOCUMENTS", 3)
    job = Job(inputs=(str(corpus),), output=tmp_path / "whole")
    run(job)
    broken = replace(job, output=tmp_path / "broken")
    cleaned: list[int] = []

    def stop_at(limit: int) -> Any:
        def on_progress(now: Progress) -> None:
            if now.phase == "cleaning":
                cleaned.append(now.documents)
                if len(cleaned) >= limit:
                    raise KeyboardInterrupt

        return on_progress

    for limit in (2, 5, 6):
        cleaned.clear()
        with pytest.raises(KeyboardInterrupt):
            run(broken, stop_at(limit))
        assert not (broken.output / "run.json").exists()
    assert cleaned[0] > 1
    cleaned.clear()
    run(broken, stop_at(1000))
    assert cleaned[0] > 6
    assert files_of(broken.output) == files_of(job.output)
    assert sorted(path.name for path in broken.output.iterdir()) == OUTPUTS


def test_other_settings_do_not_go_on_with_old_parts(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_module, "_PART_DOCUMENTS", 2)
    job = Job(inputs=(str(corpus),), output=tmp_path / "out")

    def stop(now: Progress) -> None:
        if now.documents == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, stop)
    seen: list[Progress] = []
    run(replace(job, settings=Settings(script="hant")), seen.append)
    assert seen[0].documents == 1


# -- and back ---------------------------------------------------------------------------------------------------


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
