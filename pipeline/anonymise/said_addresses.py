"""E-mail and web addresses and handles said aloud: "jan dot jansen at gmail dot com"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.anonymise.number_words import LANGUAGES, plain, read_number, words_of

# Between two words of an address; two blanks where brackets were.
_G = r"(?:,?[^\S\n]{1,2}|-)"
_AT = r"(?:at(?:[ -]sign)?|apen?staart(?:je)?|snabel[- ]?a(?:'et)?|kr[øo]lle?[- ]?alfa|@)"
_SURE_AT = re.compile(r"(?:apen?staart|snabel|krøll|kroll|@|at[ -]sign)", re.I)
_DOT = r"(?:dot|puntje|punt|punktum|prik|point|period|full[ -]stop)"
_DASH = (
    r"(?:dash|hyphen|koppelteken|verbindingsstreepje|streepje|minteken|min|minus|bindestreg|streg)"
)
_UNDER = (
    r"(?:under[ -]?scores?|lage?[ -]streepje|laag[ -]streepje|liggend[ -]streepje|understreg|"
    r"under[ -]?streg)"
)
_SLASH = r"(?:forward[ -]slash|slash|schuine[ -]streep|skråstreg)"
_MARKS = (
    (re.compile(_UNDER, re.I), "_"),
    (re.compile(_DOT, re.I), "."),
    (re.compile(_DASH, re.I), "-"),
    (re.compile(_SLASH, re.I), "/"),
    (re.compile(r"plus", re.I), "+"),
)
# "kiki (at) leeds [dot] com": written so that machines do not find it.
_BRACKETED = re.compile(rf"[(\[{{][^\S\n]?(?P<word>{_AT}|{_DOT})[^\S\n]?[)\]}}]", re.I)
_JOINT = re.compile(rf"(?:{_UNDER}|{_DOT}|{_DASH}|plus)", re.I)
_TOP = (
    r"(?:com|nl|dk|org|net|edu|eu|gov|info|io|uk|n[ -]l|d[ -]k|c[ -]o[ -]m|e[ -]u|o[ -]r[ -]g|"
    r"u[ -]k|be|de|se|no|fr|nu|me)"
)
# "punt de" and "punt be" are Dutch words; after a web address nobody wonders.
_SURE_TOP = (
    r"(?:com|nl|dk|org|net|edu|eu|gov|io|uk|n[ -]l|d[ -]k|c[ -]o[ -]m|e[ -]u|o[ -]r[ -]g|u[ -]k)"
)
_LABEL = r"[^\W_][\w]*"
_DOTTED = rf"(?:{_G}{_DOT}{_G}|\.)"
_NO_AT = rf"(?!{_AT}(?!\w)){_LABEL}"  # "me at peggy dot jones at gmail": the last one counts
_MAIL = re.compile(
    rf"(?<![\w.]){_AT}{_G}(?P<domain>{_NO_AT}(?:{_G}{_NO_AT}){{0,4}}?"
    rf"(?:{_DOTTED}{_NO_AT}(?:{_G}{_NO_AT}){{0,2}}?)*?{_DOTTED}{_TOP})(?!\w|\.\w)",
    re.I,
)
_PROVIDER = re.compile(
    rf"(?<![\w.]){_AT}{_G}(?P<domain>gmail|hotmail|icloud|outlook|ziggo|xs4all|kpnmail|protonmail|"
    r"yahoo)(?!\w|\.\w)",
    re.I,
)
_WEB = re.compile(
    rf"(?<![\w.@])(?:(?P<www>www|w[ -]w[ -]w|(?:double[ -]?u[ -]){{2}}double[ -]?u|(?:triple|drie "
    rf"keer|driemaal|tre gange)[ -](?:w|dubbel"
    rf"[ -]?v|dobbelt[ -]?v))(?:{_DOTTED}|{_G}))?(?P<domain>{_LABEL}(?:{_G}{_DASH}{_G}{_LABEL})*"
    rf"(?:{_DOTTED}{_LABEL})*{_G}{_DOT}{_G}{_SURE_TOP}(?:{_G}{_SLASH}{_G}{_LABEL}"
    rf"(?:{_G}{_DASH}{_G}{_LABEL})*)*)(?!\w|\.\w)",
    re.I,
)
_DOT_TOP = re.compile(rf"(?<=[\w ,-])(?<!\w){_DOT}{_G}{_SURE_TOP}(?!\w)", re.I)
_UNDER_WORD = re.compile(rf"(?<!\w){_UNDER}(?!\w)", re.I)
_HANDLE_CUE = re.compile(
    r"(?<!\w)(?:instagram|insta|twitter|tiktok|snapchat|snap|handle|user[ -]?name|gebruikersnaam|"
    r"brugernavn|telegram|discord|skype|messenger|mastodon|bluesky)(?!\w)",
    re.I,
)
_HANDLE = re.compile(
    rf"(?<![\w.])(?:(?P<at>{_AT}){_G})?(?P<name>{_LABEL}(?:{_G}(?:{_UNDER}|dot|punt|punktum|prik|"
    rf"{_DASH}){_G}{_LABEL})*)",
    re.I,
)
_UNDERSCORED = re.compile(
    rf"(?<![\w.@])(?:{_AT}{_G})?(?P<name>{_LABEL}(?:{_G}{_UNDER}{_G}{_LABEL})+)", re.I
)
_CUE = re.compile(
    r"(?:e-?mail(?:adres|adresse|address)?|mail(?:adres|adresse)?|address|adres|adresse|mailen|"
    r"reach me|write (?:me|to)|skriv(?: til)?)"
    r"(?:(?:[^\S\n](?:address|adres|adresse|is|was|er|it's|at|naar|til|dan|dus|so|like|op|på|to|"
    r"me|us|him|her|them|mij|ons|hem|haar|mig|os))|"
    r"[,:']s?|[^\S\n])*[^\S\n]",
    re.I,
)
_BEFORE = re.compile(r"[^\s,.;:!?\"“”()]+")
_IS = frozenset("is er naar til it's that's hedder heet".split())
_HALF = frozenset(("laag", "lage", "liggend", "under"))
_STOP = frozenset(
    "the a an this that is are was it of and or to in on at de het een dit dat is en of op te aan "
    "van den det en et er og på i at til some one no any my mijn min je jouw your our ons onze "
    "vores uw same other next last every dot point punt punktum main important".split()
)


def said_addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and what it is in writing, in order, without overlaps."""
    last = 0
    text = _BRACKETED.sub(_unbracketed, text)
    for start, end, written in sorted(_all(text), key=lambda one: (one[0], -one[1])):
        if start >= last:
            yield start, end, written
            last = end


def _unbracketed(match: re.Match[str]) -> str:
    """The word with blanks for its brackets, so that every character keeps its place."""
    return match["word"].center(len(match.group()))


def _all(text: str) -> Iterator[tuple[int, int, str]]:
    taken: list[tuple[int, int]] = []
    for match in _MAIL.finditer(text):
        weak = not _SURE_AT.match(match.group())
        if _first(match) == "www" or (weak and _first(match) in _STOP):
            continue
        start = _local(text, match.start())
        if start is not None:
            taken.append((start, match.end()))
            local = _joined(text[start : match.start()].strip(" ,-"))
            yield start, match.end(), f"{local}@{_joined(match['domain'])}"
    for match in _PROVIDER.finditer(text):
        if _within(taken, match.start()) or not (
            _SURE_AT.match(match.group())
            or _CUE.search(text, max(0, match.start() - 60), match.start())
        ):
            continue
        start = _local(text, match.start())
        if start is not None:
            taken.append((start, match.end()))
            local = _joined(text[start : match.start()].strip(" ,-"))
            yield start, match.end(), f"{local}@{match['domain'].lower()}.com"
    for match in _around(_WEB, _DOT_TOP, text):
        if _within(taken, match.start()) or (
            _first(match) in _STOP and not match["www"] and _joined(match["domain"]).count(".") < 2
        ):
            continue
        head = "www." if match["www"] else ""
        taken.append(match.span())
        yield match.start(), match.end(), head + _joined(match["domain"])
    yield from _handles(text, taken)


def _handles(text: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    for match in _around(_UNDERSCORED, _UNDER_WORD, text):
        if not _overlaps(taken, match.span()) and _is_name(match["name"]):
            taken.append(match.span())
            yield match.start(), match.end(), "@" + _joined(match["name"])
    for cue in _HANDLE_CUE.finditer(text):
        for match in _HANDLE.finditer(text, cue.end(), min(len(text), cue.end() + 70)):
            if "\n" in text[cue.end() : match.start()]:
                break
            marked = match["at"] and _plain_at(text, match)
            if marked or any(_JOINT.fullmatch(word) for word in match["name"].split()[1:]):
                if _is_name(match["name"]) and not _overlaps(taken, match.span()):
                    taken.append(match.span())
                    yield match.start(), match.end(), "@" + _joined(match["name"])
                break


def _plain_at(text: str, match: re.Match[str]) -> bool:
    """Whether "at" is the mark: "it is at jansen", not "look at it"."""
    return _SURE_AT.match(match.group()) is not None or (
        re.search(
            r"(?:\bis|\ber|'s|:|,|handle|name|naam|navn)[^\S\n]$", text[: match.start()], re.I
        )
        is not None
        and match["name"].lower() not in _STOP
    )


def _around(
    pattern: re.Pattern[str], anchor: re.Pattern[str], text: str
) -> Iterator[re.Match[str]]:
    """The matches of a slow pattern that hold a match of a fast one."""
    last = 0
    for hit in anchor.finditer(text):
        if hit.start() < last:
            continue
        line = text.rfind("\n", 0, hit.start()) + 1
        start = max(last, line, hit.start() - 60)
        while start > line and text[start - 1 : start].isalnum():
            start += 1
        for match in pattern.finditer(text, start, min(len(text), hit.end() + 80)):
            if match.start() < hit.start() < match.end():
                last = match.end()
                yield match
                break


def _first(match: re.Match[str]) -> str:
    return re.split(r"\W", match["domain"], maxsplit=1)[0].lower()


def _is_name(name: str) -> bool:
    """Whether no word of a handle is an article or the like: "to underscore that" is none."""
    words = re.split(r"[\s,-]+", name.lower())
    if sum(word == "underscore" for word in words) > 1:
        return True
    return _STOP.isdisjoint(word for word in words if not _JOINT.fullmatch(word))


def _overlaps(taken: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in taken)


def _within(taken: list[tuple[int, int]], place: int) -> bool:
    return any(start <= place < end for start, end in taken)


def _local(text: str, at: int) -> int | None:
    """Where the part before "at" begins; None: nothing stands there."""
    line = max(text.rfind("\n", 0, at) + 1, at - 90)
    tokens = list(_BEFORE.finditer(text, line, at))
    if not tokens:
        return None
    cues = [match.end() for match in _CUE.finditer(text, line, at)]
    if cues:
        after = [token for token in tokens if token.start() >= cues[-1]]
        if 0 < len(after) <= 8:
            return after[0].start()
    first = len(tokens) - 1
    while first > 0:
        word, before = tokens[first].group(), tokens[first - 1].group()
        if not re.fullmatch(_G, text[tokens[first - 1].end() : tokens[first].start()]):
            break
        if _JOINT.fullmatch(word) or _JOINT.fullmatch(before):
            first -= 1
        elif first > 1 and _JOINT.fullmatch(tokens[first - 2].group()):  # "s punt de groot"
            first -= 1
        elif word.lower() in _HALF:  # "laag streepje"
            first -= 1
        elif len(before) == 1 and before.isalpha() and (len(word) == 1 or before not in "aiIuo"):
            first -= 1
        elif _counts(word) and (_counts(before) or before.lower() not in _STOP):
            first -= 1
        elif before.lower() in ("double", "dubbel", "dubbele", "dobbelt"):
            first -= 1
        else:
            break
    for back in range(max(0, first - 3), first):  # "that is team zuid at ..."
        if tokens[back].group().lower() in _IS:
            return tokens[back + 1].start()
    return tokens[first].start()


def _counts(word: str) -> bool:
    return word.isdigit() or any(plain(word) in words_of(one).values for one in LANGUAGES)


def _joined(said: str) -> str:
    """An address in writing: marks for their words, digits for numbers, no blanks."""
    for pattern, mark in _MARKS:
        said = re.sub(rf"{_G}?(?<!\w){pattern.pattern}(?!\w){_G}?", mark, said, flags=re.I)
    out = []
    for piece in re.split(r"([._+/-])", said):
        if piece in (".", "_", "+", "/", "-"):
            out.append(piece)
            continue
        words = [plain(word) for word in re.split(r"[\s,]+", piece) if word]
        at = 0
        while at < len(words):
            for language in LANGUAGES:
                read = read_number(words, at, words_of(language)) if _counts(words[at]) else None
                if read is not None and not words[at].isdigit():
                    out.append(str(read[0]))
                    at = read[1]
                    break
            else:
                out.append(words[at])
                at += 1
    return "".join(out)
