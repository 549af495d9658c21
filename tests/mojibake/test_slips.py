"""Byte slips one by one: short ones, narrowed ones, several, with names, and what must not be taken for one."""

from __future__ import annotations

import numpy as np
import pytest

from cleancorpus.language import load_model
from cleancorpus.mojibake import RULES, Repair
from cleancorpus.mojibake.brackets import partner_bits
from cleancorpus.mojibake.charsets import gbk
from cleancorpus.mojibake.lost_bytes import lost_lead, lost_trail
from cleancorpus.mojibake.wording import Wording
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch, encode_codepoints
from tests.mojibake.garbling import garbler

REPAIR = Repair(RuleSet(RULES))


def repaired(text: str) -> str:
    for _ in range(4):
        batch = TextBatch.from_text(text)
        text, before = REPAIR.propose(batch, Context()).edits.apply(batch).text(0), text
        if text == before:
            break
    return text


def slipped(text: str, mark: str, *, second: int | None = None, narrow: bool = False) -> tuple[str, str]:
    damage = garbler.slip(text, text.index(mark), "gb18030", second)
    assert damage is not None
    damage = garbler.narrowed(damage) if narrow else damage
    return damage.text, damage.truth


def assert_true_but_for_marks(got: str, truth: str) -> None:
    """A slip that ends before a digit has lost a trail byte as well, which may stay marked."""
    got, truth = garbler.width_folded(got), garbler.width_folded(truth)
    assert len(got) == len(truth)
    different = [a for a, b in zip(got, truth, strict=True) if a != b]
    assert set(different) <= {"?"}
    assert len(different) <= 2


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("把结果写进文件，用法见第三节的例子：`write_all` 会一直写到结束。", "："),  # one character, then code
        ("请先看说明。[安装指南](/guide)里有每一步的做法，照着做就行。", "。"),
        ("他最喜欢的小说是《Moby Dick》，每年冬天都要重读一遍。", "《"),
        ("他年轻时在法国学画（Ecole des Beaux-Arts），回国后教书。", "（"),
        ("沈垚和刘喆是同学。后来沈垚当了医生，刘喆在A市教书，沈垚常去看他。", "，"),  # names that stand nowhere else
        ("厨房里，奶奶把面团擀开。奶奶做饼（A型饼铛最好用），爷爷烧火。", "，"),
    ],
)
def test_short_and_odd_slips_are_restored(text: str, mark: str, narrow: bool) -> None:
    damaged, truth = slipped(text, mark, narrow=narrow)
    assert damaged != truth
    assert garbler.width_folded(repaired(damaged)) == garbler.width_folded(truth)


@pytest.mark.parametrize(
    ("damaged", "truth"),
    [
        ("各村都要開會??h委另行通知。", "各村都要開會。縣委另行通知。"),  # 。 and the half of 縣 that was narrowed
        ("這個值不會變?,F在再看另一個例子。", "這個值不會變。現在再看另一個例子。"),
        ("服務于基層\ufffd;鶎咏M織的同志", "服務于基層。基層組織的同志"),  # U+FFFD as the mark
    ],
)
def test_marks_of_a_lost_byte_and_narrowed_characters(damaged: str, truth: str) -> None:
    assert garbler.width_folded(repaired(damaged)) == garbler.width_folded(truth)


def test_two_slips_in_one_paragraph() -> None:
    text = "第一批树苗已经运到，共有3万株；第二批树苗下周运到，共有5万株。"
    first, _ = slipped(text, "，")
    at = first.rindex("，")
    damage = garbler.slip(first, at, "gb18030")
    assert damage is not None
    assert_true_but_for_marks(repaired(damage.text), text)


@pytest.mark.parametrize("lost", ["?", "\ufffd"])
def test_a_lost_trail_byte_is_filled_in_or_flagged(lost: str) -> None:
    clear, _ = slipped("全县干部认真学习，把工作中的问题一件一件解决好。", "，", second=6)
    assert repaired(clear.replace("?", lost)) == "全县干部认真学习，把工作中的问题一件一件解决好。"
    open_place, _ = slipped("大家都很高兴，昨天看见她来了。", "，", second=5)
    batch = TextBatch.from_text(open_place.replace("?", lost))
    proposal = REPAIR.propose(batch, Context())
    assert proposal.edits.apply(batch).text(0) == f"大家都很高兴，昨天看见{lost}来了。"
    [flag] = [row for row in proposal.flags.rows() if row[2] == "mojibake.lost-byte"]
    assert "她" in flag[3]


@pytest.mark.parametrize(
    "text",
    [
        "他在边关做了十年?籓，后来回到京城。",  # a character was lost before a rare one
        "为什么跌了?A股今天没有开盘。",
        "你见过这种写法?`map`也可以写成推导式。",
        "真的吗?(笑)我不信。谁说的?[1]书上没有。",
        "去不去? 去! 什么时候? 明天。",
        "共有多少人?3万人?5万人?没有人知道。",
        "我们走了半天，数次渡过\ufffd河\ufffd翻越土冈，往北走了十里，来到一个村子。",  # two lost characters
        "这条语句不返回值。因此,不能? `let` 语句赋值给另一个变量。",
    ],
)
def test_question_marks_and_lost_characters_are_no_slips(text: str) -> None:
    assert repaired(text) == text


def test_a_question_before_a_slip_is_not_its_beginning() -> None:
    """Reading late from the question on would gain in the end what the slip behind it gains."""
    question = "春天到了,你们村什么时候种树?老人说还要等几天。"
    damaged, truth = slipped(
        question + "工作组听了以后，马上回去商量办法，当天就把3千株树苗运来了。", "，", narrow=True
    )
    got = repaired(damaged)
    assert got.startswith(question)
    assert_true_but_for_marks(got, truth)


def test_the_lost_byte_is_ranked_by_both_sides() -> None:
    model = load_model()
    left, right = encode_codepoints("各级干部要认真学习"), encode_codepoints("把工作做好")
    mark = lost_lead(0xAC, left, right, gbk(), model)[0]
    assert chr(mark.point) == "，"
    assert mark.usual
    assert mark.share > 0.99
    trail = lost_trail(0xCC, encode_codepoints("把这个"), encode_codepoints("讨论清楚"), gbk(), model)
    assert all(chr(choice.point).encode("gb18030")[0] == 0xCC for choice in trail)
    assert sum(choice.share for choice in trail) <= 1 + 1e-6


def test_a_pages_own_characters_cost_less() -> None:
    model = load_model()
    name = encode_codepoints("垚")
    on_page = Wording(model, encode_codepoints("沈垚走了。沈垚笑了。")).score(name)
    elsewhere = Wording(model, encode_codepoints("他走了。")).score(name)
    assert on_page[0] > elsewhere[0] + 2
    assert np.isfinite(Wording(model, encode_codepoints("")).score(name)).all()


@pytest.mark.parametrize(
    ("left", "right", "bracket", "other"),
    [
        ("他年輕時（在法國", "）學畫", "（", "）"),  # both have their partner on the other side
        ("各縣", "市）都派了人來", "（", "》"),
        ("她說：「今天", "，明天再去。", "」", "「"),
    ],
)
def test_a_bracket_is_looked_for_where_its_partner_waits(left: str, right: str, bracket: str, other: str) -> None:
    bits = partner_bits(*map(encode_codepoints, (bracket + other + "我", left, right)))
    assert bits[0] > 0
    assert bits[2] == 0
    assert (bits[1] < 0) == (other not in "）")


def test_half_an_ellipsis_needs_the_other_half() -> None:
    ellipsis, left = encode_codepoints("…"), encode_codepoints("他看了看少女")
    assert partner_bits(ellipsis, left, encode_codepoints("眼里有光"))[0] < 0
    assert partner_bits(ellipsis, left, encode_codepoints("…眼里有光"))[0] == 0


def _first_of_lost(trail: int, left: str, right: str) -> str:
    return chr(lost_lead(trail, encode_codepoints(left), encode_codepoints(right), gbk(), load_model())[0].point)


def test_a_lost_mark_before_latin_letters_is_no_ideographic_blank() -> None:
    assert _first_of_lost(0xA1, "不要這樣写，请多加小心", "Glob 会让人看不清名称从哪里来。") == "！"


def test_a_sign_that_the_page_uses_behind_the_place_counts_as_usual() -> None:
    left, trail = "四乡八镇的人都赶来看个明白", 0xAE
    right = "想来想去，没有别的办法"
    assert _first_of_lost(trail, left, right + "．这一日又有客来．") == "．"
    assert _first_of_lost(trail, left, right) != "．"


@pytest.mark.parametrize(
    ("damaged", "truth"),
    [
        # Big5 has its marks at ASCII trail bytes: what is left of them are letters and signs.
        ("主管機關應於收到申請書之日起三十日內審查完畢?A並以書面通知申請人。", "，"),
        ("老師傅把木料仔細量過?A先鋸成長短一樣的板子。", "，"),
        ("學校開放操場?B圖書室和禮堂，讓附近的居民使用。", "、"),
        ("本會依照章程規?w，每年召開會員大會一次。", "定"),
    ],
)
def test_what_big5_leaves_of_a_mark_is_a_letter(damaged: str, truth: str) -> None:
    at = damaged.index("?")
    assert repaired(damaged) == damaged[:at] + truth + damaged[at + 2 :]


@pytest.mark.parametrize("text", ["你買了嗎?A股今天漲了。", "你看過這本書嗎?B先生說他看過。", "選哪一個?C是對的。"])
def test_a_letter_behind_a_question_stays(text: str) -> None:
    assert repaired(text) == text


def test_a_lost_character_that_is_not_clear_stays_open_and_what_follows_comes_back() -> None:
    damage = garbler.slip("她把院子扫干净了，又给小鸡喂了一把玉米。后来下雨了A", 1, "gb18030")
    batch = TextBatch.from_text(damage.text)
    proposal = REPAIR.propose(batch, Context())
    got = proposal.edits.apply(batch).text(0)
    assert_true_but_for_marks(got, damage.truth)
    if "?" in got:
        assert any("把" in row[3] for row in proposal.flags.rows() if row[2] == "mojibake.lost-byte")


def test_a_page_narrowed_in_part() -> None:
    text = "全縣各部門要高度重視?;鶎咏M織建設工作，切實加強領導，落實責任。"
    assert repaired(text) == text.replace("?;鶎咏M織", "。基層組織")


def flagged(text: str) -> list[tuple[str, str]]:
    flags = REPAIR.propose(TextBatch.from_text(text), Context()).flags
    return [(row[2], row[3]) for row in flags.rows()]


def test_a_slip_behind_a_question_mark_of_its_own_begins_at_the_second_mark() -> None:
    text = "老人拦住他问：“你们来的是什么人？”小兵吓得不敢作声，过了好久才说出自己的名字。Bob 也在。"
    damaged, truth = slipped(text, "”", narrow=True)
    assert "??" in damaged
    assert garbler.width_folded(repaired(damaged)) == garbler.width_folded(truth)


def test_a_percent_sign_is_what_was_lost_behind_a_digit() -> None:
    damaged, truth = slipped("这种菜的钙含量比白菜高50％以上，还含有不少的维生素C，老人孩子都可以常吃。", "％")
    assert garbler.width_folded(repaired(damaged)) == garbler.width_folded(truth)


def test_letters_behind_a_slip_are_not_text_out_of_step() -> None:
    damaged, truth = slipped("它是由这种酸衍生出的胺，分子式为CHCONH。纯品在室温下是白色的晶体。", "，")
    assert garbler.width_folded(repaired(damaged)) == garbler.width_folded(truth)


def test_what_is_not_clear_enough_is_flagged_with_what_it_may_read() -> None:
    damaged, _ = slipped("以下各點由審計人員逐項詳查：**方法**（Methods）與函式類似，我們用它來宣告名稱。", "（")
    assert repaired(damaged) == damaged
    assert [reason for rule, reason in flagged(damaged) if rule == "mojibake.lost-byte" and "perhaps" in reason]


def test_a_letter_among_lost_bytes_is_no_mark_of_big5() -> None:
    text = "這個範本的說明寫在\ufffdW\ufffd\ufffd面，請大家先把它讀完再開始動手。"
    assert repaired(text) == text
    assert "，" in repaired("老師傅把木料仔細量過\ufffdA先鋸成長短一樣的板子，再動手刨平。")[:12]
