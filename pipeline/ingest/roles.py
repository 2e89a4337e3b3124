"""Who interviews. A person may say so; else the label does, else who asks the questions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.ingest.labels import label_key, label_role, word_role
from pipeline.ingest.speakers import Spoken
from pipeline.records import Role, Turn
from pipeline.text import n_words

# (S = Student; I = Interviewer), or a line "Interviewer: Jan Jansen" at the top.
_LEGEND = re.compile(r"(?<!\w)(?P<short>[^\W_]{1,12}\d{0,2})\s*=\s*(?P<word>[^\W\d_]{3,20})")
_PARTICULAR = re.compile(
    r"(?P<word>[^\W\d_]{3,20})\s*\d{0,2}\s*:\s*(?P<name>[^\s:,;(][^:,;(\n]{0,39})"
)


@dataclass(frozen=True, slots=True)
class _Habits:
    """How somebody speaks: what tells an interviewer from a respondent."""

    asking: float  # share of turns that hold a question at their end
    words: float  # mean length of a turn


def with_roles(
    turns: Sequence[Turn],
    spoken: Spoken,
    *,
    roles: Mapping[str, Role],
    known: Mapping[str, Role],
) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """The turns with a role each, and what a person should look at."""
    speakers = list(dict.fromkeys(turn.speaker for turn in turns if turn.speaker))
    keys = frozenset(label_key(speaker) for speaker in speakers)
    warnings = []
    if n_absent := sum(label_key(label) not in keys for label in known):
        # Without the label: it may be somebody's name.
        warnings.append(
            f"participants.csv names {n_absent} {'speaker' if n_absent == 1 else 'speakers'} whose "
            "label this file does not have, so nothing in it is theirs. Write the label in column "
            "'speaker' as the file has it; of a file with one respondent leave it empty."
        )
    if not spoken.found:
        only: Role = _given("", roles) or "respondent"
        return tuple(replace(turn, role=only) for turn in turns), tuple(warnings)
    legend = _legend(turns, spoken)
    settled: dict[str, Role] = {}
    for speaker in speakers:
        role = (
            _given(speaker, roles)
            or _given(speaker, known)
            or legend.get(label_key(speaker))
            or label_role(speaker, keys)
        )
        if role:
            settled[speaker] = role
    if len(speakers) == 1:
        warnings.append("Only one speaker was found; check that the labels are in the file.")
        settled.setdefault(speakers[0], "respondent")
    elif "interviewer" not in settled.values():
        asker = _who_asks(turns, [s for s in speakers if s not in settled], settled)
        # participants.csv says who answers, and who asks is the only other.
        told = any(_given(speaker, known) for speaker in speakers)
        if asker is not None:
            settled[asker] = "interviewer"
        if asker is not None and not (told and len(speakers) == 2):
            warnings.append(
                "No label says who interviews; it was taken from who asks the questions. Correct "
                "it under [roles] in study.toml if it is wrong."
            )
        elif asker is None and "interviewer" not in roles.values():
            warnings.append(
                "No interviewer was found among the speakers; name one under [roles] in study.toml "
                "if there is one."
            )
    whole = {speaker: settled.get(speaker, "respondent") for speaker in speakers}
    nobody = _given("", roles) or "other"
    return tuple(replace(t, role=whole[t.speaker] if t.speaker else nobody) for t in turns), tuple(
        warnings
    )


def _given(speaker: str, roles: Mapping[str, Role]) -> Role | None:
    """What a person wrote for this label: as it stands, else in any spelling."""
    if speaker in roles:
        return roles[speaker]
    key = label_key(speaker)
    return next((role for label, role in roles.items() if label_key(label) == key), None)


def _legend(turns: Sequence[Turn], spoken: Spoken) -> dict[str, Role]:
    """What the file's own head says of its labels."""
    found: dict[str, Role] = {}
    heads = [b.text[:400] for b in spoken.blocks[:40] if b.speaker == ""]
    for head in heads:
        for legend in _LEGEND.finditer(head):
            if role := word_role(legend["word"]):
                found[label_key(legend["short"])] = role
        if (line := _PARTICULAR.match(head)) and (role := word_role(line["word"])):
            name = label_key(line["name"])
            found[name] = role
            for part in name.split():
                found.setdefault(part, role)
            found.setdefault("".join(part[0] for part in name.split()), role)
    return found


def _who_asks(
    turns: Sequence[Turn], open_speakers: Sequence[str], settled: Mapping[str, Role]
) -> str | None:
    """Of the speakers without a role, the one whose turns are questions and short.

    None where nobody stands out. A speaker that the study does not know, beside respondents that it
    does, needs no more than to ask as often as they do.
    """
    if not open_speakers:
        return None
    texts: dict[str, list[str]] = {speaker: [] for speaker in (*open_speakers, *settled)}
    for turn in turns:
        if turn.speaker:
            texts[turn.speaker].append(turn.text)
    habits = {speaker: _habits(said) for speaker, said in texts.items()}
    longest = max(h.words for h in habits.values()) or 1.0

    def score(speaker: str) -> float:
        return habits[speaker].asking - 0.25 * habits[speaker].words / longest

    best = max(open_speakers, key=score)
    if len(open_speakers) == 1:
        return best if all(score(best) >= score(other) for other in settled) else None
    bar = score(best) - 0.05
    stands_out = all(score(other) < bar for other in habits if other != best)
    return best if stands_out and habits[best].asking > 0 else None


def _habits(texts: Sequence[str]) -> _Habits:
    asked = sum(text.rstrip(" \"'”’)]").endswith("?") for text in texts)
    return _Habits(asked / len(texts), sum(map(n_words, texts)) / len(texts))
