"""The real files of ``../shared/eval``, and slices of its clean texts, with floors."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleancorpus.encoding import Decoding, decode

FAMILY = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "big5hkscs": "big5",
    "hz": "hz-gb-2312",
}
CHINESE = {*FAMILY.values(), "euc-tw"}


def labelled(shared_eval: Path) -> list[tuple[str, str, bytes]]:
    folder = shared_eval / "encodings"
    rows = [line.split("\t") for line in (folder / "labels.tsv").read_text("utf-8").splitlines()[1:]]
    return [(path, label.lower(), (folder / path).read_bytes()) for path, label in rows]


def test_every_chinese_file_is_right_and_no_other_is_called_chinese(shared_eval: Path) -> None:
    wrong, called_chinese = [], []
    for path, label, data in labelled(shared_eval):
        found = decode(data)
        encodings = {segment.encoding for segment in found.segments}
        if label in FAMILY and (encodings != {FAMILY[label]} or found.undecodable):
            wrong.append(path)
        if label not in FAMILY and encodings & CHINESE:
            called_chinese.append(path)
        assert Decoding.from_dict(found.to_dict()).raw() == data
    assert wrong == []
    assert called_chinese == []


def test_the_files_with_a_reference_equal_it(shared_eval: Path) -> None:
    for path, label, data in labelled(shared_eval):
        if path.startswith("cpython/") and label in FAMILY:
            reference = shared_eval / "encodings" / path.replace(".txt", "-utf8.txt")
            assert decode(data).text == reference.read_bytes().decode("utf-8"), path


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("hans/prc_laws.txt", "gb18030"), ("hant/tw_laws.txt", "big5"), ("hans/wiki_cmrc.txt", "utf-8")],
)
def test_slices_of_fifty_bytes(shared_eval: Path, name: str, encoding: str) -> None:
    codec = {"big5": "big5hkscs"}.get(encoding, encoding)
    data = (shared_eval / "clean" / name).read_text("utf-8")[:200_000].encode(codec, "ignore")
    whole = data.decode(codec)
    slices = [whole[place : place + 25] for place in range(0, 100_000, 1000)]
    right = sum(decode(text.encode(codec)).encoding in (encoding, "ascii") for text in slices)
    assert right >= len(slices) - 1
