"""Where a decision stands after its file was edited: the same words, in the same order."""

from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Anchor, Decision
from pipeline.steps import material

NOW = {"old": ("T001", "new"), "new": ("T001", "new")}
STARTS = st.lists(st.integers(0, 500), unique=True, max_size=8).map(sorted)


def anchor(start: int, words: str, text: str = "old") -> Anchor:
    return Anchor(
        transcript_hash=text, canonical=1, source_start=start, source_end=start + 3, text_hash=words
    )


def segment(start: int, words: str) -> SimpleNamespace:
    return SimpleNamespace(
        transcript_id="T001", source_start=start, source_end=start + 3, text_hash=words
    )


def settled(monkeypatch: pytest.MonkeyPatch, tmp_path, anchors, segments):  # noqa: ANN001, ANN201
    frame = pd.DataFrame([{"transcript_id": "T001", "transcript_hash": "new", "earlier": "old"}])
    monkeypatch.setattr(material, "read_texts", lambda study: frame)
    study = SimpleNamespace(decisions=tmp_path / "none.sqlite")
    return material.settle(study, anchors, segments)


@given(STARTS, STARTS)
def test_pairs_keep_the_order_and_none_is_left_that_could_have_one(
    old: list[int], new: list[int]
) -> None:
    pairs = material.in_order(old, new)
    assert len(pairs) == min(len(old), len(new))
    for one in (0, 1):
        side = [pair[one] for pair in pairs]
        assert side == sorted(set(side))
    if len(old) == len(new):
        assert pairs == [(at, at) for at in range(len(old))]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12), st.data())
def test_what_is_known_of_a_text_follows_its_words_when_something_is_put_before_it(
    words: list[str], data: st.DataObject
) -> None:
    """One word that stands once is known: then each of its likes is found, however few are."""
    at, push = data.draw(st.integers(0, len(words))), data.draw(st.integers(1, 300))
    listed = [*words[:at], "once", *words[at:]]
    known = data.draw(st.sets(st.integers(0, len(listed) - 1))) | {at}
    old = [anchor(10 * place, listed[place]) for place in sorted(known)]
    new = [segment(10 * place + push, word) for place, word in enumerate(listed)]
    moved = material._moves(old, new, NOW)
    for one in old:
        found = moved["old", one.text_hash, one.source_start]
        assert found.source_start == one.source_start + push


def test_equal_words_are_not_one_and_the_surplus_is_astray(monkeypatch, tmp_path) -> None:  # noqa: ANN001
    old = [anchor(0, "yes"), anchor(50, "yes"), anchor(90, "yes"), anchor(20, "gone")]
    new = [segment(54, "yes"), segment(3, "yes"), segment(94, "yes")]
    places = settled(monkeypatch, tmp_path, old, new)
    assert [p and p.source_start for p in places] == [3, 54, 94, None]
    assert {p.transcript_hash for p in places if p} == {"new"}
    places = settled(monkeypatch, tmp_path, old[:3], new[:2])
    assert [p and p.source_start for p in places] == [3, 54, None]


def test_what_stands_on_the_text_of_today_stays_and_an_unknown_text_is_nowhere(
    monkeypatch,  # noqa: ANN001
    tmp_path,  # noqa: ANN001
) -> None:
    here, lost = anchor(7, "x", "new"), anchor(7, "x", "another")
    assert settled(monkeypatch, tmp_path, [here, lost], []) == [here, None]


@pytest.mark.parametrize(
    ("listed", "how", "verdicts", "drawn"),
    [
        ("audit", "rejected", ["absent"], True),
        ("anchor", "accepted", ["present"], True),
        ("train", "imported", ["present", "absent"], True),
        ("train", "imported", ["present"], False),  # found, and who knows how much was read
        ("query", "rejected", ["absent"], False),
        ("sweep", "accepted", ["present"], False),
    ],
)
def test_rows_drawn_by_chance(listed, how, verdicts, drawn) -> None:  # noqa: ANN001
    decisions = [
        Decision(
            row_id="r", anchor=anchor(at * 3, "w"), code="c", verdict=verdict, how=how, coder="a",
            phase="code", round=1, list=listed, list_rank=1, segmentation="s",
            codebook_version="1", time="2026-01-01T00:00:00Z", id=at, import_id=at,
        )
        for at, verdict in enumerate(verdicts)
    ]  # fmt: skip
    found = material._by_chance(decisions, [anchor(0, "w"), anchor(300, "w")])
    assert found.tolist() == [drawn, False]
