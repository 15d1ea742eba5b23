"""The course in a real browser: headless Chromium on a real JupyterLab.

Screenshots, in the light and the dark theme, are kept in build/screenshots.
"""

import contextlib
import copy
import json
import os
import shutil
import sys
import time
import warnings
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from filling import cells_by_id, fill, solutions
from nbformat.v4 import new_code_cell, new_notebook
from serving import Room, serve

pytestmark = pytest.mark.slow

NAME = "01_agents_and_environments"
NO_GAMMA = "def discounted_return(rewards, gamma):\n    return float(sum(rewards))\n"
SETTINGS = "@jupyterlab/apputils-extension"
SECONDS = 1000  # Playwright counts milliseconds
NOISE = ("colab-badge",)  # the one picture that comes from elsewhere

# The contrast of every visible text below an element with what is behind it, shadow roots included.
CONTRASTS = """root => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const luminance = (colour) => {
    const [r, g, b] = colour.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parent = (element) => element.parentElement ?? element.getRootNode().host;
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    const colour = rgb(getComputedStyle(element).backgroundColor);
    return colour[3] === 0 ? behind(parent(element)) : over(colour, behind(parent(element)));
  };
  const found = [];
  const visit = (node) => {
    for (const child of node.children) {
      const text = [...child.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
      if (text && !["STYLE", "SCRIPT", "OPTION"].includes(child.tagName) && child.getClientRects().length) {
        const [a, b] = [rgb(getComputedStyle(child).color).slice(0, 3), behind(child)].map(luminance);
        found.push([text, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]);
      }
      visit(child);
    }
    if (node.shadowRoot) visit(node.shadowRoot);
  };
  visit(root);
  return found;
}"""


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def not_tested(reason):
    warnings.warn(f"NOT TESTED: the notebooks in a browser. {reason}", stacklevel=2)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        not_tested("The package playwright is missing.")
    if chromium() is None:
        not_tested("There is no Chromium on this machine (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield running
        running.close()


class Lab:
    """A JupyterLab on a folder, and one page of a browser on it."""

    def __init__(self, address, token, folder, settings, page):
        self.address, self.token, self.folder, self.settings, self.page = address, token, folder, settings, page
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self.complaints.append(f"{m.text} {m.location}") if m.type == "error" else None)

    def open(self, name, notebook=None):
        """Opens a notebook, after writing it into the folder if it is given."""
        if notebook is not None:
            notebook["metadata"]["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
            (self.folder / f"{name}.ipynb").write_text(json.dumps(notebook))
        self.page.goto(f"http://{self.address}/lab/tree/{name}.ipynb?token={self.token}&reset")
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=90 * SECONDS)

    def menu(self, menu, item):
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.locator(".lm-Menu-item", has_text=item).first.click()

    def run_all(self):
        self.idle()
        self.menu("Run", "Run All Cells")

    def run(self, number):
        """Runs one cell with the keyboard."""
        self.idle()
        self.page.locator(".jp-Notebook .jp-Cell").nth(number).click()
        self.page.keyboard.press("Shift+Enter")

    def idle(self):
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90 * SECONDS)

    def saved(self, ready, seconds=180):
        """The notebook's cells by id once it has been saved in a state in which `ready(cells)` is true."""
        name = self.page.url.split("/")[-1].split("?")[0]
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.page.keyboard.press("Control+s")
            time.sleep(1.0)
            cells = {cell["id"]: cell for cell in json.loads((self.folder / name).read_text())["cells"]}
            if ready(cells):
                return cells
        raise AssertionError(f"{name} did not get there: {json.dumps(cells)[-3000:]}")

    def theme(self, name):
        (self.settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": name}))
        self.page.reload()
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=90 * SECONDS)

    def last_cell(self, locator):
        """Goes to the last cell with the keyboard, and shows `locator`: cells that are far away are not in the page."""
        self.page.locator(".jp-Notebook .jp-Cell").nth(1).click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Shift+End")
        locator.wait_for()
        locator.evaluate("element => element.scrollIntoView({block: 'center'})")

    def screenshot(self, name):
        folder = ROOT / "build" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png")


@contextlib.contextmanager
def start(parent):
    """A JupyterLab on the empty folder `parent/notebooks`: its address, token, folder and folder of settings."""
    folder, home = parent / "notebooks", parent / "home"
    folder.mkdir()
    settings = home / "settings" / SETTINGS
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # as in `make lab`
        "PYTHONPATH": ":".join(map(str, [ROOT, *filter(None, sys.path)])),
        "XDG_DATA_HOME": str(home / "records"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JAX_PLATFORMS": "cpu",
    }

    def command(flags):
        return [sys.executable, "-m", "jupyterlab", *flags]

    with serve(command, folder, home / "log.txt", **environment) as (address, token):
        yield address, token, folder, settings


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with start(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def lab(server, browser, request):
    """A fresh page; when the test is over, nothing may have gone wrong in it behind the scenes. The mark `tablet` makes
    it one that is held in a hand."""
    tablet = request.node.get_closest_marker("tablet")
    screen = {"width": 820, "height": 1180} if tablet else {"width": 1280, "height": 1000}
    page = browser.new_page(viewport=screen, has_touch=bool(tablet), is_mobile=bool(tablet))
    page.set_default_timeout(30 * SECONDS)
    lab = Lab(*server, page)
    yield lab
    lab.screenshot(f"end-of-{request.node.name}")
    page.close()
    assert [text for text in lab.complaints if not any(noise in text for noise in NOISE)] == []


def notebook_of(*sources, **named):
    cells = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    return json.loads(nbformat.writes(new_notebook(cells=cells)))


def part(notebook, *names):
    """The set-up cell and the cells of some exercises."""
    keep = [prefix + name for name in names for prefix in ("", "check_", "test_")]
    cells = [c for c in notebook["cells"] if c["id"] in keep or "setup" in c["metadata"].get("tags", [])]
    return copy.deepcopy(notebook) | {"cells": copy.deepcopy(cells)}


def text_of(cell) -> str:
    return "".join("".join(output.get("text", [])) for output in cell["outputs"])


def finished(cells) -> bool:
    return all(cell.get("execution_count") for cell in cells.values() if cell["cell_type"] == "code")


def check_contrast(locator):
    contrasts = [pair for element in locator.all() for pair in element.evaluate(CONTRASTS)]
    assert contrasts and min(ratio for _, ratio in contrasts) >= 4.5, contrasts  # WCAG AA


def test_a_solved_notebook_runs(lab, course, student):
    assignment = course.assignments[NAME]
    lab.open("solved", fill(student(NAME), solutions(assignment)))
    lab.run_all()
    cells = lab.saved(finished)
    for exercise in assignment.exercises:
        assert f"✓ {exercise.name}" in text_of(cells[f"check_{exercise.name}"])
    outputs = [output for cell in cells.values() for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 3
    board = lab.page.locator(".jp-RenderedHTML", has_text="7 of 7 exercises done")
    lab.last_cell(board)
    assert board.locator("li", has_text="✓").count() == 7
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        lab.theme(theme)
        lab.last_cell(board)
        check_contrast(board)
        lab.screenshot(f"board-{theme.split()[-1].lower()}")
    lab.theme("JupyterLab Light")


def test_an_unsolved_notebook_stops_with_a_helpful_message(lab, student):
    lab.open("unsolved", part(student(NAME), "discounted_return"))
    lab.run_all()
    failure = lab.page.locator(".jp-OutputArea", has_text="discounted_return is still open")
    failure.last.wait_for(timeout=90 * SECONDS)
    assert len(failure.last.inner_text().splitlines()) <= 2


def test_a_wrong_answer_is_told_why(lab, student):
    notebook = part(student(NAME), "discounted_return")
    cells_by_id(notebook)["discounted_return"]["source"] = NO_GAMMA
    lab.open("wrong", notebook)
    lab.run_all()
    message = lab.page.locator(".jp-OutputArea", has_text="Gamma was never used")
    message.wait_for(timeout=90 * SECONDS)
    assert "✗" in message.inner_text() and "Traceback" not in message.inner_text()
    lab.saved(lambda cells: cells["check_discounted_return"]["outputs"])
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab.theme(theme)
        lab.last_cell(message)
        check_contrast(message)
        lab.screenshot(f"check-{theme.split()[-1].lower()}")


def test_validate_tells_right_from_wrong(lab, course, student):
    answers = solutions(course.assignments[NAME])
    right = part(fill(student(NAME), answers), "discounted_return")
    wrong = part(fill(student(NAME), answers | {"discounted_return": NO_GAMMA}), "discounted_return")
    for name, notebook, words in (("right", right, "Success!"), ("wrong-too", wrong, "failed")):
        lab.open(name, notebook)
        lab.page.get_by_role("button", name="Validate").click()
        dialog = lab.page.locator(".jp-Dialog", has_text=words)
        dialog.wait_for(timeout=120 * SECONDS)
        assert ("gamma" in dialog.inner_text().lower()) == (notebook is wrong)
        dialog.locator("button").last.click()


def score(lab) -> int:
    return int(lab.page.locator(".rl-player .score").inner_text())


def play_a_while(lab, keys=("a", "d")):
    """Presses the keys in turn until the game is over; the scores on the way."""
    scores, host = [], lab.page.locator(".rl-player")
    for turn in range(60):
        if host.get_attribute("data-status") == "over":
            break
        lab.page.keyboard.down(keys[turn % 2])
        lab.page.wait_for_timeout(120)
        lab.page.keyboard.up(keys[turn % 2])
        scores.append(score(lab))
    return scores


def test_playing_by_hand(lab):
    play = 'from rl_helpers.play import play\nplay("rl_helpers/NoOpCartPole-v1")'
    curve = (
        "from rl_helpers.plotting import plot_learning_curve\nfrom rl_helpers.records import best_score\n"
        'ax = plot_learning_curve([20, 40, 80], you=best_score("NoOpCartPole-v1"))\n'
        "print([text.get_text() for text in ax.texts])"
    )
    lab.open("play", notebook_of(play, curve))
    page, host = lab.page, lab.page.locator(".rl-player")
    lab.run(0)
    page.locator(".rl-player[data-status=ready]").wait_for(timeout=90 * SECONDS)
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.wait_for_timeout(500)
    assert score(lab) == 0, "the game waits for the player"

    scores = play_a_while(lab)  # without a click: the game has taken the focus
    assert len(set(scores)) >= 2 and scores == sorted(scores)
    page.locator(".rl-player[data-status=over]").wait_for(timeout=20 * SECONDS)
    first = score(lab)
    assert "You fell" in page.locator(".rl-player .sign").inner_text()
    assert int(page.locator(".rl-player .best").inner_text()) == first >= scores[-1]
    lab.screenshot("play-over")

    page.keyboard.press("Space")
    page.locator(".rl-player[data-status=ready]").wait_for()
    page.keyboard.press("d")  # d, d deletes a cell in JupyterLab, a adds one
    page.keyboard.press("d")
    page.locator(".rl-player[data-status=over]").wait_for(timeout=20 * SECONDS)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells

    page.locator(".rl-player button", has_text="play again").click()
    page.locator(".rl-player[data-status=ready]").wait_for()
    page.locator(".rl-player button", has_text="left").hover()
    page.mouse.down()  # held, as a finger would
    page.locator(".rl-player[data-status=playing]").wait_for()
    page.locator(".rl-player button.held", has_text="left").wait_for()
    page.locator(".rl-player[data-status=over]").wait_for(timeout=20 * SECONDS)
    page.mouse.up()
    assert score(lab) < 30, "pushed to one side all the time"

    for theme in ("Dark", "Light"):
        best = int(page.locator(".rl-player .best").inner_text())
        lab.theme(f"JupyterLab {theme}")
        lab.run(0)
        page.locator(".rl-player[data-status=ready]").wait_for(timeout=90 * SECONDS)
        check_contrast(host)
        lab.screenshot(f"play-{theme.lower()}")

    lab.run(1)
    page.get_by_text(f"you ({best})").wait_for()  # the score has become a line on the learning curve


@pytest.mark.tablet
def test_playing_with_a_finger(lab):
    lab.open("touch", notebook_of('from rl_helpers.play import play\nplay("rl_helpers/NoOpCartPole-v1")'))
    page, screen = lab.page, lab.page.context.new_cdp_session(lab.page)
    lab.run(0)
    page.locator(".rl-player[data-status=ready]").wait_for(timeout=90 * SECONDS)
    assert "Hold one of the buttons" in page.locator(".rl-player .sign").inner_text()
    scrolled = page.locator(".jp-WindowedPanel-outer").first.evaluate("element => element.scrollTop")
    box = page.locator(".rl-player button", has_text="right").bounding_box()
    assert min(box["width"], box["height"]) >= 40, "large enough for a finger"
    finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    screen.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    page.locator(".rl-player[data-status=playing]").wait_for()
    page.locator(".rl-player button.held", has_text="right").wait_for()
    for distance in (4, 12, 30):  # a finger does not lie still, and the page must not follow it
        moved = finger | {"y": finger["y"] - distance}
        screen.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    page.wait_for_timeout(200)
    assert page.locator(".rl-player button.held", has_text="right").count() == 1
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.locator(".rl-player button.held").wait_for(state="detached")
    page.locator(".rl-player[data-status=over]").wait_for(timeout=20 * SECONDS)
    assert page.locator(".jp-WindowedPanel-outer").first.evaluate("element => element.scrollTop") == scrolled
    page.locator(".rl-player button", has_text="play again").tap()
    page.locator(".rl-player[data-status=ready]").wait_for()


def test_choosing_between_two_texts(lab):
    ask = (
        "from rl_helpers.show.choose import Choices\n"
        'clicks = Choices([("3 1 >", "1 3 .", "3 1 ."), ("2 0 >", "2 .", "0 2 ."), ("5 4 >", "5 .", "4 5 .")])\n'
        "clicks.page()"
    )
    lab.open("choose", notebook_of(ask, "print(clicks.chosen)"))
    page, host = lab.page, lab.page.locator(".rl-chooser")
    lab.run(0)
    page.locator(".rl-chooser[data-number='0']").wait_for(timeout=90 * SECONDS)
    assert page.locator(".rl-chooser .question").inner_text() == "3 1 >"
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.locator(".rl-chooser button", has_text="1 3 .").click()
    page.locator(".rl-chooser[data-number='1']").wait_for()
    page.keyboard.press("a")  # in JupyterLab a adds a cell
    page.locator(".rl-chooser[data-number='2']").wait_for()
    page.keyboard.press("Backspace")
    page.locator(".rl-chooser[data-number='1']").wait_for()
    page.keyboard.press("ArrowRight")
    page.locator(".rl-chooser[data-number='2']").wait_for()
    page.locator(".rl-chooser button", has_text="5 .").first.wait_for()
    check_contrast(host)
    lab.screenshot("choose")
    page.locator(".rl-chooser button", has_text="4 5 .").click()
    page.locator(".rl-chooser[data-number='3']").wait_for()
    assert "thank you" in page.locator(".rl-chooser .count").inner_text()
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    lab.run(1)
    page.get_by_text("[0, 1, 1]").wait_for()


def test_tensorboard_opens_the_training_log(lab):
    log = (
        "from rl_helpers.log import TrainingLog\nlog = TrainingLog('runs')\n"
        "for step in range(0, 2000, 200):\n    log.add(step, average_return=step / 10)\nlog.close()"
    )
    lab.open("log", notebook_of(log, "%load_ext tensorboard\n%tensorboard --logdir runs --port 0"))
    lab.run(0)
    lab.run(1)
    board = lab.page.frame_locator("iframe[id^=tensorboard-frame]")
    board.get_by_text("average_return").first.wait_for(timeout=90 * SECONDS)
    board.get_by_text("run-1").first.wait_for()


def test_an_animation_plays_scrubs_and_outlives_its_kernel(lab):
    record = (
        "import gymnasium as gym\nfrom rl_helpers import record_episode\nfrom rl_helpers.animate import animate\n"
        'env = gym.make("rl_helpers/CartPole-v1")\n'
        "before = record_episode(env, lambda obs: 0)\n"
        "after = record_episode(env, lambda obs: int(obs[2] + 0.5 * obs[3] > 0))\n"
        'animate(before, after, labels=["before", "after"])'
    )
    lab.open("animation", notebook_of(record))
    lab.run_all()
    page = lab.page
    slider = page.get_by_role("slider")
    slider.wait_for(timeout=90 * SECONDS)
    canvas = page.get_by_role("img", name="after: stopped by the clock after 500 steps")
    assert page.locator(".jp-OutputArea img").is_hidden(), "the still picture makes room for the player"

    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Pause").click()
    stopped = int(slider.input_value())
    assert 5 < stopped < 250
    page.wait_for_timeout(300)
    assert int(slider.input_value()) == stopped

    slider.fill("0")
    first = canvas.screenshot()
    slider.fill("300")
    assert page.get_by_text("step 300 of 500, return 300").is_visible()
    assert page.get_by_text("the pole fell after").is_visible()
    assert canvas.screenshot() != first
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_text("step 301 of 500").is_visible()

    lab.saved(finished, seconds=60)  # with Ctrl+S, though the player has the focus; JupyterLab's own turn is later
    page.request.delete(
        f"http://{lab.address}/api/kernels/{page.request.get(f'http://{lab.address}/api/kernels').json()[-1]['id']}",
        headers={"Authorization": f"token {lab.token}"},
    )
    for theme in ("Dark", "Light"):
        lab.theme(f"JupyterLab {theme}")
        slider.wait_for()
        slider.fill("200")
        assert page.get_by_text("step 200 of 500, return 200").is_visible()
        check_contrast(page.locator(".jp-OutputArea"))
        lab.screenshot(f"animation-{theme.lower()}")

    somebody_elses = json.loads((lab.folder / "animation.ipynb").read_text())
    somebody_elses["cells"][0]["source"] += "\n"  # no longer what was signed: JupyterLab runs no scripts of it
    lab.open("not-trusted", somebody_elses)
    page.locator(".jp-OutputArea img").wait_for()
    assert page.get_by_role("slider").count() == 0


def test_joining_the_room(lab, student, browser, tmp_path):
    """A learner joins from JupyterLab; the instructor sees their message appear, and nothing of it is run."""
    room = Room(tmp_path)
    nasty = "<img src=x onerror=alert(1)>"
    pages = [browser.new_page(viewport={"width": 1600, "height": 1000}) for _ in range(2)]
    alarms = []
    try:
        for page in pages:
            page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
            page.on("pageerror", lambda error: alarms.append(str(error)))
            page.on("console", lambda m: alarms.append(m.text) if m.type == "error" else None)
        instructor, own = pages
        instructor.goto(f"{room.address}/i/{room.secret}")
        instructor.locator("#line", has_text="room.join(").wait_for()
        assert instructor.get_by_text("Nobody has run a check yet").is_visible()

        notebook = part(student(NAME), "discounted_return")
        cells_by_id(notebook)["discounted_return"]["source"] = NO_GAMMA
        line = f'from rl_helpers import room; room.join("{room.address}", code="{room.CODE}", nickname="{nasty[:24]}")'
        notebook["cells"].insert(1, new_code_cell(line, id="join"))
        lab.open("room", notebook)
        lab.run_all()
        instructor.locator("#messages li", has_text="Gamma was never used").wait_for(timeout=90 * SECONDS)
        assert instructor.locator("#people").inner_text() == "1", "the same picture"
        instructor.get_by_text("discounted_return: 0 passed, 1 trying, 0 not begun").wait_for()

        cells = lab.saved(lambda cells: cells["check_discounted_return"]["outputs"])
        assert "Never sent: your code" in text_of(cells["join"])
        own.goto(next(word for word in text_of(cells["join"]).split() if word.startswith("http")))
        own.locator("#me", has_text=nasty[:10]).wait_for()
        own.locator(".row.mine .mark", has_text="✗").wait_for()
        for page in pages:
            check_contrast(page.locator("body"))
        room.kill()
        instructor.get_by_text("no connection").wait_for()
        room.start()
        instructor.get_by_text("live", exact=True).wait_for()
        alarms[:] = [text for text in alarms if "ERR_CONNECTION" not in text and "ERR_INCOMPLETE" not in text]
        assert not alarms and instructor.locator("img[src=x]").count() == 0
    finally:
        room.kill()
        for page in pages:
            page.close()
