"""Every machine step that is due, in order; with nothing due, nothing is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.errors import PipelineError
from pipeline.steps.study import Study, check_distinct

Say = Callable[[str], Any]
Progress = Callable[[str, int, int], None]


def run_study(
    study: Study,
    *,
    only: str | None,
    first: str | None,
    workers: int,
    scheduler: str | None,
    say: Say,
    progress: Progress,
) -> list[PipelineError]:
    """Do what is due, or the steps that were named; returns the files that were left out.

    Raises
    ------
    PipelineError : wrong input to a step; what earlier steps made is kept.
    """
    from pipeline.steps.plan import STEPS, make_plan

    if study.forgetting.exists():
        from pipeline.steps.forget import finish_forgetting

        for line in finish_forgetting(study):
            say(line)
    _restore(study)
    plan = make_plan(study)
    if only is not None and first is not None:
        raise PipelineError("--only and --from exclude one another", mend="Give one of the two.")
    if only is not None:
        steps: Sequence[str] = (only,)
    elif first is not None:
        steps = STEPS[STEPS.index(first) :]
    else:
        steps = plan.due
    if not steps:
        say("Nothing is due.")
        return _left_out(study)
    left_out: list[PipelineError] = []
    if "ingest" in steps:
        left_out = _ingest(study, plan.keys, workers, say)
    if "anonymise" in steps:
        _anonymise(study, plan.keys, workers, say)
    if "segment" in steps:
        _segment(study, plan.keys, say)
    if set(steps) & {"embed", "train", "suggest"}:
        _learn(study, plan.keys, steps, scheduler, say, progress)
    if "review" in steps:
        _deal(study, plan.keys, plan.idle_coders, say)
    if only is None:
        _next(study, say)
    return left_out if "ingest" in steps else _left_out(study)


def run_studies(studies: Sequence[Study], *, say: Say, **how: Any) -> list[PipelineError]:
    """Run one after the other, with a line per study at the end; one that fails stops no other.

    Raises
    ------
    PipelineError : the faults of every study that failed, after all have had their turn.
    """
    check_distinct([study.config.study.name for study in studies])
    left_out: list[PipelineError] = []
    faults: list[PipelineError] = []
    ends: list[tuple[str, str]] = []
    for study in studies:
        name = study.config.study.name
        say(f"== {name}")
        try:
            found = run_study(study, say=say, **how)
        except PipelineError as error:
            faults += [_named(name, one) for one in error.faults]
            ends.append((name, f"failed: {len(error.faults)} faults, listed below"))
            continue
        left_out += [_named(name, one) for one in found]
        ends.append((name, _standing(study, len(found))))
    say("== All")
    for name, end in ends:
        say(f"{name:<20} {end}")
    if faults:
        raise PipelineError.join(faults)
    return left_out


def _standing(study: Study, n_left_out: int) -> str:
    from pipeline.steps.status import status_of

    document = status_of(study)
    n = {step["name"]: step["n"] for step in document["steps"]}
    told = (
        f"{n['ingest']} transcripts, {n['segment']} segments, round {document['round']}, "
        f"{n['review']} workbooks open"
    )
    return told + (f", {n_left_out} files left out" if n_left_out else "")


def _named(study: str, error: PipelineError) -> PipelineError:
    """The same fault, saying whose it is."""
    where = f"{study}: {error.where}" if error.where else study
    return PipelineError(error.wrong, where=where, mend=error.mend)


def train_now(study: Study, *, say: Say) -> list[PipelineError]:
    """`motif train`: the training step alone, and suggestions from the new model.

    Raises
    ------
    PipelineError : nothing has been decided yet, or an earlier step has not run.
    """
    from pipeline.steps.plan import make_plan
    from pipeline.store.decisions import look_at, read_decisions

    with look_at(study.decisions) as db:
        if not read_decisions(db):
            raise PipelineError(
                "nothing has been decided yet",
                mend="Import a workbook first: motif review in FILE.",
            )
    _learn(study, make_plan(study).keys, ("train", "suggest"), None, say, lambda *_: None)
    return _left_out(study)


def _restore(study: Study) -> None:
    """After derived/ was deleted: what the vault knows of the list's state, for the steps' keys."""
    if study.has_vault and "list" not in study.state():
        from pipeline.steps.anonymise import read_book

        study.set_state("list", {"revision": read_book(study).revision})


def _ingest(study: Study, keys: dict[str, str], workers: int, say: Say) -> list[PipelineError]:
    from pipeline.steps.ingest import corpus_files, ingest
    from pipeline.steps.participants import read_participants

    participants = read_participants(study, corpus_files(study))
    found = ingest(study, participants, workers=workers)
    if not found.files:
        faults = found.left_out or (
            PipelineError(
                "there is no transcript in this folder",
                where=str(study.config.corpus),
                mend="Put transcripts into it, then run again.",
            ),
        )
        raise PipelineError.join(faults)
    for warning in found.warnings:
        say(f"  ! {warning}")
    say(f"ingest     {len(found.files)} transcripts, {len(found.new)} new or changed")
    study.set_state(
        "ingest",
        {"key": keys["ingest"], "n": len(found.files), "left_out": len(found.left_out)},
    )
    return list(found.left_out)


def _anonymise(study: Study, keys: dict[str, str], workers: int, say: Say) -> None:
    from pipeline.steps.anonymise import anonymise

    report = anonymise(study, workers=workers)
    say(
        f"anonymise  {report.n_replaced} places replaced by {report.n_pseudonyms} pseudonyms, "
        f"{report.n_unchecked} finds for a person to look at"
    )
    study.set_state("anonymise", {"key": keys["anonymise"], "n": report.n_replaced})


def _segment(study: Study, keys: dict[str, str], say: Say) -> None:
    from pipeline.steps.anonymise import read_redactions, study_gate
    from pipeline.steps.ingest import read_transcript
    from pipeline.steps.material import left_out_of_coding, read_texts
    from pipeline.steps.segment import segment

    texts = read_texts(study)
    left_out = left_out_of_coding(study, texts)
    texts = texts[~texts["transcript_id"].isin(left_out)]
    ids = texts["transcript_id"].tolist()
    redactions = read_redactions(study, ids)
    segments = segment(
        study,
        [read_transcript(study, name) for name in ids],
        render=redactions.render,
        speakers=redactions.speakers,
        languages=dict(zip(ids, texts["language"], strict=True)),
        gate=study_gate(study),
    )
    say(f"segment    {len(segments)} segments (unit: {study.config.segment.unit})")
    if left_out:
        say(f"  {len(left_out)} transcripts are not for coding ([review] leave_out)")
    study.set_state("segment", {"key": keys["segment"], "n": len(segments)})
    from pipeline.steps.workbooks import keep_up

    for line in keep_up(study, study_gate(study)):
        say(f"review     {line}")


def _learn(
    study: Study,
    keys: dict[str, str],
    steps: Sequence[str],
    scheduler: str | None,
    say: Say,
    progress: Progress,
) -> None:
    """embed, train and suggest: all three work on the same material."""
    from pipeline.steps.anonymise import study_gate
    from pipeline.steps.material import read_material
    from pipeline.steps.study import model_name, newest_round
    from pipeline.steps.train import load_model, suggest, train

    material = read_material(study, scheduler=scheduler, progress=progress)
    if "embed" in steps:
        say(f"embed      {len(material.segments)} vectors ({study.config.embed.model})")
        for note in _language_notes(study):
            say(f"  ! {note}")
        study.set_state("embed", {"key": keys["embed"], "n": len(material.segments)})
    if material.astray:
        say(
            f"  ! {material.astray} decisions stand on words that are no longer in their transcript"
        )
    if not set(steps) & {"train", "suggest"}:
        return
    if len({segment.text for segment in material.segments}) == 1 < len(material.segments):
        say("  ! all segments have the same text: no suggestion can tell them apart")
    gate = study_gate(study)
    newest = newest_round(study)
    if "train" in steps or newest is None:
        model, model_id, number, card = train(study, material, keys["train"], gate)
        _tell_training(material, number, card, say)
        n = int(material.decided.sum())
        study.set_state("train", {"key": keys["train"], "n": n, "round": number})
    else:
        model, model_id = load_model(study, material, newest), model_name(newest)
    found = suggest(study, material, model, model_id, gate)
    say(f"suggest    {len(found)} suggestions by {model_id}")
    study.set_state("suggest", {"key": keys["suggest"], "n": len(found)})


def _tell_training(material: Any, number: int, card: Mapping[str, Any], say: Say) -> None:
    from pipeline.steps.train import told_scores

    if number == 0:
        say("train      nothing decided yet: suggestions come from the codebook alone")
        return
    say(f"train      round {number}, from {int(material.decided.sum())} decided segments")
    for line in told_scores(card):
        say(line)


def _deal(study: Study, keys: dict[str, str], coders: Sequence[str], say: Say) -> None:
    from pipeline.steps.deal import Wish, deal

    for line in deal(study, Wish()):
        say(f"review     {line}")
    # Who has nothing left to answer is not asked again until something changes.
    study.set_state("review", {coder: keys["suggest"] for coder in coders})


def _left_out(study: Study) -> list[PipelineError]:
    """The files that could not be read, from the vault; not opened when there are none."""
    if not study.state().get("ingest", {}).get("left_out"):
        return []
    from pipeline.steps.ingest import corpus_files, read_registry, summary

    return list(summary(study, read_registry(study), corpus_files(study), ()).left_out)


def _language_notes(study: Study) -> list[str]:
    from pipeline.steps.material import read_texts

    others = sorted(set(read_texts(study)["language"]) - {"en"})
    if study.config.embed.model != "minilm" or not others:
        return []
    return [
        f"MiniLM knows English; for {', '.join(others)} set [embed] model to a multilingual one, "
        "such as paraphrase-multilingual-MiniLM-L12-v2. Until then words carry the suggestions."
    ]


def _next(study: Study, say: Say) -> None:
    from pipeline.steps.status import status_of

    say(f"Next: {status_of(study)['next']}")
