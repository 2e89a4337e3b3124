"""The list that people check, what they say on it, and what the gate then looks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from marked_text import assigned, read, redacted

from pipeline.anonymise import Known
from pipeline.anonymise.book import Book, assign
from pipeline.anonymise.listing import AROUND, Find, listing
from pipeline.anonymise.replace import decide, pseudonyms
from pipeline.anonymise.scenes import Scene
from pipeline.anonymise.terms import gate_terms
from pipeline.anonymise.verdicts import DISMISSED, Checked, take_verdicts
from pipeline.errors import PipelineError
from pipeline.records import KINDS

TEXTS = (
    "<Anneke Jansen> uses the <?name:Tool>. <?Hope> came. " + "Then <Kevin> left us all. " * 4,
    "<Kevin Lund> came from <place:Boston>, where <Kevin> lived. <Jansen> too.",
)


def rows(*texts: str, book: Book | None = None, **homes: frozenset[str]) -> list[Find]:
    book = book or assigned(*texts)
    plain, spans = read(dict(zip("abcdefgh", texts, strict=False)))
    by_label = {label.replace("_", " "): names for label, names in homes.items()}
    return listing(book, plain, spans, pseudonyms(book), by_label)


def row(number: int, string: str, verdict: str, text: str = "", kind: str = "") -> Checked:
    return Checked(where=f"row {number}", string=string, verdict=verdict, text=text, kind=kind)


def test_each_string_once_what_nobody_is_sure_of_first_a_persons_forms_together() -> None:
    assert [(f.string, f.kind, f.look, f.n, f.n_transcripts, f.label) for f in rows(*TEXTS)] == [
        ("Jansen", "person", True, 1, 1, "[Person 1]"),
        ("Hope", "person", True, 1, 1, "[Person 2]"),
        # In one of two transcripts nobody says his whole name: somebody has to look.
        ("Kevin", "person", True, 5, 2, "[Person 3]"),
        ("Tool", "name", True, 1, 1, "[Name 1]"),
        ("Anneke Jansen", "person", False, 1, 1, "[Person 1]"),
        ("Kevin Lund", "person", False, 1, 1, "[Person 3]"),
        ("Boston", "place", False, 1, 1, "[Place 1]"),
    ]


def test_what_has_a_verdict_comes_last_with_it() -> None:
    book = take_verdicts(
        assigned(*TEXTS),
        [
            row(2, "Hope", "keep"),
            row(3, "Tool", "join", "person 1"),
            row(4, "Boston", "rename", "X"),
        ],
    )
    told = [f for f in rows(*TEXTS, book=book) if f.verdict]
    assert told == rows(*TEXTS, book=book)[-3:]
    assert [(f.string, f.verdict, f.text, f.look) for f in told] == [
        ("Hope", "keep", "", False),
        ("Boston", "rename", "X", False),
        ("Tool", "join", "Person 1", False),
    ]


def test_contexts_are_lines_from_several_transcripts_cut_at_words() -> None:
    kevin = next(f for f in rows(*TEXTS) if f.string == "Kevin")
    assert len(kevin.contexts) == 3
    assert "where »Kevin« lived" in kevin.contexts[1]  # one of each transcript before a second
    for context in kevin.contexts:
        assert len(context) <= 2 * AROUND + len("…»Kevin«…") and "\n" not in context
        words = context.strip("…").split()
        said = " ".join(text for text in read(dict(zip("ab", TEXTS, strict=True)))[0].values())
        assert {word.strip("»«") for word in words} <= {
            part for word in said.split() for part in (word, word.rstrip(",."))
        }


def test_a_context_is_whole_where_the_text_ends_nearby() -> None:
    (find,) = rows("So <Anneke> came.\nYes.")
    assert find.contexts == ("So »Anneke« came. Yes.",)


def test_what_is_doubtful_about_who_is_who_is_noted() -> None:
    notes = {f.string: f.note for f in rows("<Kevin Lund>, <Kevin Holt>.", "<Kevin>, <Holt>.")}
    assert notes["Kevin"] == (
        "could also be Kevin Lund [Person 1] or Kevin Holt [Person 2]: then join it"
    )
    assert notes["Holt"] == "taken for Kevin Holt [Person 2] of another transcript"
    assert notes["Kevin Lund"] == ""
    # a participant is at home in her own transcript, though nobody names her in full there
    notes = {f.string: f.note for f in rows("<Kevin Lund>.", "<Kevin>.", Person_1=frozenset("b"))}
    assert notes["Kevin"] == ""


def test_whoever_is_joined_or_kept_apart_by_a_first_name_alone_is_on_the_list() -> None:
    texts = {
        "T1": "<Ahmed> is my husband. <Sanne> at the desk.",
        "T2": "<Ahmed>, that's my husband. <Sanne> helped.",
        "T3": "<Ahmed> works nights now. <Fatima> called.",
    }
    people = {"T1": "P01", "T2": "P02", "T3": "P01"}
    scenes = {
        name: Scene(people=frozenset((one,)), sites={"team": "east"})
        for name, one in people.items()
    }
    plain, spans = read(texts)
    known = Known(persons=(("Fatima",),))
    book = assign(Book(), plain, spans, known, scenes=scenes)
    homes = {"Person 1": frozenset(("T2",))}
    finds = listing(book, plain, spans, pseudonyms(book), homes, None, people)
    ahmed, sanne, fatima = ([f for f in finds if f.string == s] for s in
                            ("Ahmed", "Sanne", "Fatima"))  # fmt: skip
    # two husbands; what one participant says in two waves is said of one
    assert [(f.where, f.note, f.look) for f in sorted(ahmed, key=lambda f: f.where)] == [
        (("T1", "T3"), "only in T1, T3", False),
        (("T2",), "could also be Ahmed [Person 2] of T1: then join it; only in T2", True),
    ]
    assert [f.elsewhere for f in ahmed if f.look] == [
        ("[Person 2] in T1: »Ahmed« is my husband. Sanne at the desk.",)
    ]
    assert [(f.note, f.look) for f in sanne] == [
        ("taken for one person in T1 and T2, by this name alone", True)
    ]
    assert [(f.note, f.elsewhere, f.look) for f in fatima] == [
        ("taken for [Person 1], who speaks elsewhere, in T3, by this name alone",
         ("[Person 1] speaks in T2",), True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "string", "other"),
    [
        ("<Tom>, or <Tim>, I'm not sure.", "Tim", "Tom"),
        ("<Letebrhan>, they call her <Lete>.", "Lete", "Letebrhan"),
        ("<Karen Lund>, known as <Bunny>.", "Bunny", "Karen Lund"),
        ("<Mrs. Winter>, <Priscilla>, she knows.", "Priscilla", "Mrs. Winter"),
    ],
)
def test_whoever_is_one_person_only_by_what_is_said_beside_the_name_is_on_the_list(
    text: str, string: str, other: str
) -> None:
    found = {f.string: f for f in rows(text)}
    assert found[string].note == f"taken for {other} [Person 1], as is said where it is"
    assert found[string].look and not found[other].look
    # where a whole name has both, the names say it themselves
    assert not any(f.look for f in rows("<Mrs. Winter>, <Priscilla>, <Priscilla Winter>."))


def test_a_surname_of_a_participant_is_shown_with_her_own_place() -> None:
    find = next(
        f
        for f in rows("<Anneke Jansen> came.", "Ask <Jansen>, they said.", "<Anneke Jansen>.")
        if f.string == "Jansen"
    )
    assert find.note == "taken for Anneke Jansen [Person 1] of another transcript"
    assert find.contexts == ("Ask »Jansen«, they said.",)
    assert find.elsewhere == ("[Person 1] in a: »Anneke Jansen« came.",)


def test_verdicts_hold_for_every_spelling_and_for_what_comes_later() -> None:
    book = assigned(*TEXTS)
    told = take_verdicts(
        book,
        [
            row(2, "Hope", " Keep "),
            row(3, "Boston", "rename", "  the   city "),
            row(4, "Anneke Jansen", "join", "[Person 3]"),
            row(5, "Kevin", ""),
            row(6, "", "keep"),
            row(7, "the green house", "add", kind="organisation"),
            row(8, "tool", "join", "Kevin Lund"),
        ],
    )
    assert told.revision == book.revision + 1
    assert told.added == (("organisation", "the green house"),)
    texts = ("<HOPE>, <hope>, <Hope>'s.", "<place:BOSTON>, <ANNEKE JANSEN>, <Tool>, <Kevin>.")
    later = assigned(*TEXTS, *texts, book=told)
    assert redacted(later, *texts) == [
        "HOPE, hope, Hope's.",
        "the city, [Person 3], [Person 3], [Person 3].",
    ]
    assert take_verdicts(later, []) is later
    again = [row(2, "Hope", "keep"), row(7, "the green house", "add", kind="Organisation")]
    assert take_verdicts(later, again) is later  # nothing new: nothing is done again


def test_all_faults_at_once_by_row_and_no_string_is_quoted() -> None:
    book = assigned(*TEXTS)
    secret = ("Hope", "Boston", "Kevin", "Jansen", "Leeds", "Zonne", "Tool")
    given = [
        (row(2, "Hope", "maybe"), "verdict"),
        (row(3, "Zonne", "keep"), "find"),  # not on the list
        (row(4, "Anneke Jansen", "join", "[Person 99]"), "new text"),
        (row(5, "Anneke Jansen", "join", "[Dog 1]"), "new text"),
        (row(6, "Tool", "rename"), "new text"),
        (row(7, "Boston", "rename", "Kevin"), "new text"),  # what somebody is called
        (row(8, "Boston", "rename", "Mrs Jansen"), "new text"),
        (row(9, "Kevin", "join", " "), "new text"),
        (row(10, "Zonne", "add"), "kind"),
        (row(11, "Zonne", "add", kind="town"), "kind"),
        (row(12, "Z", "add", kind="person"), "find"),
        (row(13, "Kevin", "rename", "Leeds"), "new text"),
        (row(14, "Hope", "rename", "LEEDS"), "new text"),  # two of one name
    ]
    with pytest.raises(PipelineError) as caught:
        take_verdicts(book, [one for one, _ in given])
    places = {fault.where for fault in caught.value.faults}
    assert places == {f"{one.where}, column '{column}'" for one, column in given}
    assert not any(string in str(caught.value) for string in secret)
    assert all(fault.mend for fault in caught.value.faults)


def test_two_verdicts_for_one_string() -> None:
    book = assigned(*TEXTS)
    with pytest.raises(PipelineError, match="row 9, column 'verdict'.*another verdict in row 2"):
        take_verdicts(book, [row(2, "Hope", "keep"), row(9, "HOPE", "replace")])
    assert take_verdicts(book, [row(2, "Hope", "keep"), row(9, "HOPE", "keep")]).verdicts


def test_a_circle_of_joins_is_refused() -> None:
    book = assigned("<Anneke>, <Kevin>, <Sarah>.")
    circle = [
        row(2, "Anneke", "join", "Person 2"),
        row(3, "Kevin", "join", "Person 3"),
        row(4, "Sarah", "join", "Person 1"),
    ]
    with pytest.raises(PipelineError, match="circle") as caught:
        take_verdicts(book, circle)
    assert len(caught.value.faults) == 3
    chain = take_verdicts(book, circle[:2])
    assert redacted(chain, "<Anneke>, <Kevin>.") == ["[Person 3], [Person 3]."]
    with pytest.raises(PipelineError, match="circle"):  # with one of an earlier list, too
        take_verdicts(chain, circle[2:])
    itself = take_verdicts(book, [row(2, "Anneke", "join", "Person 1")])
    assert redacted(itself, "<Anneke>.") == ["[Person 1]."]


def test_two_who_go_by_one_name_have_a_row_each_and_a_verdict_each() -> None:
    texts = "<Kevin Lund>. <Kevin> laughed.", "<Kevin Holt>. <Kevin> cried."
    book = assigned(*texts)
    both = [find for find in rows(*texts, book=book) if find.string == "Kevin"]
    assert [(find.given, find.note, find.look) for find in both] == [
        ("[Person 2]", "only in b", False), ("[Person 1]", "only in a", False),
    ]  # fmt: skip
    said = [
        Checked(where="row 2", string="Kevin", verdict="rename", text="Xander", label="[Person 1]"),
        Checked(where="row 3", string="kevin", verdict="join", text="Person 1", label="Person 2"),
    ]
    told = take_verdicts(book, said)
    assert redacted(told, *texts) == [
        "[Person 1]. Xander laughed.", "[Person 2]. [Person 1] cried.",
    ]  # fmt: skip
    assert take_verdicts(told, said) is told
    # for all of them, then for one again
    kept = take_verdicts(told, [row(2, "Kevin", "keep")])
    assert redacted(kept, *texts)[1] == "[Person 2]. Kevin cried."
    assert take_verdicts(kept, said).verdicts == told.verdicts


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ([row(2, "Kevin", "rename", "Xander")], "several persons go by this"),
        ([Checked(where="row 2", string="Kevin", verdict="keep", label="[Person 9]")],
         "not on the list that went out"),
        ([Checked(where="row 2", string="Kevin", verdict="join", text="Person 1",
                  label="[Person 2]"), row(3, "kevin", "keep")], "is to be kept in row 3"),
        ([row(2, "Boston", "rename", "Person 1")], "this is a pseudonym of the study"),
        ([row(2, "Boston", "rename", "Zoltan Quirk")], "stands for somebody else already"),
        ([row(2, "Boston", "rename", "Lund town")], "somebody or something in the study"),
        ([row(2, "Boston", "rename", "Sanne Verhoeven")], "somebody or something in the study"),
        ([row(2, "Boston and more", "keep")], "not on the list that went out"),
        ([Checked(where="row 2", string="Xyz", verdict="replace", kind=DISMISSED)],
         "cannot be said here"),
    ],
)  # fmt: skip
def test_more_faults(given: list[Checked], wrong: str) -> None:
    texts = "<Kevin Lund>. <Kevin> in <place:Boston>.", "<Kevin Holt>. <Kevin> cried."
    known = Known(persons=(("Sanne Verhoeven",),))  # nobody names her in a transcript
    book = replace(assigned(*texts, known=known), names={"Person 1": "Zoltan Quirk"})
    with pytest.raises(PipelineError, match=wrong) as caught:
        take_verdicts(book, given)
    for string in ("Kevin", "Lund", "Holt", "Boston", "Sanne", "Zoltan", "Xyz"):
        assert string not in str(caught.value)


def test_a_place_that_was_looked_at_is_not_asked_for_again() -> None:
    book = assigned(*TEXTS)
    told = take_verdicts(
        book, [Checked(where="row 2", string="Monday club", verdict="keep", kind=DISMISSED)]
    )
    assert told.verdicts["monday club"].word == "keep"


def terms(*texts: str, book: Book | None = None, languages: str = "en", policy: str = "strict") -> (
    dict[str, tuple[str, bool]]
):  # fmt: skip
    book = book or assigned(*texts)
    plain, spans = read(dict(zip("abcdefgh", texts, strict=False)))
    chosen = decide(spans, plain, book, policy=policy, kinds=KINDS)
    found = gate_terms(plain, chosen, book, languages.split())
    return {string: (kind, common) for string, kind, common in found}


def test_what_the_gate_looks_for() -> None:
    found = terms(
        "<Dr Anneke van der Young-Jansen>, <Hope Lund>, <with Rojda>, <contact:Kerkstraat 12>, "
        "<place:Boston>, <date:May>, <date:3 May 2018>, <id:K-77>, <?name:Prepositions>, "
        "<name:Name>, <person:Person 3>, <Mr>, <?Rose>"
    )
    for string in ("Anneke", "Young-Jansen", "Lund", "Rojda", "Kerkstraat 12", "K-77"):
        assert not found[string][1], string
    for string in ("Hope", "May", "Prepositions", "Rose"):
        assert found[string][1], string
    # no ordinary word, no title, no word that pseudonyms are made of
    assert not {"with", "van", "der", "Dr", "Mr", "Name", "Person 3", "Person"} & set(found)


def test_the_gate_looks_for_genitives_where_a_language_has_them() -> None:
    assert "Xalwans" in terms("<Rafik Xalwan>", languages="en da")
    assert "Xalwans" not in terms("<Rafik Xalwan>")
    assert "Marks" not in terms("<Mark Xalwan>", languages="en da")


def test_the_gate_leaves_what_was_kept_and_what_was_not_replaced() -> None:
    texts = ("<Anneke Jansen>, <Jansen>, <place:Boston>, <?Rose>.",)
    kept = [row(2, "Jansen", "keep"), row(3, "Boston", "keep")]
    missed = row(4, "tea house", "add", kind="place")
    book = take_verdicts(assigned(*texts), [*kept, missed])
    found = terms(*texts, book=book)
    assert {"Anneke Jansen", "Anneke", "tea house"} <= set(found)
    assert not {"Jansen", "Boston"} & set(found)
    assert "Rose" not in terms(*texts, policy="auto")
