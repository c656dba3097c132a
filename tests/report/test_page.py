"""The report in a real browser: nothing is asked of a network, all can be read, and all can be reached."""

from __future__ import annotations

import re
import resource
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.crawling import executed, until
from tests.report import large_store
from tests.report.browsing import DESKTOP, PHONE, chromium, needs_chromium, opened

pytestmark = [needs_chromium, pytest.mark.long]
VIEWS = [(width, scheme) for width in (PHONE, DESKTOP) for scheme in ("light", "dark")]

CUT = """() => {
  const out = [];
  for (const svg of document.querySelectorAll("svg")) {
    if (!svg.getClientRects().length) continue;
    const plot = svg.closest(".plot").getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].map((each) => [each.textContent, each.getBoundingClientRect()]);
    for (const [text, box] of texts) {
      if (box.left < plot.left - 1 || box.right > plot.right + 1 || box.bottom > plot.bottom + 1 || box.top < plot.top - 1)
        out.push(`cut: ${text}`);
    }
    texts.forEach(([text, one], at) => texts.slice(at + 1).forEach(([other, box]) => {
      const [x, y] = [Math.min(one.right, box.right) - Math.max(one.left, box.left),
                      Math.min(one.bottom, box.bottom) - Math.max(one.top, box.top)];
      if (x > 1 && y > 4) out.push(`over one another: ${text}, ${other}`);
    }));
  }
  for (const each of document.querySelectorAll("h1, h2, h3, p, dt, dd, li, a, button, label")) {
    const box = each.getBoundingClientRect();
    if (box.width && !each.closest(".scroll, nav, .skip, #results") && box.right > innerWidth + 1) out.push(`wide: ${each.textContent}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) out.push("the page scrolls sideways");
  return out;
}"""

CONTRAST = """() => {
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((each) => each / 255).map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = rgba(getComputedStyle(each).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const out = new Set();
  const holders = [...document.querySelectorAll("body *")].filter((each) =>
    [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && !["SCRIPT", "STYLE", "NOSCRIPT"].includes(each.tagName));
  for (const each of holders) {
    const style = getComputedStyle(each);
    const [one, other] = [light(rgba(each instanceof SVGElement ? style.fill : style.color)), light(behind(each))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) out.add(`${each.tagName}.${each.className.baseVal ?? each.className}: ${ratio.toFixed(2)}`);
  }
  return [holders.length, [...out]];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def lay_out(page: Page) -> None:
    """Have the browser lay out what nobody has scrolled to yet."""
    page.evaluate(
        "document.querySelectorAll('section').forEach((each) => { each.style.contentVisibility = 'visible'; })"
    )


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_nothing_is_asked_complained_of_or_cut(browser: Browser, page_file: Path, width: int, scheme: str) -> None:
    with opened(browser, page_file, width, scheme) as it:
        lay_out(it.page)
        it.page.get_by_label("Search the titles").fill("苹果")
        expect(it.page.locator("#found")).to_have_text("1 story")
        assert it.page.evaluate(CUT) == []
        for button in it.page.locator("[data-zoom='1.5']").all():
            button.click()
        for closed in it.page.locator("summary:visible").all():
            closed.click()
        assert it.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        holders, pale = it.page.evaluate(CONTRAST)
        assert holders > 300
        assert pale == []
        assert it.requests == [page_file.as_uri()]
        assert it.complaints == []


def test_a_chart_tells_the_numbers_of_a_query_and_of_its_table(browser: Browser, page_file: Path) -> None:
    with closing(sqlite3.connect(page_file.parent / "solidot.db")) as database:
        days = dict(database.execute("SELECT substr(published_at, 1, 10), count(*) FROM stories GROUP BY 1"))
    with opened(browser, page_file) as it:
        lay_out(it.page)
        told = it.page.eval_on_selector_all("#calendar svg.wide [data-t]", "all => all.map((each) => each.dataset.t)")
        counts = {text[:10]: re.search(r": (\d+|no) stor", text) for text in told}
        assert {day: int(found[1]) for day, found in counts.items() if found and found[1] != "no"} == days
        cells = it.page.eval_on_selector_all("#calendar tbody td", "all => all.map((each) => Number(each.textContent))")
        assert sum(cells) == sum(days.values())
        years = it.page.eval_on_selector_all("#years svg.narrow [data-t]", "all => all.map((each) => each.dataset.t)")
        by_year = {
            year: sum(count for day, count in days.items() if day[:4] == year) for year in {day[:4] for day in days}
        }
        assert dict(re.findall(r"(\d{4}): (\d+) stor", "\n".join(years))) == {
            year: str(count) for year, count in by_year.items()
        }


def test_the_search_opens_the_story_on_the_site(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, PHONE) as it:
        search, results = it.page.get_by_label("Search the titles"), it.page.locator("#results a")
        search.fill("苹果")
        expect(results).to_have_count(1)
        assert results.first.get_attribute("href") == "https://www.solidot.org/story?sid=103"
        assert results.first.get_attribute("rel") == "noopener noreferrer"
        expect(results.locator("mark")).to_have_text("苹果")
        search.fill("公司 研究")
        expect(results).to_have_count(1)
        assert results.first.get_attribute("href") == "https://www.solidot.org/story?sid=104"
        search.fill("公司")
        expect(results.nth(0)).to_contain_text("研究：果树与公司")  # the last one first
        search.fill("ONERROR")
        expect(results).to_contain_text("<img src=x onerror=alert(2)> 甲")
        search.fill("没有这样的标题")
        expect(it.page.locator("#found")).to_have_text("0 stories")
        assert it.complaints == []


def test_the_keyboard_reaches_everything(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as it:
        page = it.page
        lay_out(page)
        reachable = page.evaluate(
            "[...document.querySelectorAll('a, button, input, summary, [tabindex=\"0\"]')]"
            ".filter((each) => each.checkVisibility({ contentVisibilityAuto: true })).length"
        )
        seen = set[str]()
        page.evaluate("window.number = new Map()")
        for _ in range(reachable):
            page.keyboard.press("Tab")
            seen.add(page.evaluate(
                "(() => { const at = document.activeElement; if (!number.has(at)) number.set(at, number.size);"
                " const shown = getComputedStyle(at); return `${number.get(at)} ${shown.outlineStyle !== 'none'}`; })()"
            ))  # fmt: skip
        assert len(seen) == reachable > 60
        assert all(each.endswith("true") for each in seen)
        page.keyboard.press("/")
        expect(page.get_by_label("Search the titles")).to_be_focused()
        page.keyboard.type("苹果")
        expect(page.locator("#results a")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator("#results a")).to_be_focused()


def test_arrows_tell_the_values_of_a_chart_and_it_zooms(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, PHONE) as it:
        page, tip = it.page, it.page.locator("#tip")
        page.locator("#calendar .plot").focus()
        for key in ("Home", "ArrowDown", "ArrowRight"):
            page.keyboard.press(key)
        expect(tip).to_be_visible()
        expected = page.eval_on_selector_all("#calendar svg.narrow [data-t]", "all => all[8].dataset.t")
        expect(tip).to_have_text(expected)
        expect(page.locator("#said")).to_have_text(expected)
        before = page.evaluate("document.querySelector('#calendar svg.narrow').clientWidth")
        page.keyboard.press("+")
        assert page.evaluate("document.querySelector('#calendar svg.narrow').clientWidth") > 1.4 * before
        page.keyboard.press("0")
        assert page.evaluate("document.querySelector('#calendar svg.narrow').clientWidth") == before
        page.keyboard.press("Escape")
        expect(tip).to_be_hidden()
        page.locator("#years svg.narrow [data-t]").last.hover()
        expect(tip).to_contain_text("stor")


def test_arrows_leap_from_bar_to_bar(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as it:
        tip = it.page.locator("#tip")
        it.page.locator("#sids .plot").focus()
        for key, told in (("Home", "40 to 999: "), ("ArrowRight", "40 to 999: "), ("ArrowDown", "1,000 to 1,999: ")):
            it.page.keyboard.press(key)
            expect(tip).to_contain_text(told)
        it.page.keyboard.press("ArrowUp")
        expect(tip).to_contain_text("40 to 999: ")


INTRUDE = """(url) => {
  window.refused = new Set();
  document.addEventListener("securitypolicyviolation", (event) => refused.add(event.effectiveDirective));
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  document.body.append(script);
  document.body.insertAdjacentHTML("beforeend", `<img src="${url}"><i onclick="window.ran = true"></i><style>i {}</style>`);
  fetch(url).catch(() => {});
  document.querySelector("i:last-of-type").click();
}"""


def test_nothing_that_is_put_into_the_page_runs_or_asks(browser: Browser, page_file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, opened(browser, page_file) as it:
        it.page.evaluate(INTRUDE, f"http://127.0.0.1:{server.getsockname()[1]}/")
        it.page.wait_for_function("refused.size >= 5")
        assert set(it.page.evaluate("[...refused]")) == {
            *("script-src-elem", "script-src-attr", "style-src-elem", "img-src", "connect-src"),
        }
        assert it.page.evaluate("window.ran") is None
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_the_theme_can_be_chosen_and_stays(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, scheme="light") as it:
        paper = "getComputedStyle(document.body).backgroundColor"
        light = it.page.evaluate(paper)
        it.page.get_by_role("button", name="Dark").click()
        dark = it.page.evaluate(paper)
        assert dark != light
        # The browser keeps its memory in another process, which a busy machine may let wait.
        assert until(lambda: it.page.reload() and it.page.evaluate(paper) == dark)
        expect(it.page.get_by_role("button", name="Light")).to_be_visible()


def test_print_is_light_and_has_no_controls(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    with opened(browser, page_file, scheme="dark") as it:
        it.page.emulate_media(media="print", color_scheme="dark")
        assert it.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert it.page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 36, 34)"
        for hidden in ("header.bar", ".search", ".zoom"):
            assert not it.page.locator(hidden).first.is_visible()
        printed = it.page.pdf(path=tmp_path / "report.pdf", format="A4")
        pages = len(re.findall(rb"/Type\s*/Page\b", printed))
        assert 4 <= pages <= 25


def test_without_scripts_all_but_search_and_zoom_is_there(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, java_script_enabled=False) as it:
        expect(it.page.locator("#years svg.wide")).to_be_visible()
        expect(it.page.locator("#years .zoom")).to_be_hidden()
        expect(it.page.get_by_label("Search the titles")).to_be_hidden()
        it.page.locator("#years summary").click()
        expect(it.page.locator("#years table")).to_be_visible()


def test_a_browser_that_cannot_open_the_titles_says_so(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as it:
        it.page.evaluate("delete window.DecompressionStream")
        it.page.get_by_label("Search the titles").fill("苹果")
        expect(it.page.locator("#found")).to_contain_text("This browser cannot open the packed titles")


def test_ninety_thousand_stories_are_small_and_fast(browser: Browser, tmp_path: Path) -> None:
    data = tmp_path / "data"
    large_store.fill(data, 90_000)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = executed("http://127.0.0.1:9", data, "report", "report.html")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Of one processor: what else the machine does must not decide. It uses hardly more than one.
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert done.status == 0, done.err
    file = tmp_path / "report.html"
    size = file.stat().st_size
    paints: list[float] = []
    searches: list[float] = []
    for _ in range(5):
        with opened(browser, file, PHONE) as it:
            it.page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            paints.append(it.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            began = time.perf_counter()
            it.page.get_by_label("Search the titles").fill("苹果")
            expect(it.page.locator("#results a")).to_have_count(100)
            searches.append(time.perf_counter() - began)
            lay_out(it.page)
            assert it.page.evaluate(CUT) == []
            assert it.complaints == []
    told = f"{size:,} bytes, made in {taken:.1f} s of a processor, first paint {min(paints):.0f} ms, first search {min(searches):.2f} s"
    assert size < 6_000_000, told
    assert taken < 10, told
    assert min(paints) < 1000, told
    assert min(searches) < 5, told
