"""Mojibake and converter damage: repaired where the truth can be known, flagged where it cannot."""

from cleancorpus.mojibake.repair import RULES, Repair

__all__ = ["RULES", "Repair"]
