"""The class list: read whoever wrote it, and nobody on it taken for somebody else."""

import datetime
import json
import random
import unicodedata

import pytest
from filling import cells_by_id
from lists import by_canvas, by_moodle, export, worksheet
from small_course import RIGHT, WRONG, write

from autograder.build import build_course
from autograder.course import load_course
from autograder.intake import take_in
from autograder.intake.sheet import Sheet
from autograder.intake.worksheets import canvas_export, moodle_worksheet
from autograder.report import standing
from autograder.results import DOUBT, GROUP_DIFFERS, NOT_LISTED, Result
from autograder.roster import ListError, read_roster
from autograder.times import parse_extension

FOLDER = "_assignsubmission_file"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A course of two small notebooks, and what is handed out of it."""
    root = tmp_path_factory.mktemp("course")
    write(root, **{"01_small_things": 7, "02_large": 9})
    course = load_course(root)
    return course, build_course(course, root / "build")


@pytest.fixture
def take(tmp_path, small):
    """`take({path: answer}, lists)` takes in files with these answers to the first notebook, or, for `(answer, name)`,
    to another; `lists` are bytes by name."""

    def take(files, lists=(), column=""):
        course, released = small
        paths = []
        for name, data in dict(lists).items():
            paths.append(tmp_path / name)
            paths[-1].write_bytes(data if isinstance(data, bytes) else data.encode())
        for path, answer in files.items():
            body, name = answer if isinstance(answer, tuple) else (answer, "01_small_things")
            place = tmp_path / "class" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if body is not None and not isinstance(body, bytes):
                notebook = json.loads(released[name])
                cells_by_id(notebook)["double"]["source"] = f"def double(x):\n    {body}\n"
                body = json.dumps(notebook).encode()
            place.write_bytes(released[name] if body is None else body)
        return take_in(tmp_path / "class", course, read_roster(paths) if paths else None, column)

    return take


def graded(intake, course, points=4.0):
    """What became of a class in which everybody who can be graded has the same points."""
    handed_in = [
        Result(s.student, s.assignment, "graded" if s.notebook else "failed", points, 4, points if s.notebook else 0,
               notes=s.notes, sender=s.sender)
        for s in intake.submissions
    ]  # fmt: skip
    return handed_in + [Result(s.student, s.assignment, "missing", 0, 4, sender=s.sender) for s in intake.missing]


def listed(intake):
    return {s.student for s in intake.submissions if NOT_LISTED not in s.notes}


# --- Reading ----------------------------------------------------------------------------------------------------------


def read(tmp_path, *lists):
    for number, data in enumerate(lists):
        (tmp_path / f"list{number}.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_roster([tmp_path / f"list{number}.csv" for number in range(len(lists))]).members


EXCEL = {"delimiter": ";", "newline": "\r\n", "encoding": "cp1252"}
PARTICIPANTS = {
    "English": "First name,Last name,Email address,Groups\nAda,Lovelace,ada@x.org,Tuesday\nZoë,Ångström,zoe@x.org,\n",
    "German": "Vorname,Nachname,E-Mail-Adresse,Gruppen\nAda,Lovelace,ada@x.org,Tuesday\nZoë,Ångström,zoe@x.org,\n",
    "French, with numbers": '\ufeffPrénom,"Nom de famille","Numéro d’identification","Adresse de courriel",Groupes\n'
    "Ada,Lovelace,m100,ada@x.org,Tuesday\nZoë,Ångström,m101,zoe@x.org,\n",
}


@pytest.mark.parametrize("text", PARTICIPANTS.values(), ids=PARTICIPANTS.keys())
def test_moodles_participants(tmp_path, text):
    members = read(tmp_path, text)
    assert [(m.name, m.system, m.section) for m in members] == [
        ("Ada Lovelace", "Moodle", "Tuesday"), ("Zoë Ångström", "Moodle", "")
    ]  # fmt: skip
    assert ("", "zoe@x.org") in members[1].ids and not any(m.group for m in members)


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize(
    "saved", [{}, EXCEL, {"delimiter": "\t", "encoding": "utf-16"}], ids=["Moodle", "Excel", "Unicode"]
)
def test_moodles_worksheet_in_any_language(tmp_path, language, saved):
    data = worksheet({"4711": "Ada Lovelace", "4712": "Zoë Ångström"}, language, best="20,00", **saved)
    members = read(tmp_path, data)
    assert [m.name for m in members] == ["Ada Lovelace", "Zoë Ångström"]
    assert members[0].ids == {("Moodle", "4711"), ("", "4711@uni.example")}
    (table,) = (table for table, _ in read_roster([tmp_path / "list0.csv"]).tables)
    assert table.best == 20 and table.title in ("Grade", "Bewertung", "Note")
    assert table.sheet.with_cells({}) == data


def test_a_table_keeps_its_quotes_and_its_bytes():
    data = b'a;"b"\r\n"x ""y"" z";""\r\n\r\n1'
    sheet = Sheet(data)
    assert sheet.rows == [["a", "b"], ['x "y" z', ""], ["1"]] and sheet.with_cells({}) == data
    changed = {(1, 1): "5", (1, 0): "6", (2, 1): "7"}
    assert sheet.with_cells(changed) == b'a;"b"\r\n"6";"5"\r\n\r\n1;7'
    assert Sheet("name\nŠárka\n".encode("cp1252")).rows[1] == ["Šárka"]


def test_whatever_bytes_are_read_they_come_back():
    rng = random.Random(0)
    marks = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"]
    for _ in range(300):
        body = bytes(rng.choice(b'ab"";;,\t\r\n\x00\xe9\xc3\xa9 1') for _ in range(rng.randrange(60)))
        data = rng.choice(marks) + body
        assert Sheet(data).with_cells({}) == data
        assert moodle_worksheet("x.csv", data) is None and canvas_export("x.csv", data) is None


def test_somebody_suspended_in_moodle_has_no_markup_in_the_name(tmp_path):
    name = '<span class="usersuspended">Zoë Ångström <img src="x" alt="suspended"></span>'
    assert [m.name for m in read(tmp_path, worksheet({"1": name, "2": "Ben Li"}))] == ["Zoë Ångström", "Ben Li"]


def test_canvas_export(tmp_path):
    data = export({"123": ("Lovelace, Ada", "adalo", "A"), "124": ("Li, Ben", "benli", "B")})
    members = read(tmp_path, data)
    assert [(m.name, m.id, m.section) for m in members] == [("Lovelace, Ada", "123", "A"), ("Li, Ben", "124", "B")]
    assert members[0].ids == {("Canvas", "123"), ("", "s123"), ("", "adalo")}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_of_ones_own(tmp_path, separator, mark):
    rows = [
        ["group", "Name", "extension", "EMAIL"],
        ["", "Ada Lovelace", "2 days", "ada@x.org"],
        ["G1", "Ben Li", "", ""],
    ]
    ada, ben = read(tmp_path, mark + "\n".join(map(separator.join, rows)))
    assert (ada.name, ada.id, ada.extension.span.days, ada.group) == ("Ada Lovelace", "ada@x.org", 2, "")
    assert (ben.name, ben.group, ben.extension) == ("Ben Li", "G1", None)
    assert [m.name for m in read(tmp_path, "name\nAda\n王小明\n")] == ["Ada", "王小明"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Student;Mark\nAda;5\n", "its first line is Student, Mark; expected is one of: Moodle's participants list"),
        ("Ada,Lovelace,ada@x.org\nBen,Li,ben@x.org\n", "its first line is Ada, Lovelace, ada@x.org"),
        ("name\n", "no line below its header"),
        ("", "no line below its header"),
        ("PK\x03\x04", "save it as CSV"),
        ("name,extention\nAda,2 days\n", "'extention' too many"),
        ("name,extension\nAda,soon\n", "the extension of Ada: 'soon' is neither a span nor a time; write it as 2 days"),
        ("name,id\n,7\n", "line 2 has no name"),
        ("name,id\nAda,7\nBen,7\n", "'7' for Ada and for Ben"),
        ("name\nAda\nada\n", "'ada' twice, and nothing tells the two apart; add id or email"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path, text, said):
    with pytest.raises(ListError, match=r"--roster .*list0.csv") as error:
        read(tmp_path, text)
    assert said in str(error.value)


def test_several_lists_are_one_class(tmp_path):
    moodle = worksheet({"4711": "Ada Lovelace", "4712": "Kim Min-jun", "4713": "Kim Min-jun"})
    other = worksheet({"5011": "Ada Lovelace", "5012": "Kim Min-jun", "5014": "Zoë Ångström"})
    own = "name,id,group,extension\nLovelace Ada,m1,G1,90 min\nKim Min-jun,4713@uni.example,G1,\nNew One,m9,,\n"
    ada, kim, other_kim, new, *rest = read(tmp_path, moodle, own, other)
    assert {("Moodle", "4711"), ("Moodle", "5011"), ("", "m1")} <= ada.ids and ada.extension.span.seconds == 5400
    assert (ada.shown, kim.shown, other_kim.shown) == ("Ada Lovelace", "Kim Min-jun (4712)", "Kim Min-jun (4713)")
    assert (ada.group, kim.group, other_kim.group, new.name) == ("G1", "", "G1", "New One")
    assert [m.name for m in rest] == ["Kim Min-jun", "Zoë Ångström"]  # which of the two Kims 5012 is cannot be told


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2 days", 2880), ("48 h", 2880), ("90 min", 90), ("1 day 12 hours", 2160), ("1.5 h", 90), ("1,5h", 90),
     ("1 week", 10080), ("2026-12-03 23:59", 4319), ("2026-11-30", 0)],
)  # fmt: skip
def test_extensions_are_spans_or_times(text, minutes):
    due = datetime.datetime(2026, 12, 1, 0, 0)
    extension = parse_extension(text, datetime.UTC)
    assert extension.after(due) // datetime.timedelta(minutes=1) == minutes and extension.text == text
    for wrong in ("", "soon", "2", "2 moons", "-2 days", "days", "2 days late"):
        with pytest.raises(ValueError, match="write it as 2 days, 48 h or 90 min"):
            parse_extension(wrong, datetime.UTC)


# --- Who is who -------------------------------------------------------------------------------------------------------

FIRST = ["Ada", "Zoë", "王", "فاطمة", "Олександра", "Nguyễn", "İpek", "किरण", "Ben", "Jean-Luc", "Ñandú", "Björk"]
LAST = ["Lovelace", "Ångström", "小明", "الزهراء", "Шевченко", "Văn A", "Şahin", "राव", "Li", "d'Arc", "O'Neil", "Groß"]


def people(count):
    """Names in many scripts, no two alike."""
    return [f"{FIRST[n % 12]} {LAST[(n // 12) % 12]} {'ABCDE'[n // 144]}son" for n in range(count)]


def spelt(rng, name):
    return unicodedata.normalize(rng.choice(["NFC", "NFD"]), rng.choice([name, name.upper(), name.lower()]))


@pytest.mark.parametrize("seed", range(2))
def test_300_people_are_found_and_their_grades_are_theirs(take, small, seed, tmp_path):
    rng = random.Random(seed)
    names = people(300)
    lms = {str(4000 + n): name for n, name in enumerate(names)}
    files = {}
    for n, (number, name) in enumerate(lms.items()):
        if n % 10 == 9:
            continue  # missing
        shown = spelt(rng, name) if n % 3 else " ".join(reversed(name.split()))
        place = f"moodle/{shown.replace('/', '')}_{number}{FOLDER}" if n % 2 else f"mail/{shown}"
        files[f"{place}/nb.ipynb"] = f"return 2 * x + 0 * {n}"
    intake = take(files, {"sheet.csv": worksheet(lms, "de", best="20,00")})
    assert listed(intake) == {name for n, name in enumerate(names) if n % 10 != 9}
    assert {s.student for s in intake.missing} == {name for n, name in enumerate(names) if n % 10 == 9}
    for s in intake.submissions:
        (n,) = (int(c.source.split("0 * ")[1]) for c in s.notebook.cells if "0 * " in c.source)
        assert s.student == names[n]
        assert not s.sender.id or s.sender.id == str(4000 + n)
    results = [
        Result(r.student, r.notebook, r.status, 0, 4, n % 5 if r.status == "graded" else 0, sender=r.sender)
        for n, r in enumerate(graded(intake, small[0]))
    ]
    lines = intake.write_tables(tmp_path, results)
    assert lines == ["moodle-sheet.csv, column 'Bewertung': 270 of 300 people; 4 of 4 points are 20 there."]
    expected = {r.student: r.final_score * 5 for r in results if r.status == "graded"}
    back = by_moodle((tmp_path / "moodle-sheet.csv").read_bytes(), "de", decimal=",")
    assert {lms[number]: grade for number, grade in back.items()} == expected and len(expected) == 270


def test_who_cannot_be_told_is_nobody_on_the_list(take):
    files = {
        f"Kim Min-jun_9001{FOLDER}/n.ipynb": "return 1",  # one of two on the list: which?
        f"Ada Lovelace_9002{FOLDER}/n.ipynb": "return 2",  # two for one on the list: which?
        f"Ada Lovelace_9003{FOLDER}/n.ipynb": "return 3",
        f"Ben Li_9004{FOLDER}/n.ipynb": "return 4",
        f"Nobody Known_9005{FOLDER}/n.ipynb": "return 5",
    }
    own = "name,id\nKim Min-jun,7\nKim Min-jun,8\nAda Lovelace,9\nBen Li,9005\nCleo Mora,\n"
    intake = take(files, {"own.csv": own})
    assert listed(intake) == {"Ben Li"}
    kim = next(s for s in intake.submissions if s.student == "Kim Min-jun")
    assert DOUBT + "Kim Min-jun (7); Kim Min-jun (8)" in kim.notes
    nobody = next(s for s in intake.submissions if s.student == "Nobody Known")  # whose number is another's on the list
    assert nobody.notes == (NOT_LISTED,)
    absent = {s.student for s in intake.missing}
    assert absent == {"Kim Min-jun (7)", "Kim Min-jun (8)", "Ada Lovelace", "Cleo Mora"}
    names = [s.student for s in intake.submissions]
    assert len(set(names)) == 5 and not absent & set(names)


def test_namesakes_with_different_notebooks_are_told_apart_by_the_list(take, small):
    files = {f"Kim Min-jun_4714{FOLDER}/n.ipynb": RIGHT, f"Kim Min-jun_4715{FOLDER}/m.ipynb": (RIGHT, "02_large")}
    lists = {"s.csv": worksheet({"4714": "Kim Min-jun", "4715": "Kim Min-jun"})}
    assert {s.student for s in take(files).submissions} == {"Kim Min-jun"}  # one, as far as the files tell
    assert listed(take(files, lists)) == {"Kim Min-jun (4714)", "Kim Min-jun (4715)"}
    intake = take({f"Kim Min-jun_4716{FOLDER}/n.ipynb": WRONG}, lists)
    found = {(s.student, s.assignment): s for s in intake.submissions}
    assert set(found) == {
        ("Kim Min-jun (4714)", "01_small_things"), ("Kim Min-jun (4715)", "02_large"),
        ("Kim Min-jun (4716)", "01_small_things"),
    }  # fmt: skip
    assert len({s.folder for s in found.values()}) == 3 and len(intake.missing) == 2
    (need,) = (n for n in standing.needs(graded(intake, small[0])) if n.kind == "identity")
    assert [c.text.split(" Kim")[0] for c in need.concerns] == ["kept apart from"] and NOT_LISTED in need.concerns[
        0
    ].result.notes


def test_weak_evidence_is_a_note_and_folders_stay(take):
    files = {
        "lovelaceada_123_45678_n.ipynb": "return 1", "liben_LATE_124_45679_n.ipynb": "return 2",
        "morac/n.ipynb": "return 3", "quist dora/n.ipynb": "return 4", "DAN KATZ/n.ipynb": "return 5",
    }  # fmt: skip
    without = {s.student: s.folder for s in take(files).submissions}
    canvas = export({"123": ("Lovelace, Ada", "al1", "A")})
    own = "name,email\nLi Ben,\nCleo Mora,morac@x.org\nDora Quist,\nDan Katz,\n"
    intake = take(files, {"c.csv": canvas, "own.csv": own}, column="802")
    found = {s.student: s for s in intake.submissions}
    assert set(found) == {"Lovelace, Ada", "Li Ben", "Cleo Mora", "Dora Quist", "Dan Katz"} == listed(intake)
    noted = {name for name, s in found.items() if "was taken to be" in str(s.notes)}
    assert noted == {"Li Ben", "Cleo Mora", "Dora Quist"}
    assert found["Lovelace, Ada"].folder == without["lovelaceada"] and set(without.values()) == {
        s.folder for s in found.values()
    }
    assert found["Li Ben"].sender.name == "liben" and not intake.missing


def test_who_is_found_by_number_leaves_nothing_to_who_has_the_name(take):
    intake = take({"al1/n.ipynb": RIGHT, "Ada Lovelace/n.ipynb": WRONG}, {"own.csv": "name,id\nAda Lovelace,al1\n"})
    first, second = intake.submissions
    assert (first.student, first.path) == ("Ada Lovelace", "al1/n.ipynb") and NOT_LISTED not in first.notes
    assert second.student == "Ada Lovelace (2)" and NOT_LISTED in second.notes and not intake.missing


@pytest.mark.parametrize("team", ["Team Blue", "B"])
def test_a_groups_number_is_nobody_elses(take, team):
    """Moodle numbers groups and participants alike: the folder of group 12 is not participant 12's."""
    sheet = worksheet({"12": "Ben Li", "13": "Cleo Mora", "14": "Ada Lovelace"})
    files = {f"{team}_12{FOLDER}/n.ipynb": RIGHT, "sheet.csv": sheet}
    assert {s.student for s in take(files).submissions} == {team}
    own = f"name,group\nCleo Mora,{team}\nAda Lovelace,{team.lower()}\nBen Li,\n"
    intake = take(files, {"sheet.csv": sheet, "own.csv": own})
    assert {(s.student, s.sender.id) for s in intake.submissions} == {("Cleo Mora", "13"), ("Ada Lovelace", "14")}
    assert all(f"handed in for group {team}" in s.notes for s in intake.submissions)
    assert [s.student for s in intake.missing] == ["Ben Li"]
    intake = take({f"Ben Li_12{FOLDER}/m.ipynb": (RIGHT, "02_large")}, {"sheet.csv": sheet})
    assert intake.tables[0].notebooks == ("02_large",)  # what group 12 handed in is another assignment's


def test_groups_hand_in_once(take):
    own = "name,group\nAda,G1\nBen,G1\nCleo,G2\nDora,G2\nEve,G2\nFay,G3\nGus,\nHal,\n"
    files = {
        "Ada/n.ipynb": RIGHT, "Ben/n.ipynb": None,  # Ben's is untouched
        "Cleo/n.ipynb": RIGHT, "Dora/n.ipynb": WRONG,
        "Ben/m.ipynb": (RIGHT, "02_large"), "Gus/n.ipynb": RIGHT,
    }  # fmt: skip
    intake = take(files, {"own.csv": own})
    found = {(s.student, s.assignment[:2]): s for s in intake.submissions}
    assert {key: s.path for key, s in found.items()} == {
        ("Ada", "01"): "Ada/n.ipynb", ("Ben", "01"): "Ada/n.ipynb", ("Ada", "02"): "Ben/m.ipynb",
        ("Ben", "02"): "Ben/m.ipynb", ("Cleo", "01"): "Cleo/n.ipynb", ("Dora", "01"): "Dora/n.ipynb",
        ("Eve", "01"): "Dora/n.ipynb", ("Gus", "01"): "Gus/n.ipynb",
    }  # fmt: skip
    assert "handed in by Ada for group G1" in found["Ben", "01"].notes
    assert {name for (name, _), s in found.items() if GROUP_DIFFERS in s.notes} == {"Cleo", "Dora", "Eve"}
    assert len({s.folder for s in found.values()}) == 6
    missed = {(s.student, s.assignment[:2]) for s in intake.missing}
    assert missed == {(n, "02") for n in ("Cleo", "Dora", "Eve", "Gus")} | {
        (n, k) for n in ("Fay", "Hal") for k in ("01", "02")
    }


# --- The LMS's own tables ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saved", "half"),
    [
        ({"language": "en"}, "12.5"),
        ({"language": "de", "best": "25,00"}, '"12,5"'),
        ({"language": "fr", "best": "25,00", "delimiter": ";", "newline": "\r\n", "encoding": "cp1252"}, "12,5"),
        ({"language": "de", "best": "25", "delimiter": "\t", "encoding": "utf-16"}, "12.5"),
    ],
    ids=["English", "German", "Excel's", "Unicode text"],
)
def test_a_worksheet_comes_back_with_one_column_filled(take, small, tmp_path, saved, half):
    lms = {"4711": "Ada Lovelace", "4712": "Zoë Ångström", "4713": "Dora Quist"}
    saved = {"best": "25.00"} | saved
    sheet = worksheet(lms, grades={"4713": "7"}, **saved)
    files = {f"Ada Lovelace_4711{FOLDER}/n.ipynb": RIGHT, f"Zoe_4712{FOLDER}/n.ipynb": b'{"cells": ['}
    files |= {f"Ada Lovelace_5811{FOLDER}/m.ipynb": (RIGHT, "02_large")}  # of another assignment of Moodle's
    intake = take(files, {"Grades RL1.csv": sheet})
    results = graded(intake, small[0], points=2.0)
    (line,) = intake.write_tables(tmp_path, results)
    assert "4 of 4 points are 25 there" in line
    back = (tmp_path / "moodle-Grades RL1.csv").read_bytes()
    assert back == worksheet(lms, grades={"4711": half, "4713": "7"}, **saved), "a byte more was changed"
    assert not (tmp_path / "moodle-01_small_things.csv").exists() and (tmp_path / "moodle-02_large.csv").exists()


def test_one_worksheet_for_two_notebooks_and_one_found_among_the_submissions(take, small, tmp_path):
    lms = {"4711": "Ada Lovelace", "4712": "Ben Li", "4713": "Cleo Mora"}
    handed_in = [("4711", "01_small_things"), ("4711", "02_large"), ("4712", "01_small_things")]
    files = {f"{lms[number]}_{number}{FOLDER}/{name}.ipynb": (RIGHT, name) for number, name in handed_in}
    files |= {"sheet.csv": worksheet(lms, "fr")}
    for lists in ({}, {"again.csv": worksheet(lms, "fr")}):
        intake = take(files, lists)
        (line,) = intake.write_tables(tmp_path, graded(intake, small[0], points=3.0))
        assert "8 of 8 points of 01_small_things, 02_large are 100 there" in line and "2 of 3 people" in line
        name = "moodle-again.csv" if lists else "moodle-sheet.csv"
        assert by_moodle((tmp_path / name).read_bytes(), "fr") == {"4711": 75.0, "4712": 37.5}
    assert len(intake.missing) == 3  # the list that was given says who is missing, not the one that lay there


@pytest.mark.parametrize("language", ["en", "de"])
def test_hidden_names_stay_hidden_and_have_their_grades(take, small, tmp_path, language):
    sheet = worksheet(dict.fromkeys(["4711", "4712", "4713"], ""), language, hidden=True)
    name = {"en": "Participant", "de": "Teilnehmerin"}[language]  # the file system's of "Teilnehmer/in"
    files = {f"{name}_{number}{FOLDER}/n.ipynb": answer for number, answer in (("4711", RIGHT), ("4712", WRONG))}
    for lists in ({"s.csv": sheet}, {}):
        intake = take(files | ({} if lists else {"s.csv": sheet}), lists)
        intake.write_tables(tmp_path, graded(intake, small[0], points=3.0))
        assert by_moodle((tmp_path / "moodle-s.csv").read_bytes(), language) == {"4711": 75, "4712": 75}
        assert len(intake.missing) == len(lists)


def test_rows_that_a_spreadsheet_cut_short_are_filled(take, small, tmp_path):
    people = {"123": ("Lovelace, Ada", "adalo", "A")}
    data = export(people).replace(b",Dr. T,,,,,88.12,88.12", b"")
    assert data.count(b"88.12") == 0
    intake = take({"lovelaceada_123_45678_n.ipynb": RIGHT}, {"g.csv": data})
    intake.write_tables(tmp_path, graded(intake, small[0], points=3.0))
    assert b'"Lovelace, Ada",123,S123,adalo,A,,,7.5\r\n' in (tmp_path / "canvas-g.csv").read_bytes()


def test_names_of_filled_tables_are_unlike(take, small, tmp_path):
    (tmp_path / "a").mkdir()
    lists = {"a/01.csv": worksheet({"1": "Ada"}), "01.csv": worksheet({"2": "Ada"})}
    files = {f"Ada_1{FOLDER}/n.ipynb": RIGHT, f"Ada_2{FOLDER}/m.ipynb": (RIGHT, "02_large")}
    intake = take(files, lists)
    assert len(intake.write_tables(tmp_path, graded(intake, small[0]))) == 2
    assert by_moodle((tmp_path / "moodle-01.csv").read_bytes()) == {"1": 100}
    assert by_moodle((tmp_path / "moodle-01-2.csv").read_bytes()) == {"2": 100}


def test_moodle_takes_no_more_than_its_best_grade(take, small, tmp_path):
    intake = take({f"Ada_4711{FOLDER}/n.ipynb": RIGHT}, {"s.csv": worksheet({"4711": "Ada"})})
    (line,) = intake.write_tables(tmp_path, graded(intake, small[0], points=5.0))
    assert by_moodle((tmp_path / "moodle-s.csv").read_bytes()) == {"4711": 100} and "Moodle would skip it" in line


def test_a_worksheet_with_a_scale_is_read_for_its_people(take, small, tmp_path):
    sheet = worksheet({"1": "Ada", "2": "Ben"}, best='"good\nbad"')
    intake = take({f"Ada_1{FOLDER}/n.ipynb": RIGHT}, {"s.csv": sheet})
    assert [s.student for s in intake.missing] == ["Ben"]
    assert intake.write_tables(tmp_path, graded(intake, small[0])) == [
        "s.csv: its grades are no numbers; it was read for its people only."
    ]


CLASS = {"123": ("Lovelace, Ada", "adalo", "A"), "124": ("Li, Ben", "benli", "B"), "125": ("Mora, Cleo", "cm", "B"),
         "126": ("Katz, Dan", "dk", "B")}  # fmt: skip


def test_a_canvas_export_comes_back_with_one_column_filled(take, small, tmp_path):
    files = {
        "lovelaceada_123_45678_n.ipynb": RIGHT,
        "liben_124_45679_n.ipynb": WRONG,
        "katzdan_126_45680_n.ipynb": RIGHT,
    }
    before = export(CLASS, grades={"126": "EX"})
    intake = take(files, {"Grades CS101.csv": before})
    (line,) = intake.write_tables(tmp_path, graded(intake, small[0], points=3.0))
    assert "column '1. Small things (802)'" in line and "4 of 4 points are 10 there" in line
    back = (tmp_path / "canvas-Grades CS101.csv").read_bytes()
    assert back == export(CLASS, grades={"123": "7.5", "124": "7.5", "126": "EX"})
    assert by_canvas(back, before) == {("123", "802"): "7.5", ("124", "802"): "7.5"}
    assert not (tmp_path / "canvas.csv").exists()


@pytest.mark.parametrize(
    ("notebook", "warm_up", "column", "chosen"),
    [
        ("01_small_things", "", "", "1. Small things (802)"),
        ("02_large", "5", "", None),  # no heading names it, and two are empty
        ("02_large", "5", "Midterm", "Midterm (803)"),
        ("02_large", "5", "803", "Midterm (803)"),
        ("02_large", "5", "Midterm (803)", "Midterm (803)"),
        ("02_large", "5", "Final Score", None),  # read-only
        ("02_large", "5", "Tutor", None),
    ],
)
def test_which_column_of_canvas_is_meant(take, notebook, warm_up, column, chosen):
    files = {"lovelaceada_123_45678_n.ipynb": (RIGHT, notebook)}
    lists = {"grades.csv": export(CLASS, warm_up=warm_up)}
    if chosen is None:
        with pytest.raises(ListError, match=r"--column NAME. Its columns:\n  Warm-up .801.\n  1. Small things"):
            take(files, lists, column)
        return
    (table,) = take(files, lists, column).tables
    assert table.title == chosen and table.notebooks == (notebook,)


def test_the_only_column_of_canvas_is_not_meant_if_it_has_grades_and_another_name(take):
    one = 'Student,ID,SIS Login ID,Section,Midterm (803)\n    Points Possible,,,,10\n"Lovelace, Ada",123,adalo,A,'
    files = {"lovelaceada_123_45678_n.ipynb": RIGHT}
    with pytest.raises(ListError, match=r"Its columns:\n  Midterm .803."):
        take(files, {"g.csv": f"{one}9\n"})
    assert take(files, {"g.csv": f"{one}\n"}).tables[0].title == "Midterm (803)"


def test_a_column_needs_an_export(take):
    with pytest.raises(ListError, match="--column Midterm: no --roster is a Canvas export"):
        take({"Ada/n.ipynb": RIGHT}, {"own.csv": "name\nAda\n"}, "Midterm")


def test_the_only_empty_column_of_canvas_is_meant(take):
    data = export(CLASS, grades=dict.fromkeys(CLASS, "1"), warm_up="5")
    (table,) = take({"lovelaceada_123_45678_n.ipynb": (RIGHT, "02_large")}, {"g.csv": data}).tables
    assert table.title == "Midterm (803)" and table.best is None


def test_tables_without_a_list_have_an_empty_grade_for_who_is_missing(take, small, tmp_path):
    intake = take(
        {"lovelaceada_123_45678_n.ipynb": RIGHT, "Ben Li/n.ipynb": RIGHT}, {"own.csv": "name\nBen Li\nDora\n"}
    )
    intake.write_tables(tmp_path, graded(intake, small[0]))
    assert "Dora,,4,-," in (tmp_path / "moodle-01_small_things.csv").read_text()
    assert (tmp_path / "canvas.csv").read_text().splitlines()[-1] == "Dora,,Dora,,"
