"""The course as a book (`make site`): built without a network and without an answer, and read in a real browser.

Outputs are made for the two cheapest notebooks only. Screenshots are kept in build/screenshots.
"""

import functools
import html
import http.server
import os
import re
import subprocess
import sys
import threading

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from test_browser import SECONDS, browser  # noqa: F401 (a fixture)

from autograder.course import STUB, is_grade, is_solution

sys.path.insert(0, str(ROOT / "docs" / "site"))
import make
import review

pytestmark = pytest.mark.slow

RUN = ["00_play", "01_agents_and_environments"]
FIRST = "notebooks/01_agents_and_environments.html"
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"  # the one thing that comes from elsewhere


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site, built where there is no network."""
    folder = tmp_path_factory.mktemp("site")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    command = [sys.executable, ROOT / "docs" / "site" / "make.py", "--folder", folder, "--run", *RUN]
    result = subprocess.run(command, env=os.environ | nowhere, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 of 2" in result.stdout
    return folder / "site"


@pytest.fixture(scope="module")
def read(site):
    return review.read_pages(site)


@pytest.fixture(scope="module")
def pages(site, read):
    return {str(path.relative_to(site)): page for path, page in read.items()}


def test_notebooks_and_modules_have_pages(pages, course):
    for name, assignment in course.assignments.items():
        assert pages[f"notebooks/{name}.html"].text.count(STUB) >= len(assignment.exercises), name
    for name in make.public_modules():
        assert f"rl_helpers/{name}.html" in pages
    assert "run_environment_loop(" in pages["rl_helpers/loop.html"].text
    assert "plot_learning_curve(" in pages["rl_helpers/plotting.html"].text, "gathered from other modules"
    assert 'exercise="discounted_return"' in pages["CONTRIBUTING.html"].text, "the format of a source file"


def test_the_book_holds_all_of_the_readme():
    """So a new part of it is not forgotten."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rest = readme
    for page in sorted((ROOT / "docs" / "site").glob("*.md")):
        for options in re.findall(r"{include} include/README.md\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
            limits = dict(re.findall(r':([\w-]+): "(.*)"', options))
            part = readme.split(limits["start-after"], 1)[1] if "start-after" in limits else readme
            part = part.split(limits["end-before"], 1)[0] if "end-before" in limits else part
            rest = rest.replace(part, "\n", 1)
    left = [line for line in rest.splitlines() if line.strip()]
    assert all(line.startswith(("## ", "[Read it as a book]")) for line in left), left


def test_nobody_is_told_an_answer(read, pages, course):
    assert review.leaks(read, course) == []
    for name in course.assignments:
        text = pages[f"notebooks/{name}.html"].text
        assert not [mark for mark in ("BEGIN SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "checks.hidden") if mark in text]


def test_every_answer_and_test_would_be_found(course):
    missed = set()
    for assignment in course.assignments.values():
        hidden = review.secrets([assignment])
        for cell in assignment.source.cells:
            if is_solution(cell) or (is_grade(cell) and cell.id.startswith("test_")):
                missed |= set() if any(line in review.plain(cell.source) for line in hidden) else {cell.id}
    assert missed == set()


def test_an_answer_on_a_page_is_found(tmp_path, course):
    answer = next(cell.source for cell in course.assignments["09_actor_critic"].source.cells if cell.id == "gae")
    (tmp_path / "index.html").write_text(f"<pre>{html.escape(answer)}</pre>")
    (tmp_path / "fine.html").write_text("<p>Advantages</p>")
    assert {leak.partition(":")[0] for leak in review.leaks(review.read_pages(tmp_path), course)} == {"index.html"}


def test_links_lead_somewhere(read):
    assert review.broken_links(read) == []


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "page.html").write_text(
        '<p id="here"><a href="#here">a</a><a href="#there">b</a><a href="no.html">c</a><img src="no.png">'
        '<a href="page.html#here">d</a><a href="page.html#there">e</a><a href="https://example.org/no">f</a>'
    )
    wrong = ["#there", "no.html", "no.png", "page.html#there"]
    assert review.broken_links(review.read_pages(tmp_path)) == [f"page.html: {link}" for link in wrong]


def test_demos_show_what_came_of_them(site):
    soup = lambda path: BeautifulSoup((site / path).read_text(encoding="utf-8"), "html.parser")
    run, not_run = soup(FIRST), soup("notebooks/02_random_policy_search.html")
    assert len(run.select(".cell_output img")) >= 5 and not not_run.select(".cell_output")
    assert len(run.select(".cell_output [data-film]")) == 1
    assert "first observation: [" in run.get_text() and "Traceback" not in run.get_text()
    folded = [summary.get_text() for summary in run.select("details summary")]
    assert any("Check your discounted_return" in text for text in folded) and "Hint 1: a nudge" in folded
    assert "done" not in [cell.get_text() for cell in run.select(".cell_output")][-1], "nobody's progress"


@pytest.fixture(scope="module")
def address(site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def visit(address, browser):  # noqa: F811
    """`visit(path)` opens a page of the site; in the end none may have complained, or asked for something elsewhere."""
    pages, complaints = [], []

    def visit(path, width=1280, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        pages.append(page)
        page.set_default_timeout(20 * SECONDS)
        page.route(BADGE, lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("request", lambda r: None if r.url.startswith((address, "data:", BADGE)) else complaints.append(r.url))
        page.goto(f"{address}/{path}")
        return page

    yield visit
    for page in pages:
        page.close()
    assert complaints == []


def test_search_finds_a_page(visit):
    page = visit("index.html")
    page.keyboard.press("Control+k")
    page.locator("input[type=search]:visible").fill("bootstrap")
    page.keyboard.press("Enter")
    page.locator("#search-results a", has_text="Is it real?").first.click()
    page.wait_for_url("**/notebooks/10_is_it_real.html*")


def test_an_animation_plays_without_a_kernel(visit):
    page = visit(FIRST)
    player = page.locator("[data-film]")
    player.scroll_into_view_if_needed()
    before = player.locator(".now").text_content()
    player.locator("button.play").click()
    player.locator(".now").filter(has_not_text=before).wait_for()


PHONE = "index participants instructors CONTRIBUTING docs/contract docs/results docs/debugging rl_helpers/loop search"


@pytest.mark.parametrize("path", [FIRST, "notebooks/03_policy_gradients.html", *(f"{p}.html" for p in PHONE.split())])
def test_nothing_sticks_out_on_a_phone(visit, path):
    assert visit(path, width=390).evaluate("document.scrollingElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_screen(visit, scheme):
    page = visit(FIRST, scheme=scheme)
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"site-{scheme}.png")
    colours = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"
    is_light = [sum(map(float, re.findall(r"[\d.]+", text)[:3])) > 3 * 128 for text in page.evaluate(colours)]
    assert is_light == ([True, False] if scheme == "light" else [False, True])
