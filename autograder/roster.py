"""The class list: who is in the class, under which names and numbers, who hands in together, who has longer."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.intake.clean import clean, fold
from autograder.intake.matching import Who, pair
from autograder.intake.sheet import ListError, Sheet
from autograder.intake.worksheets import Entry, GradeTable, canvas_export, identifiers, moodle_worksheet
from autograder.times import Extension, local_zone, parse_extension

_PLAIN = ("name", "id", "email", "extension", "group", "section")
_GROUPS = {"groups", "gruppen", "groupes", "grupos", "gruppi", "groepen"}  # the heading in Moodle's participants
_EXPECTED = (
    "expected is one of: Moodle's participants list (first name, last name, e-mail address), Moodle's grading "
    f"worksheet, Canvas's gradebook export, or a table with the columns {', '.join(_PLAIN)}, of which only name is "
    "needed"
)


@dataclass(frozen=True)
class Member:
    """Somebody of the class.

    Attributes:
      name: as the LMS writes it, if one of the lists is an LMS's.
      shown: the same; namesakes have their number in brackets behind it. Nobody else in the class has it.
      ids: numbers, logins and addresses, folded, each with the system that gave it; "" for the person's own.
      id: the number, login or address that tells namesakes apart, as it was written; may be empty.
      system: the LMS whose list it is; empty for a plain table.
      extension: how much longer than the others this person has; None for no longer.
      group: those with the same one hand in once; empty for nobody else.
      section: which part of the class; may be empty.
    """

    name: str
    ids: frozenset[tuple[str, str]] = frozenset()
    id: str = ""
    system: str = ""
    extension: Extension | None = None
    group: str = ""
    section: str = ""
    shown: str = ""

    @property
    def who(self) -> Who:
        return Who((self.name,), self.ids)


@dataclass(frozen=True)
class Roster:
    """The class, and the tables among its lists that take grades, each with the members by its rows."""

    members: tuple[Member, ...]
    tables: tuple[tuple[GradeTable, Mapping[int, Member]], ...] = ()

    @property
    def group_of(self) -> dict[str, str]:
        """The group of each member who is in one, by the name that is shown."""
        return {member.shown: fold(member.group) for member in self.members if member.group}

    @property
    def summary(self) -> str:
        """As "42 people, 3 with an extension, 20 groups, 2 sections"."""
        extended = sum(member.extension is not None for member in self.members)
        groups, sections = ({getattr(m, part) for m in self.members} - {""} for part in ("group", "section"))
        counted = [f"{len(self.members)} people", f"{extended} with an extension"]
        counted += [
            f"{len(groups)} group{'s' * (len(groups) > 1)}",
            f"{len(sections)} section{'s' * (len(sections) > 1)}",
        ]
        return ", ".join(part for part in counted if not part.startswith("0 "))


def read_roster(paths: Sequence[Path]) -> Roster:
    """The class by one or several lists; what a later one adds about somebody is added.

    Raises:
      ListError: a file is none of the lists that are known, or two lines in it cannot be two people.
    """
    members: list[Member] = []
    found: list[tuple[GradeTable, dict[int, int]]] = []
    for path in paths:
        system, entries, table = _read(path)
        places = _add(members, entries, system, path)
        if table is not None:
            found.append((table, places))
    shown = _told_apart(members)
    tables = ((table, {row: shown[place] for row, place in places.items()}) for table, places in found)
    return Roster(tuple(shown), tuple(tables))


# --- One list ---------------------------------------------------------------------------------------------------------


def _read(path: Path) -> tuple[str, Sequence[Entry], GradeTable | None]:
    """The LMS, the people, and the table itself if it takes grades."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ListError(f"--roster {path} cannot be read: {error.strerror}") from None
    if data.startswith(b"PK"):
        raise ListError(f"--roster {path} is a spreadsheet or a zip file; save it as CSV")
    sheet = Sheet(data)
    if len(sheet.rows) < 2:
        raise ListError(f"--roster {path} has no line below its header; {_EXPECTED}")
    if table := canvas_export(path.name, data):
        return table.system, table.entries, table
    if "name" in map(fold, sheet.rows[0]):
        return "", _plain(sheet, path), None
    if table := moodle_worksheet(path.name, data):
        return table.system, table.entries, table
    if entries := _participants(sheet):
        return "Moodle", entries, None
    seen = ", ".join(cell or "(empty)" for cell in sheet.rows[0][:8])
    raise ListError(f"--roster {path} is no list that is known: its first line is {seen}; {_EXPECTED}")


def _plain(sheet: Sheet, path: Path) -> list[Entry]:
    """A table of one's own."""
    header = [fold(cell) for cell in sheet.rows[0]]
    wrong = [cell for cell in header if cell and cell not in _PLAIN] + [c for c in _PLAIN if header.count(c) > 1]
    if wrong:
        raise ListError(
            f"--roster {path} has a column {wrong[0]!r} too many; it may have {', '.join(_PLAIN)}, once each"
        )

    def cell(row: int, column: str) -> str:
        return sheet.cell(row, header.index(column)) if column in header else ""

    entries = []
    for row in range(1, len(sheet.rows)):
        if not (name := clean(cell(row, "name"))):
            raise ListError(f"--roster {path}: line {row + 1} has no name: {', '.join(sheet.rows[row])}")
        written = [clean(cell(row, column)) for column in ("id", "email")]
        ids = frozenset(("", fold(number)) for number in written if number)
        tag = next(filter(None, written), "")
        rest = (clean(cell(row, column)) for column in ("extension", "group", "section"))
        entries.append(Entry(row, name, ids, tag, *rest))
    return entries


def _participants(sheet: Sheet) -> list[Entry]:
    """Moodle's participants, in any language: first name, last name, then what identifies, with the e-mail address
    (user/action_redir.php, download_participants). None where no column holds addresses, or the header does."""
    width = len(sheet.rows[0])
    rows = range(1, len(sheet.rows))
    cells = [[sheet.cell(row, column) for row in rows] for column in range(width)]
    address = next((n for n in range(1, width) if any(cells[n]) and all("@" in c for c in cells[n] if c)), 0)
    if not address or any("@" in cell for cell in sheet.rows[0]):
        return []
    groups = next((n for n in range(address, width) if fold(sheet.rows[0][n]) in _GROUPS), width)
    ids = identifiers(sheet, range(min(address, 2), groups))
    entries = []
    for row in rows:
        name = clean(" ".join(filter(None, sheet.rows[row][: min(address, 2)])))
        tag = sheet.cell(row, address)
        known = ids[row] | ({("", fold(tag))} if tag else frozenset())
        entries.append(Entry(row, name or tag, known, tag, section=clean(sheet.cell(row, groups))))
    return entries


# --- All of them ------------------------------------------------------------------------------------------------------


def _add(members: list[Member], entries: Sequence[Entry], system: str, path: Path) -> dict[int, int]:
    """Adds a list to the class: to those who are there already, as far as that is sure, else as new members. Returns
    each row's place in the class."""
    known = pair([entry.who for entry in entries], [member.who for member in members]).found
    places: dict[int, int] = {}
    new: dict[tuple, int] = {}
    for number, entry in enumerate(entries):
        same = (fold(entry.name), entry.ids)
        if same in new and not entry.ids:
            raise ListError(
                f"--roster {path} has {entry.name!r} twice, and nothing tells the two apart; add id or email"
            )
        place = known.get(number, new.get(same, len(members)))
        if place == len(members):
            members.append(Member(entry.name, system=system))
        new[same] = places[entry.row] = place
        members[place] = _with(members[place], entry, system, path)
    holders = defaultdict(list)
    for place in set(places.values()):
        for known_as in members[place].ids:
            holders[known_as].append(members[place].name)
    for (_, text), names in holders.items():
        if len(names) > 1:
            raise ListError(f"--roster {path} has {text!r} for {' and for '.join(sorted(names))}; it means one of them")
    return places


def _with(member: Member, entry: Entry, system: str, path: Path) -> Member:
    """A member with what one more list says."""
    extension = None
    if entry.extension:
        try:
            extension = parse_extension(entry.extension, local_zone())
        except ValueError as error:
            raise ListError(f"--roster {path}: the extension of {entry.name}: {error}") from None
    from_lms = bool(system and not member.system)
    return dataclasses.replace(
        member,
        name=entry.name if from_lms else member.name,
        ids=member.ids | entry.ids,
        id=member.id or entry.id,
        system=member.system or system,
        extension=extension or member.extension,
        group=entry.group or member.group,
        section=entry.section or member.section,
    )


def _told_apart(members: Sequence[Member]) -> list[Member]:
    """The members with names that nobody else has."""
    often = Counter(fold(member.name) for member in members)
    taken: set[str] = set()
    shown = []
    for member in members:
        name = f"{member.name} ({member.id})" if often[fold(member.name)] > 1 and member.id else member.name
        number, unlike = 1, name
        while fold(unlike) in taken:
            number += 1
            unlike = f"{name} ({number})"
        taken.add(fold(unlike))
        shown.append(dataclasses.replace(member, shown=unlike))
    return shown
