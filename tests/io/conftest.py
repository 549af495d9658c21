"""A folder of inputs for the runs."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.io.inputs import CHROME, OTHER, PARAGRAPH, lines, write, zstd


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
