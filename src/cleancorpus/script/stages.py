"""The stage that converts along one chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from cleancorpus.errors import SettingsError
from cleancorpus.rules import Rule, load_rules
from cleancorpus.script.backends import convert_by_opencc, opencc_converter
from cleancorpus.script.chains import chain_problem
from cleancorpus.script.convert import convert_batch, user_words
from cleancorpus.stage import Context, Proposal
from cleancorpus.text import TextBatch

Backend = Literal["cleancorpus", "opencc"]

RULES: tuple[Rule, ...] = load_rules("script/rules.toml")


class Convert:
    """A stage that converts along an OpenCC chain, exactly, whatever the text is: ``Convert("s2twp")``.

    ``words`` is a user's dictionary on top of the chain's (not with another backend); ``backend`` is
    ``cleancorpus`` or ``opencc``, the installed module of that name.  Conversion is not idempotent (OpenCC's
    ``s2t`` makes 幹擾 of 干擾): run it once, or use ``Unify``.
    Raises ``SettingsError`` for an unknown chain or backend, ``MissingDependency`` where the backend is missing.
    """

    name = "convert"
    rules = RULES

    def __init__(
        self, chain: str = "t2s", *, words: Mapping[str, str] | None = None, backend: str = "cleancorpus"
    ) -> None:
        if backend not in get_args(Backend):
            raise SettingsError(f"backend is {backend!r}; it may be {', '.join(get_args(Backend))}")
        chain_problem(chain)
        if backend == "opencc":
            if words:
                raise SettingsError("the backend opencc takes no words of the user's")
            opencc_converter(chain)
        self.chain = chain
        self.backend = backend
        self._words = user_words(words or {})

    def propose(self, batch: TextBatch, context: Context) -> Proposal:
        """Give the chain's edits of a batch."""
        del context
        if self.backend == "opencc":
            return Proposal(convert_by_opencc(batch, self.chain))
        return Proposal(convert_batch(batch, self.chain, words=self._words))
