"""Near-duplicates among the texts of a run: told, dropped, found again where the search broke off."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cleancorpus as cc
from cleancorpus.io import run as job_module
from cleancorpus.io.duplicates import DuplicateSearch
from cleancorpus.io.restore import restore
from cleancorpus.io.run import Job, Progress, run
from cleancorpus.io.run_folder import RunFolder
from cleancorpus.io.run_reader import read_run
from cleancorpus.neardup import reading
from tests.io.inputs import CHROME, OTHER, PARAGRAPH, files_of, lines, write
from tests.neardup.corpus import corpus as corpus_of


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
