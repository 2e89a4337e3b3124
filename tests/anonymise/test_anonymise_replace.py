"""From spans to text and back: nothing survives, nothing is lost, nothing known gets past."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked_text import assigned, read, redacted, shown

from pipeline.anonymise import Context, Known
from pipeline.anonymise.book import Book, Verdict, assign, folded
from pipeline.anonymise.find import find, propagate
from pipeline.anonymise.generalise import Levels
from pipeline.anonymise.replace import (
    STYLES,
    Manner,
    Replacement,
    Style,
    apply,
    decide,
    pseudonyms,
    redact_range,
    redact_texts,
    reverse,
    source_range,
    sweep,
)
from pipeline.records import KINDS, Kind


def put(start: int, end: int, text: str) -> Replacement:
    return Replacement(start=start, end=end, kind="person", tier="auto", pseudonym=text)


# Small letters in the source, capitals and marks in pseudonyms: a survivor can be seen.
SOURCE = st.text(alphabet="abcdefgh éß😀\n", max_size=60)


@st.composite
def replaced(draw: st.DrawFn) -> tuple[str, list[Replacement]]:
    text = draw(SOURCE)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [put(a, b, draw(st.sampled_from(["[X 1]", "Y", "[Z 12]"]))) for a, b in pairs]


@given(replaced())
def test_no_character_of_a_replaced_span_stays(case: tuple[str, list[Replacement]]) -> None:
    text, replacements = case
    made = apply(text, replacements)
    covered = {i for one in replacements for i in range(one.start, one.end)}
    left = "".join(char for i, char in enumerate(text) if i not in covered)
    assert re.sub(r"\[?[XYZ](?: \d+\])?", "", made.text) == left
    assert [made.text[a:b] for _, _, a, b in made.places] == [r.pseudonym for r in replacements]


@given(replaced())
def test_the_way_back_is_exact(case: tuple[str, list[Replacement]]) -> None:
    text, replacements = case
    made = apply(text, replacements)
    assert reverse(made, [text[one.start : one.end] for one in replacements]) == text


@given(replaced(), st.data())
def test_offsets_lead_back_in_order(
    case: tuple[str, list[Replacement]], data: st.DataObject
) -> None:
    text, replacements = case
    made = apply(text, replacements)
    flat = [at for place in made.places for at in (place[0], place[2])]
    assert flat[::2] == sorted(flat[::2]) and flat[1::2] == sorted(flat[1::2])
    assert source_range(made, 0, len(made.text)) == (0, len(text)) or not made.text
    for at in range(len(made.text)):
        start, end = source_range(made, at, at + 1)
        whole = next((p for p in made.places if p[2] <= at < p[3]), None)
        assert (start, end) == whole[:2] if whole else text[start:end] == made.text[at]
    if made.text:
        a = data.draw(st.integers(0, len(made.text) - 1))
        b = data.draw(st.integers(a + 1, len(made.text)))
        inside = [source_range(made, at, at + 1) for at in range(a, b)]
        assert source_range(made, a, b) == (inside[0][0], inside[-1][1])
        assert [start for start, _ in inside] == sorted(start for start, _ in inside)


@given(replaced(), st.data())
def test_any_cuts_show_the_whole_and_no_more(
    case: tuple[str, list[Replacement]], data: st.DataObject
) -> None:
    text, replacements = case
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    borders = [0, *cuts, len(text)]
    parts = [
        redact_range(text, replacements, a, b) for a, b in zip(borders, borders[1:], strict=False)
    ]
    inside = [cut for cut in cuts if any(one.start < cut < one.end for one in replacements)]
    if not inside:
        assert "".join(parts) == apply(text, replacements).text
    covered = {i for one in replacements for i in range(one.start, one.end)}
    left = "".join(char for i, char in enumerate(text) if i not in covered)
    assert "".join(re.sub(r"\[?[XYZ](?: \d+\])?", "", part) for part in parts) == left


@pytest.mark.parametrize(
    "wrong",
    [
        [put(0, 3, "X"), put(2, 4, "X")],
        [put(3, 4, "X"), put(0, 1, "X")],
        [put(1, 1, "X")],
        [put(0, 9, "X")],
    ],
)
def test_what_overlaps_is_refused(wrong: list[Replacement]) -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply("abcd", wrong)


TEXT = "<Jansen> used the <?name:Groeiwijzer> in <date:May 2016>."


@pytest.mark.parametrize(
    ("policy", "kinds", "expected"),
    [
        ("strict", KINDS, "[Person 1] used the [Name 1] in [Date 1]."),
        ("auto", KINDS, "[Person 1] used the Groeiwijzer in [Date 1]."),
        ("strict", ("person",), "[Person 1] used the [Name 1] in May 2016."),  # name goes with it
        ("strict", ("date",), "Jansen used the Groeiwijzer in [Date 1]."),
    ],
)
def test_policy_and_kinds(policy: str, kinds: tuple[Kind, ...], expected: str) -> None:
    plain, spans = read({"a": TEXT})
    chosen = decide(spans, plain, assigned(TEXT), policy=policy, kinds=kinds)
    assert apply(plain["a"], chosen["a"]).text == expected


def test_what_is_sure_or_wanted_once_is_replaced_everywhere() -> None:
    texts = "<?Hope>, <?name:Zonne>.", "<HOPE>, <organisation:Zonne>."
    book = assigned(*texts)
    assert redacted(book, *texts, policy="auto")[0] == "[Person 1], [Organisation 1]."
    plain, spans = read(dict(zip("ab", texts, strict=True)))
    chosen = decide(spans, plain, book, policy="strict", kinds=("organisation",))
    assert apply(plain["a"], chosen["a"]).text == "Hope, [Organisation 1]."


@pytest.mark.parametrize(
    ("string", "verdict", "policy", "expected"),
    [
        ("GROEIWIJZER", ("keep", ""), "strict", "[Person 1] used the Groeiwijzer in [Date 1]."),
        ("groeiwijzer", ("replace", ""), "auto", "[Person 1] used the [Name 1] in [Date 1]."),
        ("Jansen", ("rename", "the coach"), "auto", "the coach used the Groeiwijzer in [Date 1]."),
        ("Groeiwijzer", ("join", "Date 1"), "auto", "[Person 1] used the [Date 1] in [Date 1]."),
        ("Jansens", ("keep", ""), "auto", "Jansen used the Groeiwijzer in [Date 1]."),
    ],
)  # fmt: skip
def test_verdicts_go_before_the_policy(
    string: str, verdict: tuple[str, str], policy: str, expected: str
) -> None:
    said = Verdict(word=verdict[0], text=verdict[1])  # type: ignore[arg-type]
    book = Book(labels=assigned(TEXT).labels, verdicts={folded(string): said})
    assert redacted(book, TEXT, policy=policy) == [expected]


def test_general_style_gives_coarser_words() -> None:
    text = "<Sarah> left <place:Gorinchem> on <date:3 May 2018>; <contact:06-12345678>, <id:A-1>."
    assert redacted(assigned(text), text, style="general") == [
        "[person] left [a town in the Netherlands] on [2018]; [contact], [id]."
    ]


@pytest.mark.parametrize(
    ("manner", "expected"),
    [
        (
            {"styles": {"date": "general"}, "levels": Levels(date="month")},
            "[Person 1] of [Organisation 1] left [Place 1] in [May 2018]; May 2019, Eritrea",
        ),
        (
            {"style": "general", "styles": {"person": "bracket"}},
            "[Person 1] of [a school] left [a town in the Netherlands] in [2018]; [2019], Eritrea",
        ),
        (
            {"style": "general", "styles": {"person": "role", "organisation": "bracket"},
             "roles": {"Person 1": "teacher"}},
            "[Person 1, teacher] of [Organisation 1] left [a town in the Netherlands] in [2018]; "
            "[2019], Eritrea",
        ),
        (
            {"style": "role", "styles": {"date": "general", "place": "general"},
             "levels": Levels(date="shift", place="type")},
            "[Person 1] of [Organisation 1] left [a town] in 19 July 2018; July 2019, [a country]",
        ),
    ],
)  # fmt: skip
def test_each_kind_in_its_own_style(manner: dict[str, object], expected: str) -> None:
    text = (
        "<Sarah> of <organisation:Xhout School> left <place:Gorinchem> in <date:3 May 2018>; "
        "<date:May 2019>, <place:Eritrea>"
    )
    if "place" not in manner.get("styles", {}) and "style" not in manner:  # type: ignore[operator]
        text = text.replace("<place:Eritrea>", "Eritrea")
    plain, spans = read({"a": text})
    book = replace(assigned(text), shift=77)
    stands = pseudonyms(book, Manner(**manner))  # type: ignore[arg-type]
    chosen = decide(spans, plain, book, policy="strict", kinds=KINDS, stands=stands)["a"]
    assert apply(plain["a"], chosen).text == expected


def test_a_stand_in_is_the_right_persons_where_two_go_by_one_name() -> None:
    texts = "<Kevin Lund>. <Kevin> laughed.", "<Kevin Holt>. <Kevin> cried."
    assert redacted(assigned(*texts), *texts) == [
        "[Person 1]. [Person 1] laughed.", "[Person 2]. [Person 2] cried.",
    ]  # fmt: skip


def look_for(*strings: str) -> object:
    def look(text: str) -> list[tuple[int, int, Kind]]:
        return [
            (m.start(), m.end(), "person")
            for one in strings
            for m in re.finditer(rf"(?<!\w){re.escape(one)}(?!\w)", text)
        ]

    return look


@pytest.mark.parametrize(
    ("text", "at", "known", "expected"),
    [
        ("met Jansen and Jansen", (4, 10, "[Person 1]"), ["Jansen"], "met [Person 1] and [P]"),
        # a find that another one sticks out of is taken in
        ("at Lund College now", (8, 15, "[Place 1]"), ["Lund [Place 1]"], "at [P] now"),
        # a name put in by hand that is somebody's
        ("met Jansen", (4, 10, "Karin"), ["Karin"], "met [P]"),
        # words that only meet because of what stands between
        ("May 3rd 2016", (4, 7, ""), ["May  2016"], "[P]"),
        # a label that is refused as well is given up
        ("met Jansen", (4, 10, "P"), ["P"], "met […]"),
        ("nothing here", (0, 0, ""), ["Jansen"], "nothing here"),
    ],
)
def test_sweeping(text: str, at: tuple[int, int, str], known: list[str], expected: str) -> None:
    first = [put(*at)] if at[1] else []
    look = look_for(*known)
    swept = sweep(text, first, look, lambda kind, string: "[P]")  # type: ignore[arg-type]
    assert apply(text, swept).text == expected


@given(replaced(), st.sets(st.text(alphabet="abcXYZ 1", min_size=1, max_size=4), max_size=4))
def test_sweeping_ends_and_leaves_nothing(
    case: tuple[str, list[Replacement]], known: set[str]
) -> None:
    text, replacements = case
    words = [one for one in known if one.strip()]

    def look(shown: str) -> list[tuple[int, int, Kind]]:
        return [
            (m.start(), m.end(), "person")
            for one in words
            for m in re.finditer(re.escape(one), shown)
        ]

    swept = sweep(text, replacements, look, lambda kind, string: "[X 1]")
    assert not look(apply(text, swept).text)
    covered = {i for one in replacements for i in range(one.start, one.end)}
    assert covered <= {i for one in swept for i in range(one.start, one.end)}


def test_loose_texts_share_pseudonyms_and_say_what_was_applied() -> None:
    context = Context(language="da")
    made = redact_texts(
        {"a": "Kelds sag og Keld Lund.", "b": "Så kom Keld Lund."},
        context, policy="strict", style="bracket", kinds=KINDS,
    )  # fmt: skip
    assert made["a"].redacted == "[Person 1]s sag og [Person 1]."
    assert made["b"].redacted == "Så kom [Person 1]."
    assert [(s.start, s.end, stands) for s, stands in made["a"].spans] == [
        (0, 5, "[Person 1]"), (13, 22, "[Person 1]"),
    ]  # fmt: skip
    sure = redact_texts(
        {"a": "I met Hope in the hall, and we use the Zonnewijzer."},
        Context(language="en"), policy="auto", style="bracket", kinds=KINDS,
    )  # fmt: skip
    for span, stands in sure["a"].spans:
        assert (stands is not None) == (span.tier == "auto")


@pytest.mark.parametrize("language", ["en", "nl", "da", "tr"])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_leaves_nothing(style: str, language: str) -> None:
    names = "Tesfay Gebremedhin|Kerkstraat 12|a.b@c.nl|06-12345678|123456782|3 May 1984|Gorinchem"
    text = ", ".join(names.split("|"))
    made = redact_texts(
        {"a": text}, Context(language=language), policy="strict", style=style, kinds=KINDS
    )
    for string in re.findall(r"[\w@.]{5,}", text):
        assert string not in made["a"].redacted


NAMES = "Anneke Jansen|Kelds|Keld|?Hope|place:Boston|id:A-12-77|contact:06-12345678|?name:x"


SPOKEN = st.lists(
    st.sampled_from(
        "Ann|Annual|Ann's|Annika|in|Boston|Bostonian|3 May 2018|May|Mayor|Lund College|Lunds|Keld|"
        "Kelds|06-12345678|K-77-3015|34 years old|2018|Gemeente Delft|Dr Anneke Jansen|jansens|"
        "said|and|, |. |\\n|Eritrea|«|😀".split("|")
    ),
    max_size=14,
).map(" ".join)  # fmt: skip
STYLES_OF_KINDS = st.dictionaries(
    st.sampled_from(["person", "place", "organisation", "date", "contact", "id"]),
    st.sampled_from(STYLES),
)
LEVELS = st.builds(
    Levels,
    date=st.sampled_from(["month", "year", "shift"]),
    place=st.sampled_from(["country", "type"]),
    organisation=st.sampled_from(["sector", "kind"]),
    age=st.sampled_from([5, 10]),
)


@settings(deadline=None)
@given(SPOKEN, st.sampled_from(STYLES), STYLES_OF_KINDS, LEVELS, st.sampled_from(["en", "da"]))
def test_every_text_comes_back_byte_for_byte_in_every_style(
    text: str, style: Style, styles: dict[Kind, Style], levels: Levels, language: str
) -> None:
    context = Context(language=language, known=Known(persons=(("Ann Xalwan", "Ann"),)))
    texts = {"T1": text}
    spans = propagate(texts, {"T1": find(text, context)}, context)
    book = replace(assign(Book(), texts, spans, context.known), shift=77)
    manner = Manner(style=style, styles=styles, levels=levels, language=language)
    stands = pseudonyms(book, manner)
    chosen = decide(spans, texts, book, policy="strict", kinds=KINDS, stands=stands)["T1"]
    made = apply(text, chosen)
    assert reverse(made, [text[one.start : one.end] for one in chosen]).encode() == text.encode()
    for one in chosen:
        # whole words only: a letter neither before nor behind, but for a genitive s
        before, after = text[: one.start][-1:], text[one.end :]
        assert not (before.isalnum() and text[one.start].isalnum())
        assert not (text[one.end - 1].isalnum() and re.match(r"\w(?<!s)|s\w", after))
    replaced = " ".join(text[one.start : one.end] for one in chosen)
    assert made.text.count("Annual") == text.count("Annual") - replaced.count("Annual")


@settings(deadline=None)
@given(st.lists(st.sampled_from(NAMES.split("|")), max_size=8))
def test_a_marked_text_goes_out_and_comes_back(names: list[str]) -> None:
    text = " of ".join(f"<{name}>" for name in names)
    plain, spans = read({"a": text})
    book = assigned(text)
    chosen = decide(spans, plain, book, policy="strict", kinds=KINDS, stands=pseudonyms(book))["a"]
    made = apply(plain["a"], chosen)
    assert made.text == shown(text)[0]
    assert reverse(made, [plain["a"][one.start : one.end] for one in chosen]) == plain["a"]
    # all of every span goes, but for a genitive s
    for one, span in zip(chosen, spans["a"], strict=True):
        rest = plain["a"][one.end : span.end]
        assert one.start == span.start and rest in ("", "s")
