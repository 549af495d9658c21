"""Dates as pages print them, and their ISO 8601 form."""

from __future__ import annotations

import datetime
import re

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "o": 0}

# Folded form: half-width digits and marks, lower case.  Where none of these characters stands, no way is tried.
DATE = re.compile(
    r"(?=[12民中一二])(?:(?<!\d)(?P<year>(?:19|20)\d{2})\s?(?:(?P<mark>[-/.])\s?|年\s?)(?P<month>1[0-2]|0?[1-9])"
    r"(?:(?(mark)\s?(?P=mark)\s?|\s?月\s?))(?P<day>[12]\d|3[01]|0?[1-9])(?:\s?日|(?!\d))"
    r"|(?:中华)?民国\s?(?P<roc>\d{2,3})\s?年\s?(?P<roc_month>1[0-2]|0?[1-9])\s?月\s?(?P<roc_day>[12]\d|3[01]|0?[1-9])\s?日"
    r"|(?P<han_year>[一二][〇零○o一二三四五六七八九]{3})年(?P<han_month>[一二三四五六七八九十]{1,2})月"
    r"(?P<han_day>[一二三四五六七八九十]{1,3})日"
    r"|(?<!\d)(?P<packed>(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d))"
)
TIME = re.compile(
    r"t?(?:上午|下午|早上|晚上|凌晨|中午|[ap]\.?m\.?)?\s?(?:2[0-3]|[01]?\d)\s?(?::|时|点)\s?[0-5]\d"
    r"(?:\s?[:分]\s?[0-5]\d)?\s?(?:秒|分)?(?:\.\d{1,6})?(?:z|\s?\+\d{2}:?\d{2})?\s?(?:[ap]\.?m\.?)?(?!\d)"
)
# Years of the Republic of China without its name, the day before the month, as Hong Kong, Malaysia and Singapore write
# it, with the time in front of it or not, and a month alone.
LABELLED_DATE = re.compile(
    rf"(?:(?:{TIME.pattern})[\s,]{{1,3}})?(?P<day>(?P<roc>1\d{{2}}|[5-9]\d)\s?(?P<mark>[-/.年])\s?(?P<roc_month>1[0-2]|0?[1-9])"
    r"\s?(?:(?P=mark)|月)\s?(?P<roc_day>[12]\d|3[01]|0?[1-9])(?:\s?日)?(?!\d)"
    r"|(?P<first>[12]\d|3[01]|0?[1-9])(?P<slash>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=slash)(?P<year>(?:19|20)\d{2})(?!\d)"
    r"|(?P<bare_year>(?:19|20)\d{2})\s?[-/.年]\s?(?P<bare_month>1[0-2]|0?[1-9])(?:\s?月)?(?![\d/.-]))"
    rf"(?:[\s,]{{1,3}}(?:{TIME.pattern}))?"
)
WEEKDAY = re.compile(r"[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?")


def iso_date(found: re.Match[str]) -> str | None:
    """Give the ISO 8601 form (``2011-04-19``) of a match of ``DATE``; None where no such day exists."""
    if found["year"]:
        return _iso(int(found["year"]), int(found["month"]), int(found["day"]))
    if found["roc"]:
        # The years of the Republic of China count from 1912.
        return _iso(int(found["roc"]) + 1911, int(found["roc_month"]), int(found["roc_day"]))
    if found["packed"]:
        packed = found["packed"]
        return _iso(int(packed[:4]), int(packed[4:6]), int(packed[6:]))
    year = int("".join(str(_DIGITS[c]) for c in found["han_year"]))
    return _iso(year, _han_number(found["han_month"]), _han_number(found["han_day"]))


def labelled_iso_date(found: re.Match[str]) -> str | None:
    """Give the ISO 8601 form of a match of ``LABELLED_DATE``, ``2015-03`` of a month; None where no such day exists."""
    if found["roc"]:
        return _iso(int(found["roc"]) + 1911, int(found["roc_month"]), int(found["roc_day"]))
    if found["year"]:
        return _iso(int(found["year"]), int(found["month"]), int(found["first"]))
    return f"{found['bare_year']}-{int(found['bare_month']):02}"


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def _han_number(text: str) -> int:
    """Give the value of a number below a hundred in Chinese figures (``二十三``)."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return 10 * (_DIGITS.get(tens, 0) if tens else 1) + _DIGITS.get(ones, 0)
