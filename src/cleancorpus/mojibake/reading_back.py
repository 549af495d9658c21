"""Runs that were read in a wrong encoding: the bytes are taken back and read as what they were.

UTF-8 proves itself by its structure.  GBK and Big5 accept nearly any bytes, so there the character model
judges: what comes out must be good Chinese, and better by far than what stands there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import PLANE, DoubleByte, big5, big5_hkscs, gbk
from cleancorpus.mojibake.excerpts import LINE_BREAKS, SEPARATOR, Excerpt, moved
from cleancorpus.mojibake.holed_lines import holed_runs
from cleancorpus.mojibake.misread_run import STRONG, Points, Run, weigh
from cleancorpus.mojibake.one_to_one import (
    MIN_END_MARGIN,
    MIN_LINE_MARGIN,
    PRIVATE_USE,
    choose,
    is_private,
    rising,
)
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.readers import Source, double_source, latin_source
from cleancorpus.mojibake.run_ends import Ends
from cleancorpus.mojibake.utf8_reading import UTF8_AS_LATIN, utf8_runs
from cleancorpus.mojibake.utf8_runs import BLANKS
from cleancorpus.text import TextBatch

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
        # A quotation mark or dash may be the good text's own or a byte of the run: both are weighed.
        other = np.flatnonzero(~np.isin(text[source.owner[group]], _OWN_MARKS))
        inner = group[other[[0, -1]]] if len(other) else group[[0, -1]]
        for first in sorted({int(group[0]), int(inner[0])}):
            for last in sorted({int(group[-1]), int(inner[1])}):
                for start, end, points in _read_pairs(source.data[first : last + 2].tolist(), charset):
                    after = np.array(points, np.uint32)
                    if len(np.unique(after[is_hanzi(after)])) > 1:
                        runs.append(Run(first + start, first + end, after, rule, 0.0, 0.0, len(points) >= STRONG))
    return weigh(text, runs, model)


_OWN_MARKS = tuple(map(ord, "“”‘’…—–"))
_ASCII_BETWEEN = 200  # an address of the web


def _stops_between(data: NDArray[np.uint8], high: NDArray[np.int64]) -> NDArray[np.bool_]:
    stops = np.cumsum((data < 0x20) & ~np.isin(data, BLANKS))
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
_DIFFERENT = 2
# What part of a misread run must be characters which no language writes in running text, and how many.
_STRANGE_SHARE, _LEAST_STRANGE = 0.1, 2
_STRANGE_BITS = -16.0


def mapped_runs(
    text: Points, wrong: DoubleByte, right: DoubleByte, rule: str, model: CharacterModel, least: float
) -> list[Run]:
    """Find runs that were read as ``wrong`` but are ``right``, and are better so by ``least`` bits.

    Kana, Greek and Cyrillic map to common characters, and a model of Chinese likes these better; so a run
    must also hold rare Chinese characters, private-use ones or Bopomofo, as misread text does throughout.
    """
    codes = wrong.codes(text)
    mapped = np.where(codes > 0, right.character[codes], np.where(text < 0x80, text, 0)).astype(np.uint32)
    usable = mapped > 0
    places = np.flatnonzero(_hopeful(text, np.where(usable, mapped, text), usable, model, least))
    if not len(places):
        return []
    own, usable = text[places], usable[places]
    read = np.where(usable, mapped[places], own)
    choice = choose(own, read, usable, model)
    found = [_run(read, stretch, rule) for stretch in choice.stretches()]
    found = [run for run in found if _is_strange(own[run.start : run.end], run.after, model)]
    found = [run for run in _weighed(own, found, model) if run.gain >= least - _NEARLY and run.cost <= WORST + 1]
    settled: list[Run] = []
    budget = _SETTLED + len(own) // _CHARACTERS_A_SETTLING
    for run in found:
        ends = Ends(own, read, choice, run.start, run.end, model)
        margin = ends.margin(_NEAR)
        if margin < _DOUBTFUL and budget > 0:
            budget -= 1
            start, end, margin = ends.settled(_NEAR, _DOUBTFUL)
            run = _run(read, (start, end), rule)
        settled.append(replace(run, clear=margin >= _least_margin(own, run)))
    return [_placed(run, places) for run in _weighed(own, settled, model)]


_NEAR = 12  # characters around a run that belong to the question where it ends
_DOUBTFUL = 16.0  # bits below which an end chosen by pairs is looked at again
_NEARLY = 6.0  # bits that better ends may bring
# How many runs of an excerpt that costs: so many, and one more for so many characters.
_SETTLED, _CHARACTERS_A_SETTLING = 16, 1000


def _run(read: Points, stretch: tuple[int, int], rule: str) -> Run:
    start, end = stretch
    return Run(start, end, read[start:end], rule, 0.0, 0.0, end - start >= STRONG)


def _placed(run: Run, places: NDArray[np.int64]) -> Run:
    return replace(run, start=int(places[run.start]), end=int(places[run.end - 1]) + 1)


def _weighed(text: Points, runs: list[Run], model: CharacterModel) -> list[Run]:
    """Weigh runs, and add what speaks for them that no model knows: nobody writes private-use characters."""
    private = [int(np.count_nonzero(is_private(text[run.start : run.end]))) for run in runs]
    return [
        replace(run, gain=run.gain + PRIVATE_USE * count)
        for run, count in zip(weigh(text, runs, model), private, strict=True)
    ]


def _least_margin(text: Points, run: Run) -> float:
    """Give how clear the ends of a run must be, in bits."""
    whole = _at_line_end(text, run.start - 1) and _at_line_end(text, run.end)
    return MIN_LINE_MARGIN if whole else MIN_END_MARGIN


def _at_line_end(text: Points, place: int) -> bool:
    return not 0 <= place < len(text) or int(text[place]) in LINE_BREAKS


def _hopeful(
    text: Points, read: Points, usable: NDArray[np.bool_], model: CharacterModel, least: float
) -> NDArray[np.bool_]:
    """Say which characters lie in spans where some stretch gains enough when read back, its ends left out."""
    gain = model.score(read).astype(np.float64) - model.score(text) + PRIVATE_USE * is_private(text)
    rise = rising(np.where(usable, np.where(read == text, 0, gain), -np.inf))
    first = np.concatenate([[0], np.flatnonzero(text[:-1] == SEPARATOR) + 1])
    hopeful = np.maximum.reduceat(rise, first) >= least
    hopeful &= np.add.reduceat(_strange(text, model), first, dtype=np.int64) >= _LEAST_STRANGE
    return np.repeat(hopeful, np.diff(np.append(first, len(text))))


def _is_strange(stands: Points, reads: Points, model: CharacterModel) -> bool:
    """Say whether a run is such as only a wrong reading makes."""
    if np.count_nonzero(stands != reads) < STRONG or len(np.unique(reads[is_hanzi(reads)])) < _DIFFERENT:
        return False
    strange = int(np.count_nonzero(_strange(stands, model)))
    return strange >= _LEAST_STRANGE and strange >= _STRANGE_SHARE * int(np.count_nonzero(stands >= 0x80))


def _strange(points: Points, model: CharacterModel) -> NDArray[np.bool_]:
    """Say which characters no language writes in running text."""
    bopomofo = (points >= 0x3105) & (points <= 0x312F)
    small = (points >= 0xFE30) & (points <= 0xFE6F)  # forms of marks for vertical lines and of small size
    rare = is_hanzi(points) & (model.score_alone(points) < _STRANGE_BITS)
    return np.asarray(is_private(points) | bopomofo | small | rare | (points >= PLANE))


def _looks_misread(points: Points, model: CharacterModel) -> bool:
    """Say whether what came out of one layer must be another layer's work, though that cannot be read back."""
    rare = is_hanzi(points) & (model.score_alone(points) < _STRANGE_BITS)
    return bool(is_private(points).any() or np.count_nonzero(rare) * 3 > np.count_nonzero(points >= 0x80))


# -- where to look --------------------------------------------------------------------------------------


def mapping_pays(
    text: Points, places: NDArray[np.int64], wrong: DoubleByte, right: DoubleByte, model: CharacterModel
) -> NDArray[np.bool_]:
    """Say at which places a few characters read as ``right`` are better than as ``wrong``, as they stand.

    Each by itself is looked at first: that rules out 99 of 100 places of classical verse and prose.
    """
    pays = np.zeros(len(places), dtype=bool)
    raw = _ahead(text, places)
    hopeful = np.flatnonzero(_gain_alone(wrong, right, model)[np.minimum(raw, PLANE - 1)].sum(axis=1) > _PAYS_ALONE)
    if not len(hopeful):
        return pays
    raw = raw[hopeful]
    codes = wrong.codes(raw)
    mapped = np.where(codes > 0, right.character[codes], raw)
    read = np.where(mapped > 0, mapped, raw).astype(np.uint32)
    offsets = np.arange(len(hopeful) + 1, dtype=np.int64) * _LOOK
    gain = model.score(read.ravel(), offsets) - model.score(raw.ravel(), offsets)
    pays[hopeful] = gain.reshape(raw.shape).sum(axis=1) > _PAYS
    return pays


# How many characters are looked at, and the bits that they must gain: each by itself, and one after the other.
_LOOK, _PAYS_ALONE, _PAYS = 8, -10.0, 12.0


def _ahead(text: Points, places: NDArray[np.int64]) -> Points:
    """Give the characters from each place on, one row for each place."""
    at = places[:, None] + np.arange(_LOOK)
    return np.where(at < len(text), text[np.minimum(at, len(text) - 1)], np.uint32(0x0A))


@lru_cache(maxsize=2)
def _gain_alone(wrong: DoubleByte, right: DoubleByte, model: CharacterModel) -> NDArray[np.float32]:
    """Give by how many bits each character of the first plane is likelier when read back."""
    plane = np.arange(PLANE, dtype=np.uint32)
    mapped = right.character[wrong.codes(plane)]
    return np.where(mapped > 0, model.score_alone(mapped) - model.score_alone(plane), np.float32(0))


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


def _big5_readers(text: Points) -> list[DoubleByte]:
    """Give the readers of Big5 that may have made a text, one where they do not differ."""
    same = np.array_equal(big5().codes(text), big5_hkscs().codes(text))
    return [big5()] if same else [big5(), big5_hkscs()]


def _utf8_as_big5(text: Points, model: CharacterModel, least: float) -> list[Run]:
    del least
    sources = [double_source(text, reader) for reader in _big5_readers(text)]
    return [run for source in sources for run in utf8_runs(text, source, UTF8_AS_BIG5, model)]


def _gbk_as_big5(text: Points, model: CharacterModel, least: float) -> list[Run]:
    runs: list[Run] = []
    for reader in _big5_readers(text):
        runs += mapped_runs(text, reader, gbk(), GBK_AS_BIG5, model, least)
        runs += _holed(text, partial(double_source, charset=reader), gbk(), GBK_AS_BIG5, model)
    return runs


def _big5_as_gbk(text: Points, model: CharacterModel, least: float) -> list[Run]:
    runs = mapped_runs(text, gbk(), big5(), BIG5_AS_GBK, model, least)
    return runs + _holed(text, partial(double_source, charset=gbk()), big5(), BIG5_AS_GBK, model)


def _as_latin(rule: str, charset: DoubleByte, text: Points, model: CharacterModel) -> list[Run]:
    runs = latin_pair_runs(text, latin_source(text), charset, rule, model)
    return runs + _holed(text, latin_source, charset, rule, model)


def _holed(
    text: Points, source_of: Callable[[Points], Source], charset: DoubleByte, rule: str, model: CharacterModel
) -> list[Run]:
    return weigh(text, holed_runs(text, source_of, charset, rule, model), model)


FINDERS: dict[str, Finder] = {
    UTF8_AS_LATIN: lambda text, model, _: utf8_runs(text, latin_source(text), UTF8_AS_LATIN, model),
    UTF8_AS_GBK: lambda text, model, _: utf8_runs(text, double_source(text, gbk()), UTF8_AS_GBK, model),
    UTF8_AS_BIG5: _utf8_as_big5,
    GBK_AS_LATIN: lambda text, model, _: _as_latin(GBK_AS_LATIN, gbk(), text, model),
    BIG5_AS_LATIN: lambda text, model, _: _as_latin(BIG5_AS_LATIN, big5(), text, model),
    GBK_AS_BIG5: _gbk_as_big5,
    BIG5_AS_GBK: _big5_as_gbk,
}


def read_back(
    batch: TextBatch, excerpts: Mapping[str, Excerpt], model: CharacterModel, least: Bits | None = None
) -> list[Run]:
    """Give the misread runs of a batch, disjoint and in order; of two readings the better one is kept.

    ``excerpts`` says for each rule where to look.  Where a good part of a text was misread in one way, less
    evidence is asked of the rest.  ``least`` (``float64[D]``) is given for texts that came out of one layer: the
    gain in bits that a run must have in each.
    """
    inner = least is not None
    wanted = np.full(len(batch), MIN_GAIN) if least is None else least
    accepted = _disjoint(batch.codepoints, _convincing(batch, excerpts, model, wanted, inner=inner))
    known = _mostly_misread(batch, accepted)
    if known:
        whole = {rule: Excerpt.documents(batch, documents) for rule, documents in known.items()}
        weaker = _convincing(batch, whole, model, np.full(len(batch), MIN_GAIN_KNOWN), inner=True)
        accepted = _disjoint(batch.codepoints, [*accepted, *weaker])
    return accepted


Bits = NDArray[np.float64]
# Above this share of a text's characters beyond ASCII, a way of misreading is known to be at work in it.
_KNOWN_SHARE = 0.3


def _mostly_misread(batch: TextBatch, runs: list[Run]) -> dict[str, list[int]]:
    """Give for each rule the texts of which a good part was misread so."""
    length: dict[tuple[str, int], int] = {}
    documents = batch.document_of(np.array([run.start for run in runs], dtype=np.int64)).tolist()
    for run, document in zip(runs, documents, strict=True):
        length[run.rule, document] = length.get((run.rule, document), 0) + run.end - run.start
    known: dict[str, list[int]] = {}
    for (rule, document), misread in length.items():
        text = batch.codepoints[batch.offsets[document] : batch.offsets[document + 1]]
        if misread > _KNOWN_SHARE * np.count_nonzero(text >= 0x80):
            known.setdefault(rule, []).append(document)
    return known


def _convincing(
    batch: TextBatch, excerpts: Mapping[str, Excerpt], model: CharacterModel, least: Bits, *, inner: bool
) -> list[Run]:
    """Give the runs of all rules, at their places in the batch, that have evidence enough."""
    runs: list[Run] = []
    for rule, excerpt in excerpts.items():
        found = FINDERS[rule](excerpt.text, model, float(least.min(initial=MIN_GAIN)))
        if not inner:
            found = _second_layer(excerpt.text, found, model)
        runs.extend(excerpt.located(found))
    document = batch.document_of(np.array([run.start for run in runs], dtype=np.int64))
    return [run for run, bits in zip(runs, least[document].tolist(), strict=True) if _convinces(run, bits)]


def _convinces(run: Run, least: float) -> bool:
    control = bool(((run.after >= 0x80) & (run.after < 0xA0)).any())
    # Three bytes of UTF-8 in a row are no accident in Latin text, whatever they say.
    proven = run.strong and run.rule == UTF8_AS_LATIN
    return run.gain >= least and (run.cost <= WORST or proven) and not control


def _second_layer(text: Points, runs: list[Run], model: CharacterModel) -> list[Run]:
    """Read what came out poor back once more, if that makes it better still: it had been misread twice."""
    poor = [at for at, run in enumerate(runs) if run.strong and run.cost > _POOR]
    if not poor:
        return runs
    # An ASCII character behind a run may be the trail byte of the inner layer's last pair.
    reach = [runs[at].end + int(_may_trail(text[runs[at].end : runs[at].end + 1])) for at in poor]
    came_out = [np.concatenate([runs[at].after, text[runs[at].end : end]]) for at, end in zip(poor, reach, strict=True)]
    batch = TextBatch(np.concatenate(came_out), np.cumsum([0, *map(len, came_out)]))
    least = np.array([MIN_GAIN_KNOWN if is_private(after).any() else MIN_GAIN for after in came_out])
    everything = Excerpt.documents(batch, range(len(batch)))
    again: list[list[Run]] = [[] for _ in poor]
    for run in read_back(batch, dict.fromkeys(FINDERS, everything), model, least):
        number = int(batch.document_of(np.array([run.start]))[0])
        again[number].append(moved(run, -int(batch.offsets[number])))
    result = list(runs)
    twice = []
    for at, end, after, inner in zip(poor, reach, came_out, again, strict=True):
        run = runs[at]
        if not inner:
            result[at] = replace(run, clear=run.clear and not _looks_misread(run.after, model))
            continue
        clear = run.clear and all(part.clear for part in inner)
        twice.append((at, replace(run, end=end, after=applied(after, inner), open=(), layers=2, clear=clear)))
    for (at, _), run in zip(twice, weigh(text, [run for _, run in twice], model), strict=True):
        if run.gain > runs[at].gain:
            result[at] = run
    return result


def _may_trail(points: Points) -> bool:
    return len(points) > 0 and 0x40 <= int(points[0]) < 0x7F


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
