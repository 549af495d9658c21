"""Templates are found in a corpus, kept in a file, and taken away; bodies stay."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.boilerplate import RULES, Strip
from cleancorpus.boilerplate.shapes import line_keys, shape_keys, shape_of
from cleancorpus.boilerplate.sketch import FrequentKeys
from cleancorpus.boilerplate.templates import Page, Template, Templates, learn, show
from cleancorpus.errors import InputError
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

SYLLABLES = "青云山水石林花雨雪风月星河湖海田野城乡"


def site(draw: random.Random) -> list[str]:
    """Invent a site's frame: eight lines that no rule knows, two of them with figures that change."""
    words = ["".join(draw.choices(SYLLABLES, k=4)) + "栏" for _ in range(6)]
    return [*words, f"{words[0]}今有" + "{n}" + "则", f"{words[1]}第" + "{n}" + "回"]


def page(frame: list[str], draw: random.Random) -> tuple[str, list[str]]:
    lines = [line.replace("{n}", str(draw.randrange(10_000))) for line in frame]
    body = ["".join(draw.choices(SYLLABLES, k=draw.randrange(12, 60))) + "。" for _ in range(4)]
    return "\n".join([*lines[:4], *body, *lines[4:]]), body


def corpus(sites: int, pages: int) -> tuple[list[Page], list[list[str]]]:
    draw = random.Random(7)
    texts: list[Page] = []
    bodies: list[list[str]] = []
    for number in range(sites):
        frame = site(draw)
        for _ in range(pages):
            text, body = page(frame, draw)
            texts.append((f"site{number}.example", text))
            bodies.append(body)
    return texts, bodies


def test_frames_go_and_bodies_stay(tmp_path: Path) -> None:
    pages, bodies = corpus(sites=6, pages=40)
    file = tmp_path / "templates.tsv"
    learn(pages).save(file)
    stage = Strip(RuleSet(RULES), templates=str(file))
    batch = TextBatch.from_texts([text for _, text in pages])
    stripped = stage.propose(batch, Context(hosts=tuple(host for host, _ in pages))).edits.apply(batch)
    assert [text.split("\n") for text in map(str.strip, stripped.to_texts())] == bodies


def test_hosts_are_told_apart(tmp_path: Path) -> None:
    pages, _ = corpus(sites=2, pages=10)
    file = tmp_path / "templates.tsv"
    learn(pages).save(file)
    stage = Strip(RuleSet(RULES), templates=str(file))
    batch = TextBatch.from_text(pages[0][1])
    assert len(stage.propose(batch, Context(hosts=("elsewhere.example",))).edits) == 0


def test_unknown_hosts_are_one_corpus(tmp_path: Path) -> None:
    pages, bodies = corpus(sites=2, pages=30)
    unknown: list[Page] = [(None, text) for _, text in pages]
    file = tmp_path / "templates.tsv"
    learn(unknown).save(file)
    batch = TextBatch.from_texts([text for _, text in unknown])
    stripped = Strip(RuleSet(RULES), templates=str(file)).propose(batch, Context()).edits.apply(batch)
    assert [text.split("\n") for text in map(str.strip, stripped.to_texts())] == bodies


def test_a_file_of_templates_is_plain_text(tmp_path: Path) -> None:
    file = tmp_path / "templates.tsv"
    Templates((Template("a.example", 7, 9, "某栏0则"), Template(None, 50, 100, "某某某某")), 2).save(file)
    loaded = Templates.load(file)
    assert loaded.lines == (Template("a.example", 7, 9, "某栏0则"), Template(None, 50, 100, "某某某某"))
    assert list(show(loaded, "a.example")) == [
        "a.example: on 7 of 9 pages: 某栏0则",
        "any site: on 50 of 100 pages: 某某某某",
    ]


@pytest.mark.parametrize("text", ["", "host\t1\t2\tline\n", "# cleancorpus templates 1\terror 0\nbroken\n"])
def test_what_is_no_file_of_templates_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "templates.tsv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        Templates.load(file)


def test_a_file_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^\S*absent.tsv: no such file or directory$"):
        Templates.load(tmp_path / "absent.tsv")
    (tmp_path / "gbk.tsv").write_bytes("栏目".encode("gb18030"))
    with pytest.raises(InputError, match="not UTF-8 at byte 1"):
        Templates.load(tmp_path / "gbk.tsv")


def test_an_iterator_is_refused() -> None:
    with pytest.raises(InputError):
        learn(iter([("a.example", "text")]))


@given(st.lists(st.integers(0, 30), max_size=300), st.integers(1, 20), st.integers(1, 7))
def test_counts_are_low_by_no_more_than_the_error(stream: list[int], capacity: int, batches: int) -> None:
    sketch = FrequentKeys(capacity)
    for part in np.array_split(np.array(stream, dtype=np.uint64), batches):
        sketch.add(part)
    assert len(sketch.keys) <= capacity
    assert sketch.error <= len(stream) / (capacity + 1)
    for key in range(31):
        counted = int(sketch.count(np.array([key], dtype=np.uint64))[0])
        assert counted <= stream.count(key) <= counted + sketch.error


@given(st.lists(st.text("ab甲乙 0189:李四王", max_size=20), min_size=1, max_size=6))
def test_lines_of_one_shape_have_one_key(texts: list[str]) -> None:
    batch = TextBatch.from_texts(texts)
    keys = line_keys(batch, batch.offsets[:-1], batch.offsets[1:])
    shapes = TextBatch.from_texts([shape_of(text) for text in texts])
    assert np.array_equal(keys, shape_keys(shapes.codepoints, shapes.offsets[:-1], shapes.offsets[1:]))


@pytest.mark.parametrize(
    ("left", "right"),
    [("阅读 123 次", "阅读45次"), ("编辑:李四", "编辑:王小五"), ("2020-01-02 10:20", "1999-11-12 3:4")],
)
def test_figures_and_names_are_left_out(left: str, right: str) -> None:
    assert shape_of(left) == shape_of(right)
