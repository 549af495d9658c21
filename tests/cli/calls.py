"""Calls of the commands, and the page that they are called with."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner, Result

from cleancorpus.cli import cleancorpus as group
from cleancorpus.cli import main

PARAGRAPH = "我们在山里住了三年，每天清早到河边挑水，下午到镇上的小学教书。孩子们走很远的路来上课，没有一个人迟到。"
CHROME = "当前位置:首页 > 新闻 > 正文"
PAGE = f"{CHROME}\n{PARAGRAPH}\n"


def call(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments], input=stdin)


def leave(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Call the program as a shell does; give its exit code."""
    monkeypatch.setattr(sys, "argv", ["cleancorpus", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code is None or isinstance(left.value.code, int)
    return left.value.code or 0
