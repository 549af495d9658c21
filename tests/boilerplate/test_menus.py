"""Menus above a text and cards of other articles below it."""

from __future__ import annotations

import pytest

import cleancorpus as cc

TEXT = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好，让大家都看到变化。\n" * 4
ITEMS = "".join(f"• 青山第{number}栏\n" for number in "一二三四五六七八九")
TITLE = "市里开会谈修路\n2021-05-03 09:12 来源：某市日报\n"
CARDS = "".join(
    f"• {name}地的工作会议开完了\n今天，{name}地开了会，谈到修路。\n12\n{n}\n34\n" for n, name in enumerate("甲乙丙丁")
)


def stripped(page: str) -> str:
    return cc.strip_boilerplate(page).text


def test_a_list_of_short_items_above_a_text_is_a_menu() -> None:
    assert stripped(f"{ITEMS}{TITLE}{TEXT}").strip() == f"市里开会谈修路\n{TEXT}".strip()


@pytest.mark.parametrize(
    "page",
    [
        f"{ITEMS}{TEXT}",
        f"{TEXT}{ITEMS}{TEXT}关于我们 | 联系我们",
        "".join(ITEMS.splitlines(keepends=True)[:6]) + f"青山\n绿水\n{TEXT}关于我们 | 联系我们",
    ],
    ids=["without any chrome", "inside the text", "with few items"],
)
def test_another_list_stays(page: str) -> None:
    assert "青山第三栏" in stripped(page)


def test_cards_with_counters_behind_the_head_of_a_list_go() -> None:
    found = stripped(f"{TITLE}{TEXT}最热文章\n{CARDS}关于我们 | 联系我们")
    assert "地开了会" not in found
    assert TEXT.strip() in found


@pytest.mark.parametrize(
    "page",
    [f"{TITLE}{TEXT}{CARDS}", f"{TITLE}{TEXT}最热文章\n" + CARDS.replace("12\n", "").replace("34\n", "")],
    ids=["without a head", "without counters"],
)
def test_sentences_between_figures_stay(page: str) -> None:
    found = stripped(page)
    assert "今天，甲地开了会，谈到修路。" in found
    assert TEXT.strip() in found


HEADLINES = "".join(f"某地的工作会议昨天开完了第{n}次 2008-04-2{n} 05:20\n" for n in range(1, 6))


def test_dated_headlines_below_a_text_go() -> None:
    found = stripped(f"{TITLE}{TEXT}{HEADLINES}")
    assert "昨天开完了" not in found
    assert TEXT.strip() in found


@pytest.mark.parametrize(
    "page",
    [f"{TEXT}{HEADLINES}", f"{TITLE}{HEADLINES}{TEXT}", f"{TITLE}{TEXT}" + "".join(HEADLINES.splitlines(True)[:3])],
    ids=["without any chrome", "above the text", "only three"],
)
def test_other_lines_that_end_with_a_day_stay(page: str) -> None:
    assert "昨天开完了第2次 2008-04-22" in stripped(page)


def test_a_list_with_the_time_of_each_entry_stays() -> None:
    today = "".join(f"• 12:0{n}\n县里的第{n}次会议开完了，又谈到修路\n" for n in range(1, 9))
    before = "".join(f"• 2021/07/0{n} 12:38\n县里的第{n}次讨论开完了，又谈到修路\n" for n in range(1, 9))
    found = stripped(f"首页\n新闻\n登录/注册\n首页 > 即时\n{today}{before}关于我们 | 联系我们\n京ICP备00000000号")
    assert all(f"县里的第{n}次会议" in found and f"县里的第{n}次讨论" in found for n in range(1, 9))


def test_long_rows_of_items_above_a_path_go_and_a_kicker_right_above_a_title_stays() -> None:
    row = "副本一览 江湖事 青山城 武林录 风雪关 玩法说明 大吉事 小吉事 中吉事 装备重造 合装诀 新手指引 礼包领取"
    head = f"设为首页\n登录/注册\n高级搜索\n{row}\n最新活动预告\n"
    text = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好。\n" * 4
    article = f"市里开会谈修路\n2021-05-03 09:12 来源：某市日报\n{text}"
    kept = cc.strip_boilerplate(f"{head}首页 > 新闻 > 本地\n{article}").text
    assert kept.strip() == f"市里开会谈修路\n{text}".strip()
    assert "最新活动预告" in cc.strip_boilerplate(f"{head}{article}").text


def test_menus_between_a_title_in_the_head_and_the_one_above_the_text_go() -> None:
    text = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好。\n" * 4
    columns = "承建单位\n某某公共关系协会 某某研究中心 某某博物馆\n外宣窗口\n设为首页\n登录/注册\n高级搜索\n本期策划\n"
    article = f"市里开会谈修路\n2021-05-03 09:12 来源：某市日报\n{text}"
    kept = cc.strip_boilerplate(f"市里开会谈修路\n{columns}首页 > 新闻 > 本地\n{article}").text
    assert kept.strip() == f"市里开会谈修路\n市里开会谈修路\n{text}".strip()


def test_posts_between_the_names_of_who_posts_stay() -> None:
    posts = ["又要放假了，元旦要来啦！", "提前祝大家元旦快乐！", "好好休息过年吧，年后继续。"]
    tools, who = "点赞\n评论\n", "山里人\n2021-01-01 10:34:38\n"
    head = "话题文章 Git\n登录\n山里人\n发布于 2020-12-30 19:24:15\n管理\n"
    counters = "交流\n5\n浏览 (640)\n点赞 (5)\n收藏\n8条评论\n请 登录后发表观点\n"
    page = f"{head}{posts[0]}\n{posts[1]}\n{counters}{who}{posts[2]}\n{tools}{who}元旦快乐！\n{tools}"
    kept = cc.strip_boilerplate(page).text
    assert [line for line in kept.splitlines() if line in posts] == posts


def _unfolded(names: str, mark: str = "• ") -> str:
    point = "• 第{}条消息说{}那边的几项工作都已说明白了\n"
    return "".join(f"{mark}{name}\n" + "".join(point.format(n, name) for n in "甲乙丙丁") for name in names.split())


FOOT = "关于我们 | 联系我们\n"


def test_sections_unfolded_above_a_text_go_with_their_headlines() -> None:
    found = stripped(f"{_unfolded('国内 国际 财经 体育 健康')}{TITLE}{TEXT}{FOOT}")
    assert "说明白了" not in found
    assert TEXT.strip() in found


@pytest.mark.parametrize(
    "page",
    [
        f"{_unfolded('国内 国际 财经 体育 健康')}{TEXT}",
        f"{TITLE}{TEXT}{_unfolded('国内 国际 财经 体育 健康')}{FOOT}",
        f"{_unfolded('国内 国际 财经')}{TITLE}{TEXT}{FOOT}",
        f"{_unfolded('国内 国际 财经 体育 健康', mark='')}{TITLE}{TEXT}{FOOT}",
        f"{_unfolded('青山 绿水 高桥 老街 新村')}{TITLE}{TEXT}{FOOT}",
    ],
    ids=["without any chrome", "below the text", "three of them", "names without a mark", "names of no section"],
)
def test_chapters_with_their_points_stay(page: str) -> None:
    found = stripped(page)
    assert found.count("说明白了") == page.count("说明白了")


def _teasers(lengths: list[int], close: str = ")") -> str:
    begun = (
        "有人说起山里的老路，说它弯弯曲曲，走上去要半天，路边长满了野草，还有几株老树，树下是一眼泉水，来往的人都在那里"
    )
    return "".join(f"第{n}条路该怎么走(走路的人都问{close}\n{begun[:cut]}...\n" for n, cut in enumerate(lengths))


def test_beginnings_cut_to_one_length_go_below_a_text_with_their_headlines() -> None:
    lone = "还有哪条路走得通(走不通的路有哪些)\n"
    assert stripped(f"{TEXT}{lone}{_teasers([50, 48, 50, 49])}山里人家") == f"{TEXT}山里人家"


@pytest.mark.parametrize(
    "page",
    [
        f"{_teasers([50, 48, 50, 49])}{TEXT}",
        f"{TEXT}{_teasers([50, 48, 50])}",
        f"{TEXT}{_teasers([52, 38, 52, 40])}",
        f"某地\n{_teasers([50, 48, 50, 49])}",
        f"{TEXT}{_teasers([50, 48, 50, 49])}{TEXT}",
    ],
    ids=["above the text", "three of them", "of different lengths", "without a text", "inside the text"],
)
def test_other_lines_that_break_off_stay(page: str) -> None:
    assert stripped(page) == page
