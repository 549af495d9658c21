"""Words that unifying knows beside OpenCC's: the commoner form of several, and surnames in front of titles.

Conversion along a chain is OpenCC's, character for character; unifying only promises good text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

from cleancorpus.script.chains import ConversionStage, stage_with_words
from cleancorpus.script.dictionary import Dictionary, parse_dictionary

OWN = "own"
_PREPOSITION = "于"


@cache
def to_traditional() -> ConversionStage:
    """Compile the stage of ``s2t`` with the words of ``words.tsv`` and ``surnames.toml`` among its phrases."""
    words = parse_dictionary(_data("words.tsv"), OWN)
    return stage_with_words("s2t", Dictionary.union([words, Dictionary.of(dict(_named()), OWN)]))


def _named() -> Iterator[tuple[str, str]]:
    """Give the surnames with what tells them, each with its traditional form."""
    listed = tomllib.loads(_data("surnames.toml"))
    for surname in listed["surnames"]:
        yield f"姓{surname}", f"姓{surname}"
        for title in listed["personal_titles" if surname == _PREPOSITION else "titles"]:
            yield surname + title, surname + listed["titles"][title]


def _data(name: str) -> str:
    return resources.files("cleancorpus").joinpath("data", "script", name).read_bytes().decode("utf-8")
