"""Folders and zips of submissions: nothing is dropped silently."""

import json
import os
import zipfile

import pytest

from autograder.ingest import IngestError, ingest

NAME = "01_agents_and_environments"


@pytest.fixture
def notebook(released):
    return released[NAME].encode()


@pytest.fixture
def handed_in(tmp_path, course):
    """`handed_in({path: bytes})` ingests a folder with these files."""

    def hand_in(files):
        for path, data in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
        return ingest(tmp_path, course)

    return hand_in


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("ada/anything.ipynb", "ada"),
        (f"ada/{NAME}/{NAME}.ipynb", "ada"),
        ("ada_12345_homework final.ipynb", "ada"),
        ("Zoë Ångström/x.ipynb", "Zoë_Ångström"),
        ("Łukasz/x.IPYNB", "Łukasz"),
    ],
)
def test_layouts(handed_in, notebook, path, student):
    (submission,), (entry,) = handed_in({path: notebook})
    assert (submission.student, submission.assignment, submission.problem) == (student, NAME, "")
    assert entry.decision.startswith("taken") and len(entry.sha256) == 64 and entry.bytes == len(notebook)


def test_names_cannot_leave_the_output_folder(handed_in, notebook):
    submissions, _ = handed_in({"..;*?[x]/a.ipynb": notebook, ".hidden/b.ipynb": notebook})
    assert {s.student for s in submissions} == {"x", "hidden"}


def test_every_file_is_accounted_for(handed_in, notebook):
    files = {
        "ada/x.ipynb": notebook,
        "ben/x.ipynb": notebook[:50_000],
        "ben/essay.pdf": b"%PDF",
        "cleo/other.ipynb": json.dumps({"cells": []}).encode(),
        "ada/.ipynb_checkpoints/x-checkpoint.ipynb": notebook,
        "__MACOSX/ada/._x.ipynb": b"\x00",
        "ada/.DS_Store": b"\x00",
    }
    submissions, manifest = handed_in(files)
    assert {entry.path for entry in manifest} == set(files)
    reasons = {submission.path: submission.problem for submission in submissions}
    assert set(reasons) == {"ada/x.ipynb", "ben/x.ipynb", "ben/essay.pdf", "cleo/other.ipynb"}
    assert reasons["ada/x.ipynb"] == "" and "damaged" in reasons["ben/x.ipynb"]
    assert "not a notebook" in reasons["ben/essay.pdf"] and "no notebook of this course" in reasons["cleo/other.ipynb"]
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
    submissions, manifest = ingest(folder, course)
    assert all("link" in submission.problem and not submission.data for submission in submissions)
    assert {entry.path for entry in manifest} == {"ada/x.ipynb", "ben"}


def test_zips_are_read_without_unpacking(tmp_path, course, notebook):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("ada/x.ipynb", notebook)
        archive.writestr("../../ben/x.ipynb", notebook)
        archive.writestr("cleo/", "")
    submissions, _ = ingest(tmp_path / "class.zip", course)
    assert [(s.student, s.problem) for s in submissions] == [("ada", ""), ("ben", "")]
    assert {path.name for path in tmp_path.iterdir()} == {"class.zip"}


def test_nothing_to_grade_is_an_error(tmp_path, course):
    with pytest.raises(IngestError, match="holds no files"):
        ingest(tmp_path, course)
    with pytest.raises(IngestError, match="does not exist"):
        ingest(tmp_path / "nowhere", course)
