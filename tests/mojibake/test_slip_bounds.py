"""What a slip may gain is bounded before anything is ranked: it must hold, or good ones are never weighed."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from cleancorpus.language import load_model
from cleancorpus.mojibake.charsets import big5, gbk
from cleancorpus.mojibake.slip_readings import slip_hypotheses
from cleancorpus.text import encode_codepoints
from tests.mojibake.garbling import garbler

CODECS = {"gb18030": gbk, "cp950": big5}
TEXTS = {
    "gb18030": "老师傅把木料仔细量过，先锯成长短一样的板子；再用刨子推平！“这样拼起来才没有缝（也不会响）”，他说A。",
    "cp950": "老師傅把木料仔細量過，先鋸成長短一樣的板子；再用刨子推平！「這樣拼起來才沒有縫（也不會響）」，他說A。",
}


@given(codec=st.sampled_from(sorted(CODECS)), place=st.integers(0, 40), second=st.none() | st.integers(2, 9))
def test_no_reading_gains_more_than_its_bound(codec: str, place: int, second: int | None) -> None:
    damage = garbler.slip(TEXTS[codec], place, codec, second)
    assume(damage is not None and "?" in damage.text)
    assert damage is not None
    damaged, model = damage.text, load_model()
    for one in slip_hypotheses(encode_codepoints(damaged), damaged.index("?"), CODECS[codec](), model):
        reading = one.weighed()
        assert reading is None or reading.gain <= one.most + 1e-6
