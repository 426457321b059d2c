"""A few rows in the format of IMDb's five files: famous films, and what must not come through."""
import gzip

N = r"\N"
TABLES = {
    "title.basics": [
        "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres",
        f"tt0113277 movie Heat Heat 0 1995 {N} 170 Action,Crime,Drama", f"tt0133093 movie The_Matrix The_Matrix 0 1999 {N} 136 Action,Sci-Fi",
        f"tt6751668 movie Parasite Gisaengchung 0 2019 {N} 132 Drama,Thriller", f"tt9000001 movie For_Adults For_Adults 1 2001 {N} 80 Adult",
        "tt9000002 tvSeries A_Series A_Series 0 2005 2009 45 Drama", f"tt9000003 tvEpisode An_Episode An_Episode 0 2006 {N} {N} {N}",
        f'tt9000004 movie "Weird"_Al:_The_Movie "Weird"_Al:_The_Movie 0 {N} {N} {N} {N}', f"tt9000005 tvMovie Hardly_Seen Hardly_Seen 0 2010 {N} 90 Comedy",
        f"tt9000006 movie Unrated Unrated 0 2011 {N} 90 Comedy", f"tt9000007 movie Too Many Cells Too 0 2011 {N} 90 Comedy"],
    "title.ratings": ["tconst averageRating numVotes", "tt0113277 8.3 760000", "tt0133093 8.7 2100000", "tt6751668 8.5 1000000", "tt9000001 5.0 9000", "tt9000002 8.0 50000",
                      "tt9000003 9.0 6000", "tt9000004 6.1 500", "tt9000005 6.0 20", "tt9000007 6.0 2000"],
    "title.crew": ["tconst directors writers", "tt0113277 nm0000520 nm0000520", "tt0133093 nm0905154,nm0905152 nm0905152,nm0905154", "tt6751668 nm0094435 nm0094435,nm6188620", f"tt9000004 {N} {N}",
                   f"tt9000001 nm9999999 {N}", f"tt9000005 nm9000000 {N}"],
    "title.principals": ["tconst ordering nconst category job characters", f'tt6751668 2 nm1856097 actress {N} ["Yeon-kyo"]', f'tt6751668 1 nm0814280 actor {N} ["Ki_Taek"]', f"tt6751668 3 nm0094435 director {N} {N}",
                         f'tt0133093 1 nm0000206 actor {N} ["Neo"]', f'tt0133093 2 nm0000401 actor {N} ["Morpheus"]', f'tt0113277 1 nm0000199 actor {N} ["Lt._Vincent_Hanna"]',
                         f'tt0113277 2 nm0000134 actor {N} ["Neil_McCauley"]', f'tt0113277 3 nm8888888 actor {N} ["Nobody_knows"]', f'tt9000002 1 nm9999998 actor {N} ["In_a_series"]'],
    "name.basics": ["nconst primaryName birthYear deathYear primaryProfession knownForTitles", f"nm0000520 Michael_Mann 1943 {N} producer,director tt0113277", f"nm0000199 Al_Pacino 1940 {N} actor tt0113277",
                    f"nm0000134 Robert_De_Niro 1943 {N} actor tt0113277", f"nm0905154 Lana_Wachowski 1965 {N} writer tt0133093", f"nm0905152 Lilly_Wachowski 1967 {N} writer tt0133093",
                    f"nm0000206 Keanu_Reeves 1964 {N} actor tt0133093", f"nm0000401 Laurence_Fishburne 1961 {N} actor tt0133093", f"nm0094435 Bong_Joon_Ho 1969 {N} director tt6751668",
                    f"nm6188620 Han_Jin-won 1986 {N} writer tt6751668", f"nm0814280 Song_Kang-ho 1967 {N} actor tt6751668", f"nm1856097 Cho_Yeo-jeong 1981 {N} actress tt6751668",
                    f"nm9999999 Of_No_Film {N} {N} {N} {N}", f"nm9000000 Small_Director {N} {N} director tt9000005"]}


def imdb_files() -> dict[str, bytes]:
    "The files, packed, by the path under which a server has them; in TABLES a blank parts cells, and _ is a blank"
    text = {name: "".join("\t".join(row.split(" ")).replace("_", " ") + "\n" for row in rows) for name, rows in TABLES.items()}
    return {f"/{name}.tsv.gz": gzip.compress(table.encode()) for name, table in text.items()}
