"""What the rules make of a line, as measures of it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.pages import Column
from cleancorpus.boilerplate.verdicts import FAMILIES, SURE, WEAK, Verdicts
from cleancorpus.text import Positions

_RULE_FAMILIES = {
    "menu": ("menu", "navigation", "breadcrumb"),
    "byline": ("byline",),
    "share": ("share", "wechat", "account"),
    "footer": ("footer", "disclaimer"),
    "related": ("related", "teaser"),
    "forum": ("forum", "thread", "answer"),
    "facts": ("shop", "goods", "encyclopaedia", "entry"),
}


def rule_measures(line: Positions, verdicts: Verdicts | None) -> dict[str, Column]:
    """Say what the rules make of some lines; without verdicts, that they know nothing.

    ``line`` (``int64``) are the rows of the lines among ``verdicts``; each column is as long.
    """
    nothing = np.zeros(len(line), dtype=bool)
    if verdicts is None:
        names = ("goes", "rule.sure", "rule.weak", "rule.title", *(f"rule.{name}" for name in _RULE_FAMILIES))
        return dict.fromkeys(names, nothing)
    strength, family = verdicts.strength[line], verdicts.family[line]
    columns: dict[str, Column] = {
        "goes": verdicts.goes[line],
        "rule.sure": strength == SURE,
        "rule.weak": strength == WEAK,
        "rule.title": verdicts.title[line],
    }
    for name, members in _RULE_FAMILIES.items():
        columns[f"rule.{name}"] = _are_in(members)[family]
    return columns


@lru_cache(maxsize=16)
def _are_in(members: tuple[str, ...]) -> NDArray[np.bool_]:
    """Say of each family whether it is among some; the last place, for no family, says no."""
    table = np.array([*(family in members for family in FAMILIES), False])
    table.flags.writeable = False
    return table
