"""Inputs of a run, one of each kind, and what its outputs are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

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


def files_of(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in OUTPUTS}
