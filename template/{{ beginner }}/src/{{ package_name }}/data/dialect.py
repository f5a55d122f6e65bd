"""Dialect: how the cells of a CSV file are told apart, found from its bytes."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import ProjectError

GAPS = ("", " ", *r"NA N/A n/a #N/A <NA> NaN nan NaT NULL null None \N".split())
SAMPLE = 2**18  # bytes
OTHER_FORMATS: dict[bytes | tuple[bytes, ...], str] = {
    b"PK\x03\x04": "an Excel workbook or a zip archive; save the sheet as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV",
    (b"\x1f\x8b", b"BZh9", b"\xfd7zXZ", b"(\xb5/\xfd"): "compressed; unpack it",
    b"PAR1": "Parquet; give it the suffix .parquet",
    (b"{", b"[{", b"[[", b"[ ", b"[\n", b"[\r"): "JSON; convert it to CSV",
    (b"<!doctype", b"<!DOCTYPE", b"<html"): "a web page; download the file itself",
    (b"sep=", b"# "): "a line above it that is no header; remove such lines",
}
MARKS: dict[str, bytes | tuple[bytes, ...]] = {
    "utf-8-sig": codecs.BOM_UTF8,
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),  # before UTF-16, which begins like it
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}
# One for each script: which of the Latin ones it is cannot be told, and this is the commonest.
LIKELY = ["cp1252", "cp1251", "cp1253", "cp1255", "shift_jis", "euc_kr", "gb18030", "big5"]


@dataclass(frozen=True)
class Dialect:
    """The encoding of a CSV file, the character between its cells, and texts that say nothing."""

    encoding: str = "utf-8"
    separator: str = ","
    gaps: tuple[str, ...] = GAPS


def detect(path: Path, expected: str = "utf-8") -> Dialect:
    """Return the dialect of a CSV file.

    Args:
        expected: the encoding of a file that is not in Unicode, as far as that is known.

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
    for start, other in OTHER_FORMATS.items():
        if sample.lstrip().startswith(start):
            raise ProjectError(f"{path}: this is not CSV but {other}")
    encoding = find_encoding(path, sample, LIKELY if expected.startswith("utf") else [expected])
    return Dialect(encoding, find_separator(sample.decode(encoding, errors="ignore")))


def find_encoding(path: Path, sample: bytes, likely: list[str]) -> str:
    """Return the encoding of a text: what its first mark says, else UTF-8, else the likeliest."""
    for encoding, mark in MARKS.items():
        if sample.startswith(mark):
            return encoding
    if b"\x00" in sample:
        raise ProjectError(f"{path}: this is not CSV but binary data, or UTF-16 without its mark")
    decode = codecs.getincrementaldecoder("utf-8")().decode
    with path.open("rb") as file:
        while block := file.read(SAMPLE):
            try:
                decode(block)
            except UnicodeDecodeError:
                return guess_encoding(block, likely)
    return "utf-8"


def guess_encoding(sample: bytes, likely: list[str]) -> str:
    """Return which of the `likely` encodings makes most sense of a text, the first in doubt.

    Accents and signs stand alone among other letters; other scripts write words.
    """
    from charset_normalizer import from_bytes

    telling = b"\n".join(line for line in sample.splitlines() if not line.isascii())
    words = re.findall(rb"[\x80-\xff]+", telling)
    settled = len(likely) == 1 or sum(map(len, words)) < 1.05 * len(words)
    matches = () if settled else from_bytes(telling, cp_isolation=likely)
    senses = [(match.chaos, -match.coherence, likely.index(match.encoding)) for match in matches]
    return likely[min(senses, default=(0, 0, 0))[2]]


def find_separator(text: str) -> str:
    """Return the character that splits the first lines into cells best; a comma if none does."""
    from clevercsv import Sniffer

    head = "\n".join(text.splitlines()[:100])[: SAMPLE // 8]
    dialect = Sniffer().sniff(head, delimiters=[",", ";", "\t", "|"])
    return dialect.delimiter if dialect and dialect.delimiter else ","
