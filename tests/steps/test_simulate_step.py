"""`motif simulate`: what it prints, what it refuses, and that nothing of it is not a number."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plotly.offline import get_plotlyjs

from pipeline import cli
from pipeline.query import STRATEGIES
from pipeline.steps import evaluate
from pipeline.steps.simulate import Wanted, simulate_csv

WORDS = [f"word{at}" for at in range(40)]


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors of which words are there; what is tested here is the loop, not the embedding."""

    def embedder(texts: list[str]) -> np.ndarray:
        X = np.full((len(texts), 16), 0.1, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                X[row, sum(word.encode()) % 16] += 1
        return X / np.linalg.norm(X, axis=1, keepdims=True)

    monkeypatch.setattr(evaluate, "load_embedder", lambda name: embedder)


def coded(
    file: Path, n_transcripts: int = 8, n_rows: int = 12, same: bool = False, seed: int = 0
) -> Path:
    """Rows of two codes, each with a word of its own, and one with a single example."""
    rng = np.random.default_rng(seed)
    lines = ["transcript_id,turn,text,codes"]
    for transcript in range(n_transcripts):
        for turn in range(n_rows):
            has = rng.random(2) < [0.4, 0.15]
            words = [*rng.choice(WORDS, 6), *["alpha"] * int(has[0]), *["omega"] * int(has[1])]
            codes = [code for code, one in zip(("often", "seldom"), has, strict=True) if one]
            codes += ["once"] if transcript == turn == 0 else []
            text = "the same" if same else " ".join(words)
            lines.append(f"T{transcript},{turn},{text},{';'.join(codes)}")
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


SMALL = Wanted(strategies=("mixture",), seeds=2, batch=20, budget=40)
ONE = Wanted(strategies=("random",), seeds=1, batch=20, budget=20)


def numbers(document: Any) -> list[float]:
    """Every number anywhere in it."""
    if isinstance(document, dict):
        return [one for value in document.values() for one in numbers(value)]
    if isinstance(document, list):
        return [one for value in document for one in numbers(value)]
    return [document] if isinstance(document, float) else []


def test_the_document(tmp_path: Path) -> None:
    document = simulate_csv(coded(tmp_path / "c.csv"), None, SMALL)
    assert (document["budget"], document["batch"], document["seeds"]) == (40, 20, 2)
    assert list(document["strategies"]) == ["random", "mixture"]
    for one in document["strategies"].values():
        assert one["n_labels"] == [0, 20, 40]
        assert [len(of_seed) for of_seed in one["macro_f1"]] == [3, 3]
        assert {"area", "area_vs_random", "labels_to_95", "macro_ap", "positives"} <= set(one)
    assert document["strategies"]["random"]["area_vs_random"] == 0
    of_both = [one["macro_f1"] for one in document["strategies"].values()]
    assert [c[0] for c in of_both[0]] == [c[0] for c in of_both[1]]  # nothing coded: the codebook


def test_the_seed_settles_what_chance_decides(tmp_path: Path) -> None:
    file = coded(tmp_path / "c.csv")
    first, again, other = (
        simulate_csv(file, None, Wanted(**{**vars_of(ONE), "seed": seed})) for seed in (7, 7, 8)
    )
    assert first == again and first["strategies"] != other["strategies"]


def vars_of(wanted: Wanted) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}


def test_all_strategies_are_replayed_where_none_is_named(tmp_path: Path) -> None:
    wanted = Wanted(seeds=1, batch=30, budget=30)
    document = simulate_csv(coded(tmp_path / "c.csv"), None, wanted)
    assert set(document["strategies"]) == set(STRATEGIES)
    assert all(one["area_vs_random_low"] is None for one in document["strategies"].values())


def test_the_workers_do_not_change_what_is_found(tmp_path: Path) -> None:
    file = coded(tmp_path / "c.csv", n_rows=6)
    many = Wanted(**{**vars_of(ONE), "workers": 2})
    assert simulate_csv(file, None, many) == simulate_csv(file, None, ONE)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"same": True}, "all texts are the same"),
        ({"n_transcripts": 4}, "4 transcripts only"),
        ({}, "one example only, so nothing can be learnt of it: once"),
        ({"n_rows": 4}, "too short for an audit list"),
        ({"n_transcripts": 2}, "no more than 12 rows can be asked"),
    ],
)
def test_what_makes_figures_weak_is_said_and_nothing_is_not_a_number(
    tmp_path: Path, made: dict[str, Any], words: str
) -> None:
    document = simulate_csv(coded(tmp_path / "c.csv", **made), None, ONE)
    assert any(words in warning for warning in document["warnings"])
    assert all(math.isfinite(one) for one in numbers(document))


def test_bad_input_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "c.csv"
    book = tmp_path / "book.yaml"
    book.write_text(
        "id: b\nversion: '1'\ntitle: B\nfamilies: {f: one}\n"
        "codes:\n- {id: other, family: f, label: Other, definition: something else}\n"
    )
    cases = [
        ("a,b\n1,2\n", [], "column"),
        ("transcript_id,text,codes\nT1,a,x\nT1,b,\n", [], "only one transcript"),
        ("transcript_id,text,codes\nT1,a,\nT2,b,\n", [], "no row has a code"),
        ("transcript_id,text,codes,coded\nT1,a,x,0\nT2,b,,0\n", [], "no row was asked"),
        ("transcript_id,text,codes\nT1,a,x\nT2,b,\n", ["--strategies", "rar"], "there is no"),
        ("transcript_id,text,codes\nT1,a,x\nT2,b,\n", ["--codebook", str(book)], "row 2"),
        ("transcript_id,text,codes\nT1,a,x\nT2,b,\n", ["-o", str(tmp_path / "x.csv")], ".html"),
    ]
    for text, arguments, words in cases:
        file.write_text(text)
        assert cli._run(["simulate", str(file), *arguments]) == 2
        told = capsys.readouterr().err
        assert words in told and "Traceback" not in told


def test_codes_that_the_codebook_lacks_are_passed_over_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, book = coded(tmp_path / "c.csv"), tmp_path / "book.yaml"
    book.write_text(
        "id: b\nversion: '1'\ntitle: B\nfamilies: {f: one}\n"
        "codes:\n- {id: often, family: f, label: Often, definition: Somebody says alpha.}\n"
    )
    words = ["simulate", str(file), "--codebook", str(book), "--strategies", "random"]
    words += ["--seeds", "1", "--budget", "20", "--json"]
    assert cli._run(words) == 2
    assert "--only-known" in capsys.readouterr().err
    assert cli._run([*words, "--only-known"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document["strategies"]["random"]["positives"]) == ["often"]


def test_the_table_and_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, page = coded(tmp_path / "c.csv"), tmp_path / "curves.html"
    words = ["simulate", str(file), "--strategies", "rare,mixture", "--seeds", "2", "--batch", "30"]
    assert cli._run([*words, "--budget", "30", "-o", str(page)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""  # progress is for terminals
    assert all(len(line) <= 100 for line in printed.out.splitlines() if str(page) not in line)
    assert not re.search(r"\bnan\b", printed.out, re.I)
    for name in ("random", "rare", "mixture"):
        assert re.search(rf"^  {name} +\d\.\d\d", printed.out, re.M)
    whole = page.read_text("utf-8")
    html = whole.replace(get_plotlyjs(), "")
    assert len(html) < len(whole) and "<td" in html and "NaN" not in html
    assert not re.search(r"(src|href)=[\"'](https?:)?//", html)
    charts = re.findall(r'data-chart="[^"]+">(.*?)</script>', html)
    assert len(charts) == 4  # F1, AP, and two strategies beside random
    filled = [trace for one in charts for trace in json.loads(one)["data"] if "fill" in trace]
    assert len(filled) == 4  # a band each, where there are two lines
    assert not {text for text in WORDS if text in html}  # no participant's word


def test_json_is_the_document_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, page = coded(tmp_path / "c.csv"), tmp_path / "curves.html"
    words = ["simulate", str(file), "--strategies", "rare", "--seeds", "1", "--budget", "20"]
    assert cli._run([*words, "--json", "-o", str(page)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["motif"] and document["strategies"]["rare"]["n_labels"] == [0, 20]
    assert page.exists()
