"""Canvas: "Download Submissions" and the gradebook's import."""

import re
from collections import defaultdict
from collections.abc import Sequence

from autograder.intake.source import Aside, Claim, Found, Source, first_match
from autograder.intake.tables import counting, grade, points, write_pages, write_table
from autograder.results import Sender

_WHO = r"^(?:(?!LATE_)(?P<name>(?!\d+_).*?)_)?(?P<late>LATE_)?(?P<id>\d+|anon_[0-9A-Za-z]+)_"
_UPLOAD = re.compile(_WHO + r"(?P<attachment>\d+)_(?P<file>.+)$")
_ENTRY = re.compile(_WHO + r"(?P<kind>text|link)\.html$")
_LONG = 4  # digits that a Canvas's numbers of attachments have after its first days


class Canvas(Source):
    """`<sortable name>[_LATE]_<user>_<attachment>_<file>`, anonymous ones `[LATE_]anon_<code>_<attachment>_<file>`, and
    what was typed or linked, `<sortable name>[_LATE]_<user>_text.html` and `_link.html` (lib/content_zipper.rb). The
    sortable name is "Lovelace, Ada" in small letters without anything between them.

    Other people name files `hw_1_22_x.ipynb` too. A folder (or zip) is Canvas's if nothing in it contradicts: a number
    has one name, an attachment is in one place; and if there are several of them, or their numbers are long ones.
    """

    system = "Canvas"

    def __init__(self, files: Sequence[Found]):
        folders, places = defaultdict(list), defaultdict(set)
        for found in files:
            if match := first_match(_UPLOAD, found.parts):
                above = _without_zips(found.parts[: match[0]])
                folders[above].append(match[1])
                places[match[1]["attachment"]].add(above)
        self._folders = {
            above
            for above, matches in folders.items()
            if _consistent(matches) and not any(len(places[m["attachment"]]) > 1 for m in matches)
        }
        for above in list(self._folders):
            numbers = {m["attachment"] for m in folders[above]}
            if above and len(numbers) == 1 and len(next(iter(numbers))) < _LONG:
                self._folders.remove(above)

    def recognise(self, found: Found) -> tuple[Claim, ...] | Aside | None:
        match, entry = first_match(_UPLOAD, found.parts), first_match(_ENTRY, found.parts)
        for position, m in filter(None, (match, entry)):
            if _without_zips(found.parts[:position]) not in self._folders:
                continue
            name, number = m["name"] or m["id"], m["id"]
            attempt = int(m["attachment"]) if m is (match or [0, 0])[1] else 0
            notes = ("Canvas marks it as late",) if m["late"] else ()
            sender = Sender(name, "Canvas", number, attempt, bool(m["late"]))
            return (Claim(sender, ("Canvas", number), number, notes=notes),)
        return None

    def write(self, folder, results):
        """Writes `canvas.csv` as the gradebook imports it: a line for each person, a column for each notebook. Canvas
        finds a person by ID; a column it does not know becomes a new assignment unless it is renamed on import. And
        `canvas-feedback.zip`, everybody's pages as "Re-upload submissions" takes them: by the numbers of the person and
        of the file they handed in (Assignment#generate_comments_from_files). What belongs to another assignment is left
        aside there, so the same zip goes to each."""
        maxima = {r.notebook: r.max_score for r in sorted(counting(results), key=lambda r: r.notebook)}
        people = defaultdict(dict)
        for result in counting(results):
            people[result.student][result.notebook] = result
        table = [["Student", "ID", "SIS Login ID", "Section", *maxima]]
        table.append(["Points Possible", "", "", "", *map(points, maxima.values())])
        for student, mine in people.items():
            number = next((r.sender.id for r in mine.values() if r.sender.system == "Canvas"), "")
            name = next((r.sender.name for r in mine.values() if r.sender.system == "Canvas"), student)
            scores = [grade(mine[notebook]) if notebook in mine else "" for notebook in maxima]
            table.append([name, number, "" if number else student, "", *scores])
        if people:
            write_table(folder / "canvas.csv", table)
        ours = [r for r in results if r.sender.system == "Canvas" and r.sender.attempt and r.status == "graded"]
        named = {f"{_letters(r.sender.name)}_{r.sender.id}_{r.sender.attempt}_{r.notebook}.html": r for r in ours}
        write_pages(folder / "canvas-feedback.zip", {name: folder / r.page for name, r in named.items()})


def _letters(name: str) -> str:
    """A name in which Canvas finds no number of a person, as it looks for parts that are digits."""
    return re.sub(r"[\W\d_]+", "", name) or "learner"


def _without_zips(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for part in parts if not part.lower().endswith(".zip"))


def _consistent(matches: list[re.Match]) -> bool:
    """Whether a number has one name only, as in one class."""
    names = defaultdict(set)
    for match in matches:
        names[match["id"]].add(match["name"])
    return all(len(of_one) == 1 for of_one in names.values())
