"""The table of short cases."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cleancorpus.encoding import decode
from cleancorpus.errors import DecodeError

CHINESE = {"gb18030", "big5", "euc-tw", "hz-gb-2312"}
CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "cases.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_short_input_is_taken_for_what_it_is(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if "known_failure" in case:
        request.node.add_marker(pytest.mark.xfail(reason=case["known_failure"], strict=True))
    data = bytes.fromhex(case["hex"])
    if "refused" in case:
        with pytest.raises(DecodeError, match=case["refused"]):
            decode(data)
        return
    found = decode(data)
    if case.get("not_chinese"):
        assert found.encoding not in CHINESE
        return
    assert found.encoding == case["encoding"]
    assert found.text == case.get("text", found.text)
