"""Imports point downwards, and importing `rl_helpers` stays light."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(
    path.relative_to(ROOT) for folder in ("rl_helpers", "autograder") for path in (ROOT / folder).rglob("*.py")
)
ENVIRONMENTS = [
    file
    for file in FILES
    if file.parent == Path("rl_helpers/envs") and file.stem not in ("__init__", "base", "gymnasium_bridge")
]


def imported_modules(file: Path) -> set[str]:
    """Every module that `file` names in an import statement, wherever it stands, as an absolute dotted name."""
    package, found = file.parent.parts, set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def test_the_files_are_found():
    assert {Path("rl_helpers/checks/frame.py"), Path("autograder/build.py")} <= set(FILES)
    assert Path("rl_helpers/envs/cartpole.py") in ENVIRONMENTS
    assert {"rl_helpers.envs.base", "jax"} <= imported_modules(Path("rl_helpers/envs/gymnasium_bridge.py"))


@pytest.mark.parametrize("file", FILES, ids=str)
def test_package_and_grader_do_not_import_each_other(file):
    other = {"rl_helpers": "autograder", "autograder": "rl_helpers"}[file.parts[0]]
    assert not [module for module in imported_modules(file) if module.split(".")[0] == other]


@pytest.mark.parametrize("file", ENVIRONMENTS, ids=str)
def test_environments_do_not_import_each_other(file):
    siblings = {f"rl_helpers.envs.{other.stem}" for other in ENVIRONMENTS if other != file}
    assert not imported_modules(file) & siblings


def loaded(imports: str, heavy: set[str]) -> str:
    """Which of the `heavy` modules are loaded after `imports`."""
    code = f"import sys\n{imports}\nprint(sorted(name for name in {heavy} if sys.modules.get(name)))"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_importing_the_package_loads_nothing_heavy():
    imports = "from rl_helpers import animate, checks, evaluation, play, plotting, progress, records, room"
    imports += "\nimport rl_helpers.show.game, rl_helpers.show.picture"
    heavy = {"anywidget", "matplotlib", "platformdirs", "pygame", "ipywidgets", "IPython", "PIL", "tqdm"}
    assert loaded(f"import rl_helpers\n{imports}", heavy) == "[]\n"


def test_the_command_starts_without_what_it_does_not_always_need():
    heavy = {"jax", "matplotlib", "nbgrader.api", "distributed", "lark"}
    assert loaded("import autograder.__main__", heavy) == "[]\n"
    assert loaded("import json", {"json", "jax"}) == "['json']\n"


@pytest.mark.slow
def test_grading_starts_without_what_it_does_not_need():
    heavy = {"jax", "matplotlib", "distributed", "lark"}  # rfc3987_syntax builds a parser with lark, for seconds
    assert loaded("import autograder.__main__, autograder.grading, autograder.pipeline", heavy) == "[]\n"
    assert loaded("import autograder.platforms.__main__", heavy) == "[]\n"


@pytest.mark.slow
@pytest.mark.parametrize("given", [None, "--xla_cpu_multi_thread_eigen=false"])
def test_xla_compiles_at_level_1_unless_it_is_told_something_else(given):
    """XLA reads the flags after all imports: it ends a process that then asks for a flag that it does not know."""
    imports = "import haiku, jax, optax\nimport rl_helpers, os\nprint(os.environ['XLA_FLAGS'])"
    ask = "os.environ['XLA_FLAGS'] += ' --xla_no_such_flag=1'\njax.numpy.ones(3)"
    environment = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    environment |= {"XLA_FLAGS": given} if given else {}
    command = [sys.executable, "-c", f"{imports}\n{ask}"]
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert asked.returncode and "--xla_no_such_flag=1" in asked.stderr, asked.stderr
    assert asked.stdout == f"{given or '--xla_backend_optimization_level=1'}\n"


def test_public_names_exist():
    import rl_helpers
    from rl_helpers import envs

    for package in (rl_helpers, envs):
        assert package.__all__ == sorted(package.__all__)
        assert all(hasattr(package, name) for name in package.__all__)
