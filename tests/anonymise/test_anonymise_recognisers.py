"""What is found in invented sentences, character by character: `{string|kind|tier}` is a find."""

from __future__ import annotations

import re

import pytest

from pipeline.anonymise import RECOGNISERS, Context, Known
from pipeline.anonymise.find import find, propagate, recogniser
from pipeline.records import KINDS, Span

MARK = re.compile(r"\{([^{}|]*)\|(\w+)(?:\|(\w+))?\}")


def marked(text: str) -> tuple[str, list[tuple[int, int, str, str]]]:
    """The text without its marks, and what they mark; the tier is auto unless it says otherwise."""
    plain, spans, at = "", [], 0
    for match in MARK.finditer(text):
        plain += text[at : match.start()]
        spans.append((len(plain), len(plain) + len(match[1]), match[2], match[3] or "auto"))
        plain += match[1]
        at = match.end()
    return plain + text[at:], spans


def found(text: str, context: Context) -> list[tuple[int, int, str, str]]:
    return [(span.start, span.end, span.kind, span.tier) for span in find(text, context)]


EN = [
    # persons
    "I spoke to {Anneke Jansen|person} about it.",
    "Then {Tesfay Gebremedhin|person} came in with his brother.",
    "It was {Sarah|person}'s idea, not mine.",
    "{Kevin|person}'ll do it tomorrow.",
    "And {Peter|person} said no.",
    "{Mark|person} said he would come.",
    "We met {Mark|person} at the desk.",
    "I talked with {Hope|person} for an hour.",
    "There is a client named {Rose|person} who calls every day.",
    "My sister {Joy|person} works there too.",
    "{Grace Mbeki|person} was the first.",
    "So {Will Jansen|person} took the file.",
    "And then, um, {Abdullahi|person} called me back.",
    "She married {Jan van der Berg|person} last year.",
    "{J. Holt|person} signed the letter.",
    "The letter was signed by {A. B. Verhoeven|person}.",
    "I asked {Anne-Marie|person} to do it.",
    "{O'Brien|person} was late again.",
    "{Dr Anneke Jansen|person} saw him.",
    "I went to {Dr. Patel|person} with it.",
    "Then {Mrs. Baker|person} opened the door.",
    "{Mr. Strong|person} does not agree.",
    "{Ms Young|person}'s desk is over there.",
    "I told {Professor van Dijk|person} so.",
    "He said {Uncle Bob|person} would pay.",
    "Her name is spelled {J-A-N-S-E-N|person}.",
    "It is {S, A, M|person|review}, like that.",
    "i think {ANNEKE|person} knows.",
    "I think {Hope|person} is a nice name.",
    "So then I saw {Grant|person} in the hall.",
    # words that only look like names
    "Mark my words, it will not last.",
    "Will you come with me?",
    "May I ask you something?",
    "Hope this helps you.",
    "Grant them some time, I say.",
    "Well, I will see what I may do.",
    "Sure, I hope so.",
    # places
    "She lives in {Gorinchem|place} now.",
    "He came from {Syria|place} in the end.",
    "We drove to {The Hague|place} together.",
    "They have an office in {New York|place}.",
    "It is near {Lake Wobegon|place}, I think.",
    "She moved to {Boston|place} with the kids.",
    "I was born in {the UK|place}, actually.".replace("{the UK|place}", "the {UK|place}"),
    "He lives in {Zorfhaven|place} with his mother.",
    "We met in {Reading|place} by chance.",
    "Reading is hard for her.",
    "That was nice of him.",
    # organisations
    "I work at {Stichting Welkom|organisation} on Mondays.",
    "She studied at the {University of Leiden|organisation}.",
    "He was at {Jansen College|organisation} for a year.",
    "{Bakker BV|organisation} hired him.",
    "{Holm & Lund A/S|organisation} closed down.",
    "They sent us to {Riverside Community Center|organisation}.",
    "It was paid by {Northern Light Ltd|organisation} until May.",
    "The {Department of Health|organisation} called.",
    "We work with {UWV|organisation} on that.",
    # contact
    "Write to {a.jansen@example.org|contact} please.",
    "It is on {www.welkom-example.nl/intake|contact}, I think.",
    "See {https://example.org/a?b=1|contact}.",
    "I am {@anneke_j|contact} there.",
    "My mail is {anneke dot jansen at example dot com|contact} okay.",
    "Call me on {06-12345678|contact} tonight.",
    "The number is {+31 6 12 34 56 78|contact}.",
    "Ring {(555) 010-4477|contact} or so.",
    "It is {555-0142|contact}, that is the desk.",
    "Her number was {202-555-0173|contact}.",
    "She lives at {12 Elm Street|contact} still.",
    "They moved to {4021 North 3rd Avenue|contact} in the spring.",
    "It is on {Maple Road|contact}.",
    "He got a place at {88 Harbor Court|contact}.",
    "The office is at {Kerkstraat 12|contact}.",
    "Send it to {PO Box 4411|contact}.",
    # ids
    "Her number is {123456782|id}.",
    "His SSN was {078-05-1120|id}.",
    "We opened case {DH-14-2207|id} then.",
    "File {2016-0482|id} is still open.",
    "My card is {4111 1111 1111 1111|id}.",
    "Transfer it to {NL91 ABNA 0417 1643 00|id}.",
    "The client number is {88213|id}, I believe.",
    "Her passport {NXA123456|id} had expired.",
    "It came from {192.168.10.24|id}.",
    # dates
    "He was born on {3 May 1984|date}.",
    "We met on {May 3rd|date}.",
    "It was {the third of May|date}.",
    "That was in {March 2018|date}.",
    "I started in {2016|date}.",
    "It was signed on {2019-03-12|date}.",
    "The letter of {12/03/2019|date} says so.",
    "In {nineteen eighty-four|date} we moved.",
    "On {Monday 3 June|date} she came.",
    # dates that say nothing
    "See you on {Monday|date|review} at half past nine.",
    "In May it is always busy.",
    "She is {34 years old|date} and has 3 kids.",
    "We had 2000 clients and 2016 euros left.",
    "In the 1990s it was different.",
    "It takes ten to twelve weeks.",
    # capitals that nothing explains
    "We use the {Groeiwijzer|organisation} for that.",
    "I am Dutch and I speak Arabic and Tigrinya.",
    "At Christmas and during Ramadan it is quiet.",
    "No, it was NOT good at all.",
    "He has ADHD and a CV from the TV.",
    "Annual reports are due.",
    "And then the Internet broke down.",
]

NL = [
    "Ja, mijn chef {marieke|person|review} kwam, en toen kwam {Birgit|person} ook.",
    "Nou, ik geef mijn IBAN door.",
    "Ik sprak met {Anneke de Vries|person} daarover.",
    "Toen belde {Tesfay|person} mij op.",
    "{Mevrouw Jansen|person} was er ook bij.",
    "Ik heb {mevrouw van der Berg|person} gesproken.",
    "En {meneer Bakker|person} zei niks.",
    "Dat was {mw. Yilmaz|person} van de balie.",
    "{Dhr. de Groot|person} heeft getekend.",
    "Mijn collega {Roos|person} doet dat.",
    "Ik vroeg het aan {Annekes|person} moeder.",
    "Ik sprak {Sjoerd|person} gisteren.",
    "Volgens {Fatima El Amrani|person} kan het wel.",
    "De cliënt heet {Hoop Tesfamariam|person}.".replace(
        "{Hoop Tesfamariam|person}", "{Yonas Tesfamariam|person}"
    ),
    "Mijn buurman {Henk|person} weet ervan.",
    "Ik spel het: {J-A-N-S-E-N|person}.",
    # places and organisations
    "Zij woont in {Gorinchem|place} met haar zoon.",
    "Hij komt uit {Eritrea|place}.",
    "We gingen naar {Den Haag|place} toe.",
    "Zij is naar {'s-Hertogenbosch|place} verhuisd.",
    "Ik werk bij {Stichting Welkom|organisation}.",
    "Zij zit op {ROC Midden|organisation}.",
    "{Gemeente Dordrecht|organisation} betaalt dat.",
    "Hij deed iets voor {Jansen Bouw BV|organisation} toen.",
    "Ik belde met het {UWV|organisation} erover.",
    # contact
    "Bel maar {06-12345678|contact} of zo.",
    "Het is {010 - 123 45 67|contact} geloof ik.",
    "Mail naar {j.jansen@voorbeeld.nl|contact} graag.",
    "Zij woont aan de {Kerkstraat 12|contact} nog.",
    "Dat is op de {Jan van Galenstraat|contact}.",
    "Hij zit op {Laan van Voorbeeld 120|contact}.",
    "Op de {Molenweg 4b|contact} daar.",
    "Het is {3311 AB|contact}, die wijk.",
    # ids and dates
    "Het bsn is {123456782|id}.",
    "Dossier {2016-0482|id} is dicht.",
    "Zijn kenteken is {XP-004-T|id}.",
    "Rekening {NL91ABNA0417164300|id} dus.",
    "Klantnummer {44120|id} was dat.",
    "Geboren op {3 mei 1984|date}.",
    "Dat was op {drie mei|date}.",
    "Het was {12-03-2019|date} toen.",
    "In {maart 2018|date} begon het.",
    "Sinds {2016|date} werk ik hier.",
    "In {tweeduizend zestien|date} al.",
    # nothing
    "Ik zie haar {maandag|date|review} om half tien.",
    "In mei is het altijd druk.",
    "Wil je koffie?",
    "Dat wil ik best doen.",
    "Hij is {34 jaar|date} en heeft 3 kinderen.",
    "Zij spreekt Nederlands en Arabisch.",
    "Onderweg was het mistig en op de markt ook.",
    "Wij hadden 2000 euro.",
    "Met Pasen en Kerstmis zijn we dicht.",
]

DA = [
    "Ja, min chef {pernille|person|review} kom, og så kom {Birgitte|person} også.",
    "Jeg talte med {Kirsten Holm|person} om det.",
    "Så ringede {Fru Sørensen|person} til mig.",
    "Det var {hr. Lund|person} fra kontoret.",
    "{Kelds|person} sag blev lukket.",
    "Min kollega {Bent|person} sagde det.",
    "Jeg mødte {Ayan Warsame|person} i går.",
    "Hun hedder {Liv|person} og er ny.",
    "Jeg spurgte {Mogens|person} om det.",
    "Så sagde {Jørgen Friis|person} ja.",
    # places and organisations
    "Hun bor i {Vejle|place} nu.",
    "Han kom fra {Syrien|place} dengang.",
    "{Roskildes|place} borgmester var der.",
    "Jeg arbejder i {Aarhus Kommune|organisation} nu.",
    "Det var {Jobcenter Nord|organisation} der ringede.",
    "{Hansen Byg ApS|organisation} lukkede.",
    "Hun gik på {Byskovskolen|organisation} før.",
    # contact
    "Ring på {20 14 15 16|contact} i morgen.",
    "Nummeret er {+45 20 14 15 16|contact}.",
    "Skriv til {k.holm@eksempel.dk|contact} bare.",
    "Han bor på {Vestergade 14, 2. tv|contact} endnu.",
    "Det er på {Nørre Allé 7|contact} tror jeg.",
    "Hun flyttede til {Birkevej 3, 8000 Aarhus C|contact} sidste år.",
    # ids and dates
    "Cpr-nummeret er {030584-1234|id} dér.",
    "Sag {2016-0482|id} er lukket.",
    "Journalnummer {55-2017-331|id} så.",
    "Det var {3. maj 2018|date}.",
    "Den {12-03-2019|date} kom brevet.",
    "Det var {tredje maj|date}.",
    "I {marts 2018|date} begyndte det.",
    "Siden {2016|date} har vi gjort det.",
    # nothing
    "Jeg ser hende {mandag|date|review} klokken ti.",
    "I maj er der altid travlt.",
    "Vil du have kaffe?",
    "Hun er {34 år|date} og har 3 børn.",
    "De taler dansk og arabisk.",
    "Nej, det gør vi ikke.",
    "Egentlig synes jeg ikke det.",
    "Kommunen betaler 2000 kroner.",
]

MONTHS = [
    "Her name is {May|person|review}. His name is {April|person|review}.",
    "I gave {April|person|review} the form.",
    "Ask {May|person|review} or {June|person|review}.",
    "We go there in May or June. They gave notice in April.",
]
SMALL = [
    "Well, my boss {priyanka|person|review} came, and then {Ruth|person} came.",
    "And my neighbour {kenneth|person|review} told {Ruth|person} that.",
    "My manager dashboarded it, and the client onboarding was slow.",
    "They got this grant. {Next Door Forward|person|review}. I liked it.",
    "Please send the IBAN to us.",
]

LOWER = [
    ("en", "so i talked to {anneke jansen|person} and she said no to me"),
    ("en", "and then {mr jansen|person} came in with the papers"),
    ("en", "i will see what i may do and hope for the best"),
    ("en", "she came from {rotterdam|place} with her kids"),
    ("en", "then {tesfay|person} told me about it"),
    ("en", "that was {grant|person|review} again on the phone"),
    ("nl", "ik heb toen {anneke de vries|person} gebeld over die brief"),
    ("nl", "en {mevrouw van der berg|person} zei dat het niet kon"),
    ("nl", "dat wil ik best voor hem doen als het kan"),
    ("nl", "zij woont in {dordrecht|place} met haar zoon en dochter"),
    ("da", "så talte jeg med {fru sørensen|person} om det hele"),
    ("da", "han bor i {roskilde|place} sammen med sin mor og far"),
    # a title, and behind it a name that is a word too
    ("en", "and then {mr hope|person|review} and {mr may|person|review} were there"),
    (
        "en",
        "so {mrs good|person|review} and {miss may|person|review} told {ms small|person|review}",
    ),
    ("en", "i miss long walks and i miss you"),
    ("nl", "{meneer de wit|person|review} en {mevrouw de groot|person|review} kwamen"),
    ("nl", "mevrouw zei dat meneer de deur dicht deed"),
    ("nl", "en toen zei {pastoor bos|person|review} dat het goed was"),
    ("da", "{hr bang|person|review} og {fru sand|person|review} og {hr. bang|person|review}"),
    # the commonest words: only where a person stands
    ("en", "her name is {may|person|review} and his name is {will|person|review}"),
    ("en", "my sister {may|person|review} is ill"),
    ("en", "i gave {will|person|review} the form and i saw {may|person|review} in town"),
    ("en", "i may go and you will see that in june it is hot"),
    ("en", "her name is not important and his name is on the form"),
    ("nl", "hij heet {beer|person|review}"),
    ("nl", "ik belde {wil|person|review} en ik gaf {wil|person|review} het formulier"),
    ("nl", "mijn {baas|person|review} was boos en mijn zus was het ook"),
    ("da", "min nabo {tue|person|review} og min søn {bo|person|review} og {maj|person|review}"),
    ("da", "han hedder {bo|person|review}"),
    ("da", "min mor bor her og vil bo her i maj"),
]


@pytest.mark.parametrize("text", [*EN, *MONTHS, *SMALL])
def test_english(text: str) -> None:
    plain, spans = marked(text)
    assert found(plain, Context(language="en")) == spans


@pytest.mark.parametrize("text", NL)
def test_dutch(text: str) -> None:
    plain, spans = marked(text)
    assert found(plain, Context(language="nl")) == spans


@pytest.mark.parametrize("text", DA)
def test_danish(text: str) -> None:
    plain, spans = marked(text)
    assert found(plain, Context(language="da")) == spans


@pytest.mark.parametrize(("language", "text"), LOWER)
def test_text_without_capitals(language: str, text: str) -> None:
    plain, spans = marked(text)
    assert found(plain, Context(language=language)) == spans


KNOWN = Known(
    persons=(
        ("Ann Berg", "Annie"),
        ("Jansen, Anneke",),
        ("S1",),
        ("Interviewer",),
        ("Hope Lund",),
        ("Bo Li",),
    ),
    places=("Zuidwijk",),
    organisations=("De Brug",),
    others=("teacher", "P-4471", "Welkom-team"),
)

ROSTER = [
    ("I asked {Ann|person}, not the annual report.", "en"),
    ("{Annie|person}'s desk. Annually we move.", "en"),
    ("then {annie|person} said so", "en"),
    ("{ANN|person} AND THE REST OF US ALL", "en"),
    ("Well, {Anneke Jansen|person} came, and {Jansen|person} left.", "en"),
    ("{Hope|person} is here, I hope.", "en"),
    ("and {Bo|person} said the bo tree is old", "en"),
    ("She is a teacher at {De Brug|organisation}.", "en"),
    ("We live in {Zuidwijk|place}, south.", "en"),
    ("The code {P-4471|id} is hers.", "en"),
    ("The interviewer asked S1.", "en"),
]


@pytest.mark.parametrize(("text", "language"), ROSTER)
def test_known_names(text: str, language: str) -> None:
    plain, spans = marked(text)
    assert found(plain, Context(language=language, known=KNOWN)) == spans


def test_a_participants_name_that_is_a_word_is_asked_about_in_small_letters() -> None:
    context = Context(language="nl", known=Known(persons=(("Piet Baas",),)))
    texts = {
        "a": "mijn baas was boos en ik vroeg of mijn baas dat ook kon",
        "b": "Piet Baas was boos. Toen zei Baas nee.",
    }
    spread = propagate(texts, {key: find(text, context) for key, text in texts.items()}, context)
    assert {span.tier for span in spread["a"]} == {"review"}
    assert {span.tier for span in spread["b"]} == {"auto"}


def test_strings_that_people_added_are_found_from_then_on() -> None:
    context = Context(language="en", added=(("organisation", "the Greenhouse"),))
    plain, spans = marked("We meet at {the Greenhouse|organisation} on Mondays.")
    assert found(plain, context) == spans


SAMPLE = (
    "Dr Anneke Jansen-de Vries woont aan de Kerkstraat 12, 3311 AB Dordrecht. Bel 06-12345678 of "
    "mail a@b.nl.\nZe is op 3 mei 1984 geboren; dossier 2016-0482, bsn 123456782. J-A-N-S-E-N. "
    "Stichting Welkom en Ümit Öztürk (ROC Midden) – «Zürich» 😀 Tesfay's."
)


@pytest.mark.parametrize("name", sorted(RECOGNISERS))
@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "A", "😀", SAMPLE, SAMPLE.lower(), SAMPLE.upper()]
)
@pytest.mark.parametrize("language", ["en", "nl", "da", "xx"])
def test_contract(name: str, text: str, language: str) -> None:
    context = Context(language=language, known=KNOWN)
    spans = recogniser(name)(text, context)
    for span in spans:
        assert isinstance(span, Span)
        assert 0 <= span.start < span.end <= len(text)
        assert span.kind in KINDS
        assert span.tier in ("auto", "review")
        assert span.recogniser == name
    assert spans == recogniser(name)(text, context)


@pytest.mark.parametrize("name", sorted(RECOGNISERS))
def test_every_recogniser_has_a_sentence_it_finds_something_in(name: str) -> None:
    context = Context(language="nl", known=KNOWN)
    text = (
        f"{SAMPLE} Ann, 34 jaar oud, kwam maandag met de Groeiwijzer van Het Zonnehuis. "
        "Bel nul zes twaalf vierendertig zesenvijftig achtenzeventig."
    )
    assert recogniser(name)(text, context)


def test_there_are_as_many_cases_as_promised() -> None:
    assert len(EN) + len(NL) + len(DA) + len(LOWER) + len(ROSTER) >= 150
