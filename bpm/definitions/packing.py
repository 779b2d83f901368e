"""Files from strangers: archives that may be bombs, names that may be tricks."""

import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

from bpm.errors import LANGUAGES, N_, InvalidError

MAX_FILES = 500
MAX_FILE = 5 * 1024 * 1024  # bytes
MAX_TOTAL = 20 * 1024 * 1024  # bytes
MAX_RATIO = 100  # unpacked to packed; XML and JSON pack 5 to 20 times
MAX_NAME = 200  # characters
MAX_FOLDERS = 5

Kept = TypeVar("Kept")

_SMALL = 100 * 1024  # bytes that may be packed ever so well
_LEFT_BY_SYSTEMS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_ENCRYPTED = 0x1
_OLD = (1980, 1, 1, 0, 0, 0)


class FileNameError(InvalidError):
    """A file's name is not one that a bundle may have."""

    code = "bad-file-name"
    sentence = N_("The name “{file}” cannot be used. Use plain names such as forms/handle.json.")


class NameTwiceError(InvalidError):
    """Two files of one name were handed in: nobody can know which is meant."""

    code = "name-twice"
    sentence = N_("There are two files of the name {file}. Keep one of them.")


class ArchiveError(InvalidError):
    """The archive cannot be read."""

    code = "bad-archive"
    sentence = N_("This is no ZIP archive that can be read.")


class ArchiveTooLargeError(InvalidError):
    """What was handed in is larger than any real process."""

    code = "archive-too-large"
    sentence = N_("These files are too large: at most {files} files, {file_size} MB for one and {total_size} MB together.")

    def __init__(self) -> None:
        megabyte = 1024 * 1024
        super().__init__(files=MAX_FILES, file_size=MAX_FILE // megabyte, total_size=MAX_TOTAL // megabyte)


def safe_name(name: str) -> str:
    """A file's name inside its bundle, with slashes and composed letters. Raises FileNameError for absolute names, ``..`` and the like."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/"))
    parts = plain.split("/")
    odd = not plain.isprintable() or ":" in plain or len(plain) > MAX_NAME or len(parts) > MAX_FOLDERS
    if odd or any(part.strip(" .") == "" or part != part.strip() for part in parts):
        raise FileNameError(file=name[:MAX_NAME])
    return plain


def place(name: str) -> str:
    """Where a single file stands in its bundle: texts lie in ``strings``, other JSON is a form. Raises FileNameError."""
    safe = safe_name(name)
    if not safe.endswith(".json") or "/" in safe or safe == "process.json":
        return safe
    return f"strings/{safe}" if safe.removesuffix(".json") in LANGUAGES else f"forms/{safe}"


def check_size(files: Mapping[str, bytes]) -> None:
    """Refuse more than a process can need. Raises ArchiveTooLargeError."""
    sizes = [len(content) for content in files.values()]
    if len(sizes) > MAX_FILES or max(sizes, default=0) > MAX_FILE or sum(sizes) > MAX_TOTAL:
        raise ArchiveTooLargeError


def handed_in(given: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """All files, by name, of what was handed in at once; an archive is unpacked, without a folder that holds all of it.

    Raises ArchiveError, ArchiveTooLargeError, FileNameError and NameTwiceError.
    """
    files = _by_name(file for name, content in given for file in _files_of(name, content).items())
    check_size(files)
    return files


def read_zip(content: bytes) -> dict[str, bytes]:
    """Unpack an archive into files by name, without what operating systems leave in it.

    Believes no size that the archive states: reading stops where a limit is passed. Raises ArchiveError, ArchiveTooLargeError,
    FileNameError and NameTwiceError.
    """
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir() and not _is_left_over(member.filename)]
            if len(members) > MAX_FILES:
                raise ArchiveTooLargeError
            for name, member in _by_name((safe_name(member.filename), member) for member in members).items():
                files[name] = _unpack(archive, member, MAX_TOTAL - sum(map(len, files.values())))
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise ArchiveError from error
    return files


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Pack files; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _OLD), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def without_common_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Take away the one folder that holds everything, as archives made of a folder have it."""
    firsts = {PurePosixPath(name).parts[0] for name in files}
    nested = all("/" in name for name in files)
    if len(firsts) != 1 or not nested or firsts <= {"forms", "strings", "scenarios"}:
        return dict(files)
    return {name.partition("/")[2]: content for name, content in files.items()}


def _files_of(name: str, content: bytes) -> dict[str, bytes]:
    if name.lower().endswith(".zip"):
        return without_common_folder(read_zip(content))
    return {place(name): content}


def _by_name(named: Iterable[tuple[str, Kept]]) -> dict[str, Kept]:
    found: dict[str, Kept] = {}
    for name, each in named:
        if name in found:
            raise NameTwiceError(file=name)
        found[name] = each
    return found


def _is_left_over(name: str) -> bool:
    return name.startswith(_LEFT_BY_SYSTEMS) or name.endswith(_LEFT_BY_SYSTEMS)


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    if member.flag_bits & _ENCRYPTED:
        raise ArchiveError
    most = min(MAX_FILE, room)
    with archive.open(member) as file:
        content = file.read(most + 1)
    if len(content) > most or len(content) > max(_SMALL, member.compress_size * MAX_RATIO):
        raise ArchiveTooLargeError
    return content
