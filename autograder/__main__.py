"""The command line: `autograder build`, `grade`, `check`, `package`, `room`. Options and words only."""

import contextlib
import datetime
import json
import re
import sys
from pathlib import Path
from typing import Annotated, NoReturn, cast

try:
    import typer
except ModuleNotFoundError:
    raise SystemExit("`make lab` installs no grader. To have it too, run: make setup") from None
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typer.core import TyperCommand

from autograder import versions
from autograder.course import Course, CourseError, load_course


class _Command(TyperCommand):
    """A command whose help shows no type behind switches."""

    def get_help_option(self, ctx):
        option = super().get_help_option(ctx)
        if option is not None:
            option.metavar = ""
        return option


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help="Builds the course's notebooks and grades submissions.",
    epilog="Start with: autograder grade DOWNLOAD.zip --out grades",
)
console = Console(width=None if sys.stdout.isatty() else 130)
errors = Console(stderr=True)

Private = Annotated[
    Path | None,
    typer.Option("--course", metavar="FOLDER", help="Your private overlay: what differs from the public course."),
]
_LIMITS = "Limits of each submission"
NoSandbox = Annotated[
    bool,
    typer.Option("--no-sandbox", metavar="", help="Run submissions with your own rights. Only for code you trust."),
]
CellTimeout = Annotated[
    float, typer.Option(min=1, metavar="SECONDS", rich_help_panel=_LIMITS, help="How long a cell may run.")
]
NotebookTimeout = Annotated[
    float, typer.Option(min=1, metavar="SECONDS", rich_help_panel=_LIMITS, help="How long a notebook may run.")
]
Memory = Annotated[
    str, typer.Option(metavar="SIZE", rich_help_panel=_LIMITS, help="Memory of all its processes, as 4G or 500M.")
]
Threads = Annotated[
    int, typer.Option(min=1, metavar="NUMBER", rich_help_panel=_LIMITS, help="Processes and threads it may have.")
]
Tmp = Annotated[str, typer.Option(metavar="SIZE", rich_help_panel=_LIMITS, help="Size of its private /tmp, as 1G.")]
Output = Annotated[str, typer.Option(metavar="SIZE", rich_help_panel=_LIMITS, help="Output kept of it, as 10M.")]


def _print_version(wanted: bool):
    if wanted:
        typer.echo(versions.grader())
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", is_eager=True, callback=_print_version, help="Print the version and stop."
        ),
    ] = False,
):
    """Builds the course's notebooks and grades submissions."""


@app.command(cls=_Command)
def build(
    check: Annotated[
        bool, typer.Option("--check", metavar="", help="Change nothing; fail if notebooks/ is out of date.")
    ] = False,
    private: Private = None,
):
    """Make notebooks/ (and build/course, nbgrader's course directory) from solutions/. With --course, in FOLDER."""
    from autograder import build as builder

    course = _course(private)
    if check:
        stale = builder.check(course)
        if stale:
            _stop(f"notebooks/ is out of date: {', '.join(stale)}. Run `autograder build` and commit the result.")
        console.print(f"notebooks/ is up to date ({len(course.assignments)} notebooks).")
        return
    changed = builder.build(course)
    where = f" in {course.home / 'notebooks'}" if course.overlay else ""
    console.print(f"{len(course.assignments)} notebooks built{where}; changed: {', '.join(changed) or 'none'}.")


@app.command(
    cls=_Command,
    epilog="Examples: autograder grade moodle-download.zip --out grades · "
    "autograder grade submissions --due '2026-11-30 23:59 CET' · "
    "autograder grade submissions --due 01_agents_and_environments=2026-11-30T23:59",
)
def grade(
    submissions: Annotated[Path, typer.Argument(help="Folder or zip of submissions, as the LMS gives it.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where results, feedback and gradebook go.")] = Path(
        "grades"
    ),
    everything: Annotated[
        bool, typer.Option("--all", metavar="", help="Print every submission, not only what needs eyes.")
    ] = False,
    due: Annotated[
        list[str] | None,
        typer.Option(metavar="TIME", help="When it was due: a local time, or one with a zone; or NOTEBOOK=TIME."),
    ] = None,
    roster: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Class list: Moodle's participants or grading worksheet, Canvas's gradebook export, or a table with "
            "name, id, email, extension, group, section.",
        ),
    ] = None,
    column: Annotated[str, typer.Option(metavar="NAME", help="Which column of a Canvas export takes the points.")] = "",
    workers: Annotated[
        int, typer.Option(min=0, metavar="NUMBER", help="Submissions at a time; 0 for one per core.")
    ] = 0,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Grade on the workers of this Dask scheduler: tcp://host:port.")
    ] = "",
    private: Private = None,
    db: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Gradebook as an SQLAlchemy address; default: sqlite in FOLDER.")
    ] = "",
    no_copies: Annotated[
        bool, typer.Option("--no-copies", metavar="", help="Do not look for notebooks that are alike.")
    ] = False,
    no_sandbox: NoSandbox = False,
    cell_timeout: CellTimeout = 60,
    notebook_timeout: NotebookTimeout = 600,
    memory: Memory = "4G",
    threads: Threads = 512,
    tmp: Tmp = "1G",
    output: Output = "10M",
):
    """Grade a class: scores, feedback and reports in FOLDER."""
    from autograder import copies, pipeline, sandbox
    from autograder import workers as pools
    from autograder.execute import Isolation, Limits
    from autograder.intake import IntakeError, take_in
    from autograder.nbgrader_bridge import Recorder
    from autograder.report import pages, tables, terminal
    from autograder.roster import ListError, read_roster
    from autograder.store import Store

    limits = Limits(cell_timeout, notebook_timeout, _bytes(memory), threads, _bytes(tmp), _bytes(output))
    isolation: Isolation = "none" if no_sandbox else "bubblewrap"
    settings = pipeline.Settings(limits, isolation, workers or pools.default_count(), scheduler)
    try:
        course = _course(private)
        due_times = _due_times(due or [], course)
        members = read_roster(roster) if roster else None
        intake = take_in(submissions, course, members, column)
        if course.overlay:
            console.print(f"Course: {course.root.name}, with what differs in {course.overlay.folder}.", highlight=False)
        if members:
            console.print(f"Class list: {members.summary}.", highlight=False)
        if no_sandbox:
            errors.print(
                "[bold yellow]Warning:[/] no sandbox: the submissions run with your rights, network and files."
            )
        else:
            console.print(f"Sandbox: {sandbox.describe()}", markup=False, highlight=False, soft_wrap=True)
    except (IntakeError, ListError, sandbox.SandboxUnavailable) as error:
        _stop(str(error))
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / ".lock").touch()
    except OSError as error:
        _stop(f"--out {out} cannot be written to: {error.strerror}")
    extensions = {submission.folder: submission.extension for submission in intake.submissions if submission.extension}
    if extensions and not due_times:
        console.print(
            "Extensions begin at a due date: none was given with --due, so only those in the gradebook count."
        )
    with (
        _alone(out),
        _Progress() as progress,
        Recorder(course, out, db or None, due_times, extensions, intake.notebooks) as recorder,
    ):
        store, course = Store(out), recorder.course
        try:
            graded = pipeline.grade_class(course, intake, store, recorder, out, settings, progress)
        except pools.SchedulerUnavailable as error:
            _stop(str(error))
        tables.write_results(out, graded.results, intake.manifest, versions.versions(course))
        tables.write_csv(out / "grades.csv", graded.results)
        filled = intake.write_tables(out, graded.results)
        alike, page = None, out / "copies.html"
        page.unlink(missing_ok=True)
        if not no_copies and not graded.stopped:  # comparing takes its time, and Ctrl+C is answered at once
            groups = members.group_of if members else {}
            alike = copies.find_copies(course, graded.results, store, groups, progress.compare, progress.advance)
            pages.write_copies(page, alike, course)
        pages.write_class_report(out / "report.html", graded.results, course, alike)
    if changes := terminal.changes(list(graded.before.values()), graded.results):
        console.print(changes)
    console.print(terminal.summary(graded.results, everything=everything))
    console.print(terminal.files(out, graded.results, course), soft_wrap=True)
    for line in filled:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if graded.stopped:
        left = len(intake.submissions) - sum(result.status != "missing" for result in graded.results)
        _stop(f"Stopped: {left} of {len(intake.submissions)} are not graded yet. The same command goes on from here.")


@app.command(cls=_Command)
def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook.")],
    as_json: Annotated[bool, typer.Option("--json", metavar="", help="Print the result as JSON.")] = False,
    private: Private = None,
    cell_timeout: CellTimeout = 60,
    notebook_timeout: NotebookTimeout = 600,
    memory: Memory = "4G",
):
    """Grade one notebook of your own and print what each exercise earned."""
    from autograder import sandbox
    from autograder.execute import Isolation, Limits
    from autograder.grading import grade_notebook
    from autograder.intake import IntakeError, take_in
    from autograder.pipeline import result_of
    from autograder.report import terminal

    course = _course(private)
    try:
        intake = take_in(notebook, course)
    except IntakeError as error:
        _stop(str(error))
    if len(intake.manifest) == 1 and not intake.submissions:
        _stop(f"{notebook} is {intake.manifest[0].decision}", style="yellow")
    if len(intake.submissions) != 1:
        _stop(f"{notebook} is not one notebook; to grade many, use `autograder grade`.")
    (submission,) = intake.submissions
    if submission.problem or submission.notebook is None:
        _stop(f"{notebook}: {submission.problem}")
    try:
        sandbox.require_bubblewrap()
        isolation: Isolation = "bubblewrap"
    except sandbox.SandboxUnavailable:
        isolation = "none"  # it is the user's own code
    limits = Limits(cell_timeout, notebook_timeout, _bytes(memory))
    assignment = course.assignments[submission.assignment]
    with errors.status(f"Running {assignment.name}"):
        try:
            grading = grade_notebook(assignment, submission.notebook, limits, isolation)
        except RuntimeError as error:
            _stop(f"{notebook} could not be graded, through no fault of its own: {error}")
        result = result_of(submission, course, grading)
    if as_json:
        typer.echo(json.dumps(result.as_json(), indent=2))
        return
    if result.status != "graded":
        _stop(result.message)
    console.print(terminal.exercises(result, assignment.title))
    for note in grading.notes:
        console.print(f"Note: {note}", markup=False)


@app.command(
    cls=_Command,
    epilog="Example: autograder package 03_policy_gradients --for gradescope",
)
def package(
    notebook: Annotated[str, typer.Argument(help="Which notebook of the course, as 03_policy_gradients.")],
    platform: Annotated[
        str, typer.Option("--for", metavar="PLATFORM", help="gradescope, prairielearn or actions (GitHub's).")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The zip to write; default: PLATFORM-NOTEBOOK.zip here.")
    ] = None,
    private: Private = None,
):
    """Make the zip with which a platform grades one notebook, hand-in by hand-in."""
    from autograder.platforms import packing

    course = _course(private)
    if notebook not in course.assignments:
        _stop(f"there is no notebook {notebook!r}; there are {', '.join(course.assignments)}")
    if platform not in packing.NAMES:
        _stop(f"--for {platform}: it can be {', '.join(packing.NAMES)}")
    out = out or Path(f"{platform}-{notebook}.zip")
    try:
        packing.package(course, notebook, platform, out)
    except OSError as error:
        _stop(f"--out {out} cannot be written to: {error.strerror}")
    console.print(f"Written: {out}. {packing.NEXT[platform]}", markup=False, highlight=False, soft_wrap=True)


@app.command(
    cls=_Command,
    epilog="Examples: autograder room · autograder room --address https://room.example.org · "
    "autograder room --export after",
)
def room(
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="NUMBER", help="Where it answers.")] = 8642,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Which of this computer's networks may reach it; default: all.")
    ] = "0.0.0.0",
    address: Annotated[
        str, typer.Option(metavar="URL", help="What learners type, where a tunnel or a proxy stands before it.")
    ] = "",
    db: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where it is kept: an SQLAlchemy address. Default: room.db here.")
    ] = "",
    code: Annotated[str, typer.Option(metavar="CODE", help="The code to join with; default: one is made up.")] = "",
    names: Annotated[
        bool, typer.Option("--names", metavar="", help="Show nicknames on the participants' boards too.")
    ] = False,
    notebooks: Annotated[Path, typer.Option(metavar="FOLDER", help="The notebooks that learners have.")] = Path(
        "notebooks"
    ),
    export: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write what happened as tables and a page, and stop.")
    ] = None,
):
    """Show where everybody in a workshop is, live."""
    try:
        from autograder.room import course, serve, store
    except ModuleNotFoundError as error:
        _stop(f'The room needs {error.name}: pip install ".[room]"')
    from sqlalchemy.exc import SQLAlchemyError

    if code and not re.fullmatch(r"[A-Za-z0-9]{4,20}", code):
        _stop(f"--code {code}: use 4 to 20 letters and digits")
    try:
        if export is not None and not db and not Path("room.db").exists():
            _stop("there is no room.db here; run this where the room ran, or name its database with --db")
        kept = store.Store(db or store.DEFAULT)
        if export is not None:
            from autograder.room.export import write

            written = write(export, kept, course.notebooks(notebooks))
            console.print(f"Written: {', '.join(map(str, written))}", markup=False, soft_wrap=True)
            return
        listening = serve.listen(host, port)
        serve.serve(listening, kept, notebooks, code.upper(), names, address, _tell_room)
    except SQLAlchemyError as error:
        _stop(f"--db {db or store.DEFAULT} cannot be used: {str(error).splitlines()[0]}")
    except OSError as error:
        _stop(f"port {port} cannot be had: {error.strerror}; choose another with --port")
    except ValueError as error:
        _stop(str(error))


def _tell_room(room, address: str):
    """How to join, and where to look."""
    from autograder.room import serve

    code, people = room.secrets.code, len(room.standing.people)
    link = f"{address}/r/{code}"
    if people:
        console.print(f"This room goes on with {people} people and {room.standing.count} events.", highlight=False)
    console.print(serve.qr(link), markup=False, highlight=False, soft_wrap=True)
    for what, where in (
        ("Participants (QR code)", link),
        ("Instructor, keep it secret", f"{address}/i/{room.secrets.instructor}"),
        ("Code", code),
    ):
        console.print(f"{what + ':':28}{where}", markup=False, highlight=False, soft_wrap=True)
    line = f'from rl_helpers import room; room.join("{address}", code="{code}", nickname="…")'
    console.print(f"\nLearners run in any cell:\n  {line}\n", markup=False, highlight=False, soft_wrap=True)
    console.print("Ctrl+C ends it. Nothing is lost: the same command goes on where it was.", soft_wrap=True)


def _course(private: Path | None) -> Course:
    """The public course, with the instructor's overlay if there is one."""
    if private is None:
        return load_course()
    from autograder.overlay import load_overlaid_course

    return load_overlaid_course(private)


def _bytes(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", text.strip(), re.I)
    if not match:
        _stop(f"{text!r} is not a size; write it as 4G or 500M")
    return int(float(match.group(1)) * 1024 ** " KMGT".index(match.group(2).upper() or " "))


def _due_times(options: list[str], course: Course) -> dict[str, datetime.datetime]:
    """Due dates by notebook from `TIME` (for all) and `NOTEBOOK=TIME`; says how each was understood."""
    from autograder.times import parse_time

    times: dict[str, datetime.datetime] = {}
    here = cast(datetime.tzinfo, datetime.datetime.now().astimezone().tzinfo)
    for option in options:
        name, _, text = option.rpartition("=")
        try:
            time = parse_time(text, here)
        except ValueError as error:
            _stop(f"--due {option}: {error}; write it as '2026-11-30 23:59' or '2026-11-30 23:59 CET'")
        if name and name not in course.assignments:
            _stop(f"--due {option}: there is no notebook {name!r}; there are {', '.join(course.assignments)}")
        console.print(f"{name or 'Every notebook'} was due on {time:%A, %d %B %Y, %H:%M} UTC.", highlight=False)
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


class _Progress:
    """The pipeline's listener: a bar, and lines above it."""

    def __init__(self):
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, transient=True)

    def __enter__(self):
        self._bar.start()
        return self

    def __exit__(self, *error):
        self._bar.stop()

    def begin(self, total: int):
        self._task = self._bar.add_task("Grading", total=total)

    def compare(self, total: int):
        self._task = self._bar.add_task("Comparing", total=total)

    def advance(self):
        self._bar.advance(self._task)

    def tell(self, line: str):
        self._bar.console.print(line, markup=False, soft_wrap=True)


def _stop(message: str, style: str = "bold red") -> NoReturn:
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
