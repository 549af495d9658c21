"""How fast pages are detected and decoded: ours and the peers, in turns, in one run.

    python benchmarks/encoding_speed.py --peers charset-normalizer

Different pages of 9 KB each, sound, and with a byte lost; detect and decode together, in processor
time; the median of the rounds, and the ratio to resiliparse.  ``--peers`` names those to run besides; by default all.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from cleancorpus.encoding import decode, decode_many
from encoding_corpus import texts
from encoding_slices import peers

PAGE = 9000
# The script, the encoding, and how many bytes are lost a third down each page.
PAGES = (
    ("hans", "gb18030", 0),
    ("hans", "utf-8", 0),
    ("hant", "utf-8", 0),
    ("hant", "big5hkscs", 0),
    ("hant", "gb18030", 0),
    ("hans", "gb18030", 1),
    ("hans", "utf-8", 1),
    ("hant", "big5hkscs", 1),
)
ROUNDS = 7
SLOW = ("charset-normalizer", "chardet", "chardetng")  # these get a tenth of the pages


def pages(script: str, encoding: str, count: int) -> list[bytes]:
    """Give different pages of about 9 KB, evenly out of all the texts of a script, each ending with a line."""
    found = []
    for text in texts(script):
        for start in range(0, len(text) - PAGE, PAGE):
            data = text[start : start + PAGE].encode(encoding, "ignore")[:PAGE]
            found.append(data[data.index(b"\n") + 1 : data.rindex(b"\n") + 1] if data.count(b"\n") > 1 else data)
    pages = [page for page in found if len(page) > PAGE // 2]
    return pages[:: max(1, len(pages) // count)][:count]


def seconds(work: Callable[[bytes], object], data: list[bytes]) -> float:
    """Give the seconds that a pass over the pages takes."""
    start = time.process_time()
    for page in data:
        work(page)
    return time.process_time() - start


def main() -> None:
    """Print MB/s for each encoding and tool."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", nargs="*", help="the peers to run besides resiliparse")
    chosen = parser.parse_args().peers
    detectors = {name: detect for name, detect in peers().items() if chosen is None or name in (*chosen, "resiliparse")}
    tools: dict[str, Callable[[bytes], object]] = {"cleancorpus": decode}
    for name, detect in detectors.items():
        tools[name] = lambda page, detect=detect: page.decode(detect(page) or "latin-1", "replace")
    for script, encoding, lost in PAGES:
        data = [page[: PAGE // 3] + page[PAGE // 3 + lost :] for page in pages(script, encoding, 600)]
        decode(data[0])
        rates: dict[str, list[float]] = {name: [] for name in [*tools, "cleancorpus, batch"]}
        for _ in range(ROUNDS):
            for name, tool in tools.items():
                part = data[::10] if name in SLOW else data
                rates[name].append(sum(map(len, part)) / seconds(tool, part) / 1e6)
            start = time.process_time()
            decode_many(data)
            rates["cleancorpus, batch"].append(sum(map(len, data)) / (time.process_time() - start) / 1e6)
        peer = statistics.median(rates["resiliparse"])
        for name, found in rates.items():
            rate = statistics.median(found)
            print(f"{encoding:10} {script} -{lost}  {name:20} {rate:8.1f} MB/s  {rate / peer:6.2f} x resiliparse")


if __name__ == "__main__":
    main()
