"""Tests run in a namespace of their own, inside the kernel: one that the learner's cells never touched, with the
settings that the set-up cell left, whatever the learner called `checks` or `len`, and set in JAX, NumPy or matplotlib.

A cell that the grader sends begins with a line `# <token> given` or `# <token> graded name,name`. The token is known to
the grader and to a closure here.
"""

import builtins
import contextlib
import importlib.abc
import importlib.util
import linecache
import os
import symtable
import sys
import types
import warnings

_PLATFORM = ("JAX_", "XLA_", "CUDA_", "TF_", "MPLBACKEND")  # what decides where computations and pictures go
_OURS = ("get_ipython", "display", "__builtins__", "In", "Out", "exit", "quit", "open")


def furnish(token: str):
    """Makes IPython run marked cells as above."""
    from ipykernel.zmqshell import ZMQInteractiveShell

    run_cell, machine = ZMQInteractiveShell.run_cell, {k: v for k, v in os.environ.items() if k.startswith(_PLATFORM)}
    plain = dict(vars(builtins))
    names: dict = {}  # what given cells bound
    settings: dict = {}  # those that the last of them left

    def note_settings(module):
        settings.update(take_settings() | settings)

    for library in ("jax", "numpy", "matplotlib"):  # as they are before anybody sets anything
        after_import(library, note_settings, before=lambda: keep_platform(machine))
    after_import("jax", hold_platform)

    def run_as_marked(self, raw_cell, *arguments, **options):
        settings.update(take_settings() | settings)
        streams = sys.stdout, sys.stderr, sys.displayhook, sys.excepthook
        try:
            mark, _, source = raw_cell.partition("\n")
            if not mark.startswith(f"# {token} "):
                return run_cell(self, raw_cell, *arguments, **options)
            kind, _, exercises = mark.removeprefix(f"# {token} ").partition(" ")
            if kind == "graded":
                return graded(self, source, exercises.split(","), arguments, options)
            return given(self, source, arguments, options)
        finally:
            _streams(streams, None)  # ipykernel itself needs these
            sys.setrecursionlimit(max(sys.getrecursionlimit(), settings["recursion"]))
            _builtins(plain | {n: v for n, v in vars(builtins).items() if n not in plain}, {})
            keep_platform(machine)

    def given(shell, source, arguments, options):
        before = dict(shell.user_ns)
        apply(settings | {"builtins": settings["builtins"] | plain}, take_settings(), only=_LIBRARIES)
        result = run_cell(shell, source, *arguments, **options)
        said = names_bound(shell.transform_cell(source))
        bound = {n: v for n, v in shell.user_ns.items() if n in said or n not in before or before[n] is not v}
        names.update({n: v for n, v in bound.items() if not n.startswith("_") and n not in _OURS})
        settings.update(take_settings())
        return result

    def graded(shell, source, exercises, arguments, options):
        learner, module = shell.user_ns, shell.user_module
        home = types.ModuleType("__main__")
        home.__dict__.update({"__builtins__": dict(plain), "__learner__": learner})
        home.__dict__.update({"_oh": {}, "_": "", "__": "", "___": ""})  # where IPython keeps what a cell shows
        home.__dict__.update({name: at_home(value, learner, home.__dict__) for name, value in names.items()})
        home.__dict__.update({name: learner[name] for name in exercises if name in learner})
        numbers = {name: value for name, value in names.items() if type(value) in (bool, int, float, str)}
        changed = {name: learner[name] for name in numbers if name in learner}
        known = set(linecache.cache)
        with contextlib.suppress(Exception):
            shell.kernel.get_parent()["content"]["code"] = ""  # the message that asked for this
        with put_back(settings, plain), plain_shell(shell):
            shell.user_module, shell.user_ns = home, home.__dict__
            learner.update({name: numbers[name] for name in changed})  # the course's constants are what they are
            try:
                return run_cell(shell, source, *arguments, **options)
            finally:
                shell.user_module, shell.user_ns = module, learner
                learner.update(changed)
                forget(shell, known)

    ZMQInteractiveShell.run_cell = run_as_marked


def after_import(name: str, function, before=lambda: None):
    """Calls `function(module)` when the module `name` is imported for the first time, and `before()` just before it:
    what a library reads from the environment then is the grader's, also in a cell that has just set it."""

    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, wanted, path=None, target=None):
            if wanted != name:
                return None
            sys.meta_path.remove(self)
            spec = importlib.util.find_spec(name)
            if spec and spec.loader:
                run = spec.loader.exec_module

                def exec_module(module):
                    before()
                    run(module)
                    function(module)

                spec.loader.exec_module = exec_module
            return spec

    sys.meta_path.insert(0, Finder())


def names_bound(source: str) -> set[str]:
    """The names that a cell binds, whether or not they had the same value before."""
    try:
        symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    except (SyntaxError, ValueError):
        return set()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def at_home(value, learner: dict, home: dict):
    """A function of the set-up's with the home's names as its own; anything else as it is."""
    if not isinstance(value, types.FunctionType) or value.__globals__ is not learner:
        return value
    function = types.FunctionType(value.__code__, home, value.__name__, value.__defaults__, value.__closure__)
    function.__kwdefaults__, function.__doc__ = value.__kwdefaults__, value.__doc__
    function.__dict__.update(value.__dict__)
    return function


@contextlib.contextmanager
def plain_shell(shell):
    """A shell without what a learner hung into it: `%config InteractiveShell.ast_node_interactivity = "all"` shows the
    value of every line, a transformer may leave out the tests."""
    plain = {"ast_transformers": [], "input_transformers_post": [], "ast_node_interactivity": "last_expr"}
    plain |= {"custom_exceptions": (), "call_pdb": False}
    before = {name: getattr(shell, name) for name in plain}
    try:
        for name, value in plain.items():
            setattr(shell, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(shell, name, value)


def forget(shell, known: set):
    """Leaves nothing of a test behind: no source, no frame."""
    for name in linecache.cache.keys() - known:
        linecache.cache.pop(name, None)
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        if hasattr(sys, name):
            delattr(sys, name)
    shell._last_traceback = None
    shell.last_execution_result = None


# --- Settings ---------------------------------------------------------------------------------------------------------


def take_settings() -> dict:
    """The settings of this moment, by what they belong to; of libraries, those that are loaded."""
    taken = {
        "environment": dict(os.environ),
        "path": list(sys.path),
        "recursion": sys.getrecursionlimit(),
        "streams": (sys.stdout, sys.stderr, sys.displayhook, sys.excepthook),
        "filters": (list(warnings.filters), warnings.showwarning, warnings.warn),
        "builtins": dict(vars(builtins)),
    }
    with contextlib.suppress(OSError):
        taken["folder"] = os.getcwd()
    if numpy := sys.modules.get("numpy"):
        with contextlib.suppress(Exception):
            taken["numpy"] = (numpy.geterr(), numpy.get_printoptions())
    if matplotlib := sys.modules.get("matplotlib"):
        with contextlib.suppress(Exception):
            taken["matplotlib"] = {k: v for k, v in dict.items(matplotlib.rcParams) if "backend" not in k}
    if jax := sys.modules.get("jax"):
        with contextlib.suppress(Exception):
            taken["jax"] = dict(jax.config.values)
    return taken


@contextlib.contextmanager
def put_back(settings: dict, plain: dict):
    """Within the block these settings hold, and Python's own functions are Python's; afterwards what was before."""
    before = take_settings()
    apply(settings | {"builtins": settings["builtins"] | plain}, before)
    try:
        yield
    finally:
        apply(before, take_settings())


def apply(wanted: dict, present: dict, only: tuple = ()):
    """Changes what differs; of `only` these things if they are named."""
    wanted = {name: value for name, value in wanted.items() if not only or name in only}
    present = {name: present.get(name) for name in wanted}
    for name, value in wanted.items():
        with contextlib.suppress(Exception):
            if name in _ALWAYS or value != present[name]:
                _APPLY[name](value, present[name] or {})


def _environment(wanted, present):
    for name in present.keys() - wanted.keys():
        os.environ.pop(name, None)
    os.environ.update({n: v for n, v in wanted.items() if present.get(n) != v})


def _streams(wanted, present):
    sys.stdout, sys.stderr, sys.displayhook, sys.excepthook = wanted


def _filters(wanted, present):
    warnings.filters[:], warnings.showwarning, warnings.warn = wanted
    if hasattr(warnings, "_filters_mutated"):
        warnings._filters_mutated()


def _builtins(wanted, present):
    for name in present.keys() - wanted.keys():
        vars(builtins).pop(name, None)
    vars(builtins).update(wanted)


def _numpy(wanted, present):
    sys.modules["numpy"].seterr(**wanted[0])
    sys.modules["numpy"].set_printoptions(**wanted[1])


def _jax(wanted, present):
    for name, value in wanted.items():
        if present.get(name, value) != value:
            with contextlib.suppress(Exception):
                sys.modules["jax"].config.update(name, value)


_APPLY = {
    "environment": _environment,
    "path": lambda wanted, present: sys.path.__setitem__(slice(None), wanted),
    "recursion": lambda wanted, present: sys.setrecursionlimit(wanted),
    "streams": _streams,
    "filters": _filters,
    "builtins": _builtins,
    "folder": lambda wanted, present: os.chdir(wanted),
    "numpy": _numpy,
    "matplotlib": lambda wanted, present: dict.update(sys.modules["matplotlib"].rcParams, wanted),
    "jax": _jax,
}
_ALWAYS = ("builtins", "streams", "filters")  # what a learner puts there may call itself equal to anything
_LIBRARIES = ("filters", "builtins", "numpy", "matplotlib", "jax")


def keep_platform(machine: dict):
    """After every cell: computations go on where the grader has them, whatever device a notebook asks for."""
    for name in [n for n in os.environ if n.startswith(_PLATFORM) and n not in machine]:
        del os.environ[name]
    os.environ.update(machine)
    if jax := sys.modules.get("jax"):
        with contextlib.suppress(Exception):
            if jax.config.values.get("jax_platforms") != machine.get("JAX_PLATFORMS"):
                jax.config.update("jax_platforms", machine.get("JAX_PLATFORMS"))


def hold_platform(jax):
    """Asking JAX for another platform changes nothing, from the import on: a cell that asks for one may go on and
    compute. `jax.devices("gpu")[0]` is ordinary in Colab too."""
    update, devices = jax.config.update, jax.devices

    def update_all_but_the_platform(name, value):
        if name not in ("jax_platforms", "jax_platform_name"):
            update(name, value)

    jax.config.update = update_all_but_the_platform
    jax.devices = jax.local_devices = lambda *arguments, **options: devices()
