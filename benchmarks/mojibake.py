"""Measure the repair of mojibake: what is restored, what is left, what is made wrong, and how fast.

    python benchmarks/mojibake.py repairs [--places 400] [--seed 20] [--corpus ../shared/eval/clean]
    python benchmarks/mojibake.py ends [--places 100] [--seed 20]
    python benchmarks/mojibake.py lengths [--places 100] [--seed 20]
    python benchmarks/mojibake.py harm
    python benchmarks/mojibake.py speed [--against-ftfy]
    python benchmarks/mojibake.py hostile
    python benchmarks/mojibake.py ftfy

Every figure of ``docs/benchmarks.md``, section "Mojibake", comes from here.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import mojibake_garbler as garbler
from cleancorpus.edits import Edits
from cleancorpus.mojibake import RULES, Repair, mapped_pairs
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

REPAIR = Repair(RuleSet(RULES))
SEED = 20
# A run inside good text has at least so many Chinese characters; fewer are no evidence to anybody.
RUN_HANZI = 4
READING = re.compile(r"[(（][^\W\d_\u3400-\u9fff]{1,6} ?[)）]")


def paragraphs(corpus: Path, script: str, seed: int = SEED) -> list[str]:
    """Give the paragraphs of the clean texts of a script, shuffled once and for all."""
    found: list[str] = []
    for path in sorted((corpus / script).iterdir()):
        lines = path.read_text(encoding="utf-8").splitlines()
        found.extend(line.strip() for line in lines if 40 <= len(line) <= 800 and "?" not in line)
    random.Random(seed).shuffle(found)
    return found


TEXTS_A_BATCH = 20  # more damage in one batch than that is looked at with less care, and no real batch has it


def repaired(texts: list[str], passes: int = 3) -> list[str]:
    """Repair texts as the cleaner does: pass after pass, until nothing changes."""
    done: list[str] = []
    for first in range(0, len(texts), TEXTS_A_BATCH):
        batch = TextBatch.from_texts(texts[first : first + TEXTS_A_BATCH])
        for _ in range(passes):
            edits = REPAIR.propose(batch, Context()).edits
            if not len(edits):
                break
            batch = edits.apply(batch)
        done += batch.to_texts()
    return done


def verdict(damage: garbler.Damaged, got: str) -> str:
    """Say what became of a damaged place: restored, left, partly (only known characters changed), or wrong."""
    if garbler.width_folded(got) == garbler.width_folded(damage.truth):
        return "restored"
    if got == damage.text:
        return "left"
    if damage.kind == "pinyin" and READING.sub("", got) == READING.sub("", damage.truth):
        return "partly"  # some readings are left
    return "partly" if _agrees_but_for_marks(got, damage.truth) else "wrong"


def _agrees_but_for_marks(got: str, truth: str) -> bool:
    got, truth = garbler.width_folded(got), garbler.width_folded(truth)
    return len(got) == len(truth) and all(a == b or a in "?\ufffd" for a, b in zip(got, truth, strict=True))


# -- damage of each kind --------------------------------------------------------------------------------


def slips(script: str, texts: list[str], rng: random.Random, places: int) -> Iterator[tuple[str, garbler.Damaged]]:
    """Give slips in equal numbers for each class: codec, what lost its lead byte, and whether all others are there.

    In Big5 the trail bytes of marks are ASCII: a mark that lost its lead byte is a letter or sign.
    """
    classes = [("gb18030", "mark", (0xA1, 0xA3))]
    if script == "hant":
        classes += [("cp950", "mark", (0xA1,)), ("cp950", "any character", tuple(range(0xA4, 0xC7)))]
    for codec, what, leads in classes:
        counts: Counter[bool] = Counter()
        for text in texts:
            found = [damage for damage in garbler.slips_of(text, rng, codec, leads) if counts[damage.complete] < places]
            for damage in rng.sample(found, min(len(found), 2)):
                chosen = garbler.narrowed(damage) if rng.random() < 0.5 else damage
                if garbler.width_folded(chosen.text) == garbler.width_folded(chosen.truth):
                    continue
                counts[damage.complete] += 1
                yield f"slip {codec} {what} {'complete' if damage.complete else 'trail byte lost'}", chosen
            if min(counts[True], counts[False]) >= places:
                break


SHAPES = ("document", "line", "run")


def layers(script: str, texts: list[str], rng: random.Random, places: int) -> Iterator[tuple[str, garbler.Damaged]]:
    """Give whole documents, whole lines between good ones, and runs inside good text, misread once or twice.

    A paragraph counts once, however often the corpora have it, and needs as much Chinese as a run.
    """
    del script
    different = [
        text for text in dict.fromkeys(texts) if len(text) >= 40 and sum(map(garbler.is_hanzi, text)) >= RUN_HANZI
    ]
    single = [(layer,) for layer in garbler.LAYERS]
    double = [(one, two) for one in garbler.LAYERS for two in garbler.LAYERS[:1] + garbler.LAYERS[1:3]]
    for chosen in (*single, *double):
        wanted = places if len(chosen) == 1 else places // 8
        for shape in SHAPES:
            count = 0
            for text in different:
                if count >= wanted:
                    break
                damage = _layered(text, shape, rng, chosen)
                if damage is not None:
                    count += 1
                    yield f"{len(chosen)} × {damage.kind if len(chosen) == 1 else 'layers'} {shape}", damage


def singles(script: str, texts: list[str], rng: random.Random, places: int) -> Iterator[tuple[str, garbler.Damaged]]:
    """Give documents, lines and runs of UTF-8 that a single-byte set other than Latin-1 and Windows-1252 read."""
    del script
    different = [text for text in dict.fromkeys(texts) if len(text) >= 40]
    for layer in garbler.SINGLE_BYTE_LAYERS:
        for shape in SHAPES:
            made = (damage for text in different if (damage := _layered(text, shape, rng, (layer,))))
            yield from ((f"{damage.kind} {shape}", damage) for damage, _ in zip(made, range(places), strict=False))


def _layered(text: str, shape: str, rng: random.Random, chosen: tuple[tuple[str, str], ...]) -> garbler.Damaged | None:
    if shape == "document":
        return garbler.layered(text, (0, len(text)), *chosen)
    if shape == "line":
        whole = f"{text[:20]}\n{text}\n{text[-20:]}"
        return garbler.layered(whole, (21, 21 + len(text)), *chosen)
    start = rng.randint(0, len(text) // 2)
    for length in range(rng.randint(6, 20), 30):  # the first length at which no byte is lost
        hanzi = sum(map(garbler.is_hanzi, text[start : start + length]))
        if start + length <= len(text) and hanzi >= RUN_HANZI:
            damage = garbler.layered(text, (start, start + length), *chosen)
            if damage is not None:
                return damage
    return None


def holed(script: str, texts: list[str], rng: random.Random, places: int) -> Iterator[tuple[str, garbler.Damaged]]:
    """Give whole lines between good ones of which a wrong reader lost bytes, one kind for each reader."""
    del script, rng
    different = [text for text in dict.fromkeys(texts) if len(text) >= 40]
    for layer in garbler.LOSSY_LAYERS:
        count = 0
        for text in different:
            whole = f"{text[:20]}\n{text}\n{text[-20:]}"
            damage = garbler.holed(whole, (21, 21 + len(text)), layer)
            if damage is not None:
                count += 1
                yield f"bytes lost {damage.kind} line", damage
            if count >= places:
                break


def pinyin(script: str, texts: list[str], rng: random.Random, places: int) -> Iterator[tuple[str, garbler.Damaged]]:
    """Give pages of some paragraphs in which a converter annotated some thirty characters."""
    from pypinyin.pinyin_dict import pinyin_dict

    del script
    for number in range(places // 4):
        page = "\n".join(texts[number * 8 : number * 8 + 8])
        kinds = sorted(
            {character for character in page if garbler.is_hanzi(character) and ord(character) in pinyin_dict}
        )
        chosen = rng.sample(kinds, min(len(kinds), 30))
        readings = {character: pinyin_dict[ord(character)].split(",")[0] for character in chosen}
        text, count = garbler.annotated(page, readings, rng.choice(garbler.PINYIN_STYLES))
        if count:
            yield "pinyin page", garbler.Damaged("pinyin", text, page, (0, len(text)), complete=True)


KINDS: tuple[Callable[[str, list[str], random.Random, int], Iterator[tuple[str, garbler.Damaged]]], ...] = (
    slips,
    layers,
    singles,
    holed,
    pinyin,
)


def measure_repairs(corpus: Path, places: int, show: int, only: str, seed: int) -> None:
    """Print, for each kind of damage, the shares of restored, partly restored, left and wrong places."""
    overall: Counter[str] = Counter()
    for script in ("hans", "hant"):
        texts = paragraphs(corpus, script, seed)
        table: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for kind in KINDS:
            if only and kind.__name__ != only:
                continue
            damages = list(kind(script, texts, random.Random(seed), places))
            results = repaired([damage.text for _, damage in damages])
            shown: Counter[str] = Counter()
            for (name, damage), got in zip(damages, results, strict=True):
                outcome = verdict(damage, got)
                table[name][outcome] += 1
                overall[outcome] += 1
                if outcome != "restored" and shown[name + outcome] < show:
                    shown[name + outcome] += 1
                    _show(name, outcome, damage, got)
        for name, counts in sorted(table.items()):
            total = sum(counts.values())
            shares = "  ".join(
                f"{key} {100 * counts[key] / total:5.1f}" for key in ("restored", "partly", "left", "wrong")
            )
            print(f"{script}  {name:46} {total:6}  {shares}")
    total = sum(overall.values())
    print(f"all {total}  wrong {overall['wrong']} = {1000 * overall['wrong'] / max(total, 1):.2f} in 1,000 places")


PAIRS_AS_PAIRS = (("gbk", "big5"), ("gbk", "big5hkscs"), ("big5", "cp936"))
SHARES = (0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99)


def _runs(
    corpus: Path, places: int, seed: int, layers: tuple[tuple[str, str], ...]
) -> Iterator[tuple[str, garbler.Damaged]]:
    """Give runs inside good text of both scripts, misread once by each of some layers."""
    for script in ("hans", "hant"):
        rng = random.Random(seed)
        texts = [text for text in dict.fromkeys(paragraphs(corpus, script, seed)) if len(text) >= 40]
        for layer in layers:
            made = (damage for text in texts if (damage := _layered(text, "run", rng, (layer,))))
            yield from ((f"{script} {damage.kind}", damage) for damage, _ in zip(made, range(places), strict=False))


def measure_ends(corpus: Path, places: int, seed: int) -> None:
    """Print what comes of runs of pairs as pairs for each share that their two ends may be asked to have."""
    damages = [damage for _, damage in _runs(corpus, places, seed, PAIRS_AS_PAIRS)]
    for share in SHARES:
        with mock.patch.object(mapped_pairs, "MIN_ENDS_SHARE", share):
            results = repaired([damage.text for damage in damages])
        counts = Counter(verdict(damage, got) for damage, got in zip(damages, results, strict=True))
        print(f"ends from a share of {share:.2f} on: {len(damages)} runs, {dict(counts)}")


LENGTHS = (4, 5, 6, 8, 11, 15, 20, 30)


def measure_lengths(corpus: Path, places: int, seed: int) -> None:
    """Print the shares of restored runs by how many Chinese characters they have."""
    kinds = {
        "pairs as pairs": PAIRS_AS_PAIRS,
        "others": tuple(one for one in garbler.LAYERS if one not in PAIRS_AS_PAIRS),
    }
    for name, layers in kinds.items():
        table: defaultdict[int, Counter[str]] = defaultdict(Counter)
        damages = [damage for _, damage in _runs(corpus, places, seed, layers)]
        for damage, got in zip(damages, repaired([damage.text for damage in damages]), strict=True):
            hanzi = sum(map(garbler.is_hanzi, damage.truth)) - sum(
                map(garbler.is_hanzi, damage.text[: damage.place[0]] + damage.text[damage.place[1] :])
            )
            table[max(length for length in LENGTHS if length <= hanzi)][verdict(damage, got)] += 1
        for length, counts in sorted(table.items()):
            total = sum(counts.values())
            share, wrong = 100 * counts["restored"] / total, counts["wrong"]
            print(f"{name:16} from {length:2} characters: {total:4} runs, restored {share:5.1f} %, wrong {wrong}")


def _show(name: str, outcome: str, damage: garbler.Damaged, got: str) -> None:
    start, end = max(damage.place[0] - 6, 0), damage.place[1] + 6
    head = next((at for at, (a, b) in enumerate(zip(got, damage.truth, strict=False)) if a != b), 0)
    at = max(head - 12, 0)
    print(f"   {outcome}: {name}")
    print(f"      text  {damage.text[start:end][:70]!r}")
    print(f"      got   {got[at : at + 40]!r}")
    print(f"      truth {damage.truth[at : at + 40]!r}")


def measure_harm(corpus: Path) -> None:
    """Print every edit that the default rules make in clean text."""
    characters = 0
    for path in sorted(corpus.glob("*/*")):
        batch = TextBatch.from_texts(path.read_text(encoding="utf-8").splitlines(keepends=True))
        characters += len(batch.codepoints)
        edits = REPAIR.propose(batch, Context()).edits
        _print_edits(path.name, batch, edits)
    print(f"{characters:,} characters")


def _print_edits(name: str, batch: TextBatch, edits: Edits) -> None:
    counts = Counter(edits.rule_ids())
    if counts:
        print(name, dict(counts))
    for start, end, after, rule in list(
        zip(edits.start.tolist(), edits.end.tolist(), edits.after.to_texts(), edits.rule_ids(), strict=True)
    )[:20]:
        print(f"   {rule}: {batch.substring(max(start - 8, 0), end + 8)!r} -> {after!r}")


def measure_speed(corpus: Path, against_ftfy: bool) -> None:
    """Print the speed over clean text, in MB of UTF-8 a second of processor time, and ftfy's in the same run."""
    REPAIR.propose(TextBatch.from_text("预热??h委" + "预热(yù)" * 3), Context())
    texts = [path.read_text(encoding="utf-8") for path in sorted(corpus.glob("*/*"))]
    size = sum(len(text.encode()) for text in texts) / 1e6
    batches = [
        TextBatch.from_texts([text[at : at + 4000] for at in range(start, min(start + (1 << 18), len(text)), 4000)])
        for text in texts
        for start in range(0, len(text), 1 << 18)
    ]
    times = []
    for _ in range(5):
        begin = time.process_time()
        for batch in batches:
            REPAIR.propose(batch, Context())
        times.append(time.process_time() - begin)
    ours = size / statistics.median(times)
    for path, text in zip(sorted(corpus.glob("*/*")), texts, strict=True):
        batch = TextBatch.from_texts([text[at : at + 4000] for at in range(0, len(text), 4000)])
        begin = time.process_time()
        REPAIR.propose(batch, Context())
        print(f"   {path.name:32} {len(text.encode()) / 1e6 / (time.process_time() - begin):8.1f} MB/s")
    print(f"cleancorpus.mojibake {ours:8.1f} MB/s over {size:.1f} MB (median of 5)")
    if against_ftfy:
        import ftfy

        sample = "".join(text[:40000] for text in texts).splitlines(keepends=True)
        length = sum(len(line.encode()) for line in sample) / 1e6
        for name, fix in (("fix_encoding", ftfy.fix_encoding), ("fix_text", ftfy.fix_text)):
            times = []
            for _ in range(3):
                begin = time.process_time()
                for line in sample:
                    fix(line)
                times.append(time.process_time() - begin)
            theirs = length / statistics.median(times)
            print(f"ftfy.{name:15} {theirs:8.1f} MB/s over {length:.1f} MB; ratio {ours / theirs:.0f}")


HOSTILE = {
    "a megabyte of ?": "?",
    "a megabyte of (a)": "经(a)",
    "a megabyte of private use": "\ue029",
    "a megabyte of ?鎶": "?鎶",
    "a megabyte of ?;鎶咏M": "?;鎶咏M",
    "a megabyte of 经(jīng)": "经(jīng)",
    "a megabyte of Ã©": "Ã©",
    "a megabyte of ÖÐ": "ÖÐ",
    "a megabyte of Ф│├": "Ф│├",
    "a megabyte of Êàë‰ª¨": "Êàë‰ª¨",
    "a megabyte of её… text": "её… é…” ",
    "a megabyte of 鎴戜滑": "鎴戜滑",
    "a megabyte of 笢恅": "笢恅苤佽",
    "a megabyte of 锟斤拷": "锟斤拷",
    "a megabyte of U+200B": "中\u200b",
    "a megabyte of U+FFFD": "\ufffd",
    "a megabyte of ? and hanzi": "?我很好",
    "a megabyte of blanks": "中 文 ",
}


def measure_hostile() -> None:
    """Print the time for hostile texts of one and of two hundred thousand characters: it must only double."""
    for name, unit in HOSTILE.items():
        took = []
        for size in (100_000, 200_000):
            text = (unit * (size // len(unit) + 1))[:size]
            begin = time.process_time()
            REPAIR.propose(TextBatch.from_text(text), Context())
            took.append(time.process_time() - begin)
        print(f"{name:28} {took[0]:7.3f} s  {took[1]:7.3f} s  x{took[1] / took[0]:.1f}  {0.2 / took[1]:8.2f} Mchar/s")


def compare_ftfy(corpus: Path, places: int, seed: int) -> None:
    """Print, on UTF-8 read as single bytes, what ftfy restores and we do not, and the reverse, for each reader."""
    import ftfy

    rng = random.Random(seed)
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for script in ("hans", "hant"):
        texts = paragraphs(corpus, script, seed)
        for reader in ("latin-1", "cp1252", *garbler.SINGLE_BYTE_READERS):
            damages = []
            for text in texts[: places * 2]:
                damage = _layered(text, rng.choice(SHAPES), rng, (("utf-8", reader),))
                if damage:
                    damages.append(damage)
            for damage, got in zip(damages, repaired([damage.text for damage in damages]), strict=True):
                theirs = garbler.width_folded(ftfy.fix_encoding(damage.text)) == garbler.width_folded(damage.truth)
                ours = verdict(damage, got)
                table[reader][
                    f"{'both' if theirs else 'ours only'}"
                    if ours == "restored"
                    else f"ftfy {'only' if theirs else 'neither'}, ours {ours}"
                ] += 1
                if theirs and ours != "restored":
                    _show(reader, "missed", damage, got)
    for reader, counts in table.items():
        print(f"{reader:12} {sum(counts.values()):5} {dict(counts)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("repairs", "ends", "lengths", "harm", "speed", "hostile", "ftfy"))
    parser.add_argument("--corpus", type=Path, default=Path("../shared/eval/clean"))
    parser.add_argument("--places", type=int, default=400)
    parser.add_argument("--show", type=int, default=0, help="examples of each outcome but restored")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed makes another sample")
    parser.add_argument("--only", default="", help="one kind: slips, layers, singles, holed, pinyin")
    parser.add_argument("--against-ftfy", action="store_true")
    options = parser.parse_args()
    np.seterr(all="raise", under="ignore")
    if options.what == "repairs":
        measure_repairs(options.corpus, options.places, options.show, options.only, options.seed)
    elif options.what == "ends":
        measure_ends(options.corpus, options.places, options.seed)
    elif options.what == "lengths":
        measure_lengths(options.corpus, options.places, options.seed)
    elif options.what == "harm":
        measure_harm(options.corpus)
    elif options.what == "speed":
        measure_speed(options.corpus, options.against_ftfy)
    elif options.what == "hostile":
        measure_hostile()
    else:
        compare_ftfy(options.corpus, options.places, options.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
