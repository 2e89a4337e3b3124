"""Words of `quasi`, per language: alternatives of regular expressions, any case.

Ours, and modest: work that few people do, offices that one person holds, things that reach the
newspaper, illnesses that are rare or hidden, households that stand out, and what people are called
by the land they come from.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QuasiWords:
    """What to look for in one language. `{b}` in a shape is a blank."""

    jobs: str
    offices: str
    only: tuple[str, ...]
    events: tuple[str, ...]
    health: str
    family: tuple[str, ...]
    nations: str
    people: str
    from_: str
    living: str
    in_: str
    of: str
    the: str


_NATIONS_EN = (
    "afghan|syrian|eritrean|ethiopian|somali|iraqi|iranian|turkish|moroccan|algerian|tunisian|"
    "libyan|egyptian|"
    "sudanese|yemeni|lebanese|palestinian|jordanian|kurdish|armenian|georgian|azerbaijani|"
    "ukrainian|russian|"
    "belarusian|polish|romanian|bulgarian|hungarian|albanian|bosnian|serbian|croatian|kosovar|"
    "chechen|uzbek|"
    "kazakh|pakistani|bangladeshi|sri lankan|tamil|nepali|bhutanese|burmese|karen|hmong|"
    "vietnamese|laotian|"
    "cambodian|thai|filipino|filipina|indonesian|chinese|uyghur|tibetan|mongolian|korean|japanese|"
    "ghanaian|"
    "nigerian|gambian|senegalese|guinean|liberian|sierra leonean|ivorian|malian|congolese|rwandan|"
    "burundian|"
    "ugandan|kenyan|tanzanian|cameroonian|angolan|zimbabwean|cuban|haitian|jamaican|dominican|"
    "guatemalan|"
    "honduran|salvadoran|nicaraguan|colombian|venezuelan|peruvian|ecuadorian|bolivian|brazilian|"
    "surinamese|"
    "antillean|greenlandic|faroese|icelandic|finnish|estonian|latvian|lithuanian|portuguese|"
    "yazidi|rohingya|"
    "oromo|tigrayan|hazara|roma|sinti|sámi|sami|navajo|ojibwe|oneida"
)
_NATIONS_NL = (
    "afghaanse?|syrische?|eritrese?|eritreeër|ethiopische?|somalische?|somaliër|irakese?|iraanse?|"
    "turkse?|"
    "marokkaanse?|algerijnse?|tunesische?|libische?|egyptische?|soedanese?|jemenitische?|libanese?|"
    "palestijnse?|koerdische?|armeense?|georgische?|oekraïense?|russische?|poolse?|roemeense?|"
    "bulgaarse?|"
    "hongaarse?|albanese?|bosnische?|servische?|kroatische?|kosovaarse?|tsjetsjeense?|"
    "pakistaanse?|tamil|"
    "nepalese?|vietnamese?|chinese?|indonesische?|ghanese?|nigeriaanse?|gambiaanse?|guinese?|"
    "liberiaanse?|"
    "congolese?|rwandese?|burundese?|oegandese?|keniaanse?|kameroense?|angolese?|cubaanse?|"
    "colombiaanse?|"
    "venezolaanse?|braziliaanse?|surinaamse?|antilliaanse?|kaapverdische?|molukse?|jezidi|oromo|"
    "tigrese?|"
    "hazara|roma|sinti|syriër|afghaan|irakees|iraniër|pool|somali|rohingya|oeigoerse?|filipijnse?|"
    "thaise?"
)
_NATIONS_DA = (
    "afghansk[e]?|syrisk[e]?|eritreisk[e]?|etiopisk[e]?|somalisk[e]?|somalier|irakisk[e]?|"
    "iransk[e]?|"
    "tyrkisk[e]?|marokkansk[e]?|algerisk[e]?|libanesisk[e]?|palæstinensisk[e]?|kurdisk[e]?|"
    "armensk[e]?|"
    "georgisk[e]?|ukrainsk[e]?|russisk[e]?|polsk[e]?|rumænsk[e]?|bulgarsk[e]?|ungarsk[e]?|"
    "albansk[e]?|"
    "bosnisk[e]?|serbisk[e]?|kroatisk[e]?|kosovoalbansk[e]?|tjetjensk[e]?|pakistansk[e]?|"
    "tamilsk[e]?|"
    "nepalesisk[e]?|burmesisk[e]?|vietnamesisk[e]?|thailandsk[e]?|kinesisk[e]?|filippinsk[e]?|"
    "ghanesisk[e]?|"
    "nigeriansk[e]?|gambiansk[e]?|congolesisk[e]?|rwandisk[e]?|ugandisk[e]?|kenyansk[e]?|"
    "brasiliansk[e]?|"
    "grønlandsk[e]?|grønlænder|færøsk[e]?|islandsk[e]?|litauisk[e]?|lettisk[e]?|yazidi|hazara|"
    "roma|syrer|"
    "afghaner|iraker|iraner|tyrker|polak|somali|rohingya"
)

_EN = QuasiWords(
    jobs=(
        "beekeeper|lighthouse keeper|taxidermist|falconer|blacksmith|farrier|glass ?blower|organ "
        "builder|"
        "piano tuner|violin maker|luthier|clockmaker|watchmaker|bell ?founder|puppeteer|"
        "ventriloquist|"
        "magician|clown|circus \\w+|trapeze artist|acrobat|ballet dancer|opera singer|concert "
        "pianist|harpist|"
        "composer|conductor of (?:an?|the) orchestra|sculptor|stained glass \\w+|calligrapher|"
        "bookbinder|"
        "saddler|cooper|thatcher|chimney sweep|undertaker|mortician|embalmer|grave ?digger|coroner|"
        "astronaut|astronomer|meteorologist|volcanologist|seismologist|oceanographer|marine "
        "biologist|"
        "archaeologist|egyptologist|palaeontologist|paleontologist|anthropologist|helicopter pilot|"
        "fighter pilot|airline pilot|test pilot|harbou?r pilot|ship'?s captain|submariner|deep[- "
        "]sea diver|"
        "commercial diver|stunt ?(?:man|woman|double)|jockey|race ?car driver|professional "
        "(?:footballer|"
        "boxer|wrestler|cyclist|gambler|dancer|diver)|olympic \\w+|ambassador|consul|diplomat|"
        "mayor|"
        "alderman|alderwoman|senator|congress(?:man|woman)|member of parliament|judge|bishop|"
        "rabbi|imam|"
        "abbot|nun|monk|sheriff|fire chief|chief of police|prosecutor|surgeon|neurosurgeon|coroner|"
        "midwife|perfumer|sommelier|cheese ?maker|oyster farmer|shepherd|goat ?herd|whaler|"
        "reindeer herder|"
        "denturist|dental technician|prosthetist|sign language interpreter|court interpreter|"
        "tattoo artist|zoo keeper|snake charmer|dog trainer for the \\w+|sacristan|muezzin|cantor"
    ),
    offices=(
        "mayor|director|head|principal|manager|chair(?:man|woman|person)?|president|secretary|"
        "treasurer|imam|"
        "priest|pastor|vicar|sheriff|commissioner|superintendent|dean|founder|owner|spokes(?:man|"
        "woman|person)"
    ),
    only=(
        r"(?:the|my|our|his|her){b}only{b}(?!thing|way|time|ones?|problem|reason|question|"
        r"difference|point|"
        r"option|choice|part|place|day|times|people)\w+{b}(?:\w+{b}){{0,2}}(?:in|at|of|on|from|"
        r"with|who|here){b}\w+",
        r"the{b}(?:first|last|youngest|oldest|tallest){b}(?:\w+{b}){{0,2}}(?:ever|"
        r"in{b}the{b}(?:whole{b})?"
        r"(?:country|city|town|county|state|village|office|department|building|world))",
        r"one{b}of{b}(?:the{b})?(?:two|three|four|very{b}few|only{b}\w+){b}\w+{b}(?:in|at|of|on|"
        r"from|who)",
        r"nobody{b}else{b}(?:in|at|on){b}(?:the|this|our){b}\w+",
    ),
    events=(
        r"(?:was|were|got|been){b}(?:all{b}over|on|in){b}the{b}(?:\w+{b})?(?:news|paper|papers|"
        r"newspaper|"
        r"front{b}page|television|tv|radio)",
        r"won{b}(?:the|a|an){b}(?:\w+{b})?(?:lottery|award|prize|medal|championship|election|"
        r"pageant)",
        r"(?:struck{b}by{b}lightning|taken{b}hostage|kidnapped|shipwreck(?:ed)?|plane{b}crash|"
        r"train{b}crash|"
        r"house{b}fire|burned{b}down|burnt{b}down|was{b}shot|got{b}shot|was{b}stabbed|"
        r"got{b}stabbed|was{b}murdered|"
        r"committed{b}suicide|killed{b}(?:himself|herself)|drowned|was{b}deported|in{b}a{b}coma|"
        r"sued{b}the{b}\w+|whistle-?blower|trafficked|tortured|jumped{b}(?:off|from){b}the{b}\w+)",
        r"(?:capsized|sank){b}(?:off|near|in)",
    ),
    health=(
        "hiv|aids|huntington'?s(?: disease)?|multiple sclerosis|als|cystic fibrosis|sickle "
        "cell(?: disease| anaemia| anemia)?|"
        "haemophilia|hemophilia|leuk(?:a)?emia|down'?s? syndrome|tourette'?s?(?: syndrome)?|"
        "schizophreni[ac]\\w*|"
        "bipolar|anorexia|narcolepsy|muscular dystrophy|spina bifida|cerebral palsy|wheelchair|"
        "amputee|"
        "amputated|prosthe(?:sis|tic \\w+)|albin(?:o|ism)|dwarfism|conjoined|transplant|dialysis|"
        "stillbirth|"
        "stillborn|transgender|transition(?:ed|ing) to (?:male|female|a man|a woman)|tuberculosis|"
        "epilep(?:sy|tic)|guide dog|"
        "deaf|blind in one eye|paralysed|paralyzed|glass eye"
    ),
    family=(
        r"(?:triplets|quadruplets|quintuplets|identical{b}twins)",
        r"(?:seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|[789]|1[0-9]){b}(?:kids|"
        r"children|brothers|sisters|siblings)",
        r"(?:second|third|fourth|two|three){b}wi(?:fe|ves){b}at{b}the{b}same{b}time",
        r"married{b}(?:three|four|five|six|[3-6]){b}times",
        r"child{b}bride|surrogate{b}mother|adopted{b}from{b}\w+",
        r"widow(?:ed|er)?{b}at{b}(?:\d\d|\w+teen|twenty(?:-\w+)?)",
    ),
    nations=_NATIONS_EN,
    people=(
        "man|woman|boy|girl|guy|lady|couple|family|families|client|mother|father|doctor|nurse|"
        "teacher|baker|"
        "lawyer|engineer|dentist|pharmacist|student|refugee|refugees|widow|widower|kid|kids|"
        "neighbou?rs?|"
        "colleague|caseworker|shop|restaurant|community|club|church|mosque|husband|wife|professor|"
        "officer"
    ),
    from_="(?:comes?|came|is|was|are|were) from|originally from|born in|grew up in|out of",
    living="and (?:now )?(?:lives|works|living|working)|living|who (?:now )?(?:lives|works)",
    in_="in|at|from|near|of",
    of="of|at|for",
    the="the|our|my|a",
)

_NL = QuasiWords(
    jobs=(
        "imker|vuurtorenwachter|taxidermist|valkenier|hoefsmid|smid|glasblazer|orgelbouwer|"
        "pianostemmer|"
        "vioolbouwer|klokkenmaker|horlogemaker|klokkengieter|poppenspeler|buikspreker|goochelaar|"
        "clown|"
        "circusartiest|acrobaat|balletdanser(?:es)?|operazanger(?:es)?|concertpianist|"
        "harpist(?:e)?|componist|"
        "dirigent|beeldhouw(?:er|ster)|kalligraaf|boekbinder|zadelmaker|kuiper|rietdekker|"
        "schoorsteenveger|"
        "begrafenisondernemer|uitvaartondernemer|doodgraver|lijkschouwer|astronaut|sterrenkundige|"
        "vulkanoloog|"
        "archeoloog|paleontoloog|helikopterpiloot|gevechtspiloot|straaljagerpiloot|piloot|loods|"
        "kapitein|duiker|stuntman|jockey|coureur|profvoetballer|topsporter|olympisch \\w+|"
        "ambassadeur|consul|"
        "diplomaat|burgemeester|wethouder|kamerlid|minister|staatssecretaris|rechter|officier van "
        "justitie|"
        "bisschop|rabbijn|imam|dominee|pastoor|abt|non|monnik|brandweercommandant|korpschef|"
        "neurochirurg|"
        "chirurg|verloskundige|vroedvrouw|kaasmaker|schaapherder|herder|garnalenvisser|"
        "palingvisser|"
        "molenaar|beiaardier|tandtechnieker|gebarentolk|tatoeëerder|dierenverzorger|koster|muezzin|"
        "diamantslijper|bollenkweker|schipper|binnenvaartschipper"
    ),
    offices=(
        "burgemeester|directeur|directrice|hoofd|rector|voorzitter|secretaris|penningmeester|imam|"
        "pastoor|"
        "dominee|wethouder|eigenaar|eigenares|oprichter|woordvoerder|teamleider|manager"
    ),
    only=(
        r"de{b}enige{b}(?!manier|reden|vraag|keer|optie|keuze|oplossing|"
        r"plek)\w+{b}(?:\w+{b}){{0,2}}(?:in|op|van|uit|met|die|hier){b}\w+",
        r"de{b}(?:eerste|laatste|jongste|oudste){b}(?:\w+{b}){{0,2}}(?:ooit|"
        r"van{b}(?:heel{b})?(?:nederland|het{b}land|de{b}stad|"
        r"het{b}dorp|de{b}afdeling|de{b}gemeente))",
        r"een{b}van{b}de{b}(?:twee|drie|vier|weinige?n?|enigen){b}\w+",
        r"niemand{b}anders{b}(?:in|op){b}(?:de|het|dit|deze|ons|onze){b}\w+",
    ),
    events=(
        r"(?:in|op){b}(?:de|het){b}(?:krant|nieuws|journaal|voorpagina|televisie|tv|"
        r"radio){b}(?:gestaan|geweest|gekomen|stond|was|kwam)",
        r"(?:stond|kwam|was|is{b}geweest|heeft{b}gestaan|stonden){b}(?:\w+{b}){{0,3}}?(?:in|"
        r"op){b}(?:de|het){b}(?:krant|nieuws|journaal|voorpagina|televisie|tv)",
        r"(?:de{b}loterij|een{b}prijs|een{b}medaille|het{b}kampioenschap){b}gewonnen",
        r"(?:door{b}de{b}bliksem|gegijzeld|ontvoerd|schipbreuk|vliegtuigongeluk|treinongeluk|"
        r"afgebrand|"
        r"neergeschoten|doodgeschoten|neergestoken|vermoord|zelfmoord|verdronken|uitgezet|"
        r"gemarteld|"
        r"mensenhandel|klokkenluider|in{b}coma)",
    ),
    health=(
        "hiv|aids|ziekte van huntington|multiple sclerose|als-patiënt|taaislijmziekte|"
        "sikkelcel\\w*|"
        "hemofilie|leukemie|syndroom van down|gilles de la tourette|schizofreni?\\w*|bipolair\\w*|"
        "anorexia|"
        "narcolepsie|spierdystrofie|open rug|spastisch|rolstoel|geamputeerd|prothese|kunstbeen|"
        "albino|"
        "albinisme|dwerggroei|transplantatie|nierdialyse|dialyse|doodgeboren|transgender|"
        "tuberculose|"
        "epilepsie|blindengeleidehond|doof|verlamd|slechtziend"
    ),
    family=(
        r"(?:drieling|vierling|vijfling|eeneiige{b}tweeling)",
        r"(?:zeven|acht|negen|tien|elf|twaalf|dertien|[789]|1[0-9]){b}(?:kinderen|broers|zussen|"
        r"broertjes|zusjes)",
        r"(?:drie|vier|vijf|[3-6]){b}keer{b}getrouwd",
        r"draagmoeder|kindbruid|geadopteerd{b}uit{b}\w+",
    ),
    nations=_NATIONS_NL,
    people=(
        "man|vrouw|jongen|meisje|meneer|mevrouw|stel|gezin|familie|cliënt|klant|moeder|vader|arts|"
        "dokter|"
        "verpleegkundige|leraar|lerares|bakker|kapper|advocaat|ingenieur|tandarts|apotheker|"
        "student|"
        "vluchteling|statushouder|weduwe|weduwnaar|buurman|buurvrouw|collega|winkel|restaurant|"
        "gemeenschap|"
        "vereniging|kerk|moskee|echtgenoot|professor"
    ),
    from_="(?:komt|kwam|is|was|komen) uit|oorspronkelijk uit|geboren in|opgegroeid in",
    living="en (?:woont|werkt)(?: nu)?|die (?:nu )?(?:woont|werkt)|maar (?:woont|werkt)",
    in_="in|uit|bij|van|te",
    of="van|bij|voor",
    the="de|het|onze|ons|mijn|een",
)

_DA = QuasiWords(
    jobs=(
        "biavler|fyrmester|konservator|falkoner|grovsmed|smed|glaspuster|orgelbygger|klaverstemmer|"
        "violinbygger|urmager|klokkestøber|dukkefører|bugtaler|tryllekunstner|klovn|cirkusartist|"
        "akrobat|"
        "balletdanser(?:inde)?|operasanger(?:inde)?|koncertpianist|harpenist|komponist|dirigent|"
        "billedhugger|"
        "kalligraf|bogbinder|sadelmager|bødker|tækkemand|skorstensfejer|bedemand|graver|"
        "retsmediciner|"
        "astronaut|astronom|vulkanolog|arkæolog|palæontolog|helikopterpilot|jagerpilot|pilot|lods|"
        "kaptajn|"
        "dykker|stuntmand|jockey|racerkører|professionel (?:fodboldspiller|bokser|cykelrytter)|"
        "olympisk \\w+|ambassadør|konsul|diplomat|borgmester|rådmand|folketingsmedlem|minister|"
        "dommer|anklager|"
        "biskop|rabbiner|imam|præst|provst|abbed|nonne|munk|brandchef|politidirektør|neurokirurg|"
        "kirurg|"
        "jordemoder|ostemager|østersfisker|hyrde|fårehyrde|møller|hvalfanger|rensdyrhyrde|"
        "tandtekniker|"
        "tegnsprogstolk|tatovør|dyrepasser|kirketjener|organist|muezzin|skipper|fisker"
    ),
    offices=(
        "borgmester(?:en)?|direktør(?:en)?|leder(?:en)?|rektor(?:en)?|formand(?:en)?|"
        "forperson(?:en)?|"
        "sekretær(?:en)?|kasserer(?:en)?|imam(?:en)?|præst(?:en)?|ejer(?:en)?|stifter(?:en)?|"
        "afdelingsleder(?:en)?|"
        "jobcenterchef(?:en)?|talsmand(?:en)?|chef(?:en)?"
    ),
    only=(
        r"(?:den|det){b}eneste{b}(?!ene|måde|grund|gang|spørgsmål|"
        r"ting)\w+{b}(?:\w+{b}){{0,2}}(?:i|på|fra|med|der|som|her){b}\w+",
        r"(?:den|de){b}(?:første|sidste|yngste|ældste){b}(?:\w+{b}){{0,2}}(?:nogensinde|"
        r"i{b}(?:hele{b})?(?:danmark|landet|byen|kommunen|afdelingen|verden))",
        r"en{b}af{b}de{b}(?:to|tre|fire|få){b}\w+",
        r"ingen{b}andre{b}(?:i|på){b}(?:hele{b})?\w+",
    ),
    events=(
        r"(?:var|kom|været|stod|kommet){b}(?:\w+{b}){{0,2}}?(?:i|på){b}(?:avisen|fjernsynet|tv|"
        r"nyhederne|forsiden|radioen|tv-avisen)",
        r"vandt{b}(?:\w+{b}){{0,2}}?(?:lotteriet|i{b}lotto|en{b}pris|en{b}medalje|mesterskabet|"
        r"valget)",
        r"(?:ramt{b}af{b}lynet|taget{b}som{b}gidsel|kidnappet|bortført|skibbrud|flystyrt|"
        r"togulykke|brændte{b}ned|"
        r"nedbrændt|skudt{b}ned|blev{b}skudt|blev{b}stukket{b}ned|knivstukket|myrdet|selvmord|"
        r"druknede|druknet|udvist|"
        r"tortureret|menneskehandel|whistleblower|i{b}koma)",
    ),
    health=(
        "hiv|aids|huntingtons(?: sygdom)?|dissemineret sklerose|sklerose|als|cystisk fibrose|"
        "seglcelle\\w*|"
        "bløder(?:sygdom)?|leukæmi|downs(?: syndrom)?|tourettes?|skizofreni\\w*|bipolar\\w*|"
        "anoreksi|narkolepsi|"
        "muskelsvind|rygmarvsbrok|spastiker|spastisk|kørestol|amputeret|protese|albino|albinisme|"
        "dværgvækst|"
        "transplantation|dialyse|dødfødt|transkønnet|tuberkulose|epilepsi|førerhund|døv|lammet|"
        "blind"
    ),
    family=(
        r"(?:trillinger|firlinger|enæggede{b}tvillinger)",
        r"(?:syv|otte|ni|ti|elleve|tolv|tretten|[789]|1[0-9]){b}(?:børn|brødre|søstre|søskende)",
        r"gift{b}(?:tre|fire|fem|[3-6]){b}gange",
        r"rugemor|barnebrud|adopteret{b}fra{b}\w+",
    ),
    nations=_NATIONS_DA,
    people=(
        "mand|kvinde|dreng|pige|fyr|dame|par|familie|borger|klient|mor|far|læge|sygeplejerske|"
        "lærer|bager|frisør|"
        "advokat|ingeniør|tandlæge|apoteker|studerende|flygtning|enke|enkemand|nabo|kollega|butik|"
        "restaurant|"
        "forening|kirke|moské|professor"
    ),
    from_="(?:kommer|kom|er|var) fra|oprindeligt fra|oprindelig fra|født i|vokset op i",
    living="og (?:bor|arbejder)(?: nu)?|der (?:nu )?(?:bor|arbejder)|som (?:nu )?(?:bor|arbejder)",
    in_="i|fra|på|ved",
    of="i|på|for|af",
    the="den|det|vores|min|en|et",
)


def quasi_words(language: str) -> QuasiWords:
    """The words of a language; English for those that have none."""
    return {"nl": _NL, "da": _DA}.get(language, _EN)
