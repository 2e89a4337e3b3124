from pathlib import Path

import pytest

from pipeline.config import find_study, load_object, read_config
from pipeline.errors import PipelineError

GOOD = """
[study]
name = "a"
corpus = "../corpus"
codebook = "book.yaml"
work = "work"
[vault]
path = "vault"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, "utf-8")
    return path


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, GOOD))
    assert config.corpus == tmp_path.parent / "corpus"
    assert config.work == tmp_path / "work"
    assert config.participants is None and config.key_file is None
    assert config.segment.unit == "answer" and config.review.batch == 50


def test_every_fault_at_once_with_the_known_keys_and_no_values(tmp_path: Path) -> None:
    text = GOOD.replace('name = "a"', 'nmae = "Anneke Jansen"').replace("[vault]", "[valut]")
    text += '[segment]\nunit = "Anneke"\n[review]\ncoders = ["An ne"]\nbatch = 0\n'
    with pytest.raises(PipelineError) as caught:
        read_config(write(tmp_path, text))
    sentence = str(caught.value)
    for part in (
        "'study.name' is missing", "unknown key 'study.nmae'", "corpus", "unknown key 'valut'",
        "'vault' is missing", "'segment.unit' does not fit", "'answer', 'turn'",
        "'review.coders'", "'review.batch'",
    ):  # fmt: skip
        assert part in sentence
    assert "Anneke" not in sentence and "An ne" not in sentence
    assert all(fault.where == "study.toml" for fault in caught.value.faults)


def test_styles_and_levels_per_kind(tmp_path: Path) -> None:
    text = (
        GOOD + '[anonymise.styles]\ndate = "general"\n[anonymise.level]\ndate = "month"\nage = 5\n'
    )
    settings = read_config(write(tmp_path, text)).anonymise
    assert settings.styles.by_kind == {"date": "general"}
    assert settings.used_styles == {"bracket", "general"}
    assert (settings.level.date, settings.level.place, settings.level.age) == (
        "month",
        "country",
        5,
    )
    with pytest.raises(PipelineError) as caught:
        read_config(
            write(
                tmp_path,
                GOOD + '[anonymise]\nstyle = "x"\n[anonymise.styles]\npersn = "role"\n'
                'place = "Anneke"\n[anonymise.level]\ndate = "day"\nage = 1\n',
            )
        )
    sentence = str(caught.value)
    for part in (
        "'anonymise.style' does not fit", "unknown key 'anonymise.styles.persn'", "organisation",
        "'anonymise.styles.place'", "'bracket', 'role'", "'anonymise.level.date'",
        "'month', 'year'", "'anonymise.level.age'",
    ):  # fmt: skip
        assert part in sentence
    assert "Anneke" not in sentence


@pytest.mark.parametrize("text", ["[study\n", "name = Anneke", "\x00"])
def test_what_is_not_toml_is_said_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(PipelineError, match="not TOML") as caught:
        read_config(write(tmp_path, text))
    assert "Anneke" not in str(caught.value)


def test_utf16_is_refused_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_config(path).study.name == "a"
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(PipelineError, match="not UTF-8"):
        read_config(path)


@pytest.mark.parametrize("coders", ['["ana", "Ana"]', '["ana", "ana"]', "[]"])
def test_coders_are_told_apart_whatever_their_capitals(tmp_path: Path, coders: str) -> None:
    with pytest.raises(PipelineError, match="none twice"):
        read_config(write(tmp_path, GOOD + f"[review]\ncoders = {coders}\n"))


def test_the_nearest_study_upwards(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_study(None, deep) == path
    assert find_study(tmp_path, deep) == path
    assert find_study(path, deep) == path
    with pytest.raises(PipelineError, match="no study here"):
        find_study(tmp_path / "gone", deep)


def test_a_dotted_path_names_a_thing() -> None:
    assert load_object("pipeline.text:words")("a b") == ["a", "b"]
