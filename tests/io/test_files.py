"""Files are written whole or not at all, and a name in the data never leads out of the folder."""

from __future__ import annotations

import gzip
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.errors import InputError
from cleancorpus.io.files import inside, json_line, open_whole, safe_name, unique_name, whole_file

HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../b",
    "..",
    "...",
    ".",
    "",
    "/",
    "..\\..\\windows",
    "C:\\x",
    "c:x",
    "con",
    "NUL.txt",
    "a\x00b",
    "a\nb",
    "x" * 3000,
    "文" * 300 + ".txt",
    "a. ",
    "~root/x",
    "\ud800",
    "\udcff.txt",
    "x:stream",
]

names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.lists(st.sampled_from(["..", ".", "", "a", "文", "\\", "con", "C:"]), max_size=6).map("/".join),
)


@given(names)
def test_a_safe_name_stays_below(name: str) -> None:
    safe = safe_name(name)
    for path in (PurePosixPath(safe), PureWindowsPath(safe)):
        assert not path.is_absolute()
        assert not path.drive
        assert ".." not in path.parts
        assert path.parts
    assert all(len(part.encode("utf-8", "surrogatepass")) <= 255 for part in safe.split("/"))
    assert safe_name(safe) == safe


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_can_be_written(name: str, tmp_path: Path) -> None:
    path = inside(tmp_path / "out", name)
    with open_whole(path) as file:
        file.write(b"x")
    assert path.read_bytes() in (b"x",)
    assert path.resolve().is_relative_to((tmp_path / "out").resolve())


def test_two_names_that_had_to_be_changed_stay_two() -> None:
    assert safe_name("a:b") != safe_name("a|b")
    assert safe_name("x" * 300) != safe_name("x" * 301)


def test_an_ordinary_name_stays() -> None:
    assert safe_name("新闻/2022/第1页 (a).txt") == "新闻/2022/第1页 (a).txt"


def test_a_link_does_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path)
    with pytest.raises(InputError, match="outside"):
        inside(tmp_path / "out", "link/x")


def test_a_broken_off_file_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def break_off() -> None:
        with open_whole(path) as file:
            file.write(b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"
    with whole_file(path) as temporary:
        temporary.write_bytes(b"x")
        assert temporary.parent == path.parent
        assert not path.exists()
    assert path.read_bytes() == b"x"


def test_packed_files_are_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        with open_whole(tmp_path / name) as file:
            file.write("文字".encode() * 1000)
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == "文字".encode() * 1000


def test_json_holds_lone_surrogates() -> None:
    assert json_line({"text": "a\ud800"}) == b'{"text": "a\\ud800"}\n'


def test_unique_names() -> None:
    taken: set[str] = set()
    assert [unique_name(name, taken) for name in ("a.txt", "a.txt", "a.txt", "a~2.txt", "x", "x")] == [
        "a.txt",
        "a~2.txt",
        "a~3.txt",
        "a~2~2.txt",
        "x",
        "x~2",
    ]
