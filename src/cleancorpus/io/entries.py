"""What readers give: one entry a document, with all that is needed to put its input together again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cleancorpus.document import Failure, Item
from cleancorpus.errors import SettingsError
from cleancorpus.io.sources import Source

TEXT_KEYS = ("text", "content", "raw_content")
ID_KEYS = ("id",)
URL_KEY = "url"
_KEYS_TOLD = 8


@dataclass(frozen=True)
class Keys:
    """Under which keys a row has its text and its id; by default the first of the usual ones that it has."""

    text: str | None = None
    id: str | None = None

    def text_key(self, row: Mapping[str, Any]) -> str | None:
        """Give the key of a row's text, or ``None``."""
        return next((key for key in self.text_keys if key in row), None)

    def id_key(self, row: Mapping[str, Any]) -> str | None:
        """Give the key of a row's id, or ``None``."""
        return next((key for key in self.id_keys if row.get(key) is not None), None)

    @property
    def text_keys(self) -> tuple[str, ...]:
        """The keys that may hold the text, the preferred one first."""
        return TEXT_KEYS if self.text is None else (self.text,)

    @property
    def id_keys(self) -> tuple[str, ...]:
        """The keys that may hold the id."""
        return ID_KEYS if self.id is None else (self.id,)

    def missing_in(self, keys: Iterable[str]) -> str:
        """Say that there is no text under any of a row's keys, which these are, and what to do."""
        wanted = ", ".join(repr(key) for key in self.text_keys)
        first = list(islice(keys, _KEYS_TOLD + 1))
        has = ", ".join([*first[:_KEYS_TOLD], *(["…"] if len(first) > _KEYS_TOLD else [])]) or "none"
        return f"there is no text under {wanted}; name its key with --text-key (it has {has})"


@dataclass(frozen=True)
class Frame:
    """What stood around a text in its line of JSON; ``ascii`` says that the text was written with escapes."""

    before: bytes
    after: bytes
    ascii: bool

    @classmethod
    def around(cls, text: str, line: bytes) -> Frame | None:
        """Find the text in its line; ``None`` where it was written as this library would not write it."""
        for ascii_only in (False, True):
            literal = json_literal(text, ascii_only)
            at = line.find(literal)
            if at >= 0:
                return cls(line[:at], line[at + len(literal) :], ascii_only)
        return None

    def line(self, text: str) -> bytes:
        """Give the line with the text in it."""
        return self.before + json_literal(text, self.ascii) + self.after


def json_literal(text: str, ascii_only: bool) -> bytes:
    """Give a text as a JSON string, with all that is not ASCII escaped or with lone surrogates alone."""
    return json.dumps(text, ensure_ascii=ascii_only).encode("utf-8", "backslashreplace")


@dataclass(frozen=True)
class Entry:
    """One document as it was read, or the reason why it could not be.

    ``data`` is its text or its bytes, ``None`` where nothing could be read; with a ``failure`` it is what was
    read all the same.  ``place`` is its line or row in the source, from 1, or its offset in a WARC file, or ``None``
    where the source is one document; ``site`` is the host that it is from where it has no url, and ``declared``
    the encoding label that came with it.  ``fields`` are the other fields of its
    row; ``frame`` is what stood around it in its line, and ``line`` the whole line where that would not give it
    back.
    """

    source: Source
    id: str
    data: str | bytes | None
    place: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    frame: Frame | None = None
    line: bytes | None = None
    failure: Failure | None = None
    site: str | None = None
    declared: str | None = None

    @property
    def where(self) -> str:
        """How messages call the place: the file, and the line or row in it."""
        return self.source.place if self.place is None else f"{self.source.place}:{self.place}"

    @property
    def item(self) -> Item:
        """The entry as a cleaner takes it; raises ``SettingsError`` where there is nothing to clean."""
        if self.data is None:
            raise SettingsError(f"{self.where} could not be read")
        url = self.fields.get(URL_KEY)
        if not isinstance(url, str):
            url = None if self.site is None else f"//{self.site}/"
        return Item(self.data, self.id, self.declared, url)
