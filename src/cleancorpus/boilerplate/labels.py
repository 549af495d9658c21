"""Labels that stand in front of the facts about a page: 来源, 发布时间, 责任编辑."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def labels() -> dict[str, str]:
    """Give the labels in folded form with the key of what stands behind them; ``-`` for none."""
    return {label: key for label, key, _ in _rows()}


@lru_cache(maxsize=1)
def telling_labels() -> frozenset[str]:
    """Give the labels that nobody but a site puts in front of anything."""
    return frozenset(label for label, key, use in _rows() if use == "site" and key != "-")


@lru_cache(maxsize=1)
def label_pattern() -> re.Pattern[str]:
    """Give the pattern of a label with the mark behind it, which may have blanks inside; ``label`` is its group."""
    tails: dict[str, list[str]] = {}
    for label in sorted(labels(), key=lambda label: (-len(label), label)):
        tails.setdefault(label[0], []).append("".join(f"\\s{{0,3}}{re.escape(c)}" for c in label[1:]))
    # Where no label begins, one look is enough, and where one does, only those that begin so are tried.
    opening = "".join(map(re.escape, tails))
    spaced = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in tails.items())
    return re.compile(rf"(?=[{opening}])(?P<label>{spaced})\s*(?:[:】\]]\s*|(?<=于)\s*|(?<=自)\s*|(?<=日期)\s+(?=\d))")


def _rows() -> list[list[str]]:
    text = (files("cleancorpus") / "data" / "boilerplate" / "labels.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
