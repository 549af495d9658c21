"""datatrove: pipeline steps that clean, tag and drop near-duplicates, with the record in the metadata.

A document that fails is dropped with its reason and goes to the exclusion writer with its text as it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter
from datatrove.utils.typeshelper import StatHints

from cleancorpus.cleaner import cleaner_of
from cleancorpus.document import Document as CleanDocument
from cleancorpus.settings import Settings, settings_from


def clean(exclusion_writer: DiskWriter | None = None, batch_size: int = 1000, **options: Any) -> CleanStep:
    """Give the step that cleans each document's text; see ``CleanStep``."""
    return CleanStep(settings_from(options), exclusion_writer, batch_size)


def tag(batch_size: int = 1000, **options: Any) -> TagStep:
    """Give the step that notes what cleaning would do, in the metadata, and leaves the text alone."""
    return TagStep(settings_from(options), batch_size=batch_size)


def near_duplicates(
    exclusion_writer: DiskWriter | None = None, threshold: float = 0.8, **options: Any
) -> NearDuplicatesStep:
    """Give the step that drops all but one of each cluster of near-duplicate documents."""
    return NearDuplicatesStep(threshold, options, exclusion_writer)


def summary(document: CleanDocument) -> dict[str, Any]:
    """Give what is known of a cleaned document, as small as JSON allows: counts, script, metadata, flags."""
    counts: dict[str, int] = {}
    for edit in document.edits:
        counts[edit.rule] = counts.get(edit.rule, 0) + 1
    return {
        "script": document.script,
        "metadata": document.metadata,
        "flags": [list(flag) for flag in document.flags],
        "edits": counts,
    }


class CleanStep(BaseFilter):  # type: ignore[misc]  # datatrove ships no types
    """Cleans the text of every document; what was done goes to ``metadata["cleancorpus"]``.

    A document on which cleaning fails is dropped with the step that failed as the reason, its text as it came,
    and what was the matter in ``metadata["cleancorpus"]["failure"]``.
    """

    name = "🧹 cleancorpus"
    _requires_dependencies = ("cleancorpus",)
    apply = True

    def __init__(self, settings: Settings, exclusion_writer: DiskWriter | None = None, batch_size: int = 1000) -> None:
        super().__init__(exclusion_writer, batch_size)
        self.settings = settings

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Clean one document."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Document]) -> list[bool | tuple[bool, str]]:
        """Clean the documents of a batch; say of each whether it stays, and if not why."""
        kept: list[bool | tuple[bool, str]] = []
        cleaned = cleaner_of(self.settings).clean_many((str(doc.id), doc.text) for doc in batch)
        for doc, result in zip(batch, cleaned, strict=True):
            if result.failure is not None:
                # The reason becomes a key of the statistics, so what differs by document is not in it.
                doc.metadata["cleancorpus"] = {"failure": result.failure.reason}
                kept.append((False, f"{result.failure.step} failed"))
                continue
            found = summary(result)
            doc.metadata["cleancorpus"] = found
            for rule, count in found["edits"].items():
                self.stat_update(f"edit_{rule}", value=count)
            if self.apply:
                doc.text = result.text
            else:
                found["spans"] = [[edit.start, edit.end, edit.rule, edit.after] for edit in result.edits]
            kept.append(True)
        return kept


class TagStep(CleanStep):
    """Notes what cleaning would do to every document, span by span, and leaves its text alone."""

    name = "🏷 cleancorpus"
    apply = False


class NearDuplicatesStep(PipelineStep):  # type: ignore[misc]  # datatrove ships no types
    """Drops near-duplicates of a document that is kept; ``metadata["minhash_cluster_size"]`` says of how many.

    The documents of one task are held in memory while they are compared.
    """

    name = "🎯 cleancorpus near-duplicates"
    type = "🫂 - DEDUP"

    def __init__(self, threshold: float, options: dict[str, Any], exclusion_writer: DiskWriter | None = None) -> None:
        super().__init__()
        self.threshold = threshold
        self.options = options
        self.exclusion_writer = exclusion_writer

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Give the documents that are kept, in the order in which they came."""
        del world_size
        from cleancorpus.neardup import near_duplicates as find

        documents = list(data or ())
        items = [(str(number), document.text) for number, document in enumerate(documents)]
        with self.track_time():
            report = find(items, threshold=self.threshold, unit="document", **self.options)
        sizes = {cluster.kept.id: 1 + len(cluster.drops) for cluster in report.clusters}
        drops = {drop.passage.id: drop for drop in report.drops}
        with self.exclusion_writer or _nowhere() as writer:
            for number, document in enumerate(documents):
                drop = drops.get(str(number))
                self.stat_update(StatHints.total)
                if drop is None:
                    document.metadata["minhash_cluster_size"] = sizes.get(str(number), 1)
                    self.stat_update(StatHints.forwarded)
                    self.update_doc_stats(document)
                    yield document
                    continue
                self.stat_update(StatHints.dropped)
                if writer is not None:
                    kept = documents[int(drop.kept.id)].id
                    reason = f"near-duplicate of {kept}, jaccard {drop.jaccard:.3f}"
                    document.metadata["filter_reason"] = reason
                    writer.write(document, rank)


def _nowhere() -> Any:
    from contextlib import nullcontext

    return nullcontext()
