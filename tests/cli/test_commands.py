"""The command line: every command, what it prints and with which code it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from click.testing import CliRunner, Result

import cleancorpus
from cleancorpus.cli import cleancorpus as group
from cleancorpus.cli import main
from cleancorpus.cli.tables import counted

PARAGRAPH = "我们在山里住了三年，每天清早到河边挑水，下午到镇上的小学教书。孩子们走很远的路来上课，没有一个人迟到。"
CHROME = "当前位置:首页 > 新闻 > 正文"
PAGE = f"{CHROME}\n{PARAGRAPH}\n"


def call(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "页.txt"
    path.write_text(PAGE, encoding="gb18030")
    return path


@pytest.fixture
def finished(page: Path, tmp_path: Path) -> Path:
    out = tmp_path / "out"
    assert call("run", page, "-o", out, "-q").exit_code == 0
    return out


# -- the whole of it --------------------------------------------------------------------------------------------


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


def leave(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Call the program as a shell does; give its exit code."""
    monkeypatch.setattr(sys, "argv", ["cleancorpus", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code is None or isinstance(left.value.code, int)
    return left.value.code or 0


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


def test_a_reader_that_has_seen_enough_is_not_told_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(f'{{"text": "第{n}行"}}\n' for n in range(20_000)), encoding="utf-8")
    program = f'"{sys.executable}" -m cleancorpus clean --json --stage script "{tmp_path}/a.jsonl" | head -1'
    found = subprocess.run(["bash", "-c", program], capture_output=True, text=True)
    assert (found.stderr, len(found.stdout.splitlines())) == ("", 1)


# -- run and what follows it ------------------------------------------------------------------------------------


def test_run_prints_counts(page: Path, tmp_path: Path) -> None:
    result = call("run", page, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert "1 in = 1 kept + 0 dropped + 0 failed" in result.output
    assert "0 near-duplicate pairs, 0 copied passages" in result.output
    assert "boilerplate.breadcrumb" in result.output
    result = call("run", page, "-o", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["kept"] == 1


def test_numbers_agree_with_their_nouns() -> None:
    assert [counted(1, "copy"), counted(2000, "copy"), counted(0, "pair")] == ["1 copy", "2,000 copies", "0 pairs"]


def test_run_names_what_failed(page: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    result = call("run", page, tmp_path / "empty.txt", "-o", tmp_path / "out", "-q")
    assert result.exit_code == 4
    assert result.stdout == ""
    assert result.stderr == f"cleancorpus: {tmp_path}/empty.txt: the file is empty\n"
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.bin").write_bytes(bytes(range(256)) * 8)
    (pages / "b.jsonl").write_text('{"text": "好"}\n{"text": null}\n', encoding="utf-8")
    result = call("run", pages, "-o", tmp_path / "out3", "-q")
    first, second = result.stderr.splitlines()
    assert first.startswith(f"cleancorpus: {pages}/a.bin: this is binary data")
    assert second == f"cleancorpus: {pages}/b.jsonl:2: 'text' is null"
    result = call("run", tmp_path / "no.txt", "-o", tmp_path / "out2", "-q")
    assert result.exit_code == 3


def test_restore(finished: Path, page: Path, tmp_path: Path) -> None:
    result = call("restore", finished, "-o", tmp_path / "back")
    assert (result.exit_code, result.output) == (0, f"{page.name}: as it was\n")
    assert (tmp_path / "back" / page.name).read_bytes() == page.read_bytes()
    (finished / "clean.jsonl").write_text("", encoding="utf-8")
    assert isinstance(call("restore", finished, "-o", tmp_path / "back2").exception, cleancorpus.errors.RecordError)


def test_report(finished: Path) -> None:
    before = (finished / "report.html").read_bytes()
    (finished / "report.html").unlink()
    assert "1 in = 1 kept" in call("report", finished).output
    assert (finished / "report.html").read_bytes() == before
    assert json.loads(call("report", finished, "--json").output)["counts"]["in"] == 1


def test_explain(finished: Path, page: Path) -> None:
    result = call("explain", finished, page.name)
    assert result.exit_code == 0
    assert "boilerplate.breadcrumb" in result.output
    assert f"[-{CHROME}" in result.output
    rows = [json.loads(line) for line in call("explain", finished, page.name, "--json").output.splitlines()]
    assert rows[0]["rule"] == "boilerplate.breadcrumb"
    assert call("explain", finished, "other").exit_code == 3


# -- clean, diff, detect ----------------------------------------------------------------------------------------


def test_clean_a_file_and_standard_input(page: Path) -> None:
    for result in (
        call("clean", page),
        call("clean", stdin=page.read_bytes()),
        call("clean", "-", stdin=page.read_bytes()),
    ):
        assert result.exit_code == 0
        assert result.stdout.strip() == PARAGRAPH


def test_clean_to_files(page: Path, tmp_path: Path) -> None:
    assert call("clean", page, "-o", tmp_path / "texts").exit_code == 0
    assert (tmp_path / "texts" / page.name).read_text(encoding="utf-8").strip() == PARAGRAPH
    for name in ("x.jsonl", "x.jsonl.gz", "x.jsonl.zst", "x.jsonl.bz2", "x.parquet", "x.txt", "x.txt.gz"):
        assert call("clean", page, "-o", tmp_path / name).exit_code == 0
        rows = call("clean", tmp_path / name, "--json", "--stage", "script").stdout.splitlines()
        assert [json.loads(row)["text"].strip() for row in rows] == [PARAGRAPH]
    (tmp_path / "file").write_text("x")
    assert "is a file" in str(call("clean", page, "-o", tmp_path / "file").exception)


@pytest.mark.parametrize("command", ["clean", "dedup"])
@pytest.mark.parametrize("folder", [True, False])
def test_an_input_is_not_overwritten(command: str, folder: bool, page: Path) -> None:
    before = page.read_bytes()
    result = call(command, page, "-o", page.parent if folder else page)
    assert "is an input and would be overwritten" in str(result.exception)
    assert page.read_bytes() == before


def test_a_text_file_holds_what_standard_output_shows(page: Path, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("第二篇", encoding="utf-8")
    shown = call("clean", page, tmp_path / "b.txt").stdout
    call("clean", page, tmp_path / "b.txt", "-o", tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == shown


def test_clean_reads_lines_from_standard_input() -> None:
    line = json.dumps({"id": 5, "body": PAGE, "n": 1}).encode()
    result = call("clean", "--format", "jsonl", "--text-key", "body", "--json", stdin=line)
    row = json.loads(result.stdout)
    assert (row["id"], row["text"].strip(), row["n"]) == ("5", PARAGRAPH, 1)


def test_rows_on_standard_input_get_a_hint() -> None:
    rows = json.dumps({"text": PARAGRAPH}).encode()
    for more, told in (((), 1), (("--format", "text"), 0), (("--format", "jsonl"), 0)):
        program = [sys.executable, "-m", "cleancorpus", "clean", *more]
        found = subprocess.run(program, input=rows, capture_output=True, check=True)
        lines = found.stderr.decode().splitlines()
        assert len(lines) == told
        assert all(line.startswith("cleancorpus: -: the first line is a JSON object") for line in lines)


def test_settings_reach_the_cleaner(page: Path) -> None:
    assert call("clean", page, "--disable", "boilerplate").stdout.startswith(CHROME)
    assert "我們" in call("clean", page, "--script", "hant").stdout
    assert call("clean", page, "--stage", "mojibake").stdout.startswith(CHROME)


def test_check(page: Path, tmp_path: Path) -> None:
    result = call("clean", "--check", page)
    assert (result.exit_code, result.stdout) == (1, f"{page}\n")
    (tmp_path / "good.txt").write_text(PARAGRAPH, encoding="utf-8")
    assert call("clean", "--check", tmp_path / "good.txt").exit_code == 0


def test_diff(page: Path, tmp_path: Path) -> None:
    result = call("diff", page)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{page}:1:1: boilerplate.breadcrumb\n    [-{CHROME}")
    assert "\x1b[" not in result.stdout
    coloured = CliRunner().invoke(group, ["diff", "--color", str(page)], color=True)
    assert "\x1b[31m[-" in coloured.stdout
    (row,) = (json.loads(line) for line in call("diff", "--json", page).stdout.splitlines())
    assert PAGE[row["start"] : row["end"]] == row["before"]
    (tmp_path / "good.txt").write_text(PARAGRAPH, encoding="utf-8")
    result = call("diff", tmp_path / "good.txt")
    assert (result.exit_code, result.stdout) == (0, "")


def test_detect(page: Path, tmp_path: Path) -> None:
    result = call("detect", page)
    assert result.exit_code == 0
    assert "gb18030" in result.stdout
    row = json.loads(call("detect", "--json", page).stdout)
    assert (row["file"], row["encoding"], row["undecodable"]) == (str(page), "gb18030", [])
    (tmp_path / "x.bin").write_bytes(bytes(range(256)) * 8)
    result = call("detect", page, tmp_path / "x.bin")
    assert result.exit_code == 4
    assert "binary" in result.stderr


# -- dedup, rules -----------------------------------------------------------------------------------------------


def test_dedup(tmp_path: Path) -> None:
    for name, text in (
        ("a", PARAGRAPH),
        ("b", PARAGRAPH.replace("，", ",")),
        ("c", "夏天的傍晚，院子里总是坐满了人。"),
    ):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    result = call("dedup", tmp_path, "-o", tmp_path / "kept.jsonl", "--explain")
    assert result.exit_code == 0
    assert "3 documents, 3 passages, 1 pair; 1 copy with" in result.stdout
    assert f"a.txt:0-{len(PARAGRAPH)}  kept  {PARAGRAPH[:40]}…" in result.stdout
    assert f"  b.txt:0-{len(PARAGRAPH)}  folded  " in result.stdout
    rows = [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 2
    (pair,) = (json.loads(line) for line in call("dedup", "--json", tmp_path / "*.txt").stdout.splitlines())
    assert (pair["jaccard"], pair["kind"], pair["decisive"]) == (1.0, "folded", True)
    assert call("dedup", "--check", tmp_path / "*.txt").exit_code == 1
    assert call("dedup", "--check", tmp_path / "c.txt").exit_code == 0


def test_dedup_on_the_disk_finds_what_it_finds_in_memory(tmp_path: Path) -> None:
    rows = [{"id": f"{n}", "text": f"{PARAGRAPH}\n第{'甲乙丙丁'[n % 4]}篇自己的话，与别的不同{n}。"} for n in range(6)]
    rows += [{"id": "copy", "text": PARAGRAPH.replace("，", ",")}, {"id": "in", "text": PARAGRAPH[:30]}]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{bad\n", encoding="utf-8")
    for more in ((), ("--containment", "0.8"), ("--keep", "earliest")):
        work = tmp_path / f"work{len(more)}{more[:1]}"
        found = [
            call("dedup", source, "--threshold", "0.6", "--json", *where, *more, "-o", tmp_path / f"{name}.jsonl")
            for name, where in (("memory", ()), ("disk", ("--work", work)))
        ]
        assert found[0].exit_code == found[1].exit_code == 4
        assert found[0].stdout == found[1].stdout != ""
        assert found[0].stderr.count("in.jsonl:9") == found[1].stderr.count("in.jsonl:9") == 1
        assert (tmp_path / "memory.jsonl").read_bytes() == (tmp_path / "disk.jsonl").read_bytes()
        assert '"id": "copy"' not in (tmp_path / "disk.jsonl").read_text(encoding="utf-8")
    told = call("dedup", source, "--work", work, "--threshold", "0.6", "--keep", "earliest").stdout
    assert "8 documents" in told
    assert "drops.parquet" in told
    assert call("dedup", source, "--work", work, "--explain").exit_code == 2
    assert "other settings" in str(call("dedup", source, "--work", work).exception)


def test_dedup_gives_what_is_kept_on_standard_output(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{PARAGRAPH}\n", encoding="utf-8")
    result = call("dedup", tmp_path, "-o", "-")
    assert result.stdout == f"{PARAGRAPH}\n"
    assert "1 document kept" in result.stderr


def test_rules_are_listed_and_shown() -> None:
    listed = call("rules").stdout
    assert "boilerplate.breadcrumb" in listed
    shown = call("rules", "boilerplate.breadcrumb").stdout
    assert "why: " in shown
    assert "acts on: " in shown
    rows: list[dict[str, Any]] = [json.loads(line) for line in call("rules", "--json").stdout.splitlines()]
    assert len(rows) == len({row["id"] for row in rows}) > 20
    assert {row["id"].partition(".")[0] for row in rows} >= {"mojibake", "boilerplate", "script", "neardup", "cleaner"}
    assert call("rules", "boilerplate", "--markdown").stdout.startswith("# The rules")


def test_rules_of_a_user(tmp_path: Path) -> None:
    pytest.importorskip("re2")
    path = tmp_path / "own.toml"
    path.write_text('[[rule]]\nid = "own.line"\nline = "本站.*"\nwhy = "Ours."\n', encoding="utf-8")
    assert "own.line" in call("rules", "--rules", path).stdout
    path.write_text('[[rule]]\nid = "own.line"\nline = "(x)\\\\1"\nwhy = "Ours."\n', encoding="utf-8")
    assert "linear-time" in str(call("rules", "--rules", path).exception)


# -- templates --------------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Give a file of pages of one site, each with a body of its own and two lines that no rule knows."""
    bodies = [f"{PARAGRAPH}第{number}年的{chr(0x4E00 + 37 * number)}花开了。" for number in range(40)]
    rows = [
        {"id": number, "url": f"https://a.example/{number}", "text": f"绿野仙踪读书小屋\n{body}\n风铃草甸茶话之家\n"}
        for number, body in enumerate(bodies)
    ]
    path = tmp_path / "site.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_templates_are_learned_shown_and_applied(site: Path, tmp_path: Path) -> None:
    learned = tmp_path / "templates.tsv"
    result = call("templates", "learn", site, "-o", learned)
    assert (result.exit_code, result.stderr) == (0, "")
    shown = call("templates", "show", learned, "--site", "a.example").stdout
    assert "绿野仙踪读书小屋" in shown
    assert "风铃草甸茶话之家" in shown
    assert call("clean", site).stdout.count("绿野仙踪读书小屋") == 40
    after = call("templates", "apply", learned, site).stdout
    assert "绿野仙踪读书小屋" not in after
    assert after.count(PARAGRAPH) == 40
    assert call("clean", "--templates", learned, site).stdout == after


def test_a_site_can_be_named(site: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in site.read_text(encoding="utf-8").splitlines()[:12]]
    (tmp_path / "pages").mkdir()
    for row in rows:
        (tmp_path / "pages" / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")
    learned = tmp_path / "templates.tsv"
    pages = tmp_path / "pages"
    assert call("templates", "learn", pages, "-o", learned, "--site", "b.example").exit_code == 0
    assert "b.example: on 12 of 12 pages" in call("templates", "show", learned).stdout
    assert "绿野仙踪" in call("clean", pages, "--templates", learned).stdout
    assert "绿野仙踪" not in call("clean", pages, "--templates", learned, "--site", "b.example").stdout
    call("run", pages, "-o", tmp_path / "out", "-q", "--templates", learned, "--site", "b.example")
    assert "绿野仙踪" not in (tmp_path / "out" / "clean.jsonl").read_text(encoding="utf-8")


def test_templates_are_not_learned_from_what_is_read_once(tmp_path: Path) -> None:
    assert "read once only" in str(call("templates", "learn", "-", "-o", tmp_path / "x").exception)
    result = call("templates", "learn", tmp_path / "none.txt", "-o", tmp_path / "x", "-q")
    assert result.exit_code == 3


@pytest.mark.parametrize("place", ["-", "页.txt"])
def test_a_run_is_written_to_a_folder_only(
    page: Path, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("run", page, "-o", place)
    assert result.exit_code == 2
    assert "folder" in result.output or "is a file" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["页.txt"]
