"""README's tutorial as a newcomer pastes it, and what each of the three studies then shows."""

import json
import re
import shlex
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipeline import cli

ROOT = Path(__file__).parents[1]
Run = Callable[..., Any]


def tutorial() -> list[list[str]]:
    """The commands of the tutorial, in order."""
    text = (ROOT / "README.md").read_text("utf-8")
    part = text.split("## Three studies, from files to page")[1].split("\n## ")[0]
    blocks = re.findall(r"^```\n(.*?)```", part, re.S | re.M)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What every command of the tutorial printed, pasted one after the other into one folder."""
    import contextlib
    import io
    import os

    folder = tmp_path_factory.mktemp("tutorial")
    before = Path.cwd()
    printed = {}
    os.chdir(folder)
    try:
        for words in tutorial():
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                assert cli._run(words) == 0, words
            printed[" ".join(words)] = out.getvalue()
    finally:
        os.chdir(before)
    return {"folder": folder, **printed}


@pytest.fixture
def motif(
    told: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """One more command in the same folder; its JSON, or what it printed."""
    monkeypatch.chdir(told["folder"])

    def run(line: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert cli._run(shlex.split(line)) == code
        printed = capsys.readouterr()
        return json.loads(printed.out) if "--json" in line and not code else printed

    return run


def plain(text: str) -> str:
    return " ".join(text.split())


def shares(document: dict[str, Any]) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (one["code"], one["group"]): (one["n_heard"], one["n_interviews"])
        for one in document["rates"]
    }


@pytest.mark.slow
def test_every_command_of_the_tutorial_runs_and_fits_the_screen(told: dict[str, Any]) -> None:
    assert len(tutorial()) >= 19
    for command, text in told.items():
        if command.startswith(("compare", "configurations", "agree")):
            assert all(len(line) <= 100 for line in text.splitlines()), command
            assert "nan" not in re.findall(r"[a-z]+", text.lower()) and "None" not in text


@pytest.mark.slow
def test_first_study_tables_both_readings_and_names_the_one_the_stories_support(
    motif: Run,
) -> None:
    found = motif(
        "configurations -s integration --outcome break_rules --unit episode --untold absent "
        "--coder first --json"
    )
    assert found["table"]["n_cases"] == 32 and found["table"]["n_with"] == 4
    readings = {one["name"]: one for one in found["readings"]["readings"]}
    assert readings["results"]["consistency"] == readings["conclusion"]["consistency"] == 1.0
    assert readings["results"]["coverage"] == 1.0 and readings["conclusion"]["coverage"] == 0.5
    assert found["readings"]["supported"] == "results"
    assert len(readings["conclusion"]["missed"]) == 2
    # Motivation alone leads to doing more within the rules, and never to breaking one.
    alone = next(
        row
        for row in found["table"]["rows"]
        if dict(zip(found["table"]["conditions"], row["values"], strict=True))
        == {
            "client_motivation": True,
            "client_distress": False,
            "policy_unfair": False,
            "policy_impractical": False,
        }
    )
    assert not alone["with_outcome"] and len(alone["without_outcome"]) >= 5


@pytest.mark.slow
def test_first_study_names_the_city_that_cannot_be_told_from_a_role(
    told: dict[str, Any], motif: Run
) -> None:
    command = next(one for one in told if one.startswith("compare integration --by city"))
    text = plain(told[command])
    assert "All 2 interviews with city The Hague have role client manager" in text
    document = motif("compare integration --by role --json --coder first")
    heard = shares(document)
    assert sum(k for (code, _), (k, _) in heard.items() if code == "break_rules") == 4
    assert heard["paperwork", "teacher"] == (5, 5)
    assert all(k == n for (code, _), (k, n) in heard.items() if code == "client_motivation")
    planned = {(one["code"], one["a"], one["b"]) for one in document["differences"]
               if one["planned"]}  # fmt: skip
    assert {code for code, _, _ in planned} == {"break_rules"} and len(planned) == 6


@pytest.mark.slow
def test_first_study_sets_two_coders_beside_each_other(motif: Run) -> None:
    found = motif("agree -s integration --json")
    assert found["coders"] == ["first", "second"] and found["n_units"] == 103
    assert 0.9 < found["overall"]["alpha"] < 1.0
    assert min(one["alpha"] for one in found["codes"].values() if one["alpha"] is not None) < 0.9


@pytest.mark.slow
def test_second_study_shows_a_shared_pattern_and_claims_no_difference(
    told: dict[str, Any], motif: Run
) -> None:
    document = motif("compare sanctions --by municipality --json")
    heard = shares(document)
    for code, in_a, in_b in (
        ("contradictory", 3, 3), ("no_discretion", 4, 4), ("judgement_praised", 4, 3),
    ):  # fmt: skip
        assert heard[code, "A"] == (in_a, 5) and heard[code, "B"] == (in_b, 5)
    assert all(one["q"] is None or one["q"] > 0.05 for one in document["differences"])
    assert all(one["rate_q"] is None or one["rate_q"] > 0.05 for one in document["differences"])
    # Five against five: wide intervals, and no test that could survive the correction.
    for one in document["differences"]:
        assert one["low"] <= -0.2 and one["high"] >= 0.3
        assert one["min_p"] is None or one["min_p"] == pytest.approx(0.0079, abs=1e-4)
    text = plain(told["compare sanctions --by municipality"])
    assert "No difference between groups is shown. That is not sameness" in text
    assert "The groups differ" not in text
    assert "there is no contrast group" in text
    assert "contradictory (A: 3 of 5, B: 3 of 5)" in text
    assert document["smallest"] == {"A - B": pytest.approx(0.8)}


@pytest.mark.slow
def test_second_study_hears_no_choice_from_managers_and_the_benefit_office(motif: Run) -> None:
    heard = shares(motif("compare sanctions --by role --json"))
    assert heard["no_discretion", "manager"] == (2, 2)
    assert heard["no_discretion", "benefit officer"] == (3, 3)
    assert heard["no_discretion", "caseworker"] == (3, 5)
    assert not any(group == "recipient" for _, group in heard)


@pytest.mark.slow
def test_third_study_shows_the_invented_direction_within_three_teams(motif: Run) -> None:
    document = motif("compare teams --by wave --json")
    heard = shares(document)
    assert (heard["lack_of_clarity", "1"], heard["lack_of_clarity", "2"]) == ((5, 6), (1, 6))
    assert (heard["joint_decision", "1"], heard["joint_decision", "2"]) == ((1, 6), (5, 6))
    assert (heard["wider_help", "1"], heard["wider_help", "2"]) == ((2, 6), (4, 6))
    for one in document["differences"]:
        assert one["paired"] and one["n_pairs"] == 3
        assert one["min_p"] in (None, 0.25) and (one["p"] is None or one["p"] >= 0.25)
    (help_,) = [one for one in document["differences"] if one["code"] == "wider_help"]
    assert help_["planned"] and help_["difference"] == pytest.approx(-1 / 3)
    # More resources do not by themselves bring more engagement.
    rows = {one["code"]: one for one in document["differences"]}
    assert rows["generous_provisions"]["difference"] < 0 < rows["engagement"]["difference"]


@pytest.mark.slow
def test_third_study_has_wider_help_where_delegation_meets_provisions_without_meetings(
    motif: Run,
) -> None:
    found = motif("configurations -s teams --outcome wider_help --unit interview --json")
    (model,) = found["solutions"][0]["conservative"]
    assert model["formula"] == (
        "paperwork_delegated*generous_provisions*~team_meetings => wider_help"
    )
    assert model["consistency"] == model["coverage"] == 1.0
    assert found["readings"]["supported"] == "and without the meetings"


@pytest.mark.slow
def test_run_on_all_three_ends_with_a_line_each(told: dict[str, Any]) -> None:
    text = told["run integration sanctions teams"]
    lines = text.split("== All\n")[1].splitlines()
    assert [line.split()[0] for line in lines] == ["integration-nl", "sanctions-dk", "teams-us"]
    assert all("12 transcripts" in line and "round 1" in line for line in lines)


class _Seen(HTMLParser):
    """The texts of a page, without scripts and styles; and every address in it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.addresses: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "action")]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


@pytest.mark.slow
@pytest.mark.parametrize("page", ["integration.html", "three-studies.html"])
def test_the_page_stands_alone_and_names_nobody(told: dict[str, Any], page: str) -> None:
    seen = _Seen()
    seen.feed((told["folder"] / page).read_text("utf-8"))
    assert all(one.startswith("#") for one in seen.addresses)
    text = plain(" ".join(seen.texts))
    assert not re.search(r"\b(nan|None|null|undefined)\b", text)
    names = 0
    for study in ("integration-nl", "sanctions-dk", "teams-us"):
        for line in (ROOT / "corpus" / study / "participants.csv").read_text("utf-8").split("\n"):
            if line.count(",") > 3 and not line.startswith("file,"):
                names += 1
                assert line.split(",")[2] not in text
    assert names == 36
    assert "break_rules" in text and "[Person " in text


@pytest.mark.slow
def test_wrong_words_get_a_clear_word(motif: Run) -> None:
    for line, wanted in (
        ("compare teams --by rolle", "Known: codebook version, coder, language, role"),
        ("compare teams --by role --code nope", "Known: client_time"),
        ("compare integration teams --by study", "share no code"),
        ("compare sanctions --by language --code ranking", ""),
        ("report teams --by nope -o x.html", "Known:"),
        ("configurations -s teams --outcome nope --unit interview", "unknown code 'nope'"),
        ("configurations -s teams --outcome wider_help --conditions nope --unit interview",
         "unknown code 'nope'"),
        ("configurations -s integration --outcome break_rules --unit episode", "--coder"),
        ("compare nowhere --by role", "there is no study here"),
    ):  # fmt: skip
        printed = motif(line, 0 if not wanted else 2)
        assert wanted in printed.err and "Traceback" not in printed.err
        if not wanted:  # one interview in Danish against nine
            assert "a group of one" in plain(printed.out)
