"""What came of a build of the book: links that lead nowhere, and what learners are not to see."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from autograder.course import HIDDEN, SOLUTION, Assignment, Course, as_released
from autograder.written import MARK_SCHEME

MARKS = {mark.strip("# ") for mark in (*SOLUTION, *HIDDEN, *MARK_SCHEME)}  # the authors' page explains them
SHORTEST = 15  # characters; shorter lines of an answer stand in other places, too


class Page(HTMLParser):
    """What a page links to, which places on it can be linked to, and its text."""

    def __init__(self, path: Path):
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self._texts: list[str] = []
        self._within = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]):
        found = dict(attrs)
        self.links += [found[name] for name in ("href", "src") if found.get(name)]
        self.places |= {found.get("id"), found.get("name")} - {None}
        self._within = tag

    def handle_data(self, data: str):
        if self._within not in ("script", "style"):
            self._texts.append(data)

    def handle_endtag(self, tag: str):
        self._within = ""

    @property
    def text(self) -> str:
        return "".join(self._texts)


def read_pages(site: Path) -> dict[Path, Page]:
    """All pages by path; what the theme brings along is none."""
    return {path: Page(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts}


def broken_links(pages: dict[Path, Page]) -> list[str]:
    """Links within the site that lead to no file, or to no place on a page."""
    broken = []
    for here, page in pages.items():
        for link in page.links:
            path, _, place = link.partition("#")
            if re.match(r"[a-z]+:|//", link):
                continue
            there = (here.parent / path.partition("?")[0]).resolve() if path else here
            there = there / "index.html" if there.is_dir() else there
            if not there.exists() or (place and there in pages and place not in pages[there].places):
                broken.append(f"{here.name}: {link}")
    return broken


def plain(text: str) -> str:
    """Text without Markdown's marks and with single spaces: as lines of a source and of its page are alike."""
    return " ".join(re.sub(r"[`*]", "", text).split())


def secrets(assignments: Iterable[Assignment]) -> set[str]:
    """Lines of their answers, hidden tests and mark schemes that stand nowhere in what learners get of them."""
    cells = [cell for assignment in assignments for cell in assignment.source.cells]
    public = plain("\n".join(as_released(cell) for cell in cells))
    lines = {plain(line) for cell in cells for line in cell.source.split("\n")}
    return {line for line in lines if len(line) >= SHORTEST and line not in public and line.strip("# ") not in MARKS}


def leaks(pages: dict[Path, Page], course: Course) -> list[str]:
    """Where a page holds something that learners are not to see. Later notebooks give what earlier ones ask for, so a
    notebook's own page may hold less than the others."""
    everywhere, found = secrets(course.assignments.values()), []
    for path, page in pages.items():
        own = course.assignments.get(path.stem) if path.parent.name == "notebooks" else None
        hidden = everywhere | MARKS | secrets([own]) if own else everywhere
        text = plain(page.text)
        found += [f"{path.name}: {line}" for line in sorted(hidden) if line in text]
    return found
