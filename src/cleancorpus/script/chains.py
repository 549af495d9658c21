"""Chains of conversion: OpenCC's configurations, compiled to tables when they are first used."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from cleancorpus.errors import SettingsError
from cleancorpus.script.dictionary import Dictionary, load_dictionary
from cleancorpus.script.phrases import NO_MATCHES, Mask, Matches, PhraseTable, blocks
from cleancorpus.text import Codepoints, Positions, flat_ranges

# The problem that an entry of a table solves, by the start of the table's name; the first that fits.
_PROBLEMS = (
    ("ST", "script.simplified-form"),
    ("TS", "script.traditional-form"),
    ("TWPhrases", "script.regional-word"),
    ("HKPhrases", "script.regional-word"),
    ("TWVariants", "script.regional-form"),
    ("HKVariants", "script.regional-form"),
    ("JPShinjitaiCharactersRev", "script.traditional-form"),
    ("JP", "script.japanese-form"),
    ("CJK_Compatibility", "script.compatibility-form"),
)

Tiers = tuple[tuple[str, ...], ...]  # names of tables: the first tier with a match wins, in it the longest match


def problem_of(table: str) -> str:
    """Give the rule id of the edits that a table's entries make."""
    return next((rule for prefix, rule in _PROBLEMS if table.startswith(prefix)), "script.user-word")


class CharacterTable:
    """One character for one, by one addition: the last tiers of a stage, joined."""

    def __init__(self, tiers: Sequence[Dictionary]) -> None:
        size = 2 + max((int(tier.keys.codepoints.max(initial=0)) for tier in tiers), default=0)
        # The last row stands for every character above the largest key: it adds nothing.
        self._shift = np.zeros(size, dtype=np.uint32)
        self._listed = np.zeros(size, dtype=bool)
        self._one_of_several = np.zeros(size, dtype=bool)
        for tier in reversed(tiers):
            key = tier.keys.codepoints
            self._listed[key] = True
            self._shift[key] = tier.values.codepoints - key
            self._one_of_several[key] = (tier.candidates > 1) & (tier.values.codepoints != key)

    def convert(self, index: Positions) -> Codepoints:
        """Give the converted characters of an ``int64`` array of code points."""
        return self._shift.take(index, mode="clip") + index.astype(np.uint32)

    def lists(self, index: Positions) -> bool:
        """Say whether any of the characters has an entry."""
        return bool(self._listed.take(index, mode="clip").any())

    def one_of_several(self, points: Codepoints) -> Mask:
        """Say which characters would change to the first of several candidates."""
        return self._one_of_several.take(points.astype(np.int64), mode="clip")


@dataclass(frozen=True)
class Outcome:
    """What a stage makes of a text: ``points`` (``uint32[N]``) with all conversions that keep the length.

    ``phrases`` are the phrases that stand where the text was read for phrases; those of another length than
    their value are not yet in ``points``.
    """

    points: Codepoints
    phrases: Matches


class ConversionStage:
    """One step of a chain: tiers of phrases, then of characters."""

    def __init__(self, tiers: Sequence[Dictionary]) -> None:
        first_characters = len(tiers)
        while first_characters and _is_characters(tiers[first_characters - 1]):
            first_characters -= 1
        phrases, characters = tiers[:first_characters], tiers[first_characters:]
        self.characters = CharacterTable(characters)
        self.phrases = PhraseTable(phrases, self._matters(Dictionary.union(phrases))) if phrases else None
        tables = [name for tier in tiers for name in tier.names]
        self.problems = tuple(dict.fromkeys(map(problem_of, tables)))
        self.character_problem = self.problems.index(problem_of(tables[-1]))
        self.phrase_problem = np.array(
            [self.problems.index(problem_of(name)) for tier in phrases for name in tier.names], dtype=np.int8
        )

    def _matters(self, phrases: Dictionary) -> Mask:
        """Say which phrases convert to anything but their characters' conversions."""
        plain = self.characters.convert(phrases.keys.codepoints.astype(np.int64))
        matters: Mask = phrases.keys.lengths != phrases.values.lengths
        same = np.flatnonzero(~matters)
        length = phrases.keys.lengths[same]
        differs = (
            plain[flat_ranges(phrases.keys.offsets[same], length)]
            != phrases.values.codepoints[flat_ranges(phrases.values.offsets[same], length)]
        )
        matters[np.repeat(same, length)[differs]] = True
        return matters

    def run(self, points: Codepoints, cuts: Mask | None = None, focus: Positions | None = None) -> Outcome:
        """Convert a text; ``cuts`` and ``focus`` are those of ``PhraseTable.resolve``."""
        if self.phrases is None:
            return Outcome(self._plain(points), NO_MATCHES)
        out = np.empty_like(points)
        places, reaches = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint8)]
        for begin, index in blocks(points):
            out[begin : begin + len(index) - 1] = self.characters.convert(index[:-1])
            reach = self.phrases.reach(index)
            found = np.flatnonzero(reach)
            places.append(found + begin)
            reaches.append(reach[found])
        phrases = self.phrases.resolve(points, np.concatenate(places), np.concatenate(reaches), cuts, focus)
        self._put(out, phrases)
        return Outcome(out, phrases)

    def _plain(self, points: Codepoints) -> Codepoints:
        out = np.empty_like(points)
        for begin, index in blocks(points):
            out[begin : begin + len(index) - 1] = self.characters.convert(index[:-1])
        return out

    def lists(self, points: Codepoints) -> bool:
        """Say whether any character of a text has an entry among the stage's characters."""
        return any(self.characters.lists(index[:-1]) for _, index in blocks(points))

    def _put(self, out: Codepoints, phrases: Matches) -> None:
        """Write the phrases that matter and keep their length over the characters' conversions."""
        assert self.phrases is not None
        kept = phrases.take(self.phrases.matters[phrases.entry] & ~self.phrases.resizes[phrases.entry])
        values = self.phrases.dictionary.values
        source = flat_ranges(values.offsets[kept.entry], kept.length)
        out[flat_ranges(kept.start, kept.length)] = values.codepoints[source]


def _is_characters(tier: Dictionary) -> bool:
    return bool((tier.keys.lengths == 1).all()) and bool((tier.values.lengths == 1).all())


@dataclass(frozen=True)
class Chain:
    """A conversion, compiled: normalization over the whole text, a segmentation, and the stages."""

    name: str
    title: str
    normalization: tuple[ConversionStage, ...]
    segmentation: PhraseTable | None
    stages: tuple[ConversionStage, ...]


def chain_names() -> tuple[str, ...]:
    """Give the names of all chains, sorted."""
    return tuple(sorted(_configurations()))


@cache
def load_chain(name: str) -> Chain:
    """Compile a chain by its OpenCC name, such as ``s2twp``; raises ``SettingsError`` for an unknown one."""
    configuration = _configurations().get(name)
    if configuration is None:
        raise _no_chain(name)
    stages = tuple(_stage(_tiers(tiers)) for tiers in configuration["stages"])
    return Chain(
        name,
        configuration["title"],
        tuple(_stage(_tiers(tiers)) for tiers in configuration["normalization"]),
        _segmentation(_tiers(configuration.get("segmentation", [])), stages),
        stages,
    )


def stage_with_words(name: str, words: Dictionary) -> ConversionStage:
    """Compile the only stage of a chain with further words beside its phrases; where both have one, theirs counts."""
    (tiers,) = _configurations()[name]["stages"]
    phrases, *others = _dictionaries(_tiers(tiers))
    return ConversionStage([Dictionary.union([words, phrases]), *others])


def _segmentation(tiers: Tiers, stages: Sequence[ConversionStage]) -> PhraseTable | None:
    """Give the words that a chain is cut by: those of a stage, as they nearly always are, need no second table."""
    if not tiers:
        return None
    words = [name for names in tiers for name in names]
    shared = (stage.phrases for stage in stages if stage.phrases is not None)
    same = next((phrases for phrases in shared if list(phrases.dictionary.names) == words), None)
    return same or PhraseTable(_dictionaries(tiers))


def chain_problem(name: str) -> str:
    """Give the rule id of what a chain's last stage converts; raises ``SettingsError`` for an unknown chain."""
    configuration = _configurations().get(name)
    if configuration is None:
        raise _no_chain(name)
    return problem_of(configuration["stages"][-1][-1][-1])


def _no_chain(name: str) -> SettingsError:
    return SettingsError(f"{name!r} is no chain; there are {', '.join(chain_names())}")


@cache
def _configurations() -> dict[str, Any]:
    path = resources.files("cleancorpus").joinpath("data", "script", "chains.toml")
    return tomllib.loads(path.read_bytes().decode("utf-8"))


def _tiers(listed: list[list[str]]) -> Tiers:
    return tuple(tuple(names) for names in listed)


def _dictionaries(tiers: Tiers) -> list[Dictionary]:
    return [Dictionary.union([load_dictionary(name) for name in names]) for names in tiers]


@cache
def _stage(tiers: Tiers) -> ConversionStage:
    return ConversionStage(_dictionaries(tiers))
