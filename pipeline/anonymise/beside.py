"""What stands beside a name and says whom it means: "my son Kevin", "the other Kevin".

Two names side by side ("Lund and Kevin") are two persons; "Letebrhan, but say Lete" is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from pipeline.anonymise import cues, nicknames, titles
from pipeline.anonymise.forms import name_of
from pipeline.anonymise.scenes import Mention
from pipeline.records import Span

_BEFORE, _AFTER = 60, 45  # characters looked at
_FAR = 500  # from a first name to the surname that is told later
_WHOSE = (
    r"(?:my|your|his|her|our|their|mijn|m['’]n|zijn|z['’]n|haar|je|jouw|ons|onze|hun|"
    r"min|mit|mine|din|dit|hans|hendes|sin|sit|vores|deres)"
)
_RELATIVE = (
    r"(?:son|daughter|wife|husband|mother|father|mom|mum|dad|brother|sister|cousin|aunt|uncle|"
    r"nephew|niece|kid|boy|girl|partner|girlfriend|boyfriend|fiancée?|grandson|granddaughter|"
    r"stepson|stepdaughter|grandmother|grandfather|grandma|grandpa|(?:\w+-)?in-law|ex|"
    r"zoon|zoontje|dochter|dochtertje|vrouw|man|moeder|vader|broer|broertje|zus|zusje|nicht|neef|"
    r"neefje|nichtje|tante|oom|vriendin|kleinzoon|kleindochter|schoon\w+|stief\w+|zwager|opa|oma|"
    r"verloofde|"
    r"søn|datter|kone|mand|mor|far|bror|lillebror|storebror|søster|lillesøster|storesøster|fætter|"
    r"kusine|kæreste|barnebarn|svoger|svigerinde|sviger\w+|mormor|farmor|morfar|farfar)"
)
_KIN = re.compile(
    rf"\b{_WHOSE}\s(?:\w+\s){{0,2}}?{_RELATIVE}(?:-in-law)?"
    r"(?:,| is| heet| hedder|:|['’]s name is|['’]s called|,? (?:he|she)['’]s called|"
    r",? (?:hij|zij|ze|die) heet|,? (?:han|hun) hedder)?\s$",
    re.IGNORECASE,
)
# "Ahmed is my husband", "Fatima, my sister, she": but not "Ahmed, my mother is ill", nor
# "Fatima is my son's teacher".
_KIN_TOLD = re.compile(
    r"(?:,?\s(?:that['’]?s|that is|this is|he['’]s|she['’]s|(?:(?:he|she)\s)?(?:is|was)|"
    r"dat is|dat was|dit is|(?:(?:hij|zij|ze|die)\s)?(?:is|was)|"
    r"(?:(?:det|han|hun)\s)?(?:er|var))\s(?:also\s|ook\s|også\s)?"
    rf"{_WHOSE}\s(?:\w+\s){{0,2}}?{_RELATIVE}\b(?!['’]s)|"
    rf"(?:,|\s\(|\s[-–])\s?{_WHOSE}\s(?:\w+\s)?{_RELATIVE}(?:-in-law)?"
    r"(?=\s?(?:[,.;:!?)–-]|$|(?:and|who|en|og|som)\b)))",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:another|other|second|different|older|elder|younger|"
    r"andere?|tweede|oude|oudere|jonge|jongere|nog een|"
    r"anden|andet|andre|gamle|unge|ældre|yngre)\s(?:mr\.?\s|mrs\.?\s)?$",
    re.IGNORECASE,
)
# "The cousin was called Will": somebody who has not been spoken of before.
_INTRODUCED = re.compile(
    r"\b(?:called|named|by the name of|heet|heette|genaamd|hed|hedder|ved navn)\s$", re.IGNORECASE
)
_SAME_NAME = re.compile(
    r"^\W{0,3}(?:\w+\W{1,2}){0,3}?(?:(?:that['’]?s|it['’]?s|is|has) your name too|same name|"
    r"name too\b|name(?:s)? as well|but not (?:that|the) (?:one|same)|not (?:that|the same) one|"
    r"a different one|another one|no relation|"
    r"zelfde naam|zo heet (?:jij|je|u) ook|heet (?:jij|je|u) ook|niet die|een andere(?= )|"
    r"geen familie|"
    r"samme navn|hedder du også|det hedder du|ikke ham|ikke hende|ikke den|en anden(?=[ ,.])|"
    r"ikke i familie)",
    re.IGNORECASE,
)
_ADDRESS_BEFORE = re.compile(
    r"(?:,\s|\b(?:thanks|thank you|hi|hello|hey|dag|hoi|tak|hej)\s)$", re.I
)
_ADDRESS_AFTER = re.compile(r"\s?(?:[.?!]|,\s(?:you|okay|ok|yeah|je|jij|u|hè|du|ikke)\b|$)", re.I)
_SIDE = re.compile(
    r"(?:\s|,\s)(?:and|with|&|plus|versus|told|met|calls?|called up|en|met|samen met|zei tegen|"
    r"og|med|sammen med|sagde til)(?:\s(?:then|also|ook|også|to|with))?\s",
    re.IGNORECASE,
)
_WHO = (
    r"(?:i|you|he|she|they|we|people|everybody|everyone|ik|je|hij|ze|zij|wij|iedereen|men|"
    r"jeg|du|han|hun|de|vi|alle|man)"
)
# Only what cannot be about a third person: "Mike. They say Steve is ill" and "Karen calls Tom" are
# of two, so a verb of saying does not count, and one of calling needs its "him".
_ALIAS_BETWEEN = re.compile(
    r"(?:\s(?:(?:also\s)?known as|aka|alias|oftewel|også kaldet)|"
    rf"\s?[,(–-]\s?(?:(?:but|maar|men)\s(?:(?:just\s)?say|{_WHO}\s(?:says?|zegt|siger))|just say|"
    r"(?:but\s|maar\s|men\s)?(?:(?:also\s)?(?:known as|called|aka|alias)|"
    rf"{_WHO}\s(?:all\s|just\s)?(?:goes by|go by)|"
    r"first name|voornaam|fornavn|roepnaam|zeg maar|ook wel|genoemd|oftewel|"
    rf"også kaldet|kaldet|kald(?:es|er)|til daglig|{_WHO}\s(?:heet|hedder(?:\sbare)?)))|"
    rf"(?:\s?[,(–-]\s?|[.;]\s)(?:but\s|maar\s|men\s)?{_WHO}\s(?:all\s|just\s)?(?:"
    r"calls?\s(?:him|her|himself|herself)|noem(?:t|en)\s(?:hem|haar|zich)|"
    r"kalder\s(?:ham|hende|sig)(?:\sbare)?))"
    r"[\s:\"'“‘»]{1,3}",
    re.IGNORECASE,
)
_ALIAS_AFTER = re.compile(
    rf"\W{{1,3}}(?:(?:as|that['’]?s what)\s)?{_WHO}\s(?:all\s)?"
    r"(?:goes by|go by|calls?\s(?:him|her)|is called|was called)|\W{1,3}for short\b|"
    rf"\s{_WHO}\ssaid\b|,\s{_WHO}\ssaid(?=[.;!?])|"
    rf"\W{{1,3}}(?:zo\s)?(?:noem(?:t|en)?|heet)\s{_WHO}\b|"
    rf"\W{{1,3}}(?:som\s{_WHO}\skald|kalder\s{_WHO}\s(?:ham|hende|sig)|kaldet\b|kaldes\b)",
    re.IGNORECASE,
)
# What is told by apposition ends there; a list of names goes on with another.
_CLOSED = re.compile(r"(?:[.?!]|,\s(?=[^\W\d_])(?!and |or |en |of |og |eller |[A-ZÀ-Þ]))")
_AGAIN = re.compile(r",\s(?:and|en|og)\s")
_ALSO_GAP = re.compile(r"(?: then| dan| da| altså)?[,.] ")
# "Dragan something, Filipovic", "the Portillo gal, Rosario": one word is no whole name.
_OTHER_HALF = re.compile(
    r"\s(?:something|gal|lady|girl|woman|guy|fellow|boy|iets|nog wat|noget)(?:, |[.…]+ )",
    re.IGNORECASE,
)
# "Mr. Tekle, that's the family name": of whoever was named last.
_SURNAME_TOLD = re.compile(
    r"[,.]?\s(?:that['’]?s|that is|is|was|dat is|is|det er|er)\s(?:the|his|her|de|zijn|haar|hans|"
    r"hendes)?\s?(?:family name|last name|surname|achternaam|familienaam|efternavn(?:et)?)\b",
    re.IGNORECASE,
)
# "Svend or Sven, I never found out": one name, heard two ways.
_OR = re.compile(r",?\s(?:or|of|eller)\s(?:was it |was het |was 't |var det )?", re.IGNORECASE)
_UNSURE = re.compile(
    r"[,.;:?]?\s(?:i never (?:found out|knew)|i don['’]?t (?:know|remember)|i['’]?m not sure|"
    r"not sure|i forget|something like that|i can['’]?t remember|(?:dat )?weet ik niet|"
    r"ik weet (?:het |'t )?niet|zoiets|geen idee|ben ik kwijt|(?:det )?ved jeg (?:ikke|aldrig)|"
    r"jeg ved (?:det )?ikke|det fandt jeg aldrig ud af|(?:eller )?sådan noget|jeg er i tvivl)",
    re.IGNORECASE,
)
# "They put an n in it, Domping": what is wrong about it is said.
_MISWRITTEN = re.compile(
    r"\b(?:put an? \w in(?: it)?|with an? \w|misspel\w+|spel(?:l?ed|t|ling|ls?)|wrote|writes?|"
    r"typed|verkeerd|fout|geschreven|schreven|schreef|schrijven|gespeld|spelden|met een \w|"
    r"stavet|stavede|staver|skrev|skriver|skrevet|med et \w)\b[^.?!\n]{0,12}$",
    re.IGNORECASE,
)
# Behind a genitive stands what is owned. Where a sentence ends or a verb stands there is none.
_NO_OWNER = re.compile(r"\s?(?:[.,;:?!)]|$)|\s(?P<word>[^\W\d_]+)")
_CONJUNCTIONS = frozenset("and or but og eller men som der en of maar die is was er var".split())
_ALIAS_GAP = re.compile(r"[^\w.:;?!]{1,3}")
# "But say Lete." is of a name; "but she says Naomi moved on" of what somebody does.
_SAY = re.compile(r"\b(?:says?|zegt?|siger)\b", re.IGNORECASE)
_STOPS = re.compile(r"\s?(?:[.,;:?!)]|$)")


def read_mentions(
    texts: Mapping[str, str],
    spans: Mapping[str, Sequence[Span]],
    folded: Callable[[str], str],
    forms: Collection[str],
) -> dict[str, dict[str, Mention]]:
    """By form and transcript: what is said around the places where the form stands.

    Parameters
    ----------
    folded : how strings are compared.
    forms : the folded strings that are persons.
    """
    mentions: dict[str, dict[str, Mention]] = {}
    at = 0
    for name, text in texts.items():
        before: tuple[str, Span] | None = None
        for span in sorted(spans.get(name, ())):
            form = folded(text[span.start : span.end])
            if form not in forms:
                continue
            at += 1
            mine = mentions.setdefault(form, {}).setdefault(name, Mention(at))
            _look(mine, text, span)
            if before is not None:
                theirs = mentions[before[0]][name]
                _look_between(text, before, theirs, (form, span), mine)
            before = form, span
    return mentions


def _look(mention: Mention, text: str, span: Span) -> None:
    # No line feed: what another speaker says is no part of it.
    before = text[max(0, span.start - _BEFORE) : span.start].rpartition("\n")[2]
    after = text[span.end : span.end + _AFTER].partition("\n")[0]
    mention.kin = mention.kin or bool(_KIN.search(before) or _KIN_TOLD.match(after))
    mention.new = mention.new or _INTRODUCED.search(before) is not None
    mention.other = (
        mention.other or _OTHER.search(before) is not None or _SAME_NAME.match(after) is not None
    )
    mention.addressed = mention.addressed or (
        _ADDRESS_BEFORE.search(before) is not None and _ADDRESS_AFTER.match(after) is not None
    )
    mention.miswritten = mention.miswritten or _MISWRITTEN.search(before) is not None
    mention.owns_nothing = mention.owns_nothing or _owns_nothing(after)


def _owns_nothing(after: str) -> bool:
    """Whether what follows a name shows that its last s is no genitive: "Kiks er", "Kiks."."""
    match = _NO_OWNER.match(after)
    word = match["word"] if match else None
    if match is None or word is None:
        return match is not None
    return word.lower() in cues.PERSON_AFTER or word.lower() in _CONJUNCTIONS


def _look_between(
    text: str, one: tuple[str, Span], first: Mention, other: tuple[str, Span], second: Mention
) -> None:
    gap = text[one[1].end : other[1].start]
    after = text[other[1].end : other[1].end + _AFTER]
    if one[0] == other[0]:
        return
    # From one turn to another only as an answer: "Who is he?" "Mr. Tekle, that's the family name".
    answers = "\n" not in gap or "?" in gap
    if (
        answers
        and _SURNAME_TOLD.match(after)
        and len(gap) < _FAR
        and _lone(one[0])
        and _lone(other[0])
    ):
        _are_one(one[0], first, other[0], second)
    # "Anna: Ruth (she said)" is a label and what she said.
    if len(gap) > _AFTER or "\n" in gap or gap == ": ":
        return
    a, b = name_of(one[0]).words, name_of(other[0]).words
    # "With Ann Lund, and Lund said": the clause goes on about her.
    goes_on = gap.startswith(",") and b < a
    if _SIDE.fullmatch(gap) and not goes_on:
        first.beside.add(other[0])
        second.beside.add(one[0])
    if gap in (", ", " (", ", or ", " or "):
        second.after.add(one[0])
    again = _AGAIN.match(after)
    more = after[again.end() :].casefold() if again else ""
    said = text[other[1].start : other[1].end].casefold()
    closed = _CLOSED.match(text, other[1].end) or (again and more.startswith(said))
    # "Karen. Mrs. Lund." is one; "Karen. Mrs. Lund, she" goes on with another.
    onward = "." in gap and bool(name_of(other[0]).family) and after[:1] == ","
    # "Sister Clara. Pastor Krogh.": nobody has a title for each half of the name.
    titled = _has_title(text, one[1]) and _has_title(text, other[1])
    if _ALSO_GAP.fullmatch(gap) and closed and not onward and not titled:
        first.also.add(other[0])
        second.also.add(one[0])
    named = _ALIAS_GAP.fullmatch(gap) and _ALIAS_AFTER.match(after)
    half = _OTHER_HALF.fullmatch(gap) and closed and _lone(one[0]) and _lone(other[0])
    heard = _OR.fullmatch(gap) and _UNSURE.match(after) and _sound_alike(one[0], other[0])
    alias = _ALIAS_BETWEEN.fullmatch(gap) and (_STOPS.match(after) or not _SAY.search(gap))
    if named or half or heard or alias:
        _are_one(one[0], first, other[0], second)


def _has_title(text: str, span: Span) -> bool:
    return text[span.start : span.end].partition(" ")[0].rstrip(".").lower() in titles.ALL


def _are_one(one: str, first: Mention, other: str, second: Mention) -> None:
    first.alias.add(other)
    second.alias.add(one)


def _lone(form: str) -> bool:
    return not name_of(form).whole


def _sound_alike(one: str, other: str) -> bool:
    """Whether two lone names begin alike and differ by a letter: Svend, Sven."""
    if not (_lone(one) and _lone(other)) or one[0] != other[0]:
        return False
    return nicknames.alike(one, other, fewest=3)
