"""Bands: which texts are looked at as a pair at all.

A signature is cut into ``bands`` of ``rows`` values; texts that agree in all values of one band are
candidates.  With a Jaccard index j that happens with probability 1 - (1 - j ** rows) ** bands
(Indyk and Motwani 1998; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4).  As every candidate
is verified, a false one costs time and nothing else: the bands are chosen for recall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import SettingsError
from cleancorpus.neardup.shingles import mix64
from cleancorpus.neardup.signatures import Signatures

BandKeys = NDArray[np.int64]

SIZES = (32, 64, 128)
RECALL = 0.995
_RELATED = 0.02  # the Jaccard index of two Chinese texts on one subject
_RARE = 1e-5  # how often two such texts may be looked at for nothing


@dataclass(frozen=True)
class Bands:
    """``bands`` bands of ``rows`` values each."""

    bands: int
    rows: int

    @classmethod
    def least(cls, threshold: float, recall: float = RECALL) -> Bands:
        """Choose bands over the shortest signature of ``SIZES`` that is enough.

        It is where the widest bands that find a pair at ``threshold`` with probability ``recall`` bring together
        one in 100,000 pairs of texts on the same subject at most.  A shorter signature costs less to make and its
        fewer bands less to sort.
        """
        choices = [cls.for_threshold(threshold, size, recall) for size in SIZES]
        enough = (one for one in choices if one.recall(threshold) >= recall and one.recall(_RELATED) <= _RARE)
        return next(enough, choices[-1])

    @property
    def signature(self) -> int:
        """The values of the signature that these bands are cut from, a power of two."""
        return max(16, 1 << (self.bands * self.rows - 1).bit_length())

    @classmethod
    def for_threshold(cls, threshold: float, size: int = 128, recall: float = RECALL) -> Bands:
        """Choose the widest bands that find a pair exactly at ``threshold`` with probability ``recall``.

        Wide bands give few false candidates; above the threshold the recall only rises.  Where even bands of
        one value find less (a threshold near 0), these are taken.  Raises ``SettingsError`` where a number
        is out of range.
        """
        check_share("threshold", threshold)
        if not 0 < recall < 1:
            raise SettingsError(f"recall lies between 0 and 1, not at {recall}")
        choices = (cls(size // rows, rows) for rows in range(size, 1, -1))
        return next((choice for choice in choices if choice.recall(threshold) >= recall), cls(size, 1))

    def recall(self, jaccard: float) -> float:
        """Give the probability that a pair of texts with this Jaccard index becomes a candidate."""
        return float(1.0 - (1.0 - jaccard**self.rows) ** self.bands)

    def keys(self, signatures: Signatures) -> BandKeys:
        """Give the key of every text in every band, ``int64[D, bands]``; keys of two bands never meet by rule.

        Signed, because databases keep unsigned 64-bit numbers as decimals or refuse them.
        """
        used = signatures[:, : self.bands * self.rows].reshape(len(signatures), self.bands, self.rows)
        keys = np.repeat(np.arange(self.bands, dtype=np.uint64)[None, :], len(signatures), axis=0)
        for row in range(self.rows):
            keys *= np.uint64(0x9E3779B97F4A7C15)
            keys += used[:, :, row]
            keys ^= keys >> np.uint64(29)
        return mix64(keys).view(np.int64)


def check_share(name: str, value: float) -> None:
    """Raise ``SettingsError`` unless ``value`` lies above 0 and at most at 1."""
    if not 0 < value <= 1:
        raise SettingsError(f"{name} lies above 0 and at most at 1, not at {value}")
