"""Make pages whose main text is known: clean bodies inside invented chrome, for training and for tests."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import synthetic_bodies as bodies
import synthetic_chrome as chrome
from synthetic_writer import BODY, CHROME, HEADING, PHRASES, Page, Writer

# What may stand among the paragraphs of an article.
AMONG = (
    *(bodies.facts, bodies.steps, bodies.talk, bodies.listing, bodies.table),
    *(bodies.ingredients, bodies.questions),
)


def _article(w: Writer, paragraphs: Sequence[str]) -> None:
    chrome.head(w)
    chrome.title(w, w.headline())
    chrome.byline(w)
    if w.rng.random() < 0.05:
        w.say(w.rng.choice(("各有关单位：", "各位同学：", "各区县人民政府，市政府各部门：", "亲爱的读者：")), BODY)
    if w.rng.random() < 0.1:
        bodies.opening(w)
    parts = w.rng.randrange(len(paragraphs) + 1)
    bodies.body(w, paragraphs[:parts])
    if w.rng.random() < 0.25:
        w.rng.choice(AMONG)(w)
    bodies.body(w, paragraphs[parts:])
    if w.rng.random() < 0.25:
        w.rng.choice((bodies.signed, bodies.signed, bodies.closing))(w)
    chrome.tail(w)
    order = [chrome.related, chrome.comments] if w.rng.random() < 0.5 else [chrome.comments, chrome.related]
    for part in order:
        if w.rng.random() < 0.6:
            part(w)
    chrome.foot(w)


def _forum(w: Writer, paragraphs: Sequence[str]) -> None:
    """A thread: its title and every post are main text, what stands around the posts is chrome."""
    rng = w.rng
    chrome.head(w)
    w.say(w.headline(), BODY)
    w.gap(0.8)
    if rng.random() < 0.5:
        w.say(w.fill(rng.choice(("查看: {n} | 回复: {d}", "{n} 人关注", "被浏览 {n}", "{d} 个回答", "{d} 条评论"))))
    avatar = w.phrases(PHRASES["avatar"], rng.choice((0, 1, 2, 5, 10)))
    posted = w.phrases(PHRASES["posted"], rng.choice((1, 1, 2)))
    actions = w.phrases(PHRASES["actions"], rng.choice((0, 1, 2, 4)))
    after = rng.random() < 0.4
    posts = [list(paragraphs)] + [w.reply() for _ in range(rng.choice((1, 3, 6, 12, 20)))]
    for post in posts:
        if w.nested:
            w.say(w.fill("• {handle}"))
            w.indent += "  "
            w.gap()
            if rng.random() < 0.7:
                post = [w.fill("{handle} ") + post[0], *post[1:]]
        w.say(w.fill("{handle}"))
        for pattern in avatar:
            w.say(w.fill(pattern))
            w.gap(0.2)
        if not after:
            for pattern in posted:
                w.say(w.fill(pattern))
        w.gap(0.8 if w.airy else 0.2)
        bodies.body(w, post, 0.01)
        if after:
            for pattern in posted:
                w.say(w.fill(pattern))
        for pattern in actions:
            w.say(w.fill(pattern))
        w.gap(0.5)
        if rng.random() < 0.05:
            w.say(w.pick(("广告", "本主题由 {handle} 于 {date} 审核通过", "该楼层疑似违规已被系统折叠", "{d} 天 后")))
    w.say(
        w.pick(
            (
                "返回列表",
                "快速回复",
                "您需要登录后才可以回帖",
                "{d}回复贴，共{d}页",
                "查看全部 {d} 个回答",
                "加载更多",
                "发表回复",
                "已加载全部评论",
            )
        )
    )
    chrome.foot(w)


def _entry(w: Writer, paragraphs: Sequence[str]) -> None:
    """An encyclopaedia's entry: facts, contents, sections of a few short paragraphs, references."""
    rng = w.rng
    chrome.head(w)
    chrome.title(w, w.headline())
    for _ in range(rng.choice((0, 3, 6, 12))):
        if rng.random() < 0.5:
            w.say(w.fill("{chan}\t\t{site}"))
        else:
            w.say(w.fill("{chan}"))
            w.say(w.pick(("{name}", "{date}", "{site}", "{n}", "{n}平方公里")))
    names = [w.headline()[:10] for _ in range(rng.choice((2, 4, 7)))]
    if rng.random() < 0.6:
        w.say("目录")
        w.items(names, rng.choice(("1", "  • ")))
        w.gap()
    marks = rng.sample(("播报", "编辑", "[编辑]", "编辑本段", "上传视频"), rng.choice((0, 1, 2)))
    cited = rng.random() < 0.7
    for number, name in enumerate(names):
        w.say(name, rng.choice((HEADING, CHROME)))
        for mark in marks:
            w.say(mark)
        w.gap(0.7)
        some = paragraphs[number :: len(names)] or [w.sentences(rng.choice((1, 2, 4)))]
        bodies.body(w, [text + (f" [{rng.randrange(1, 90)}]" if cited else "") for text in some], 0.05)
    w.say(rng.choice(("参考资料", "参考文献", "注释", "外部链接")))
    for number in range(rng.choice((3, 8, 30, 90))):
        w.say(
            f"  {number + 1}. "
            + w.fill("{title}. {site}. {date} [{date}]. ")
            + w.pick(("", "（原始内容存档于{date}）.", "[引用日期{date}]"))
        )
    chrome.foot(w)


def _short(w: Writer, paragraphs: Sequence[str]) -> None:
    """A short article above many teasers of others, each with a summary as long as a paragraph."""
    chrome.head(w)
    chrome.title(w, w.headline())
    chrome.byline(w)
    bodies.body(w, paragraphs[:3])
    chrome.tail(w)
    w.say(w.rng.choice(PHRASES["related"]))
    w.gap()
    for _ in range(w.rng.choice((10, 20, 40))):
        w.say(w.bullet + w.pick(("{site}", "{site} · {date}", "{name}", "{site}·")))
        w.gap(0.6)
        w.say(w.headline())
        w.gap(0.6)
        w.say(w.sentences(w.rng.choice((1, 2, 4))) + w.rng.choice(("", "...", "…")))
        w.gap(0.8)
        if w.rng.random() < 0.2:
            w.say(w.pick(("广告 {title}", "为什么显示这个广告？", "{n}阅读", "{d}条评论")))
    chrome.foot(w)


def _answers(w: Writer, paragraphs: Sequence[str]) -> None:
    """A question and a few answers as long as articles, with who wrote them above and buttons below."""
    rng = w.rng
    chrome.head(w)
    w.say(w.headline() + rng.choice(("", "？")), BODY)
    w.say(w.fill(rng.choice(("{d} 个回答", "被浏览 {n}", "关注问题 写回答", "查看全部 {d} 个回答"))))
    answers = [list(paragraphs), *(w.passage(rng.choice((1, 1, 2, 4))) for _ in range(rng.choice((1, 1, 2, 3))))]
    posted, actions = w.phrases(PHRASES["posted"], 1), w.phrases(PHRASES["actions"], rng.choice((1, 2, 3)))
    for answer in answers:
        w.say(w.fill("{handle}"))
        if rng.random() < 0.5:
            w.say(w.sentences(1)[:20].rstrip("。"))
        if rng.random() < 0.3:
            w.say(rng.choice(("谢邀。", "谢邀", "补充一点。", "占坑")), BODY)
        bodies.body(w, answer, 0.01)
        for pattern in (*posted, *actions):
            w.say(w.fill(pattern))
        w.gap(0.6)
    chrome.foot(w)


def _thing(w: Writer, paragraphs: Sequence[str]) -> None:
    """A page about one thing: facts, amounts or tables are its text as much as the few sentences are."""
    rng = w.rng
    chrome.head(w)
    chrome.title(w, w.headline())
    chrome.byline(w)
    parts = rng.sample((*AMONG, bodies.opening), rng.choice((1, 2, 3)))
    place = rng.randrange(len(parts) + 1)
    for part in parts[:place]:
        part(w)
        w.gap(0.5)
    bodies.body(w, paragraphs[:3])
    for part in parts[place:]:
        part(w)
        w.gap(0.5)
    if rng.random() < 0.4:
        bodies.closing(w)
    chrome.tail(w)
    if rng.random() < 0.6:
        chrome.related(w)
    chrome.foot(w)


def _bare(w: Writer, paragraphs: Sequence[str]) -> None:
    """A page that has been cleaned already: nothing on it is to go."""
    if w.rng.random() < 0.4:
        w.say(w.headline(), HEADING)
        w.gap(0.5)
    bodies.body(w, paragraphs, 0.0)


KINDS: dict[str, tuple[Callable[[Writer, Sequence[str]], None], int]] = {
    "article": (_article, 5),
    "short": (_short, 1),
    "entry": (_entry, 1),
    "forum": (_forum, 2),
    "answers": (_answers, 1),
    "thing": (_thing, 1),
    "bare": (_bare, 2),
}


def make_page(rng: random.Random, sources: Sequence[Sequence[str]]) -> Page:
    """Make one page out of the paragraphs of one of the sources, each a sequence of paragraphs."""
    kind = rng.choices(list(KINDS), [often for _, often in KINDS.values()])[0]
    writer = Writer(rng, sources, Page(kind))
    writer.site = rng.choice(PHRASES["sites"])
    writer.bullet = rng.choice(("  • ", "  • ", "  • ", "", "", "1", "    • ", "· "))
    writer.indent = rng.choice(("", "", "", "    "))
    writer.paragraph = rng.choice(("", "", "　　", "    "))
    writer.airy = rng.random() < 0.7
    writer.loose = rng.random() < 0.25
    length = rng.choice((1, 2, 3, 5, 8, 15, 40))
    if kind == "forum":
        length = rng.choice((1, 1, 2, 4))
        writer.nested = rng.random() < 0.25
    paragraphs = [line[:1500] for line in writer.passage(length) if line] or ["空。"]
    write, _ = KINDS[kind]
    write(writer, paragraphs)
    return writer.page
