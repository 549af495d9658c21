"""The report as one page of HTML, which needs nothing beside it and is the same for the same run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from cleancorpus.document import Document
from cleancorpus.report.changes import Piece, pieces_of
from cleancorpus.report.marks import visible

if TYPE_CHECKING:
    from jinja2 import Template

# A page of some megabytes still opens at once; what is beyond stands in the record.
MOST_DOCUMENTS = 100
MOST_PAIRS = 200
MOST_ROWS = 200
_MOST_PIECES = 300
_MOST_CHARACTERS = 1000
_CONTEXT = 60

_KINDS = {
    "same": "character by character",
    "folded": "but for script, marks, blanks, numbers or spun words",
    "near": "most of its shingles",
    "contained": "for the greater part inside a longer passage",
}


@dataclass(frozen=True)
class Shown:
    """One document on the page: its pieces, and how many are left out."""

    document: Document
    pieces: Sequence[Piece]
    more: bool

    @classmethod
    def of(cls, document: Document) -> Shown:
        """Take as much of a document as a page holds."""
        pieces = [_short(piece) for piece in islice(pieces_of(document, _CONTEXT), _MOST_PIECES + 1)]
        return cls(document, pieces[:_MOST_PIECES], len(pieces) > _MOST_PIECES)


def _short(piece: Piece) -> Piece:
    """Leave out the middle of a long piece, and say how much that is."""
    over = len(piece.text) - _MOST_CHARACTERS
    if over <= 0:
        return piece
    half = _MOST_CHARACTERS // 2
    return piece._replace(text=f"{piece.text[:half]} … {over:,} more … {piece.text[-half:]}")


def render(summary: Mapping[str, Any], documents: Iterable[Document], pairs: Sequence[Mapping[str, Any]]) -> str:
    """Give the page.

    ``summary`` is what ``run.json`` holds; of ``documents`` the first that were changed or flagged are shown,
    and of ``pairs`` (rows of ``duplicates.jsonl``) all that are given.
    """
    touched = (document for document in documents if document.history or document.flags)
    shown = [Shown.of(document) for document in islice(touched, MOST_DOCUMENTS)]
    return _template().render(
        summary=summary,
        counts=summary["counts"],
        stages=_by_stage(summary["rules"]),
        shown=shown,
        pairs=pairs[:MOST_PAIRS],
        clusters=_clusters(summary["duplicates"]),
        kinds=_KINDS,
        sites=_rates(summary["duplicates"].get("by_site", {}), _MOST_SITES),
        rules=_rates(summary["duplicates"].get("by_rule", {}), _MOST_RULES),
        most_documents=MOST_DOCUMENTS,
        most_rows=MOST_ROWS,
    )


# Sizes of clusters that are told together: up to and with the second number.
_SIZES = ((2, 2), (3, 3), (4, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, 999), (1000, None))
_MOST_SITES = 20
_MOST_RULES = 30


def _clusters(duplicates: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the clusters by size: how many there are, the copies in them, and the share of all copies."""
    sizes = [(int(size), count) for size, count in duplicates.get("cluster_sizes", {}).items()]
    copies = sum((size - 1) * count for size, count in sizes)
    rows = []
    for least, most in _SIZES:
        own = [(size, count) for size, count in sizes if least <= size and (most is None or size <= most)]
        if own:
            name = str(least) if most == least else (f"{least:,} and more" if most is None else f"{least}–{most}")
            gone = sum((size - 1) * count for size, count in own)
            rows.append({"size": name, "clusters": sum(n for _, n in own), "copies": gone, "share": gone / copies})
    return rows


def _rates(shares: Mapping[str, Mapping[str, Any]], most: int) -> list[tuple[str, Mapping[str, Any]]]:
    """Give those from which most characters were copies, each with its counts."""
    ordered = sorted(shares.items(), key=lambda item: (-item[1]["dropped_characters"], -item[1]["characters"], item[0]))
    return ordered[:most]


def _by_stage(rules: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Add up the rules of each stage."""
    stages: dict[str, dict[str, Any]] = {}
    for id, rule in rules.items():
        stage = stages.setdefault(id.partition(".")[0], {"edits": 0, "flags": 0, "removed": 0, "added": 0})
        for key in stage:
            stage[key] += rule[key]
    return stages


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cleancorpus.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["percent"] = lambda value: f"{100 * value:.2f} %"
    environment.filters["visible"] = lambda text: visible(text, one_line=False)
    return environment.get_template("report.html.jinja")
