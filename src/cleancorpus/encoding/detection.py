"""Which encoding bytes are in: all that the family knows are weighed against each other on a sample."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cleancorpus.encoding import codec, evidence, foreign, hz, segmentation
from cleancorpus.encoding.decoding import Candidate
from cleancorpus.encoding.labels import encoding_of_label
from cleancorpus.encoding.resync import BAD_BYTE

BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32le"),
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_BOM_HEADS = frozenset(mark[:1] for mark, _ in BOMS)
SINGLE_BYTE = "single-byte"
MIXABLE = ("utf-8", "gb18030", "big5")  # what files mix; EUC-TW was never common enough on the web
_WINDOW = 2048  # bytes of each of the three windows; shorter data are weighed whole
_WIDE = ("utf-16le", "utf-16be", "utf-32le", "utf-32be")
_WIDE_SHARE = 0.5
# Rows of the basic plane with letters, punctuation or Han characters; a third of them is what random bytes hit.
_TEXT_ROWS = np.isin(np.arange(256), [*range(0x0E), 0x20, 0x25, 0x30, 0xFF, *range(0x4E, 0xA0)])
_FOREIGN = ("shift_jis", "euc-jp", "euc-kr")
# Bits of margin that halve the doubt, and the margin and confidence beyond which nothing was found to be wrong.
_BITS_PER_BELIEF, _CERTAIN, CERTAIN = 4.0, 36.0, 0.999
# How much rarer than GB 18030, Big5 and UTF-8 an encoding is among what this library is given, in bits.
_PRIOR_BITS = {"euc-tw": 8.0, "utf-16le": 4.0, "utf-16be": 6.0, "utf-32le": 8.0, "utf-32be": 8.0} | dict.fromkeys(
    _FOREIGN, 8.0
)
# Chinese bytes hold that much less often a list of rare characters than prose: their form alone must save more.
_NO_PROSE_BITS = 20.0
# A declared label decides where the bytes do not: it weighs as much as some six Chinese characters.
_DECLARED_BITS = 24.0


@dataclass(frozen=True)
class Hypothesis:
    """An encoding, what a sample costs to read in it (bits, the prior included), and the bytes cut off its head."""

    encoding: str
    bits: float
    skipped: int = 0


def bom_of(data: bytes) -> tuple[bytes, str] | None:
    """Give the byte order mark at the head of the data and the encoding that it says."""
    if data[:1] not in _BOM_HEADS:
        return None
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return mark, encoding
    return None


def weigh(data: bytes, declared: str | None) -> list[Hypothesis]:
    """Weigh every encoding on a bounded sample of the data; the cheapest comes first."""
    sample = _sample(data)
    found = _weigh_family(sample) + [Hypothesis(name, evidence.foreign_bits(sample, name)) for name in _FOREIGN]
    found.append(Hypothesis(SINGLE_BYTE, evidence.single_byte_bits(sample)))
    found += _weigh_wide(data)
    if data.isascii():
        found += _weigh_seven_bit(sample)
    named = encoding_of_label(declared) if declared else None
    found = sorted((_with_prior(hypothesis, named) for hypothesis in found), key=lambda one: one.bits)
    if found[0].encoding not in codec.ASCII_BASED and not data.isascii():
        found = sorted([_weigh_mixture(sample), *found], key=lambda one: one.bits)
    return found


def _weigh_mixture(sample: bytes) -> Hypothesis:
    """Weigh several encodings in turn, for which no single one has a good word; the largest gives its name."""
    parts = segmentation.mixed_reading(sample, MIXABLE)
    bits = sum(float(evidence.reading_bits(part, name).sum()) for _, _, name, part in parts)
    largest = max(parts, key=lambda part: part[1] - part[0])[2]
    return Hypothesis(largest, bits + segmentation.CHANGE_BITS * (len(parts) - 1))


def _weigh_family(sample: bytes) -> list[Hypothesis]:
    """Weigh the Chinese encodings and UTF-8, as prose and as mere lists of characters."""
    found = []
    for name in codec.ASCII_BASED:
        bits = _cost(sample, name)
        if name in codec.DOUBLE_BYTE:
            bits = min(bits, evidence.form_bits(sample, name) + _NO_PROSE_BITS)
        found.append(Hypothesis(name, bits))
    return found


def _with_prior(hypothesis: Hypothesis, declared: str | None) -> Hypothesis:
    bits = hypothesis.bits + _PRIOR_BITS.get(hypothesis.encoding, 0.0)
    if hypothesis.encoding == declared:
        bits -= _DECLARED_BITS
    return Hypothesis(hypothesis.encoding, bits, hypothesis.skipped)


def _cost(sample: bytes, encoding: str) -> float:
    return float(evidence.reading_bits(evidence.read(sample, encoding), encoding).sum())


def _weigh_seven_bit(sample: bytes) -> list[Hypothesis]:
    """Weigh plain ASCII, and the encodings that hide other characters behind escapes in it."""
    plain = _cost(sample, "ascii") - 1.0
    found = [Hypothesis("ascii", plain)]
    shifted = foreign.shifted_encoding(sample)
    if shifted is not None:
        found.append(Hypothesis(shifted, plain - BAD_BYTE))
    if hz.looks_like_hz(sample):
        found.append(Hypothesis("hz-gb-2312", _cost(sample, "hz-gb-2312")))
    return found


def _sample(data: bytes) -> bytes:
    """Give up to three windows, from the head, the middle and the tail, each from behind an ASCII character on."""
    if len(data) <= 4 * _WINDOW:
        return data
    middle, tail = len(data) // 2, len(data) - _WINDOW
    windows = [data[:_WINDOW], _from_separator(data[middle : middle + _WINDOW]), _from_separator(data[tail:])]
    return b"\n".join(windows)


def _from_separator(window: bytes) -> bytes:
    raw = np.frombuffer(window[: _WINDOW // 2], dtype=np.uint8)
    low = np.flatnonzero(raw < 0x30)
    return window[int(low[0]) :] if len(low) else window


def _weigh_wide(data: bytes) -> list[Hypothesis]:
    """Weigh UTF-16 and UTF-32 from every byte that a unit may begin at, where the data could be that at all."""
    found: list[Hypothesis] = []
    if data.isascii() and b"\0" not in data:
        return found
    for encoding in _WIDE:
        width = 2 if encoding.startswith("utf-16") else 4
        for skipped in range(width):
            sample = _wide_sample(data, width, skipped)
            if _may_be_wide(sample, encoding):
                found.append(Hypothesis(encoding, _cost(sample, encoding) + BAD_BYTE * (skipped > 0), skipped))
    return found


def _may_be_wide(sample: bytes, encoding: str) -> bool:
    """Say whether most units are of the planes and rows that text comes from, as far as their upper bytes tell."""
    raw = np.frombuffer(sample, dtype=np.uint8)
    if encoding.startswith("utf-32"):
        top = raw[3::4] if encoding.endswith("le") else raw[::4]
        return len(top) > 0 and bool((top == 0).mean() >= _WIDE_SHARE)
    upper = raw[1::2] if encoding.endswith("le") else raw[::2]
    return len(upper) > 0 and bool(_TEXT_ROWS[upper].mean() >= _WIDE_SHARE)


def _wide_sample(data: bytes, width: int, skipped: int) -> bytes:
    if len(data) <= 4 * _WINDOW:
        return data[skipped:]
    places = [skipped, len(data) // 2 // width * width + skipped, (len(data) - _WINDOW) // width * width + skipped]
    return b"".join(data[place : place + _WINDOW // width * width] for place in places)


def confidence(hypotheses: list[Hypothesis]) -> float:
    """Give the probability that the first hypothesis is right, from its margin over the next other encoding.

    The characters of a text are not independent, so that a bit of margin is worth less than a bit of belief:
    see the table in ``docs/encoding.md``, made by ``benchmarks/encoding_calibration.py``.
    """
    best = hypotheses[0]
    margin = next((one.bits for one in hypotheses if one.encoding != best.encoding), math.inf) - best.bits
    return round(1 - 0.5 * 2.0 ** -(margin / _BITS_PER_BELIEF), 4) if margin < _CERTAIN else CERTAIN


def candidates(hypotheses: list[Hypothesis]) -> tuple[Candidate, ...]:
    """Give the encodings with their shares of the belief, best first; those below one in a thousand are left out."""
    best: dict[str, float] = {}
    for one in hypotheses:
        best.setdefault(one.encoding, 2.0 ** ((hypotheses[0].bits - one.bits) / _BITS_PER_BELIEF))
    first = confidence(hypotheses)
    others = list(best.items())[1:]
    rest = math.fsum(share for _, share in others) or 1.0
    shares = [Candidate(name, round((1 - first) * share / rest, 4)) for name, share in others]
    return (Candidate(hypotheses[0].encoding, first), *(one for one in shares if one.score >= 0.001))
