"""What a person brings, in the command: exports, tonight, several people, what is not wanted; all exports are invented."""
import json
import zipfile

import pytest

from movie_recsys.cli import main
from movie_recsys.data import MovieDataError
from movie_recsys.people import person, taste_of_files, with_picks
from movie_recsys.taste import Taste

LIKED = [("Heat", 1995), ("Casino", 1995), ("Fargo", 1996), ("Collateral", 2004), ("Zodiac", 2007), ("Goodfellas", 1990)]
WANTED = [("Alien", 1979), ("Annie Hall", 1977), ("Public Enemies", 2009), ("Up", 2009), ("Reservoir Dogs", 1992)]


@pytest.fixture
def export(tmp_path):
    "A zip of Letterboxd's with ratings and a watchlist"
    rows = lambda films, end="": "".join(f"2024-01-05,{title},{year},https://boxd.it/{k}{end}\n" for k, (title, year) in enumerate(films))  # noqa: E731
    with zipfile.ZipFile(tmp_path/"letterboxd.zip", "w") as made:
        made.writestr("ratings.csv", f"Date,Name,Year,Letterboxd URI,Rating\n{rows(LIKED, ',4.5')}{rows([('Titanic', 1997)], ',1')}{rows([('No Such Film', 1999)], ',5')}")
        made.writestr("watchlist.csv", f"Date,Name,Year,Letterboxd URI\n{rows(WANTED)}")
    return tmp_path/"letterboxd.zip"


@pytest.fixture
def run(capsys):
    "What the command prints as JSON, and what it says on the error stream; a status other than 0 gives None"
    def run(*args):
        try: main([*map(str, args), "--json"])
        except SystemExit: return None, capsys.readouterr().err
        said = capsys.readouterr()
        return json.loads(said.out), said.err
    return run


def test_a_taste_in_the_command(run, export, tmp_path):
    found, said = run("recommend", "--taste", export)
    assert "6 liked, 1 disliked, 7 seen, 5 on the watchlist" in said and "No Such Film (1999)" in said
    assert len(found) == 5 and not {film["title"] for film in found} & {title for title, _ in LIKED} and all(film["because"].startswith("Because you liked") for film in found)
    imdb = tmp_path/"ratings.csv"
    imdb.write_text("Const,Your Rating,Date Rated,Title,Title Type,Year\ntt0114709,10,2024-03-01,Toy Story,Movie,1995\n")
    assert "From Letterboxd and IMDb: 7 liked" in run("recommend", "--taste", export, "--taste", imdb)[1]


def test_not_for_me_in_the_command(run, rec):
    first, _ = run("recommend", "Heat (1995)")
    label = f"{first[1]['title']} ({first[1]['year']})"
    found, _ = run("recommend", "Heat (1995)", "--not-for-me", label)
    assert [film["title"] for film in found] == rec.recommend(["Heat (1995)"], disliked=[label])["title"].tolist() and first[1]["title"] not in [film["title"] for film in found]


def test_tonight_in_the_command(run, export):
    found, _ = run("recommend", "--taste", export, "--watchlist", "--runtime", "-100", "--n", 1)
    assert len(found) == 1 and (found[0]["title"], found[0]["year"]) in WANTED and found[0]["because"]
    assert "with a watchlist in it" in run("recommend", "Heat (1995)", "--watchlist")[1]


def test_together_in_the_command(run, export):
    found, said = run("together", "--person", "Toy Story (1995),Up (2009)", "--person", export)
    assert len(found) == 5 and {film["for"] for film in found} <= {"for both", "for person 1", "for person 2"} and "6 liked" in said
    for wrong, sentence in ((["Heat"], "two people or more"), (["Heat", "Tenet"], "Did you mean The Net"), (["Heat", "nowhere.zip"], "cannot be read")):
        assert sentence in run("together", *(part for text in wrong for part in ("--person", text)))[1]


def test_neither_films_nor_a_taste(run):
    assert "No movies were selected" in run("recommend")[1]


def test_picks_beside_a_taste(rec):
    heat, toy = rec.resolve(["Heat (1995)", "Toy Story (1995)"])
    taste = Taste(liked={heat: 1}, disliked={toy: 1}, when={heat: "2020-01-01"})
    both = with_picks(taste, [toy])
    assert both.liked.to_dict() == {heat: 1, toy: 1} and both.disliked.empty and both.when[toy] == both.when[heat] and len(taste.liked) == 1
    assert with_picks(Taste(), [toy]).liked.to_dict() == {toy: 1} and rec.recommend(with_picks(Taste(), [toy]))["title"].iloc[0] == "Toy Story 2"


def test_files_and_titles_of_a_person(rec, export, tmp_path):
    assert person(rec, " Heat ,, Alien") == ["Heat", "Alien"] and person(rec, "The Good, the Bad and the Ugly") == ["The Good, the Bad and the Ugly"]
    assert person(rec, str(export)) == taste_of_files(rec, [export]) and taste_of_files(rec, []) is None
    with pytest.raises(MovieDataError): taste_of_files(rec, [tmp_path/"nothing.csv"])
