"""The example corpora as coded data: a row per answer, with what the first coder gave it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import parse_codebook
from pipeline.ingest import read_transcript
from pipeline.records import Codebook, Segment
from pipeline.segment.answers import cut_answers
from pipeline.segment.sentences import sentence_splitter
from pipeline.targets import carries
from tests.corpus.figures import read_rows
from tests.corpus.studies import Study


@dataclass(frozen=True)
class Coded:
    """n answers in the order of their interviews."""

    segments: list[Segment]
    Y: NDArray[np.float64]  # (n, k) 1 or 0: the interviews were read whole
    participants: list[str]  # (n,) one person may have told of two waves
    book: Codebook


def coded_answers(study: Study) -> Coded:
    """The answers of the interviews that hold a code; an answer has it as a decision carries over.

    Texts are the source's, without pseudonyms: the people are invented.
    """
    book = parse_codebook(study.codebook_file.read_bytes(), study.codebook)
    column = {code: at for at, code in enumerate(book.ids)}
    stretches = defaultdict(list)
    for row in read_rows(study.corpus / "gold" / "codes.csv"):
        span = int(row["start"]), int(row["end"])
        stretches[row["file"]].append((span, column[row["code"]]))
    segments, labels, participants = [], [], []
    for person in read_rows(study.corpus / "participants.csv"):
        file = person["file"]
        if file not in stretches:  # recipients are heard, not coded
            continue
        transcript = read_transcript((study.corpus / file).read_bytes(), file)
        transcript = replace(transcript, transcript_id=file)
        for one in cut_answers(transcript, sentence_splitter(person["language"])):
            place = one.source_start, one.source_end
            given = [code for span, code in stretches[file] if carries(span, place)]
            segments.append(one)
            labels.append(np.isin(np.arange(len(column)), given).astype(np.float64))
            participants.append(person["participant"])
    return Coded(segments, np.array(labels), participants, book)
