"""Text made fit to be shown: what would not be seen, or would turn the text around it, is shown by name."""

from __future__ import annotations

_LINE_BREAKS_AND_TAB = (0x09, 0x0A, 0x0D)
_HIDDEN = (0x00AD, 0x061C, 0xFEFF, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070))

_NAMES = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in _LINE_BREAKS_AND_TAB},
    0x7F: "␡",
    **{code: f"‹U+{code:04X}›" for code in (*range(0x80, 0xA0), *_HIDDEN)},
}
_ON_ONE_LINE = {**_NAMES, 0x09: "␉", 0x0A: "␤", 0x0D: "␍"}


def visible(text: str, *, one_line: bool = True) -> str:
    """Give a text with its control characters named; on one line, its line breaks and tabs too."""
    return text.translate(_ON_ONE_LINE if one_line else _NAMES)
