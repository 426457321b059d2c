"""Tables in the layouts that the world has, values as people write them, and files that are no tables: what is read is right, or it is said what is wrong."""
import bz2
import gc
import gzip
import io
import json
import warnings
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from movie_recsys import layouts, values
from movie_recsys.cli import main
from movie_recsys.data import MovieDataError, MovieRecsysError, TitleNotFoundError, load_movies, load_ratings, understood_columns
from movie_recsys.preprocess import clean_movies
from movie_recsys.recommend import MovieRecommender

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    "No parsed table of another test"
    monkeypatch.setenv("MOVIE_RECSYS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def read(tmp_path):
    "A file with this name and these bytes, as `load_movies` reads it"
    def write_and_read(name, data, encoding="utf-8", **asked):
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
        return load_movies(tmp_path / name, **asked)
    return write_and_read


# Layouts, with rows that are invented

TOP = """Series_Title,Released_Year,Certificate,Runtime,Genre,IMDB_Rating,Director,No_of_Votes,Gross
The Lamp,1994,A,142 min,Drama,9.3,Ann Rector,2343110,"28,341,469"
The Harbour,1972,A,175 min,"Crime, Drama",9.2,Bob Rector,1620367,"134,966,411"
The Tide,PG,U,140 min,"Adventure, Drama, History",7.6,Cy Rector,269197,"173,837,933"
"""


def test_imdb_top_1000(read):
    films = read("imdb_top_1000.csv", TOP)
    assert films.attrs["layout"] == "IMDb top 1000" and films["title"].tolist() == ["The Lamp", "The Harbour", "The Tide"]
    assert films["runtime"].tolist() == [142, 175, 140] and films["revenue"].tolist() == [28341469, 134966411, 173837933]
    assert films["vote_count"].tolist() == [2343110, 1620367, 269197] and films["release_year"].isna().tolist() == [False, False, True]
    assert len(clean_movies(films).films) == 3


def test_a_film_with_an_odd_year_can_be_recommended_from(read):
    rows = "".join(f'Film {k},{"PG" if k == 7 else 1950 + k},A,{90 + k} min,{"Drama" if k % 2 else "Comedy"},{5 + k % 4},Ann Rector,{1000 + k},"1,{k:03},469"\n' for k in range(40))
    rec = MovieRecommender.from_movies(read("odd.csv", TOP.splitlines()[0] + "\n" + rows), n_clusters=3)
    assert len(rec.films) == 40 and len(rec.recommend(["Film 7"])) == 5 and "Film 7" in rec.find("Film 7")["title"].tolist()


def test_rotten_tomatoes(read):
    films = read("rt.csv", """rotten_tomatoes_link,movie_title,movie_info,content_rating,genres,directors,authors,actors,original_release_date,runtime,production_company,tomatometer_rating,tomatometer_count,audience_rating,audience_count
m/lamp,The Lamp,A lamp.,PG,"Action & Adventure, Comedy, Drama",Dee Rector,A Writer,"Ann Actor, Bob Actor",2010-02-12,119,Lamp Co,49,149,53,254421
m/harbour,The Harbour,A harbour.,R,"Comedy, Drama",Dee Rector,A Writer,Ann Actor,2011-02-12,95,Lamp Co,93,142,88,11574
""")
    assert films["vote_average"].tolist() == [4.9, 9.3] and films["genres"].iloc[0] == ["Action", "Adventure", "Comedy", "Drama"]
    assert films["cast"].iloc[0] == ["Ann Actor", "Bob Actor"] and films["writers"].iloc[1] == ["A Writer"] and str(films["release_date"].iloc[1])[:10] == "2011-02-12"


def test_netflix_has_films_and_series(read):
    rows = "".join(f's{k},{"TV Show" if k % 3 == 0 else "Movie"},River {k},,,United States,9/25/2021,{2000 + k % 20},PG-13,{"2 Seasons" if k % 3 == 0 else f"{90 + k % 30} min"},{"Dramas" if k % 2 else "Comedies"},A story.\n' for k in range(60))
    films = read("netflix.csv", "show_id,type,title,director,cast,country,date_added,release_year,rating,duration,listed_in,description\n" + rows)
    assert films["kind"].value_counts().to_dict() == {"film": 40, "series": 20} and films["runtime"].notna().sum() == 40
    assert set(films["genres"].explode()) == {"Drama", "Comedy"} and "vote_average" not in films
    assert not set(clean_movies(films).films["kind"]) - {"film"} and len(clean_movies(films).films) == 40


IMDB = {"title.basics.tsv": "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\ntt9000001\tmovie\tThe Lamp\tThe Lamp\t0\t2009\t\\N\t120\tAction,Drama\n"
        "tt9000002\ttvEpisode\tEpisode #1.2\tEpisode #1.2\t0\t2010\t\\N\t\\N\t\\N\ntt9000003\tmovie\t\"Quoted\t\"Quoted\t0\t2011\t\\N\t95\tDrama\ntt9000004\tmovie\tThe Harbour\tThe Harbour\t0\t\\N\t\\N\t\\N\t\\N\n",
        "title.ratings.tsv": "tconst\taverageRating\tnumVotes\ntt9000001\t7.1\t1200\n",
        "title.crew.tsv": "tconst\tdirectors\twriters\ntt9000001\tnm2,nm1\tnm3\ntt9000004\t\\N\t\\N\n",
        "title.principals.tsv": "tconst\tordering\tnconst\tcategory\tjob\tcharacters\ntt9000001\t2\tnm5\tactress\t\\N\t[\"A\"]\ntt9000001\t1\tnm4\tactor\t\\N\t[\"B\"]\ntt9000001\t3\tnm1\tdirector\t\\N\t\\N\n",
        "name.basics.tsv": "nconst\tprimaryName\tbirthYear\nnm1\tAnn Rector\t1960\nnm2\tBob \"Bo\" Rector\t\\N\nnm3\tA Writer\t\\N\nnm4\tBob Actor\t\\N\nnm5\tAnn Actor\t\\N\n"}


@pytest.mark.parametrize("packed", [False, True])
def test_imdbs_own_files(tmp_path, packed):
    for name, text in IMDB.items(): (tmp_path / (name + ".gz" * packed)).write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    films = load_movies(tmp_path, cache=False)
    assert films["title"].tolist() == ["The Lamp", "Episode #1.2", '"Quoted', "The Harbour"] and films["kind"].tolist() == ["film", "episode", "film", "film"]
    assert films["genres"].tolist() == [["Action", "Drama"], [], ["Drama"], []] and films["vote_count"].tolist()[0] == 1200 and films["vote_average"].notna().sum() == 1
    assert films["directors"].iloc[0] == ['Bob "Bo" Rector', "Ann Rector"] and films["cast"].iloc[0] == ["Bob Actor", "Ann Actor"] and films["writers"].iloc[3] == []
    assert films.attrs["ids"] == "imdb" and films["film_id"].iloc[0] == 9000001 and films["release_year"].isna().tolist() == [False, False, False, True]


def test_without_the_names_file_ids_of_people_are_no_names(tmp_path):
    for name in ("title.basics.tsv", "title.crew.tsv"): (tmp_path / name).write_text(IMDB[name])
    assert load_movies(tmp_path, cache=False)["directors"].tolist() == [[], [], [], []]


def test_an_open_quotation_mark_swallows_nothing(read):
    rows = [f"tt{9000000 + k}\tmovie\t{title}\t{title}\t0\t{1980 + k}\t\\N\t{80 + k}\tDrama" for k in range(1, 41) for title in ['"Lamp' if k in (6, 33) else f"Film {k}"]]
    films = read("title.basics.tsv", IMDB["title.basics.tsv"].split("\n")[0] + "\n" + "\n".join(rows) + "\n")
    assert len(films) == 40 and films["title"].iloc[5] == '"Lamp' and films["release_year"].is_monotonic_increasing
    other = read("mine.tsv", "film\tyear\n" + "\n".join(row.split("\t")[2] + "\t" + row.split("\t")[5] for row in rows) + "\n")
    assert len(other) == 40 and other["title"].iloc[32] == '"Lamp'


def test_movielens_with_colons(read):
    films = read("movies.dat", "1::The Lamp (1995)::Animation|Children's|Comedy\n2::Café (1995)::Adventure\n3::Tide, The (1996)::Drama|War|Crime|Thriller\n", "latin-1")
    assert films["title"].tolist() == ["The Lamp", "Café", "Tide, The"] and films["release_year"].tolist() == [1995, 1995, 1996]
    assert films["movielens_id"].tolist() == [1, 2, 3] and films["genres"].iloc[0] == ["Animation", "Children's", "Comedy"] and films.attrs["encoding"] == "cp1252"
    tweets = read("tweets.dat", "0000008::The Sneeze (1894)::Documentary|Short\n0000010::The Exit (1895)::Documentary|Short\n")
    assert tweets["imdb_id"].tolist() == ["tt0000008", "tt0000010"] and "movielens_id" not in tweets
    item = read("u.item", "1|The Lamp (1995)|01-Jan-1995||http://x|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n")
    assert item["title"].tolist() == ["The Lamp"] and item["genres"].iloc[0] == ["Animation", "Children's", "Comedy"]


def test_a_movielens_folder_knows_three_kinds_of_ids(tmp_path):
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n1,The Lamp (1995),Drama\n2,The Harbour (1996),Crime|Drama\n3,The Tide (1997),(no genres listed)\n")
    (tmp_path / "links.csv").write_text("movieId,imdbId,tmdbId\n1,0114709,862\n2,0113497,8844\n3,0113228,\n")
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,1,5.0,964982703\n1,2,1.0,964982703\n")
    films = load_movies(tmp_path, cache=False)
    assert films["tmdb_id"].tolist()[:2] == [862, 8844] and films["imdb_id"].tolist() == ["tt0114709", "tt0113497", "tt0113228"] and films["film_id"].tolist() == [1, 2, 3]
    assert load_ratings(tmp_path, films)["film_id"].tolist() == [1, 2]


def test_tmdb_5000_joins_its_credits(tmp_path):
    header = "budget,genres,homepage,id,keywords,original_language,original_title,overview,popularity,production_companies,production_countries,release_date,revenue,runtime,spoken_languages,status,tagline,title,vote_average,vote_count"
    row = ["100", '[{"id": 18, "name": "Drama"}]', "", "7", '[{"id": 1, "name": "lamp"}]', "en", "Lamp", "A lamp.", "1.5", '[{"name": "Lamp Co", "id": 3}]', '[{"iso_3166_1": "US", "name": "United States of America"}]',
           "2009-12-10", "200", "162.0", '[{"iso_639_1": "en", "name": "English"}]', "Released", "", "The Lamp", "7.2", "11800"]
    pd.DataFrame([row], columns=header.split(",")).to_csv(tmp_path / "tmdb_5000_movies.csv", index=False)
    cast = json.dumps([{"cast_id": 3, "name": "Bob Actor", "order": 1}, {"cast_id": 2, "name": "Ann Actor", "order": 0}])
    crew = json.dumps([{"department": "Directing", "job": "Director", "name": "Dee Rector"}, {"department": "Writing", "job": "Screenplay", "name": "A Writer"}, {"department": "Sound", "job": "Mixer", "name": "X"}])
    pd.DataFrame({"movie_id": [7], "title": ["The Lamp"], "cast": [cast], "crew": [crew]}).to_csv(tmp_path / "tmdb_5000_credits.csv", index=False)
    film = load_movies(tmp_path, cache=False).iloc[0]
    assert film["cast"] == ["Ann Actor", "Bob Actor"] and film["directors"] == ["Dee Rector"] and film["writers"] == ["A Writer"] and film["tmdb_id"] == 7
    assert film["keywords"] == ["lamp"] and film["spoken_languages"] == ["en"] and film["countries"] == ["United States of America"] and film["companies"] == ["Lamp Co"]


TMDB = "id,title,vote_average,vote_count,status,release_date,revenue,runtime,adult,backdrop_path,budget,homepage,imdb_id,original_language,original_title,overview,popularity,poster_path,tagline,genres,production_companies,production_countries,spoken_languages,keywords\n"


def test_tmdb_930k(read):
    films = read("tmdb.csv", TMDB + '5,The Lamp,7.5,1000,Released,2010-07-15,825532764,148,False,/b.jpg,160000000,,tt1375666,en,Lamp,A lamp.,83.9,/p.jpg,,"Action, Science Fiction","Lamp Co, Harbour Co","United Kingdom, United States of America","English, French, Cantonese","lamp, dream"\n'
                 '6,The Tide,0.0,0,Planned,,0,0,True,,0,,,fr,,,0.6,,,,,,No Language,\n')
    film = films.iloc[0]
    assert film["spoken_languages"] == ["en", "fr", "cn"] and film["countries"] == ["United Kingdom", "United States of America"] and film["genres"] == ["Action", "Science Fiction"]
    assert film["keywords"] == ["lamp", "dream"] and film["tmdb_id"] == 5 and films["spoken_languages"].iloc[1] == ["xx"] and films["adult"].tolist() == [False, True]
    daily = read("daily.csv", "id,title,vote_average,vote_count,status,release_date,revenue,runtime,budget,imdb_id,original_language,original_title,overview,popularity,tagline,genres,production_companies,production_countries,spoken_languages,cast,director,director_of_photography,writers,producers,music_composer,imdb_rating,imdb_votes,poster_path\n"
                 '5,The Lamp,7.5,1000,Released,2010-07-15,1,148,1,tt1375666,en,Lamp,A lamp.,83.9,,Action,Lamp Co,United Kingdom,English,"Ann Actor, Bob Actor",Dee Rector,P,"A Writer, B Writer",X,Y,8.8,2400000,/p.jpg\n')
    assert daily.attrs["layout"] == "TMDB, daily" and daily["cast"].iloc[0] == ["Ann Actor", "Bob Actor"] and daily["directors"].iloc[0] == ["Dee Rector"] and daily["vote_average"].iloc[0] == 7.5


def test_other_layouts(read):
    india = read("india.csv", 'Name,Year,Duration,Genre,Rating,Votes,Director,Actor 1,Actor 2,Actor 3\nThe Lamp,-2019,109 min,Drama,7,"1,086",Ann Rector,A,B,C\nThe Harbour,(2016),161 min,"Action, Drama",8.3,"5,91,417",Bob Rector,A,,\nCafé,2010-2015,,Drama,5.1,$5.16M,A,B,C,D\n', "latin-1")
    assert india["release_year"].tolist() == [2019, 2016, 2010] and india["vote_count"].tolist()[:2] == [1086, 591417] and np.isnan(india["vote_count"].iloc[2]) and india["cast"].tolist()[:2] == [["A", "B", "C"], ["A"]]
    five = read("five.csv", "color,director_name,num_critic_for_reviews,duration,gross,genres,actor_1_name,actor_2_name,actor_3_name,movie_title,num_voted_users,plot_keywords,movie_imdb_link,language,country,budget,title_year,imdb_score\n"
                "Color,Dee Rector,723,178,760505847,Action|Adventure|Sci-Fi,C,J,W,The Lamp\xa0,886204,lamp|sea,http://www.imdb.com/title/tt0499549/?ref_=fn,English,USA,237000000,2009,7.9\n")
    assert five.loc[0, ["title", "imdb_id", "original_language"]].tolist() == ["The Lamp", "tt0499549", "en"] and five["cast"].iloc[0] == ["C", "J", "W"] and five["countries"].iloc[0] == ["United States"]
    kino = read("kino.csv", "русскоязычное название;оригинальное название;год;страны;режисcёр;актёры;жанры;возраст;время;моя оценка;рейтинг КиноПоиска;число оценок\nБрат;;1997;Россия;Алексей Балабанов;Сергей Бодров;драма, криминал;;100;9;8,296;1 234 567\nСталкер;Stalker;1979;СССР;Андрей Тарковский;;фантастика, драма;;163;;8,12;345 678\n", "cp1251")
    assert kino.attrs["encoding"] == "cp1251" and kino["genres"].tolist() == [["Drama", "Crime"], ["Science Fiction", "Drama"]] and kino["countries"].tolist() == [["Russia"], ["Soviet Union"]]
    assert kino["vote_average"].tolist() == [8.296, 8.12] and kino["vote_count"].tolist() == [1234567, 345678]
    affinity = read("fa.csv", "title,original title,year,country,user score,FA score,FA movie ID,directors\nLa niña santa,,2004,Argentina,8,\"6,4\",1,Lucrecia Martel\n")
    assert affinity.attrs["layout"] == "FilmAffinity" and affinity["vote_average"].tolist() == [6.4]
    douban = read("douban.csv", "MOVIE_ID,NAME,ALIAS,ACTORS,COVER,DIRECTORS,DOUBAN_SCORE,DOUBAN_VOTES,GENRES,IMDB_ID,LANGUAGES,MINS,OFFICIAL_SITE,REGIONS,RELEASE_DATE,SLUG,STORYLINE,TAGS,YEAR\n1,无间道,Infernal,刘德华/梁朝伟,,刘伟强/麦兆辉,9.1,1000,剧情/犯罪,tt0338564,粤语/汉语普通话,101,,中国香港,2002-12-12,x,故事,卧底/香港,2002\n")
    assert douban["cast"].iloc[0] == ["刘德华", "梁朝伟"] and douban["genres"].iloc[0] == ["Drama", "Crime"] and douban["spoken_languages"].iloc[0] == ["cn", "zh"] and douban["countries"].iloc[0] == ["Hong Kong"]


def test_every_layout_says_where_it_was_seen():
    table = layouts.layout_table()
    assert table["seen"].str.len().min() > 10 and table.index.is_unique and len(table) >= 17
    for layout in layouts.LAYOUTS:
        assert set(layout.columns.values()) <= set(layouts.COLUMNS) and "title" in layout.columns.values() and not layout.genres or layout.genres in layouts.GENRES


def test_a_layout_is_added_in_one_cell(read, monkeypatch):
    text = "what,when,mark\nThe Lamp,1994,4\nThe Harbour,1995,3\n"
    with pytest.raises(MovieDataError, match="'title' is missing"): read("club.csv", text)
    monkeypatch.setattr(layouts, "LAYOUTS", [*layouts.LAYOUTS])
    layouts.LAYOUTS.append(layouts.Layout("Club", "the club", "what, when, mark", {"what": "title", "when": "release_year", "mark": "vote_average"}, out_of=5))
    assert read("club.csv", text)["vote_average"].tolist() == [8, 6]
    assert replace(layouts.LAYOUTS[-1], out_of=10).out_of == 10


# The bundled films, written out in each layout

def words(names, mark): return mark.join(names)


def spell(names): return json.dumps([{"id": 1, "name": name} for name in names])


@pytest.fixture(scope="module")
def best():
    "The best known films of the package, without those whose names hold a mark that stands between names"
    films = clean_movies(load_movies()).films.sort_values("vote_count", ascending=False).head(400)
    plain = films[["genres", "directors", "cast", "countries"]].map(lambda names: not any(set(name) & set("|,;/") for name in names)).all(axis=1)
    return films[plain & ~films["title"].str.contains(r'[|;"]|::|\(\d{4}\)$')].head(300).reset_index()


WRITTEN = {
    "TMDB, 930,000 films": lambda f: WRITTEN["TMDB, cut down"](f).assign(**dict.fromkeys("revenue,budget,homepage,imdb_id,original_title,overview,popularity,tagline,production_companies,spoken_languages".split(",")), adult=False, backdrop_path="/b.jpg", poster_path="/p.jpg"),
    "TMDB, cut down": lambda f: pd.DataFrame({"id": f.film_id, "title": f.title, "vote_average": f.vote_average, "vote_count": f.vote_count, "status": "Released", "release_date": f.release_year.astype(str) + "-05-01", "runtime": f.runtime,
        "original_language": f.original_language, "genres": f.genres.map(lambda n: words(n, ", ")), "production_countries": f.countries.map(lambda n: words(n, ", ")), "cast": f.cast.map(lambda n: words(n, ", ")), "director": f.directors.map(lambda n: words(n, ", "))}),
    "TMDB 5000": lambda f: pd.DataFrame({"budget": 0, "genres": f.genres.map(spell), "homepage": "", "id": f.film_id, "keywords": "[]", "original_language": f.original_language, "original_title": f.title, "overview": "x", "popularity": 1.5,
        "spoken_languages": "[]", "status": "Released", "tagline": "", "release_date": f.release_year.astype(str) + "-05-01", "runtime": f.runtime, "title": f.title, "vote_average": f.vote_average, "vote_count": f.vote_count, "production_countries": f.countries.map(spell)}),
    "IMDb": lambda f: pd.DataFrame({"tconst": [f"tt{i:07d}" for i in f.film_id], "titleType": "movie", "primaryTitle": f.title, "originalTitle": f.title, "isAdult": 0, "startYear": f.release_year, "endYear": r"\N", "runtimeMinutes": f.runtime.astype(int),
        "genres": f.genres.map(lambda n: words(n, ",") or r"\N")}),
    "MovieLens": lambda f: pd.DataFrame({"movieId": f.film_id, "title": f.title + " (" + f.release_year.astype(str) + ")", "genres": f.genres.map(lambda n: words(n, "|") or "(no genres listed)")}),
    "MovieLens with ::": lambda f: "".join(f"{i % 10**6}::{t} ({y})::{'|'.join(g)}\n" for i, t, y, g in zip(f.film_id, f.title, f.release_year, f.genres)),
    "IMDb top 1000": lambda f: pd.DataFrame({"Series_Title": f.title, "Released_Year": f.release_year, "Runtime": f.runtime.map("{:.0f} min".format), "Genre": f.genres.map(lambda n: words(n, ", ")), "IMDB_Rating": f.vote_average,
        "Director": f.directors.map(lambda n: words(n, ", ")), "No_of_Votes": f.vote_count.map("{:.0f}".format), "Gross": f.vote_count.map(lambda v: f"{v * 1e5:,.0f}")}),
    "IMDB 5000": lambda f: pd.DataFrame({"director_name": f.directors.map(lambda n: words(n, "|")), "duration": f.runtime, "genres": f.genres.map(lambda n: words(n, "|")), "movie_title": f.title + "\xa0", "num_voted_users": f.vote_count,
        "country": f.countries.map(lambda n: words(n, "|")), "title_year": f.release_year.astype(float), "imdb_score": f.vote_average, "language": "English"}),
    "IMDb Movies India": lambda f: pd.DataFrame({"Name": f.title, "Year": "-" + f.release_year.astype(str), "Duration": f.runtime.map("{:.0f} min".format), "Genre": f.genres.map(lambda n: words(n, ", ")), "Rating": f.vote_average, "Votes": f.vote_count.map("{:,.0f}".format),
        "Director": f.directors.map(lambda n: words(n, ", ")), "Actor 1": f.cast.map(lambda n: n[0] if n else ""), "Actor 2": f.cast.map(lambda n: n[1] if n[1:] else "")}),
    "Netflix titles": lambda f: pd.DataFrame({"show_id": [f"s{i}" for i in f.film_id], "type": "Movie", "title": f.title, "director": f.directors.map(lambda n: words(n, ", ")), "cast": f.cast.map(lambda n: words(n, ", ")), "country": f.countries.map(lambda n: words(n, ", ")),
        "release_year": f.release_year, "rating": "PG-13", "duration": f.runtime.map("{:.0f} min".format), "listed_in": f.genres.map(lambda n: words(n, ", "))}),
    "Rotten Tomatoes": lambda f: pd.DataFrame({"rotten_tomatoes_link": [f"m/{i}" for i in f.film_id], "movie_title": f.title, "genres": f.genres.map(lambda n: words(n, ", ")), "directors": f.directors.map(lambda n: words(n, ", ")), "actors": f.cast.map(lambda n: words(n, ", ")),
        "original_release_date": f.release_year.astype(str) + "-05-01", "runtime": f.runtime, "tomatometer_rating": f.vote_average * 10, "tomatometer_count": f.vote_count}),
    "Douban": lambda f: pd.DataFrame({"MOVIE_ID": f.film_id, "NAME": f.title, "DOUBAN_SCORE": f.vote_average, "DOUBAN_VOTES": f.vote_count, "ACTORS": f.cast.map(lambda n: words(n, "/")), "DIRECTORS": f.directors.map(lambda n: words(n, "/")), "GENRES": f.genres.map(lambda n: words(n, "/")),
        "REGIONS": f.countries.map(lambda n: words(n, "/")), "MINS": f.runtime, "YEAR": f.release_year}),
    "FilmAffinity": lambda f: pd.DataFrame({"FA movie ID": f.film_id, "FA score": f.vote_average.map(lambda v: f"{v:.4f}".rstrip("0").rstrip(".").replace(".", ",")), "title": f.title, "year": f.release_year, "country": f.countries.map(lambda n: words(n, ", ")), "directors": f.directors.map(lambda n: words(n, ", "))}),
    "Kinopoisk": lambda f: pd.DataFrame({"русскоязычное название": f.title, "оригинальное название": f.title, "год": f.release_year, "страны": f.countries.map(lambda n: words(n, ", ")), "режисcёр": f.directors.map(lambda n: words(n, ", ")), "жанры": f.genres.map(lambda n: words(n, ", ")),
        "время": f.runtime.map("{:.0f} мин.".format), "число оценок": f.vote_count.map(lambda v: f"{v:,.0f}".replace(",", " "))}),
    "Wikipedia": lambda f: f.assign(year=f.release_year)[["title", "year", "cast", "genres"]].to_json(orient="records"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_bundled_films_come_back_from_each_layout(name, best, tmp_path):
    written = WRITTEN[name](best)
    if name == "IMDb": written.to_csv(tmp_path / "title.basics.tsv", sep="\t", index=False, quoting=3)
    elif isinstance(written, str): (tmp_path / "films.txt").write_text(written, encoding="utf-8")
    else: written.to_csv(tmp_path / "films.csv", index=False)
    back = load_movies(next(tmp_path.iterdir()), cache=False)
    assert back.attrs["layout"] == name and not back.attrs["unreadable"] and len(back) == len(best)
    for column in set(back) & set(best) & {"title", "release_year", "genres", "runtime", "vote_average", "vote_count", "countries", "directors", "original_language"}:
        if column == "original_language" and name == "IMDB 5000": continue
        ours, theirs = best[column], back[column]
        if column in ("runtime", "vote_average", "vote_count"): np.testing.assert_allclose(theirs.astype(float), ours.astype(float), rtol=1e-3 if column != "runtime" else 0, atol=.5 if column == "runtime" else 1e-9)
        elif column == "countries": assert [len(names) for names in theirs] == [len(names) for names in ours]
        else: assert theirs.tolist() == ours.tolist(), column
    rec = MovieRecommender.from_movies(back, n_clusters=4, n_init=1)
    assert len(rec.recommend([rec.labels.iloc[0]])) == 5


# Other tables

def test_names_are_guessed_and_said(read):
    with pytest.warns(UserWarning, match="'Título': 'title'.*put right with columns="):
        films = read("es.csv", "Título,Título original,Año,Duración,País,Dirección,Reparto,Género,Sinopsis,Nota,Votos\nEl faro,The Lamp,2006,112 min.,España,Ann Rector,\"Ann Actor, Bob Actor\",\"Terror, Drama\",Una luz,\"7,6\",149.166\nLa marea,,2006,2 h 1,México,Bob Rector,,Drama,Un mar,\"7,2\",703\n")
    assert films["vote_count"].tolist() == [149166, 703] and films["vote_average"].tolist() == [7.6, 7.2] and films["countries"].tolist() == [["Spain"], ["Mexico"]] and films["runtime"].tolist() == [112, 121]
    table = understood_columns(films)
    assert table.loc["Nota"].tolist() == ["vote_average", "a guess", 0] and (table["known by"] == "a guess").all()


def test_a_guess_fits_the_values(read):
    films = read("industry.csv", "name,rating,genre,year,released,score,votes,star,type\nThe Lamp,R,Drama,1980,\"June 13, 1980 (United States)\",8.4,927000,Ann Actor,35mm\nThe Tide,PG,Drama,1981,\"May 3, 1981 (United States)\",7.4,1000,Ann Actor,16mm\n")
    assert films["vote_average"].tolist() == [8.4, 7.4] and "rating" in films.attrs["unused"] and "kind" not in films and str(films["release_date"].iloc[0])[:10] == "1980-06-13"


def test_columns_and_encoding_correct_it(read, tmp_path, capsys):
    text = "Werk;Wann;Minuten;Wie gut\n" + "".join(f"Über {k};{1960 + k};{80 + k};{5 + k % 4}\n" for k in range(60))
    asked = {"Werk": "title", "Wann": "release_year", "Wie gut": "vote_average"}
    with pytest.raises(MovieDataError, match="'title' is missing"): read("mine.csv", text, "cp1252")
    films = read("mine.csv", text, "cp1252", columns=asked)
    assert films["title"].iloc[3] == "Über 3" and films["release_year"].iloc[3] == 1963
    again = load_movies(tmp_path / "mine.csv", columns=asked | {"Minuten": "runtime"})
    assert "runtime" in again and "Ãœ" not in again["title"].iloc[0] and load_movies(tmp_path / "mine.csv", columns=asked, encoding="cp1251")["title"].iloc[0] == "Ьber 0"
    assert len(MovieRecommender.from_movies(tmp_path / "mine.csv", 3, columns=asked, encoding="cp1252").films) == 60
    assert main(["recommend", "Über 3", "--movies", str(tmp_path / "mine.csv"), "--columns", "title=Werk,release_year=Wann,vote_average=Wie gut", "--encoding", "cp1252"]) in (0, None)
    said = capsys.readouterr()
    assert "1. Über" in said.out and "not UTF-8" not in said.err
    main(["recommend", "Über 3", "--movies", str(tmp_path / "mine.csv"), "--columns", "title=Werk,vote_average=Wie gut"])
    assert "read as cp1252" in capsys.readouterr().err


@pytest.mark.parametrize("columns, said", [({"Wher": "title"}, "has no column 'Wher'"), ({"title": "Name"}, "columns=.'Name': 'title'."), ({"Name": "titel"}, "no such column is known")])
def test_columns_that_do_not_fit_are_refused(columns, said):
    with pytest.raises(MovieDataError, match=said): load_movies(pd.DataFrame({"Name": ["The Lamp"], "Year": [1990]}), columns=columns)


@pytest.mark.parametrize("shape", ["records", "columns", "index", "split", "lines", "inside", "zip"])
def test_json_of_every_shape(shape, read):
    films = pd.DataFrame({"title": ["The Lamp", "The Tide"], "year": [1994, 1995], "genres": [["Drama"], ["Crime", "Drama"]]})
    rows = films.to_dict("records")
    if shape == "lines": data = "\n".join(map(json.dumps, rows))
    elif shape == "inside": data = json.dumps({"page": 1, "results": [row | {"imdb": {"rating": 8.1, "votes": 12}} for row in rows]})
    elif shape == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as z: z.writestr("a/films.json", json.dumps(rows))
        data = packed.getvalue()
    else: data = films.to_json(orient=shape)
    back = read(f"films.{'zip' if shape == 'zip' else 'json'}", data)
    assert back["title"].tolist() == ["The Lamp", "The Tide"] and back["release_year"].tolist() == [1994, 1995] and back["genres"].tolist() == [["Drama"], ["Crime", "Drama"]]
    assert shape != "inside" or back["vote_average"].tolist() == [8.1, 8.1]


@pytest.mark.parametrize("encoding, text", [("cp1251", "название,год\nБрат,1997\nСталкер,1979\n"), ("koi8_r", "название,год\nБрат,1997\n"), ("cp1252", "título,año\nLa niña santa,2004\n"), ("cp1250", "tytuł,rok\nPopiół i diament,1958\n"),
                                            ("gb18030", "片名,年份\n无间道,2002\n"), ("big5", "片名,年份\n無間道,2002\n"), ("cp932", "題名,年\n七人の侍,1954\n"), ("cp949", "제목,연도\n기생충,2019\n"), ("utf-16", "title,year\nAmélie,2001\n"),
                                            ("utf-16-le", "title,year\nAmélie,2001\n"), ("utf-32", "title,year\nAmélie,2001\n"), ("utf-8-sig", "title,year\nAmélie,2001\n"), ("cp1252", "title,year\n" + "Film,1990\n" * 9000 + "Amélie,2001\n")])
def test_encodings_are_found_out(encoding, text, read):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        films = read("films.csv", text, encoding)
    assert films["title"].iloc[-1] == text.strip().rsplit("\n", 1)[1].split(",")[0]
    assert encoding.startswith("utf") or any(f"read as {encoding}" in str(warning.message) for warning in said)


def test_a_few_broken_letters_make_no_other_encoding(read):
    films = read("films.csv", ("title,year\n" + "Amélie,2001\n" * 100).encode() + b"Caf\xe9,2001\n")
    assert films["title"].iloc[0] == "Amélie" and films["title"].iloc[-1] == "Caf\ufffd"


@pytest.mark.parametrize("pack, ending", [(gzip.compress, "csv.gz"), (bz2.compress, "csv.bz2")])
def test_packed_tables(pack, ending, read):
    assert read(f"films.{ending}", pack(b'title;rating\n"The Lamp\nof ""Ash""";83%\nThe Tide;72%\n'))["vote_average"].tolist() == [8.3, 7.2]


def test_a_unit_in_a_name_counts(read):
    films = read("units.csv", "Rank,Title,Genre,Description,Director,Actors,Year,Runtime (Minutes),Rating,Votes,Revenue (Millions),Metascore\n1,The Lamp,\"Action,Drama\",A lamp.,Dee Rector,\"Ann Actor, Bob Actor\",2014,121,8.1,757074,333.13,76\n2,The Tide,Drama,A tide.,Dee Rector,Ann Actor,2012,1,7,485820,,65\n")
    assert films["revenue"].iloc[0] == 333_130_000 and films["runtime"].iloc[0] == 121 and films["cast"].iloc[0] == ["Ann Actor", "Bob Actor"] and films["vote_average"].tolist() == [8.1, 7]


def test_genres_in_columns_of_their_own(read):
    assert read("flags.csv", "title,year,Action,Comedy,Drama,Romance\nThe Lamp,1995,1,0,1,0\nThe Tide,1999,0,1,0,1\n")["genres"].tolist() == [["Action", "Drama"], ["Comedy", "Romance"]]


# Values

def seen(reader, cells, *more): return [None if pd.isna(v) else v for v in reader(pd.Series(cells, dtype=object), *more)[0]]


@pytest.mark.parametrize("cells, kind, expected", [
    (["1,086", "5,91,417", "12"], "count", [1086, 591417, 12]), (["149.166", "703"], "count", [149166, 703]), (["1 234 567", "12"], "count", [1234567, 12]), (["1'234'567", "900"], "count", [1234567, 900]), (["1.2M", "12K", "703"], "count", [1200000, 12000, 703]),
    (["8,2", "7,25", "10"], "measure", [8.2, 7.25, 10]), (["1.234,5", "900"], "measure", [1234.5, 900]), (["5415.0", "1,086"], "count", [5415, 1086]), (["$5.16M", "$28,341,469", "€1,000"], "money", [5160000, 28341469, 1000]), (["$5.16M", "12"], "count", [None, 12]),
    (["Rs. 25,00,00,000", "₹ 2 crore"], "money", [250000000, 20000000]), (["12 тыс.", "1,5 млн"], "money", [12000, 1500000]), (["54.3万", "1234"], "count", [543000, 1234]), ([r"\N", "N/A", "Unknown", "5"], "count", [None, None, None, 5]), (["1,2,3", "x"], "measure", [None, None])])
def test_numbers(cells, kind, expected): assert seen(values.read_numbers, cells, kind) == expected


@pytest.mark.parametrize("cell, minutes", [("142 min", 142), ("1h 30m", 90), ("2 h 5", 125), ("2:05", 125), ("PT1H35M", 95), ("1 hour and 30 minutes", 90), ("1,5 h", 90), ("2 ч 5 мин", 125), ("101分钟", 101), ("2h02", 122), ("90 mins.", 90), ("2 Std. 29 Min.", 149), ("1,086", 1086), ("3 Seasons", None), ("long", None), ("0", 0)])
def test_minutes(cell, minutes): assert seen(values.read_minutes, [cell]) == [minutes]


@pytest.mark.parametrize("cells, expected", [(["8.2/10", "7/10"], [8.2, 7]), (["93%", "49 %"], [9.3, 4.9]), (["8,2", "6"], [8.2, 6]), (["93", "49"], [9.3, 4.9]), (["4,5/5", "3/5"], [9, 6]), (["★★★½", "★★★★★"], [7, 10]), (["N/A", "7.5"], [None, 7.5]),
                                             ([str(k % 5 + .5) for k in range(30)], [(k % 5 + .5) * 2 for k in range(30)])])
def test_ratings(cells, expected): assert seen(values.read_ratings, cells) == expected


@pytest.mark.parametrize("cell, year", [("(2009)", 2009), ("-2012", 2012), ("2010-2015", 2010), ("2010– ", 2010), ("1994.0", 1994), ("(I) (2009)", 2009), ("PG", None), ("2001 г.", 2001), ("1994年", 1994), (r"\N", None), ("12345", None)])
def test_years(cell, year): assert seen(values.read_years, [cell]) == [year]


@pytest.mark.parametrize("cells, expected", [
    (["12/15/21", "03/04/1999"], ["2021-12-15", "1999-03-04"]), (["15/12/2021", "03/04/1999"], ["2021-12-15", "1999-04-03"]), (["15.12.2021", "3.4.1999"], ["2021-12-15", "1999-04-03"]), (["03/04/1999", "05/06/1999"], [None, None]),
    (["June 13, 1980 (United States)", "13 Jun 1980", "13. Juni 1980", "13 de junio de 1980", "13 июня 1980", "13-Jun-80"], ["1980-06-13"] * 6), (["2009年12月18日", "2009-12-18(美国)", "20091218", "2009-12-18T00:00:00Z"], ["2009-12-18"] * 4), (["2009", "2001-02-31", "soon"], [None] * 3)])
def test_dates(cells, expected): assert [None if v is None else str(v)[:10] for v in seen(values.read_dates, cells)] == expected


def test_an_unreadable_column_is_warned_of(read):
    with pytest.warns(UserWarning, match="Most of 'runtime'.*as minutes: 20 of 20 filled cells, for example 'long 0', 'long 1', 'long 2'"):
        films = read("odd.csv", "title,runtime\n" + "".join(f"F{k},long {k}\n" for k in range(20)))
    assert films.attrs["unreadable"] == {"runtime": 20}


# What else people bring: other words, headings, gaps, merged tables

@pytest.mark.parametrize("header, row, expected", [
    ("Filmtitel;Erscheinungsjahr;Laufzeit (Min.);IMDb-Bewertung;Anzahl Stimmen;Land", "Die Lampe;1994;142;8,2;1.086.000;Sowjetunion", {"title": "Die Lampe", "release_year": 1994, "runtime": 142, "vote_average": 8.2, "vote_count": 1086000, "countries": ["Soviet Union"]}),
    ("Titre du film;Année de sortie;Réalisé par;Avec;Nationalité;Note spectateurs;Nb de notes", "La Lampe;1994;Ann Rector;Bob Actor;États-Unis;4,1/5;1 086", {"title": "La Lampe", "release_year": 1994, "directors": ["Ann Rector"], "cast": ["Bob Actor"], "countries": ["United States"], "vote_average": 8.2, "vote_count": 1086}),
    ("Película;Año de estreno;Protagonistas;País de origen;Puntuación;Nº de votos", "La lámpara;1994;Bob Actor;Unión Soviética (URSS);8,2;149.166", {"title": "La lámpara", "cast": ["Bob Actor"], "countries": ["Soviet Union"], "vote_average": 8.2, "vote_count": 149166}),
    ("Titolo italiano;Anno;Nazione;Voto medio;Voti", "La lampada;1994;Unione Sovietica;8,2;5.166", {"title": "La lampada", "countries": ["Soviet Union"], "vote_average": 8.2, "vote_count": 5166}),
    ("Название фильма;Год выпуска;В главных ролях;Страна производства;Кол-во оценок", "Лампа;1994 г.;Аня Актриса;Корея Южная, Гонконг;1 086", {"title": "Лампа", "release_year": 1994, "cast": ["Аня Актриса"], "countries": ["South Korea", "Hong Kong"], "vote_count": 1086}),
    ("电影,外国名,年份,国家,类型,评分,票数", "灯,The Lamp,1994,美国 英国,剧情 战争,8.2,86.5万", {"title": "灯", "original_title": "The Lamp", "countries": ["United States", "United Kingdom"], "genres": ["剧情", "战争"], "vote_count": 865000}),
    ("映画タイトル,公開年,製作国,ジャンル,出演者,レビュー数", "ランプ,1994年,ソ連,ドラマ・戦争,アン・アクター、ボブ・アクター,1086件", {"title": "ランプ", "release_year": 1994, "countries": ["Soviet Union"], "genres": ["ドラマ", "戦争"], "cast": ["アン・アクター", "ボブ・アクター"], "vote_count": 1086}),
    ("영화명,개봉연도,러닝타임,국가", "등불,1994,142분,한국", {"title": "등불", "release_year": 1994, "runtime": 142, "countries": ["South Korea"]}),
    ("title,release_year,runtime_min,imdb_rating,Total Votes,Country/Region", "The Lamp,1994,142.0,8.2,1086,UK", {"runtime": 142, "vote_average": 8.2, "vote_count": 1086, "countries": ["United Kingdom"]}),
    ("name,film,year,category", "Ann Rector,The Lamp,1994,Directing", {"title": "The Lamp", "release_year": 1994}),
    ("film,filmLabel,year,directorLabel", "http://www.wikidata.org/entity/Q1,The Lamp,1994,Ann Rector", {"title": "The Lamp", "directors": ["Ann Rector"]}),
    ("Title,Rating,Year,Rating", "The Lamp,PG,1994,8.2", {"vote_average": 8.2}), ("Title,Year,Actor,Actor", "The Lamp,1994,Ann Actor,Bob Actor", {"cast": ["Ann Actor", "Bob Actor"]})])
def test_headers_in_other_words(header, row, expected, read):
    film = read("films.csv", header + "\n" + row + "\n").iloc[0]
    assert {name: film.get(name) for name in expected} == expected


@pytest.mark.parametrize("text", ["My films,,\n,,\nTitle,Year,Rating\n{}", "Exported on 12.11.2025\n\nTitle,Year,Rating\n{}", "\n\nTitle,Year,Rating\n{}", "sep=,\nTitle,Year,Rating\n{}", "Title,Year,Rating\n{},,\n,,\n", "Title,Year,Rating\nTitle,Year,Rating\n{}",
                                  "Title,Year,Rating\n{}The Dune,1996,6,,\n", "Title, Year, Rating\n{}", "Title,Year,Rating,\n{}"], ids=["heading", "line", "blank lines", "sep", "blank rows", "header twice", "empty cells", "blanks", "comma"])
def test_headings_and_gaps(text, read):
    films = read("films.csv", text.format('"The Lamp, or Light", 1994, 8\n"The Tide", 1995, 7\n'))
    assert films["title"].tolist()[:2] == ["The Lamp, or Light", "The Tide"] and films["release_year"].tolist()[:2] == [1994, 1995] and films["vote_average"].tolist()[:2] == [8, 7] and len(films) == 2 + ("Dune" in text)


def test_a_heading_and_empty_rows_are_said(read):
    with pytest.warns(UserWarning, match="header of .* is in line 3"): read("films.csv", "Mine\n\nTitle,Year\nThe Lamp,1994\n")
    with pytest.warns(UserWarning, match="2 rows of .* are empty"): read("rows.csv", "Title,Year\nThe Lamp,1994\n,\n,\n")


def test_a_quotation_mark_that_swallows_films_is_no_cut(read):
    text = "Title,Year\n" + "".join(f'{chr(34) * (k == 9)}Film {k},{1950 + k}\n' for k in range(60))
    with pytest.raises(MovieDataError, match="opened after row 9 and never closed, so that 51 lines"): read("films.csv", text)
    with pytest.raises(MovieDataError, match="line 3 has 3 cells and the header 2.*quotation marks"): read("more.csv", 'Title,Year\nA,1990\n"B,1991\nC,1992\n"D, E",1993\n')


@pytest.mark.parametrize("text", ["DVD;Jahr;Regal\nDie Lampe;1994;A\nDie Flut;1995;A\n"])
def test_a_table_without_titles_is_told_what_to_write(text, read):
    with pytest.raises(MovieDataError, match="columns={'DVD': 'title'} .*--columns \"title=DVD\""): read("mine.csv", text)
    assert read("mine.csv", text, columns={"DVD": "title"})["title"].tolist() == ["Die Lampe", "Die Flut"]


def test_ids_that_are_no_numbers_cost_no_film(read):
    films = read("rt.csv", "id,title,audienceScore,tomatoMeter,rating,ratingContents,releaseDateTheaters,releaseDateStreaming,runtimeMinutes,genre,originalLanguage,director,writer,boxOffice,distributor,soundMix\n"
                 "the_lamp,The Lamp,66,67,,,1991-11-22,2005-08-18,99,\"Comedy, Mystery & thriller\",English,Ann Rector,A Writer,$5.2M,Co,\n1917,1917,80,,,,,,100,War,English,Bob Rector,,,,\n")
    assert films.attrs["layout"] == "Rotten Tomatoes, massive" and films["film_id"].tolist() == [1, 2] and films.attrs["ids"] == "row" and films["vote_average"].tolist()[0] == 6.7 and films["revenue"].iloc[0] == 5_200_000
    assert read("slugs.csv", "id,title,year\na-1,The Lamp,1994\n7,The Tide,1995\nb-2,The Dune,1996\n")["film_id"].tolist() == [1, 2, 3]


def test_a_status_of_ones_own_makes_no_film_unreleased(read):
    films = read("mine.csv", "Title,Year,Status,Type\n" + "".join(f"Film {k},{1960 + k},{'Seen' if k % 2 else 'To see'},DVD\n" for k in range(20)))
    assert "status" not in films and "kind" not in films and len(clean_movies(films).films) == 20


@pytest.mark.parametrize("name, cells, expected", [
    ("IMDb Rating", [str(1 + k / 9)[:4] for k in range(30)], [float(str(1 + k / 9)[:4]) for k in range(30)]), ("Stars", ["4.5", "3", "2"], [9, 6, 4]), ("My Rating (1-5)", ["4", "3"], [8, 6]), ("Score /20", ["15", "9"], [7.5, 4.5]),
    ("Score", ["8.2/10", "7.9/10", "4/5"], [8.2, 7.9, 8]), ("Score", ["8.6 ★", "7 ★"], [8.6, 7]), ("Rotten Tomatoes %", ["93", "49"], [9.3, 4.9]), ("TomatoMeter", ["93%", "49%"], [9.3, 4.9])])
def test_a_scale_that_is_told(name, cells, expected, read):
    films = read("films.csv", f"Title,Year,{name}\n" + "".join(f"Film {k},{1950 + k},{cell}\n" for k, cell in enumerate(cells)))
    assert films["vote_average"].tolist() == pytest.approx(expected)


def test_a_scale_is_said(read):
    with pytest.warns(UserWarning, match="taken to be out of 5, and brought to ten"): read("films.csv", "Title,Stars\nThe Lamp,4.5\nThe Tide,3\n")


def test_titles_from_pages_and_charts(read):
    assert read("chart.csv", "Rank,Title,Year\n1,1. The Lamp,1994\n2,2. 12 Angry Tides,1995\n3,3. Tom &amp; Ann,1996\n")["title"].tolist() == ["The Lamp", "12 Angry Tides", "Tom & Ann"]
    assert read("films.csv", "Title,Year\n1. April,1994\n300,1995\n2. April,1996\n")["title"].tolist() == ["1. April", "300", "2. April"]


@pytest.mark.parametrize("cells, expected", [(["N/A", "Drama/Crime", "k.A."], [[], ["Drama", "Crime"], []]), (["Drama. Thriller | Crimen", "Drama"], [["Drama", "Thriller", "Crimen"], ["Drama"]]), (["Drama - Crime", "Drama"], [["Drama", "Crime"], ["Drama"]])])
def test_lists_of_genres(cells, expected, read): assert read("films.csv", "title;genre\n" + "".join(f"Film {k};{cell}\n" for k, cell in enumerate(cells)))["genres"].tolist() == expected


CREW = [json.dumps([{"name": "Ann Actor", "order": 1}, {"name": "Bob Actor", "order": 0}]), json.dumps([{"job": "Director", "department": "Directing", "name": "Dee Rector"}, {"job": "Producer", "department": "Production", "name": "P"}])]


def test_credits_that_somebody_joined_already(tmp_path):
    header = "budget,genres,homepage,id,keywords,original_language,original_title,overview,popularity,release_date,revenue,runtime,spoken_languages,status,tagline,title,vote_average,vote_count".split(",")
    film = pd.DataFrame([["1", "[]", "", "7", "[]", "en", "Lamp", "", "1.5", "2009-12-10", "1", "90", "[]", "Released", "", "The Lamp", "7.2", "99"]], columns=header)
    credits = pd.DataFrame([["7", "The Lamp", *CREW]], columns=["movie_id", "title", "cast", "crew"])
    film.merge(credits.drop(columns="movie_id"), on="title").to_csv(tmp_path / "merged.csv", index=False)
    film.merge(credits, left_on="id", right_on="movie_id").to_csv(tmp_path / "suffixes.csv", index=False)
    (tmp_path / "folder").mkdir()
    film.to_csv(tmp_path / "folder" / "movies.csv", index=False)
    credits.to_csv(tmp_path / "folder" / "credits.csv", index=False)
    for source in ("merged.csv", "suffixes.csv", "folder"):
        films = load_movies(tmp_path / source, cache=False)
        assert films.loc[0, ["title", "directors", "cast"]].tolist() == ["The Lamp", ["Dee Rector"], ["Bob Actor", "Ann Actor"]] and films.attrs["layout"] == "TMDB 5000"


@pytest.mark.parametrize("data", [
    {"Title": "The Lamp", "Year": "1994", "Genre": "Drama", "Ratings": [{"Source": "Internet Movie Database", "Value": "8.2/10"}, {"Source": "Metacritic", "Value": "70"}]},
    {"The Lamp": {"year": 1994, "genre": ["Drama"]}}, {"tt1": {"title": "The Lamp", "year": 1994, "genre": "Drama"}}, {"id": 1, "result": {"limits": {"total": 1}, "movies": [{"title": "The Lamp", "year": 1994, "genre": ["Drama"]}]}},
    [{"id": 1, "details": {"title": "The Lamp", "year": 1994}, "genre": ["Drama"]}], [{"film": {"name": "The Lamp", "year": 1994, "genres": [{"id": 18, "name": "Drama"}]}, "score": {"votes": 12}}],
    [{"title": "The Lamp", "genres": ["Drama"], "released": {"$date": {"$numberLong": "757382400000"}}}]], ids=["one", "by title", "by id", "inside", "opened", "named", "MongoDB"])
def test_json_as_programs_write_it(data, read):
    films = read("films.json", json.dumps(data))
    assert len(films) == 1 and films.loc[0, ["title", "release_year"]].tolist() == ["The Lamp", 1994] and films["genres"].iloc[0] == ["Drama"]


def test_json_of_tmdb_with_its_credits(read):
    film = read("details.json", json.dumps([{"id": 7, "title": "The Lamp", "poster_path": "/p.jpg", "belongs_to_collection": {"id": 1, "name": "Lamps", "poster_path": "/c.jpg"}, "credits": {"cast": json.loads(CREW[0]), "crew": json.loads(CREW[1])}, "keywords": {"keywords": [{"id": 1, "name": "light"}]}}])).iloc[0]
    assert film[["directors", "cast", "keywords", "collection"]].tolist() == [["Dee Rector"], ["Bob Actor", "Ann Actor"], ["light"], "Lamps"]


def test_imdbs_files_as_programs_unpack_them(tmp_path):
    for name in ("title.basics.tsv", "title.ratings.tsv"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.tsv").write_text(IMDB[name])
    with zipfile.ZipFile(tmp_path / "imdb.zip", "w") as z:
        for name in ("title.basics.tsv", "title.ratings.tsv"): z.writestr(f"{name}/data.tsv", IMDB[name])
    for source in (tmp_path / "imdb.zip", tmp_path):
        if source == tmp_path: (tmp_path / "imdb.zip").unlink()
        assert load_movies(source, cache=False)["vote_count"].tolist()[0] == 1200
    rows = IMDB["title.basics.tsv"].splitlines()
    (tmp_path / "both.tsv").write_text(rows[0] + "\taverageRating\tnumVotes\n" + rows[1] + "\t7.1\t1200\n")
    assert load_movies(tmp_path / "both.tsv", cache=False)[["vote_average", "vote_count"]].iloc[0].tolist() == [7.1, 1200]


def test_folders_as_they_lie_on_disks(tmp_path, recwarn):
    gc.collect()  # what tests before it left open is not its matter
    recwarn.clear()
    (tmp_path / "ml-100k").mkdir()
    (tmp_path / "ml-100k" / "u.item").write_text("1|The Lamp (1995)|01-Jan-1995||http://x|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n")
    (tmp_path / "ml-100k" / "u.data").write_text("196\t242\t3\t881250949\n")
    (tmp_path / "ml-100k" / "._u.item").write_bytes(b"\0\5\x16\7")
    assert load_movies(tmp_path, cache=False)["title"].tolist() == load_movies(tmp_path / "ml-100k", cache=False)["title"].tolist() == ["The Lamp"]
    (tmp_path / "films.csv.gz").write_bytes(gzip.compress(b"title,year\nThe Lamp,1994\n"))
    load_movies(tmp_path / "films.csv.gz", cache=False)
    gc.collect()
    assert not [w for w in recwarn if w.category is ResourceWarning]


def test_a_page_that_is_called_xls(read):
    head = "<html><head><meta charset='windows-1251'></head><body><table><tr><td><i>русскоязычное название</i></td><td>оригинальное название</td><td>год</td><td>страны</td><td>время</td></tr>"
    films = read("votes.xls", head + "<tr><td>Лампа</td><td>Tom &amp; Ann</td><td>1994</td><td>СССР</td><td>99 мин. / 01:39</td></tr></table></body></html>", "cp1251")
    assert films.attrs["layout"] == "Kinopoisk" and films.loc[0, ["title", "original_title", "release_year", "runtime"]].tolist() == ["Лампа", "Tom & Ann", 1994, 99]
    with pytest.raises(MovieDataError, match="a web page"): read("page.xls", "<html><table><tr><td>Please log in</td></tr></table></html>")


def test_layouts_that_share_columns_are_told_apart():
    assert layouts.recognise(TMDB.strip().split(",")).name == "TMDB, 930,000 films" and layouts.recognise(["title", "year", "cast", "genres", "href"]).name == "Wikipedia" and layouts.recognise(["title", "year", "cast", "genres", "votes"]) is None


def test_shelves_of_other_services():
    assert layouts.one_vocabulary(["Action-Adventure", "International", "Suspense"], "shelves") == ["Action", "Adventure", "Thriller"]


# Cleaning

def test_the_best_known_dropped_films_are_named():
    films = load_movies(pd.DataFrame({"title": [f"Film {k}" for k in range(20)], "year": 1990, "runtime": [0 if k == 3 else None if k == 4 else 90 for k in range(20)], "vote_count": [0 if k == 7 else 1000 - k for k in range(20)], "vote_average": 7,
                                      "status": ["Planned" if k == 9 else "Released" for k in range(20)]}))
    cleaned = clean_movies(films)
    assert cleaned.dropped["title"].tolist() == ["Film 9", "Film 7"] and cleaned.dropped["why"].tolist() == ["not released", "a zero for vote_count"]
    assert cleaned.report["why"].str.contains("Film 7 .1990., a zero for vote_count").any()
    rec = MovieRecommender.from_movies(films, n_clusters=2)
    with pytest.raises(TitleNotFoundError, match="The source has it, but cleaning left it out: a zero for vote_count"): rec.recommend(["Film 7"])
    assert "cleaning left it out" in rec.find("Film 9").attrs["asked"]
    with pytest.raises(TitleNotFoundError) as absent: rec.recommend(["Quite another film"])
    assert "cleaning" not in str(absent.value)


def test_titles_in_both_chinese_scripts():
    rec = MovieRecommender.from_movies(pd.DataFrame({"title": ["無間道", "卧虎藏龙", "英雄", "Heat"] + [f"Film {k}" for k in range(20)], "year": 2000, "vote_average": [5 + k % 4 for k in range(24)], "vote_count": range(100, 124)}), n_clusters=2)
    assert rec.films.loc[rec.find("无间道").index[0], "title"] == "無間道" and rec.films.loc[rec.find("臥虎藏龍").index[0], "title"] == "卧虎藏龙"
    assert len(rec.recommend(["无间道"])) == 5


# Files that are no tables, and odd ones

@pytest.mark.parametrize("name, data, said", [
    ("empty.csv", b"", "is empty"), ("blank.csv", b"\n \n", "is empty"), ("picture.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "is a picture"), ("bytes.csv", bytes(range(256)) * 9, "not text"), ("page.csv", b"<!DOCTYPE html><html></html>", "a web page"),
    ("a.pdf", b"%PDF-1.4 x", "a PDF"), ("wide.csv", b"a" + b",a" * 999 + b"\n", "1,000 columns; the limit"), ("line.csv", b"title" + b"x" * 70_000 + b"\nHeat\n", "first line of more than"), ("ragged.csv", b"title,year\nA,1990\nB,1991,x,y\n", "line 3 has 4 cells"),
    ("header.csv", b"title,year\n", "has no usable row"), ("half.json", b'[{"title": "The Lamp"}, {"ti', "it is no JSON from line 1"), ("numbers.json", b"[1, 2]", "'title' is missing"), ("deep.json", b"[" * 20_000, "nested too deeply"), ("none.json", b"[]", "no list of films"),
    ("bad.jsonl", b'{"title": "A"}\n{bad}\n{"title": "B"}\n', "line 2 is no JSON"), ("ratings.dat", b"1::1193::5::978300760\n", "'title' is missing"), ("rows.csv", b"Heat,1995\nRonin,1998\n", "first row is a film"), ("x.zip", b"PK\x03\x04broken", "zip"), ("titles.json", b'["The Lamp", "The Tide"]', "no list of films")])
def test_what_is_no_table_is_refused_in_a_sentence(name, data, said, read):
    with pytest.raises(MovieDataError, match=said) as refused: read(name, data)
    assert name in str(refused.value)


def test_nothing_in_a_cell_is_run(read):
    assert read("cmd.csv", "title,year,genres\n=cmd|'/C calc'!A0,1990,\"[__import__('os').getcwd()]\"\n")["title"].tolist() == ["=cmd|'/C calc'!A0"]


CELLS = st.one_of(st.text(max_size=20), st.sampled_from(["1,086", "8,2", "$5.16M", "1h 30m", "12/15/21", "\\N", "[{'name': 'x'}]", '{"a": {"b": [1]}}', "=1+1", '"', "::", "\t", "★★★", "PG", "(2009)", "9" * 400, "\x00", "\ud800"]), st.integers(), st.floats(), st.none())
HEADERS = st.sampled_from([*(name for one in layouts.LAYOUTS for name in one.columns), *(names[-1] for names in layouts.GUESSES.values()), "title", "x", "", "Runtime (min)"])


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(header=st.lists(HEADERS, min_size=1, max_size=8), rows=st.lists(st.lists(CELLS, min_size=8, max_size=8), max_size=6), sep=st.sampled_from([",", ";", "\t", "|", "::"]), as_json=st.booleans(), encoding=st.sampled_from(["utf-8", "utf-16", "cp1251", "big5"]))
def test_any_table_is_read_row_by_row_or_refused(header, rows, sep, as_json, encoding, tmp_path):
    path = tmp_path / "any.csv"
    records = [dict(zip(header, row)) for row in rows]
    text = json.dumps(records) if as_json else "\n".join([sep.join(header), *(sep.join(str(cell).replace("\n", " ") for cell in row[:len(header)]) for row in rows)])
    path.write_bytes(text.encode(encoding, "replace"))
    try: films = load_movies(path, cache=False)
    except MovieRecsysError as error: assert len(str(error)) > 20
    else: assert {"film_id", "title"} <= set(films) and set(films) <= set(layouts.COLUMNS)
