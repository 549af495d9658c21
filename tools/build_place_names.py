"""Build the place names of ``data/boilerplate/place_names.txt`` from the gazetteer of PRC divisions.

    python tools/build_place_names.py ../shared/data/gazetteer/areacodes.csv

The gazetteer lists every division at and above the county since 1981, abolished ones too, and is in the
public domain (CC0 1.0); so is what is made from it.  Each name is written whole and without its last word
(``邻水县``, ``邻水``), for lists of places use both.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src" / "cleancorpus" / "data" / "boilerplate" / "place_names.txt"
HEAD = (
    "# Names of the PRC's divisions since 1981, abolished ones included, whole and without their last word.\n"
    "# Made by tools/build_place_names.py from a gazetteer in the public domain (CC0 1.0).\n"
)
_LAST_WORD = re.compile(
    r"(?:[一-鿿]{1,3}族)*(?:自治)?"
    r"(?:省|市|县|区|旗|州|盟|特区|地区|林区|矿区|新区|行政区|特别行政区|自治区)$"
)


def short_name(name: str) -> str:
    """Give a name without the word for its kind; the whole name where less than two characters would stay."""
    short = _LAST_WORD.sub("", name)
    return short if len(short) >= 2 else name


def main() -> int:
    """Write the names in the order of their code points."""
    with Path(sys.argv[1]).open(encoding="utf-8-sig", newline="") as file:
        names = {row["名称"].strip() for row in csv.DictReader(file)}
    names = {name for name in names if len(name) >= 2}
    every = sorted(names | {short_name(name) for name in names})
    TARGET.write_text(HEAD + "".join(f"{name}\n" for name in every), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
