"""Learn templates from 20 invented sites of 200 pages each, with clean texts as bodies.

    python benchmarks/boilerplate_templates.py ../shared/eval/clean

Prints how many template lines that no rule knows are found, how many lines of bodies go, and the time.
Each site has a frame of twenty lines of invented words, a quarter of them with a figure or a name that
changes from page to page; a fifth of its lines stands on every third page only.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from cleancorpus.boilerplate import RULES, Strip, learn
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

SITES, PAGES, FRAME, BODY = 20, 200, 20, 12
SYLLABLES = "青云山水石林花雨雪风月星河湖海田野城乡东南西北春夏秋冬金木火土文学天地人和"


def frame(draw: random.Random) -> list[tuple[str, bool]]:
    """Invent the lines of a frame, and whether each stands on every page."""
    lines = []
    for number in range(FRAME):
        word = "".join(draw.choices(SYLLABLES, k=draw.randrange(4, 12)))
        end = ("", "", "", "：{name}", "{figure}则")[number % 5]
        lines.append((word + end, number % 5 != 1))
    return lines


def page(
    lines: list[tuple[str, bool]], body: list[str], number: int, draw: random.Random
) -> tuple[list[str], list[str]]:
    """Give the lines of the frame on this page, and all lines of the page."""
    name = "".join(draw.choices(SYLLABLES, k=3))
    shown = [
        line.replace("{name}", name).replace("{figure}", str(draw.randrange(100_000)))
        for line, always in lines
        if always or number % 3 == 0
    ]
    return shown, [*shown[: FRAME // 2], *body, *shown[FRAME // 2 :]]


def bodies(folder: Path) -> list[list[str]]:
    """Cut clean texts into bodies of twelve lines, no line twice."""
    lines = [
        line
        for file in sorted(folder.glob("hans/*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if len(line.strip()) > 3
    ]
    unique = list(dict.fromkeys(lines))
    random.Random(1).shuffle(unique)
    return [unique[at : at + BODY] for at in range(0, SITES * PAGES * BODY, BODY)]


def main() -> int:
    """Run the experiment, with hosts known and unknown."""
    draw = random.Random(11)
    texts = bodies(Path(sys.argv[1]))
    frames = [frame(draw) for _ in range(SITES)]
    made = []
    for index, body in enumerate(texts):
        site, number = divmod(index, PAGES)
        made.append((f"site{site}.example", *page(frames[site], body, number, draw), body))
    plain = Strip(RuleSet(RULES))
    for known in (True, False):
        corpus = [(host if known else None, "\n".join(lines)) for host, _, lines, _ in made]
        begin = time.process_time()
        templates = learn(corpus)
        took = time.process_time() - begin
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "templates.tsv"
            templates.save(file)
            learned = Strip(RuleSet(RULES), templates=str(file))
        batch = TextBatch.from_texts([text for _, text in corpus])
        context = Context(hosts=tuple(host for host, _ in corpus))
        before = plain.propose(batch, context).edits.apply(batch).to_texts()
        after = learned.propose(batch, context).edits.apply(batch).to_texts()
        unknown = found = lost = lines_of_bodies = 0
        for (_, shown, _, body), left, kept in zip(made, before, after, strict=True):
            there, still = set(left.split("\n")), set(kept.split("\n"))
            unknown += sum(line in there for line in shown)
            found += sum(line in there and line not in still for line in shown)
            lines_of_bodies += sum(line in there for line in body)
            lost += sum(line in there and line not in still for line in body)
        size = sum(len(text.encode()) for _, text in corpus)
        print(
            f"hosts {'known' if known else 'unknown'}: {found} of {unknown} template lines found "
            f"({found / unknown:.2%}), {lost} of {lines_of_bodies} body lines lost; error of the sketch "
            f"{templates.error}; learned at {size / took / 1e6:.1f} MB/s in two passes"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
