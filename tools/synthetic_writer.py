"""What writes a made page: lines with labels, phrases with names filled in, and passages of clean text.

The passages come from folders of clean text that the caller names and are never stored; the phrases stand in
synthetic_phrases.toml.  A page is a list of lines, each with its label.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BODY, CHROME, TITLE, METADATA, HEADING = "body", "chrome", "title", "metadata", "heading"

PHRASES: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "synthetic_phrases.toml").read_text(encoding="utf-8")
)


@dataclass
class Page:
    """A page: its lines with their labels, and the kind of page that it imitates."""

    kind: str
    lines: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Writer:
    """Writes one page: how this site indents, marks list items and parts its blocks."""

    rng: random.Random
    sources: Sequence[Sequence[str]]
    page: Page
    site: str = ""
    bullet: str = ""
    indent: str = ""
    paragraph: str = ""
    airy: bool = True
    nested: bool = False
    loose: bool = True

    def say(self, text: str, label: str = CHROME) -> None:
        if text.strip():
            self.page.lines.append((self.indent + text, label))

    def gap(self, chance: float = 1.0) -> None:
        if self.rng.random() < chance and self.page.lines and self.page.lines[-1][0]:
            self.page.lines.append(("", CHROME))

    def pick(self, options: Sequence[str]) -> str:
        return self.fill(self.rng.choice(options))

    def fill(self, pattern: str) -> str:
        rng = self.rng
        values: dict[str, Callable[[], str]] = {
            "name": lambda: rng.choice(PHRASES["surnames"]) + "".join(rng.sample(PHRASES["given"], rng.choice((1, 2)))),
            "site": lambda: self.site if rng.random() < 0.6 else rng.choice(PHRASES["sites"]),
            "handle": lambda: rng.choice(PHRASES["handles"]),
            "chan": lambda: rng.choice(PHRASES["channels"]),
            "region": lambda: rng.choice(PHRASES["regions"]),
            "title": self.headline,
            "w": self.word,
            "host": lambda: rng.choice(("news", "www", "bbs", "m")) + ".example.com",
            "date": self.date,
            "time": lambda: (
                f"{rng.randrange(24):02d}:{rng.randrange(60):02d}" + rng.choice(("", f":{rng.randrange(60):02d}"))
            ),
            "n": lambda: str(rng.randrange(100, 9999)),
            "d": lambda: str(rng.randrange(1, 40)),
            "y": lambda: str(rng.randrange(2001, 2026)),
        }
        return re.sub(r"\{(\w+)\}", lambda found: values[found[1]](), pattern)

    def date(self) -> str:
        rng = self.rng
        y, m, d = rng.randrange(2003, 2026), rng.randrange(1, 13), rng.randrange(1, 29)
        return rng.choice(
            (
                f"{y}-{m:02d}-{d:02d}",
                f"{y}年{m}月{d}日",
                f"{y}/{m:02d}/{d:02d}",
                f"{y}.{m}.{d}",
                f"{m}月{d}日",
                f"{y}年{m:02d}月{d:02d}日",
            )
        )

    def sentences(self, count: int) -> str:
        """Give about so many sentences of one source in a row."""
        text = "".join(self.passage(count))
        found = re.findall(r"[^。！？]+[。！？]+[”」]?", text) or [text]
        return "".join(found[:count])[:600]

    def passage(self, count: int) -> list[str]:
        source = self.rng.choice(self.sources)
        at = self.rng.randrange(max(len(source) - count, 1))
        return [line.strip() for line in source[at : at + count]]

    def headline(self) -> str:
        words = re.split(r"[。！？；：，、\s“”（）()]", self.sentences(2))
        words = [word for word in words if 3 <= len(word) <= 16] or ["今日要闻"]
        start = self.rng.randrange(len(words))
        title = words[start]
        while len(title) < 9 and start + 1 < len(words):
            start += 1
            title += self.rng.choice((" ", "：", "，", "")) + words[start]
        return title + self.rng.choice(("", "", "", "", "？", "！", "(图)"))

    def word(self) -> str:
        """Give a word that no list of phrases holds: a site's own buttons and ranks are known by their recurring."""
        title = re.sub(r"[^\u4e00-\u9fff]", "", self.headline()) or "今日要闻"
        at = self.rng.randrange(max(len(title) - 3, 1))
        return title[at : at + self.rng.choice((2, 2, 3, 4))]

    def phrases(self, known: Sequence[str], count: int) -> list[str]:
        """Give patterns that stand at every post of a thread, some of them in words of this site alone."""
        rng = self.rng
        own = ("{w}", "{w} {{n}}", "{{d}}{w}", "{w}：{{d}}", "{{n}} {w}", "{w} {{handle}}", "{w}{{d}}{v}")
        return [
            rng.choice(own).format(w=self.word(), v=self.word()) if rng.random() < 0.5 else pattern
            for pattern in rng.sample(known, count)
        ]

    def reply(self) -> list[str]:
        """Write a post as people do: a word or two, half a sentence, a list, lines of code, or paragraphs."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.25:
            return [self.pick(PHRASES["replies"])]
        if kind < 0.6:
            clauses = [part for part in re.split(r"[，。！？；：]", self.sentences(3)) if 2 <= len(part) <= 40]
            said = rng.choice((" ", "，", "。")).join(clauses[: rng.choice((1, 1, 2, 3))]) or "好"
            return [said + rng.choice(("", "", "", "。", "！", "...", "？", "~"))]
        if kind < 0.7:
            lines = [f"{number}{rng.choice('.、 ')}{self.headline()}" for number in range(1, rng.choice((3, 5, 8)))]
            return [self.headline() + "：", *lines]
        if kind < 0.78:
            names = rng.sample(("config", "run", "cache:clear", "build", "--init", "http_proxy", "server", "port"), 4)
            lines = [
                f"{rng.choice(('$ ', 'sudo ', 'export ', '', 'php '))}{name}={rng.randrange(9999)}" for name in names
            ]
            return [
                self.headline(),
                *lines[: rng.choice((1, 2, 4))],
                *([self.sentences(1)] if rng.random() < 0.5 else []),
            ]
        return [self.sentences(rng.choice((1, 1, 2, 3))) for _ in range(rng.choice((1, 1, 2, 4)))]

    def items(self, texts: Sequence[str], bullet: str | None = None) -> None:
        marker = self.bullet if bullet is None else bullet
        for number, text in enumerate(texts, 1):
            self.say((f"  {number}. " if marker == "1" else marker) + text)
            self.gap(0.08 if not self.loose else 0.5)
