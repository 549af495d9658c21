"""Every rule's own examples: each hit is acted on by that rule, no miss is."""

from __future__ import annotations

import pytest

from cleancorpus.rules import Rule, RuleSet
from cleancorpus.script import RULES, Convert, Unify
from cleancorpus.stage import Context, Proposal, Stage
from cleancorpus.text import TextBatch

# What the stage must be asked for, so that a rule can act at all.
STAGES: dict[str, Stage] = {
    "script.traditional-form": Unify(target="hans"),
    "script.simplified-form": Unify(target="hant"),
    "script.regional-form": Unify(target="tw"),
    "script.regional-word": Unify(target="tw", regional_phrases=True),
    "script.japanese-form": Convert("jp2t"),
    "script.compatibility-form": Convert("t2s"),
    "script.one-of-several": Unify(target="hant"),
    "script.wrong-form": Unify(target="hant"),
}
WITHOUT_EXAMPLES = {"script.user-word"}  # its words are the user's


def acted(rule: Rule, text: str) -> bool:
    stage = STAGES.get(rule.id) or Unify(RuleSet(RULES, enable=[rule.id]))
    proposal: Proposal = stage.propose(TextBatch.from_text(text), Context())
    flagged = {row[2] for row in proposal.flags.rows()}
    return rule.id in (flagged if rule.safety == "flag" else set(proposal.edits.rule_ids()))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples(rule: Rule) -> None:
    assert bool(rule.hits and rule.misses) != (rule.id in WITHOUT_EXAMPLES)
    assert [text for text in rule.hits if not acted(rule, text)] == []
    assert [text for text in rule.misses if acted(rule, text)] == []


def test_a_unsafe_rule_is_off_until_asked_for() -> None:
    for rule in RULES:
        if rule.safety == "unsafe":
            for text in rule.hits:
                edits = Unify().propose(TextBatch.from_text(text), Context()).edits
                assert rule.id not in edits.rule_ids()
