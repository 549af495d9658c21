"""The cleaner: settings, the stages that they ask for, and documents in and out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from cleancorpus import engine
from cleancorpus.document import Document, Failure, Item
from cleancorpus.encoding import decode
from cleancorpus.encoding.decoding import Decoding
from cleancorpus.errors import CleancorpusError, DecodeError, InputError, SettingsError
from cleancorpus.rules import Rule, RuleSet, load_user_rules
from cleancorpus.stage import Context, Hints, Stage
from cleancorpus.text import TextBatch

Level = Literal["conservative", "main-content"]
Target = Literal["keep", "hans", "hant", "tw", "hk"]
StageName = Literal["mojibake", "boilerplate", "script"]
Input = str | bytes | Item | tuple[str, str | bytes]

# A batch is as large as keeps the arrays of a pass in a processor's cache, and no larger, so that memory is
# bounded by it; benchmarks/cleaner.py --batches shows the curve.
BATCH_CHARACTERS = 1 << 18

CLEANER_RULES = (
    Rule(
        id=engine.UNSETTLED,
        why="The stages went on changing the text, pass after pass, so it was left as it came.",
        safety="flag",
        family="cleaner",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is asked of a cleaner.

    ``stages`` run in the library's own order, whatever order they are named in.  ``level`` is how much
    chrome goes: ``conservative`` (what is surely chrome) or ``main-content`` (all but the page's main text).
    ``script`` is the script to unify to; ``regional_phrases`` lets words change with the region too.
    ``enable`` and ``disable`` name rules or prefixes of rules; ``rule_files`` are TOML files with more rules.
    ``templates`` is a file of learned templates.  ``html`` says whether a text that is an HTML page is parsed,
    and ``keep_source`` whether such a page's source is kept.  Raises ``SettingsError`` for anything else.
    """

    stages: tuple[StageName, ...] = ("mojibake", "boilerplate", "script")
    level: Level = "conservative"
    script: Target = "keep"
    regional_phrases: bool = False
    enable: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    rule_files: tuple[str, ...] = ()
    templates: str | None = None
    html: Literal["auto", "never"] = "auto"
    keep_source: bool = False

    def __post_init__(self) -> None:
        for name in ("stages", "enable", "disable", "rule_files"):
            value = getattr(self, name)
            if isinstance(value, str):
                raise SettingsError(f"{name} takes several names, not one text: ({value!r},)")
            object.__setattr__(self, name, tuple(value))
        _check_choice("level", self.level, get_args(Level))
        _check_choice("script", self.script, get_args(Target))
        _check_choice("html", self.html, ("auto", "never"))
        for stage in self.stages:
            _check_choice("stages", stage, get_args(StageName))


def _check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    if value not in choices:
        raise SettingsError(f"{name} is {value!r}; it may be {', '.join(choices)}")


def settings_from(options: dict[str, Any]) -> Settings:
    """Make settings of keyword arguments; raises ``SettingsError`` for a name that does not exist."""
    known = Settings.__dataclass_fields__
    for name in options:
        if name not in known:
            raise SettingsError(f"there is no setting {name!r}; there are {', '.join(known)}")
    return Settings(**options)


@dataclass(frozen=True)
class _Taken:
    """One input on its way: what it is, its text once it has one, and why it has none."""

    item: Item
    text: str = ""
    decoding: Decoding | None = None
    hints: Hints | None = None
    source: bytes | None = None
    source_sha256: str | None = None
    failure: Failure | None = None


@dataclass(frozen=True)
class Cleaner:
    """Cleans texts by the same settings, again and again; frozen, and light to send to another process."""

    settings: Settings = Settings()

    def __reduce__(self) -> tuple[type[Cleaner], tuple[Settings]]:
        return Cleaner, (self.settings,)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that the settings ask for, in the order in which they run."""
        from cleancorpus import boilerplate, mojibake, script

        settings = self.settings
        own = tuple(rule for path in settings.rule_files for rule in load_user_rules(path))
        self._check_rule_names(own)

        def choose(rules: Iterable[Rule]) -> RuleSet:
            return RuleSet(rules, settings.enable, settings.disable)

        built: list[Stage] = []
        if "mojibake" in settings.stages:
            built.append(mojibake.Repair(choose(mojibake.RULES)))
        if "boilerplate" in settings.stages:
            rules = choose((*boilerplate.RULES, *own))
            built.append(boilerplate.Strip(rules, level=settings.level, templates=settings.templates))
        if "script" in settings.stages:
            rules = choose(script.RULES)
            built.append(script.Unify(rules, target=settings.script, regional_phrases=settings.regional_phrases))
        return tuple(built)

    def _check_rule_names(self, own: Sequence[Rule]) -> None:
        known = [rule.id for rule in (*all_rules(), *own)]
        for choice in (*self.settings.enable, *self.settings.disable):
            if not any(rule == choice or rule.startswith((f"{choice}.", f"{choice}-")) for rule in known):
                raise SettingsError(f"there is no rule {choice!r}; `cleancorpus rules` lists them")

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
        Raises ``SettingsError`` for less than one worker, ``InputError`` for an item of another type.
        """
        if workers < 1:
            raise SettingsError(f"workers is {workers}; it takes 1 or more")
        batches = _batches((_as_item(item) for item in items), batch_characters)
        if workers == 1:
            for batch in batches:
                yield from self._clean_items(batch)
            return
        from cleancorpus.workers import ordered_map

        for documents in ordered_map(self._clean_items, batches, workers):
            yield from documents

    def clean_batch(self, batch: TextBatch, context: Context | None = None) -> engine.Settled:
        """Clean a columnar batch; the result is columnar too (texts, steps, flags, metadata, failures)."""
        return engine.settle(batch, self.stages, context or Context())

    def _clean_items(self, items: Sequence[Item]) -> list[Document]:
        taken = [self._take(item) for item in items]
        good = [entry for entry in taken if entry.failure is None]
        batch = TextBatch.from_texts([entry.text for entry in good])
        hosts = tuple(_host(entry.item.url) for entry in good)
        context = Context(_joined_hints(good, batch), hosts if any(hosts) else None)
        settled = self.clean_batch(batch, context) if good else None
        documents = iter(_documents(good, settled, self.reasons) if settled else ())
        return [next(documents) if entry.failure is None else _failed(entry) for entry in taken]

    def _take(self, item: Item) -> _Taken:
        if isinstance(item.data, str):
            taken = _Taken(item, item.data)
        else:
            try:
                decoding = decode(item.data, declared=item.declared)
            except DecodeError as error:
                return _Taken(item, source=bytes(item.data), failure=Failure("decode", str(error)))
            taken = _Taken(item, decoding.text, decoding)
        return self._take_html(taken) if self.settings.html == "auto" else taken

    def _take_html(self, taken: _Taken) -> _Taken:
        from cleancorpus.boilerplate import html

        if not html.is_html(taken.text):
            return taken
        data = taken.item.data
        source = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)
        try:
            text, hints = html.extract(taken.text)
        except CleancorpusError as error:
            return replace(taken, failure=Failure("html", str(error)))
        return replace(
            taken,
            text=text,
            hints=hints,
            source=source if self.settings.keep_source else None,
            source_sha256=hashlib.sha256(source).hexdigest(),
        )


def all_rules() -> tuple[Rule, ...]:
    """Give every rule of every stage, as it ships."""
    from cleancorpus import boilerplate, mojibake, script

    return (*CLEANER_RULES, *mojibake.RULES, *boilerplate.RULES, *script.RULES)


def _as_item(value: Input) -> Item:
    if isinstance(value, Item):
        return value
    if isinstance(value, str | bytes | bytearray | memoryview):
        return Item(value if isinstance(value, str) else bytes(value))
    if isinstance(value, tuple) and len(value) == 2:
        key, data = value
        if isinstance(data, str | bytes):
            return Item(data, id=str(key))
    raise InputError(f"cannot clean {type(value).__name__}; give a str, bytes, (id, str or bytes) or an Item")


def _batches(items: Iterable[Item], limit: int) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.data)
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


def _joined_hints(taken: Sequence[_Taken], batch: TextBatch) -> Hints | None:
    given = [(entry.hints, int(batch.offsets[index])) for index, entry in enumerate(taken) if entry.hints]
    return Hints.concatenate(given) if given else None


def _failed(taken: _Taken) -> Document:
    return Document(
        original=taken.text,
        text=taken.text,
        id=taken.item.id,
        url=taken.item.url,
        decoding=taken.decoding,
        source=taken.source,
        failure=taken.failure,
    )


def _documents(taken: Sequence[_Taken], settled: engine.Settled, reasons: dict[str, str]) -> Iterator[Document]:
    from cleancorpus.script import identify

    scripts = identify(settled.text).labels()
    columns = (taken, settled.text.to_texts(), settled.histories(), scripts)
    for index, (entry, text, history, script) in enumerate(zip(*columns, strict=True)):
        yield Document(
            original=entry.text,
            text=text,
            id=entry.item.id,
            url=entry.item.url,
            decoding=entry.decoding,
            script=script,
            fields=settled.fields.get(index, ()),
            history=history,
            flags=settled.flags.get(index, ()),
            reasons=reasons,
            source=entry.source,
            source_sha256=entry.source_sha256,
            failure=settled.failures.get(index),
        )


def convert_text(text: str, chain: str, backend: str) -> Document:
    """Convert one text by a chain, once; the record names the chain's rule."""
    from cleancorpus.script import Convert

    stage = Convert(chain, backend=backend)
    settled = engine.run_once(TextBatch.from_text(text), (stage,), Context())
    if settled.failures:
        raise CleancorpusError(settled.failures[0].reason)
    taken = [_Taken(Item(text), text)]
    (document,) = _documents(taken, settled, {rule.id: rule.why for rule in stage.rules})
    return document
