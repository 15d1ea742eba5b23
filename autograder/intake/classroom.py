"""Google Classroom, whose folders Google Drive hands out."""

import re
from collections import defaultdict
from collections.abc import Sequence

from autograder.intake.source import Claim, Found, Source
from autograder.results import Sender

_NAME = re.compile(r"^(?P<name>.+?) - (?!(?:copy|kopie|copie|copia)(?: ?\(\d+\))?\.)(?P<file>.+)$", re.I)
_DRIVE_PART = re.compile(r"-\d{8}T\d{6}Z(?:-\d+)+(?: \(\d+\))?\.zip$", re.I)


class Classroom(Source):
    """`Full Name - <file>` in the assignment's folder of the teacher's Drive, which Drive hands out as one or several
    `<folder>-<time>-<part>.zip` (support.google.com/edu/classroom/answer/6020285 and /drive/answer/2423534).

    A dash is in many names: a folder is Classroom's if Drive packed it, or if most notebooks in it are named so, for
    at least two people. Parts of one folder are one.
    """

    system, global_ids = "Classroom", False

    def __init__(self, files: Sequence[Found]):
        people, others, self._packed = defaultdict(set), defaultdict(int), set()
        for found in files:
            for position, part in enumerate(found.parts):
                last = position == len(found.parts) - 1
                if not last and not (part.lower().endswith(".zip") and not _DRIVE_PART.search(part)):
                    continue  # a folder, or a part of Drive's
                if not last or found.content.assignment:
                    above = self._folder(found.parts[:position])
                    if match := _NAME.match(part):
                        people[above].add(match["name"])
                        if any(map(_DRIVE_PART.search, found.parts[:position])):
                            self._packed.add(above)
                    else:
                        others[above] += 1
                break
        self._folders = {
            above for above, names in people.items() if above in self._packed or 2 <= len(names) >= others[above]
        }

    @staticmethod
    def _folder(parts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(part for part in parts if not _DRIVE_PART.search(part))

    def recognise(self, found: Found) -> tuple[Claim, ...] | None:
        for position, part in enumerate(found.parts):
            match = _NAME.match(part)
            if match and self._folder(found.parts[:position]) in self._folders:
                sender = Sender(match["name"], "Classroom")
                return (Claim(sender, ("Classroom", match["name"]), "/".join(found.parts[:position])),)
        return None


def is_drive_part(name: str) -> bool:
    """Whether `name` is a zip in which Google Drive hands out a folder, or a part of one."""
    return bool(_DRIVE_PART.search(name))
