"""Names that a title announces: Mr Baker, Dr. Anneke Jansen, mevrouw van der Berg, fru Holm."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.anonymise import Context, cues, lexicon
from pipeline.anonymise.tokens import PARTICLES, Token, read
from pipeline.records import Span, Tier

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
_PLAIN = 4.9  # zipf frequency from which on a word behind a title says too little


def find_titles(text: str, context: Context) -> list[Span]:
    """`person`: auto; in small letters review for a word. [Person 3] stands for "Mr. Baker"."""
    reading = read(text)
    cased = reading.mode == "cased"
    spans = []
    for i, token in enumerate(reading.tokens):
        if token.lower not in ALL:
            continue
        last, tier = _name_after(reading.tokens, i, cased, context)
        if last is None:
            if cased and token.cap and not token.first and token.lower in RANK:
                spans.append(_span(token, token, "auto"))  # "the Governor": who else
            continue
        # "the judge Kevin", "haar oma Jans": a common noun stays unless it is written as a title.
        noun = _one_of_many(reading.tokens, i, context.language)
        titled = token.cap if cased else token.lower in RANK and not noun
        start = token if token.lower in COURTESY or titled else reading.tokens[i + 1]
        spans.append(_span(_with_titles_before(reading.tokens, i, start), last, tier))
    return spans


def _one_of_many(tokens: Sequence[Token], i: int, language: str) -> bool:
    """Whether the word before says that it is a noun: "my doctor", "de rechter"."""
    if not i or tokens[i].gap != " ":
        return False
    before = tokens[i - 1].lower
    return before in _DETERMINERS and not (before == "en" and language == "nl")  # "and"


def _name_after(
    tokens: Sequence[Token], i: int, cased: bool, context: Context
) -> tuple[Token | None, Tier]:
    """The last word of the name after the title at `i`; None where none follows."""
    last, n_names = None, 0
    tier: Tier = "auto"
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
        if not named and not n_names and not cased and _may_name(tokens, i, token, context):
            return token, "review"
        if not named or n_names == _MOST or (n_names and token.lower in _NOT_NAMES):
            break
        last, n_names = token, n_names + 1
    return last, tier


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


def _may_name(tokens: Sequence[Token], i: int, token: Token, context: Context) -> bool:
    """In text without capitals: a name that is a word too behind a title, "mr good", "hr bang".

    Behind mr, mevrouw or fru hardly anything but a name stands, or a verb ("mevrouw zei").
    """
    title, word, language = tokens[i].lower, token.lower, context.language
    if len(word) < 2 or word in cues.CLOSED | cues.PERSON_AFTER | cues.OPENERS | _NOT_NAMES:
        return False
    if title == "miss" and i and tokens[i - 1].lower in cues.PRONOUN_AFTER:
        return False  # "i miss long walks"
    listed = word in lexicon.family() or word in lexicon.given()
    if "de " + word in lexicon.family() and token.start > tokens[i].end + 1:
        listed = listed or tokens[i + 1].lower in PARTICLES
    frequency = lexicon.frequency(word, language)
    if _one_of_many(tokens, i, language):  # "die mevrouw bos", but "the dean may"
        return listed and title in COURTESY and frequency < _PLAIN
    if title in COURTESY and title not in ("sir", "juf", "heer"):
        return listed or title != "miss" and frequency < _PLAIN
    return listed and title in RANK and title not in _NO_SURE_TITLE and frequency < _PLAIN


def _with_titles_before(tokens: Sequence[Token], i: int, start: Token) -> Token:
    """Titles before the title too, if they are written as such: "Prof. Dr. Jansen"."""
    while i > 0 and tokens[i - 1].lower in COURTESY | RANK and tokens[i].gap in _GAPS:
        i -= 1
        if tokens[i].cap or tokens[i].lower in COURTESY:
            start = tokens[i]
    return start


def _span(start: Token, end: Token, tier: Tier) -> Span:
    return Span(start=start.start, end=end.end, kind="person", tier=tier, recogniser="titles")
