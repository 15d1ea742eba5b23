"""Folders and files that no system named: who is meant is told by where they lie and in what their names differ."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.intake.clean import common_start, fold
from autograder.intake.source import NOTEBOOK_ENDINGS, Aside, Claim, Found, Source
from autograder.results import UNKNOWN_SENDER, Sender

# Words of names that mean a piece of work, a version of it or a place for it, and nobody.
_WORDS = frozenset(
    word
    for words in (
        "hw homework assignment assignments exercise exercises ex sheet week lab task project problem set part",
        "notebook notebooks nb ipynb submission submissions submitted submit handin handed in resubmission",
        "resubmitted rl answer answers solution solutions solved done my the a of and for to reinforcement learning",
        "workshop course class group section team round final finished draft version ver v rev attempt try old new",
        "newest latest current copy backup original orig unchanged untouched template updated update fixed corrected",
        "improved better good first second third last early late inner folder files file data download downloads",
        "export untitled jupyter colab test temp tmp misc archive other work src code handouts materials material",
        "slides rubric docs readme notes abgabe abgaben aufgabe hausaufgabe übung uebung blatt kopie entwurf neu alt",
        "loesung lösung devoir exercice copie",
    )
    for word in words.split()
)
_ASIDE = Aside("left out: it is not a notebook and lies beside the submissions")


@dataclass
class _Folder:
    """A folder or zip of the tree, and what lies in it."""

    path: tuple[str, ...]
    folders: dict[str, "_Folder"] = field(default_factory=dict)
    files: list[Found] = field(default_factory=list)
    works: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # notebook -> what is answered in it
    any_work: bool = False

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def is_zip(self) -> bool:
        return self.name.lower().endswith(".zip")

    def notebooks(self) -> list[Found]:
        """Those that lie directly in it."""
        return [found for found in self.files if found.content.assignment]

    def everything(self) -> Iterable[Found]:
        waiting = [self]
        while waiting:
            folder = waiting.pop()
            yield from folder.files
            waiting += folder.folders.values()


class Plain(Source):
    """`<student>/…/<notebook>`, `<class>/<student>/…`, nbgrader's `<student>/<assignment>/<notebook>`, zips in place of
    folders, and flat files, in which the person is the part in which the names differ: `HW1_li.ipynb`, `li_HW1.ipynb`.
    Where that cannot be told, the whole name stands for the person.

    Args:
      files: those that no other source knows.
      assignments: the names of the course's notebooks; their words mean no person.
      alone: no other source knows any file.
    """

    def __init__(self, files: Sequence[Found], assignments: Iterable[str] = (), alone: bool = True):
        self._words = _WORDS | {token for name in assignments for token in _tokens(name)}
        self._verdicts: dict[str, tuple[Claim, ...] | Aside] = {}
        root = _Folder(())
        for found in files:
            self._plant(root, found)
        self._place(root)
        if alone and not any(isinstance(verdict, tuple) for verdict in self._verdicts.values()):
            for found in files:  # nothing in it looks like a submission: all of it may be meant as one
                self._claim_file(found, _stem(found.parts[-1]), told=False)

    def recognise(self, found: Found) -> tuple[Claim, ...] | Aside | None:
        return self._verdicts.get(found.path)

    # --- The tree -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _plant(root: _Folder, found: Found):
        folder, content = root, found.content
        for n in range(len(found.parts)):
            folder.any_work |= bool(content.assignment)
            if content.answered:
                folder.works[content.assignment].add(found.sha256)
            if n < len(found.parts) - 1:
                name = found.parts[n]
                folder = folder.folders.setdefault(name, _Folder(found.parts[: n + 1]))
        folder.files.append(found)

    def _place(self, group: _Folder):
        """Gives each file in a folder of several people's work its person."""
        working = [inner for inner in group.folders.values() if inner.any_work]
        alone = len(working) == 1 and not group.notebooks()
        flat: list[Found | _Folder] = [f for f in group.files if f.content.assignment or _wants_a_line(f)]
        for inner in group.folders.values():
            if self._is_group(inner, alone) if inner.any_work else self._is_label(inner.name):
                self._place(inner)
            elif inner.is_zip:
                flat.append(inner)
            else:
                self._claim_folder(inner, inner.name)
        affixes = self._place_flat(flat)
        for found in group.files:
            if found.path not in self._verdicts:
                stem = _stem(found.parts[-1])
                rest = next((r for a, b in affixes if (r := _between(stem, a, b))), "")
                if rest:
                    self._claim_file(found, rest, told=True)
                else:
                    self._verdicts[found.path] = _ASIDE

    def _is_group(self, folder: _Folder, alone: bool) -> bool:
        """Whether a folder holds several people's work rather than one person's.

        Args:
          folder: it has notebooks of the course in it somewhere.
          alone: there are no others beside it.
        """
        notebooks = folder.notebooks()
        inner = [f for f in folder.folders.values() if f.any_work]
        people = [f for f in inner if not self._is_generic(f.name)]
        if self._differ_by_person(notebooks, also_untouched=alone):
            return True
        if self._is_label(folder.name):
            if notebooks and not people:
                return all(not self._is_generic(_stem(found.parts[-1])) for found in notebooks)
            return bool(people) or any(self._is_group(f, len(inner) == 1) for f in inner)
        if any(found.content.answered for found in notebooks):
            return False
        if alone and not notebooks and people:
            return True
        return _share_a_notebook(people) or any(self._is_generic(f.name) and self._several_people(f) for f in inner)

    def _several_people(self, folder: _Folder) -> bool:
        people = [f for f in folder.folders.values() if f.any_work and not self._is_generic(f.name)]
        return self._differ_by_person(folder.notebooks()) or _share_a_notebook(people)

    def _differ_by_person(self, notebooks: list[Found], also_untouched: bool = False) -> bool:
        """Whether files in one folder answer the same notebook differently, under what look like people's names."""
        same: defaultdict[str, dict] = defaultdict(dict)
        for found in notebooks:
            if found.content.answered or also_untouched:
                key = found.path if also_untouched else found.sha256
                same[found.content.assignment][key] = _stem(found.parts[-1])
        for stems in same.values():
            parts = self._differing(list(stems.values())) if len(stems) > 1 else {}
            if len({fold(part) for part in parts.values() if not self._is_generic(part)}) > 1:
                return True
        return False

    # --- People -------------------------------------------------------------------------------------------------------

    def _claim_folder(self, folder: _Folder, name: str):
        for found in folder.everything():
            below = found.parts[len(folder.path) : -1]
            within = next((part for part in below if not self._is_generic(_stem(part))), "")
            claim = Claim(Sender(name), ("folder", *folder.path), "/".join(folder.path), within=within)
            self._verdicts[found.path] = (claim,)

    def _claim_file(self, found: Found, name: str, told: bool):
        notes = () if told else (UNKNOWN_SENDER,)
        self._verdicts[found.path] = (Claim(Sender(name), ("file", found.path), found.path, notes=notes),)

    def _place_flat(self, entries: list[Found | _Folder]) -> list[tuple[str, str]]:
        """Gives files and zips that lie side by side their people; returns what is before and behind them."""
        groups: dict[str, list[Found | _Folder]] = defaultdict(list)
        for entry in entries:
            content = min(entry.works, default="") if isinstance(entry, _Folder) else entry.content.assignment
            groups[content].append(entry)
        names: dict = {}
        affixes, known = [], set()
        for members in groups.values():
            stems = list(dict.fromkeys(_stem(_name(entry)) for entry in members))
            if len(stems) > 1:
                parts = self._differing(stems)
                names |= parts
                known |= {fold(part) for part in parts.values()}
                stem, part = next(iter(parts.items()))
                before, _, behind = stem.partition(part)
                if all(stem == before + part + behind for stem, part in parts.items()) and before + behind:
                    affixes.append((before, behind))
        for entry in entries:
            stem = _stem(_name(entry))
            alone = self._without_words(stem)
            name = names.get(stem) or (alone if fold(alone) in known else "")
            if isinstance(entry, _Folder):
                self._claim_folder(entry, name or stem)
            else:
                self._claim_file(entry, name or stem, told=bool(name))
        return affixes

    def _differing(self, stems: list[str]) -> dict[str, str]:
        """For each of several names the part in which it differs from the others, words for pieces of work taken off;
        the whole name if nothing else is left."""
        pieces = [re.split(r"([\s_.-]+)", stem) for stem in stems]
        before = len(common_start(pieces))
        behind = len(common_start([list(reversed(p[before:])) for p in pieces]))
        parts = {}
        for stem, p in zip(stems, pieces, strict=True):
            middle = "".join(p[before : len(p) - behind]).strip(" _.-")
            parts[stem] = self._without_words(middle) or middle or stem
        return parts

    def _without_words(self, text: str) -> str:
        """`text` without words and small numbers at its ends that mean no person."""
        pieces = re.split(r"([\s_.-]+)", text)
        while pieces and (not pieces[0].strip(" _.-") or self._is_generic(pieces[0])):
            del pieces[0]
        while pieces and (not pieces[-1].strip(" _.-") or self._is_generic(pieces[-1])):
            del pieces[-1]
        return "".join(pieces)

    def _is_generic(self, name: str) -> bool:
        """Whether a name means no person: it is made of words for work and versions, numbers and single letters."""
        tokens = _tokens(name)
        return not name.strip(" _.-()") or (
            bool(tokens)
            and all(
                t in self._words or (len(t) == 1 and t.isascii()) or (t.isdecimal() and len(t) <= 3) for t in tokens
            )
        )

    def _is_label(self, name: str) -> bool:
        """Whether a folder's name is such a word: "hw1", and not "7", which may be a person's number."""
        return self._is_generic(name) and any(token in self._words for token in _tokens(name) if len(token) > 1)


def _wants_a_line(found: Found) -> bool:
    """Whether a file is surely meant as a submission though it is no notebook of the course."""
    archive = "archive" in found.content.problem
    return bool(found.file.problem) or archive or found.parts[-1].lower().endswith(".ipynb")


def _share_a_notebook(folders: list[_Folder]) -> bool:
    """Whether several folders hold different answers to the same notebook."""
    seen: dict[str, set[str]] = {}
    for folder in folders:
        for assignment, contents in folder.works.items():
            if assignment in seen and contents - seen[assignment]:
                return True
            seen.setdefault(assignment, set()).update(contents)
    return False


def _name(entry: Found | _Folder) -> str:
    return entry.name if isinstance(entry, _Folder) else entry.parts[-1]


def _stem(name: str) -> str:
    """A file's name without the endings that notebooks have."""
    stem = NOTEBOOK_ENDINGS.sub("", name)
    if stem == name and "." in name[1:-1]:
        stem = name.rpartition(".")[0]
    return stem.strip() or name


def _between(stem: str, before: str, behind: str) -> str:
    inside = len(stem) > len(before) + len(behind) and stem.startswith(before) and stem.endswith(behind)
    return stem[len(before) : len(stem) - len(behind)] if inside else ""


def _tokens(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", fold(name))
