"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from cleancorpus.io.entries import Keys
    from cleancorpus.io.readers import Reading
    from cleancorpus.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

inputs = click.argument("inputs", nargs=-1, required=True, metavar="INPUT…")
folder = click.argument("folder", type=click.Path(path_type=Path), metavar="OUT")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
quiet = click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")


def no_stream(context: click.Context, parameter: click.Parameter, value: Path) -> Path:
    """Refuse ``-`` for an output that is several files."""
    del context, parameter
    if str(value) == "-":
        raise click.BadParameter("a run is several files; give a folder, or use `clean` for standard output")
    return value


def _all(options: Iterable[Callable[[Command], Command]]) -> Callable[[Command], Command]:
    listed = list(options)

    def add(command: Command) -> Command:
        for option in reversed(listed):
            command = option(command)
        return command

    return add


cleaning: Callable[[Any], Any] = _all(
    [
        click.option(
            "--level",
            type=click.Choice(["conservative", "main-content"]),
            default="conservative",
            show_default=True,
            help="How much chrome goes: what surely is, or all but the main text.",
        ),
        click.option(
            "--script",
            type=click.Choice(["keep", "hans", "hant", "tw", "hk"]),
            default="keep",
            show_default=True,
            help="The script to bring the text to.",
        ),
        click.option("--regional-phrases", is_flag=True, help="Let words change with the region too."),
        click.option("--stage", "stages", multiple=True, metavar="NAME", help="Run this stage only; repeatable."),
        click.option("--enable", multiple=True, metavar="RULE", help="Switch a rule or a prefix of rules on."),
        click.option("--disable", multiple=True, metavar="RULE", help="Switch a rule or a prefix of rules off."),
        click.option("--rules", "rule_files", multiple=True, metavar="FILE", help="Use the rules of a TOML file too."),
        click.option("--templates", metavar="FILE", help="Use templates learned by `templates learn`."),
        click.option(
            "--html",
            type=click.Choice(["auto", "never"]),
            default="auto",
            show_default=True,
            help="Whether HTML pages are parsed, or taken as text.",
        ),
    ]
)

reading: Callable[[Any], Any] = _all(
    [
        click.option("--text-key", metavar="KEY", help="The key of the text in JSON Lines and Parquet."),
        click.option("--id-key", metavar="KEY", help="The key of the id in JSON Lines and Parquet."),
        click.option("--site", metavar="HOST", help="The site of documents that have no url, for learned templates."),
        click.option(
            "--format",
            type=click.Choice(["text", "jsonl", "parquet", "warc"]),
            help="What the inputs are, whatever their names say; needed for JSON Lines on standard input.",
        ),
    ]
)

workers = click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes to clean with; the result is the same.",
)


def threshold(default: float) -> Callable[[Any], Any]:
    """Give the option of the threshold of near-duplicates."""
    return click.option(
        "--threshold",
        type=click.FloatRange(0, 1, min_open=True),
        default=default,
        show_default=True,
        help="The least Jaccard similarity of near-duplicates.",
    )


containment = click.option(
    "--containment",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="Also find texts of which this share stands in a longer one, such as quotations.",
)

memory_limit = click.option(
    "--memory-limit",
    default="1GB",
    show_default=True,
    metavar="SIZE",
    help="What the database takes that near-duplicates are searched in; some 200 bytes a passage come to that.",
)

unit = click.option(
    "--unit",
    type=click.Choice(["passage", "document"]),
    default="passage",
    show_default=True,
    help="What is compared.",
)

_CLEANING = ("level", "script", "regional_phrases", "stages", "enable", "disable", "rule_files", "templates", "html")


def settings_of(given: dict[str, Any], **more: Any) -> Settings:
    """Make the settings of the options of ``cleaning``."""
    from cleancorpus.settings import settings_from

    asked = {name: given[name] for name in _CLEANING if given.get(name)}
    return settings_from({**asked, **more})


def keys_of(given: dict[str, Any]) -> Keys:
    """Give where the rows have their texts and ids, by the options of ``reading``."""
    from cleancorpus.io.entries import Keys

    return Keys(given["text_key"], given["id_key"])


def reading_of(inputs: Iterable[str], given: dict[str, Any]) -> Reading:
    """Open the inputs, as the options of ``reading`` say."""
    from cleancorpus.io.readers import Reading
    from cleancorpus.io.sources import find_sources

    return Reading(find_sources(inputs, format=given["format"]), keys_of(given), given["site"])


def told(step: str, reason: str) -> str:
    """Give a reason why a document failed, with the stage in which it did."""
    return reason if step in ("read", "decode") else f"{step} failed: {reason}"


def failed(place: str, reason: str) -> str:
    """Give the line that tells why a document failed; reasons of reading have their place already."""
    return f"cleancorpus: {reason if reason.startswith(place) else f'{place}: {reason}'}"


class Tally:
    """Counts what was read and what was not, and says on stderr why not."""

    def __init__(self) -> None:
        self.read = 0
        self.failed = 0

    def failure(self, place: str, reason: str) -> None:
        """Note a document that failed."""
        self.failed += 1
        click.echo(failed(place, reason), err=True)

    def documents(self, inputs: Iterable[str], given: dict[str, Any], **more: Any) -> Iterator[tuple[Any, Any]]:
        """Clean the inputs; give every entry that could be cleaned with its document."""
        for entry, document in self.outcomes(inputs, given, **more):
            if document is not None:
                yield entry, document

    def outcomes(self, inputs: Iterable[str], given: dict[str, Any], **more: Any) -> Iterator[tuple[Any, Any]]:
        """Clean the inputs; give every entry with its document, or ``None`` for one that failed, and tell of it."""
        from cleancorpus.cleaner import Cleaner
        from cleancorpus.io.cleaning import cleaned, ready

        cleaner = ready(Cleaner(settings_of(given, **more)))
        for entry, document in cleaned(reading_of(inputs, given), cleaner, given.get("workers", 1)):
            failure = entry.failure if document is None else document.failure
            if failure is not None:
                self.failure(entry.where, told(failure.step, failure.reason))
                yield entry, None
            else:
                self.read += 1
                yield entry, document

    @property
    def exit_code(self) -> int:
        """The exit code for what was read and what failed."""
        from cleancorpus.cli.exits import after

        return after(self.read, self.failed)
