"""Every export that is declared is read for what it says, on the bundled films and on Kaggle's; nothing is assumed of it."""
import io
import json
import random
import zipfile
from types import SimpleNamespace

import pandas as pd
import pytest

from movie_recsys.data import MovieDataError, MovieRecsysError, film_label, load_movies
from movie_recsys.preprocess import clean_movies
from movie_recsys.taste import LAYOUTS, MAX_ROWS, FilmLookup, Taste, film_lookup, films_csv, recognise

FILMS = "Date,Name,Year,Letterboxd URI\n"
WATCHED = FILMS + "2024-02-01,Heat,1995,https://boxd.it/aaaa1\n2024-02-02,The Matrix,1999,https://boxd.it/aaaa2\n"
IMDB = ("Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Num Votes,"
        "Release Date,Directors\n")
IMDB_LIST = ("Position,Const,Created,Modified,Description,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,"
             "Genres,Num Votes,Release Date,Directors,Your Rating,Date Rated\n")
TRAKT = ("rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,tmdb_id,tvdb_id,url,released,season_number,episode_number,"
         "episode_title,episode_released,episode_trakt_rating,episode_trakt_id,episode_imdb_id,episode_tmdb_id,episode_tvdb_id,"
         "genres,rating\n")


class Table:
    "What a taste asks of a recommender"
    def __init__(self, films, kind=""): self.films, self.kind = films, kind


@pytest.fixture(scope="module", params=["bundled", "kaggle"])
def rec(request, rec):
    "A table of films, as a recommender holds it"
    return Table((rec if request.param == "bundled" else request.getfixturevalue("kaggle")).films, request.param)


@pytest.fixture(scope="module")
def bundled(): return Table(clean_movies(load_movies()).films)


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items(): archive.writestr(name, content)
    return out.getvalue()


def read(rec, content, name="", **options):
    return Taste.from_export(content.encode() if isinstance(content, str) else content, rec, name=name, **options)


def named(rec, series):
    "The labels of the films of a part"
    return set(film_label(rec.films)[series.index])


def why(taste): return dict(zip(taste.unmatched["title"], taste.unmatched["why"]))


# The kinds of files that went wrong

def test_a_list_with_two_headers(rec):
    taste = read(rec, """Letterboxd list export v7
Date,Name,Tags,URL,Description
2024-01-05,Heat,heist,https://boxd.it/aaaa1,"My favourites.
Some of them twice."

Position,Name,Year,URL,Description
1,Heat,1972,https://boxd.it/aaaa2,
2,The Thing,1982,https://boxd.it/aaaa3,
3,Scarface,1932,https://boxd.it/aaaa4,
4,Oldboy,2003,https://boxd.it/aaaa5,
""")
    assert len(taste.seen) == len(taste.liked) == len(taste.watchlist) == 0
    assert named(rec, taste.listed) >= {"Heat (1972)", "The Thing (1982)", "Oldboy (2003)"}
    assert ("Scarface (1932)" in named(rec, taste.listed)) == (rec.kind == "kaggle")
    if rec.kind == "bundled": assert why(taste) == {"Scarface": "the film of this title here is of 1983"}


def letterboxd_zip(folder=""):
    files = {"ratings.csv": FILMS.strip() + ",Rating\n2024-01-01,Heat,1995,https://boxd.it/aaaa1,5\n",
             "watched.csv": FILMS + "".join(f"2024-01-0{i},{film},https://boxd.it/aaab{i}\n" for i, film in enumerate(
                 ["Heat,1995", "The Matrix,1999", "Alien,1979", "Jaws,1975", "Casablanca,1942"], 1)),
             "likes/films.csv": FILMS + "2024-01-02,The Matrix,1999,https://boxd.it/aaab1\n",
             "watchlist.csv": FILMS + "2024-03-02,Fargo,1996,https://boxd.it/aaac1\n",
             "likes/reviews.csv": FILMS + "2024-01-02,Psycho,1960,https://boxd.it/aaad1\n",
             "deleted/diary.csv": FILMS + "2024-01-02,Psycho,1960,https://boxd.it/aaad1\n",
             "lists/worst.csv": "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n2024-01-01,Worst,,,\n\n"
                                "Position,Name,Year,URL,Description\n1,Psycho,1960,https://boxd.it/aaad1,\n",
             "profile.csv": "Date Joined,Username\n2020-01-01,somebody\n"}
    return zipped({folder + name: content for name, content in files.items()} | {f"__MACOSX/{folder}._watched.csv": b"\0\5\x16\7"})


@pytest.mark.parametrize("pack", [letterboxd_zip, lambda: letterboxd_zip("letterboxd-me/"), lambda: zipped({"a/b.zip": letterboxd_zip("me/")})],
                         ids=["as it is", "with a folder", "a zip in a zip"])
def test_the_whole_zip(rec, pack):
    taste = read(rec, pack())
    assert named(rec, taste.liked) == {"Heat (1995)", "The Matrix (1999)"} and named(rec, taste.watchlist) == {"Fargo (1996)"}
    assert named(rec, taste.seen) == {"Heat (1995)", "The Matrix (1999)", "Alien (1979)", "Jaws (1975)", "Casablanca (1942)"}
    assert taste.unmatched.empty and taste.source == "Letterboxd" and len(taste.listed) == 0


def test_an_unpacked_folder_and_an_open_file(bundled, tmp_path):
    with zipfile.ZipFile(io.BytesIO(letterboxd_zip())) as archive: archive.extractall(tmp_path/"me")
    assert Taste.from_export(tmp_path/"me", bundled) == read(bundled, letterboxd_zip())
    (tmp_path/"watchlist.csv").write_text(WATCHED)
    with open(tmp_path/"watchlist.csv", "rb") as file: assert len(Taste.from_export(file, bundled).watchlist) == 2
    assert len(Taste.from_export(str(tmp_path/"watchlist.csv"), bundled).watchlist) == 2


@pytest.mark.parametrize("name, part", [("letterboxd_likes_films.csv", "liked"), ("likes/films.csv", "liked"), ("films.csv", "liked"),
                                        ("watchlist.csv", "watchlist"), ("watchlist (1).csv", "watchlist"), ("watched.csv", "seen"),
                                        ("", "listed"), ("export.csv", "listed")])
def test_one_header_that_means_four_things(rec, name, part):
    taste = read(rec, WATCHED, name)
    filled = {p for p in ("liked", "disliked", "seen", "watchlist", "listed") if len(getattr(taste, p))}
    assert named(rec, getattr(taste, part)) == {"Heat (1995)", "The Matrix (1999)"}
    assert filled == {part} | ({"seen"} if part == "liked" else set())
    if part == "liked": assert set(taste.favourites()) == set(taste.liked.index)


def test_films_under_their_other_titles(rec):
    taste = read(rec, FILMS.strip() + """,Rating
2024-01-01,Twelve Monkeys,1995,https://boxd.it/aaac0,5
2024-01-02,Kill Bill: Vol. 1,2003,https://boxd.it/aaac1,5
2024-01-03,The Empire Strikes Back,1980,https://boxd.it/aaac2,5
2024-01-04,Return of the Jedi,1983,https://boxd.it/aaac3,5
2024-01-05,Life of Brian,1979,https://boxd.it/aaac4,5
2024-01-06,Pet Sematary II,1992,https://boxd.it/aaac5,5
""")
    years = rec.films["release_year"][taste.liked.index]
    assert len(taste.liked) == 6 and set(years) == {1995, 2003, 1980, 1983, 1979, 1992} and taste.unmatched.empty


@pytest.mark.parametrize("title, year", [
    ("12 Monkeys", 1995), ("Twelve Monkeys", 1995), ("Kill Bill: Volume 2", 2004), ("Star Wars", 1977),
    ("Star Wars: Episode V - The Empire Strikes Back", 1980), ("Star Wars: Episode IV - A New Hope", 1977), ("Monty Python's Life of Brian", 1979),
    ("Se7en", 1995), ("Alien³", 1992), ("Matrix, The", 1999), ("Dr. Strangelove", 1964), ("The Godfather, Part II", 1974), ("WALL·E", 2008),
    ("Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb", 1964), ("Gone in Sixty Seconds", 2000), ("Casablanka", 1942)])
def test_one_film_by_many_names(rec, title, year):
    film, how = film_lookup(rec).find([title], year)
    assert film is not None and rec.films["release_year"][film] == year, how


@pytest.mark.parametrize("title, year", [
    ("Leprechaun 7", 1995), ("Leprechaun", 1999), ("Heat", 2021), ("Thor: Tales of Somewhere", 2011), ("The Hunters of Fargo", 1996),
    ("Toy Story 9", 1995), ("Kill Bill", 1990), ("Scarface", 1950), ("", 1995), ("...", 1995), ("Alien: A Documentary", 1979)])
def test_a_wrong_film_is_worse_than_none(rec, title, year):
    assert film_lookup(rec).find([title], year)[0] is None


def test_the_sequel_that_is_missing(bundled):
    third = bundled.films[bundled.films["title"] != "Leprechaun 3"]
    assert len(third) < len(bundled.films) and FilmLookup(third).find(["Leprechaun 3"], 1995)[0] is None
    two = bundled.films[bundled.films["title"] != "Toy Story 2"]
    assert FilmLookup(two).find(["Toy Story 2"], 1999)[0] is None


def test_the_import_format(rec):
    taste = read(rec, """imdbID,tmdbID,Title,Year,Directors,WatchedDate,Rating10,Tags,Review
tt0113277,949,Heat,1995,Michael Mann,2023-01-04,10,,
tt0133093,603,The Matrix,1999,"Lana Wachowski, Lilly Wachowski",2023-01-05,9,,
tt0034583,289,Casablanka,1942,Michael Curtiz,2023-01-06,4,,
""")
    assert named(rec, taste.liked) == {"Heat (1995)", "The Matrix (1999)"} and named(rec, taste.disliked) == {"Casablanca (1942)"}
    assert sorted(taste.ratings) == [4, 9, 10] and set(taste.when.dt.year) == {2023}


def test_ids_alone(rec):
    taste = read(rec, "imdbID,Title,Year,Rating,WatchedDate\ntt0034583,,,4.5,2023-01-06\n")
    assert named(rec, taste.liked) == {"Casablanca (1942)"} and taste.ratings.iloc[0] == 9


def test_tmdb_numbers_count_where_the_table_has_them(rec):
    taste = read(rec, "tmdbID,Title,Year,WatchedDate\n289,Casa Blanca of Old,1942,2023-01-06\n289,A Series of the Same Number,2011,2023-01-06\n")
    assert named(rec, taste.seen) == ({"Casablanca (1942)"} if rec.kind == "kaggle" else set())
    assert "A Series of the Same Number" in why(taste)


def test_episodes_and_series_are_no_films(rec):
    taste = read(rec, IMDB + """tt9900001,10,2024-01-05,Gravity,Gravity,https://x,TV Episode,8.0,43,2013,"Crime, Drama",120,2013-03-04,
tt9900002,10,2024-01-06,Frozen,Frozen,https://x,TV Episode,8.1,43,2013,Drama,140,2013-04-04,
tt9900003,9,2024-01-07,Noah,Noah,https://x,TV Series,7.5,43,2014,Drama,1400,2014-04-04,
tt0113277,8,2024-01-08,Heat,Heat,https://x,Movie,8.3,170,1995,"Action, Crime",760000,1995-12-15,Michael Mann
""")
    assert named(rec, taste.seen) == named(rec, taste.liked) == {"Heat (1995)"} and set(why(taste)) == {"Gravity", "Frozen", "Noah"}
    assert "3 series or episodes were left out" in taste.summary() and "Not matched" not in taste.summary()


@pytest.mark.parametrize("kind, film", [("Movie", True), ("movie", True), ("Feature Film", True), ("tvMovie", True), ("TV Movie", True),
                                        ("Short", True), ("Video", True), ("Documentary", True), ("", True), ("Film", True),
                                        ("tvEpisode", False), ("TV Mini Series", False), ("Mini-Series", False), ("videoGame", False),
                                        ("Video Game", False), ("Podcast Series", False), ("Music Video", False), ("Serie TV", False),
                                        ("Série télévisée", False), ("Episodio TV", False), ("TV Show", False)])
def test_what_a_film_is(bundled, kind, film):
    assert len(read(bundled, f"Const,Your Rating,Title,Title Type,Year\ntt0113277,8,Heat,{kind},1995\n").seen) == film


def test_an_id_of_another_film_contradicts(bundled):
    taste = read(bundled, "Const,Your Rating,Title,Title Type,Year\ntt9900001,8,Gravity,Movie,2013\n")
    assert len(taste) == 0 and "another IMDb id" in why(taste)["Gravity"]


def test_trakt_ratings(rec):
    taste = read(rec, TRAKT + """2023-02-11T10:00:00Z,movie,Heat,1995,8.2,1,tt0113277,949,,https://x,1995-12-15,,,,,,,,,,"crime,action",5
2024-03-01T10:00:00Z,movie,The Matrix,1999,8.5,2,tt0133093,603,,https://x,1999-03-30,,,,,,,,,,action,4
2024-04-01T10:00:00Z,episode,Psycho,1998,8.0,9,tt9900009,1,1,https://x,1998-01-01,1,1,Pilot,1998-01-01,8.0,11,tt9900010,5,5,drama,5
""")
    assert sorted(taste.ratings) == [4, 5] and len(taste.liked) == 0 and named(rec, taste.disliked) == {"The Matrix (1999)"}
    assert {str(day.date()) for day in taste.when} == {"2023-02-11", "2024-03-01"} and set(why(taste)) == {"Psycho"}


# Every declared layout

def trakt(kind, title, year, imdb, **more):
    return {"type": kind, kind: {"title": title, "year": year, "ids": {"trakt": 1, "imdb": imdb, "tmdb": None}}, **more}


HEAT, MATRIX = ("Heat", 1995, "tt0113277"), ("The Matrix", 1999, "tt0133093")
SHOW = trakt("show", "Fargo", 2014, "tt2802850", rated_at="2024-01-01T00:00:00Z", rating=10)
EXPORTS = {  # layout: file name, content, and what is expected of Heat and of The Matrix
    "Letterboxd list": ("best.csv", "Position,Name,Year,URL,Description\n1,Heat,1995,https://boxd.it/a,\n2,The Matrix,1999,https://boxd.it/b,\n",
                        "listed", "listed"),
    "Letterboxd ratings or diary": ("diary.csv", FILMS.strip() + ",Rating,Rewatch,Tags,Watched Date\n2024-01-02,Heat,1995,x,4.5,,,2024-01-01\n"
                                    "2024-01-02,The Matrix,1999,x,,,,2024-01-01\n", "liked", "seen"),
    "Letterboxd films": ("watchlist.csv", WATCHED, "watchlist", "watchlist"),
    "Letterboxd import": ("import.csv", "Title,Year,Rating,WatchedDate\nHeat,1995,4,2024-01-01\nThe Matrix,1999,2,2024-01-01\n", "liked", "disliked"),
    "Letterboxd import of a list": ("watchlist.csv", "imdbID,tmdbID,Title,Year,Directors\ntt0113277,949,Heat,1995,\n,603,The Matrix,1999,\n",
                                    "watchlist", "watchlist"),
    "IMDb": ("2f36023d.csv", IMDB_LIST + "1,tt0113277,2024-01-01,2024-01-01,,Heat,Heat,https://x,Movie,8.3,170,1995,Crime,1,1995-12-15,,9,2024-01-03\n"
             "2,tt0133093,2024-01-01,2024-01-01,,The Matrix,The Matrix,https://x,Movie,8.7,136,1999,Action,1,1999-03-31,,,\n", "liked", "listed"),
    "Trakt ratings": ("ratings.csv", TRAKT + "2024-01-01T00:00:00Z,movie,Heat,1995,8,1,tt0113277,949,,x,,,,,,,,,,,,9\n"
                      "2024-01-01T00:00:00Z,movie,The Matrix,1999,8,1,,603,,x,,,,,,,,,,,,3\n", "liked", "disliked"),
    "Trakt history": ("history.csv", "watched_at,type,title,year,season,episode,trakt_id,tmdb_id,imdb_id\n2024-01-01T20:15:00.000Z,movie,Heat,1995,,,1,949,\n"
                      "2024-01-01T20:15:00.000Z,movie,The Matrix,1999,,,1,603,\n2024-01-01T20:15:00.000Z,episode,Fargo,1996,1,3,1,1,\n", "seen", "seen"),
    "Trakt list": ("watchlist.csv", "rank,listed_at,type,title,year,trakt_id,imdb_id,tmdb_id\n1,2024-01-01,movie,Heat,1995,1,tt0113277,949\n"
                   "2,2024-01-01,movie,The Matrix,1999,1,,\n3,2024-01-01,show,Fargo,1996,1,,\n", "watchlist", "watchlist"),
    "Trakt JSON": ("ratings-movies.json", json.dumps([trakt("movie", *HEAT, rated_at="2024-01-01T00:00:00Z", rating=8), SHOW,
                   trakt("movie", *MATRIX, plays=2, last_watched_at="2024-02-01T00:00:00Z")]), "liked", "seen"),
    "Trakt list JSON": ("lists-watchlist.json", json.dumps([trakt("show", "Fargo", 1996, "", listed_at="2024-01-01T00:00:00Z"), *(
                        trakt("movie", *film, listed_at="2024-01-01T00:00:00Z") for film in (HEAT, MATRIX))]), "watchlist", "watchlist"),
    "Simkl": ("SimklBackup.csv", "simkl_id,TVDB_ID,TMDB,IMDB_ID,MAL_ID,Type,Title,Year,LastEpWatched,Watchlist,WatchedDate,Rating,Memo\n"
              ",,,tt0113277,,movie,Heat,1995,,completed,8/20/2015,8,my memo\n,,,tt0133093,,movie,The Matrix,1999,,plan to watch,,,\n"
              ",,,,27775,tv,Fargo,1996,s1e2,completed,8/21/2015,5,\n", "liked", "watchlist"),
    "Simkl JSON": ("SimklBackup.json", json.dumps({"movies": [
        {"status": "completed", "user_rating": 8, "last_watched_at": "2024-01-01T00:00:00Z", "movie": {"title": "Heat", "year": 1995, "ids": {"imdb": "tt0113277"}}},
        {"status": "plantowatch", "user_rating": None, "movie": {"title": "The Matrix", "year": 1999, "ids": {"imdb": "tt0133093"}}}],
        "shows": [{"status": "completed", "user_rating": 9, "show": {"title": "Fargo", "year": 1996, "ids": {}}}], "anime": []}), "liked", "watchlist"),
    "Criticker": ("rankings.csv", "Rating,Film Name,Year,IMDB ID\n88,Heat,1995,tt0113277\n31,The Matrix,1999,tt0133093\n95,Fargo: Season 1,2014,tt2802850_s1\n",
                  "liked", "disliked"),
    "MovieLens": ("movielens-ratings.csv", "movie_id,imdb_id,tmdb_id,rating,average_rating,title\n6,0113277,949,4.5,3.9,Heat (1995)\n"
                  '2571,0133093,603,2.0,4.2,"Matrix, The (1999)"\n', "liked", "disliked"),
    "FilmAffinity": ("watched.csv", "title;original title;year;country;directors;genre;user score;FA score;FA id\nHeat;Heat;1995;US;;;8;8.0;1\n"
                     "Matrix;The Matrix;1999;US;;;3;8.0;2\nFargo (TV Series);Fargo;1996;US;;;9;8.0;3\n", "liked", "disliked"),
    "Douban": ("movies.csv", "\ufeff标题,个人评分,打分日期,我的短评,上映日期,制片国家,条目链接,状态\n盗火线 / Heat,4,2020-01-02,,1995-12-15(美国),美国,https://x,看过\n"
               "黑客帝国/The Matrix/骇客任务(台),,2020-01-02,,1999-03-31(美国),美国,https://x,想看\n", "liked", "watchlist"),
    "Filmweb": ("me_filmweb_20240101.csv", '"timestamp","iso_date","user_comment","user_vote","global_rating","global_votes","original_title","pl_title",'
                '"directors","countries","genres","link","duration_min","year"\n"1","2024-01-01T10:00:00","","8","8","1","Heat","Gorączka","","","","","170","1995"\n'
                '"1","2024-01-01T10:00:00","","2","8","1","","The Matrix","","","","","136","1999"\n', "liked", "disliked"),
    "table of titles": ("seen.csv", "Film,Year\nHeat,1995\nThe Matrix,1999\n", "seen", "seen")}


@pytest.mark.parametrize("layout", EXPORTS)
def test_every_layout(rec, layout):
    name, content, heat, matrix = EXPORTS[layout]
    assert recognise(content)[0].name == layout
    taste = read(rec, content, name)
    assert "Heat (1995)" in named(rec, getattr(taste, heat)) and "The Matrix (1999)" in named(rec, getattr(taste, matrix))
    assert len(taste) == 2 and not {"title"} & set(why(taste)) and (len(taste.seen) > 0) == bool({heat, matrix} & {"liked", "disliked", "seen"})
    assert len(taste.watchlist) == [heat, matrix].count("watchlist")
    if heat == "liked": assert taste.liked.max() >= .8


def test_every_layout_has_an_example_and_says_where_it_was_seen():
    assert {layout.name for layout in LAYOUTS} == {*EXPORTS, "MovieLens ratings"} and all(layout.where for layout in LAYOUTS)


@pytest.mark.parametrize("column", ["Your Rating", "You rated", "your_rating", "YOUR RATING"])
def test_the_generations_of_imdb(bundled, column):
    old = f'"position","const","created","modified","description","Title","Title type","Directors","{column}","IMDb Rating","Runtime (mins)","Year"\n' \
          '"1","tt0113277","Sat Dec 31 00:00:00 2016","","","Heat","Feature Film","Michael Mann","8","7.9","117","1995"\n' \
          '"2","tt0133093","Sat Dec 31 00:00:00 2016","","","The Matrix","Feature Film","","","7.9","117","1999"\n'
    taste = read(bundled, old)
    assert taste.ratings.tolist() == [8] and str(taste.when.iloc[0].date()) == "2016-12-31" and len(taste.seen) == len(taste.listed) == 1


@pytest.mark.parametrize("name, part", [("WATCHLIST.csv", "watchlist"), ("checkins.csv", "seen"), ("Check-ins.csv", "seen"), ("best.csv", "listed")])
def test_the_lists_of_imdb(rec, name, part):
    content = IMDB_LIST.replace(",Your Rating,Date Rated", "") + "1,tt0113277,2020-01-15,2020-01-15,,Heat,Heat,https://x,Movie,8,1,1995,,1,,\n"
    taste = read(rec, content, name)
    assert len(getattr(taste, part)) == len(taste) == 1 and str(taste.when.iloc[0].date()) == "2020-01-15"


def test_the_zip_of_trakt(rec):
    watched = trakt("movie", "Alien", 1979, "tt0078748", plays=3, last_watched_at="2024-02-01T00:00:00Z")
    taste = read(rec, zipped({"me/ratings/ratings-movies.json": json.dumps([trakt("movie", *HEAT, rated_at="2024-01-01", rating=9)]),
                              "me/ratings/ratings-shows.json": json.dumps([SHOW]), "me/watched/watched-movies.json": json.dumps([watched]),
                              "me/lists/watchlist.json": json.dumps([trakt("movie", *MATRIX, listed_at="2024-01-01")]),
                              "me/lists-favorites.json": json.dumps([trakt("movie", "Fargo", 1996, "tt0116282", listed_at="2024-01-01")]),
                              "me/user-profile.json": '{"username": "somebody"}'}))
    assert named(rec, taste.liked) == {"Heat (1995)", "Fargo (1996)"} and named(rec, taste.watchlist) == {"The Matrix (1999)"}
    assert named(rec, taste.seen) == {"Heat (1995)", "Fargo (1996)", "Alien (1979)"} and taste.source == "Trakt"


MOVIELENS = {"ratings.csv": "userId,movieId,rating,timestamp\n1,6,5.0,964982703\n1,2571,1.0,964982704\n",
             "links.csv": "movieId,imdbId,tmdbId\n6,0113277,949\n2571,0133093,603\n",
             "movies.csv": 'movieId,title,genres\n6,Heat (1995),Crime\n2571,"Matrix, The (1999)",Action\n'}


@pytest.mark.parametrize("beside", ["links.csv", "movies.csv"])
def test_movielens_numbers_need_a_link(rec, beside, tmp_path):
    files = {name: MOVIELENS[name] for name in ("ratings.csv", beside)}
    for name, content in files.items(): (tmp_path/name).write_text(content)
    for source in (zipped(files), tmp_path, tmp_path/"ratings.csv"):
        taste = Taste.from_export(source, rec)
        assert named(rec, taste.liked) == {"Heat (1995)"} and named(rec, taste.disliked) == {"The Matrix (1999)"}
        assert set(taste.when.dt.year) == {2000}


def test_movielens_numbers_without_a_link_are_refused(bundled):
    with pytest.raises(MovieDataError, match="links.csv"): read(bundled, MOVIELENS["ratings.csv"])
    with pytest.raises(MovieDataError, match="2 people"): read(bundled, MOVIELENS["ratings.csv"].replace("1,2571", "2,2571"))
    with pytest.raises(MovieDataError, match="2 people"): read(bundled, zipped(MOVIELENS | {"ratings.csv": MOVIELENS["ratings.csv"].replace("1,2571", "2,2571")}))
    films = bundled.films.assign(movielens_id=range(len(bundled.films)))
    assert len(Taste.from_export(MOVIELENS["ratings.csv"].encode(), SimpleNamespace(films=films)).ratings) == 2


def test_another_table_by_its_columns(rec):
    text = "Tytuł|Rok|Ocena\nHeat|1995|6\nThe Matrix|1999|\n".encode("utf-16")
    columns = {"Tytuł": "title", "Rok": "year", "Ocena": "rating"}
    taste = Taste.from_export(text, rec, columns=columns, scale=6, means="watchlist")
    assert taste.ratings.tolist() == [10] and named(rec, taste.watchlist) == {"The Matrix (1999)"}
    with pytest.raises(MovieDataError, match="scale="): Taste.from_export(text, rec, columns=columns)
    with pytest.raises(MovieDataError, match="Ocena2"): Taste.from_export(text, rec, columns={"Tytuł": "title", "Ocena2": "rating"}, scale=5)
    with pytest.raises(MovieDataError, match="'stars'"): Taste.from_export(text, rec, columns={"Tytuł": "title", "Ocena": "stars"})


# Scales, and what liked means

def test_a_scale_is_never_guessed(bundled):
    head = "Const,Your Rating,Title,Title Type,Year\n"
    low = head + "tt0113277,5,Heat,Movie,1995\ntt0133093,4,The Matrix,Movie,1999\n"
    assert sorted(read(bundled, low).ratings) == [4, 5]
    with pytest.raises(MovieDataError, match="scale="): read(bundled, "Title,Year,Rating\nHeat,1995,4\n")
    assert read(bundled, "Title,Year,Rating\nHeat,1995,4\n", scale=5).ratings.tolist() == [8]
    stars = FILMS.strip() + ",Rating\n2024-01-01,Heat,1995,x,90\n2024-01-01,The Matrix,1999,x,45\n"
    with pytest.raises(MovieDataError, match="scale=100"): read(bundled, stars)
    assert sorted(read(bundled, stars, scale=100).ratings) == [4.5, 9]


def test_one_rating_outside_of_the_scale_is_left_out_and_said(bundled):
    taste = read(bundled, FILMS.strip() + ",Rating\n2024-01-01,Heat,1995,x,5\n2024-01-01,The Matrix,1999,x,99\n2024-01-01,Alien,1979,x,4\n")
    assert len(taste.seen) == 3 and len(taste.ratings) == 2 and why(taste) == {"The Matrix": "its rating is outside of 0 to 5 and was left out"}


def test_the_rating_that_holds_is_that_of_the_ratings_file(rec):
    diary = FILMS.strip() + ",Rating,Rewatch,Tags,Watched Date\n2020-01-02,Heat,1995,x,2,,,2015-01-01\n2024-06-02,Heat,1995,x,3,Yes,,2024-06-01\n"
    files = {"ratings.csv": FILMS.strip() + ",Rating\n2024-05-01,Heat,1995,x,4.5\n", "diary.csv": diary,
             "watched.csv": FILMS + "2024-07-01,Heat,1995,x\n"}
    taste = read(rec, zipped(files))
    assert taste.ratings.tolist() == [9] and taste.seen.tolist() == [2] and str(taste.when.iloc[0].date()) == "2024-06-01"
    assert read(rec, diary, "diary.csv").ratings.tolist() == [6]


def test_what_was_seen_leaves_the_watchlist(rec):
    taste = read(rec, zipped({"watched.csv": WATCHED, "watchlist.csv": WATCHED}))
    assert len(taste.seen) == 2 and taste.watchlist.empty


# Bad files

BAD = {"a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a photo": b"\xff\xd8\xff\xe0\0\x10JFIF", "a gif": b"GIF89a" + bytes(20), "a pdf": b"%PDF-1.7",
       "a web page": b"<!doctype html><title>Sign in</title>", "noise": bytes(range(256)) * 20, "nothing": b"", "blanks": b" \n\n",
       "a table of something else": b"a,b\n1,2\n", "broken json": b'[{"movie": ', "deep json": b"[" * 100_000, "a number": b"{}",
       "a broken zip": b"PK\x03\x04 not a zip", "a zip of photos": zipped({"a.png": b"x"}), "a workbook": zipped({"xl/workbook.xml": "<x/>"}),
       "too many rows": b"Name,Year,Date\n" + b"x,1999,\n" * (MAX_ROWS + 1), "a huge file": b"x" * 6_000_000,
       "a huge cell": b"Name,Year,Date\n" + b"x" * 200_000 + b",1999,\n", "a bomb": zipped({"ratings.csv": b"0" * 50_000_000}),
       "many bombs": zipped({f"ratings{i}.csv": b"0" * 4_900_000 for i in range(9)}), "a zip of nothing known": zipped({"a.csv": "b\n1\n"})}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_with_a_sentence(bundled, kind):
    with pytest.raises(MovieDataError) as refused: read(bundled, BAD[kind])
    message = str(refused.value)
    assert message.endswith((".", "?")) or "columns=" in message
    assert "new-line" not in message and "Traceback" not in message and len(message) < 500


@pytest.mark.parametrize("name, content", [("watchlist.csv", FILMS), ("ratings.csv", IMDB), ("ratings-shows.json", json.dumps([SHOW]))])
def test_an_export_without_films_is_an_empty_taste(bundled, name, content):
    assert len(read(bundled, content, name)) == 0


def test_damaged_exports_end_in_a_taste_or_a_sentence(bundled):
    rng, sources = random.Random(0), [content for _, content, *_ in EXPORTS.values()]
    nasty = ["\0", '"', ",", "\n", "[", "{", "=1+1", "NaN", "1e400", "-1", "9" * 400, "\u202e", "tt99999999999", ": : :", "'s ", "or ", "½", "١٩٩٥", "x" * 300]
    for _ in range(300):
        text = list(rng.choice(sources))
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(text))
            text[at:at + rng.randint(0, 6)] = rng.choice(nasty)
        try: taste = read(bundled, "".join(text), rng.choice(["", "watchlist.csv", "likes/films.csv", "a.json"]))
        except MovieRecsysError: continue
        assert Taste.from_json(taste.to_json()) == taste and taste.summary() and taste.to_csv(bundled.films)


def test_a_picture_is_called_one(bundled):
    with pytest.raises(MovieDataError, match="picture"): read(bundled, BAD["a picture"])
    with pytest.raises(MovieDataError, match="Excel"): read(bundled, BAD["a workbook"])
    with pytest.raises(MovieDataError, match="cannot be read"): Taste.from_export("/no/such/file.csv", bundled)
    for thing in (None, 3.5, object()):
        with pytest.raises(MovieDataError): Taste.from_export(thing, bundled)


def test_nothing_in_a_cell_is_run(bundled, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = ["__import__('pathlib').Path('run').write_text('x')", "=cmd|'/C calc'!A0", "{{7*7}}", "<script>alert(1)</script>", "\u202eHeat", "nan", "x" * 5000]
    text = FILMS.strip() + ",Rating\n" + "".join(f'{cell},"{cell}",{cell},{cell},{cell}\n' for cell in cells)
    taste = read(bundled, text)
    assert not (tmp_path/"run").exists() and len(taste.unmatched) >= 5 and taste.unmatched["title"].str.len().max() <= 200


def test_nobody_sees_the_titles_in_a_log(bundled):
    taste = read(bundled, FILMS.strip() + ",Rating\n2024-01-01,Heat,1995,x,5\n2024-01-01,Gravity Falls Down,2013,x,5\n", name="/home/somebody/private.csv")
    assert not any(word in repr(taste) for word in ("Heat", "Falls", "somebody", "private")) and "1 liked" in repr(taste)
    assert "Gravity Falls Down (2013)" in taste.summary()


# Two tastes, kept and written

def test_two_tastes_are_one():
    first = Taste(liked={1: .7, 2: .9, 3: .8}, ratings={1: 7, 2: 9, 3: 8}, seen=[1, 2, 3], watchlist=[9, 4], when={1: "2020-01-01", 3: "2024-01-01"}, source="IMDb")
    second = Taste(liked={4: 1.}, disliked={1: .8, 2: .7, 3: .6}, ratings={1: 2, 2: 3, 3: 4}, seen=[1, 4], watchlist=[8], when={1: "2024-01-01", 3: "2020-01-01"},
                   source="Letterboxd")
    for both in (first + second, second + first):
        assert both.liked.to_dict() == {2: .9, 3: .8, 4: 1.} and both.disliked.to_dict() == {1: .8}
        assert both.ratings.to_dict() == {1: 2, 2: 9, 3: 8} and set(both.seen.index) == {1, 2, 3, 4} and set(both.watchlist.index) == {8, 9}
        assert str(both.when[1].date()) == "2024-01-01"
    assert (first + second).source == "IMDb and Letterboxd" and first + Taste() == first == first + first
    with pytest.raises(TypeError): first + [1]


def test_json_and_back(rec):
    taste = read(rec, letterboxd_zip()) + read(rec, "Name,Year,Date\nNo Such Film,1999,\n", "watched.csv")
    assert Taste.from_json(taste.to_json()) == taste and Taste.from_json(taste.to_json().encode()) == taste and len(taste.to_json()) < 2000
    for text in ("", "null", "[]", '{"taste": 2}', '{"taste": 1, "liked": [1]}', '{"taste": 1, "liked": {"1": "x"}}', '{"taste": 1, "liked": {"1": 7}}',
                 '{"taste": 1, "when": {"1": "soon"}}', '{"taste": 1, "unmatched": 3}', '{"taste": 1, "seen": {"1e9": 1}}', "[" * 100_000):
        with pytest.raises(MovieRecsysError): Taste.from_json(text)


@pytest.mark.parametrize("site", ["letterboxd", "imdb"])
def test_out_and_in_again(rec, site):
    taste = read(rec, FILMS.strip() + ",Rating\n2024-01-01,Heat,1995,x,5\n2024-01-02,Amélie,2001,x,4\n2024-01-03,Alien,1979,x,1.5\n")
    out = taste.to_csv(rec.films, site)
    again = Taste.from_export(out.encode(), rec)
    assert again.ratings.sort_index().equals(taste.ratings.sort_index()) and again.when.sort_index().equals(taste.when.sort_index())
    assert out[0] == "\ufeff" and taste.to_csv(rec.films, site, "disliked")[0] != "\ufeff"
    header = out.lstrip("\ufeff").splitlines()[0].split(",")
    assert header[0] == {"letterboxd": "imdbID", "imdb": "Const"}[site] and {"Title", "Year"} < set(header)
    table = pd.read_csv(io.StringIO(out.lstrip("\ufeff")))
    if site == "letterboxd": assert set(table["Rating10"]) == {10, 8, 3} and table["tmdbID"].notna().all() == (rec.kind == "kaggle")


def test_a_spreadsheet_runs_nothing():
    titles = ["=1+1", "+1", "-30-", "@home", "'71", "…", "Love, Actually", 'The "Fifth"']
    films = pd.DataFrame({"title": titles, "release_year": 2001}, index=pd.Index(range(len(titles)), name="film_id"))
    table = pd.read_csv(io.StringIO(films_csv(films).lstrip("\ufeff")), keep_default_na=False)
    assert not any(cell[:1] in "=+-@" for cell in table["Title"]) and table["Title"].tolist()[4:] == titles[4:]
    assert len(Taste.from_export(films_csv(films).encode(), SimpleNamespace(films=films)).listed) >= 7


def test_a_table_that_knows_little():
    films = pd.DataFrame({"title": ["Heat", "Alien", "Heat"], "release_year": pd.array([None, 1979, 1972], "Int64")}, index=[7, 8, 9])
    rec = SimpleNamespace(films=films)
    assert read(rec, "Name,Year,Date\nHeat,1995,\nAlien,,\nHeat,1972,\n", "watched.csv").seen.index.tolist() == [7, 8, 9]
    bare = SimpleNamespace(films=films[["title"]].iloc[:2])
    assert read(bare, WATCHED, "watched.csv").seen.index.tolist() == [7] and len(films_csv(bare.films).splitlines()) == 3
    assert len(read(SimpleNamespace(films=films.iloc[:0]), WATCHED, "watched.csv").unmatched) == 2
