"""Recall and precision of near-duplicate search against brute force, beside other tools.

    python benchmarks/neardup_quality.py            # needs datasketch rensa text-dedup datatrove

Two corpora are made from ``../shared/eval/clean``, of passages (60 to 400 characters) and of documents (800 to
3,000): 400 and 250 texts, each with up to four copies.  In ``edits``, copies have 0 to 10 % of their characters
put in, taken out or replaced, their sentences shuffled, or lines of page chrome around them.  In ``noise``, they
are besides in the other script, re-punctuated in half width, spun by the table of synonyms, or several of
these.  The truth is every pair whose exact Jaccard index over shingles of five characters, by Python sets over
all pairs that share one, is at least the threshold: in ``edits`` over the plain text (our fold switched off), in
``noise`` over the folded view, since to find these copies is what the fold is for.

What the peers give as duplicates is taken as they give it: candidates of their LSH, verified by none of them.
``default``: as they come.  ``best``: character shingles of five, bands by their own choice for the threshold.
"""

from __future__ import annotations

import argparse
import itertools
import random
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from pathlib import Path

import cleancorpus as cc
from cleancorpus.neardup import FOLD_PARTS, near_duplicates
from cleancorpus.neardup.comparison import Compared
from cleancorpus.text import TextBatch

CLEAN = Path(__file__).resolve().parents[2] / "shared" / "eval" / "clean" / "hans"
THRESHOLDS = (0.5, 0.7, 0.8)
Pairs = set[frozenset[int]]
Finder = Callable[[list[str], float], Pairs]
CHROME = (
    "当前位置：首页 > 资料 > 正文",
    "字体：大 中 小 打印本页 关闭窗口",
    "上一篇：没有了 下一篇：返回列表",
    "版权所有，未经许可不得转载",
)


# -- corpora ----------------------------------------------------------------------------------------


def sources(rng: random.Random, least: int, most: int, count: int) -> list[str]:
    """Take passages or runs of paragraphs of the wanted lengths from the clean texts."""
    texts = []
    for path in sorted(CLEAN.iterdir()):
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
        run: list[str] = []
        for line in lines:
            run.append(line)
            size = sum(map(len, run))
            if size >= least:
                if size <= most:
                    texts.append("\n".join(run))
                run = []
    rng.shuffle(texts)
    return texts[:count]


def edited(rng: random.Random, text: str, rate: float) -> str:
    """Put in, take out or replace ``rate`` of the characters, in equal parts."""
    out = []
    for letter in text:
        chance = rng.random() / rate if rate else 3.0
        if chance < 1 / 3:
            continue
        if chance < 2 / 3:
            out.append(rng.choice(text))
        out.append(rng.choice(text) if 2 / 3 <= chance < 1 else letter)
    return "".join(out)


def shuffled(rng: random.Random, text: str) -> str:
    """Put the sentences into another order."""
    sentences = [part for part in text.replace("\n", "").split("。") if part]
    rng.shuffle(sentences)
    return "。".join(sentences) + "。"


def with_chrome(rng: random.Random, text: str) -> str:
    """Put lines of page chrome around a text."""
    return "\n".join([*rng.sample(CHROME, 2), text, rng.choice(CHROME)])


def spun(rng: random.Random, text: str, table: Sequence[tuple[str, str]]) -> str:
    """Replace words by the synonyms that spinners use, most of the time, and some numbers by a year."""
    for word, plain in table:
        if plain in text and rng.random() < 0.8:
            text = text.replace(plain, word)
    return text.replace("10", "2023")


def spun_table() -> list[tuple[str, str]]:
    """Read the pairs of spun and plain words."""
    source = resources.files("cleancorpus").joinpath("data/fold/spun_pairs.tsv")
    if not source.is_file():
        return []
    rows = [line.split("\t")[:2] for line in source.read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    return [(spun, plain) for spun, plain in rows if spun != "spun"]


def copies(rng: random.Random, text: str, noise: bool, table: Sequence[tuple[str, str]]) -> Iterable[str]:
    """Make up to four copies of a text."""
    marks = str.maketrans("，。：；？！（）", ",.:;?!()")
    for _ in range(rng.randint(0, 4)):
        copy = edited(rng, text, rng.choice([0, 0.01, 0.02, 0.04, 0.07, 0.1]))
        if rng.random() < 0.2:
            copy = shuffled(rng, copy)
        if rng.random() < 0.3:
            copy = with_chrome(rng, copy)
        if noise and rng.random() < 0.3:
            copy = spun(rng, copy, table)
        if noise and rng.random() < 0.5:
            copy = cc.convert(copy, rng.choice(["s2t", "s2twp", "s2hk"])).text
        if noise and rng.random() < 0.5:
            copy = copy.translate(marks)
        yield copy


def corpus(unit: str, noise: bool) -> list[str]:
    """Make one corpus; the same each time."""
    rng = random.Random(f"{unit} {noise}")
    bounds = (60, 400, 400) if unit == "passages" else (800, 3000, 250)
    table = spun_table()
    texts = []
    for text in sources(rng, *bounds):
        texts += [text, *copies(rng, text, noise, table)]
    rng.shuffle(texts)
    return texts


def truth(texts: list[str], noise: bool) -> dict[frozenset[int], float]:
    """Give the exact Jaccard index of every pair that shares a shingle, from 0.5 on."""
    views = texts
    if noise:
        views = Compared.of(TextBatch.from_texts(texts), "document").view.to_texts()
    sets = [shingles(view) for view in views]
    holders = defaultdict(list)
    for number, held in enumerate(sets):
        for shingle in held:
            holders[shingle].append(number)
    likely = {pair for group in holders.values() for pair in itertools.combinations(group, 2)}
    exact = {(a, b): len(sets[a] & sets[b]) / len(sets[a] | sets[b]) for a, b in likely}
    return {frozenset(pair): jaccard for pair, jaccard in exact.items() if jaccard >= min(THRESHOLDS)}


def shingles(text: str) -> set[str]:
    """Give the runs of five characters of a text; a shorter one's whole."""
    return {text[place : place + 5] for place in range(max(len(text) - 4, 1))}


# -- finders ----------------------------------------------------------------------------------------


def ours(fold: frozenset[str]) -> Finder:
    """Search with the library."""

    def find(texts: list[str], threshold: float) -> Pairs:
        report = near_duplicates(texts, threshold, "document", fold=fold)
        return {frozenset((pair.left, pair.right)) for pair in report.pairs}

    return find


def by_datasketch(tokens: Callable[[str], Iterable[str]], weights: tuple[float, float]) -> Finder:
    """Search with datasketch's LSH."""

    def find(texts: list[str], threshold: float) -> Pairs:
        from datasketch import MinHash, MinHashLSH

        lsh = MinHashLSH(threshold=threshold, num_perm=128, weights=weights)
        found: Pairs = set()
        for number, text in enumerate(texts):
            minhash = MinHash(num_perm=128)
            minhash.update_batch([token.encode() for token in tokens(text)])
            found |= {frozenset((number, other)) for other in lsh.query(minhash)}
            lsh.insert(number, minhash)
        return found

    return find


def by_rensa(texts: list[str], threshold: float) -> Pairs:
    """Search with rensa's LSH over character shingles."""
    from rensa import RMinHash, RMinHashLSH

    lsh = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=16)
    found: Pairs = set()
    for number, text in enumerate(texts):
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update(list(shingles(text)))
        found |= {frozenset((number, other)) for other in lsh.query(minhash)}
        lsh.insert(number, minhash)
    return found


def by_text_dedup(prepare: Callable[[str], str], *, choose: bool) -> Finder:
    """Search with text-dedup's own signatures; bands for its default of 0.7 or for the threshold."""

    def find(texts: list[str], threshold: float) -> Pairs:
        import numpy as np
        from text_dedup.minhash import embed_func, optimal_param, xxh3_32hash

        bands, rows = optimal_param(threshold if choose else 0.7, 250, 0.5, 0.5)
        prime, rng = np.uint32((1 << 32) - 5), np.random.RandomState(42)
        permutations = (
            rng.randint(1, prime, size=250, dtype=np.uint32),
            rng.randint(0, prime, size=250, dtype=np.uint32),
        )
        buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            signature = embed_func(
                prepare(text),
                number,
                num_perm=250,
                ngram_size=5,
                min_length=5,
                hashranges=[(band * rows, (band + 1) * rows) for band in range(bands)],
                permutations=permutations,
                hash_func=xxh3_32hash,
                dtype=np.uint32,
                max_hash=np.uint32((1 << 32) - 1),
                modulo_prime=prime,
            )
            for band, key in enumerate(signature["__signatures__"]):
                buckets[band, key].append(number)
        return _in_buckets(buckets.values())

    return find


def by_datatrove(prepare: Callable[[str], str], *, choose: bool) -> Finder:
    """Search with datatrove's own signatures; its 14 buckets of 8, or as many of 128 as suit the threshold."""

    def find(texts: list[str], threshold: float) -> Pairs:
        from datatrove.pipeline.dedup.minhash import HashConfig, MinhashConfig, MinhashDedupSignature

        shape = {0.5: (32, 4), 0.7: (18, 7), 0.8: (14, 9)}[threshold] if choose else (14, 8)
        config = MinhashConfig(num_buckets=shape[0], hashes_per_bucket=shape[1], hash_config=HashConfig(hash_fc="sha1"))
        buckets: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
        with tempfile.TemporaryDirectory() as folder:
            signer = MinhashDedupSignature(folder, config)
            for number, text in enumerate(texts):
                hashes = signer.get_shingles(prepare(text))
                if len(hashes):
                    for band, key in enumerate(signer.get_signature(hashes)):
                        buckets[band, tuple(key)].append(number)
        return _in_buckets(buckets.values())

    return find


def _in_buckets(buckets: Iterable[list[int]]) -> Pairs:
    return {frozenset(pair) for group in buckets for pair in itertools.combinations(group, 2)}


def spaced(text: str) -> str:
    """Put blanks between the characters, so that what splits on words sees characters."""
    return " ".join(text.replace(" ", "").replace("\n", ""))


def finders(noise: bool) -> dict[str, Finder]:
    """Name the finders in the order of the table."""
    return {
        "cleancorpus": ours(FOLD_PARTS if noise else frozenset()),
        "datasketch, words": by_datasketch(str.split, (0.5, 0.5)),
        "datasketch, best": by_datasketch(shingles, (0.1, 0.9)),
        "rensa, best": by_rensa,
        "text-dedup, default": by_text_dedup(str, choose=False),
        "text-dedup, best": by_text_dedup(spaced, choose=True),
        "datatrove, default": by_datatrove(str, choose=False),
        "datatrove, best": by_datatrove(spaced, choose=True),
    }


def main() -> None:
    """Print one table for each corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", metavar="CORPUS", default=("edits", "noise"))
    parser.add_argument("--ours", action="store_true", help="leave the other tools out")
    options = parser.parse_args()
    for name, unit in itertools.product(options.corpora, ("passages", "documents")):
        noise = name == "noise"
        texts = corpus(unit, noise)
        exact = truth(texts, noise)
        print(f"\n{name}, {unit}: {len(texts)} texts\n")
        print("| | " + " | ".join(f"{t}: precision | recall" for t in THRESHOLDS) + " |")
        print("|---" * (1 + 2 * len(THRESHOLDS)) + "|")
        for tool, find in finders(noise).items():
            if options.ours and tool != "cleancorpus":
                continue
            cells = []
            for threshold in THRESHOLDS:
                wanted = {pair for pair, jaccard in exact.items() if jaccard >= threshold}
                found = find(texts, threshold)
                right = len(found & wanted)
                precision = f"{right / len(found):.3f}" if found else "none found"
                cells.append(f"{precision} | {right / len(wanted):.4f} ({right}/{len(wanted)})")
            print(f"| {tool} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
