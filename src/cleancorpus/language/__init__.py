"""A compact character model of Chinese, in either script: how likely a run of characters is.

Characters are folded to symbols (traditional forms to simplified ones, full-width forms to ordinary ones,
digits, kana and other foreign letters to a few classes), and the model knows how often a symbol follows
another.  A batch is scored by array passes; choosing among candidates for one lost character asks more of it.
How the tables were made, from which texts, and how well they do is told in ``docs/language.md``;
``tools/build_language_model.py`` makes them.
"""

from cleancorpus.language.model import CharacterModel, load_model
from cleancorpus.language.pairs import BOUNDARY, UNSEEN

__all__ = ["BOUNDARY", "UNSEEN", "CharacterModel", "load_model"]
