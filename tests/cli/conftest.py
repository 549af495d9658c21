"""A page, and a run that is finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calls import PAGE, call


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "页.txt"
    path.write_text(PAGE, encoding="gb18030")
    return path


@pytest.fixture
def finished(page: Path, tmp_path: Path) -> Path:
    out = tmp_path / "out"
    assert call("run", page, "-o", out, "-q").exit_code == 0
    return out
