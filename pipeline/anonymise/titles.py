"""Names that a title announces: Mr Baker, Dr. Anneke Jansen, mevrouw van der Berg, fru Holm."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.anonymise import Context, lexicon
from pipeline.anonymise.tokens import PARTICLES, Reading, Token, read
from pipeline.records import Span

# Before a name these are part of how a person is called, in any language of the study.
COURTESY = frozenset(
    "mr mrs ms miss mx mister missus madam madame monsieur sir dame messrs "
    "mevrouw mevr mw meneer mijnheer dhr heer juffrouw juf mej mevrouwtje "
    "fru frøken frk hr herr frau señor señora".split()
)
RANK = frozenset(
    "dr doctor doc prof professor drs ir ing mr rev reverend fr father pastor rabbi imam bishop "
    "judge justice officer sergeant sgt captain capt colonel col general gen lieutenant lt major "
    "detective inspector constable sheriff commissioner senator sen congressman congresswoman rep "
    "representative president governor gov attorney mayor councillor councilman councilwoman "
    "minister secretary chancellor nurse coach principal dean lord lady king queen prince "
    "princess pope saint dokter meester advocaat dominee pastoor zuster broeder burgemeester "
    "wethouder rechter agent staatssecretaris koning koningin prins prinses notaris doktor læge "
    "overlæge præst pastor borgmester dommer advokat betjent statsminister kong dronning prins "
    "minister sheikh mullah hodja".split()
)
KIN = frozenset(
    "uncle aunt auntie aunty grandma grandpa granny nana cousin brother sister "
    "oom tante opa oma neef nicht onkel moster faster morbror farbror mormor morfar farmor farfar "
    "bedstemor bedstefar fætter kusine".split()
)
FEMALE = frozenset(
    "mrs ms miss missus madam madame dame mevrouw mevr mw juffrouw juf mej fru frøken frk frau "
    "señora lady "
    "queen princess aunt auntie grandma tante oma zuster moster faster mormor farmor "
    "koningin sister".split()
)
MALE = frozenset(
    "mr mister sir meneer mijnheer dhr heer hr herr monsieur señor lord king prince uncle grandpa "
    "oom opa "
    "onkel morbror farbror morfar farfar father brother broeder koning".split()
)
ALL = COURTESY | RANK | KIN
_DOTTED = frozenset(
    "mr mrs ms mx dr prof rev fr mevr mw mej dhr hr frk drs ir ing sgt capt col gen lt sen rep gov "
    "st sr jr".split()
)
_GAPS = frozenset((" ", ". ", ".", "\u00a0"))
_MOST = 4  # capitalised words after a title


def find_titles(text: str, context: Context) -> list[Span]:
    """`person`, `auto`. The title belongs to the span: [Person 3] stands for "Mr. Baker"."""
    reading = read(text)
    cased = reading.mode == "cased"
    spans = []
    for i, token in enumerate(reading.tokens):
        if token.lower not in ALL:
            continue
        last = _name_after(reading.tokens, i, cased, context)
        if last is None:
            if cased and token.cap and not token.first and token.lower in RANK:
                spans.append(_span(token, token))  # "the Governor": who else
            continue
        # "the judge Kevin", "haar oma Jans": a common noun stays unless it is written as a title.
        titled = token.cap if cased else token.lower in RANK and not _one_of_many(reading, i)
        start = token if token.lower in COURTESY or titled else reading.tokens[i + 1]
        spans.append(_span(_with_titles_before(reading.tokens, i, start), last))
    return spans


def _one_of_many(reading: Reading, i: int) -> bool:
    """Whether the word before says that it is a noun: "my doctor", "de rechter"."""
    return i > 0 and reading.tokens[i].gap == " " and reading.tokens[i - 1].lower in _DETERMINERS


def _name_after(tokens: Sequence[Token], i: int, cased: bool, context: Context) -> Token | None:
    """The last word of the name after the title at `i`; None where none follows."""
    last, n_names = None, 0
    for token in tokens[i + 1 : i + 1 + _MOST + 3]:
        before = tokens[i] if last is None else last
        if token.gap not in _GAPS and token.gap != "-":
            break
        if "." in token.gap and not (before.lower in _DOTTED or len(before.text) == 1):
            break
        if token.lower in PARTICLES and not token.cap:
            continue
        if token.lower in ALL:
            if n_names:
                break
            continue
        named = token.cap if cased else _lower_name(token.lower, n_names, tokens[i].lower, context)
        if not named or n_names == _MOST or (n_names and token.lower in _NOT_NAMES):
            break
        last, n_names = token, n_names + 1
    return last


_NOT_NAMES = frozenset("i and said ik en jeg og".split())
_DETERMINERS = frozenset(
    "the a an my your his her our their this that new old first de het een mijn jouw zijn haar "
    "onze hun deze die en et den min mine din hans hendes vores deres".split()
)
_NO_SURE_TITLE = frozenset(
    "sir miss general major justice agent heer juf dean minister secretary".split()
)


def _lower_name(word: str, n_names: int, title: str, context: Context) -> bool:
    """In text without capitals: after a title anything but ordinary words; then names only."""
    is_name = word in lexicon.family() or word in lexicon.given()
    frequency = lexicon.frequency(word, context.language)
    if n_names:
        return is_name and frequency < 4.5 and not lexicon.is_word(word, context.language)
    if title in COURTESY and title not in _NO_SURE_TITLE or title in ("dr", "professor", "prof"):
        return len(word) > 1 and (frequency < 4.0 or is_name and frequency < 5.3)
    if lexicon.is_word(word, context.language):
        return False
    rare = lexicon.is_unheard(word, context.language)
    return is_name or (rare and title in RANK and len(word) > 3)


def _with_titles_before(tokens: Sequence[Token], i: int, start: Token) -> Token:
    """Titles before the title too, if they are written as such: "Prof. Dr. Jansen"."""
    while i > 0 and tokens[i - 1].lower in COURTESY | RANK and tokens[i].gap in _GAPS:
        i -= 1
        if tokens[i].cap or tokens[i].lower in COURTESY:
            start = tokens[i]
    return start


def _span(start: Token, end: Token) -> Span:
    return Span(start=start.start, end=end.end, kind="person", tier="auto", recogniser="titles")
