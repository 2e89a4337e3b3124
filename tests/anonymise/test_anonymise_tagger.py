"""The tagger that ships, how it is trained, how it and a team's own pipeline vote."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.anonymise import Context, Known, pieces, train_tagger
from pipeline.anonymise.book import Book, is_genitive
from pipeline.anonymise.find import find, propagate
from pipeline.anonymise.outside import entities
from pipeline.anonymise.replace import redact_texts
from pipeline.anonymise.tagger import (
    CASES,
    FEATURES,
    TAGS,
    WEIGHTS,
    Vote,
    load_tagger,
    shipped_tagger,
)
from pipeline.anonymise.tokens import read
from pipeline.anonymise.vote import vote
from pipeline.errors import PipelineError
from pipeline.records import KINDS, Span

ROOT = Path(__file__).parents[2]
TEXT = (
    "I met Anneke Jansen in Boston. She works at the Linden Foundation with Mark Holt.\n"
    "Then Jansen said that the Foundation had moved to Chicago, and Holt laughed about it."
)


def found(text: str, language: str = "en", known: Known | None = None) -> set[tuple[str, str]]:
    """Each find as (string, tier), carried over the text."""
    context = Context(language=language, known=known or Known())
    spans = propagate({"t": text}, {"t": find(text, context)}, context)["t"]
    return {(text[span.start : span.end], span.tier) for span in spans}


def test_what_ships_is_whole_and_described() -> None:
    folder = ROOT / "models" / "names"
    assert {path.name for path in folder.iterdir()} == {WEIGHTS, FEATURES, "CARD.md"}
    card = (folder / "CARD.md").read_text("utf-8")
    assert all(word in card for word in ("CC BY 4.0", "train_tagger", "Limits", "Scores"))
    assert "@" not in card
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"]["models"] == "pipeline/shipped/models"


def test_votes_are_probabilities_and_no_tag_stands_where_bio_forbids_it() -> None:
    for text in (TEXT, TEXT.lower(), TEXT.upper()):
        votes = shipped_tagger().votes(text, "en")
        assert votes
        assert all(0 <= one.name <= 1 for one in votes.values())
        for i, one in votes.items():
            before = votes[i - 1].tag if i - 1 in votes else "O"
            assert one.tag in TAGS
            assert one.tag[0] != "I" or before[2:] == one.tag[2:]
        assert shipped_tagger().votes(text, "en") == votes


def test_persons_and_places_are_told_apart() -> None:
    votes = shipped_tagger().votes(TEXT, "en")
    kinds = {read(TEXT).tokens[i].text: one.kind for i, one in votes.items() if one.name > 0.5}
    assert kinds["Anneke"] == kinds["Jansen"] == "person"
    assert kinds["Boston"] == kinds["Chicago"] == "place"


def test_a_frequent_name_that_no_list_has_is_looked_at_in_lower_case() -> None:
    """Frequent strings that no list of names has; frequent words that are none."""
    text = "so i read about obama and then the people there said that it was fine for everybody"
    votes = shipped_tagger().votes(text, "en")
    words = {token.text for i, token in enumerate(read(text).tokens) if i in votes}
    assert "obama" in words
    assert {"people", "fine", "everybody"}.isdisjoint(words)


def test_words_are_cut_as_the_published_tokenizer_cuts_them() -> None:
    from tokenizers import Tokenizer

    folder = Path(pieces.installed().table.filename).parent  # type: ignore[attr-defined]
    theirs = Tokenizer.from_file(str(folder / "tokenizer.json"))
    theirs.no_padding()
    for word in ("anneke", "o'brien", "søren", "j-lo", "zoë", "kowalczyk", "the", "\u4eac"):
        _, n = pieces.installed().means([word])
        ids = theirs.encode(word, add_special_tokens=False).ids
        assert pieces.cut(word) == tuple(ids)
        assert n.tolist() == [len(ids)]


def test_other_vectors_than_those_learnt_with_are_a_clear_error() -> None:
    space = shipped_tagger().space
    with pytest.raises(PipelineError, match="not those of the published"):
        space._replace(fingerprint=space.fingerprint[::-1]).check()


NAMES = ("Anneke", "Jansen", "Holt", "Tesfay", "Lund", "Pernille", "Quirine", "Oswald")
TOWNS = ("Boston", "Utrecht", "Chicago", "Vejle")


def rows() -> list[dict[str, Any]]:
    """A dozen invented texts with every name marked."""
    made = []
    for n in range(12):
        name, town = NAMES[n % len(NAMES)], TOWNS[n % len(TOWNS)]
        text = f"We asked {name} Berg about it.\nThe office in {town} was closed. Anything went."
        spans = [
            {"start": text.index(word), "end": text.index(word) + len(word), "kind": kind}
            for word, kind in ((f"{name} Berg", "PERSON"), (town, "LOC"))
        ]
        made.append({"id": f"GUM_news_{n}", "split": "train", "text": text, "spans": spans})
    return made


def test_training_writes_the_same_bytes_each_time_and_learns(tmp_path: Path) -> None:
    data = tmp_path / "identifiers"
    data.mkdir()
    left_out = {**rows()[0], "id": "GUM_interview_x"}
    lines = [json.dumps(row) for row in (*rows(), left_out, {**rows()[0], "split": "test"})]
    (data / "gum-ccby.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert len(train_tagger.rows_of(tmp_path)) == len(rows())
    for name in ("one", "two"):
        train_tagger.main([str(tmp_path), "-o", str(tmp_path / name)])
    for file in (WEIGHTS, FEATURES):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    tagger = load_tagger(tmp_path / "one")
    text = "We asked Xenobia Berg about it.\nThe office in Delft was closed."
    votes = tagger.votes(text, "en")
    said = {read(text).tokens[i].text: one for i, one in votes.items()}
    assert said["Xenobia"].kind == "person"
    assert said["Xenobia"].name > 0.5 > said["We"].name


def test_names_are_swapped_alike_all_over_a_text() -> None:
    import random

    row = rows()[0]
    text = row["text"] + "\n" + row["text"]
    again = [
        {**s, "start": s["start"] + len(row["text"]) + 1, "end": s["end"] + len(row["text"]) + 1}
        for s in row["spans"]
    ]
    other = train_tagger.swapped(
        {**row, "text": text, "spans": row["spans"] + again}, random.Random(1)
    )
    strings = [other["text"][s["start"] : s["end"]] for s in other["spans"]]
    assert strings[:2] == strings[2:]
    assert strings[0] != "Anneke Berg"
    assert strings[1] == "Boston"


@pytest.mark.parametrize("broken", ["no folder", "no weights", "not numbers", "another size"])
def test_weights_that_cannot_be_read_are_a_clear_error(broken: str, tmp_path: Path) -> None:
    folder = ROOT / "models" / "names"
    if broken != "no folder":
        (tmp_path / FEATURES).write_bytes((folder / FEATURES).read_bytes())
    if broken == "not numbers":
        (tmp_path / WEIGHTS).write_bytes(b"secret words")
    if broken == "another size":
        (tmp_path / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes())
        features = {case: ["s=g"] for case in CASES}
        (tmp_path / FEATURES).write_text(json.dumps(features), encoding="utf-8")
    with pytest.raises(PipelineError, match="cannot be read") as error:
        load_tagger(tmp_path / "x" if broken == "no folder" else tmp_path)
    assert "secret" not in str(error.value)


SPANS = st.lists(
    st.tuples(
        st.integers(0, len(TEXT) - 2),
        st.integers(1, 20),
        st.sampled_from(KINDS),
        st.sampled_from(["auto", "review"]),
        st.sampled_from(["known", "names", "rare", "organisations", "capitals", "ids"]),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=60)
@given(SPANS, st.sampled_from(["cased", "lower", "upper"]), st.floats(0, 1))
def test_a_vote_keeps_what_is_known_and_makes_no_overlaps(
    drawn: list[Any], case: str, name: float
) -> None:
    text = {"cased": TEXT, "lower": TEXT.lower(), "upper": TEXT.upper()}[case]
    spans: list[Span] = []
    for start, n, kind, tier, recogniser in sorted(drawn):
        end = min(len(text), start + n)
        if not spans or spans[-1].end <= start:
            spans.append(Span(start=start, end=end, kind=kind, tier=tier, recogniser=recogniser))
    reading = read(text)
    votes = {i: Vote(name, "person", "O") for i in range(0, len(reading.tokens), 2)}
    after = vote(spans, reading, votes, "en")
    assert all(a.end <= b.start for a, b in zip(after, after[1:], strict=False))
    covered = {k for one in after for k in range(one.start, one.end)}
    for one in spans:
        if one.kind in ("date", "id", "contact") or (one.recogniser == "known"):
            assert covered.issuperset(range(one.start, one.end))


@pytest.mark.parametrize(
    ("language", "text", "never"),
    [
        ("en", "E-mail is how we work. She sent it by E-mail, I think.", ["E-mail"]),
        ("en", "Well, He said so, and We checked the IDs of all.", ["Well", "He", "We", "IDs"]),
        ("en", "It was twenty-six or so. Will you come? Mark my words.", ["Will", "Mark"]),
        ("en", "And then it ended. When was that? It was NOT good.", ["And", "When", "NOT"]),
        ("da", "Ham så jeg i går. Jo, det er rigtigt. Jeg sagde Jo til det.", ["Ham", "Jo"]),
    ],
)
def test_what_is_nobody(language: str, text: str, never: list[str]) -> None:
    assert {string for string, _ in found(text, language)}.isdisjoint(never)


@pytest.mark.parametrize(
    ("language", "text", "string"),
    [
        ("en", "So it's St. Blaise and Our Lady of the Breakwater, both of them.",
         "Our Lady of the Breakwater"),
        ("da", "Hun gik på Den Sociale Højskole i to år.", "Den Sociale Højskole"),
        ("en", "It was case number 4471-G, they said.", "4471-G"),
        ("en", "There is Darnell Fields. We asked Darnell about it.", "Darnell Fields"),
    ],
)  # fmt: skip
def test_what_is_found_whole(language: str, text: str, string: str) -> None:
    assert (string, "auto") in found(text, language)


def test_a_word_is_not_carried_over_from_a_name() -> None:
    text = "We call Mrs. Binder. The binder is in the pantry. Kevin Pantry said so."
    strings = {string for string, _ in found(text)}
    assert "Mrs. Binder" in strings
    assert strings.isdisjoint({"binder", "pantry"})


@pytest.mark.parametrize("word", ["grant", "may", "mark", "rose", "will", "hope"])
def test_in_lower_case_a_name_that_is_a_word_is_never_sure(word: str) -> None:
    text = f"so i asked {word} about it and {word} said no, and we went home after that"
    assert (word, "auto") not in found(text)


@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_text_without_capitals_and_in_capitals(case: Any) -> None:
    text = case("so i spoke with anneke jansen in rotterdam and judge kowalczyk agreed with her")
    auto = {string for string, tier in found(text) if tier == "auto"}
    assert {case("anneke jansen"), case("rotterdam")} <= auto
    assert any(case("kowalczyk") in string for string in auto)


def test_in_lower_case_the_roster_carries_it() -> None:
    text = "and then quxley told me that zorvath had left, and i said fine to all of it"
    known = Known(persons=(("Bram Quxley",), ("Zorvath",)))
    assert {("quxley", "auto"), ("zorvath", "auto")} <= found(text, known=known)


def test_the_genitive_s_is_a_matter_of_language() -> None:
    text = "Then Ria Pols came. Ria Pols said no."
    kinds = ("person",)
    for language, expected in (("en", "[Person 1] came"), ("nl", "[Person 1]s came")):
        redacted = redact_texts(
            {"t": text}, Context(language=language), policy="strict", style="bracket", kinds=kinds
        )  # fmt: skip
        assert expected in redacted["t"].redacted
    book = Book(labels={"keld": "Person 1"})
    assert is_genitive(book, "Kelds", "da")
    assert not is_genitive(book, "Kelds", "en")


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A spaCy pipeline of the team's own, as a folder."""
    import spacy

    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "PERSON", "pattern": "brelling"},
            {"label": "ORG", "pattern": "Grey Tin"},
            {"label": "DATE", "pattern": "teatime"},
        ]
    )
    folder = tmp_path_factory.mktemp("own") / "pipeline"
    nlp.to_disk(folder)
    return str(folder)


def test_a_pipeline_of_the_teams_own_votes_too(pipeline: str) -> None:
    text = "I asked brelling at teatime, over at Grey Tin, about the rest of it."
    own = entities(text, pipeline)
    assert {read(text).tokens[i].text: kind for i, kind in own.items()} == {
        "brelling": "person",
        "Grey": "organisation",
        "Tin": "organisation",
    }
    with_it = find(text, Context(tagger=pipeline))
    assert {"brelling", "Grey Tin"} <= {text[s.start : s.end] for s in with_it if s.tier == "auto"}
    assert "brelling" not in {text[s.start : s.end] for s in find(text, Context())}


def test_a_long_text_goes_to_the_pipeline_in_pieces(pipeline: str) -> None:
    text = "word " * 9000 + "\nbrelling " + "word " * 9000 + "brelling"
    assert [read(text).tokens[i].text for i in entities(text, pipeline)] == ["brelling"] * 2


def test_a_pipeline_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    import spacy

    spacy.blank("en").to_disk(tmp_path / "empty")
    for name, wrong in (
        ("xx_not_installed", "cannot be loaded"),
        (str(tmp_path / "empty"), "no entities"),
    ):
        with pytest.raises(PipelineError, match=wrong):
            entities("Anna", name)
