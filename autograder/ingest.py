"""A folder or zip of submissions -> canonical submissions and a manifest in which every file is accounted for."""

import dataclasses
import datetime
import hashlib
import io
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder import lms
from autograder.course import Course
from autograder.submitted import NotANotebook, read_notebook, recognise

MAX_FILE_BYTES = 50 * 2**20
MAX_TOTAL_BYTES = 4 * 2**30
MAX_FILES = 100_000
MAX_DEPTH = 3  # zips in zips
MAX_RATIO = 200  # of a member's size to its packed size, from 10 MiB up
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
      sender: the person's name and number in the LMS.
      time: what the zip's directory says, to find the newest of several; empty outside zips.
      handed_in: what nbgrader's `timestamp.txt` beside it says (UTC, ISO 8601), to find out who is late; else empty.
    """

    student: str
    path: str
    assignment: str
    data: bytes = b""
    problem: str = ""
    notes: tuple[str, ...] = ()
    sender: lms.Sender = field(default_factory=lambda: lms.Sender(""))
    time: str = ""
    handed_in: str = ""


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
    time: str = ""  # as a zip's directory has it

    @property
    def path(self) -> str:
        return "/".join(self.parts)


def ingest(source: Path, course: Course) -> tuple[list[Submission], list[ManifestEntry]]:
    """Finds the submissions in `source`: a folder, a zip, or a single notebook; zips inside are looked into.

    Layouts: the downloads of Moodle, Canvas and Google Classroom (see `lms`), `<student>/<notebook>.ipynb`, nbgrader's
    `<student>/<assignment>/<notebook>.ipynb`, and flat files `<student>_<anything>.ipynb` (up to the first underscore).

    Returns:
      The submissions in order of student and path, those that cannot be graded included, and the manifest.
    Raises:
      IngestError: `source` does not exist, or holds no file at all.
    """
    if not source.exists():
        raise IngestError(f"{source} does not exist")
    files = list(_files(source))
    senders = _senders([f for f in files if not _is_junk(f)], course)
    submissions: list[Submission] = []
    manifest: list[ManifestEntry] = []
    for file in files:
        submission, decision = _judge(file, senders.get(file.path), course)
        if submission:
            submissions.append(submission)
        digest = hashlib.sha256(file.data).hexdigest() if file.data is not None else ""
        manifest.append(ManifestEntry(file.path, file.size, digest, decision))
    if not manifest:
        raise IngestError(
            f"{source} holds no files: expected an LMS's download, <student>/<notebook>.ipynb, or "
            "<student>_<anything>.ipynb"
        )
    submissions = _with_timestamps(_named(submissions), files)
    return _one_per_notebook(submissions, manifest)


# --- All files, zips looked into --------------------------------------------------------------------------------------


class _Allowance:
    """What all zips together may still unpack to."""

    def __init__(self):
        self.bytes, self.files = MAX_TOTAL_BYTES, MAX_FILES


def _files(source: Path) -> Iterator[_File]:
    """All files below `source` by name, links and oversized ones without their bytes."""
    allowance = _Allowance()
    if source.is_file():
        if zipfile.is_zipfile(source):
            yield from _members(source, (), allowance, 1)
        else:
            yield _read(source, (source.name,))
        return
    paths = (path for path in source.rglob("*") if path.is_symlink() or not path.is_dir())
    for path in sorted(paths, key=lambda p: p.relative_to(source).parts):
        file = _read(path, path.relative_to(source).parts)
        yield from _look_into(file, allowance, 1)


def _read(path: Path, parts: tuple[str, ...]) -> _File:
    status, is_zip = path.lstat(), path.suffix.lower() == ".zip"
    if not stat.S_ISREG(status.st_mode):
        return _File(parts, 0, None, "it is a link or a special file, not a regular file")
    if status.st_size > (MAX_TOTAL_BYTES if is_zip else MAX_FILE_BYTES):
        return _File(parts, status.st_size, None, f"it is larger than {MAX_FILE_BYTES // 2**20} MiB")
    try:
        return _File(parts, status.st_size, path.read_bytes())
    except OSError as error:
        return _File(parts, status.st_size, None, f"it could not be read: {error.strerror}")


def _look_into(file: _File, allowance: _Allowance, depth: int) -> Iterator[_File]:
    """The file, or what is in it if it is a zip."""
    if file.data is None or not file.parts[-1].lower().endswith(".zip"):
        yield file
    elif depth > MAX_DEPTH:
        yield dataclasses.replace(file, data=None, problem=f"it lies in zips more than {MAX_DEPTH} deep")
    elif not zipfile.is_zipfile(io.BytesIO(file.data)):
        yield dataclasses.replace(file, data=None, problem="it is a damaged zip file")
    else:
        yield from _members(io.BytesIO(file.data), file.parts, allowance, depth)


def _members(source, above: tuple[str, ...], allowance: _Allowance, depth: int) -> Iterator[_File]:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        yield _File(above or ("the zip",), 0, None, f"it is a damaged zip file: {error}")
        return
    with archive:
        found = False
        for info in sorted(archive.infolist(), key=lambda i: i.filename):
            name = PurePosixPath(_file_name(info).replace("\\", "/"))
            parts = tuple(_printable(p) for p in name.parts if p not in ("/", "..", "."))
            if info.is_dir() or not parts:
                continue
            found = True
            yield from _look_into(_member(archive, info, above + parts, allowance), allowance, depth + 1)
        if above and not found:
            yield _File(above, 0, None, "it is an empty zip file")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, parts: tuple[str, ...], allowance: _Allowance) -> _File:
    time = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*info.date_time)

    def refused(problem: str) -> _File:
        return _File(parts, info.file_size, None, problem, time)

    allowance.files -= 1
    if stat.S_ISLNK(info.external_attr >> 16):
        return refused("it is a link, not a regular file")
    if info.file_size > MAX_FILE_BYTES:
        return refused(f"it is too large: more than {MAX_FILE_BYTES // 2**20} MiB")
    if info.file_size > 10 * 2**20 and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return refused(f"it would unpack to more than {MAX_RATIO} times its size")
    if allowance.files < 0 or info.file_size > allowance.bytes:
        return refused("it is too large: the zip holds more than this grader unpacks")
    try:
        with archive.open(info) as member:
            data = member.read(MAX_FILE_BYTES + 1)
    except Exception as error:  # zipfile raises whatever its decompressors do
        return refused(f"it could not be unpacked: {error}")
    allowance.bytes -= len(data)
    return _File(parts, len(data), data, "", time)


def _file_name(info: zipfile.ZipInfo) -> str:
    """A member's name; many programs write UTF-8 without saying so, which zipfile reads as code page 437."""
    if not info.flag_bits & 0x800 and not info.filename.isascii():
        try:
            return info.filename.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return info.filename


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else "_" for c in unicodedata.normalize("NFC", name))


# --- Whose they are ---------------------------------------------------------------------------------------------------


def _is_junk(file: _File) -> bool:
    return any(part in _JUNK or part.startswith("._") for part in file.parts)


def _senders(files: list[_File], course: Course) -> dict[str, lms.Sender]:
    """Who handed in each file, by its path: as the LMS's naming tells, else its folder, else its name's beginning."""
    senders = {}
    others = []
    for file in files:
        if found := lms.moodle_sender(file.parts):
            senders[file.path] = found
        else:
            others.append(file)
    for recognise_all in (lms.canvas_senders, lms.classroom_senders):
        if found := recognise_all([file.parts for file in others]):
            return senders | {file.path: who for file, who in zip(others, found, strict=True)}
    inside = [file.parts[1:] if lms.is_drive_download(file.parts[0]) else file.parts for file in others]
    while inside and (stripped := _without_common_folder(inside, course)):
        inside = stripped
    for file, parts in zip(others, inside, strict=True):
        folder = len(parts) > 1 and not parts[0].lower().endswith(".zip")
        senders[file.path] = lms.Sender(parts[0] if folder else Path(parts[0]).stem.split("_")[0])
    return senders


def _without_common_folder(paths: list[tuple[str, ...]], course: Course) -> list[tuple[str, ...]] | None:
    """The paths without the folder (or zip) around all of them, if that holds several people's work, else None."""
    if len({parts[0] for parts in paths}) > 1 or any(len(parts) == 1 for parts in paths):
        return None
    work = [parts for parts in paths if parts[-1].lower().endswith(".ipynb")]
    folders = {parts[1] for parts in work if len(parts) > 2}
    files = {parts[1] for parts in work if len(parts) == 2}
    people = {name.split("_")[0] for name in files if "_" in name}
    if (folders - set(course.assignments) and not files) or sum(not name.isdigit() for name in people) > 1:
        return [parts[1:] for parts in paths]
    return None


def _named(submissions: list[Submission]) -> list[Submission]:
    """Gives students names that are safe for folders and different for different people: two of the same name who sent
    the same notebook under different numbers are told apart by these."""
    numbers: dict[tuple[str, str], set[str]] = {}
    for s in submissions:
        numbers.setdefault((s.sender.name, s.assignment or s.path), set()).add(s.sender.id)
    namesakes = {name for (name, _), ids in numbers.items() if len(ids) > 1}
    people: dict[str, tuple[str, str]] = {}  # label -> who has it

    def label(who: lms.Sender) -> str:
        number = who.id if who.name in namesakes else ""
        base = candidate = _safe(f"{who.name}-{number}" if number else who.name)
        suffix = 1
        while people.setdefault(candidate.casefold(), (who.name, number)) != (who.name, number):
            suffix += 1
            candidate = f"{base}-{suffix}"
        return candidate

    return [dataclasses.replace(s, student=label(s.sender)) for s in submissions]


def _safe(name: str) -> str:
    """A name that is safe as a folder's name and in a glob, and still readable."""
    cleaned = "".join(c if c.isalnum() or c in "._-@" else "_" for c in unicodedata.normalize("NFC", name))
    return cleaned.strip("._ ")[:100] or "unknown"


# --- What they are ----------------------------------------------------------------------------------------------------


def _judge(file: _File, who: lms.Sender | None, course: Course) -> tuple[Submission | None, str]:
    """The submission a file is (its student still unnamed), and the words for the manifest."""
    if who is None:
        return None, "left out: the operating system's or Jupyter's own file"
    if file.parts[-1] == "timestamp.txt" and file.data is not None:
        return None, "read: nbgrader's record of when the files beside it were handed in"
    notes = (f"{who.system} marks it as late",) if who.late else ()

    def refused(reason: str, assignment: str = "") -> tuple[Submission, str]:
        return Submission("", file.path, assignment, b"", reason, notes, who, file.time), f"refused: {reason}"

    if file.problem or file.data is None:
        return refused(file.problem)
    if not file.parts[-1].lower().endswith(".ipynb"):
        archive = re.search(r"\.(rar|7z|tar|tgz|gz|bz2|xz)$", file.parts[-1].lower())
        return refused(
            "it is an archive of a kind that is not unpacked; ask for .zip or .ipynb"
            if archive
            else "it is not a notebook (.ipynb)"
        )
    assignment = recognise(course, file.data) or ""
    if assignment and not course.assignments[assignment].exercises:
        return None, f"left out: {assignment} is not graded"
    try:
        read_notebook(file.data)
    except NotANotebook as error:
        return refused(str(error), assignment)
    if not assignment:
        return refused("it belongs to no notebook of this course: nothing of any exercise was found in it")
    taken = Submission("", file.path, assignment, file.data, "", notes, who, file.time)
    return taken, f"taken: {who.name}, {assignment}"


def _with_timestamps(submissions: list[Submission], files: list[_File]) -> list[Submission]:
    """Each submission with the time that nbgrader's `timestamp.txt` beside it tells."""
    times = {
        file.path.rpartition("/")[0]: _parse_time(file.data[:100].decode("utf-8", "replace"))
        for file in files
        if file.parts[-1] == "timestamp.txt" and file.data
    }
    return [dataclasses.replace(s, handed_in=times.get(s.path.rpartition("/")[0], "")) for s in submissions]


def _parse_time(text: str) -> str:
    """A time as nbgrader writes it (`2015-02-02 15:58:23.948203 UTC`) in UTC and ISO 8601, or nothing."""
    text = re.sub(r"\s*(?:UTC|GMT)$", "+00:00", text.strip())
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        return ""
    if time.tzinfo:
        time = time.astimezone(datetime.UTC).replace(tzinfo=None)
    return time.isoformat(timespec="seconds")


def _one_per_notebook(submissions, manifest) -> tuple[list[Submission], list[ManifestEntry]]:
    """Where a student handed in the same notebook several times, keeps the newest by the LMS's number or time, else the
    last by name, and says so. Files that are no notebook at all only count for those who handed in nothing else."""
    gradable: dict[tuple[str, str], Submission] = {}
    others, replaced = [], {}
    for submission in sorted(submissions, key=lambda s: (s.sender.attempt, s.handed_in or s.time, s.path)):
        if submission.problem:
            others.append(submission)
            continue
        key = (submission.student, submission.assignment)
        if earlier := gradable.get(key):
            replaced[earlier.path] = submission.path
            note = f"several files for this notebook: graded {submission.path}, not {earlier.path}"
            submission = dataclasses.replace(submission, notes=(*earlier.notes, *submission.notes, note))
        gradable[key] = submission
    # A damaged file beside a good one of the same notebook is a remark, not a second grade.
    kept, seen = [], {submission.student for submission in submissions if submission.assignment}
    for other in others:
        good = gradable.get((other.student, other.assignment)) if other.assignment else None
        if good:
            note = f"another file for this notebook could not be graded: {other.path} ({other.problem})"
            gradable[other.student, other.assignment] = dataclasses.replace(good, notes=(*good.notes, note))
        elif other.assignment or other.student not in seen:
            kept.append(other)
    entries = [
        ManifestEntry(e.path, e.bytes, e.sha256, f"replaced by {replaced[e.path]}") if e.path in replaced else e
        for e in manifest
    ]
    return sorted([*gradable.values(), *kept], key=lambda s: (s.student, s.assignment or s.path, s.path)), entries
