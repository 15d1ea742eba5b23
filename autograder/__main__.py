"""The command line: `autograder build`, `autograder grade`, `autograder check`."""

import contextlib
import datetime
import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.course import Course, CourseError, load_course

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Builds the course's notebooks and grades submissions."
)
console = Console(width=None if sys.stdout.isatty() else 130)
errors = Console(stderr=True)

NoSandbox = Annotated[
    bool, typer.Option("--no-sandbox", help="Run submissions with your own rights. Only for code you trust.")
]
CellTimeout = Annotated[float, typer.Option(min=1, help="Seconds a cell may run.")]
NotebookTimeout = Annotated[float, typer.Option(min=1, help="Seconds a notebook may run.")]
Memory = Annotated[str, typer.Option(help="Memory a notebook's processes may use, as 4G or 500M.")]
Threads = Annotated[int, typer.Option(min=1, help="Processes and threads a notebook may have.")]
Tmp = Annotated[str, typer.Option(help="Size of a notebook's private /tmp, as 1G.")]
Output = Annotated[str, typer.Option(help="Output kept of a notebook, as 10M.")]


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if notebooks/ is out of date.")] = False,
):
    """Make notebooks/ (and build/course, nbgrader's course directory) from solutions/."""
    from autograder import build as builder

    course = load_course()
    if check:
        stale = builder.check(course)
        if stale:
            _stop(f"notebooks/ is out of date: {', '.join(stale)}. Run `autograder build` and commit the result.")
        console.print(f"notebooks/ is up to date ({len(course.assignments)} notebooks).")
        return
    changed = builder.build(course)
    console.print(f"{len(course.assignments)} notebooks built; changed: {', '.join(changed) or 'none'}.")


@app.command()
def grade(
    submissions: Annotated[Path, typer.Argument(help="Folder or zip of submissions.")],
    out: Annotated[Path, typer.Option(help="Folder for results, feedback and the gradebook.")] = Path("grades"),
    workers: Annotated[int, typer.Option(min=0, help="Submissions at a time; 0 for one per core.")] = 0,
    cell_timeout: CellTimeout = 60,
    notebook_timeout: NotebookTimeout = 600,
    memory: Memory = "4G",
    threads: Threads = 512,
    tmp: Tmp = "1G",
    output: Output = "10M",
    scheduler: Annotated[str, typer.Option(help="Grade on the workers of this Dask scheduler: tcp://host:port.")] = "",
    db: Annotated[str, typer.Option(help="Gradebook as an SQLAlchemy address; default: sqlite in OUT.")] = "",
    due: Annotated[
        list[str] | None, typer.Option(help="When it was due, UTC: 2026-11-30T23:59, or NOTEBOOK=2026-11-30T23:59.")
    ] = None,
    no_sandbox: NoSandbox = False,
):
    """Grade a class: scores, feedback and reports in OUT."""
    from autograder import engine, record, report, sandbox
    from autograder.execute import Limits
    from autograder.intake import IntakeError, take_in
    from autograder.restore import restore

    limits = Limits(cell_timeout, notebook_timeout, _bytes(memory), threads, _bytes(tmp), _bytes(output))
    try:
        course = load_course()
        due_times = _due_times(due or [], course)
        intake = take_in(submissions, course)
        found, manifest = intake.submissions, intake.manifest
        if no_sandbox:
            errors.print(
                "[bold yellow]Warning:[/] no sandbox: the submissions run with your rights, network and files."
            )
        else:
            sandbox.require_bubblewrap()
    except (IntakeError, sandbox.SandboxUnavailable) as error:
        _stop(str(error))
    out.mkdir(parents=True, exist_ok=True)
    with _alone(out), _progress() as progress, record.Recorder(course, out, db or None, due_times) as recorder:
        task = progress.add_task("Grading", total=len(found))

        def finish(submission, one):
            """Records a result and writes its page while the next ones are graded."""
            if one.result["status"] == "graded":
                recorded = recorder.has(submission, one)
                if not recorded or not report.feedback_path(out, one.result).exists():
                    restored = restore(submission.notebook, course.assignments[submission.assignment])
                    report.write_feedback(out, restored.notebook, one)
                if not recorded:
                    recorder.add(submission, one, restored.notebook)
                recorder.note_final_score(submission, one)
            progress.advance(task)

        try:
            graded = engine.grade_all(
                found,
                course,
                limits=limits,
                sandboxed=not no_sandbox,
                workers=workers or engine.default_workers(),
                cache=out / "work",
                scheduler=scheduler,
                on_done=finish,
                tell=lambda message: progress.console.print(message, markup=False, soft_wrap=True),
            )
        except engine.SchedulerUnavailable as error:
            _stop(str(error))
        report.write_results(out, graded, manifest)
        report.write_csv(out / "grades.csv", graded)
        report.write_lms_tables(out, intake, graded)
        report.write_class_report(out / "report.html", graded)
    console.print(report.table(graded))
    console.print(
        f"Class report: {out / 'report.html'}\nScores: {out / 'grades.csv'}\nEverything: {out / 'results.json'}",
        soft_wrap=True,
    )


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook.")],
    cell_timeout: CellTimeout = 60,
    notebook_timeout: NotebookTimeout = 600,
    memory: Memory = "4G",
):
    """Grade one notebook of your own and print what each exercise earned."""
    from autograder import engine, report, sandbox
    from autograder.execute import Limits
    from autograder.intake import IntakeError, take_in

    try:
        course = load_course()
        intake = take_in(notebook, course)
        found, manifest = intake.submissions, intake.manifest
        if len(manifest) == 1 and not found:
            _stop(f"{notebook} is {manifest[0].decision}", style="yellow")
        (submission,) = found
    except IntakeError as error:
        _stop(str(error))
    except ValueError:
        _stop(f"{notebook} is not one notebook; to grade many, use `autograder grade`.")
    if submission.problem:
        _stop(f"{notebook}: {submission.problem}")
    try:
        sandbox.require_bubblewrap()
        sandboxed = True
    except sandbox.SandboxUnavailable:
        sandboxed = False  # it is the user's own code
    limits = Limits(cell_timeout, notebook_timeout, _bytes(memory))
    with console.status(f"Running {submission.assignment}"):
        graded = engine.grade_one(submission, course, limits, sandboxed)
    console.print(report.exercise_table(graded))
    for note in graded.result["notes"]:
        console.print(f"Note: {note}", markup=False)


def _bytes(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", text.strip(), re.I)
    if not match:
        _stop(f"{text!r} is not a size; write it as 4G or 500M")
    return int(float(match.group(1)) * 1024 ** " KMGT".index(match.group(2).upper() or " "))


def _due_times(options: list[str], course: Course) -> dict[str, datetime.datetime]:
    """Due dates by notebook from `TIME` (for all) and `NOTEBOOK=TIME`."""
    times = {}
    for option in options:
        name, _, text = option.rpartition("=")
        try:
            time = datetime.datetime.fromisoformat(text)
        except ValueError:
            _stop(f"--due {option}: {text!r} is not a time; write it as 2026-11-30T23:59")
        if name and name not in course.assignments:
            _stop(f"--due {option}: there is no notebook {name!r}; there are {', '.join(course.assignments)}")
        if time.tzinfo:
            time = time.astimezone(datetime.UTC).replace(tzinfo=None)
        times |= dict.fromkeys([name] if name else course.assignments, time)
    return times


@contextlib.contextmanager
def _alone(out: Path):
    """Stops when another run is writing to the same folder: there is one writer to a gradebook."""
    with (out / ".lock").open("w") as lock:
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass  # Windows
        except OSError:
            _stop(f"another `autograder grade` is writing to {out}; wait for it, or choose another --out")
        yield


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)


def _stop(message: str, style: str = "bold red"):
    errors.print(message, style=style, markup=False, soft_wrap=True)
    raise typer.Exit(2)


def main():
    """Entry point: course errors are told in one line."""
    try:
        app()
    except CourseError as error:
        errors.print(str(error), style="bold red", markup=False, soft_wrap=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
