"""Progress on stderr: rate and time left, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleancorpus.io.run import OnProgress, Progress


@contextmanager
def progress(quiet: bool) -> Iterator[OnProgress]:
    """Give a function that shows how far a job is; it shows nothing where stderr is no terminal."""
    from cleancorpus.io.run import no_progress

    if quiet or not sys.stderr.isatty():
        yield no_progress
        return
    import rich.progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TextColumn("{task.fields[documents]:,} documents"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[str, bars.TaskID] = {}

        def show(now: Progress) -> None:
            if now.phase not in tasks:
                for task in shown.task_ids:
                    shown.remove_task(task)
                tasks[now.phase] = shown.add_task(now.phase, total=now.total_bytes, documents=0)
            shown.update(tasks[now.phase], completed=now.bytes, documents=now.documents)

        yield show
