"""The rules of page chrome as they ship: one TOML file for each family, with shared patterns by name."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from cleancorpus.errors import RuleError
from cleancorpus.rules import Rule, parse_rules

# The files of rules, and the family that each belongs to.
_FILES = {
    "navigation": "navigation",
    "panel": "navigation",
    "notice": "navigation",
    "software": "navigation",
    "share": "share",
    "footer": "footer",
    "teaser": "teaser",
    "disclaimer": "disclaimer",
    "related": "related",
    "lists": "related",
    "document": "document",
    "novel": "novel",
    "forum": "forum",
    "thread": "forum",
    "answer": "forum",
    "comment": "forum",
    "press": "share",
    "wechat": "wechat",
    "account": "wechat",
    "blog": "wechat",
    "shop": "shop",
    "listing": "shop",
    "fetch": "document",
    "goods": "shop",
    "encyclopaedia": "encyclopaedia",
    "entry": "encyclopaedia",
    "spam": "spam",
}
_PLACEHOLDER = re.compile(r"%([a-z_]+)%")


@lru_cache(maxsize=1)
def shared_patterns() -> dict[str, str]:
    """Give the named patterns of ``patterns.toml`` with the names inside them replaced too."""
    table: dict[str, str] = tomllib.loads(_read("patterns.toml"))["patterns"]
    return {name: _expand(pattern, table) for name, pattern in table.items()}


@lru_cache(maxsize=1)
def pattern_rules() -> tuple[Rule, ...]:
    """Give all rules that are patterns and words, family by family."""
    found: list[Rule] = []
    for name, family in _FILES.items():
        text = _expand(_read(f"{name}.toml"), shared_patterns())
        found.extend(replace(rule, family=family) for rule in parse_rules(text, f"boilerplate/{name}.toml"))
    return tuple(found)


@lru_cache(maxsize=1)
def menu_words() -> tuple[str, ...]:
    """Give the words of menus and buttons that may also stand in a body: chrome only in company."""
    lines = _read("menu_words.txt").splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split("\t")]
    # Buttons of two characters are often set with a blank between them.
    spaced = [" ".join(word) for word in words if len(word) == 2 and not word.isascii()]
    return tuple(dict.fromkeys([*words, *spaced]))


def _expand(text: str, patterns: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in patterns:
            raise RuleError(f"there is no shared pattern {name!r}")
        return patterns[name]

    # Names inside shared patterns are one level deep.
    return _PLACEHOLDER.sub(value, _PLACEHOLDER.sub(value, text))


def _read(name: str) -> str:
    return (files("cleancorpus") / "data" / "boilerplate" / name).read_text(encoding="utf-8")
