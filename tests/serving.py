"""Starts a JupyterLab or a room, waits until it answers, and stops it."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


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


class Room:
    """A real `autograder room` on a port of its own, which can be killed and started again."""

    CODE = "TEST42"

    def __init__(self, folder, *flags):
        self.db = f"sqlite:///{folder / 'room.db'}"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address, self._flags, self._log = f"http://127.0.0.1:{self.port}", flags, folder / "log.txt"
        self.start()

    def start(self):
        command = [sys.executable, "-m", "autograder", "room", "--host", "127.0.0.1", "--port", str(self.port)]
        with self._log.open("w") as log:
            command += ["--code", self.CODE, "--db", self.db, *self._flags]
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        found, deadline = None, time.monotonic() + 60
        while not found and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
            self.told = self._log.read_text()
            found = re.search(r"/i/(\S+)", self.told)
        assert found, self.told
        self.secret = found.group(1)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """As Ctrl+C does, with a page open; nothing may have gone wrong in it."""
        with socket.create_connection(("127.0.0.1", self.port)) as page:
            page.sendall(f"GET /i/{self.secret}/stream HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert page.recv(1)
            self.process.send_signal(signal.SIGINT)
            assert self.process.wait(20) == 0
        assert "Traceback" not in self._log.read_text(), self._log.read_text()

    def ask(self, method, path, body=None, headers=(), source="127.0.0.1"):
        """The status and the JSON (or the text) of an answer to a request from `source`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=(source, 0))
        body = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        with contextlib.suppress(ValueError):
            return response.status, json.loads(text)
        return response.status, text

    def post(self, what, token="token-of-ada", **content):
        return self.ask("POST", f"/api/{what}", {"code": self.CODE, "token": token} | content)

    def view(self, page=None, ready=lambda state: True, seconds=20):
        """What a page shows once `ready(state)` is true; the instructor's, or another one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        connection.request("GET", page or f"/i/{self.secret}/stream")
        response = connection.getresponse()
        assert response.status == 200, response.read()
        state, kind, deadline = {}, "", time.monotonic() + seconds
        try:
            for line in response:
                if line.startswith(b"event: "):
                    kind = line[7:].decode().strip()
                elif line.startswith(b"data: "):
                    data = json.loads(line[6:])
                    state |= {kind: data} if kind in ("course", "me") else data
                    if kind != "course" and ready(state):
                        return state
                if time.monotonic() > deadline:
                    break
        finally:
            connection.close()
        raise AssertionError({n: v for n, v in state.items() if n != "course" and v != [0, 0]})
