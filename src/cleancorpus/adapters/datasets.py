"""Hugging Face datasets: maps over Arrow tables, picklable, with a stable fingerprint.

>>> from datasets import Dataset
>>> from cleancorpus.adapters import datasets as step
>>> dataset = Dataset.from_dict({"id": ["a"], "text": ["經(jīng)濟發(fā)展需要更多的網(wǎng)絡(luò )建設。"]})
>>> step.clean(dataset)["text"][0]
'經濟發展需要更多的網絡建設。'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import datasets
import pyarrow as pa

from cleancorpus.adapters import arrow
from cleancorpus.cleaner import cleaner_of
from cleancorpus.settings import Settings, settings_from

Data = TypeVar("Data", datasets.Dataset, datasets.IterableDataset)


@dataclass(frozen=True)
class Step:
    """What is mapped: settings and a column, and nothing that is built from them, so that it hashes alike."""

    column: str
    settings: Settings = field(default_factory=Settings)
    apply: bool = True

    def __call__(self, table: pa.Table) -> pa.Table:
        """Clean, or tag, one table of a dataset."""
        work: Callable[..., pa.Table] = arrow.clean if self.apply else arrow.tag
        return work(table, self.column, cleaner=cleaner_of(self.settings))


def clean(dataset: Data, column: str = "text", *, mapping: dict[str, Any] | None = None, **options: Any) -> Data:
    """Clean one column of a dataset, mapped or streamed; results are added as in ``adapters.arrow``.

    ``mapping`` goes to ``Dataset.map``: ``num_proc``, ``batch_size`` and so on.
    """
    return _mapped(dataset, Step(column, settings_from(options)), mapping or {})


def tag(dataset: Data, column: str = "text", *, mapping: dict[str, Any] | None = None, **options: Any) -> Data:
    """Add what ``clean`` would do to one column of a dataset, and leave its texts alone."""
    return _mapped(dataset, Step(column, settings_from(options), apply=False), mapping or {})


def near_duplicates(dataset: datasets.Dataset, column: str = "text", **options: Any) -> datasets.Dataset:
    """Give the verified near-duplicate pairs of a dataset; see ``adapters.arrow.near_duplicates``."""
    whole = dataset.with_format("arrow")[:]
    return datasets.Dataset(arrow.near_duplicates(whole, column, **options))


def _mapped(dataset: Data, step: Step, mapping: dict[str, Any]) -> Data:
    if isinstance(dataset, datasets.Dataset) and not len(dataset):
        # A dataset without rows is not mapped, and would lack the columns that one with rows has.
        return datasets.Dataset(step(dataset.with_format("arrow")[:]))
    found = dataset.with_format("arrow").map(step, batched=True, **mapping)
    return found.with_format(None)
