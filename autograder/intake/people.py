"""Who is who: files of one person in several downloads put together, and never two people silently one."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.intake.clean import cut, digest, fold, safe_folder
from autograder.intake.matching import any_order, run_together, words
from autograder.intake.source import Claim, Found

if TYPE_CHECKING:
    from autograder.roster import Member

Piece = tuple[Found, Claim]  # one file of one person
Account = tuple[str, ...]
SEVERAL = "there are several people called"  # a note


@dataclass
class Person:
    """Somebody of the class: the name to show, a folder's name, both unlike anybody else's, and the files. `member` is
    who it is on the class list, if there is one."""

    name: str
    folder: str = ""
    pieces: list[Piece] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    tag: str = ""  # what tells namesakes apart
    member: "Member | None" = None


def who_is_who(pieces: Iterable[Piece], global_ids: frozenset[str]) -> list[Person]:
    """Everybody who handed in something.

    People are one if they have one name, apart from case and Unicode's forms, or one number in a system that numbers
    people (`global_ids`). They are two if one system has two numbers for the name, or if different answers to the same
    notebook came from different hands.
    """
    accounts: dict[Account, list[Piece]] = defaultdict(list)
    for found, claim in pieces:
        accounts[_account(claim)].append((found, claim))
    together = _Union(accounts)
    doubles = _join_by_name(accounts, together, global_ids)
    remarks = _join_by_number(accounts, together) | _join_by_words(accounts, together, doubles)
    people = []
    for group in together.groups():
        mine = [piece for account in group for piece in accounts[account]]
        several = any(account in doubles for account in group)
        said = tuple(remarks[account] for account in group if account in remarks)
        for person in _by_hand(mine, several):
            person.notes += said
            people.append(person)
    _name_apart(people)
    return people


def _account(claim: Claim) -> Account:
    who = claim.sender
    if who.id and who.system:
        # Where numbers are not a person's, or may be another's elsewhere, the name belongs to it.
        return (who.system, who.id, fold(who.name))
    return ("", "", fold(who.name))


class _Union:
    """Accounts that are one person's."""

    def __init__(self, accounts: Iterable[Account]):
        self._above = {account: account for account in accounts}

    def _top(self, account: Account) -> Account:
        while self._above[account] != account:
            self._above[account] = account = self._above[self._above[account]]
        return account

    def join(self, one: Account, other: Account):
        self._above[self._top(other)] = self._top(one)

    def groups(self) -> list[list[Account]]:
        found = defaultdict(list)
        for account in self._above:
            found[self._top(account)].append(account)
        return list(found.values())


def _join_by_name(accounts: dict[Account, list[Piece]], together: _Union, global_ids: frozenset[str]) -> set[Account]:
    """Joins the accounts of one name, unless one system has several that are several people; returns those."""
    named, numbered = defaultdict(list), defaultdict(list)
    for account in accounts:
        named[account[2]].append(account)
        if account[0] in global_ids:
            numbered[account[:2]].append(account)
    doubles = set()
    for group in named.values():
        if _are_several(group, accounts, global_ids):
            doubles.update(group)
        else:
            for account in group[1:]:
                together.join(group[0], account)
    for group in numbered.values():
        for account in group[1:]:
            together.join(group[0], account)
    return doubles


def _are_several(group: list[Account], accounts: dict[Account, list[Piece]], global_ids: frozenset[str]) -> bool:
    """Whether accounts of one name are several people's: a system has two numbers for it, and those are people's, or
    both came with the same notebook (Moodle numbers a person anew for each)."""
    seen: dict[tuple[str, str], str] = {}
    for system, number, _ in group:
        if not system:
            continue
        if system in global_ids or system == "Brightspace":
            if seen.setdefault((system, ""), number) != number:
                return True
            continue
        for found, _ in accounts[system, number, group[0][2]]:
            notebook = found.content.assignment
            if notebook and seen.setdefault((system, notebook), number) != number:
                return True
    return False


def _join_by_number(accounts: dict[Account, list[Piece]], together: _Union) -> dict[Account, str]:
    """Joins what has a login or number as its name to the one whose login or number it is; returns remarks."""
    remarks = {}
    holders = defaultdict(set)
    for system, number, name in accounts:
        if system and system != "Moodle":
            holders[fold(number)].add((system, number, name))
    for account in accounts:
        system, _, name = account
        if not system and len(holders.get(name, ())) == 1:
            (holder,) = holders[name]
            together.join(holder, account)
            remarks[account] = _same(accounts, account, holder)
    return remarks


def _join_by_words(accounts: dict[Account, list[Piece]], together: _Union, doubles: set[Account]) -> dict[Account, str]:
    """Joins a loose file's name, `lovelace_ada`, and Canvas's, `lovelaceada`, to the one full name that they are made
    of, if there is one and its like is not there twice; returns remarks."""
    holders, joined = defaultdict(set), defaultdict(set)
    for account in accounts:
        is_full = len(words(account[2])) > 1 and account not in doubles and account[0] != "Canvas"
        if is_full and not _is_loose(accounts[account]):
            holders[any_order(account[2])].add(account)
            for letters in run_together(account[2]):
                joined[letters].add(account)
    remarks = {}
    for account in accounts:
        system, _, name = account
        if account in doubles:
            continue
        if system == "Canvas":
            found = joined.get(name, set())
        elif _is_loose(accounts[account]):
            found = holders.get(any_order(name), set()) - {account}
        else:
            continue
        if len({holder[2] for holder in found}) == 1:
            holder = min(found)
            together.join(holder, account)
            remarks[account] = _same(accounts, account, holder)
    return remarks


def _is_loose(pieces: list[Piece]) -> bool:
    return all(claim.owner[0] == "file" for _, claim in pieces)


def _same(accounts: dict[Account, list[Piece]], account: Account, holder: Account) -> str:
    name, full = (accounts[a][0][1].sender.name for a in (account, holder))
    return f"{name!r} was taken to be the same person as {full!r}"


def rank(piece: Piece) -> tuple:
    """Of several files for one notebook the last in this order counts: one that can be graded, with answers, on strong
    evidence that it is the course's, then the newest by the system's number or time, else the last by name."""
    found, claim = piece
    content = found.content
    newest = (claim.sender.attempt, claim.handed_in or found.file.time, found.path)
    return (content.notebook is not None, bool(content.answered), content.evidence, newest)


# --- Different hands --------------------------------------------------------------------------------------------------


def _by_hand(pieces: list[Piece], several: bool) -> list[Person]:
    """One person, or as many as there are different answers to the same notebook from different owners."""
    owners: dict[tuple, list[Piece]] = defaultdict(list)
    inside = defaultdict(set)
    for _, claim in pieces:
        inside[claim.owner].add(claim.within)
    for found, claim in pieces:
        split = len(inside[claim.owner] - {""}) > 1
        owners[(*claim.owner, claim.within) if split else claim.owner].append((found, claim))
    hands: dict[int, list[Piece]] = defaultdict(list)
    holder: dict[tuple[str, str], int] = {}  # notebook and content -> hand
    free: dict[str, int] = defaultdict(int)  # notebook -> the first hand that has no answers to it
    for mine in sorted(owners.values(), key=_earliest):
        answers = {(f.content.assignment, f.sha256) for f, _ in mine if f.content.answered}
        same = {holder.get(answer, -1) for answer in answers}
        hand = max((free[notebook] for notebook, _ in answers), default=0)
        if len(same) == 1 and -1 not in same:
            hand = same.pop()
        for notebook, content in answers:
            holder.setdefault((notebook, content), hand)
            free[notebook] = max(free[notebook], hand + 1)
        hands[hand] += mine
    return [_person(hands[hand], hand, len(hands), several) for hand in sorted(hands)]


def _earliest(pieces: list[Piece]) -> tuple:
    """What a system names comes before what only lies somewhere."""
    return min((not claim.sender.system, found.path) for found, claim in pieces)


def _person(pieces: list[Piece], hand: int, hands: int, several: bool) -> Person:
    best = min(pieces, key=lambda piece: (not piece[1].sender.system, piece[0].path))[1]
    person = Person(best.sender.name or "unknown", pieces=pieces)
    if hands > 1:
        person.notes += (
            f"different answers to one notebook came under the name {person.name!r} from {hands} places; they are "
            "graded apart, as if from different people: find out whether they are",
        )
        person.tag = _place(best) if hand else ""
    if several:
        person.notes += (f"{SEVERAL} {person.name!r}",)
        person.tag = best.sender.id or _place(best)
    return person


def _place(claim: Claim) -> str:
    return f"{claim.label}/{claim.within}" if claim.within else claim.label


# --- Names ------------------------------------------------------------------------------------------------------------


def _name_apart(people: list[Person]):
    """Gives everybody a name and a folder that nobody else has."""
    taken: set[str] = set()
    people.sort(key=lambda p: (bool(p.tag), p.name, p.tag))
    for person in people:
        name = person.name = f"{person.name} ({person.tag})" if person.tag else person.name
        number = 1
        while fold(person.name) in taken:
            number += 1
            person.name = f"{name} ({number})"
        taken.add(fold(person.name))
    same = defaultdict(list)
    for person in people:
        person.folder = safe_folder(re.sub(r" \(([^()]*)\)$", r"-\1", person.name))
        same[fold(person.folder)].append(person)
    for group in same.values():
        if len(group) > 1:
            for person in group:
                person.folder = f"{cut(person.folder, 91)}-{digest(person.name)}"
