"""Makes the pictures of README from the demonstration data: the report, the progress of a crawl, a story.

``pip install -e '.[dev]' pyte && python .readme/pictures.py``, with Debian's ``chromium`` and a Chinese font. All
that is seen is made by the real commands, on the site of invented stories, on this machine.
"""

from __future__ import annotations

import fcntl
import html
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyte
from playwright.sync_api import Browser, sync_playwright

from solidot_spider.commands.demo import CLOCK, ranges
from solidot_spider.trial.client import running
from solidot_spider.trial.stories import builtin_stories

HERE = Path(__file__).parent
COLUMNS, LINES = 92, 30
STORY = "75209"
SOLIDOT = (sys.executable, "-m", "solidot_spider")
COLOURS = {
    "black": "#5c6773",
    "red": "#f28779",
    "green": "#87d96c",
    "brown": "#ffd173",
    "blue": "#73d0ff",
    "magenta": "#dfbfff",
    "cyan": "#95e6cb",
    "white": "#d9d7ce",
    "default": "#d9d7ce",
}
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 28px; background: transparent; display: inline-block; }
main { background: #1b212c; border-radius: 11px; box-shadow: 0 10px 26px #0006; overflow: hidden; }
header { display: flex; gap: 8px; padding: 13px 15px; background: #242b38; }
i { width: 12px; height: 12px; border-radius: 6px; background: #f28779; }
i + i { background: #ffd173; } i + i + i { background: #87d96c; }
pre { margin: 0; padding: 16px 20px 20px; color: #d9d7ce; line-height: 1.5;
  font: 14px/1.5 "DejaVu Sans Mono", "Noto Sans Mono CJK SC", "WenQuanYi Micro Hei Mono", monospace; }
b { color: #fff; }
</style><main><header><i></i><i></i><i></i></header><pre>%s</pre></main>"""


class Run:
    """A command on a terminal."""

    def __init__(self, words: list[str], environment: dict[str, str], place: Path) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self._stream.feed(f"\033[32m$\033[0m \033[1;97m{' '.join(['solidot', *words])}\033[0m\r\n".encode())
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            [*SOLIDOT, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=place
        )
        os.close(theirs)

    def screens(self) -> Iterator[str]:
        """What the screen shows after each thing that was written, as HTML."""
        while True:
            try:
                more = os.read(self._ours, 65536)
            except OSError:  # the other side is closed
                break
            self._stream.feed(more)
            yield markup(self.screen)
        os.close(self._ours)
        self._process.wait()


def markup(screen: pyte.Screen) -> str:
    """What a screen shows, as HTML."""
    lines = []
    for at in range(screen.cursor.y + 1):
        made = ""
        for column in range(COLUMNS):
            char = screen.buffer[at][column]
            colour = COLOURS.get(char.fg.removeprefix("bright"), f"#{char.fg}")
            text = html.escape(char.data)
            weight = ";font-weight:600" if char.bold else ""
            is_plain = char.fg == "default" and not char.bold
            made += text if is_plain else f'<span style="color:{colour}{weight}">{text}</span>'
        lines.append(made.rstrip())
    return "\n".join(lines).rstrip()


def terminal(browser: Browser, shown: str, name: str) -> None:
    page = browser.new_page(device_scale_factor=2, viewport={"width": 1000, "height": 700})
    page.set_content(TERMINAL % shown)
    page.locator("main").screenshot(path=HERE / name, omit_background=True)
    page.close()
    print(HERE / name)


def progress(screens: Iterator[str]) -> str:
    """A crawl half way, and how it ended."""
    middle = end = ""
    for end in screens:
        done = re.search(r"(\d+)/(\d+) \|", end)
        if not middle and done and int(done[1]) * 2 >= int(done[2]):
            middle = end
    before, after = middle.split("\n"), end.split("\n")
    return "\n".join([*before, "", *(line for line in after if line not in before)])


def report(browser: Browser, file: Path) -> None:
    for scheme in ("light", "dark"):
        made: Any = scheme
        page = browser.new_page(viewport={"width": 1180, "height": 1150}, color_scheme=made)
        page.goto(file.as_uri())
        page.get_by_label("Search the titles").fill("公司")
        page.wait_for_selector("#results a")
        page.screenshot(path=HERE / f"report-{scheme}.png")
        print(HERE / f"report-{scheme}.png")
        page.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, running("--clock", CLOCK) as server, sync_playwright() as program:
        place = Path(scratch)
        environment = {**os.environ, "SOLIDOT_SITE_URL": server.url, "SOLIDOT_CLOCK": CLOCK}
        browser = program.chromium.launch(executable_path=shutil.which("chromium"))
        ids = [f"{first}-{end}" for first, end in ranges(sorted(builtin_stories()))]
        (place / "data").mkdir()
        (place / "ids.txt").write_text("\n".join(ids))
        crawl = Run(["crawl", "story", "-a", "sids=@ids.txt", "-s", "DOWNLOAD_DELAY=0.2"], environment, place)
        terminal(browser, progress(crawl.screens()), "crawl.png")
        *_, shown = Run(["show", STORY], environment, place).screens()
        terminal(browser, shown, "story.png")
        subprocess.run([*SOLIDOT, "report", "report.html"], env=environment, cwd=place, check=True)
        report(browser, place / "report.html")
        browser.close()


if __name__ == "__main__":
    main()
