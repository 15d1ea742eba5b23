"""The course as a book (`make site`): built without a network and without an answer, and read in a real browser.

Outputs are made for the two cheapest notebooks only; screenshots are kept in build/screenshots.
"""

import functools
import http.server
import os
import re
import subprocess
import sys
import threading

import pytest
from conftest import ROOT
from test_browser import SECONDS, browser  # noqa: F401 (a fixture)

from autograder.course import STUB, is_grade, is_solution

sys.path.insert(0, str(ROOT / "docs" / "site"))
import make

pytestmark = pytest.mark.slow

RUN = ["00_play", "01_agents_and_environments"]
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"  # the one thing that comes from elsewhere


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    command = [sys.executable, ROOT / "docs" / "site" / "make.py", "--folder", folder, "--run", *RUN]
    result = subprocess.run(command, env=os.environ | nowhere, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"2 of 2: {RUN[0]}" in result.stdout + result.stderr or f"2 of 2: {RUN[1]}" in result.stdout
    return folder / "site"


def text_of(page):
    return make.BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").get_text()


def test_notebooks_and_modules_have_pages(site, course):
    for name in course.assignments:
        assert text_of(site / "notebooks" / f"{name}.html").count(STUB) == len(course.assignments[name].exercises), name
    for name in make.public_modules():
        assert (site / "rl_helpers" / f"{name}.html").exists(), name
    assert "run_environment_loop(" in text_of(site / "rl_helpers" / "loop.html")
    assert "plot_learning_curve(" in text_of(site / "rl_helpers" / "plotting.html")


def test_the_pages_hold_all_of_the_readme():
    """So a new part of it, under a heading of its own, is not forgotten."""
    rest = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs" / "site").glob("*.md")):
        for options in re.findall(r"{include} include/README.md\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
            limits = dict(re.findall(r':([\w-]+): "(.*)"', options))
            _, found, part = (
                rest.partition(limits.get("start-after", "")) if "start-after" in limits else ("", True, rest)
            )
            assert found, (page.name, limits)
            part = part.partition(limits["end-before"])[0] if "end-before" in limits else part
            rest = rest.replace(part, "\n", 1)
    assert re.fullmatch(r"(\s*## .*)*\s*", rest), rest


def test_nobody_is_told_an_answer(site, course):
    assert make.leaks(site, course) == []
    for name, assignment in course.assignments.items():
        page = text_of(site / "notebooks" / f"{name}.html")
        assert "BEGIN SOLUTION" not in page and "HIDDEN TESTS" not in page and "MARK SCHEME" not in page
        assert not any(
            is_grade(cell) and cell.id.startswith("test_") and f"@checks.hidden({cell.id[5:]!r}" in page
            for cell in assignment.source.cells
        )


def test_links_lead_somewhere(site):
    assert make.broken_links(site) == []


def test_what_is_wrong_is_found(tmp_path, course):
    secret = make.secrets(course)
    assert len(secret) > 1000
    answers = [cell.source for a in course.assignments.values() for cell in a.source.cells if is_solution(cell)]
    (tmp_path / "notebooks").mkdir()
    for number, answer in enumerate(answers):
        (tmp_path / "notebooks" / f"{number}.html").write_text(f"<pre>{make.html.escape(answer)}</pre>")
    assert {leak.partition(":")[0] for leak in make.leaks(tmp_path, course)} == {
        f"notebooks/{number}.html" for number in range(len(answers))
    }
    page = tmp_path / "page.html"
    page.write_text('<p id="here"><a href="#here">a</a><a href="#there">b</a><a href="no.html">c</a><img src="no.png">')
    assert make.broken_links(tmp_path) == ["page.html: #there", "page.html: no.html", "page.html: no.png"]


def test_demos_show_what_came_of_them(site):
    soups = {
        name: make.BeautifulSoup((site / "notebooks" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        for name in (RUN[1], "02_random_policy_search")
    }
    with_outputs, without = soups.values()
    assert len(with_outputs.select(".cell_output img")) >= 5 and not without.select(".cell_output")
    assert len(with_outputs.select(".cell_output script")) == 1, "one animation, and no still picture beside it"
    folded = [summary.get_text() for summary in with_outputs.select("details.hide summary")]
    assert any("Check your discounted_return" in text for text in folded), folded
    assert "Traceback" not in with_outputs.get_text()


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
def open_page(address, browser):  # noqa: F811
    """`open_page(path, width)` is a page of the site in the browser; in the end nothing may have gone wrong in any."""
    pages, complaints = [], []

    def open_page(path, width=1280, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.set_default_timeout(20 * SECONDS)
        page.route(
            BADGE,
            lambda route: route.fulfill(content_type="image/svg+xml", body="<svg xmlns='http://www.w3.org/2000/svg'/>"),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on(
            "request", lambda r: complaints.append(r.url) if not r.url.startswith((address, "data:", BADGE)) else None
        )
        page.goto(f"{address}/{path}")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []


def test_search_finds_a_page(open_page):
    page = open_page("index.html")
    page.locator("button.search-button__button:visible").first.click()
    page.locator("dialog input[type=search], .search-button__search-container input[type=search]").first.fill(
        "bootstrap"
    )
    page.keyboard.press("Enter")
    page.locator("#search-results a", has_text="Is it real?").first.click()
    page.wait_for_url("**/notebooks/10_is_it_real.html*")


def test_an_animation_plays_without_a_kernel(open_page):
    page = open_page("notebooks/01_agents_and_environments.html")
    player = page.locator(".cell_output [data-film]")
    player.scroll_into_view_if_needed()
    now = player.locator(".now")
    first = now.text_content()
    player.locator("button.play").click()
    page.wait_for_function(
        "([element, first]) => element.shadowRoot.querySelector('.now').textContent !== first",
        arg=[player.element_handle(), first],
    )


PAGES = [
    "index.html",
    "participants.html",
    "instructors.html",
    "CONTRIBUTING.html",
    "docs/contract.html",
    "docs/results.html",
    "docs/debugging.html",
    "rl_helpers/loop.html",
    "rl_helpers/plotting.html",
    "notebooks/01_agents_and_environments.html",
    "notebooks/03_policy_gradients.html",
]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_sticks_out_on_a_phone(open_page, path):
    page = open_page(path, width=390)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_screen(open_page, scheme):
    page = open_page("notebooks/01_agents_and_environments.html", scheme=scheme)
    behind, text = page.evaluate(
        "[document.body, document.querySelector('article p')].map((e) => getComputedStyle(e)).map((s, i) => i ? s.color : s.backgroundColor)"
    )
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"site-{scheme}.png")
    light = lambda colour: sum(map(float, re.findall(r"[\d.]+", colour)[:3])) > 3 * 128
    assert light(behind) == (scheme == "light") and light(text) == (scheme == "dark")
