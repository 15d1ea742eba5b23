"""The course as a book, in build/site: `make site`.

Nothing is written twice. The pages beside this file include parts of the README and of CONTRIBUTING; `docs/`, the
changelog, the notebooks and the docstrings of `rl_helpers` are pages themselves. This puts all of them into one folder
as they lie in the repository, so that links between them stay right, has Sphinx make pages of it (`conf.py` beside
this file), and looks through these for broken links and for anything that learners are not to see.

A notebook's page is what learners get. Below its demos stands what they showed when the notebook was run with the
course's own answers; that is kept in build/outputs until the notebook changes.
"""

import argparse
import hashlib
import json
import pkgutil
import re
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
from sphinx.cmd.build import build_main

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))  # also for autodoc: this working copy, wherever the package is installed from

import review  # noqa: E402

from autograder.course import Assignment, is_grade, is_solution, load_course  # noqa: E402
from autograder.execute import Cell, Isolation, Limits, execute  # noqa: E402
from autograder.files import write_atomically  # noqa: E402
from autograder.workers import default_count  # noqa: E402

LIMITS = Limits(cell_seconds=900, notebook_seconds=3000, output_bytes=50 * 2**20)
BOARD = "from rl_helpers.progress import board"  # shows what whoever runs the notebook has done
# No check is run here, and demos would say so.
NO_REMINDERS = Cell("", "from rl_helpers import progress\nprogress.warn_unless_done = lambda *names: None", "given")
WIDGET = "application/vnd.jupyter.widget-view+json"


# --- What demos show --------------------------------------------------------------------------------------------------


def shown(outputs: list[dict]) -> list[dict]:
    """The outputs of a cell as a page without a kernel shows them."""
    kept = []
    for output in outputs:
        data = output.get("data", {})
        if "rl-animation-" in data.get("text/html", "") and kept and "image/png" in kept[-1].get("data", {}):
            kept.pop()  # the still picture of the animation, for pages that run no scripts
        if WIDGET in data:
            words = "*Runs in the notebook itself: open it in Colab or JupyterLab.*"
            kept.append({"output_type": "display_data", "metadata": {}, "data": {"text/markdown": words}})
        elif output.get("name") != "stderr":
            kept.append(output)
    return kept


def program(assignment: Assignment) -> list[Cell]:
    """The code of the solved notebook, without checks and tests."""
    cells = (cell for cell in assignment.source.cells if cell.cell_type == "code" and not is_grade(cell))
    return [Cell(cell.id, cell.source, "given") for cell in cells]


def run_solved(assignment: Assignment) -> dict[str, list[dict]]:
    """What the cells between the exercises show when the notebook is run with the course's answers, by cell.

    Raises:
      RuntimeError: a cell failed.
    """
    isolation: Isolation = "bubblewrap" if sys.platform == "linux" else "none"  # these are the course's own cells
    outcomes = execute([NO_REMINDERS, *program(assignment)], LIMITS, isolation=isolation).outcomes
    for outcome in outcomes:
        if outcome.error or not outcome.ran:
            raise RuntimeError(f"{assignment.name}, cell {outcome.name}: {outcome.problem or outcome.error}")
    silent = {cell.id for cell in assignment.source.cells if is_solution(cell) or BOARD in cell.source}
    return {outcome.name: shown(outcome.outputs) for outcome in outcomes if outcome.name not in silent}


def all_outputs(assignments: Sequence[Assignment], kept: Path) -> dict[str, dict[str, list[dict]]]:
    """`run_solved` of several notebooks, by name; one is run only if the folder `kept` has nothing of this very text.

    As many run at a time as there are cores. Says how far it is.
    """
    kept.mkdir(parents=True, exist_ok=True)
    files = {
        a.name: kept / f"{a.name}-{hashlib.sha256(repr(program(a)).encode()).hexdigest()[:12]}.json"
        for a in assignments
    }
    missing = [assignment for assignment in assignments if not files[assignment.name].exists()]
    if missing:
        print(
            f"Running {len(missing)} solved notebooks; all of them take a quarter of an hour on two idle cores.",
            flush=True,
        )
    begin = time.perf_counter()
    with ThreadPoolExecutor(default_count()) as pool:
        jobs = {pool.submit(run_solved, a): a.name for a in reversed(missing)}  # the later ones take longer: they begin
        for number, job in enumerate(as_completed(jobs), start=1):
            if job.exception():
                pool.shutdown(cancel_futures=True)
            name, outputs = jobs[job], job.result()
            for old in kept.glob(f"{name}-*"):
                old.unlink()
            write_atomically(files[name], json.dumps(outputs))
            print(f"{number:3d} of {len(missing)}: {name}, after {time.perf_counter() - begin:.0f} s", flush=True)
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items()}


# --- Sources ----------------------------------------------------------------------------------------------------------


def public_modules() -> list[str]:
    """What people import from `rl_helpers`: all but `show`, whose public names stand elsewhere; two modules of envs."""
    names = [module.name for module in pkgutil.iter_modules([str(ROOT / "rl_helpers")])]
    return [*(name for name in names if name != "show" and not name.startswith("_")), "envs.base", "envs.probes"]


def module_page(name: str) -> str:
    """A page with a module's docstrings. One that gathers the names of others says so in its `__all__`."""
    path = ROOT / "rl_helpers" / name.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    imported = "   :imported-members:\n" if "__all__" in file.read_text(encoding="utf-8") else ""
    directive = f".. automodule:: rl_helpers.{name}\n   :members:\n   :show-inheritance:\n{imported}"
    return f"# {name}\n\n```{{eval-rst}}\n{directive}```\n"


def notebook_page(name: str, outputs: dict[str, list[dict]]) -> str:
    """The student's notebook with `outputs` by cell. What JupyterLab folds is folded; hidden tests' cells are gone."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not (is_grade(cell) and cell.id.startswith("test_"))]
    badge, title = notebook.cells.pop(0).source, notebook.cells[0].source.partition("\n")
    notebook.cells[0].source = f"{title[0]}\n\n{badge}\n{title[2]}"  # a page begins with its title
    titles = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\]\((\.\./rl_helpers/\w+)\.py\)", r"](\1.md)", cell.source)
            titles += cell.source.startswith("# ")
            if titles > 1:  # a page has one title
                cell.source = re.sub(r"\A# ", "## ", cell.source)
            continue
        cell.outputs = [nbformat.from_dict(output) for output in outputs.get(cell.id, [])]
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            title, _, cell.source = cell.source.partition("\n")
            cell.metadata["tags"] = ["hide-input"]
            cell.metadata["mystnb"] = {"code_prompt_show": title.removeprefix("# @title "), "code_prompt_hide": "Fold"}
    return nbformat.writes(notebook)


def put_together(folder: Path, outputs: dict[str, dict[str, list[dict]]]):
    """Everything that becomes a page, as it lies in the repository, with the pages beside this file at the root."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "static", "__pycache__"))
    pages = [path.relative_to(ROOT) for kind in ("*.md", "*.png") for path in sorted((ROOT / "docs").glob(kind))]
    for path in [*pages, Path("CHANGELOG.md"), Path("benchmarks/README.md")]:
        (folder / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    (folder / "include").mkdir()
    for name in ("README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, folder / "include" / name)
    made = {f"rl_helpers/{name}.md": module_page(name) for name in public_modules()}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        made[f"notebooks/{path.name}"] = notebook_page(path.stem, outputs.get(path.stem, {}))
    for name, text in made.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


# --- The whole way ----------------------------------------------------------------------------------------------------


def make(folder: Path, names: Sequence[str] | None = None) -> int:
    """Writes the site into `folder`/site; returns an exit status.

    Args:
      folder: also for what is kept from one time to the next.
      names: the notebooks whose pages have outputs; default: all.
    """
    course = load_course(ROOT)
    chosen = [assignment for name, assignment in course.assignments.items() if names is None or name in names]
    source, site = folder / "site-source", folder / "site"
    put_together(source, all_outputs(chosen, folder / "outputs"))
    shutil.rmtree(site, ignore_errors=True)
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--fresh-env", "--jobs", "auto"]
    if status := build_main([*options, "-c", str(HERE), "-d", str(folder / "site-doctrees"), str(source), str(site)]):
        return status
    pages = review.read_pages(site)
    wrong = [f"broken link: {link}" for link in review.broken_links(pages)]
    wrong += [f"not for learners' eyes: {leak}" for leak in review.leaks(pages, course)]
    print("\n".join(wrong) or f"The site is in {site}: open index.html, or serve it with python -m http.server.")
    return int(bool(wrong))


def main():
    parser = argparse.ArgumentParser(description="The course as a book.")
    parser.add_argument("--folder", type=Path, default=ROOT / "build", help="where it is built [build]")
    parser.add_argument("--run", nargs="*", metavar="NOTEBOOK", help="those whose pages have outputs [all]")
    options = parser.parse_args()
    sys.exit(make(options.folder.resolve(), options.run))


if __name__ == "__main__":
    main()
