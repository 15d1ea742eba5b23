"""A folder or zip of submissions -> canonical submissions and a manifest in which every file is accounted for."""

import hashlib
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.course import Course
from autograder.submitted import NotANotebook, read_notebook, recognise

MAX_FILE_BYTES = 50 * 2**20
MAX_TOTAL_BYTES = 4 * 2**30
_JUNK = {"__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__"}


class IngestError(ValueError):
    """There is nothing to grade at the given path; the message says what was looked for."""


@dataclass(frozen=True)
class Submission:
    """One file that wants a grade.

    Attributes:
      student: who handed it in, safe as a folder's name.
      path: where it lay in what the instructor gave.
      assignment: the notebook of the course it is; empty when it is none.
      data: its bytes; empty for what will not be graded.
      problem: why it cannot be graded, empty if it can.
      notes: remarks for the instructor.
    """

    student: str
    path: str
    assignment: str
    data: bytes = b""
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ManifestEntry:
    """What became of one file."""

    path: str
    bytes: int
    sha256: str
    decision: str


@dataclass(frozen=True)
class _File:
    parts: tuple[str, ...]
    size: int
    data: bytes | None
    problem: str = ""

    @property
    def path(self) -> str:
        return "/".join(self.parts)


def ingest(source: Path, course: Course) -> tuple[list[Submission], list[ManifestEntry]]:
    """Finds the submissions in `source`: a folder, a zip, or a single notebook.

    Layouts: `<student>/<notebook>.ipynb`, nbgrader's `<student>/<assignment>/<notebook>.ipynb`, and flat files
    `<student>_<anything>.ipynb` (up to the first underscore).

    Returns:
      The submissions in order of student and path, those that cannot be graded included, and the manifest.
    Raises:
      IngestError: `source` does not exist, or holds no file at all.
    """
    if not source.exists():
        raise IngestError(f"{source} does not exist")
    submissions: list[Submission] = []
    manifest: list[ManifestEntry] = []
    for file in _files(source):
        submission, decision = _judge(file, course)
        if submission:
            submissions.append(submission)
        digest = hashlib.sha256(file.data).hexdigest() if file.data is not None else ""
        manifest.append(ManifestEntry(file.path, file.size, digest, decision))
    if not manifest:
        raise IngestError(
            f"{source} holds no files: expected <student>/<notebook>.ipynb, or <student>_<anything>.ipynb"
        )
    return _one_per_notebook(submissions, manifest)


def _files(source: Path) -> Iterator[_File]:
    """All files below `source` by name, links and oversized ones without their bytes."""
    if source.is_file() and zipfile.is_zipfile(source):
        yield from _zip_files(source)
    elif source.is_file():
        yield _read(source, (source.name,))
    else:
        paths = (path for path in source.rglob("*") if path.is_symlink() or not path.is_dir())
        for path in sorted(paths, key=lambda p: p.relative_to(source).parts):
            yield _read(path, path.relative_to(source).parts)


def _read(path: Path, parts: tuple[str, ...]) -> _File:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        return _File(parts, 0, None, "it is a link or a special file, not a regular file")
    if status.st_size > MAX_FILE_BYTES:
        return _File(parts, status.st_size, None, f"it is larger than {MAX_FILE_BYTES // 2**20} MiB")
    try:
        return _File(parts, status.st_size, path.read_bytes())
    except OSError as error:
        return _File(parts, status.st_size, None, f"it could not be read: {error.strerror}")


def _zip_files(source: Path) -> Iterator[_File]:
    total = 0
    with zipfile.ZipFile(source) as archive:
        for info in sorted(archive.infolist(), key=lambda i: i.filename):
            parts = tuple(p for p in PurePosixPath(info.filename.replace("\\", "/")).parts if p not in ("/", "..", "."))
            if info.is_dir() or not parts:
                continue
            total += min(info.file_size, MAX_FILE_BYTES)
            if stat.S_ISLNK(info.external_attr >> 16):
                yield _File(parts, info.file_size, None, "it is a link, not a regular file")
            elif info.file_size > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES:
                yield _File(parts, info.file_size, None, "it is too large")
            else:
                try:
                    with archive.open(info) as member:
                        yield _File(parts, info.file_size, member.read(MAX_FILE_BYTES + 1))
                except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
                    yield _File(parts, info.file_size, None, f"it could not be unpacked: {error}")


def _judge(file: _File, course: Course) -> tuple[Submission | None, str]:
    """The submission a file is, and the words for the manifest."""
    if any(part in _JUNK or part.startswith("._") for part in file.parts):
        return None, "left out: the operating system's or Jupyter's own file"
    student = _safe(file.parts[0] if len(file.parts) > 1 else Path(file.parts[0]).stem.split("_")[0])

    def refused(reason: str, assignment: str = "") -> tuple[Submission, str]:
        return Submission(student, file.path, assignment, b"", reason), f"refused: {reason}"

    if file.problem or file.data is None:
        return refused(file.problem)
    if not file.parts[-1].lower().endswith(".ipynb"):
        return refused("it is not a notebook (.ipynb)")
    assignment = recognise(course, file.data) or ""
    try:
        read_notebook(file.data)
    except NotANotebook as error:
        return refused(str(error), assignment)
    if not assignment:
        return refused("it belongs to no notebook of this course: nothing of any exercise was found in it")
    return Submission(student, file.path, assignment, file.data), f"taken: {student}, {assignment}"


def _one_per_notebook(submissions, manifest) -> tuple[list[Submission], list[ManifestEntry]]:
    """Keeps the last file by name where a student handed in the same notebook twice, and says so."""
    gradable: dict[tuple[str, str], Submission] = {}
    others, replaced = [], {}
    for submission in submissions:
        if submission.problem:
            others.append(submission)
            continue
        key = (submission.student, submission.assignment)
        if earlier := gradable.get(key):
            replaced[earlier.path] = submission.path
            note = f"several files for this notebook: graded {submission.path}, not {earlier.path}"
            notes = (*earlier.notes, note)
            submission = Submission(
                submission.student, submission.path, submission.assignment, submission.data, "", notes
            )
        gradable[key] = submission
    # A damaged file beside a good one of the same notebook is a remark, not a second grade.
    kept = []
    for other in others:
        good = gradable.get((other.student, other.assignment)) if other.assignment else None
        if good:
            note = f"another file for this notebook could not be graded: {other.path} ({other.problem})"
            gradable[other.student, other.assignment] = Submission(
                good.student, good.path, good.assignment, good.data, "", (*good.notes, note)
            )
        else:
            kept.append(other)
    entries = [
        ManifestEntry(e.path, e.bytes, e.sha256, f"replaced by {replaced[e.path]}") if e.path in replaced else e
        for e in manifest
    ]
    return sorted([*gradable.values(), *kept], key=lambda s: (s.student, s.assignment or s.path, s.path)), entries


def _safe(name: str) -> str:
    """A name that is safe as a folder's name and in a glob, and still readable."""
    cleaned = "".join(c if c.isalnum() or c in "._-@" else "_" for c in name).strip("._ ")
    return cleaned[:100] or "unknown"
