"""A folder or zip of submissions -> what to grade, and a manifest in which every file is accounted for."""

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import Course
from autograder.intake.blackboard import Blackboard
from autograder.intake.brightspace import Brightspace
from autograder.intake.canvas import Canvas
from autograder.intake.classroom import Classroom
from autograder.intake.files import File, read_all
from autograder.intake.gradescope import Gradescope
from autograder.intake.members import missing, on_the_list
from autograder.intake.moodle import Moodle
from autograder.intake.nbgrader import Nbgrader
from autograder.intake.outgoing import Outgoing
from autograder.intake.people import Person, Piece, rank, who_is_who
from autograder.intake.plain import Plain
from autograder.intake.recognise import Content, recognise
from autograder.intake.records import Intake, IntakeError, ManifestEntry, Submission
from autograder.intake.source import Aside, Claim, Found, Source

if TYPE_CHECKING:
    from autograder.roster import Roster

SYSTEMS = (Nbgrader, Moodle, Blackboard, Brightspace, Gradescope, Canvas, Classroom)
_TEXT_KEPT = {".csv": 2**20, ".txt": 2**16, ".yml": 50 * 2**20}


def take_in(source: Path, course: Course, roster: "Roster | None" = None, column: str = "") -> Intake:
    """Finds the submissions in `source`: a folder, a zip, or a single file; zips inside are looked into.

    Args:
      source: what was handed in.
      course: whose notebooks are looked for.
      roster: the class list; without one nobody is missing.
      column: which column of a Canvas export takes the points; by default the one that is meant, if that can be told.
    Raises:
      IntakeError: `source` does not exist, or holds no file at all.
      ListError: which column of a Canvas export takes the points cannot be told.
    """
    if not source.exists():
        raise IntakeError(f"{source} does not exist")
    everything = [_examine(file, course) for file in read_all(source)]
    if not everything:
        raise IntakeError(
            f"{source} holds no files: expected what a learning-management system hands out, "
            "<student>/<notebook>.ipynb, or <anything>_<student>.ipynb"
        )
    sources, verdicts = _whose([found for found in everything if not found.file.left_out], course)
    pieces = [(f, claim) for f in everything for claim in _claims(verdicts.get(f.path))]
    people = who_is_who(pieces, frozenset(source.system for source in sources if source.system and source.global_ids))
    handed_in = {found.content.assignment for found, _ in pieces if found.content.gradable}
    assignments = {name: assignment for name, assignment in course.assignments.items() if name in handed_in}
    worksheets = (table for source in sources if isinstance(source, Moodle) for table in source.worksheets.values())
    outgoing = Outgoing(worksheets, roster, pieces, assignments, column)
    if roster:
        people = on_the_list(people, roster, outgoing.account)
    decisions: dict[str, list[str]] = defaultdict(list)
    submissions = [submission for person in people for submission in _submissions(person, decisions)]
    submissions.sort(key=lambda s: (s.student, s.assignment or s.path, s.path))
    absent = missing(submissions, roster, outgoing.account) if roster else ()
    manifest = (_entry(found, verdicts.get(found.path), decisions[found.path]) for found in everything)
    tables = outgoing.for_people(people)
    return Intake(tuple(submissions), tuple(manifest), tuple(sources), tuple(absent), tables)


def _examine(file: File, course: Course) -> Found:
    """What a file holds; its bytes are let go."""
    content, text, sha256, table = Content(problem=file.problem), "", "", b""
    if file.data is not None:
        sha256 = hashlib.sha256(file.data).hexdigest()
        try:
            content = recognise(course, file.parts[-1], file.data)
        except Exception as error:  # a net around each file: what is in it is foreign
            content = Content(problem=f"it could not be read: {type(error).__name__}: {str(error)[:100]}")
        ending = file.parts[-1].lower()[-4:]
        if not content.notebook and len(file.data) <= _TEXT_KEPT.get(ending, 0):
            text, table = (file.data.decode("utf-8", "replace"), b"") if ending != ".csv" else ("", file.data)
    return Found(dataclasses.replace(file, data=None), content, sha256, text, table)


def _whose(files: list[Found], course: Course) -> tuple[list[Source], dict[str, tuple[Claim, ...] | Aside]]:
    """The sources, and what the first of them that knows a file says about it. By file: what one does not know, however
    much of it there is, changes nothing for the others."""
    sources: list[Source] = [system(files) for system in SYSTEMS]
    verdicts: dict[str, tuple[Claim, ...] | Aside] = {}
    for found in files:
        for source in sources:
            if verdict := source.recognise(found):
                verdicts[found.path] = verdict
                break
    rest = [found for found in files if found.path not in verdicts]
    plain = Plain(rest, course.assignments, alone=not any(map(_claims, verdicts.values())))
    nbgrader: Any = sources[0]
    for found in files:
        if verdict := plain.recognise(found):
            verdicts.setdefault(found.path, verdict)
        handed_in, remark = nbgrader.time(found)
        if handed_in or remark:
            claims = (_with_time(claim, handed_in, remark) for claim in _claims(verdicts.get(found.path)))
            verdicts[found.path] = tuple(claims) or verdicts[found.path]
    return [*sources, plain], verdicts


def _claims(verdict: tuple[Claim, ...] | Aside | None) -> tuple[Claim, ...]:
    return verdict if isinstance(verdict, tuple) else ()


def _with_time(claim: Claim, handed_in: str, remark: str) -> Claim:
    if claim.handed_in:
        return claim
    return dataclasses.replace(claim, handed_in=handed_in, notes=(*claim.notes, remark) if remark else claim.notes)


def _entry(found: Found, verdict, decisions: list[str]) -> ManifestEntry:
    if found.file.left_out:
        decision = f"left out: {found.file.left_out}"
    elif isinstance(verdict, Aside):
        decision = verdict.reason
        if found.content.problem and found.file.problem:
            decision = f"{decision}: {found.file.problem}"
    else:
        decision = "; ".join(decisions) or f"left out: {found.content.problem}"
    return ManifestEntry(found.path, found.file.size, found.sha256, decision)


# --- One for each notebook --------------------------------------------------------------------------------------------


def _submissions(person: Person, decisions: dict[str, list[str]]) -> Iterable[Submission]:
    """What is graded of a person's files: for each notebook the best, the others noted; for somebody whose files were
    all left out a line that says so."""
    by_notebook: dict[str, list[Piece]] = defaultdict(list)
    others: list[Piece] = []
    for piece in person.pieces:
        content = piece[0].content
        if content.gradable:
            by_notebook[content.assignment].append(piece)
        else:
            others.append(piece)
            word = "left out" if content.assignment else "refused"
            decisions[piece[0].path].append(f"{word}: {content.problem}")
    found = [_best(person, mine, decisions) for _, mine in sorted(by_notebook.items())]
    if not found:
        return [_rejected(person, others)]
    unread = [f"{f.path} could not be read: {f.content.problem}" for f, _ in others if _is_lost(f)]
    found[0] = dataclasses.replace(found[0], notes=(*found[0].notes, *unread))
    return found


def _is_lost(found: Found) -> bool:
    """Whether a file is a notebook that nobody can read, so that it may have been one of the course's."""
    return (
        found.parts[-1].lower().endswith((".ipynb", ".zip"))
        and found.content.notebook is None
        and ("belongs to no notebook" not in found.content.problem and not found.content.assignment)
    )


def _best(person: Person, pieces: list[Piece], decisions: dict[str, list[str]]) -> Submission:
    *rest, (found, claim) = sorted(pieces, key=rank)
    content, notes = found.content, [*person.notes, *claim.notes]
    decisions[found.path].append(
        f"taken: {person.name}, {content.assignment}" if content.notebook else f"refused: {content.problem}"
    )
    unchanged = {other.sha256 for other, _ in rest}
    for other, _ in rest:
        if other.content.notebook is None and content.notebook is not None:
            notes.append(f"another file for this notebook could not be graded: {other.path} ({other.content.problem})")
            decisions[other.path].append(f"refused: {other.content.problem}")
            continue
        why = ", in which nothing is answered" if content.answered and not other.content.answered else ""
        same = " (the same file)" if other.sha256 == found.sha256 and unchanged else ""
        notes.append(f"several files for this notebook: graded {found.path}, not {other.path}{why}{same}")
        decisions[other.path].append(f"replaced by {found.path}")
    section, extension = (person.member.section, person.member.extension) if person.member else ("", None)
    if extension:
        notes.append(f"extension on the class list: {extension.text}")
    return Submission(
        person.name, person.folder, found.path, content.assignment, content.notebook,
        content.problem, tuple(notes), claim.sender, claim.handed_in, section, extension,
    )  # fmt: skip


def _rejected(person: Person, pieces: list[Piece]) -> Submission:
    """The line of somebody of whom nothing can be graded."""
    found, claim = max(pieces, key=lambda piece: (_is_lost(piece[0]), bool(piece[0].content.assignment), piece[0].path))
    more = f" (and {len(pieces) - 1} more files, none of them for grading)" if len(pieces) > 1 else ""
    notes = (*person.notes, *(note for note in claim.notes if "graded under" not in note))
    problem = f"{found.content.problem}{more}"
    section = person.member.section if person.member else ""
    return Submission(
        person.name, person.folder, found.path, "", None, problem, notes, claim.sender, claim.handed_in, section
    )
