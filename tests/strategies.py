"""Hypothesis strategies: text as damaged and as mixed as real pages are, and edits that fit it."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from cleancorpus.edits import Edits
from cleancorpus.text import TextBatch

HANS = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对"
    "小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动"
    "方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感"
)
HANT = (
    "這們來時個國說為過會對發沒經長兒愛間兩親進話與無總從樣還當見關聲聽後裡麼學業東車書長門開間問題實現應"
    "該員場點體無電種幹乾髮麵雲臺灣網絡資訊軟體"
)
HALF = ",.:;!?()[]\"'-/|_%0123456789"
FULL = "，。：；！？（）【】“”‘’、《》—…　０１２ＡＢ"
STRANGE = (
    "\ue029\ue7c9\U000f0000\U00020000\U0001f600\u200b\u200e\u202e\u2066\ufeff\ufffd\x00\x1b\x85\u2028\uf900\u3000\xa0"
)
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFG éüāōǎ"
PHRASES = [
    "当前位置:首页 > 新闻",
    "京ICP备00000000号-3",
    "責任編輯:王小明",
    "上一篇:没有了",
    "第1页 / 共7页",
    "经(jīng)济(jì)",
    "?;鶎咏M織",
    "锟斤拷",
    "鎴戜滑",
    "ÖÐÎÄ",
    "2、",
    "一、總則",
    "“420 ”",
    "6 家",
]

_characters = st.one_of(
    st.sampled_from(HANS),
    st.sampled_from(HANT),
    st.sampled_from(HALF + FULL),
    st.sampled_from(STRANGE),
    st.sampled_from(LATIN),
    st.sampled_from("\n\r "),
    st.characters(),
    st.integers(0xD800, 0xDFFF).map(chr),
)

texts = st.lists(st.one_of(_characters, st.sampled_from(PHRASES)), max_size=40).map("".join)

batches = st.lists(texts, max_size=5).map(TextBatch.from_texts)

chinese = st.text(st.sampled_from(HANS + "，。"), min_size=1, max_size=60)


@st.composite
def edits_for(draw: st.DrawFn, batch: TextBatch) -> Edits:
    """Draw edits that fit a batch: insertions, deletions and replacements, at borders too."""
    rows: list[tuple[int, int, str, int, int]] = []
    for document in range(len(batch)):
        place, stop = int(batch.offsets[document]), int(batch.offsets[document + 1])
        while place <= stop and draw(st.booleans()):
            start = draw(st.integers(place, stop))
            end = draw(st.integers(start, min(stop, start + 4)))
            after = draw(st.text(st.sampled_from("新文字x\ud800"), max_size=3))
            rows.append((start, end, after, draw(st.integers(0, 1)), document))
            place = end if end > start else end + 1
    if not rows:
        return Edits.empty()
    starts, ends, afters, rules, documents = zip(*rows, strict=True)
    return Edits(
        np.array(starts),
        np.array(ends),
        TextBatch.from_texts(afters),
        np.array(rules, dtype=np.int32),
        ("test.one", "test.two"),
        np.array(documents),
    )
