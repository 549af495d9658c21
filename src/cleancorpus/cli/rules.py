"""``cleancorpus rules``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cleancorpus.cli import options

if TYPE_CHECKING:
    from cleancorpus.rules import Rule


@click.command("rules")
@click.argument("names", nargs=-1, metavar="[RULE…]")
@click.option("--rules", "rule_files", multiple=True, metavar="FILE", help="Read the rules of a TOML file too.")
@options.as_json
@click.option("--markdown", is_flag=True, help="Print the page of the documentation.")
def command(names: tuple[str, ...], rule_files: tuple[str, ...], as_json: bool, markdown: bool) -> None:
    """List the rules, or show those called RULE (or all of a prefix, such as boilerplate) in full."""
    from cleancorpus.report.rules_page import rules_page
    from cleancorpus.rules import check_choices, is_named, load_user_rules

    rules = [*known_rules(), *(rule for path in rule_files for rule in load_user_rules(path))]
    check_choices(names, rules)
    chosen = [rule for rule in rules if not names or any(is_named(rule.id, name) for name in names)]
    if as_json:
        for rule in chosen:
            click.echo(json.dumps(asdict(rule), ensure_ascii=False))
    elif markdown:
        click.echo(rules_page(chosen), nl=False)
    elif names:
        for rule in chosen:
            _print_rule(rule)
    else:
        _print_list(chosen)


def known_rules() -> tuple[Rule, ...]:
    """Give every rule that ships, in the order of the stages."""
    from cleancorpus.cleaner import all_rules
    from cleancorpus.io.duplicates import RULES

    return (*all_rules(), *RULES)


def _print_list(rules: Sequence[Rule]) -> None:
    from cleancorpus.cli.tables import print_table

    print_table(("rule", "acts", "why"), [(rule.id, rule.safety, rule.why) for rule in rules])


def _print_rule(rule: Rule) -> None:
    click.echo(click.style(rule.id, bold=True))
    for name, value in (("why", rule.why), ("acts", rule.safety), ("family", rule.family)):
        if value:
            click.echo(f"  {name}: {value}")
    for name, pattern in (("line", rule.line), ("span", rule.span)):
        if pattern:
            click.echo(f"  {name}: {pattern}")
    for name, texts in (("acts on", rule.hits), ("leaves", rule.misses)):
        for text in texts:
            click.echo(f"  {name}: {text!r}")
