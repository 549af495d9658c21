"""Page chrome: found, labelled, taken out of flat text with the metadata that stands in it."""

from __future__ import annotations

from cleancorpus.boilerplate.strip import OWN_RULES, Level, Strip
from cleancorpus.boilerplate.templates import Template, Templates, learn, show
from cleancorpus.rules import Rule

RULES: tuple[Rule, ...] = OWN_RULES

__all__ = ["RULES", "Level", "Strip", "Template", "Templates", "learn", "show"]
