"""Lists of place names and key words are found by their structure; prose, verse and tables stay."""

from __future__ import annotations

import random

import pytest

from cleancorpus.boilerplate import RULES, Strip
from cleancorpus.boilerplate.spam import place_names
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

COUNTIES = sorted(name for name in place_names() if name.endswith(("县", "市")) and len(name) > 2)


def stripped(text: str) -> str:
    batch = TextBatch.from_text(text)
    return Strip(RuleSet(RULES)).propose(batch, Context()).edits.apply(batch).text(0)


def test_the_gazetteer_knows_abolished_divisions_and_short_names() -> None:
    assert {"崇文区", "邻水县", "邻水", "塘沽区"} <= place_names()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("between", ["| ", "|", "_", " | "])
def test_lists_of_places_go(seed: int, between: str) -> None:
    names = random.Random(seed).sample(COUNTIES, 30)
    assert stripped("会议闭幕了。\n" + between.join(names)) == "会议闭幕了。\n"


def test_a_list_ends_with_its_text() -> None:
    texts = ["| ".join(COUNTIES[at : at + 20]) + "| " for at in (0, 20)]
    batch = TextBatch.from_texts(texts)
    stage = Strip(RuleSet(RULES))
    assert stage.propose(batch, Context()).edits.apply(batch).to_texts() == [stripped(text) for text in texts]


@pytest.mark.parametrize("between", ["、", "，", "和", "，到了"])
def test_places_in_prose_stay(between: str) -> None:
    text = "我们走过" + between.join(random.Random(3).sample(COUNTIES, 30)) + "。"
    assert stripped(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "地区 北京 天津 河北 山西 辽宁 吉林 上海 江苏 浙江 安徽 福建",
        "朝辞白帝彩云间\n千里江陵一日还\n两岸猿声啼不住\n轻舟已过万重山",
        "姓名 性别 年龄 籍贯 单位 职务 电话 地址 邮编 备注 学历 专业 民族",
        "甲|乙|丙|丁|戊|己|庚|辛|壬|癸",
    ],
)
def test_tables_and_verse_stay(text: str) -> None:
    assert stripped(text) == text
