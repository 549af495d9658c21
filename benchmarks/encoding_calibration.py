"""Is a confidence of 0.9 right nine times in ten?  Slices of 10 to 300 bytes, sound and cut, Chinese and not.

    python benchmarks/encoding_calibration.py            # the table of docs/encoding.md
    python benchmarks/encoding_calibration.py --margins  # what the constants of detection.py were fitted to

An answer about Chinese text is right where it names the encoding; about a slice of ``../shared/eval/encodings``
in another language, where it names no Chinese encoding.  Names of single-byte encodings are charset-normalizer's
and are counted apart.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from cleancorpus.encoding import decode
from cleancorpus.encoding.detection import weigh
from encoding_corpus import ENCODERS, Generator

ENCODINGS = Path(__file__).parents[2] / "shared" / "eval" / "encodings"
CHINESE = {"gb18030", "big5", "euc-tw", "hz-gb-2312"}
SIZES = (10, 14, 20, 30, 50, 100, 300)
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.01)
MARGINS = (0, 2, 4, 6, 8, 12, 16, 24, 32, 48, 1000)


def chinese(per_cell: int, seed: int) -> Iterator[tuple[bytes, str]]:
    """Give slices of Chinese text with their encoding."""
    draw = Generator(seed)
    for size in SIZES:
        for encoding in ENCODERS:
            if encoding != "hz-gb-2312":
                for _ in range(per_cell):
                    yield draw.clean(encoding, size).data, encoding
                    if not encoding.startswith("utf-16"):
                        yield draw.cut(encoding, size).data, encoding


def foreign(per_cell: int, seed: int) -> Iterator[tuple[bytes, str]]:
    """Give slices of text in other languages, with at least four bytes beyond ASCII."""
    draw = random.Random(seed)
    rows = [line.split("\t") for line in (ENCODINGS / "labels.tsv").read_text("utf-8").splitlines()[1:]]
    for path, label in rows:
        if label.lower().startswith(("gb", "big5", "hz", "utf")):
            continue
        data = (ENCODINGS / path).read_bytes()
        for size in SIZES:
            for _ in range(max(1, per_cell // 40)):
                start = draw.randrange(max(1, len(data) - size))
                part = data[start : start + size]
                if sum(byte >= 0x80 for byte in part) >= 4:
                    yield part, "other"


def main() -> None:
    """Print, for each bin of the confidence, how many answers fell there and how many of them were right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--per-cell", type=int, default=120)
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--margins", action="store_true")
    options = parser.parse_args()
    bins = MARGINS if options.margins else BINS
    counts = {group: [[0, 0, 0.0] for _ in bins] for group in ("chinese", "other")}
    for group, slices in (("chinese", chinese), ("other", foreign)):
        for data, truth in slices(options.per_cell, options.seed):
            found = decode(data, binary="keep")
            right = found.encoding == truth or (truth == "other" and found.encoding not in CHINESE)
            value = found.confidence
            if options.margins:
                weighed = weigh(data, None)
                value = next(one.bits for one in weighed if one.encoding != weighed[0].encoding) - weighed[0].bits
                right = weighed[0].encoding == truth or (truth == "other" and weighed[0].encoding not in CHINESE)
            place = max(place for place, low in enumerate(bins) if low <= value)
            cell = counts[group][place]
            cell[0] += 1
            cell[1] += right
            cell[2] += value
    for group, cells in counts.items():
        for low, high, (number, right, total) in zip(bins, bins[1:], cells, strict=False):
            if number:
                share = f"mean {total / number:8.4f}  {right / number:8.4f} right"
                print(f"{group:8} {low:6} to {high:6}  {number:6} answers  {share}")


if __name__ == "__main__":
    main()
