"""The library as a step of other frameworks: one module each, all of them over ``adapters.arrow``.

Every module has the same three names: ``clean`` gives cleaned texts, ``tag`` leaves the texts alone and gives
what would be done to them, ``near_duplicates`` gives verified pairs.  Importing one needs its framework, which
the extra of its name installs.  ``dolma`` is a form of text and has ``tag`` only.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from cleancorpus.errors import MissingDependency

_EXTRAS = ("datasets", "datatrove", "polars", "spark")


def __getattr__(name: str) -> ModuleType:
    """Import an adapter that needs an extra; raises ``MissingDependency`` that names it where it is not installed."""
    if name not in _EXTRAS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise MissingDependency(f"{error.name} is not installed: pip install 'cleancorpus[{name}]'") from error
