"""Turns Chinese web text as it is really scraped into text that can be used, and keeps the record of it.

>>> import cleancorpus as cc
>>> cc.clean("經(jīng)濟發(fā)展需要更多的網(wǎng)絡(luò )建設。").text
'經濟發展需要更多的網絡建設。'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleancorpus.cleaner import Cleaner, Input
    from cleancorpus.document import Document, Edit, Flag, Item
    from cleancorpus.edits import Edits
    from cleancorpus.encoding.decoding import Decoding
    from cleancorpus.neardup import DuplicateIndex, DuplicateReport
    from cleancorpus.rules import Rule
    from cleancorpus.settings import Level, Settings, Target
    from cleancorpus.text import TextBatch

__version__ = "0.1.0"

# Names that are given from here and loaded when first asked for, so that the import stays quick.
_HOMES = {
    "Cleaner": "cleaner",
    "Settings": "settings",
    "Document": "document",
    "Edit": "document",
    "Flag": "document",
    "Item": "document",
    "Edits": "edits",
    "Decoding": "encoding.decoding",
    "DuplicateIndex": "neardup",
    "DuplicateReport": "neardup",
    "Rule": "rules",
    "TextBatch": "text",
}

__all__ = [
    "Cleaner",
    "Decoding",
    "Document",
    "DuplicateIndex",
    "DuplicateReport",
    "Edit",
    "Edits",
    "Flag",
    "Item",
    "Rule",
    "Settings",
    "TextBatch",
    "clean",
    "clean_many",
    "convert",
    "decode",
    "near_duplicates",
    "repair",
    "strip_boilerplate",
    "unify",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"cleancorpus.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'cleancorpus' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the names that are loaded when first asked for, too."""
    return sorted({*globals(), *__all__})


def _cleaner_for(options: dict[str, Any]) -> Cleaner:
    from cleancorpus.cleaner import cleaner_of
    from cleancorpus.settings import settings_from

    return cleaner_of(settings_from(options))


def clean(data: Input, **options: Any) -> Document:
    """Clean one text, or the bytes of one, with all stages.

    ``options`` are those of ``Settings``: ``level="main-content"``, ``script="hans"``, ``enable=…`` and so on.
    Raises ``DecodeError`` for bytes that are no text, ``SettingsError`` for an option that does not exist,
    and ``CleancorpusError`` where a stage fails.
    """
    return _cleaner_for(options).clean(data)


def clean_many(items: Iterable[Input], *, workers: int = 1, **options: Any) -> Iterator[Document]:
    """Clean a stream of texts, bytes, ``(id, data)`` pairs or ``Item``: order kept, memory bounded.

    A document that fails comes out as it came, with ``failure`` set; see ``clean`` for ``options``.
    """
    return _cleaner_for(options).clean_many(items, workers=workers)


def decode(data: bytes, declared: str | None = None) -> Decoding:
    """Turn bytes into text: the text, its encoding, how sure that is, and where it changes.

    ``declared`` is a label that came with the bytes; it is evidence, and never believed against them.
    Raises ``DecodeError`` for bytes that are no text, ``InputError`` for what are no bytes.
    """
    from cleancorpus.encoding import decode as decode_bytes
    from cleancorpus.errors import InputError

    if not isinstance(data, bytes | bytearray | memoryview):
        raise InputError(f"cannot decode {type(data).__name__}; give bytes, as a file opened with 'rb' has them")
    return decode_bytes(bytes(data), declared=declared)


def repair(text: str | bytes, **options: Any) -> Document:
    """Undo what transcoding and converters did to a text, where the truth can be known; flag the rest."""
    return clean(text, **options, stages=("mojibake",), html="never")


def strip_boilerplate(text: str | bytes, level: Level = "conservative", **options: Any) -> Document:
    """Take page chrome out of a text: what is surely chrome, or all but the main text (``main-content``)."""
    return clean(text, **options, stages=("boilerplate",), level=level)


def unify(text: str | bytes, target: Target, **options: Any) -> Document:
    """Bring a text to one script (``hans``, ``hant``, ``tw``, ``hk``), mixed and converted text included."""
    return clean(text, **options, stages=("script",), script=target, html="never")


def convert(text: str, chain: str, backend: str = "cleancorpus", words: Mapping[str, str] | None = None) -> Document:
    """Convert a text by an OpenCC chain (``t2s``, ``s2twp`` …), exactly as OpenCC does.

    ``words`` is a dictionary of one's own, which goes before the chain's; ``backend="opencc"`` asks the
    installed module of that name instead.

    Unlike the stages this is not idempotent, as OpenCC's chains are not; to make a corpus uniform, use
    ``unify``.  Raises ``SettingsError`` for a chain or backend that does not exist.
    """
    from cleancorpus.cleaner import convert_text

    return convert_text(text, chain, backend, words)


def near_duplicates(
    items: Iterable[Any], threshold: float = 0.8, unit: str = "passage", **options: Any
) -> DuplicateReport:
    """Find the near-duplicates among texts, ``(id, text)`` pairs or Documents; every pair is verified.

    ``unit`` is ``passage`` or ``document``; ``threshold`` the least Jaccard similarity that counts.
    The report has ``pairs``, ``clusters`` and ``keep``.
    """
    from cleancorpus.neardup import near_duplicates as find

    return find(items, threshold=threshold, unit=unit, **options)
