"""Reads a story's meta line: its dateline, its editor and its department."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import unquote

from solidot_spider.items import Editor
from solidot_spider.parsing import dateline
from solidot_spider.parsing.dateline import FoundDateline
from solidot_spider.parsing.doubt import DoubtError
from solidot_spider.parsing.elements import text_content
from solidot_spider.parsing.markup import (
    DEPARTMENT_IN_TEXT,
    DEPARTMENT_PREFIX,
    DEPARTMENT_SUFFIX,
    DEPARTMENT_TAGS,
    NAME_AND_UID,
    POSTED,
    PROFILE_NAME,
    PROFILE_PATH,
    UID,
)
from solidot_spider.parsing.story_header import Line, StoryHeader
from solidot_spider.parsing.text import collapse_space

_MINUTE = timedelta(minutes=1)
_MAX_DEPARTMENTS = 20
"""So many lines are looked for behind the dateline."""
_MAX_EDITOR_LENGTH = 200
"""Without a profile link, an editor's name and uid are looked for in so many characters before the dateline."""
_MAX_LEVELS = 6
"""So many elements around a profile link are tried."""
_LABEL_END = ":："


class MetaLine:
    """The line under a story's heading.

    Attributes:
        text: its text in one line.
        is_marked: False if no element of its class holds a dateline.
    """

    def __init__(self, header: StoryHeader) -> None:
        self.is_marked = self._is_certain = True
        self._line = header.meta_lines[0] if len(header.meta_lines) == 1 else _joined(header.meta_lines)
        self.text = collapse_space("".join(self._line.texts))
        if POSTED not in self.text:
            around = _around_dateline(header)
            self.is_marked, self._is_certain = False, around is not None
            self._line = around or Line(header.links, header.bold, header.texts)
            self.text = collapse_space("".join(self._line.texts))

    def posted(self, pubdate: datetime | None, latest_year: int) -> FoundDateline | None:
        """The first plausible dateline; None if there is none.

        Args:
            pubdate: the JSON-LD's time, which tells several datelines apart.
            latest_year: the last year that is believed.

        Raises:
            DoubtError: there are several, and the JSON-LD names none of them.
        """
        all_found = [each for each in dateline.find_all(self.text) if each.at.year <= latest_year]
        if len(all_found) <= 1:
            return all_found[0] if all_found else None
        found = {each.at: each for each in reversed(all_found)}
        agreeing = [each for at, each in found.items() if pubdate and at <= pubdate < at + _MINUTE]
        if len(found) > 1 and not agreeing:
            raise DoubtError("several-datelines")
        return next(iter(agreeing or found.values()), None)

    def editor(self) -> Editor | None:
        """The name in the profile link and the uid behind it; without a link, the name before the uid.

        Raises:
            DoubtError: there are profile links of several names.
        """
        before = self.text.partition(POSTED)[0]
        uids = UID.findall(before)
        uid = int(uids[-1]) if uids else None
        names: dict[str, str] = {}
        for anchor, href in self._line.links:
            in_address = PROFILE_NAME.search(href) if PROFILE_PATH in href else None
            if in_address:
                profile = collapse_space(unquote(in_address[1]))
                names[profile] = names.get(profile) or collapse_space(text_content(anchor))
        if len(names) > 1:
            raise DoubtError("several-editors")
        for profile, name in names.items():
            return Editor(name or profile, uid) if name or profile else None
        named = NAME_AND_UID.search(before[-_MAX_EDITOR_LENGTH:])
        return Editor(named[1], int(named[2])) if named else None

    def department(self, posted: FoundDateline | None) -> str | None:
        """The department behind the dateline, without its prefix and suffix, each removed once.

        A novel's title may begin with the prefix, too.

        Raises:
            DoubtError: several different lines behind the dateline look like one.
        """
        behind = self.text[posted.end if posted else self.text.find(POSTED) :]
        lines = _departments(map(text_content, self._line.bold), behind)
        if not lines and self._is_certain:
            lines = _departments((text for text in self._line.texts if not text.isspace()), behind, is_bold=False)
        line = next(iter(lines), "")
        if not line and self._is_certain:
            found = DEPARTMENT_IN_TEXT.search(behind)
            line = found[0] if found else ""
        line = line.removeprefix(DEPARTMENT_PREFIX).lstrip(_LABEL_END).strip()
        return line.removesuffix(DEPARTMENT_SUFFIX).strip() or None


def _departments(texts: Iterable[str], behind: str, *, is_bold: bool = True) -> set[str]:
    """The only line among some texts that may be a department, if it stands behind the dateline."""
    lines: set[str] = set()
    tried = 0
    for text in texts:
        line = collapse_space(text)
        if not line.startswith(DEPARTMENT_PREFIX) or not (is_bold or DEPARTMENT_IN_TEXT.match(line)) or line in lines:
            continue
        tried += 1
        if line in behind:
            lines.add(line)
        if len(lines) > 1 or tried > _MAX_DEPARTMENTS:
            raise DoubtError("several-departments")
    return lines


def _joined(lines: list[Line]) -> Line:
    """Those of several meta lines that hold a dateline, as one."""
    lines = [line for line in lines if any(POSTED in text for text in line.texts)]
    return Line(
        [link for line in lines for link in line.links],
        [bold for line in lines for bold in line.bold],
        [text for line in lines for text in (*line.texts, " ")],
    )


def _around_dateline(header: StoryHeader) -> Line | None:
    """The smallest element around the first profile link that holds a dateline, too, but not the body."""
    profile = next((anchor for anchor, href in header.links if PROFILE_PATH in href), None)
    if profile is None:
        return None
    around_body = set() if header.body is None else set(header.body.iterancestors())
    for level, ancestor in enumerate(profile.iterancestors()):
        if level == _MAX_LEVELS or ancestor is header.block or ancestor in around_body:
            return None
        if POSTED in text_content(ancestor):
            links = [(anchor, anchor.get("href") or "") for anchor in ancestor.iter("a")]
            return Line(links, list(ancestor.iter(*DEPARTMENT_TAGS)), list(map(str, ancestor.itertext())))
    return None
