"""Variant forms: characters that have a standard form in the same script, put in that form."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

import numpy as np

from cleancorpus.edits import Edits
from cleancorpus.script.dictionary import candidate_table, load_dictionary
from cleancorpus.script.identify import identify
from cleancorpus.script.record import changed_runs
from cleancorpus.text import Codepoints, TextBatch

VARIANT = "script.variant-form"


def variant_edits(batch: TextBatch) -> Edits:
    """Give the edits that put variant forms (異體) in the standard one of their document's major script.

    Compatibility ideographs too; a document in which neither script leads is left.
    """
    points, scripts = batch.codepoints.copy(), identify(batch)
    for chosen, (forms, standard) in (
        (scripts.hans > scripts.hant, _variants("Hans")),
        (scripts.hant > scripts.hans, _variants("Hant")),
    ):
        inside = np.repeat(chosen, batch.lengths)
        at = np.minimum(np.searchsorted(forms, batch.codepoints), len(forms) - 1)
        places = np.flatnonzero((forms[at] == batch.codepoints) & inside)
        points[places] = standard[at[places]]
    return changed_runs(batch, points, np.zeros(len(points), dtype=np.int8), (VARIANT,))


@cache
def _variants(script: str) -> tuple[Codepoints, Codepoints]:
    """Give the variant forms of a script, sorted, and the standard form of each (``uint32`` each)."""
    pairs = {ord(form): ord(standard) for form, standard in _pairs(script) if form != standard}
    compatibility = load_dictionary("CJK_Compatibility_Ideographs")
    pairs |= dict(zip(compatibility.keys.codepoints.tolist(), compatibility.values.codepoints.tolist(), strict=True))
    forms = sorted(pairs)
    # A compatibility ideograph may stand for a form that is itself a variant.
    standard = [pairs.get(pairs[form], pairs[form]) for form in forms]
    return np.array(forms, dtype=np.uint32), np.array(standard, dtype=np.uint32)


def _pairs(script: str) -> Iterator[tuple[str, str]]:
    to_traditional, regional = candidate_table("STCharacters"), candidate_table("TWVariants")
    for standard, forms in groups():
        if script == "Hans":
            yield from ((form, standard) for form in forms)
            continue
        several = to_traditional.get(standard, (standard,))
        if standard in several:
            yield from ((form, standard) for form in forms)
        elif len(several) == 1:
            traditional = regional.get(several[0], several)[0]
            yield from ((form, traditional) for form in forms)


def groups() -> list[tuple[str, str]]:
    """Give the rows of the table: a standard character of simplified text, and its variant forms."""
    path = resources.files("cleancorpus").joinpath("data", "script", "variants.tsv")
    rows = path.read_bytes().decode("utf-8").splitlines()
    return [(standard, forms) for standard, forms in (row.split("\t") for row in rows if not row.startswith("#"))]
