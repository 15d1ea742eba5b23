"""All files below a folder or in a zip, zips in it looked into: one at a time, within allowances, whatever they are."""

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.intake.clean import clean, common_start

MAX_FILE_BYTES = 250 * 2**20  # of a notebook with its outputs
MAX_ARCHIVE_BYTES = 2**30  # that one student's archive may unpack to
MAX_ARCHIVE_FILES = 20_000
MAX_ZIP_BYTES = 16 * 2**30  # that a whole class's zip may unpack to
MAX_DEPTH = 3  # zips in zips
MAX_PARTS = 40  # folders above a file
_JUNK = re.compile(
    r"__MACOSX|\._.*|\.DS_Store|thumbs\.db|desktop\.ini|__pycache__|node_modules|site-packages|~\$.*"
    r"|\.(ipynb_checkpoints|git|gitignore|gitattributes|venv|idea|vscode|cache|ipython|jupyter|virtual_documents|pytest_cache)",
    re.I,
)

_GOES_BACK = re.compile(
    r"(moodle|canvas|blackboard|brightspace|gradescope)-.*\.(csv|zip)|canvas\.csv"
)  # of our writing


@dataclass(frozen=True)
class File:
    """One file, or what stands for several (`count`) that are all left out for one reason.

    Attributes:
      parts: its folders, the zips it lies in, and its name; clean, and no other file's.
      data: its bytes; None if they were not read.
      size: bytes.
      problem: why it could not be read; empty if it was.
      left_out: why it is no submission whatever it holds; empty if it may be one.
      time: when it was changed, as its zip says; empty outside zips. To find the newest only: it has no zone.
    """

    parts: tuple[str, ...]
    data: bytes | None
    size: int
    problem: str = ""
    left_out: str = ""
    time: str = ""

    @property
    def path(self) -> str:
        return "/".join(self.parts)


def read_all(source: Path) -> Iterator[File]:
    """All files below `source`, a folder, a zip or a single file, in order of their names. Links are not followed."""
    seen: Counter[tuple[str, ...]] = Counter()
    for file in _below(source) if source.is_dir() else _single(source):
        seen[file.parts] += 1
        if seen[file.parts] > 1:  # a zip may hold a name twice; two names may become one when they are made clean
            stem, dot, ending = file.parts[-1].rpartition(".")
            name = f"{stem or ending} ({seen[file.parts]}){dot if stem else ''}{ending if stem else ''}"
            file = File((*file.parts[:-1], name), file.data, file.size, file.problem, file.left_out, file.time)
            seen[file.parts] += 1
        yield file


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is the operating system's, Jupyter's or a tool's own."""
    return bool(_JUNK.fullmatch(name))


# --- Folders ----------------------------------------------------------------------------------------------------------


def _single(source: Path) -> Iterator[File]:
    if source.suffix.lower() == ".zip" or zipfile.is_zipfile(source):
        yield from _open(str(source), (), _Allowance(MAX_ZIP_BYTES), 1)
    else:
        yield from _from_disk(str(source), (clean(source.name),))


def _below(source: Path) -> Iterator[File]:
    waiting: list[tuple[str, tuple[str, ...]]] = [(str(source), ())]
    while waiting:  # not by recursion: folders may lie thousands deep
        path, parts = waiting.pop()
        if parts and (folder_or_link := _kind(path)) != "folder":
            if folder_or_link == "file":
                yield from _from_disk(path, parts)
            else:
                yield File(parts, None, 0, folder_or_link)
            continue
        if reason := _left_out_folder(path, parts):
            yield _summary(path, parts, reason)
            continue
        try:
            names = os.listdir(path)
        except OSError as error:
            yield File(parts or (clean(os.path.basename(path)),), None, 0, f"it could not be opened: {error.strerror}")
            continue
        skipped = _skipped(names, at_root=not parts)
        for name in sorted(names, reverse=True):
            below = (*parts, clean(name) or "_")[:MAX_PARTS]
            if name in skipped:
                yield _summary(os.path.join(path, name), below, skipped[name])
            else:
                waiting.append((os.path.join(path, name), below))


def _kind(path: str) -> str:
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        return f"it could not be read: {error.strerror}"
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "it is a link or a special file, not a regular file"


def _from_disk(path: str, parts: tuple[str, ...]) -> Iterator[File]:
    try:
        size = os.path.getsize(path)
        if junk := next((part for part in parts if is_junk(part)), ""):
            yield File(parts, None, size, left_out=_junk(junk))
        elif path.lower().endswith(".zip"):
            yield from _open(path, parts, _Allowance(MAX_ZIP_BYTES), 1)
        elif size > MAX_FILE_BYTES:
            yield File(parts, None, size, f"it is too large: more than {MAX_FILE_BYTES / 2**20:g} MiB")
        else:
            yield File(parts, Path(path).read_bytes(), size)
    except OSError as error:
        yield File(parts, None, 0, f"it could not be read: {error.strerror}")


def _junk(name: str) -> str:
    return f"the operating system's or a tool's own ({name})"


def _left_out_folder(path: str, parts: tuple[str, ...]) -> str:
    """Why nothing in a folder is a submission; empty if something may be."""
    if not parts:
        return ""
    names = set(os.listdir(path)) if os.access(path, os.R_OK | os.X_OK) else set()
    return "results of an earlier grading" if is_results(names) else ""


def is_results(names: set[str]) -> bool:
    """Whether a folder that holds `names` was written by this grader, be it that it was stopped early."""
    written = {"gradebook.db", "work", "feedback", "autograded", "source"}
    return ("results.json" in names and bool(names & written)) or {"gradebook.db", "work"} <= names


def _skipped(names: list[str], at_root: bool) -> dict[str, str]:
    """What is no submission in a folder that nbgrader or this grader writes to while submissions lie there too."""
    present = set(names)
    if at_root and is_results(present):
        ours = present & {"work", "feedback", "autograded", "source", "release", "submitted", "gradebook.db"}
        ours |= present & {"results.json", "manifest.json", "grades.csv", "report.html"}
        ours |= present & {".lock", "copies.html", "nbgrader_config.py"}
        ours |= {name for name in present if _GOES_BACK.fullmatch(name)}
        return dict.fromkeys(ours, "results of an earlier grading")
    if "submitted" in present and present & {"gradebook.db", "nbgrader_config.py"}:
        mine = present & {"source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
        return dict.fromkeys(mine, "nbgrader's own: only what lies in submitted/ was handed in")
    return {}


def _summary(path: str, parts: tuple[str, ...], reason: str) -> File:
    """One entry for everything in a folder."""
    sizes = [os.path.getsize(path)] if os.path.isfile(path) else []
    for folder, _, names in os.walk(path):
        sizes += [os.lstat(os.path.join(folder, name)).st_size for name in names]
    count = f", {len(sizes)} files" if os.path.isdir(path) else ""
    return File(parts, None, sum(sizes), left_out=reason + count)


# --- Zips -------------------------------------------------------------------------------------------------------------


@dataclass
class _Allowance:
    """What a zip may still unpack to: in all, and for each of the people (its folders, its files) in it."""

    bytes: int
    each: dict[str, list[int]] = field(default_factory=dict)

    def take(self, who: str, size: int) -> bool:
        """Whether `size` bytes more are within it; counts them if so."""
        mine = self.each.setdefault(who, [MAX_ARCHIVE_BYTES, MAX_ARCHIVE_FILES])
        mine[1] -= 1
        if size > min(self.bytes, mine[0]) or mine[1] < 0:
            return False
        self.bytes -= size
        mine[0] -= size
        return True


def _open(source, above: tuple[str, ...], allowance: _Allowance, depth: int) -> Iterator[File]:
    size = os.path.getsize(source) if isinstance(source, str) else len(source.getvalue())
    here = above or (clean(os.path.basename(source)),)
    try:
        archive = zipfile.ZipFile(source)
        members = [(info, _parts(info)) for info in archive.infolist()]
    except UnicodeDecodeError:  # one name that is not the UTF-8 it says
        data = Path(source).read_bytes() if isinstance(source, str) else source.getvalue()
        yield from _open(io.BytesIO(_without_claims_of_utf8(data)), here, allowance, depth)
        return
    except Exception as error:  # whatever zipfile meets in damaged bytes
        yield File(here, None, size, f"it is a damaged zip file: {str(error)[:100] or type(error).__name__}")
        return
    with archive:
        members = [(info, parts) for info, parts in members if parts and not info.is_dir()]
        junk = [(info, parts) for info, parts in members if any(map(is_junk, parts))]
        yield from _junk_entry(above, junk)
        results = _results_folders([parts for _, parts in members])
        common = common_start([parts[:-1] for _, parts in members])
        for info, parts in sorted(members, key=lambda member: (member[1], member[0].header_offset)):
            if any(map(is_junk, parts)):
                continue
            left_out = "results of an earlier grading" if any(parts[:n] in results for n in range(len(parts))) else ""
            who = parts[len(common)] if depth == 1 else ""
            yield from _member(archive, info, (*above, *parts)[-MAX_PARTS:], allowance, who, depth, left_out)
        if not members:
            yield File(here, None, size, "it is an empty zip file")


def _junk_entry(above: tuple[str, ...], junk: list) -> Iterator[File]:
    if junk:
        kinds = sorted({next(filter(is_junk, parts)) for _, parts in junk})
        size = sum(info.file_size for info, _ in junk)
        reason = f"{len(junk)} files of the operating system or of tools ({', '.join(kinds[:5])})"
        yield File((*above, kinds[0] if len(junk) == 1 else "(junk)"), None, size, left_out=reason)


def _results_folders(paths: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
    inside: dict[tuple[str, ...], set[str]] = {}
    for parts in paths:
        for n in range(len(parts)):
            inside.setdefault(parts[:n], set()).add(parts[n])
    return {folder for folder, names in inside.items() if is_results(names)}


def _member(archive, info, parts, allowance: _Allowance, who: str, depth: int, left_out: str) -> Iterator[File]:
    time = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*info.date_time)

    def refused(problem: str) -> File:
        return File(parts, None, info.file_size, problem, time=time)

    is_zip = parts[-1].lower().endswith(".zip")
    if left_out:
        yield File(parts, None, info.file_size, left_out=left_out, time=time)
    elif stat.S_ISLNK(info.external_attr >> 16):
        yield refused("it is a link, not a regular file")
    elif info.flag_bits & 1:
        yield refused("it is encrypted; ask for it without a password")
    elif info.file_size > MAX_FILE_BYTES:
        yield refused(f"it is too large: more than {MAX_FILE_BYTES / 2**20:g} MiB")
    elif is_zip and depth >= MAX_DEPTH:
        yield refused(f"it lies in zips more than {MAX_DEPTH} deep")
    elif not allowance.take(who, info.file_size):
        yield refused("it is too large: its archive holds more than this grader unpacks")
    else:
        try:
            with archive.open(info) as member:
                data = member.read(MAX_FILE_BYTES + 1)
        except Exception as error:  # zipfile raises whatever its decompressors do
            yield refused(f"it could not be unpacked: {str(error)[:100] or type(error).__name__}")
            return
        if is_zip:
            inside = _Allowance(MAX_ARCHIVE_BYTES) if depth == 1 else allowance
            yield from _open(io.BytesIO(data), parts, inside, depth + 1)
        else:
            yield File(parts, data, len(data), time=time)


# --- Names in zips ----------------------------------------------------------------------------------------------------


def _parts(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """A member's folders and name, clean; what would lead out of the zip is taken off."""
    parts = [clean(part) for part in _name(info).replace("\\", "/").split("/")]
    return tuple(part for part in parts if part not in ("", ".", ".."))


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name. Its Unicode field counts; else many programs write UTF-8 without saying so, which zipfile reads
    as code page 437; what is neither stays as that code page shows it: odd to read, but whole."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.orig_filename.encode("cp437", "replace")
    extra = info.extra
    while len(extra) >= 4:  # Info-ZIP's "Unicode Path", appnote.txt 4.6.9
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == 0x7075 and length > 5 and extra[4:9] == struct.pack("<BL", 1, zlib.crc32(raw)):
            return extra[9 : 4 + length].decode("utf-8", "replace")
        extra = extra[4 + length :]
    try:
        return raw.decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def _without_claims_of_utf8(data: bytes) -> bytes:
    """A zip's bytes with the flag cleared that says that its names are UTF-8, in the directory and before each file."""
    changed = bytearray(data)
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for match in re.finditer(re.escape(signature), data):
            if match.start() + flags + 1 < len(changed):
                changed[match.start() + flags + 1] &= ~0x08
    return bytes(changed)
