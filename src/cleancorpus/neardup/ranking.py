"""The passages of an out-of-core search in the order in which they would be kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleancorpus.neardup.equals import first_of_equals
from cleancorpus.neardup.keep import keep_order
from cleancorpus.neardup.search import Search
from cleancorpus.neardup.workspace import Workspace
from cleancorpus.text import Positions


@dataclass(frozen=True, eq=False)
class Ranking:
    """The passages in the order in which they would be kept, and where the folded text of each lies.

    ``order`` gives the number of each rank, ``equal_to`` the first rank with an equal text, ``distinct`` the
    ranks that are first; ``view_start``, ``view_length`` and ``sampled`` (the sampled shingles, where containment
    is searched for) belong to numbers.  All are ``int64``.
    """

    order: Positions
    equal_to: Positions
    distinct: Positions
    view_start: Positions
    view_length: Positions
    sampled: Positions

    @classmethod
    def of(cls, work: Workspace, search: Search) -> Ranking:
        """Rank all passages that were read."""
        if not work.done("passages"):
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none, none, none, none)
        length, faults, first, second, score, sampled = work.columns(
            "SELECT length, faults, print, print_2, score, sampled FROM passages ORDER BY number"
        )
        place = np.arange(len(length), dtype=np.int64)
        if search.keep != "earliest":
            (sorted_by_id,) = work.columns(
                "SELECT number FROM passages JOIN documents USING (document) ORDER BY id, document, start"
            )
            place[sorted_by_id] = np.arange(len(length))
        scores = score if callable(search.keep) else None
        order = keep_order(search.keep, length=length, faults=faults, place=place, scores=scores)
        prints = np.stack([first, second], axis=1).view(np.uint64)
        equal_to = first_of_equals(prints[order])
        distinct = np.flatnonzero(equal_to == np.arange(len(order)))
        return cls(order, equal_to, distinct, np.cumsum(length) - length, length, sampled)

    @property
    def numbers(self) -> Positions:
        """The number of each passage that is the first of its equals, in the order of keeping."""
        return self.order[self.distinct]

    @property
    def places(self) -> Positions:
        """For each number, its place among ``numbers``; -1 for one that is equal to a better one."""
        place = np.full(len(self.order), -1, dtype=np.int64)
        place[self.numbers] = np.arange(len(self.distinct))
        return place
