"""Downloads of all kinds, several at once, and whatever people do to names: nobody is lost, nobody becomes another."""

import dataclasses
import io
import json
import os
import random
import re
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter

import pytest
from filling import cells_by_id, code_cell

from autograder.intake import take_in
from autograder.intake.canvas import Canvas
from autograder.intake.moodle import Moodle
from autograder.intake.records import Intake
from autograder.results import ExerciseResult, Result, Sender

NAME, SECOND = "01_agents_and_environments", "02_random_policy_search"
RECEIPT = """Name: {name} ({login})
Assignment: RL1
Date Submitted: Saturday, November 28, 2026 8:15:01 PM GMT
Current Grade: Needs Grading
"""


@pytest.fixture
def answer(released):
    """`answer("ada")` is a notebook in which ada answered; another text is another answer."""

    def write(who, notebook=NAME, strip=0):
        content = json.loads(released[notebook])
        first = next(iter(cells_by_id(content).values()))
        stub = "".join(first["source"])
        first["source"] = f"# {who}'s\n" + re.sub(
            r"raise NotImplementedError.*", "my_answer = True", stub.replace(" = None\n", ' = "A"\n')
        )
        if strip >= 1:
            del content["metadata"]["rl_workshop"]
        if strip >= 2:
            for cell in content["cells"]:
                cell["metadata"] = {}
        return json.dumps(content).encode()

    return write


@pytest.fixture
def take(tmp_path, course):
    """`take({path: bytes})` takes in a folder with these files."""

    def take(files, folder="class"):
        for path, data in files.items():
            place = os.fsencode(tmp_path / folder) + b"/" + (path if isinstance(path, bytes) else os.fsencode(path))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                file.write(data)
        return take_in(tmp_path / folder, course)

    return take


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def who(intake):
    return [s.student for s in intake.submissions if not s.problem]


def decisions(intake):
    return {entry.path: entry.decision for entry in intake.manifest}


# --- Each system's download -------------------------------------------------------------------------------------------


def test_moodles_worksheet_is_no_student_and_tells_names(take, answer):
    sheet = "Identifier,Full name,Email address,Status,Grade,Maximum Grade\nParticipant 7,Zoë Ångström,z@x.org,,,100\n"
    intake = take(
        {
            "Zo ngstrm_7_assignsubmission_file/nb.ipynb": answer("zoe"),
            "Ben Li_8_assignsubmission_file_nb.ipynb": answer("ben"),
            "Participant_9_assignsubmission_file_/nb.ipynb": answer("anonymous"),
            "Grades-CS101-RL1-99.csv": sheet.encode(),
        }
    )
    assert who(intake) == ["Ben Li", "Participant 9", "Zoë Ångström"]
    assert "worksheet, 1 people; its maximum is 100" in decisions(intake)["Grades-CS101-RL1-99.csv"]


def test_canvas_with_what_was_typed_and_what_a_teacher_left(take, answer):
    intake = take(
        {
            "lovelaceada_123_4567_nb.ipynb": answer("ada"),
            "liben_LATE_124_4568_nb.ipynb": answer("ben"),
            "moracleo_125_text.html": b"<p>see my mail",
            "katzdan_LATE_126_link.html": b"<a href",
            "grading notes.txt": b"todo",
            "rubric.pdf": b"%PDF",
        }
    )
    assert who(intake) == ["liben", "lovelaceada"]
    ids = {s.student: (s.sender.id, s.sender.late) for s in intake.submissions}
    assert ids == {
        "lovelaceada": ("123", False), "liben": ("124", True), "moracleo": ("125", False), "katzdan": ("126", True)
    }  # fmt: skip
    assert "beside the submissions" in decisions(intake)["rubric.pdf"]
    assert "beside the submissions" in decisions(intake)["grading notes.txt"]


def test_names_that_only_look_like_canvas(take, answer):
    intake = take({f"{name}/hw_2026_1130_x.ipynb": answer(name) for name in ("ada", "ben")})
    assert who(intake) == ["ada", "ben"]


@pytest.mark.parametrize("receipts", [True, False])
def test_blackboard(take, answer, receipts):
    files = {}
    for login, name in (("j_smith", "Jo Smith"), ("k_smith", "Kim Smith")):
        stem = f"gradebook_CS_101_RL_1_{login}_attempt_2026-11-28-20-15-01"
        files[f"{stem}_nb.ipynb"] = answer(login)
        if receipts:
            files[f"{stem}.txt"] = RECEIPT.format(name=name, login=login).encode()
    intake = take(files)
    assert who(intake) == (["Jo Smith", "Kim Smith"] if receipts else ["j_smith", "k_smith"])
    assert {s.sender.id for s in intake.submissions} == {"j_smith", "k_smith"}
    if receipts:
        assert {s.handed_in for s in intake.submissions} == {"2026-11-28T20:15:01"}


def test_blackboards_attempts_of_one_and_two_assignments_of_one(take, answer):
    stem = "gradebook_CS101_RL{}_{}_attempt_2026-11-{}-20-15-01_nb.ipynb"
    intake = take(
        {
            stem.format(1, "ada", 10): answer("ada, later"),
            stem.format(1, "ada", "09"): answer("ada, early"),
            stem.format(2, "ada", 10): answer("ada", SECOND),
            stem.format(1, "ben", 10): answer("ben"),
        }
    )
    assert [(s.student, s.assignment) for s in intake.submissions] == [("ada", NAME), ("ada", SECOND), ("ben", NAME)]
    assert intake.submissions[0].path == stem.format(1, "ada", 10)


@pytest.mark.parametrize("shape", ["{}/nb.ipynb", "{} - nb.ipynb"])
def test_brightspace(take, answer, shape):
    intake = take(
        {
            "index.html": b"<html>",
            shape.format("1-9 - Mary-Ann O'Neil - Nov 28, 2026 415 PM"): answer("late"),
            shape.format("1-9 - Mary-Ann O'Neil - Nov 28, 2026 1159 AM"): answer("early"),
            shape.format("2-9 - Ben - Li - 29 November, 2026 900 AM"): answer("ben"),
        }
    )
    assert who(intake) == ["Ben - Li", "Mary-Ann O'Neil"]
    assert "415 PM" in intake.submissions[1].path and "1159 AM" in intake.submissions[1].notes[0]
    assert intake.submissions[1].handed_in and "list of the submissions" in decisions(intake)["index.html"]


def test_gradescope(take, answer):
    metadata = """submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '100'
    :email: ada@x.org
  - :name: Ben Li
    :email: ben@x.org
  :created_at: 2026-11-28 20:15:01.230912000 Z
  :results: !ruby/object:Hash {tests: []}
submission_12:
  :submitters:
  - :name: Cleo Mora
    :sid: '102'
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-28 21:00:00 Z
  :late: true
"""
    root = "assignment_8_export/"
    intake = take(
        {
            f"{root}submission_metadata.yml": metadata.encode(),
            f"{root}submission_11/nb.ipynb": answer("both"),
            f"{root}submission_12/nb.ipynb": answer("cleo"),
            f"{root}submission_13/nb.ipynb": answer("unlisted"),
        }
    )
    assert who(intake) == ["Ada Lovelace", "Ben Li", "Cleo Mora", "submission 13"]
    assert [s.sender.id for s in intake.submissions] == ["100", "ben@x.org", "102", "13"]
    assert [s.handed_in for s in intake.submissions][:3] == ["2026-11-28T20:15:01"] * 2 + ["2026-11-28T21:00:00"]
    assert "together by Ada Lovelace, Ben Li" in str(intake.submissions[0].notes)
    assert intake.submissions[2].sender.late


def test_nbgraders_folders(take, answer):
    files = {f"submitted/{name}/{NAME}/{NAME}.ipynb": answer(name) for name in ("ada", "ben")}
    files |= {f"submitted/ada/{NAME}/timestamp.txt": b"2026-11-20 23:30:00 CET", "gradebook.db": b"", "source/x": b""}
    files |= {f"source/{NAME}/{NAME}.ipynb": answer("the course's own answers")}
    intake = take(files)
    assert [(s.student, s.handed_in) for s in intake.submissions] == [("ada", "2026-11-20T22:30:00"), ("ben", "")]


def test_tables_go_back_to_where_files_came_from(take, answer, tmp_path):
    intake = take(
        {
            "moodle/Ada Lovelace_4711_assignsubmission_file/nb.ipynb": answer("ada"),
            "canvas/liben_124_4568_nb.ipynb": answer("ben"),
            "canvas/moracleo_125_4569_nb.ipynb": b'{"cells": [],',
            "bb/RL1_dan_attempt_2026-11-28-20-15-01_nb.ipynb": answer("dan"),
        }
    )
    results = [
        Result(
            s.student, NAME, "graded" if s.notebook else "failed", 20.0 if s.notebook else 0.0, 26.0,
            15.0 if s.notebook else 0.0, message="" if s.notebook else "damaged", penalty=5.0, late_seconds=36_000,
            exercises=(ExerciseResult("double", 1, 2, False, "=not doubled", comment="almost"),), sender=s.sender,
        )
        for s in intake.submissions
    ]  # fmt: skip
    intake.write_tables(tmp_path, results)
    moodle = (tmp_path / f"moodle-{NAME}.csv").read_text()
    assert "Participant 4711,Ada Lovelace,15,26,-," in moodle and "10 h: 5 off" in moodle and "almost" in moodle
    canvas = (tmp_path / "canvas.csv").read_text().splitlines()
    assert "liben,124,,,15" in canvas and "moracleo,125,,,0" in canvas and ",26" in canvas[1]
    assert "dan,15" in (tmp_path / f"blackboard-{NAME}.csv").read_text()


ODD = [
    "Ada Lovelace",
    "O_Brien_ Nora",
    ".Dot Before",
    "~Tilde",
    "王小明",
    "فاطمة الزهراء",
    "A/B C",
    "Lena: Groß?",
    "12 34_56_78",
]


def results_of(system, count=300):
    """A class whose pages are to go back, odd names first."""
    for n in range(count):
        name = ODD[n] if n < len(ODD) else f"Person {n}"
        sender = Sender(name, system, str(1000 + n), attempt=70_000 + n if system == "Canvas" else 0)
        yield Result(name, NAME, "graded", 20.0, 26.0, 20.0, folder=f"folder {n}", sender=sender)


def write_all(out, results):
    for result in results:
        (out / result.page).parent.mkdir(parents=True, exist_ok=True)
        (out / result.page).write_text(f"page of {result.sender.id}")
    Intake((), (), (Moodle([]), Canvas([]))).write_tables(out, results)


def whose_by_moodle(path, participants):
    """mod/assign/feedback/file/importziplib.php, is_valid_filename_for_import, lines 50 to 119 at 0203d8f: hidden files
    are skipped; explode('_', $pathpart, 5); the second part is the participant, third and fourth the plugin; what is
    left is the file's name."""
    parts = path.split("/")
    if parts[-1].startswith((".", "~")):
        return None
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) < 4 or not info[1].isdigit() or info[1] not in participants:
            continue
        if info[2:4] != ["assignsubmission", "file"]:
            continue
        return info[1], "/".join([*info[4:5], *parts])
    return None


def whose_by_canvas(path, attachments):
    """app/models/assignment.rb, infer_comment_context_from_filename: user_id, attachment_id =
    split_filename.grep(/^\\d+$/).take(2); the attachment must be one that this person handed in."""
    numbers = [part for part in path.split("/")[-1].split("_") if re.fullmatch(r"\d+", part)][:2]
    return numbers[0] if len(numbers) == 2 and attachments.get(numbers[1]) == numbers[0] else None


def test_pages_go_back_to_moodle_in_one_zip(tmp_path):
    results = list(results_of("Moodle"))
    write_all(tmp_path, results)
    path = tmp_path / f"moodle-feedback-{NAME}.zip"
    numbers = {r.sender.id for r in results}
    with zipfile.ZipFile(path) as archive:
        told = {entry: whose_by_moodle(entry, numbers) for entry in archive.namelist()}
        assert sorted(number for number, _ in told.values()) == sorted(numbers)
        for entry, (number, name) in told.items():
            assert archive.read(entry).decode() == f"page of {number}" and name == f"{NAME}.html"
    before = path.read_bytes()
    write_all(tmp_path, results[::-1])
    assert path.read_bytes() == before


def test_pages_go_back_to_canvas_in_one_zip(tmp_path):
    results = list(results_of("Canvas"))
    write_all(tmp_path, results)
    path = tmp_path / "canvas-feedback.zip"
    attachments = {str(r.sender.attempt): r.sender.id for r in results}
    with zipfile.ZipFile(path) as archive:
        told = {entry: whose_by_canvas(entry, attachments) for entry in archive.namelist()}
        assert sorted(told.values()) == sorted(attachments.values())
        assert all(archive.read(entry).decode() == f"page of {number}" for entry, number in told.items())
    before = path.read_bytes()
    write_all(tmp_path, results[::-1])
    assert path.read_bytes() == before


def test_who_has_no_page_or_no_number_is_in_no_zip(tmp_path):
    failed, plain, graded = list(results_of("Moodle", 3))
    write_all(tmp_path, [dataclasses.replace(failed, status="failed"), dataclasses.replace(plain, sender=Sender("x"))])
    assert not list(tmp_path.glob("*.zip"))
    write_all(tmp_path, [graded])
    with zipfile.ZipFile(tmp_path / f"moodle-feedback-{NAME}.zip") as archive:
        assert len(archive.namelist()) == 1


# --- Folders and flat files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "students"),
    [
        (["HW1_li", "HW1_lovelace", "HW1_mora"], ["li", "lovelace", "mora"]),
        (["li_HW1", "lovelace_HW1"], ["li", "lovelace"]),
        (["HW1_li", "HW1_lovelace", "sent by mail"], ["li", "lovelace", "sent by mail"]),
        (["ada lovelace - homework 1", "ben li - homework 1"], ["ada lovelace", "ben li"]),
        (["HW1_anna_li", "hw01-ben-katz"], ["anna_li", "ben-katz"]),
        (["li", "lovelace"], ["li", "lovelace"]),
        (["123456_hw", "654321_hw"], ["123456", "654321"]),
        (["only one"], ["only one"]),
        (["HW1_李", "HW1_王"], ["李", "王"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("folder", ["", "hw1/", "CS101/"])
def test_flat_files_are_told_by_what_differs(take, answer, names, students, folder):
    if folder == "CS101/" and len(names) == 1:
        return  # then it is the folder that tells
    intake = take({f"{folder}{name}.ipynb": answer(name) for name in names})
    assert sorted(who(intake)) == sorted(students)
    assert all("cannot be told" in str(s.notes) for s in intake.submissions) == (len(names) == 1)


@pytest.mark.parametrize(
    ("paths", "students"),
    [
        (["hw1/ada/x", "hw1/ben/x", "hw2/ada/y 2", "hw2/ben/y 2"], ["ada", "ada", "ben", "ben"]),
        (["ada/hw1/x", "ada/hw2/y 2", "ben/hw1/x", "ben/hw2/y 2"], ["ada", "ada", "ben", "ben"]),
        (["hw1/ada/x", "hw1/ben/x", "zoe/x"], ["ada", "ben", "zoe"]),
        (["CS101/hw1/ada/x", "CS101/hw1/ben/x"], ["ada", "ben"]),
        (["ada/x", "ada/original/x 0", "ben/x", "ben/workshop/notebooks/x 0"], ["ada", "ben"]),
        ([f"{NAME}/ada/x", f"{NAME}/ben/x"], ["ada", "ben"]),
        (["123456/x", "654321/x"], ["123456", "654321"]),
        (["team1/x", "team2/x"], ["team1", "team2"]),
        (["hw1/template 0", "hw1/ada/x", "hw1/ben/x"], ["ada", "ben", "template 0"]),
        (["group A/ada/x", "group B/ben/x"], ["ada", "ben"]),
    ],
    ids=str,
)
def test_folders(take, answer, released, paths, students):
    contents = {"0": lambda path: released[NAME].encode(), "2": lambda path: answer(path, SECOND)}
    intake = take({f"{path}.ipynb": contents.get(path.split(" ")[-1], answer)(path) for path in paths})
    assert sorted(who(intake)) == students


def test_different_answers_from_different_hands_are_kept_apart(take, answer):
    intake = take({"hw1/ada/x.ipynb": answer("ada"), "hw1/ben/x.ipynb": answer("b"), "late/ada/x.ipynb": answer("c")})
    assert who(intake) == ["ada", "ada (late/ada)", "ben"]
    assert all("graded apart" in str(s.notes) for s in intake.submissions if "ada" in s.student)
    intake = take({"Ada/x.ipynb": answer("1"), "ada/x.ipynb": answer("2"), "ADA/y.ipynb": answer("3", SECOND)}, "case")
    assert len(intake.submissions) == 3 and len({s.student for s in intake.submissions}) == 2


def test_strong_evidence_beats_weak_and_answers_beat_none(take, answer, released):
    untouched = released[NAME].encode()
    one = json.dumps({"cells": [code_cell("def discounted_return(r, gamma): return 0")]}).encode()
    intake = take(
        {
            "ada/a.ipynb": answer("metadata"), "ada/b.ipynb": answer("ids", strip=1),
            "ada/z.ipynb": answer("names", strip=2), "ada/zz.ipynb": one, "ada/zzz.ipynb": untouched,
            "ben/a.ipynb": answer("ids", strip=1), "ben/z.ipynb": answer("names", strip=2),
            "cleo/experiment.ipynb": one,
        }
    )  # fmt: skip
    assert [s.path for s in intake.submissions] == ["ada/a.ipynb", "ben/a.ipynb", "cleo/experiment.ipynb"]
    assert "no notebook of this course" in intake.submissions[2].problem
    assert "nothing is answered" in str(intake.submissions[0].notes)


@pytest.mark.parametrize("name", ["nb.json", "nb.txt", "nb.ipynb.txt", "nb"])
def test_what_reads_as_a_notebook_is_one(take, answer, name):
    (submission,) = take({f"ada/{name}": answer("ada")}).submissions
    assert submission.student == "ada" and not submission.problem


def test_outputs_make_no_notebook_too_large(take, answer):
    content = json.loads(answer("ada"))
    content["cells"][-2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "a" * 60_000_000}]
    (submission,) = take({"ada/x.zip": zipped({"x.ipynb": json.dumps(content).encode()})}).submissions
    assert not submission.problem and len(submission.notebook.cells) == len(content["cells"])


@pytest.mark.parametrize("name", ["grades", "my marks"])
@pytest.mark.parametrize("stopped_early", [True, False])
def test_results_among_the_submissions_are_not_handed_in(take, answer, name, stopped_early):
    results = {f"{name}/gradebook.db": b"", f"{name}/work/1.json": b"{}", f"{name}/source/a/a.ipynb": answer("course")}
    if not stopped_early:
        results |= {f"{name}/results.json": b"{}", f"{name}/autograded/ada/n/n.ipynb": answer("graded")}
    intake = take({"ada/x.ipynb": answer("ada"), "ben/x.ipynb": answer("ben")} | results)
    assert who(intake) == ["ada", "ben"]
    assert decisions(intake)[name] == f"left out: results of an earlier grading, {len(results)} files"
    zip_too = take({"all.zip": zipped({"ada/x.ipynb": answer("ada"), "ben/x.ipynb": answer("b")} | results)}, "zip")
    assert who(zip_too) == ["ada", "ben"]


def test_results_written_beside_the_submissions(take, answer):
    files = {"ada/x.ipynb": answer("ada"), "results.json": b"{}", "gradebook.db": b"", "work/1.json": b"{}"}
    files |= {f"{place}/{NAME}/x.ipynb": answer(place) for place in ("source", "autograded", "submitted", "release")}
    assert who(take(files)) == ["ada"]


# --- Several downloads at once ----------------------------------------------------------------------------------------


def test_one_person_in_several_downloads(take, answer):
    intake = take(
        {
            "RL1.zip": zipped(
                {f"{n}_assignsubmission_file/n.ipynb": answer(n) for n in ("Ada Lovelace_1", "Ben Li_2")}
            ),
            "RL2/lovelaceada_77_90001_nb.ipynb": answer("ada", SECOND),
            "RL2/katzdan_78_90002_nb.ipynb": answer("dan", SECOND),
            "lovelace ada.ipynb": answer("ada", "03_policy_gradients"),
        }
    )
    people = Counter(s.student for s in intake.submissions)
    assert people == {"Ada Lovelace": 3, "Ben Li": 1, "katzdan": 1}
    assert "'lovelaceada' was taken to be the same person as 'Ada Lovelace'" in str(intake.submissions[0].notes)


NAMES = [
    "Ada Lovelace", "ADA LOVELACE jr", "Zoë Ångström", "王小明", "Олександра Шевченко", "محمد علي", "นภา ใจดี",
    "किरण राव", "👩🏽‍🔬 Curie", "O'Neil-Smith", "Jean-Luc de la Tour", "Nguyễn Văn A", "İpek Şahin",
    "Straße Groß", "x" * 150,
    "王" * 70, "Émile Durand", "François", "Ñandú", "Ada Lovelace III",
]  # fmt: skip


def mixture(rng, answer):
    """A folder of several downloads, as `{path: bytes}`, and the people in it by their answers."""
    names = rng.sample(NAMES, 12)
    forms = [rng.choice(["NFC", "NFD"]) for _ in names]
    files, number = {}, rng.randrange(100, 900)
    for position, (name, form) in enumerate(zip(names, forms, strict=True)):
        shown, data, n = unicodedata.normalize(form, name), answer(name), number + position
        login = f"login{n}"
        files |= [
            {f"moodle/{shown}_{n}_assignsubmission_file/nb.ipynb": data},
            {f"canvas/{login}_{n}_{n}555_nb.ipynb": data},
            {f"classroom/{shown} - nb.ipynb": data},
            {f"bb/RL1_{login}_attempt_2026-11-28-20-15-01_nb.ipynb": data},
            {f"bs/{n}-9 - {shown} - Nov 28, 2026 415 PM/nb.ipynb": data},
            {f"submissions/{shown}/nb.ipynb": data},
            {f"{shown}/{NAME}/nb.ipynb": data},
        ][position % 7]
        if rng.random() < 0.3:
            files[rng.choice(["submissions/", "canvas/", "", "moodle/"]) + f"odd {position}.pdf"] = b"%PDF"
    if rng.random() < 0.5:
        inside = {path: data for path, data in files.items() if path.startswith("moodle/")}
        files = {path: data for path, data in files.items() if path not in inside}
        files["moodle.zip"] = zipped({path.removeprefix("moodle/"): data for path, data in inside.items()})
    return files, names


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_nobody_is_lost_or_merged_in_any_mixture(take, answer, course, seed):
    files, names = mixture(random.Random(seed), answer)
    intake = take(files)
    graded = [s for s in intake.submissions if s.notebook]
    answers = [next(c.source for c in s.notebook.cells if "'s\n" in c.source).split("'s\n")[0][2:] for s in graded]
    assert sorted(answers) == sorted(names), seed  # everybody once
    assert len({s.student for s in graded}) == len({s.folder.casefold() for s in graded}) == len(names), seed
    assert all(len(s.folder.encode()) <= 100 for s in graded)
    for s, name in zip(graded, answers, strict=True):  # shown as the system writes it
        expected = unicodedata.normalize("NFC", name)
        assert s.student.startswith(("login", expected, expected.replace("'", ""))), (seed, s.student, name)
    inside = sum(len(zipfile.ZipFile(io.BytesIO(data)).namelist()) for p, data in files.items() if p.endswith(".zip"))
    assert len(intake.manifest) == len(files) - ("moodle.zip" in files) + inside
    assert len({entry.path for entry in intake.manifest}) == len(intake.manifest)
    assert all(entry.decision for entry in intake.manifest)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_names_in_any_form_are_one_person_in_all_notebooks(take, answer, seed):
    rng = random.Random(seed)
    files = {}
    for name in rng.sample(NAMES, 8):
        for notebook in (NAME, SECOND):
            shown = unicodedata.normalize(rng.choice(["NFC", "NFD"]), rng.choice([name, name.upper(), name.lower()]))
            files[f"{notebook}/{shown}/nb.ipynb"] = answer(name, notebook)
    intake = take(files)
    people = {}
    for s in intake.submissions:
        source = next(c.source for c in s.notebook.cells if "'s\n" in c.source)
        people.setdefault(s.student, set()).add(source.split("\n")[0])
    assert len(people) == 8 and all(len(sources) == 1 for sources in people.values())


# --- What is foreign --------------------------------------------------------------------------------------------------


def test_names_that_are_made_to_harm(take, answer):
    nasty = [
        "ada\u202egpj", "ben\u0007", "c\nleo", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "a" * 240,
        "$(rm -rf)", "%s%n", "..\u2024", "con", "-rf",
    ]  # fmt: skip
    files = {f"{name.replace('/', '')}/nb.ipynb": answer(str(n)) for n, name in enumerate(nasty)}
    files[b"latin \xe9\xff/nb.ipynb"] = answer("bytes")
    intake = take(files)
    assert len(intake.submissions) == len(nasty) + 1 and len({s.folder for s in intake.submissions}) == len(nasty) + 1
    for submission in intake.submissions:
        text = submission.student + submission.folder + submission.path + str(submission.notes)
        text.encode()
        assert not any(unicodedata.category(c) in ("Cc", "Cs") or c in "\u202e\u2066" for c in text)
        assert "/" not in submission.folder and len(submission.folder.encode()) <= 100
    assert "latin éÿ" in who(intake)


def raw_zip(names, data, flags=0, extra=b""):
    """A zip whose members have these bytes as names, as old programs write them."""
    body, directory = b"", b""
    for name in names:
        head = struct.pack("<HHHHHLLLHH", 20, flags, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(name), 0)
        field = extra(name) if extra else b""
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head[:-2] + struct.pack("<H", len(field))
        directory += struct.pack("<HHHLL", 0, 0, 0, 0, len(body)) + name + field
        body += b"PK\x03\x04" + head + name + data
    count = len(names)
    return body + directory + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count, count, len(directory), len(body), 0)


def unicode_path(name):
    text = struct.pack("<BL", 1, zlib.crc32(name)) + "Ωμέγα/nb.ipynb".encode()
    return struct.pack("<HH", 0x7075, len(text)) + text


@pytest.mark.parametrize(
    ("names", "flags", "extra", "students"),
    [
        (["Zoë/nb.ipynb".encode()], 0, None, ["Zoë"]),  # UTF-8 that does not say so
        (["Zoë/nb.ipynb".encode("cp437")], 0, None, ["Zoë"]),
        ([b"?????/nb.ipynb"], 0, unicode_path, ["Ωμέγα"]),  # Info-ZIP's Unicode field
        (["山田/nb.ipynb".encode("shift-jis"), "川本/nb.ipynb".encode("shift-jis")], 0, None, None),
        ([b"\xff\xfe/nb.ipynb", "Zoë/nb.ipynb".encode()], 0x800, None, None),  # says UTF-8 and is not
    ],
    ids=["unsaid", "cp437", "0x7075", "shift-jis", "lies"],
)
def test_names_in_zips_of_any_encoding(take, answer, names, flags, extra, students):
    intake = take({"class.zip": raw_zip(names, answer("x"), flags, extra)})
    assert len(set(who(intake))) == len(names)  # whole and different, if not readable
    assert students is None or who(intake) == students


def test_damaged_and_hostile_zips_stop_nobody(take, answer):
    good = answer("zoe")
    whole = zipped({"nb.ipynb": answer("x")})
    encrypted = bytearray(whole)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(signature) + place] |= 1
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        info = zipfile.ZipInfo("nb.ipynb")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    rng = random.Random(1)
    flipped = bytearray(whole)
    for _ in range(30):
        flipped[rng.randrange(len(flipped))] = rng.randrange(256)
    junk = {f"__MACOSX/{n}": b"" for n in range(50)} | {f"node_modules/{n}.js": b"" for n in range(50)}
    intake = take(
        {
            "zoe/nb.ipynb": good, "cut/x.zip": whole[: len(whole) // 2], "locked/x.zip": bytes(encrypted),
            "link/x.zip": link.getvalue(), "flipped/x.zip": bytes(flipped), "nothing/x.zip": b"",
            "text/x.zip": b"hello",
            "same/x.zip": raw_zip([b"nb.ipynb", b"nb.ipynb"], answer("same")),
            "junky/x.zip": zipped(junk | {"nb.ipynb": answer("junky")}),
            "nul/x.zip": raw_zip([b"nb\x00.ipynb", b"a" * 5_000 + b".ipynb"], answer("nul")),
        }
    )  # fmt: skip
    assert {"zoe", "same", "junky"} <= set(who(intake))
    assert len({s.student for s in intake.submissions}) == 10
    assert "encrypted" in str([s.problem for s in intake.submissions if s.student == "locked"])
    assert sum("junky" in path for path in decisions(intake)) == 2  # junk is one line
    assert all(len(part) <= 200 for path in decisions(intake) for part in path.split("/"))


def test_a_file_that_breaks_the_reader_stops_nobody(take, answer, monkeypatch):
    def broken(course, name, data):
        raise MemoryError("too much") if b"ada's" in data else RuntimeError("no")

    monkeypatch.setattr("autograder.intake.take.recognise", broken)
    intake = take({"ada/x.ipynb": answer("ada")})
    assert "MemoryError" in intake.submissions[0].problem and len(intake.manifest) == 1
