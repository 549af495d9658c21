"""The conservative level: what goes from clean text, what stays on labelled pages, and the speed.

    python benchmarks/boilerplate_rules.py ../shared/eval

Prints every removal from the clean texts, the labelled pages one by one, first those that the rules were written
with, then those that they were not, those labelled when all rules stood, those labelled last, and how the time grows on
hostile text.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from cleancorpus.boilerplate import RULES, Strip
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.boilerplate.test_labels import FRESH, HELD_OUT, LABELS, UNSEEN, labelled

STAGE = Strip(RuleSet(RULES))
COARSE = Path(__file__).parent.parent / "tools" / "boilerplate_labels.tsv"
DOCUMENT = 4000


def clean_batches(folder: Path) -> Iterator[tuple[str, TextBatch]]:
    """Give the clean texts in documents of some 4,000 characters, cut at line breaks."""
    for file in sorted(folder.glob("*/*")):
        documents: list[str] = [""]
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
            if len(documents[-1]) > DOCUMENT:
                documents.append("")
            documents[-1] += line
        yield file.name, TextBatch.from_texts(documents)


def clean(folder: Path) -> None:
    """Count and list what goes from clean text."""
    total = removed = 0
    for name, batch in clean_batches(folder):
        edits = STAGE.propose(batch, Context()).edits
        texts = [text.strip() for text in edits.before(batch).to_texts()]
        gone = list(zip(edits.rule_ids(), texts, strict=True))
        total += len(batch.codepoints)
        removed += sum(len(text) for _, text in gone)
        print(f"{name}: {len(batch.codepoints):,} characters")
        for rule, text in gone:
            if text:
                print(f"    {rule}: {text!r}")
    print(f"clean: {removed} of {total:,} characters go, {removed / total * 1e5:.2f} in 100,000")


def pages(folder: Path, files: Sequence[Path], name: str) -> None:
    """Count what goes and what is lost on labelled pages."""
    chrome = gone = bodies = lost = 0
    shares = []
    for file in files:
        page = labelled(file, folder)
        goes = STAGE.goes(STAGE.view(TextBatch.from_text(page.text), Context()), Context())
        lines = page.text.split("\n")
        size = {line: len(lines[line].strip()) for line in page.labels}
        here = [line for line, label in page.labels.items() if label == "chrome"]
        body = [line for line, label in page.labels.items() if label in ("body", "title")]
        print(f"{file.stem}: {sum(bool(goes[n]) for n in here)} of {len(here)} lines of chrome go", end="")
        print(f", {sum(bool(goes[n]) for n in body)} of {len(body)} lines of body")
        chrome += sum(size[n] for n in here)
        gone += sum(size[n] for n in here if goes[n])
        bodies += len(body)
        lost += sum(bool(goes[n]) for n in body)
        if here:
            shares.append(sum(size[n] for n in here if goes[n]) / sum(size[n] for n in here))
    print(
        f"{name}: {gone / chrome:.1%} of the characters of chrome go, {statistics.fmean(shares):.0%} in the mean",
        end="",
    )
    print(f", {lost} of {bodies} lines of body")


def page_of(file: Path) -> str:
    """Give the page that a file of labels is for."""
    return file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def trained_with() -> set[str]:
    """Give the pages that the model of lines was trained with."""
    rows = COARSE.read_text(encoding="utf-8").splitlines()
    return {row.partition("\t")[0] for row in rows if not row.startswith("#")}


def hostile() -> None:
    """Show that four times the text takes about four times the time."""
    units = {"one line": "首页登录来源:第1页", "empty lines": "\n", "brackets": "【([", "bars": "北京市|"}
    for name, unit in units.items():
        times = []
        for size in (250_000, 1_000_000):
            batch = TextBatch.from_text((unit * size)[:size])
            begin = time.process_time()
            STAGE.propose(batch, Context())
            times.append(time.process_time() - begin)
        print(f"hostile, {name}: {times[0]:.3f} s and {times[1]:.3f} s for four times as much")


def main() -> int:
    """Run all three."""
    folder = Path(sys.argv[1])
    clean(folder / "clean")
    pages(folder / "more_pages", LABELS, "pages that the rules were written with")
    pages(folder / "more_pages", UNSEEN, "pages that they were not written with")
    pages(folder / "more_pages", HELD_OUT, "pages labelled when all rules stood")
    trained = trained_with()
    for known, name in ((False, "pages labelled last"), (True, "pages labelled last that the model was trained with")):
        pages(folder / "more_pages", [file for file in FRESH if (page_of(file) in trained) == known], name)
    hostile()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
