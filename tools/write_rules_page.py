"""Write docs/rules.md from the rules: run it whenever a rule was added or changed."""

from __future__ import annotations

from pathlib import Path

from cleancorpus.cli.rules import known_rules
from cleancorpus.report.rules_page import rules_page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rules.md"


def main() -> None:
    """Write the page."""
    PAGE.write_text(rules_page(known_rules()), encoding="utf-8")


if __name__ == "__main__":
    main()
