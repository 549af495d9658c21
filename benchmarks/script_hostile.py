"""What hostile text costs the script stage: time for four times the text, which is to be four times the time.

python benchmarks/script_hostile.py
"""

from __future__ import annotations

import time

from cleancorpus.rules import RuleSet
from cleancorpus.script import RULES, Unify, convert_batch
from cleancorpus.stage import Context
from cleancorpus.text import TextBatch

UNITS = (
    "你?", "(", "你(", ",", "你 ", "“", "”", "“甲", '"', "a@", '甲"', "http:", "$", "<a", "1 ", "](", "你好,", "甲“乙”",
    "干干净净", "乾部", "後麵", "发", "一", "里里面面", "乾", "（（", "``", "```\n", "~", "『「", "\n", "a.", "-{",
)  # fmt: skip
LENGTH = 100_000


def main() -> None:
    stages = [Unify(RuleSet(RULES, enable=["script"]), target) for target in ("keep", "hans", "hant", "tw")]
    for unit in UNITS:
        text = "說" + unit * (LENGTH // len(unit))
        small, large = (TextBatch.from_text(part) for part in (text[: LENGTH // 4], text))
        worst = 0.0
        for stage in stages:
            first, second = _seconds(stage, small), _seconds(stage, large)
            worst = max(worst, second / max(first, 0.005))
        for chain in ("s2twp", "tw2sp"):
            convert_batch(large, chain)
        print(f"{unit!r}: {worst:.1f} times, {1e9 * second / LENGTH:.0f} ns a character")


def _seconds(stage: Unify, batch: TextBatch) -> float:
    begin = time.process_time()
    stage.propose(batch, Context())
    return time.process_time() - begin


if __name__ == "__main__":
    main()
