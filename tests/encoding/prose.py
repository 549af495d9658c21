"""Chinese prose of the tests' own, in both scripts, and strategies that draw from it."""

from __future__ import annotations

from hypothesis import strategies as st

HANS = (
    "昨天下午，我们在河边散步，看见几个孩子正在放风筝。",
    "图书馆的门口贴着一张通知，说本周六停电检修，请读者提前安排时间。",
    "老师傅说：“这台机器用了三十年，零件早就买不到了。”",
    "会议决定，从明年一月起调整收费标准，具体办法另行公布。",
    "他把信折好放进口袋，抬头望着窗外的雨，什么也没有说。",
    "山路越来越窄，两旁的松树却越来越高，空气里都是松脂的味道。",
    "第三章介绍了实验的方法，第四章给出结果并作了讨论。",
)
HANT = (
    "昨天下午，我們在河邊散步，看見幾個孩子正在放風箏。",
    "圖書館的門口貼著一張通知，說本週六停電檢修，請讀者提前安排時間。",
    "老師傅說：「這臺機器用了三十年，零件早就買不到了。」",
    "會議決定，從明年一月起調整收費標準，具體辦法另行公布。",
    "他把信摺好放進口袋，抬頭望著窗外的雨，什麼也沒有說。",
    "山路越來越窄，兩旁的松樹卻越來越高，空氣裡都是松脂的味道。",
    "第三章介紹了實驗的方法，第四章給出結果並作了討論。",
)


def passages(sentences: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Draw passages of three to twelve sentences with line breaks, blanks or ASCII between them."""
    between = st.sampled_from(["", "\n", " ", "<p>", "\r\n\r\n", " (2024) "])
    pieces = st.lists(st.tuples(st.sampled_from(sentences), between), min_size=3, max_size=12)
    return pieces.map(lambda drawn: "".join(sentence + mark for sentence, mark in drawn))
