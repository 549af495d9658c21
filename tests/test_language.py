"""The character model: what it finds likely, how it ranks, and that it is one pass over a batch."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleancorpus.language import CharacterModel, load_model
from cleancorpus.language.model import load_words
from cleancorpus.text import TextBatch, encode_codepoints

DATA = Path(__file__).resolve().parents[1] / "src/cleancorpus/data/language"

SENTENCES = [
    "这家小店每天早上六点开门，卖豆浆和油条。",
    "會議決定明年春天在圖書館舉行一次讀書活動。",
    "第三条　申请人应当自收到通知之日起十日内提交材料。",
    "夜深了，街上只剩下几盏路灯。",
]

texts = st.lists(
    st.text(st.one_of(st.characters(), st.sampled_from("的一是不人我在有他这中大来上个国")), max_size=40), max_size=6
)


@pytest.fixture(scope="module")
def model() -> CharacterModel:
    return load_model()


def mean_score(model: CharacterModel, text: str) -> float:
    return float(model.score(encode_codepoints(text)).mean())


def ranked(model: CharacterModel, left: str, candidates: str, right: str) -> str:
    shares = model.rank(encode_codepoints(left), encode_codepoints(candidates), encode_codepoints(right))
    return "".join(candidates[at] for at in np.argsort(-shares, kind="stable"))


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize(
    ("written", "read"),
    [("gb18030", "big5"), ("utf-8", "gb18030"), ("big5", "gb18030"), ("gb18030", "euc_kr"), ("utf-8", "big5")],
)
def test_a_wrong_reading_is_less_likely_than_the_text(
    model: CharacterModel, sentence: str, written: str, read: str
) -> None:
    wrong = sentence.encode(written, "ignore").decode(read, "ignore")
    assert wrong
    assert float(model.score(encode_codepoints(wrong)).sum()) < float(model.score(encode_codepoints(sentence)).sum())


@pytest.mark.parametrize("sentence", SENTENCES)
def test_order_matters(model: CharacterModel, sentence: str) -> None:
    shuffled = list(sentence)
    random.Random(0).shuffle(shuffled)
    assert mean_score(model, sentence) > mean_score(model, "".join(shuffled)) + 1


def test_both_scripts_and_both_widths_are_one_to_the_model(model: CharacterModel) -> None:
    simplified = model.score(encode_codepoints("发展经济,为人民服务A1"))
    traditional = model.score(encode_codepoints("發展經濟，為人民服務Ａ１"))
    assert np.array_equal(simplified, traditional)


def test_scores_are_log2_probabilities(model: CharacterModel) -> None:
    """Over all symbols the shares after one symbol add up to one, but for the rounding of the tables."""
    size = len(model.frequency)
    every = np.arange(size, dtype=np.uint16)
    for before in (0, 1, 20, 500, 4000, size - 1):
        shares = np.exp2(model.pair_scores(np.full(size, before, dtype=np.uint16), every) + model.within)
        assert shares.sum() == pytest.approx(1, abs=0.02)
    assert np.exp2(model.frequency).sum() == pytest.approx(1, abs=1e-3)


@given(texts)
def test_a_batch_is_scored_as_its_texts_are(documents: list[str]) -> None:
    model = load_model()
    batch = TextBatch.from_texts(documents)
    together = model.score(batch.codepoints, batch.offsets)
    alone = [model.score(encode_codepoints(document)) for document in documents]
    assert together.dtype == np.float32
    assert np.isfinite(together).all()
    assert (together <= 0).all()
    assert np.array_equal(together, np.concatenate([np.zeros(0, dtype=np.float32), *alone]))


def test_a_long_text_is_scored_without_seams(model: CharacterModel) -> None:
    """Pieces are scored one after the other; what stands before a piece still counts."""
    unit = encode_codepoints("学而时习之，不亦说乎？")
    scores = model.score(np.tile(unit, 5000)).reshape(5000, -1)
    assert (scores[1:] == scores[1]).all()


@pytest.mark.parametrize(
    ("left", "candidates", "right", "expected"),
    [
        ("我们要努力学", "希席习袭媳喜", "新的知识", "习"),
        ("人民法", "远院愿怨曰", "作出判决", "院"),
        ("解决当", "千迁签仟谦乾黔钱钳前潜", "，的问题", "前"),
        ("解決當", "千迁签仟谦乾黔钱钳前潜", "，的問題", "前"),
        ("他们在公", "司死肆寺嗣四伺", "里上班", "司"),
    ],
)
def test_a_lost_character_is_found_by_its_neighbours(
    model: CharacterModel, left: str, candidates: str, right: str, expected: str
) -> None:
    assert ranked(model, left, candidates, right)[0] == expected


def test_the_form_follows_the_script_of_the_page(model: CharacterModel) -> None:
    assert ranked(model, "这些问题由政府统一解决。我们的国", "家傢农農", "经济")[0] == "家"
    assert ranked(model, "发展现代", "农農", "业，让群众过上好日子")[0] == "农"
    assert ranked(model, "發展現代", "农農", "業，讓群眾過上好日子")[0] == "農"


def test_the_page_tells_its_own_names(model: CharacterModel) -> None:
    """Of two names equally rare in general, the one that stands elsewhere on the page is chosen."""
    page = "沈垚说他不去。沈垚笑了。后来沈垚走了。"
    assert ranked(model, page + "沈", "垚淼", "说好")[0] == "垚"
    assert ranked(model, page.replace("垚", "淼") + "沈", "垚淼", "说好")[0] == "淼"


@given(st.text(max_size=30), st.text(min_size=1, max_size=10), st.text(max_size=30))
def test_shares_add_up_to_one(left: str, candidates: str, right: str) -> None:
    model = load_model()
    scores = model.rank(*(encode_codepoints(text) for text in (left, candidates, right)))
    assert len(scores) == len(candidates)
    assert np.exp2(scores).sum() == pytest.approx(1, abs=1e-3)


def test_no_candidates_no_scores(model: CharacterModel) -> None:
    nothing = encode_codepoints("")
    assert len(model.rank(nothing, nothing, nothing)) == 0


@pytest.mark.parametrize(
    ("text", "traditional"), [("發展經濟與國際貿易", True), ("发展经济与国际贸易", False), ("人民大家好", None)]
)
def test_the_script_of_a_text(model: CharacterModel, text: str, traditional: bool | None) -> None:
    probability = model.traditional(encode_codepoints(text))
    if traditional is None:
        assert 0.1 < probability < 0.9
    else:
        assert (probability > 0.99) if traditional else (probability < 0.01)


def test_the_tables_stay_small() -> None:
    assert sum(path.stat().st_size for path in DATA.glob("*.npz")) < 8_500_000


def test_twenty_bytes_tell_gb18030_from_big5(model: CharacterModel, shared_eval: Path) -> None:
    """On real text of every kind; `benchmarks/language_model.py` has the full figures."""
    right = total = 0
    for path in sorted((shared_eval / "clean").glob("*/*")):
        text = "".join(character for character in path.read_text("utf-8")[:200_000] if character >= "\u4e00")
        chance = random.Random(path.name)
        for _ in range(40):
            at = chance.randrange(len(text) - 10)
            piece = text[at : at + 10]
            try:
                wrong = piece.encode("gbk").decode("big5hkscs")
            except UnicodeError:
                continue
            total += 1
            scores = [float(model.score(encode_codepoints(reading)).sum()) for reading in (piece, wrong)]
            right += scores[0] > scores[1]
    assert total >= 100
    assert right / total >= 0.99


def test_words_are_worth_more_than_their_characters(model: CharacterModel) -> None:
    """Eight characters on each side are read as words: 原则 and 问题 decide, though other pairs are common too."""
    assert ranked(model, "我们必须坚持实事求是的原", "则责择泽贼仄", "，把问题一个一个解决好")[0] == "则"
    assert ranked(model, "他从小就喜欢看历史书，长大后成了一名历史学", "家加夹佳嘉甲", "。")[0] == "家"


def test_a_line_break_ends_what_decides(model: CharacterModel) -> None:
    """What stands in other lines weighs as the page's wording only, not as words around the place."""
    near = model.rank(*map(encode_codepoints, ("开会学", "习席希", "\n文件")))
    far = model.rank(*map(encode_codepoints, ("开会学", "习席希", "\n件文")))
    assert np.allclose(near, far, atol=0.05)


def test_the_likelihood_of_words_does_not_depend_on_the_company(model: CharacterModel) -> None:
    rows = np.stack([model.symbols(encode_codepoints(f"我们要{middle}好工作")) for middle in "做坐错"]).astype(np.int64)
    words = load_words(model)
    together = words.score(rows, 3)
    alone = [float(words.score(row[None], 3)[0]) for row in rows]
    assert together.tolist() == pytest.approx(alone)
    assert together[0] > max(together[1:])
    assert np.isfinite(together).all()
