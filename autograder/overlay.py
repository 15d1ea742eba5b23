"""A private overlay: what an instructor who grades for credit changes in the public course, kept outside of it.

An overlay is a folder with `solutions/<notebook>.py`. They have the format of the course's sources (see `course`) and
hold only what differs:

    # %% test="discounted_return" points=3   exercise, check, test, written: in place of the public cell of that name
    # %% [markdown]                          right before an exercise: in place of the prose right before the public one
    # %% tags=["setup"]                      in place of the public set-up cell
    # %% given="gamma"                       in place of the one public cell without a name that defines `gamma`

A new exercise (its exercise, check and test) or written question goes behind the exercise whose cell stands before it
in the overlay, and behind the demos of that; with none before it, to the notebook's end. Prose and code around it come
along, from the exercise before to the statement of the next. Any other cell without a name is refused, unless it is all
comments: those are for whoever reads the overlay. A file with no public notebook's name is a notebook of its own.

`tests/answers/<notebook>/<exercise>.py` may hold wrong answers, as beside the public course. Where an overlay replaces
an exercise's cell or hidden test, the public ones no longer count: what is wrong there may be right here.
"""

import ast
import difflib
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from nbformat import NotebookNode

from autograder.answers import bound_names
from autograder.course import (
    Assignment,
    Course,
    CourseError,
    Overlay,
    SourceCell,
    is_demo,
    load_course,
    make_assignment,
    package_of,
    read_source,
    source_files,
    wrong_answers,
)

_Key = tuple[str, str]  # what a header names: ("test", "discounted_return"); ("tags", "setup") of the set-up cell


def load_overlaid_course(folder: Path, root: Path | None = None) -> Course:
    """The public course with the overlay in `folder` on it.

    Args:
      folder: the overlay.
      root: of the public course; default: the one around the working directory.
    Raises:
      CourseError: `folder` is no overlay, or it lies in the public course, or a source of it breaks a rule.
    """
    folder, public = folder.resolve(), load_course(root)
    if not (folder / "solutions").is_dir():
        raise CourseError(f"--course {folder}: it needs a folder solutions/ with <notebook>.py, and has none")
    if folder.is_relative_to(public.root):
        raise CourseError(
            f"--course {folder} lies in the course that it changes, {public.root}: keep an overlay outside, so that "
            "nobody publishes it, and run this in the public course"
        )
    own = {path.stem: _overlaid(path, public) for path in source_files(folder)}
    assignments = dict(sorted((public.assignments | own).items()))
    _refuse_unused_answers(folder, own)
    return Course(public.root, assignments, Overlay(folder, _digest(folder)))


def _overlaid(path: Path, public: Course) -> Assignment:
    """The notebook that a source of the overlay makes: the public one of that name with what differs, or its own."""
    folder, name = path.parents[1], path.stem
    called = f"{folder.name}/solutions/{path.name}"
    package = package_of(public.root)
    cells, wrong = read_source(path, called), {}
    if name in public.assignments:
        merge = _Merge(read_source(public.root / "solutions" / path.name, path.name))
        merge.put(cells)
        cells = merge.cells()
        wrong = {e: answer for e, answer in public.assignments[name].wrong.items() if e not in merge.changed}
        assignment = make_assignment(name, cells, called, *package, public=False)
    else:
        try:
            assignment = make_assignment(name, cells, called, *package, public=False)
        except CourseError as error:
            raise CourseError(f"{error}. The public course has no notebook {name}, so this is a whole one") from None
    return replace(assignment, wrong=wrong | wrong_answers(folder, assignment))


class _Merge:
    """A public notebook's cells, and what an overlay puts in their place, before them and behind them.

    Attributes:
      changed: the exercises whose cell or hidden test is replaced.
    """

    def __init__(self, public: list[SourceCell]):
        self._public = public
        self._places = {key: place for place, source in enumerate(public) if (key := _key(source.cell))}
        self._replaced: dict[int, SourceCell] = {}
        self._before: dict[int, SourceCell] = {}
        self._behind: dict[int, list[SourceCell]] = defaultdict(list)
        self.changed: set[str] = set()

    def put(self, overlay: list[SourceCell]):
        """Gives each of the overlay's cells its place.

        Raises:
          CourseError: one has none.
        """
        new = self._new({key for source in overlay if (key := _key(source.cell))})
        place, below_new = len(self._public) - 1, False  # behind which new cells go; whether some have just gone there
        loose: list[SourceCell] = []  # cells without a name, until it is clear whose they are
        for source in overlay:
            key = _key(source.cell)
            if key is None:
                loose += [] if _is_comment(source.cell) else [source]
            elif key[0] in ("tags", "given"):
                self._replace(self._place(source), source)
            elif key in new:
                self._add(place, [*loose, source])
                loose, below_new = [], True
            else:
                found = self._place(source)
                if key[0] == "exercise" and loose and _is_prose(loose[-1].cell):
                    self._replace_statement(found, loose.pop())
                self._add(place, _owned(loose, below_new))
                self._replace(found, source)
                place, loose, below_new = self._end_of(found), [], False
        self._add(place, _owned(loose, below_new))

    def cells(self) -> list[SourceCell]:
        """The notebook with the overlay on it."""
        merged = []
        for place, source in enumerate(self._public):
            merged += [self._before[place]] if place in self._before else []
            merged += [self._replaced.get(place, source), *self._behind[place]]
        return merged

    def _new(self, named: set[_Key]) -> set[_Key]:
        """Of what the overlay names, the questions and the exercises that the public notebook does not have."""
        missing = named - self._places.keys()
        exercises = {name for kind, name in missing if kind == "exercise"}
        graded = {(kind, name) for kind, name in missing if kind in ("exercise", "check", "test") and name in exercises}
        return graded | {key for key in missing if key[0] == "written"}

    def _place(self, source: SourceCell) -> int:
        """The place of the public cell that `source` is to replace."""
        kind, name = key = cast(_Key, _key(source.cell))
        if kind == "given":
            found = [place for place, public in enumerate(self._public) if _defines(public.cell, name)]
            if len(found) == 1:
                return found[0]
            count = f"{len(found)} cells" if found else "no cell"
            raise CourseError(
                f"{source.where}: the public notebook has {count} without a name to define {name}; "
                "write a name that exactly one of them defines"
            )
        if key in self._places:
            return self._places[key]
        near = difflib.get_close_matches(name, [other for kind_, other in self._places if kind_ == kind], 1)
        hint = f"is {near[0]} meant?" if near else "a new exercise needs its exercise, check and test here"
        raise CourseError(f"{source.where}: the public notebook has no {kind} {name}; {hint}")

    def _replace(self, place: int, source: SourceCell):
        if place in self._replaced:
            earlier = self._replaced[place].where
            raise CourseError(f"{source.where}: {earlier} takes the same public cell's place; leave one of them out")
        public = self._public[place].cell
        if "given" in source.cell.metadata:
            source = replace(source, cell=_like(public, source.cell))
        self._replaced[place] = source
        kind, name = _key(public) or ("", "")
        if kind in ("exercise", "test"):
            self.changed.add(name)

    def _replace_statement(self, exercise: int, source: SourceCell):
        if exercise and _is_prose(self._public[exercise - 1].cell):
            self._replace(exercise - 1, source)
        else:
            self._before[exercise] = replace(source, added=True)

    def _add(self, place: int, sources: Iterable[SourceCell]):
        self._behind[place] += [replace(source, added=True) for source in sources]

    def _end_of(self, place: int) -> int:
        """The last cell of the exercise or question at `place`: of its own ones and the demos behind them."""
        end = place
        for later in range(place + 1, len(self._public)):
            kind = (_key(self._public[later].cell) or ("",))[0]
            if kind in ("exercise", "written"):
                break
            if kind or is_demo(self._public[later].cell):
                end = later
        return end


def _key(cell: NotebookNode) -> _Key | None:
    """What the header names."""
    if "setup" in cell.metadata.get("tags", []):
        return "tags", "setup"
    kinds = ("written",) if cell.cell_type == "markdown" else ("exercise", "check", "test", "given")
    return next(((kind, str(cell.metadata[kind])) for kind in kinds if kind in cell.metadata), None)


def _is_prose(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and _key(cell) is None


def _is_comment(cell: NotebookNode) -> bool:
    lines = cell.source.splitlines()
    return cell.cell_type == "code" and all(not line.strip() or line.startswith("#") for line in lines)


def _owned(loose: list[SourceCell], below_new: bool) -> list[SourceCell]:
    """Cells without a name, which only a new exercise above them can own.

    Raises:
      CourseError: there is none.
    """
    if loose and not below_new:
        raise CourseError(
            f"{loose[0].where}: nothing says what it replaces. Prose may stand right before an exercise; give code "
            'tags=["setup"] or given="<a name that the public cell defines>"; for other changes write a whole notebook '
            "under a name of its own"
        )
    return loose


def _like(public: NotebookNode, given: NotebookNode) -> NotebookNode:
    """The cell `given` with a header as the public one's."""
    metadata = {key: value for key, value in given.metadata.items() if key not in ("given", "tags")}
    metadata |= {"tags": public.metadata.tags} if "tags" in public.metadata else {}
    return NotebookNode(given | {"metadata": NotebookNode(metadata)})


def _defines(cell: NotebookNode, name: str) -> bool:
    if cell.cell_type != "code" or _key(cell):
        return False
    try:
        return name in bound_names(ast.parse(cell.source), [name])
    except SyntaxError:  # IPython's own
        return False


def _answer_files(folder: Path) -> list[Path]:
    return sorted((folder / "tests" / "answers").glob("*/*.py"))


def _refuse_unused_answers(folder: Path, own: Mapping[str, Assignment]):
    """A wrong answer that nobody reads would be missed by nobody."""
    names = {(name, exercise.name) for name, assignment in own.items() for exercise in assignment.exercises}
    for path in _answer_files(folder):
        if (path.parent.name, path.stem) not in names:
            raise CourseError(
                f"{folder.name}/{path.relative_to(folder).as_posix()}: solutions/{path.parent.name}.py of this overlay "
                f"makes no exercise {path.stem}; rename it or take it away"
            )


def _digest(folder: Path) -> str:
    """Of everything that an overlay changes a grade by."""
    digest = hashlib.sha256()
    for path in (*source_files(folder), *_answer_files(folder)):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()[:12]
