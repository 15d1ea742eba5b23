"""A witness in the kernel: says what learners' code did to what the tests stand on, and what it looked into.

It compares, before and after each graded cell, what modules and IPython's machinery consist of with what they consisted
of before any learner's code ran, and listens to Python's audit events: frames, other objects' insides and memory that a
learner's cell looks into, under whatever name it calls them. What the libraries do themselves does not count.

The grader writes requests, a line of JSON each: a number to answer with, and the name of the graded cell that runs
next, empty for any other. Everything here lives in closures and keeps its own hold of what it calls.
"""

import builtins
import contextlib
import importlib
import itertools
import json
import operator
import os
import re
import sys
import threading
import types
from collections.abc import Callable, Iterator

MAX_SIGHTS = 50  # told about one kernel

# What tests are made of. Of packages, the modules named here and no others.
_NAMES = """builtins math hashlib inspect linecache traceback json
numpy numpy.linalg numpy.random numpy.testing gymnasium gymnasium.spaces optax haiku
jax jax.numpy jax.lax jax.random jax.nn jax.tree jax.tree_util jax._src.array
IPython.core.interactiveshell IPython.core.compilerop IPython.core.displayhook
ipykernel.ipkernel ipykernel.kernelbase ipykernel.zmqshell ipykernel.displayhook ipykernel.iostream
jupyter_client.session zmq.sugar.socket"""
WATCHED = frozenset(_NAMES.split())

COURSE = "rl_helpers"  # all of its modules are watched, but for those that only show things
SHOWN = ("rl_helpers.plotting", "rl_helpers.animate", "rl_helpers.game", "rl_helpers.show", "rl_helpers.progress")
# Replaced by ordinary notebooks, and nothing that a test's verdict depends on.
HARMLESS = {
    "builtins": {"print", "input", "open", "help", "display", "exit", "quit", "breakpoint", "_", "get_ipython"},
    "numpy": {"bool", "int", "float", "object", "str", "long", "unicode", "infty", "Inf", "bool8", "warnings"},
    "linecache": {"cache", "checkcache", "getlines", "updatecache"},  # IPython's own
    "gymnasium": {"logger"},
}
_PYTHONS = frozenset(vars(builtins))  # debuggers add to it
_PLAIN = (bool, int, float, str, tuple)
_METHODS = (types.FunctionType, classmethod, staticmethod, property)

_FRAMES = ("tb_frame", "gi_frame", "cr_frame", "ag_frame", "gi_code", "cr_code", "ag_code", "f_code", "__code__")
_OF_FUNCTIONS = ("__code__", "__defaults__", "__kwdefaults__")
_MEMORY = re.compile(r"/proc/[^/]+/(task/[^/]+/)?(mem|maps|smaps|environ|fd/.*|cmdline)")
_TRACING = ("sys.settrace", "sys.setprofile", "sys.addaudithook", "sys.monitoring.register_callback")
_OBJECTS = ("gc.get_objects", "gc.get_referrers", "gc.get_referents")


def begin(requests: int, reports: int, modules: list[str]):
    """Imports `modules`, what the course's own cells import, and starts to watch.

    Args:
      requests, reports: file descriptors to read the grader's requests from and to write to.
    """
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    state = {"during": "", "compare": None, "functions": False}
    see = _reporter(reports, state)
    sys.addaudithook(_listener(see, state))

    def answer():
        try:
            with os.fdopen(requests) as lines:
                for line in lines:
                    number, during = json.loads(line)
                    if state["compare"] is None:
                        state["compare"] = _comparison(see, state)
                    else:
                        state["compare"]()
                    state["during"] = during
                    write(reports, dumps({"answer": number}).encode() + b"\n")
        finally:
            end(1)  # the grader is gone

    write, dumps, end = os.write, json.dumps, os._exit
    threading.Thread(target=answer, daemon=True).start()


def _reporter(reports: int, state: dict) -> Callable[[str], None]:
    write, dumps = os.write, json.dumps
    seen: set[str] = set()

    def see(sight: str):
        sight = f"{state['during']}: {sight}" if state["during"] else sight
        if sight not in seen and len(seen) < MAX_SIGHTS:
            seen.add(sight)
            with contextlib.suppress(OSError):
                write(reports, dumps({"seen": sight[:300]}).encode() + b"\n")

    return see


# --- What things consist of -------------------------------------------------------------------------------------------


def _comparison(see: Callable[[str], None], state: dict) -> Callable[[], None]:
    """Remembers what everything consists of now, and gives a function that tells what differs.

    These are thousands of things and it runs around every test, so it first asks in C whether anything differs. What a
    function consists of is looked at only after the audit hook has heard that some function's code or defaults were set
    (`state["functions"]`): looking would be heard too, and takes long.
    """
    loaded = sys.modules
    watched = {name: loaded[name] for name in list(loaded) if _is_watched(name)}
    known = [[name, *part] for name, module in watched.items() for part in _parts(module)]
    by_owner: dict[int, list] = {}
    for entry in known:
        by_owner.setdefault(id(entry[2]), []).append(entry)
    fast = [(mine[0][2].get, [e[3] for e in mine], [e[4][0] for e in mine], mine) for mine in by_owner.values()]
    machinery = _machinery()
    known_machinery = dict(machinery())
    for name, module in watched.items():
        if name.startswith(COURSE) or name in ("numpy", "jax", "jax.numpy"):
            _tell_when_set(module, see)
    all_are, same, none = all, operator.is_, itertools.repeat(known)  # nothing else is `known`

    def tell_replaced(get, keys, values, entries):
        for place, entry in enumerate(entries):
            name, part, _, key, before = entry
            now = get(key, known)
            if now is not before[0]:
                see(f"{name}.{part} was {'taken away' if now is known else 'replaced'}")
                entry[-1] = _essence(now)
                values[place] = now

    def compare():
        for name, module in watched.items():
            if loaded.get(name) is not module:
                see(f"sys.modules['{name}'] was replaced")
                loaded[name] = module
        for get, keys, values, entries in fast:
            if not all_are(map(same, map(get, keys, none), values)):
                tell_replaced(get, keys, values, entries)
        if state["functions"]:
            state["functions"] = False
            for entry in known:
                name, part, _, _, before = entry
                if len(before) > 1 and not _same(before, now := _essence(before[0])):
                    see(f"{name}.{part} was replaced")
                    entry[-1] = now
        for part, now in machinery():
            if not _same(known_machinery.get(part, ()), now):
                see(f"{part} was changed")
            known_machinery[part] = now

    return compare


def _is_watched(name: str) -> bool:
    of_the_course = name == COURSE or name.startswith(f"{COURSE}.")
    return name in WATCHED or (of_the_course and not name.startswith(SHOWN))


def _parts(module: types.ModuleType) -> Iterator[tuple]:
    """What a test may use of a module, functions with their code and classes with their methods: its name, the mapping
    that holds it, its key there and what it consists of."""
    harmless, root = HARMLESS.get(module.__name__, ()), module.__name__.partition(".")[0]
    for name, value in list(vars(module).items()):
        if name in harmless or (name.startswith("__") and name.endswith("__")):
            continue
        if module is builtins and name not in _PYTHONS:
            continue
        if isinstance(value, type) and getattr(value, "__module__", "").partition(".")[0] == root:
            methods = vars(value)  # one view for all of them: they are compared together
            for method, inner in list(methods.items()):
                if isinstance(inner, _METHODS):
                    yield f"{name}.{method}", methods, method, _essence(inner)
        if callable(value) or isinstance(value, types.ModuleType) or (root == COURSE and isinstance(value, _PLAIN)):
            yield name, vars(module), name, _essence(value)


def _essence(value) -> tuple:
    if isinstance(value, types.FunctionType):
        return value, value.__code__, value.__defaults__, value.__kwdefaults__
    return (value,)


def _same(before: tuple, now: tuple) -> bool:
    return len(before) == len(now) and all(a is b for a, b in zip(before, now, strict=True))


def _machinery() -> Callable[[], Iterator[tuple[str, tuple]]]:
    """A function that goes through what IPython and its kernel run cells with."""
    from ipykernel.zmqshell import ZMQInteractiveShell
    from IPython.core.getipython import get_ipython

    shell = ZMQInteractiveShell._instance or get_ipython()
    lists: dict[str, tuple[str, ...]] = {"": ("ast_transformers", "input_transformers_post")}
    lists[".input_transformer_manager"] = ("cleanup_transforms", "line_transforms", "token_transformers")
    whole = (
        "input_transformer_manager",
        "displayhook",
        "display_pub",
        "history_manager",
        "compile",
        "kernel",
        "events",
    )

    def parts():
        for owner, names in lists.items():
            holder = getattr(shell, owner[1:]) if owner else shell
            for name in names:
                yield f"get_ipython(){owner}.{name}", tuple(getattr(holder, name, ()))
        for name in whole:
            yield f"get_ipython().{name}", (getattr(shell, name, None),)
        yield "get_ipython().set_custom_exc", (*shell.custom_exceptions, vars(shell).get("CustomTB"))[:9]
        for event, callbacks in shell.events.callbacks.items():
            own = tuple(
                c for c in callbacks if _is_learners(getattr(getattr(c, "__code__", None), "co_filename", "/usr/"))
            )
            yield f"get_ipython().events: {event}", own
        for owner, thing in (("", shell), (".kernel", shell.kernel), (".kernel.session", shell.kernel.session)):
            for name in [n for n in list(vars(thing)) if isinstance(getattr(type(thing), n, None), types.FunctionType)]:
                yield f"get_ipython(){owner}.{name}", (vars(thing)[name],)
        for name, handler in shell.kernel.shell_handlers.items():
            yield f"get_ipython().kernel.shell_handlers['{name}']", (getattr(handler, "__func__", handler),)

    return parts


def _tell_when_set(module: types.ModuleType, see: Callable[[str], None]):
    """Tells when a learner's cell gives a part of the module another value, even if only for a while."""
    frame, harmless, name = sys._getframe, HARMLESS.get(module.__name__, ()), module.__name__

    class Watched(types.ModuleType):
        def __setattr__(self, part, value):
            if part in vars(self) and part not in harmless and _is_learners(frame(1).f_code.co_filename):
                see(f"{name}.{part} was replaced")
            super().__setattr__(part, value)

    Watched.__name__ = Watched.__qualname__ = "module"
    if type(module) is types.ModuleType:
        module.__class__ = Watched


# --- What is looked into ----------------------------------------------------------------------------------------------


def _listener(see: Callable[[str], None], state: dict) -> Callable[[str, tuple], None]:
    """A hook for audit events."""
    frame, ident, busy = sys._getframe, threading.get_ident, set()
    wanted = {"sys._getframe", "object.__getattr__", "object.__setattr__", "open", "compile", "sys._current_frames"}
    wanted |= {"sys._current_exceptions", "sys._getframemodulename", *_TRACING, *_OBJECTS}

    def hear(event: str, arguments: tuple):
        if event not in wanted and not event.startswith("ctypes."):
            return
        if event == "object.__setattr__" and arguments[1] in _OF_FUNCTIONS:
            state["functions"] = True
        if (me := ident()) in busy:
            return
        busy.add(me)
        try:
            if sight := _sight(event, arguments, state["during"]):
                caller: types.FrameType | None = frame(1)
                while caller and caller.f_code.co_filename.endswith(_TRANSPARENT):
                    caller = caller.f_back
                if caller and _is_learners(caller.f_code.co_filename):
                    see(f"{sight} in line {caller.f_lineno} of {caller.f_code.co_name}")
                elif event in ("sys._current_frames", "sys._current_exceptions") and state["during"]:
                    see(sight)
        finally:
            busy.discard(me)

    return hear


_TRANSPARENT: tuple[str, ...] = (
    "/inspect.py",
    "/ctypes/__init__.py",
    "/ctypes/util.py",
    "/bdb.py",
    "/threading.py",
    "/io.py",
)
_TRANSPARENT += ("/pathlib.py", "/pathlib/__init__.py", "/pathlib/_local.py", "/IPython/core/interactiveshell.py")


def _sight(event: str, arguments: tuple, during: str) -> str:
    """What a learner's cell would be told of for this event; empty for what everybody may do."""
    if event in ("sys._getframe", "sys._current_frames", "sys._current_exceptions"):
        return f"looks into frames ({event})" if during else ""
    if event == "object.__getattr__":
        thing, name = arguments[:2]
        own = isinstance(thing, types.FunctionType) and thing.__module__ == "__main__" and name == "__code__"
        return f"looks into frames or code ({name})" if during and name in _FRAMES and not own else ""
    if event == "object.__setattr__":
        thing, name = arguments[:2]
        owner = getattr(thing, "__module__", None) if callable(thing) else type(thing).__module__
        return f"changes {name} of something that is not its own" if owner != "__main__" else ""
    if event in _OBJECTS:
        return f"looks for objects ({event})"
    if event in _TRACING:
        return f"watches other code run ({event})"
    if event == "open":
        path = arguments[0]
        found = isinstance(path, str) and _MEMORY.fullmatch(path)
        return f"opens {path}" if found else ""
    if event == "compile":
        file = arguments[1] if len(arguments) > 1 else None
        file = os.fsdecode(file) if isinstance(file, (str, bytes)) else ""
        return "compiles code under the name of a library" if file and not _is_learners(file) else ""
    return f"reaches into memory ({event})" if event.startswith("ctypes.") else ""


_FOLDERS = [sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), "/usr", os.path.dirname(__file__)]
_FOLDERS += filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
_LIBRARIES = tuple(dict.fromkeys(os.path.join(folder, "") for folder in _FOLDERS))


def _is_learners(file: str) -> bool:
    """Whether code of this file is a notebook's, and not a library's."""
    return not file.startswith(_LIBRARIES) and not file.startswith("<frozen")
