"""Expected values are computed before the answer is called: what it changes, in its arguments or in NumPy, changes none
of them. A lint of every graded cell of the course."""

import ast
import textwrap

import pytest
from conftest import read_course

from autograder.course import is_grade

COURSE = read_course()
_TRANSFORMATIONS = {
    "ways",  # of checks: the function, and the function jitted
    "jit",
    "vmap",
    "grad",
    "value_and_grad",
    "partial",
    "zip",
    "enumerate",
}  # take a function and do not call it
_PLAIN = {"int", "float", "len", "min", "max", "abs", "list", "tuple"}  # of what nobody can change
_MODULES = {"np", "jnp", "jax", "checks"}


class Late:
    """Finds in a cell what is expected by `checks.equal(got, want)` and comes after the answer's call that gave `got`.

    Args:
      source: the cell.
      answers: names of what learners write.
    """

    def __init__(self, source: str, answers):
        self._tree, self._answers = ast.parse(source), set(answers)
        self._loops: set[int] = set()  # lines; what a loop goes through was there before
        self._assigned: dict[str, list[tuple[int, ast.AST]]] = {}  # by name: line and the value it comes from
        for node in ast.walk(self._tree):
            for target, value in _bindings(node):
                for name in _targets(target):
                    self._assigned.setdefault(name, []).append((node.lineno, value))
                    if isinstance(node, ast.For):
                        self._loops.add(node.lineno)
        self._theirs = set(answers)
        while more := {name for name, values in self._assigned.items() if self._is_theirs(*(v for _, v in values))}:
            if more <= self._theirs:
                break
            self._theirs |= more

    def found(self) -> list[str]:
        """The calls of `checks.equal` that compare with what came too late."""
        return [ast.unparse(node)[:100] for node in ast.walk(self._tree) if self._is_late(node)]

    def _is_theirs(self, *nodes: ast.AST) -> bool:
        return any(_names(node) & self._theirs for node in nodes)

    def _is_late(self, node: ast.AST) -> bool:
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "checks.equal"):
            return False
        got, want = node.args[:2]
        if self._is_theirs(want):  # one thing that the answer gave is held against another
            return False
        called = self._first_call(got, node.lineno, set())
        if called is None:
            return False
        calls = [part for part in ast.walk(want) if isinstance(part, ast.Call) and ast.unparse(part.func) not in _PLAIN]
        if any(_names(part) - _MODULES for part in calls):
            return True
        before = [[at for at, _ in self._assigned.get(name, ()) if at <= node.lineno] for name in _names(want)]
        last = {max(lines) for lines in before if lines} - self._loops
        return any(line > called for line in last)

    def _first_call(self, node: ast.AST, line: int, seen: set[str]) -> int | None:
        """The line of the first call of the answer that `node`, in `line`, depends on."""
        lines = [line] if any(self._calls(part) for part in ast.walk(node)) else []
        for name in (_names(node) & self._theirs) - seen - self._answers:
            before = [(at, value) for at, value in self._assigned.get(name, ()) if at <= line]
            if before:
                at, value = max(before, key=lambda pair: pair[0])
                if isinstance(value, ast.FunctionDef):
                    continue
                lines.append(self._first_call(value, at, seen | {name}))
        return min((at for at in lines if at is not None), default=None)

    def _calls(self, node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or not self._is_theirs(node):
            return False
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return self._is_theirs(node.func) or function not in _TRANSFORMATIONS


def _bindings(node: ast.AST):
    """Pairs of a target and what it gets."""
    match node:
        case ast.Assign(targets=targets, value=value):
            if len(targets) == 1 and isinstance(targets[0], ast.Tuple) and isinstance(value, ast.Tuple):
                yield from zip(targets[0].elts, value.elts, strict=False)
            else:
                yield from ((target, value) for target in targets)
        case ast.AugAssign(target=target, value=value) | ast.AnnAssign(target=target, value=ast.AST() as value):
            yield target, value
        case ast.For(target=target, iter=value):
            yield target, value
        case ast.FunctionDef(name=name, decorator_list=[]):
            yield ast.Name(name), node


def _targets(node: ast.AST) -> set[str]:
    """The names that an assignment to `node` binds or changes."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else []
    return {name for part in parts for name in _targets(part)} | ({node.id} if isinstance(node, ast.Name) else set())


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


@pytest.mark.parametrize("name", COURSE.assignments)
def test_expected_values_come_before_the_answer(name):
    assignment = COURSE.assignments[name]
    answers = [exercise.name for exercise in assignment.exercises]
    cells = [cell for cell in assignment.source.cells if is_grade(cell)]
    late = [f"{cell.id}: {call}" for cell in cells for call in Late(cell.source, answers).found()]
    assert not late, "Compute what is expected into a name first, before the answer is called:\n" + "\n".join(late)


@pytest.mark.parametrize(
    ("body", "late"),
    [
        ("checks.equal(f(x), 2 * x, 'f')", False),
        ("checks.equal(f(x), reference(x), 'f')", True),
        ("checks.equal(f(x), np.array([1, 2]), 'f')", False),
        ("want = reference(x)\nchecks.equal(f(x), want, 'f')", False),
        ("got = f(x)\nwant = reference(x)\nchecks.equal(got, want, 'f')", True),
        (
            "want = reference(x)\ngot, state = jax.jit(f)(x)\ngot = checks.number(got)\nchecks.equal(got, want, 'f')",
            False,
        ),
        ("g = jax.vmap(f)\nwant = reference(x)\nchecks.equal(g(x), want, 'f')", False),
        ("g = jax.vmap(f)\ngot = g(x)\nwant = 2 * x\nchecks.equal(got[0], want[0], 'f')", True),
        ("def helper(x):\n    return f(x)\ngot = helper(x)\nwant = 2 * x\nchecks.equal(got, want, 'f')", True),
        ("ways = checks.ways(f)\nwant = 2 * x\nfor how, g in ways:\n    checks.equal(g(x), want, 'f')", False),
        (
            "ways = checks.ways(f)\nfor _, g in ways:\n    got = g(x)\n    want = x\n    checks.equal(got, want, 'f')",
            True,
        ),
        ("checks.equal(f(x), f(2 * x), 'f')", False),
        ("got = run(f, x)\nwant = np.mean(x)\nchecks.equal(got, want, 'f')", True),
    ],
)
def test_the_lint_sees_what_comes_too_late(body, late):
    assert bool(Late(f"def _test():\n{textwrap.indent(body, '    ')}\n", ["f"]).found()) == late
