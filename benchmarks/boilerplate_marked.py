"""Both levels on the pages written for the purpose (tests/boilerplate/pages): chrome that goes, body that is lost.

    python benchmarks/boilerplate_marked.py [words of file names ...]

Prints each page and each group; characters are counted without blanks.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from cleancorpus.boilerplate import Level

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.boilerplate.test_pages import BODY, CHROME, GROUPS, judged


def measure(name: str, files: Sequence[Path], level: Level) -> None:
    """Print the figures of a group of pages at a level."""
    totals = [0, 0, 0, 0, 0]
    shares = []
    for file in files:
        lines = judged(file, level)
        chrome = [line for line in lines if line.mark == CHROME]
        body = [line for line in lines if line.mark == BODY]
        lost = sum(line.lost for line in body)
        size, gone = sum(line.size for line in chrome), sum(line.gone for line in chrome)
        counts = [size, gone, sum(line.size for line in body), sum(line.gone for line in body), lost]
        totals = [a + b for a, b in zip(totals, counts, strict=True)]
        if size:
            shares.append(gone / size)
        print(f"  {file.stem}: {gone} of {size} characters of chrome go; {lost} lines of body are lost")
    print(
        f"{name}, {level}, {len(files)} pages: {totals[1] / totals[0]:.1%} of the characters of chrome go, "
        f"{statistics.fmean(shares):.0%} in the mean; {totals[3]} of {totals[2]} characters of body, {totals[4]} lines"
    )


def main() -> int:
    """Measure both groups at both levels."""
    words = sys.argv[1:]
    for level in get_args(Level):
        for name, files in GROUPS.items():
            chosen = [file for file in files if not words or any(word in file.stem for word in words)]
            if chosen:
                measure(name, chosen, level)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
