"""formgrader on what `autograder grade` wrote: in a real browser, on a real JupyterLab."""

import csv
import json
import re
import sys
from pathlib import Path

import pytest
from serving import serve
from small_course import HALF, QUESTION, RIGHT, hand_in, write
from test_browser import SECONDS, browser  # noqa: F401 (a fixture)
from test_pipeline import grade, start

pytestmark = pytest.mark.slow
WORDS = "Two shoes.\n\n<img src=x onerror=\"document.title = 'mine'\"> [here](javascript:alert(1)) $x^2$"


def test_what_people_do_there_counts_and_survives_a_regrade(tmp_path, browser):  # noqa: F811
    from playwright.sync_api import expect  # missing only where the browser is

    write(tmp_path, QUESTION, small=1)  # whose test cannot tell HALF from right
    answers, words = {("ada", "small"): RIGHT, ("ben", "small"): HALF}, {"ada": WORDS, "ben": WORDS}
    submissions, out = hand_in(tmp_path, answers, words=words), tmp_path / "out"
    assert [(r["final_score"], r["max_score"]) for r in grade(tmp_path, submissions, out)] == [(4, 4), (4, 4)]
    page = browser.new_page()
    lab = lambda flags: [str(Path(sys.executable).parent / "jupyter"), "lab", *flags]
    with serve(lab, out, tmp_path / "log.txt") as (address, token):
        page.goto(f"http://{address}/formgrader?token={token}")
        page.get_by_role("link", name="small", exact=True).first.wait_for(timeout=60 * SECONDS)

        page.goto(f"http://{address}/formgrader/gradebook/small/small")
        page.get_by_role("link", name="Submission #1").click()
        student = "ada" if page.get_by_text("def double").first.inner_text().startswith("# ada") else "ben"
        page.wait_for_load_state("networkidle")  # what is typed before it has loaded everything is lost
        assert "One point for the word pair" in page.inner_text("body") and "Two shoes make a pair" in page.content()
        assert WORDS in page.locator(".nbgrader_cell", has=page.locator("#why_twice")).inner_text()  # as it was typed
        assert page.title() != "mine"
        for field, text, kind in (
            ("textarea.comment", "Short and clear.", "comment"),
            ("input.score", "0.5", "grade"),
            ("#why_twice", "3", "grade"),
            ("#why_twice-comment", "And the other point?", "comment"),
        ):
            with page.expect_response(lambda r, kind=kind: f"/api/{kind}/" in r.url and r.request.method == "PUT"):
                page.locator(field).first.fill(text)
                page.locator(field).first.press("Tab")

        write(tmp_path, QUESTION, small=7)
        process = start(tmp_path, submissions, out, "--all")
        printed = " ".join(process.communicate(timeout=500)[0].split())
        after = {r["student"]: r for r in json.loads((out / "results.json").read_text())["submissions"]}
        assert {student: r["score"] for student, r in after.items()} == {"ada": 4, "ben": 1}
        assert after[student]["final_score"] == after[student]["score"] - 0.5 + 3
        assert [r["max_score"] for r in after.values()] == [8, 8]
        assert not after[student]["written"][0]["changed"]
        one_number = f"{after[student]['final_score']:g}"
        assert f"{student} small {one_number}/8 " in printed and "Answers still to mark (1)" in printed
        assert f">{one_number}/8<" in (out / "report.html").read_text()
        rows = {row["student"]: row for row in csv.DictReader((out / "grades.csv").open(newline=""))}
        assert float(rows[student]["final_score"]) == float(one_number) and float(rows[student]["why_twice"]) == 3
        learners = (out / "feedback" / student / "small.html").read_text()
        assert f"{one_number} <small>of 8 points" in learners and "And the other point?" in learners
        assert "the word pair" in learners and "<img src=x" not in learners
        (other,) = after.keys() - {student}
        assert "the word pair" not in (out / "feedback" / other / "small.html").read_text()
        page.reload()  # the page fills its fields in a moment later
        expect(page.locator("textarea.comment").first).to_have_value("Short and clear.", timeout=60 * SECONDS)
        expect(page.locator("#why_twice")).to_have_value(re.compile(r"^3(\.0*)?$"), timeout=60 * SECONDS)
        expect(page.locator("input.score").nth(0)).to_have_value(re.compile(r"^0?\.50*$"), timeout=60 * SECONDS)
    page.close()
