"""The cleaner: the stages that the settings ask for, and documents in and out."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from cleancorpus import engine
from cleancorpus.document import Document, Failure, Item, MetadataField
from cleancorpus.encoding import decode
from cleancorpus.encoding.decoding import Decoding
from cleancorpus.errors import CleancorpusError, DecodeError, InputError, SettingsError
from cleancorpus.rules import Rule, RuleSet, check_choices, load_user_rules
from cleancorpus.settings import Settings
from cleancorpus.stage import Context, Hints, Stage
from cleancorpus.text import TextBatch

if TYPE_CHECKING:
    from cleancorpus.boilerplate.head import HeadFact

Data = str | bytes | bytearray | memoryview
Input = Data | Item | tuple[str, Data]

# A batch is as large as keeps the arrays of a pass in a processor's cache, and no larger, so that memory is
# bounded by it; benchmarks/pipeline.py --batches shows the curve.
BATCH_CHARACTERS = 1 << 18

CLEANER_RULES = (
    Rule(
        id=engine.UNSETTLED,
        why="The stages went on changing the text, round after round, so it was left as it came.",
        safety="flag",
        family="cleaner",
    ),
)


@dataclass(frozen=True)
class _Taken:
    """One input on its way: what it is, its text once it has one, and why it has none."""

    item: Item
    text: str = ""
    decoding: Decoding | None = None
    failure: Failure | None = None

    def source(self) -> bytes:
        """Give the bytes that came in; of a text, its UTF-8 form."""
        data = self.item.data
        return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)


@dataclass(frozen=True)
class Cleaned:
    """A cleaned batch: what the stages made of it, its scripts, and which texts were HTML pages.

    ``settled`` holds the texts, the steps, flags, metadata and failures; ``scripts`` has a label a text.
    """

    settled: engine.Settled
    scripts: tuple[str, ...]
    pages: frozenset[int]


@dataclass(frozen=True)
class Cleaner:
    """Cleans texts by the same settings, again and again; frozen, and light to send to another process."""

    settings: Settings = field(default_factory=Settings)

    def __reduce__(self) -> tuple[type[Cleaner], tuple[Settings]]:
        return Cleaner, (self.settings,)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that the settings ask for, in the order in which they run."""
        from cleancorpus import boilerplate, mojibake, script

        settings = self.settings
        own = tuple(rule for path in settings.rule_files for rule in load_user_rules(path))
        check_choices((*settings.enable, *settings.disable), (*all_rules(), *own))

        def choose(rules: Iterable[Rule]) -> RuleSet:
            return RuleSet(rules, settings.enable, settings.disable)

        built: list[Stage] = []
        if "mojibake" in settings.stages:
            built.append(mojibake.Repair(choose(mojibake.RULES)))
        if "boilerplate" in settings.stages:
            rules = choose((*boilerplate.RULES, *own))
            try:
                built.append(boilerplate.Strip(rules, level=settings.level, templates=settings.templates))
            except InputError as error:
                raise SettingsError(str(error)) from error
        if "script" in settings.stages:
            rules = choose(script.RULES)
            unify = script.Unify(
                rules,
                target=settings.script,
                regional_phrases=settings.regional_phrases,
                protect=settings.protect,
                titles=settings.protect_titles,
                classical=settings.classical,
            )
            built.append(unify)
        return tuple(built)

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Why each rule is one, by its id."""
        rules = [*CLEANER_RULES, *(rule for stage in self.stages for rule in stage.rules)]
        return {rule.id: rule.why for rule in rules}

    def clean(self, data: Input) -> Document:
        """Clean one text, or the bytes of one.

        Raises ``DecodeError`` for bytes that are no text, and ``CleancorpusError`` where a stage fails.
        """
        (document,) = self._clean_items([_as_item(data)])
        if document.failure is not None:
            error = DecodeError if document.failure.step == "decode" else CleancorpusError
            raise error(document.failure.reason)
        return document

    def clean_many(
        self, items: Iterable[Input], *, workers: int = 1, batch_characters: int = BATCH_CHARACTERS
    ) -> Iterator[Document]:
        """Clean a stream of texts: order kept, memory bounded by the batch, the same result for any workers.

        Items are texts, bytes, ``(id, text or bytes)`` or ``Item``.  A document that cannot be decoded or
        on which a stage fails comes out as it came, with ``failure`` set.
        Raises ``SettingsError`` for less than one worker, ``InputError`` for an item of another type, and for one
        text or a mapping in the place of several texts.
        """
        if workers < 1:
            raise SettingsError(f"workers is {workers}; it takes 1 or more")
        if isinstance(items, str | bytes | bytearray):
            raise InputError("clean_many takes several texts, not one; put it into a list, or use clean")
        if isinstance(items, Mapping):
            raise InputError("a mapping gives its keys alone; give its .items(), which are (id, text) pairs")
        batches = _batches((_as_item(item) for item in items), batch_characters)
        if workers == 1:
            return itertools.chain.from_iterable(map(self._clean_items, batches))
        from cleancorpus.workers import ordered_map

        return itertools.chain.from_iterable(ordered_map(self._clean_items, batches, workers))

    def clean_batch(self, batch: TextBatch, hosts: tuple[str | None, ...] | None = None) -> Cleaned:
        """Clean a columnar batch; the result is columnar too.

        ``hosts`` names the site of each text where it is known.  Texts that are HTML pages are parsed first,
        as the settings say; the result's ``original`` is then the text that was extracted.
        """
        from cleancorpus.script import identify

        extracted = self._extract_html(batch)
        context = Context(extracted.hints, hosts)
        bad = np.array(sorted(extracted.failures), dtype=np.int64)
        if len(bad):
            good = np.setdiff1d(np.arange(len(batch), dtype=np.int64), bad)
            own = context.take(extracted.batch, good)
            failures = {index: extracted.failures[document] for index, document in enumerate(bad.tolist())}
            settled = engine.joined(
                [
                    (good, engine.settle(extracted.batch.take(good), self.stages, own)),
                    (bad, engine.untouched(batch.take(bad), failures)),
                ]
            )
        else:
            settled = engine.settle(extracted.batch, self.stages, context)
        settled = _with_declared(settled, extracted.declared)
        return Cleaned(settled, tuple(identify(settled.text).labels()), extracted.pages)

    def _extract_html(self, batch: TextBatch) -> _Extracted:
        """Parse the texts that are HTML pages; only those that hold a tag's bracket are looked at."""
        brackets = np.flatnonzero(batch.codepoints == ord("<")).astype(np.int64)
        if self.settings.html == "never" or not len(brackets):
            return _Extracted(batch)
        from cleancorpus.boilerplate import html

        texts: dict[int, str] = {}
        hints: dict[int, Hints] = {}
        declared: dict[int, tuple[HeadFact, ...]] = {}
        failures: dict[int, Failure] = {}
        for document in np.unique(batch.document_of(brackets)).tolist():
            text = batch.text(document)
            if html.is_html(text):
                try:
                    texts[document], hints[document], declared[document] = html.extract(text)
                except CleancorpusError as error:
                    failures[document] = Failure("html", str(error))
        if not texts:
            return _Extracted(batch, failures=failures)
        whole = TextBatch.from_texts([texts.get(i, text) for i, text in enumerate(batch.to_texts())])
        placed = [(hints[document], int(whole.offsets[document])) for document in sorted(texts)]
        return _Extracted(whole, Hints.concatenate(placed), frozenset(texts), failures, declared)

    def _clean_items(self, items: Sequence[Item]) -> list[Document]:
        taken = [_decoded(item) for item in items]
        good = [entry for entry in taken if entry.failure is None]
        hosts = tuple(_host(entry.item.url) for entry in good)
        batch = TextBatch.from_texts([entry.text for entry in good])
        cleaned = self.clean_batch(batch, hosts if any(hosts) else None)
        documents = iter(self._documents(good, cleaned))
        return [next(documents) if entry.failure is None else _undecoded(entry) for entry in taken]

    def _documents(self, taken: Sequence[_Taken], cleaned: Cleaned) -> Iterator[Document]:
        settled = cleaned.settled
        columns = (
            taken,
            settled.original.to_texts(),
            settled.text.to_texts(),
            settled.histories(),
            cleaned.scripts,
        )
        for index, (entry, original, text, history, script) in enumerate(zip(*columns, strict=True)):
            source = entry.source() if index in cleaned.pages else None
            yield Document(
                original=original,
                text=text,
                id=entry.item.id,
                url=entry.item.url,
                decoding=entry.decoding if source is None else _without_text(entry.decoding),
                script=script,
                fields=settled.fields.get(index, ()),
                history=history,
                flags=settled.flags.get(index, ()),
                reasons=self.reasons,
                source=source if self.settings.keep_source else None,
                source_sha256=None if source is None else hashlib.sha256(source).hexdigest(),
                failure=settled.failures.get(index),
            )


@lru_cache(maxsize=16)
def cleaner_of(settings: Settings) -> Cleaner:
    """Give the one cleaner of these settings in this process: building one loads tables and reads rules."""
    return Cleaner(settings)


@dataclass(frozen=True)
class _Extracted:
    """A batch with its HTML pages parsed: their blocks, which texts they are, and which could not be."""

    batch: TextBatch
    hints: Hints | None = None
    pages: frozenset[int] = frozenset()
    failures: Mapping[int, Failure] = field(default_factory=dict)
    declared: Mapping[int, tuple[HeadFact, ...]] = field(default_factory=dict)


def _with_declared(settled: engine.Settled, declared: Mapping[int, tuple[HeadFact, ...]]) -> engine.Settled:
    """Add what the heads of HTML pages declare, where the pages do not show it, with an empty span."""
    fields = dict(settled.fields)
    for document, facts in declared.items():
        if document not in settled.failures:
            shown = fields.get(document, ())
            known = {entry.key for entry in shown}
            # A date and its printed form are of one place.
            known |= {f"{key}_as_printed" for key in known}
            further = (MetadataField(fact.key, fact.value, 0, 0) for fact in facts if fact.key not in known)
            fields[document] = (*shown, *further)
    return replace(settled, fields=fields)


def all_rules() -> tuple[Rule, ...]:
    """Give every rule of every stage, as it ships."""
    from cleancorpus import boilerplate, mojibake, script

    return (*CLEANER_RULES, *mojibake.RULES, *boilerplate.RULES, *script.RULES)


def _as_item(value: Input) -> Item:
    if isinstance(value, Item):
        return value
    if isinstance(value, Data):
        return Item(value if isinstance(value, str) else bytes(value))
    if isinstance(value, tuple) and len(value) == 2:
        key, data = value
        if isinstance(data, Data):
            return Item(data if isinstance(data, str) else bytes(data), id=str(key))
    raise InputError(f"cannot clean {type(value).__name__}; give a str, bytes, (id, str or bytes) or an Item")


def _batches(items: Iterable[Item], limit: int) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += max(len(item.data), 1)
        if size >= limit:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _host(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _decoded(item: Item) -> _Taken:
    if isinstance(item.data, str):
        return _Taken(item, item.data)
    try:
        decoding = decode(item.data, declared=item.declared)
    except DecodeError as error:
        return _Taken(item, failure=Failure("decode", str(error)))
    except Exception as error:
        # As with a stage that fails: the others of the batch must not notice.
        return _Taken(item, failure=Failure("decode", f"{type(error).__name__}: {error}"))
    return _Taken(item, decoding.text, decoding)


def _undecoded(taken: _Taken) -> Document:
    return Document(
        original="",
        text="",
        id=taken.item.id,
        url=taken.item.url,
        source=taken.source(),
        failure=taken.failure,
    )


def _without_text(decoding: Decoding | None) -> Decoding | None:
    """Give the decoding of an HTML page's source without that source, which is kept on request only."""
    if decoding is None:
        return None
    return replace(decoding, text="", segments=(), undecodable=(), bom=b"", source=None, verbatim=())


def convert_text(text: str, chain: str, backend: str, words: Mapping[str, str] | None = None) -> Document:
    """Convert one text by a chain, once, with a user's words on top of the chain's."""
    from cleancorpus.script import Convert, identify

    if not isinstance(text, str):
        raise InputError(f"convert takes a text, not {type(text).__name__}; decode bytes first")
    stage = Convert(chain, words=words, backend=backend)
    settled = engine.run_once(TextBatch.from_text(text), (stage,), Context())
    if settled.failures:
        raise CleancorpusError(settled.failures[0].reason)
    return Document(
        original=text,
        text=settled.text.text(0),
        script=identify(settled.text).labels()[0],
        history=settled.histories()[0],
        flags=settled.flags.get(0, ()),
        reasons={rule.id: rule.why for rule in stage.rules},
    )
