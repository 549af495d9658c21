"""The benchmark's garbler as Hypothesis strategies: damaged texts of which the truth is known."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

_PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "mojibake_garbler.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mojibake_garbler", _PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mojibake_garbler"] = module
    spec.loader.exec_module(module)
    return module


garbler: Any = _load()

# Sentences of our own, in either script, of several kinds: news, law, letters, tales, recipes.
HANS = (
    "全县各乡镇认真总结春季造林经验，组织群众补栽树苗，确保成活率达到九成以上。",
    "图书馆每天早上八点开门，读者可以凭身份证免费借阅，逾期不还的要交滞纳金。",
    "老船工说，从前过河要等半天，现在大桥修通了，孩子们上学再也不用起早贪黑。",
    "用人单位应当按照合同约定和国家规定，向劳动者及时足额支付劳动报酬。",
    "先把豆腐切成小块，用盐水浸泡十分钟，再放进锅里慢慢煎到两面金黄。",
    "会议指出，要加强基层医疗机构建设，让农村居民在家门口就能看好病。",
)
HANT = (
    "本會依照章程規定，每年召開會員大會一次，由理事長召集，必要時得召開臨時會議。",
    "老師傅把木料仔細量過，先鋸成長短一樣的板子，然後用刨子慢慢推平。",
    "主管機關應於收到申請書之日起三十日內審查完畢，並以書面通知申請人。",
    "清晨的市場裡擠滿了買菜的人，賣魚的攤販一邊吆喝，一邊把碎冰鋪在魚身上。",
    "學校決定在暑假期間開放操場和圖書室，讓附近的居民也能夠運動和閱讀。",
)

sentences = st.sampled_from(HANS) | st.sampled_from(HANT)
texts = st.lists(sentences, min_size=2, max_size=5).map("".join)


@st.composite
def layered(draw: st.DrawFn) -> Any:
    """Draw a text of which a run of whole sentences was misread by one layer without loss, or ``None``."""
    parts = draw(st.lists(sentences, min_size=3, max_size=5))
    at = draw(st.integers(0, len(parts) - 1))
    text = "".join(parts)
    start = sum(map(len, parts[:at]))
    for end in range(start + len(parts[at]), start + 12, -1):
        damage = garbler.layered(text, (start, end), draw(st.sampled_from(garbler.LAYERS)))
        if damage is not None:
            return damage
    return None


@st.composite
def slipped(draw: st.DrawFn) -> Any:
    """Draw a text of which a mark lost its lead byte, or ``None`` where it has no such mark."""
    text = draw(texts)
    marks = [at for at, character in enumerate(text[:-1]) if character in "，。、"]
    second = draw(st.none() | st.integers(2, 9))
    return garbler.slip(text, draw(st.sampled_from(marks)), "gb18030", second)
