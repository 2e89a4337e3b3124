"""The page: all that is in the report, nothing that is not, and text stays text."""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.agreed import agreed
from pipeline.report.compared import compared
from pipeline.report.html import render
from pipeline.report.numbers import CodeLine, ComparisonPart, Quotation, Report
from tests.report import report_sample

VOID = {"meta", "br", "input", "link", "img", "hr"}
SECTIONS = [
    "At a glance", "How often, by group", "Codes and groups", "Quotations", "Agreement",
    "Learning", "How it was done",
]  # fmt: skip


class Reader(HTMLParser):
    """Tags, attributes, visible text; fails where a tag is not closed as it was opened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:], self.getpos())
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.scripts.append(data)
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words).replace("\u202f", " "))


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    return reader


@cache
def whole() -> tuple[Report, str]:
    report = report_sample.report()
    return report, render(report)


@cache
def whole_read() -> Reader:
    return read(whole()[1])


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(report_sample.report()) == whole()[1]


def test_sections_stand_in_order() -> None:
    heads = re.findall(r"<h2[^>]*>(.*?)</h2>", whole()[1])
    assert heads == SECTIONS


@pytest.mark.parametrize(
    "make", [report_sample.report, report_sample.empty, report_sample.bare_study]
)
def test_nothing_unsayable_is_said(make: Callable[[], Report]) -> None:
    text = read(render(make())).text
    assert not re.search(r"\b(None|nan|NaN|null|undefined|inf)\b", text)


@pytest.mark.parametrize("make", [report_sample.empty, report_sample.bare_study])
def test_a_report_of_nothing_is_sentences_without_frames(make: Callable[[], Report]) -> None:
    page = render(make())
    reader = read(page)
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == SECTIONS
    assert not {"table", "figure", "dl", "script"} & {tag for tag, _ in reader.tags}
    for section in re.findall(r"<section.*?</section>", page, re.S):
        assert "<p" in section


def test_nothing_is_loaded_and_nothing_leads_out() -> None:
    for tag, attributes in whole_read().tags:
        for name, value in attributes.items():
            assert "http:" not in value and "https:" not in value and "//" not in value, (tag, name)
            if name in ("href", "src"):
                assert value.startswith("#"), (tag, value)
    styles = re.findall(r"<style>(.*?)</style>", whole()[1], re.S)
    assert not any("url(" in one or "@import" in one for one in styles)
    assert whole()[1].count("plotly.js v") == 1


def test_the_policy_comes_before_any_script() -> None:
    page = whole()[1]
    policy = page.index("Content-Security-Policy")
    assert policy < page.index("<script") and "default-src 'none'" in page[policy : policy + 90]


def test_ids_are_unique_and_the_contents_lead_somewhere() -> None:
    ids = [attributes["id"] for _, attributes in whole_read().tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in whole_read().tags:
        for name in ("href", "for", "aria-labelledby", "data-chart"):
            if name in attributes:
                assert attributes[name].removeprefix("#") in ids


def test_it_can_be_found_ones_way_in() -> None:
    tags = [tag for tag, _ in whole_read().tags]
    assert {"main", "nav", "header", "footer"} <= set(tags)
    assert tags.count("table") == tags.count("caption")
    assert '<html lang="en">' in whole()[1]
    for tag, attributes in whole_read().tags:
        if attributes.get("class") == "chart":
            assert attributes["role"] == "img" and "table" in attributes["aria-label"], tag


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    reader = whole_read()
    assert re.sub(r"\s+", " ", report_sample.HOSTILE) in reader.text
    assert "alert(" not in "".join(reader.scripts)
    assert "49" not in reader.text.split("bold</b>")[1][:40]


@settings(max_examples=12, deadline=None)
@given(
    st.text(st.sampled_from("<>&\"'{}%/=-!$\\ ascript\u2028"), min_size=1, max_size=40).filter(
        str.strip
    )
)
def test_any_text_in_any_place_stays_text(evil: str) -> None:
    reader = read(render(_filled(evil)))
    assert re.sub(r"\s+", " ", evil).strip() in reader.text
    usual = read(render(_filled("usual")))
    assert [tag for tag, _ in reader.tags] == [tag for tag, _ in usual.tags]


def _filled(text: str) -> Report:
    """The same text wherever a person's text may stand."""
    base = report_sample.bare_study()
    line = CodeLine(
        code=text, label=text, family=text, definition=text, n_segments=1, n_interviews=1,
        quotations=(Quotation(code=text, text=text, source=text),),
    )  # fmt: skip
    study = replace(
        base.studies[0], name=text, title=text, glance=((text, text),), families={text: text},
        codes=(line,), warnings=(text,), no_agreement=text,
        agreement={"codes": {text: {"n": 3, "alpha": 0.5, "not_computable": text}}, "rows": text},
    )  # fmt: skip
    part = ComparisonPart(
        by=text, studies=(text,), document=document(text), not_compared="", withheld=(text,)
    )
    return replace(
        base,
        title=text,
        made=text,
        version=text,
        studies=(study,),
        comparisons=(part,),
        how=(text,),
    )


def document(text: str = "a", other: str = "z", **more: Any) -> dict[str, Any]:
    """A small comparison, as `motif compare --json` prints it."""
    cell = {
        "within": "", "n_interviews": 4, "n_heard": 1, "n_unknown": 0, "share": 0.25, "low": 0.05,
        "high": 0.7, "rate": None, "rate_low": None, "rate_high": None, "n_rate": 0,
    }  # fmt: skip
    group = {
        "within": "", "n_interviews": 4, "n_participants": 4, "n_clusters": 4, "n_read_in_full": 4,
    }  # fmt: skip
    apart = {
        "code": text, "a": text, "b": other, "within": "", "n_a": 4, "n_b": 4, "paired": False,
        "n_pairs": None, "planned": True, "difference": 0.25, "low": -0.31, "high": 0.66,
        "p": 0.486, "q": 0.486, "min_p": 0.029, "rate_difference": None, "rate_low": None,
        "rate_high": None, "rate_p": None, "rate_q": None, "rate_min_p": None,
    }  # fmt: skip
    return {
        "by": text, "within": "", "target": "such", "cluster": "team", "m": 0, "m_planned": 1,
        "groups": [group | {"group": text}, group | {"group": other}],
        "rates": [cell | {"code": text, "group": text}, cell | {"code": text, "group": other}],
        "differences": [apart], "smallest": {f"{text} - {other}": None}, "sentences": [text],
        "refused": [{"code": text, "why": f"{text} against {other}: because"}], "warnings": [text],
        "unit": text, "source": text, "method": text, "studies": [text], "motif": "0.1.0",
    } | more  # fmt: skip


def of(doc: dict[str, Any], **more: Any) -> Any:
    part = ComparisonPart(by=doc["by"], studies=("s",), document=doc, not_compared="", **more)
    return compared(part, (), 1)


def test_every_number_of_a_comparison_appears() -> None:
    text = whole_read().text
    seen = set(re.findall(r"[\d.,\u2212+<]*\d", text))
    for part in whole()[0].comparisons:
        for wanted in numbers(part.document or {}):
            assert wanted in seen, wanted


def numbers(doc: dict[str, Any]) -> Iterator[str]:
    """How each number of the document should be written."""

    def bare(value: float) -> str:
        return "1" if value >= 0.9995 else "<" if value < 0.001 else f"{value:.3f}"[1:]

    for one in doc.get("rates", ()):
        yield from (str(one[key]) for key in ("n_interviews", "n_heard", "n_rate"))
        yield str(one["n_heard"] + one["n_unknown"])
        yield from (
            f"{100 * one[key]:.0f}" for key in ("share", "low", "high") if one[key] is not None
        )
        for key in ("rate", "rate_low", "rate_high"):
            if one[key] is not None:
                yield f"{one[key]:.1f}" if one[key] >= 10 else f"{one[key]:.2f}"
    for one in doc.get("differences", ()):
        for key in ("difference", "low", "high"):
            if one[key] is not None:
                yield (
                    f"{100 * one[key]:+.0f}".replace("+0", "0")
                    .replace("-0", "0")
                    .replace("-", "\u2212")
                )
        for key in ("p", "q", "min_p", "rate_p", "rate_q", "rate_min_p"):
            if one[key] is not None and bare(one[key]) != "<":
                yield bare(one[key])
        for key in ("rate_difference",):
            if one[key] is not None:
                value = f"{one[key]:+.2f}"
                yield value.strip("+-") if not value.strip("+-0.") else value.replace("-", "\u2212")
    for one in doc.get("groups", ()):
        yield from (str(one[key]) for key in ("n_interviews", "n_participants", "n_read_in_full"))
    yield from (f"{100 * one:.0f}" for one in doc.get("smallest", {}).values() if one is not None)


def test_every_number_of_agreement_and_of_the_rounds_appears() -> None:
    text = whole_read().text
    study = whole()[0].studies[0]
    assert study.agreement
    for one in study.agreement["codes"].values():
        for key in ("positive_agreement", "negative_agreement", "kappa", "alpha", "ac1"):
            if one[key] is not None:
                assert f"{one[key]:.2f}".removeprefix("0") in text
        if one["alpha_low"] is not None:
            assert f"{one['alpha_low']:.3f} to {one['alpha_high']:.3f}".replace("0.", ".") in text
        assert f"{100 * one['percent']:.0f} %" in text
    for one in study.learning:
        assert f"{one.n_decided:,}" in text and f"{one.macro_ap:.2f}"[1:] in text
    for _, much in study.glance:
        assert much in text


def test_counts_quotations_and_definitions_appear() -> None:
    text = whole_read().text
    for study in whole()[0].studies:
        for line in study.codes:
            assert line.label in text and line.code in text
            assert re.sub(r"\s+", " ", line.definition) in text
            if line.n_segments > 1:
                assert f"{line.n_segments} segments in {line.n_interviews} interviews" in text


def test_a_share_that_is_not_known_is_a_range_everywhere() -> None:
    doc = document("a")
    doc["rates"][0] |= {"n_interviews": 12, "n_heard": 2, "n_unknown": 5, "share": None}
    doc["groups"][0] |= {"n_interviews": 12, "n_clusters": 12}
    cell = of(doc).strata[0].cell("a", "a")
    assert (cell.heard, cell.short, cell.share) == (
        "2 to 7 of 12",
        "2\u20137/12",
        "17 to 58\u202f%",
    )
    assert cell.unknown and cell.heat is None
    figure = json.loads(of(doc).strata[0].panels[0].shares.figure)
    assert [2 / 12, 7 / 12, None] in [trace["x"] for trace in figure["data"]]
    page = render(replace(report_sample.empty(), comparisons=(
        ComparisonPart(by="a", studies=(), document=doc, not_compared=""),)))  # fmt: skip
    heat = page[page.index('class="heat"') :]
    assert re.search(r'class="unknown"><span>2\u20137/12</span>', heat)
    assert "Hatched" in page


def test_where_units_hold_several_interviews_a_range_of_interviews_is_no_share() -> None:
    doc = document("a")
    doc["rates"][0] |= {"n_heard": 1, "n_unknown": 2, "share": None}
    doc["groups"][0] |= {"n_clusters": 2}
    found = of(doc)
    assert found.by_cluster
    assert found.strata[0].cell("a", "a").share is None


def test_these_interviews_have_no_whiskers_and_no_tests() -> None:
    found = of(document("a", target="these"))
    figure = json.loads(found.strata[0].panels[0].shares.figure)
    assert all(trace["mode"] == "markers" for trace in figure["data"])
    assert found.tests == "No test was made."


def test_what_cannot_be_told_of_a_difference_is_left_out_and_counted() -> None:
    doc = document("a")
    doc["differences"].append(
        doc["differences"][0] | dict.fromkeys(("difference", "low", "high", "p", "q", "min_p"))
    )
    stratum = of(doc).strata[0]
    assert (len(stratum.share_differences), stratum.n_untold) == (1, 1)


def test_planned_differences_come_first() -> None:
    doc = document("a")
    doc["differences"].insert(0, doc["differences"][0] | {"planned": False})
    assert [one.planned for one in of(doc).strata[0].share_differences] == [True, False]


@pytest.mark.parametrize("word", ["and", "against"])
def test_refusals_of_the_same_kind_are_one_line(word: str) -> None:
    doc = document("a", "b")
    doc["rates"].append(doc["rates"][0] | {"code": "c"})
    why = f"a {word} b: share: 2 of 8 interviews are not read in full"
    doc["refused"] = [{"code": code, "why": why} for code in ("a", "c")]
    doc["refused"].append({"code": "", "why": "wave 2: no coded interview with job lead"})
    first, second = of(doc).refused
    assert first.why == "Share: 2 of 8 interviews are not read in full"
    assert [one.code for one in first.codes] == ["a", "c"]
    assert first.pairs == ("a and b",)
    assert (second.codes, second.pairs) == ((), ())


def test_groups_that_are_numbers_are_named_by_their_variable() -> None:
    doc = document("1", "2", by="wave")
    stratum = of(doc).strata[0]
    assert [one.shown for one in stratum.groups] == ["wave 1", "wave 2"]
    assert stratum.share_differences[0].groups == "wave 1 \u2212 wave 2"


def test_a_comparison_that_was_not_made_says_why() -> None:
    assert "The studies share no codes, so nothing was compared." in whole_read().text


def test_strata_are_shown_apart() -> None:
    heads = re.findall(r"<h4>(.*?)</h4>", whole()[1])
    assert heads[:2] == ["job: assistant", "job: lead"]


def test_one_round_and_none_are_said() -> None:
    assert "One round only" in whole_read().text
    assert "No model has been trained." in read(render(report_sample.bare_study())).text


def test_agreement_says_no_more_than_its_limits() -> None:
    study = replace(
        report_sample.bare_study().studies[0],
        agreement={
            "codes": {
                "a": {"alpha": 0.9, "alpha_low": 0.81, "alpha_high": 0.95},
                "b": {"alpha": 0.8, "alpha_low": 0.667, "alpha_high": 0.9},
                "c": {"alpha": 0.8, "alpha_low": math.nan, "alpha_high": 0.9},
                "d": {"alpha": None, "not_computable": "nobody said yes"},
            }
        },
    )
    found = agreed(study, 1)
    assert found.sentence == (
        "Of 4 codes, 2 have an alpha with an interval. Its lower limit reaches .667 for 2 of them "
        "and .80 for 1."
    )
    assert found.any_bare
    assert [one.why_not for one in found.lines] == ["", "", "", "nobody said yes"]
    assert found.lines[2].interval is None


def test_the_templates_are_in_the_package() -> None:
    from importlib import resources

    names = {one.name for one in resources.files("pipeline.report").iterdir()}
    assert {"page.html.j2", "style.css", "page.js"} <= names


def test_a_row_of_each_table_holds_its_numbers_in_order() -> None:
    doc = document("a", "b", m=1)
    doc["rates"][0] |= {"rate": 1.236, "rate_low": 0.4, "rate_high": 12.34, "n_rate": 3}
    doc["differences"][0] |= {
        "rate_difference": -0.71, "rate_low": -1.5, "rate_high": 0.08, "rate_p": 0.113,
        "rate_q": 0.226, "rate_min_p": 0.0286, "paired": True, "n_pairs": 3,
    }  # fmt: skip
    report = replace(
        report_sample.empty(),
        comparisons=(ComparisonPart(by="g", studies=(), document=doc, not_compared=""),),
    )
    rows = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).replace("\u202f", " ").strip()
        for row in re.findall(r"<tr.*?</tr>", render(report), re.S)
    ]
    assert "a a 1 of 4 25 % 5 to 70 % 1.24 0.40 to 12.3 3 of 4" in rows
    assert "a a \u2212 b 4 and 4; 3 pairs +25 \u221231 to +66 .486 .486 .029 planned" in rows
    assert (
        "a a \u2212 b 4 and 4; 3 pairs \u22120.71 \u22121.50 to +0.08 .113 .226 .029 planned"
        in rows
    )
    assert "a and b none can reach p \u2264 .05" in rows
    assert "a 1/4 , 25 % 1/4 , 25 %" in rows
