"""How well the script stage judges: the figures beside its thresholds, and what it changes where all is right.

python benchmarks/script_quality.py ../shared/eval
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cleancorpus.rules import RuleSet
from cleancorpus.script import RULES, Unify, convert_text, identify, identify_region
from cleancorpus.script.chains import load_chain
from cleancorpus.script.reading import Reading, fold, read
from cleancorpus.script.words import to_traditional
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch, encode_codepoints

MARKS = RuleSet(RULES, enable=["script.half-width-mark", "script.stray-blank"])


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("clean/*/*")) + sorted(folder.glob("seeds/*.txt")):
        yield path.name, path.read_text(encoding="utf-8")


def wrong_words(batch: TextBatch) -> float:
    """Words in 1,000 ideographs that the dictionary contradicts, before any threshold on their number."""
    reading: Reading = read(batch, fold(batch), for_traditional=True)
    places = reading.forms.in_groups(reading.original)
    places = places[reading.in_hant[places] & ~reading.simplified[places]]
    places = places[reading.forms.distinct(reading.original[places], reading.converted[places])]
    places = places[~reading.forms.is_right(reading.original[places])]
    found = int(np.count_nonzero(reading.contradicted(places)))
    return 1_000 * found / max(int(identify(batch).han[0]), 1)


def own_words(text: str) -> Iterator[str]:
    """Give the places that the project's own words decide otherwise than OpenCC's, with their surroundings."""
    points = encode_codepoints(text)
    (stage,) = load_chain("s2t").stages
    plain, own = stage.run(points).points, to_traditional().run(points).points
    for place in np.flatnonzero(plain != own).tolist():
        yield f"{text[max(place - 6, 0) : place + 7]!r}: {chr(plain[place])} > {chr(own[place])}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="the folder with clean/ and seeds/")
    folder = parser.parse_args().folder
    for name, text in texts(folder):
        batch = TextBatch.from_text(text)
        found, regions = identify(batch), identify_region(batch)
        total = max(int(found.hans[0] + found.hant[0]), 1)
        minor = min(int(found.hans[0]), int(found.hant[0])) / total
        han = max(int(found.han[0]), 1)
        print(f"{name}: {found.labels()[0]}, minor script {minor:.4f}, wrong words {wrong_words(batch):.2f} in 1,000")
        print(f"    region {regions.labels()[0]}: TW {regions.tw[0] / han:.4f}, HK {regions.hk[0] / han:.4f}")
        if found.labels()[0] == "Hans":
            for row in own_words(text):
                print(f"    own word: {row}")
        for target in ("hans", "hant"):
            edits = Unify(target=target).propose(batch, Context()).edits
            print(f"    {target}: {dict(Counter(edits.rule_ids()))}")
        marks = Unify(MARKS).propose(batch, Context())
        before = Counter(zip(marks.edits.before(batch).to_texts(), marks.edits.after.to_texts(), strict=True))
        print(f"    marks: {dict(before.most_common(8))}, flags: {dict(Counter(row[2] for row in marks.flags.rows()))}")
    text = (folder / "clean" / "hans" / "techdoc_vue.md").read_text(encoding="utf-8")
    for chain in ("s2t", "s2tw", "s2hk"):
        batch = TextBatch.from_text(convert_text(text, chain))
        regions = identify_region(batch)
        print(f"by {chain}: {regions.labels()[0]}, TW {regions.tw[0]}, HK {regions.hk[0]} of {regions.han[0]}")


if __name__ == "__main__":
    main()
