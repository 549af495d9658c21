"""Texts made ready for an index: looked up in its segments, or written as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cleancorpus.neardup.bands import BandKeys
from cleancorpus.neardup.comparison import Compared, band_keys, compare_all
from cleancorpus.neardup.containment import Samples
from cleancorpus.neardup.holders import band_holders, sample_holders
from cleancorpus.neardup.postings import Postings
from cleancorpus.neardup.search import Search
from cleancorpus.neardup.segments import Arrays
from cleancorpus.text import Positions

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, eq=False)
class Prepared:
    """Texts folded, cut and signed: their band keys (``int64[P, bands]``) and sampled shingles."""

    compared: Compared
    keys: BandKeys
    samples: Samples | None

    @classmethod
    def of(cls, texts: Sequence[str], search: Search) -> Prepared:
        """Fold, cut and sign texts."""
        compared = compare_all(texts, search.unit, search.fold)
        keys = band_keys(compared.view, np.arange(len(compared)), search.signer, search.bands)
        return cls(compared, keys, None if search.containment is None else Samples.of(compared.view, search.shingle))

    def holders(self, arrays: Arrays, containment: float | None) -> tuple[Positions, Positions]:
        """Give which passage may be like which passage of a segment, each two once, sorted."""
        parts = [band_holders(self.keys, arrays.bands)]
        if self.samples is not None and arrays.samples is not None and arrays.sampled is not None:
            assert containment is not None
            parts.append(sample_holders(self.samples, arrays.samples, arrays.sampled, containment))
        pairs = np.unique(np.concatenate([np.stack(part, axis=1) for part in parts]), axis=0)
        return pairs[:, 0], pairs[:, 1]

    def arrays(self) -> Arrays:
        """Give the arrays of a segment of these texts."""
        rows = np.repeat(np.arange(len(self.keys), dtype=np.uint32), self.keys.shape[1])
        bands = Postings.of(self.keys.reshape(-1), rows)
        views, offsets = self.compared.view.codepoints, self.compared.view.offsets
        if self.samples is None:
            return Arrays(views, offsets, bands)
        samples = Postings.of(self.samples.hashes.view(np.int64), self.samples.marked_owners())
        return Arrays(views, offsets, bands, samples, self.samples.sizes.clip(max=255).astype("u1"))

    def tables(self, names: Sequence[str], *, alive: bool) -> Mapping[str, pa.Table]:
        """Give the tables of a segment of these texts under their ids; ids that are not alive are removed by it."""
        import pyarrow as pa

        documents = {"document": np.arange(len(names)), "id": list(names), "alive": [alive] * len(names)}
        passages = {
            "number": np.arange(len(self.compared)),
            "document": self.compared.document,
            "start": self.compared.start,
            "stop": self.compared.end,
        }
        return {"documents": pa.table(documents), "passages": pa.table(passages)}
