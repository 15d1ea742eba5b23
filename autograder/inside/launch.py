"""The kernel's first code inside the sandbox: sets the process's limits, then becomes an ordinary ipykernel.

    python launch.py LIMITS -f CONNECTION_FILE

LIMITS is JSON: memory_bytes, threads, tmp_bytes, output_bytes, cpu_seconds, and `mark`, the file with the token that
marks the grader's cells (see room.py), which is gone before a learner's code runs. What is set here binds a process and
its children; the grader outside counts them all together and looks at the clock.
"""

import contextlib
import json
import os
import platform
import re
import resource
import shutil
import sys
import threading
from pathlib import Path

NOT_HERE = ("pip", "pip3", "uv", "conda", "mamba", "micromamba", "apt", "apt-get", "sudo", "npm", "git", "wget", "curl")


def set_limits(memory_bytes: int, threads: int, tmp_bytes: int, cpu_seconds: int):
    """Hard limits of this process and its children: memory, file size, processor time, processes and threads."""
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_DATA: memory_bytes,
        resource.RLIMIT_FSIZE: tmp_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
    }
    if _counts_processes_by_namespace():
        limits[resource.RLIMIT_NPROC] = threads
    for what, most in limits.items():
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _counts_processes_by_namespace() -> bool:
    """Before Linux 5.14 RLIMIT_NPROC counted everything the instructor runs on the machine."""
    major, minor = platform.release().split(".")[:2]
    return sys.platform == "linux" and (int(major), int("".join(filter(str.isdigit, minor)) or 0)) >= (5, 14)


def cap_output(output_bytes: int):
    """Prints end after `output_bytes` characters, and nothing larger than that leaves the kernel in one piece."""
    from ipykernel.iostream import IOPubThread, OutStream

    write, send, left = OutStream.write, IOPubThread.send_multipart, output_bytes

    def capped_write(self, text):
        nonlocal left
        kept = text[: max(left, 0)] if isinstance(text, str) else text
        left -= len(text) if isinstance(text, str) else 0
        if kept:
            write(self, kept)
        return len(text)

    def capped_send(self, message, *args, **kwargs):
        if sum(memoryview(part).nbytes for part in message) <= output_bytes:
            send(self, message, *args, **kwargs)

    OutStream.write, IOPubThread.send_multipart = capped_write, capped_send


def end_with_grader():
    """Ends this process, and with it the sandbox, when the grader is gone, because then the pipe at stdin ends.
    bubblewrap's own --die-with-parent knows nothing of a parent that was gone before it looked."""

    def wait():
        with contextlib.suppress(OSError):  # a learner may close it
            while os.read(0, 1):
                pass
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def keep_running():
    """exit() and quit() end a cell, as an error, and not the kernel with everything that is still to come."""
    from ipykernel.zmqshell import ZMQInteractiveShell

    def end_the_cell(self):
        raise SystemExit

    ZMQInteractiveShell.ask_exit = end_the_cell


def find_compiled():
    """Lets JAX's cache in this kernel start with what was compiled for the instructor's answers, which nobody can
    write to: a link to each file."""
    compiled = os.environ.pop("GRADER_COMPILED", "")
    if compiled:
        cache = Path(os.environ["JAX_COMPILATION_CACHE_DIR"])
        cache.mkdir()
        for file in Path(compiled).iterdir():
            (cache / file.name).symlink_to(file)


def send_any_text():
    """A message goes out whatever text a learner's code puts into it; half a surrogate pair becomes a question mark."""
    from jupyter_client.session import Session

    begin = Session.__init__

    def forgiving(pack):
        def pack_any(content):
            try:
                return pack(content)
            except (UnicodeError, TypeError):
                return json.dumps(content, default=str, ensure_ascii=False).encode("utf-8", "replace")

        return pack_any

    def __init__(self, **options):
        begin(self, **options)
        self.pack = forgiving(self.pack)

    Session.__init__ = __init__


def no_window(room):
    """Whatever picture window a notebook asks for, pictures stay in the notebook: there is no screen here."""
    from ipykernel.zmqshell import ZMQInteractiveShell

    enable = ZMQInteractiveShell.enable_matplotlib
    ZMQInteractiveShell.enable_matplotlib = lambda self, gui=None: enable(self, "inline")
    room.after_import("matplotlib", lambda module: setattr(module, "use", lambda backend, *, force=True: None))

    def hold_backend(pyplot):
        switch = pyplot.switch_backend
        pyplot.switch_backend = lambda backend: switch("module://matplotlib_inline.backend_inline")

    room.after_import("matplotlib.pyplot", hold_backend)


def no_installs():
    """Installs and downloads do nothing, in whatever way they are asked for: all that the course needs is there, and
    there is no network. A line magic that does not work here (`%load_ext …`) says so and does not end its cell."""
    from ipykernel.zmqshell import ZMQInteractiveShell
    from IPython.core.error import UsageError

    folder = Path(os.environ["HOME"]) / ".nothing"
    folder.mkdir()
    for name in NOT_HERE:
        (folder / name).symlink_to(shutil.which("true"))
    os.environ["PATH"] = os.pathsep.join([str(folder), os.environ["PATH"]])
    run, system = ZMQInteractiveShell.run_line_magic, ZMQInteractiveShell.system_piped
    pip = re.compile(r"\s*(sudo\s+)?\S*python[\d.]*\s+-m\s+pip\b")

    def run_line_magic(self, name, line, _stack_depth=1):
        if name in NOT_HERE:
            return None
        try:
            return run(self, name, line, _stack_depth + 1)
        except (UsageError, ImportError) as error:
            return print(f"%{name} does nothing here: {error}")

    def quiet_system(self, command):
        if not pip.match(command):
            system(self, command)

    ZMQInteractiveShell.run_line_magic = run_line_magic
    ZMQInteractiveShell.system = ZMQInteractiveShell.system_piped = quiet_system


if __name__ == "__main__":
    wanted = json.loads(sys.argv.pop(1))
    mark = Path(wanted.pop("mark"))
    token = mark.read_text()
    mark.unlink()
    output = wanted.pop("output_bytes")
    set_limits(**wanted)
    end_with_grader()
    cap_output(output)
    keep_running()
    find_compiled()
    import room

    send_any_text()
    no_window(room)
    no_installs()
    room.furnish(token)
    del sys.modules["room"], room, token
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()
