"""Make the tables of the character model, `src/cleancorpus/data/language/chinese.npz`.

Usage: tools/fetch_language_sources.sh SOURCES && python tools/build_language_model.py SOURCES

Counts of pairs of symbols from all sources are added up, each source with its weight; pairs that tell the
most beyond single symbols are kept; what was cut away goes to the back-off.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import language_sources as sources
from cleancorpus.fold import fold_table
from cleancorpus.language import UNSEEN
from cleancorpus.text import Codepoints, encode_codepoints

TARGET = Path(__file__).resolve().parent.parent / "src/cleancorpus/data/language/chinese.npz"

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

# How much a source's counts weigh: chosen so that running modern Chinese makes up about two thirds of the
# sum, classical prose and verse a fifth, statutes and manuals the rest.
WEIGHTS = {"wikipedia": 0.05, "open-gram": 0.1, "statutes": 1.0, "help-cn": 0.5, "help-tw": 0.3}
WEIGHTS |= {"tang": 0.5, "song": 0.5, "ci": 1.0, "classics": 3.0}
OPEN_GRAM_WORDS = 4.6e8  # the reciprocal of its smallest share is the size of the text it was made from

RARE = 20  # a character seen less often, in all sources together, is modelled by its class
DISCOUNT = 0.5  # taken from every count for what was not seen
PRIOR = 60.0  # pseudo-counts of the single-symbol distribution after each symbol
STEP = 0.1  # bits by which scores are stored
PAIRS_KEPT = 700_000


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


def text_pairs(texts: Iterable[str], alphabet: Alphabet) -> tuple[Keys, Counts]:
    """Count the pairs of neighbouring symbols in running text."""

    def count(block: str) -> tuple[Keys, Counts]:
        symbols = alphabet.encode(block)
        keys, counts = np.unique(symbols[:-1] * alphabet.size + symbols[1:], return_counts=True)
        return keys, counts.astype(np.float64)

    return add(count(block) for block in blocks(texts))


def word_pairs(model: sources.WordModel, alphabet: Alphabet) -> tuple[Keys, Counts]:
    """Count the pairs of symbols inside words and across two words, as the word model expects them."""
    spelt = [alphabet.encode(word) for word in model.words]
    known = np.array([len(word) > 0 for word in spelt])
    first, last = (np.array([word[at] if len(word) else 0 for word in spelt]) for at in (0, -1))
    share = np.zeros(len(spelt))
    share[model.single[:, 0].astype(int)] = model.single[:, 1]
    inside = [
        (a * alphabet.size + b, share[number]) for number, word in enumerate(spelt) for a, b in pairwise(word.tolist())
    ]
    one, two = model.double[:, 0].astype(int), model.double[:, 1].astype(int)
    both = known[one] & known[two]
    across = last[one] * alphabet.size + first[two], share[one] * model.double[:, 2]
    keys = np.array([key for key, _ in inside]), across[0][both]
    counts = np.array([count for _, count in inside]), across[1][both]
    return add((key, count * OPEN_GRAM_WORDS) for key, count in zip(keys, counts, strict=True))


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


@dataclass(frozen=True)
class Estimate:
    """Scores in bits: of symbols, of falling back, and of the pairs kept (sorted by key)."""

    frequency: Counts
    backoff: Counts
    keys: Keys
    scores: Counts


def estimate(keys: Keys, counts: Counts, size: int) -> Estimate:
    """Smooth the counts by single symbols and keep the pairs that gain the most over these."""
    before, behind = np.divmod(keys, size)
    total = np.bincount(before, counts, size)
    frequency = np.bincount(behind, counts, size) + DISCOUNT
    for name, share in CLASS_FLOOR.items():
        frequency[CLASS[name]] += share * counts.sum()
    frequency /= frequency.sum()
    share = (np.maximum(counts - DISCOUNT, 0) + PRIOR * frequency[behind]) / (total + PRIOR)[before]
    left_open = (PRIOR + DISCOUNT * np.bincount(before, minlength=size)) / (total + PRIOR)
    gain = counts * np.log2(share / (left_open[before] * frequency[behind]))
    kept = np.sort(np.argsort(-gain, kind="stable")[:PAIRS_KEPT])
    kept = kept[(gain[kept] > 0) & (counts[kept] > DISCOUNT)]
    seen = np.bincount(before[kept], share[kept], size)
    seen_alone = np.bincount(before[kept], frequency[behind[kept]], size)
    backoff = np.log2(np.maximum(1 - seen, 1e-4) / np.maximum(1 - seen_alone, 1e-4))
    return Estimate(np.log2(frequency), backoff, keys[kept], np.log2(share[kept]))


def form_scores(alphabet: Alphabet, counts: dict[str, float]) -> NDArray[np.float64]:
    """Score each written form among the forms of its symbol, by the character counts of one script."""
    seen = np.zeros(0x110000)
    for character, count in counts.items():
        seen[ord(character)] = count
    together = np.bincount(alphabet.fold, seen, 0x110000)[alphabet.fold]
    forms = np.bincount(alphabet.fold, minlength=0x110000)[alphabet.fold]
    scores = np.log2((seen + 2) / (together + 2 * forms))
    scores[(forms == 1) | (together == 0)] = 0
    return scores


def quantised(scores: NDArray[np.float64], below: int = 256) -> NDArray[np.uint8]:
    """Scores as whole steps under zero, fewer than ``below``."""
    return np.clip(np.rint(-scores / STEP), 0, below - 1).astype(np.uint8)


def main() -> None:
    """Build the model from a folder of sources."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sources", type=Path)
    folder = parser.parse_args().sources
    counts = sources.wikipedia(folder)
    alphabet = make_alphabet(running_text(folder), counts)
    size = alphabet.size
    texts = {name: text_pairs(text, alphabet) for name, text in running_text(folder).items()}
    text = add((keys, values * WEIGHTS[name]) for name, (keys, values) in texts.items())
    words = word_pairs(sources.open_gram(folder), alphabet)
    published = [han_pairs(counts, alphabet), *mark_pairs(counts, alphabet, text)]
    weighted = [text, (words[0], words[1] * WEIGHTS["open-gram"])]
    weighted += [(keys, values * WEIGHTS["wikipedia"]) for keys, values in published]
    model = estimate(*add(weighted), size)
    named = np.flatnonzero(alphabet.symbol >= len(CLASSES)).astype(np.uint32)
    classes = np.where(alphabet.symbol < len(CLASSES), alphabet.symbol, 0)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(classes)) + 1, [0x110000]])
    within = np.zeros(size)
    within[: len(CLASSES)] = np.log2(list(CLASSES.values()))
    np.savez_compressed(
        TARGET,
        step=np.float32(STEP),
        class_start=starts.astype(np.int32),
        class_symbol=classes[starts[:-1]].astype(np.uint8),
        form=named,
        form_symbol=alphabet.symbol[named],
        form_hans=quantised(form_scores(alphabet, counts.hans))[named],
        form_hant=quantised(form_scores(alphabet, counts.hant))[named],
        frequency=model.frequency.astype(np.float32),
        backoff=model.backoff.astype(np.float32),
        within=within.astype(np.float32),
        pair_gap=np.diff(model.keys, prepend=0).astype(np.uint32),
        pair_score=quantised(model.scores, below=UNSEEN),
    )
    print(f"{size} symbols, {len(model.keys)} pairs, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
