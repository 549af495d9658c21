"""Short lines with the form of a link are chrome in company, never alone, and dates behind labels are read."""

from __future__ import annotations

import pytest

import cleancorpus as cc
from cleancorpus.boilerplate.byline import read_byline
from cleancorpus.boilerplate.link_forms import has_link_form, openings_and_endings

BODY = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好，让大家都看到变化。\n" * 3


@pytest.mark.parametrize("link", ["返回看板", "法律状态检索", "全文下载", "我的书架"])
def test_forms_of_links(link: str) -> None:
    assert has_link_form(link)


@pytest.mark.parametrize("item", ["返回", "桃花流水", "检索的方法有三种", "查看了很久也没有看到那座山", "会议中心"])
def test_what_has_no_form_of_a_link(item: str) -> None:
    assert not has_link_form(item)


def test_openings_and_endings_are_of_two_characters() -> None:
    openings, endings = openings_and_endings()
    assert {len(part) for part in openings | endings} == {2}


def test_links_go_in_company() -> None:
    page = f"设为首页\n馆际检索\n登录/注册\n市里开会谈修路\n2021-05-03 09:12 来源：某市日报\n{BODY}"
    assert "馆际检索" not in cc.strip_boilerplate(page).text


def test_links_alone_stay() -> None:
    page = f"馆际检索\n{BODY}全文下载\n"
    assert cc.strip_boilerplate(page).text == page


def test_names_with_counts_go_in_company() -> None:
    archive = "竹器(12)\n木工(3)\n石刻（108）\n"
    page = f"{BODY}设为首页\n{archive}登录/注册\n"
    assert cc.strip_boilerplate(f"首页 > 新闻 > 正文\n{page}").text.strip() == BODY.strip()
    assert cc.strip_boilerplate(BODY + archive).text == BODY + archive


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("发布日期:112-08-30", "2023-08-30"),
        ("更新日期:113.01.12", "2024-01-12"),
        ("更新日期:99/1/2", "2010-01-02"),
        ("刊登日期:05/06/2023", "2023-06-05"),
        ("发布: 8:14pm 15/08/2023", "2023-08-15"),
        ("修订日期:2015.03", "2015-03"),
    ],
)
def test_dates_that_say_too_little_without_a_label(line: str, day: str) -> None:
    byline = read_byline(line)
    assert byline is not None
    assert byline.sure
    assert byline.facts[0].value == day


@pytest.mark.parametrize("line", ["112-08-30", "05/06/2023", "2015.03", "时间:12-3-4", "发布日期:112-13-30"])
def test_what_is_no_date_without_a_label(line: str) -> None:
    byline = read_byline(line)
    assert byline is None or not byline.facts


def test_the_line_that_the_path_names_is_the_title() -> None:
    page = f"首页 > 专利 > 一种翻晒竹席的装置\n高级检索 批量检索 登录\n一种翻晒竹席的装置\n下载PDF\n收藏\n{BODY}"
    found = cc.strip_boilerplate(page)
    assert found.metadata["title"] == "一种翻晒竹席的装置"
    assert "一种翻晒竹席的装置\n" in found.text


def test_who_asks_below_a_title_is_no_title() -> None:
    page = f"首页 / 问答 / 问题详情\n竹席为什么会发霉，要怎么办？\n小禾\n发布于 2018-03-07 • 更新于 2018-03-08\n{BODY}"
    assert cc.strip_boilerplate(page).metadata["title"] == "竹席为什么会发霉，要怎么办？"


def test_a_name_of_a_site_far_above_is_no_reason_to_take_a_headline() -> None:
    head = "跳到主文\n小禾的散步日记本\n喜欢走路也喜欢吃面\n相簿\n部落格\n留言\n名片\n好友\n分类\n订阅\n"
    page = f"{head}走完旧铁道的那个下午，吃到最好吃的面\n置顶\n国内旅游\n{BODY}返回顶部\n"
    assert "走完旧铁道的那个下午" in cc.strip_boilerplate(page).text


def test_the_title_below_a_menu_is_no_name_of_the_site() -> None:
    menu = "首页\n归档\n分类\n标签\n关于\n搜索\n"
    page = f"码农夜谈\n{menu}用一台旧笔记本搭家庭相册服务器\n收藏\n{BODY}© 2018 – 2023 某某 版权所有\n"
    assert cc.strip_boilerplate(page).metadata["title"] == "用一台旧笔记本搭家庭相册服务器"


def test_no_post_of_a_thread_is_its_title() -> None:
    menu = "首页\n社区\n文档\n标签\n关于\n登录\n注册\n"
    posts = "".join(f"发布 #{n} 2023年10月2日星期一 13点56分\n竹席还是会发霉\n晒过了也没有用\n" for n in range(1, 4))
    last = "发布 #4 2023年10月3日星期二 13点56分\n晒干以后收起来就不会再发霉了\n登录\n本站由大家一起写成。 了解我们\n"
    assert cc.strip_boilerplate(menu + posts + last).metadata.get("title") != "晒干以后收起来就不会再发霉了"


def test_a_long_first_line_stays_the_title_above_a_menu() -> None:
    tools = "折腾篇\n分享\n收藏\n打印\n评论\n照片散在三台手机里怎么办\n点赞\n"
    page = f"用一台十年前的旧笔记本搭起家庭相册服务器\n{tools}{BODY}"
    assert cc.strip_boilerplate(page).metadata["title"] == "用一台十年前的旧笔记本搭起家庭相册服务器"


def test_counts_under_unknown_labels_behind_known_ones_are_facts() -> None:
    assert read_byline("发表于 2021-04-18 更新于 2021-05-02 分类于 折腾 阅读次数: 3021 valine: 7") is not None
    assert read_byline("比分: 3 时间: 7") is None


def test_a_prompt_above_the_text_is_no_title() -> None:
    menu = "微信头条\n热门文章\n时事\n职场\n情感\n养生\n育儿\n"
    head = "老街的修伞匠，一坐就是四十年\n2016-06-12 晚香\n青石巷子\n"
    prompts = "点击上方蓝字“青石巷子”关注我们\n▲ 点击绿标，边听边看\n图 | 网络\n"
    page = cc.strip_boilerplate(f"{menu}{head}{prompts}{BODY}")
    assert page.metadata["title"] == "老街的修伞匠，一坐就是四十年"
    assert "老街的修伞匠" in page.text


def test_a_row_of_links_above_the_text_is_no_title() -> None:
    menu = "首页\n问答\n用户\n积分\n帮助\n"
    page = f"{menu}为什么竹席用久了会越来越凉\n收藏\n搜索所有资料 我来答\n分享\n{BODY}"
    assert cc.strip_boilerplate(page).metadata["title"] == "为什么竹席用久了会越来越凉"
