"""The generated tables are what the tool makes of the pinned release, and the written ones are what they say."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cleancorpus.script import convert_text
from cleancorpus.script.dictionary import candidate_table, load_dictionary
from cleancorpus.script.variants import groups

DATA = Path(str(resources.files("cleancorpus"))) / "data"
TOOL = Path(__file__).parents[2] / "tools" / "build_script_tables.py"
WHEEL = os.environ.get("CLEANCORPUS_OPENCC_WHEEL")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_script_tables", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def source() -> dict[str, Any]:
    return tomllib.loads((DATA / "script" / "source.toml").read_text(encoding="utf-8"))


def tables() -> Iterator[str]:
    yield from sorted(path.stem for path in (DATA / "script" / "opencc").glob("*.tsv"))


def test_no_generated_file_was_changed_by_hand() -> None:
    listed = source()["sha256"]
    assert {Path(name).stem for name in listed if "/opencc/" in name} == set(tables())
    for name, digest in listed.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.skipif(WHEEL is None, reason="CLEANCORPUS_OPENCC_WHEEL does not name the pinned wheel")
def test_the_wheel_gives_the_files(tool: ModuleType) -> None:
    assert WHEEL is not None
    for name, text in tool.generate(Path(WHEEL)).items():
        if name != "script/source.toml":  # names the wheel of one platform
            assert (DATA / name).read_text(encoding="utf-8") == text, name


def test_another_release_is_refused(tool: ModuleType) -> None:
    with pytest.raises(ValueError, match="pinned"):
        tool.generate(Path("opencc-1.1.9-cp311-cp311-linux_x86_64.whl"))


def test_the_fold_table_follows_from_the_dictionaries(tool: ModuleType) -> None:
    dictionaries = {name: {key: list(found) for key, found in candidate_table(name).items()} for name in tables()}
    text = tool.fold_tsv(tool.fold_table(dictionaries))
    assert (DATA / "fold" / "t2s_chars.tsv").read_text(encoding="utf-8") == text


def test_the_array_parse_reads_what_the_rows_say() -> None:
    for name in tables():
        table, rows = load_dictionary(name), candidate_table(name)
        assert table.keys.to_texts() == list(rows)
        assert table.values.to_texts() == [found[0] for found in rows.values()]
        assert table.candidates.tolist() == [len(found) for found in rows.values()]
        assert list(rows) == sorted(rows)


def test_distinct_forms_share_a_simplified_form() -> None:
    to_simplified = candidate_table("TSCharacters")
    listed = tomllib.loads((DATA / "script" / "forms.toml").read_text(encoding="utf-8"))
    for group in listed["distinct"]:
        shared = set.intersection(*({*to_simplified.get(form, (form,))} for form in group))
        assert shared, group


def test_a_variant_is_in_one_group_and_no_standard() -> None:
    forms = [form for _, variants in groups() for form in variants]
    assert len(forms) == len(set(forms))
    standards = {standard for standard, _ in groups()}
    assert not standards & set(forms)
    assert all(convert_text(standard, "t2s") == standard for standard in standards)
