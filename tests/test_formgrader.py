"""formgrader on what `autograder grade` wrote: in a real browser, on a real JupyterLab."""

import re
import sys
from pathlib import Path

import pytest
from serving import serve
from small_course import HALF, RIGHT, hand_in, write
from test_browser import SECONDS, browser  # noqa: F401 (a fixture)
from test_pipeline import grade

pytestmark = pytest.mark.slow


def test_a_comment_and_a_score_given_by_hand_survive_a_regrade(tmp_path, browser):  # noqa: F811
    from playwright.sync_api import expect  # missing only where the browser is

    write(tmp_path, small=1)  # whose test cannot tell HALF from right
    submissions, out = hand_in(tmp_path, {("ada", "small"): RIGHT, ("ben", "small"): HALF}), tmp_path / "out"
    assert [r["score"] for r in grade(tmp_path, submissions, out)] == [4, 4]
    page = browser.new_page()
    lab = lambda flags: [str(Path(sys.executable).parent / "jupyter"), "lab", *flags]
    with serve(lab, out, tmp_path / "log.txt") as (address, token):
        page.goto(f"http://{address}/formgrader?token={token}")
        page.get_by_role("link", name="small", exact=True).first.wait_for(timeout=60 * SECONDS)

        page.goto(f"http://{address}/formgrader/gradebook/small/small")
        page.get_by_role("link", name="Submission #1").click()
        student = "ada" if page.get_by_text("def double").first.inner_text().startswith("# ada") else "ben"
        page.wait_for_load_state("networkidle")  # what is typed before it has loaded everything is lost
        for field, text, kind in (("textarea.comment", "Short and clear.", "comment"), ("input.score", "0.5", "grade")):
            with page.expect_response(lambda r, kind=kind: f"/api/{kind}/" in r.url and r.request.method == "PUT"):
                page.locator(field).first.fill(text)
                page.locator(field).first.press("Tab")

        write(tmp_path, small=7)
        after = {r["student"]: r for r in grade(tmp_path, submissions, out)}
        assert {student: r["score"] for student, r in after.items()} == {"ada": 4, "ben": 1}
        assert after[student]["final_score"] == after[student]["score"] - 0.5
        page.reload()  # the page fills its fields in a moment later
        expect(page.locator("textarea.comment")).to_have_value("Short and clear.", timeout=60 * SECONDS)
        expect(page.locator("input.score").nth(0)).to_have_value(re.compile(r"^0?\.50*$"), timeout=60 * SECONDS)
    page.close()
