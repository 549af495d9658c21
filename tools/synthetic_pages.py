"""Make pages whose main text is known: clean bodies inside invented chrome, for training and for tests.

The bodies come from folders of clean text that the caller names and are never stored; the chrome is put
together from the phrases in synthetic_phrases.toml.  A page is a list of lines, each with its label.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BODY, CHROME, TITLE, METADATA, HEADING = "body", "chrome", "title", "metadata", "heading"

_PHRASES = tomllib.loads((Path(__file__).parent / "synthetic_phrases.toml").read_text(encoding="utf-8"))
SURNAMES, GIVEN = _PHRASES["surnames"], _PHRASES["given"]
CHANNELS: list[str] = _PHRASES["channels"]
SITES: list[str] = _PHRASES["sites"]
HANDLES: list[str] = _PHRASES["handles"]
REGIONS: list[str] = _PHRASES["regions"]
RELATED: list[str] = _PHRASES["related"]
ENDS: list[str] = _PHRASES["ends"]
SHARES: list[str] = _PHRASES["shares"]
FOOTERS: list[str] = _PHRASES["footers"]
NOTICES: list[str] = _PHRASES["notices"]
BYLINES: list[str] = _PHRASES["bylines"]
AVATAR: list[str] = _PHRASES["avatar"]
POSTED: list[str] = _PHRASES["posted"]
ACTIONS: list[str] = _PHRASES["actions"]
REPLIES: list[str] = _PHRASES["replies"]


@dataclass
class Page:
    """A page: its lines with their labels, and the kind of page that it imitates."""

    kind: str
    lines: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Writer:
    """Writes one page: how this site indents, marks list items and parts its blocks."""

    rng: random.Random
    sources: Sequence[Sequence[str]]
    page: Page
    site: str = ""
    bullet: str = ""
    indent: str = ""
    paragraph: str = ""
    airy: bool = True
    nested: bool = False
    loose: bool = True

    def say(self, text: str, label: str = CHROME) -> None:
        if text.strip():
            self.page.lines.append((self.indent + text, label))

    def gap(self, chance: float = 1.0) -> None:
        if self.rng.random() < chance and self.page.lines and self.page.lines[-1][0]:
            self.page.lines.append(("", CHROME))

    def pick(self, options: Sequence[str]) -> str:
        return self.fill(self.rng.choice(options))

    def fill(self, pattern: str) -> str:
        rng = self.rng
        values: dict[str, Callable[[], str]] = {
            "name": lambda: rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2)))),
            "site": lambda: self.site if rng.random() < 0.6 else rng.choice(SITES),
            "handle": lambda: rng.choice(HANDLES),
            "chan": lambda: rng.choice(CHANNELS),
            "region": lambda: rng.choice(REGIONS),
            "title": self.headline,
            "host": lambda: rng.choice(("news", "www", "bbs", "m")) + ".example.com",
            "date": self.date,
            "time": lambda: (
                f"{rng.randrange(24):02d}:{rng.randrange(60):02d}" + rng.choice(("", f":{rng.randrange(60):02d}"))
            ),
            "n": lambda: str(rng.randrange(100, 9999)),
            "d": lambda: str(rng.randrange(1, 40)),
            "y": lambda: str(rng.randrange(2001, 2026)),
        }
        return re.sub(r"\{(\w+)\}", lambda found: values[found[1]](), pattern)

    def date(self) -> str:
        rng = self.rng
        y, m, d = rng.randrange(2003, 2026), rng.randrange(1, 13), rng.randrange(1, 29)
        return rng.choice(
            (
                f"{y}-{m:02d}-{d:02d}",
                f"{y}年{m}月{d}日",
                f"{y}/{m:02d}/{d:02d}",
                f"{y}.{m}.{d}",
                f"{m}月{d}日",
                f"{y}年{m:02d}月{d:02d}日",
            )
        )

    def sentences(self, count: int) -> str:
        """Give about so many sentences of one source in a row."""
        text = "".join(self.passage(count))
        found = re.findall(r"[^。！？]+[。！？]+[”」]?", text) or [text]
        return "".join(found[:count])[:600]

    def passage(self, count: int) -> list[str]:
        source = self.rng.choice(self.sources)
        at = self.rng.randrange(max(len(source) - count, 1))
        return [line.strip() for line in source[at : at + count]]

    def headline(self) -> str:
        words = re.split(r"[。！？；：，、\s“”（）()]", self.sentences(2))
        words = [word for word in words if 3 <= len(word) <= 16] or ["今日要闻"]
        start = self.rng.randrange(len(words))
        title = words[start]
        while len(title) < 9 and start + 1 < len(words):
            start += 1
            title += self.rng.choice((" ", "：", "，", "")) + words[start]
        return title + self.rng.choice(("", "", "", "", "？", "！", "(图)"))

    def word(self) -> str:
        """Give a word that no list of phrases holds: a site's own buttons and ranks are known by their recurring."""
        title = re.sub(r"[^\u4e00-\u9fff]", "", self.headline()) or "今日要闻"
        at = self.rng.randrange(max(len(title) - 3, 1))
        return title[at : at + self.rng.choice((2, 2, 3, 4))]

    def phrases(self, known: Sequence[str], count: int) -> list[str]:
        """Give patterns that stand at every post of a thread, some of them in words of this site alone."""
        rng = self.rng
        own = ("{w}", "{w} {{n}}", "{{d}}{w}", "{w}：{{d}}", "{{n}} {w}", "{w} {{handle}}", "{w}{{d}}{v}")
        return [
            rng.choice(own).format(w=self.word(), v=self.word()) if rng.random() < 0.5 else pattern
            for pattern in rng.sample(known, count)
        ]

    def reply(self) -> list[str]:
        """Write a post as people do: a word or two, half a sentence, a list, lines of code, or paragraphs."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.25:
            return [self.pick(REPLIES)]
        if kind < 0.6:
            clauses = [part for part in re.split(r"[，。！？；：]", self.sentences(3)) if 2 <= len(part) <= 40]
            said = rng.choice((" ", "，", "。")).join(clauses[: rng.choice((1, 1, 2, 3))]) or "好"
            return [said + rng.choice(("", "", "", "。", "！", "...", "？", "~"))]
        if kind < 0.7:
            lines = [f"{number}{rng.choice('.、 ')}{self.headline()}" for number in range(1, rng.choice((3, 5, 8)))]
            return [self.headline() + "：", *lines]
        if kind < 0.78:
            names = rng.sample(("config", "run", "cache:clear", "build", "--init", "http_proxy", "server", "port"), 4)
            lines = [
                f"{rng.choice(('$ ', 'sudo ', 'export ', '', 'php '))}{name}={rng.randrange(9999)}" for name in names
            ]
            return [
                self.headline(),
                *lines[: rng.choice((1, 2, 4))],
                *([self.sentences(1)] if rng.random() < 0.5 else []),
            ]
        return [self.sentences(rng.choice((1, 1, 2, 3))) for _ in range(rng.choice((1, 1, 2, 4)))]

    def items(self, texts: Sequence[str], bullet: str | None = None) -> None:
        marker = self.bullet if bullet is None else bullet
        for number, text in enumerate(texts, 1):
            self.say((f"  {number}. " if marker == "1" else marker) + text)
            self.gap(0.08 if not self.loose else 0.5)

    def menu(self) -> None:
        rng = self.rng
        words = rng.sample(CHANNELS, min(rng.choice((4, 8, 12, 20, 40, 90)), len(CHANNELS)))
        style = rng.random()
        if style < 0.55:
            self.items(words)
        elif style < 0.9:
            glue = rng.choice((" ", " | ", "　", "", " · ", "|", "  ", "\t\t", "-"))
            width = rng.choice((5, 8, 14, 30))
            for at in range(0, len(words), width):
                self.say(glue.join(words[at : at + width]))
        else:
            for at in range(0, len(words), 7):
                self.say(words[at])
                self.items(words[at + 1 : at + 7], "    • ")
        self.gap(0.7)

    def related(self) -> None:
        rng = self.rng
        if rng.random() < 0.85:
            self.say(rng.choice(RELATED) + rng.choice(("", "", "", "：", " 更多>>", "更多", " >")))
            self.gap(0.4)
        style = rng.random()
        count = rng.choice((3, 5, 8, 10, 20))
        if style < 0.4:
            self.items([self.headline() for _ in range(count)])
        elif style < 0.6:
            self.items([self.headline() + rng.choice((" ", "", "  ")) + self.date() for _ in range(count)])
        elif style < 0.7:
            self.items([self.headline() for _ in range(count)], "1")
        else:
            for _ in range(min(count, 12)):
                self.say(self.headline())
                self.gap(0.5)
                if rng.random() < 0.85:
                    teaser = self.sentences(rng.choice((1, 2, 3)))[: rng.choice((40, 80, 120, 200))]
                    self.say(teaser + rng.choice(("...", "…", "……", "", "[详细]", "...[全文]")))
                    self.gap(0.5)
                if rng.random() < 0.6:
                    self.say(
                        self.pick(
                            (
                                "{site} {date}",
                                "{n}阅读 {d}评论",
                                "{d}小时前",
                                "{site} · {date}",
                                "{name}的博客",
                                "{n}",
                                "{date} {time}",
                            )
                        )
                    )
                self.gap(0.6)
        self.gap(0.8)

    def comments(self) -> None:
        rng = self.rng
        self.say(
            self.pick(
                (
                    "网友评论",
                    "评论({d})",
                    "{d} 条评论",
                    "最新评论",
                    "发表评论",
                    "全部评论",
                    "我来说两句",
                    "评论 {n}",
                    "热门评论",
                    "跟帖 {d}",
                )
            )
        )
        if rng.random() < 0.6:
            self.say(
                self.pick(
                    (
                        "登录后发表评论",
                        "文明上网理性发言，请遵守评论服务协议",
                        "请先登录",
                        "还没有评论，快来抢沙发",
                        "您需要登录后才可以回帖 登录 | 立即注册",
                        "0/500 提交",
                        "昵称： 验证码： 匿名发表",
                    )
                )
            )
        who, around = rng.choice(("{handle}", "{handle} {region}网友", "{handle}：")), rng.random() < 0.3
        posted, actions = self.phrases(POSTED, 1), self.phrases(ACTIONS, rng.choice((0, 1, 2, 4)))
        for _ in range(rng.choice((0, 0, 2, 4, 8, 20))):
            for pattern in (who, *(posted if around else ())):
                self.say(self.fill(pattern))
            for line in self.reply():
                self.say(line)
            for pattern in (*(() if around else posted), *actions):
                self.say(self.fill(pattern))
            self.gap(0.5)
        self.gap()

    def head(self) -> None:
        rng = self.rng
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            if rng.random() < 0.4:
                self.say(
                    self.pick(
                        (
                            "{site}",
                            "欢迎来到{site}",
                            "登录 | 注册",
                            "设为首页 加入收藏",
                            "登录",
                            "请输入关键词 搜索",
                            "{site} {chan}",
                            "热词： {chan} {chan} {chan}",
                        )
                    )
                )
            self.menu()
        if rng.random() < 0.2:
            self.say(rng.choice(NOTICES))
            self.gap()
        if rng.random() < 0.15:
            self.related()
        if rng.random() < 0.5:
            parts = ["首页", *rng.sample(CHANNELS, rng.choice((1, 2)))]
            if rng.random() < 0.5:
                parts.append("正文")
            self.say(
                rng.choice(("当前位置：", "您的位置：", "", "", "您当前的位置 : ", "所在位置:"))
                + rng.choice((" > ", ">", " » ", " / ", "›", " >> ")).join(parts)
            )
            self.gap()

    def foot(self) -> None:
        rng = self.rng
        for _ in range(rng.choice((0, 1, 2, 3, 5))):
            self.related()
        if rng.random() < 0.3:
            self.menu()
        for pattern in rng.sample(FOOTERS, rng.choice((1, 2, 4, 6))):
            self.say(self.fill(pattern))
            self.gap(0.5)

    def title(self, headline: str) -> None:
        for _ in range(1 if self.rng.random() < 0.85 else 2):
            self.say(headline, TITLE)
            self.gap(0.8 if self.airy else 0.3)

    def byline(self) -> None:
        rng = self.rng
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            self.say(self.pick(BYLINES), METADATA)
            self.gap(0.4)
        if rng.random() < 0.3:
            for word in rng.sample(SHARES, rng.choice((1, 3, 6))):
                self.say(word)
        self.gap(0.9)

    def tail(self) -> None:
        rng = self.rng
        for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
            self.say(self.pick(ENDS))
            self.gap(0.5)
        if rng.random() < 0.35:
            for word in rng.sample(SHARES, rng.choice((1, 3, 6))):
                self.say(word)
        if rng.random() < 0.2:
            self.say(rng.choice(NOTICES))
        self.gap()

    def facts(self) -> None:
        """Write a list of labels with values, as advertisements of posts and hints of places to eat have it."""
        rng = self.rng
        colon = rng.choice(("：", "：", ":", "： "))
        values = (self.headline, self.word, self.date, lambda: self.sentences(1), lambda: str(rng.randrange(10, 99999)))
        for _ in range(rng.choice((2, 3, 5, 8, 12))):
            self.say(self.paragraph + self.word() + colon + rng.choice(values)()[:60], BODY)
            self.gap(0.9 if self.airy else 0.05)

    def steps(self) -> None:
        """Write a list of short items, numbered or marked."""
        rng = self.rng
        mark = rng.choice(("{}. ", "{}、", "（{}）", "({}) ", "步骤{}：", "- ", "• ", ""))
        for number in range(1, rng.choice((3, 4, 6, 10))):
            text = rng.choice((self.headline, self.word, lambda: self.sentences(1)[:40]))()
            self.say(self.paragraph + mark.format(number) + text, BODY)
            self.gap(0.9 if self.airy else 0.05)

    def talk(self) -> None:
        """Write what people say in turn: short lines, with who speaks in front."""
        rng = self.rng
        who = [rng.choice(SURNAMES) + rng.choice(GIVEN), self.word(), rng.choice(("问", "答", "甲", "乙", "记者"))]
        for turn in range(rng.choice((3, 5, 9))):
            self.say(
                f"{self.paragraph}{who[turn % len(who)]}：{rng.choice((self.pick(REPLIES), self.sentences(1)[:60]))}",
                BODY,
            )
            self.gap(0.9 if self.airy else 0.05)

    def signed(self) -> None:
        """Close a notice: what is attached, who signed it, the day, and whether it is public."""
        rng = self.rng
        if rng.random() < 0.4:
            attached = [self.headline() for _ in range(rng.choice((1, 2, 3)))]
            self.say("附件：" + (attached[0] if len(attached) == 1 else f"1.{attached[0]}"), BODY)
            for number, text in enumerate(attached[1:], 2):
                self.say(f"{rng.choice(('', '　　　', '      '))}{number}.{text}", BODY)
            self.gap(0.6)
        office = rng.choice(
            ("{name}", "{region}{w}局", "{region}市人民政府", "{w}办公室", "{region}{w}委员会", "{w}编辑部")
        )
        for text in (office.format(name="{name}", region="{region}", w=self.word()), self.date()):
            self.say(rng.choice(("", "", "　　　　　　", " " * 30)) + self.fill(text), BODY)
            self.gap(0.5 if self.airy else 0.05)
        if rng.random() < 0.25:
            self.say(
                rng.choice(("（此件公开发布）", "（此件主动公开）", "（完）", "抄送：" + self.fill("{region}{chan}"))),
                BODY,
            )

    def body(self, paragraphs: Sequence[str], chance: float = 0.04) -> None:
        """Write main text, with now and then a heading before, or an advertisement between, paragraphs."""
        rng = self.rng
        for at, paragraph in enumerate(paragraphs):
            if at and rng.random() < 0.08:
                self.say(
                    self.paragraph
                    + rng.choice(("", "", "一、", "1、", "（二）", "02 "))
                    + self.headline().rstrip("(图)"),
                    HEADING,
                )
                self.gap(0.9 if self.airy else 0.1)
            self.page.lines.append((self.indent + self.paragraph + paragraph, BODY))
            self.gap(1.0 if self.airy else 0.05)
            if rng.random() < chance:
                self.say(
                    self.pick(
                        (
                            "广告",
                            "点击查看大图",
                            "图片加载中",
                            "【相关阅读】{title}",
                            "[点击进入专题]",
                            "广告 {title}",
                            "×",
                            "展开剩余{d}%",
                            "点击播放 {time}",
                            "下载客户端看更多",
                        )
                    )
                )
                self.gap(0.7)


def _article(w: _Writer, paragraphs: Sequence[str]) -> None:
    w.head()
    w.title(w.headline())
    w.byline()
    if w.rng.random() < 0.05:
        w.say(w.rng.choice(("各有关单位：", "各位同学：", "各区县人民政府，市政府各部门：", "亲爱的读者：")), BODY)
    parts = w.rng.randrange(len(paragraphs) + 1)
    w.body(paragraphs[:parts])
    if w.rng.random() < 0.25:
        w.rng.choice((w.facts, w.steps, w.talk))()
    w.body(paragraphs[parts:])
    if w.rng.random() < 0.15:
        w.signed()
    w.tail()
    order = [w.related, w.comments] if w.rng.random() < 0.5 else [w.comments, w.related]
    for part in order:
        if w.rng.random() < 0.6:
            part()
    w.foot()


def _forum(w: _Writer, paragraphs: Sequence[str]) -> None:
    """A thread: its title and every post are main text, what stands around the posts is chrome."""
    rng = w.rng
    w.head()
    w.say(w.headline(), BODY)
    w.gap(0.8)
    if rng.random() < 0.5:
        w.say(w.fill(rng.choice(("查看: {n} | 回复: {d}", "{n} 人关注", "被浏览 {n}", "{d} 个回答", "{d} 条评论"))))
    avatar = w.phrases(AVATAR, rng.choice((0, 1, 2, 5, 10)))
    posted = w.phrases(POSTED, rng.choice((1, 1, 2)))
    actions = w.phrases(ACTIONS, rng.choice((0, 1, 2, 4)))
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
        w.body(post, 0.01)
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
    w.foot()


def _entry(w: _Writer, paragraphs: Sequence[str]) -> None:
    """An encyclopaedia's entry: facts, contents, sections of a few short paragraphs, references."""
    rng = w.rng
    w.head()
    w.title(w.headline())
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
        w.body([text + (f" [{rng.randrange(1, 90)}]" if cited else "") for text in some], 0.05)
    w.say(rng.choice(("参考资料", "参考文献", "注释", "外部链接")))
    for number in range(rng.choice((3, 8, 30, 90))):
        w.say(
            f"  {number + 1}. "
            + w.fill("{title}. {site}. {date} [{date}]. ")
            + w.pick(("", "（原始内容存档于{date}）.", "[引用日期{date}]"))
        )
    w.foot()


def _short(w: _Writer, paragraphs: Sequence[str]) -> None:
    """A short article above many teasers of others, each with a summary as long as a paragraph."""
    w.head()
    w.title(w.headline())
    w.byline()
    w.body(paragraphs[:3])
    w.tail()
    w.say(w.rng.choice(RELATED))
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
    w.foot()


def _bare(w: _Writer, paragraphs: Sequence[str]) -> None:
    """A page that has been cleaned already: nothing on it is to go."""
    if w.rng.random() < 0.4:
        w.say(w.headline(), HEADING)
        w.gap(0.5)
    w.body(paragraphs, 0.0)


def make_page(rng: random.Random, sources: Sequence[Sequence[str]]) -> Page:
    """Make one page out of the paragraphs of one of the sources, each a sequence of paragraphs."""
    kind = rng.choices(("article", "short", "entry", "forum", "bare"), (5, 1, 1, 2, 2))[0]
    writer = _Writer(rng, sources, Page(kind))
    writer.site = rng.choice(SITES)
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
    {"article": _article, "short": _short, "entry": _entry, "forum": _forum, "bare": _bare}[kind](writer, paragraphs)
    return writer.page
