"""The pages: one about the class for the instructor, one about each notebook for who wrote it. None needs another file.

All text in them is foreign: jinja escapes it, `words` takes out what would still act, and names stand in `<bdi>`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

import jinja2
from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder import versions
from autograder.copies import SHOWN, THRESHOLD, NotebookCopies
from autograder.course import Course, is_solution
from autograder.execute import Outcome
from autograder.files import write_atomically
from autograder.report import standing, words
from autograder.results import Result
from autograder.written import TEXT_STUB, Question, texts

OUTPUT_CHARACTERS = 5_000  # shown of one output
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_FORMATTER = HtmlFormatter(nowrap=True)
_CODE_STYLES = {"light": "default", "dark": "github-dark"}


def write_feedback(
    out: Path,
    result: Result,
    restored: NotebookNode,
    outcomes: Mapping[str, Outcome],
    title: str = "",
    questions: Sequence[Question] = (),
) -> Path:
    """Writes the page of a graded submission: points, messages, comments, the learner's own code and words.

    No test code and no expected values are in it, and whatever the learner wrote or their code displayed is shown as
    text. What earns the points of a written question is shown to those whose answer is marked.

    Args:
      out: the folder of all results.
      result: what became of it.
      restored: the notebook that was graded, its own extra cells included.
      outcomes: what each cell printed, showed or raised, by the cell's name.
      title: the notebook's title.
      questions: its written questions.
    Returns:
      Where the page is.
    """
    answers = {cell.metadata.nbgrader.grade_id: cell.source for cell in restored.cells if is_solution(cell)}
    extras = [cell for cell in restored.cells if cell["id"].startswith("extra-") and cell.cell_type == "code"]
    exercises = [
        (exercise, _highlight(answers.get(exercise.name, "")), _outputs(outcomes.get(exercise.name)))
        for exercise in result.exercises
    ]
    typed = {name: text for name, text in texts(restored.cells).items() if text != TEXT_STUB}
    asked = {question.name: question for question in questions}
    written = [(question, asked.get(question.name), typed.get(question.name, "")) for question in result.written]
    own_cells = [(_highlight(cell.source), _outputs(outcomes.get(cell["id"]))) for cell in extras]
    page = template("feedback.html").render(
        result=result,
        title=title or result.notebook,
        exercises=exercises,
        written=written,
        own_cells=own_cells,
        code_style=_code_style(),
        version=versions.grader(),
    )
    path = out / result.page
    write_atomically(path, page)
    return path


def write_class_report(
    path: Path,
    results: Sequence[Result],
    course: Course | None = None,
    copies: Sequence[NotebookCopies] | None = None,
):
    """Writes the class report, with a link to the page about `copies` if there is one."""
    graded = sorted((r for r in results if r.status == "graded"), key=lambda r: -r.seconds)
    page = template("report.html").render(
        results=results,
        needs=standing.needs(results, course),
        notebooks=standing.standings(results, course),
        titles={name: assignment.title for name, assignment in course.assignments.items()} if course else {},
        noted=[r for r in results if r.notes],
        untouched=[r for r in results if r.status == "graded" and r.untouched],
        slowest=graded[:5],
        median=graded[len(graded) // 2].seconds if graded else 0.0,
        version=versions.grader(),
        alike=None if copies is None else sum(len(notebook.alike) for notebook in copies),
    )
    write_atomically(path, page)


def write_copies(path: Path, copies: Sequence[NotebookCopies], course: Course):
    """Writes the page of notebooks that are alike, for the instructor alone."""
    page = template("copies.html").render(
        notebooks=copies,
        titles={name: assignment.title for name, assignment in course.assignments.items()},
        threshold=THRESHOLD,
        shown=SHOWN,
        version=versions.grader(),
    )
    write_atomically(path, page)


def _outputs(outcome: Outcome | None) -> list[dict[str, str]]:
    """A learner's outputs as text and PNG pictures only: HTML, SVG and scripts are never passed on."""
    shown = []
    for output in outcome.outputs if outcome else []:
        if output["output_type"] == "stream":
            shown.append({"text": _text(output["text"])})
        elif output["output_type"] == "error":
            shown.append({"text": _text(f"{output['ename']}: {output['evalue']}")})
        else:
            data = output.get("data", {})
            png = data.get("image/png")
            if isinstance(png, str) and _BASE64.fullmatch(png):
                shown.append({"png": png})
            elif "text/plain" in data:
                shown.append({"text": _text(data["text/plain"])})
    return shown


def _text(text: object) -> str:
    return words.shown(str(text)[:OUTPUT_CHARACTERS])


def _highlight(source: str) -> Markup:
    return Markup(highlight(words.shown(source), PythonLexer(), _FORMATTER))


def _code_style() -> Markup:
    """Colours of code for both schemes; the background is the page's."""
    css = {scheme: HtmlFormatter(style=style).get_style_defs(".code") for scheme, style in _CODE_STYLES.items()}
    return Markup(f"{css['light']}\n@media screen and (prefers-color-scheme: dark) {{\n{css['dark']}\n}}")


def _link(result: Result) -> str:
    """The page's address, seen from the report."""
    return quote(result.page)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    filters: dict[str, Callable] = {
        "points": lambda number: f"{number:g}",
        "percent": lambda share: f"{100 * share:.0f} %",
        "shown": words.shown,
        "short": words.line,
        "prose": words.prose,
        "paragraph": lambda text: words.cut(words.shown(text), 400),
        "person": words.name,
        "lateness": words.lateness,
        "link": _link,
    }
    environment.filters |= filters
    environment.globals["plural"] = words.plural
    return environment


def template(name: str) -> jinja2.Template:
    """One of the grader's pages: what stands in it is escaped, and nothing may be left out."""
    return _templates().get_template(name)
