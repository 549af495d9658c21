"""Speed beside other tools, in one process on one core: signing, and finding duplicates end to end.

    RAYON_NUM_THREADS=1 python benchmarks/neardup_speed.py            # needs datasketch and rensa

Signing: from ``str`` to 128 values over character shingles of five, texts of 1,500 and of 250 characters from
``../shared/eval/clean``.  Finding: one text in four is a copy with 2 % of its characters replaced.  The peers are
timed at what they give, candidates of their LSH, and at the job that ours does: each candidate compared exactly, by
Python's sets of shingles, and texts dropped for the most alike of the kept ones.  Their bands are chosen for recall,
as ours are.  Precision is that of all pairs given, recall that of the copies which are at least 0.8 like their
original, both by Python's sets of shingles, for ours with the fold of the folded text.  Exact duplicates stand beside
a dictionary of strings, and beside the encoding of the texts alone.  Processor time, median of the rounds; the tools
take turns in every round, so that a busy machine slows them all.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from cleancorpus.neardup import DuplicateReport, exact_duplicates, near_duplicates
from cleancorpus.neardup.comparison import compare_all, compare_texts
from cleancorpus.neardup.signatures import Signer
from cleancorpus.text import TextBatch

THRESHOLD = 0.8
Pairs = set[tuple[int, int]]
Finder = Callable[[list[str]], Pairs]
CLEAN = Path(__file__).resolve().parents[2] / "shared" / "eval" / "clean" / "hans"


def texts_of(length: int, count: int) -> list[str]:
    """Cut the clean texts into pieces of one length, as many from each file."""
    pieces: list[str] = []
    files = sorted(CLEAN.iterdir())
    for path in files:
        text = path.read_text("utf-8").replace("\n", "")
        wanted = count // len(files)
        pieces += [text[at : at + length] for at in range(0, len(text) - length, length)][:wanted]
    return pieces


def with_copies(texts: list[str]) -> list[str]:
    """Replace every fourth text by a copy of the one before, 2 % of whose characters are others."""
    rng = random.Random(1)
    out = texts.copy()
    for number in range(3, len(out), 4):
        letters = list(out[number - 1])
        for place in rng.sample(range(len(letters)), len(letters) // 50):
            letters[place] = rng.choice("的一是了我不人在他有")
        out[number] = "".join(letters)
    return out


def sign_ours(texts: list[str]) -> Any:
    """Sign the texts as they are."""
    return Signer().sign(TextBatch.from_texts(texts))


def sign_ours_folded(texts: list[str]) -> Any:
    """Fold the texts and sign the view."""
    return [Signer().sign(piece.view) for piece in compare_texts(texts, "document")]


def sign_rensa(texts: list[str]) -> Any:
    """Sign with rensa, one call for all texts: its quickest full signature."""
    from rensa import RMinHash

    shingles = [[text[at : at + 5] for at in range(len(text) - 4)] for text in texts]
    return RMinHash.digest_matrix_from_token_sets(shingles, 128, 42)


def sign_rensa_singly(texts: list[str]) -> Any:
    """Sign with rensa as its readme shows."""
    from rensa import RMinHash

    signed = []
    for text in texts:
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update([text[at : at + 5] for at in range(len(text) - 4)])
        signed.append(minhash.digest())
    return signed


def sign_datasketch(texts: list[str]) -> Any:
    """Sign with datasketch, in its quickest way for one text."""
    from datasketch import MinHash

    signed = []
    for text in texts:
        minhash = MinHash(num_perm=128)
        minhash.update_batch([text[at : at + 5].encode() for at in range(len(text) - 4)])
        signed.append(minhash.hashvalues)
    return signed


def find_ours(texts: list[str]) -> Pairs:
    """Find verified clusters."""
    report = near_duplicates(texts, THRESHOLD, "document")
    assert report.clusters
    return _pairs(report)


def find_ours_unfolded(texts: list[str]) -> Pairs:
    """Find verified clusters with the fold switched off, which the others do not have."""
    report = near_duplicates(texts, THRESHOLD, "document", fold=())
    assert report.clusters
    return _pairs(report)


def _pairs(report: DuplicateReport) -> Pairs:
    columns = report.pair_columns
    return set(zip(columns.left.tolist(), columns.right.tolist(), strict=True))


def find_rensa(texts: list[str], values: int = 64) -> Pairs:
    """Find rensa's candidates: signed one by one, which is quicker than its batch, looked up all at once."""
    from rensa import RMinHash, RMinHashLSH

    minhashes = []
    for text in texts:
        minhash = RMinHash(num_perm=values, seed=42)
        minhash.update([text[at : at + 5] for at in range(len(text) - 4)])
        minhashes.append(minhash)
    lsh = RMinHashLSH(threshold=THRESHOLD, num_perm=values, num_bands=16)
    lsh.insert_many(minhashes)
    found = enumerate(lsh.query_all(minhashes))
    return {(min(one, other), max(one, other)) for one, others in found for other in others if one != other}


def find_rensa_long(texts: list[str]) -> Pairs:
    """Find rensa's candidates by 128 values in its 16 bands."""
    return find_rensa(texts, 128)


def find_datasketch(texts: list[str]) -> Pairs:
    """Find what datasketch's LSH holds alike, with bands for recall."""
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(num_perm=64, params=(16, 4))
    found: Pairs = set()
    for number, text in enumerate(texts):
        minhash = MinHash(num_perm=64)
        minhash.update_batch([text[at : at + 5].encode() for at in range(len(text) - 4)])
        found |= {(other, number) for other in lsh.query(minhash)}
        lsh.insert(number, minhash)
    return found


def verified(find: Finder) -> Finder:
    """Do with a peer's candidates what ours does: compare them exactly, and drop texts for kept ones."""

    def job(texts: list[str]) -> Pairs:
        pairs, kept_for = [], {}
        sets: dict[int, set[str]] = {}
        for one, other in sorted(find(texts)):
            for number in (one, other):
                if number not in sets:
                    sets[number] = shingles(texts[number])
            common = len(sets[one] & sets[other])
            jaccard = common / (len(sets[one]) + len(sets[other]) - common)
            if jaccard >= THRESHOLD:
                pairs.append((other, -jaccard, one))
        for other, _, one in sorted(pairs):
            if other not in kept_for and one not in kept_for:
                kept_for[other] = one
        return {(one, other) for other, _, one in pairs}

    return job


def shingles(text: str) -> set[str]:
    """Give the runs of five characters of a text."""
    return {text[at : at + 5] for at in range(len(text) - 4)}


def quality(find: Finder, texts: list[str]) -> str:
    """Describe precision, and recall on the copies that are alike enough."""
    found = {(min(pair), max(pair)) for pair in find(texts)}
    views = compare_all(texts, "document").view.to_texts() if find is find_ours else texts

    def jaccard(one: int, other: int) -> float:
        left, right = shingles(views[one]), shingles(views[other])
        return len(left & right) / len(left | right)

    copies = {(n - 1, n) for n in range(3, len(texts), 4) if jaccard(n - 1, n) >= THRESHOLD}
    right = sum(jaccard(*pair) >= THRESHOLD for pair in found)
    return f"{right / max(len(found), 1):.3f} | {len(found & copies) / len(copies):.4f} ({len(copies)})"


def equal_by_dictionary(texts: list[str], unit: str) -> Any:
    """Group equal texts or lines as one would by hand."""
    groups: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        for part in (text,) if unit == "document" else text.splitlines():
            groups.setdefault(part, []).append(number)
    return [group for group in groups.values() if len(group) > 1]


SIGNERS = {
    "cleancorpus": sign_ours,
    "cleancorpus, with the fold": sign_ours_folded,
    "rensa, batch": sign_rensa,
    "rensa, one by one": sign_rensa_singly,
    "datasketch": sign_datasketch,
}
FINDERS: dict[str, Finder] = {
    "cleancorpus": find_ours,
    "cleancorpus, fold off": find_ours_unfolded,
    "rensa, 64 values: candidates": find_rensa,
    "rensa, 64 values: the same job": verified(find_rensa),
    "rensa, 128 values: candidates": find_rensa_long,
    "rensa, 128 values: the same job": verified(find_rensa_long),
    "datasketch: candidates": find_datasketch,
    "datasketch: the same job": verified(find_datasketch),
}


def timed(functions: Mapping[str, Callable[[list[str]], Any]], texts: list[str], rounds: int) -> dict[str, float]:
    """Give the seconds of each function for one text, the median of the rounds, in which they take turns."""
    spent: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            # datasketch is so slow that a part must do.
            part = texts[: max(len(texts) // 20, 1)] if name.startswith("datasketch") else texts
            begun = time.process_time()
            function(part)
            spent[name].append((time.process_time() - begun) / len(part))
    return {name: median(seconds) for name, seconds in spent.items()}


def table(functions: Mapping[str, Callable[[list[str]], Any]], texts: list[str], rounds: int) -> None:
    """Print texts a second of each function, and how many times slower than the first it is."""
    seconds = timed(functions, texts, rounds)
    best = next(iter(seconds.values()))
    print("| | texts a second | the first is so many times faster |\n|---|---|---|")
    for name, one in seconds.items():
        print(f"| {name} | {1 / one:,.0f} | {one / best:.1f} |", flush=True)


def finding_table(texts: list[str], rounds: int) -> None:
    """Print the same of the finders, with precision and recall."""
    seconds = timed(FINDERS, texts, rounds)
    best = seconds["cleancorpus"]
    print("| | texts a second | ours so many times faster | precision | recall (of so many) |\n|---|---|---|---|---|")
    for name, find in FINDERS.items():
        part = texts[: max(len(texts) // 20, 1)] if name.startswith("datasketch") else texts
        cells = quality(find, part)
        print(f"| {name} | {1 / seconds[name]:,.0f} | {seconds[name] / best:.1f} | {cells} |", flush=True)


def exact_table(rounds: int) -> None:
    """Print millions of characters a second of exact duplicates, beside a dictionary and beside encoding alone."""
    for unit, length in (("document", 1500), ("passage", 1500), ("line", 1500)):
        pieces = pages_of(length)
        characters = sum(map(len, pieces))
        for name, function in (
            ("exact_duplicates", lambda given, unit=unit: exact_duplicates(given, unit)),
            ("a dictionary", lambda given, unit=unit: equal_by_dictionary(given, unit)),
            ("UTF-32 of all, alone", TextBatch.from_texts),
        ):
            if unit == "passage" and name == "a dictionary":
                continue  # there is no such short way to cut passages
            spent = []
            for _ in range(rounds):
                # Strings keep their hash: each round has strings of its own.
                fresh = [piece[:1] + piece[1:] for piece in pieces]
                begun = time.process_time()
                function(fresh)
                spent.append(time.process_time() - begun)
            best = median(spent)
            print(f"| {unit} | {name} | {len(pieces) / best:,.0f} | {characters / best / 1e6:,.0f} |", flush=True)


def pages_of(length: int) -> list[str]:
    """Cut the clean texts, with their lines, into pages, and give every fourth twice."""
    texts = [path.read_text("utf-8") for path in sorted(CLEAN.iterdir())]
    pages = [text[at : at + length] for text in texts for at in range(0, min(len(text), 300_000), length)]
    return pages + pages[::4]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=("signing", "finding", "exact"))
    options = parser.parse_args()
    for length, count in ((1500, 2400), (250, 12000)):
        texts = texts_of(length, count)
        if options.only in (None, "signing"):
            print(f"\nSigning {len(texts)} texts of {length} characters\n")
            table(SIGNERS, texts, options.rounds)
        if options.only in (None, "finding"):
            print(f"\nFinding the duplicates among {len(texts)} texts of {length} characters\n")
            finding_table(with_copies(texts), max(options.rounds // 2, 3))
    if options.only in (None, "exact"):
        print("\n| exact duplicates | by | pages a second | million characters a second |\n|---|---|---|---|")
        exact_table(options.rounds)


if __name__ == "__main__":
    main()
