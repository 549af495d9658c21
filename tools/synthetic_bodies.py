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


def listing(w: Writer) -> None:
    """Write lines of a program, of commands or of settings."""
    rng = w.rng
    names = rng.sample(("config", "run", "cache", "build", "init", "proxy", "server", "port", "data", "volume"), 6)
    forms = rng.choice(
        (
            ("docker run -d \\", "-p {n}:{d} \\", "--name {a} \\", "-v /home/{a}:/{b} \\", "{a}/{b}:v{d}.{d}", "# {a}"),
            ("def {a}({b}):", "    return {b}.{a}({d})", "", "for {a} in {b}:", "    print({a}[{d}])", "# {w}"),
            ("{a}={n}", "{b} = {a}", "[{a}]", "export {a}={b}", "; {w}", "{a}.{b}={d}"),
            ("public void {a}() {", "    {b}.{a}();", "}", "int {a} = {d};", "// {w}", "if ({a} > {d}) {"),
            ("<{a}>", "  <{b}>{n}</{b}>", "</{a}>", "- {a}: {d}", "  {b}: {n}", "* {a}"),
        )
    )
    for _ in range(rng.choice((4, 8, 20, 60))):
        values = {"n": str(rng.randrange(99999)), "d": str(rng.randrange(9)), "w": w.word()}
        values |= {"a": rng.choice(names), "b": rng.choice(names)}
        text = rng.choice(forms)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        w.say(text, BODY)


def table(w: Writer) -> None:
    """Write rows of cells: names and figures."""
    rng = w.rng
    glue, columns = rng.choice(("\t", "  ", " | ", " ")), rng.choice((2, 3, 5))
    w.say(glue.join(w.word() for _ in range(columns)), BODY)
    for _ in range(rng.choice((3, 6, 15))):
        w.say(glue.join([w.word(), *(str(rng.randrange(9999) / 10) for _ in range(columns - 1))]), BODY)


def ingredients(w: Writer) -> None:
    """Write what is needed for something: short names with amounts, under heads or behind a mark."""
    rng = w.rng
    units = ("克", "个", "勺", "茶匙", "毫升", "片", "适量", "少许", "件", "公分", "台", "本")
    for head in rng.sample(
        ("主料", "辅料", "调料", "材料", "所需工具", "用料", "配件", "尺寸", "规格"), rng.choice((1, 2))
    ):
        w.say(head + rng.choice(("", "", "：")), HEADING)
        for _ in range(rng.choice((1, 3, 6))):
            pairs = [
                f"{w.word()}{rng.choice(('', ' ', '：'))}{rng.randrange(1, 500)}{rng.choice(units)}" for _ in range(3)
            ]
            w.say(" ".join(pairs[: rng.choice((1, 1, 2, 3))]), BODY)
        w.gap(0.4)


def questions(w: Writer) -> None:
    """Write an exam: numbered questions with choices, and now and then the answers."""
    rng = w.rng
    count, mark = rng.choice((2, 4, 8)), rng.choice(("{}．", "{}. ", "{}、"))
    w.say(
        rng.choice(("一、选择题（每题{d}分）", "第Ⅰ卷", "一、单项选择题", "（时间：{d}0分钟  满分：100分）")), HEADING
    )
    for number in range(1, count + 1):
        w.say(
            w.paragraph
            + mark.format(number)
            + w.sentences(1)[:60].rstrip("。")
            + rng.choice(("（　　）", "( )", "？")),
            BODY,
        )
        choices = [f"{letter}{rng.choice('．.、')}{w.word()}" for letter in "ABCD"]
        for row in choices if rng.random() < 0.4 else ["  ".join(choices)]:
            w.say(w.paragraph + row, BODY)
    if rng.random() < 0.5:
        w.say(rng.choice(("参考答案", "答案与解析", "【答案】")), HEADING)
        w.say("  ".join(f"{number}．{rng.choice('ABCD')}" for number in range(1, count + 1)), BODY)
        w.say(f"{count + 1}．（1）{w.sentences(1)[:50]}", BODY)


def opening(w: Writer) -> None:
    """Write what stands in front of the first paragraph and belongs to the text."""
    rng = w.rng
    forms: tuple[tuple[str, ...], ...] = (
        ("摘要：" + w.sentences(1), "关键词：" + "；".join(w.word() for _ in range(4))),
        (w.fill("{name}1，{name}2"), f"（1. {w.word()}大学，{w.fill('{region}')}；2. {w.word()}研究所）"),
        (w.fill("{region}{w}发〔{y}〕{d}号"), w.fill("{region}市人民政府") + "："),
        ("编者按：" + w.sentences(2),),
        (
            w.fill("{region}人民法院"),
            "民 事 判 决 书",
            w.fill("（{y}）{region}民初{n}号"),
            w.fill("原告：{name}，男。"),
        ),
        (w.fill("朝代：{name}"), w.fill("作者：{name}")),
        (w.fill("{w}：{date}"), w.fill("{w}　{w}")),
    )
    for text in rng.choice(forms):
        w.say(w.paragraph + text, BODY)
        w.gap(0.7 if w.airy else 0.05)


def closing(w: Writer) -> None:
    """Write what stands behind the last paragraph and belongs to the text."""
    rng = w.rng
    forms: tuple[tuple[str, ...], ...] = (
        (rng.choice(("（完）", "完", "【完】", "（全文完）", "＊＊＊＊＊＊", "—END—")),),
        (rng.choice(("完", "（完）")), w.date(), w.fill("{region}时间{time}")),
        ("——" + w.fill("{name}，{w}"),),
        (f"（作者单位：{w.word()}大学）",),
        (w.fill("基金项目：{w}科学基金（{n}）"), w.fill("分类号：H{n}")),
        ("注：" + w.sentences(1)[:60],),
        (w.fill("审判员　{name}"), w.date(), w.fill("书记员　{name}")),
        (w.fill("{w}编辑部"), w.date()),
    )
    for text in rng.choice(forms):
        w.say(rng.choice((w.paragraph, w.paragraph, "　　　　　　　　")) + text, BODY)
        w.gap(0.7 if w.airy else 0.05)


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
