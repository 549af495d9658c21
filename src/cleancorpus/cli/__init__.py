"""The command line: it parses, calls the library, and prints."""

from __future__ import annotations

import io
import sys
import warnings
from importlib import import_module

import click

from cleancorpus.cli.exits import FAILED_INPUTS, FINDINGS, INTERRUPTED, NOTHING_READ, USAGE

# Each command stands in the module of its name, which is imported when the command is asked for.
_COMMANDS = {
    "run": "Clean everything, mark near-duplicates, write text, record and report.",
    "clean": "Clean files or standard input; the text goes to standard output or -o.",
    "diff": "Show what would be removed or repaired, and why.",
    "detect": "Say in which encodings files are.",
    "dedup": "Find near-duplicates, verified and explained.",
    "report": "Tell what a run did, and write its report again.",
    "explain": "Show everything that a run did to one document.",
    "restore": "Give back the files that a run was made from, byte for byte.",
    "rules": "List the rules, or show one.",
    "templates": "Learn which lines a site repeats, and take them out.",
}


class _Commands(click.Group):
    """The commands, of which only the one that is asked for is loaded."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the commands in the order in which they are of use."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"cleancorpus.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        f"Exit codes: 0 done; {FINDINGS} findings, for diff and --check; {USAGE} usage; {NOTHING_READ} nothing could "
        f"be read; {FAILED_INPUTS} done, but some inputs failed."
    ),
)
@click.version_option(package_name="cleancorpus")
def cleancorpus() -> None:
    """Turn scraped Chinese text into text that can be used, and keep the record of every change."""


def _told(message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None) -> str:
    """Give the line that tells of a warning; where in the program it comes from is of no use."""
    del category, filename, lineno, line
    return f"cleancorpus: {message}\n"


def main() -> None:
    """Run the command line; errors are told in one line, and the exit code says of what kind they are."""
    from cleancorpus.errors import CleancorpusError, InputError, RecordError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name or a text that the terminal cannot show must not end the job.
            stream.reconfigure(errors="backslashreplace")
    warnings.formatwarning = _told
    try:
        sys.exit(cleancorpus.main(prog_name="cleancorpus", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("cleancorpus: broken off", err=True)
        sys.exit(INTERRUPTED)
    except CleancorpusError as error:
        click.echo(f"cleancorpus: {error}", err=True)
        sys.exit(NOTHING_READ if isinstance(error, InputError | RecordError) else USAGE)
    except OSError as error:
        click.echo(f"cleancorpus: {error.filename or 'the output'}: {(error.strerror or str(error)).lower()}", err=True)
        sys.exit(USAGE)
