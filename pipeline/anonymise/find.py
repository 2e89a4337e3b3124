"""All recognisers over one text; every find over all texts of a study."""

from __future__ import annotations

import importlib
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import ahocorasick

from pipeline.anonymise import RECOGNISERS, Context, Recogniser, cues, lexicon
from pipeline.anonymise.known import bounded, lowered, parts
from pipeline.anonymise.tokens import read
from pipeline.records import Kind, Span, Tier

# Of two finds of the same characters the earlier kind in this list is kept.
PRIORITY: tuple[Kind, ...] = ("date", "id", "contact", "person", "organisation", "place", "name")
_FEWEST = 3  # letters in a string that is looked for in other places
_NEXT = re.compile(r" ([^\W\d_]+)")
_BEFORE = re.compile(r"([^\W\d_]+)[ ,]+$")  # no full stop, no line's end
_REACH = 30  # characters
_GUESSED = frozenset(("rare", "capitals", "again", "tagger"))
_ENDS = ' \t\n.,;:!?"“”„«»()[]…'
_SENTENCE_END = re.compile(r"[.?!]\s")
_POSSESSIVE = re.compile(r"['’][sS]?$")


@cache
def recogniser(name: str) -> Recogniser:
    """The recogniser of that name."""
    module, _, function = RECOGNISERS[name].partition(":")
    found: Recogniser = getattr(importlib.import_module(module), function)
    return found


def find(text: str, context: Context) -> list[Span]:
    """What all recognisers find, without overlaps, in order.

    Overlapping finds become one that covers them all, of the kind of the longest; it is auto if one
    of them is. Capitalised words that nothing explains fill what is left.
    """
    spans = [
        span
        for name in RECOGNISERS
        if name != "capitals"
        for span in recogniser(name)(text, context)
    ]
    found = merge(text, spans)
    left = _outside(text, recogniser("capitals")(text, context), found)
    return voted(text, sorted([*found, *left]), context)


def voted(text: str, spans: Sequence[Span], context: Context) -> list[Span]:
    """The finds after our tagger and the team's own, if it has one, have said what they think."""
    from pipeline.anonymise.tagger import shipped_tagger
    from pipeline.anonymise.vote import vote

    reading = read(text)
    votes = shipped_tagger().votes(text, context.language)
    others = {}
    if context.tagger:
        from pipeline.anonymise.outside import entities

        others = entities(text, context.tagger)
    return vote(spans, reading, votes, context.language, others)


def merge(text: str, spans: Iterable[Span]) -> list[Span]:
    """Overlapping spans joined. Nothing of any span is lost but marks and blanks at its ends."""
    joined: list[list[Span]] = []
    end = -1
    for span in sorted(filter(None, (_clean(text, span) for span in _apart(text, spans)))):
        if span.start < end:
            joined[-1].append(span)
        else:
            joined.append([span])
        end = max(end, span.end)
    return [group[0] if len(group) == 1 else _join(group) for group in joined]


def _apart(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans, a name that begins inside a code of the sentence before cut where that ends.

    "XX-123-B. Jansen" reads like an initial with its name; and "XX-123-B. IBAN NL91" is two codes.
    Without its initial the rest is a word with a capital, and is weighed as one.
    """
    found = list(spans)
    codes = sorted({(s.start, s.end) for s in found if s.kind in ("id", "contact")})
    starts = [start for start, _ in codes]
    longest = max((end - start for start, end in codes), default=0)
    for span in found:
        if span.kind in ("person", "organisation", "place", "name") and span.recogniser != "known":
            first = bisect_left(starts, span.start - longest)  # no earlier one reaches the name
            for at in range(first, len(codes)):
                start, end = codes[at]
                if start >= span.end:
                    break
                if start < span.start < end < span.end and _SENTENCE_END.match(text, end):
                    span = replace(
                        span, start=end, kind="name", tier="review", recogniser="capitals"
                    )
                if span.start < start < span.end < end:
                    span = replace(span, end=start)
        yield span


def _join(group: Sequence[Span]) -> Span:
    longest = min(group, key=_rank)
    tier: Tier = "auto" if any(span.tier == "auto" for span in group) else "review"
    return Span(
        start=min(span.start for span in group),
        end=max(span.end for span in group),
        kind=longest.kind,
        tier=tier,
        recogniser="+".join(sorted({span.recogniser for span in group})),
    )


def _rank(span: Span) -> tuple[bool, int, bool, int, int]:
    """What is not a mere guess first, then the longest, then what was known beforehand."""
    guessed, known = span.recogniser in _GUESSED, span.recogniser == "known"
    return guessed, span.start - span.end, not known, PRIORITY.index(span.kind), span.start


def _clean(text: str, span: Span) -> Span | None:
    """Without marks, white space and a possessive 's at its ends. None: nothing is left."""
    start, end = span.start, span.end
    while start < end and text[start] in _ENDS:
        if text[start] == "(" and ")" in text[start:end]:
            break
        start += 1
    while end > start and text[end - 1] in _ENDS:
        end -= 1
    if span.kind not in ("contact", "id", "date"):
        tail = _POSSESSIVE.search(text, start, end)
        if tail and tail.start() > start:
            end = tail.start()
    if start >= end:
        return None
    return span if (start, end) == (span.start, span.end) else replace(span, start=start, end=end)


def _outside(text: str, spans: Iterable[Span], found: Sequence[Span]) -> Iterator[Span]:
    """The pieces of `spans` that no found span covers, if a word of two letters is left of them."""
    starts = [span.start for span in found]
    for span in spans:
        at = max(0, bisect_right(starts, span.start) - 1)
        start = span.start
        for other in found[at:]:
            if other.start >= span.end:
                break
            if other.end <= start:
                continue
            yield from _piece(text, span, start, other.start)
            start = max(start, other.end)
        yield from _piece(text, span, start, span.end)


def _piece(text: str, span: Span, start: int, end: int) -> Iterator[Span]:
    if end == start:
        return
    piece = _clean(text, replace(span, start=start, end=end))
    # What is left of "van der Berg" beside a found "Berg" names nobody.
    if piece and any(char.isupper() for char in text[piece.start : piece.end]):
        yield piece


@dataclass(frozen=True, slots=True)
class _Term:
    kind: Kind
    tier: Tier
    written: str  # with its capitals
    any_case: bool
    ordinary: bool  # a word too: counts only in texts that never have it in small letters
    phrase: bool = False  # words only: in small letters for a person to look at


def propagate(
    texts: Mapping[str, str], spans: Mapping[str, Sequence[Span]], context: Context
) -> dict[str, list[Span]]:
    """Every find, and every part of a person's name, looked for again in all texts of the study.

    Names count as they were capitalised, or however they are written if they are no ordinary word
    of any language of the study. A longer find that is there already stays as it is; the same
    string found elsewhere as surer makes it surer.
    """
    terms = _terms(texts, spans, context)
    if not terms:
        return {key: list(spans.get(key, ())) for key in texts}
    automaton = ahocorasick.Automaton()
    for key, found in terms.items():
        automaton.add_word(key, (len(key), found))
    automaton.make_automaton()
    return {key: _again(text, spans.get(key, ()), automaton) for key, text in texts.items()}


def _terms(
    texts: Mapping[str, str], spans: Mapping[str, Sequence[Span]], context: Context
) -> dict[str, tuple[_Term, ...]]:
    """What to look for, by its lower-case form; one term per way of writing it."""
    votes: dict[str, Counter[tuple[Kind, Tier]]] = {}
    listed: set[str] = set()  # what something surer than its capital says is a name
    for key, found in spans.items():
        for span in found:
            written = texts[key][span.start : span.end]
            sure = not _GUESSED.issuperset(span.recogniser.split("+"))
            if sure:
                listed.add(written)
            votes.setdefault(written, Counter())[span.kind, span.tier] += 1
            if span.kind == "person":
                for part in _alone(written, context):
                    tier = span.tier if span.recogniser != "spelled" else "review"
                    votes.setdefault(part, Counter())[span.kind, tier] += 0
                    if sure:
                        listed.add(part)
    terms: dict[str, list[_Term]] = {}
    for written, counted in votes.items():
        term = _term(written, counted, context, listed=written in listed)
        if term:
            terms.setdefault(lowered(written), []).append(term)
    return {key: tuple(found) for key, found in terms.items()}


def _alone(name: str, context: Context) -> Iterator[str]:
    """Parts of a person's name that can stand for the person."""
    small = name == name.lower()
    for word in parts(name):
        if word != name and len(word) >= _FEWEST and (small or word[0].isupper()):
            yield word


def _term(
    written: str, counted: Counter[tuple[Kind, Tier]], context: Context, *, listed: bool
) -> _Term | None:
    """How to look for one string, by what it was found as: auto if ever, of the commonest kind."""
    if sum(char.isalnum() for char in written) < _FEWEST:
        return None
    sure = {kind: n for (kind, tier), n in counted.items() if tier == "auto"}
    among = sure or {kind: n for (kind, _), n in counted.items()}
    kind = min(among, key=lambda k: (-among[k], PRIORITY.index(k)))
    if kind == "date" or (written.isdigit() and len(written) < 5):
        return None
    words = re.findall(r"[^\W\d_]+", written)
    ordinary = [lexicon.is_word_anywhere(word.lower(), context.all_languages) for word in words]
    if len(words) == 1 and ordinary[0]:
        # Elsewhere such a word is a guess: somebody has to look.
        tier: Tier = "auto" if sure and kind in ("contact", "id") else "review"
        return _Term(kind, tier, written, any_case=False, ordinary=True)
    phrase = all(ordinary)  # "patience good": both together are hardly ever said, but may be
    small = kind in ("contact", "id") or not words
    small = small or listed and (not phrase or kind == "person")
    if kind in ("place", "organisation"):  # "metro", "sushi": a town somewhere, a word everywhere
        small = listed and not all(_common(word, context) for word in words)
    return _Term(
        kind,
        "auto" if sure else "review",
        written,
        any_case=small and kind != "name",
        ordinary=False,
        phrase=phrase and kind == "person",
    )


def _common(word: str, context: Context) -> bool:
    return any(lexicon.is_common(word.lower(), language) for language in context.all_languages)


def _again(text: str, spans: Sequence[Span], automaton: ahocorasick.Automaton) -> list[Span]:
    hits: list[tuple[Span, _Term]] = []
    small: set[str] = set()  # words that this text has in lower case
    for last, (length, terms) in automaton.iter(lowered(text)):
        start, end = last + 1 - length, last + 1
        if not bounded(text, start, end):
            continue
        written = text[start:end]
        if written[0].islower():
            small.add(written)
        for term in terms:
            if written == term.written or term.any_case or written.isupper() and length > 3:
                tier: Tier = "review" if term.phrase and written.islower() else term.tier
                span = Span(start=start, end=end, kind=term.kind, tier=tier, recogniser="again")
                hits.append((span, term))
                break
    kept = [
        span
        for span, term in hits
        if not (term.ordinary and (lowered(term.written) in small or _is_word_here(text, span)))
    ]
    return _settle(spans, kept)


def _is_word_here(text: str, span: Span) -> bool:
    """Whether it opens a clause as in "Will you", or dates it as in "in June the"."""
    after = _NEXT.match(text, span.end)
    if after is None or after.group(1).lower() not in cues.PRONOUN_AFTER:
        return False
    before = _BEFORE.search(text, max(0, span.start - _REACH), span.start)
    return before is None or before.group(1).lower() in cues.CALENDAR


def _settle(spans: Sequence[Span], hits: Sequence[Span]) -> list[Span]:
    """What was found and what was found again, the longer first; nothing found is ever lost."""
    taken: list[Span] = []
    by_range = {(span.start, span.end): span for span in spans}
    fresh = []
    for hit in hits:
        same = by_range.get((hit.start, hit.end))
        if same is None:
            fresh.append(hit)
        elif same.tier == "review" and hit.tier == "auto":
            by_range[hit.start, hit.end] = replace(
                same, kind=hit.kind, tier="auto", recogniser=f"{same.recogniser}+again"
            )
    ranked = sorted(
        [*by_range.values(), *fresh],
        key=lambda s: (s.start - s.end, s.tier, s.recogniser == "again", s.start),
    )
    starts: list[int] = []
    for span in ranked:
        at = bisect_right(starts, span.start)
        left = taken[at - 1] if at else None
        right = taken[at] if at < len(taken) else None
        if (
            left is not None
            and left.end > span.start
            or right is not None
            and right.start < span.end
        ):
            over = left if left is not None and left.end > span.start else right
            assert over is not None
            if span.recogniser != "again" and not (
                over.start <= span.start and span.end <= over.end
            ):
                # A find that sticks out of a longer one: both are covered.
                taken[taken.index(over)] = replace(
                    over,
                    start=min(over.start, span.start),
                    end=max(over.end, span.end),
                    tier="auto" if "auto" in (over.tier, span.tier) else "review",
                )
                starts = [one.start for one in taken]
            continue
        starts.insert(at, span.start)
        taken.insert(at, span)
    return taken
