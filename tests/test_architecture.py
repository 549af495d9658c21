"""The cut of the library: imports point one way, families do not know each other, the import is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cleancorpus

SOURCE = Path(cleancorpus.__file__).parent

# Lowest first; a module imports only from its own line or from those above it.
LAYERS = [
    "errors",
    "text",
    "edits",
    "composition",
    "fold",
    "language",
    "encoding",
    "document",
    "rules",
    "stage",
    "mojibake boilerplate script neardup",
    "engine",
    "settings",
    "ledger",
    "workers",
    "cleaner",
    "report",
    "io",
    "adapters",
    "cli",
]
FAMILIES = {"encoding", "mojibake", "boilerplate", "script", "neardup"}
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names.split()}
FOREIGN_AT_IMPORT = {
    "pyarrow", "duckdb", "datasketch", "polars", "datasets", "datatrove", "pyspark", "resiliparse",
    "fastwarc", "re2", "opencc", "jinja2",
}  # fmt: skip


def parts() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*.py")):
        part = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if part not in ("__init__", "__main__"):
            yield part, path


def project_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("cleancorpus"):
            if node.module == "cleancorpus":
                yield from (alias.name for alias in node.names)
            else:
                yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("cleancorpus."))


def test_every_part_has_its_layer() -> None:
    assert {part for part, _ in parts()} <= set(HEIGHT) | {"data"}


def test_imports_point_up_the_list_only() -> None:
    wrong = []
    for part, path in parts():
        for imported in project_imports(ast.parse(path.read_text(encoding="utf-8"))):
            known = HEIGHT.get(imported)
            if imported != part and known is not None and known >= HEIGHT[part] and part not in ("adapters",):
                wrong.append(f"{path.relative_to(SOURCE)} imports {imported}")
    assert wrong == []


def test_families_do_not_import_each_other() -> None:
    wrong = [
        f"{path.relative_to(SOURCE)} imports {imported}"
        for part, path in parts()
        if part in FAMILIES - {"encoding"}
        for imported in project_imports(ast.parse(path.read_text(encoding="utf-8")))
        if imported in FAMILIES - {part}
    ]
    assert wrong == []


def test_heavy_packages_are_imported_when_used() -> None:
    wrong = []
    for part, path in parts():
        if part == "adapters":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{path.relative_to(SOURCE)}: {n}" for n in names if n.split(".")[0] in FOREIGN_AT_IMPORT]
    assert wrong == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "constants"])
def test_no_module_is_named_after_nothing(name: str) -> None:
    assert list(SOURCE.rglob(f"{name}.py")) == []
    assert list(SOURCE.rglob(name)) == []


def test_importing_the_library_pulls_in_nothing_heavy() -> None:
    code = "import sys, cleancorpus; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert FOREIGN_AT_IMPORT.isdisjoint(loaded)
