"""Which forms of a character are one word and which are not, by tables over code points."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleancorpus.script.dictionary import candidate_table
from cleancorpus.script.phrases import Mask
from cleancorpus.text import Codepoints, Positions

_SIZE = 0x3FFFF + 2  # the last row stands for all that no table lists


@dataclass(frozen=True)
class Forms:
    """Tables over code points, each of ``_SIZE`` rows; build with ``load_forms``.

    ``standard`` (``uint32``) takes regional forms to the one that OpenCC's traditional text has; ``group``
    (``int16``, 0 for none) numbers characters that share a simplified form and are different words; ``kept``
    (``bool``) are those that simplified text may keep; ``right`` (``bool``) are characters, and ``right_words``
    words, that the dictionary writes otherwise and that are right as they are;
    ``bound`` are characters of a few words.
    """

    standard: Codepoints
    group: NDArray[np.int16]
    kept: Mask
    right: Mask
    right_words: frozenset[str]
    bound: Mask

    def is_bound(self, characters: Codepoints) -> Mask:
        """Say which characters are written in a few words only, all of which the dictionary has."""
        return _at(self.bound, characters)

    def is_right(self, characters: Codepoints) -> Mask:
        """Say which characters are never wrong in traditional text, whatever word the dictionary knows."""
        return _at(self.right, characters)

    def standard_form(self, characters: Codepoints) -> Codepoints:
        """Give characters in the form that OpenCC's traditional text has."""
        return _at(self.standard, characters)

    def same(self, one: Codepoints, other: Codepoints) -> Mask:
        """Say where two characters are the same but for the region's form."""
        equal: Mask = _at(self.standard, one) == _at(self.standard, other)
        return equal

    def in_groups(self, characters: Codepoints) -> Positions:
        """Give the places of the characters that have a group."""
        return np.flatnonzero(_at(self.group, characters))

    def distinct(self, one: Codepoints, other: Codepoints) -> Mask:
        """Say where two characters are different words with one simplified form."""
        group = _at(self.group, one)
        shared: Mask = (group > 0) & (group == _at(self.group, other))
        return shared & ~self.same(one, other)

    def may_be_kept(self, characters: Codepoints) -> Mask:
        """Say which traditional characters simplified text may keep."""
        return _at(self.kept, characters)


_T = TypeVar("_T", bound=np.generic)


def _at(table: NDArray[_T], characters: Codepoints) -> NDArray[_T]:
    return table.take(characters.astype(np.int64), mode="clip")


@cache
def listed_forms() -> dict[str, Any]:
    """Give the lists of forms that were written by hand, by their names."""
    path = resources.files("cleancorpus").joinpath("data", "script", "forms.toml")
    return tomllib.loads(path.read_bytes().decode("utf-8"))


@cache
def load_forms() -> Forms:
    """Build the tables, once."""
    listed = listed_forms()
    standard = np.arange(_SIZE, dtype=np.uint32)
    for table in ("TWVariantsRev", "HKVariantsRev"):
        for form, (first, *_) in candidate_table(table).items():
            if form != "么":  # also simplified 麼, and by far oftener that than the form of 幺
                standard[ord(form)] = ord(first)
    group = np.zeros(_SIZE, dtype=np.int16)
    for number, characters in enumerate(listed["distinct"], 1):
        group[[ord(character) for character in characters]] = number
    return Forms(
        standard,
        group,
        _listed_mask("kept_in_simplified"),
        _listed_mask("right_characters"),
        frozenset(listed["right_words"]),
        _listed_mask("bound"),
    )


def _listed_mask(key: str) -> Mask:
    mask = np.zeros(_SIZE, dtype=bool)
    mask[[ord(character) for character in listed_forms()[key]]] = True
    return mask


@cache
def regional_forms(region: str) -> tuple[Codepoints, Codepoints]:
    """Give the forms of the other region and what each is in this one (``TW`` or ``HK``), ``uint32`` each.

    A form that is also a character of its own (台, 才) is not among them.
    """
    other = {"TW": "HK", "HK": "TW"}[region]
    ours, theirs = candidate_table(f"{region}Variants"), candidate_table(f"{other}Variants")
    simplified = candidate_table("STCharacters")
    own = {value for values in simplified.values() for value in values}.union(listed_forms()["shared_by_regions"])
    pairs = {}
    for standard, (form, *_) in theirs.items():
        wanted = ours.get(standard, (standard,))[0]
        if form != wanted and form not in own and simplified.get(form, (standard,)) == (standard,):
            pairs[ord(form)] = ord(wanted)
    return np.array(list(pairs), dtype=np.uint32), np.array(list(pairs.values()), dtype=np.uint32)
