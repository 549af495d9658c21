"""Lines that are chrome only in the company of other chrome."""

from __future__ import annotations

import pytest

import cleancorpus as cc

LETTER = "各位：\n明天的会改到下午三点，地点不变，请大家带上材料。\n此致\n李明\n电话：010-00000000"
RECORD = "\n".join(
    f"2014-03-08 21:14:0{n} {name}\n{said}"
    for n, (name, said) in enumerate((("小王", "在吗"), ("阿明", "在的，怎么了"), ("小王", "会改到三点了。")))
)


def test_the_telephone_number_of_whoever_wrote_a_letter_stays() -> None:
    assert cc.strip_boilerplate(LETTER).text == LETTER


def test_the_telephone_number_of_a_site_goes() -> None:
    page = f"{LETTER}\n版权所有 某某网\n京ICP备00000000号"
    assert "010-00000000" not in cc.strip_boilerplate(page).text


def test_the_telephone_number_that_a_notice_names_stays() -> None:
    notice = "欢迎报名。\n四、联系方式\n联系人：孙老师\n电话：010-00000000"
    page = f"首页 > 公告 > 正文\n{notice}\n版权所有 某某网\n京ICP备00000000号"
    assert cc.strip_boilerplate(page).text.strip() == notice


def test_a_record_of_a_conversation_keeps_its_speakers_and_is_by_none_of_them() -> None:
    found = cc.strip_boilerplate(RECORD)
    assert found.text == RECORD
    assert "author" not in found.metadata
    assert "date" not in found.metadata


def test_the_same_lines_on_a_page_with_chrome_are_facts_about_posts() -> None:
    page = f"首页 > 论坛 > 本地\n{RECORD}\n关于我们 | 联系我们"
    assert "2014-03-08" not in cc.strip_boilerplate(page).text


PROSE = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好，让大家都看到变化。\n" * 4


def test_tags_below_a_text_go_without_other_chrome_and_those_above_stay() -> None:
    assert cc.strip_boilerplate(f"修路\n{PROSE}Tags: 修路 种树").text.strip() == f"修路\n{PROSE}".strip()
    front = f"---\ntags: [修路, 種樹]\n---\n{PROSE}"
    assert cc.strip_boilerplate(front).text == front


@pytest.mark.parametrize(
    "text",
    [
        "推荐阅读：\n鲁某《呐喊集》\n老某《茶馆集》",
        "關於我們\n我們是一支樂隊，成立於2003年。\n聯絡我們\n唱片公司的地址在三樓。",
    ],
)
def test_headings_stay_where_they_are_all_that_rules_know(text: str) -> None:
    assert cc.strip_boilerplate(text).text == text


def test_the_head_of_a_list_below_a_text_goes() -> None:
    assert "推荐阅读" not in cc.strip_boilerplate(f"修路\n{PROSE}推荐阅读：\n县里也开会").text
