"""What chrome says of its page is kept, with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleancorpus as cc
from cleancorpus.boilerplate import RULES, Strip
from cleancorpus.boilerplate.byline import _Reader, read_byline
from cleancorpus.boilerplate.dates import DATE, iso_date
from cleancorpus.boilerplate.facts import Byline
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

BODY = (
    "今天上午，市里举行了一次会议，会议由市长主持。他说，明年要把路修好，把树种好。\n"
    "与会的人都说，这样的会应当多开几次。"
)


def metadata(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in Strip(RuleSet(RULES)).propose(TextBatch.from_text(text), Context()).fields:
        found.setdefault(field.key, field.value)
        if field.key == "date_as_printed":
            assert text[field.start : field.end].strip() == field.value
    return found


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "首页 > 新闻 > 正文\n市里开会谈修路\n发布时间:2021-05-03 09:12 来源:某市政府网 编辑:林某某",
            {"title": "市里开会谈修路", "date": "2021-05-03", "source": "某市政府网", "editor": "林某某"},
        ),
        (
            "市裡開會談修路\n2021/07/14 19:38　來源：某某日報　作者：王某某",
            {"title": "市裡開會談修路", "date": "2021-07-14", "source": "某某日報", "author": "王某某"},
        ),
        ("市里开会谈修路\n2021年5月3日 08:59 某某晚报", {"title": "市里开会谈修路", "source": "某某晚报"}),
        (
            "某某工作总结.docx\n上传人：ab**c 文档编号：1234567 上传时间：2020-02-29 格式：DOCX 页数：9",
            {"title": "某某工作总结", "document_number": "1234567", "date": "2020-02-29", "pages": "9"},
        ),
        (
            "某论坛 » 交流 » 查看帖子\n要不要给路边种树？\n张三 发表于 2016-11-20 20:14:33 | 只看该作者 楼主",
            {"title": "要不要给路边种树？", "author": "张三", "date": "2016-11-20"},
        ),
        (
            "巷子里的一碗面\n原创 李四 小城食味 2018-12-02 21:30",
            {"title": "巷子里的一碗面", "author": "李四", "source": "小城食味", "date": "2018-12-02"},
        ),
        ("当前位置：首页 > 公告 > 通知\n关于修路的通知", {"breadcrumb": "首页 > 公告 > 通知"}),
    ],
)
def test_facts_are_found(head: str, expected: dict[str, str]) -> None:
    found = metadata(f"{head}\n{BODY}\nCopyright © 2020 版权所有")
    assert {key: found.get(key) for key in expected} == expected


def test_the_site_is_found_in_its_footer() -> None:
    assert metadata(f"市里开会谈修路\n{BODY}\n欢迎您访问某某新闻网")["site"] == "某某新闻网"


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("2011-04-19", "2011-04-19"),
        ("2011/4/9", "2011-04-09"),
        ("2011.04.19", "2011-04-19"),
        ("2011年4月19日", "2011-04-19"),
        ("二〇一一年四月十九日", "2011-04-19"),
        ("一九九八年十二月三十日", "1998-12-30"),
        ("民国110年7月14日", "2021-07-14"),
        ("20110419", "2011-04-19"),
    ],
)
def test_dates(printed: str, iso: str) -> None:
    found = DATE.fullmatch(printed)
    assert found is not None
    assert iso_date(found) == iso


@pytest.mark.parametrize("printed", ["2011-02-30", "2011-13-01", "3011-01-01", "2011-4/19"])
def test_what_is_no_date(printed: str) -> None:
    found = DATE.fullmatch(printed)
    assert found is None or iso_date(found) is None


@pytest.mark.parametrize("line", ["作者认为这很重要", "来源于生活", "编辑部的故事", "2020年", "时间就是生命"])
def test_prose_is_no_byline(line: str) -> None:
    byline = read_byline(line)
    assert byline is None or not byline.sure


@given(
    st.sampled_from([1899, 1909, 1999, 2020, 2024, 2909]),
    st.integers(0, 14),
    st.integers(0, 33),
    st.sampled_from(["{}-{}-{}", "{}/{:02}/{:02}", "{}年{}月{}日", "{}-{:02}-{:02}"]),
    st.sampled_from(["", " 9:05", " 23:59", " 24:00", " 08:00:59", " 1:2"]),
)
def test_a_lone_date_is_read_as_any_byline_is(year: int, month: int, day: int, form: str, time: str) -> None:
    line = form.format(year, month, day) + time
    parts = _Reader(line).read()
    assert read_byline(line) == (None if parts is None else Byline(tuple(parts.facts), parts.sure()))


def test_reporters_behind_the_date_are_authors_and_buttons_are_no_names() -> None:
    head = "修路的事\n2023年11月08日 07:42   来源：某某晚报   记者 周某某   实习生 陈某   我要评论(37)\n"
    found = metadata(head + BODY)
    assert (found["date"], found["source"], found["author"]) == ("2023-11-08", "某某晚报", "周某某")
    assert read_byline("只看该作者 | 倒序浏览") is None


@pytest.mark.parametrize(
    "row", ["索引号：100 主题分类：教育 发布机构：某某局", "分享 列印 A A A", "00:00:01,000 --> 00:00:03,500"]
)
def test_rows_of_labels_tools_and_figures_are_no_titles(row: str) -> None:
    assert metadata(f"首页 > 新闻 > 正文\n{row}\n{BODY}").get("title") != row


def test_a_year_is_no_site() -> None:
    assert "site" not in metadata("© 2020 版权所有")


BOARD = """作者  bluecat (藍貓)   看板  Food
標題  [食記] 某地的牛肉湯
時間  Sat Mar  7 13:20:11 2020

早上六點起床騎車過去，已經排了十幾個人，湯頭很清甜。
--
※ 發信站: 某某站(example.tw), 來自: 1.2.3.4"""
THREAD = """某某论坛 » 装修家居 » 水电改造大概要多少钱？
小桥流水
注册时间 2012-5-8
发表于 2016-3-14 21:05 | 只看该作者 | 倒序浏览 | 楼主
请问大家，一百平米的老房子，水电全部重做要多少钱？
回复 引用 举报 TOP
老木匠
发表于 2016-3-14 21:38 | 只看该作者 沙发
看你用什么牌子的线管。
Powered by Discuz! X3.2"""
ACCOUNT = """食堂里的一碗阳春面
原创
林小满
小城故事
2022-01-15 22:30
巷子口的那家面馆，开了整整二十三年，老板姓赵，话不多。
长按二维码关注
阅读 10万+"""


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (BOARD, {"title": "[食記] 某地的牛肉湯", "author": "bluecat (藍貓)", "date": "2020-03-07"}),
        (THREAD, {"title": "水电改造大概要多少钱？", "date": "2016-03-14", "author": None}),
        (ACCOUNT, {"title": "食堂里的一碗阳春面", "date": "2022-01-15"}),
        (
            "市里开会\n发布时间：18-03-0823:16\n今天上午，市里开了会。\n责任编辑：李某 PX209",
            {"date": "2018-03-08", "editor": "李某"},
        ),
        ("市里开会\n某某网 2019-11-25 10:37:31\n今天上午，市里开了会。", {"source": "某某网", "date": "2019-11-25"}),
    ],
    ids=["board", "thread", "account", "short year", "medium first"],
)
def test_heads_of_boards_threads_and_accounts(page: str, told: dict[str, str | None]) -> None:
    metadata = cc.strip_boilerplate(page).metadata
    assert {key: metadata.get(key) for key in told} == told


NAVIGATION = "登入/註冊\n首頁 即時 熱門 政治 社會 生活 國際\n"


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("作者  abc (小明)\n標題  [食記] 某地的麵店\n" + BODY, {"title": "[食記] 某地的麵店"}),
        ("发件人：张某 <z@example.com>\n收件人：李某\n主题：会议改期\n" + BODY, {"title": "会议改期"}),
        ("发件人：张某 <z@example.com>\n收件人：李某\n" + BODY, {"title": None}),
        ("---\ntitle: 词频统计笔记\ntags: [甲, 乙]\n---\n" + BODY, {"title": "词频统计笔记"}),
        ("# 安装与使用\n" + BODY, {"title": "安装与使用"}),
        ("甲：您好，请问图书馆怎么走？\n乙：往前走，到了路口左拐。", {"title": None}),
        ("子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？」\n有子曰：「其為人也孝弟。」", {"title": None}),
        ("一、选择题（每小题3分）\n" + BODY, {"title": None}),
        ("语言学 古汉语 文言文\n" + BODY, {"title": None}),
        (
            NAVIGATION + "日月潭櫻花季登場\n2019-02-03 10:15 記者江某某\n" + BODY,
            {"title": "日月潭櫻花季登場", "author": "江某某"},
        ),
        ("首页 > 论坛\n花开了怎么办\n1楼 2018-09-02 20:11 回复\n" + BODY, {"title": "花开了怎么办", "author": None}),
        (
            f"首頁 > 典藏\n青瓷溫碗\n{BODY}\n{BODY}\n相關藏品\n青瓷水仙盆\n瀏覽人次：3,021 更新日期：2020-03-01",
            {"title": "青瓷溫碗"},
        ),
    ],
)
def test_titles_and_names_are_told_from_labels_speech_menus_and_buttons(page: str, told: dict[str, str | None]) -> None:
    metadata = cc.strip_boilerplate(page).metadata
    assert {key: metadata.get(key) for key in told} == told


def test_a_path_without_home_page_right_above_a_title_goes() -> None:
    page = f"登录/注册\n某某诗文 > 唐代 > 王某\n山里的秋天\n2019-02-03 10:15 来源：某某网\n{BODY}"
    found = cc.strip_boilerplate(page)
    assert "唐代 >" not in found.text
    assert found.metadata["breadcrumb"] == "某某诗文 > 唐代 > 王某"


def test_a_path_of_settings_in_a_text_stays() -> None:
    text = f"怎样换语言\n设置 > 通用 > 语言与地区\n{BODY}"
    assert cc.strip_boilerplate(text).text == text
