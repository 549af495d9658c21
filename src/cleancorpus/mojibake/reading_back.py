"""Runs that were read in a wrong encoding: the bytes are taken back and read as what they were.

UTF-8 proves itself by its structure.  GBK and Big5 accept nearly any bytes, so there the character model
judges: what comes out must be good Chinese, and better by far than what stands there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import PLANE, DoubleByte, big5, gbk
from cleancorpus.mojibake.late_reading import MIN_SHARE, Guess
from cleancorpus.mojibake.one_to_one import MIN_END_MARGIN, PRIVATE_USE, is_private, run_ends
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.readers import HOLE, Source, big5_source, cp936_source, latin_source, latin_table
from cleancorpus.mojibake.utf8_runs import Sequences, chains, find_sequences

Points = NDArray[np.uint32]

UTF8_AS_GBK = "mojibake.utf8-as-gbk"
UTF8_AS_LATIN = "mojibake.utf8-as-latin"
UTF8_AS_BIG5 = "mojibake.utf8-as-big5"
GBK_AS_LATIN = "mojibake.gbk-as-latin"
GBK_AS_BIG5 = "mojibake.gbk-as-big5"
BIG5_AS_GBK = "mojibake.big5-as-gbk"
BIG5_AS_LATIN = "mojibake.big5-as-latin"

# Bits by which a run must beat the text as it stands; fewer where the same text has been misread elsewhere.
MIN_GAIN, MIN_GAIN_KNOWN = 20.0, 4.0
# Bits a character (ASCII left out) that what comes out may cost; clean text costs 6 to 10 (docs/language.md).
WORST = 13.5
# From this many UTF-8 sequences or pairs on, a run is no accident, and may have been misread twice.
_STRONG = 4
# What comes out of one layer and costs more than this is looked at for a second one.
_POOR = 10.5

# What a character of a table's frame costs: the model has read no tables, and would give thirty bits.
_BOX = -10.0

_MARK_BYTES = (0x3F, HOLE)
_BLANK = 0x20
_CP1252_OPEN = (0x81, 0x8D, 0x8F, 0x90, 0x9D)  # bytes that Windows-1252 does not define
_CONTINUATION = tuple(range(0x80, 0xC0))


@dataclass(frozen=True)
class Run:
    """A misread run: ``[start, end)`` of the text reads ``after``; ``gain`` and ``cost`` a character in bits."""

    start: int
    end: int
    after: Points
    rule: str
    gain: float
    cost: float
    strong: bool  # its structure alone says that it was misread so
    open: tuple[Guess, ...] = ()
    layers: int = 1
    clear: bool = True  # where it ends and what it was is beyond doubt; else it is only flagged


def _weigh(text: Points, run: Run, model: CharacterModel) -> Run:
    """Fill in what the model says of a run."""
    before, behind = text[max(run.start - 1, 0) : run.start], text[run.end : run.end + 1]
    stands = model.score(np.concatenate([before, text[run.start : run.end], behind]))
    reads = model.score(np.concatenate([before, run.after, behind]))
    inside = slice(len(before), len(reads) - len(behind))
    box = (run.after >= 0x2500) & (run.after <= 0x257F)
    reads[inside] = np.where(box, np.maximum(reads[inside], _BOX), reads[inside])
    own = reads[inside][run.after >= 0x80]
    return replace(run, gain=float(reads.sum() - stands.sum()), cost=float(-own.mean()) if len(own) else 99.0)


# -- UTF-8 that was read as something else --------------------------------------------------------------


def utf8_runs(text: Points, source: Source, rule: str, model: CharacterModel) -> list[Run]:
    """Find runs of UTF-8 behind a text that was read as what ``source`` assumes."""
    found = find_sequences(source, blanks=rule == UTF8_AS_LATIN)
    runs = []
    for linked in chains(found, source, 1 if rule == UTF8_AS_LATIN else 3):
        believable = _believable(linked, found, rule)
        whole = _between_borders(believable, found, source)
        trimmed = _between_borders(_trimmed(believable, found, rule), found, source)
        for chain in (trimmed, whole) if len(trimmed) < len(whole) else (whole,):
            if not len(chain):
                continue
            run = _utf8_run(chain, found, source, rule, model)
            if run is not None:
                runs.append(_weigh(text, run, model))
    return runs


def _trimmed(chain: NDArray[np.int64], found: Sequences, rule: str) -> NDArray[np.int64]:
    """Drop sequences at both ends of another kind than the run: good Chinese beside it makes such by chance."""
    if rule == UTF8_AS_LATIN or not len(chain):
        return chain
    # Where the run is of Latin misread once more, its ends are Latin too, as the first reader made it.
    latin = latin_table()[np.minimum(found.point[chain], PLANE - 1)] >= 0x80
    kept = np.flatnonzero(latin if np.count_nonzero(latin) * 2 >= len(chain) else found.length[chain] > 2)
    return chain[kept[0] : kept[-1] + 1] if len(kept) * 2 >= len(chain) else chain


def _believable(chain: NDArray[np.int64], found: Sequences, rule: str) -> NDArray[np.int64]:
    """Drop two-byte sequences at both ends that stand for letters of scripts which the run does not have.

    Latin, Greek and Cyrillic may be there: the double-byte sets have them, so a text misread twice does too.
    """
    point = found.point[chain]
    latin = latin_table()[np.minimum(point, PLANE - 1)] >= 0x80
    kept = np.flatnonzero(latin | (point > 0x7FF) | ((point >= 0x2C7) & (point <= 0x451)))
    if rule == UTF8_AS_LATIN or len(kept) * 2 < len(chain) or not len(kept):
        return chain
    return chain[kept[0] : kept[-1] + 1]


def _between_borders(chain: NDArray[np.int64], found: Sequences, source: Source) -> NDArray[np.int64]:
    """Drop the sequences at both ends that begin or end inside a character of the text."""
    owner, size = source.owner, len(source.owner)
    while len(chain):
        at = int(found.start[chain[0]])
        if at == 0 or owner[at - 1] != owner[at]:
            break
        chain = chain[1:]
    while len(chain):
        at = int(found.end[chain[-1]])
        if at >= size or owner[at - 1] != owner[at] or source.data[at] < 0x80:
            break
        chain = chain[:-1]
    return chain


def _utf8_run(
    chain: NDArray[np.int64], found: Sequences, source: Source, rule: str, model: CharacterModel
) -> Run | None:
    first, last = int(found.start[chain[0]]), int(found.end[chain[-1]])
    if last < len(source.owner) and source.owner[last] == source.owner[last - 1]:
        last += 1  # an ASCII byte that the reader took for a trail byte
    owner = source.owner
    points: list[int] = []
    opened: list[Guess] = []
    at = first
    for index in chain.tolist():
        points.extend(source.data[at : found.start[index]].tolist())
        point = int(found.point[index])
        at = int(found.end[index])
        if found.hole[index]:
            follows = int(found.point[index + 1]) if index + 1 < len(found) and found.start[index + 1] == at else 0
            options = _lost_byte_options(source, found, index, rule)
            ranked = _rank_options(point, int(found.hole[index]), options, points, follows, model)
            if not ranked:
                return None
            if ranked[0][1] < MIN_SHARE:
                names = "".join(chr(option) for option, _ in ranked[:5])
                span = int(owner[found.start[index]]), int(owner[at - 1]) + 1
                opened.append(Guess(*span, names, ranked[0][1]))
                points.append(0xFFFD)
                continue
            point = ranked[0][0]
        points.append(point)
    points.extend(source.data[at:last].tolist())
    after = np.array(points, dtype=np.uint32)
    strong = len(chain) >= _STRONG
    if rule != UTF8_AS_LATIN and len(chain) < 2 and not bool(is_hanzi(after).any()):
        return None
    run = Run(int(owner[first]), int(owner[last - 1]) + 1, after, rule, 0.0, 0.0, strong, tuple(opened))
    return _without_open_ends(run)


def _without_open_ends(run: Run) -> Run | None:
    """Leave a character of unknown byte at the run's end as it stands; the rest is read back."""
    if run.open and len(run.after) and run.after[-1] == 0xFFFD and run.open[-1].end == run.end:
        run = replace(run, after=run.after[:-1], end=run.open[-1].start)
    return run if len(run.after) else None


def _lost_byte_options(source: Source, found: Sequences, index: int, rule: str) -> tuple[int, ...]:
    """Give the bytes that can have been lost here, by what this reader cannot read."""
    at = int(found.start[index] + found.hole[index])
    if source.data[at] == _BLANK:
        return (0xA0,)  # a no-break space that became a blank
    if rule == UTF8_AS_LATIN:
        return _CP1252_OPEN
    following = int(source.data[at + 1]) if at + 1 < len(source.data) else 0
    # A double-byte reader loses a lead byte only for what follows: an ASCII byte, or if it cannot lead.
    return _CONTINUATION if following < 0x80 else (0x80,)


def _rank_options(
    base: int, hole: int, options: tuple[int, ...], before: list[int], follows: int, model: CharacterModel
) -> list[tuple[int, float]]:
    """Rank what a sequence with a lost byte can be: (code point, share), best first."""
    shift = 6 * (2 - hole)
    points = np.array([base | (byte & 0x3F) << shift for byte in options], dtype=np.uint32)
    shares = model.rank(
        np.array(before[-40:], dtype=np.uint32), points, np.array([follows] if follows else [], np.uint32)
    )
    order = np.argsort(-shares, kind="stable")
    if not len(order):
        return []
    return [(int(points[at]), float(np.exp2(shares[at]))) for at in order[:5]]


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
                    run = Run(first + start, first + end, after, rule, 0.0, 0.0, len(points) >= _STRONG)
                    runs.append(_weigh(text, run, model))
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
        run = Run(start, end, read[start:end], rule, 0.0, 0.0, end - start >= _STRONG, clear=margin >= MIN_END_MARGIN)
        runs.append(_weigh(text, run, model))
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
    twice = _weigh(text, replace(longer, clear=run.clear and all(part.clear for part in again)), model)
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
