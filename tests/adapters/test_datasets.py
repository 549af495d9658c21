"""Hugging Face datasets: several processes, and a cache that another process finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_adapters import IDS, OPTIONS, PAGES, expected, plain

datasets = pytest.importorskip("datasets", reason="the datasets extra is not installed")

from cleancorpus.adapters import datasets as step  # noqa: E402  after the check that it is there


def dataset() -> Any:
    return datasets.Dataset.from_dict({"id": IDS, "text": PAGES, "year": list(range(len(PAGES)))})


def test_two_processes_give_the_library_s_result() -> None:
    found = step.clean(dataset(), mapping={"num_proc": 2, "batch_size": 2}, **OPTIONS)
    assert [plain(row) for row in found.to_list()] == expected("clean")


_ANOTHER_RUN = """
import json, os, sys
import datasets
from cleancorpus.adapters import datasets as step
found = step.clean(datasets.load_from_disk(sys.argv[1]), script="hans")
(file,) = found.cache_files
print(json.dumps([found._fingerprint, file["filename"], os.stat(file["filename"]).st_mtime_ns, found["text"][:]]))
"""


def test_another_process_with_another_hash_seed_finds_the_cache(tmp_path: Path) -> None:
    dataset().save_to_disk(str(tmp_path / "pages"))
    runs = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", _ANOTHER_RUN, str(tmp_path / "pages")],
            env={**os.environ, "PYTHONHASHSEED": seed, "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    assert runs[0] == runs[1]
    assert runs[0][-1] == [row["text"] for row in expected("clean")]


def test_other_settings_have_another_fingerprint() -> None:
    pages = dataset()
    prints = {step.clean(pages, script=script)._fingerprint for script in ("keep", "hans", "hant")}
    prints.add(step.tag(pages, script="hans")._fingerprint)
    assert len(prints) == 4
