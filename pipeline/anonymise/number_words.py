"""Number words, and the words people say for marks, in English, Dutch and Danish.

Small letters, without accents on vowels (`plain` takes them off): "drieentwintig".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

LANGUAGES = ("en", "nl", "da")
_BARE = str.maketrans("ëéèêïíöóüáà", "eeeeiioouaa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the words of one language count, and how they are joined."""

    values: Mapping[str, int]  # one word each: "twelve", "vierendertig", "seksogtyve"
    hundred: frozenset[str]
    thousand: frozenset[str]
    joint: frozenset[str]  # "two hundred and ten", "seks og tyve"
    tens_first: bool  # "twenty six"; else the unit comes first: "seks og tyve"
    repeat: Mapping[str, int]  # "double six"
    times: frozenset[str]  # "three times zero"
    ordinals: Mapping[str, int]  # of days
    fillers: frozenset[str]  # said between the parts of a number
    ambiguous: frozenset[str]  # single letters that are words: "a", "i"
    marks: Mapping[str, str] = field(default_factory=dict)  # "dash": "-"


def plain(word: str) -> str:
    """Small letters without accents, of the same length."""
    low = word.lower()
    return (low if len(low) == len(word) else word).translate(_BARE)


@cache
def words_of(language: str) -> Words:
    """The words of a language; English for those that have no table."""
    return {"nl": _dutch, "da": _danish}.get(language, _english)()


def _english() -> Words:
    units = "zero one two three four five six seven eight nine".split()
    teens = (
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    )
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    values = {word: at for at, word in enumerate([*units, *teens])}
    values |= {word: 10 * at for at, word in enumerate(tens, start=2)}
    values |= {"oh": 0, "o": 0, "nought": 0, "naught": 0, "nil": 0, "fourty": 40, "niner": 9}
    values |= {f"{ten}{unit}": values[ten] + values[unit] for ten in tens for unit in units[1:]}
    ordinals = dict(
        zip(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
            "twentieth".split(),
            range(1, 21),
            strict=True,
        )
    )
    ordinals |= {"thirtieth": 30}
    return Words(
        values=values,
        hundred=frozenset(("hundred",)),
        thousand=frozenset(("thousand",)),
        joint=frozenset(("and",)),
        tens_first=True,
        repeat={"double": 2, "triple": 3, "treble": 3},
        times=frozenset(("times",)),
        ordinals=ordinals,
        fillers=frozenset("uh um er erm eh then".split()),
        ambiguous=frozenset("aio"),
        marks={"dash": "-", "hyphen": "-", "minus": "-", "slash": "/", "plus": "+", "stroke": "/"}
        | {"dot": ".", "point": ".", "space": " "},
    )


def _dutch() -> Words:
    units = "nul een twee drie vier vijf zes zeven acht negen".split()
    teens = "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien".split()
    tens = "twintig dertig veertig vijftig zestig zeventig tachtig negentig".split()
    small = {word: at for at, word in enumerate([*units, *teens])}
    small |= {word: 10 * at for at, word in enumerate(tens, start=2)}
    small |= {f"{unit}en{ten}": small[ten] + small[unit] for ten in tens for unit in units[1:]}
    values = dict(small) | {"nulletje": 0, "noppes": 0, "zeuven": 7}
    one_word = [(word, value) for word, value in small.items() if value]
    heads = [("", 1), *((word, value) for word, value in one_word if value < 10 and value > 1)]
    heads += [(word, value) for word, value in one_word if 11 <= value <= 19]
    for head, times in heads:
        for word, value in one_word:
            values[f"{head}honderd{word}"] = values[f"{head}honderden{word}"] = times * 100 + value
        if head:
            values[f"{head}honderd"] = times * 100
    for head, times in (("", 1), ("twee", 2)):
        for word, value in one_word:
            values[f"{head}duizend{word}"] = values[f"{head}duizenden{word}"] = times * 1000 + value
        if head:
            values[f"{head}duizend"] = times * 1000
    for word, value in one_word:  # years in one word: "negentienvierentachtig"
        if value >= 10:
            values[f"negentien{word}"] = 1900 + value
            values[f"twintig{word}"] = 2000 + value
    ordinals = dict(
        zip(
            "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde "
            "dertiende veertiende vijftiende zestiende zeventiende achttiende negentiende "
            "twintigste".split(),
            range(1, 21),
            strict=True,
        )
    )
    ordinals |= {f"{unit}entwintigste": 20 + at for at, unit in enumerate(units[1:], start=1)}
    ordinals |= {"dertigste": 30, "eenendertigste": 31}
    return Words(
        values=values,
        hundred=frozenset(("honderd",)),
        thousand=frozenset(("duizend",)),
        joint=frozenset(("en",)),
        tens_first=False,
        repeat={"dubbel": 2, "dubbele": 2, "tweemaal": 2, "driemaal": 3, "driedubbel": 3},
        times=frozenset(("keer", "maal")),
        ordinals=ordinals,
        fillers=frozenset("uh eh euh euh uhm ehm dan".split()),
        ambiguous=frozenset("uo"),
        marks={"streepje": "-", "koppelteken": "-", "min": "-", "slash": "/", "plus": "+"}
        | {"punt": ".", "spatie": " "},
    )


def _danish() -> Words:
    units = "nul en to tre fire fem seks syv otte ni".split()
    teens = "ti elleve tolv tretten fjorten femten seksten sytten atten nitten".split()
    tens = "tyve tredive fyrre halvtreds tres halvfjerds firs halvfems".split()
    small = {word: at for at, word in enumerate([*units, *teens])} | {"et": 1}
    small |= {word: 10 * at for at, word in enumerate(tens, start=2)}
    small |= {"tredve": 30, "fyrretyve": 40, "halvtredsindstyve": 50, "tresindstyve": 60}
    small |= {"halvfjerdsindstyve": 70, "firsindstyve": 80, "halvfemsindstyve": 90}
    ten_words = {word: value for word, value in small.items() if 20 <= value < 100}
    values = dict(small)
    for unit, at in small.items():
        if 0 < at < 10:
            values |= {f"{unit}og{ten}": value + at for ten, value in ten_words.items()}
    two = {word: value for word, value in values.items() if 0 < value < 100}
    for word, value in two.items():
        for hundred in ("hundrede", "hundred"):
            for joint in ("", "og"):
                values[f"nitten{hundred}{joint}{word}"] = 1900 + value
        for thousand in ("tusind", "tusinde"):
            for joint in ("", "og"):
                values[f"to{thousand}{joint}{word}"] = 2000 + value
    values |= {"nittenhundrede": 1900, "totusind": 2000}
    ordinals = dict(
        zip(
            "første anden tredje fjerde femte sjette syvende ottende niende tiende ellevte tolvte "
            "trettende fjortende femtende sekstende syttende attende nittende tyvende".split(),
            range(1, 21),
            strict=True,
        )
    )
    ordinals |= {f"{unit}ogtyvende": 20 + at for unit, at in small.items() if 0 < at < 10}
    ordinals |= {"tredivte": 30, "enogtredivte": 31, "enogtredvte": 31}
    return Words(
        values=values,
        hundred=frozenset(("hundrede", "hundred")),
        thousand=frozenset(("tusind", "tusinde")),
        joint=frozenset(("og",)),
        tens_first=False,
        repeat={"dobbelt": 2, "dobbelte": 2, "tredobbelt": 3},
        times=frozenset(("gange",)),
        ordinals=ordinals,
        fillers=frozenset("øh øhm æh så".split()),
        ambiguous=frozenset("iåøo"),
        marks={"bindestreg": "-", "streg": "-", "minus": "-", "slash": "/", "skråstreg": "/"}
        | {"plus": "+", "punktum": ".", "prik": ".", "mellemrum": " "},
    )


# The alphabet of radio and telephone; counts as letters only beside other letters.
RADIO = {
    word: word[0]
    for word in (
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima "
        "mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee "
        "zulu"
    ).split()
}


def number(phrase: str, language: str) -> int | None:
    """What a phrase counts if it is nothing but number words: "two hundred and ten" is 210."""
    found = phrase.replace("-", " ").split()
    if not found:
        return None
    read = read_number([plain(word) for word in found], 0, words_of(language))
    return read[0] if read is not None and read[1] == len(found) else None


def read_number(said: list[str], at: int, words: Words) -> tuple[int, int] | None:
    """The longest number that starts at a word: its value, and the place after it."""
    value, after = _small(said, at, words)
    if after == at:
        if said[at] in words.hundred:
            value, after = 1, at
        elif said[at] in words.thousand:
            value, after = 1, at
        else:
            return None
    if value >= 100 and value % 100 == 0:  # one word: "tweeduizend zestien", "tweehonderd tien"
        more, end = _rest(said, after, words)
        return (value + more, end) if after == at + 1 else (value, after)
    if after < len(said) and said[after] in words.hundred and 0 < value < 100:
        more, after = _rest(said, after + 1, words)
        value = value * 100 + more
    if after < len(said) and said[after] in words.thousand and 0 < value < 1000:
        following = _joined(said, after + 1, words)
        after += 1
        value *= 1000
        if following < len(said):
            more, end = _small(said, following, words)
            if end == following and said[following] in words.hundred:
                more, end = 1, following
            if end < len(said) and said[end] in words.hundred and 0 < more < 10:
                tail, end = _rest(said, end + 1, words)
                more = more * 100 + tail
            if end > following and 0 < more < 1000:
                value, after = value + more, end
    return value, after


def _rest(said: list[str], at: int, words: Words) -> tuple[int, int]:
    """What follows "hundred": below a hundred, with or without "and"."""
    following = _joined(said, at, words)
    if following < len(said):
        more, end = _small(said, following, words)
        if end > following and 0 < more < 100:
            return more, end
    return 0, at


def _joined(said: list[str], at: int, words: Words) -> int:
    return at + 1 if at < len(said) and said[at] in words.joint else at


def _small(said: list[str], at: int, words: Words) -> tuple[int, int]:
    """One word, or ten and unit: the value, and the place after it (the same: no number)."""
    value = words.values.get(said[at])
    if value is None:
        return 0, at
    tens = value >= 20 and value < 100 and value % 10 == 0
    if words.tens_first and tens and at + 1 < len(said):
        unit = words.values.get(said[at + 1])
        if unit is not None and 0 < unit < 10:
            return value + unit, at + 2
    if not words.tens_first and 0 < value < 10 and at + 2 < len(said):
        ten = words.values.get(said[at + 2])
        if said[at + 1] in words.joint and ten is not None and ten in range(20, 100, 10):
            return ten + value, at + 3
    return value, at + 1


def ordinal(said: list[str], at: int, words: Words) -> tuple[int, int] | None:
    """A day in words: "twenty first", "vierde", "en og tyvende"."""
    value = words.ordinals.get(said[at])
    if value is not None:
        return value, at + 1
    head = words.values.get(said[at])
    if words.tens_first and head in (20, 30) and at + 1 < len(said):
        unit = words.ordinals.get(said[at + 1], 0)
        return (head + unit, at + 2) if 0 < unit < 10 and head + unit < 32 else None
    if not words.tens_first and head is not None and 0 < head < 10 and at + 2 < len(said):
        ten = words.ordinals.get(said[at + 2], 0)
        if said[at + 1] in words.joint and ten in (20, 30) and head + ten < 32:
            return head + ten, at + 3
    return None
