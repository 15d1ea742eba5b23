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
        people, others, packed = defaultdict(set), defaultdict(set), set()
        for found in (found for found in files if found.content.assignment):
            for position, part in enumerate(found.parts):
                above = self._folder(found.parts[:position])
                is_zip = part.lower().endswith(".zip") and not is_drive_part(part)
                if not is_zip and position < len(found.parts) - 1:
                    continue  # a folder, or a part of Drive's
                if match := _NAME.match(part):
                    people[above].add(match["name"])
                    if any(map(is_drive_part, found.parts[:position])):
                        packed.add(above)
                else:
                    others[above].add(part)
        self._folders = {
            above for above, names in people.items() if above in packed or 2 <= len(names) >= len(others[above])
        }

    @staticmethod
    def _folder(parts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(part for part in parts if not is_drive_part(part))

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
