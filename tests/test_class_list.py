"""A class with its list, by the real command: the worksheet comes back, extensions come and go."""

import csv
import json
import shutil
import unicodedata

import pytest
from lists import by_canvas, by_moodle, export, worksheet
from small_course import HALF, RIGHT, WRONG, hand_in, write
from test_pipeline import grade, gradebook, start, without_seconds

PEOPLE = {
    "4711": "Ada Lovelace", "4712": "Zoë Ångström", "4713": "王小明", "4714": "Kim Min-jun", "4715": "Kim Min-jun",
    "4716": "Ben Li", "4717": "Cleo Mora", "4718": "Dora Quist",
}  # fmt: skip
ANSWERS = {"4711": RIGHT, "4712": HALF, "4713": f"{RIGHT}  # 3", "4714": WRONG, "4715": f"{RIGHT}  # 5",
           "4716": f"{RIGHT}  # 6", "4799": f"{RIGHT}  # 9"}  # fmt: skip
OWN = "name;group;section\nBen Li;G7;Monday\nCleo Mora;G7;Friday\n"
A_QUARTER = """from nbgrader.plugins import LateSubmissionPlugin
class AQuarter(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 4 if total_seconds_late else None
c = get_config()
c.AssignLatePenalties.plugin_class = AQuarter
"""


@pytest.fixture
def class_of_eight(tmp_path):
    """The class's folder as Moodle hands it out: six files of the eight, and one of somebody else."""
    write(tmp_path, small=7)
    folder = hand_in(tmp_path, {(number, "small"): answer for number, answer in ANSWERS.items()})
    for number in ANSWERS:
        name = unicodedata.normalize("NFD", PEOPLE.get(number, "Eve Nobody"))
        shutil.move(folder / number / "small", folder / f"{name}_{number}_assignsubmission_file")
        (folder / number).rmdir()
    (folder / "hints").mkdir()
    (folder / "hints" / "rubric.pdf").write_bytes(b"%PDF-1.7")  # nobody's, so of nobody who is not on the list
    return folder


@pytest.mark.slow
def test_a_class_list_says_who_is_missing_and_the_worksheet_comes_back(tmp_path, class_of_eight):
    sheet = tmp_path / "Bewertungen-RL1.csv"
    sheet.write_bytes(worksheet(PEOPLE, "de", best="100,00"))
    (tmp_path / "own.csv").write_text(OWN)
    out, lists = tmp_path / "out", ["--roster", sheet, "--roster", tmp_path / "own.csv"]
    process = start(tmp_path, class_of_eight, out, *lists, "--all")
    told, wrong = process.communicate(timeout=300)
    assert process.returncode == 0, wrong
    assert "Class list: 8 people, 1 group, 2 sections." in told
    assert "Missing (1)" in told and "Dora Quist: small" in told.split("Missing (1)")[1]
    assert "Not on the class list (1)" in told and "Eve Nobody" in told.split("Not on the class list")[1]
    assert "7 of 8 people; 4 of 4 points are 100 there" in told

    results = grade(tmp_path, class_of_eight, out, *lists)
    said = {r["student"]: (r["status"], r["final_score"], r["sender"]["id"], r["section"]) for r in results}
    assert said == {
        "hints": ("rejected", 0, "", ""),
        "Ada Lovelace": ("graded", 4, "4711", ""), "Zoë Ångström": ("graded", 1, "4712", ""),
        "王小明": ("graded", 4, "4713", ""), "Kim Min-jun (4714)": ("graded", 0, "4714", ""),
        "Kim Min-jun (4715)": ("graded", 4, "4715", ""), "Ben Li": ("graded", 4, "4716", "Monday"),
        "Cleo Mora": ("graded", 4, "4717", "Friday"), "Dora Quist": ("missing", 0, "4718", ""),
        "Eve Nobody": ("graded", 4, "4799", ""),
    }  # fmt: skip
    assert "handed in by Ben Li for group G7" in next(r["notes"] for r in results if r["student"] == "Cleo Mora")
    table = out / "moodle-Bewertungen-RL1.csv"
    grades = {"4711": "100", "4712": "25", "4713": "100", "4714": "0", "4715": "100", "4716": "100", "4717": "100"}
    assert table.read_bytes() == worksheet(PEOPLE, "de", best="100,00", grades=grades)
    assert by_moodle(table.read_bytes(), "de", decimal=",") == {number: float(text) for number, text in grades.items()}
    with (out / "grades.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["Dora Quist"]["status"] == "missing" and rows["Ben Li"]["section"] == "Monday"
    report = (out / "report.html").read_text()
    assert (
        "1 is missing." in report
        and "<bdi>Friday</bdi> 100 % (1); <bdi>Monday</bdi> 100 % (1); <bdi>none</bdi> 71 % (6)." in report
    )
    assert report.index('data-kind="unlisted"') < report.index('data-kind="missing"')
    assert len(list(out.glob("feedback/*/small.html"))) == 8

    pages = {path: path.stat().st_mtime_ns for path in out.glob("feedback/*/*.html")}
    before = table.read_bytes(), rows
    assert without_seconds(grade(tmp_path, class_of_eight, out, *lists)) == without_seconds(results)
    assert {path: path.stat().st_mtime_ns for path in out.glob("feedback/*/*.html")} == pages, (
        "a page was written again"
    )
    with (out / "grades.csv").open(newline="") as file:
        assert (table.read_bytes(), {row["student"]: row for row in csv.DictReader(file)}) == before


@pytest.mark.slow
def test_results_among_the_submissions_are_no_worksheets(tmp_path):
    write(tmp_path, small=7)
    folder = hand_in(tmp_path, {("Ada_4711_assignsubmission_file", "small"): RIGHT})
    (folder / "sheet.csv").write_bytes(worksheet({"4711": "Ada"}))
    for _ in range(2):
        grade(tmp_path, folder, folder)
        assert [path.name for path in folder.glob("*.csv")].count("moodle-sheet.csv") == 1
        assert sorted(path.name for path in folder.glob("moodle-*.csv")) == ["moodle-sheet.csv"]
        files = json.loads((folder / "manifest.json").read_text())["files"]
        assert not [file["path"] for file in files if "lies beside the submissions" in file["decision"]]


@pytest.mark.slow
def test_an_extension_is_given_and_taken_back_and_an_instructors_own_stays(tmp_path):
    write(tmp_path, small=7)
    folder = hand_in(tmp_path, {("ada", "small"): RIGHT, ("ben", "small"): RIGHT})
    for name in ("ada", "ben"):
        (folder / name / "small" / "timestamp.txt").write_text("2026-11-20 14:00 UTC")
    (tmp_path / "nbgrader_config.py").write_text(A_QUARTER)
    out, own = tmp_path / "out", tmp_path / "own.csv"

    def lateness(ada, ben="", due=("--due", "2026-11-20T12:00Z")):
        own.write_text(f"name,extension\nAda,{ada}\nBen,{ben}\n")
        results = grade(tmp_path, folder, out, "--roster", own, *due)
        return [(r["late_seconds"] / 3600, r["penalty"]) for r in results]

    assert lateness("") == [(2, 1), (2, 1)]
    assert lateness("90 min") == [(0.5, 1), (2, 1)]
    assert lateness("2026-11-20 15:00 UTC") == [(0, 0), (2, 1)]
    assert "extension on the class list" in (out / "results.json").read_text()
    with gradebook(out) as book:
        assert book.find_submission("small", "ada").extension.total_seconds() == 3 * 3600
        book.grant_extension("small", "ben", hours=1)
    assert lateness("1 day", "3 h") == [(0, 0), (1, 1)]  # what the instructor gave in nbgrader stays
    assert lateness("1 day", due=()) == [(0, 0), (0, 0)]  # nothing was due: nbgrader knows no extension of nothing
    with gradebook(out) as book:
        assert book.find_submission("small", "ada").extension is None
    assert lateness("") == [(2, 1), (1, 1)]
    with gradebook(out) as book:
        assert book.find_submission("small", "ada").extension is None


@pytest.mark.slow
def test_a_list_that_cannot_be_used_stops_before_anything_is_graded(tmp_path):
    write(tmp_path, **{"07_other": 7})
    folder = hand_in(tmp_path, {("ada", "07_other"): RIGHT})
    (tmp_path / "own.csv").write_text("Student,Mark\nAda,5\n")
    told = grade(tmp_path, folder, tmp_path / "out", "--roster", tmp_path / "own.csv", succeeds=False)
    assert "its first line is Student, Mark; expected is one of" in told and "Traceback" not in told
    people = {"1": ("Lovelace, Ada", "ada", "A")}
    (tmp_path / "canvas.csv").write_bytes(export(people))
    told = grade(tmp_path, folder, tmp_path / "out", "--roster", tmp_path / "canvas.csv", succeeds=False)
    assert "which column takes 07_other cannot be told; choose one with --column NAME" in told
    assert "1. Small things (802)" in told.split("Its columns:")[1] and not (tmp_path / "out").exists()
    lists = ("--roster", tmp_path / "canvas.csv", "--column", "1. small things")
    grade(tmp_path, folder, tmp_path / "out", *lists)
    back = (tmp_path / "out" / "canvas-canvas.csv").read_bytes()
    assert by_canvas(back, export(people)) == {("1", "802"): "10"} and back == export(people, grades={"1": "10"})
