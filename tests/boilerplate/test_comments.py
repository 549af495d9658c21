"""Comments of readers under an article, and posts of a thread, which are its text."""

from __future__ import annotations

import pytest

import cleancorpus as cc

TITLE = "市里开会谈修路\n2021-05-03 09:12 来源：某市日报\n"
TEXT = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好，让大家都看到变化。\n" * 4
COMMENTS = "".join(
    f"{name}\n{said}\n{hours}小时前\n查看回复 {hours} 举报\n"
    for hours, (name, said) in enumerate(
        (
            ("青柠", "修路是好事，早就该修了，支持。"),
            ("老树", "先把水治好再说。"),
            ("小满", "我家门口的路，去年才修过一次。"),
        ),
        2,
    )
)
FOOT = "关于我们 | 联系我们\n京ICP备00000000号"


def stripped(page: str) -> str:
    return cc.strip_boilerplate(page).text


def test_comments_on_an_article_with_a_source_go() -> None:
    found = stripped(f"首页 > 新闻 > 正文\n{TITLE}{TEXT}热门评论 3条\n{COMMENTS}{FOOT}")
    assert found.strip() == f"市里开会谈修路\n{TEXT}".strip()


@pytest.mark.parametrize(
    "page",
    [
        f"首页 > 论坛 > 本地\n市里开会谈修路\n热门评论 3条\n{COMMENTS}{FOOT}",
        f"首页 > 新闻 > 正文\n{TITLE}{TEXT}{COMMENTS}{FOOT}",
        f"首页 > 新闻 > 正文\n{TITLE}热门评论 3条\n{COMMENTS}{TEXT}{FOOT}",
    ],
    ids=["no article", "no head", "above the text"],
)
def test_the_same_sentences_elsewhere_stay(page: str) -> None:
    assert "修路是好事，早就该修了，支持。" in stripped(page)


def test_the_text_between_a_button_for_comments_and_the_comments_stays() -> None:
    page = f"首页 > 新闻 > 正文\n{TITLE}{TEXT}我要评论(3)\n" + "他又说，路要修好。\n" * 9 + f"{COMMENTS}{FOOT}"
    assert "他又说，路要修好。" in stripped(page)


CARD = "作者：阿某，写字的人，爱吃面。"


def test_the_card_of_an_author_between_the_end_mark_and_prompts_goes() -> None:
    prompts = "长按二维码关注\n喜欢作者 赞赏\n写留言"
    assert stripped(f"{TEXT}END\n{CARD}\n{prompts}").strip() == TEXT.strip()
    assert CARD in stripped(f"{TEXT}{CARD}\n{prompts}")
    assert TEXT.strip() in stripped(f"上一段完。\nEND\n{TEXT}{prompts}")
