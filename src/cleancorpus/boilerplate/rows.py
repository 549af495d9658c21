"""Rows of menu items on one line, with or without anything between them."""

from __future__ import annotations

import re
from functools import lru_cache

from cleancorpus.boilerplate.families import menu_words, pattern_rules
from cleancorpus.boilerplate.link_forms import has_link_form
from cleancorpus.boilerplate.literals import Way
from cleancorpus.boilerplate.matching import LineTest
from cleancorpus.rules import Rule

MENU_ROW = Rule(
    id="boilerplate.menu-row",
    why="A row of menu items on one line.",
    family="navigation",
    hits=(
        "首页|新闻|图片|评论|娱乐|时尚|财经|军事|体育",
        "网页新闻贴吧知道网盘图片视频地图文库资讯采购百科",
        "首頁 即時 熱門 政治 社會 生活 國際",
        "首页 基金产品 专户理财 投资视点 资讯中心",
        "反洗钱 | 投资人权益须知 | 风险提示 | 免责声明",
        "消息(0) 充值 个人中心 客服中心 退出",
        "快訊 政治 社會 地方 國際 生活 娛樂 體育",
        "高级搜索 批量检索 法律状态检索",
        "首页 | 裁判文书 | 法律法规 | 帮助",
        "買樓 | 租樓 | 新盤 | 成交 | 屋苑 | 按揭 | 分行 | 代理",
        "推薦此歌詞 列印歌詞 分享歌詞",
    ),
    misses=(
        "政治、经济、文化、社会、生态文明建设五位一体",
        "新闻图片很多",
        "体育 音乐 美术 科学",
        "语文 数学 英语 体育 音乐 美术 科学 道德与法治",
        "经济 政治 文化 社会 生态 党的建设",
        "他的爱好是音乐 电影 读书 旅游。",
        "首页 设计 的 三个 要点",
        "甲 | 乙 | 丙 | 版权",
    ),
)
PAGER = Rule(
    id="boilerplate.pager",
    why="The row of page numbers under a list, or under an article in parts.",
    family="pagination",
    hits=(
        "首页 上一页 5 6 7 8 9 下一页 尾页",
        "第1页 / 共7页",
        "共12页 当前第3页",
        "下一頁 尾頁 頁次：1/2 每頁20條",
        "第14页",
        "<上一页 1 2 3 ... 9 下一页>",
        "1 2 下一页 余下全文",
        "第  页",
    ),
    misses=("第七页写着他的名字。", "第1条 第2条 第3条", "12 34 56 78", "[224, 164, 168]", "2022-03-15", "21-11"),
)
ROWS = (MENU_ROW, PAGER)

# What a row of pages is made of; at least one of the words for turning a page, or both a page and a total.
_PAGER_TOKEN = re.compile(
    r"(?P<turn>(?:上|下|前|后)一?页|第一页|(?:最末|最后一?|尾|末)页|前一页|后一页|首页|余下全文|(?:\[|\()?\s*(?:上|下)一页\s*(?:\]|\)))"
    r"|(?P<page>第\s?\(\d{1,4}\s?/\s?\d{1,4}\)\s?页|第\s?\d{0,4}\s?(?:/\s?\d{1,4}\s?)?页|页次|当前第?|\d{1,4}\s?/\s?\d{1,4}\s?页?)"
    r"|(?P<total>(?:总?共|总计|合计)\s?(?:有)?\s?\d{1,7}\s?(?:页|条|篇|个|件|笔|则)?(?:记录|信息|数据|新闻|主题|结果|回复)?)"
    r"|跳转到?|转到?|go|每页(?:显示)?\s?\d{1,3}\s?(?:条|篇|个|则|笔)?|确定|显示|[<>«»‹›|/,:.…\[\]()\-]|\d{1,5}\s?(?:条|页|篇)?|到"
)

# The arrows between links are often characters of an icon font, from the private use area.
_BETWEEN = re.compile(r"[\s|/┊│丨·•›>»_\ue000-\uf8ff-]+")
_BLANKS = re.compile(r"[\s\ue000-\uf8ff]+")
_PROSE_MARK = re.compile(r"[。,;!?、:“]")
_BARS = re.compile(r"\s*[|┊│丨·•]\s*")
_LEAST_WORDS = 5
# Behind the home page, so many items of so many characters are sections, whatever they are called.
_LEAST_SECTIONS, _SHORTEST_SECTION, _LONGEST_SECTION = 3, 2, 6
# Behind the home page stand the sections of a small site, whatever they are called; those of a large one are known.
_MOST_SECTIONS = 12
_LONGEST_LINK, _FOOTER_ENDS = 10, ("声明", "协议", "条款", "政策", "地图")
# Of the characters of a row without blanks this share must be known words; below it, it may be a phrase.
_LEAST_SHARE = 0.8
# Words of an account, of which a row ends with leaving it, need not be so many.
_LEAST_ACCOUNT = 3
_LEAST_GLUED, _MOST_GLUED, _LONGEST_WORD = 12, 120, 8


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    return frozenset(word for word in (*menu_words(), *_sure_words()) if len(word) > 1)


@lru_cache(maxsize=1)
def _sure_words() -> frozenset[str]:
    return frozenset(word for rule in pattern_rules() for word in rule.words)


# A row begins or goes on with the home page, an account or a section that no sentence lists.
_TELLING = (
    *("首页", "个人中心", "会员中心", "退出", "免责", "声明", "联系", "关于", "收藏", "客户端", "帮助", "反馈"),
    *("登陆", "登录", "登入", "注册", "网页", "新闻", "更多", "即时", "资讯", "论坛", "频道", "下载"),
)
# Sections that texts list, too: without a telling word there must be more of them, and fewer other words.
_SECTIONS = ("体育", "军事", "娱乐", "财经", "科技", "社会", "政治", "武侠", "玄幻")
# Parts of the names of pages and tools, of which a row has several.
_TOOLS = (
    "搜索",
    "检索",
    "查询",
    "搜寻",
    "列表",
    "排行",
    "留言",
    "订阅",
    "导航",
    "返回",
    "查看",
    "列印",
    "打印",
    "热门",
    "推荐",
)
_LEAST_SECTION_WORDS, _LEAST_SECTION_SHARE = 6, 0.6


def is_menu_row(line: str) -> bool:
    """Say whether a folded line is a row of menu items."""
    if _PROSE_MARK.search(line):
        return False
    parts = _BETWEEN.split(line)
    if len(parts) == 1:
        return _is_glued_row(line)
    items = [item for item in parts if item]
    if _opens_with_home(line) or _holds_footer_link(line):
        return True
    sure_words = _sure_words()
    if len(items) > 1 and sum(item in sure_words for item in items) >= max(2, len(items) - 1):
        return True
    vocabulary = _vocabulary()
    if len(items) >= _LEAST_SECTIONS and all(1 < len(item) <= _LONGEST_LINK for item in items):
        formed = sum(map(has_link_form, items))
        links = sum(item in vocabulary or has_link_form(item) for item in items)
        if formed > 1 and links >= _LEAST_SHARE * len(items):
            return True
    if len(items) < _LEAST_WORDS:
        return _is_glued_row(line)
    known = sum(item in vocabulary for item in items)
    short = sum(len(item) <= 8 for item in items)
    telling = any(word in line for word in _TELLING)
    least, share = (3, 0.5) if telling else (_LEAST_SECTION_WORDS, _LEAST_SECTION_SHARE)
    return known >= least and known >= share * len(items) and short >= 0.9 * len(items)


def _opens_with_home(line: str) -> bool:
    """Say whether the home page and some sections, all of them short and with blanks between, are all of a line."""
    if "首页" not in line:
        return False
    home, *sections = _BLANKS.split(line)
    if home not in ("首页", "网站首页", "返回首页", "回首页") or len(sections) < _LEAST_SECTIONS:
        return False
    return all(_SHORTEST_SECTION <= len(item) <= _LONGEST_SECTION for item in sections)


def _holds_footer_link(line: str) -> bool:
    """Say whether short items between bars have a link of the footer among them."""
    items = _BARS.split(line)
    if len(items) <= _LEAST_SECTIONS or max(map(len, items)) > _LONGEST_LINK:
        return False
    if items[0] in ("首页", "主页") and len(items) <= _MOST_SECTIONS:
        return True
    return any(item in _sure_words() or item.endswith(_FOOTER_ENDS) or item[1:].endswith("首页") for item in items)


def _is_glued_row(line: str) -> bool:
    """Cut a line into the longest known words from the left, and see how much they cover."""
    if not _LEAST_GLUED <= len(line) <= _MOST_GLUED:
        return False
    words_with = _words_by_opening().get
    words, covered, at = 0, 0, 0
    # So many characters may be left over between the words.
    spare = len(line) - _LEAST_SHARE * len(line)
    while at < len(line) and at - covered <= spare:
        for word in words_with(line[at : at + 2], ()):
            if line.startswith(word, at):
                words, covered, at = words + 1, covered + len(word), at + len(word)
                break
        else:
            at += 1
    if words >= _LEAST_ACCOUNT and covered == len(line) and line.endswith(("退出", "注销", "登录", "注册")):
        return True
    return words > _LEAST_WORDS and covered >= _LEAST_SHARE * len(line)


@lru_cache(maxsize=1)
def _words_by_opening() -> dict[str, tuple[str, ...]]:
    """Give the known words by their first two characters, the longest first."""
    found: dict[str, list[str]] = {}
    for word in sorted(_vocabulary(), key=lambda word: (-len(word), word)):
        if len(word) <= _LONGEST_WORD:
            found.setdefault(word[:2], []).append(word)
    return {opening: tuple(words) for opening, words in found.items()}


def is_pager(line: str) -> bool:
    """Say whether a folded line is a row of page numbers."""
    at, turns, pages, totals = 0, 0, 0, 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        found = _PAGER_TOKEN.match(line, at)
        if not found:
            return False
        turns += found.group("turn") not in (None, "首页")
        pages += found.group("page") is not None
        totals += found.group("total") is not None
        at = found.end()
    whole = re.fullmatch(r"[-—\s]*第(?:\s?\d{1,4}\s?|\s{1,4})页[-—\s]*", line) is not None
    return turns > 0 or (pages > 0 and totals > 0) or whole


@lru_cache(maxsize=1)
def row_tests() -> tuple[LineTest, ...]:
    """Give the tests of this module's rules."""
    return (
        LineTest(MENU_ROW.id, (Way((*_TELLING, *_SECTIONS, *_TOOLS, " | "), 300),), is_menu_row),
        LineTest(PAGER.id, (Way(("页",), 160),), is_pager),
    )
