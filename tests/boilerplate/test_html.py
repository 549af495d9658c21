"""HTML: what is a page and what is not, and what the flat lines and their hints are."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleancorpus
from cleancorpus.boilerplate import html
from cleancorpus.errors import MissingDependency
from cleancorpus.stage import Hints
from cleancorpus.text import TextBatch

pytest.importorskip("resiliparse")

PAGE = """<!DOCTYPE html><html><head><title>t</title><style>p {}</style></head><body>
<nav class="top-nav"><ul>
<li><a href="/">首页</a></li><li><a href="/n">新闻</a></li><li><a href="/s">体育</a></li>
</ul></nav>
<h1>全市河道治理工作会议召开</h1>
<div class="article-content">
<p>昨日下午，全市河道治理工作会议在<b>市政府</b>礼堂召开，来自各区县的一百余名代表参加了会议。</p>
<p>会议指出，去年以来，全市共清理河道三百二十公里，拆除沿河违章建筑四百多处，群众的满意度提高。</p>
<p>下一步，各区县要把责任落实到人，每月公布一次水质监测结果，对治理不力的单位要通报批评。</p>
</div>
<div class="related"><h3>相关新闻</h3><ul>
<li><a href="/1">市民给河长写信反映问题</a></li><li><a href="/2">三条河道年底前完工</a></li>
</ul></div>
<footer>Copyright © 2021 东江网 版权所有 <a href="/about">关于我们</a></footer>
<script>var a = 1;</script></body></html>"""


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        "<html><p>x",
        "\ufeff<!-- saved -->\n<!-- from --><HTML lang='zh'>",
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">',
        "<div>" + "<p>一段文字</p>" * 12,
    ],
)
def test_pages(text: str) -> None:
    assert html.is_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "今天 <b>不</b> 下雨。",
        "在 HTML 里，<html> 是根元素，<body> 里是正文。",
        "<作者按>这不是网页。",
        "<p> 是段落标记。" + "此后全是正文，没有标记。" * 100,
        "1 < 2 > 0",
    ],
)
def test_texts_that_quote_tags(text: str) -> None:
    assert not html.is_html(text)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("<p>a<b>b</b> c</p><p>d</p>", ["ab c", "d"]),
        ("a<br>b<br/>c", ["a", "b", "c"]),
        ("<ul><li>x</li><li>y</li></ul>z", ["x", "y", "z"]),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", ["1\t2", "3"]),
        ("<pre>a\n  b</pre>", ["a", "  b"]),
        ("<p style='display: none'>x</p><p hidden>y</p><script>z</script><p>k</p>", ["k"]),
        ("<p>a\n   b</p>", ["a b"]),
        ("<p>a&amp;b&nbsp;c&amp;lt;</p>", ["a&b\xa0c&lt;"]),
        ("a<p></p>b<hr>c", ["a", "b", "c"]),
        ("<noscript><p>x</p></noscript><svg><title>y</title></svg><select><option>z</select>k", ["k"]),
        ("<div style='display:none'><div><br>x</div></div><!-- <p>y</p> -->k", ["k"]),
        ('<p a"b title=\'1 > 0 <b>\'>x<img alt="<p>">y</p>', ["xy"]),
        ("", []),
    ],
)
def test_blocks_become_lines(source: str, lines: list[str]) -> None:
    assert html.extract(f"<html><body>{source}</body></html>")[0].split("\n") == (lines or [""])


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<a href=x>", "</a>", "<li>", "<td>", "</div>", "<div>", "字", " b ", "\n", "<br>"]
        ),
        max_size=30,
    )
)
def test_hints_are_the_lines(pieces: list[str]) -> None:
    text, hints, _ = html.extract("<html><body>" + "".join(pieces))
    spans = [text[a:b] for a, b in zip(hints.start.tolist(), hints.end.tolist(), strict=True)]
    assert "\n".join(spans) == text
    assert ((hints.link_density >= 0) & (hints.link_density <= 1)).all()
    assert (hints.tag < max(len(hints.tags), 1)).all()


def test_hints_say_what_the_tree_knows() -> None:
    text, hints, _ = html.extract(PAGE)
    lines = text.split("\n")
    density = dict(zip(lines, hints.link_density.tolist(), strict=True))
    path = {line: hints.tags[tag] for line, tag in zip(lines, hints.tag.tolist(), strict=True)}
    assert density["首页"] == 1
    assert density["全市河道治理工作会议召开"] == 0
    assert 0 < density["Copyright © 2021 东江网 版权所有 关于我们"] < 1
    assert "nav" in path["首页"]
    assert "related" in path["三条河道年底前完工"]
    assert np.diff(hints.start).min() > 0


def test_elements_around_a_line_are_numbered_from_the_innermost() -> None:
    page = "<html><body><div><p>甲</p><p>乙</p></div><ul><li><p>丙</p></li><li><p>丁</p></li></ul>"
    text, hints, _ = html.extract(page)
    own, parent, above = hints.around[:, :3].T.tolist()
    assert text.split("\n") == ["甲", "乙", "丙", "丁"]
    assert len(set(own)) == 4
    assert parent[0] == parent[1]
    assert parent[2] != parent[3]
    assert above[2] == above[3] != above[0]


def test_what_lies_beyond_a_path_is_its_first_step() -> None:
    page = "<html><body><article class='sidebar'>" + "<div>" * 8 + "<p>字</p>"
    (path,) = html.extract(page)[1].tags
    assert path.split("/") == ["….article.body.div.related", *["div"] * 5, "p"]


def test_the_hints_of_texts_that_are_joined_and_taken_are_theirs() -> None:
    sources = ["<html><body><p>甲<p>乙", "<html><body><ul><li>丙<li>丁"]
    pages = [html.extract(source) for source in sources]
    batch = TextBatch.from_texts([page.text for page in pages])
    joined = Hints.concatenate([(page.hints, int(at)) for page, at in zip(pages, batch.offsets, strict=False)])
    taken = joined.take(batch, np.array([1]))
    assert taken.around.tolist() == pages[1][1].around.tolist()
    assert taken.start.tolist() == pages[1][1].start.tolist()
    assert [taken.tags[tag] for tag in taken.tag] == ["body/ul/li"] * 2


@pytest.mark.parametrize(
    ("head", "declared"),
    [
        ("<title> 修 路\n</title>", {"title": "修 路"}),
        ("<title>修路_某网</title><meta property=og:title content=修路>", {"title": "修路"}),
        ("<meta name=PubDate content='2021-5-3 09:12'>", {"date": "2021-05-03", "date_as_printed": "2021-5-3 09:12"}),
        (
            "<meta property=article:published_time content=2021-05-03T09:12:00+08:00>",
            {"date": "2021-05-03", "date_as_printed": "2021-05-03T09:12:00+08:00"},
        ),
        ("<meta name=pubdate content=昨天><meta name=publishdate content=2021年2月30日>", {}),
        (
            "<meta property=article:author content=https://a.example/me><meta name=AUTHOR content=李明>",
            {"author": "李明"},
        ),
        ("<meta name=author content=''><meta name=author content=王芳>", {"author": "王芳"}),
        ("<meta property=og:url content=https://a.example/1>", {"url": "https://a.example/1"}),
        (
            "<meta name=ContentSource content=某市日报><meta name=SiteName content=某市>",
            {"source": "某市日报", "site": "某市"},
        ),
        (f"<title>{'长' * 300}</title><meta name=keywords content=路>", {}),
    ],
)
def test_what_the_head_declares(head: str, declared: dict[str, str]) -> None:
    page = html.extract(f"<html><head><meta charset=utf-8>{head}</head><body><p>路<svg><title>图</title></svg></p>")
    assert dict(page.declared) == declared
    assert page.text == "路"


def test_what_is_shown_comes_before_what_is_declared() -> None:
    head = "<title>甲_某网</title><meta name=author content=李明><meta name=PubDate content=2001-01-01>"
    shown = "<p>首页 &gt; 新闻</p><h1>市里开会谈修路</h1><p>2021-05-03 来源：某市日报</p><p>今天上午，市里开了会。</p>"
    document = cleancorpus.clean(f"<!DOCTYPE html><html><head>{head}</head><body>{shown}</body></html>")
    fields = {entry.key: entry for entry in document.fields}
    assert fields["title"].value == "市里开会谈修路"
    assert fields["date"].value == "2021-05-03"
    assert fields["date_as_printed"].value == "2021-05-03"
    assert fields["author"] == ("author", "李明", 0, 0)
    assert document.original[fields["title"].start : fields["title"].end] == "市里开会谈修路"
    assert cleancorpus.Document.from_dict(document.to_dict()).metadata == document.metadata


LINKS = "<a href=/1>山水</a> <a href=/2>花鸟</a> <a href=/3>人物</a>"
PROSE = "<p>今天上午，市里开了会，会议由市长主持。他说，要把路修好，把树种好。</p>"
SURE = "<p>京ICP备00000000号</p>"


@pytest.mark.parametrize(
    ("body", "goes"),
    [
        (f"<div id=nav>{LINKS}</div>{PROSE}{SURE}", True),
        (f"{PROSE}<div class='site_footer'>{LINKS}</div>{SURE}", True),
        (f"<nav><ul><li>{LINKS}</ul></nav>{PROSE}{SURE}", True),
        # No other line of the page is surely chrome.
        (f"<div id=nav>{LINKS}</div>{PROSE}", False),
        # Only parts of the names say so, or the names of what does not lead elsewhere.
        (f"<div class=tablenavi>{LINKS}</div>{PROSE}{SURE}", False),
        (f"<div class=content>{PROSE}<p>{LINKS}</p></div>{SURE}", False),
        # Headings, and lines that say more than their links.
        (f"<div id=nav><h1>{LINKS}</h1></div>{PROSE}{SURE}", False),
        (f"<aside>{LINKS}是国画的三科，历代画家各有所长。</aside>{PROSE}{SURE}", False),
    ],
)
def test_blocks_of_links_that_navigate_go_at_the_conservative_level(body: str, goes: bool) -> None:
    document = cleancorpus.clean(f"<!DOCTYPE html><html><body>{body}</body></html>", stages=("boilerplate",))
    assert ("山水" not in document.text) == goes
    assert "今天上午" in document.text
    assert goes == ("boilerplate.link-block" in {edit.rule for edit in document.edits})


def test_a_tree_of_any_depth_is_read() -> None:
    assert html.extract("<html><body>" + "<div>" * 50_000 + "字")[0] == "字"


def test_a_list_of_teasers_is_not_the_main_text() -> None:
    teaser = "<li><h4><a href='/t'>{0}</a></h4><p>{0}，有关部门昨日表示，将加快推进相关工作，请市民放心。</p></li>"
    names = ("江边新路通车", "菜价稳中有降", "学校错峰放学", "水库开闸放水", "老街修旧如旧", "夜间公交延长")
    teasers = "<div class='more'><h3>推荐阅读</h3><ul>" + "".join(teaser.format(name) for name in names) + "</ul></div>"
    document = cleancorpus.clean(
        PAGE.replace('<div class="related">', teasers + '<div class="related">'), level="main-content"
    )
    kept = [line for line in document.text.splitlines() if line.strip()]
    assert len(kept) == 3


def test_main_content_of_a_page() -> None:
    document = cleancorpus.clean(PAGE, level="main-content")
    kept = [line for line in document.text.splitlines() if line.strip()]
    assert len(kept) == 3
    assert kept[0].startswith("昨日下午")
    assert kept[2].endswith("通报批评。")


def test_without_the_parser_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resiliparse.parse.html", None)
    with pytest.raises(MissingDependency, match=r"cleancorpus\[html\]"):
        html.extract(PAGE)
