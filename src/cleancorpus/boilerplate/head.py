"""What the head of an HTML page says about the page: its title, author, date, site and address.

The head is never shown, so none of it is in the text that is extracted.  Its facts stand behind those that the
page shows: what the chrome says of a key is taken first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from cleancorpus.boilerplate.dates import DATE, iso_date

if TYPE_CHECKING:
    from resiliparse.parse.html import ElementNode, HTMLTree


class HeadFact(NamedTuple):
    """One piece of metadata that a page's head declares: its key and value."""

    key: str
    value: str


_TITLE = "title"
# The names under which a key is declared, the best first: of the Open Graph protocol (ogp.me), of schema.org, of the
# tags that the State Council's guide to government sites prescribes (国办发〔2017〕47号, annex on page tags), and
# those in common use beside them.
_DECLARED: Mapping[str, tuple[str, ...]] = {
    "title": ("og:title", "articletitle", "headline", "twitter:title", _TITLE),
    "date": (
        *("article:published_time", "og:release_date", "datepublished", "pubdate", "publishdate", "og:time"),
        *("publish_time", "publication_date", "weibo:article:create_at"),
    ),
    "source": ("contentsource", "source"),
    "author": ("author", "article:author", "og:article:author"),
    "site": ("og:site_name", "sitename", "application-name"),
    "url": ("og:url",),
}
_NAMING = ("property", "name", "itemprop")
# Longer values are summaries, lists of key words or damage.
_LONGEST = 200


def head_facts(tree: HTMLTree) -> tuple[HeadFact, ...]:
    """Give what a page's head declares, one value a key; a date also as it was printed."""
    said: dict[str, str] = {}
    nodes = () if tree.head is None else tree.head.query_selector_all("meta[content]")
    # Its stubs say of what is in a list of elements that it may be any node.
    for node in cast("Iterable[ElementNode]", nodes):
        value = " ".join((node.getattr("content") or "").split())
        if value and len(value) <= _LONGEST:
            for name in _names(node):
                said.setdefault(name, value)
    title = " ".join((tree.title or "").split())
    if title and len(title) <= _LONGEST:
        said.setdefault(_TITLE, title)
    return tuple(HeadFact(key, value) for key, value in _chosen(said))


def _names(node: ElementNode) -> Iterator[str]:
    for attribute in _NAMING:
        name = node.getattr(attribute)
        if name:
            yield name.strip().lower()


def _chosen(said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, names in _DECLARED.items():
        value = next((said[name] for name in names if name in said and _tells(key, said[name])), None)
        if value is None:
            continue
        if key == "date":
            yield "date", _day(value)
            yield "date_as_printed", value
        else:
            yield key, value


def _tells(key: str, value: str) -> bool:
    """Say whether a value can be one of its key: a date names a day, an author is no address of a page."""
    if key == "date":
        return bool(_day(value))
    return key == "url" or "://" not in value


def _day(value: str) -> str:
    """Give the day of a date and time as ISO 8601, or nothing."""
    found = DATE.search(value)
    return (iso_date(found) or "") if found else ""
