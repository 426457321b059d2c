"What a wish must be understood as, and what it was: `wishes.tsv` beside this file, compared with `read_wish`"
from pathlib import Path

import pandas as pd

from movie_recsys.titles import TitleIndex, normalize_title
from movie_recsys.wish import CREDITED, ENGLISH, RANGES, Wish, _country_code, film_words

WISHES = Path(__file__).parent / "fixtures/wishes.tsv"
SOFT = ("theme", "ignored", "mood")  # they say where a film is looked for, and keep none out
ELSEWHERE = {"Science Fiction": "Sci-Fi", "Music": "Musical"}


def read_wishes() -> pd.DataFrame:
    "set, wish, understood"
    return pd.read_csv(WISHES, sep="\t")


def facts(wish: Wish, titles: TitleIndex) -> set[str]:
    "A wish as the file writes it: kind=value, -kind=value for what is not wanted"
    said = set()
    for part in wish.parts:
        if part.kind in ("like", "unlike", "seen"): said |= {f"{part.kind}={titles.labels[film]}" for film in part.value}
        elif part.kind == "theme": said |= {f"theme={word}" for word in part.value}
        elif part.kind in (*RANGES, "min_rating"): said.add(str(part))
        else: said.add(f"{'' if part.wanted else '-'}{part.kind}={'|'.join(sorted(map(str, part.value)))}")
    return said | {f"ignored={word.lower()}" for word in wish.ignored}


def expected(understood: str, titles: TitleIndex) -> set[str]:
    "What the file asks of a wish, in this table's names and as far as it knows the people"
    return {_here(fact.strip(), titles) for fact in understood.split(";")}


def _here(fact, titles):
    kind, value = fact.split("=")
    if kind in (*RANGES, "-years", "theme", "ignored", "like", "seen", "unlike"): return fact
    known, names = film_words(titles), value.split("|")
    if value == "ASIA": names = [name for code in ENGLISH["countries"]["asian|asia"] for name in known.places.get(code, ())]
    if kind.lstrip("-") == "countries": names = [name for code in dict.fromkeys(map(_country_code, names)) for name in known.places.get(code, ())]
    if kind.lstrip("-") == "languages": names = [code for code in names if code in known.language_rows]
    if kind.lstrip("-") == "genres": names = [other if (other := ELSEWHERE.get(name)) in known.genre_rows else name for name in names]
    role = kind.lstrip("-")
    if role in CREDITED:
        films = titles.persons.films
        names = [name for name in names if normalize_title(name) in films]
        if not names: return f"ignored={value.split('|')[0].lower()}"
        if role != "people" and not any(titles.persons.shown[normalize_title(name)] in titles.films[role].iloc[row] for name in names for row in films[normalize_title(name)]): kind = kind.replace(role, "people")
        names = [titles.persons.shown[normalize_title(name)] for name in names]
    return f"{kind}={'|'.join(sorted(names))}"


def hard(said: set[str]) -> set[str]:
    "What keeps films out"
    return {fact for fact in said if fact.lstrip("-").split("=")[0] not in SOFT}
