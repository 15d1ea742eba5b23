"""The words and tables of the command line. Foreign text enters as `Text`, which rich takes for nothing but text."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.course import Course
from autograder.report import standing, words
from autograder.results import Result

AT_MOST = 8  # of one kind; the rest is in the report
_COLOURS = {"failed": "red", "rejected": "yellow", "flagged": "magenta", "late": "yellow", "missing": "yellow"}

# What is in the results' folder and who wants it; shown is what is there.
_PLACES = (
    ("report.html", "open this first: the class, what needs you, the commonest mistakes"),
    ("copies.html", "whose notebooks are alike: a reason to talk, never a score"),
    ("feedback", "hand back: a page for each notebook, in a folder for each person"),
    ("grades.csv", "all points in one table, for a spreadsheet"),
    ("moodle-*.csv", "Moodle: the assignment → Upload grading worksheet"),
    ("moodle-feedback-*.zip", "Moodle: the assignment → Upload multiple feedback files in a zip"),
    ("canvas.csv", "Canvas: Gradebook → Import"),
    ("canvas-*.csv", "Canvas: Gradebook → Import; your own export with one column filled"),
    ("canvas-feedback.zip", "Canvas: the assignment → Re-upload submissions; a page has its notebook's name there"),
    ("blackboard-*.csv", "Blackboard: Grade Center → Work Offline → Upload Grades"),
    ("brightspace-*.csv", "Brightspace: Grades → Import; fill in OrgDefinedId or Username from its export first"),
    ("gradescope-*.csv", "Gradescope: names, points and comments, to type in"),
    ("gradebook.db", "formgrader, to score by hand: run `jupyter lab` in this folder, then grade again"),
    ("results.json", "everything, for programs; what each file became is in manifest.json"),
)


def summary(results: Sequence[Result], *, everything: bool = False) -> RenderableType:
    """The class at a glance and what needs eyes; with `everything`, a line for each submission too."""
    parts: list[RenderableType] = [_notebooks(results)] if results else []
    if everything:
        parts += [Text(), _submissions(results)]
    for need in standing.needs(results):
        parts += [Text(), Text(f"{need.heading} ({need.count})", f"bold {_COLOURS.get(need.kind, '')}")]
        if need.advice:
            parts.append(_indented(Text(need.advice, "dim"), 2))
        kept = need.concerns if everything else need.concerns[:AT_MOST]
        parts += [_concern(concern) for concern in kept]
        if left := len(need.concerns) - len(kept):
            parts.append(_indented(Text(f"and {left} more: report.html has them, --all prints them", "dim"), 2))
    if repaired := sum(bool(result.notes) for result in results):
        parts += [
            Text(),
            Text(f"{words.plural(repaired, 'notebook')} with notes on what was repaired: see report.html."),
        ]
    return Group(*parts)


def _notebooks(results: Sequence[Result]) -> Table:
    """A line for each notebook: how many, how well."""
    notebooks = standing.standings(results)
    missing = ["Missing:r"] if any(notebook.missing for notebook in notebooks) else []
    table = _table("Notebook", "Graded:r", "Mean:r", "Untouched:r", "Failed:r", "Late:r", *missing)
    for notebook in notebooks:
        mean = "–" if notebook.mean is None else f"{100 * notebook.mean:.0f} %"
        graded = len(notebook.results) - notebook.failed - notebook.missing
        numbers = [notebook.untouched, notebook.failed, notebook.late, *([notebook.missing] if missing else [])]
        table.add_row(Text(words.name(notebook.name)), str(graded), mean, *(str(number or "") for number in numbers))
    return table


def _submissions(results: Iterable[Result]) -> Table:
    table = _table("Student", "Notebook", "Score:r", "%:r", "Status", "What to know")
    for result in results:
        share = f"{100 * result.share:.0f}" if result.max_score else "–"
        cells = (words.name(result.student), words.name(result.notebook), words.score(result), share, result.status)
        style = _COLOURS.get(result.status, "")
        table.add_row(*(Text(cell, style) for cell in cells), Text("; ".join(_to_know(result)), style))
    return table


def _to_know(result: Result) -> list[str]:
    """Remarks on one submission, in a few words each."""
    remarks = [words.line(result.message)] if result.message else []
    remarks += [f"⚑ {words.line(flag)}" for flag in result.flags]
    remarks += [words.line(result.explanation)] if result.explanation else []
    remarks += [words.lateness(result)] if result.late and not result.penalty else []
    lost = [words.line(exercise.name, 60) for exercise in result.exercises if not exercise.solved]
    if result.untouched:
        remarks.append("untouched")
    elif lost:
        every = len(lost) == len(result.exercises)
        remarks.append(f"lost points in {'every exercise' if every else ', '.join(lost)}")
    return remarks


def _concern(concern: standing.Concern) -> RenderableType:
    """As "Ada Lovelace, 01_agents (20/26): why", with the rest of a long line indented."""
    text = Text(overflow="fold")
    if concern.result is not None:
        text.append(words.name(concern.result.student), "bold")
    if concern.notebook:
        text.append(", " if concern.result is not None else "").append(words.name(concern.notebook))
    if concern.result is not None and concern.result.status == "graded" and concern.notebook:
        text.append(f" ({words.score(concern.result)})", "dim")
    return _indented(text.append(f": {words.line(concern.text)}" if concern.text else ""), 2)


def files(out: Path, results: Sequence[Result], course: Course | None = None) -> RenderableType:
    """Which of the files in `out` goes where."""
    lines = Table.grid(padding=(0, 2))
    lines.add_column(overflow="fold", max_width=42)
    lines.add_column(overflow="fold")
    for pattern, use in _PLACES:
        found = sorted(out.glob(pattern))
        if not found:
            continue
        name = found[0].name + "/" * found[0].is_dir()
        if len(found) > 1:
            name, use = pattern, f"{use}; {len(found)} files, one for each assignment"
        lines.add_row(Text(words.name(name), "bold"), Text(f"→ {use}"))
    return Group(Text.assemble("In ", (words.line(str(out)), "bold"), ":"), Padding(lines, (0, 0, 0, 2)))


def changes(before: Iterable[Result], after: Iterable[Result]) -> RenderableType | None:
    """Whose scores are others than at the run before, from what to what; None where all are the same."""
    old = {(result.student, result.notebook): result for result in before}
    changed = [
        (old[key], new)
        for new in after
        if (key := (new.student, new.notebook)) in old and _standing(old[key]) != _standing(new)
    ]
    if not changed:
        return None
    table = _table("Student", "Notebook", "Was:r", "Is:r", "Where")
    for was, now in changed:
        names = (Text(words.name(now.student)), Text(words.name(now.notebook)))
        table.add_row(*names, _said(was), _said(now), Text(_where(was, now)))
    return Group(Text(f"Changed since the last run ({len(changed)})", "bold"), Text(), table)


def _standing(result: Result) -> tuple:
    return round(result.final_score, 9), result.max_score, result.status


def _said(result: Result) -> str:
    return words.score(result) if result.status == "graded" else result.status


def _where(was: Result, now: Result) -> str:
    """The exercises that made the difference, else what else did."""
    points = {exercise.name: exercise.final_score for exercise in was.parts}
    moved = [
        f"{words.line(e.name, 60)} {points[e.name]:g} → {e.final_score:g}"
        for e in now.parts
        if e.name in points and points[e.name] != e.final_score
    ]
    return ", ".join(moved) or words.line(now.message or now.explanation or was.explanation)


def exercises(result: Result, title: str = "") -> RenderableType:
    """One notebook's exercises, for the learner's terminal."""
    heading = Text(f"{words.line(title or result.notebook)}: ", "bold")
    if result.status != "graded":
        return Group(heading.append(f"not graded. {words.line(result.message)}"))
    open_ones = [exercise for exercise in result.exercises if not exercise.solved]
    if result.untouched and open_ones:
        first = words.line(open_ones[0].name, 60)
        start = f"Nothing in it is answered yet. Start with {first}: put your answer where its cell raises "
        return Group(heading.append(f"{result.max_score:g} points to earn"), Text(f"{start}NotImplementedError."))
    heading.append(f"{result.final_score:g} of {result.max_score:g} points")
    table = _table("", "Exercise", "Points:r", "What to look at")
    for e in result.exercises:
        mark = Text("✓", "green") if e.solved else Text("✗", "red")
        points = f"{e.final_score:g}/{e.max_score:g}"
        table.add_row(mark, Text(words.line(e.name, 60)), points, Text(words.shown(e.message)[:2000]))
    parts: list[RenderableType] = [heading, *([Text(words.line(result.explanation))] if result.explanation else [])]
    parts += [table, Text("All solved." if not open_ones else f"Next: {words.line(open_ones[0].name, 60)}")]
    for question in result.written:
        have = "answered" if question.answered else "still blank"
        parts.append(Text(f"{words.line(question.name, 60)}: {have}. A person reads it."))
    return Group(*parts)


def _table(*columns: str) -> Table:
    """Columns by name; those that end in ":r" hold numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        name, _, numbers = column.partition(":")
        if name == "Notebook":  # whole, where there is room for the course's names
            table.add_column(name, no_wrap=True, overflow="ellipsis", max_width=30)
        elif name == "Student":
            table.add_column(name, overflow="fold", max_width=24)
        else:
            table.add_column(name, justify="right" if numbers else "left", overflow="fold", no_wrap=bool(numbers))
    return table


def _indented(text: Text, spaces: int) -> RenderableType:
    """`text` with its first line at `spaces` and the next ones further in."""
    grid = Table.grid()
    grid.add_column(width=spaces, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("", text)
    return grid
