"""Write what is made from the rules: docs/rules.md and data/boilerplate/readings.json.  Run it when a rule changed."""

from __future__ import annotations

from pathlib import Path

from cleancorpus.boilerplate.byline import byline_patterns
from cleancorpus.boilerplate.families import pattern_rules
from cleancorpus.boilerplate.readings import written_readings
from cleancorpus.cli.rules import known_rules
from cleancorpus.report.rules_page import rules_page

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "rules.md"
READINGS = ROOT / "src" / "cleancorpus" / "data" / "boilerplate" / "readings.json"


def main() -> None:
    """Write the page and the table."""
    PAGE.write_text(rules_page(known_rules()), encoding="utf-8")
    lines = [rule.line for rule in pattern_rules() if rule.line is not None]
    READINGS.write_text(written_readings([*lines, *byline_patterns()]), encoding="utf-8")


if __name__ == "__main__":
    main()
