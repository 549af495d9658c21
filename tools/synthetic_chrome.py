"""The chrome of made pages: what stands above, below and beside a text."""

from __future__ import annotations

from synthetic_writer import METADATA, PHRASES, TITLE, Writer


def menu(w: Writer) -> None:
    """Write a menu: channels one below another, in rows, or in groups."""
    rng = w.rng
    words = rng.sample(PHRASES["channels"], min(rng.choice((4, 8, 12, 20, 40, 90)), len(PHRASES["channels"])))
    style = rng.random()
    if style < 0.55:
        w.items(words)
    elif style < 0.9:
        glue = rng.choice((" ", " | ", "　", "", " · ", "|", "  ", "\t\t", "-"))
        width = rng.choice((5, 8, 14, 30))
        for at in range(0, len(words), width):
            w.say(glue.join(words[at : at + width]))
    else:
        for at in range(0, len(words), 7):
            w.say(words[at])
            w.items(words[at + 1 : at + 7], "    • ")
    w.gap(0.7)


def related(w: Writer) -> None:
    """Write a list of other articles: headlines, dates, or teasers."""
    rng = w.rng
    if rng.random() < 0.85:
        w.say(rng.choice(PHRASES["related"]) + rng.choice(("", "", "", "：", " 更多>>", "更多", " >")))
        w.gap(0.4)
    style = rng.random()
    count = rng.choice((3, 5, 8, 10, 20))
    if style < 0.4:
        w.items([w.headline() for _ in range(count)])
    elif style < 0.6:
        w.items([w.headline() + rng.choice((" ", "", "  ")) + w.date() for _ in range(count)])
    elif style < 0.7:
        w.items([w.headline() for _ in range(count)], "1")
    else:
        for _ in range(min(count, 12)):
            w.say(w.headline())
            w.gap(0.5)
            if rng.random() < 0.85:
                teaser = w.sentences(rng.choice((1, 2, 3)))[: rng.choice((40, 80, 120, 200))]
                w.say(teaser + rng.choice(("...", "…", "……", "", "[详细]", "...[全文]")))
                w.gap(0.5)
            if rng.random() < 0.6:
                w.say(
                    w.pick(
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
            w.gap(0.6)
    w.gap(0.8)


def comments(w: Writer) -> None:
    """Write comments below an article."""
    rng = w.rng
    w.say(
        w.pick(
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
        w.say(
            w.pick(
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
    posted, actions = w.phrases(PHRASES["posted"], 1), w.phrases(PHRASES["actions"], rng.choice((0, 1, 2, 4)))
    for _ in range(rng.choice((0, 0, 2, 4, 8, 20))):
        for pattern in (who, *(posted if around else ())):
            w.say(w.fill(pattern))
        for line in w.reply():
            w.say(line)
        for pattern in (*(() if around else posted), *actions):
            w.say(w.fill(pattern))
        w.gap(0.5)
    w.gap()


def head(w: Writer) -> None:
    """Write what stands above a text: menus, notices, the path to the page."""
    rng = w.rng
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        if rng.random() < 0.4:
            w.say(
                w.pick(
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
        menu(w)
    if rng.random() < 0.2:
        w.say(rng.choice(PHRASES["notices"]))
        w.gap()
    if rng.random() < 0.15:
        related(w)
    if rng.random() < 0.5:
        parts = ["首页", *rng.sample(PHRASES["channels"], rng.choice((1, 2)))]
        if rng.random() < 0.5:
            parts.append("正文")
        w.say(
            rng.choice(("当前位置：", "您的位置：", "", "", "您当前的位置 : ", "所在位置:"))
            + rng.choice((" > ", ">", " » ", " / ", "›", " >> ")).join(parts)
        )
        w.gap()


def foot(w: Writer) -> None:
    """Write what stands at the end of a page: lists, a menu, who runs the site."""
    rng = w.rng
    for _ in range(rng.choice((0, 1, 2, 3, 5))):
        related(w)
    if rng.random() < 0.3:
        menu(w)
    for pattern in rng.sample(PHRASES["footers"], rng.choice((1, 2, 4, 6))):
        w.say(w.fill(pattern))
        w.gap(0.5)


def title(w: Writer, headline: str) -> None:
    """Write the title, now and then twice."""
    for _ in range(1 if w.rng.random() < 0.85 else 2):
        w.say(headline, TITLE)
        w.gap(0.8 if w.airy else 0.3)


def byline(w: Writer) -> None:
    """Write when, where and by whom the text was published, and buttons."""
    rng = w.rng
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        w.say(w.pick(PHRASES["bylines"]), METADATA)
        w.gap(0.4)
    if rng.random() < 0.3:
        for word in rng.sample(PHRASES["shares"], rng.choice((1, 3, 6))):
            w.say(word)
    w.gap(0.9)


def tail(w: Writer) -> None:
    """Write what follows a text: who edited it, buttons, notices."""
    rng = w.rng
    for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
        w.say(w.pick(PHRASES["ends"]))
        w.gap(0.5)
    if rng.random() < 0.35:
        for word in rng.sample(PHRASES["shares"], rng.choice((1, 3, 6))):
            w.say(word)
    if rng.random() < 0.2:
        w.say(rng.choice(PHRASES["notices"]))
    w.gap()
