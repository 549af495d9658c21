"""What a line says about its page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Fact(NamedTuple):
    """A fact in a line: its key, value, and the value's span in the line."""

    key: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Byline:
    """What a line says about its page; ``sure`` where the line can be nothing but that."""

    facts: tuple[Fact, ...]
    sure: bool

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of the facts."""
        return frozenset(fact.key for fact in self.facts)


def names_source(byline: Byline) -> bool:
    """Say whether a byline names the medium from which a page comes, as those of articles do."""
    return byline.sure and "source" in byline.keys
