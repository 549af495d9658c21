"""OpenCC's algorithm, character by character, as its sources and documents tell it: what the engine must equal."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from cleancorpus.script.dictionary import candidate_table

Tier = dict[str, str]


def convert(text: str, chain: str) -> str:
    configuration = _configurations()[chain]
    for stage in configuration["normalization"]:
        text = "".join(_converted(text, _tiers(stage)))
    pieces = [text]
    if "segmentation" in configuration:
        pieces = list(_segments(text, _tiers(configuration["segmentation"])))
    for stage in configuration["stages"]:
        pieces = ["".join(_converted(piece, _tiers(stage))) for piece in pieces]
    return "".join(pieces)


def _segments(text: str, tiers: tuple[Tier, ...]) -> Iterator[str]:
    rest = ""
    place = 0
    while place < len(text):
        length, _ = _match(text, place, tiers)
        if length:
            if rest:
                yield rest
            yield text[place : place + length]
            rest = ""
        else:
            rest += text[place]
        place += length or 1
    if rest:
        yield rest


def _converted(text: str, tiers: tuple[Tier, ...]) -> Iterator[str]:
    place = 0
    while place < len(text):
        length, value = _match(text, place, tiers)
        yield value if length else text[place]
        place += length or 1


def _match(text: str, place: int, tiers: tuple[Tier, ...]) -> tuple[int, str]:
    for tier in tiers:
        for length in range(min(16, len(text) - place), 0, -1):
            key = text[place : place + length]
            if key in tier:
                return length, tier[key]
    return 0, ""


def _tiers(names: list[list[str]]) -> tuple[Tier, ...]:
    return _built(tuple(tuple(tier) for tier in names))


@cache
def _built(names: tuple[tuple[str, ...], ...]) -> tuple[Tier, ...]:
    tiers = []
    for tier in names:
        joined: Tier = {}
        for name in tier:
            for key, (first, *_) in candidate_table(name).items():
                joined.setdefault(key, first)
        tiers.append(joined)
    return tuple(tiers)


@cache
def _configurations() -> dict[str, Any]:
    path = resources.files("cleancorpus").joinpath("data", "script", "chains.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
