"""Runs that were read in a wrong encoding: the bytes are taken back and read as what they were.

UTF-8 proves itself by its structure.  GBK and Big5 accept nearly any bytes, so there the character model
judges: what comes out must be good Chinese, and better by far than what stands there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.big5_readers import big5_readers, decided
from cleancorpus.mojibake.charsets import DoubleByte, big5, big5_hkscs, gbk
from cleancorpus.mojibake.excerpts import Excerpt, moved
from cleancorpus.mojibake.holed_lines import holed_runs
from cleancorpus.mojibake.latin_pairs import latin_pair_runs
from cleancorpus.mojibake.mapped_pairs import looks_misread, mapped_runs
from cleancorpus.mojibake.misread_run import LOST, WORST, WORST_PROVEN, Points, Run, weigh
from cleancorpus.mojibake.one_to_one import MIN_END_MARGIN, is_private
from cleancorpus.mojibake.readers import Source, big5_line_source, double_source, latin_source
from cleancorpus.mojibake.single_bytes import SINGLE_BYTE_SETS, sets_with_sequences, single_source
from cleancorpus.mojibake.utf8_reading import LATIN_MARKS, UTF8_AS_LATIN, UTF8_AS_SINGLE_BYTES, utf8_runs
from cleancorpus.text import TextBatch, decode_codepoints

UTF8_AS_GBK = "mojibake.utf8-as-gbk"
UTF8_AS_BIG5 = "mojibake.utf8-as-big5"
GBK_AS_LATIN = "mojibake.gbk-as-latin"
GBK_AS_BIG5 = "mojibake.gbk-as-big5"
BIG5_AS_GBK = "mojibake.big5-as-gbk"
BIG5_AS_LATIN = "mojibake.big5-as-latin"

# Bits by which a run must beat the text as it stands; fewer where the same text has been misread elsewhere.
MIN_GAIN, MIN_GAIN_KNOWN = 20.0, 4.0
_PROVEN = frozenset((UTF8_AS_LATIN, UTF8_AS_SINGLE_BYTES, UTF8_AS_GBK, UTF8_AS_BIG5))  # by their structure
# What comes out of one layer and costs more than this is looked at for a second one.
_POOR = 10.5

Finder = Callable[[Points, CharacterModel, float], list[Run]]


def _utf8_as_big5(text: Points, model: CharacterModel, least: float) -> list[Run]:
    del least
    sources = [double_source(text, reader) for reader in big5_readers(text)]
    return decided(text, [utf8_runs(text, source, UTF8_AS_BIG5, model) for source in sources], model)


def _utf8_as_single_bytes(text: Points, model: CharacterModel, least: float) -> list[Run]:
    """Find runs by each set that some three characters tell of; of two that fit, ``_disjoint`` finds the better."""
    del least
    told = sets_with_sequences(text, np.arange(max(len(text) - 2, 0))).any(axis=0)
    names = [SINGLE_BYTE_SETS[column] for column in np.flatnonzero(told).tolist()]
    return [run for name in names for run in utf8_runs(text, single_source(text, name), UTF8_AS_SINGLE_BYTES, model)]


def _gbk_as_big5(text: Points, model: CharacterModel, least: float) -> list[Run]:
    runs = [
        mapped_runs(text, reader, gbk(), GBK_AS_BIG5, model, least)
        + _holed(text, partial(big5_line_source, charset=reader), gbk(), GBK_AS_BIG5, model)
        for reader in big5_readers(text)
    ]
    return decided(text, runs, model)


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
    UTF8_AS_SINGLE_BYTES: _utf8_as_single_bytes,
    UTF8_AS_GBK: lambda text, model, _: utf8_runs(text, double_source(text, gbk()), UTF8_AS_GBK, model),
    UTF8_AS_BIG5: _utf8_as_big5,
    GBK_AS_LATIN: lambda text, model, _: _as_latin(GBK_AS_LATIN, gbk(), text, model),
    BIG5_AS_LATIN: lambda text, model, _: _as_latin(BIG5_AS_LATIN, big5(), text, model),
    GBK_AS_BIG5: _gbk_as_big5,
    BIG5_AS_GBK: _big5_as_gbk,
}


def read_back(
    batch: TextBatch, excerpts: Mapping[str, Excerpt], model: CharacterModel, least: float | None = None
) -> list[Run]:
    """Give the misread runs of a batch, disjoint and in order; of two readings the better one is kept.

    ``excerpts`` says for each rule where to look.  Where a good part of a text was misread in one way, less
    evidence is asked of the rest.  ``least`` is given for texts that came out of one layer: the gain in bits
    that a run must have there.
    """
    # UTF-8 proves itself at each layer, and each makes the text shorter; all else is read back twice at most.
    twice = frozenset(FINDERS) if least is None else frozenset((UTF8_AS_LATIN,))
    wanted = MIN_GAIN if least is None else least
    accepted = _disjoint(batch.codepoints, _convincing(excerpts, model, wanted, twice))
    known = _mostly_misread(batch, accepted)
    if known:
        whole = {rule: Excerpt.documents(batch, documents) for rule, documents in known.items()}
        weaker = _convincing(whole, model, MIN_GAIN_KNOWN, frozenset())
        accepted = _disjoint(batch.codepoints, [*accepted, *weaker])
    return accepted


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
    excerpts: Mapping[str, Excerpt], model: CharacterModel, least: float, twice: frozenset[str]
) -> list[Run]:
    """Give the runs of all rules, at their places in the batch, that have evidence enough.

    Of the rules of ``twice`` it is asked whether there is a further layer below.
    """
    runs: list[Run] = []
    for rule, excerpt in excerpts.items():
        found = FINDERS[rule](excerpt.text, model, least)
        if rule in twice:
            found = _second_layer(excerpt.text, found, model)
        runs.extend(excerpt.located(found))
    return [run for run in runs if _convinces(run, least)]


def _convinces(run: Run, least: float) -> bool:
    control = bool(((run.after >= 0x80) & (run.after < 0xA0)).any())
    # Three bytes of UTF-8 twice are no accident in Latin text, whatever they say, nor is a mark of Latin text.
    wide = run.after[run.after >= 0x80]
    whole = len(wide) > 1 and bool((wide >= 0x800).all())
    proven = (run.strong or whole) and run.rule == UTF8_AS_LATIN
    proven |= run.strong and run.rule == UTF8_AS_SINGLE_BYTES and run.cost <= WORST_PROVEN
    proven |= bool(np.isin(wide, LATIN_MARKS).all()) and run.rule in (UTF8_AS_LATIN, UTF8_AS_SINGLE_BYTES)
    return run.gain >= least and (run.cost <= WORST or proven) and not control


def _second_layer(text: Points, runs: list[Run], model: CharacterModel) -> list[Run]:
    """Read what came out poor back once more, if that makes it better still: it had been misread twice."""
    # What lost bytes on the way is not looked at again: by the inverse reading it would come back as it stood.
    poor = [
        at
        for at, run in enumerate(runs)
        if (run.strong or run.rule == UTF8_AS_LATIN) and run.cost > _POOR and not (run.after == LOST).any()
    ]
    if not poor:
        return runs
    # An ASCII character behind a run may be the trail byte of the inner layer's last pair.
    reach = [runs[at].end + int(_may_trail(text[runs[at].end : runs[at].end + 1])) for at in poor]
    came_out = [np.concatenate([runs[at].after, text[runs[at].end : end]]) for at, end in zip(poor, reach, strict=True)]
    batch = TextBatch(np.concatenate(came_out), np.cumsum([0, *map(len, came_out)]))
    least = [MIN_GAIN_KNOWN if is_private(after).any() else MIN_GAIN for after in came_out]
    again: list[list[Run]] = [[] for _ in poor]
    for bits in sorted(set(least)):
        alike = Excerpt.documents(batch, [number for number, own in enumerate(least) if own == bits])
        for run in read_back(batch, dict.fromkeys(FINDERS, alike), model, bits):
            number = int(batch.document_of(np.array([run.start]))[0])
            again[number].append(moved(run, -int(batch.offsets[number])))
    result = list(runs)
    twice = []
    for at, end, after, inner in zip(poor, reach, came_out, again, strict=True):
        run = runs[at]
        if not inner:
            result[at] = replace(run, clear=run.clear and not looks_misread(run.after, model))
            continue
        proven = run.strong and run.rule in _PROVEN
        inner = _to_the_ends(after, inner, proven, model)
        if run.rule == UTF8_AS_GBK and (kept := _beside_good_text(text, run, after, inner)):
            twice.append((at, kept))
            continue
        clear = run.clear and all(part.clear for part in inner)
        twice.append((at, replace(run, end=end, after=applied(after, inner), open=(), layers=2, clear=clear)))
    for (at, _), run in zip(twice, weigh(text, [run for _, run in twice], model), strict=True):
        if run.gain > runs[at].gain:
            result[at] = run
    return result


def _beside_good_text(text: Points, run: Run, after: Points, inner: list[Run]) -> Run | None:
    """Cut what ``inner`` left at the ends of UTF-8 read as GBK, if it is good text that looks like UTF-8 of two bytes.

    A layer of Latin letters has many such, and good Chinese a few. ``None`` where there is nothing to cut.
    """
    first, last = inner[0].start, inner[-1].end
    outside = np.concatenate([after[:first], after[last:]])
    wide = outside >= 0x80
    if not wide.any() or bool((outside >= 0x800).any()) or run.open:
        return None
    owner = double_source(text[run.start : run.end], gbk()).owner
    ends = [len(decode_codepoints(after[:place]).encode("utf-8", "surrogatepass")) for place in (first, last)]
    if ends[1] > len(owner) or any(0 < place < len(owner) and owner[place - 1] == owner[place] for place in ends):
        return None
    start, end = run.start + int(owner[ends[0]]), run.start + int(owner[ends[1] - 1]) + 1
    read = applied(after[first:last], [moved(part, -first) for part in inner])
    clear = run.clear and all(part.clear for part in inner)
    return replace(run, start=start, end=end, after=read, layers=2, clear=clear)


# So few characters beside an inner run were misread with it: one span was misread twice.
_MOST_BESIDE = 3


def _to_the_ends(text: Points, inner: list[Run], proven: bool, model: CharacterModel) -> list[Run]:
    """Let runs of pairs as pairs that cover all but a few characters of what came out of a layer cover all.

    Where that layer is ``proven``, its span is known, and all of it was misread once more.
    """
    rule, wide = inner[0].rule, text >= 0x80
    outside = int(np.count_nonzero(wide)) - sum(int(np.count_nonzero(wide[run.start : run.end])) for run in inner)
    other = any(run.rule != rule or run.open for run in inner)
    if other or rule not in _MAPPED or outside > _MOST_BESIDE or not (outside or proven):
        return inner
    readings = [np.where(wide, right.character[wrong.codes(text)], text) for wrong, right in _MAPPED[rule]()]
    readings = [read.astype(np.uint32) for read in readings if bool((read > 0).all())]
    sure = [run for run in inner if run.clear or not proven]
    readings = [read for read in readings if all(np.array_equal(read[run.start : run.end], run.after) for run in sure)]
    if not readings or (len(inner) > 1 and not proven):
        return [replace(run, clear=False) for run in inner]
    bits = [float(model.score(read).sum()) for read in readings]
    best = int(np.argmax(bits))
    rivals = [bits[best] - of for read, of in zip(readings, bits, strict=True) if (read != readings[best]).any()]
    clear = min(rivals, default=MIN_END_MARGIN) >= MIN_END_MARGIN and (proven or inner[0].clear)
    return [replace(inner[0], start=0, end=len(text), after=readings[best], clear=clear)]


_MAPPED: dict[str, Callable[[], tuple[tuple[DoubleByte, DoubleByte], ...]]] = {
    GBK_AS_BIG5: lambda: ((big5(), gbk()), (big5_hkscs(), gbk())),
    BIG5_AS_GBK: lambda: ((gbk(), big5()),),
}


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
