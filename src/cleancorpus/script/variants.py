"""Variant forms: characters that have a standard form in the same script, put in that form."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

import numpy as np

from cleancorpus.edits import Edits
from cleancorpus.script.dictionary import candidate_table, load_dictionary
from cleancorpus.script.identify import identify
from cleancorpus.script.phrases import Mask
from cleancorpus.script.record import changed_runs
from cleancorpus.script.unify import REGIONS, Target, in_region
from cleancorpus.text import Codepoints, TextBatch

VARIANT = "script.variant-form"


def variant_edits(batch: TextBatch, target: Target = "keep") -> Edits:
    """Give the edits that put variant forms (異體) in the standard one of the target, compatibility ideographs too.

    Where the script is kept, the standard is that of a document's major script; a document in which neither
    script leads is left.
    """
    points = batch.codepoints.copy()
    for table, inside in _tables(batch, target):
        forms, standard = _variants(table)
        at = np.minimum(np.searchsorted(forms, batch.codepoints), len(forms) - 1)
        places = np.flatnonzero((forms[at] == batch.codepoints) & inside)
        points[places] = standard[at[places]]
    return changed_runs(batch, points, np.zeros(len(points), dtype=np.int8), (VARIANT,))


def _tables(batch: TextBatch, target: Target) -> Iterator[tuple[Target, Mask]]:
    """Give the targets whose standard counts in a batch, each with the code points for which it does."""
    if target != "keep":
        yield target, np.ones(len(batch.codepoints), dtype=bool)
        return
    scripts = identify(batch)
    yield "hans", np.repeat(scripts.hans > scripts.hant, batch.lengths)
    yield "hant", np.repeat(scripts.hant > scripts.hans, batch.lengths)


@cache
def _variants(target: Target) -> tuple[Codepoints, Codepoints]:
    """Give the variant forms of a target, sorted, and the standard form of each (``uint32`` each)."""
    pairs = {ord(form): ord(standard) for form, standard in _pairs(target) if form != standard}
    compatibility = load_dictionary("CJK_Compatibility_Ideographs")
    pairs |= dict(zip(compatibility.keys.codepoints.tolist(), compatibility.values.codepoints.tolist(), strict=True))
    forms = np.array(sorted(pairs), dtype=np.uint32)
    # A compatibility ideograph may stand for a form that is itself a variant.
    standard = np.array([pairs.get(pairs[form], pairs[form]) for form in forms.tolist()], dtype=np.uint32)
    if target in REGIONS:
        standard = in_region(standard, np.ones(len(standard) + 1, dtype=bool), REGIONS[target])
    moved = forms != standard  # what is a variant elsewhere may be this region's standard (汙 in Taiwan)
    return forms[moved], standard[moved]


def _pairs(target: Target) -> Iterator[tuple[str, str]]:
    to_traditional, regional = candidate_table("STCharacters"), candidate_table("TWVariants")
    for standard, forms in groups():
        if target == "hans":
            yield from ((form, standard) for form in forms)
            continue
        several = to_traditional.get(standard, (standard,))
        if standard in several:
            # 傑 is a variant of 杰 in simplified text only: in traditional text it is the usual form.
            yield from ((form, standard) for form in forms if form != several[0])
        elif len(several) == 1:
            traditional = regional.get(several[0], several)[0]
            yield from ((form, traditional) for form in forms)


def groups() -> list[tuple[str, str]]:
    """Give the rows of the table: a standard character of simplified text, and its variant forms."""
    path = resources.files("cleancorpus").joinpath("data", "script", "variants.tsv")
    rows = path.read_bytes().decode("utf-8").splitlines()
    return [(standard, forms) for standard, forms in (row.split("\t") for row in rows if not row.startswith("#"))]
