"""UTF-8 that was read as something else: its structure proves it, a lost byte is ranked by the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cleancorpus.language import CharacterModel
from cleancorpus.mojibake.charsets import PLANE
from cleancorpus.mojibake.late_reading import Guess
from cleancorpus.mojibake.misread_run import LOST, MIN_HOLE_SHARE, STRONG, Points, Run, weigh
from cleancorpus.mojibake.pinyin import is_hanzi
from cleancorpus.mojibake.readers import HOLE, Source, latin_table
from cleancorpus.mojibake.utf8_runs import BOTH, Sequences, chains, find_sequences

UTF8_AS_LATIN = "mojibake.utf8-as-latin"
UTF8_AS_SINGLE_BYTES = "mojibake.utf8-as-single-bytes"

_BLANK = 0x20
_WIDE_BLANK = 0x3000
_CONTINUATION = tuple(range(0x80, 0xC0))
_BEFORE, _BEHIND = 400, 8  # characters on either side of one that lost a byte which weigh in
# So many bytes behind first ones make a run; one mark that was read as three signs of other scripts is one.
_LEAST = {UTF8_AS_LATIN: 1, UTF8_AS_SINGLE_BYTES: 2}
LATIN_MARKS = tuple(map(ord, "–—‘’“”•…"))
"""Marks of Latin text, which a character model of Chinese thinks at home among Latin letters."""
# Marks that end words, and what tables and diagrams are drawn with.
_PARTS_WORDS = np.zeros(PLANE, dtype=bool)
_PARTS_WORDS[[*map(ord, "“”‘’‚„…–—«»‹›"), *range(0x2500, 0x2600)]] = True
_HKSCS_PHONETIC = tuple(map(ord, "ʃɐɛɔɵʊɪ"))  # what browsers make of 三 and others in GBK


def utf8_runs(text: Points, source: Source, rule: str, model: CharacterModel) -> list[Run]:
    """Find runs of UTF-8 behind a text that was read as what ``source`` assumes."""
    found = find_sequences(source, blanks=source.blank > 0)
    runs = []
    for linked in chains(found, source, _LEAST.get(rule, 3)):
        believable = _believable(linked, found, rule)
        whole = _between_borders(believable, found, source)
        trimmed = _between_borders(_trimmed(whole, found, rule), found, source)
        for chain in (trimmed, whole) if len(trimmed) < len(whole) else (whole,):
            if not len(chain) or (source.lost and _is_by_chance(text, chain, found, rule)):
                continue
            run = _utf8_run(chain, found, source, rule, model)
            if run is not None:
                runs.append(run)
    return weigh(text, runs, model)


def _trimmed(chain: NDArray[np.int64], found: Sequences, rule: str) -> NDArray[np.int64]:
    """Drop sequences at both ends of another kind than the run: good Chinese beside it makes such by chance."""
    if rule == UTF8_AS_LATIN or not len(chain):
        return chain
    # Where the run is of Latin misread once more, its ends are Latin too, as the first reader made it.
    latin = latin_table()[np.minimum(found.point[chain], PLANE - 1)] >= 0x80
    kept = np.flatnonzero(latin if np.count_nonzero(latin) * 2 >= len(chain) else found.length[chain] > 2)
    return chain[kept[0] : kept[-1] + 1] if len(kept) * 2 >= len(chain) else chain


def _is_by_chance(text: Points, chain: NDArray[np.int64], found: Sequences, rule: str) -> bool:
    """Say whether a few single bytes look like UTF-8 as what they stand among does at times."""
    long = chain[found.length[chain] > 2]
    if rule == UTF8_AS_SINGLE_BYTES:
        # Words that end before a mark or a frame do so in Cyrillic: её… is E5 B8 85.
        further = np.minimum(text[found.start[long][:, None] + np.array([1, 2])], PLANE - 1)
        return len(long) < STRONG and bool(_PARTS_WORDS[further].any(axis=1).all())
    if len(chain) >= STRONG or len(long):
        return False
    # Pairs of GBK and Big5 among other Latin letters.
    first, last = int(found.start[chain[0]]), int(found.end[chain[-1]])
    beside = np.concatenate([text[max(first - 1, 0) : first], text[last : last + 1]])
    return bool(((beside >= 0xC0) & (beside <= 0xFF)).any())


def _believable(chain: NDArray[np.int64], found: Sequences, rule: str) -> NDArray[np.int64]:
    """Drop two-byte sequences at both ends that stand for letters of scripts which the run does not have.

    Latin, Greek and Cyrillic may be there: the double-byte sets have them, so a text misread twice does too.
    """
    if rule == UTF8_AS_LATIN:
        return chain
    point = found.point[chain]
    latin = latin_table()[np.minimum(point, PLANE - 1)] >= 0x80
    letters = ((point >= 0x2C7) & (point <= 0x451)) | np.isin(point, _HKSCS_PHONETIC)
    kept = np.flatnonzero(latin | (point > 0x7FF) | letters)
    if len(kept) * 2 < len(chain) or not len(kept):
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
            ranked = _ranked_at(source, found, index, points, model)
            if ranked is None:
                return None
            # A blank fits nearly everywhere, and what is likelier than a blank is so for good reason.
            if not ranked or ranked[0][1] < MIN_HOLE_SHARE or ranked[0][0] == _WIDE_BLANK:
                names = "".join(chr(option) for option, _ in ranked[:5])
                span = int(owner[found.start[index]]), int(owner[at - 1]) + 1
                opened.append(Guess(*span, names, ranked[0][1] if ranked else 0.0))
                points.append(LOST)
                continue
            point = ranked[0][0]
        points.append(point)
    points.extend(source.data[at:last].tolist())
    after = np.array(points, dtype=np.uint32)
    strong = len(chain) >= STRONG
    if rule != UTF8_AS_LATIN and len(chain) < 2 and not _tells(after, rule):
        return None
    run = Run(int(owner[first]), int(owner[last - 1]) + 1, after, rule, 0.0, 0.0, strong, tuple(opened))
    # A "?" may be the good text's own; U+FFFD is not, nor a character whose first byte has been read back.
    begun = int(found.start[chain[-1]])
    own = not begun or owner[begun - 1] != owner[begun]
    return _without_open_ends(run) if own and HOLE not in source.data[begun : int(found.end[chain[-1]])] else run


def _tells(points: Points, rule: str) -> bool:
    """Say whether what one sequence reads is something to be read back by itself."""
    return bool((is_hanzi(points) | np.isin(points, LATIN_MARKS) & (rule == UTF8_AS_SINGLE_BYTES)).any())


def _ranked_at(
    source: Source, found: Sequences, index: int, before: list[int], model: CharacterModel
) -> list[tuple[int, float]] | None:
    """Rank what a sequence with a lost byte can be; none of it where two are lost, ``None`` where it can be nothing."""
    hole = int(found.hole[index])
    if hole == BOTH:
        return []
    options = _lost_byte_options(source, found, index)
    return (
        _rank_options(int(found.point[index]), hole, options, before, _known_behind(source, found, index), model)
        or None
    )


def _known_behind(source: Source, found: Sequences, index: int) -> Points:
    """Give the characters behind a sequence up to the next that lost a byte or is none."""
    points: list[int] = []
    at = int(found.end[index])
    while len(points) < _BEHIND and at < len(source.data):
        follows = index + 1 < len(found) and found.start[index + 1] == at
        if follows:
            index += 1
        if (follows and found.hole[index]) or not (follows or 0x20 <= source.data[at] < 0x7F):
            break
        points.append(int(found.point[index] if follows else source.data[at]))
        at = int(found.end[index]) if follows else at + 1
    return np.array(points, dtype=np.uint32)


def _without_open_ends(run: Run) -> Run | None:
    """Leave a character of unknown byte at the run's end as it stands; the rest is read back."""
    if run.open and len(run.after) and run.after[-1] == LOST and run.open[-1].end == run.end:
        run = replace(run, after=run.after[:-1], end=run.open[-1].start)
    return run if len(run.after) else None


def _lost_byte_options(source: Source, found: Sequences, index: int) -> tuple[int, ...]:
    """Give the bytes that can have been lost here, by what this reader cannot read."""
    at = int(found.start[index] + found.hole[index])
    if source.data[at] == _BLANK:
        return (source.blank,)
    if source.lost:
        return source.lost
    following = int(source.data[at + 1]) if at + 1 < len(source.data) else 0
    # A double-byte reader loses a lead byte only for what follows: an ASCII byte, or if it cannot lead.
    return _CONTINUATION if following < 0x80 else (0x80,)


def _rank_options(
    base: int, hole: int, options: tuple[int, ...], before: list[int], behind: Points, model: CharacterModel
) -> list[tuple[int, float]]:
    """Rank what a sequence with a lost byte can be: (code point, share), best first."""
    shift = 6 * (2 - hole)
    points = np.array([base | (byte & 0x3F) << shift for byte in options], dtype=np.uint32)
    shares = model.rank(np.array(before[-_BEFORE:], dtype=np.uint32), points, behind)
    order = np.argsort(-shares, kind="stable")
    if not len(order):
        return []
    return [(int(points[at]), float(np.exp2(shares[at]))) for at in order[:5]]
