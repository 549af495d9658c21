"""Items: the texts that are compared, as they are handed over, with their ids and Documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cleancorpus.document import Document
from cleancorpus.errors import InputError

Span = tuple[int, int]
Text = str | Document
Entry = Text | tuple[Any, Text]  # with or without an id, which may be of any kind that can be sorted and hashed


@dataclass(frozen=True)
class Items:
    """What was compared: ids, texts, and the Documents, where the items were such."""

    ids: Sequence[Any]
    texts: Sequence[str]
    documents: Sequence[Document | None]

    def __len__(self) -> int:
        return len(self.ids)

    def original_span(self, item: int, start: int, end: int) -> Span:
        """Give the span of the original text from which the span of the item's text was made."""
        document = self.documents[item]
        return (start, end) if document is None else document.span_to_original(start, end)


def read_items(items: Iterable[Entry]) -> Items:
    """Read texts, ``(id, text)`` pairs and Documents; raises ``InputError`` for anything else."""
    if isinstance(items, str | bytes | Document):
        kind = type(items).__name__
        raise InputError(f"near-duplicates are sought among several texts; give a list of them, not one {kind}")
    if isinstance(items, Mapping):
        raise InputError("a mapping gives its keys alone; give its .items(), which are (id, text) pairs")
    given = list(items)
    plain = [item for item in given if isinstance(item, str)]
    if len(plain) == len(given):
        return Items(range(len(plain)), plain, [None] * len(plain))
    entries = [_read_item(number, item) for number, item in enumerate(given)]
    ids, texts, documents = zip(*entries, strict=True)
    return Items(ids, texts, documents)


def with_own_ids(items: Items) -> Items:
    """Give items back; raises ``InputError`` where two have one id, as pairs and clusters name items by it."""
    if len(set(items.ids)) < len(items):
        twice = next(one for one, times in Counter(items.ids).items() if times > 1)
        raise InputError(f"the id {twice!r} is given twice; pairs and clusters name items by id: give each its own")
    return items


def _read_item(number: int, item: Entry) -> tuple[Any, str, Document | None]:
    if isinstance(item, str):
        return number, item, None
    if isinstance(item, Document):
        return number if item.id is None else item.id, item.text, item
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], Document):
        return item[0], item[1].text, item[1]
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], str):
        return item[0], item[1], None
    raise InputError(f"item {number} is no text, (id, text) pair or Document but {type(item).__name__}")
