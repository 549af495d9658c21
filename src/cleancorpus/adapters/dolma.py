"""dolma: what cleaning would do as attributes, one JSON object a document beside the documents as they are.

The form is that of dolma's taggers (`docs/data-format.md` of its repository): spans with a score under a name an
attribute.  Nothing of dolma is imported.  A span says what should go or be replaced; with an empty replacement,
dolma's mixer takes the spans of a deleting rule out.

>>> from cleancorpus.adapters import dolma
>>> list(dolma.tag([{"id": "a", "text": "京ICP备00000000号-3\\n普通的一段文字。"}]))
[{'id': 'a', 'attributes': {'cleancorpus__edit__boilerplate_icp_filing': [[0, 17, 1.0]]}}]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import tee
from typing import Any

from cleancorpus.adapters import arrow
from cleancorpus.document import Document, Item
from cleancorpus.errors import InputError

Span = list[int | float]

_NO_NAME = re.compile(r"\W")


def tag(
    rows: Iterable[Mapping[str, Any]], *, experiment: str = "cleancorpus", **options: Any
) -> Iterator[dict[str, Any]]:
    """Give the attributes of dolma documents, a row each and in their order: ``id``, ``source`` and spans.

    ``options`` are those of ``cleancorpus.clean``; pages of HTML are taken as text, so that spans are places in
    ``text``.  Raises ``InputError`` for a row without ``id`` or ``text``.
    """
    items, known = tee(map(_checked, rows))
    cleaner = arrow.cleaner_for(None, {"html": "never", **options})
    documents = cleaner.clean_many(Item(row["text"], str(row["id"]), url=row.get("url")) for row in items)
    for row, document in zip(known, documents, strict=True):
        yield attributes(document, id=row["id"], source=row.get("source"), experiment=experiment)


def _checked(row: Mapping[str, Any]) -> Mapping[str, Any]:
    missing = [key for key in ("id", "text") if key not in row]
    if missing:
        raise InputError(f"a dolma document has an id and a text; one with the keys {list(row)} lacks {missing[0]!r}")
    return row


def attributes(
    document: Document | None, *, id: object, source: object = None, experiment: str = "cleancorpus"
) -> dict[str, Any]:
    """Give one document's row of attributes; ``None``, a document that failed, has none but keeps its row.

    Names are ``experiment__edit__rule`` (score 1) and ``experiment__flag__rule`` (the flag's score), with ``_``
    for what is no letter; spans count code points of the text that came in, sorted, end excluded.
    """
    found: dict[str, list[Span]] = {}
    if document is not None and document.failure is None:
        for edit in document.edits:
            found.setdefault(_name(experiment, "edit", edit.rule), []).append([edit.start, edit.end, 1.0])
        for flag in document.flags:
            found.setdefault(_name(experiment, "flag", flag.rule), []).append([flag.start, flag.end, flag.score])
    row = {"id": id} if source is None else {"id": id, "source": source}
    return {**row, "attributes": {name: sorted(spans) for name, spans in sorted(found.items())}}


def _name(experiment: str, kind: str, rule: str) -> str:
    # The mixer reads names as JSON paths, in which dots and hyphens mean something else.
    return f"{experiment}__{kind}__{_NO_NAME.sub('_', rule)}"
