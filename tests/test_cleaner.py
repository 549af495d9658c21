"""Settings, inputs and the front door say clearly what they do not take."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import cleancorpus as cc
from cleancorpus.cleaner import Cleaner, Input
from cleancorpus.document import Document, Failure
from cleancorpus.encoding.decoding import Decoding
from cleancorpus.errors import InputError, RecordError, SettingsError
from cleancorpus.settings import Settings


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": "everything"}, "level is 'everything'"),
        ({"script": "simplified"}, "script is 'simplified'"),
        ({"stages": "mojibake"}, "several names"),
        ({"stages": ("spelling",)}, "stages is 'spelling'"),
        ({"html": "maybe"}, "html is 'maybe'"),
        ({"colour": "red"}, "no setting 'colour'"),
        ({"enable": ("boilerplate.no-such-rule",)}, "no rule 'boilerplate.no-such-rule'"),
    ],
)
def test_settings_that_do_not_exist_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        cc.clean("甲", **options)


def test_texts_without_characters_fill_a_batch_too() -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while taken < 1000:
            taken += 1
            yield ""

    assert next(iter(Cleaner().clean_many(endless(), batch_characters=10))).text == ""
    assert taken <= 10


@pytest.mark.parametrize("value", [3, None, ("a", 3), ("a", "b", "c"), object()])
def test_items_of_other_types_are_refused(value: object) -> None:
    with pytest.raises(InputError, match="cannot clean"):
        list(cc.clean_many([value]))  # type: ignore[list-item]  # the point of the test


@pytest.mark.parametrize("value", ["文字", "文字".encode()])
def test_one_text_is_not_taken_for_several(value: Any) -> None:
    with pytest.raises(InputError, match="not one"):
        cc.clean_many(value)


def test_bytes_of_every_kind_are_cleaned() -> None:
    data = "文字".encode()
    given: list[Input] = [data, bytearray(data), memoryview(data), ("a", bytearray(data)), ("b", memoryview(data))]
    assert [document.text for document in cc.clean_many(given)] == ["文字"] * 5


@pytest.mark.parametrize("value", ["文字", None, 3])
def test_only_bytes_are_decoded(value: Any) -> None:
    with pytest.raises(InputError, match="cannot decode"):
        cc.decode(value)


def test_bytes_are_not_converted() -> None:
    with pytest.raises(InputError, match="decode bytes first"):
        cc.convert("发".encode(), "s2t")  # type: ignore[arg-type]  # what the test is about


def test_no_workers_are_refused() -> None:
    with pytest.raises(SettingsError, match="workers is 0"):
        list(Cleaner().clean_many(["甲"], workers=0))


def test_a_cleaner_travels_by_its_settings() -> None:
    cleaner = Cleaner(Settings(script="hans"))
    assert cleaner.clean("漢字").text == "汉字"
    assert pickle.loads(pickle.dumps(cleaner)) == cleaner
    assert len(pickle.dumps(cleaner)) < 1000


def test_items_carry_their_id_and_url() -> None:
    item = cc.Item("甲".encode("gb18030"), id="7", declared="gbk", url="http://example.org/a")
    (document,) = cc.clean_many([item])
    assert (document.id, document.url, document.text) == ("7", "http://example.org/a", "甲")


def test_every_edit_names_a_rule_that_says_why() -> None:
    document = cc.clean("經(jīng)濟發(fā)展需要更多的網(wǎng)絡(luò )建設。\n京ICP备00000000号-3\n")
    assert document.edits
    assert all(edit.reason for edit in document.edits)
    assert {edit.stage for edit in document.edits} == {"mojibake", "boilerplate"}


def test_convert_is_a_chain_and_runs_once() -> None:
    document = cc.convert("軟體", "tw2sp")
    assert document.text == "软件"
    assert "".join(edit.before for edit in document.edits) == "軟體"
    assert {edit.stage for edit in document.edits} == {"convert"}
    with pytest.raises(SettingsError, match="x2y"):
        cc.convert("字", "x2y")


def test_what_is_protected_stays() -> None:
    text = "他讀《後漢書》，說後來的事；云何不樂。"
    assert cc.unify(text, "hans").text == "他读《后汉书》，说后来的事；云何不乐。"
    assert cc.unify(text, "hans", protect_titles=True).text == "他读《後漢書》，说后来的事；云何不乐。"
    assert cc.unify(text, "hans", protect=("後來",)).text == "他读《后汉书》，说後來的事；云何不乐。"
    with pytest.raises(SettingsError, match="protect"):
        cc.unify(text, "hans", protect=("(",))


def test_words_of_one_s_own_go_before_the_chain_s() -> None:
    assert cc.convert("軟體工程", "t2s", words={"軟體": "软件"}).text == "软件工程"


def test_near_duplicates_takes_documents() -> None:
    text = "这是一段足够长的文字，用来说明两份几乎一样的文档会被找出来，并且说出它们有多像。" * 3
    documents = list(cc.clean_many([("a", text), ("b", text + "完"), ("c", "完全不同的另一段内容，谈的是天气。")]))
    report = cc.near_duplicates(documents, unit="document")
    assert [{pair.left, pair.right} for pair in report.pairs] == [{"a", "b"}]
    assert report.pairs[0].jaccard > 0.8


def test_a_decoder_that_fails_fails_for_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_on_two(data: bytes, declared: str | None = None) -> Decoding:
        if data == b"two":
            raise ZeroDivisionError("by accident")
        return cc.decode(data, declared=declared)

    monkeypatch.setattr("cleancorpus.cleaner.decode", fail_on_two)
    one, two, three = cc.clean_many([b"one", b"two", b"three"])
    assert (one.text, three.text) == ("one", "three")
    assert two.failure == Failure("decode", "ZeroDivisionError: by accident")
    assert two.raw() == b"two"


@pytest.mark.parametrize("keep_source", [False, True])
def test_an_html_page_is_the_same_after_json(keep_source: bool) -> None:
    page = "<html><head><title>x</title></head><body><p>清早到河边挑水，下午到小学教书。</p></body></html>"
    document = cc.clean(page.encode("gb18030"), keep_source=keep_source)
    assert document.source_sha256 is not None
    assert Document.from_dict(document.to_dict()) == document


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 99},
        {"text": "别的"},
        {"source": "$$$"},
        {"fields": [[1]]},
        {"history": "x"},
        {"history": [{"stage": "x", "start": [5], "end": [1], "after": [""], "rule": ["a"]}]},
        {"history": [{"stage": "x", "start": [5], "end": [900], "after": [""], "rule": ["a"]}]},
        {"history": [{"stage": "x", "start": [5, 6], "end": [6], "after": [""], "rule": ["a"]}]},
    ],
)
def test_a_damaged_record_is_told(damage: dict[str, Any]) -> None:
    document = cc.clean("经(jīng)济(jì)发(fā)展需要更多的网(wǎng)络(luò)建设。")
    with pytest.raises(RecordError):
        Document.from_dict({**document.to_dict(), **damage})
    with pytest.raises(RecordError, match="not list"):
        Document.from_dict([])  # type: ignore[arg-type]  # what a file of JSON may hold


def test_a_mapping_is_not_taken_for_its_keys() -> None:
    with pytest.raises(InputError, match="items"):
        cc.clean_many({"a": "好"})


def test_all_names_are_listed() -> None:
    assert set(cc.__all__) <= set(dir(cc))
