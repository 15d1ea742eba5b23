"""What is said of a version in several places is the same, and the workflows run commands that there are."""

import re
import tomllib

import pytest
import yaml
from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_the_version_is_said_alike():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == PROJECT["version"]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert headings[0] == "Unreleased" or headings[0] == PROJECT["version"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_run_what_is_there(path):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    commands = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert commands
    for command in commands:
        if made := re.match(r"make (\w+)", command):
            assert made[1] in targets, command
        for file in re.findall(r"(?:tests/\w+\.py|\.ci/\w+|constraints\.txt)", command):
            assert (ROOT / file).exists(), command
        for extra in re.findall(r'"\.\[([\w,]+)\]"', command):
            assert set(extra.split(",")) <= PROJECT["optional-dependencies"].keys(), command


def test_assistants_are_told_what_answers_look_like():
    from autograder.course import STUB

    text = " ".join((ROOT / "AGENTS.md").read_text(encoding="utf-8").split())
    assert STUB.split('"')[1] in text and "solutions/" in text and "tests/answers/" in text
