"""HTML pages: parsed by Resiliparse, handed over as flat lines with what the tree knew about them.

A line of the text is one block of the page; what the page's head declares comes beside it.  A line's hint
holds the path of elements above it, the names that the page's author gave to them where these say something
(``comment``, ``sidebar``), and the share of its characters that stand in links.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

import numpy as np

from cleancorpus.boilerplate.head import HeadFact, head_facts
from cleancorpus.errors import MissingDependency
from cleancorpus.stage import Hints

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
_MARKER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in MARKERS))
# Names that say beyond doubt that a block leads elsewhere.
MENU = "menu"
_MENU_NAMES = re.compile(r"(?<![a-z])(?:nav|navbar|navigation|menu|breadcrumbs?|footer|sitemap)(?![a-z])")
_HIDDEN = re.compile(r" hidden=|style=\"[^\"]*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_TAGS = re.compile(r"<(?:meta|title|script|div|table|p|br|span|a|td|li)[\s/>]", re.IGNORECASE)
_LEADING = re.compile(
    r"\ufeff?+\s*+(?:<\?xml[^>]*>\s*+)?+(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
# Text, an element whose content is not escaped, a comment, or one tag, of HTML that a tree wrote out.
_TOKEN = re.compile(
    r"([^<]+)"
    r"|<(?P<raw>script|style|noscript|iframe|noembed|noframes|xmp|plaintext)[ >].*?</(?P=raw)>|<!--.*?-->"
    r"|<(/?)([a-z][^\s/>]*+)((?: =?[^\s=>]*+=\"[^\"]*+\")*+)>",
    re.DOTALL,
)
_NAMES = re.compile(r" (?:class|id)=\"([^\"]*)")
_LONGEST_NAMES = 200
_CELLS = frozenset(("td", "th"))
_PREFORMATTED = frozenset(("pre", "listing"))
_VOID = frozenset(
    (
        *("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen"),
        *("link", "meta", "param", "source", "track", "wbr"),
    )
)
_LOOKED_AT = 20_000
# Paths name so many elements around a line one by one, and hints number as many of them.
_DEEPEST = 6
AROUND = 4


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


class Extracted(NamedTuple):
    """What an HTML page holds: its visible text, one block a line, hints to the lines, and what its head declares."""

    text: str
    hints: Hints
    declared: tuple[HeadFact, ...]


def extract(text: str) -> Extracted:
    """Read an HTML page.

    The hints' spans are code points of the visible text.  Raises ``MissingDependency`` where Resiliparse is not
    installed.
    """
    try:
        from resiliparse.parse.html import HTMLTree
    except ImportError as error:
        remedy = "pip install 'cleancorpus[html]', or take pages as text (html='never')"
        raise MissingDependency(f"HTML needs Resiliparse: {remedy}") from error
    tree = HTMLTree.parse(text)
    root = tree.body if tree.body is not None else tree.document
    flat = _Flattener()
    if root is not None:
        # Asking the tree for each node takes more than twice as long as reading it in the order in which it is written.
        flat.read(root.html)
    return Extracted(*flat.result(), head_facts(tree))


class _Element(NamedTuple):
    """A block that is open: its element, its number on the page, its path, and what lies further up."""

    name: str
    number: int
    steps: tuple[str, ...]
    beyond: frozenset[str]


_PAGE = _Element("", 0, (), frozenset())


class _Flattener:
    """Reads a page as its tree was written out, and writes a line whenever a block begins or ends."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._density: list[float] = []
        self._tag: list[int] = []
        self._around: list[tuple[int, ...]] = []
        self._tags: dict[tuple[tuple[str, ...], frozenset[str]], int] = {}
        self._named: dict[str, str] = {}
        self._pieces: list[str] = []
        self._linked = 0
        self._open = [_PAGE]
        self._count = 0
        self._links = 0
        self._preformatted = 0

    def read(self, source: str) -> None:
        """Read the tokens of well-formed HTML, as a tree is written out: attributes quoted, all elements closed."""
        silent = 0
        for text, _, slash, name, attributes in _TOKEN.findall(source):
            if silent:
                silent += 0 if text or name in _VOID else -1 if slash else bool(name)
            elif text:
                self._say(text)
            elif slash:
                self._close(name)
            elif name in _VOID:
                if name in ("br", "hr"):
                    self._end_line()
            elif name:
                if name in _SILENT or (attributes and _HIDDEN.search(attributes)):
                    silent = 1
                else:
                    self._begin(name, attributes)
        self._end_line()

    def _step(self, name: str, attributes: str) -> str:
        """Give one step of a path: the element, with what its author's names for it say."""
        given = " ".join(_NAMES.findall(attributes))[:_LONGEST_NAMES].lower()
        found = self._named.get(given)
        if found is None:
            markers = dict.fromkeys(match.lastgroup or "" for match in _MARKER.finditer(given))
            if _MENU_NAMES.search(given):
                markers[MENU] = None
            found = self._named[given] = "".join(f".{marker}" for marker in markers)
        return name + found

    def _begin(self, name: str, attributes: str) -> None:
        if name not in _INLINE:
            if name in _CELLS:
                self._pieces.append("\t")
            else:
                self._end_line()
            self._count += 1
            above = self._open[-1]
            steps, beyond = (*above.steps, self._step(name, attributes) if attributes else name), above.beyond
            if len(steps) > _DEEPEST:
                beyond, steps = beyond.union(steps[0].split(".")), steps[1:]
            self._open.append(_Element(name, self._count, steps, beyond))
        elif name == "a":
            self._links += 1
        if name in _PREFORMATTED:
            self._preformatted += 1

    def _close(self, name: str) -> None:
        if name not in _INLINE:
            if name not in _CELLS:
                self._end_line()
            self._open.pop()
        elif name == "a":
            self._links -= 1
        if name in _PREFORMATTED:
            self._preformatted -= 1

    def _say(self, text: str) -> None:
        if "&" in text:
            text = unescape(text)
        if self._preformatted:
            first, *others = text.splitlines() or [""]
            self._pieces.append(first)
            for line in others:
                self._end_line()
                self._pieces.append(line)
        else:
            text = _BLANKS.sub(" ", text)
            self._pieces.append(text)
        if self._links:
            self._linked += len(text.strip())

    def _end_line(self) -> None:
        if not self._pieces:
            return
        text = "".join(self._pieces)
        text = text.rstrip() if self._preformatted else text.strip()
        if text and not text.isspace():
            here = self._open[-1]
            self._lines.append(text.replace("\r", " ").replace("\n", " "))
            self._density.append(min(self._linked / len(text), 1.0))
            self._tag.append(self._tags.setdefault((here.steps, here.beyond), len(self._tags)))
            self._around.append(tuple(element.number for element in self._open[: -AROUND - 1 : -1]))
        self._pieces = []
        self._linked = 0

    def result(self) -> tuple[str, Hints]:
        """Give the text and its hints."""
        length = np.array([len(line) for line in self._lines], dtype=np.int64)
        start = np.cumsum(length + 1) - length - 1
        around = np.zeros((len(length), AROUND), dtype=np.int32)
        for row, numbers in enumerate(self._around):
            around[row, : len(numbers)] = numbers
        return "\n".join(self._lines), Hints(
            start,
            start + length,
            np.array(self._density, dtype=np.float32),
            np.array(self._tag, dtype=np.int32),
            tuple(_path(steps, beyond) for steps, beyond in self._tags),
            around,
        )


def _path(steps: tuple[str, ...], beyond: frozenset[str]) -> str:
    """Write a path; what lies further up than it reaches stands in front as a step of its own, in order."""
    return "/".join((".".join(("…", *sorted(beyond))), *steps) if beyond else steps)
