"""Blocks of links that the author of an HTML page calls navigation: surely chrome, whatever their words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.html import MENU
from cleancorpus.boilerplate.verdicts import Verdicts
from cleancorpus.rules import Rule
from cleancorpus.stage import Hints

LINKS = Rule(
    id="boilerplate.link-block",
    why="The line is links, in a block of the HTML page that is its navigation, its foot or an aside.",
    family="navigation",
)

# Between links of two characters stand bars with blanks around them, which are no links.
LINKED = 0.5
_LEADS_ELSEWHERE = frozenset(("nav", "footer", "aside", MENU))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


def link_blocks(verdicts: Verdicts, hints: Hints) -> NDArray[np.bool_]:
    """Say which of the judged lines are links in blocks of navigation, ``bool[L]``; headings are not."""
    block = np.maximum(np.searchsorted(hints.start, verdicts.first, side="right") - 1, 0)
    shown = verdicts.last > verdicts.first
    known = shown & (verdicts.first >= hints.start[block]) & (verdicts.last <= hints.end[block])
    table = np.array([_navigates(path) for path in hints.tags], dtype=bool)
    return np.asarray(known & table[hints.tag[block]] & (hints.link_density[block] >= LINKED))


def _navigates(path: str) -> bool:
    elements, names = set(), set()
    for step in path.split("/"):
        element, *given = step.split(".")
        elements.add(element)
        names.update(given)
    # What lies further up than a path reaches is one step, elements and names together.
    return not elements & _HEADINGS and bool((elements | names) & _LEADS_ELSEWHERE)
