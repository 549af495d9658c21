"""Score a cleaned text against its gold: what of the body is there, what of the chrome, which repairs are made.

White space and the width of characters are not judged.  The gold is that of ``seeds/gold.json``.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import LCSseq


@dataclass(frozen=True)
class Score:
    """``recall`` and ``precision`` of the body, by longest common subsequence; what leaked; what was missed."""

    recall: float
    precision: float
    leaks: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def f1(self) -> float:
        """The harmonic mean of recall and precision."""
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0


def bare(text: str) -> str:
    """Give a text without white space, in one width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def score(gold: Mapping[str, Any], text: str) -> Score:
    """Score one text against its gold."""
    want, got = bare(gold["clean"]), bare(text)
    common = LCSseq.similarity(want, got)
    leaks = tuple(line for line in gold.get("chrome", ()) if bare(line) in got and bare(line) not in want)
    changes = [*gold.get("repairs", ()), *gold.get("joins", ())]
    missed = tuple(old for old, new in changes if bare(new) not in got or (bare(old) in got and bare(old) not in want))
    return Score(common / max(len(want), 1), common / max(len(got), 1), leaks, missed)


def load_gold(path: Path) -> dict[str, dict[str, Any]]:
    """Read a gold file."""
    gold: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return gold
