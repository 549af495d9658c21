"""Lines of facts about a page: time, source, author, editor, views, on one line and in any order.

A line is read from left to right as labels with their values, dates, times and small buttons.  It is a
byline where nothing else stands there; what it says becomes metadata.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from cleancorpus.boilerplate.dates import DATE, LABELLED_DATE, TIME, WEEKDAY, iso_date, labelled_iso_date
from cleancorpus.boilerplate.facts import Byline, Fact
from cleancorpus.boilerplate.labels import label_pattern, labels, telling_labels
from cleancorpus.boilerplate.literals import Way
from cleancorpus.boilerplate.readings import ways
from cleancorpus.rules import Rule

BYLINE = Rule(
    id="boilerplate.byline",
    why="Time, source, author, editor or views of a page on a line of their own; kept as metadata.",
    family="byline",
    hits=(
        "2011-04-19 23:28:14 来源:某某网  作者:",
        "文章來源: 某某網  時間: 2022-05-23 18:15",
        "责任编辑：王某某",
        "時間:2022-06-25 02:50:00",
        "发布时间：2019-05-01 10:00 浏览次数：123",
        "（责编：李某、杨某）",
        "2024年05月17日08:59 来源：某某青年报",
        "2019-09-07 15:10:53 字号：A- A A+ 来源：某某网",
        "发布时间：18-03-0823:16",
        "发布时间：10-0812:00某某软件有限公司",
        "[责任编辑：李某 PX209]",
        "本文来源：某某报 责任编辑：王某某_NB11331",
        "某某人 2015-07-03 12:06:51 0人参与评论",
        "發布日期：112-08-30",
        "刊登日期：05/06/2023",
        "更新: 9:02pm 15/08/2023",
        "山间来客 2012/3/4 08:30 512次阅读",
    ),
    misses=(
        "作者认为，这一点很重要。",
        "来源于生活，高于生活",
        "责任编辑的工作是校对稿件。",
        "时间：二十世纪三十年代",
        "2012年6月24日",
        "编辑器：一种程序",
        "某某人 2015-07-03 12:06:51",
        "全市 2015年7月3日 12:06 有300人参与评论",
        "2、项目编号：某某磋商-2020-17",
    ),
)

# A byline with more characters than this would be a paragraph.
LONGEST_BYLINE = 240

_SEPARATORS = re.compile(r"[\s|/·•,;、\[\]()【】<>«»—–_>-]*")
_SIZE_ROW = re.compile(
    r"字\s?[号体级](?:大小)?\s?:?(?:[\s|/,]{0,3}(?:超大|特大|[大中小]|放大|缩小|默认|正常|[at]\s?[-+]?|[-+])){2,6}(?=[\s|/\[\]()]|$)"
)
_BUTTON = re.compile(
    r"(?:字号|字体|字级|分享(?:到|至)?|评论|打印|列印|收藏|举报|纠错|我要(?:评论|纠错|投稿)|大|中|小|微信|微博|qq空间"
    r"|繁体|简体|转发|推荐|(?:字体?)?(?:放大|缩小)|默认|参与|阅读|点击|浏览|人参与|条评论|已有\s?\d+\s?条评论|\d+\s?人?(?:参与|评论|阅读|浏览|次)+"
    r"|优质原创作者|收藏本文|我有话说(?:\(\d{0,8}\s?人参与\))?|我要评论(?:\(\d{0,6}\))?|只看该作者|只看楼主|倒序浏览|阅读模式|显示全部楼层|原创|关注|朗读|听新闻|复制链接|已编辑|纠错/举报|次|人|条|条评论|\d{1,9})(?=[\s|/·,;、\[\]()【】<>:]|$)"
)
_NAME = re.compile(r"[^\s|;。!?,/\[\]【】<>:]{1,24}")
_NAME_WITH_BLANKS = re.compile(r"[^|;。!?\[\]【】<>:\s](?:[^|;。!?\[\]【】<>:\s]|\s(?=\S)){0,40}")
_COUNT = re.compile(r"[\d,.]+\s*(?:kb|mb|gb|bytes|万|亿|k|m|页|次|人|条|字|\+)*|\S{1,16}")
_URL = re.compile(r"(?:https?://)?[\w.-]+\.[a-z]{2,}\S*")
# A word after the date is taken for the source where it ends as the names of media do.
_MEDIUM = re.compile(
    r"[^\s|;。!?,/\[\]【】<>:]{1,14}(?:网|报|社|台|日报|晚报|早报|时报|商报|周刊|周报|新闻|财经|在线|频道|电视|广播|杂志"
    r"|之家|传媒|客户端|论坛|博客|资讯|科技|号)(?=[\s|/,;)\]】]|$)"
)
# In front of the date, a word is the source where it ends so; in front of the moment, a name is the author's where
# behind it stands how many have read or commented.
_NAME_FIRST = re.compile(
    r"(?P<source>[^\s|;。!?,/\[\]【】<>:\d]{1,12}(?:网|报|社|台|站|新闻|财经|在线|频道|电视|杂志|传媒|客户端|资讯|科技))"
    r"\s{0,3}(?=[12][09]\d\d\s?[-/.年])"
    r"|(?P<author>(?!\S{0,4}(?:楼主|沙发|板凳|地板|时间|日期)\s)[^\s|;。!?,/\[\]【】<>:\d][^\s|;。!?,/\[\]【】<>:]{0,15})\s{1,3}"
    r"(?=[12][09]\d\d(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日)\s{0,3}[012]?\d:[0-5]\d(?::[0-5]\d)?"
    r"\s{1,3}\d{1,7}\s?(?:人|次|条)?(?:已)?(?:参与|评论|阅读|浏览|跟[帖贴])+$)"
)
_LONE_MOMENT = re.compile(
    r"[12][09]\d\d(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日)"
    r"(?: (?:2[0-3]|[01]?\d):[0-5]\d(?::[0-5]\d)?)?"
)
# A year of two figures stands only behind a label, and often the time right behind the day.
_SHORT_MOMENT = re.compile(r"(?:(?P<year>\d{2})-)?(?P<month>\d{2})-(?P<day>\d{2})\s?(?:[012]\d:[0-5]\d(?::[0-5]\d)?)")
# Platforms of accounts put the account right behind such a moment.
_ACCOUNT = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fffa-z0-9_·]{1,23}$")
_DEVICE = re.compile(
    r"(?:iphone|ipad|android|安卓|华为|小米|红米|荣耀|vivo|oppo|三星|魅族|手机|网页|浏览器|windows).*|\S*客户端"
)
_STAFF_CODE = re.compile(r"\s?_?[a-z]{1,4}\d{2,7}(?![^\s\]】)|,;])")
_YEARS = ("197", "198", "199", "200", "201", "202", "203", "二〇", "二○", "一九", "二零")
_PERSON = re.compile(r"(?!楼主|沙发|板凳|地板|匿名|游客|网友|原创|转载)[\u4e00-\u9fff]{2,5}(?=[\s|/,;)\]】]|$)")
_REPORTER = re.compile(
    r"(?:本报|本网|特约|见习)?(?:实习)?(?:记者|实习生|通讯员)\s+(?P<name>[\u4e00-\u9fff]{2,4})(?=[\s|/,;)\]】]|$)"
)
_MOST_LOOSE = 3
# Neither the words in front of a date nor those for the first posts of a thread are names.
_NO_NAME = r"(?!gmt|\S{0,4}(?:于|楼主|沙发|板凳|地板|时间|日期)(?:\s|$))"
_SIGNED = re.compile(
    rf"(?:(?:原创(?:\s*:\s*|\s+))?(?P<author>{_NO_NAME}[^\s|:]{{1,16}})(?:\s+(?P<source>[^\s|:]{{2,20}}))??\s+"
    r"(?:(?:发表|发布|回复|回答|编辑)于\s*:?\s*)?|(?:发表|发布|编辑)于\s*:?\s*)(?=\d{4})"
)
_VALUES = {
    "url": _URL,
    "-": _COUNT,
    "source": _NAME_WITH_BLANKS,
    "author": _NAME_WITH_BLANKS,
    "title": _NAME_WITH_BLANKS,
}
_COUNTED = re.compile(r"[^\s|:,。]{1,10}\s?:\s?\d[\d,.]{0,9}\s?(?:k|万|次|条|字)?(?=\s|$)")
# An item of a text with its number, as notices list them: 2、项目编号:….
_NUMBERED = re.compile(r"\d{1,2}、\D")
_MACHINE_TIME = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\s+\d{1,2}:\d{2}|\d{1,2}:\d{2}:\d{2}")


@lru_cache(maxsize=1)
def byline_ways() -> tuple[Way, ...]:
    """Give the ways in which a line can be a byline: it opens with a fact or a button, or with a name and a year."""
    literals = (*(label for label in labels() if len(label) > 1), "文:", "民国", "文/", *_YEARS)
    return tuple(
        replace(ways(pattern)[0], literals=own, longest=LONGEST_BYLINE, ahead=())
        for own, pattern in zip((literals, _YEARS), byline_patterns(), strict=True)
    )


@lru_cache(maxsize=1)
def byline_patterns() -> tuple[str, ...]:
    """Give a pattern for each of the ways in which a line can be a byline: what it opens with, and anything behind."""
    return tuple(
        f"{_SEPARATORS.pattern}(?:{opening})[\\s\\S]*" for opening in (_labelled_opening(), _NAME_FIRST.pattern)
    )


@lru_cache(maxsize=1)
def _labelled_opening() -> str:
    return f"{DATE.pattern}|{_BUTTON.pattern}|{label_pattern().pattern}"


@lru_cache(maxsize=1)
def _opening_part() -> re.Pattern[str]:
    return re.compile(f"{_SEPARATORS.pattern}(?:{_labelled_opening()}|{_NAME_FIRST.pattern})")


def read_byline(line: str) -> Byline | None:
    """Read a line in folded form; None where it holds anything that is no fact about a page."""
    if _LONE_MOMENT.fullmatch(line):
        # Lists have a date in every other line; the reader would find the same.
        return _lone_moment(line)
    if _NUMBERED.match(line):
        return None
    parts = _Reader(line).read() if _opening_part().match(line) else None
    if parts is None:
        return None
    facts = tuple(parts.facts)
    return Byline(facts, parts.sure())


def _lone_moment(line: str) -> Byline | None:
    """Read a line that is a date, with or without a time."""
    date = DATE.match(line)
    iso = iso_date(date) if date else None
    if date is None or iso is None:
        return None
    return Byline((Fact("date", iso, 0, len(line)),), date.end() < len(line))


def read_signed_head(line: str) -> Byline | None:
    """Read a head such as ``NAME 发表于 DATE`` or ``原创 NAME ACCOUNT DATE``, in folded form."""
    found = _SIGNED.match(line)
    date = DATE.search(line) if found else None
    iso = iso_date(date) if date else None
    if found is None or date is None or iso is None or found.end() > date.start():
        return None
    facts = [Fact(key, value, *found.span(key)) for key, value in found.groupdict().items() if value]
    time = TIME.match(line, _blank_end(line, date.end()))
    return Byline((*facts, Fact("date", iso, date.start(), time.end() if time else date.end())), True)


class _Reader:
    """Reads one line from left to right."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.at = 0
        self.facts: list[Fact] = []
        self.labels: list[str] = []
        self.filled = 0
        self.loose = 0
        self.date_seen = self.time_seen = False

    def read(self) -> _Reader | None:
        while True:
            self.at = _end(_SEPARATORS, self.line, self.at)
            if self.at >= len(self.line):
                return self if self.telling() else None
            if not self._piece():
                return None

    def _piece(self) -> bool:
        """Read the next label with its value, date, time, button or name; say whether there is one."""
        return (
            self._name_first()
            or self._sizes()
            or self._labelled()
            or self._date()
            or self._time()
            or self._button()
            or self._counted()
            or self._loose()
        )

    def telling(self) -> bool:
        """Say whether the line told anything worth keeping, or is the empty form of such a line."""
        return bool(self.facts) or sum(labels()[label] != "-" for label in self.labels) > 1

    def sure(self) -> bool:
        telling = telling_labels().intersection(self.labels)
        if not self.labels:
            return self.date_seen and self.time_seen
        if telling:
            return self.filled > 0 or len(self.labels) > 1 or self.date_seen
        return bool(_MACHINE_TIME.search(self.line)) or (len(self.labels) > 1 and self.date_seen and self.time_seen)

    def _labelled(self) -> bool:
        found = label_pattern().match(self.line, self.at)
        if not found:
            return False
        label = re.sub(r"\s", "", found.group("label"))
        key = labels()[label]
        self.labels.append(label)
        self.at = found.end()
        if label_pattern().match(self.line, self.at):
            return True
        if key == "date":
            return self._date() or self._short_date() or self._labelled_date() or self.at >= len(self.line)
        value = self._value(key)
        if value is not None:
            start, end = value
            self.at = end
            if key == "editor":
                self.at = max(end, _end(_STAFF_CODE, self.line, end))
                code = _STAFF_CODE.search(self.line, start + 1, end)
                end = code.start() if code else end
            text = self.line[start:end].strip(" -_()")
            self.filled += bool(text)
            if key != "-" and text and not (key == "source" and _DEVICE.fullmatch(text)):
                self.facts.append(Fact(key, text, start, start + len(self.line[start:end].rstrip(" -_()"))))
        return True

    def _value(self, key: str) -> tuple[int, int] | None:
        found = _VALUES.get(key, _NAME).match(self.line, self.at)
        if not found:
            return None
        end = found.end()
        for cut in (label_pattern(), DATE):
            inner = cut.search(self.line, self.at, end + 12)
            if inner and self.at < inner.start() < end:
                end = inner.start()
        wide = self.line.find("  ", self.at, end)
        return self.at, wide if wide >= 0 else end

    def _date(self) -> bool:
        found = DATE.match(self.line, self.at)
        if not found:
            return False
        iso = iso_date(found)
        if iso is None:
            return False
        self.date_seen = True
        self.filled += 1
        self.at = found.end()
        place = found.start()
        weekday = WEEKDAY.match(self.line, _end(_SEPARATORS, self.line, self.at))
        if weekday:
            self.at = weekday.end()
        time = TIME.match(self.line, _blank_end(self.line, self.at))
        if time:
            self.at = time.end()
            self.time_seen = True
        self.facts.append(Fact("date", iso, place, self.at))
        return True

    def _short_date(self) -> bool:
        found = _SHORT_MOMENT.match(self.line, self.at)
        if found is None:
            return False
        date = DATE.match(f"20{found['year']}-{found['month']}-{found['day']}")
        iso = iso_date(date) if date else None
        fact = (
            Fact("date_as_printed", found.group(), *found.span()) if iso is None else Fact("date", iso, *found.span())
        )
        self.facts.append(fact)
        self.date_seen = self.time_seen = True
        self.filled += 1
        self.at = found.end()
        account = _ACCOUNT.match(self.line, self.at)
        if account and not _BUTTON.match(self.line, self.at):
            self.facts.append(Fact("author", account.group(), *account.span()))
            self.at = account.end()
        return True

    def _labelled_date(self) -> bool:
        """Read a date in a form that says too little without a label."""
        found = LABELLED_DATE.match(self.line, self.at)
        iso = labelled_iso_date(found) if found else None
        if found is None or iso is None:
            return False
        self.date_seen, self.time_seen = True, found.group() != found["day"]
        self.filled += 1
        self.facts.append(Fact("date", iso, *found.span("day")))
        self.at = found.end()
        return True

    def _time(self) -> bool:
        found = TIME.match(self.line, self.at) if self.date_seen else None
        if found:
            self.at = found.end()
            self.time_seen = True
        return bool(found)

    def _name_first(self) -> bool:
        found = _NAME_FIRST.match(self.line, self.at) if not self.facts else None
        if found and found.lastgroup:
            self.facts.append(Fact(found.lastgroup, found[found.lastgroup], *found.span(found.lastgroup)))
            self.at = found.end()
        return bool(found)

    def _sizes(self) -> bool:
        found = _SIZE_ROW.match(self.line, self.at)
        if found:
            self.at = found.end()
        return bool(found)

    def _button(self) -> bool:
        found = _BUTTON.match(self.line, self.at)
        if found:
            self.at = found.end()
        return bool(found)

    def _counted(self) -> bool:
        """Read a count under a label that nobody knows, behind two that are known."""
        found = _COUNTED.match(self.line, self.at) if len(self.labels) > 1 else None
        if found:
            self.at = found.end()
        return bool(found)

    def _loose(self) -> bool:
        """Take the name of a medium or a person that stands behind the date without a label."""
        if not self.date_seen or self.loose >= _MOST_LOOSE:
            return False
        reporter = _REPORTER.match(self.line, self.at)
        if reporter:
            self.loose += 1
            self.facts.append(Fact("author", reporter["name"], *reporter.span("name")))
            self.at = reporter.end()
            return True
        key, found = "source", _MEDIUM.match(self.line, self.at)
        if not found and self.time_seen:
            key, found = "author", _PERSON.match(self.line, self.at)
        if not found:
            return False
        self.loose += 1
        if not any(fact.key == key for fact in self.facts):
            self.facts.append(Fact(key, found.group(), found.start(), found.end()))
        self.at = found.end()
        return True


def _end(pattern: re.Pattern[str], line: str, at: int) -> int:
    found = pattern.match(line, at)
    return found.end() if found else at


def _blank_end(line: str, at: int) -> int:
    while at < len(line) and line[at] in " \t\xa0\u3000,":
        at += 1
    return at
