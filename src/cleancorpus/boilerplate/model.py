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
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.features import LineFeatures
from cleancorpus.boilerplate.hints import hint_features
from cleancorpus.boilerplate.pages import Pages
from cleancorpus.rules import Rule
from cleancorpus.stage import Hints
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
# Chosen on pages held out by site (tools/train_boilerplate.py prints the figures): a post of which this share of
# the characters stays is kept whole; a page with a share of forum cues above the second is a thread of posts,
# whose main text is in many places.
POST_SHARE = 0.4
THREAD_LEVEL = 0.3
# Lines that are less likely than the cut stay between lines of an article that are no further from each other.
WIDEST_GAP = 20
# A sentence that no rule knows stays this near to what an article keeps: chosen as the above, on pages with gold and on
# pages of other kinds (tests/boilerplate/pages/looked_at), where the texts go on behind lists and advertisements.
REACH = 8
# Facts about the page that stand at an edge of its main text are short and hardly more than their cues.
LONGEST_FACT = 60
FACT_CUES = 0.3
EDGE = 3


class Levels(NamedTuple):
    """How likely body a line must be to stay, for all lines or for each (``float64[M]``), by where it stands.

    Lines less likely than ``region`` count against the region in which they lie; lines at least as likely as ``inner``
    stay where those around them do, and lines at least as likely as ``edge`` next to those; sentences at least as
    likely as ``sentence`` stay near them, and in a thread of posts anywhere.
    """

    region: float | NDArray[np.float64]
    inner: float | NDArray[np.float64]
    edge: float | NDArray[np.float64]
    sentence: float | NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """A linear model: a weight for each of ``names``, what is added to their sum, and what its probabilities mean."""

    names: tuple[str, ...]
    weight: NDArray[np.float32]
    bias: float
    levels: Levels


@lru_cache(maxsize=2)
def load_weights(name: str = "model.tsv") -> Weights:
    """Read a table of weights that ships with the library: features, and in brackets bias and levels."""
    text = (files("cleancorpus") / "data" / "boilerplate" / name).read_text(encoding="utf-8")
    rows = dict(line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    bias, *levels = (float(rows.pop(f"({name})")) for name in ("bias", *Levels._fields))
    weight = np.array([float(value) for value in rows.values()], dtype=np.float32)
    return Weights(tuple(rows), weight, bias, Levels(*levels))


def body_probability(features: LineFeatures, weights: Weights) -> NDArray[np.float64]:
    """Give for each described line the probability that it belongs to the page's main text, ``float64[M]``."""
    scores = weights.bias + features.weighted(weights.names, weights.weight.tolist())
    return 1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))


def keep_likely(
    probability: NDArray[np.float64], size: NDArray[np.int64], document: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Choose the lines of each document whose expected F1 is greatest.

    ``probability``, ``size`` (in characters) and ``document`` (not decreasing) are columns over the lines.
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
    score = 2 * (gained - before) / (taken + expected)
    best = np.repeat(np.maximum.reduceat(score, begins), lengths)
    place = np.where(score >= best, np.arange(len(score)), len(score))
    last = np.repeat(np.minimum.reduceat(place, begins), lengths)
    keep = np.empty(len(probability), dtype=bool)
    keep[order] = np.arange(len(score)) <= last
    return keep


def main_region(
    probability: NDArray[np.float64],
    size: NDArray[np.int64],
    document: NDArray[np.int64],
    level: float | NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Say which lines lie in the contiguous region of each document that is most likely its main text.

    The region is the one whose sum of ``sqrt(size) * (probability - level)`` is greatest; it is found
    for all documents in one pass.  All of a document is its region where no such sum is above zero.
    """
    gain = np.sqrt(size) * (probability - level)
    begins = np.flatnonzero(np.diff(document, prepend=document[0] - 1))
    lengths = np.diff(np.append(begins, len(document)))
    # Sums start anew with each document: it is moved below all that stands before it, by as much as that can span.
    weight = np.add.reduceat(np.abs(gain), begins) + 1.0
    sums = np.cumsum(gain) - np.repeat(2 * (np.cumsum(weight) - weight), lengths)
    before = sums - gain
    lowest = np.minimum.accumulate(before)
    start = np.maximum.accumulate(np.where(before <= lowest, np.arange(len(sums)), 0))
    best = np.repeat(np.maximum.reduceat(sums - lowest, begins), lengths)
    place = np.where(sums - lowest >= best, np.arange(len(sums)), len(sums))
    last = np.minimum.reduceat(place, begins)
    here = np.arange(len(sums))
    inside = (here >= np.repeat(start[last], lengths)) & (here <= np.repeat(last, lengths))
    return inside | (best <= 0)


def choose(
    probability: NDArray[np.float64],
    size: NDArray[np.int64],
    document: NDArray[np.int64],
    thread: NDArray[np.bool_],
    parted: NDArray[np.bool_],
    level: float | NDArray[np.float64],
    inner: float | NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Choose the lines that stay: in an article those of its region, in a thread of posts wherever they are.

    Between lines of the best cut that are not far from each other, an article's lines stay down to ``inner``; so do
    those of a post of which half stays.  ``parted`` are the lines between which posts stand.
    """
    inside = thread | main_region(probability, size, document, level)
    likely = np.where(inside, probability, 0.0)
    keep = keep_likely(likely, size, document)
    begins = np.flatnonzero(np.diff(document, prepend=document[0] - 1))
    lengths = np.diff(np.append(begins, len(document)))
    here = np.arange(len(keep))
    first = np.repeat(np.minimum.reduceat(np.where(keep, here, len(keep)), begins), lengths)
    last = np.repeat(np.maximum.reduceat(np.where(keep, here, -1), begins), lengths)
    pages = Pages(document)
    gap, post = pages.runs(keep), pages.runs(parted)
    within = ~thread & (here > first) & (here < last) & (np.bincount(gap) <= WIDEST_GAP)[gap]
    whole = np.bincount(post, size * keep) >= POST_SHARE * np.bincount(post, size)
    within |= thread & ~parted & whole[post]
    keep |= within & (probability >= inner)
    return keep | _no_gain(keep, likely, size, begins, lengths)


def reached(keep: NDArray[np.bool_], document: NDArray[np.int64], likely: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep besides what is kept the ``likely`` lines that hang together with it, by likely lines alone.

    So a text keeps the heads, signatures and lists at its ends, which are less surely body than its sentences
    (thresholding with hysteresis: Canny, "A computational approach to edge detection", 1986).
    """
    run = Pages(document).runs(keep | likely)
    return keep | likely & (np.bincount(run, keep) > 0)[run]


def sentences_near(features: LineFeatures, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which full sentences stand near what is kept of their page, ``bool[M]``, and no rule knows them.

    A sentence right below a headline that goes is a teaser, unless that headline is an item of a list: a text goes on
    below the lists of other articles that sites put among its paragraphs.
    """
    closed, free = features.column("ends.stop") > 0, unknown(features)
    headline = free & ~closed & ~keep & (features.column("bullet") == 0)
    teaser = features.page.window(headline, -1, -1) > 0
    near = features.page.window(keep, -REACH, REACH) > 0
    return np.asarray(near & free & closed & (features.column("prose") > 0) & ~teaser)


def _no_gain(
    keep: NDArray[np.bool_],
    probability: NDArray[np.float64],
    size: NDArray[np.int64],
    begins: NDArray[np.int64],
    lengths: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Mark the documents that the cut is not expected to make better, or that show no main text at all."""
    mass = probability * size
    expected = np.add.reduceat(mass, begins)
    whole = 2 * expected / (np.add.reduceat(size, begins) + expected)
    cut = 2 * np.add.reduceat(mass * keep, begins) / (np.add.reduceat(size * keep, begins) + expected)
    hopeless = np.maximum.reduceat(probability, begins) < LEAST_CERTAIN
    return np.repeat(hopeless | (cut - whole < LEAST_GAIN), lengths)


def label(lines: Lines, features: LineFeatures, hints: Hints | None = None) -> NDArray[np.int8]:
    """Label every line of a batch: ``int8[L]``, one of ``BLANK``, ``BODY``, ``CHROME`` and their like.

    Documents that have ``hints`` are judged with the weights for HTML, the others with those for flat text.
    """
    labels = np.full(len(lines), BLANK, dtype=np.int8)
    if not len(features.line):
        return labels
    flat = load_weights()
    probability, levels = body_probability(features, flat), flat.levels
    if hints is not None and len(hints.start):
        weights = load_weights("model_html.tsv")
        described = hint_features(features, hints)
        parsed = np.unique(features.document[described.column("html.known") > 0])
        html = np.isin(features.document, parsed)
        probability = np.where(html, body_probability(described, weights), probability)
        levels = Levels(*(np.where(html, *both) for both in zip(weights.levels, flat.levels, strict=True)))
    keep = kept(features, probability, levels)
    title, fact = _edges(features, keep, features.column("thread") >= THREAD_LEVEL)
    found = np.where(keep, BODY, CHROME)
    found[title], found[fact] = TITLE, METADATA
    labels[features.line] = found
    return labels


def kept(features: LineFeatures, probability: NDArray[np.float64], levels: Levels) -> NDArray[np.bool_]:
    """Choose the described lines that are main text, ``bool[M]``, by how likely each is and by what is around it."""
    thread, free = features.column("thread") >= THREAD_LEVEL, unknown(features)
    size, document = features.size, features.document
    parted = features.column("parted") > 0
    keep = choose(probability, size, document, thread, parted, levels.region, levels.inner)
    keep = reached(keep, document, (probability >= levels.edge) & free & ~thread)
    keep |= thread & (features.column("ends.stop") > 0) & free & (probability >= levels.sentence)
    return keep | ~thread & sentences_near(features, keep) & (probability >= levels.sentence)


def unknown(features: LineFeatures) -> NDArray[np.bool_]:
    """Say of which lines the rules know nothing: they are neither chrome, nor words of menus, nor titles."""
    return np.asarray(sum(features.column(name) for name in ("goes", "rule.weak", "rule.title")) == 0)


def _edges(
    features: LineFeatures, keep: NDArray[np.bool_], thread: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the title and the facts about the page among the first and last kept lines of articles that are cut."""
    begins = np.flatnonzero(np.diff(features.document, prepend=features.document[0] - 1))
    lengths = np.diff(np.append(begins, len(keep)))
    kept = np.add.reduceat(keep.astype(np.int64), begins)
    cut = np.repeat(kept < lengths, lengths) & keep & ~thread
    number = np.cumsum(keep) - np.repeat(np.cumsum(kept) - kept, lengths)
    leading, trailing = number <= EDGE, number > np.repeat(kept, lengths) - EDGE
    # A date below a text is the day on which it was signed.
    cues = features.column("cue.byline") + features.column("cue.ending")
    known = (leading | trailing) & (cues >= FACT_CUES) | leading & (features.column("date") > 0)
    fact = known & (features.size <= LONGEST_FACT) & (features.column("stops") == 0)
    return cut & leading & (features.column("rule.title") > 0), cut & fact


def goes(labels: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Say which lines are outside the main text: all that are neither blank nor body nor a heading in it."""
    return np.isin(labels, (CHROME, TITLE, METADATA))
