"""Dialect: how a CSV file was written, found from its first bytes."""

import codecs
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer
import clevercsv

from .errors import ProjectError

SAMPLE = 2**18  # bytes
LINES = 100
OTHER_FORMATS = {
    b"PK": "an Excel workbook or a zip archive; save the sheet as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV",
    b"\x1f\x8b": "compressed; unpack it",
    b"PAR1": "Parquet; give it the suffix .parquet",
    b"{": "JSON; convert it to CSV",
    b"[": "JSON; convert it to CSV",
    b"version https://git-lfs": "a pointer of Git LFS; `git lfs pull` brings the file itself",
}
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True)
class Dialect:
    """The encoding of a CSV file, and the character between its cells."""

    encoding: str = "utf-8"
    separator: str = ","


def detect(path: Path) -> Dialect:
    """Return the dialect of a CSV file.

    Raises:
        ProjectError: the file is missing, empty, or in another format, which the message names.
    """
    try:
        with path.open("rb") as file:
            sample = file.read(SAMPLE)
    except OSError as error:
        raise ProjectError(f"{path}: cannot be read: {error.strerror}") from error
    if not sample.strip():
        raise ProjectError(f"{path}: the file is empty")
    for start, what in OTHER_FORMATS.items():
        if sample.lstrip().startswith(start):
            raise ProjectError(f"{path}: this is not CSV but {what}")
    encoding = find_encoding(sample, path)
    text = sample.decode(encoding, errors="ignore")
    return Dialect(encoding, find_separator(text))


def find_encoding(sample: bytes, path: Path) -> str:
    """Return the encoding of a text: what its first mark says, else UTF-8, else the likeliest."""
    for mark, encoding in MARKS.items():
        if sample.startswith(mark):
            return encoding
    if b"\x00" in sample:
        raise ProjectError(f"{path}: this is not CSV but binary data")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        likeliest = charset_normalizer.from_bytes(sample).best()
        return likeliest.encoding if likeliest else "latin-1"
    return "utf-8"


def find_separator(text: str) -> str:
    """Return the character that splits the first lines into cells best; a comma if none does."""
    head = "\n".join(text.splitlines()[:LINES])[: SAMPLE // 8]
    found = clevercsv.Sniffer().sniff(head, delimiters=[",", ";", "\t", "|"])
    return found.delimiter if found and found.delimiter else ","
