"""What can be asked of a cleaner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from cleancorpus.errors import SettingsError

Level = Literal["conservative", "main-content"]
Target = Literal["keep", "hans", "hant", "tw", "hk"]
StageName = Literal["mojibake", "boilerplate", "script"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is asked of a cleaner.

    ``stages`` run in the library's own order, whatever order they are named in.  ``level`` is how much
    chrome goes: ``conservative`` (what is surely chrome) or ``main-content`` (all but the page's main text).
    ``script`` is the script to unify to; ``regional_phrases`` lets words change with the region too;
    ``protect`` are patterns of what the script stage leaves as it is, ``protect_titles`` leaves what stands in
    《》, and ``classical`` leaves characters such as 云 and 后 where no word decides.
    ``enable`` and ``disable`` name rules or prefixes of rules; ``rule_files`` are TOML files with more rules.
    ``templates`` is a file of learned templates.  ``html`` says whether a text that is an HTML page is parsed,
    and ``keep_source`` whether such a page's source is kept.  Raises ``SettingsError`` for anything else.
    """

    stages: tuple[StageName, ...] = ("mojibake", "boilerplate", "script")
    level: Level = "conservative"
    script: Target = "keep"
    regional_phrases: bool = False
    protect: tuple[str, ...] = ()
    protect_titles: bool = False
    classical: bool = False
    enable: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    rule_files: tuple[str, ...] = ()
    templates: str | None = None
    html: Literal["auto", "never"] = "auto"
    keep_source: bool = False

    def __post_init__(self) -> None:
        for name in ("stages", "enable", "disable", "rule_files", "protect"):
            value = getattr(self, name)
            if isinstance(value, str):
                raise SettingsError(f"{name} takes several names, not one text: ({value!r},)")
            object.__setattr__(self, name, tuple(value))
        _check_choice("level", self.level, get_args(Level))
        _check_choice("script", self.script, get_args(Target))
        _check_choice("html", self.html, ("auto", "never"))
        for stage in self.stages:
            _check_choice("stages", stage, get_args(StageName))


def _check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    if value not in choices:
        raise SettingsError(f"{name} is {value!r}; it may be {', '.join(choices)}")


def settings_from(options: Mapping[str, Any]) -> Settings:
    """Make settings of keyword arguments; raises ``SettingsError`` for a name that does not exist."""
    known = Settings.__dataclass_fields__
    for name in options:
        if name not in known:
            raise SettingsError(f"there is no setting {name!r}; there are {', '.join(known)}")
    return Settings(**options)
