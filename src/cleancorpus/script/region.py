"""Which region's traditional text a document is in: Taiwan's or Hong Kong's, by its forms and its words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from cleancorpus.script.dictionary import Dictionary, candidate_table
from cleancorpus.script.forms import regional_forms
from cleancorpus.script.identify import identify
from cleancorpus.script.phrases import LONGEST, Mask, PhraseTable
from cleancorpus.script.record import cut_mask
from cleancorpus.text import Positions, TextBatch

Region = Literal["TW", "HK"]

_BOTH: dict[Region, tuple[Region, Region]] = {"TW": ("TW", "HK"), "HK": ("HK", "TW")}
SHORTEST_WORD = 3

# A region is named when its evidence is that many times the other's, and that share of the ideographs.  By
# benchmarks/script_quality.py, Taiwan's statutes have 0.0006 and a translated manual 0.012, mainland documentation
# that was converted by s2t 0.0001, by s2tw 0.0016, by s2hk 0.0043.
LEAD, SHARE = 3, 0.0003


@dataclass(frozen=True)
class Regions:
    """Evidence for regions, one entry a document: ``tw`` and ``hk``, their forms and words, of ``han`` ideographs.

    All are ``int64``.
    """

    tw: Positions
    hk: Positions
    han: Positions

    def labels(self) -> list[Region | None]:
        """Give each document's region, ``None`` where it is simplified or nothing tells."""
        enough = np.maximum(SHARE * self.han, 1)
        tw = (self.tw >= enough) & (self.tw >= LEAD * self.hk)
        hk = (self.hk >= enough) & (self.hk >= LEAD * self.tw)
        return ["TW" if taiwan else "HK" if hong_kong else None for taiwan, hong_kong in zip(tw, hk, strict=True)]


def identify_region(batch: TextBatch) -> Regions:
    """Tell which region's traditional text each document of a batch is in.

    >>> from cleancorpus.text import TextBatch
    >>> identify_region(TextBatch.from_texts(["這裡的網路軟體", "為何説他閲讀", "这里的软件"])).labels()
    ['TW', 'HK', None]
    """
    scripts = identify(batch)
    counts = []
    for region in _BOTH:
        forms, words = _evidence(region)
        at_forms = np.flatnonzero(forms.take(batch.codepoints.astype(np.int64), mode="clip"))
        at_words = words.find_all(batch.codepoints, cut_mask(batch, batch.offsets[1:-1])).start
        found = np.concatenate([at_forms, at_words])
        number = np.bincount(batch.document_of(found), minlength=len(batch))
        counts.append(np.where(scripts.hant > scripts.hans, number, 0))
    taiwan, hong_kong = counts
    return Regions(taiwan, hong_kong, scripts.han)


@cache
def _evidence(region: Region) -> tuple[Mask, PhraseTable]:
    """Give the forms that only a region has, by code point, and the words that only it uses."""
    forms, _ = regional_forms(_BOTH[region][1])
    table = np.zeros(int(forms.max()) + 2, dtype=bool)
    table[forms] = True
    own, other = (
        {value for values in candidate_table(f"{name}Phrases").values() for value in values} for name in _BOTH[region]
    )
    # Words of two characters (執行, 建立) are mostly said everywhere, only less often.
    words = {word: word for word in own - other if SHORTEST_WORD <= len(word) <= LONGEST}
    return table, PhraseTable([Dictionary.of(words, region)])
