"""The web page, in a real browser."""

import json

import numpy as np
import pytest

from cnnlab.report.write import write_report
from tests.report.builders.test_verification import arrays, verification
from tests.report.shown import report_of

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("browser")]

CONTRAST = """
[...document.querySelectorAll("body, h1, td, th button, dt, dd, a, .note, .marker, .status, p.warning")].map((e) => {
  const rgb = (s) => s.match(/[0-9.]+/g).map(Number);
  const linear = (v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = (c) => c.slice(0, 3).reduce((sum, v, i) => sum + linear(v / 255) * [.2126, .7152, .0722][i], 0);
  let under = e;
  while (under && rgb(getComputedStyle(under).backgroundColor)[3] === 0) under = under.parentElement;
  const ground = getComputedStyle(under ?? document.body).backgroundColor;
  const pair = [light(rgb(getComputedStyle(e).color)), light(rgb(ground))];
  return (Math.max(...pair) + .05) / (Math.min(...pair) + .05);
})
"""
TABLE = """(() => {
  const table = [...document.querySelectorAll("table")].find((t) => t.caption.textContent.includes("CAPTION"));
  const at = [...table.tHead.rows[0].cells].findIndex((c) => c.textContent === "HEADING");
  for (let n = 0; n < CLICKS; n++) table.tHead.rows[0].cells[at].querySelector("button").click();
  return [...table.tBodies[0].rows].map((r) => [r.cells[at].textContent, r.cells[at].dataset.number ?? null]);
})()"""


def column(browser, caption, heading, clicks=0):
    """Return text and number of each cell of a column, after so many clicks on its heading."""
    script = TABLE.replace("CAPTION", caption).replace("HEADING", heading).replace("CLICKS", str(clicks))
    return browser.run(script)


@pytest.fixture(scope="module")
def page(runs, tmp_path_factory):
    """A report of two runs side by side, one of them hostile."""
    directory = tmp_path_factory.mktemp("page")
    write_report(report_of(*runs, side_by_side=True, notes=["a note"]), directory, ["html"])
    return directory / "report.html"


def test_it_is_one_small_file(page):
    assert [path.name for path in page.parent.iterdir()] == ["report.html"]
    assert page.stat().st_size < 5_000_000


@pytest.mark.parametrize("width", [390, 1100])
def test_it_opens_without_complaint_and_fits(browser, page, width):
    browser.open(page, width=width)
    assert browser.complaints() == []
    assert all(address.startswith(("file:", "data:")) for address in browser.requests())
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run("document.title").startswith("mnist128-lab2025")


def test_figures_are_visible_and_described(browser, page):
    browser.open(page)
    figures = browser.run(
        "[...document.images].map((i) => [i.complete && i.naturalWidth, i.getBoundingClientRect().width, i.alt])"
    )
    assert (
        len(figures) >= 8
    )  # two of the comparison; curves, accuracy and confusion of two runs; two pictures
    assert all(natural > 300 and shown > 150 and alt for natural, shown, alt in figures)
    assert any("Final accuracy in percent" in alt for _, _, alt in figures)


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(browser, page):
    browser.open(page)
    texts = [text for text, _ in column(browser, "every repeat", "test accuracy %", clicks=2)]
    assert texts == ["93.00", "91.00", "90.00"]
    assert browser.run("document.querySelectorAll('[aria-sort=descending]').length") == 1
    assert [text for text, _ in column(browser, "every repeat", "test accuracy %", clicks=1)] == texts[::-1]


def test_numbers_sort_as_numbers_and_empty_cells_stay_last(browser, page):
    browser.open(page)
    before = column(browser, "Configs side by side", "p")
    found = [number for _, number in column(browser, "Configs side by side", "p", clicks=1)]
    numbers = [float(number) for number in found if number is not None]
    assert numbers == sorted(numbers) and len(numbers) > 3
    assert found[: len(numbers)] == [number for number in found if number is not None]
    assert [number for _, number in before] != found


def test_nothing_from_a_file_becomes_markup(browser, page):
    browser.open(page)
    assert browser.run("window.owned") is None
    assert browser.run("document.scripts.length") == 1
    assert browser.run("document.querySelectorAll('img:not([src^=\"data:image/png\"])').length") == 0
    assert "<script>window.owned=1</script>" in browser.run("document.querySelectorAll('h2')[2].textContent")


def test_even_markup_could_not_run(browser, page, tmp_path):
    changed = page.read_text().replace("<main>", "<main><script>window.owned=1</script>", 1)
    (tmp_path / "changed.html").write_text(changed)
    browser.open(tmp_path / "changed.html")
    assert browser.run("window.owned") is None
    assert "Content Security Policy" in str(browser.complaints())


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read_light_and_dark(browser, page, dark):
    browser.open(page, dark=dark)
    background = browser.run("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(20, 24, 29)" if dark else "rgb(255, 255, 255)")
    assert min(browser.run(CONTRAST)) >= 4.5  # WCAG 2, level AA


def test_it_prints_what_is_folded_away_too(browser, page):
    browser.open(page, dark=True)
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run("document.querySelectorAll('details:not([open])').length") == 0
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run("document.querySelectorAll('details[open]').length") == 0
    browser.send("Emulation.setEmulatedMedia", {"media": "print"})
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_verify_run_has_its_tables_and_heat_maps(browser, tmp_path, make_run):
    folder = make_run(accuracies=[], published=None)
    folder.status.start("verify", [])
    folder.status.finish("done")
    folder.verify_path.write_text(json.dumps(verification()))
    np.savez(folder.path / "arrays.npz", **arrays())
    write_report(report_of(folder.path), tmp_path / "out", ["html"])
    browser.open(tmp_path / "out/report.html", width=390)
    assert browser.complaints() == []
    assert browser.run("document.documentElement.scrollWidth") <= 390
    captions = browser.run("[...document.querySelectorAll('figcaption')].map((c) => c.textContent)")
    assert [caption.split()[0] for caption in captions] == ["How", "The", "An"]
    text = browser.run("document.body.innerText")
    assert "Keras and NumPy agree within rounding." in text and "804.32874" in text
