"""The ends of a run of pairs that were read as other pairs, judged by more than two characters in a row.

The choice for all characters at once (``one_to_one``) knows pairs only.  Where it leaves an end in doubt, the ends
near it are compared one character at a time: moving an end by one changes one character and nothing else, so the
ranking of two candidates for that place, by the two characters on each side and the page's own wording, is all
that tells the two texts apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.excerpts import LINE_BREAKS, SEPARATOR, span_around
from cleancorpus.mojibake.misread_run import Points, is_frame
from cleancorpus.mojibake.one_to_one import Choice, unwritten

# How many characters an end is moved either way, and from which loss in bits on nothing further is looked at.
_REACH, _HOPELESS = 4, -20.0
_PAGE = 1000  # characters on either side whose wording weighs in; with 150 a fourteenth of the ends is less clear
# What it costs that a run ends inside a line and not at its end.  It is less than in the first choice: there it
# keeps noise from beginning a run, here only a character or two are in question.
_INSIDE = 5.0
_STOPS = (*LINE_BREAKS, SEPARATOR)


@dataclass(frozen=True, eq=False)
class Ends:
    """The ends of one run: ``[start, end)`` of ``text`` is to be read as ``read``, as far as pairs can tell."""

    text: Points
    read: Points
    choice: Choice
    start: int
    end: int
    model: CharacterModel

    def margin(self, near: int) -> float:
        """Give how clear the choice is for all characters of the run and those not further than ``near``, in bits."""
        first, last = span_around(self.text, self.start, self.end, near)
        return float(self.choice.margin[first:last].min())

    def settled(self, near: int, doubtful: float) -> tuple[int, int, float]:
        """Give the likeliest (start, end), looking again at ends less clear than ``doubtful``, and how likely it is."""
        margin = self.choice.margin.copy()
        ends, sure = [self.start, self.end], 1.0
        for forth in (False, True):
            beside = slice(*span_around(self.text, ends[forth], ends[forth], near))
            if float(margin[beside].min()) >= doubtful:
                continue
            weights, walked = self._weigh_ends(forth)
            margin[walked] = np.inf
            ends[forth] = max(weights, key=lambda edge: (weights[edge], edge))
            best = weights[ends[forth]]
            sure /= float(np.exp2(np.array(list(weights.values())) - best).sum())
        first, last = span_around(self.text, self.start, self.end, near)
        return ends[0], ends[1], sure * share_of(float(margin[first:last].min()))

    def _weigh_ends(self, forth: bool) -> tuple[dict[int, float], list[int]]:
        """Weigh the ends near the found one, the hinder ones if ``forth``; also give the places that were compared."""
        found = self.end if forth else self.start
        weights = {found: -self._price(found, forth)}
        outward = range(self.end, len(self.text)) if forth else range(self.start - 1, -1, -1)
        inward = range(self.end - 1, self.start - 1, -1) if forth else range(self.start, self.end)
        walked = []
        for places, sign in ((outward, 1.0), (inward, -1.0)):
            bits = 0.0
            for place in self._differing(places):
                walked.append(place)
                bits += sign * self._gain(place, forth)
                edge = place + int(forth == (sign > 0))
                weights[edge] = bits - self._price(edge, forth)
                if bits < _HOPELESS:
                    break
        return weights, walked

    def _differing(self, places: Iterable[int]) -> Iterator[int]:
        """Give the first places of a line at which the two readings differ."""
        count = 0
        for place in places:
            if count == _REACH or int(self.text[place]) in _STOPS:
                return
            if not self.choice.same[place]:
                candidates = self._candidates(place)
                if candidates[0] == candidates[1] or is_frame(candidates).any():
                    return  # there is no other reading, or frames of tables, which the ranking has not seen
                count += 1
                yield place

    def _gain(self, place: int, forth: bool) -> float:
        """Give the bits by which a character is likelier read back, at an end that lies there."""
        first, last = self._page
        if forth:
            before = np.concatenate([self.text[first : self.start], self.read[self.start : place]])
            behind = self.text[place + 1 : last]
        else:
            before = self.text[first:place]
            behind = np.concatenate([self.read[place + 1 : self.end], self.text[self.end : last]])
        candidates = self._candidates(place)
        shares = self.model.rank(before[-_PAGE:], candidates, behind[:_PAGE])
        stands, reads = unwritten(candidates).tolist()
        return float(shares[1] - shares[0] + stands - reads)

    def _candidates(self, place: int) -> Points:
        return np.array([self.text[place], self.read[place]], dtype=np.uint32)

    @cached_property
    def _page(self) -> tuple[int, int]:
        """Where the text around the run begins and ends: not beyond its span of the excerpt."""
        return span_around(self.text, self.start, self.end, _PAGE)

    def _price(self, edge: int, forth: bool) -> float:
        """Give what it costs that the run ends here: little at the end of a line, but for what reads alike.

        Where characters that read alike stand beside, the run may end at any of them.
        """
        step = 1 if forth else -1
        place = first = edge if forth else edge - 1
        while 0 <= place < len(self.text) and int(self.text[place]) not in _STOPS:
            if not self.choice.same[place]:
                return _INSIDE - float(np.log2(1 + abs(place - first)))
            place += step
        return 0.0


def share_of(margin: float) -> float:
    """Give the share that a choice has which is better than its rival by ``margin`` bits."""
    return float(1.0 / (1.0 + np.exp2(-margin)))
