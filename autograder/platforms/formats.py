"""An answer as each platform reads it. All text in it is foreign: it is given as text, never as markup."""

import json
import re
from typing import Any

from autograder.platforms.answering import Answer, Part
from autograder.report import words

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_MOST_CHARACTERS = 4_000  # of one message; PrairieLearn takes a megabyte in all


def gradescope(answer: Answer) -> str:
    """results.json: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format."""
    tests = [
        _without_nothing(
            {
                "name": part.name,
                "name_format": "text",
                "number": str(number),
                "score": part.score,
                "max_score": part.max_score,
                "status": "passed" if part.score >= part.max_score else "failed",
                "output": _said(part),
                "output_format": "text",
                "visibility": "visible",
            }
        )
        for number, part in enumerate(answer.parts, 1)
    ]
    return _json(
        {
            "score": answer.score,
            "execution_time": round(answer.seconds),
            "output": words.shown(answer.summary),
            "output_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": tests,
        }
    )


def prairielearn(answer: Answer) -> str:
    """results.json: https://prairielearn.readthedocs.io/en/latest/externalGrading/#grading-results."""
    if answer.problem:
        return _json({"gradable": False, "format_errors": words.shown(answer.problem)})
    tests = [
        {
            "name": part.name,
            "points": part.score,
            "max_points": part.max_score,
            "message": _said(part),
        }
        for part in answer.parts
    ]
    share = answer.score / answer.max_score
    return _json({"gradable": True, "score": share, "message": words.shown(answer.summary), "tests": tests})


def actions(answer: Answer) -> str:
    """The file that a workflow keeps: score, max_score and the parts."""
    tests = [
        {"name": part.name, "score": part.score, "max_score": part.max_score, "output": _said(part)}
        for part in answer.parts
    ]
    return _json(
        {
            "score": answer.score,
            "max_score": answer.max_score,
            "output": words.shown(answer.summary),
            "tests": tests,
        }
    )


def markdown(answer: Answer) -> str:
    """The summary of a workflow's run, which GitHub shows as a page."""
    lines = [_escape(line) + "  " for line in words.shown(answer.summary).splitlines()]
    if answer.parts:
        lines += ["", "| | points | |", "|---|---|---|"]
        lines += [f"| {_escape(p.name)} | {p.score:g} of {p.max_score:g} | {_escape(_said(p))} |" for p in answer.parts]
    return "\n".join(lines) + "\n"


def _said(part: Part) -> str:
    return words.cut(words.shown(part.message), _MOST_CHARACTERS)


def _escape(text: str) -> str:
    """Text that Markdown shows as it stands, in one line."""
    return "<br>".join(_PUNCTUATION.sub(r"\\\1", line) for line in text.splitlines())


def _without_nothing(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value != ""}


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
