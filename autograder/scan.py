"""Reads a learner's code for ways around the tests: looking into their frames, replacing what they are made of.

Nothing here changes a score. A suspicion is a line for a person to read, so each names its cell, line and reason. Code
that answers the exercises in any ordinary way gives none.
"""

import ast
from collections.abc import Iterable

from IPython.core.inputtransformer2 import TransformerManager

# The tests stand on these: giving other values to their attributes is a way in. Their names are the learner's.
_MODULES = frozenset({"checks", "rl_helpers", "np", "numpy", "jnp", "jax", "gym", "gymnasium", "builtins", "sys"})
_IMPORTS = {
    "ctypes": "reaches into memory",
    "builtins": "gives hold of Python's own functions",
    "unittest.mock": "replaces other code",
    "atexit": "runs code later",
    "bdb": "watches other code run",
}
_ATTRIBUTES = {
    "sys": {"_getframe", "modules", "settrace", "setprofile", "meta_path", "displayhook", "excepthook", "monitoring"},
    "inspect": {"stack", "currentframe", "getouterframes", "getinnerframes", "trace", "getclosurevars"},
    "gc": {"get_objects", "get_referrers", "get_referents"},
    "ast": {"NodeTransformer"},
    "signal": {"signal", "setitimer", "alarm"},
    "threading": {"settrace", "setprofile"},
}
_SHELL = frozenset(
    {"ast_transformers", "events", "set_custom_exc", "kernel", "showtraceback", "input_transformers_post"}
    | {"input_transformers_cleanup", "input_transformer_manager", "display_pub", "displayhook", "history_manager"}
)
_FRAMES = frozenset(
    {"__globals__", "__code__", "__closure__", "__builtins__", "__subclasses__", "__wrapped__", "__mro__", "__bases__"}
    | {"f_back", "f_locals", "f_globals", "tb_frame", "gi_frame", "cr_frame"}
)
_PRETENDING = frozenset(
    {"__eq__", "__array__", "__array_ufunc__", "__array_function__", "__jax_array__", "__getattribute__"}
    | {"__instancecheck__", "__subclasscheck__", "__class__"}
)
_BUILTINS = frozenset({"eval", "exec", "compile", "__import__"})


def suspicions(cells: Iterable[tuple[str, str]]) -> list[str]:
    """What in `cells`, pairs of a name and a source, a person should look at."""
    found = []
    for name, source in cells:
        try:
            tree = ast.parse(TransformerManager().transform_cell(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # what does not parse does not run
        reader = _Reader()
        try:
            reader.visit(tree)
        except RecursionError:
            reader.found[0] = "is nested too deeply to be read"
        found += [f"{name}, line {line}: {reason}" for line, reason in sorted(reader.found.items())]
    return found


class _Reader(ast.NodeVisitor):
    """Collects one reason for each line."""

    def __init__(self):
        self.found: dict[int, str] = {}

    def _suspect(self, node: ast.AST, reason: str):
        self.found.setdefault(node.lineno, reason)

    def visit_Import(self, node):
        for alias in node.names:
            self._imported(node, alias.name)

    def visit_ImportFrom(self, node):
        for alias in node.names:
            self._imported(node, f"{node.module}.{alias.name}")
            if alias.name in _ATTRIBUTES.get(node.module, ()):
                self._suspect(node, f"uses {node.module}.{alias.name}")

    def _imported(self, node, name: str):
        for module, reason in _IMPORTS.items():
            if name == module or name.startswith(f"{module}."):
                self._suspect(node, f"imports {module}, which {reason}")

    def visit_Name(self, node):
        if node.id in ("__builtins__", "_ih"):
            self._suspect(node, f"uses {node.id}")

    def visit_ClassDef(self, node):
        self.generic_visit(node)
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef) and inner.name in _PRETENDING:
                self._suspect(inner, f"defines {inner.name}, with which an object can pretend to be equal or another")

    def visit_Attribute(self, node):
        base = node.value
        if isinstance(base, ast.Name):
            if node.attr in _ATTRIBUTES.get(base.id, ()):
                self._suspect(node, f"uses {base.id}.{node.attr}")
            if not isinstance(node.ctx, ast.Load) and base.id in _MODULES:
                self._suspect(node, f"changes {base.id}.{node.attr}")
            if base.id == "checks" and node.attr.startswith("_"):
                self._suspect(node, f"uses checks.{node.attr}, which is not for learners")
            if base.id in _MODULES and node.attr == "__dict__":
                self._suspect(node, f"uses {base.id}.__dict__")
        if node.attr in _FRAMES:
            self._suspect(node, f"uses {node.attr}")
        if node.attr in _SHELL and _is_shell(base):
            self._suspect(node, f"uses get_ipython().{node.attr}")
        if node.attr == "__class__" and not isinstance(node.ctx, ast.Load):
            self._suspect(node, "changes an object's class")
        self.generic_visit(node)

    def visit_Call(self, node):
        function = node.func
        if isinstance(function, ast.Name):
            if function.id in _BUILTINS:
                self._suspect(node, f"calls {function.id}")
            first = node.args[0] if node.args else None
            outside = isinstance(first, ast.Call) or (isinstance(first, ast.Name) and first.id in _MODULES)
            if function.id in ("setattr", "delattr", "vars") and outside:
                self._suspect(node, f"calls {function.id} on something that is not its own")
        self.generic_visit(node)

    def visit_Subscript(self, node):
        if not isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Call):
            function = node.value.func
            if isinstance(function, ast.Name) and function.id in ("globals", "vars"):
                self._suspect(node, f"changes {function.id}()")
        self.generic_visit(node)

    def visit_Constant(self, node):
        if isinstance(node.value, str) and node.value.startswith("/proc/"):
            self._suspect(node, "reads /proc")


def _is_shell(node: ast.AST) -> bool:
    """Whether `node` is `get_ipython()` or a name people give it."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "get_ipython"
    return isinstance(node, ast.Name) and node.id in ("ip", "ipython", "shell")
