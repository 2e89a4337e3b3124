"""A report as a team could have it: two studies, six groups with long names, hostile texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.compare.code_rates import Asked, compare
from pipeline.compare.interviews import Count, Interview, heard
from pipeline.report.numbers import (
    CodeLine,
    ComparisonPart,
    Quotation,
    Report,
    Round,
    StudyPart,
)

HOSTILE = "<script>alert('x')</script> \"quoted\" & <b>bold</b> {{ 7 * 7 }} </blockquote>"
FAMILIES = {
    "dilemma": "what pulls the worker two ways",
    "coping": "what the worker does about it, or did in one client's case",
    "motive": "why the worker acts so",
    "organisation": "what the organisation leaves the worker free to do, and what it asks",
    "role": "how the worker's view of the job, or the job itself, has changed",
}
CODES = (
    ("dilemma_distress", "dilemma", "Pull: distress versus rule", 0.6),
    ("dilemma_boundaries", "dilemma", "Pull: where help ends", 0.45),
    ("dilemma_policy", "dilemma", "Pull: delivering harsh policy", 0.4),
    ("obey_rules", "coping", "Applies the rule", 0.7),
    ("beyond_duty", "coping", "Does more than asked", 0.6),
    ("break_rules", "coping", "Breaks a rule", 0.15),
    ("keep_distance", "coping", "Keeps clients at distance", 0.25),
    ("client_motivation", "motive", "Client is motivated", 0.9),
    ("client_unmotivated", "motive", "Client is not motivated", 0.5),
    ("client_distress", "motive", "Client's grave situation", 0.9),
    ("policy_unfair", "motive", "Policy unjust or senseless", 0.45),
    ("policy_impractical", "motive", "Policy cannot be met", 0.4),
    ("own_values", "motive", "Worker's own convictions", 0.3),
    ("limited_room", "organisation", "Little room to decide", 0.5),
    ("paperwork", "organisation", "Paperwork takes time", 1.0),
    ("role_learning", "role", "Learned from earlier case", 0.3),
    ("role_policy_shift", "role", "Policy changed the job", 0.35),
)
GROUPS = {
    "Teacher of Dutch as a second language": 12,
    "Counsellor for newcomers and their families": 6,
    "Client manager, income and participation": 4,
    "Teacher and counsellor in one person": 5,
    "Team lead, civic integration department": 3,
    "Volunteer coordinator at the neighbourhood centre": 1,
}
SAID = (
    "She came every day, also when the bus did not run. So I left that one absence out. I did not "
    "think about it for long, to be honest.",
    "You have your list, and the list says no. Then you look up, and there is somebody sitting "
    "there with a baby and a folder full of letters from [Organisation 4].",
    "I wouldn't call it breaking a rule.\nI would call it reading it well.",
)


def report() -> Report:
    """The whole of it."""
    first, second = integration(), teams()
    return Report(
        title="Rules, help and room: integration workers and case-management teams",
        made="21 November 2026",
        version="0.1.0",
        studies=(first, second),
        comparisons=(
            ComparisonPart(
                by="role",
                studies=("integration-nl",),
                document=by_role(),
                not_compared="",
                withheld=("Trainee, first year",),
            ),
            ComparisonPart(by="wave", studies=("teams-us",), document=by_wave(), not_compared=""),
            ComparisonPart(
                by="office",
                studies=("integration-nl", "teams-us"),
                document=None,
                not_compared="The studies share no codes, so nothing was compared.",
            ),
        ),
        how=(
            "Transcripts were read, anonymised and cut into answers on the team's own machine. Two "
            "coders decided every answer of every interview; what the machine suggested counted "
            "for nothing until a person confirmed it.",
            "Shares are of interviews. Their intervals are Wilson's, those of differences are "
            "Agresti and Caffo's, p is Fisher's exact one. Rates are segments per 1,000 words of "
            "respondents, with Welch's interval and a permutation test.",
        ),
    )


def integration() -> StudyPart:
    """Seventeen codes and one derived of two of them."""
    lines = tuple(
        CodeLine(
            code=code,
            label=label,
            family=family,
            definition=f"The worker tells of this: {label.lower()}. It is coded where it is told "
            "as the worker's own experience, and not where others are said to do so.",
            n_segments=round(likely * 90) if code != "own_values" else 0,
            n_interviews=round(likely * 31) if code != "own_values" else 0,
            quotations=_quotations(code) if at % 4 != 3 and code != "own_values" else (),
        )
        for at, (code, family, label, likely) in enumerate(CODES)
    )
    derived = CodeLine(
        code="torn_and_obeying",
        label="Torn, and obeys",
        family="",
        definition="The same interview holds a dilemma and the applied rule.",
        n_segments=0,
        n_interviews=11,
        derived=True,
    )
    return StudyPart(
        name="integration-nl",
        title="Integration workers and their clients: dilemmas, coping and motives",
        glance=(
            ("interviews", "31"), ("participants", "31"), ("read in full", "24 of 31"),
            ("segments of respondents", "2,846"), ("words of respondents", "148,302"),
            ("decisions", "54,118"), ("coders", "ana, ben and charlotte"), ("rounds", "6"),
        ),
        families=FAMILIES,
        codes=(*lines, derived),
        agreement=agreement(),
        no_agreement="",
        learning=tuple(
            Round(number=n, n_decided=50 * n * n, macro_f1=f1, macro_ap=ap)
            for n, f1, ap in ((1, None, 0.213), (2, 0.302, 0.371), (3, 0.418, 0.462),
                              (4, 0.467, 0.533), (5, 0.494, 0.559), (6, 0.501, 0.572))
        ),
        warnings=(
            "The anonymisation list was checked for 28 of 31 transcripts; in the others everything "
            "that might identify somebody was replaced.",
        ),
    )  # fmt: skip


def teams() -> StudyPart:
    """A second study with few codes, no agreement and one round."""
    rows = (
        ("paperwork_delegated", "Paperwork goes to assistant", 21, 9),
        ("client_time", "Time for clients", 34, 11),
        ("wider_help", "Clients get wider or better help than before the team came", 8, 5),
    )
    return StudyPart(
        name="teams-us",
        title="Case-management teams: delegated work, resources, decisions and relations",
        glance=(("interviews", "12"), ("participants", "6"), ("teams", "3")),
        families={"work": "how the work is shared between lead and assistant", "resources": ""},
        codes=tuple(
            CodeLine(
                code=code, label=label, family="work" if at < 2 else "resources",
                definition=f"Of {label.lower()}.", n_segments=segments, n_interviews=interviews,
                quotations=_quotations(code)[:1],
            )
            for at, (code, label, segments, interviews) in enumerate(rows)
        ),
        agreement=None,
        no_agreement="Fewer than two coders have read the same segments blind.",
        learning=(Round(number=1, n_decided=240, macro_f1=0.311, macro_ap=0.402),),
        warnings=(),
    )  # fmt: skip


def _quotations(code: str) -> tuple[Quotation, ...]:
    texts = (*SAID, HOSTILE) if code == "break_rules" else SAID[: 1 + len(code) % 3]
    return tuple(
        Quotation(code=code, text=text, source=f"T{at + 3:03}, counsellor, Rotterdam, 'wave' 1")
        for at, text in enumerate(texts)
    )


def by_role() -> dict[str, Any]:
    """Interviews of six roles; some are not read in full."""
    rng = np.random.default_rng(7)
    interviews = []
    for at, (group, n) in enumerate(GROUPS.items()):
        for nth in range(n):
            full = not (nth in (1, 4) and at < 3)
            interviews.append(
                Interview(
                    study="integration-nl",
                    transcript=f"T{len(interviews) + 1:03}",
                    participant=f"P{len(interviews) + 1:02}",
                    cluster=f"P{len(interviews) + 1:02}",
                    words=int(rng.integers(3000, 6000)),
                    segments=90,
                    variables={
                        "role": group,
                        "city": "The Hague" if at == 2 else ("Rotterdam", "Dordrecht")[nth % 2],
                    },
                    counts={
                        code: _count(rng, likely * (0.5 if at in (2, 4) else 1.0), full)
                        for code, _, _, likely in CODES
                    },
                )
            )
    asked = [Asked.of(code) for code, *_ in CODES]
    asked.append(Asked(code="torn_and_obeying", heard=_torn, rate=None))
    found = compare(
        interviews, asked, "role", planned=("break_rules:role", "keep_distance:role"),
        smallest_cell=3, rng=np.random.default_rng(1),
    )  # fmt: skip
    return found.document() | {
        "motif": "0.1.0",
        "studies": ["integration-nl"],
        "unit": "interview",
        "source": "what people confirmed",
        "method": "Wilson; Agresti and Caffo; Fisher's exact test; Welch; permutation",
        "sentences": [
            "Nobody was compared with a group that was not interviewed: the six roles are those "
            "that the two offices have.",
            "Breaks a rule (break_rules) was heard in 3 to 5 of 12 interviews with a teacher of "
            "Dutch as a second language; in some of them it is not known.",
        ],
    }


def _torn(one: Interview) -> bool | None:
    known = [heard(one, code) for code in ("dilemma_distress", "obey_rules")]
    return False if False in known else None if None in known else True


def _count(rng: np.random.Generator, likely: float, full: bool) -> Count:
    n = int(rng.poisson(3)) + 1 if rng.random() < likely else 0
    if full:
        return Count(asked=90, present=float(n), confirmed=n)
    return Count(asked=40, present=float(n // 2), confirmed=n // 2, audit=10, audit_present=n // 2)


def by_wave() -> dict[str, Any]:
    """Six people in three teams at two waves; the team is the unit, each against itself."""
    rng = np.random.default_rng(3)
    interviews = [
        Interview(
            study="teams-us", transcript=f"T{4 * team + 2 * who + wave:03}",
            participant=f"P{2 * team + who:02}", cluster=f"team {team}", words=900, segments=20,
            variables={"wave": str(wave), "job": ("lead", "assistant")[who]},
            counts={
                code: Count(asked=20, present=float(n), confirmed=n)
                for code in ("paperwork_delegated", "client_time", "wider_help")
                for n in [int(rng.poisson(1.2))]
            },
        )
        for team in range(3)
        for who in range(2)
        for wave in (1, 2)
    ]  # fmt: skip
    codes = ("paperwork_delegated", "client_time", "wider_help")
    found = compare(
        interviews, [Asked.of(code) for code in codes], "wave", within="job", cluster="team",
        rng=np.random.default_rng(1),
    )  # fmt: skip
    return found.document() | {"unit": "interview", "source": "people", "method": "paired by team"}


def agreement() -> dict[str, Any]:
    """As `motif agree --json` prints it: one code too rare, one without variation."""
    rng = np.random.default_rng(5)
    codes: dict[str, Any] = {}
    for at, (code, *_) in enumerate(CODES):
        alpha = round(float(rng.uniform(0.42, 0.9)), 3)
        half = round(float(rng.uniform(0.06, 0.3)), 3)
        codes[code] = {
            "n": 310, "n_positive": int(rng.integers(12, 90)), "percent": round(0.8 + at / 100, 3),
            "positive_agreement": round(alpha + 0.05, 3), "negative_agreement": 0.953,
            "kappa": round(alpha - 0.004, 3), "alpha": alpha, "alpha_low": round(alpha - half, 3),
            "alpha_high": min(1.0, round(alpha + half, 3)), "ac1": 0.874, "not_computable": None,
        }  # fmt: skip
    codes["break_rules"] |= {"n_positive": 6, "alpha_low": None, "alpha_high": float("nan")}
    codes["own_values"] |= dict.fromkeys(
        ("positive_agreement", "kappa", "alpha", "alpha_low", "alpha_high")
    ) | {"n_positive": 0, "not_computable": "both coders said no to all 310 rows"}
    return {
        "motif": "0.1.0", "study": "integration-nl",
        "rows": "drawn at random and coded blind by both", "unit": "segment", "n_units": 310,
        "coders": ["ana", "ben"], "codes": codes,
        "overall": {"percent": 0.861, "alpha": 0.693, "alpha_low": 0.641, "alpha_high": 0.738},
    }  # fmt: skip


def empty() -> Report:
    """Nothing of anything."""
    return Report(
        title="Nothing yet", made="1 May 2027", version="0.1.0", studies=(), comparisons=(), how=()
    )


def bare_study() -> Report:
    """A study of which nothing is known but its name."""
    study = StudyPart(
        name="bare", title="A book", glance=(), families={}, codes=(), agreement=None,
        no_agreement="", learning=(), warnings=(),
    )  # fmt: skip
    return replace(empty(), studies=(study,))
