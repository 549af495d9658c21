"""What the rules make of a line, as measures of it."""

from __future__ import annotations

import numpy as np

from cleancorpus.boilerplate.pages import Column
from cleancorpus.boilerplate.verdicts import SURE, WEAK, Verdicts
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
    strength = verdicts.strength[line]
    columns: dict[str, Column] = {
        "goes": verdicts.goes[line],
        "rule.sure": strength == SURE,
        "rule.weak": strength == WEAK,
        "rule.title": verdicts.title[line],
    }
    for name, members in _RULE_FAMILIES.items():
        columns[f"rule.{name}"] = verdicts.of(members)[line]
    return columns
