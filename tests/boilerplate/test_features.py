"""Line features: the array passes agree with plain loops, and documents do not see each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.boilerplate.cues import find_cues, load_cues
from cleancorpus.boilerplate.features import line_features
from cleancorpus.boilerplate.model import load_weights
from cleancorpus.boilerplate.pages import Pages
from cleancorpus.boilerplate.pieces import Pieces
from cleancorpus.text import TextBatch, encode_codepoints

PIECES = (
    "首页",
    "相关新闻",
    "来源:",
    "今天下午，会议在北京召开。",
    "2024-05-20 16:25",
    "\n",
    "\n\n",
    " ",
    "  • ",
    "a{b}=c;",
    "版权所有",
)
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)
columns = st.lists(st.integers(0, 3), min_size=1, max_size=20)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 300)), min_size=1, max_size=6), st.integers(0, 3))
def test_sums_over_spans_are_those_of_a_loop(gaps_and_sizes: list[tuple[int, int]], rest: int) -> None:
    gaps, sizes = (np.array(column) for column in zip(*gaps_and_sizes, strict=True))
    last = np.cumsum(gaps + sizes)
    first = last - sizes
    points = (np.arange(int(last[-1]) + rest) * 7919 % 11).astype(np.uint32)
    table = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5], dtype=np.uint64)
    expected = [
        sum(int(table[min(point, 8)]) for point in points[a:b].tolist()) for a, b in zip(first, last, strict=True)
    ]
    pieces = Pieces(first, last)
    assert pieces.joined(pieces.sums(points, [table])[0]).tolist() == expected


def test_sums_over_a_span_longer_than_what_is_looked_up_at_a_time() -> None:
    points = np.full(200_001, 2, dtype=np.uint32)
    pieces = Pieces(np.array([0, 200_000]), np.array([200_000, 200_001]))
    assert pieces.joined(pieces.sums(points, [np.arange(3, dtype=np.uint64)])[0]).tolist() == [400_000, 2]


@given(st.text(alphabet="中的。，1a|(x ", min_size=1, max_size=300))
def test_shares_of_classes_are_those_of_a_count(text: str) -> None:
    shown = text.strip()
    if shown:
        batch = TextBatch.from_text(text)
        described = line_features(batch, batch.lines())
        size = sum(not c.isspace() for c in shown)
        assert described.size.tolist() == [size]
        for name, members in (("digit", "1"), ("latin", "ax"), ("han", "中的")):
            assert described.column(name)[0] == pytest.approx(sum(shown.count(c) for c in members) / size)


@given(texts)
def test_cues_are_those_of_a_search(text: str) -> None:
    table = load_cues()
    words = _words()
    expected = sorted((at, len(word)) for word in words for at in range(len(text)) if text.startswith(word, at))
    where, length, groups = find_cues(encode_codepoints(text))
    assert sorted(zip(where.tolist(), length.tolist(), strict=True)) == expected
    assert (groups > 0).all()
    assert (groups < 1 << len(table.groups)).all()


def _words() -> set[str]:
    from importlib.resources import files

    text = (files("cleancorpus") / "data" / "boilerplate" / "model_cues.tsv").read_text(encoding="utf-8")
    return {line.split("\t")[1] for line in text.splitlines() if not line.startswith("#")}


def test_no_cue_reaches_over_a_line_or_a_document() -> None:
    for batch in (TextBatch.from_text("版权\n所有"), TextBatch.from_texts(["版权", "所有"])):
        assert line_features(batch, batch.lines()).column("cue.footer").tolist() == [0, 0]
    whole = TextBatch.from_text("版权所有")
    assert line_features(whole, whole.lines()).column("cue.footer").tolist() == [1]


@given(st.lists(texts, min_size=1, max_size=4))
def test_a_document_is_described_as_if_it_were_alone(documents: list[str]) -> None:
    batch = TextBatch.from_texts(documents)
    together = line_features(batch, batch.lines())
    names = load_weights().names
    for number, text in enumerate(documents):
        alone = TextBatch.from_text(text)
        described = line_features(alone, alone.lines())
        mine = together.document == number
        assert mine.sum() == len(described.line)
        if mine.any():
            np.testing.assert_allclose(together.matrix(names)[mine], described.matrix(names), rtol=1e-4, atol=1e-5)


@given(columns, columns, st.integers(-4, 0), st.integers(0, 4))
def test_windows_stop_at_the_page(one: list[int], two: list[int], low: int, high: int) -> None:
    pages = Pages(np.array([0] * len(one) + [1] * len(two), dtype=np.int64))
    expected = [sum(page[max(at + low, 0) : max(at + high + 1, 0)]) for page in (one, two) for at in range(len(page))]
    assert pages.window(np.array(one + two), low, high).tolist() == expected
    assert pages.total(np.array(one + two)).tolist() == [sum(one)] * len(one) + [sum(two)] * len(two)
    assert pages.before(np.array(one + two)).tolist() == [
        sum(page[:at]) for page in (one, two) for at in range(len(page))
    ]


@pytest.mark.parametrize("text", ["", "\n" * 1000, " \t\u3000\n"])
def test_a_text_that_shows_nothing_has_no_described_line(text: str) -> None:
    batch = TextBatch.from_text(text)
    assert len(line_features(batch, batch.lines()).line) == 0


def test_a_feature_that_means_nothing_is_refused() -> None:
    batch = TextBatch.from_text("今天。")
    with pytest.raises(KeyError, match="no feature"):
        line_features(batch, batch.lines()).column("colour")


def test_lines_of_one_shape_part_the_posts_of_a_thread() -> None:
    posts = [f"第{n}楼 张三 {n}小时前\n这是第{'一二三四五'[n]}个人说的话，和别人的不同" for n in range(5)]
    batch = TextBatch.from_text("\n".join(posts))
    described = line_features(batch, batch.lines())
    assert described.column("alike")[::2].min() > 0.5
    assert described.column("parted")[::2].all()
    assert described.column("alike")[0] == described.column("alike")[2]


def test_shapes_are_counted_page_by_page() -> None:
    batch = TextBatch.from_texts(["1楼\n2楼", "3楼\n甲"])
    assert (line_features(batch, batch.lines()).column("alike") > 0).tolist() == [True, True, False, False]
