"""Names of encodings: the labels of the WHATWG Encoding Standard, and what declares one inside a page."""

from __future__ import annotations

import re
from functools import cache

from cleancorpus.encoding import tables

_DECLARATION_REACH = 1024  # bytes in which the HTML standard looks for a declaration
_DECLARATION = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", flags=re.I)


@cache
def _labels() -> dict[str, str]:
    return {row[0]: row[1] for row in tables.rows("labels.tsv")}


def encoding_of_label(label: str) -> str | None:
    """Give the encoding that a declared label stands for, ``None`` where no standard knows it.

    ``gb2312`` and ``gbk`` are ``gb18030``, which holds both; names are lower case, as ``TextDecoder`` gives them.
    """
    return _labels().get(label.strip().lower())


def declared_in(data: bytes) -> str | None:
    """Give the label in a ``<meta>`` element or XML declaration at the head of a page, if there is one."""
    found = _DECLARATION.search(data, 0, _DECLARATION_REACH)
    return None if found is None else found.group(1).decode("ascii")
