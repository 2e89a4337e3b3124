"""From bytes to text: which encoding, byte order mark off, line ends LF, nothing else changed.

charset-normalizer is asked where Windows-1252 and Mac Roman make equally good words, and is held
to the two (`cp_isolation`). Alone it does not do (3.5): free to choose, it reads most short Dutch,
Danish and German as mac_greek, cp1250 or even UTF-16; held to the two, it misreads one accented
letter in a file; of UTF-8 with one pasted byte it makes nothing. So what is certain comes first
(byte order marks, the zeros of UTF-16, valid UTF-8), then which of the two puts accented letters
where people write them. A guess from few letters is said in a warning.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from pipeline.errors import PipelineError

# An interview of three hours has 200 kB. Beyond this a file is something else, and reading it
# would only take memory from the machine.
MAX_TEXT_BYTES = 32_000_000
MAX_LINES = 200_000  # three hours have 3,000, and as captions 40,000
_SAMPLE = 64_000

# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ESCAPED = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")

# What western European speech is written with, beyond ASCII.
_LOWER = "áàâäãåæçéèêëíìîïñóòôöõøœúùûüýÿß"
_EXPECTED = frozenset(_LOWER + _LOWER.upper() + "“”„‘’‚–—…€«»£§°©®½¼¾¿¡·•\u00a0ªº")
_INSIDE_WORDS = frozenset(_LOWER + "’")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how it was read."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> tuple[str, str]:
    """The text (byte order mark removed, line ends LF, nothing else changed) and its encoding.

    Raises
    ------
    PipelineError : the bytes are no text, or far too many.
    """
    decoded = decode_noting(data)
    return decoded.text, decoded.encoding


def decode_noting(data: bytes) -> Decoded:
    """As `decode`, with what a person should know about how sure it is."""
    check_size(data)
    decoded = _marked(data) or _unmarked(data)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    check_lines(text.count("\n"))
    return Decoded(text, decoded.encoding, decoded.warnings)


def check_size(data: bytes) -> None:
    """Refuse what no transcript is.

    Raises
    ------
    PipelineError : more text than `MAX_TEXT_BYTES`.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise PipelineError(
            f"{len(data) // 1_000_000} MB of text, and no transcript is larger than "
            f"{MAX_TEXT_BYTES // 1_000_000} MB",
            mend="Check that this is a transcript; cut it into several files if it is.",
        )


def check_lines(n_lines: int) -> None:
    """Refuse what no transcript is, for each line costs time.

    Raises
    ------
    PipelineError : more lines or paragraphs than `MAX_LINES`.
    """
    if n_lines > MAX_LINES:
        raise PipelineError(
            f"{n_lines} lines, and no transcript has more than {MAX_LINES}",
            mend="Check that this is a transcript; cut it into several files if it is.",
        )


def looks_utf16(data: bytes) -> str:
    """`utf-16-le` or `utf-16-be` where every other byte is mostly zero, else nothing."""
    sample = data[: _SAMPLE // 2 * 2]
    half = len(sample) // 2
    if not half:
        return ""
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _marked(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _tolerant(data[len(mark) :], encoding)
    return None


def _unmarked(data: bytes) -> Decoded:
    if encoding := looks_utf16(data):
        return _tolerant(data, encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(data) or _single_byte(data)


def _tolerant(data: bytes, encoding: str) -> Decoded:
    """Decoded by its byte order mark; damaged places become U+FFFD, and are counted."""
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8" and (mended := _mostly_utf8(data)):
            return mended
        text = data.decode(encoding, errors="replace")
        n = text.count("\ufffd")
        return Decoded(text, encoding, (f"Damaged characters, read as \ufffd: {n}.",))


def _mostly_utf8(data: bytes) -> Decoded | None:
    """UTF-8 into which a few bytes of another encoding were pasted, or nothing."""
    text = data.decode("utf-8", errors="surrogateescape")
    n_bad = len(_ESCAPED.findall(text))
    n_good = len(_BEYOND_ASCII.findall(text)) - n_bad
    if n_good < 2 * n_bad:
        return None
    mended = _ESCAPED.sub(lambda m: _western(bytes([ord(m.group()) - 0xDC00]))[0], text)
    return Decoded(mended, "utf-8", (f"Bytes that are not UTF-8, read as Windows-1252: {n_bad}.",))


def _western(data: bytes) -> tuple[str, str]:
    """Windows-1252, or Latin-1 where a byte stands that Windows-1252 does not have."""
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _single_byte(data: bytes) -> Decoded:
    """Windows-1252 or Mac Roman, by which of the two gives words that people write."""
    sample = _sample(data)
    windows, mac = _oddity(_western(sample)[0]), _oddity(sample.decode("mac_roman"))
    is_mac = mac < windows if mac != windows else _detected(sample) == "mac_roman"
    text, encoding = (data.decode("mac_roman"), "mac_roman") if is_mac else _western(data)
    n_high = len(_HIGH_BYTE.findall(sample))
    oddity = min(windows, mac)
    warnings = []
    if n_high < 3 or mac == windows:
        warnings.append(
            f"The encoding was guessed ({encoding}) from {n_high} characters beyond ASCII; "
            "check the accented letters."
        )
    elif oddity > 0.2 * n_high:
        warnings.append(
            f"The encoding is uncertain (read as {encoding}); check the accented letters, and "
            "save the file as UTF-8 if they are wrong."
        )
    return Decoded(text, encoding, tuple(warnings))


def _sample(data: bytes) -> bytes:
    """The surroundings of the first bytes beyond ASCII: enough to judge, whatever the size."""
    pieces, total, end = [], 0, 0
    for match in _HIGH_BYTE.finditer(data):
        if match.start() < end:
            continue
        start, end = max(end, match.start() - 20), match.start() + 80
        pieces.append(data[start:end])
        total += end - start
        if total > _SAMPLE:
            break
    return b" ".join(pieces)


def _oddity(text: str) -> int:
    """How many characters beyond ASCII stand where nobody would write them."""
    odd = 0
    for match in _BEYOND_ASCII.finditer(text):
        at, char = match.start(), match.group()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        inside = before.islower() and after.islower()
        odd += char not in (_INSIDE_WORDS if inside else _EXPECTED)
        odd += char.isupper() and before.islower()
        odd += char in "–—" and (before.islower() != after.islower())
        odd += char == "‘" and before.isalpha()
    return odd


def _detected(sample: bytes) -> str:
    """What charset-normalizer says, held to the two (free, it sees mac_latin2 in short Dutch)."""
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample, cp_isolation=["cp1252", "mac_roman"]).best()
    return best.encoding if best else "cp1252"
