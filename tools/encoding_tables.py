"""Generate the encoding tables in ``src/cleancorpus/data/encoding``.

    npm pack text-encoding && tar xzf text-encoding-*.tgz
    python tools/encoding_tables.py package/lib

Sources, each of them facts out of a standard:

- ``big5.tsv`` from index-big5 of the WHATWG Encoding Standard, as the npm package text-encoding 0.7
  (Unlicense or Apache-2.0) carries it: Big5 with the ETEN extensions and HKSCS-2008;
- ``euc-tw.tsv`` from CNS 11643 planes 1 to 7 and 15, by asking GNU libc's ``iconv`` for every code;
- ``gb18030-private-use.tsv`` from the codes that GB 18030-2005 and -2022 moved out of the private use
  area: the difference between CPython's codec (2000) and GNU libc's (2022);
- ``labels.tsv`` from the labels of the WHATWG Encoding Standard, with the names that the standard
  leaves out (UTF-32, HZ, EUC-TW) added below, and GBK and GB2312 as the GB 18030 that they are part of.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parents[1] / "src" / "cleancorpus" / "data" / "encoding"
UNASSIGNED = "\ufffd"

# Big5 A241 and A242 are U+2215 and U+FE68 in the standard's index, but every other vendor's table reads
# them as the full-width solidus and backslash that Chinese text really holds, and writes those there.
BIG5_DEPARTURES = {0xA241: "\uff0f", 0xA242: "\uff3c"}

# Labels that the standard does not have, or sends to `replacement`.
MORE_LABELS = {
    "utf-32le": ("utf-32le", "utf32le", "ucs-4le"),
    "utf-32be": ("utf-32be", "utf32be", "ucs-4be"),
    "utf-32": ("utf-32", "utf32", "ucs-4"),
    "hz-gb-2312": ("hz-gb-2312", "hz", "hz-gb", "hzgb"),
    "euc-tw": ("euc-tw", "euctw", "x-euc-tw", "cns11643"),
    "big5": ("big5hkscs", "big5-eten", "big5eten", "cp950", "windows-950", "ms950"),
    "gb18030": ("gb18030-2000", "gb18030-2005", "gb18030-2022", "cp936", "ms936", "euc-cn", "euccn"),
}


def whatwg_index(library: Path, name: str) -> list[int | None]:
    """Give one index of the Encoding Standard: code points by pointer."""
    source = (library / "encoding-indexes.js").read_text("utf-8")
    start = re.search(r'"encoding-indexes"\]\s*=\s*', source)
    assert start is not None
    indexes: dict[str, list[int | None]] = json.JSONDecoder().raw_decode(source[start.end() :])[0]
    return indexes[name]


def whatwg_labels(library: Path) -> dict[str, str]:
    """Give every label of the Encoding Standard with the lower-case name of its encoding."""
    source = (library / "encoding.js").read_text("utf-8")
    labels = {}
    for block, name in re.findall(r'"labels":\s*\[(.*?)\],\s*"name":\s*"([^"]+)"', source, flags=re.S):
        for label in re.findall(r'"([^"]+)"', block):
            labels[label] = name.lower()
    return labels


def iconv(codes: list[bytes], encoding: str) -> list[str]:
    """Decode each code by itself with GNU libc's ``iconv``; an unassigned one gives an empty string."""
    command = ["iconv", "-c", "-f", encoding, "-t", "UTF-32LE"]
    done = subprocess.run(command, input=b"".join(code + b"\n" for code in codes), capture_output=True, check=False)
    texts = done.stdout.decode("utf-32-le").split("\n")[:-1]
    assert len(texts) == len(codes), (encoding, codes[0], len(texts))
    return texts


def big5_rows(library: Path) -> Iterator[tuple[str, str]]:
    """Give a row of 157 characters for each lead byte, in the order of the trail bytes 40-7E, A1-FE."""
    index = whatwg_index(library, "big5")
    for lead in range(0x81, 0xFF):
        row = []
        for place in range(157):
            pointer = (lead - 0x81) * 157 + place
            trail = place + (0x40 if place < 0x3F else 0x62)
            found = index[pointer] if pointer < len(index) else None
            character = UNASSIGNED if found is None else chr(found)
            row.append(BIG5_DEPARTURES.get(lead << 8 | trail, character))
        if any(character != UNASSIGNED for character in row):
            yield f"{lead:02X}", "".join(row)


def euc_tw_rows() -> Iterator[tuple[str, str]]:
    """Give a row of 94 characters for each plane and row of CNS 11643."""
    for plane in (1, 2, 3, 4, 5, 6, 7, 15):
        for row in range(0xA1, 0xFF):
            head = bytes([row]) if plane == 1 else bytes([0x8E, 0xA0 + plane, row])
            texts = iconv([head + bytes([cell]) for cell in range(0xA1, 0xFF)], "EUC-TW")
            if any(texts):
                assert all(len(text) <= 1 for text in texts)
                yield f"{plane}.{row - 0xA0}", "".join(text or UNASSIGNED for text in texts)


def private_use_rows() -> Iterator[tuple[str, str]]:
    """Give the private-use code points of GB 18030-2000 that have a standard character now."""
    trails = [*range(0x40, 0x7F), *range(0x80, 0xFF)]
    codes = [bytes([lead, trail]) for lead in range(0x81, 0xFF) for trail in trails]
    for code, standard in zip(codes, iconv(codes, "GB18030"), strict=True):
        private = code.decode("gb18030")
        if "\ue000" <= private <= "\uf8ff" and standard and not "\ue000" <= standard <= "\uf8ff":
            yield f"{ord(private):04X}", standard


def label_rows(library: Path) -> Iterator[tuple[str, str]]:
    """Give each label with the name of its encoding."""
    labels = {label: "gb18030" if name == "gbk" else name for label, name in whatwg_labels(library).items()}
    labels |= {label: name for name, more in MORE_LABELS.items() for label in more}
    return iter(sorted(labels.items()))


def write(name: str, rows: Iterator[tuple[str, ...]]) -> None:
    """Write one table, tab-separated, with the name of its generator on top."""
    lines = ["# Generated by tools/encoding_tables.py; see there for the source and the licence."]
    lines += ["\t".join(row) for row in rows]
    (DATA / name).write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def main() -> None:
    """Write all tables."""
    library = Path(sys.argv[1])
    write("big5.tsv", big5_rows(library))
    write("euc-tw.tsv", euc_tw_rows())
    write("gb18030-private-use.tsv", private_use_rows())
    write("labels.tsv", label_rows(library))


if __name__ == "__main__":
    main()
