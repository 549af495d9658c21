"""Where the model of lines has a word at the conservative level: below the main text, and on what runs would take.

Side bars and teasers in a site's own words are known to no rule.  The model of lines tells them from a text
only roughly, so at the conservative level it is believed in one place, below the last line that may be of the
text, and about lines that it all but excludes from the text.  And a line that goes because of its company alone
stays where the model takes it for text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.features import LineFeatures
from cleancorpus.boilerplate.pages import Pages
from cleancorpus.boilerplate.verdicts import NONE, SURE, Verdicts
from cleancorpus.rules import Rule
from cleancorpus.text import Positions

_TEXT = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好，让大家都看到变化。\n" * 3
_TEASERS = "青山栏目\n热点图集\n清水频道\n某校添了新操场\n某地办起了读书会，邻里都来了，书也带来了。\n"
BELOW = Rule(
    id="boilerplate.below-main-content",
    why="The line stands below the page's main text, and the model of lines all but excludes it from that text.",
    family="navigation",
    hits=(
        f"首页\n登录/注册\n市里开会谈修路\n2021-05-03 09:12 来源：某市日报\n{_TEXT}"
        f"责任编辑：王某某\n分享到：\n打印本页\n相关新闻\n{_TEASERS}关于我们 | 联系我们\n京ICP备00000000号",
    ),
    misses=(
        f"市里开会谈修路\n{_TEXT}{_TEASERS}",
        f"首页\n登录/注册\n市里开会谈修路\n{_TEXT}{_TEASERS}责任编辑：王某某\n分享到：",
    ),
)

# The foot of a page begins where of the likely text, each line counting by its probability, hardly any is left in lines
# as likely as COUNTED: the lesser of REST and MOST_REST characters.  There, behind LEAST_FOOT sure lines of a page with
# LEAST_SURE of them, and in front of another, lines less likely body than CHROME go, where there are LEAST_TEXT
# characters of LIKELY lines: with fewer, a list may be the text.  By models held out by site, of the chrome that rules
# leave 23 % goes from articles, 26 % from threads, 24 % from pages labelled by hand, and no line of their texts
# (tools/train_boilerplate.py prints this), with CHROME at .2 neither; by an earlier model, at .1, one.  If all lines
# counted, 16 % would go from articles: long lists of teasers sum up.  Above a text the same takes 1 to 2 % where titles
# are safe, which is too little.
CHROME, COUNTED, LIKELY = 0.1, 0.15, 0.5
REST, MOST_REST = 0.1, 200
LEAST_TEXT, LEAST_FOOT, LEAST_SURE = 150, 1, 3
# Of the lines that runs take and that no rule knows, those as likely body as this are one in 1,300 of the chrome
# and half of the body, on pages labelled by hand and the hand-annotated pages with gold (by characters).
DOUBT = 0.4
# A list with this share of what no rule knows is all of its page, and what stands below it, its foot.
_MOST_OF_PAGE = 0.7
# A panel in a text has no more lines; a sentence has so many characters or more.
_PANEL, _SENTENCE = 8, 15
# Behind such a head a line stays from this probability on.
_BEHIND_HEADS = 0.05
_PARTING = tuple(f"boilerplate.{name}" for name in ("related-head", "kind-list-head", "comment-tools", "post-line"))


def lines_in_a_foot(document: Positions, unknown: NDArray[np.bool_], sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which lines may stand in the foot of their page, ``bool[L]``: pages without such lines can lose none.

    ``document`` is the page of each line, ``unknown`` are the lines that stay as far as rules say, ``sure``
    those that rules know.
    """
    if np.count_nonzero(sure) < LEAST_SURE:
        return np.zeros(len(document), dtype=bool)
    page = Pages(document)
    passed = page.before(sure)
    total = page.total(sure)
    return np.asarray(unknown & (passed >= LEAST_FOOT) & (passed < total) & (total >= LEAST_SURE))


def goes_by_model(
    described: LineFeatures,
    body: NDArray[np.float64],
    known: Verdicts,
    entries: NDArray[np.bool_],
    company: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Say which of the described lines go, ``bool[M]``, by the rules' verdicts and by how likely each is body.

    ``company`` are the lines that go because of those around them alone, ``entries`` the lines of lists that a page
    consists of.  Such a list is the text where most of what no rule knows is in it: in shorter parts of the page there
    may be more of it.
    """
    line, page, size = described.line, described.page, described.size
    unknown = known.strength[line] == NONE
    most = page.total(size * entries) > _MOST_OF_PAGE * page.total(size * (unknown & ~known.goes[line]))
    body = np.where(entries & most, 1.0, body)
    goes = known.goes[line] & ~(company & unknown & (body >= DOUBT))
    below = below_text(page, size, body, goes, known.strength[line] == SURE)
    return np.asarray(goes | (below & ~known.title[line] & ~entries & ~_last_sentences(described, body, goes, known)))


def _last_sentences(
    described: LineFeatures, body: NDArray[np.float64], gone: NDArray[np.bool_], known: Verdicts
) -> NDArray[np.bool_]:
    """Say which lines may be sentences with which the text goes on behind a panel, ``bool[M]``.

    They stand no more than so many lines below a likely line of the text, with no head of a list or of comments and
    no links to share the page in between, where the model is not quite sure.
    """
    page, line = described.page, described.line
    parts = page.before((known.by(_PARTING) | known.of({"share"}))[line])
    text = (body >= LIKELY) & ~gone
    position = np.arange(len(line))
    nearest = np.maximum.accumulate(np.where(text, position, -1))
    reached = np.maximum(nearest, 0)
    same = (nearest >= 0) & (described.document[reached] == described.document)
    near = same & (position - reached <= _PANEL) & ((parts == parts[reached]) | (body >= _BEHIND_HEADS))
    return np.asarray(near & (known.stops[line] > 0) & (described.size >= _SENTENCE))


def below_text(
    page: Pages,
    size: NDArray[np.int64],
    probability: NDArray[np.float64],
    gone: NDArray[np.bool_],
    sure: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Say which lines are surely chrome below their page's main text, ``bool[M]``; all are columns over the lines.

    ``probability`` is that of each line to be body, ``gone`` are the lines that rules take, ``sure`` those that
    they know.  What stands behind the last sure line is left: it may be the end of a longer text.
    """
    mass = size * ~gone * probability
    every = page.total(mass)
    counted = mass * (probability >= COUNTED)
    below = page.total(counted) - page.before(counted) <= np.minimum(REST * every, MOST_REST)
    foot = below & sure
    passed = page.before(foot)
    framed = below & (passed >= LEAST_FOOT) & (passed < page.total(foot)) & (page.total(sure) >= LEAST_SURE)
    text = page.total(size * (~gone & (probability >= LIKELY)))
    return np.asarray(framed & ~gone & (text >= LEAST_TEXT) & (probability < CHROME))
