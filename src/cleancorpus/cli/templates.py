"""``cleancorpus templates``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cleancorpus.cli import options
from cleancorpus.cli.clean import write_documents


@click.group("templates")
def command() -> None:
    """Learn which lines the pages of a site repeat, look at them, and take them out."""


@command.command("learn")
@options.inputs
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write.")
@options.reading
@options.quiet
def learn(inputs: tuple[str, ...], output: Path, quiet: bool, **given: Any) -> None:
    """Learn the templates of the pages INPUT… and write them to a file of text.

    The site of a page is the host of its url (the field `url` of a row), or --site.  The corpus is read twice.
    """
    from cleancorpus.boilerplate import learn as learn_templates
    from cleancorpus.io.files import whole_file
    from cleancorpus.io.pages import Pages, check_readable_twice

    check_readable_twice(inputs)
    tally = options.Tally()
    pages = Pages(lambda: options.reading_of(inputs, given), tally.failure)
    templates = learn_templates(pages)
    with whole_file(output) as temporary:
        templates.save(temporary)
    if not quiet:
        click.echo(f"{len(templates.lines):,} lines, written to {output}")
    tally.read = pages.count
    sys.exit(tally.exit_code)


@command.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--site", metavar="HOST", help="Show the templates that hold for this site.")
def show(file: Path, site: str | None) -> None:
    """Show the templates in FILE: the site, on how many of its pages a line stands, and its shape."""
    from cleancorpus.boilerplate import Templates
    from cleancorpus.boilerplate import show as shown

    for line in shown(Templates.load(file), site):
        click.echo(line)


@command.command("apply")
@click.argument("file", type=click.Path(path_type=Path))
@options.inputs
@click.option("-o", "--output", default="-", help="Where to write, as for `clean`.")
@options.reading
@options.as_json
def apply(file: Path, inputs: tuple[str, ...], output: str, as_json: bool, **given: Any) -> None:
    """Clean INPUT… with the templates in FILE: the same as `clean --templates FILE`."""
    tally = options.Tally()
    write_documents(tally.documents(inputs, given, templates=str(file)), output, as_json)
    sys.exit(tally.exit_code)
