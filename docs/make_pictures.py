"""The pictures in the README, from the real things: `make pictures`. A few minutes.

Needs Chromium, as the browser tests do.
"""

import base64
import copy
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbclient
from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import invented_room  # noqa: E402
import sample_class  # noqa: E402
import serving  # noqa: E402
import small_course  # noqa: E402
import test_browser as browsing  # noqa: E402

from autograder.course import is_grade, is_solution, load_course  # noqa: E402

HERE = Path(__file__).resolve().parent
COURSE, FIRST = load_course(ROOT), sample_class.FIRST


def save(picture: bytes, name: str, width: int):
    """As PNG with few colours, so that the repository stays small."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.thumbnail((width, 10_000))
    image.quantize(96, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        HERE / f"{name}.png", optimize=True
    )
    print(f"{name}.png: {(HERE / f'{name}.png').stat().st_size / 1000:.0f} kB")


def stacked(*pictures: bytes) -> bytes:
    """Pictures below one another."""
    images = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    whole = Image.new("RGB", (max(i.width for i in images), sum(i.height for i in images)), "white")
    for number, image in enumerate(images):
        whole.paste(image, (whole.width - image.width, sum(i.height for i in images[:number])))
    data = io.BytesIO()
    whole.save(data, "PNG")
    return data.getvalue()


def learning_curve():
    """The last picture of the solved notebook 03: 20 seeds, with and without a baseline."""
    notebook = copy.deepcopy(COURSE.assignments["03_policy_gradients"].source)
    notebook.cells = [cell for cell in notebook.cells if not is_grade(cell)]
    with tempfile.TemporaryDirectory() as folder:
        nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3").execute(cwd=folder)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    save(base64.b64decode(pictures[-1]), "learning-curve", 760)


def player_and_check(lab):
    lab.open("player", browsing.notebook_of('from rl_helpers.play import play\nplay("rl_helpers/NoOpCartPole-v1")'))
    lab.run(0)
    lab.page.locator(".rl-player[data-status=ready]").wait_for(timeout=90_000)
    lab.page.locator(".rl-player .stage").click()
    browsing.play_a_while(lab)
    lab.page.locator(".rl-player[data-status=over]").wait_for()
    box = lab.page.locator(".rl-player").bounding_box()
    save(lab.page.screenshot(clip=box | {"width": 490}), "player", 490)

    source = COURSE.assignments[browsing.NAME].source
    notebook = browsing.part(source, "discounted_return")
    for cell in notebook["cells"]:
        if is_solution(cell):
            cell["source"] = browsing.NO_GAMMA
    notebook["cells"] = [cell for cell in notebook["cells"] if not cell["id"].startswith("test_")]
    lab.open("check", notebook)
    lab.run_all()
    message = lab.page.locator(".jp-OutputArea", has_text="Gamma was never used")
    message.wait_for(timeout=90_000)
    answer = lab.page.locator(".jp-Cell").nth(1)
    answer.scroll_into_view_if_needed()
    above = answer.screenshot()
    message.scroll_into_view_if_needed()
    save(stacked(above, message.screenshot()), "check", 900)


def grading(page):
    """A day with the sample class: what the terminal says, the class report, a learner's page."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "autograder", "grade", str(sample_class.FOLDER), "--out", "grades"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "FORCE_COLOR": "1", "COLUMNS": "130"}
        printed = subprocess.run(
            command, cwd=folder, env=environment, check=True, capture_output=True, text=True
        ).stdout
        terminal = Console(record=True, width=130, file=io.StringIO())
        terminal.print(Text.from_ansi(re.sub(r"(?s).*\x1b\[2K|\x1b\[\?25h", "", printed)))  # the progress bar has gone
        page.set_content(terminal.export_svg(title="autograder grade submissions --out grades"))
        save(page.locator("svg").screenshot(), "terminal", 1000)
        grades = Path(folder) / "grades"
        for path, name in (
            (grades / "report.html", "report"),
            (next(grades.glob(f"feedback/ben/{FIRST}.html")), "feedback"),
        ):
            page.goto(path.as_uri())
            save(page.screenshot(), name, 900)


def formgrader(browser):
    """A written answer in formgrader, with what earns the points above it."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        small_course.write(folder, small_course.QUESTION, small=7)
        submissions = small_course.hand_in(folder, {("ada", "small"): small_course.RIGHT}, words={"ada": "Two shoes."})
        command = [sys.executable, "-m", "autograder", "grade", submissions, "--out", folder / "grades"]
        subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
        lab = lambda flags: [str(Path(sys.executable).parent / "jupyter"), "lab", *flags]
        with serving.serve(lab, folder / "grades", folder / "log.txt") as (address, token):
            page = browser.new_page(viewport={"width": 1000, "height": 900})
            page.goto(f"http://{address}/formgrader?token={token}")
            page.goto(f"http://{address}/formgrader/gradebook/small/small")
            page.get_by_role("link", name="Submission #1").click()
            page.wait_for_load_state("networkidle")
            page.locator("#why_twice").scroll_into_view_if_needed()
            save(page.screenshot(), "formgrader", 900)


def room(browser):
    """The room's page with 60 invented people; with 5, 60 and 300, on projector and phone, for a look, in build/."""
    looks = ROOT / "build" / "screenshots"
    looks.mkdir(parents=True, exist_ok=True)
    for count in (5, 60, 300):
        with tempfile.TemporaryDirectory() as folder:
            invented_room.fill(Path(folder), count)
            running = serving.Room(Path(folder))
            try:
                for kind, place in (("instructor", f"/i/{running.secret}"), ("participant", f"/r/{running.CODE}")):
                    for screen, (width, height) in {"projector": (1920, 1080), "phone": (390, 844)}.items():
                        for scheme in ("light", "dark"):
                            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                            page.goto(running.address + place)
                            page.locator(".row").first.wait_for()
                            page.wait_for_timeout(800)  # the bars grow
                            name = f"room-{count}-{kind}-{screen}-{scheme}"
                            picture = page.screenshot(path=looks / f"{name}.png", full_page=screen == "phone")
                            if name == "room-60-instructor-projector-light":
                                save(picture, "room", 1400)
                            page.close()
            finally:
                running.kill()


def main():
    """All of them, or those named on the command line: curve, notebook, grading, formgrader, room."""
    wanted = sys.argv[1:] or ["curve", "notebook", "grading", "formgrader", "room"]
    if "curve" in wanted:
        learning_curve()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browsing.chromium(), args=["--no-sandbox"])
        if "notebook" in wanted:
            with tempfile.TemporaryDirectory() as folder, browsing.start(Path(folder)) as server:
                player_and_check(browsing.Lab(*server, chromium.new_page(viewport={"width": 1280, "height": 1000})))
        if "grading" in wanted:
            grading(chromium.new_page(viewport={"width": 1000, "height": 1300}))
        if "formgrader" in wanted:
            formgrader(chromium)
        if "room" in wanted:
            room(chromium)
        chromium.close()


if __name__ == "__main__":
    main()
