"""The page in Chromium: every chart drawn, nothing refused or loaded, no sideways scrolling."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.report.html import render
from tests.report import report_sample
from tests.report.chromium import Page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if sys.platform == "win32":
        pytest.skip("Chromium is spoken to through pipes that Windows does not hand on")
    if program is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed")
    assert program is not None, "Chromium is not installed, and CI must not skip"
    with Page(program, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(report_sample.report()), "utf-8")
    return path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_charts_are_drawn_and_the_page_is_not_wider_than_the_screen(
    page: Page, path: Path, width: int, dark: bool
) -> None:
    page.open(path, width=width, dark=dark)
    page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.run("document.documentElement.scrollWidth") <= width
    undrawn = page.run(
        "[...document.querySelectorAll('.chart')].filter((one) => "
        "!one.querySelector('.scatterlayer .point') || "
        "one.querySelector('.main-svg').getBoundingClientRect().width > innerWidth"
        ").map((one) => one.id)"
    )
    assert undrawn == []
    assert page.run("document.querySelectorAll('.chart').length") > 10
    assert page.run("[...document.querySelectorAll('.xtick text')].every((one) => one.textContent)")
    assert page.said == [] and page.asked == []


def test_charts_take_the_colours_of_the_screen(page: Page, path: Path) -> None:
    found = []
    for dark in (False, True):
        page.open(path, width=1000, dark=dark)
        found.append(
            page.run("getComputedStyle(document.querySelector('.chart .ytick text')).fill")
        )
    assert found[0] != found[1]


def test_the_second_chart_is_as_wide_as_the_first(page: Page, path: Path) -> None:
    page.open(path, width=1440)
    widths = page.run(
        "[...document.querySelectorAll('.panel .main-svg')].map((one) => one.clientWidth)"
    )
    assert len(set(widths)) == 1
    shown = "getComputedStyle(document.querySelector('.panel.b')).visibility"
    assert page.run(shown) == "hidden"
    page.run("document.querySelector('input[id$=\"-b\"]').click()")
    assert page.run(shown) == "visible"


def test_text_of_participants_makes_no_element(page: Page, path: Path) -> None:
    page.open(path, width=1440)
    assert page.run("document.querySelectorAll('.quotation b, .quotation script').length") == 0
    assert "alert('x')" in page.run("document.querySelector('main').textContent")


def test_printing_opens_what_is_closed_and_closes_it_again(page: Page, path: Path) -> None:
    page.open(path, width=1440)
    closed = "document.querySelectorAll('details:not([open])').length"
    before = page.run(closed)
    assert before > 10
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.run(closed) == 0
    page.run("dispatchEvent(new Event('afterprint'))")
    assert page.run(closed) == before
