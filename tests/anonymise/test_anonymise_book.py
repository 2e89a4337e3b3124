"""One person, one pseudonym; one string, one pseudonym; numbers that never change."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked_text import NOBODY, assigned, read, redacted, shown

from pipeline.anonymise import Known
from pipeline.anonymise.book import Book, Verdict, assign, folded
from pipeline.anonymise.forms import name_of
from pipeline.anonymise.joins import doubtful
from pipeline.errors import PipelineError
from pipeline.records import KINDS


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        # title, surname, first name, over transcripts; the short form first
        ("Dr Anneke Jansen, Jansen | Anneke, mevrouw Jansen", "1 1 1 1"),
        ("Anneke | Anneke Jansen", "1 1"),
        # a middle name, an initial in the middle
        ("Anna Maria Holt, Anna Holt, Anna M. Holt", "1 1 1"),
        # initials speak for or against
        ("Anneke Jansen, A. Jansen", "1 1"),
        ("Anneke Jansen, K. Jansen", "1 2"),
        ("J.P. Holt, Jan Holt, K. Holt", "1 1 2"),
        # so does a title
        ("Kevin Lund, Mrs Lund", "1 2"),
        ("Mr Lund, Mrs Lund, mister Lund", "1 2 1"),
        ("Mrs James, James", "1 1"),
        # particles do not tell persons apart, surnames do
        ("Jan van der Berg, Van der Berg, meneer Berg", "1 1 1"),
        ("Jan de Vries, Jan de Boer", "1 2"),
        ("Sanne El Idrissi, mevrouw El Idrissi", "1 1"),
        # accents, capitals, hyphens
        ("Nesrin Kocabaş, NESRIN, Kocabas", "1 1 1"),
        ("Désirée, Desiree Pelt", "1 1"),
        ("Anneke Jansen-Bos, Jansen-Bos", "1 1"),
        # spelled
        ("Lotte Jansen, J-A-N-S-E-N", "1 1"),
        ("Nesrin Kocabaş, K-o-c-a-b-a-s, K O C A B A S", "1 1 1"),
        # two persons of one name: the short form is neither
        ("Kevin Lund, Kevin Holt, Kevin", "1 2 3"),
        ("Sarah Lund, Kevin Lund, Lund, Sarah", "1 2 3 1"),
        # unless the transcript that has it names one of them in full
        ("Hodan Ali, Ali | Abdi Ali", "1 1 2"),
        ("Hodan Ali, Ali | Abdi Ali, Ali", "1 1 2 2"),
        # two whole names with one longer each: nobody knows
        ("Anna Maria Holt, Anna Sofie Holt, Anna Holt", "1 2 3"),
        # other kinds: one number per string, however it is written
        ("place:Boston, place:Leeds, place:BOSTON, organisation:Boston", "1 2 1 1"),
        ("contact:06-12345678, contact:06 12 34 56 78, contact:+31 6 12345678", "1 1 1"),
        ("id:DH-14-2207, id:dh 14 2207", "1 1"),
        ("date:1-11-2019, date:11-1-2019", "1 2"),
    ],
)
def test_one_person_one_number(names: str, numbers: str) -> None:
    texts = [" - ".join(f"<{name}>" for name in one.split(", ")) for one in names.split(" | ")]
    assert re.findall(r"\[\w+ (\d+)\]", " ".join(shown(*texts))) == numbers.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<Jansen, Anneke>: <Anneke Jansen>", "[Person 1]: [Person 1]"),
        # the s stays behind names that are listed
        ("<Kelds> sag, <Keld> kom, <Keld Holms>", "[Person 1]s sag, [Person 1] kom, [Person 1]s"),
        ("<Jansens> broer, <Hans>, <JANSENS>", "[Person 1]s broer, [Person 2], [Person 1]S"),
        ("<place:Roskildes> by, <place:Roskilde>", "[Place 1]s by, [Place 1]"),
        # and behind those that the study has without
        ("<Tesfalem>. <Tesfalems> sag", "[Person 1]. [Person 1]s sag"),
        ("<Rafik Xalwan>. <Xalwans> sag", "[Person 1]. [Person 1]s sag"),
        ("<Xalwans> sag", "[Person 1] sag"),
        ("<Anneke>'s file, <Anneke>", "[Person 1]'s file, [Person 1]"),
        # a string that was found as several things is one of them everywhere
        ("<?name:Zonne>, <organisation:Zonne>", "[Organisation 1], [Organisation 1]"),
        ("<place:Jordan>, <Jordan>, <Jordan>", "[Person 1], [Person 1], [Person 1]"),
    ],
)
def test_what_stands_there(text: str, expected: str) -> None:
    assert shown(text) == [expected]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("José", "JOSE", True), ("Anneke's", "Anneke", True), ("Hans'", "hans", True),
        ("Kelds", "Keld", True), ("Hans", "Han", False), ("J-A-N", "Jan", True),
        ("J. A. N.", "jan", True), ("A.B@C.nl", "a.b@c.nl", True),
        ("NL91 ABNA 0417 1643 00", "NL91ABNA0417164300", True),
        ("+45 12 34 56 78", "12345678", True), ("0031 (0)6 12345678", "0612345678", True),
        ("12-04-2019", "12-05-2019", False), ("K-77-3015", "K-77-3016", False),
        ("O'Brien", "O’Brien", True),
    ],
)  # fmt: skip
def test_what_counts_as_one_string(a: str, b: str, same: bool) -> None:
    assert (folded(a) == folded(b)) is same


@pytest.mark.parametrize(
    "name",
    "Kiks Jens Lars Niels Hans Mads Jonas Kees Joris Els Agnes Frans Loes Gijs Bas Anders".split(),
)
def test_a_name_that_ends_in_s_keeps_it(name: str) -> None:
    assert folded(name) == name.lower()
    # "Kiks" is nobody's genitive where a verb stands behind it
    text = f"<{name}> er her. <{name[:-1]}> kom ogsaa."
    assert shown(text) == ["[Person 1] er her. [Person 2] kom ogsaa."]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        # told by the transcript itself: a half, a doubt about the name, a slip, a surname
        ("A <Xalwan> gal, <Shanice>.", "1 1"),
        ("It was <Brend> or <Brend-Jan>, I don't know.", "1 2"),
        ("Hun hed <Merle> eller <Merla>, jeg ved det ikke.", "1 1"),
        ("You can ask <Merle> or <Merla>.", "1 2"),
        ("<Piet Dompig>. They put an n in it, <Domping>.", "1 1"),
        ("<Piet Dompig>. I know <Domping> too.", "1 2"),
        ("<Berhan>, lief. Ja. <Meneer Tekle>, dat is zijn achternaam.", "1 1"),
        ("<Berhan> and <Sagal>. <Mr. Tekle>, that's the manager.", "1 2 3"),
        ("<Berhan>. <Mr. Tekle>. He came in May.", "1 1"),
        ("<Aad Noordzij> is me. <Mr. Aad>, they say.", "1 1"),
        # not against another first name or title
        ("<Anneke Jansen>. | <Meneer Jansen> belt. <Jansen> ook.", "1 2 2"),
        ("<Anneke Jansen>. | <Piet>, <Jansen> heet hij, belt.", "1 2 2"),
        ("<Anneke Jansen>. | <Jansen> belt.", "1 1"),
        # kinship behind a name
        ("<Fatima>, my sister, came. | <Fatima> is my sister.", "1 2"),
        ("<Fatima>, mijn zus, kwam. | <Fatima>, dat is mijn zus.", "1 2"),
        ("<Fatima>, min søster, kom. | <Fatima> er min søster.", "1 2"),
        ("<Fatima>, my mother is ill. | <Fatima> is my son's teacher.", "1 1"),
    ],
)
def test_what_a_transcript_says_of_a_name(text: str, numbers: str) -> None:
    assert re.findall(r"\[\w+ (\d+)\]", " ".join(shown(*text.split(" | ")))) == numbers.split()


@given(st.text(min_size=1, max_size=20))
def test_folding_twice_is_folding_once_for_names(string: str) -> None:
    once = folded(string)
    assert isinstance(once, str)
    if string.strip():
        assert once == folded(string.strip())


@pytest.mark.parametrize(
    ("form", "words", "initials", "gender"),
    [
        ("mevr. dr. a. van der berg-jansen", {"berg-jansen"}, {"a"}, "f"),
        ("uncle eddy", {"eddy"}, set(), "m"),
        ("kevin lund", {"kevin", "lund"}, set(), "m"),
        ("james", {"james"}, set(), ""),
        ("mrs james", {"james"}, set(), "f"),
        ("van der", {"van der"}, set(), ""),
    ],
)
def test_what_a_form_says(form: str, words: set[str], initials: set[str], gender: str) -> None:
    assert name_of(form)[:3] == (words, initials, gender)


def test_participants_come_first_with_every_form_of_theirs() -> None:
    known = Known(persons=(("Hanneke Oosterwijk", "Annie"), ("S1", "I"), ("Piet Lund", "R")))
    text = "<Kevin>, <Lund>, <Annie>, <Hanneke>, <mevrouw Oosterwijk>."
    assert shown(text, known=known) == [
        "[Person 3], [Person 2], [Person 1], [Person 1], [Person 1]."
    ]


def test_a_participant_of_two_waves_is_one_person_and_two_of_one_label_are_two() -> None:
    known = Known(persons=(("Anna Berg", "Anna"), ("Anna Holt", "Anna"), ("Anna Berg",)))
    book = assigned("<Anna>, <Holt>, <Berg>.", known=known)
    assert redacted(book, "<Anna>, <Holt>, <Berg>.") == ["[Person 3], [Person 2], [Person 1]."]
    assert doubts(book) == {("anna", "Person 3"): (1, 2)}


def test_a_label_that_is_part_of_one_participants_name_is_that_participant() -> None:
    known = Known(persons=(("Nesrin K.",), ("Nesrin Kocabaş",), ("Maud", "MK")))
    assert shown("<Nesrin>, <Kocabaş>, <MK>.", known=known) == [
        "[Person 1], [Person 1], [Person 2]."
    ]


def doubts(book: Book) -> dict[tuple[str, str], tuple[int, ...]]:
    return doubtful({**book.labels, **book.meant})


def test_what_is_doubtful() -> None:
    book = assigned("<Kevin Lund>, <Kevin Holt>, <Kevin>, <Lund>, <Mr Holt>.")
    assert doubts(book) == {("kevin", "Person 3"): (1, 2)}
    # "Lund" was Kevin when nobody else had that name: now it could be Sarah
    later = assigned(
        "<Kevin Lund>, <Lund>.", "<Sarah Lund>.", book=assigned("<Kevin Lund>, <Lund>.")
    )
    assert later.labels["lund"] == "Person 1"
    assert doubts(later) == {("lund", "Person 1"): (2,)}


def test_a_short_name_from_earlier_gives_the_whole_one_its_number() -> None:
    first = assigned("<Zehra>. <Anneke>.")
    later = assigned("<Zehra>. <Anneke>.", "<Anneke Jansen>, <Jansen>.", book=first)
    assert later.labels["anneke jansen"] == later.labels["jansen"] == first.labels["anneke"]
    # two of that name later: then it is nobody's
    later = assigned("<Kevin Lund>, <Kevin Holt>.", book=assigned("<Kevin>."))
    assert len(set(later.labels.values())) == 3
    assert doubts(later)["kevin", "Person 1"] == (2, 3)


NAMES = st.sampled_from(
    "Anneke|Jansen|Anneke Jansen|Dr Anneke Jansen|mevrouw Jansen|A. Jansen|K. Jansen|Kevin|"
    "Kevin Jansen|Keld|Kelds|Mr Lund|Mrs Lund|Lund|Kevin Lund|Xalwan|Xalwans|J-A-N-S-E-N|Van Loon|"
    "place:Boston|?name:Boston|id:A-12|?Hope|Hope Lund|van der|organisation:Lund College".split("|")
)
STUDY = st.lists(
    st.lists(NAMES, max_size=6).map(lambda names: " x ".join(f"<{name}>" for name in names)),
    max_size=4,
)
KNOWN = st.lists(
    st.sampled_from([("Anneke Jansen", "Anneke"), ("Kevin Lund",), ("R",), ("Lund",), ("Anneke",)]),
    max_size=3,
).map(lambda persons: Known(persons=tuple(persons)))


@settings(deadline=None)
@given(STUDY, STUDY, KNOWN)
def test_numbers_never_change_and_nothing_is_left_without(
    first: list[str], more: list[str], known: Known
) -> None:
    before = assigned(*first, known=known)
    after = assigned(*first, *more, known=known, book=before)
    assert before.labels.items() <= after.labels.items()
    assert before.meant.items() <= after.meant.items()
    assert assigned(*first, *more, known=known, book=after) == after
    plain, spans = read(dict(zip("abcdefgh", [*first, *more], strict=False)))
    for name, found in spans.items():
        for span in found:
            assert after.label(plain[name][span.start : span.end])
    for label in after.labels.values():
        word, number = label.split()
        assert word.lower() in KINDS and int(number) > 0
    # numbers have no gaps
    given_out = {*after.labels.values(), *after.meant.values()}
    for word in {label.split()[0] for label in given_out}:
        numbers = {int(n.split()[1]) for n in given_out if n.startswith(word)}
        assert numbers == set(range(1, len(numbers) + 1))


@settings(deadline=None)
@given(STUDY)
def test_persons_are_never_joined_against_a_title_or_an_initial(texts: list[str]) -> None:
    labels = assigned(*texts).labels
    for a, b in [("mr lund", "mrs lund"), ("a. jansen", "k. jansen"), ("kevin lund", "mrs lund"),
                 ("kevin jansen", "anneke jansen"), ("anneke jansen", "k. jansen")]:  # fmt: skip
        if a in labels and b in labels:
            assert labels[a] != labels[b]


VERDICTS = st.builds(
    Verdict, word=st.sampled_from(["replace", "keep", "rename", "join"]), text=st.text(max_size=8)
)


@given(
    st.builds(
        Book,
        labels=st.dictionaries(st.text(max_size=8), st.sampled_from(["Person 1", "Place 2"])),
        verdicts=st.dictionaries(st.text(max_size=8), VERDICTS),
        added=st.lists(st.tuples(st.sampled_from(KINDS), st.text(max_size=8))).map(tuple),
        revision=st.integers(0, 9),
    )
)
def test_a_book_reads_back_equal(book: Book) -> None:
    assert Book.from_json(book.to_json()) == book


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"labels": {}, "verdicts": {"jansen": {"said": 1}}}']
)
def test_what_is_no_book_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(PipelineError) as caught:
        Book.from_json(text)
    assert "jansen" not in str(caught.value)


def test_joins_are_followed_when_all_of_a_person_was_joined() -> None:
    book = assigned("<Anneke>, <Kevin>, <Sarah>.")
    said = {
        "anneke": Verdict(word="join", text="Person 2"),
        "kevin": Verdict(word="join", text="Person 3"),
    }
    joined = Book(labels=book.labels, verdicts=said)
    assert joined.label("Anneke") == joined.label("Kevin") == "Person 3"
    circle = Book(
        labels=book.labels, verdicts={**said, "sarah": Verdict(word="join", text="Person 1")}
    )
    assert circle.label("Anneke")  # the list refuses it; it must not hang


def test_a_large_study_is_quick() -> None:
    names = [f"{a}{b}a" for a in "bcdfghjklmnprstvwz" for b in ("al", "om", "iv", "ur", "et")]
    texts = [
        " ".join(f"<{one.capitalize()} {other.capitalize()}ski> <{one.capitalize()}>"
                 for one in names for other in names[at : at + 12])
        for at in range(0, 60, 2)
    ]  # fmt: skip
    plain, spans = read({str(at): text for at, text in enumerate(texts)})
    start = time.process_time()
    book = assign(Book(), plain, spans, NOBODY)
    assert len(book.labels) > 4_000
    assert time.process_time() - start < 10  # under a second on a quiet machine
