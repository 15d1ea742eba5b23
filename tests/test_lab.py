"""`make lab` serves JupyterLab on the learner's own copies, and a notebook's cells run in it."""

import json
import re
import subprocess
import urllib.request
import uuid

import pytest
import websocket
from conftest import ROOT
from serving import serve

NAME = "01_agents_and_environments"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address and token of a JupyterLab started by `make lab`."""

    def command(flags):
        return ["make", "--no-print-directory", "lab", f"LAB_FLAGS={' '.join(flags)}"]

    with serve(command, ROOT, tmp_path_factory.mktemp("lab") / "log.txt") as address_and_token:
        yield address_and_token


def request(lab, path, data=None):
    address, token = lab
    body = json.dumps(data).encode() if data is not None else None
    call = urllib.request.Request(f"http://{address}{path}", body, {"Authorization": f"token {token}"})
    with urllib.request.urlopen(call, timeout=60) as answer:
        return answer.read().decode()


def run_cell(channel, source):
    """Runs one cell over the kernel's websocket, as JupyterLab does; returns its output messages."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "username": "",
        "session": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "version": "5.3",
    }
    content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    channel.send(json.dumps(message))
    outputs = []
    while True:
        reply = json.loads(channel.recv())
        if reply["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
            return outputs
        if reply["channel"] == "iopub":
            outputs.append(reply)


@pytest.mark.slow
def test_the_page_is_served(lab):
    assert "JupyterLab" in request(lab, "/lab/tree/00_play.ipynb")


@pytest.mark.slow
def test_the_instructors_menus_are_not(lab):
    page = request(lab, "/lab")
    config = json.loads(re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S).group(1))
    assert {"@jupyter/nbgrader:formgrader", "@jupyter/nbgrader:create-assignment"} <= set(config["disabledExtensions"])
    assert "@jupyter/nbgrader:validate-assignment" not in config["disabledExtensions"]


def test_the_own_copies_are_never_overwritten(tmp_path):
    for folder in ("notebooks", "work"):
        (tmp_path / folder).mkdir()
    for name in ("00_play", "01_first"):
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text("released")
    (tmp_path / "work" / "01_first.ipynb").write_text("answers")
    for _ in range(2):
        subprocess.run(["make", "--silent", "-f", ROOT / "Makefile", "work"], cwd=tmp_path, check=True)
    found = {path.name: path.read_text() for path in (tmp_path / "work").iterdir()}
    assert found == {"00_play.ipynb": "released", "01_first.ipynb": "answers"}


def test_git_sees_nothing_of_a_days_work():
    paths = ["work/00_play.ipynb", "work/notes.txt", "work/runs/run-1/events", "work/.ipynb_checkpoints/x"]
    ran = subprocess.run(["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == paths


@pytest.mark.slow
def test_a_notebook_runs(lab):
    notebook = json.loads(request(lab, f"/api/contents/{NAME}.ipynb"))["content"]
    kernel = json.loads(request(lab, "/api/kernels", {"name": "python3", "path": ""}))["id"]
    address, token = lab
    channel = websocket.create_connection(f"ws://{address}/api/kernels/{kernel}/channels?token={token}", timeout=120)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    check = next(i for i, cell in enumerate(code) if cell["metadata"].get("nbgrader", {}).get("grade"))
    for cell in code[: check + 1]:
        outputs = run_cell(channel, cell["source"])
        errors = [o["content"]["ename"] for o in outputs if o["msg_type"] == "error"]
        assert set(errors) <= {"NotImplementedError"}, cell["source"]
    assert errors == ["NotImplementedError"]
    (found,) = [
        o["content"]["text"]
        for o in run_cell(channel, "import shutil\nprint(shutil.which('tensorboard'))")
        if o["msg_type"] == "stream"
    ]
    assert found.startswith(str(ROOT)), "%tensorboard looks for the program on the PATH"
    channel.close()
