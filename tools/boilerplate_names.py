"""The features that the model of lines may use, by name, before training chooses among them."""

from __future__ import annotations

# Further features were left out as held-out pages are judged as well or better without them: windows two lines away,
# those of dates and code, headings within three lines, and a line's own size by bins, its cues by group, whether it is
# a heading or repeated; in threads, windows of dates and of lines that rules take.
WINDOWED = ("prose", "cue", "short", "goes", "alike")
NEAR = ("[-1]", "[+1]")
WIDE = ("[-4,-1]", "[+1,+4]", "[-12,-1]", "[+1,+12]")
HEADINGS = ("byline", "ending", "related", "comment", "forum", "crumb", "wiki")
BY_RULE = ("rule.title", "rule.related", "rule.footer")
TREE = ("html.in.heading.first", "html.in.heading", "html.in.item", "html.in.paragraph")
TREE_WINDOWS = ("[-1]", "[+1]", "[-3,-1]", "[-12,-1]", "[+1,+12]")
PASSED = ("tail", "date", "rule.title")
AHEAD = ("tail", "byline", "ending")
THREAD = (
    *("plain", "size.1-2", "size.3-4", "size.5-8", "size.9-16", "size.17-30", "size.31-50", "stops", "commas", "prose"),
    *("function", "ends.stop", "digit", "latin", "bullet", "blank.before", "blank.after", "cue", "cue.forum"),
    *("cue.comment", "cue.footer", "cue.ending", "cue.related", "date", "cue[-1]", "cue[+1]", "cue[-2]", "cue[+2]"),
    *("short[-1]", "short[+1]", "block.mass", "block.text", "prose[-1]", "prose[+1]", "tail.once", "above.lines"),
    *("forum[-3,-1]", "forum[+1,+3]", "forum[-12,-1]", "related[-12,-1]", "code", "code[-4,-1]", "code[+1,+4]"),
    *("alike", "alike[-1]", "alike[+1]", "alike[-2]", "alike[+2]", "alike[-4,-1]", "alike[+1,+4]", "parted"),
    *("post.mass", "post.text", "post.lines", "rule.title", "size", "html.path.mass", "html.parent.mass"),
)


def candidates(measures: tuple[str, ...]) -> tuple[str, ...]:
    """Give the names of all features that training may use, from those of the measures of single lines."""
    left_out = {"mass", "html.known", "html.path.mass", "html.parent.mass", *HEADINGS}
    own = [name for name in measures if name not in left_out and not name.startswith(("cue.", "size."))]

    def known(name: str) -> bool:
        return name in measures or not name.startswith("html.")

    near = [f"{name}{window}" for name in (*WINDOWED, "bullet", "size") for window in NEAR]
    wide = [f"{name}{window}" for name in WINDOWED for window in WIDE]
    mass = [f"mass{window}" for window in (*WIDE, "[-30,-1]")]
    seen = [f"{name}[-12,-1]" for name in (*HEADINGS, *BY_RULE)]
    tree = [f"{name}{window}" for name in TREE if name in measures for window in TREE_WINDOWS]
    tree += [f"{name}.once" for name in TREE[:1] if name in measures]
    order = ["tail.once", "date.once"] + [f"{name}.passed" for name in PASSED] + [f"{name}.ahead" for name in AHEAD]
    return (*own, *near, *wide, *mass, *seen, *order, *tree, *(f"thread:{name}" for name in THREAD if known(name)))
