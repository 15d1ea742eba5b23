"""What people read: the table in the terminal, CSV, feedback for each learner, the class report."""

import csv
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import jinja2
from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from rich.table import Table

from autograder.course import is_solution
from autograder.engine import Graded
from autograder.execute import Outcome
from autograder.intake import Intake, ManifestEntry
from autograder.intake.tables import no_formula
from autograder.results import ExerciseResult, Result

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_FORMATTER = HtmlFormatter(nowrap=True)


def write_results(folder: Path, graded: Sequence[Graded], manifest: Sequence[ManifestEntry]):
    """Writes `results.json` (the whole truth) and `manifest.json` (every file, taken or why not)."""
    _write_json(folder / "results.json", {"submissions": [g.result for g in graded]})
    _write_json(folder / "manifest.json", {"files": [vars(e) for e in manifest]})


def write_csv(path: Path, graded: Sequence[Graded]):
    """One line for each submission: points in all and for each exercise. `final_score` counts what was done by hand in
    the gradebook and what lateness cost; without either it is the score."""
    columns = ["student", "notebook", "status", "score", "max_score", "final_score"]
    exercises = list(dict.fromkeys(e["name"] for g in graded for e in g.result["exercises"]))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, *exercises])
        for result in (g.result for g in graded):
            points = {e["name"]: e["score"] for e in result["exercises"]}
            result = {"final_score": result["score"]} | result
            row = [result[column] for column in columns] + [points.get(name, "") for name in exercises]
            writer.writerow([no_formula(value) for value in row])


def write_lms_tables(folder: Path, intake: Intake, graded: Sequence[Graded]):
    """Writes the tables that go back to where the submissions came from."""
    results = []
    for submission, r in zip(intake.submissions, (g.result for g in graded), strict=True):
        exercises = tuple(
            ExerciseResult(e["name"], e["score"], e["max_score"], e["passed"], e["message"]) for e in r["exercises"]
        )
        results.append(
            Result(
                r["student"],
                r["notebook"],
                r["status"],
                r["score"],
                r["max_score"],
                r.get("final_score", r["score"]),
                r["message"],
                exercises=exercises,
                sender=submission.sender,
                folder=submission.folder,
            )
        )
    intake.write_tables(folder, results)


def table(graded: Sequence[Graded]) -> Table:
    """The class at a glance, for the terminal."""
    result_table = Table(title="Grades", title_justify="left")
    for column, justify in (
        ("Student", "left"),
        ("Notebook", "left"),
        ("Score", "right"),
        ("%", "right"),
        ("Status", "left"),
    ):
        result_table.add_column(column, justify=justify, no_wrap=column != "Notebook")
    result_table.add_column("What to know", overflow="fold")
    for result in (g.result for g in graded):
        share = f"{100 * result['score'] / result['max_score']:.0f}" if result["max_score"] else "–"
        lost = [e["name"] for e in result["exercises"] if not e["passed"]]
        remarks = [result["message"]] if result["message"] else []
        remarks += [f"⚑ {flag}" for flag in result["flags"]]
        everything = lost and len(lost) == len(result["exercises"])
        remarks += [f"lost points in {'every exercise' if everything else ', '.join(lost)}"] if lost else []
        style = {"failed": "red", "rejected": "yellow"}.get(result["status"])
        score = f"{result['score']:g}/{result['max_score']:g}"
        cells = (result["student"], result["notebook"], score, share, result["status"], "; ".join(remarks))
        result_table.add_row(*map(_plain, cells), style=style)
    return result_table


def exercise_table(graded: Graded) -> Table:
    """One notebook's exercises, for the learner's terminal."""
    result = graded.result
    result_table = Table(
        title=f"{result['notebook']}: {result['score']:g} of {result['max_score']:g} points", title_justify="left"
    )
    for column in ("", "Exercise", "Points", "What to look at"):
        result_table.add_column(column, overflow="fold")
    for e in result["exercises"]:
        mark = "[green]✓[/]" if e["passed"] else "[red]✗[/]"
        result_table.add_row(mark, e["name"], f"{e['score']:g}/{e['max_score']:g}", _plain(e["message"]))
    return result_table


def feedback_path(folder: Path, result: Mapping) -> Path:
    """Where a graded submission's page is: `feedback/<student>/<notebook>.html`."""
    return folder / "feedback" / result.get("folder", result["student"]) / f"{result['notebook']}.html"


def write_feedback(folder: Path, notebook: NotebookNode, graded: Graded):
    """Writes the page of a graded submission: points, messages, the learner's own code.

    No test code and no expected values are in it, and whatever the learner's code displayed is shown as text.

    Args:
      folder: the folder of all results.
      notebook: what `restore` made of the submission.
      graded: its result.
    """
    outcomes = {outcome.name: outcome for outcome in graded.outcomes}
    answers = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if is_solution(c)}
    extras = [c for c in notebook.cells if c["id"].startswith("extra-") and c.cell_type == "code"]
    exercises = [
        e | {"code": _highlight(answers[e["name"]].source), "outputs": _outputs(outcomes.get(e["name"]))}
        for e in graded.result["exercises"]
    ]
    own_cells = [{"code": _highlight(c.source), "outputs": _outputs(outcomes.get(c["id"]))} for c in extras]
    path = feedback_path(folder, graded.result)
    path.parent.mkdir(parents=True, exist_ok=True)
    page = _template("feedback.html").render(
        result=graded.result, exercises=exercises, own_cells=own_cells, code_style=_code_style()
    )
    path.write_text(page, encoding="utf-8")


def write_class_report(path: Path, graded: Sequence[Graded]):
    """Writes the class report: one HTML file that needs nothing else."""
    results = [g.result for g in graded]
    notebooks = []
    for name in dict.fromkeys(r["notebook"] for r in results if r["status"] == "graded"):
        mine = [r for r in results if r["notebook"] == name and r["status"] == "graded"]
        exercises = []
        for position, first in enumerate(mine[0]["exercises"]):
            all_of_it = [r["exercises"][position] for r in mine]
            messages = Counter(e["message"] for e in all_of_it if e["message"]).most_common(3)
            passed = sum(e["passed"] for e in all_of_it)
            exercises.append(
                {"name": first["name"], "passed": passed, "share": passed / len(mine), "messages": messages}
            )
        scores = [r["score"] / r["max_score"] for r in mine]
        bins = [sum(min(int(s * 10), 9) == b for s in scores) for b in range(10)]
        notebooks.append(
            {"name": name, "count": len(mine), "mean": sum(scores) / len(scores), "bins": bins, "exercises": exercises}
        )
    seconds = sorted((r for r in results if r["status"] == "graded"), key=lambda r: -r["seconds"])
    page = _template("report.html").render(
        results=results,
        notebooks=notebooks,
        failed=[r for r in results if r["status"] != "graded"],
        flagged=[r for r in results if r["flags"]],
        noted=[r for r in results if r["flags"] or r["notes"]],
        slowest=seconds[:5],
        median=seconds[len(seconds) // 2]["seconds"] if seconds else 0.0,
    )
    path.write_text(page, encoding="utf-8")


def _outputs(outcome: Outcome | None) -> list[dict]:
    """A learner's outputs as text and PNG pictures only: HTML, SVG and scripts are never passed on."""
    shown = []
    for output in outcome.outputs if outcome else []:
        if output["output_type"] == "stream":
            shown.append({"text": str(output["text"])[:5_000]})
        elif output["output_type"] == "error":
            shown.append({"text": f"{output['ename']}: {output['evalue']}"[:5_000]})
        else:
            data = output.get("data", {})
            png = data.get("image/png")
            if isinstance(png, str) and _BASE64.fullmatch(png):
                shown.append({"png": png})
            elif "text/plain" in data:
                shown.append({"text": str(data["text/plain"])[:5_000]})
    return shown


def _highlight(source: str) -> Markup:
    return Markup(highlight(source, PythonLexer(), _FORMATTER))


def _code_style() -> Markup:
    return Markup(HtmlFormatter(style="default").get_style_defs(".code"))


def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string((files("autograder") / "templates" / name).read_text(encoding="utf-8"))


def _write_json(path: Path, data: dict):
    temporary = path.with_suffix(".partial")
    temporary.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def _plain(text: str) -> str:
    """Text for rich without markup and control characters in it."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text).replace("[", r"\[")
