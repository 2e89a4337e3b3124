import json
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from invented import study

from pipeline.errors import PipelineError
from pipeline.suggest.blend import fit, predict_proba
from pipeline.suggest.files import CARD, NUMBERS, WORDS, load, save


@pytest.fixture(scope="module")
def data() -> Any:
    return study(n=120)


@pytest.fixture(scope="module")
def model(data: Any) -> Any:
    rng = np.random.default_rng(0)
    return fit(data.features, data.Y, np.ones_like(data.Y), data.groups, rng, data.prior)


@pytest.fixture
def files(model: Any) -> Any:
    return save(model, codebook="book-1", embedding="hashing-64", more={"seed": 7})


def test_reads_back_equal(data: Any, model: Any, files: Any) -> None:
    again = load(files, codebook="book-1", embedding="hashing-64")
    before, after = (predict_proba(one, data.features) for one in (model, again))
    assert np.allclose(before, after, atol=1e-6)
    assert again.codes == model.codes
    assert again.fitted.tolist() == model.fitted.tolist()
    assert {field.name for field in fields(model)} == {field.name for field in fields(again)}


def test_the_card_says_what_stands_behind_it(files: Any) -> None:
    card = json.loads(files[CARD])
    assert card["seed"] == 7
    assert card["codes"] == ["rule", "care", "room"]
    assert card["per_code"]["rule"]["decisions"] == 120


def test_same_model_same_bytes(model: Any, files: Any) -> None:
    assert save(model, codebook="book-1", embedding="hashing-64", more={"seed": 7}) == files


@pytest.mark.parametrize(
    ("codebook", "embedding", "told"),
    [("book-2", "hashing-64", "another codebook"), ("book-1", "other", "another embedding")],
)
def test_refuses_what_it_was_not_made_for(
    files: Any, codebook: str, embedding: str, told: str
) -> None:
    with pytest.raises(PipelineError, match=told):
        load(files, codebook=codebook, embedding=embedding)


@pytest.mark.parametrize("name", [NUMBERS, WORDS])
@pytest.mark.parametrize("at", [0, 9, -2])
def test_a_changed_byte_is_noticed(files: Any, name: str, at: int) -> None:
    changed = bytearray(files[name])
    changed[at] ^= 1
    with pytest.raises(PipelineError, match="changed or damaged"):
        load({**files, name: bytes(changed)}, codebook="book-1", embedding="hashing-64")


def test_missing_files_are_all_listed(files: Any) -> None:
    with pytest.raises(PipelineError) as caught:
        load({CARD: files[CARD]}, codebook="book-1", embedding="hashing-64")
    assert [fault.where for fault in caught.value.faults] == [NUMBERS, WORDS]


@pytest.mark.parametrize(
    "card", [b"", b"{", b"[]", b'{"motif_model": 99}', b"\xff", b'{"motif_model": 1}']
)
def test_a_card_that_is_none(files: Any, card: Any) -> None:
    with pytest.raises(PipelineError):
        load({**files, CARD: card}, codebook="book-1", embedding="hashing-64")


def test_a_card_that_lies_about_the_codes(files: Any) -> None:
    card = json.loads(files[CARD])
    card["codes"] = ["rule"]
    with pytest.raises(PipelineError, match="do not fit"):
        load({**files, CARD: json.dumps(card).encode()}, codebook="book-1", embedding="hashing-64")


def test_numbers_that_are_no_model_though_the_card_vouches(files: Any) -> None:
    import hashlib

    card = json.loads(files[CARD])
    card["sha256"][NUMBERS] = hashlib.sha256(b"junk").hexdigest()
    with pytest.raises(PipelineError, match="do not hold a model"):
        load(
            {**files, NUMBERS: b"junk", CARD: json.dumps(card).encode()},
            codebook="book-1",
            embedding="hashing-64",
        )
