"""``rules``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calls import call


def test_rules_are_listed_and_shown() -> None:
    listed = call("rules").stdout
    assert "boilerplate.breadcrumb" in listed
    shown = call("rules", "boilerplate.breadcrumb").stdout
    assert "why: " in shown
    assert "acts on: " in shown
    rows: list[dict[str, Any]] = [json.loads(line) for line in call("rules", "--json").stdout.splitlines()]
    assert len(rows) == len({row["id"] for row in rows}) > 20
    assert {row["id"].partition(".")[0] for row in rows} >= {"mojibake", "boilerplate", "script", "neardup", "cleaner"}
    assert call("rules", "boilerplate", "--markdown").stdout.startswith("# The rules")


def test_rules_of_a_user(tmp_path: Path) -> None:
    pytest.importorskip("re2")
    path = tmp_path / "own.toml"
    path.write_text('[[rule]]\nid = "own.line"\nline = "本站.*"\nwhy = "Ours."\n', encoding="utf-8")
    assert "own.line" in call("rules", "--rules", path).stdout
    path.write_text('[[rule]]\nid = "own.line"\nline = "(x)\\\\1"\nwhy = "Ours."\n', encoding="utf-8")
    assert "linear-time" in str(call("rules", "--rules", path).exception)
