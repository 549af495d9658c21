"""Conversion along an OpenCC chain, as edits or as plain text: its output, character for character."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cleancorpus.edits import Edits
from cleancorpus.errors import SettingsError
from cleancorpus.script.chains import Chain, load_chain
from cleancorpus.script.dictionary import Dictionary, candidate_table
from cleancorpus.script.phrases import LONGEST, Mask, PhraseTable
from cleancorpus.script.record import Record, Step, cut_mask, take_step
from cleancorpus.text import Codepoints, TextBatch, decode_codepoints, flat_ranges

_PROTECTED = np.uint32(0xFFFFFFFF)  # no code point: no entry holds it, and no table reaches so far


def convert_batch(
    batch: TextBatch, chain: str = "t2s", *, words: PhraseTable | None = None, protected: Mask | None = None
) -> Edits:
    """Say what an OpenCC chain changes in a batch of texts: applied, the edits give OpenCC's output exactly.

    ``chain`` is one of ``chain_names()``.  ``words`` are a user's own (see ``user_words``): they are found before
    anything else, and what they convert to stands.  ``protected`` (``bool[N]``) marks code points that are left;
    no phrase holds one, nor reaches over one.  A character that was converted to the first of several candidates,
    with no phrase to decide, carries the rule ``script.one-of-several``; ``alternatives`` lists the others.
    Raises ``SettingsError`` for an unknown chain.
    """
    compiled = load_chain(chain)
    own = Edits.empty()
    if words is not None:
        own, protected = _own_words(batch, words, protected)
    record = Record(batch)
    for step in _steps(mask_protected(batch, protected), compiled, recorded=True):
        record.note(step)
    return Edits.union([own, record.edits()])


def convert_texts(batch: TextBatch, chain: str = "t2s") -> TextBatch:
    """Give a batch converted along an OpenCC chain, without a record; some times as fast as with one."""
    for step in _steps(batch, load_chain(chain), recorded=False):
        batch = step.after
    return batch


def convert_text(text: str, chain: str = "t2s") -> str:
    """Give a text converted along an OpenCC chain, without a record.

    >>> convert_text("頭髮和皇后", "t2s")
    '头发和皇后'
    """
    return decode_codepoints(convert_texts(TextBatch.from_text(text), chain).codepoints)


def alternatives(character: str) -> tuple[str, ...]:
    """Give all that a character may stand for in the other script, the commonest first; itself if nothing.

    >>> alternatives("发"), alternatives("乾"), alternatives("人")
    (('發', '髮'), ('干', '乾'), ('人',))
    """
    for table in ("STCharacters", "TSCharacters"):
        if found := candidate_table(table).get(character):
            return found
    return (character,)


def user_words(words: Mapping[str, str]) -> PhraseTable | None:
    """Compile a user's dictionary, ``None`` for an empty one; a word may be its own conversion, and is then left.

    Raises ``SettingsError`` for an empty word, and for one of more than ``LONGEST`` characters.
    """
    for word in words:
        if not 0 < len(word) <= LONGEST:
            raise SettingsError(f"a word has 1 to {LONGEST} characters; {word[:20]!r} has {len(word)}")
    if not words:
        return None
    return PhraseTable([Dictionary.of(words, "user")])


def mask_protected(batch: TextBatch, protected: Mask | None) -> TextBatch:
    """Give a batch in which no entry finds the protected code points (``bool[N]``)."""
    if protected is None or not bool(protected.any()):
        return batch
    points: Codepoints = np.where(protected, _PROTECTED, batch.codepoints)
    return TextBatch(points, batch.offsets)


def _own_words(batch: TextBatch, words: PhraseTable, protected: Mask | None) -> tuple[Edits, Mask]:
    """Give the edits of the user's words, and the mask of all that nothing else may touch."""
    points = mask_protected(batch, protected).codepoints
    found = words.find_all(points, cut_mask(batch, batch.offsets[1:-1]))
    mask = np.zeros(len(points), dtype=bool) if protected is None else protected.copy()
    mask[flat_ranges(found.start, found.length)] = True
    rule = np.zeros(len(found), dtype=np.int32)
    values = words.dictionary.values.take(found.entry)
    edits = Edits(found.start, found.start + found.length, values, rule, ("script.user-word",))
    return edits.effective(batch), mask


def _steps(batch: TextBatch, chain: Chain, *, recorded: bool) -> Iterator[Step]:
    cut_places = batch.offsets[1:-1]
    for stage in chain.normalization:
        if stage.lists(batch.codepoints):
            yield (step := take_step(stage, batch, None))
            batch = step.after
    if chain.segmentation is not None:
        words = chain.segmentation.find_all(batch.codepoints, cut_mask(batch, cut_places))
        cut_places = np.concatenate([cut_places, words.start, words.start + words.length])
    for stage in chain.stages:
        # Whoever is to say that no phrase decided must read for phrases there, even for those that change nothing.
        focus = np.flatnonzero(stage.characters.one_of_several(batch.codepoints)) if recorded else None
        yield (step := take_step(stage, batch, cut_mask(batch, cut_places), focus))
        batch = step.after
        cut_places = step.resizing.to_new(cut_places)
