"""How many slices of real text each detector decodes right: ours and the peers, in one run.

    python benchmarks/encoding_slices.py --per-cell 40 --peers

A peer is right where its label is one that decodes the slice (``gb2312`` passes for GB 18030 …); of ours the
text is asked for too: equal to the truth but for the characters that were cut or damaged.
"""

from __future__ import annotations

import argparse
import codecs
from collections import defaultdict
from collections.abc import Callable

from cleancorpus.encoding import decode
from cleancorpus.errors import DecodeError
from encoding_corpus import Slice, standard_set

FAMILY = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5hkscs": "big5",
    "cp950": "big5",
    "hz": "hz-gb-2312",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "utf_8_sig": "utf-8",
}
AROUND = 2  # characters on each side of a damaged one that may be lost with it


def family(label: str | None) -> str | None:
    """Give the encoding that a peer's label means."""
    if label is None:
        return None
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return label.lower()
    return FAMILY.get(name, name)


def peers() -> dict[str, Callable[[bytes], str | None]]:
    """Give the peers that are installed, each as bytes to label."""
    import cchardet
    import chardet
    import chardetng_py
    from charset_normalizer import from_bytes
    from resiliparse.parse.encoding import detect_encoding

    def normalizer(data: bytes) -> str | None:
        best = from_bytes(data).best()
        return None if best is None else best.encoding

    return {
        "charset-normalizer": normalizer,
        "chardet": lambda data: chardet.detect(data)["encoding"],
        "chardetng": lambda data: chardetng_py.detect(data, allow_utf8=True),
        "resiliparse": detect_encoding,
        "cchardet": lambda data: cchardet.detect(data)["encoding"],
    }


def ours_right(one: Slice) -> tuple[bool, bool]:
    """Say whether our label and our text are right."""
    try:
        found = decode(one.data)
    except DecodeError:
        return False, False
    if one.kind == "mixed":
        label = {segment.encoding for segment in found.segments} == {one.encoding, one.second}
        return label and _boundary_right(one, [segment.start for segment in found.segments]), found.text == one.text
    if one.kind == "line":
        labels = [segment.encoding for segment in found.segments]
        return labels == [one.encoding, one.second, one.encoding], found.text == one.text
    text = found.text
    if one.kind == "cut":
        torn = text.strip("\ufffd")
        # The second byte of a torn character may be an ASCII letter, which nothing gives away.
        return found.encoding == one.encoding, one.text in (torn, torn[1:] if torn[:1].isascii() else torn)
    if one.damage >= 0:
        head = one.text[: max(0, one.damage - AROUND)]
        tail = one.text[one.damage + AROUND + 1 :]
        near = len(text) - len(head) - len(tail) <= 4 * AROUND
        return found.encoding == one.encoding, text.startswith(head) and text.endswith(tail) and near
    return found.encoding == one.encoding, text == one.text


def _boundary_right(one: Slice, starts: list[int]) -> bool:
    """Say whether the one change was found in its line or next to it; ASCII may go to either side."""
    if len(starts) != 2:
        return False
    low, high = sorted((starts[1], one.boundary))
    between = one.data[low:high]
    return between.isascii() or between.count(b"\n") <= 1


def peer_right(one: Slice, label: str | None) -> bool:
    """Say whether a label names the encoding; of a mixed slice no single label does."""
    return one.kind not in ("mixed", "line") and family(label) == one.encoding


def main() -> None:
    """Print a table: one row for each kind, encoding and size, one column for each detector."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--per-cell", type=int, default=40)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--seed", type=int, default=20260301)
    parser.add_argument("--failures", action="store_true", help="print the slices that we get wrong")
    options = parser.parse_args()
    detectors = peers() if options.peers else {}
    right: dict[tuple[str, str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in standard_set(options.per_cell, options.seed):
        name = one.encoding + ("+" + one.second if one.second else "")
        cell = right[(one.kind, name, one.size)]
        cell["all"] += 1
        label, text = ours_right(one)
        cell["label"] += label
        cell["text"] += text
        if options.failures and not (label and text):
            found = ascii(decode(one.data, binary="keep"))
            print(one.kind, name, one.size, one.damage, repr(one.text[:30]), found, sep="\t")
        for detector, detect in detectors.items():
            cell[detector] += peer_right(one, detect(one.data))
    columns = ["label", "text", *detectors]
    print("| kind | encoding | bytes | slices |", " | ".join(columns), "|")
    print("|---" * (4 + len(columns)) + "|")
    for (kind, name, size), cell in sorted(right.items(), key=lambda item: (item[0][0], item[0][1], item[0][2])):
        shares = [f"{100 * cell[column] / cell['all']:.1f}" for column in columns]
        print(f"| {kind} | {name} | {size} | {cell['all']} |", " | ".join(shares), "|")


if __name__ == "__main__":
    main()
