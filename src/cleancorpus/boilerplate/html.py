"""HTML pages: parsed by Resiliparse, handed over as flat lines with what the tree knew about them.

A line of the text is one block of the page.  Its hint holds the path of elements above it, the names that
the page's author gave to them where these say something (``comment``, ``sidebar``), and the share of its
characters that stand in links.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from cleancorpus.errors import MissingDependency
from cleancorpus.stage import Hints

# A node of Resiliparse's tree; its stubs do not know the attributes of elements.
Node = Any

# Elements whose text is never shown.
_SILENT = frozenset(
    (
        *("script", "style", "noscript", "template", "head", "title", "meta", "link", "iframe", "object", "embed"),
        *("svg", "canvas", "audio", "video", "map", "select", "option", "datalist", "textarea", "button", "input"),
    )
)
# Elements that stand within a line; every other element begins a new one.
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font"),
        *("i", "img", "ins", "kbd", "label", "mark", "nobr", "q", "ruby", "s", "samp", "small", "span"),
        *("strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
# Parts of class names and ids that authors of pages use, whatever the language of the page.
MARKERS = (
    ("comment", "comment|reply|pinglun|cmt|discuss"),
    ("related", "relat|recom|hot|rank|tuijian|xiangguan|more|guess|similar|aside|side|right"),
    ("navigation", "nav|menu|crumb|header|topbar|toolbar|head|login|search|channel|tab"),
    ("footer", "foot|copyright|bottom|friend|beian"),
    ("share", "share|social|bdshare|weixin|wechat|qrcode|app-?down|download"),
    ("byline", "author|source|editor|byline|info|meta|date|time|tags?\\b|label"),
    ("advertisement", "advert|banner|promo|sponsor|\\bads?\\b|guanggao|popup|modal|dialog|toast"),
    ("content", "content|article|post|entry|text|body|main|detail|neirong|zhengwen|story|thread|answer|topic"),
    ("title", "title|headline|biaoti"),
)
_MARKER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in MARKERS), re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TAGS = re.compile(r"<(?:meta|title|script|div|table|p|br|span|a|td|li)[\s/>]", re.IGNORECASE)
_LEADING = re.compile(
    r"\ufeff?+\s*+(?:<\?xml[^>]*>\s*+)?+(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_LOOKED_AT = 20_000
_DEEPEST = 6


def is_html(text: str) -> bool:
    """Say whether a text is an HTML page rather than text which quotes tags.

    A page opens with a document type or with ``html``, ``head`` or ``body``; what has neither is one where
    at least ten of the usual tags stand in its first 20,000 characters, one in 200 of these or more.
    """
    opening = text[:_LOOKED_AT]
    if "<" not in opening:
        return False
    if _LEADING.match(opening):
        return True
    if not opening.lstrip("\ufeff \t\r\n").startswith("<"):
        return False
    tags = len(_TAGS.findall(opening))
    return tags >= 10 and tags * 200 >= len(opening)


def extract(text: str) -> tuple[str, Hints]:
    """Give the visible text of an HTML page, one block a line, and the hints to its lines.

    The hints' spans are code points of the text.  Raises ``MissingDependency`` where Resiliparse is not
    installed.
    """
    try:
        from resiliparse.parse.html import HTMLTree
    except ImportError as error:
        raise MissingDependency("HTML needs Resiliparse: pip install 'cleancorpus[html]'") from error
    tree = HTMLTree.parse(text)
    flat = _Flattener()
    root = tree.body if tree.body is not None else tree.document
    if root is not None:
        flat.walk(root)
    return flat.result()


class _Flattener:
    """Walks the tree once and writes a line whenever a block begins or ends."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._density: list[float] = []
        self._tag: list[int] = []
        self._tags: dict[str, int] = {}
        self._pieces: list[str] = []
        self._linked = 0
        self._path: list[str] = []
        self._links = 0
        self._preformatted = 0

    def walk(self, root: Node) -> None:
        """Visit the tree without recursion, so that its depth is no concern."""
        node: Node | None = root
        opened: list[Node] = []
        while node is not None:
            child = self._open(node)
            if child is not None:
                opened.append(node)
                node = child
                continue
            while node is not None and node.next is None:
                if not opened:
                    node = None
                    break
                node = opened.pop()
                self._close(node)
            if node is not None:
                node = node.next if opened else None
        while opened:
            self._close(opened.pop())
        self._end_line()

    def _open(self, node: Node) -> Node | None:
        tag = node.tag
        if tag == "#text":
            self._say(node.value or "")
            return None
        if tag == "br":
            self._end_line()
            return None
        if tag.startswith(("#", "!")):
            return node.first_child if tag == "#document" else None
        if tag in _SILENT or _HIDDEN.search(node.getattr("style") or "") or node.hasattr("hidden"):
            return None
        first = node.first_child
        if first is None:
            if tag in ("td", "th"):
                self._pieces.append("\t")
            return None
        if tag not in _INLINE:
            if tag in ("td", "th"):
                self._pieces.append("\t")
            else:
                self._end_line()
            self._path.append(_step(node, tag))
        if tag == "a":
            self._links += 1
        if tag in ("pre", "xmp", "listing"):
            self._preformatted += 1
        return first

    def _close(self, node: Node) -> None:
        tag = node.tag
        if tag.startswith("#"):
            return
        if tag not in _INLINE:
            if tag not in ("td", "th"):
                self._end_line()
            self._path.pop()
        if tag == "a":
            self._links -= 1
        if tag in ("pre", "xmp", "listing"):
            self._preformatted -= 1

    def _say(self, text: str) -> None:
        if self._preformatted and "\n" in text:
            for number, line in enumerate(text.splitlines()):
                if number:
                    self._end_line()
                self._say(line)
            return
        if not self._preformatted:
            text = _BLANKS.sub(" ", text)
        if text:
            self._pieces.append(text)
            if self._links:
                self._linked += len(text.strip())

    def _end_line(self) -> None:
        if not self._pieces:
            return
        text = "".join(self._pieces)
        text = text.rstrip() if self._preformatted else text.strip()
        if text.strip():
            self._lines.append(text.replace("\r", " ").replace("\n", " "))
            self._density.append(min(self._linked / len(text), 1.0))
            path = "/".join(self._path[-_DEEPEST:])
            self._tag.append(self._tags.setdefault(path, len(self._tags)))
        self._pieces = []
        self._linked = 0

    def result(self) -> tuple[str, Hints]:
        """Give the text and its hints."""
        length = np.array([len(line) for line in self._lines], dtype=np.int64)
        start = np.cumsum(length + 1) - length - 1
        hints = Hints(
            start,
            start + length,
            np.array(self._density, dtype=np.float32),
            np.array(self._tag, dtype=np.int16),
            tuple(self._tags),
        )
        return "\n".join(self._lines), hints


def _step(node: Node, tag: str) -> str:
    """Give one step of a path: the element, with what its class and id say about it."""
    names = f"{node.getattr('class') or ''} {node.getattr('id') or ''}"
    if len(names) == 1:
        return tag
    found = dict.fromkeys(match.lastgroup or "" for match in _MARKER.finditer(names[:200]))
    return ".".join((tag, *found)) if found else tag
