"""Starts a JupyterLab, waits until it answers, and stops it with all its kernels."""

import contextlib
import os
import re
import signal
import subprocess
import time
import uuid


@contextlib.contextmanager
def serve(command, folder, log, **environment):
    """Runs `command(flags)` in `folder`, its output in the file `log`; gives the address and the token."""
    token = uuid.uuid4().hex
    flags = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={token}"]
    ours = [name for name in os.environ if name.startswith(("JPY_", "JUPYTER_")) and name != "JUPYTER_PATH"]
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    with log.open("w") as output:
        process = subprocess.Popen(
            command(flags),
            cwd=folder,
            env=inherited | environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        address, deadline = None, time.monotonic() + 120
        while address is None and process.poll() is None and time.monotonic() < deadline:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/lab", log.read_text())
            address = f"127.0.0.1:{found.group(1)}" if found else None
            time.sleep(0.2)
        assert address, log.read_text()
        yield address, token
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
