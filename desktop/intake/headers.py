"""Header fields of a mail, read with a bound on everything: length, number, encoded words, addresses.

The standard library's modern policy needs minutes and gigabytes for a hostile header, so this reads the few forms
that matter (RFC 5322 addresses, RFC 2047 words, RFC 2231 parameters) in one pass each.
"""

import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from desktop.intake.charsets import Troubles, clean_line, decode

MAX_BLOCK = 512 * 1024
MAX_FIELDS = 2000
MAX_VALUE = 64 * 1024
MAX_WORDS = 400
MAX_ADDRESSES = 200
MAX_NAME = 200
MAX_ADDRESS = 320

_WORD = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\s]{0,2000})\?=")
_WORD_GAP = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")
_PARAM = re.compile(r';[ \t\r\n]*([^\s=;"]{1,80})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.){0,4000})"|([^;\s]{0,4000}))')
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
_ADDR_SPEC = re.compile(r"[^\s<>\"(),;:]{1,128}@[^\s<>\"(),;:@]{1,190}")


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one header block: (lower-case name, raw value with its folds)."""

    fields: tuple[tuple[str, bytes], ...]

    def first(self, name: str) -> str:
        """Return the first value of a field as raw text (bytes above 127 kept as Latin-1), or ""."""
        return next((_raw_text(value) for key, value in self.fields if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field as raw text."""
        return tuple(_raw_text(value) for key, value in self.fields if key == name)

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


def parse_headers(block: bytes, troubles: Troubles) -> Headers:
    """Split a header block into fields; lines that are no field are skipped. Bounded in length and number."""
    if len(block) > MAX_BLOCK:
        troubles.add("The mail's header is unusually long; its end was left out.")
        block = block[:MAX_BLOCK]
    fields: list[tuple[str, list[bytes]]] = []
    for line in block.split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            if fields:
                fields[-1][1].append(line)
            continue
        name, colon, value = line.partition(b":")
        if colon and 0 < len(name) <= 100 and len(fields) < MAX_FIELDS:
            fields.append((name.decode("latin-1").strip().lower(), [value]))
    return Headers(tuple((name, b"\n".join(lines).strip()[:MAX_VALUE]) for name, lines in fields))


def _raw_text(value: bytes) -> str:
    """Text of a raw header; eight-bit headers are UTF-8 in practice, Latin-1 otherwise."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("windows-1252", "replace")


def decode_words(value: str, troubles: Troubles) -> str:
    """Decode the RFC 2047 words of a header value; at most MAX_WORDS of them, the rest is left out."""
    pieces: list[str] = []
    position = 0
    joined = _WORD_GAP.sub(r"\1", value)
    pending: list[tuple[str, bytes]] = []
    for count, match in enumerate(_WORD.finditer(joined)):
        if count >= MAX_WORDS:
            troubles.add("A header holds too many encoded words; its end was left out.")
            return "".join(pieces) + _flush(pending, troubles)
        if match.start() > position:
            pieces.append(_flush(pending, troubles))
            pieces.append(joined[position : match.start()])
        charset = match[1].lower()
        if pending and pending[-1][0] != charset:
            pieces.append(_flush(pending, troubles))
        pending.append((charset, _word_bytes(match[2], match[3])))
        position = match.end()
    return "".join(pieces) + _flush(pending, troubles) + joined[position:]


def _flush(pending: list[tuple[str, bytes]], troubles: Troubles) -> str:
    """Decode neighbouring words together: writers split multi-byte characters between words."""
    if not pending:
        return ""
    text = decode(b"".join(raw for _, raw in pending), pending[0][0], troubles)
    pending.clear()
    return text


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "bB":
        return loose_base64(text.encode("ascii", "ignore"))
    return binascii.a2b_qp(text.encode("latin-1", "replace"), header=True)


def loose_base64(content: bytes) -> bytes:
    """Decode base64 however it is padded; what comes after broken input is lost, nothing raises."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def decode_header(value: str, troubles: Troubles, *, limit: int) -> str:
    """Return a header value as one clean line of at most `limit` characters."""
    if len(value) > limit * 40:
        troubles.add("A header is unusually long; its end was left out.")
    text = decode_words(value[: limit * 40], troubles)
    return clean_line(text, troubles, limit=limit)


def parameters(value: str, troubles: Troubles) -> dict[str, str]:
    """Return the parameters of a Content-Type or Content-Disposition value, RFC 2231 forms joined and decoded."""
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in list(_PARAM.finditer(value[:16_000]))[:60]:
        name = match[1].lower()
        text = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(name, text)
            continue
        number = rest.rstrip("*")
        index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        extended.setdefault(base, {})[index] = (text, rest.endswith("*") or rest == "")
    for base, parts in extended.items():
        plain[base] = _join_2231(parts, troubles)
    return plain


def _join_2231(parts: dict[int, tuple[str, bool]], troubles: Troubles) -> str:
    charset = "utf-8"
    raw = b""
    for index in sorted(parts):
        text, encoded = parts[index]
        if encoded:
            if index == 0 and text.count("'") >= 2:
                charset, _, text = text.split("'", 2)
            raw += unquote_to_bytes(text)
        else:
            raw += text.encode("utf-8", "replace")
    return decode(raw, charset or "utf-8", troubles)


def message_ids(value: str) -> tuple[str, ...]:
    """Return the ids in a Message-ID, In-Reply-To or References value, with their angle brackets; at most 100."""
    found = tuple(f"<{match}>" for match in _MESSAGE_ID.findall(value[:MAX_VALUE]))
    return found if len(found) <= 100 else (found[0], *found[-99:])


def addresses(value: str, troubles: Troubles) -> list[tuple[str, str]]:
    """Return (name, address) pairs of an address list; names decoded and cleaned; bounded by MAX_ADDRESSES."""
    found: list[tuple[str, str]] = []
    for piece in _split_list(value):
        if len(found) >= MAX_ADDRESSES:
            troubles.add(f"The mail names a great many people; only the first {MAX_ADDRESSES} of each list were kept.")
            break
        pair = _mailbox(piece, troubles)
        if pair:
            found.append(pair)
    return found


def _split_list(value: str) -> list[str]:
    """Split at commas and semicolons outside quotes, comments and angle brackets."""
    pieces: list[str] = []
    start, quoted, depth, angle = 0, False, 0, False
    for match in re.finditer(r'\\.|["(),;<>:]', value[:MAX_VALUE], re.DOTALL):
        char = match[0]
        if char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
        elif char in "<>":
            angle = char == "<"
        elif char in ",;" and not depth and not angle:
            pieces.append(value[start : match.start()])
            start = match.end()
        elif char == ":" and not depth and not angle:
            start = match.end()
    pieces.append(value[start:MAX_VALUE])
    return pieces


def _mailbox(piece: str, troubles: Troubles) -> tuple[str, str] | None:
    piece = piece.strip()[:4000]
    before, bracket, rest = piece.rpartition("<")
    if bracket:
        address = rest.partition(">")[0]
        name = before
    else:
        match = _ADDR_SPEC.search(piece)
        address = match[0] if match else ""
        comment = re.search(r"\(([^()]{1,200})\)", piece)
        name = comment[1] if comment else ("" if match else piece)
    name = re.sub(r"\\(.)", r"\1", name.strip()).strip("\"' ")
    name = clean_line(decode_words(name, troubles), troubles, limit=MAX_NAME).strip("\"' ")
    address = "".join(clean_line(address, troubles, limit=MAX_ADDRESS).split()).strip("<>\"'")
    return (name, address) if name or address else None
