"""Progress on stderr: rate and time left, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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

    def counted() -> bars.ProgressColumn:
        return bars.TextColumn("{task.fields[documents]:,} documents")

    of_bytes = (bars.DownloadColumn(), bars.TransferSpeedColumn(), counted())
    with ExitStack() as stack:
        shown: dict[str, tuple[bars.Progress, bars.TaskID]] = {}

        def begin(now: Progress) -> tuple[bars.Progress, bars.TaskID]:
            """Show a phase in place of the one before it, with the columns that tell something about it."""
            stack.close()
            if now.total_steps is not None:
                measure: tuple[bars.ProgressColumn, ...] = (bars.MofNCompleteColumn(),)
            else:
                measure = of_bytes if now.total_bytes is not None or now.bytes else (counted(),)
            columns = (bars.TextColumn("{task.description}"), bars.BarColumn(), *measure, bars.TimeRemainingColumn())
            bar = stack.enter_context(bars.Progress(*columns, console=Console(stderr=True), transient=True))
            total = now.total_bytes if now.total_steps is None else now.total_steps
            return bar, bar.add_task(now.phase, total=total, documents=0)

        def show(now: Progress) -> None:
            if now.phase not in shown:
                shown.clear()
                shown[now.phase] = begin(now)
            bar, task = shown[now.phase]
            done = now.bytes if now.total_steps is None else now.steps
            bar.update(task, completed=done, documents=now.documents)

        yield show
