"""Whoever handed it in, whatever lies beside it: nothing is dropped silently, and nobody becomes somebody else."""

import io
import json
import os
import zipfile

import pytest

from autograder.intake import IntakeError, take_in

NAME = "01_agents_and_environments"


def taken_in(source, course):
    intake = take_in(source, course)
    return intake.submissions, intake.manifest


@pytest.fixture
def notebook(released):
    return released[NAME].encode()


@pytest.fixture
def handed_in(tmp_path, course):
    """`handed_in({path: bytes})` takes in a folder with these files."""

    def hand_in(files):
        for path, data in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
        return taken_in(tmp_path, course)

    return hand_in


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("ada/anything.ipynb", "ada"),
        (f"ada/{NAME}/{NAME}.ipynb", "ada"),
        ("ada_12345_homework final.ipynb", "ada_12345_homework final"),  # alone: in what it differs cannot be told
        ("Zoë Ångström/x.ipynb", "Zoë Ångström"),
        ("Łukasz/x.IPYNB", "Łukasz"),
    ],
)
def test_layouts(handed_in, notebook, path, student):
    (submission,), (entry,) = handed_in({path: notebook})
    assert (submission.student, submission.assignment, submission.problem) == (student, NAME, "")
    assert entry.decision.startswith("taken") and len(entry.sha256) == 64 and entry.bytes == len(notebook)


def test_what_is_not_graded_is_left_out_with_a_word(handed_in, notebook, released):
    play = released["00_play"].encode()
    submissions, manifest = handed_in({"ada/00_play.ipynb": play, "ada/x.ipynb": notebook, "ben/p.ipynb": play[:-9]})
    assert [(s.student, s.assignment) for s in submissions] == [("ada", NAME), ("ben", "")]
    assert submissions[1].problem == "00_play is not graded"  # a person all of whose files are left out has a line
    decisions = {entry.path: entry.decision for entry in manifest}
    assert decisions["ada/00_play.ipynb"] == decisions["ben/p.ipynb"] == "left out: 00_play is not graded"


def test_names_cannot_leave_the_output_folder(handed_in, notebook):
    submissions, _ = handed_in({"..;*?[x]/a.ipynb": notebook, ".hidden/b.ipynb": notebook})
    assert {s.folder for s in submissions} == {"x", "hidden"}


def test_every_file_is_accounted_for(handed_in, notebook):
    files = {
        "ada/x.ipynb": notebook,
        "ben/x.ipynb": notebook[:50_000],
        "ben/essay.pdf": b"%PDF",  # beside a notebook: in the manifest only
        "dora/essay.pdf": b"%PDF",
        "cleo/other.ipynb": json.dumps({"cells": []}).encode(),
        "ada/.ipynb_checkpoints/x-checkpoint.ipynb": notebook,
        "__MACOSX/ada/._x.ipynb": b"\x00",
        "ada/.DS_Store": b"\x00",
    }
    submissions, manifest = handed_in(files)
    assert {entry.path for entry in manifest} == set(files)
    reasons = {submission.path: submission.problem for submission in submissions}
    assert set(reasons) == {"ada/x.ipynb", "ben/x.ipynb", "cleo/other.ipynb", "dora/essay.pdf"}
    assert reasons["ada/x.ipynb"] == "" and "damaged" in reasons["ben/x.ipynb"]
    assert "not a notebook" in reasons["dora/essay.pdf"] and "no notebook of this course" in reasons["cleo/other.ipynb"]
    assert {s.assignment for s in submissions if s.path == "ben/x.ipynb"} == {NAME}


def test_of_two_files_the_last_by_name_is_graded(handed_in, notebook):
    (submission,), manifest = handed_in({"ada/a.ipynb": notebook, "ada/b.ipynb": notebook + b" "})
    assert submission.path == "ada/b.ipynb" and "not ada/a.ipynb" in submission.notes[0]
    assert {e.path: e.decision.split()[0] for e in manifest} == {"ada/a.ipynb": "replaced", "ada/b.ipynb": "taken:"}


def test_a_damaged_copy_beside_a_good_one_is_a_note(handed_in, notebook):
    (submission,), _ = handed_in({"ada/a.ipynb": notebook, "ada/b.ipynb": notebook[:50_000]})
    assert submission.path == "ada/a.ipynb" and "ada/b.ipynb" in submission.notes[0]


def test_links_are_not_followed(tmp_path, course, notebook):
    (tmp_path / "secret.ipynb").write_bytes(notebook)
    folder = tmp_path / "class"
    (folder / "ada").mkdir(parents=True)
    os.symlink(tmp_path / "secret.ipynb", folder / "ada" / "x.ipynb")
    os.symlink(tmp_path, folder / "ben")
    submissions, manifest = taken_in(folder, course)
    assert all("link" in submission.problem and submission.notebook is None for submission in submissions)
    assert {entry.path for entry in manifest} == {"ada/x.ipynb", "ben"}


def test_zips_are_read_without_unpacking(tmp_path, course, notebook):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("ada/x.ipynb", notebook)
        archive.writestr("../../ben/x.ipynb", notebook)
        archive.writestr("cleo/", "")
    submissions, _ = taken_in(tmp_path / "class.zip", course)
    assert [(s.student, s.problem) for s in submissions] == [("ada", ""), ("ben", "")]
    assert {path.name for path in tmp_path.iterdir()} == {"class.zip"}


def zipped(files, path=None, times=None):
    """A zip of `{name: bytes}`, as bytes or written to `path`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (times or {}).get(name, (2026, 11, 20, 12, 0, 0)))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    if path:
        path.write_bytes(buffer.getvalue())
    return buffer.getvalue()


FOLDER, FLAT = "_assignsubmission_file", "_assignsubmission_file_"
MOODLE = {
    f"Ada Lovelace_4711{FOLDER}/nb.ipynb": ("Ada Lovelace", "4711"),
    f"Zoë d'Arc_12{FLAT}/deep/er/nb.ipynb": ("Zoë d'Arc", "12"),  # before Moodle 4.5
    f"Ben Li_9{FLAT}my_own_1_2_name.ipynb": ("Ben Li", "9"),  # without folders
}
CANVAS = {
    "lovelaceada_LATE_123_4567_01_agents.ipynb": ("lovelaceada", "123"),
    "liben_124_4568_01_agents-1.ipynb": ("liben", "124"),
    "anon_aB3dE_4569_nb.ipynb": ("anon_aB3dE", "anon_aB3dE"),
    "oneilpat_125_4570_homework.zip": ("oneilpat", "125"),
}
CLASSROOM = {
    "Homework 1/Ada Lovelace - 01_agents.ipynb": ("Ada Lovelace", ""),
    "Homework 1/Ben Li - Copy of 01_agents (1).ipynb": ("Ben Li", ""),
}


@pytest.mark.parametrize(
    ("system", "files"), [("Moodle", MOODLE), ("Canvas", CANVAS), ("Classroom", CLASSROOM)], ids=lambda x: str(x)[:9]
)
@pytest.mark.parametrize("shape", ["zip", "folder", "zip in a folder", "two of Drive's parts"])
def test_lms_downloads(tmp_path, course, notebook, system, files, shape):
    data = {name: zipped({"work/nb.ipynb": notebook}) if name.endswith(".zip") else notebook for name in files}
    source = tmp_path / "download.zip"
    if shape == "zip":
        zipped(data, source)
    else:
        source = tmp_path / "download"
        source.mkdir()
        if shape == "zip in a folder":
            zipped(data, source / "CS101-Homework 1-99.zip")
        elif shape == "folder":
            for name, content in data.items():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                (source / name).write_bytes(content)
        else:
            for part, name in enumerate(data):
                zipped({name: data[name]}, source / f"Homework 1-20261120T101500Z-{part:03}.zip")
    submissions, _ = taken_in(source, course)
    assert {(s.student, s.sender.id) for s in submissions} == set(files.values())
    assert all(s.sender.system == system and s.assignment == NAME and not s.problem for s in submissions)
    assert [s.student for s in submissions if "late" in str(s.notes)] == (["lovelaceada"] if system == "Canvas" else [])


@pytest.mark.parametrize(
    ("files", "students"),
    [
        ({"hw/ada/x.ipynb": 1, "hw/ben/x.ipynb": 1}, ["ada", "ben"]),
        ({"hw/ada_1.ipynb": 1, "hw/ben_1.ipynb": 1}, ["ada", "ben"]),
        ({f"ada/{NAME}/x.ipynb": 1}, ["ada"]),
        ({"ada/01_x.ipynb": 1, "ada/data/table.csv": 0}, ["ada"]),
        ({"ada/hw_1_22_x.ipynb": 1, "ben/hw_1_22_x.ipynb": 1}, ["ada", "ben"]),  # only looks like Canvas's
        ({"ada/nb - Copy.ipynb": 1}, ["ada"]),  # Windows' copy, not Classroom's
        ({"ada_hw.zip": 2, "ben_hw.zip": 2}, ["ada", "ben"]),
        ({"ada/hw.zip": 2, "ben/x.ipynb": 1}, ["ada", "ben"]),
    ],
    ids=str,
)
def test_whose_a_file_is(handed_in, notebook, files, students):
    contents = {0: b"1,2", 1: notebook, 2: zipped({"inner/nb.ipynb": notebook})}
    submissions, _ = handed_in({path: contents[kind] for path, kind in files.items()})
    assert sorted(s.student for s in submissions) == students
    assert not any(s.problem for s in submissions)


def test_namesakes_are_two_people_and_one_person_in_two_assignments_is_one(handed_in, notebook, released):
    second = released["02_random_policy_search"].encode()
    submissions, _ = handed_in(
        {
            f"Ada Lovelace_1{FOLDER}/x.ipynb": notebook,
            f"Ada Lovelace_2{FOLDER}/x.ipynb": notebook,
            f"Ben Li_3{FOLDER}/x.ipynb": notebook,
            f"Ben Li_4{FOLDER}/x.ipynb": second,  # Moodle's numbers differ from assignment to assignment
            f"Ben? Li_5{FOLDER}/x.ipynb": notebook,
        }
    )
    assert sorted(s.student for s in submissions) == [
        *("Ada Lovelace (1)", "Ada Lovelace (2)", "Ben Li", "Ben Li", "Ben? Li")
    ]
    assert len({s.folder for s in submissions}) == 4


def test_of_several_attempts_the_newest_by_the_lms_counts(tmp_path, course, notebook):
    names = [f"Ada_1{FOLDER}/{n}.ipynb" for n in "abc"]
    times = {names[0]: (2026, 11, 3, 8, 0, 0), names[1]: (2026, 11, 9, 8, 0, 0), names[2]: (2026, 11, 5, 8, 0, 0)}
    zipped(dict.fromkeys(names, notebook), tmp_path / "moodle.zip", times)
    (submission,), manifest = taken_in(tmp_path / "moodle.zip", course)
    assert submission.path == names[1]
    assert sum(e.decision == f"replaced by {names[2]}" or "replaced" in e.decision for e in manifest) == 2
    canvas = ["adalo_1_99_z.ipynb", "adalo_1_100_a.ipynb"]
    zipped(dict.fromkeys(canvas, notebook), tmp_path / "canvas.zip")
    (submission,), _ = taken_in(tmp_path / "canvas.zip", course)
    assert submission.path == canvas[1] and canvas[0] in submission.notes[0]


def test_timestamps_of_nbgrader_are_read(handed_in, notebook):
    (submission,), _ = handed_in({f"ada/{NAME}/nb.ipynb": notebook, f"ada/{NAME}/timestamp.txt": b"yesterday\n"})
    assert submission.handed_in == ""  # not a time that can be understood: no guess, and not in silence
    assert "timestamp.txt could not be read: 'yesterday'" in submission.notes[0]
    (submission,), _ = handed_in({f"ada/{NAME}/timestamp.txt": b"2026-11-20 23:30:00.123456 UTC"})
    assert submission.handed_in == "2026-11-20T23:30:00"


def bomb(depth, inner):
    for _ in range(depth):
        inner = zipped({"x.zip": inner})
    return inner


def test_zips_are_unpacked_within_limits(handed_in, notebook, monkeypatch):
    monkeypatch.setattr("autograder.intake.files.MAX_FILE_BYTES", 30 * 2**20)
    submissions, manifest = handed_in(
        {
            "deep/x.zip": bomb(5, zipped({"nb.ipynb": notebook})),
            "ratio/x.zip": zipped({"nb.ipynb": b" " * (20 * 2**20)}),
            "large/x.zip": zipped({"nb.ipynb": b"0123456789abcdef" * (2 * 2**20)}),
            "damaged/x.zip": zipped({"nb.ipynb": notebook})[:-30],
            "empty/x.zip": zipped({}),
            "rar/x.rar": b"Rar!",
            "up/x.zip": zipped({"../../../../etc/nb.ipynb": notebook, "/abs/nb2.ipynb": notebook}),
            "fine/x.zip": bomb(2, notebook and zipped({"nb.ipynb": notebook})),
        }
    )
    problems = {s.student: s.problem for s in submissions}
    for student, words in {
        "deep": "zips more than", "ratio": "the file is empty", "large": "too large", "damaged": "damaged zip",
        "empty": "empty zip", "rar": "ask for .zip",
    }.items():  # fmt: skip
        assert words in problems[student], problems
    assert problems["fine"] == problems["up"] == ""
    assert len(manifest) >= 8 and not any(".." in entry.path for entry in manifest)


def test_what_one_student_sends_takes_nothing_from_the_others(tmp_path, course, notebook, monkeypatch):
    monkeypatch.setattr("autograder.intake.files.MAX_ARCHIVE_BYTES", int(2.5 * len(notebook)))
    files = {f"{name}/nb.ipynb": notebook for name in ("ada", "ben", "cleo")}
    zipped(files | {f"ada/much/{n}.ipynb": notebook for n in range(5)}, tmp_path / "class.zip")
    submissions, manifest = taken_in(tmp_path / "class.zip", course)
    assert [(s.student, bool(s.problem)) for s in submissions] == [("ada", False), ("ben", False), ("cleo", False)]
    assert sum("more than this grader unpacks" in entry.decision for entry in manifest) == 4
    monkeypatch.setattr("autograder.intake.files.MAX_ARCHIVE_FILES", 1)
    submissions, _ = taken_in(tmp_path / "class.zip", course)
    assert [bool(s.problem) for s in submissions] == [False, False, False]
    bomb_of_one = {
        "ada.zip": zipped({f"{n}.ipynb": notebook for n in range(9)}),
        "ben.zip": zipped({"nb.ipynb": notebook}),
    }
    zipped(bomb_of_one, tmp_path / "zips.zip")
    submissions, _ = taken_in(tmp_path / "zips.zip", course)
    assert [(s.student, bool(s.problem)) for s in submissions] == [("ada", False), ("ben", False)]


def test_names_that_say_nothing_of_their_encoding(tmp_path, course, notebook):
    data = zipped({"Zoe/nb.ipynb": notebook}).replace(b"Zoe/nb", "Zoë".encode() + b"nb")
    data = data.replace("Zoë".encode() + b"nb", b"Zo\xc3\xab/n")  # as macOS writes it: UTF-8, and no flag that says so
    (tmp_path / "mac.zip").write_bytes(data)
    submissions, _ = taken_in(tmp_path / "mac.zip", course)
    assert [s.student for s in submissions] == ["Zoë"]


def test_nothing_to_grade_is_an_error(tmp_path, course):
    with pytest.raises(IntakeError, match="holds no files"):
        take_in(tmp_path, course)
    with pytest.raises(IntakeError, match="does not exist"):
        take_in(tmp_path / "nowhere", course)
