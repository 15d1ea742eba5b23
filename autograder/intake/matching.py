"""Who is meant: people of one list found in another, by number, login or address, else by name.

Two people are never taken for one because they look alike: a name counts only if exactly one person there has it and
nobody else here claims it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from autograder.intake.clean import fold, fold_name


@dataclass(frozen=True)
class Who:
    """What is known of somebody.

    Attributes:
      names: as they were written.
      ids: numbers, logins and addresses, folded, each with the system that gave it; "" for one that is theirs anywhere.
    """

    names: tuple[str, ...]
    ids: frozenset[tuple[str, str]] = frozenset()


@dataclass
class Pairs:
    """What `pair` found, by places in the two lists.

    Attributes:
      found: who is whom. Several may be the same person there only by their numbers.
      weak: why it was believed, where a person should have a look; of some of those found.
      doubtful: who may be meant, for those who are not found.
    """

    found: dict[int, int] = field(default_factory=dict)
    weak: dict[int, str] = field(default_factory=dict)
    doubtful: dict[int, tuple[int, ...]] = field(default_factory=dict)


def pair(people: Sequence[Who], members: Sequence[Who]) -> Pairs:
    """Finds each of `people` among `members`."""
    pairs = by_number(people, members)
    for keys, evidence in _BY_NAME:
        _by_name(people, members, keys, evidence, pairs)
    return pairs


# --- By number --------------------------------------------------------------------------------------------------------


def by_number(people: Sequence[Who], members: Sequence[Who]) -> Pairs:
    """What numbers, logins and addresses alone tell."""
    pairs = Pairs()
    holders = defaultdict(list)
    for place, member in enumerate(members):
        for known in member.ids:
            holders[known].append(place)
    for place, person in enumerate(people):
        same = {
            holder
            for system, number in person.ids
            for known in {(system, number), ("", number)}
            for holder in holders.get(known, ())
            if _is_sure(system, known, person, members[holder])
        }
        if len(same) == 1:
            pairs.found[place] = same.pop()
        elif same:
            pairs.doubtful[place] = tuple(sorted(same))
    return pairs


def _is_sure(system: str, known: tuple[str, str], person: Who, member: Who) -> bool:
    """Whether a number means the same person. Moodle numbers groups too, and a bare number on a list may be anything:
    there the names must not speak against it."""
    bare = known[1].isdecimal() and not known[0] and system
    return agree(person, member) if system == "Moodle" or bare else True


def agree(one: Who, other: Who) -> bool:
    """Whether two names may be one person's: a word in common, or one made of the other's letters, as a file system
    leaves them of "Zoë Ångström": "Zo ngstrm"."""
    for a in one.names:
        for b in other.names:
            shared = set(words(a)) & set(words(b))
            if any(len(word) > 1 for word in shared) or not words(a) or not words(b):
                return True
            short, long = sorted(("".join(words(a)), "".join(words(b))), key=len)
            letters = iter(long)
            if 2 * len(short) >= len(long) and all(letter in letters for letter in short):
                return True
    return False


# --- By name ----------------------------------------------------------------------------------------------------------


def words(name: str) -> list[str]:
    """The words of a name, folded, without numbers and marks."""
    return re.findall(r"[^\W\d_]+", fold(name))


def _exact(who: Who) -> Iterable[str]:
    return map(fold_name, who.names)


def any_order(name: str) -> str:
    """The words of a name in an order that is the same whatever theirs is."""
    return " ".join(sorted(words(name)))


def run_together(name: str) -> list[str]:
    """As Canvas writes a name, "lovelaceada", whichever word comes first."""
    parts = words(name)
    return ["".join(parts[place:] + parts[:place]) for place in range(len(parts))]


def _any_order(who: Who) -> Iterable[str]:
    return (any_order(name) for name in who.names if len(words(name)) > 1)


def _run_together(who: Who) -> Iterable[str]:
    return (letters for name in who.names for letters in run_together(name))


def _login(who: Who) -> Iterable[str]:
    """What stands before the @ of an address, and a name that may be that."""
    yield from (fold(name) for name in who.names if " " not in name)
    yield from (number.partition("@")[0] for _, number in who.ids if "@" in number)


_BY_NAME: tuple[tuple[Callable[[Who], Iterable[str]], str], ...] = (
    (_exact, ""),
    (_any_order, "the same words in another order"),
    (_run_together, "the same letters run together"),
    (_login, "the beginning of the e-mail address"),
)


def _by_name(people: Sequence[Who], members: Sequence[Who], keys: Callable, evidence: str, pairs: Pairs):
    """Adds those of whom exactly one member has a key, and no other person that key or that member."""
    holders, claims = defaultdict(set), defaultdict(set)
    for place, member in enumerate(members):
        for key in keys(member):
            holders[key].add(place)
    fits: dict[int, set[int]] = {}
    for place, person in enumerate(people):
        if place in pairs.found:
            continue
        fits[place] = set().union(*(holders.get(key, ()) for key in keys(person)))
        for holder in fits[place]:
            claims[holder].add(place)
    taken = set(pairs.found.values())
    for place, fitting in fits.items():
        if len(fitting) == 1 and place not in pairs.doubtful:
            (holder,) = fitting
            if holder not in taken and len(claims[holder]) == 1:
                pairs.found[place] = holder
                if evidence:
                    pairs.weak[place] = evidence
                continue
        if fitting:
            pairs.doubtful.setdefault(place, tuple(sorted(fitting)))
