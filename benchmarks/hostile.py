"""What hostile text costs: processor time at two sizes, and how it grows where the text is four times as long.

    python benchmarks/hostile.py [../shared/eval] [--characters 1000000] [--only NAME…] [--steps STEP…]

Growth should be about 4; what is quick at the small size is compared with a floor of 20 ms, so that a fixed cost
does not hide or feign one.  A step that takes more than a minute of processor time is stopped, and says so.
"""

from __future__ import annotations

import argparse
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import cleancorpus as cc
from cleancorpus.errors import DecodeError

GROWTH = 4
FLOOR_SECONDS = 0.02
LIMIT_SECONDS = 60


def repeated(unit: str) -> Callable[[int], str]:
    """Give a maker of texts of one unit, again and again."""
    return lambda size: unit * (size // len(unit))


def private_use(size: int) -> str:
    return "".join(chr(0xE000 + place * 7 % 6400) for place in range(size))


def nested_brackets(size: int) -> str:
    return "（" * (size // 2) + "）" * (size // 2)


def nested_page(size: int) -> str:
    depth = size // 40
    inside = "".join("<div><p>正文<a href=x>链接" if place % 2 else "<ul><li>" for place in range(depth))
    return f"<!DOCTYPE html><html><body>{inside}</body></html>"


def broken_page(size: int) -> str:
    units = ["<p>第一段。", "</div>", "<script>if (a<b) {", "<table><tr><td>甲", "<!--", "-->", "&nbsp;", "<a href='"]
    chosen = random.Random(1).choices(units, k=size // 8)
    return f"<html><body>{''.join(chosen)}"


def numbered_lines(size: int) -> str:
    return "".join(f"第{place}页\n" for place in range(size // 7))


def random_han(size: int) -> str:
    return "".join(map(chr, random.Random(2).choices(range(0x4E00, 0x9FA6), k=size)))


TEXTS: dict[str, Callable[[int], str]] = {
    "one long line": repeated("今天天气很好，我们去公园散步。"),
    "empty lines": repeated("\n"),
    "? alone": repeated("?"),
    "ideograph and ?": repeated("你?"),
    "(a)": repeated("(a)"),
    "经(jīng)": repeated("经(jīng)"),
    "private use": private_use,
    "（ alone": repeated("（"),
    "nested （）": nested_brackets,
    "mixed brackets": repeated("([{【《「"),
    "|": repeated("|"),
    "words and |": repeated("首页 | 新闻 | "),
    "one word and |": repeated("首页|"),
    "digits": repeated("1234567890"),
    "dates": repeated("2021-05-03 12:30 "),
    "alternating scripts": repeated("发發国國"),
    "short lines 首页": repeated("首页\n"),
    "page numbers": numbered_lines,
    "one letter": repeated("a"),
    "zero-width blanks": repeated("\u200b"),
    "锟斤拷": repeated("锟斤拷"),
    "UTF-8 read as GBK": repeated("鎴戜滑"),
    "GBK read as Latin-1": repeated("ÖÐÎÄ"),
    "random ideographs": random_han,
    "<": repeated("<"),
    "nested HTML": nested_page,
    "broken HTML": broken_page,
    "site > section >": repeated("首页 > 新闻 > "),
    "quotation marks": repeated('“甲”"'),
    "blanks": repeated(" "),
    "carriage returns": repeated("\r"),
    "addresses": repeated("http://a.cn/b?c=1 "),
}


def real_text(folder: Path) -> Callable[[int], str]:
    """Give a maker of texts from a folder of clean ones."""
    paths = sorted(path for path in (folder / "clean").rglob("*.*"))

    def make(size: int) -> str:
        share = size // len(paths) + 1
        return "\n".join(path.read_text(encoding="utf-8")[:share] for path in paths)[:size]

    return make


def _decode(data: bytes) -> None:
    with suppress(DecodeError):  # what is refused has been looked at as well
        cc.decode(data)


STEPS: dict[str, Callable[[str], object]] = {
    "decode UTF-8": lambda text: _decode(text.encode()),
    "decode GB18030": lambda text: _decode(text.encode("gb18030")),
    "clean": lambda text: cc.clean(text),
    "main content": lambda text: cc.clean(text, level="main-content"),
    "opt-in rules": lambda text: cc.clean(text, enable=("mojibake", "boilerplate", "script")),
    "to hans": lambda text: cc.unify(text, "hans"),
    "to tw": lambda text: cc.unify(text, "tw", regional_phrases=True),
    "near-duplicates": lambda text: cc.near_duplicates([text, "甲" + text, text[: len(text) // 2]]),
}


class TooLongError(BaseException):
    """A step was stopped; no ``Exception``, since the library turns those of its stages into its own."""


@contextmanager
def limited() -> Iterator[None]:
    """Stop what takes longer than the limit."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise TooLongError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LIMIT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def seconds(work: Callable[[str], object], text: str) -> float:
    """Give the processor time that a step takes."""
    begun = time.process_time()
    with limited():
        work(text)
    return time.process_time() - begun


def measure(work: Callable[[str], object], make: Callable[[int], str], size: int) -> str:
    """Describe one step on one kind of text: seconds for the long text, and the growth."""
    try:
        short = seconds(work, make(size // GROWTH))
        long = seconds(work, make(size))
    except TooLongError:
        return f"over {LIMIT_SECONDS} s"
    except Exception as error:
        return f"failed: {type(error).__name__}: {error}"[:80]
    return f"{long:.2f} s, {max(long, FLOOR_SECONDS) / max(short, FLOOR_SECONDS):.1f}x"


def main() -> None:
    """Print a Markdown table, one kind of text a row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="shared evaluation data, for real text")
    parser.add_argument("--characters", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="*", help="kinds of text")
    parser.add_argument("--steps", nargs="*", choices=list(STEPS), default=list(STEPS))
    arguments = parser.parse_args()
    kinds = dict(TEXTS)
    if arguments.folder is not None:
        kinds["real text"] = real_text(arguments.folder)
    for work in STEPS.values():
        work("热身，warm-up。\n" * 3)
    print("|".join(["", " text ", *(f" {name} " for name in arguments.steps), ""]))
    print("|---" * (len(arguments.steps) + 1) + "|")
    for name in arguments.only or kinds:
        cells = (measure(STEPS[step], kinds[name], arguments.characters) for step in arguments.steps)
        print(f"| `{name}` | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
