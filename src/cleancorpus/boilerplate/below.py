"""What stands below a page's main text: lines that the model of lines takes for chrome beyond doubt.

Side bars and teasers in a site's own words are known to no rule.  The model of lines tells them from a text
only roughly, so at the conservative level it is believed in one place, below the last line that may be of the
text, and about lines that it all but excludes from the text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleancorpus.boilerplate.pages import Pages
from cleancorpus.rules import Rule
from cleancorpus.text import Positions

_TEXT = "今天上午，市里举行了一次会议，会议由市长主持。他说，要把路修好，把树种好，把水治好，让大家都看到变化。\n" * 3
_TEASERS = "青山栏目\n某地办起了读书会，邻里都来了，书也带来了。\n热点图集\n某校添了新操场，跑道是红色的。\n"
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

# The foot of a page begins where of the likely text, each line counting by its probability, hardly any is left:
# the lesser of REST and MOST_REST characters.  There, lines less likely body than CHROME go, behind LEAST_FOOT sure
# lines and in front of another, on pages with LEAST_TEXT characters of LIKELY lines: with fewer, a list may be the
# text.  By models held out by site 20 % of the chrome that rules leave goes from articles, 26 % from threads, 22 % from
# pages labelled by hand, and no line of their texts (tools/train_boilerplate.py prints this); with CHROME at
# .2, two lines of texts.  Above a text the same takes 1 to 7 %, and titles with it, which are no body to the model.
CHROME, LIKELY = 0.1, 0.5
REST, MOST_REST = 0.1, 200
LEAST_TEXT, LEAST_FOOT = 150, 3


def pages_with_a_foot(document: Positions, unknown: NDArray[np.bool_], sure: NDArray[np.bool_]) -> Positions:
    """Give the pages, ``int64``, in whose foot there is a line to be asked about: the others can lose none.

    ``document`` is the page of each line, ``unknown`` are the lines that stay as far as rules say, ``sure``
    those that rules know.
    """
    page = Pages(document)
    passed = page.before(sure)
    return np.unique(document[unknown & (passed >= LEAST_FOOT) & (passed < page.total(sure))])


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
    below = every - page.before(mass) <= np.minimum(REST * every, MOST_REST)
    foot = below & sure
    passed = page.before(foot)
    framed = below & (passed >= LEAST_FOOT) & (passed < page.total(foot))
    text = page.total(size * (~gone & (probability >= LIKELY)))
    return np.asarray(framed & ~gone & (text >= LEAST_TEXT) & (probability < CHROME))
