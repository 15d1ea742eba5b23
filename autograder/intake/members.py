"""The class list put to use: who of it handed in what, who handed in together, who is missing."""

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from autograder.intake.clean import cut, digest, fold, fold_name, safe_folder
from autograder.intake.matching import Who, by_number, pair
from autograder.intake.people import SEVERAL, Person, Piece, rank
from autograder.intake.records import Submission
from autograder.results import DOUBT, GROUP_DIFFERS, NAMESAKE, NOT_LISTED, Sender

if TYPE_CHECKING:
    from autograder.roster import Member, Roster

Account = Callable[["Member", str], Sender]  # a member as the LMS knows them in a notebook's assignment


def who_of(pieces: Iterable[Piece]) -> Who:
    """What is known of somebody by the files that came from them."""
    senders = {claim.sender for _, claim in pieces}
    ids = {(sender.system, fold(sender.id)) for sender in senders if sender.system and sender.id}
    ids |= {("", fold(sender.name)) for sender in senders if not sender.system}  # a folder may be called by a login
    return Who(tuple(sorted({sender.name for sender in senders})), frozenset(ids))


def on_the_list(people: Sequence[Person], roster: "Roster", account: Account) -> list[Person]:
    """The people, those on the class list under its names, with what they handed in together; who is not on it is
    noted. A person of the list without any file is not among them."""
    members = roster.members
    groups: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if member.group:
            groups[fold(member.group)].append(member)
    speakers, single = _speakers(people, groups)
    known = [member.who for member in members]
    single = [part for person in single for part in _split(person, known)]
    pairs = pair([who_of(person.pieces) for person in single], known)
    mine: dict[str, Person] = {}
    unlisted = []
    for place, person in enumerate(single):
        if place not in pairs.found:
            maybe = [members[n].shown for n in pairs.doubtful.get(place, ())]
            doubt = (DOUBT + "; ".join(maybe),) if maybe else ()
            person.notes += (NOT_LISTED, *doubt)
            unlisted.append(person)
            continue
        member = members[pairs.found[place]]
        if evidence := pairs.weak.get(place):
            person.notes += (f"{person.name!r} was taken to be {member.shown!r} of the class list: {evidence}",)
        same = mine.setdefault(member.shown, person)
        if same is not person:  # two systems' numbers of one person
            same.pieces = same.pieces + person.pieces
            same.notes += person.notes
        same.member, same.name = member, member.shown
        if member.shown != member.name:
            same.notes = (*(note for note in same.notes if not note.startswith(SEVERAL)), NAMESAKE)
    for group in groups.values():
        if len(group) > 1 or fold(group[0].group) in speakers:
            _share(group, speakers.get(fold(group[0].group), []), mine, account)
    _name_apart(members, mine, unlisted)
    return [*mine.values(), *unlisted]


def missing(submissions: Sequence[Submission], roster: "Roster", account: Account) -> Iterable[Submission]:
    """For everybody of the class and each notebook that somebody handed in: what is not there."""
    there = {(s.student, s.assignment) for s in submissions}
    notebooks = sorted({s.assignment for s in submissions if s.assignment})
    for member in sorted(roster.members, key=lambda member: member.shown):
        for notebook in notebooks:
            if (member.shown, notebook) not in there:
                yield Submission(
                    member.shown, "", "", notebook, None, sender=account(member, notebook), section=member.section
                )


def _split(person: Person, members: Sequence[Who]) -> list[Person]:
    """One person, or several where numbers tell that files under one name are several people's of the list."""
    found = by_number([who_of([piece]) for piece in person.pieces], members).found
    if len(set(found.values())) < 2:
        return [person]
    parts: dict[int | None, list[Piece]] = defaultdict(list)
    for place, piece in enumerate(person.pieces):
        parts[found.get(place)].append(piece)
    first, *rest = parts.values()
    person.pieces = first
    return [person, *(Person(person.name, pieces=pieces, notes=person.notes) for pieces in rest)]


# --- Groups -----------------------------------------------------------------------------------------------------------


def _speakers(people: Sequence[Person], groups: Mapping[str, Sequence]) -> tuple[dict[str, list[Person]], list[Person]]:
    """By group, the senders that bear its name (Moodle's group submissions: mod/assign/classes/downloader.php,
    get_student_prefix); and all others."""
    speakers, others = defaultdict(list), []
    for person in people:
        names = {fold_name(claim.sender.name) for _, claim in person.pieces}
        group = next((group for group in groups if fold_name(group) in names), None)
        if group is not None and any(found.content.gradable for found, _ in person.pieces):
            speakers[group].append(person)
        else:
            others.append(person)
    return speakers, others


def _share(group: "Sequence[Member]", speakers: Sequence[Person], mine: dict[str, Person], account: Account):
    """Gives everybody in a group what one of them handed in, unless they answered it differently."""
    label = group[0].group
    by: dict[str, dict[str, Piece]] = defaultdict(dict)  # notebook -> who -> the best of their files
    for name, person in [*((m.shown, mine[m.shown]) for m in group if m.shown in mine), *(("", p) for p in speakers)]:
        for piece in sorted(person.pieces, key=rank):
            if piece[0].content.gradable:
                by[piece[0].content.assignment][name] = piece
    for notebook, pieces in by.items():
        answered = {name: piece for name, piece in pieces.items() if piece[0].content.answered}
        differ = len({_answers(piece) for piece in answered.values()}) > 1
        giver, best = max(pieces.items(), key=lambda item: rank(item[1]))  # answered, if one is
        for member in group:
            own = pieces.get(member.shown)
            if member.shown not in answered and (own is None or answered):
                note = f"handed in by {giver} for group {label}" if giver else f"handed in for group {label}"
                person = mine.setdefault(member.shown, Person(member.shown, member=member))
                person.pieces = [*person.pieces, _given(best, member, notebook, note, differ, person, account)]
            elif differ and own is not None:
                person = mine[member.shown]
                claim = dataclasses.replace(own[1], notes=(*own[1].notes, GROUP_DIFFERS))
                person.pieces = [(own[0], claim) if piece is own else piece for piece in person.pieces]


def _answers(piece: Piece) -> tuple[str, ...]:
    notebook = piece[0].content.notebook
    return tuple(cell.source for cell in notebook.cells) if notebook else ()


def _given(
    piece: Piece, member: "Member", notebook: str, note: str, differ: bool, person: Person, account: Account
) -> Piece:
    """A file of one's group as one's own: under the name and number that the LMS has for oneself."""
    found, claim = piece
    sender = account(member, notebook)
    own = next((c.sender.name for _, c in person.pieces if c.sender.system), sender.name)
    system, number = claim.sender.system, sender.id if sender.system == claim.sender.system else ""
    sender = Sender(own, system, number, late=claim.sender.late)
    notes = (*claim.notes, note, GROUP_DIFFERS) if differ else (*claim.notes, note)
    return found, dataclasses.replace(claim, sender=sender, notes=notes)


# --- Names ------------------------------------------------------------------------------------------------------------


def _name_apart(members: "Sequence[Member]", mine: Mapping[str, Person], unlisted: Sequence[Person]):
    """Gives those who are not on the list names that nobody on it has, and everybody a folder of their own. Who had a
    folder keeps it: it is the name in the gradebook, with what people gave by hand, list or no list."""
    taken = {fold(member.shown) for member in members}
    for person in unlisted:
        name, number = person.name, 1
        while fold(person.name) in taken:
            number += 1
            person.name = f"{name} ({number})"
        taken.add(fold(person.name))
    folders = {fold(person.folder) for person in [*mine.values(), *unlisted]}
    for person in [*mine.values(), *unlisted]:
        if not person.folder:
            person.folder = safe_folder(person.name)
            if fold(person.folder) in folders:
                person.folder = f"{cut(person.folder, 91)}-{digest(person.name)}"
            folders.add(fold(person.folder))
