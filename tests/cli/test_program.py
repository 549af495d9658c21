"""The program as a whole: help, choices, and the codes with which it leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import click
import pytest

import cleancorpus
from cleancorpus.cli import cleancorpus as group
from cleancorpus.cli import main
from tests.cli.calls import call, leave


def test_help_names_every_command_and_loads_none() -> None:
    code = (
        "import sys; sys.argv = ['cleancorpus', '--help']\n"
        "from cleancorpus.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pyarrow', 'jinja2', 'rich', 'duckdb'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "heavy: []" in found
    for name in group.list_commands(click.Context(group)):
        assert f"  {name} " in found


def test_every_command_has_help() -> None:
    for name in group.list_commands(click.Context(group)):
        result = call(name, "--help")
        assert result.exit_code == 0, name
        assert "Usage:" in result.output


def test_choices_are_those_of_the_library() -> None:
    from cleancorpus.cli.clean import command
    from cleancorpus.io.sources import FORMATS
    from cleancorpus.settings import Level, Settings, Target

    choices = {option.name: option.type.choices for option in command.params if isinstance(option.type, click.Choice)}
    assert tuple(choices["format"]) == FORMATS
    assert tuple(choices["level"]) == get_args(Level)
    assert tuple(choices["script"]) == get_args(Target)
    defaults = {option.name: option.default for option in command.params}
    settings = Settings()
    assert (defaults["level"], defaults["script"], defaults["html"]) == (settings.level, settings.script, settings.html)


def test_version_and_module() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "cleancorpus", "--version"], capture_output=True, text=True, check=True
    )
    assert cleancorpus.__version__ in found.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["run"],
        ["run", "x"],
        ["clean", "--level", "hard", "-"],
        ["rules", "no.such-rule"],
        ["clean", "--disable", "no.such-rule", "-"],
        ["clean", "--stage", "nonsense", "-"],
        ["clean", "--rules", "no/such.toml", "-"],
        ["clean", "--templates", "no/such.tsv", "-"],
        ["diff", "--context", "-1", "-"],
        ["detect", "--declared", "no-such-encoding", "-"],
    ],
)
def test_wrong_use_leaves_with_2(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["cleancorpus", *arguments])
    monkeypatch.setattr(sys, "stdin", open("/dev/null"))  # noqa: SIM115, PTH123  closed with the process
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert capsys.readouterr().err


def test_the_codes_with_which_the_program_leaves(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(monkeypatch, "--help") == 0
    assert leave(monkeypatch, "clean", page) == 0
    assert leave(monkeypatch, "diff", page) == 1
    assert leave(monkeypatch, "clean", page, "-o", page) == 2
    assert leave(monkeypatch, "restore", tmp_path, "-o", tmp_path / "x") == 3
    assert "holds no finished run" in capsys.readouterr().err
    assert leave(monkeypatch, "clean", page, tmp_path / "none") == 4
    (tmp_path / "file").write_text("x")
    assert leave(monkeypatch, "run", page, "-o", tmp_path / "file" / "x") == 2
    assert "not a directory" in capsys.readouterr().err

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cleancorpus.io.run.run", interrupt)
    assert leave(monkeypatch, "run", page, "-o", tmp_path / "out") == 130
    assert "the same command goes on from there" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_not_told_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(f'{{"text": "第{n}行"}}\n' for n in range(20_000)), encoding="utf-8")
    program = f'"{sys.executable}" -m cleancorpus clean --json --stage script "{tmp_path}/a.jsonl" | head -1'
    found = subprocess.run(["bash", "-c", program], capture_output=True, text=True)
    assert (found.stderr, len(found.stdout.splitlines())) == ("", 1)
