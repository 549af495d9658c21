"""The model's scores with the page's own characters thought likelier, as names and signs come back on a page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel

Points = NDArray[np.uint32]

# How many characters the model's shares count as, against the page's counts (Kuhn and De Mori 1990).
_PRIOR = 2000.0


class Wording:
    """Scores characters after one another, by the model and by how often they stand on a page."""

    def __init__(self, model: CharacterModel, page: Points) -> None:
        self._model = model
        self._points, self._counts = np.unique(page, return_counts=True)
        self._total = len(page) + _PRIOR

    def score(self, points: Points) -> NDArray[np.float64]:
        """Score each character given the one before it: ``log2 P(character | previous, page)``, ``float64[N]``."""
        shares = np.exp2(self._model.score(points).astype(np.float64))
        return np.asarray(np.log2((self._count(points) + _PRIOR * shares) / self._total))

    def _count(self, points: Points) -> NDArray[np.int64]:
        if not len(self._points):
            return np.zeros(len(points), dtype=np.int64)
        at = np.minimum(np.searchsorted(self._points, points), len(self._points) - 1)
        return np.where(self._points[at] == points, self._counts[at], 0)
