"""Which lines of a page are its main text: a small linear model over the lines, read from a table.

Each line gets a probability of being body by logistic regression over its features, which look at its
neighbours and at the page as well as at the line.  A page's lines are then cut at the probability that
makes the expected F1 of what is kept greatest (the plug-in rule of Ye, Chai, Lee and Chieu, "Optimizing
F-measure: a tale of two approaches", ICML 2012), each line weighed by its characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.features import LineFeatures
from cleancorpus.rules import Rule
from cleancorpus.text import Lines

BLANK, BODY, CHROME, TITLE, METADATA, HEADING = range(6)
LABELS = ("blank", "body", "chrome", "title", "metadata", "heading")

OUTSIDE = Rule(
    id="boilerplate.outside-main-content",
    why="The line lies outside the page's main text, as the model of lines sees it.",
    family="model",
)
RULES: tuple[Rule, ...] = (OUTSIDE,)

# A page none of whose lines is more likely body than this has no main text that could be told apart.
LEAST_CERTAIN = 0.3
# Where the best cut is expected to be better than no cut by less than this, the page is left as it is:
# a page that has been cut already must not be cut again.  Measured by tools/train_boilerplate.py.
LEAST_GAIN = 0.02


@dataclass(frozen=True)
class Weights:
    """A linear model: a weight for each of ``names``, and what is added to their sum."""

    names: tuple[str, ...]
    weight: NDArray[np.float32]
    bias: float


@lru_cache(maxsize=2)
def load_weights(name: str = "model.tsv") -> Weights:
    """Read a table of weights that ships with the library: feature and weight, the bias under ``(bias)``."""
    text = (files("cleancorpus") / "data" / "boilerplate" / name).read_text(encoding="utf-8")
    rows = dict(line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    bias = float(rows.pop("(bias)"))
    return Weights(tuple(rows), np.array([float(value) for value in rows.values()], dtype=np.float32), bias)


def body_probability(features: LineFeatures, weights: Weights) -> NDArray[np.float64]:
    """Give for each described line the probability that it belongs to the page's main text, ``float64[M]``."""
    column = {name: index for index, name in enumerate(features.names)}
    chosen = [column[name] for name in weights.names]
    scores = features.values[:, chosen] @ weights.weight + np.float32(weights.bias)
    return 1.0 / (1.0 + np.exp(-np.clip(scores.astype(np.float64), -30, 30)))


def keep_likely(
    probability: NDArray[np.float64], size: NDArray[np.int64], document: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Choose the lines of each document whose expected F1 is greatest.

    ``probability``, ``size`` (in characters) and ``document`` (not decreasing) are columns over the lines.
    All lines of a document stay where none is likely to be body.
    """
    if not len(probability):
        return np.zeros(0, dtype=bool)
    order = np.lexsort((-probability, document))
    begins = np.flatnonzero(np.diff(document, prepend=document[0] - 1))
    lengths = np.diff(np.append(begins, len(document)))
    mass = (probability * size)[order]
    gained, taken = np.cumsum(mass), np.cumsum(size[order])
    before = np.repeat(gained[begins] - mass[begins], lengths)
    taken = taken - np.repeat(taken[begins] - size[order][begins], lengths)
    expected = np.repeat(np.add.reduceat(mass, begins), lengths)
    f1 = 2 * (gained - before) / (taken + expected)
    best = np.repeat(np.maximum.reduceat(f1, begins), lengths)
    place = np.where(f1 >= best, np.arange(len(f1)), len(f1))
    last = np.repeat(np.minimum.reduceat(place, begins), lengths)
    hopeless = np.repeat(probability[order][begins] < LEAST_CERTAIN, lengths)
    whole = np.repeat(f1[begins + lengths - 1], lengths)
    keep = np.empty(len(probability), dtype=bool)
    keep[order] = (np.arange(len(f1)) <= last) | hopeless | (best - whole < LEAST_GAIN)
    return keep


def label(lines: Lines, features: LineFeatures) -> NDArray[np.int8]:
    """Label every line of a batch: ``int8[L]``, one of ``BLANK``, ``BODY``, ``CHROME`` and their like."""
    labels = np.full(len(lines), BLANK, dtype=np.int8)
    if not len(features.line):
        return labels
    probability = body_probability(features, load_weights())
    keep = keep_likely(probability, features.size, features.document)
    labels[features.line] = np.where(keep, BODY, CHROME)
    return labels


def goes(labels: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Say which lines are outside the main text: all that are neither blank nor body nor a heading in it."""
    return np.isin(labels, (CHROME, TITLE, METADATA))
