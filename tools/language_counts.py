"""Count what the sources of the character model hold: symbols, and runs of two and three of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import language_sources as sources
from cleancorpus.fold import fold_table
from cleancorpus.text import Codepoints, encode_codepoints

Counts = NDArray[np.float64]
Keys = NDArray[np.int64]

# Classes of characters that are not modelled one by one, and how many characters a text chooses from there.
CLASSES = {
    "boundary": 1,
    "blank": 1,
    "digit": 10,
    "letter": 26,
    "other letter": 500,
    "kana": 180,
    "hangul": 2000,
    "private use": 6400,
    "control": 100,
    "other mark": 3000,
    "rare han": 20000,
}
CLASS = {name: number for number, name in enumerate(CLASSES)}
# What running text of the sources cannot tell: shares of classes that it hardly holds.
CLASS_FLOOR = {
    "private use": 1e-7,
    "control": 1e-7,
    "hangul": 1e-5,
    "kana": 2e-4,
    "other letter": 2e-4,
    "rare han": 1e-5,
}

MARKS = "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum())
MARKS += "。、…—“”‘’《》〈〉·【】〔〕〖〗～〇々￥×•●○■□◆◇★☆※→↓°℃①②③④⑤⑥⑦⑧⑨⑩"
BRACKETS = dict(zip("「」『』﹁﹂﹃﹄", "“”‘’“”‘’", strict=True))

# How much a source's counts weigh.  Web text then makes up a little over half of the sum, the encyclopaedia a
# third, classical prose and verse eight in a hundred, statutes and manuals the rest.  Three times as much
# classical prose was tried: four more lost characters in a hundred found there, but the sure choices went from 97.7
# to 97.0 % right.
WEIGHTS = {"wikipedia": 0.05, "open-gram": 0.3, "statutes": 1.0, "help-cn": 0.5, "help-tw": 0.3}
WEIGHTS |= {"tang": 0.5, "song": 0.5, "ci": 1.0, "classics": 3.0}
UNKNOWN_WORDS = {"0": 0.6, "a": 0.4}  # what open-gram's unknown words stand for, and how much of it is which
OPEN_GRAM_WORDS = 4.6e8  # the reciprocal of its smallest share is the size of the text it was made from

RARE = 20  # a character seen less often, in all sources together, is modelled by its class


def running_text(folder: Path) -> dict[str, Iterable[str]]:
    """All sources of running text by name."""
    classics = ("lunyu", "sishuwujing", "mengxue", "shijing", "chuci", "youmengying", "yuanqu")
    return {
        "help-cn": sources.office_help(folder, "zh-CN"),
        "help-tw": sources.office_help(folder, "zh-TW"),
        "statutes": sources.statutes(folder),
        "tang": sources.poems(folder, "quantangshi/poet.tang.*.json"),
        "song": sources.poems(folder, "quantangshi/poet.song.*.json"),
        "ci": sources.poems(folder, "songci/ci.song.*.json"),
        "classics": (text for name in classics for text in sources.poems(folder, f"{name}/*.json")),
    }


def model_fold() -> Codepoints:
    """The model's view of characters: script, width and case folded, corner brackets as quotation marks."""
    table = fold_table(script=True, width=True, case=True, blanks=False, punctuation=False).copy()
    for bracket, quote in BRACKETS.items():
        table[ord(bracket)] = ord(quote)
    return table


def character_classes() -> NDArray[np.uint8]:
    """The class of every code point, ``uint8[0x110000]``."""
    classes = np.full(0x110000, CLASS["other mark"], dtype=np.uint8)
    by_category = {"L": "other letter", "Cc": "control", "Cs": "control", "Cn": "control"}
    by_category |= {"Co": "private use", "Zs": "blank", "Cf": "blank"}
    for code in range(0x110000):
        category = unicodedata.category(chr(code))
        name = by_category.get(category) or by_category.get(category[0])
        if name:
            classes[code] = CLASS[name]
    ranges = {
        "rare han": "㐀-鿿豈-﫿𠀀-𳏿",
        "kana": "぀-ヿㇰ-ㇿｦ-ﾟ",
        "hangul": "가-힣ᄀ-ᇿㄱ-ㆎ",
        "digit": "0-9",
        "letter": "a-zA-Z",
        "blank": "\t-\t",
        "control": "\ufffd-\ufffd",
        "boundary": "\n-\r\x85-\x85\u2028-\u2029",
    }
    for name, spans in ranges.items():
        for first, last in zip(spans[::3], spans[2::3], strict=True):
            classes[ord(first) : ord(last) + 1] = CLASS[name]
    return classes


@dataclass(frozen=True)
class Alphabet:
    """The symbols: classes first, then marks, then Han characters by frequency."""

    characters: list[str]
    fold: Codepoints
    symbol: NDArray[np.uint16]

    @property
    def size(self) -> int:
        return len(CLASSES) + len(self.characters)

    def encode(self, text: str) -> Keys:
        """Give the symbols of a text."""
        return self.symbol[encode_codepoints(text)].astype(np.int64)


def make_alphabet(texts: dict[str, Iterable[str]], counts: sources.WikipediaCounts) -> Alphabet:
    """Choose the symbols from the character counts of all sources."""
    fold, classes = model_fold(), character_classes()
    total = np.zeros(0x110000)
    for character, count in counts.hans.items():
        total[fold[ord(character)]] += count * WEIGHTS["wikipedia"]
    for source in texts.values():
        for block in blocks(source):
            total += np.bincount(fold[encode_codepoints(block)], minlength=0x110000)
    han = np.flatnonzero((classes == CLASS["rare han"]) & (total >= RARE))
    characters = [*MARKS, *(chr(code) for code in han[np.argsort(-total[han], kind="stable")])]
    symbol = classes[fold].astype(np.uint16)
    numbers = np.zeros(0x110000, dtype=np.uint16)
    numbers[[ord(character) for character in characters]] = len(CLASSES) + np.arange(len(characters))
    named = numbers[fold] > 0
    symbol[named] = numbers[fold][named]
    return Alphabet(characters, fold, symbol)


def blocks(texts: Iterable[str], size: int = 4_000_000) -> Iterator[str]:
    """Join texts to blocks of some million characters, a line break around each text."""
    pending: list[str] = []
    length = 0
    for text in texts:
        pending.append(text)
        length += len(text)
        if length > size:
            yield "\n" + "\n".join(pending) + "\n"
            pending, length = [], 0
    yield "\n" + "\n".join(pending) + "\n"


def add(parts: Iterable[tuple[Keys, Counts]]) -> tuple[Keys, Counts]:
    """Add up counts by key."""
    keys, counts = zip(*parts, strict=True)
    unique, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    return unique, np.bincount(inverse, np.concatenate(counts)).astype(np.float64)


def text_runs(texts: Iterable[str], alphabet: Alphabet, length: int) -> tuple[Keys, Counts]:
    """Count the runs of two or three neighbouring symbols in running text."""

    def count(block: str) -> tuple[Keys, Counts]:
        symbols = alphabet.encode(block)
        keys = symbols[: len(symbols) - length + 1]
        for at in range(1, length):
            keys = keys * alphabet.size + symbols[at : len(symbols) - length + 1 + at]
        unique, counts = np.unique(keys, return_counts=True)
        return unique, counts.astype(np.float64)

    return add(count(block) for block in blocks(texts))


@dataclass(frozen=True)
class Words:
    """Open-gram's words as symbols: ``spelt`` (``int64[W, 8]``, -1 behind the end) and how often each occurs."""

    spelt: Keys
    length: Keys
    count: Counts

    @classmethod
    def of(cls, model: sources.WordModel, alphabet: Alphabet, longest: int = 8) -> Words:
        spelt = np.full((len(model.words), longest), -1, dtype=np.int64)
        for number, word in enumerate(model.words):
            symbols = alphabet.encode(word[:longest])
            spelt[number, : len(symbols)] = symbols
        count = np.zeros(len(spelt))
        count[model.single[:, 0].astype(int)] = model.single[:, 1] * OPEN_GRAM_WORDS
        return cls(spelt, (spelt >= 0).sum(axis=1), count)

    def inside(self, length: int) -> Iterator[tuple[list[Keys], Counts]]:
        """The runs of symbols that lie inside a word."""
        for at in range(self.spelt.shape[1] - length + 1):
            long = np.flatnonzero(self.length >= at + length)
            yield [self.spelt[long, at + place] for place in range(length)], self.count[long]

    def end(self, words: Keys, back: int) -> Keys:
        """The last symbol but ``back`` of each word."""
        return self.spelt[words, self.length[words] - 1 - back]


def word_runs(model: sources.WordModel, alphabet: Alphabet) -> tuple[tuple[Keys, Counts], tuple[Keys, Counts]]:
    """Count the pairs and the triples inside words and across words, as the word model expects them."""
    words = Words.of(model, alphabet)
    one, two = (model.double[:, place].astype(int) for place in (0, 1))
    count = words.count[one] * model.double[:, 2]
    known = (words.length[one] > 0) & (words.length[two] > 0)
    one, two, count = one[known], two[known], count[known]
    pairs = [*words.inside(2), ([words.end(one, 0), words.spelt[two, 0]], count)]

    triples = list(words.inside(3))
    long = words.length[one] > 1
    triples.append(([words.end(one, 1)[long], words.end(one, 0)[long], words.spelt[two, 0][long]], count[long]))
    long = words.length[two] > 1
    triples.append(([words.end(one, 0)[long], words.spelt[two, 0][long], words.spelt[two, 1][long]], count[long]))
    # A word of one character between two others: the word model's own triples.
    order = np.argsort(one * len(words.length) + two)
    doubles = (one * len(words.length) + two)[order]
    first, middle, last = (model.triple[:, place].astype(int) for place in range(3))
    at = np.minimum(np.searchsorted(doubles, first * len(words.length) + middle), len(doubles) - 1)
    short = (doubles[at] == first * len(words.length) + middle) & (words.length[middle] == 1) & (words.length[last] > 0)
    across = [words.end(first[short], 0), words.spelt[middle[short], 0], words.spelt[last[short], 0]]
    triples.append((across, (count[order][at] * model.triple[:, 3])[short]))
    return add(keyed(pairs, alphabet.size)), add(keyed(triples, alphabet.size))


def keyed(runs: Iterable[tuple[list[Keys], Counts]], size: int) -> Iterator[tuple[Keys, Counts]]:
    """Turn columns of symbols into keys."""
    for symbols, counts in runs:
        keys = symbols[0]
        for column in symbols[1:]:
            keys = keys * size + column
        yield keys, counts


def han_pairs(counts: sources.WikipediaCounts, alphabet: Alphabet) -> tuple[Keys, Counts]:
    """Take over the published counts of pairs of Han characters."""
    symbols = alphabet.encode("".join(counts.pairs)).reshape(-1, 2)
    return add([(symbols[:, 0] * alphabet.size + symbols[:, 1], np.array(list(counts.pairs.values())))])


def mark_pairs(
    counts: sources.WikipediaCounts, alphabet: Alphabet, text: tuple[Keys, Counts]
) -> Iterator[tuple[Keys, Counts]]:
    """Share out what the published pairs leave open, to the marks that running text has beside a character.

    A character's count less its pairs is how often something other than a Han character stood beside it;
    which one, running text tells (smoothed by what stands beside Han characters at large).
    """
    size = alphabet.size
    is_han = np.zeros(size, dtype=bool)
    is_han[len(CLASSES) + len(MARKS) :] = is_han[CLASS["rare han"]] = True
    single = np.zeros(size)
    np.add.at(single, alphabet.encode("".join(counts.hans)), list(counts.hans.values()))
    keys, values = han_pairs(counts, alphabet)
    unpublished = 1 - values.sum() / counts.pair_total
    paired_share = counts.pair_total / single.sum()
    smoothing = 20.0
    for side in (0, 1):
        paired = np.bincount(np.divmod(keys, size)[side], values, size)
        open_count = np.maximum(single * (1 - unpublished * paired_share) - paired, 0.02 * single)
        ends = np.divmod(text[0], size)
        character, mark = ends[side], ends[1 - side]
        chosen = is_han[character] & ~is_han[mark]
        marks, column = np.unique(mark[chosen], return_inverse=True)
        beside = np.zeros((size, len(marks)))
        np.add.at(beside, (character[chosen], column), text[1][chosen])
        overall = beside.sum(axis=0) / beside.sum()
        beside = (beside + smoothing * overall) / (beside.sum(axis=1, keepdims=True) + smoothing)
        rows = np.flatnonzero(open_count)
        grid = np.repeat(rows, len(marks)), np.tile(marks, len(rows))
        yield grid[side] * size + grid[1 - side], (beside[rows] * open_count[rows, None]).ravel()
