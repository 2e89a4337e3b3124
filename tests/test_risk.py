"""What still gives people away: misses, small groups, attacks by words, and how it is told."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from pipeline.config import load_object
from pipeline.records import KINDS
from pipeline.risk import CALLED, FINDERS, MASK, Words, groups, linkage, page
from pipeline.risk.findings import ATTACKS, FindCount, Noted, Risk, TranscriptRisk
from pipeline.risk.linkage import Found, attack, count, more_than_chance, split, within
from pipeline.risk.misses import _one_apart, find_misses, masked
from pipeline.risk.spoken_numbers import pieces, said
from pipeline.risk.words import of_study, of_transcript

PLAIN = frozenset(
    "i we she he my his her name is was and the then a to at in on of called told me about it you "
    "rang number please grant mark work worked with office monday english hij ze naam mijn ik heet "
    "jeg hedder mit navn er på house went said that or left here there not hello yes no "
    "zero one two three four five six seven eight nine oh double nul drie tre fire".split()
)
WORDS = Words(
    is_plain=lambda word: word in PLAIN,
    is_heard=lambda word: word in PLAIN or word == "pallet",
    is_name=lambda word: word in {"grant", "mark", "sanne", "delft"},
    names=frozenset({"jansen", "ballet"}),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She told me about Xalwan and the office.", [("capital", "Xalwan")]),
        ("She told Xalwan's office. We went.", [("capital", "Xalwan")]),
        ("Xalwan told me. We worked.", [("capital", "Xalwan")]),
        ("Told me xalwan. Xalwan told me. I WENT", []),  # the text has it in small letters too
        ("We went on Monday. That's English.", []),
        ("WE TOLD XALWAN TO WORK", []),  # capitals say nothing here
        ("I rang 0612345678 please.", [("number", "0612345678")]),
        ("I rang 06 12-34 56 78, please.", [("number", "06 12-34 56 78")]),
        ("It was 10,000 and 1.250.000 in 2015-2018 or 2015 and 1234.", []),
        ("Please oh six, one two double four", [("number", "oh six, one two double four")]),
        ("Please one two three or four.", []),
        ("my name is grant and I work", [("cue", "grant")]),
        ("my name is not on it", []),
        ("We worked and mijn naam is uh, sanne", [("cue", "sanne")]),
        ("We worked. Jeg hedder xalwan", [("cue", "xalwan")]),
        ("The office called grant and me.", []),
        ("The office called xalwan and me.", [("cue", "xalwan")]),
        ("We told janssen about it.", [("near", "janssen")]),
        ("We told me about a pallet.", []),  # a rare word, and somebody typed capitals
        ("we told janssen about a pallet", [("near", "janssen"), ("near", "pallet")]),
        ("we went to delft with xalwan and grant", [("small", "delft"), ("small", "xalwan")]),
        ("we worked in de kerkstraat, please", [("street", "kerkstraat")]),
        ("We worked. jeg bor på nørregade", [("street", "nørregade")]),
        ("We worked on church street with me.", [("street", "church street")]),
        ("We worked in de hoofdstraat, on the street, op weg, på vej, on the other road.", []),
        (f"We told {MASK * 6} and {MASK * 4}.", []),
    ],
)  # fmt: skip
def test_what_looks_missed(text: str, expected: list[tuple[str, str]]) -> None:
    found = find_misses(text, WORDS)
    assert [(one.what, text[one.start : one.end]) for one in found] == expected


@pytest.mark.parametrize("name", FINDERS)
def test_every_finder_keeps_the_contract(name: str) -> None:
    finder = load_object(FINDERS[name])
    assert finder("", WORDS) == []
    text = "We told Xalwan: my name is grant, I rang 0612345678, not janssen. we told delft"
    for sample in (text, text.lower()):
        for miss in finder(sample, WORDS):
            assert 0 <= miss.start < miss.end <= len(sample)
            assert miss.what == name
    assert len(CALLED[name]) == 2


RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


@settings(max_examples=80)
@given(st.text(alphabet="aXn 1234.’'\n", max_size=40), RANGES)
def test_a_mask_covers_its_ranges_and_nothing_masked_is_missed(
    text: str, ranges: list[tuple[int, int]]
) -> None:
    ranges = [(a, b) for a, b in ranges if a < b <= len(text)]
    covered = {at for start, end in ranges for at in range(start, end)}
    left = masked(text, ranges)
    assert len(left) == len(text)
    assert all((left[i] == MASK) if i in covered else left[i] == text[i] for i in range(len(text)))
    for miss in find_misses(left, WORDS):
        assert covered.isdisjoint(range(miss.start, miss.end))


def distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, old = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(row[-1] + 1, old[j] + 1, old[j - 1] + (x != y)))
    return row[-1]


@given(st.text(alphabet="ab", max_size=6), st.text(alphabet="ab", max_size=6))
def test_one_letter_apart_is_an_edit_distance_of_one(a: str, b: str) -> None:
    assert _one_apart(a, b) == (distance(a, b) <= 1)


ROWS = [
    ("P01", {"role": "teacher", "city": "A", "wave": "1"}),
    ("P01", {"role": "teacher", "city": "A", "wave": "2"}),
    ("P02", {"role": "teacher", "city": "A", "wave": "1"}),
    ("P03", {"role": "teacher", "city": "B", "wave": "1"}),
    ("P04", {"role": "clerk", "city": "B", "wave": "1"}),
    ("P05", {"role": "clerk", "city": "B", "wave": "1"}),
]


def test_groups_count_participants_and_not_interviews() -> None:
    found = groups.cells(ROWS, ("role", "city"))
    assert [(cell.values, cell.participants) for cell in found] == [
        (("teacher", "B"), ("P03",)),
        (("clerk", "B"), ("P04", "P05")),
        (("teacher", "A"), ("P01", "P02")),
    ]
    assert groups.cells(ROWS, ("role", "wave"))[0].participants == ("P01",)


def test_the_largest_choices_of_columns_that_leave_no_small_group() -> None:
    found = groups.choices(ROWS, ("role", "city", "wave"), 2)
    assert [(one.columns, one.smallest) for one in found] == [(("role",), 2), (("city",), 2)]
    assert groups.choices(ROWS, ("wave",), 2) == []
    assert groups.choices(ROWS, (), 2) == []


VALUES = st.sampled_from("xy")
TABLE = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=12)


@settings(max_examples=60)
@given(TABLE, st.integers(1, 4))
def test_choices_are_enough_and_cannot_be_larger(
    table: list[tuple[str, str, str]], least: int
) -> None:
    rows = [(f"P{i}", dict(zip("abc", row, strict=True))) for i, row in enumerate(table)]
    found = groups.choices(rows, "abc", least)
    subsets = [c for n in (1, 2, 3) for c in itertools.combinations("abc", n)]
    enough = {c for c in subsets if groups.cells(rows, c)[0].k >= least}
    largest = {c for c in enough if not any(set(c) < set(other) for other in enough)}
    assert {one.columns for one in found} == largest
    for columns in subsets:
        cells = groups.cells(rows, columns)
        assert sum(cell.k for cell in cells) == len(rows)
        assert [cell.k for cell in cells] == sorted(cell.k for cell in cells)


@pytest.mark.parametrize(
    ("number", "language", "expected"),
    [
        (0, "en", "zero"), (13, "en", "thirteen"), (22, "en", "twenty two"), (30, "en", "thirty"),
        (22, "nl", "tweeëntwintig"), (31, "nl", "eenendertig"), (18, "nl", "achttien"),
        (21, "da", "enogtyve"), (57, "da", "syvoghalvtreds"), (60, "da", "tres"),
        (100, "en", ""), (5, "fr", ""),
    ],
)  # fmt: skip
def test_numbers_as_they_are_said(number: int, language: str, expected: str) -> None:
    assert said(number, language) == expected


def test_a_cell_as_it_may_stand_in_a_text() -> None:
    assert pieces("years", "22", ("en", "nl")) == [
        "22 years", "twenty two years", "tweeëntwintig years",
    ]  # fmt: skip
    assert pieces("born", "1962", ("en",)) == ["1962 born"]
    assert pieces("role", "team lead", ("en",)) == ["team lead"]
    assert pieces("role", "", ("en",)) == []


@settings(max_examples=80)
@given(st.data())
def test_ties_are_broken_by_lot(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 5))
    scores = np.array(data.draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=n, max_size=n)))
    right = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n).filter(any)))
    first = data.draw(st.integers(1, 6))
    wins = []
    for order in itertools.permutations(range(n)):  # each order of equal scores is as likely
        ranked = sorted(range(n), key=lambda i: (-scores[i], order[i]))
        wins.append(any(right[i] for i in ranked[:first]))
    assert within(scores, right, first) == pytest.approx(np.mean(wins))


TEXTS = [
    ["I have been a baker for twenty two years and the oven is hot"],
    ["I teach and I have nine years of it, the school is cold"],
    ["the boats and the water and the wind are all I know"],
]


def owned(*facts: Sequence[list[str]]) -> tuple[list[list[str]], list[int]]:
    return [one for own in facts for one in own], [i for i, own in enumerate(facts) for _ in own]


def test_who_is_found_by_facts_and_by_what() -> None:
    facts, owner = owned([["school"], ["9 years", "nine years"]], [["oven"], ["x"]], [["lamp"]])
    texts, cells = count(TEXTS, facts)
    found = attack(texts, cells, [frozenset({1}), frozenset({0}), frozenset({2})], owner=owner)
    assert [one.first for one in found if one] == [1, 1, pytest.approx(1 / 3)]
    assert [one.guess for one in found if one] == [pytest.approx(1 / 3)] * 3
    assert found[0] is not None and found[0].terms == ("oven",)
    assert found[1] is not None and set(found[1].terms) == {"school", "nine years"}


def test_what_may_not_be_shown_is_counted_instead() -> None:
    facts, owner = owned([["oven"]], [["school"]])
    texts, cells = count(TEXTS[:2], facts)
    right = [frozenset({0}), frozenset({1})]
    (first, _) = attack(texts, cells, right, owner=owner, hide=lambda term: term == "oven")
    assert first is not None and first.terms == () and first.n_hidden == 1


def test_only_those_who_come_into_question_are_candidates() -> None:
    facts, owner = owned([["lamp"]], [["oven"]], [["desk"]])
    texts, cells = count(TEXTS[:1], facts)
    (one,) = attack(texts, cells, [frozenset({0})], owner=owner, among=[[0, 2]])
    assert one is not None and one.n_candidates == 2
    assert one.first == pytest.approx(0.5) and one.guess == pytest.approx(0.5)
    assert attack(texts, cells, [frozenset()], owner=owner) == [None]


def test_the_same_hand_is_found_again_and_a_text_is_not_its_own_neighbour() -> None:
    texts = [
        ["well um the oven the oven"],
        ["boats and wind"],
        ["well um my oven"],
        ["wind and sea"],
    ]
    (counts,) = count(texts)
    other = [frozenset({2}), frozenset({3}), frozenset({0}), frozenset({1})]
    among = [[j for j in range(4) if j != i] for i in range(4)]
    found = attack(counts, counts, other, among=among)
    assert [one.first for one in found if one] == [1, 1, 1, 1]
    assert all(one.n_candidates == 3 for one in found if one)


def test_texts_without_words_find_nobody() -> None:
    texts, cells = count([[], []], [["x"], ["y"]])
    found = attack(texts, cells, [frozenset({0}), frozenset({1})], owner=[0, 1])
    assert [one.first for one in found if one] == [pytest.approx(0.5)] * 2
    empty, none = count([[]], [[]])
    assert attack(empty, none, [frozenset({0})], owner=[0])[0] is not None


def test_pairs_of_words_do_not_reach_over_a_mask_or_a_line() -> None:
    assert split(f"one two{MASK * 3} three\nfour") == ["one two", " three", "four"]
    (counts,) = count([split(f"one two{MASK * 3} three\nfour five")])
    stand = counts.terms[counts.matrix.toarray()[0] > 0]
    assert set(stand) == {"one", "two", "one two", "three", "four", "five", "four five"}


def found(first: float, guess: float, n: int = 4, terms: tuple[str, ...] = ()) -> Found:
    return Found(
        first=first, among=1.0, guess=guess, guess_among=1.0, n_candidates=n, terms=terms,
        n_hidden=0,
    )  # fmt: skip


@pytest.mark.parametrize(("n", "hits"), [(12, 0), (12, 3), (12, 12), (5, 2)])
def test_luck_is_an_exact_tail(n: int, hits: int) -> None:
    played = [found(float(i < hits), 0.25) for i in range(n)]
    assert more_than_chance(played) == pytest.approx(binom.sf(hits - 1, n, 0.25))
    assert math.isclose(more_than_chance([]), 1.0)


def sample(**changes: object) -> Risk:
    quiet = TranscriptRisk(
        transcript_id="T002", participants=("P02",), n_words=100,
        finds=dict.fromkeys(KINDS, FindCount(auto=3)), standing=0, misses={}, quasi={},
        values=("clerk",), sharing=3, before={}, own_words=(),
        after={"facts": found(0.25, 0.25), "published": found(1 / 3, 1 / 3, 3)},
    )  # fmt: skip
    loud = replace(
        quiet, transcript_id="T003", participants=("P03",), values=("<b>&",), sharing=1,
        misses={"capital": Noted(n=2, places=("T003:1-9", "T003 turn 4"))},
        quasi={"job": Noted(n=1, places=("T003:1-9",))}, standing=1,
        after={"facts": found(1.0, 0.25, terms=("nine years",)), "published": found(1, 1, 1)},
        own_words=("oven",),
        finds=dict.fromkeys(KINDS, FindCount()) | {"person": FindCount(review=2, unchecked=2)},
    )  # fmt: skip
    cells = groups.cells(
        [("P01", {"role": "clerk"}), ("P02", {"role": "clerk"}), ("P04", {"role": "clerk"}),
         ("P03", {"role": "<b>&"})], ("role",)
    )  # fmt: skip
    made = Risk(
        study="s", policy="strict", checked=True, n_participants=4,
        columns=("role",), smallest_cell=3, cells=tuple(cells), choices=(),
        transcripts=(quiet, loud),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_worst_comes_first_and_is_told_in_words() -> None:
    risk = sample()
    loud, quiet = risk.worst_first
    assert (loud.transcript_id, quiet.transcript_id) == ("T003", "T002")
    assert of_transcript(loud, risk) == [
        "Alone in role: <b>&.",
        "Its words lead to the right one of 4 in the participants table: 'nine years'.",
        "Likely missed: 2 capitalised words, not ordinary ones (T003:1-9, T003 turn 4).",
        "Found and left as they are: 1 place.",
        "Waiting for a person to look at: 2 finds.",
        "Quasi-identifiers: 1 rare job (T003:1-9).",
        "Nobody else speaks of: oven.",
    ]
    assert of_transcript(quiet, risk) == [
        "Nothing of what is looked for here was found. That is no proof."
    ]
    told = " ".join(of_study(risk))
    assert "1 of 4 participants stand alone in role; 1 are in a group of fewer than 3" in told
    assert "finds the right person for 1.2 of 2 (guessing: 0.5" in told
    assert "no more than luck" in told


def test_where_nothing_looks_missed_it_says_whose_word_that_is() -> None:
    quiet = sample().worst_first[1]
    told = " ".join(of_study(sample(transcripts=(quiet,))))
    assert "Nothing that the rules know of looks as if it was missed" in told


def test_without_a_table_or_published_columns_that_is_said() -> None:
    assert "no participants table" in " ".join(of_study(sample(n_participants=0, cells=())))
    assert "No columns are published" in " ".join(of_study(sample(columns=(), cells=())))


def test_the_page_loads_nothing_runs_nothing_and_escapes_values() -> None:
    document = page.document(sample())
    assert json.loads(json.dumps(document)) == document
    html = page.render(document)
    assert "<b>&" not in html and "&lt;b&gt;&amp;" in html
    assert "<script" not in html and "http" not in html.replace("http-equiv", "")
    assert html.index("T003") < html.index("T002")
    assert page.render(document) == html


def test_lines_fit_a_screen_of_100_columns() -> None:
    long = replace(sample().transcripts[1], own_words=tuple(f"wordnumber{i}" for i in range(30)))
    printed = list(page.lines(page.document(sample(transcripts=(long,)))))
    assert max(map(len, printed)) <= 100
    assert any("T003" in line for line in printed)
    assert [one["attack"] for one in page.document(sample())["linkage"]] == [
        name for name in ATTACKS if name in ("facts", "published")
    ]
    assert linkage.AMONG == 5
