"""Settings of the whole suite: Hypothesis profiles, and where the shared evaluation data is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "fast", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_eval() -> Path:
    """Give the folder of shared evaluation data; skips the test where it is absent."""
    folder = SHARED / "eval"
    if not folder.is_dir():
        pytest.skip("the shared evaluation data is not beside the project")
    return folder
