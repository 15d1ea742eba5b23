"""The pictures in the README, from the real things: `make pictures`. A few minutes.

Needs Chromium, as the browser tests do.
"""

import base64
import copy
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import nbclient
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import invented_room  # noqa: E402
import sample_class  # noqa: E402
import serving  # noqa: E402
import test_browser as browsing  # noqa: E402

from autograder.course import is_grade, is_solution, load_course  # noqa: E402

HERE = Path(__file__).resolve().parent
COURSE = load_course(ROOT)


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


def class_report(page):
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "autograder", "grade", str(sample_class.FOLDER), "--out", out]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        page.goto(f"file://{out}/report.html")
        save(page.screenshot(), "report", 900)


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
    """All of them, or those named on the command line: curve, notebook, report, room."""
    wanted = sys.argv[1:] or ["curve", "notebook", "report", "room"]
    if "curve" in wanted:
        learning_curve()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browsing.chromium(), args=["--no-sandbox"])
        if "notebook" in wanted:
            with tempfile.TemporaryDirectory() as folder, browsing.start(Path(folder)) as server:
                player_and_check(browsing.Lab(*server, chromium.new_page(viewport={"width": 1280, "height": 1000})))
        if "report" in wanted:
            class_report(chromium.new_page(viewport={"width": 1000, "height": 1300}))
        if "room" in wanted:
            room(chromium)
        chromium.close()


if __name__ == "__main__":
    main()
