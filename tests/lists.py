"""Class lists as Moodle and Canvas write them, and what their own imports make of them when they come back."""

import csv
import io
import re

MOODLE = {
    "en": ("Participant ", "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
           "Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments"),
    "de": ("Teilnehmer/in ", "ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung",
           "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)", "Zuletzt geändert (Bewertung)",
           "Feedback als Kommentar"),
    "fr": ("Participant ", "Identifiant", "Nom complet", "Adresse de courriel", "Statut", "Note", "Note maximale",
           "La note peut être modifiée", "Dernière modification (travail remis)", "Dernière modification (note)",
           "Feedback par commentaires"),
}  # fmt: skip


def worksheet(
    people, language="en", grades=(), best="100.00", delimiter=",", newline="\n", encoding="utf-8-sig", hidden=False
):
    """Moodle's grading worksheet, as bytes.

    Args:
      people: name by participant's number.
      grades: the text of the grade's cell by number, quotes included; empty for those who are not named.
      hidden: the marker must not know the names.
    """
    word, *header = MOODLE[language]

    def quoted(text):
        return f'"{text}"' if delimiter in text or "\n" in text or " " in text else text

    del header[1 : 3 if hidden else 1]
    lines = [delimiter.join(map(quoted, header))]
    for number, name in people.items():
        said = 'say "hi",\nthen; go' if number == "4712" else ""
        cells = [f"{word}{number}", name, f"{number}@uni.example", "Submitted for grading - ", "GRADE", best, "Yes",
                 "Friday, 20 November 2026, 10:15 AM", "-", said]  # fmt: skip
        del cells[1 : 3 if hidden else 1]
        line = delimiter.join(f'"{c}"' if '"' not in c and quoted(c) != c else c for c in map(_doubled, cells))
        lines.append(line.replace("GRADE", dict(grades).get(number, "")))
    return (newline.join(lines) + newline).encode(encoding)


def _doubled(text):
    return '"' + text.replace('"', '""') + '"' if '"' in text else text


def by_moodle(data, language="en", delimiter=",", decimal="."):
    """What Moodle would take from a worksheet: grade by participant's number.

    mod/assign/feedback/offline/importgradeslib.php, init: the columns are those whose headings are Moodle's words for
    them in the language of whoever uploads; next: `$id = substr($idstr, strlen(get_string('hiddenuser', 'assign')))`.
    locallib.php, process_import_grades: `unformat_float($record->grade)`; skipped where it is '', below 0, or above the
    assignment's grade.
    """
    word, identifier, _, _, _, grade, best, *_ = MOODLE[language]
    taken = {}
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter):
        number, text = row[identifier][len(word) :], row[grade].replace(decimal, ".")
        if text != "" and 0 <= float(text) <= float(row[best].replace(decimal, ".")):
            taken[number] = float(text)
    return taken


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Tutor,Warm-up (801),1. Small things (802),Midterm (803),Old (804),"
    "Assignments Current Score,Final Score"
)


def export(people, grades=(), possible="10.00", warm_up=""):
    """Canvas's gradebook export, as bytes. `people`: (name, login, section) by number; `grades`: the text of the cell
    in the column 802 by number."""
    lines = [
        CANVAS,
        ",,,,,,,Manual Posting,,,,",
        f"    Points Possible,,,,,,5.00,{possible},,(read only),(read only),(read only)",
    ]
    for number, (name, login, section) in people.items():
        cell = dict(grades).get(number, "")
        lines.append(f'"{name}",{number},S{number},{login},{section},Dr. T,{warm_up},{cell},,,88.12,88.12')
    lines.append('"Student, Test",99999,,f3a9,CS 101,Dr. T,,,,,,')
    return "\r\n".join([*lines, ""]).encode()


def by_canvas(data, before):
    """What Canvas would change: grade by student's ID and assignment's id.

    lib/gradebook_importer.rb: row_has_student_headers? and last_student_info_column; decimal_comma_to_period for cells
    that are numbers; process_student finds people by row[1]; parse_assignments takes the id out of "title (id)";
    readonly_assignment? leaves out columns that say "read only" beside Points Possible; no_change_to_value?: what is
    the same, or nothing and was nothing, is no change.
    """
    header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    assert len(header) > 3 and "Student" in header[0] and "ID" in header[1] and "Section" in header[4]
    possible = next(row for row in rows if "Points Possible" in row[0])
    old = {row[1]: row for row in csv.reader(io.StringIO(before.decode(), newline=""))}
    changes = {}
    for row in rows:
        if "Points Possible" in row[0] or all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell) for cell in row):
            continue
        for place, heading in enumerate(header[6:], 6):
            title = re.fullmatch(r"(.*) \((\d+)\)", heading)
            if title and "read only" not in possible[place] and row[place] != old[row[1]][place]:
                changes[row[1], title[2]] = row[place]
    return changes
