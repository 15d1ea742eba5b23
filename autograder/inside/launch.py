"""The kernel's first code inside the sandbox: sets the process's limits, then becomes an ordinary ipykernel.

    python launch.py -f CONNECTION_FILE

The first line of standard input, gone before a learner's code runs, is JSON: memory_bytes, threads, tmp_bytes,
output_bytes and cpu_seconds; `filter`, which system calls are refused from here on (see seccomp.py); `token`, which
marks the grader's cells (see namespace.py); `sockets`, file descriptors by address; `reports`, a file descriptor, and
`modules`, both for witness.py. What is set here binds a process and its children; the grader outside counts them all
together and looks at the clock.
"""

import contextlib
import json
import os
import platform
import re
import resource
import shutil
import sys
from pathlib import Path

NOT_HERE = ("pip", "pip3", "uv", "conda", "mamba", "micromamba", "apt", "apt-get", "sudo", "npm", "git", "wget", "curl")
_SECCOMP = {"x86_64": 317, "aarch64": 277}  # the number of seccomp(2)
_NO_NEW_PRIVILEGES, _SET_FILTER, _ALL_THREADS = 38, 1, 1  # of <linux/prctl.h>, <linux/seccomp.h>


def set_limits(memory_bytes: int, threads: int, tmp_bytes: int, cpu_seconds: int):
    """Hard limits of this process and its children: memory, file size, processor time, processes and threads."""
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_DATA: memory_bytes,
        resource.RLIMIT_FSIZE: tmp_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_NOFILE: 4096,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 2**26,
    }
    if _counts_processes_by_namespace():
        limits[resource.RLIMIT_NPROC] = threads
    for what, most in limits.items():
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def filter_calls(program: bytes):
    """Has the system refuse calls to this process and its children, as `program` says, once the kernel has made its
    sockets and before it runs a cell. What is set cannot be undone."""
    if not program:
        return
    import ctypes

    from ipykernel.kernelapp import IPKernelApp

    class Filter(ctypes.Structure):  # struct sock_fprog of <linux/filter.h>
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))

    start = IPKernelApp.start

    def start_filtered(self):
        library, filtered = ctypes.CDLL(None, use_errno=True), Filter(len(program) // 8, program)
        number = _SECCOMP[platform.machine()]
        if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or library.syscall(
            number, _SET_FILTER, _ALL_THREADS, ctypes.byref(filtered)
        ):
            raise OSError(ctypes.get_errno(), "the filter of system calls was refused")
        start(self)

    IPKernelApp.start = start_filtered


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


def take_orders(standard_input: int = 0) -> tuple[dict, int]:
    """Reads the first line that the grader writes to this process's standard input, the settings. Returns them and a
    file descriptor on which its requests to the witness follow; what is read as standard input from now on is empty."""
    line = b""
    while not line.endswith(b"\n"):
        if not (byte := os.read(standard_input, 1)):
            os._exit(1)
        line += byte
    requests = os.dup(standard_input)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, standard_input)
    os.close(nothing)
    return json.loads(line), requests


def use_sockets(sockets: dict[str, int]):
    """Has ZeroMQ listen on sockets that the grader opened, by address, in a folder that cannot be seen from here."""
    import zmq
    from ipykernel.kernelapp import IPKernelApp

    bind = zmq.Socket.bind

    def bind_or_take(self, address):
        if address in sockets:
            self.setsockopt(zmq.USE_FD, sockets.pop(address))
        return bind(self, address)

    zmq.Socket.bind = bind_or_take
    IPKernelApp.write_connection_file = lambda self, **kwargs: None  # the grader wrote it


def keep_running():
    """exit() and quit() end a cell, as an error, and not the kernel with everything that is still to come."""
    from ipykernel.zmqshell import ZMQInteractiveShell

    def end_the_cell(self):
        raise SystemExit

    ZMQInteractiveShell.ask_exit = end_the_cell


def find_compiled():
    """Lets JAX's cache in this kernel start with what was compiled for the instructor's answers. Nobody can write to it
    or list it: it is asked for by what is to be computed, so an answer cannot be had from it by who has none."""
    compiled = os.environ.pop("GRADER_COMPILED", "")
    if not compiled:
        return
    try:
        from jax._src.lru_cache import LRUCache
    except ImportError:
        return  # JAX keeps its cache elsewhere: everything is compiled again
    get, shared = LRUCache.get, Path(compiled)

    def get_own_or_shared(self, key):
        found = get(self, key)
        if found is None:
            with contextlib.suppress(OSError):
                return (shared / f"{key}-cache").read_bytes()
        return found

    LRUCache.get = get_own_or_shared


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


def no_window(namespace):
    """Whatever picture window a notebook asks for, pictures stay in the notebook: there is no screen here."""
    from ipykernel.zmqshell import ZMQInteractiveShell

    enable = ZMQInteractiveShell.enable_matplotlib
    ZMQInteractiveShell.enable_matplotlib = lambda self, gui=None: enable(self, "inline")
    namespace.after_import("matplotlib", lambda module: setattr(module, "use", lambda backend, *, force=True: None))

    def hold_backend(pyplot):
        switch = pyplot.switch_backend
        pyplot.switch_backend = lambda backend: switch("module://matplotlib_inline.backend_inline")

    namespace.after_import("matplotlib.pyplot", hold_backend)


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
    wanted, requests = take_orders()
    token, output, sockets, reports = (wanted.pop(n) for n in ("token", "output_bytes", "sockets", "reports"))
    modules, refused = wanted.pop("modules"), bytes.fromhex(wanted.pop("filter"))
    set_limits(**wanted)
    filter_calls(refused)
    use_sockets(sockets)
    cap_output(output)
    keep_running()
    find_compiled()
    import namespace
    import witness

    send_any_text()
    no_window(namespace)
    no_installs()
    namespace.furnish(token)
    witness.begin(requests, reports, modules)
    del sys.modules["namespace"], sys.modules["witness"], namespace, witness, token, wanted
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()
