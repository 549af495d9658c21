"""Texts of kinds that look like chrome keep all their lines, by themselves and inside a page's frame."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import cleancorpus as cc

BODIES = tomllib.loads((Path(__file__).parent / "bodies.toml").read_text(encoding="utf-8"))["body"]
PROSE = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好，让大家都看到变化。\n" * 4
HEAD = "首页 > 栏目 > 正文\n登录/注册\n"
FOOT = "\n上一篇：没有了\n关于我们 | 联系我们 | 网站地图\n版权所有 某某网 京ICP备00000000号"


def lost(text: str, page: str) -> list[str]:
    kept = {line.strip() for line in cc.strip_boilerplate(page).text.split("\n")}
    return [line for line in text.split("\n") if line and line.strip() not in kept]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body["kind"])
@pytest.mark.parametrize("around", ["{}", "{}\n" + PROSE, PROSE + "{}"], ids=["alone", "above prose", "below prose"])
def test_no_line_of_a_body_goes(body: dict[str, str], around: str) -> None:
    text = around.format(body["text"])
    assert lost(text, text) == []
    assert set(lost(text, f"{HEAD}{text}{FOOT}")) <= set(body.get("goes", ()))
