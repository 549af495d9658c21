"""Slices of real text in every encoding, sound and damaged, with the truth known; made at run time, never kept.

The text is ``../shared/eval/clean``.  GB 18030 slices come from both scripts, Big5 and EUC-TW ones from the
traditional texts, without the few characters that the encoding does not have.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

CLEAN = Path(__file__).parents[2] / "shared" / "eval" / "clean"
SIZES = (20, 50, 100, 300, 1000, 3000, 10000)
# Reference encoders other than our own, where there are any.
ENCODERS = {
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "utf-8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "hz-gb-2312": "hz",
}
LEAST_HAN = 3  # characters beyond ASCII that a slice holds: less is no evidence for anyone


@dataclass(frozen=True)
class Slice:
    """Bytes with their true encoding and text.

    ``kind`` is ``clean``, ``cut``, ``lost``, ``stray``, ``mixed`` or ``line``.  ``damage`` is the place of a lost or
    stray byte in ``text``; ``boundary`` the byte at which the second encoding of a mixed slice begins.
    """

    data: bytes
    encoding: str
    text: str
    kind: str
    size: int
    damage: int = -1
    boundary: int = -1
    second: str = ""


def texts(script: str) -> list[str]:
    """Give the clean texts of ``hans`` or ``hant``."""
    return [path.read_text("utf-8") for path in sorted((CLEAN / script).iterdir())]


def _encodable(text: str, encoding: str) -> str:
    codec = ENCODERS[encoding]
    return text.encode(codec, "ignore").decode(codec) if encoding in ("big5", "hz-gb-2312") else text


class Generator:
    """Draws slices; the same seed gives the same slices."""

    def __init__(self, seed: int = 20260301) -> None:
        self._random = random.Random(seed)
        self._texts = {"hans": texts("hans"), "hant": texts("hant")}

    def _passage(self, encoding: str, size: int) -> str:
        """Give a passage that takes about ``size`` bytes in the encoding, with enough Chinese in it."""
        while True:
            scripts = ("hant",) if encoding == "big5" else ("hans",) if encoding == "hz-gb-2312" else ("hans", "hant")
            text = self._random.choice(self._texts[self._random.choice(scripts)])
            start = self._random.randrange(max(1, len(text) - size))
            passage = _encodable(text[start : start + size], encoding)
            data = passage.encode(ENCODERS[encoding])[:size]
            passage = data.decode(ENCODERS[encoding], "ignore")
            if encoding == "hz-gb-2312" and passage.count("~"):
                continue
            if sum(character > "\u3000" for character in passage) >= LEAST_HAN:
                return passage

    def clean(self, encoding: str, size: int) -> Slice:
        """Give a slice that begins and ends between characters."""
        passage = self._passage(encoding, size)
        return Slice(passage.encode(ENCODERS[encoding]), encoding, passage, "clean", size)

    def cut(self, encoding: str, size: int) -> Slice:
        """Give a slice that begins or ends inside a character, or both."""
        while True:
            passage = self._passage(encoding, size + 4)
            codes = [character.encode(ENCODERS[encoding]) for character in passage]
            head, tail = self._random.choice([(1, 0), (0, 1), (1, 1)])
            if len(codes) < 4 or (head and len(codes[0]) == 1) or (tail and len(codes[-1]) == 1):
                continue
            data = b"".join(codes)
            first = self._random.randrange(1, len(codes[0])) if head else 0
            last = self._random.randrange(1, len(codes[-1])) if tail else 0
            inner = passage[head : len(passage) - tail]
            return Slice(data[first : len(data) - last], encoding, inner, "cut", size)

    def damaged(self, encoding: str, size: int, kind: str) -> Slice:
        """Give a slice with one byte of a character lost, or with one byte from 80 up slipped in."""
        passage = self._passage(encoding, size)
        codes = [character.encode(ENCODERS[encoding]) for character in passage]
        place = self._random.choice([at for at, code in enumerate(codes) if len(code) > 1])
        if kind == "lost":
            gone = self._random.randrange(len(codes[place]))
            codes[place] = codes[place][:gone] + codes[place][gone + 1 :]
        else:
            codes[place] = bytes([self._random.randrange(0x80, 0xFF)]) + codes[place]
        return Slice(b"".join(codes), encoding, passage, kind, size, damage=place)

    def mixed(self, first: str, second: str, size: int) -> Slice:
        """Give whole lines in one encoding and whole lines in another behind them."""
        above, below = self._passage(first, size), self._passage(second, size)
        head = above.encode(ENCODERS[first]) + b"\n"
        data = head + below.encode(ENCODERS[second])
        return Slice(data, first, above + "\n" + below, "mixed", size, boundary=len(head), second=second)

    def line(self, around: str, inside: str, characters: int) -> Slice:
        """Give 2,000 bytes in one encoding with a line of so many characters in another in their middle."""
        above, below = self._passage(around, 1000), self._passage(around, 1000)
        while True:
            words = self._passage(inside, 4 * characters)[:characters]
            if sum(character > "\u3000" for character in words) >= 0.8 * characters and "\n" not in words:
                break
        head = (above + "\n").encode(ENCODERS[around])
        data = head + words.encode(ENCODERS[inside]) + ("\n" + below).encode(ENCODERS[around])
        text = f"{above}\n{words}\n{below}"
        return Slice(data, around, text, "line", characters, boundary=len(head), second=inside)


def standard_set(per_cell: int, seed: int = 20260301) -> Iterator[Slice]:
    """Give the slices of the published table, ``per_cell`` for each kind, encoding and size."""
    draw = Generator(seed)
    for size in SIZES:
        for _ in range(per_cell):
            for encoding in ENCODERS:
                if not (encoding == "hz-gb-2312" and size < 50):
                    yield draw.clean(encoding, size)
            for encoding in ("gb18030", "big5", "utf-8"):
                yield draw.cut(encoding, size)
                if size >= 300:
                    yield draw.damaged(encoding, size, "lost")
                    yield draw.damaged(encoding, size, "stray")
            if size in (300, 1000, 3000):
                for pair in permutations(("gb18030", "big5", "utf-8"), 2):
                    yield draw.mixed(*pair, size)
    for characters in (8, 20, 60):
        for _ in range(per_cell):
            for pair in permutations(("gb18030", "big5", "utf-8"), 2):
                yield draw.line(*pair, characters)
