"""``dedup``, in memory and on the disk."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.calls import PARAGRAPH, call


def test_dedup(tmp_path: Path) -> None:
    for name, text in (
        ("a", PARAGRAPH),
        ("b", PARAGRAPH.replace("，", ",")),
        ("c", "夏天的傍晚，院子里总是坐满了人。"),
    ):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    result = call("dedup", tmp_path, "-o", tmp_path / "kept.jsonl", "--explain")
    assert result.exit_code == 0
    assert "3 documents, 3 passages, 1 pair; 1 copy with" in result.stdout
    assert f"a.txt:0-{len(PARAGRAPH)}  kept  {PARAGRAPH[:40]}…" in result.stdout
    assert f"  b.txt:0-{len(PARAGRAPH)}  folded  " in result.stdout
    rows = [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 2
    (pair,) = (json.loads(line) for line in call("dedup", "--json", tmp_path / "*.txt").stdout.splitlines())
    assert (pair["jaccard"], pair["kind"], pair["decisive"]) == (1.0, "folded", True)
    assert call("dedup", "--check", tmp_path / "*.txt").exit_code == 1
    assert call("dedup", "--check", tmp_path / "c.txt").exit_code == 0


def test_dedup_on_the_disk_finds_what_it_finds_in_memory(tmp_path: Path) -> None:
    rows = [{"id": f"{n}", "text": f"{PARAGRAPH}\n第{'甲乙丙丁'[n % 4]}篇自己的话，与别的不同{n}。"} for n in range(6)]
    rows += [{"id": "copy", "text": PARAGRAPH.replace("，", ",")}, {"id": "in", "text": PARAGRAPH[:30]}]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{bad\n", encoding="utf-8")
    for more in ((), ("--containment", "0.8"), ("--keep", "earliest")):
        work = tmp_path / f"work{len(more)}{more[:1]}"
        found = [
            call("dedup", source, "--threshold", "0.6", "--json", *where, *more, "-o", tmp_path / f"{name}.jsonl")
            for name, where in (("memory", ()), ("disk", ("--work", work)))
        ]
        assert found[0].exit_code == found[1].exit_code == 4
        assert found[0].stdout == found[1].stdout != ""
        assert found[0].stderr.count("in.jsonl:9") == found[1].stderr.count("in.jsonl:9") == 1
        assert (tmp_path / "memory.jsonl").read_bytes() == (tmp_path / "disk.jsonl").read_bytes()
        assert '"id": "copy"' not in (tmp_path / "disk.jsonl").read_text(encoding="utf-8")
    told = call("dedup", source, "--work", work, "--threshold", "0.6", "--keep", "earliest").stdout
    assert "8 documents" in told
    assert "drops.parquet" in told
    assert call("dedup", source, "--work", work, "--explain").exit_code == 2
    assert "other settings" in str(call("dedup", source, "--work", work).exception)


def test_the_search_of_other_inputs_is_not_taken_for_an_answer(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{name} {PARAGRAPH}\n", encoding="utf-8")
    work = tmp_path / "work"
    assert "1 document," in call("dedup", tmp_path / "a.txt", "--work", work).stdout
    assert "1 document," in call("dedup", tmp_path / "a.txt", "--work", work).stdout
    result = call("dedup", tmp_path / "a.txt", tmp_path / "b.txt", "--work", work)
    assert "other inputs" in str(result.exception)
    (tmp_path / "a.txt").write_text(f"{PARAGRAPH[:-5]}\n", encoding="utf-8")
    assert "other inputs" in str(call("dedup", tmp_path / "a.txt", "--work", work).exception)
    assert "1 document," in call("dedup", "-", "--work", tmp_path / "piped", stdin=PARAGRAPH.encode()).stdout
    result = call("dedup", "-", "--work", tmp_path / "piped", stdin=b"other")
    assert "a folder of its own" in str(result.exception)


def test_dedup_gives_what_is_kept_on_standard_output(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{PARAGRAPH}\n", encoding="utf-8")
    result = call("dedup", tmp_path, "-o", "-")
    assert result.stdout == f"{PARAGRAPH}\n"
    assert "1 document kept" in result.stderr
