"""Edits of a story page's HTML, of which the catalogue of changes is made; what an edit does not find stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import escape

from solidot_spider.base.clock import BEIJING

Change = Callable[[str], str]

DATELINE = re.compile(r"发表于 (\d+年\d+月\d+日) (\d+时\d+分) (星期.)")
HEADING = re.compile(r'<div class="bg_htit"><h2>(.*?)</h2></div>')
EDITOR = re.compile(r'<a href="/~([^"]+)">([^<]+)</a> \((\d+)\)(?=发表于 )')
DEPARTMENT = re.compile(r"<b>来自(.*?)</b>")
TOPICS = re.compile(r'<div class="icon_float">\n(.*?)\n</div>\n', re.DOTALL)
TOPIC = re.compile(r'<a href="/search\?tid=(\d+)" title="([^"]*)"><img [^>]*></a>')
META = re.compile(r'<div class="talk_time">\n<div class="icon_float">.*?\n</div>\n.*?\n</div>\n', re.DOTALL)
SHARE = re.compile(r'<a href="[^"]*share\.php[^"]*sid=(\d+)[^"]*" title="[^"]*">[^<]*</a>')
JSON_LD = re.compile(r'<script type="application/ld\+json">.*?</script>\n', re.DOTALL)
VIEWS = re.compile(r"<b>本文已被查看 (\d+) 次</b>")
COMMENTS = re.compile(r'<div class="statement">.*(?=<!-- comments end -->)', re.DOTALL)
BODY_START = '<div class="p_mainnew">\n'
BODY_END = "\t\t\t\t\t                </div>"
BLOCK_START = '<div class="block_m">\n'
BLOCK_END = '\n</div>\n<div class="pn">'


def swap(old: str, new: str, count: int = -1) -> Change:
    return lambda html: html.replace(old, new, count)


def sub(pattern: str | re.Pattern[str], new: str | Callable[[re.Match[str]], str], count: int = 1) -> Change:
    return lambda html: re.sub(pattern, new, html, count=count)


def renamed(name: str, kind: str = "class") -> Change:
    """The id or class has another name, wherever it is."""
    return sub(rf'({kind}="(?:[^"]* )?){name}(?=[ "])', r"\1renamed", 0)


def removed(name: str) -> Change:
    return swap(f' class="{name}"', "")


def titled(form: str) -> Change:
    """The heading in another form; ``{}`` is the title."""
    return sub(HEADING, lambda found: form.format(found[1]))


def title(form: str) -> Change:
    return titled(f'<div class="bg_htit"><h2>{form}</h2></div>')


def dated(form: str, shift: timedelta = timedelta()) -> Change:
    """The dateline in another form: ``{date}`` and ``{day}`` as they are written, ``{at}`` the time."""

    def written(found: re.Match[str]) -> str:
        date = f"{found[1]} {found[2]}"
        at = datetime.strptime(date, "%Y年%m月%d日 %H时%M分").replace(tzinfo=BEIJING) + shift
        return form.format(date=date, day=found[3], at=at)

    return sub(DATELINE, written)


def editor(form: str) -> Change:
    """The editor in another form: ``{0}`` the path's name, ``{1}`` the name, ``{2}`` the uid."""
    return sub(EDITOR, lambda found: form.format(*found.groups()))


def department(form: str) -> Change:
    return sub(DEPARTMENT, lambda found: form.format(found[1]))


def topics(form: str) -> Change:
    """Each topic in another form: ``{0}`` the tid, ``{1}`` the name."""
    return sub(TOPIC, lambda found: form.format(*found.groups()), 0)


def share(form: str) -> Change:
    return sub(SHARE, lambda found: form.format(found[1]))


def views(form: str) -> Change:
    return sub(VIEWS, lambda found: form.format(found[1]))


def body(change: Change) -> Change:
    """A change of what is inside the body."""

    def changed(html: str) -> str:
        start = html.index(BODY_START) + len(BODY_START)
        end = html.index(BODY_END, start)
        return html[:start] + change(html[start:end]) + html[end:]

    return changed


def framed(before: str, after: str) -> Change:
    """Something before and behind the text, inside the body."""
    return body(lambda text: before + text + after)


def behind_body(text: str) -> Change:
    return swap(BODY_END, f"{BODY_END}\n{text}", 1)


def moved(part: re.Pattern[str], behind: str) -> Change:
    """A part of the page behind another place."""

    def changed(html: str) -> str:
        found = part.search(html)
        if found is None:
            return html
        return html.replace(found[0], "", 1).replace(behind, behind + found[0], 1)

    return changed


def twice(whole: bool) -> Change:
    """The body a second time, or its first half as a teaser before it, both in elements of the body's class."""

    def changed(html: str) -> str:
        start = html.index(BODY_START)
        element = html[start : html.index(BODY_END, start) + len(BODY_END)]
        text = element.removeprefix(BODY_START).removesuffix(BODY_END)
        teaser = text if whole else re.split(r"<br|<p|<!--|(?<=。)", text.strip(), maxsplit=1)[0]
        return html.replace(element, f"{BODY_START}{teaser}{BODY_END}\n{element}", 1)

    return changed


def sources_moved(before: str, after: str) -> Change:
    """The bare addresses at the end of the body in an element of their own."""

    def changed(html: str) -> str:
        start = html.index(BODY_START) + len(BODY_START)
        end = html.index(BODY_END, start)
        text = html[start:end]
        lines: list[str] = []
        while found := re.search(
            r"\s*(?:<br ?/?>|<p></p>|<!--more-->|\s)*(https?://[^\s<>\"\u3000-\uffff]+)\s*\Z", text
        ):
            lines.insert(0, found[1])
            text = text[: found.start()]
        if not lines:
            return html
        made = before + "".join(f"<li>{line}</li>" for line in lines) + after
        return html[:start] + (text + made).replace("{end}", BODY_END, 1) + html[end:]

    return changed


def stale(html: str) -> str:
    """The JSON-LD of another story."""
    html = re.sub(r'("title": )"(?:[^"\\]|\\.)*"', r'\1"昨天的另一篇文章"', html, count=1)
    return re.sub(r'("pubDate": )"[^"]*"', r'\1"2019-01-01T08:00:00"', html, count=1)


def both(*changes: Change) -> Change:
    """One change after the other."""

    def changed(html: str) -> str:
        for change in changes:
            html = change(html)
        return html

    return changed


def redirected(found: re.Match[str]) -> str:
    return f'<a href="/goto?url={escape(found[1].replace(":", "%3A").replace("/", "%2F"))}"'
