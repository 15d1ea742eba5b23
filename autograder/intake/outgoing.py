"""Which points go into which of the LMS's own tables: known before anything is graded."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Assignment
from autograder.intake.columns import choose, named
from autograder.intake.matching import Who, agree, pair
from autograder.intake.members import who_of
from autograder.intake.people import Person, Piece
from autograder.intake.sheet import ListError
from autograder.intake.worksheets import GradeTable
from autograder.results import Sender

if TYPE_CHECKING:
    from autograder.roster import Member, Roster


class Outgoing:
    """The tables that go back.

    Args:
      worksheets: Moodle's that lay among the submissions.
      roster: the class list, whose tables go back too.
      pieces: what was handed in.
      assignments: the notebooks of which something was handed in.
      column: which column of a Canvas export is wanted; empty for the one that is meant.
    Raises:
      ListError: which column of a Canvas export is meant cannot be told, or there is no export.
    """

    def __init__(
        self,
        worksheets: Iterable[GradeTable],
        roster: "Roster | None",
        pieces: Sequence[Piece],
        assignments: Mapping[str, Assignment],
        column: str = "",
    ):
        listed = {table.digest: (table, rows) for table, rows in (roster.tables if roster else ())}
        loose = {table.digest: table for table in worksheets if table.digest not in listed}
        alone = sum(table.system == "Moodle" for table in [*(t for t, _ in listed.values()), *loose.values()]) == 1
        if column and not any(table.system == "Canvas" for table, _ in listed.values()):
            raise ListError(f"--column {column}: no --roster is a Canvas export, whose column that could be")
        titles = {name: assignment.title for name, assignment in assignments.items()}

        def ready(table: GradeTable) -> GradeTable:
            if table.system == "Canvas":
                table = choose(table, titles, column) if titles else table
            else:
                table = dataclasses.replace(table, notebooks=_notebooks(table, pieces, titles, alone))
            available = sum(assignments[name].max_score for name in table.notebooks)
            return dataclasses.replace(table, available=available)

        self._listed = [(ready(table), rows) for table, rows in listed.values()]
        self._loose = [ready(table) for table in loose.values()]

    def account(self, member: "Member", notebook: str) -> Sender:
        """A member as the LMS knows them where a notebook was handed in."""
        for table, rows in self._listed:
            for entry in table.entries if notebook in table.notebooks else ():
                if rows[entry.row] is member:
                    return Sender(member.name, table.system, entry.id)
        if not member.system:
            return Sender(member.name, "", member.id)
        numbers = [number for system, number in member.ids if system == member.system]
        return Sender(member.name, member.system, numbers[0] if len(numbers) == 1 else "")

    def for_people(self, people: Sequence[Person]) -> tuple[GradeTable, ...]:
        """The tables with the students in their rows."""
        known = [who_of(person.pieces) for person in people]
        tables = [
            dataclasses.replace(table, students={row: member.shown for row, member in rows.items()})
            for table, rows in self._listed
        ]
        for table in self._loose:
            found = pair([entry.who for entry in table.entries], known).found
            students = {table.entries[place].row: people[person].name for place, person in found.items()}
            tables.append(dataclasses.replace(table, students=students))
        return tuple(tables)


def _notebooks(table: GradeTable, pieces: Sequence[Piece], titles: Mapping[str, str], alone: bool) -> tuple[str, ...]:
    """What was handed in for a worksheet's assignment: what has its participants' numbers, which Moodle gives out anew
    for each assignment; where nothing has, everything if it is the only worksheet, else what its file's name names."""
    entries = {entry.id: entry for entry in table.entries}
    sure = {
        found.content.assignment
        for found, claim in pieces
        if claim.sender.system == "Moodle"
        and claim.sender.id in entries
        and agree(Who((claim.sender.name,)), entries[claim.sender.id].who)
    }
    told = tuple(name for name in titles if name in sure)
    return told or (tuple(titles) if alone else named(Path(table.file).stem, titles))
