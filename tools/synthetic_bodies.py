"""The main text of made pages: paragraphs, and what stands among them that is no paragraph."""

from __future__ import annotations

from collections.abc import Sequence

from synthetic_writer import BODY, HEADING, PHRASES, Writer


def facts(w: Writer) -> None:
    """Write a list of labels with values, as advertisements of posts and hints of places to eat have it."""
    rng = w.rng
    colon = rng.choice(("：", "：", ":", "： "))
    values = (w.headline, w.word, w.date, lambda: w.sentences(1), lambda: str(rng.randrange(10, 99999)))
    for _ in range(rng.choice((2, 3, 5, 8, 12))):
        w.say(w.paragraph + w.word() + colon + rng.choice(values)()[:60], BODY)
        w.gap(0.9 if w.airy else 0.05)


def steps(w: Writer) -> None:
    """Write a list of short items, numbered or marked."""
    rng = w.rng
    mark = rng.choice(("{}. ", "{}、", "（{}）", "({}) ", "步骤{}：", "- ", "• ", ""))
    for number in range(1, rng.choice((3, 4, 6, 10))):
        text = rng.choice((w.headline, w.word, lambda: w.sentences(1)[:40]))()
        w.say(w.paragraph + mark.format(number) + text, BODY)
        w.gap(0.9 if w.airy else 0.05)


def talk(w: Writer) -> None:
    """Write what people say in turn: short lines, with who speaks in front."""
    rng = w.rng
    who = [
        rng.choice(PHRASES["surnames"]) + rng.choice(PHRASES["given"]),
        w.word(),
        rng.choice(("问", "答", "甲", "乙", "记者")),
    ]
    for turn in range(rng.choice((3, 5, 9))):
        w.say(
            f"{w.paragraph}{who[turn % len(who)]}：{rng.choice((w.pick(PHRASES['replies']), w.sentences(1)[:60]))}",
            BODY,
        )
        w.gap(0.9 if w.airy else 0.05)


def signed(w: Writer) -> None:
    """Close a notice: what is attached, who signed it, the day, and whether it is public."""
    rng = w.rng
    if rng.random() < 0.4:
        attached = [w.headline() for _ in range(rng.choice((1, 2, 3)))]
        w.say("附件：" + (attached[0] if len(attached) == 1 else f"1.{attached[0]}"), BODY)
        for number, text in enumerate(attached[1:], 2):
            w.say(f"{rng.choice(('', '　　　', '      '))}{number}.{text}", BODY)
        w.gap(0.6)
    office = rng.choice(
        ("{name}", "{region}{w}局", "{region}市人民政府", "{w}办公室", "{region}{w}委员会", "{w}编辑部")
    )
    for text in (office.format(name="{name}", region="{region}", w=w.word()), w.date()):
        w.say(rng.choice(("", "", "　　　　　　", " " * 30)) + w.fill(text), BODY)
        w.gap(0.5 if w.airy else 0.05)
    if rng.random() < 0.25:
        w.say(
            rng.choice(("（此件公开发布）", "（此件主动公开）", "（完）", "抄送：" + w.fill("{region}{chan}"))),
            BODY,
        )


def body(w: Writer, paragraphs: Sequence[str], chance: float = 0.04) -> None:
    """Write main text, with now and then a heading before, or an advertisement between, paragraphs."""
    rng = w.rng
    for at, paragraph in enumerate(paragraphs):
        if at and rng.random() < 0.08:
            w.say(
                w.paragraph + rng.choice(("", "", "一、", "1、", "（二）", "02 ")) + w.headline().rstrip("(图)"),
                HEADING,
            )
            w.gap(0.9 if w.airy else 0.1)
        w.page.lines.append((w.indent + w.paragraph + paragraph, BODY))
        w.gap(1.0 if w.airy else 0.05)
        if rng.random() < chance:
            w.say(
                w.pick(
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
            w.gap(0.7)
