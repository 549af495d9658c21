"""Conversion against OpenCC and zhconv-rs: that the output is the same, and how fast it comes.

    python benchmarks/script_conversion.py speed ../shared/eval/clean
    python benchmarks/script_conversion.py equal ../shared/eval

Needs the official `opencc` and `zhconv-rs`, in an environment of their own (the official package and
opencc-python-reimplemented overwrite each other).  Speeds are UTF-8 MB of input a second of processor time: the
median of several rounds, in each of which everybody has a turn.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

ROUNDS = 7
PEERS = {"t2s": "zh-hans", "s2t": "zh-hant", "s2twp": "zh-tw", "tw2sp": "zh-cn"}
SAMPLES = ("三国演义.txt", "红楼梦.txt", "wiki_cmrc.txt")


def speed(folder: Path) -> None:
    import opencc
    import zhconv_rs

    from cleancorpus.script import convert_batch, convert_text, identify
    from cleancorpus.text import TextBatch

    simplified = "".join((folder / "hans" / name).read_text(encoding="utf-8") for name in SAMPLES)
    traditional = convert_text(simplified, "s2t")
    for chain, locale in PEERS.items():
        text = simplified if chain.startswith("s") else traditional
        batch = TextBatch.from_text(text)
        official = opencc.OpenCC(chain)
        assert official.convert(text) == convert_text(text, chain)
        measured = _medians(
            {
                "OpenCC": lambda text=text, official=official: official.convert(text),
                "zhconv-rs": lambda text=text, locale=locale: zhconv_rs.zhconv(text, locale),
                "ours, text": lambda text=text, chain=chain: convert_text(text, chain),
                "ours, edits": lambda batch=batch, chain=chain: convert_batch(batch, chain),
                "ours, edits made": lambda batch=batch, chain=chain: convert_batch(batch, chain).apply(batch),
            }
        )
        size = len(text.encode()) / 1e6
        line = "  ".join(f"{name} {size / seconds:.0f}" for name, seconds in measured.items())
        print(f"{chain:6} {line}  ours/OpenCC {measured['OpenCC'] / measured['ours, text']:.1f}")
    batch = TextBatch.from_text(simplified)
    size = len(simplified.encode()) / 1e6
    for name, seconds in _medians(
        {
            "identify, document": lambda: identify(batch),
            "identify, line": lambda: identify(batch, "line"),
            "identify, run": lambda: identify(batch, "run"),
            "t2s of simplified text": lambda: convert_batch(batch, "t2s"),
        }
    ).items():
        print(f"{name}: {size / seconds:.0f} MB/s")
    for chain in ("t2s", "s2t", "s2twp"):
        print(f"loading {chain}: {_loading(chain)}")


def _medians(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            begin = time.process_time()
            task()
            times[name].append(time.process_time() - begin)
    return {name: statistics.median(values) for name, values in times.items()}


def _loading(chain: str) -> str:
    """Processor time and memory of the first use of a chain, each in fresh processes, beyond the import."""
    found = {task: statistics.median(float(_itself(task, chain)) for _ in range(5)) for task in ("load", "memory")}
    return f"{found['load']:.0f} ms of processor time, {found['memory']:.0f} MB at the most"


def _itself(task: str, chain: str) -> str:
    return subprocess.run([sys.executable, __file__, task, chain], check=True, capture_output=True, text=True).stdout


def load(chain: str) -> None:
    from cleancorpus.script.chains import load_chain

    begin = time.process_time()
    load_chain(chain)
    print((time.process_time() - begin) * 1e3)


def memory(chain: str) -> None:
    from cleancorpus.script.chains import load_chain

    tracemalloc.start()
    load_chain(chain)
    print(tracemalloc.get_traced_memory()[1] / 1e6)


def equal(folder: Path) -> None:
    import opencc

    from cleancorpus.script import chain_names, convert_batch, convert_texts
    from cleancorpus.text import TextBatch

    paths = sorted(path for path in folder.rglob("*") if path.is_file() and _is_text(path))
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    batch = TextBatch.from_texts(texts)
    print(f"{len(texts)} files, {len(batch.codepoints):,} characters")
    for chain in chain_names():
        official = opencc.OpenCC(chain)
        plain = convert_texts(batch, chain).to_texts()
        recorded = convert_batch(batch, chain).apply(batch).to_texts()
        differing = []
        for path, text, one, other in zip(paths, texts, plain, recorded, strict=True):
            if not official.convert(text) == one == other:
                differing.append(f"{path.name} ({text.count(chr(0))} NUL)")
        print(f"{chain}: {len(differing)} files differ {', '.join(differing)}", flush=True)


def _is_text(path: Path) -> bool:
    return {"clean", "flat", "seeds"} & set(path.parts) != set() and path.suffix in (".txt", ".md")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("task", choices=["speed", "equal", "load", "memory"])
    parser.add_argument("argument", help="a folder, or for load and memory a chain")
    options = parser.parse_args()
    if options.task in ("load", "memory"):
        {"load": load, "memory": memory}[options.task](options.argument)
    else:
        {"speed": speed, "equal": equal}[options.task](Path(options.argument))


if __name__ == "__main__":
    main()
