"""Chinese script: which one a text is in, conversion along OpenCC's chains, and unifying to one script."""

from cleancorpus.script.chains import chain_names
from cleancorpus.script.convert import alternatives, convert_batch, convert_text, convert_texts, user_words
from cleancorpus.script.identify import Scripts, identify
from cleancorpus.script.region import Regions, identify_region
from cleancorpus.script.stages import RULES, Convert, Unify

__all__ = [
    "RULES",
    "Convert",
    "Regions",
    "Scripts",
    "Unify",
    "alternatives",
    "chain_names",
    "convert_batch",
    "convert_text",
    "convert_texts",
    "identify",
    "identify_region",
    "user_words",
]
