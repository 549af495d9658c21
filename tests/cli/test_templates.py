"""``templates``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calls import PARAGRAPH, call


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Give a file of pages of one site, each with a body of its own and two lines that no rule knows."""
    bodies = [f"{PARAGRAPH}第{number}年的{chr(0x4E00 + 37 * number)}花开了。" for number in range(40)]
    rows = [
        {"id": number, "url": f"https://a.example/{number}", "text": f"绿野仙踪读书小屋\n{body}\n风铃草甸茶话之家\n"}
        for number, body in enumerate(bodies)
    ]
    path = tmp_path / "site.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_templates_are_learned_shown_and_applied(site: Path, tmp_path: Path) -> None:
    learned = tmp_path / "templates.tsv"
    result = call("templates", "learn", site, "-o", learned)
    assert (result.exit_code, result.stderr) == (0, "")
    shown = call("templates", "show", learned, "--site", "a.example").stdout
    assert "绿野仙踪读书小屋" in shown
    assert "风铃草甸茶话之家" in shown
    assert call("clean", site).stdout.count("绿野仙踪读书小屋") == 40
    after = call("templates", "apply", learned, site).stdout
    assert "绿野仙踪读书小屋" not in after
    assert after.count(PARAGRAPH) == 40
    assert call("clean", "--templates", learned, site).stdout == after


def test_a_site_can_be_named(site: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in site.read_text(encoding="utf-8").splitlines()[:12]]
    (tmp_path / "pages").mkdir()
    for row in rows:
        (tmp_path / "pages" / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")
    learned = tmp_path / "templates.tsv"
    pages = tmp_path / "pages"
    assert call("templates", "learn", pages, "-o", learned, "--site", "b.example").exit_code == 0
    assert "b.example: on 12 of 12 pages" in call("templates", "show", learned).stdout
    assert "绿野仙踪" in call("clean", pages, "--templates", learned).stdout
    assert "绿野仙踪" not in call("clean", pages, "--templates", learned, "--site", "b.example").stdout
    call("run", pages, "-o", tmp_path / "out", "-q", "--templates", learned, "--site", "b.example")
    assert "绿野仙踪" not in (tmp_path / "out" / "clean.jsonl").read_text(encoding="utf-8")


def test_templates_are_not_learned_from_what_is_read_once(tmp_path: Path) -> None:
    assert "read once only" in str(call("templates", "learn", "-", "-o", tmp_path / "x").exception)
    result = call("templates", "learn", tmp_path / "none.txt", "-o", tmp_path / "x", "-q")
    assert result.exit_code == 3
