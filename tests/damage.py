"""Makes submissions that are damaged in every way we can think of, from a seed: for what must never stop a class.

`python tests/damage.py 1000` (`make fuzz`) puts that many through the real command, in classes of 100.
"""

import argparse
import contextlib
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import small_course
from filling import cells_by_id, code_cell

ROOT = Path(__file__).resolve().parents[1]
HONEST = ("aaa_honest", "zzz_honest")  # before and after everybody else
HONEST_ANSWER = "return 2 * x"

# --- Values, sources, names -------------------------------------------------------------------------------------------

ODD_VALUES = [
    None, True, 0, -1, 1e308, float("nan"), float("inf"), "", "x" * 100_000, "\ud800", "\udcff half", "\x00\x1b[31m",
    "\u202egnp.exe", [], {}, [[]], {"": {"": []}}, ["a", 1, None], "٣", "<script>alert(1)</script>", "../../etc/passwd",
]  # fmt: skip
ODD_SOURCES = [
    "", " \n\t", "\ud800", "x = '\udfff'", "\x00", "def double(x:", "(" * 3000 + ")" * 3000, "-" * 5000 + "1", "1 +\\",
    "raise SystemExit", "exit()", "quit()", "import os; os._exit(1)",
    "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "while True: pass", "import time; time.sleep(1e9)", "print('x' * 3_000_000)", "raise Exception('\\ud800 half')",
    "raise type('E' * 5000, (Exception,), {})('\\x00\\x1b[0m')",
    "class R:\n    def __repr__(self): raise ValueError\nR()",
    "def f(): return f()\nf()", "import sys; sys.stdout.close()", "import sys; sys.stdout = sys.stderr = None",
    "del print",
    "import builtins; del builtins.len", "10 ** 20_000", "%nosuchmagic", "%%nosuchcell\nx", "!exit 3",
    "get_ipython().kernel.do_shutdown(False)",
    "from IPython.display import HTML, display; display(HTML('<script>alert(1)</script>'))",
    "raise KeyboardInterrupt",
    "import warnings; warnings.simplefilter('error')",
    "import threading; threading.Thread(target=lambda: 1 / 0).start()",
    "double = 3", "double", "import asyncio; await asyncio.sleep(0)", 
    "try:\n    1 / 0\nfinally:\n    raise MemoryError", "∂ = 1; ﬁ = 2",
    "def double(x):\n    return 2 * x\nraise ValueError", "class double: pass",
    "async def double(x): return 2 * x",
    "\ufeffdef double(x): return 2 * x",
]  # fmt: skip
ODD_NAMES = [
    "x" * 200, "élève", "e\u0301le\u0300ve", "学生", "🦊" * 40, "\u202ertl", "a\nb", "-rf", "'quote\"", "con",
    "trailing.", " lead", "<b>",
    "%2e%2e", "a;b", "$(id)", "tab\there", "01_small", "submitted", "feedback", "__MACOSX x", "NULL",
    "=1+1", "@x", "İstanbul", "ß",
]  # fmt: skip


def deep(levels: int):
    value = []
    for _ in range(levels):
        value = [value]
    return value


# --- Damage: each takes a notebook (or its bytes) and changes it ------------------------------------------------


def _somewhere(rng: random.Random, value, path=()) -> tuple:
    """The way to a random place in a JSON tree."""
    while isinstance(value, (dict, list)) and value and (not path or rng.random() < 0.8):
        key = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        path, value = (*path, key), value[key]
    return path


def odd_value(rng, notebook):
    *way, last = _somewhere(rng, notebook)
    place = notebook
    for step in way:
        place = place[step]
    place[last] = rng.choice([*ODD_VALUES, deep(40), 10 ** rng.choice([20, 400, 4000])])


def lost_value(rng, notebook):
    *way, last = _somewhere(rng, notebook)
    place = notebook
    for step in way:
        place = place[step]
    del place[last]


def odd_source(rng, notebook):
    cell = rng.choice(notebook["cells"])
    cell["source"] = rng.choice(ODD_SOURCES)


def more_cells(rng, notebook):
    for _ in range(rng.choice([1, 3])):
        notebook["cells"].insert(rng.randrange(len(notebook["cells"]) + 1), code_cell(rng.choice(ODD_SOURCES)))


def many_cells(rng, notebook):
    notebook["cells"] += [code_cell(f"x{n} = {n}") for n in range(rng.choice([50, 300]))]


def odd_kind(rng, notebook):
    rng.choice(notebook["cells"])["cell_type"] = rng.choice(["markdown", "raw", "heading", "", None, "code "])


def copies(rng, notebook):
    notebook["cells"] += json.loads(json.dumps(rng.sample(notebook["cells"], len(notebook["cells"]) // 2)))


def shuffled(rng, notebook):
    rng.shuffle(notebook["cells"])


def emptied(rng, notebook):
    notebook["cells"] = []


def odd_grading(rng, notebook):
    cell = rng.choice(list(cells_by_id(notebook).values()))
    key = rng.choice(["points", "grade_id", "grade", "schema_version", "locked", "solution"])
    cell["metadata"]["nbgrader"][key] = rng.choice([*ODD_VALUES, 10**400, "double", "test_double"])


def odd_outputs(rng, notebook):
    for cell in notebook["cells"]:
        cell["outputs"] = rng.choice([None, [], [{}], [{"output_type": "error"}], [deep(30)], "x" * 100_000])


def odd_format(rng, notebook):
    notebook["nbformat"] = rng.choice([1, 2, 3, 5, 99, "4", None])
    if rng.random() < 0.5:
        notebook["worksheets"] = [{"cells": notebook.pop("cells")}]


NOTEBOOK_DAMAGE: list[Callable] = [
    odd_value, odd_value, odd_value, lost_value, lost_value, odd_source, odd_source, odd_source, more_cells, more_cells,
    many_cells, odd_kind, copies, shuffled, emptied, odd_grading, odd_grading, odd_outputs, odd_format,
]  # fmt: skip


def _flipped(rng, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 5, 200])):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _zipped(rng, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for _ in range(rng.choice([1, 2])):
            name = rng.choice(
                ["a.ipynb", "../../up.ipynb", "/etc/a.ipynb", "é/学.ipynb", "c:\\d\\a.ipynb", "a.ipynb/b.ipynb"]
            )
            archive.writestr(name, data)
    return buffer.getvalue()


BYTE_DAMAGE: list[Callable[[random.Random, bytes], bytes]] = [
    lambda rng, data: data[: rng.randrange(len(data))],
    _flipped,
    lambda rng, data: b"",
    lambda rng, data: b"\xef\xbb\xbf" + data,
    lambda rng, data: data.decode().encode("utf-16"),
    lambda rng, data: data.replace(b"small", b"sm\xe9ll"),
    lambda rng, data: rng.randbytes(rng.choice([1, 1000, 100_000])),
    lambda rng, data: gzip.compress(data),
    lambda rng, data: data + data,
    lambda rng, data: data.replace(b'"cells"', b'"cells": [], "cells"'),
    lambda rng, data: b"[" * 50_000,
    lambda rng, data: b"\x00" * 1000 + data,
]
ZIP_DAMAGE: list[Callable[[random.Random, bytes], bytes]] = [
    lambda rng, data: data,
    lambda rng, data: data[: rng.randrange(len(data))],
    _flipped,
    lambda rng, data: b"PK\x03\x04" + data,
    lambda rng, data: _zipped(rng, data),
]
ODD_TIMES = [
    "",
    "yesterday",
    "2026-13-45",
    "2026-11-20",
    "2026-11-20 10:00:00 EST",
    "9999-99-99 UTC",
    "\x00",
    "1" * 500,
]


def make_submission(rng: random.Random, released: str, folder: Path):
    """Writes one damaged submission below `folder`."""
    notebook = json.loads(released)
    cells_by_id(notebook)["double"]["source"] = f"def double(x):\n    {HONEST_ANSWER}  # {rng.random()}\n"
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        # What an earlier damage left need not have the place for this one.
        with contextlib.suppress(KeyError, IndexError, TypeError, AttributeError, ValueError):
            rng.choice(NOTEBOOK_DAMAGE)(rng, notebook)
    data = json.dumps(notebook, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    if rng.random() < 0.25:
        data = rng.choice(BYTE_DAMAGE)(rng, data)
    ending = rng.choice([".ipynb"] * 6 + [".json", ".ipynb.txt", "", ".IPYNB", " (1).ipynb", ".pdf"])
    if rng.random() < 0.2:
        data, ending = rng.choice(ZIP_DAMAGE)(rng, _zipped(rng, data)), ".zip"
    name = rng.choice([*ODD_NAMES, *["small"] * len(ODD_NAMES)])
    folder.mkdir(parents=True)
    (folder / f"{name[:60]}{ending}").write_bytes(data)
    if rng.random() < 0.2:
        (folder / "timestamp.txt").write_text(rng.choice(ODD_TIMES))
    if rng.random() < 0.1:
        os.symlink("/etc/passwd", folder / "link.ipynb")
    if rng.random() < 0.1:
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.ipynb")).write_bytes(data)


def make_class(root: Path, seed: int, size: int) -> Path:
    """A class of `size` damaged submissions and two honest ones, in `root/class`, and its course."""
    rng = random.Random(seed)
    small_course.write(root, small=7)
    folder = small_course.hand_in(root, {(student, "small"): HONEST_ANSWER for student in HONEST})
    released = (root / "build" / "release" / "small" / "small.ipynb").read_text()
    for number in range(size):
        name = rng.choice(ODD_NAMES).replace("/", "_") if rng.random() < 0.5 else "student"
        make_submission(rng, released, folder / f"n{number:04}-{name[:50]}")
    return folder


def grade_and_judge(root: Path, seed: int, size: int) -> list[str]:
    """Grades a damaged class with the real command. Returns what went wrong; empty if nothing did."""
    folder, out = make_class(root, seed, size), root / "out"
    limits = ["--cell-timeout", "2", "--notebook-timeout", "10", "--output", "1M"]
    command = [
        sys.executable,
        "-m",
        "autograder",
        "grade",
        folder,
        "--out",
        out,
        "--due",
        "2026-11-20 12:00 UTC",
        *limits,
    ]
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        list(map(str, command)), cwd=root, env=env, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode or "Traceback" in done.stderr:
        return [f"seed {seed}: exit status {done.returncode}: {done.stderr[-3000:]}"]
    wrong = []
    results = json.loads((out / "results.json").read_text())["submissions"]
    honest = {r["student"]: r["score"] for r in results if r["student"] in HONEST}
    if honest != dict.fromkeys(HONEST, 4):
        wrong.append(f"seed {seed}: the honest neighbours have {honest}, not 4 points each")
    manifest = [entry["path"] for entry in json.loads((out / "manifest.json").read_text())["files"]]
    for submission in sorted(folder.glob("n*")):
        token = f"{submission.name[:5]}-"
        if not any(token in path for path in manifest):
            wrong.append(f"seed {seed}: no file of {submission.name} is in the manifest")
        if not any(r["path"].find(token) >= 0 or token in r["student"] for r in results):
            wrong.append(f"seed {seed}: nothing says what became of {submission.name}")
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, help="how many submissions")
    parser.add_argument("--seed", type=int, default=0, help="of the first class")
    arguments = parser.parse_args()
    failures = []
    for number in range(-(-arguments.count // 100)):
        with tempfile.TemporaryDirectory() as name:
            found = grade_and_judge(Path(name), arguments.seed + number, min(100, arguments.count))
        print(f"class {number}: {'; '.join(found) or 'nobody was stopped, everything is accounted for'}", flush=True)
        failures += found
    sys.exit(bool(failures))
