"""Measure the character model: telling encodings apart, choosing a lost character, and speed.

Usage: python benchmarks/language_model.py [--places N] [--slices N] [--page CHARACTERS] [--seed N]

Reads `../shared/eval/clean` and prints four Markdown tables.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cleancorpus.fold import fold
from cleancorpus.language import CharacterModel, load_model
from cleancorpus.text import TextBatch, encode_codepoints

CLEAN = Path(__file__).resolve().parents[2] / "shared/eval/clean"
READINGS = ("gb18030", "big5hkscs", "utf-8", "euc_jp", "shift_jis", "euc_kr")
TRAILS = [trail for trail in range(0x40, 0xFF) if trail != 0x7F]


def same_lead(lead: int) -> str:
    """All characters that begin with one lead byte in GBK."""
    read = (bytes([lead, trail]).decode("gbk", "ignore") for trail in TRAILS)
    return "".join(character for character in read if len(character) == 1)


def slices(text: str, encoding: str, length: int, count: int, chance: random.Random) -> Iterator[bytes]:
    """Slices of whole characters, at least ``length`` bytes long, at least half of them above ASCII."""
    while count:
        at = chance.randrange(len(text) - length)
        data = b""
        for character in text[at : at + length]:
            data += character.encode(encoding, "ignore")
            if len(data) >= length:
                break
        if sum(byte >= 0x80 for byte in data) * 2 >= length:
            count -= 1
            yield data


def reading(data: bytes, model: CharacterModel) -> str:
    """The encoding in which the bytes make the likeliest text."""
    best, chosen = -np.inf, ""
    for encoding in READINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = float(model.score(encode_codepoints(text)).sum())
        if score > best:
            best, chosen = score, encoding
    return chosen


def lost_characters(
    text: str, page: int, count: int, chance: random.Random, model: CharacterModel
) -> Iterator[tuple[float, bool]]:
    """Lose the trail byte of single characters: the chosen one's share, and whether it is right."""
    while count:
        at = chance.randrange(1, len(text) - 1)
        if not "\u4e00" <= text[at] <= "\u9fff":
            continue
        try:
            candidates = same_lead(text[at].encode("gbk")[0])
        except UnicodeEncodeError:
            continue
        count -= 1
        left, right = text[max(0, at - page // 2) : at], text[at + 1 : at + 1 + page // 2]
        shares = model.rank(*(encode_codepoints(part) for part in (left, candidates, right)))
        best = int(np.argmax(shares))
        yield float(np.exp2(shares[best])), candidates[best] == text[at]


def seconds(call: object, repeats: int = 7) -> float:
    """The median time of a call."""
    assert callable(call)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--page", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    texts = {path: path.read_text("utf-8") for path in sorted(CLEAN.glob("*/*"))}
    start = time.perf_counter()
    model = load_model()
    model.score(encode_codepoints("中"))
    print(f"loaded and ready in {(time.perf_counter() - start) * 1000:.0f} ms\n")

    print("| file | GB18030, 20 bytes | Big5, 20 bytes | lost trail: right | share ≥ .9 | of these right |")
    print("|---|---|---|---|---|---|")
    everything: list[tuple[float, bool]] = []
    for path, text in texts.items():
        chance = random.Random(f"{options.seed} {path.name}")
        told = []
        for encoding in ("gb18030", "big5hkscs"):
            if encoding == "big5hkscs" and path.parent.name != "hant":
                told.append("")
                continue
            sample = list(slices(text, encoding, 20, options.slices, chance))
            told.append(f"{sum(reading(data, model) == encoding for data in sample) / len(sample):.1%}")
        places = list(lost_characters(text, options.page, options.places, chance, model))
        everything += places
        print(f"| {path.name} | {' | '.join(told)} | {row(places)} |")
    print(f"| all | | | {row(everything)} |\n")

    print("| least share | chosen | of these right |\n|---|---|---|")
    for least in (0.8, 0.9, 0.92, 0.95, 0.97, 0.98, 0.99):
        sure = [right for share, right in everything if share >= least]
        print(f"| {least} | {len(sure) / len(everything):.0%} | {statistics.mean(sure or [0]):.1%} |")
    print()

    batch = TextBatch.from_texts(list(texts.values()))
    size = sum(len(text.encode()) for text in texts.values()) / 1e6
    print("| pass | MB/s |\n|---|---|")
    print(f"| score | {size / seconds(lambda: model.score(batch.codepoints, batch.offsets)):.0f} |")
    print(f"| fold | {size / seconds(lambda: fold(batch)):.0f} |")
    print(f"| fold, blanks kept | {size / seconds(lambda: fold(batch, blanks=False)):.0f} |")


def row(places: list[tuple[float, bool]]) -> str:
    """Three cells: right, sure, and right where sure."""
    sure = [right for share, right in places if share >= 0.9]
    right = statistics.mean(right for _, right in places)
    return f"{right:.0%} | {len(sure) / len(places):.0%} | {statistics.mean(sure or [0]):.1%}"


if __name__ == "__main__":
    main()
