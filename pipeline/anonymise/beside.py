"""What stands beside a name and says whom it means: "my son Kevin", "the other Kevin".

Two names side by side ("Lund and Kevin") are two persons; "Letebrhan, but say Lete" is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from pipeline.anonymise.joins import Mention
from pipeline.records import Span

_BEFORE, _AFTER = 60, 45  # characters looked at
_KIN = re.compile(
    r"\b(?:my|your|his|her|our|their|mijn|m['’]n|zijn|z['’]n|haar|je|jouw|ons|onze|hun|"
    r"min|mit|mine|din|dit|hans|hendes|sin|sit|vores|deres)\s(?:\w+\s){0,2}?"
    r"(?:son|daughter|wife|husband|mother|father|mom|mum|dad|brother|sister|cousin|aunt|uncle|"
    r"nephew|niece|kid|boy|girl|partner|girlfriend|boyfriend|fiancée?|grandson|granddaughter|"
    r"zoon|zoontje|dochter|dochtertje|vrouw|man|moeder|vader|broer|broertje|zus|zusje|nicht|neef|"
    r"neefje|nichtje|tante|oom|vriendin|kleinzoon|kleindochter|schoon\w+|"
    r"søn|datter|kone|mand|mor|far|bror|lillebror|storebror|søster|lillesøster|storesøster|fætter|"
    r"kusine|kæreste|barnebarn|svoger|svigerinde|sviger\w+)(?:,| is| heet| hedder|:)?\s$",
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
_ALIAS_BETWEEN = re.compile(
    rf"\W{{1,3}}(?:but\s|maar\s|men\s)?(?:(?:just\s)?say|(?:also\s)?(?:known as|called|aka|alias)|"
    rf"{_WHO}\s(?:all\s|just\s)?(?:says?|calls?(?:\s(?:him|her|himself|herself))?|goes by|go by)|"
    r"first name|voornaam|fornavn|roepnaam|zeg maar|ook wel|genoemd|oftewel|"
    rf"{_WHO}\s(?:zegt?|zeggen|noemt?|noemen|heet)(?:\s(?:hem|haar|zich))?|"
    rf"også kaldet|kaldet|kald(?:es|er)|til daglig|"
    rf"{_WHO}\s(?:siger|kalder|hedder)(?:\s(?:ham|hende|sig|bare))*)[\s:\"'“‘»]{{1,3}}",
    re.IGNORECASE,
)
_ALIAS_AFTER = re.compile(
    rf"\W{{1,3}}(?:(?:as|that['’]?s what)\s)?{_WHO}\s(?:all\s)?"
    r"(?:goes by|go by|said\b|say\b|calls?\s(?:him|her)|is called|was called)|\W{1,3}for short\b|"
    rf"\W{{1,3}}(?:zo\s)?(?:noem(?:t|en)?|heet)\s{_WHO}\b|"
    rf"\W{{1,3}}(?:som\s{_WHO}\skald|kalder\s{_WHO}\s|kaldet\b|kaldes\b)",
    re.IGNORECASE,
)
# What is told by apposition ends there; a list of names goes on with another.
_CLOSED = re.compile(r"(?:[.?!]|,\s(?=[^\W\d_])(?!and |or |en |of |og |eller |[A-ZÀ-Þ]))")
_ALSO_GAP = re.compile(r"(?: then| something| gal| lady| guy| dan| iets| da| altså| noget)?[,.] ")
_ALIAS_GAP = re.compile(r"\W{1,3}")


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
    mention.kin = mention.kin or _KIN.search(before) is not None
    mention.new = mention.new or _INTRODUCED.search(before) is not None
    mention.other = (
        mention.other or _OTHER.search(before) is not None or _SAME_NAME.match(after) is not None
    )
    mention.addressed = mention.addressed or (
        _ADDRESS_BEFORE.search(before) is not None and _ADDRESS_AFTER.match(after) is not None
    )


def _look_between(
    text: str, one: tuple[str, Span], first: Mention, other: tuple[str, Span], second: Mention
) -> None:
    gap = text[one[1].end : other[1].start]
    if one[0] == other[0] or len(gap) > _AFTER:
        return
    if _SIDE.fullmatch(gap):
        first.beside.add(other[0])
        second.beside.add(one[0])
    after = text[other[1].end : other[1].end + _AFTER]
    if gap in (", ", " (", ", or ", " or "):
        second.after.add(one[0])
    if _ALSO_GAP.fullmatch(gap) and _CLOSED.match(text, other[1].end):
        first.also.add(other[0])
        second.also.add(one[0])
    named = _ALIAS_GAP.fullmatch(gap) and _ALIAS_AFTER.match(after)
    if named or _ALIAS_BETWEEN.fullmatch(gap):
        first.alias.add(other[0])
        second.alias.add(one[0])
