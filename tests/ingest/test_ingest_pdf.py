"""PDFs: lines to paragraphs, what the pages repeat, what cannot be read."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import time
import zlib
from collections import Counter
from pathlib import Path

import pytest
from ingest_pdf import LEFT, RIGHT, Run, Typesetter, assembled, pdf, wrapped
from ingest_writers import WRITERS, docx_above, docx_bold, docx_colon, docx_table, pdf_colon

from pipeline.errors import PipelineError
from pipeline.ingest import read_transcript
from pipeline.text import words

LONG = (
    "Well, it was a long day at the office, and nobody knew when the next client would come in, so "
    "we sat there and waited for the telephone to ring, which it did not do until the afternoon"
)
TALK = [
    (who, f"{LONG}, number {n}{'?' if who == 'Anna' else '.'}")
    for n in range(9)
    for who in ("Anna", "Ben de Wit")
]


def spoken(data: bytes) -> list[tuple[str, str]]:
    return [(t.speaker, t.text) for t in read_transcript(data, "a.pdf").turns]


def test_every_word_is_in_a_turn_or_in_what_is_said_to_be_left_out() -> None:
    page = Typesetter(header="Study 7, confidential", numbers=True, line_numbers=True, bottom=600)
    for who, said in TALK:
        for at, line in enumerate(wrapped(f"{who}: {said}", RIGHT - LEFT)):
            page.line((LEFT, line, False), step=14.0 if at else 22.0)
    read = read_transcript(page.bytes(), "a.pdf")
    assert [(t.speaker, t.text) for t in read.turns] == TALK
    drawn = Counter(word for runs in page.pages for run in runs for word in words(run.text))
    read_words = Counter(word for turn in read.turns for word in words(turn.text))
    labels = Counter(word for who, _ in TALK for word in words(who))
    n_pages, n_lines = len(page.pages), sum(run.x == 40 for runs in page.pages for run in runs)
    assert n_pages > 3
    assert sum((drawn - read_words - labels).values()) == 3 * n_pages + n_pages + n_lines
    assert f"Page numbers, left out: {n_pages}." in read.warnings
    said = " ".join(read.warnings)
    assert f"margin (of lines or paragraphs), left out: {n_lines}." in said
    assert f"headers and footers, left out: {n_pages} lines, {3 * n_pages} words" in said


def test_a_sentence_goes_on_over_the_page() -> None:
    page = Typesetter(numbers=True, bottom=730.0)
    for who, said in TALK:
        for line in wrapped(f"{who}: {said}", RIGHT - LEFT):
            page.line((LEFT, line, False))
    assert len(page.pages) > 8
    assert spoken(page.bytes()) == TALK


def test_paragraphs_without_speakers() -> None:
    page = Typesetter()
    texts = [f"{LONG}, {n}." for n in range(4)]
    for text in texts:
        for at, line in enumerate(wrapped(text, RIGHT - LEFT)):
            page.line((LEFT, line, False), step=14.0 if at else 25.0)
    assert spoken(page.bytes()) == [("", text) for text in texts]


def test_numbers_that_are_said_stay() -> None:
    said = [("I", "How many?"), ("R", "7"), ("I", "1 or 2?"), ("R", "3 and 4 and 5."), ("I", "6?")]
    assert spoken(pdf_colon(said)) == said


def hyphens(*lines: str) -> str:
    page = Typesetter()
    for at, line in enumerate(["I: So?", *lines]):
        page.line((LEFT, line, False), step=30.0 if at < 2 else 14.0)
    return spoken(page.bytes())[-1][1]


LINE = "R: this is a line of words that goes on to the right edge of the page, and then it"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((f"{LINE} under-", "standing is understanding"), "it understanding is understanding"),
        ((f"{LINE} follow-", "up was the follow-up"), "it follow-up was the follow-up"),
        ((f"{LINE} follow-", "up was there"), "it follow-up was there"),
        ((f"{LINE} under\u00ad", "standing is rare"), "it understanding is rare"),
        # People break off in it: what is not known to be one word stays as written.
        ((f"{LINE} wen-", "and I wa- we said so"), "it wen- and I wa- we said so"),
        ((f"{LINE} van Noord-", "Holland is far"), "it van Noord- Holland is far"),
    ],
)
def test_words_cut_at_the_end_of_a_line(lines: tuple[str, ...], expected: str) -> None:
    assert hyphens(*lines).endswith(expected)


def test_two_columns_are_read_one_after_the_other_and_said() -> None:
    left = wrapped(f"I: {LONG}? R: {LONG}.", 200)
    right = wrapped(f"{LONG} in the right one. " * 2, 200)
    page = [Run(LEFT, 700 - 14 * n, line) for n, line in enumerate(left)]
    page += [Run(310, 699 - 14 * n, line) for n, line in enumerate(right)]
    read = read_transcript(pdf([sorted(page, key=lambda run: -run.y)]), "a.pdf")
    assert words(read.text) == words(" ".join([*left, *right]))[1:]
    assert any("two columns" in warning for warning in read.warnings)


def test_turned_pages_headings_and_what_stands_askew() -> None:
    turned = [Run(100 + 20 * n, 70, f"{who}: word", turn=1) for n, who in enumerate("IRIR")]
    assert spoken(pdf([turned])) == [(who, "word") for who in "IRIR"]
    page = [Run(LEFT, 760, "A long talk", size=20)]
    page += [Run(LEFT, 700 - 20 * n, f"{who}: word") for n, who in enumerate("IRIR")]
    page += [Run(300, 400, "DRAFT", turn=1), Run(LEFT, -50, "beyond")]
    read = read_transcript(pdf([page]), "a.pdf")
    assert [(t.speaker, t.text) for t in read.turns][:2] == [("", "A long talk"), ("I", "word")]
    assert "Pieces of text that stand askew, left out: 1 (page 1)." in read.warnings
    assert "Pieces of text beyond the edge of the page, left out: 1 (page 1)." in read.warnings
    assert "DRAFT" not in read.text and "beyond" not in read.text


def test_what_is_drawn_twice_is_read_once() -> None:
    page = [Run(LEFT, 700 - 20 * n, f"{who}: word") for n, who in enumerate("IRIR")]
    again = [Run(run.x + 0.3, run.y, run.text) for run in page]
    assert spoken(pdf([[*page, *again]])) == [(who, "word") for who in "IRIR"]
    cut = [Run(LEFT, 90, "R: these are the words that the page cuts")]
    twice = [Run(LEFT, 760, "these are the words that the page cuts"), Run(LEFT, 740, "I: Oh?")]
    text = "R: these are the words that the page cuts"
    twice[0] = Run(LEFT, 760, text)
    read = read_transcript(pdf([[*page, *cut], twice]), "a.pdf")
    assert read.text.count("cuts") == 1
    assert any("read once: 1." in warning for warning in read.warnings)


def test_ligatures_are_their_letters() -> None:
    said = [("I", "o\ufb03ce \ufb01nd?"), ("R", "\u0133s")]
    assert spoken(pdf_colon(said)) == [("I", "office find?"), ("R", "ijs")]


def test_notes_on_the_pages_are_counted() -> None:
    note = "/Annots [<< /Type /Annot /Subtype /Text /Rect [0 0 1 1] /Contents (secret) >>]"
    page = [Run(LEFT, 700 - 20 * n, f"{who}: word") for n, who in enumerate("IR")]
    read = read_transcript(pdf([page], extra=note), "a.pdf")
    assert read.warnings == ("Notes and form fields on the pages, left out: 1 (page 1).",)


def test_pages_without_text() -> None:
    page = [Run(LEFT, 700 - 20 * n, f"{who}: word") for n, who in enumerate("IR")]
    read = read_transcript(pdf([page, [], page]), "a.pdf")
    assert "Pages without text (pictures, perhaps scans): 2." in read.warnings
    with pytest.raises(PipelineError, match=r"a.pdf: the pages hold no text.*OCR"):
        read_transcript(pdf([[], []]), "a.pdf")


def test_the_damage_that_pypdf_mends_is_said_and_nothing_is_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    whole = WRITERS["pdf"][1](TALK)
    broken = re.sub(rb"startxref\n\d+", b"startxref\n77", whole)
    read = read_transcript(broken, "a.pdf")
    assert [(t.speaker, t.text) for t in read.turns] == TALK
    assert any("damaged in places" in warning for warning in read.warnings)
    for cut in (len(whole) // 2, len(whole) - 300):
        with pytest.raises(PipelineError, match="a.pdf: the PDF is damaged or was cut off"):
            read_transcript(whole[:cut], "a.pdf")
    assert capfd.readouterr() == ("", "")


def test_a_locked_pdf_is_refused_and_one_that_opens_without_a_password_is_read() -> None:
    import pypdf

    for password, opens in (("", True), ("secret", False)):
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(WRITERS["pdf"][1](TALK)))
        writer.encrypt(password, "owner", algorithm="AES-256")
        out = io.BytesIO()
        writer.write(out)
        if opens:
            assert spoken(out.getvalue()) == TALK
        else:
            with pytest.raises(PipelineError, match="password"):
                read_transcript(out.getvalue(), "a.pdf")


def test_letters_without_a_table_are_refused() -> None:
    data = pdf([[Run(LEFT, 700, "I: nobody can read this")]])
    lost = re.sub(rb"<[0-9a-f]{4}>\n", b"<e000>\n", data)
    with pytest.raises(PipelineError, match="does not say which ones"):
        read_transcript(lost, "a.pdf")


# --- hostile files ----------------------------------------------------------------------------


def one_page(content: bytes, n: int = 1, form: bytes = b"") -> bytes:
    """A PDF whose content, number of pages and form are the test's."""

    def stream(data: bytes, more: bytes = b"") -> bytes:
        packed = zlib.compress(data)
        head = b"<< /Filter /FlateDecode /Length %d %s >>" % (len(packed), more)
        return head + b"\nstream\n" + packed + b"\nendstream"

    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"3 0 R " * n, n),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 4 0 R "
            b">> /XObject << /X 6 0 R >> >> /Contents 5 0 R >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            stream(content),
            stream(form, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
        ],
        1,
    )


SHOW = b"BT /F 11 Tf 1 0 0 1 70 700 Tm (I: hello) Tj ET "
HOSTILE = {
    "a stream of 60 MB": one_page(b" " * 60_000_000),
    "a word of 6 MB": one_page(b"BT /F 11 Tf (" + b"w" * 6_000_000 + b") Tj ET"),
    "pages without end": one_page(SHOW * 20, n=50_000),
    "much drawing": one_page(SHOW * 120_000),
    "a tree that is a ring": assembled(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"], 1
    ),
    "a deep tree": assembled(
        [b"<< /Type /Catalog /Pages 2 0 R >>"]
        + [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (n + 3) for n in range(3000)],
        1,
    ),
    "deep arrays": one_page(SHOW + b"[" * 100_000),
    "objects without end": b"%PDF-1.4\n" + b"1 0 obj\n" * 300_000,
    "only its sign": b"%PDF-1.7\n",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_in_bounded_time(data: bytes) -> None:
    began = time.process_time()
    with pytest.raises(PipelineError, match="a.pdf: "):
        read_transcript(data, "a.pdf")
    assert time.process_time() - began < 10


def test_a_form_that_draws_itself_ends() -> None:
    began = time.process_time()
    assert spoken(one_page(SHOW + b"/X Do ", form=b"/X Do " * 20)) == [("I", "hello")]
    assert time.process_time() - began < 5


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("soffice") and not os.environ.get("CI"), reason="LibreOffice makes these PDFs"
)
def test_pdfs_that_libreoffice_makes_of_documents(tmp_path: Path) -> None:
    writers = {"colon": docx_colon, "bold": docx_bold, "above": docx_above, "table": docx_table}
    for name, write in writers.items():
        (tmp_path / f"{name}.docx").write_bytes(write(TALK))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    files = sorted(map(str, tmp_path.glob("*.docx")))
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=180)
    for name in writers:
        assert spoken((tmp_path / f"{name}.pdf").read_bytes()) == TALK, name
