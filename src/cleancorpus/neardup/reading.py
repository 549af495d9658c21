"""The first step out of core: items are folded, cut and signed once, and written to the work folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from cleancorpus.document import Document
from cleancorpus.errors import InputError
from cleancorpus.neardup.comparison import Compared, band_keys, compare_all
from cleancorpus.neardup.containment import Samples
from cleancorpus.neardup.items import Entry, Items, read_items
from cleancorpus.neardup.provenance import provenance
from cleancorpus.neardup.search import Search
from cleancorpus.neardup.shingles import fingerprints
from cleancorpus.neardup.statistics import sites_of
from cleancorpus.neardup.workspace import Workspace
from cleancorpus.text import Positions, TextBatch

_BATCH_ITEMS = 20_000
_BATCH_CHARACTERS = 4_000_000

Report = Callable[[str, int, int | None], None]


def read_corpus(work: Workspace, items: Iterable[Entry], search: Search, report: Report) -> None:
    """Read all items that were not read before.

    Raises ``InputError`` where fewer are given than were read when the search was broken off.
    """
    if work.done("read"):
        return
    done = work.done("items")
    rest = iter(items)
    passed = sum(1 for _ in islice(rest, done))
    if passed < done:
        raise InputError(f"the search had read {done} items, but only {passed} were given to resume it")
    for batch in _batches(rest):
        _read_batch(work, batch, search)
        report("read", work.done("items"), None)
    with work.step(read=1):
        pass


def _batches(items: Iterator[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    characters = 0
    for item in items:
        batch.append(item)
        text = item[1] if isinstance(item, tuple) and len(item) == 2 else item
        characters += len(text.text if isinstance(text, Document) else text)
        if len(batch) >= _BATCH_ITEMS or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _read_batch(work: Workspace, batch: list[Entry], search: Search) -> None:
    known = read_items(batch)
    items, passages = work.done("items"), work.done("passages")
    compared = compare_all(known.texts, search.unit, search.fold)
    number = np.arange(passages, passages + len(compared))
    origin = provenance(known.documents, compared.document, compared.start, compared.end)
    keys = band_keys(compared.view, np.arange(len(compared)), search.signer, search.bands)
    samples = None if search.containment is None else Samples.of(compared.view, search.shingle)
    columns = {
        "number": number,
        "document": compared.document + items,
        "start": compared.start,
        "stop": compared.end,
        "original_start": origin.start,
        "original_stop": origin.end,
        "length": compared.view.lengths,
        "faults": compared.faults,
        "print": compared.prints[:, 0].view(np.int64),
        "print_2": compared.prints[:, 1].view(np.int64),
        **_of_sources(known, compared, search),
        "sampled": np.zeros(len(compared), dtype=np.int64) if samples is None else samples.sizes,
    }
    reached = {"items": items + len(batch), "passages": passages + len(compared)}
    block = work.append_block(compared.view.codepoints, keys, samples)
    rules = np.array(origin.rules, dtype=object)
    with work.step(**reached, **block.reached):
        work.insert("blocks", block.row)
        work.insert("documents", _documents(known, batch, items))
        work.insert("passages", columns)
        work.insert("touches", {"number": number[origin.passage], "rule": rules[origin.rule]})


def _of_sources(known: Items, compared: Compared, search: Search) -> dict[str, Any]:
    """Give what depends on the passages as they stand: a fingerprint of each, and a function's score."""
    rows = list(zip(compared.document.tolist(), compared.start.tolist(), compared.end.tolist(), strict=True))
    plain = [known.texts[item][start:end] for item, start, end in rows]
    score = np.zeros(len(rows))
    if callable(search.keep):
        scores = [search.keep(known.ids[item], text) for (item, _, _), text in zip(rows, plain, strict=True)]
        score = np.array(scores, dtype=np.float64)
    return {"source_print": fingerprints(TextBatch.from_texts(plain))[:, 0].view(np.int64), "score": score}


def _documents(known: Items, batch: list[Entry], items: int) -> dict[str, Positions | list[str]]:
    # An item without an id has its number in the batch for one; here it takes that in the corpus.
    unnamed = [not isinstance(item, tuple) and known.ids[row] == row for row, item in enumerate(batch)]
    names = [str(items + row) if unnamed[row] else str(name) for row, name in enumerate(known.ids)]
    for name in names:
        if not name.isascii() and name.encode("utf-8", "replace").decode() != name:
            raise InputError(f"{name!r} cannot be an id out of core: it is no text that UTF-8 holds")
    sites = sites_of(known.documents)
    return {"document": np.arange(items, items + len(batch)), "id": names, "site": sites}
