"""Pages that are an index, and articles with a list of others beside them."""

from __future__ import annotations

import pytest

import cleancorpus as cc

SUBJECTS = ("修桥的事", "新来的人请进", "昨天的比赛，你看了吗", "求一本旧书", "菜市场搬到哪里了", "树该怎么种")
# What a board says of itself above its threads reads like the text of an article.
RULES = (
    "本版谈本地的事。发帖之前，请先看一看有没有人问过，标题要写清楚，不要骂人，也不要卖东西。版主会把好的帖子放到上面。\n"
    * 3
)
HEAD = f"首页 > 论坛 > 本地\n登录/注册\n{RULES}首页 最新 热门 精华 论坛 更多\n发表新帖"
FOOT = "下一页 »\n您需要登录后才可以发帖 登录 | 立即注册\n返回顶部\n关于我们 | 联系我们 | 网站地图\n京ICP备00000000号"


def threads(days: tuple[str, ...]) -> list[str]:
    """Give the rows of a board: subject, who, when, answers, and who answered last."""
    return [
        f"[交流] {subject}{n} \t\t用户{n} {day}\t\t{n * 7}\t\t网友{n} {n} 小时前"
        for n, day in enumerate(days, 1)
        for subject in SUBJECTS
    ]


@pytest.mark.parametrize(
    "days", [("2020-7-21", "2020-7-20"), ("昨天 12:27", "3 天前"), ("07-21 10:00", "2020年7月2日")]
)
def test_the_threads_of_a_board_stay(days: tuple[str, ...]) -> None:
    rows = threads(days)
    kept = cc.strip_boilerplate("\n".join([HEAD, *rows, FOOT])).text
    assert [row for row in rows if row not in kept] == []
    assert "京ICP备" not in kept
    assert "登录" not in kept


def test_the_news_of_a_day_stay_in_traditional_script() -> None:
    rows = [
        f"{subject}，市府這樣說（{n}）\n2021/07/1{n} 12:0{n}" for n, subject in enumerate(SUBJECTS * 2, 1) if n < 10
    ]
    page = "\n".join(["登入/註冊", "首頁 即時 熱門 政治 社會 生活 國際", *rows, "關於我們 | 聯絡我們 | 隱私權政策"])
    kept = cc.strip_boilerplate(page).text
    assert all(row.split("\n")[0] in kept for row in rows)


def test_a_list_beside_a_longer_article_goes() -> None:
    article = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好。\n" * 20
    rows = threads(("2020-7-21", "2020-7-20"))
    page = f"首页 > 新闻\n市里开会谈修路\n2021-05-03 09:12 来源：某市日报\n{article}责任编辑：王某某\n相关阅读\n"
    kept = cc.strip_boilerplate("\n".join([page, *rows, FOOT])).text
    assert "市长主持" in kept
    assert not any(row in kept for row in rows)


SIDE = ("山里的一条新路", "一座桥的前世", "市场里的老人", "三十年的一封信", "他们为什么留下来", "河边的早晨")
LONG_FOOT = "\n".join(["下一页 »", "热门排行", *SIDE, "关于我们 | 联系我们 | 网站地图", "京ICP备00000000号"])


def test_what_stands_below_an_index_goes() -> None:
    rows = threads(("2020-7-21", "2020-7-20", "2020-7-19"))
    kept = cc.strip_boilerplate("\n".join([HEAD, *rows, LONG_FOOT])).text
    assert all(row in kept for row in rows)
    assert not any(title in kept for title in SIDE)


def test_other_lists_of_a_page_are_not_below_its_index() -> None:
    rows = threads(("2020-7-21", "2020-7-20"))
    others = [f"{subject}，各处都在谈这件事" for subject in SUBJECTS * 3]
    kept = cc.strip_boilerplate("\n".join(["登录/注册", *rows, "下一页 »", *others, "关于我们 | 联系我们"])).text
    assert all(other in kept for other in others)


def test_ranked_headlines_stay_where_they_are_all_there_is() -> None:
    ranks = [f"{rank}城里{what}，街坊们这样说 {9000 - rank}" for rank, what in enumerate(SIDE * 3, 1)]
    boards = [
        line for at in range(0, 18, 6) for line in ("点击榜", "24小时点击排行", "标题 点击数", *ranks[at : at + 6])
    ]
    page = ["首页\n新闻\n体育\n登录\n注册", "某某网 > 新闻 > 排行榜", *boards, "关于我们 | 联系我们 | 网站地图"]
    kept = cc.strip_boilerplate("\n".join([*page, "京ICP备00000000号"])).text
    assert all(rank in kept for rank in ranks)
    assert "关于我们" not in kept
