"""Institutions, firms, agencies: by the nouns that name them and by company forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.anonymise import Context, lexicon
from pipeline.anonymise.tokens import Reading, Token, read
from pipeline.records import Span, Tier

# "X College", "Y Foundation": the last word of a run of capitals.
HEADS_AFTER = frozenset(
    "university college school academy institute institution foundation trust association society "
    "council committee commission agency authority department ministry office centre center "
    "clinic hospital church mosque temple synagogue bank company corporation corp inc ltd llc llp "
    "plc gmbh ag sa group holdings union party club court museum library theatre theater housing "
    "homes services service systems press news times post airlines airways hotel restaurant "
    "bureau board federation league network partnership shelter mission ministries store stores "
    "studios records technologies consulting partners army navy police force brigade team lab "
    "laboratory laboratories labs magazine journal gazette herald tribune guardian observer "
    "orchestra band choir ensemble festival conference congress parliament senate assembly "
    "administration coalition alliance movement project program programme initiative fund bv nv "
    "vof aps kommune gymnasium hospice pharmacy daycare nursery kindergarten elementary high "
    "middle bar cafe café pub bakery market supermarket enterprises industries international "
    "solutions media entertainment productions pictures games software builders interiors "
    "construction motors electric energy insurance financial capital management associates "
    "stichting vereniging ziekenhuis kerk moskee bibliotheek buurthuis wijkcentrum gemeente wonen "
    "zorg "
    "skole skolen hospital hospitalet forening foreningen fonden centret jobcenter "
    "bibliotek kirke bank banken".split()
)
# "University of X", "Stichting X", "Gemeente X": the first word.
HEADS_BEFORE = frozenset(
    "university college school academy institute bank department ministry church museum bureau "
    "board house council society association federation league court office center centre "
    "stichting vereniging roc gemeente woningstichting woningcorporatie woonstichting basisschool "
    "school hogeschool universiteit ministerie ziekenhuis verpleeghuis moskee kerk "
    "sportvereniging stadsdeel buurthuis wijkcentrum buurtcentrum taalschool lyceum jobcenter "
    "region foreningen fonden kommune skolen kommunen børnehaven plejehjemmet værestedet "
    "bostedet sprogskolen sprogcenter".split()
)
# The few nouns that also follow a name in lower case: "Aarhus kommune", "the Linden clinic".
LOWER_AFTER = frozenset("kommune gymnasium sogn jobcenter college lyceum clinic shelter".split())
_JOIN = frozenset("of for and voor van en de het the og for til af i & der den".split())
_FORM = re.compile(
    r"(?:[A-ZÀ-Þ&][\w&'’.-]*[^\S\n]){1,4}(?:B\.?V\.?|N\.?V\.?|A/S|ApS|I/S|P/S|K/S|A\.?M\.?B\.?A\.?|"
    r"Inc\.?|Ltd\.?|LLC|L\.L\.C\.|LLP|PLC|GmbH|AG|S\.?A\.?|SARL|Oy|AB|ASA|Corp\.?|Co\.|& Co\.?|"
    r"& Sons?|& Zonen|& Søn(?:ner)?)(?!\w)"
)
_AND = re.compile(r"[A-ZÀ-Þ][\w'’-]+(?:,? [A-ZÀ-Þ][\w'’-]+)*,? & [A-ZÀ-Þ][\w'’-]+")
_COMPOUND = {
    "nl": (
        "college",
        "stichting",
        "ziekenhuis",
        "moskee",
        "wonen",
        "lyceum",
        "vereniging",
        "academie",
        "school",
    ),
    "da": (
        "skolen",
        "gymnasiet",
        "hospitalet",
        "centret",
        "centeret",
        "kirken",
        "foreningen",
        "fonden",
        "huset",
        "banken",
        "hjemmet",
        "kommune",
        "klubben",
        "gården",
        "akademiet",
        "styrelsen",
        "partiet",
        "forlaget",
    ),
}
# Well known, so they identify nobody by themselves, but they are what a reader calls a name.
KNOWN = frozenset(
    "google facebook microsoft twitter apple amazon youtube netflix instagram whatsapp linkedin "
    "wikipedia yahoo uber walmart ikea mcdonald's starbucks nasa nato fbi cia bbc cnn nbc cbs abc "
    "espn npr ibm intel samsung sony nintendo toyota honda bmw volkswagen pfizer unesco unicef un "
    "eu who imf opec nfl nba mlb fifa uefa nhs uwv duo ind coa svb ggd ggz cjib cbs vvd pvda cda "
    "pvv groenlinks volt knvb nrc ns abn rabobank ing aegon ahold philips shell unilever "
    "vluchtelingenwerk skat dsb dr tv2 kl lo dbu fck brøndby mærsk lego novo carlsberg danfoss "
    "politiken "
    "venstre socialdemokratiet folketinget reuters bloomberg pentagon".split()
)
_LADIES = frozenset((("our", "lady"), ("vor", "frue"), ("vor", "frelsers"), ("onze", "lieve")))
_SHORT = 4  # letters: a known name this short counts in capitals only, "WHO"


@cache
def _companies() -> frozenset[str]:
    from faker.providers.company.nl_NL import Provider

    names = (name.lower() for name in Provider.large_companies)
    return frozenset(name for name in names if " " not in name and len(name) > 3)


def find_organisations(text: str, context: Context) -> list[Span]:
    """`organisation`, `auto`; a lone noun too, if its capital marks it: "the Court"."""
    reading = read(text)
    if reading.mode != "cased":
        return []
    spans = [_match(match) for match in _FORM.finditer(text)]
    spans += [_match(match) for match in _AND.finditer(text)] if " & " in text else []
    spans += _by_noun(reading, context)
    return spans


def _by_noun(reading: Reading, context: Context) -> Iterator[Span]:
    tokens = reading.tokens
    compounds = _COMPOUND.get(context.language, ())
    i = 0
    while i < len(tokens):
        if not tokens[i].cap:
            i += 1
            continue
        j = _end(tokens, i)
        run = tokens[i:j]
        lady = _lady(run)
        start = _opening(run, context) if lady is None else lady
        found = _of_run(run[start:], tokens[j] if j < len(tokens) else None)
        if found:
            yield found
        for token in run:
            lone = not token.first or not lexicon.is_word(token.lower, context.language)
            if (token.lower in KNOWN and (token.caps or len(token.text) > _SHORT)) or (
                lone and token.lower in _companies()
            ):
                yield _span(token, token, "auto")
            elif lone and len(token.text) > 9 and token.lower.endswith(compounds or ("\0",)):
                yield _span(token, token, "review" if token.first else "auto")
        i = j


def _end(tokens: Sequence[Token], i: int) -> int:
    """Where the run of capitals that starts at `i` ends; "of the", "voor" and such inside it."""
    j = i + 1
    while j < len(tokens):
        n_small = 0
        while (
            j + n_small < len(tokens)
            and n_small < 2
            and tokens[j + n_small].lower in _JOIN
            and not tokens[j + n_small].cap
            and tokens[j + n_small].gap == " "
        ):
            n_small += 1
        if j + n_small >= len(tokens):
            break
        token = tokens[j + n_small]
        if not token.cap or token.gap not in (" ", " & ", "-"):
            break
        j += n_small + 1
    return j


def _opening(run: Sequence[Token], context: Context) -> int:
    """How many words to leave out at the start: the ordinary word that opens a sentence, "The"."""
    n = 0
    while n < len(run) and (
        (
            run[n].first
            and lexicon.is_word(run[n].lower, context.language)
            and run[n].lower not in HEADS_BEFORE
        )
        or run[n].lower in ("the", "de", "het", "den", "det", "een", "a", "an")
        or (n and not run[n].cap)
    ):
        n += 1
    return n


def _lady(run: Sequence[Token]) -> int | None:
    """Where a church or a school begins: "Our Lady of the Breakwater", "Vor Frue Kirke"."""
    pairs = enumerate(zip(run, run[1:-1], strict=False))
    return next((i for i, (a, b) in pairs if (a.lower, b.lower) in _LADIES), None)


def _of_run(run: Sequence[Token], after: Token | None) -> Span | None:
    """The organisation in a run, by its first or its last noun."""
    if not run:
        return None
    if _lady(run) == 0:
        return _span(run[0], run[-1], "auto")
    caps = [token for token in run if token.cap]
    heads = [i for i, token in enumerate(run) if token.cap and token.lower in HEADS_AFTER]
    if len(caps) > 1 and run[0].lower in HEADS_BEFORE:
        return _span(run[0], run[-1], "auto")
    if heads and heads[-1] > 0:
        # "Jansen College of Amsterdam" goes on to the end; so does "Department of Health and Y".
        last = len(run) - 1 if len(run) - 1 - heads[-1] <= 4 else heads[-1]
        return _span(run[0], run[last], "auto")
    if heads and not run[0].first:
        return _span(run[heads[-1]], run[-1], "auto")
    if after is not None and after.gap == " " and after.lower in LOWER_AFTER and run[-1].cap:
        return _span(run[0], after, "auto")
    return None


def _match(match: re.Match[str]) -> Span:
    end = match.end()
    return Span(
        start=match.start(), end=end, kind="organisation", tier="auto", recogniser="organisations"
    )


def _span(start: Token, end: Token, tier: Tier) -> Span:
    return Span(
        start=start.start, end=end.end, kind="organisation", tier=tier, recogniser="organisations"
    )
