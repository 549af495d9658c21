"""Exit codes."""

from __future__ import annotations

DONE = 0
FINDINGS = 1
USAGE = 2
NOTHING_READ = 3
FAILED_INPUTS = 4
# As a shell tells of a process that was interrupted.
INTERRUPTED = 130


def after(read: int, failed: int) -> int:
    """Give the exit code for so many documents that were read and so many that were not."""
    if failed == 0 and read > 0:
        return DONE
    return FAILED_INPUTS if read else NOTHING_READ
