"""What is remembered between notebooks, and the board that shows it."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT

from rl_helpers import checks, records
from rl_helpers.progress import board, caution


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def test_the_best_score_counts():
    assert records.best_score("CartPole-v1") is None
    assert [records.note_score("CartPole-v1", score) for score in (20, 35, 30)] == [20, 35, 35]
    assert records.best_score("CartPole-v1") == records.best_score("rl_helpers/CartPole-v1") == 35
    assert records.best_score("NoOpCartPole-v1") is None
    assert [records.note_score("MountainCar-v0", score) for score in (-200, -140)] == [-200, -140]


def test_another_python_remembers():
    records.note_score("CartPole-v1", 35)
    code = "from rl_helpers import records; print(records.best_score('CartPole-v1'))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "35.0"


@pytest.mark.parametrize("text", ["", "[1]", '{"CartPole-v1": "many"}', "\x00"])
def test_a_damaged_file_is_an_empty_one(text):
    records.folder().mkdir(parents=True)
    (records.folder() / "scores.json").write_text(text)
    assert records.best_score("CartPole-v1") is None
    assert records.note_score("CartPole-v1", 3) == 3
    assert records.best_score("CartPole-v1") == 3


def test_a_folder_that_cannot_be_made_is_no_reason_to_stop(folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "file"))
    assert records.note_score("CartPole-v1", 3) == 3
    records.note_exercise("f", True)
    assert records.best_score("CartPole-v1") is None and records.exercises_done() == {}


def test_nothing_is_left_beside_the_files():
    records.note_score("CartPole-v1", 3)
    records.note_exercise("f", True)
    assert sorted(path.name for path in records.folder().iterdir()) == ["exercises.json", "scores.json"]
    assert json.loads((records.folder() / "exercises.json").read_text()).keys() == {"f"}


def run_check(name, got):
    @checks.exercise(name)
    def _check():
        if got is None:
            raise NotImplementedError
        checks.equal(got, 1, "f()")


def test_the_board_shows_how_the_checks_ended(capsys):
    run_check("a", 1)
    for name, got, error in (("b", 2, checks.CheckFailed), ("c", None, NotImplementedError)):
        with pytest.raises(error):
            run_check(name, got)
    with pytest.raises(checks.CheckFailed), checks.hidden("a"):
        checks.fail("hidden tests leave no trace")
    shown = board("01_some_notebook", ["a", "b", "c", "d"])
    assert shown.passed == {"a": True, "b": False, "c": None, "d": None}
    text = str(shown).splitlines()
    assert text[0] == "01: 1 of 4 exercises done. Next: b."
    assert [line.split() for line in text[1:]] == [
        ["✓", "a"],
        ["✗", "b", "the", "last", "check", "said", "no"],
        ["○", "c", "not", "checked", "yet"],
        ["○", "d", "not", "checked", "yet"],
    ]
    assert shown._repr_html_().count("<li") == 4 and "width: 25%" in shown._repr_html_()


def test_a_demo_says_which_wrong_answers_it_rests_on(capsys):
    run_check("a", 1)
    for name in ("b", "d"):
        with pytest.raises(checks.CheckFailed):
            run_check(name, 2)
    capsys.readouterr()
    caution("a", "c")
    assert capsys.readouterr().out == ""  # right, or never checked
    caution("a", "b")
    assert "check of b says" in capsys.readouterr().out
    caution("b", "d")
    assert "checks of b and d say" in capsys.readouterr().out


def test_the_last_check_counts():
    run_check("a", 1)
    with pytest.raises(NotImplementedError):
        run_check("a", None)
    assert board("n", ["a"]).passed == {"a": None}
    run_check("a", 1)
    assert "All done" in str(board("n", ["a"]))


def test_ticks_from_before_a_restart_say_so():
    code = "from rl_helpers import records; [records.note_exercise(name, True) for name in 'ab']"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)  # the kernel before
    run_check("b", 1)
    shown = board("01_n", ["a", "b", "c"])
    assert shown.passed == {"a": True, "b": True, "c": None} and shown.before == {"a"}
    assert str(shown).splitlines()[1:] == ["  ✓ a  from before this kernel started", "  ✓ b", "  ○ c  not checked yet"]
    assert shown._repr_html_().count("from before this kernel started") == 1


def test_records_of_an_earlier_version_are_read():
    records.folder().mkdir(parents=True)
    (records.folder() / "exercises.json").write_text('{"a": true, "b": null, "c": [1], "d": {"x": 1}}')
    assert records.exercises_done() == {"a": True} and records.checked_now() == set()
