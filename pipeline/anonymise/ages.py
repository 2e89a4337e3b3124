"""Ages of persons: "34 years old", "een vrouw van 45", "hun var 41", "my 3-year-old".

Spans of time ("for 34 years"), bands ("in her forties") and counts stay. Numbers in words are read
by `speech` first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.anonymise import Context
from pipeline.anonymise.number_words import LANGUAGES, number
from pipeline.records import Span, Tier

_B = r"[^\S\n]"
_N = r"(?P<n>1[01]\d|[1-9]?\d)"
_ABOUT = {
    "en": (
        rf"(?:(?:about|around|almost|nearly|like|only|just|maybe|already|probably|now|still|then|"
        rf"over|past|"
        rf"uh|um|roughly|exactly|actually|barely|turning|going on|currently|at least|not even|"
        rf"under){_B})"
    ),
    "nl": (
        rf"(?:(?:nu|al|pas|net|bijna|ongeveer|toen|nog|ook|maar|dus|rond de|een jaar of|ruim|"
        rf"inmiddels|"
        rf"denk ik|misschien|eh|uh|zo'n|zelf|nog geen|intussen){_B})"
    ),
    "da": (
        rf"(?:(?:nu|kun|lige|snart|omkring|knap|næsten|cirka|ca\.|vel|måske|jo|også|så|selv|først|"
        rf"allerede|"
        rf"øh|cirka|godt|omtrent|kun lige|dengang|bare){_B})"
    ),
}
_AFTER = {
    # What may follow "she was 41": no noun.
    "en": (
        r"(?=\s*(?:[.,;:!?)\]\"”…–—-](?!\d)|$)|\s(?:and|when|at the time|now|then|already|so|but|"
        r"or(?!\s\d)|by|because|"
        r"as|while|before|after|last|this|next|that|i think|years? old|maybe|when|today|already|"
        r"yesterday|"
        r"she|he|i|her|his|my|who|which|in\s(?:19|20)\d\d|and|if|with (?:a|two|three|no|his|her|"
        r"my|\d)|they|we|okay|ok|right|"
        r"you know|still|since|until|too|in(?! (?:total|all|number|a row)\b)|tomorrow|soon|"
        r"recently|on|single|married|divorced|going on)\b)"
    ),
    "nl": (
        r"(?=\s*(?:[.,;:!?)\]\"”…–—-](?!\d)|$)|\s(?:en|toen|nu|dan|dus|maar|of|want|als|terwijl|"
        r"voordat|nadat|"
        r"geworden|inmiddels|denk|ik|hij|zij|ze|die|geloof|al|met (?:een|twee|drie|\d)|vorige?|"
        r"volgende?|dit jaar|afgelopen|in|gisteren|onlangs|hoor|he|hè|ja|"
        r"was|ben|is|werd|oud|geweest|op|gescheiden|getrouwd|ofzo|en|ongeveer|vandaag|morgen)\b)"
    ),
    "da": (
        r"(?=\s*(?:[.,;:!?)\]\"”…–—-](?!\d)|$)|\s(?:og|da|nu|så|men|eller|fordi|mens|før|efter|"
        r"inden|dengang|"
        r"ikke|tror|jeg|han|hun|som|der|med (?:en|et|to|tre|\d)|altså|ja|gammel|gammelt|til|i "
        r"(?:dag|går|morgen|år|næste|sidste|den|denne)|"
        r"sidste|næste|ik|fraskilt|gift|var|er|blev|måske)\b)"
    ),
}
# What a number counts if it stands before it.
_COUNTED = (
    r"(?:euro|uur|minuten|dagen|weken|maanden|kilo|meter|kinderen|procent|miljoen|duizend|"
    r"personen|mensen|"
    r"kroner|timer|minutter|dage|uger|måneder|børn|procent|millioner|tusind|personer|mand|"
    r"kvadratmeter)\b"
)
_KIN = {
    "en": (
        r"mother|father|mom|mum|dad|son|daughter|kid|child|boy|girl|man|woman|guy|lady|sister|"
        r"brother|wife|"
        r"husband|client|patient|baby|grandson|granddaughter|grandmother|grandfather|eldest|"
        r"oldest|youngest|"
        r"person|male|female|widow|widower|teenager|partner|girlfriend|boyfriend|uncle|aunt|"
        r"nephew|niece|"
        r"cousin|friend|someone|somebody|anyone|everybody|student|worker|participant|teacher|one|"
        r"mother-in-law|"
        r"gentleman|toddler|twin|twins|applicant|tenant|colleague|neighbour|neighbor|boss"
    ),
    "nl": (
        r"moeder|vader|zoon|zoontje|dochter|dochtertje|kind|jongen|jongetje|meisje|man|vrouw|"
        r"meneer|mevrouw|"
        r"zus|zusje|broer|broertje|cliënt|client|klant|patiënt|baby|kleinzoon|kleindochter|oma|"
        r"opa|oudste|"
        r"jongste|persoon|iemand|dame|heer|weduwe|weduwnaar|partner|vriendin|vriend|oom|tante|"
        r"neef|nicht|"
        r"leerling|student|deelnemer|collega|buurvrouw|buurman|peuter|puber|tiener|statushouder|"
        r"moedertje|"
        r"echtgenoot|echtgenote|vent|kerel|gast"
    ),
    "da": (
        r"mor|far|søn|datter|barn|dreng|pige|mand|kvinde|søster|bror|lillebror|storebror|"
        r"lillesøster|"
        r"storesøster|borger|klient|patient|baby|barnebarn|bedstemor|bedstefar|mormor|morfar|"
        r"farmor|farfar|"
        r"ældste|yngste|person|dame|herre|enke|enkemand|kone|kæreste|ven|veninde|onkel|tante|nevø|"
        r"niece|"
        r"fætter|kusine|elev|studerende|kollega|nabo|én|en|fyr|teenager|mand|ægtefælle|borgeren|"
        r"manden|"
        r"kvinden|pigen|drengen|sønnen|datteren|moderen|faderen|klienten"
    ),
}


def _patterns(shapes: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<![\w.,:/€$£#-]){shape}", re.I) for shape in shapes)


def _children(who: str) -> tuple[str, ...]:
    """Each number of "the kids are three, five and seven", by how many are before it."""
    before = rf"(?:\d{{1,2}},?{_B}(?:(?:and|en|og|or|of|eller){_B})?)"
    last = rf"(?![\w%]|{_B}(?:of|in|at|van|af|i|who|die|som)\b)(?={_B}(?:and|en|og)\b|[.,;!?]|$)"
    return tuple(rf"{who}{_B}{before}{{{n}}}(?P<age>{_N}){last}" for n in range(4))


@cache
def _english() -> tuple[re.Pattern[str], ...]:
    about, after, kin = _ABOUT["en"], _AFTER["en"], _KIN["en"]
    end = r"(?![\w%€$£:/]|[.,]\d|-\d)"
    past = (
        r"(?:['’](?:m|s|re|d be|ll be)|\s(?:am|is|was|were|are|be|will be|would be|must be|"
        r"must have been|has been|had been))"
    )
    return _patterns(
        (
            rf"(?P<age>{_N}(?:-|{_B})?(?:and{_B}a{_B}half{_B})?(?:-|{_B})?(?:years?|yrs?|months?|"
            rf"weeks?|days?)"
            rf"(?:-|{_B})olds?)(?!\w)",
            rf"(?P<age>{_N}{_B}?(?:y/?o|y\.o\.|yrs?\.?{_B}old|years?{_B}of{_B}age))(?!\w)",
            rf"aged?{_B}(?:of{_B}|is{_B}|was{_B}|at{_B}|:{_B})?{about}?(?P<age>{_N}){end}",
            rf"age[sd]?:?{_B}(?:of{_B}|is{_B}|was{_B})?{about}?(?P<age>{_N}){end}",
            rf"(?:at|by|before|until|from|since|around|"
            rf"after){_B}the{_B}age{_B}(?:of{_B})?{about}?(?P<age>{_N}){end}",
            rf"(?:turn(?:ed|ing|s)?|celebrated(?:{_B}(?:my|his|her))?|just{_B}hit|"
            rf"pushing){_B}{about}?"
            rf"(?P<age>{_N}){end}(?!{_B}(?:percent|degrees|times|people|of)\b){after}",
            rf"(?:my|his|her|the|their){_B}(?P<age>{_N}(?:\.|st|nd|rd|th)){_B}birthday",
            rf"(?:i|he|she|(?:my|his|her|the|this|that|their|our|your){_B}(?:\w+{_B})?(?:{kin}))"
            rf"{past}{_B}{about}{{0,2}}(?P<age>{_N}){end}{after}",
            rf"(?:when|while|until|since|before|because|if|that|cause){_B}(?:you|they|we)"
            rf"(?:['’]re|{_B}(?:are|were)){_B}{about}?(?P<age>{_N}){end}{after}",
            *_children(rf"(?:kids|children|sons|daughters|boys|girls|twins){_B}(?:are|were|is)"),
            rf"(?!mother|father|mom|mum|dad|one)(?:{kin}){_B}of{_B}{about}?(?P<age>{_N}){end}{after}",
            rf"at{_B}(?:just{_B}|only{_B})?(?P<age>{_N}){end}(?=,{_B}(?:i|he|she|my|his|her)\b)",
            rf"(?:{kin}),{_B}(?:who is{_B}|now{_B}|"
            rf"aged?{_B})?(?P<age>(?P<n>[1-9]\d)){end}(?=[,.;)])",
            rf"(?:{kin}){_B}\((?P<age>(?P<n>[1-9]\d?))\)",
        )
    )


@cache
def _dutch() -> tuple[re.Pattern[str], ...]:
    about, after, kin = _ABOUT["nl"], _AFTER["nl"], _KIN["nl"]
    end = r"(?![\w%€$£:/]|[.,]\d|-\d)"
    be = r"(?:ben|bent|is|was|werd|wordt|word|geworden)"
    return _patterns(
        (
            rf"(?P<age>{_N}(?:-|{_B})?jarige?n?)(?!\w)",
            rf"(?P<age>{_N}{_B}(?:jaar|maanden?|weken|jaren){_B}(?:oud|jong))(?!\w)",
            rf"leeftijd(?:{_B}(?:van|is|was|:))*:?{_B}{about}?(?P<age>{_N}(?:{_B}jaar)?){end}",
            rf"(?:op|met|vanaf|sinds|tot|rond|na|voor){_B}(?:mijn|zijn|haar|z'n|m'n|d'r|hun|je|"
            rf"de){_B}"
            rf"(?P<age>{_N}(?:(?:ste|de|e)(?!\w)|{end}(?:(?={_B}(?:verjaardag|jaar|levensjaar))|"
            rf"{after})))",
            rf"(?:ik|hij|zij|ze|die|je|wie|jij|(?:mijn|zijn|haar|de|die|het|dat|onze|hun|z'n|"
            rf"m'n){_B}(?:\w+{_B})?(?:{kin}))"
            rf"{_B}{be}{_B}{about}{{0,3}}(?P<age>{_N}(?:{_B}jaar)?){end}{after}",
            rf"(?:toen|als|dat|terwijl|omdat|sinds|voordat|nadat|totdat|wanneer|die|want|"
            rf"tot){_B}(?:ik|hij|zij|ze|je|die|"
            rf"(?:mijn|zijn|haar|de|die|het|"
            rf"dat){_B}(?:{kin}))?{_B}?{about}{{0,2}}(?P<age>{_N}(?:{_B}jaar)?){end}"
            rf"(?={_B}(?:{be})\b)",
            rf"{be}{_B}(?:ik|hij|zij|ze|"
            rf"je){_B}{about}{{0,3}}(?P<age>{_N}(?:{_B}jaar)?){end}{after}",
            rf"(?P<age>{_N}(?:{_B}jaar)?){end}(?={_B}(?:was|ben|werd|is){_B}(?:ik|hij|zij|ze|"
            rf"die)\b)",
            *_children(
                rf"(?:kinderen|zoons|zonen|dochters|jongens|meisjes|meiden){_B}(?:zijn|waren)"
            ),
            rf"(?:{kin}){_B}van{_B}{about}{{0,2}}(?P<age>{_N}(?:{_B}jaar)?){end}{after}",
            rf"(?:mijn|zijn|haar|onze|hun|m'n|z'n|een|de|die|het|dat|jouw|"
            rf"uw){_B}(?:\w+{_B})?(?!moeder|vader|oma|opa)"
            rf"(?:{kin}){_B}van{_B}{about}{{0,2}}(?P<age>{_N}(?:{_B}jaar)?){end}(?!{_B}{_COUNTED})",
            rf"(?:moeder|vader|oma|opa){_B}van{_B}{about}{{0,2}}(?P<age>(?P<n>1[5-9]|"
            rf"[2-9]\d)(?:{_B}jaar)?){end}"
            rf"(?!{_B}{_COUNTED})",
            rf"(?:ik|hij|zij|ze|die){_B}(?:zou|moet|zal|"
            rf"kan){_B}{about}{{0,3}}(?P<age>{_N}(?:{_B}jaar)?){end}"
            rf"(?={_B}(?:zijn|worden|geweest|wezen))",
            rf"(?:{kin}),{_B}(?:nu{_B}|"
            rf"van{_B})?(?P<age>(?P<n>[1-9]\d)(?:{_B}jaar)?){end}(?=[,.;)])",
            rf"(?:{kin}){_B}\((?P<age>(?P<n>[1-9]\d?))\)",
        )
    )


@cache
def _danish() -> tuple[re.Pattern[str], ...]:
    about, after, kin = _ABOUT["da"], _AFTER["da"], _KIN["da"]
    end = r"(?![\w%€$£:/]|[.,]\d|-\d)"
    be = r"(?:er|var|blev|bliver|fylder|fyldte|fyldt|være|været|blevet)"
    return _patterns(
        (
            rf"(?P<age>{_N}(?:-|{_B})?årige?s?)(?!\w)",
            rf"(?P<age>{_N}{_B}(?:år|måneder?|uger){_B}(?:gammel|gammelt|gamle|ung))(?!\w)",
            rf"alder(?:en)?(?:{_B}(?:på|af|er|var|:))+{_B}{about}?(?P<age>{_N}(?:{_B}år)?){end}",
            rf"(?:alder(?:en)?|som){_B}{about}?(?P<age>{_N}(?:{_B}år)?){end}{after}",
            rf"(?:jeg|han|hun){_B}(?:ville|kunne|må|skal|vil|kan){_B}(?:nu{_B})?(?:være|blive|"
            rf"fylde){_B}{about}{{0,3}}"
            rf"(?P<age>{_N}(?:{_B}år)?){end}{after}",
            rf"(?:fylder|fyldte|fyldt|runder|rundede){_B}{about}?(?P<age>{_N}(?:{_B}år)?){end}",
            rf"(?:min|hans|hendes|sin|deres){_B}(?P<age>{_N}\.?){_B}?(?:-|{_B})?(?:års)?fødselsdag",
            rf"(?P<age>{_N}(?:-|{_B})?års){_B}?fødselsdag",
            rf"(?:jeg|han|hun|du|(?:{kin}){_B}(?:der|som)|(?:min|mit|hans|hendes|den|det|en|et|"
            rf"vores|deres){_B}(?:\w+{_B})?(?:{kin})|"
            rf"(?:borgeren|manden|kvinden|pigen|drengen|sønnen|datteren|klienten|moderen|faderen))"
            rf"{_B}{be}{_B}{about}{{0,3}}(?P<age>{_N}(?:{_B}år)?){end}{after}",
            rf"(?:da|når|dengang|indtil|siden|fordi){_B}(?:jeg|han|hun|du|de|vi){_B}(?:er|var|"
            rf"blev|bliver){_B}"
            rf"{about}{{0,2}}(?P<age>{_N}(?:{_B}år)?){end}(?!{_B}(?:år{_B}i|procent|kroner|"
            rf"minutter|timer|dage|uger|gange)\b)",
            rf"{be}{_B}(?:jeg|han|hun|du){_B}{about}{{0,3}}(?P<age>{_N}(?:{_B}år)?){end}{after}",
            rf"(?P<age>{_N}(?:{_B}år)?){end}(?={_B}(?:var|er|blev){_B}(?:jeg|han|hun)\b)",
            *_children(
                rf"(?:børn|børnene|sønner|døtre|drenge|piger|drengene|pigerne){_B}(?:er|var)"
            ),
            rf"(?:{kin}){_B}på{_B}{about}{{0,2}}(?P<age>{_N}(?:{_B}år)?){end}(?!{_B}{_COUNTED})",
            rf"(?:{kin}),{_B}(?:nu{_B}|på{_B})?(?P<age>(?P<n>[1-9]\d)(?:{_B}år)?){end}(?=[,.;)])",
            rf"(?:{kin}){_B}\((?P<age>(?P<n>[1-9]\d?))\)",
        )
    )


_BY_LANGUAGE = {"en": _english, "nl": _dutch, "da": _danish}
# "Anneke, 34, ..." as newspapers have it, and forms
_NAMED = re.compile(rf"(?<!\w)[A-ZÀ-Þ][\w'’-]+,{_B}(?P<age>[1-9]\d),(?={_B}[a-z])")
_UNIT = re.compile(
    r"(?:-|\s)*(?:and a half|(?:years?|yrs?\.?|months?|weeks?|days?)(?:-|\s)olds?|y/?o|y\.o\.|"
    r"years? of age|"
    r"jarige?n?|jaar(?: (?:oud|jong))?|(?:maanden?|weken|jaren) (?:oud|jong)|årige?s?|års?(?: "
    r"gammelt?)?|"
    r"(?:måneder?|uger) (?:gammelt?|gamle)|(?<=\d)(?:st|nd|rd|th|ste|de|e|\.))$",
    re.I,
)
_FIRST = re.compile(r"i(?:['’]m|\s+am)\s", re.I)


def _is_count(match: re.Match[str]) -> bool:
    """Whether "I'm one" says how many: no child of twelve is asked about its work."""
    return (
        int(match["n"]) < 14
        and _FIRST.match(match.group()) is not None
        and (match["age"] == match["n"])
    )


_NAME_IS = re.compile(
    rf"(?<!\w)(?!(?:It|That|This|There|What|Which|Who|One|Number|Level|Room|Phase|Wave|Page|Step|"
    rf"Dat|Het|Det|Der|Den)\b)"
    rf"[A-ZÀ-Þ][a-zà-ÿ'’-]+(?:['’]s|{_B}(?:is|was|er|var)){_B}(?:now{_B}|nu{_B}|only{_B}|"
    rf"about{_B}|pas{_B}|kun{_B})?"
    rf"(?P<age>(?:[1-9]\d|[2-9]))(?=[.,;!?](?!\d)|$|{_B}(?:now|and|nu|en|og|years?{_B}old)\b)"
)
_NUMBER = re.compile(r"(?<![\w.,:/€$£#])\d{1,3}(?!\d)")
_BEFORE, _BEHIND = 60, 60  # characters round a number that can make it an age


def find_ages(text: str, context: Context) -> list[Span]:
    """All of them `date`: auto where words say so, review for "Anneke, 34, ..."."""
    return [
        Span(start=start, end=end, kind="date", tier=tier, recogniser="ages")
        for start, end, tier in _found(text, context.language)
    ]


def _found(text: str, language: str) -> Iterator[tuple[int, int, Tier]]:
    patterns = _BY_LANGUAGE.get(language, _english)()
    last = 0
    for digits in _NUMBER.finditer(text):
        if digits.start() < last:
            continue
        line = text.rfind("\n", 0, digits.start()) + 1
        start = max(line, digits.start() - _BEFORE)
        while start > line and text[start - 1].isalnum():
            start -= 1
        # far enough for what must follow, so that the end of the window is no end of the text
        end = min(len(text), digits.end() + _BEHIND)
        for pattern in patterns:
            for match in pattern.finditer(text, start, end):
                if match.start("n") == digits.start() and not _is_count(match):
                    last = match.end("age")
                    yield *match.span("age"), "auto"
        named = _NAMED.search(text, start, end)
        named = named or _NAME_IS.search(text, start, end)
        if named and named.start("age") == digits.start():
            yield *named.span("age"), "review"


def years(string: str) -> int | None:
    """The number of an age as it was found: "34 years old", "forty-one", "vierendertigjarige".

    None: the string is no age (a date, a year). Months and weeks count as they are.
    """
    bare = _UNIT.sub("", _UNIT.sub("", string.strip())).strip()
    if re.fullmatch(r"1[01]\d|[1-9]?\d", bare):
        return int(bare)
    counted = (number(bare, language) for language in LANGUAGES)
    return next((value for value in counted if value is not None and value < 120), None)
