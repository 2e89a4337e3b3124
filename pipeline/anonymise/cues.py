"""Words that tell what a capitalised word next to them is. English, Dutch, Danish."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.anonymise.tokens import Token

# "named X", "my sister X": what follows is a person.
PERSON_BEFORE = frozenset(
    "named called name's i'm nicknamed friend friends girlfriend boyfriend brother sister wife "
    "husband son daughter mother father mom dad mum colleague boss manager supervisor teacher "
    "neighbour neighbor cousin nephew niece partner fiancé fiancée grandson granddaughter "
    "stepfather stepmother client caseworker counselor counsellor assistant lead boy girl guy kid "
    "woman man lady hey hi hello thanks bye dear heet heette genaamd heten noemt noemen noemde "
    "vriend vriendin broer broertje zus zusje zuster vrouw man zoon dochter moeder vader collega "
    "baas chef leidinggevende teamleider docent docente buurman buurvrouw neef nicht partner "
    "jongen meisje cliënt deelnemer klantmanager begeleider begeleidster coach mentor hoi hallo "
    "hé dag hedder hed kaldet navngivet ven veninde kæreste bror lillebror storebror søster kone "
    "mand søn datter mor far kollega leder teamleder nabo fætter kusine dreng pige borger "
    "sagsbehandler afdelingsleder "
    "rådgiver mentor hej tak".split()
)
POSSESSIVE = frozenset(
    "my your his her our their mijn jouw zijn haar ons onze hun min din hans hendes vores deres "
    "mit dit sin sit".split()
)
WITH = frozenset(
    "with met told ask asked asking tell telling know knew knows saw see call called thank "
    "thanked help helped married visited loves love hired fired remember met tegen sprak spreek "
    "vroeg vraag belde bel ken kende zag help hielp ontmoette volgens "
    "med kender kendte mødte spurgte spørg ringede hjalp hjælper så ifølge".split()
)
# "gave X the form": what follows is a person, or now and then a thing ("gave hope").
GAVE = frozenset(
    "gave give gives given giving sent handed showed emailed gaf geef geeft gaven stuurde mailde "
    "gav giver sendte viste".split()
)
# "her name is X", "hij heet X": the word says outright that what follows is a name.
_NAME = frozenset("name naam navn".split())
_IS = frozenset("is was er var".split())
NAMED = frozenset("named genaamd heet heette heten hedder hed navngivet name's".split())
# "X said": what stands before is a person.
PERSON_AFTER = frozenset(
    "said says told tells asked asks thinks thought replied explained explains called phoned "
    "wanted wants knew knows felt feels looked smiled laughed nodded came went lives lived works "
    "worked helped loves loved likes liked died married grew wrote writes has had was is would "
    "could did does and's zei zegt zeiden vertelde vertelt vroeg vraagt denkt dacht vindt vond "
    "wilde wil belde belt kwam komt ging gaat woont woonde werkt werkte hielp helpt lachte heeft "
    "had was is zou kon kan deed doet sagde siger fortalte fortæller spurgte spørger tænker "
    "tænkte synes syntes mener mente ville vil ringede "
    "ringer kom kommer gik går bor boede arbejder arbejdede hjalp hjælper grinede har "
    "havde var er kunne gjorde".split()
)
SPEECH = frozenset(
    "said says told asked asks replied explained thinks thought zei zegt vertelde vroeg vraagt "
    "vindt vond dacht "
    "denkt sagde siger fortalte spurgte spørger synes mener".split()
)
# Not persons at the start of a sentence: "Will you", "May I", "Mark my words", "Hope this".
PRONOUN_AFTER = frozenset(
    "i you he she it we they this that these those there the a an my your his her our their me us "
    "him them not be to of in on at if so as ik je jij u hij zij ze we wij jullie het de een dit "
    "dat er mijn jouw zijn haar ons hun me mij jou hem niet jeg du han hun den det de vi i man en "
    "et mig dig sig os min mit mine din dit sin sit "
    "ikke er der at for med".split()
)
# Words that bind sentences, though somebody bears them as a name: in small letters never asked.
CLOSED = PRONOUN_AFTER | frozenset(
    "and but or so then al an el dan ben bent door elke per anders han hans sine jo lot dag "
    "og".split()
)
# Words that open a sentence inside a line, after what looks like an initial: "Place A. Then".
OPENERS = frozenset(
    "and but so then there here with well no yes one when if now because what who how why where "
    "which en maar dus dan daar hier met nou nee ja toen als want wat wie hoe waarom waar "
    "og men så da der her med nå nej ja når hvis fordi hvad hvem hvordan hvorfor hvor".split()
)
# Before a place. Only those after which a person hardly ever stands.
PLACE_BEFORE = frozenset(
    "in near outside inside throughout across around within downtown visit visited visiting leave "
    "left "
    "uit nabij rondom binnen buiten i nær omkring udenfor indenfor gennem".split()
)
PLACE_MAYBE = frozenset(
    "from to at toward towards via through into van naar bij te tot fra til ved mod over på".split()
)
DIRECTIONS = frozenset(
    "north south east west northern southern eastern western central upper lower greater new old "
    "noord zuid oost west noordelijk zuidelijk nieuw oud nord syd øst vest ny gammel".split()
)
PLACE_HEADS_AFTER = frozenset(
    "river lake valley island islands bay beach park square bridge county province district "
    "region airport station castle palace forest hills creek falls coast peninsula sea ocean "
    "desert village town city state mountain mountains mount canyon harbor harbour plaza "
    "reservation territory territories republic kingdom empire gulf strait cape canal avenue "
    "street road heights springs ridge point field garden gardens cemetery tower "
    "monument memorial stadium arena mall trail pass plateau woods basin glacier channel".split()
)
PLACE_HEADS_BEFORE = frozenset(
    "lake mount mt fort port saint st san santa santo los las el new cape camp isle gulf "
    "bay sankt sint bad".split()
)
# Calendar words, languages, peoples as adjectives, religions, feasts: said by everybody, they
# single out nobody. Per language: "Frans" is an adjective in Dutch and a person elsewhere.
_EVERYWHERE = (
    "tv pc it hr cv id cd dvd pdf faq usb dna hiv aids covid covid-19 corona adhd ptsd mri er icu "
    "gp sms gps ok okay god allah jesus ramadan eid islam bsn cpr ssn mr mrs ms dr hm hmm mm mmm "
    "mhm mm-hm mm-hmm uh-huh uh-uh ah aha ha haha hah oh ooh oei ai au phoo pff pfff tja nou nå "
    "nåh øh øhm uh uhm um eh ehm er erm wow yeah yep nope iban bic kvk cvr"
)
_COMMON_CAPITALS = {
    "en": (
        "i i'm i'll i'd i've monday tuesday wednesday thursday friday saturday sunday mondays "
        "tuesdays wednesdays thursdays fridays saturdays sundays january february march april may "
        "june july august september october november december feb mar apr jun jul aug sep sept "
        "oct nov dec mon tue tues wed thu thurs fri sat sun english dutch danish german french "
        "spanish italian portuguese polish turkish arabic russian greek chinese japanese korean "
        "hindi urdu persian farsi dari pashto kurdish tigrinya amharic somali swahili norwegian "
        "swedish finnish irish scottish welsh british european american african asian latino "
        "latina hispanic arab western eastern jewish jew muslim islamic christian christianity "
        "catholic protestant hindu buddhist orthodox bible quran koran christmas easter "
        "thanksgiving halloween passover hanukkah whitsun pentecost advent lent sinterklaas "
        "christ internet syrian eritrean afghan iraqi iranian moroccan turk kurd ukrainian "
        "id ids tv tvs pc pcs cv cvs dna ok gps atm atms faq faqs ptsd adhd hiv aids lgbt iq usb "
        "canadian mexican brazilian indian australian israeli palestinian egyptian vietnamese "
        "ethiopian sudanese nigerian hungarian romanian czech slovak bulgarian austrian swiss "
        "belgian latin sir ma'am am pm ad bc ct ceo cfo cto phd ma ba bsc msc"
    ),
    "nl": (
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april "
        "mei juni juli augustus september oktober november december nederlands nederlandse "
        "nederlander duits duitse engels engelse frans franse spaans spaanse turks turkse "
        "marokkaans marokkaanse syrisch syrische syriër eritrees eritrese eritreeër afghaans "
        "afghaanse afghaan arabisch arabische pools poolse russisch russische koerdisch "
        "koerdische somalisch somalische iraans iraanse irakees irakese oekraïens oekraïense "
        "europees europese amerikaans amerikaanse belgisch belgische surinaams surinaamse "
        "italiaans italiaanse grieks griekse chinees chinese islamitisch christelijk katholiek "
        "protestants joods moslim pasen kerst kerstmis sinterklaas suikerfeest offerfeest "
        "pinksteren hemelvaart nieuwjaar bijbel koran internet mevrouw meneer adl mbo hbo wo vwo "
        "havo vmbo nt2 ptss wc"
    ),
    "da": (
        "mandag tirsdag onsdag torsdag fredag lørdag søndag januar februar marts april maj juni "
        "juli august september oktober november december dansk danske dansker danskere danskerne "
        "tysk tyske engelsk engelske fransk franske spansk tyrkisk tyrkiske arabisk arabiske "
        "syrisk syriske somalisk somaliske kurdisk polsk polske russisk russiske svensk svenske "
        "norsk norske europæisk europæiske amerikansk amerikanske muslimsk kristen jul påske "
        "pinse gud hr fru jer i de dem deres hf htx hhx stx edb nt2"
    ),
}
# Small words that name lists have too; they open sentences all the time.
NEVER = {
    "en": frozenset("he she me my we well us so no yes ok do go oh ah be an in".split()),
    "nl": frozenset("haar hem hij zij jij wij ja nee nou wel die dat zo ik je ze we".split()),
    "da": frozenset(
        "ham han hun jo da ja nej nå nu den det de os jer sig vi du jeg man så".split()
    ),
}
COMMON_CAPITALS = {
    language: frozenset(f"{_EVERYWHERE} {words}".split()) | NEVER[language]
    for language, words in _COMMON_CAPITALS.items()
}
_ALL_COMMON = frozenset().union(*COMMON_CAPITALS.values())


def before_of(tokens: Sequence[Token], i: int) -> str:
    """The word before the one at `i`; "named" where it is the "is" of "her name is". Else empty."""
    if not i or "\n" in tokens[i].gap:
        return ""
    word = tokens[i - 1].lower
    if word in _IS and i > 1 and tokens[i - 1].gap == " " and tokens[i - 2].lower in _NAME:
        return "named"
    return word


def common_capitals(language: str) -> frozenset[str]:
    """Capitalised words that single out nobody; for other languages all of them together."""
    return COMMON_CAPITALS.get(language, _ALL_COMMON)


# Before a month.
CALENDAR = frozenset(
    "in since until till during last next this early mid late by sinds vanaf tot vorig volgend "
    "begin half eind i siden indtil fra sidste næste".split()
)
# A single capital letter after these names a thing, not a person: "plan B", "vitamin D".
LETTER_BEFORE = frozenset(
    "vitamin vitamine plan type class grade group option part section hepatitis point level model "
    "team phase appendix "
    "wave version variant bijlage groep klas niveau optie deel gruppe klasse bilag niveau "
    "del mulighed an a the".split()
)
