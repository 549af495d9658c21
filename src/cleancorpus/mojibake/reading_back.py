"""Runs that were read in a wrong encoding: the bytes are taken back and read as what they were.

UTF-8 proves itself by its structure.  GBK and Big5 accept nearly any bytes, so there the character model
judges: what comes out must be good Chinese, and better by far than what stands there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import DoubleByte, big5, gbk
from cleancorpus.mojibake.misread_run import STRONG, Points, Run, weigh
from cleancorpus.mojibake.one_to_one import MIN_END_MARGIN, PRIVATE_USE, is_private, run_ends
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.readers import Source, big5_source, cp936_source, latin_source
from cleancorpus.mojibake.utf8_reading import UTF8_AS_LATIN, utf8_runs

UTF8_AS_GBK = "mojibake.utf8-as-gbk"
UTF8_AS_BIG5 = "mojibake.utf8-as-big5"
GBK_AS_LATIN = "mojibake.gbk-as-latin"
GBK_AS_BIG5 = "mojibake.gbk-as-big5"
BIG5_AS_GBK = "mojibake.big5-as-gbk"
BIG5_AS_LATIN = "mojibake.big5-as-latin"

# Bits by which a run must beat the text as it stands; fewer where the same text has been misread elsewhere.
MIN_GAIN, MIN_GAIN_KNOWN = 20.0, 4.0
# Bits a character (ASCII left out) that what comes out may cost; clean text costs 6 to 10 (docs/language.md).
WORST = 13.5
# What comes out of one layer and costs more than this is looked at for a second one.
_POOR = 10.5


# -- GBK and Big5 that were read as Latin ---------------------------------------------------------------


def latin_pair_runs(text: Points, source: Source, charset: DoubleByte, rule: str, model: CharacterModel) -> list[Run]:
    """Find runs of pairs behind a text that was read as Latin-1 or Windows-1252."""
    high = np.flatnonzero(source.data >= 0x81)
    if not len(high):
        return []
    # Runs end where a character is none of this reader's, or where much ASCII stands between.
    breaks = np.flatnonzero((np.diff(high) > _ASCII_BETWEEN) | _stops_between(source.data, high)) + 1
    runs = []
    for group in np.split(high, breaks):
        # A quotation mark or dash may be the good text's own or the first byte of the run: both are weighed.
        own = np.isin(text[source.owner[group]], _OWN_MARKS)
        last = int(group[-1]) + 1
        for first in sorted({int(group[0]), int(group[np.argmin(own)])}):
            for start, end, points in _read_pairs(source.data[first : last + 1].tolist(), charset):
                after = np.array(points, np.uint32)
                if len(np.unique(after[is_hanzi(after)])) > 1:
                    run = Run(first + start, first + end, after, rule, 0.0, 0.0, len(points) >= STRONG)
                    runs.append(weigh(text, run, model))
    return runs


_OWN_MARKS = tuple(map(ord, "“”‘’…—–"))
_ASCII_BETWEEN = 200  # an address of the web


def _stops_between(data: NDArray[np.uint8], high: NDArray[np.int64]) -> NDArray[np.bool_]:
    stops = np.cumsum((data < 0x20) & (data != 0x09))
    return np.asarray(np.diff(stops[high]) > 0)


def _read_pairs(data: list[int], charset: DoubleByte) -> list[tuple[int, int, list[int]]]:
    """Read bytes as pairs; give (start, end, code points) of the stretches without a byte that makes no pair."""
    out: list[tuple[int, int, list[int]]] = []
    points: list[int] = []
    start = at = end = 0
    kept = 0
    table = charset.character
    while at < len(data):
        byte = data[at]
        if byte < 0x80:
            if points:
                points.append(byte)
            at += 1
            continue
        pair = int(table[byte << 8 | data[at + 1]]) if at + 1 < len(data) else 0
        if pair:
            if not points:
                start = at
            points.append(pair)
            at += 2
            end, kept = at, len(points)
        else:
            if kept:
                out.append((start, end, points[:kept]))
            points, kept = [], 0
            at += 1
    if kept:
        out.append((start, end, points[:kept]))
    return out


# -- GBK that was read as Big5, and Big5 as GBK: one character stands for one ---------------------------


# Fewer different characters than this are no evidence, however good they look.
_DIFFERENT = 4
# The share of a misread run that must be characters which no language writes in running text.
_STRANGE_SHARE = 0.1
_STRANGE_BITS = -16.0


def mapped_runs(
    text: Points, wrong: DoubleByte, right: DoubleByte, rule: str, model: CharacterModel, least: float
) -> list[Run]:
    """Find runs that were read as ``wrong`` but are ``right``: the stretches that the model likes much better.

    Kana, Greek and Cyrillic map to common characters, and a model of Chinese likes these better; so a run
    must also hold rare Chinese characters, private-use ones or Bopomofo, as misread text does throughout.
    """
    codes = wrong.codes(text)
    mapped = np.where(codes > 0, right.character[codes], np.where(text < 0x80, text, 0)).astype(np.uint32)
    usable = mapped > 0
    read = np.where(usable, mapped, text)
    difference = model.score(read) - model.score(text)
    # A character that stays what it is tells nothing, whatever stands before it.
    difference = np.where(usable, np.where(read == text, 0, difference), -_BREAK)
    difference += PRIVATE_USE * (is_private(text) & usable)
    runs = []
    for start, end, rise in _rising(difference.tolist()):
        if rise < least or not _is_strange(text[start:end], read[start:end], model):
            continue
        start, end, margin = run_ends(text, read, usable, (start, end), model)
        run = Run(start, end, read[start:end], rule, 0.0, 0.0, end - start >= STRONG, clear=margin >= MIN_END_MARGIN)
        runs.append(weigh(text, run, model))
    return runs


def _is_strange(stands: Points, reads: Points, model: CharacterModel) -> bool:
    """Say whether a run is such as only a wrong reading makes."""
    if len(np.unique(reads[is_hanzi(reads)])) < _DIFFERENT:
        return False
    private = is_private(stands)
    bopomofo = (stands >= 0x3105) & (stands <= 0x312F)
    rare = is_hanzi(stands) & (model.score_alone(stands) < _STRANGE_BITS)
    strange = int(np.count_nonzero(private | bopomofo | rare))
    return strange >= 2 and strange >= _STRANGE_SHARE * int(np.count_nonzero(stands >= 0x80))


def _looks_misread(points: Points, model: CharacterModel) -> bool:
    """Say whether what came out of one layer must be another layer's work, though that cannot be read back."""
    rare = is_hanzi(points) & (model.score_alone(points) < _STRANGE_BITS)
    return bool(is_private(points).any() or np.count_nonzero(rare) * 3 > np.count_nonzero(points >= 0x80))


_BREAK = 1000.0
_DROP = 14.0  # bits lost on the way before a stretch is taken to have ended


def _rising(difference: list[float]) -> list[tuple[int, int, float]]:
    """Give the stretches over which the running sum rises, each ending where it was highest, with the rise."""
    stretches = []
    total = best = 0.0
    start = stop = 0
    for at, value in enumerate(difference):
        total += value
        if total <= 0 or best - total > _DROP:
            if best > 0:
                stretches.append((start, stop, best))
            total = best = 0.0
            start = at + 1
        elif total > best:
            best, stop = total, at + 1
    if best > 0:
        stretches.append((start, stop, best))
    return stretches


# -- where to look --------------------------------------------------------------------------------------


def mapping_pays(
    text: Points, places: NDArray[np.int64], wrong: DoubleByte, right: DoubleByte, model: CharacterModel
) -> NDArray[np.bool_]:
    """Say at which places a few characters read as ``right`` are better than as ``wrong``, as they stand."""
    at = places[:, None] + np.arange(_LOOK)
    inside = at < len(text)
    raw = np.where(inside, text[np.minimum(at, len(text) - 1)], 0x0A)
    codes = wrong.codes(raw)
    mapped = np.where(codes > 0, right.character[codes], raw)
    read = np.where(mapped > 0, mapped, raw).astype(np.uint32)
    offsets = np.arange(len(places) + 1, dtype=np.int64) * _LOOK
    gain = model.score(read.ravel(), offsets) - model.score(raw.ravel().astype(np.uint32), offsets)
    return np.asarray(gain.reshape(at.shape).sum(axis=1) > _PAYS)


_LOOK, _PAYS = 8, 12.0


def utf8_pays(text: Points, places: NDArray[np.int64], charset: DoubleByte, model: CharacterModel) -> NDArray[np.bool_]:
    """Say at which places three characters are better read as two of UTF-8, each character by itself."""
    codes = charset.code[text[places[:, None] + np.arange(3)]].astype(np.uint32)
    six = np.stack([codes >> 8, codes & 0xFF], axis=2).reshape(-1, 6) & 0x3F
    first = ((six[:, 0] & 0x0F) << 12 | six[:, 1] << 6 | six[:, 2]).astype(np.uint32)
    second = ((six[:, 3] & 0x0F) << 12 | six[:, 4] << 6 | six[:, 5]).astype(np.uint32)
    stands = model.score_alone(text[places[:, None] + np.arange(3)]).sum(axis=1)
    reads = np.add(model.score_alone(first), model.score_alone(second))
    return np.asarray(reads - stands > _UTF8_PAYS)


_UTF8_PAYS = 6.0


# -- all of them ----------------------------------------------------------------------------------------

Finder = Callable[[Points, CharacterModel, float], list[Run]]

FINDERS: dict[str, Finder] = {
    UTF8_AS_LATIN: lambda text, model, _: utf8_runs(text, latin_source(text), UTF8_AS_LATIN, model),
    UTF8_AS_GBK: lambda text, model, _: utf8_runs(text, cp936_source(text), UTF8_AS_GBK, model),
    UTF8_AS_BIG5: lambda text, model, _: utf8_runs(text, big5_source(text), UTF8_AS_BIG5, model),
    GBK_AS_LATIN: lambda text, model, _: latin_pair_runs(text, latin_source(text), gbk(), GBK_AS_LATIN, model),
    BIG5_AS_LATIN: lambda text, model, _: latin_pair_runs(text, latin_source(text), big5(), BIG5_AS_LATIN, model),
    GBK_AS_BIG5: lambda text, model, least: mapped_runs(text, big5(), gbk(), GBK_AS_BIG5, model, least),
    BIG5_AS_GBK: lambda text, model, least: mapped_runs(text, gbk(), big5(), BIG5_AS_GBK, model, least),
}


def read_back(
    text: Points, rules: Collection[str], model: CharacterModel, *, inner: bool = False, least: float = MIN_GAIN
) -> list[Run]:
    """Give the misread runs of a text, disjoint and in order; of two readings the better one is kept.

    ``inner`` texts are what came out of one layer; ``least`` is the gain in bits that a run must have.
    Where a good part of the text was misread in one way, less evidence is asked of the rest.
    """
    runs = [run for rule in rules for run in FINDERS[rule](text, model, least)]
    if not inner:
        runs = [_second_layer(text, run, model) if run.strong and run.cost > _POOR else run for run in runs]
    accepted = _disjoint(text, [run for run in runs if _convinces(run, least)])
    misread: dict[str, int] = {}
    for run in accepted:
        misread[run.rule] = misread.get(run.rule, 0) + run.end - run.start
    written = int(np.count_nonzero(text >= 0x80))
    known = [rule for rule, length in misread.items() if length > _KNOWN_SHARE * written]
    if known:
        weaker = [run for rule in known for run in FINDERS[rule](text, model, MIN_GAIN_KNOWN)]
        accepted = _disjoint(text, [*accepted, *(run for run in weaker if _convinces(run, MIN_GAIN_KNOWN))])
    return accepted


_KNOWN_SHARE = 0.3


def _convinces(run: Run, least: float) -> bool:
    control = bool(((run.after >= 0x80) & (run.after < 0xA0)).any())
    # Three bytes of UTF-8 in a row are no accident in Latin text, whatever they say.
    proven = run.strong and run.rule == UTF8_AS_LATIN
    return run.gain >= least and (run.cost <= WORST or proven) and not control


def _second_layer(text: Points, run: Run, model: CharacterModel) -> Run:
    """Read what came out back once more, if that makes it better still: it had been misread twice."""
    # An ASCII character behind the run may be the trail byte of the inner layer's last pair.
    reach = 1 if run.end < len(text) and 0x40 <= text[run.end] < 0x7F else 0
    after = np.concatenate([run.after, text[run.end : run.end + reach]])
    again = read_back(after, FINDERS, model, inner=True, least=MIN_GAIN_KNOWN if is_private(after).any() else MIN_GAIN)
    if not again:
        return replace(run, clear=run.clear and not _looks_misread(run.after, model))
    longer = replace(run, end=run.end + reach, after=applied(after, again), open=(), layers=2)
    twice = weigh(text, replace(longer, clear=run.clear and all(part.clear for part in again)), model)
    return twice if twice.gain > run.gain else run


def applied(text: Points, runs: list[Run]) -> Points:
    """Give the text with the runs read back."""
    parts: list[Points] = []
    at = 0
    for run in runs:
        parts.extend((text[at : run.start], run.after))
        at = run.end
    return np.concatenate([*parts, text[at:]])


# Bits that each layer must gain: Latin text of GBK bytes is also Big5 read as Latin, with GBK read as Big5 below.
_LAYER = 20.0


def _disjoint(text: Points, runs: list[Run]) -> list[Run]:
    """Choose runs that do not meet, those of the greatest gain first; one with an equal rival is not clear."""
    chosen: list[Run] = []
    starts: list[int] = []
    for run in sorted(runs, key=lambda run: (-round(_worth(run)), run.start)):
        at = bisect_left(starts, run.start)
        met = [other for other in (at - 1, at) if 0 <= other < len(chosen) and _meet(chosen[other], run)]
        if not met:
            chosen.insert(at, run)
            starts.insert(at, run.start)
        for other in met:
            if _worth(chosen[other]) - _worth(run) < MIN_END_MARGIN and _differ(text, chosen[other], run):
                chosen[other] = replace(chosen[other], clear=False)
    return chosen


def _worth(run: Run) -> float:
    return run.gain - _LAYER * run.layers


def _meet(one: Run, other: Run) -> bool:
    return one.start < other.end and other.start < one.end


def _differ(text: Points, one: Run, other: Run) -> bool:
    """Say whether two runs that meet give different texts."""
    first, last = min(one.start, other.start), max(one.end, other.end)
    left, right = (np.concatenate([text[first : run.start], run.after, text[run.end : last]]) for run in (one, other))
    return not np.array_equal(left, right)
