"""Rules: every rule's own hits and misses, the choice of rules, and rules from files that are not trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

import cleancorpus as cc
from cleancorpus.cleaner import all_rules
from cleancorpus.errors import RuleError, SettingsError
from cleancorpus.rules import Rule, RuleSet, check_choices, load_user_rules, parse_rules

RULES = [
    Rule(id="test.safe", why="Because."),
    Rule(id="test.unsafe", why="Because.", safety="unsafe"),
    Rule(id="test.flag", why="Because.", safety="flag"),
]


def test_rule_ids_are_unique_and_named_after_their_stage() -> None:
    rules = all_rules()
    assert len({rule.id for rule in rules}) == len(rules)
    assert {rule.stage for rule in rules} == {"cleaner", "mojibake", "boilerplate", "script"}


def test_which_rules_are_on() -> None:
    assert [rule.id for rule in RuleSet(RULES).active()] == ["test.safe", "test.flag"]
    assert [rule.id for rule in RuleSet(RULES, enable=["test"]).active()] == ["test.safe", "test.unsafe", "test.flag"]
    assert [rule.id for rule in RuleSet(RULES, disable=["test.safe"]).active()] == ["test.flag"]
    assert "test.unsafe" in RuleSet(RULES, enable=["test.unsafe"])


def test_a_prefix_names_whole_parts_of_an_id() -> None:
    rules = [Rule(id="test.half-width", why="Because."), Rule(id="test.half", why="Because.")]
    assert len(RuleSet(rules)) == 2
    assert RuleSet(rules, disable=["test.half"]).active() == ()
    assert [rule.id for rule in RuleSet(rules, disable=["test.half-width"]).active()] == ["test.half"]
    assert len(RuleSet(rules, disable=["tes", "test.hal"]).active()) == 2


def test_a_choice_that_names_no_rule_is_refused_with_the_nearest_name() -> None:
    check_choices(["test", "test.safe", "test.flag"], RULES)
    with pytest.raises(SettingsError, match=r"^there is no rule 'test\.sfe'; did you mean test\.safe\? "):
        check_choices(["test.flag", "test.sfe"], RULES)
    with pytest.raises(SettingsError, match=r"^there is no rule 'other'; `cleancorpus rules` lists them$"):
        check_choices(["other"], RULES)


def test_a_set_has_each_rule_once() -> None:
    with pytest.raises(RuleError, match=r"test\.flag stands there twice"):
        RuleSet([*RULES, RULES[2]])


def test_a_rule_from_a_table_is_one_made_by_hand() -> None:
    (rule,) = parse_rules("[[rule]]\nid='a.b'\nwhy='x'\nwords=['y']\nhits=['y', 'z']", "rules.toml")
    assert rule == Rule(id="a.b", why="x", words=("y",), hits=("y", "z"))
    assert rule.stage == "a"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rule]]\nid='A b'\nwhy='x'", "no rule id"),
        ("[[rule]]\nid='a.b'", "rules.toml, rule 1: .* 'why'"),
        ("[[rule]]\nid='a.b'\nwhy='x'\n[[rule]]\nid='a.c'\nwhy=1", "rules.toml, rule 2: .* 'why'"),
        ("[[rule]]\nid='a.b'\nwhy=' '", "does not say why"),
        ("[[rule]]\nid='a.b'\nwhy='x'\nremedy='y'", "unknown key 'remedy'"),
        ("[[rule]]\nid='a.b'\nwhy='x'\nsafety='maybe'", "safety is 'maybe'"),
        ("[[rule]]\nid='a.b'\nwhy='x'\nhits='y'", "list of texts"),
        ("[[rule]]\nid='a.b'\nwhy='x'\n[[rule]]\nid='a.b'\nwhy='x'", "twice"),
        ("rule", "not TOML"),
    ],
)
def test_rules_that_are_not_well_formed_are_refused(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        parse_rules(text, "rules.toml")


def test_rules_of_a_user_act_and_must_be_linear(tmp_path: Path) -> None:
    pytest.importorskip("re2")
    path = tmp_path / "own.toml"
    path.write_text("[[rule]]\nid='own.slogan'\nwhy='Our own footer.'\nline='^本站口号.{0,20}$'\n", encoding="utf-8")
    text = "这是一段正文，说的是今天的天气很好。\n本站口号:天天向上\n"
    document = cc.clean(text, rule_files=(str(path),))
    assert document.text == "这是一段正文，说的是今天的天气很好。\n"
    assert {edit.rule for edit in document.edits} == {"own.slogan"}
    path.write_text("[[rule]]\nid='own.bad'\nwhy='x'\nline='(a)\\\\1'\n".replace("\\\\", "\\"), encoding="utf-8")
    with pytest.raises(RuleError, match="linear"):
        load_user_rules(path)
    for wrong in ("(", r"\pN"):  # RE2 knows the second
        path.write_text(f"[[rule]]\nid='own.bad'\nwhy='x'\nspan='{wrong}'\n", encoding="utf-8")
        with pytest.raises(RuleError, match=r"own\.bad: .* is no pattern"):
            load_user_rules(path)
    with pytest.raises(RuleError, match=r"^\S*absent.toml: no such file or directory$"):
        load_user_rules(tmp_path / "absent.toml")
    path.write_bytes("规则".encode("gb18030"))
    with pytest.raises(RuleError, match="not UTF-8 at byte 1"):
        load_user_rules(path)
