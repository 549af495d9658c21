"""A text's repairs and flags do not depend on what else is in the batch, however dense the damage is."""

from __future__ import annotations

import random

import pytest

from cleancorpus.mojibake import RULES, Repair
from cleancorpus.rules import RuleSet
from cleancorpus.stage import Context, Proposal
from cleancorpus.text import TextBatch
from tests.mojibake.garbling import HANS, HANT, garbler

REPAIR = Repair(RuleSet(RULES))
HOLED, LAYERED, TWICE, SLIPPED, CUT, EVERY = "holed", "layered", "twice", "slipped", "cut", "every kind"
ONCE = (*garbler.LAYERS, *garbler.SINGLE_BYTE_LAYERS)

Rows = tuple[list[tuple[int, int, str, str]], list[tuple[object, ...]]]


def dense(kind: str, rng: random.Random) -> str:
    """Give a text of a dozen lines of which nearly all are damaged in one way, or in every way."""
    lines = []
    for _ in range(12):
        line = "".join(rng.sample(rng.choice((HANS, HANT)), 2))
        way = rng.choice((HOLED, LAYERED, TWICE, SLIPPED, CUT)) if kind == EVERY else kind
        lines.append(damaged(line, way, rng) or line)
    return "\n".join(lines)


def damaged(line: str, way: str, rng: random.Random) -> str | None:
    """Give a line damaged in a way that is drawn, ``None`` where that is not possible."""
    half = (len(line) // 3, len(line) - 4)
    if way == CUT:
        damage = garbler.layered(line, half, rng.choice(ONCE))
    elif way == TWICE:
        damage = garbler.layered(line, (0, len(line)), rng.choice(garbler.LAYERS), rng.choice(garbler.LAYERS))
    elif way == SLIPPED:
        marks = [at for at, character in enumerate(line[:-1]) if character in "，。、"]
        damage = garbler.slip(line, rng.choice(marks), "gb18030", rng.choice((None, 3)))
    elif way == HOLED:
        damage = garbler.holed(line, (0, len(line)), rng.choice(garbler.LOSSY_LAYERS))
    else:
        damage = garbler.layered(line, (0, len(line)), rng.choice(ONCE))
    return damage.text if damage else None


def rows(proposal: Proposal, first: int, end: int) -> Rows:
    """Give the edits and flags of one text of a batch, at their places in it."""
    after = proposal.edits.after.to_texts()
    names = [proposal.edits.rules[number] for number in proposal.edits.rule.tolist()]
    spans = zip(proposal.edits.start.tolist(), proposal.edits.end.tolist(), after, names, strict=True)
    edits = [(start - first, stop - first, text, name) for start, stop, text, name in spans if first <= start < end]
    found = proposal.flags.rows()
    flags = [(start - first, stop - first, *rest) for start, stop, *rest in found if first <= start < end]
    return edits, flags


@pytest.mark.parametrize("kind", [HOLED, LAYERED, TWICE, SLIPPED, CUT, EVERY])
def test_densely_damaged_texts_are_repaired_alike_alone_and_in_company(kind: str) -> None:
    rng = random.Random(20)
    texts = [dense(kind, rng) for _ in range(10)] + [dense(EVERY, rng)[:40] for _ in range(10)]
    batch = TextBatch.from_texts(texts)
    together = REPAIR.propose(batch, Context())
    assert len(together.edits)
    for number, text in enumerate(texts):
        alone = REPAIR.propose(TextBatch.from_text(text), Context())
        first, end = batch.offsets[number : number + 2].tolist()
        assert rows(together, first, end) == rows(alone, 0, len(text))
