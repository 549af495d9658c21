"""Spark: cleaning and near-duplicates beyond one machine, with the results of one.

The library must be installed on the workers.
"""

from __future__ import annotations

from cleancorpus.adapters.spark.cleaning import clean, tag
from cleancorpus.adapters.spark.duplicates import Duplicates, near_duplicates

__all__ = ["Duplicates", "clean", "near_duplicates", "tag"]
