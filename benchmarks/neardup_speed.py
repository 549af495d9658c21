"""Speed beside other tools, in one process on one core: signing, and finding duplicates end to end.

    RAYON_NUM_THREADS=1 python benchmarks/neardup_speed.py            # needs datasketch and rensa

Signing: from ``str`` to 128 values over character shingles of five, texts of 1,500 and of 250 characters from
``../shared/eval/clean``.  End to end: from texts to verified clusters (ours), to duplicate sets from LSH
(theirs, which verify nothing); one text in four is a copy with 2 % of its characters replaced.  Processor time, median
of the rounds; the tools take turns in every round, so that a busy machine slows them all.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from cleancorpus.neardup import near_duplicates
from cleancorpus.neardup.comparison import compare_texts
from cleancorpus.neardup.signatures import Signer
from cleancorpus.text import TextBatch

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


def find_ours(texts: list[str]) -> Any:
    """Find verified clusters."""
    return near_duplicates(texts, 0.8, "document").clusters


def find_ours_unfolded(texts: list[str]) -> Any:
    """Find verified clusters with the fold switched off, which the others do not have."""
    return near_duplicates(texts, 0.8, "document", fold=()).clusters


def find_rensa(texts: list[str]) -> Any:
    """Find rensa's duplicate sets: signed one by one, which is quicker than its batch, looked up all at once."""
    from rensa import RMinHash, RMinHashLSH

    minhashes = []
    for text in texts:
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update([text[at : at + 5] for at in range(len(text) - 4)])
        minhashes.append(minhash)
    lsh = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16)
    lsh.insert_many(minhashes)
    return lsh.query_all(minhashes)


def find_datasketch(texts: list[str]) -> Any:
    """Find what datasketch's LSH holds alike."""
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=0.8, num_perm=128)
    found = []
    for number, text in enumerate(texts):
        minhash = MinHash(num_perm=128)
        minhash.update_batch([text[at : at + 5].encode() for at in range(len(text) - 4)])
        found.append(lsh.query(minhash))
        lsh.insert(number, minhash)
    return found


SIGNERS = {
    "cleancorpus": sign_ours,
    "cleancorpus, with the fold": sign_ours_folded,
    "rensa, batch": sign_rensa,
    "rensa, one by one": sign_rensa_singly,
    "datasketch": sign_datasketch,
}
FINDERS = {
    "cleancorpus": find_ours,
    "cleancorpus, fold off": find_ours_unfolded,
    "rensa": find_rensa,
    "datasketch": find_datasketch,
}


def table(functions: dict[str, Callable[[list[str]], Any]], texts: list[str], rounds: int) -> None:
    """Time each function in turn and print texts a second, and how many times slower than the first it is."""
    spent: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            # datasketch is so slow that a part must do.
            part = texts[: max(len(texts) // 20, 1)] if name == "datasketch" else texts
            begun = time.process_time()
            function(part)
            spent[name].append((time.process_time() - begun) / len(part))
    best = median(next(iter(spent.values())))
    print("| | texts a second | the first is so many times faster |\n|---|---|---|")
    for name, seconds in spent.items():
        print(f"| {name} | {1 / median(seconds):,.0f} | {median(seconds) / best:.1f} |", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    for length, count in ((1500, 2400), (250, 12000)):
        texts = texts_of(length, count)
        print(f"\nSigning {len(texts)} texts of {length} characters\n")
        table(SIGNERS, texts, options.rounds)
        print(f"\nFinding the duplicates among {len(texts)} texts of {length} characters\n")
        table(FINDERS, with_copies(texts), max(options.rounds // 2, 3))


if __name__ == "__main__":
    main()
