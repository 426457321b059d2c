"""Wikidata's query service, played on loopback by a real SPARQL engine (pyoxigraph) with some forty films in it.

The graph has Wikidata's shape: truthy statements (wdt:), full ones with ranks, values and qualifiers (p:, ps:, psv:, pq:),
labels by language, sitelinks. Films and people are real. The Q-ids of older films were compared with the
bundled table's; those of newer films and of people were written from memory, and nothing depends on them; above Q9000000000 they are
invented. What is said of a film is cut down to what a test needs.

`SparqlServer()`; `faults` is a list of what to do at the next queries: "429 2", "500", "503", "timeout" (what Blazegraph says
when it had not enough time), "cut", "slow", "html"; `too_large` refuses a query for which it is true.
"""
import json
from collections.abc import Callable
from urllib.parse import parse_qs

from loopback import Loopback, Replies
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QueryResultsFormat, Store

WD, WDT, P, PS, PSV, PQ = (f"http://www.wikidata.org/{part}" for part in (
    "entity/", "prop/direct/", "prop/", "prop/statement/", "prop/statement/value/", "prop/qualifier/"))
WIKIBASE, RDFS, XSD = "http://wikiba.se/ontology#", "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

# name -> Wikidata's id; items that are not here get a number of ours
IDS = {"film": "Q11424", "animated film": "Q202866", "animated feature film": "Q29168811", "short film": "Q24862", "documentary film": "Q93204", "television series": "Q5398426",
       "United States": "Q30", "United Kingdom": "Q145", "South Korea": "Q884", "Japan": "Q17", "France": "Q142", "Germany": "Q183", "Canada": "Q16", "Australia": "Q408", "Hong Kong": "Q8646",
       "English": "Q1860", "Korean": "Q9176", "Japanese": "Q5287", "French": "Q150", "German": "Q188", "Cantonese": "Q9186",
       "science fiction film": "Q471839", "drama film": "Q130232", "comedy film": "Q157443", "action film": "Q188473", "adventure film": "Q319221", "fantasy film": "Q157394", "horror film": "Q200092",
       "thriller film": "Q2484376", "crime film": "Q959790", "romantic comedy": "Q860626", "musical film": "Q842256", "war film": "Q369747", "superhero film": "Q1535153",
       "Christopher Nolan": "Q25191", "Hayao Miyazaki": "Q55400", "Denis Villeneuve": "Q981960", "Bong Joon-ho": "Q495980", "Greta Gerwig": "Q1544909", "Ridley Scott": "Q56005", "James Cameron": "Q42574",
       "George Miller": "Q446580", "Jordan Peele": "Q3371986", "Damien Chazelle": "Q18547944", "Steven Spielberg": "Q8877", "Quentin Tarantino": "Q3772", "Margot Robbie": "Q229181", "Ryan Gosling": "Q193815",
       "Emma Stone": "Q147077", "Timothée Chalamet": "Q16730149", "Song Kang-ho": "Q483907", "Sigourney Weaver": "Q102124", "Charlize Theron": "Q80046", "Tom Hardy": "Q208026", "Samuel L. Jackson": "Q172678",
       "Tokyo": "Q1490", "Seoul": "Q8684", "Los Angeles": "Q65", "World War II": "Q362", "minute": "Q7727", "second": "Q11574", "hour": "Q25235", "Rotten Tomatoes": "Q105584", "Metacritic": "Q150248"}
CODES = {"English": "en", "Korean": "ko", "Japanese": "ja", "French": "fr", "German": "de", "Cantonese": "yue"}  # the last is no ISO 639-1
# title | Q-id | dates | genres | directors | writers | cast | countries | languages | minutes | series | subjects | places | IMDb | TMDB | scores | sitelinks | original title
FILMS = """
Metropolis | Q151599 | 1927-01-10 | science fiction film, drama film | Fritz Lang | Thea von Harbou | Brigitte Helm, Alfred Abel, Gustav Fröhlich | Germany | German | 153 | | dystopia, robot, social class | | tt0017136 | 19 | 97%; 98/100 | 78 | Metropolis@de
Seven Samurai | Q189540 | 1954-04-26 | drama film, action film, samurai cinema | Akira Kurosawa | Akira Kurosawa, Shinobu Hashimoto | Toshirō Mifune, Takashi Shimura | Japan | Japanese | 207 | | samurai, village | Japan | tt0047478 | 346 | 9.6/10 | 72 | 七人の侍@ja
Alien | Q103569 | 1979-05-25 | science fiction film, horror film | Ridley Scott | Dan O'Bannon, Ronald Shusett | Sigourney Weaver, Tom Skerritt, John Hurt | United Kingdom, United States | English | 117 | Alien | extraterrestrial life, survival | outer space | tt0078748 | 348 | 97%; 9.1/10; 89/100 | 87 | Alien@en
Aliens | Q104814 | 1986-07-18 | science fiction film, action film, horror film | James Cameron | James Cameron, Dan O'Bannon | Sigourney Weaver, Michael Biehn, Bill Paxton | United Kingdom, United States | English | 137 | Alien | extraterrestrial life, motherhood, survival | outer space | tt0090605 | 679 | 98%; 9.1/10 | 76 | Aliens@en
Prometheus | Q192686 | 2012-05-30 | science fiction film, horror film | Ridley Scott | Jon Spaihts, Damon Lindelof | Noomi Rapace, Michael Fassbender, Charlize Theron | United Kingdom, United States | English | 124 | Alien | extraterrestrial life, creation | outer space | tt1446714 | 70981 | 73%; 7/10 | 70 | Prometheus@en
Blade Runner | Q184843 | 1982-06-25 | science fiction film, neo-noir, thriller film | Ridley Scott | Hampton Fancher, David Peoples | Harrison Ford, Rutger Hauer, Sean Young | United States, Hong Kong | English, Cantonese | 117 | Blade Runner | artificial intelligence, dystopia, android | Los Angeles | tt0083658 | 78 | 89%; 8.5/10 | 92 | Blade Runner@en
Blade Runner 2049 | Q21500755 | 2017-10-04 | science fiction film, neo-noir, thriller film | Denis Villeneuve | Hampton Fancher, Michael Green | Ryan Gosling, Harrison Ford, Ana de Armas | United States, United Kingdom, Canada | English | 164 | Blade Runner | artificial intelligence, dystopia, android | Los Angeles | tt1856101 | 335984 | 88%; 8.2/10 | 66 | Blade Runner 2049@en
The Terminator | Q162255 | 1984-10-26 | science fiction film, action film | James Cameron | James Cameron, Gale Anne Hurd | Arnold Schwarzenegger, Michael Biehn, Linda Hamilton | United States, United Kingdom | English | 107 | Terminator | time travel, artificial intelligence, android | Los Angeles | tt0088247 | 218 | 100%; 8.8/10 | 81 | The Terminator@en
Terminator 2: Judgment Day | Q170564 | 1991-07-03 | science fiction film, action film | James Cameron | James Cameron, William Wisher | Arnold Schwarzenegger, Linda Hamilton, Robert Patrick | United States | English | 137 | Terminator | time travel, artificial intelligence, android | Los Angeles | tt0103064 | 280 | 91%; 8.5/10 | 79 | Terminator 2: Judgment Day@en
My Neighbor Totoro | Q39571 | 1988-04-16 | fantasy film, children's film | Hayao Miyazaki | Hayao Miyazaki | Noriko Hidaka, Chika Sakamoto | Japan | Japanese | 86 | | childhood, nature, spirit | Japan | tt0096283 | 8392 | 94%; 8.4/10 | 68 | となりのトトロ@ja
Princess Mononoke | Q186572 | 1997-07-12 | fantasy film, adventure film | Hayao Miyazaki | Hayao Miyazaki | Yōji Matsuda, Yuriko Ishida | Japan | Japanese | 133 | | nature, spirit, war | Japan | tt0119698 | 128 | 93%; 8/10 | 62 | もののけ姫@ja
Spirited Away | Q155653 | 2001-07-20 | fantasy film, adventure film | Hayao Miyazaki | Hayao Miyazaki | Rumi Hiiragi, Miyu Irino | Japan | Japanese | 125 | | childhood, spirit, identity | Japan | tt0245429 | 129 | 97%; 8.6/10; 96/100 | 90 | 千と千尋の神隠し@ja
Howl's Moving Castle | Q29011 | 2004-11-20 | fantasy film, romance film, adventure film | Hayao Miyazaki | Hayao Miyazaki | Chieko Baisho, Takuya Kimura | Japan | Japanese | 119 | | magic, war, old age | | tt0347149 | 4935 | 88%; 7.6/10 | 63 | ハウルの動く城@ja
The Boy and the Heron | Q113639041 | 2023-07-14 | fantasy film, adventure film | Hayao Miyazaki | Hayao Miyazaki | Soma Santoki, Masaki Suda | Japan | Japanese | 124 | | childhood, grief, spirit, World War II | Tokyo | tt6587046 | 508883 | 97%; 8.4/10 | 48 | 君たちはどう生きるか@ja
Memories of Murder | Q488169 | 2003-05-02 | crime film, drama film, thriller film | Bong Joon-ho | Bong Joon-ho, Shim Sung-bo | Song Kang-ho, Kim Sang-kyung | South Korea | Korean | 131 | | serial killer, police | South Korea | tt0353969 | 11423 | 95%; 8.2/10 | 34 | 살인의 추억@ko
The Host | Q488222 | 2006-05-21, 2006-07-27 | science fiction film, horror film, drama film | Bong Joon-ho | Bong Joon-ho | Song Kang-ho, Byun Hee-bong, Bae Doona | South Korea | Korean | 119 | | family, monster, pollution | Seoul | tt0468492 | 1255 | 93%; 7.7/10 | 40 | 괴물@ko
Snowpiercer | Q492908 | 2013-08-01 | science fiction film, action film, thriller film | Bong Joon-ho | Bong Joon-ho, Kelly Masterson | Chris Evans, Song Kang-ho, Tilda Swinton | South Korea, United States | English, Korean | 126 | | social class, dystopia, train | | tt1706620 | 110415 | 94%; 8.1/10 | 51 | 설국열차@ko
Parasite | Q61448040 | 2019-05-21, 2019-05-30 | drama film, thriller film, black comedy film | Bong Joon-ho | Bong Joon-ho, Han Jin-won | Song Kang-ho, Cho Yeo-jeong, Park So-dam | South Korea | Korean | 132 | | social class, family, economic inequality | Seoul | tt6751668 | 496243 | 99%; 9.4/10; 96/100 | 92 | 기생충@ko
Inception | Q25188 | 2010-07-08, 2010-07-16 | science fiction film, action film, heist film | Christopher Nolan | Christopher Nolan | Leonardo DiCaprio, Joseph Gordon-Levitt, Tom Hardy | United States, United Kingdom | English | 148 | | dream, memory | Los Angeles | tt1375666 | 27205 | 87%; 8.2/10 | 98 | Inception@en
Interstellar | Q13417189 | 2014-10-26, 2014-11-05 | science fiction film, drama film, adventure film | Christopher Nolan | Christopher Nolan, Jonathan Nolan | Matthew McConaughey, Anne Hathaway, Jessica Chastain | United States, United Kingdom | English | 169 | | space exploration, time travel, family | outer space | tt0816692 | 157336 | 73%; 7.1/10; 74/100 | 95 | Interstellar@en
Dunkirk | Q21010856 | 2017-07-13 | war film, drama film, thriller film | Christopher Nolan | Christopher Nolan | Fionn Whitehead, Tom Hardy, Mark Rylance | United Kingdom, United States, France | English | 106 | | World War II, survival, war | France | tt5013056 | 374720 | 92%; 8.7/10 | 68 | Dunkirk@en
Oppenheimer | Q108839994 | 2023-07-11, 2023-07-19 | drama film, biographical film, historical film | Christopher Nolan | Christopher Nolan | Cillian Murphy, Emily Blunt, Matt Damon | United States, United Kingdom | English | 180 | | nuclear weapon, physics, World War II | Los Angeles | tt15398776 | 872585 | 93%; 8.6/10; 90/100 | 84 | Oppenheimer@en
Arrival | Q20022969 | 2016-09-01 | science fiction film, drama film | Denis Villeneuve | Eric Heisserer | Amy Adams, Jeremy Renner, Forest Whitaker | United States, Canada | English | 116 | | extraterrestrial life, language, time travel | | tt2543164 | 329865 | 95%; 8.4/10 | 59 | Arrival@en
Dune | Q60834962 | 2021-09-03, 2021-09-15 | science fiction film, adventure film, epic film | Denis Villeneuve | Jon Spaihts, Denis Villeneuve, Eric Roth | Timothée Chalamet, Rebecca Ferguson, Zendaya | United States, Canada | English | 155 | Dune | desert, prophecy, colonialism | Arrakis | tt1160419 | 438631 | 83%; 7.6/10 | 77 | Dune@en
Dune: Part Two | Q109228991 | 2024-02-15, 2024-02-28 | science fiction film, adventure film, epic film | Denis Villeneuve | Jon Spaihts, Denis Villeneuve | Timothée Chalamet, Zendaya, Rebecca Ferguson | United States, Canada | English | 166 | Dune | desert, prophecy, colonialism, war | Arrakis | tt15239678 | 693134 | 92%; 8.3/10 | 61 | Dune: Part Two@en
Mad Max: Fury Road | Q1757288 | 2015-05-07, 2015-05-14 | action film, science fiction film, post-apocalyptic film | George Miller | George Miller, Brendan McCarthy | Tom Hardy, Charlize Theron, Nicholas Hoult | Australia, United States | English | 120 | Mad Max | desert, dystopia, survival | Australia | tt1392190 | 76341 | 97%; 8.6/10; 90/100 | 80 | Mad Max: Fury Road@en
Furiosa: A Mad Max Saga | Q108869393 | 2024-05-15 | action film, science fiction film, post-apocalyptic film | George Miller | George Miller, Nico Lathouris | Anya Taylor-Joy, Chris Hemsworth | Australia, United States | English | 148 | Mad Max | desert, dystopia, revenge | Australia | tt12037194 | 786892 | 90%; 7.9/10 | 44 | Furiosa: A Mad Max Saga@en
Get Out | Q25136484 | 2017-01-23, 2017-02-24 | horror film, thriller film | Jordan Peele | Jordan Peele | Daniel Kaluuya, Allison Williams | United States | English | 104 | | racism, hypnosis | | tt5052448 | 419430 | 98%; 8.3/10 | 60 | Get Out@en
Nope | Q107460742 | 2022-07-18 | horror film, science fiction film | Jordan Peele | Jordan Peele | Daniel Kaluuya, Keke Palmer | United States | English | 131 | | extraterrestrial life, filmmaking | Los Angeles | tt10954984 | 762504 | 83%; 7.6/10 | 42 | Nope@en
Whiplash | Q15648198 | 2014-01-16 | drama film, musical film | Damien Chazelle | Damien Chazelle | Miles Teller, J. K. Simmons | United States | English | 106 | | jazz, ambition, music education | | tt2582802 | 244786 | 94%; 8.6/10 | 60 | Whiplash@en
La La Land | Q20856802 | 2016-08-31, 2016-12-09 | musical film, romantic comedy, drama film | Damien Chazelle | Damien Chazelle | Ryan Gosling, Emma Stone, John Legend | United States, Hong Kong | English | 128 | | jazz, ambition, acting | Los Angeles | tt3783958 | 313369 | 91%; 8.7/10 | 81 | La La Land@en
Barbie | Q55436290 | 2023-07-09, 2023-07-20 | comedy film, fantasy film | Greta Gerwig | Greta Gerwig, Noah Baumbach | Margot Robbie, Ryan Gosling, America Ferrera | United States, United Kingdom | English | 114 | | patriarchy, feminism, toy | Los Angeles | tt1517268 | 346698 | 88%; 8/10; 80/100 | 79 | Barbie@en
Little Women | Q56300727 | 2019-12-07, 2019-12-25 | drama film, romance film, period film | Greta Gerwig | Greta Gerwig | Saoirse Ronan, Florence Pugh, Timothée Chalamet | United States | English | 135 | | feminism, sister, writing | | tt3281548 | 331482 | 95%; 8.6/10 | 44 | Little Women@en
Everything Everywhere All at Once | Q83808444 | 2022-03-11, 2022-03-25 | science fiction film, comedy film, action film | Daniel Kwan, Daniel Scheinert | Daniel Kwan, Daniel Scheinert | Michelle Yeoh, Stephanie Hsu, Ke Huy Quan | United States | English, Cantonese | 139 | | multiverse, family, immigration | Los Angeles | tt6710474 | 545611 | 93%; 8.6/10 | 60 | Everything Everywhere All at Once@en
Avengers: Endgame | Q23781155 | 2019-04-22, 2019-04-24 | superhero film, action film, science fiction film | Anthony Russo, Joe Russo | Christopher Markus, Stephen McFeely | Robert Downey Jr., Chris Evans, Scarlett Johansson | United States | English | 181 | Marvel Cinematic Universe, The Avengers | time travel, grief | New York City | tt4154796 | 299534 | 94%; 8.2/10 | 91 | Avengers: Endgame@en
Avengers: Infinity War | Q23780914 | 2018-04-23, 2018-04-25 | superhero film, action film, science fiction film | Anthony Russo, Joe Russo | Christopher Markus, Stephen McFeely | Robert Downey Jr., Chris Evans, Chris Hemsworth | United States | English | 149 | Marvel Cinematic Universe, The Avengers | sacrifice, war | New York City | tt4154756 | 299536 | 85%; 7.6/10 | 87 | Avengers: Infinity War@en
Amélie | Q484048 | 2001-04-25 | romantic comedy | Jean-Pierre Jeunet | Guillaume Laurant, Jean-Pierre Jeunet | Audrey Tautou, Mathieu Kassovitz | France, Germany | French | 122 | | loneliness, kindness | Paris | tt0211915 | 194 | 90%; 8.1/10 | 75 | Le Fabuleux Destin d'Amélie Poulain@fr
"""
ANIMATED = {"My Neighbor Totoro", "Princess Mononoke", "Spirited Away", "Howl's Moving Castle", "The Boy and the Heron"}
PEOPLE_FAME = {"Tom Hardy": 70, "Leonardo DiCaprio": 120, "Joseph Gordon-Levitt": 65}
SERIES_FAME = {"Marvel Cinematic Universe": 80, "The Avengers": 20}


class Graph:
    "A store in Wikidata's shape, filled film by film"
    def __init__(self): self.store, self.items = Store(), {}

    def add(self, s, p, o): self.store.add(Quad(s, NamedNode(p), o))

    def item(self, name: str, fame: int = 10, language: str = "en") -> NamedNode:
        "The item of a name, with a label and sitelinks"
        if name not in self.items:
            node = self.items[name] = NamedNode(WD + IDS.get(name, f"Q{9_000_000_000 + len(self.items)}"))
            self.add(node, RDFS + "label", Literal(name, language=language))
            self.add(node, RDFS + "label", Literal(f"{name} auf Deutsch", language="de"))
            self.add(node, WIKIBASE + "sitelinks", whole(fame))
            if name in CODES: self.add(node, WDT + ("P424" if len(CODES[name]) > 2 else "P218"), Literal(CODES[name]))
        return self.items[name]

    def statement(self, film, prop: str, best: bool = True) -> BlankNode:
        "A full statement of a film"
        node = BlankNode()
        self.add(film, P + prop, node)
        if best: self.store.add(Quad(node, RDF_TYPE, NamedNode(WIKIBASE + "BestRank")))
        return node

    def date(self, film, day: str, precision: int = 11):
        "When a film came out: the truthy date, and the full value with its precision"
        when, value = Literal(f"{day}T00:00:00Z", datatype=NamedNode(XSD + "dateTime")), BlankNode()
        self.add(film, WDT + "P577", when)
        self.add(self.statement(film, "P577"), PSV + "P577", value)
        self.add(value, WIKIBASE + "timeValue", when)
        self.add(value, WIKIBASE + "timePrecision", whole(precision))

    def length(self, film, amount: str, unit: str = "minute"):
        "How long a film is"
        value = BlankNode()
        self.add(self.statement(film, "P2047"), PSV + "P2047", value)
        self.add(value, WIKIBASE + "quantityAmount", Literal(f"+{amount}", datatype=NamedNode(XSD + "decimal")))
        self.add(value, WIKIBASE + "quantityUnit", self.item(unit))

    def score(self, film, text: str, by: str = "Rotten Tomatoes"):
        "What critics say of a film"
        node = self.statement(film, "P444")
        self.add(node, PS + "P444", Literal(text))
        self.add(node, PQ + "P447", self.item(by))

    def film(self, qid: str, title: str | None, dates: list[str], links: int = 20, kind: str = "film", **facts) -> NamedNode:
        "A film; `facts` are properties such as P57=['Bong Joon-ho']"
        film = NamedNode(WD + qid)
        self.add(film, WDT + "P31", self.item(kind))
        self.add(film, WIKIBASE + "sitelinks", whole(links))
        if title: self.add(film, RDFS + "label", Literal(title, language="en"))
        for day in dates: self.date(film, day)
        for prop, names in facts.items():
            for name in names: self.add(film, WDT + prop, self.item(name, PEOPLE_FAME.get(name, SERIES_FAME.get(name, 10))))
        return film


def whole(number: int) -> Literal: return Literal(str(number), datatype=NamedNode(XSD + "integer"))


def filled() -> Graph:
    "The graph of FILMS, and a few odd ones"
    graph = Graph()
    listed = lambda text: [part.strip() for part in text.split(",") if part.strip()]  # noqa: E731
    for line in FILMS.strip().splitlines():
        title, qid, dates, genres, directors, writers, cast, countries, languages, minutes, series, subjects, places, imdb, tmdb, scores, links, original = (c.strip() for c in line.split("|"))
        film = graph.film(qid, title, listed(dates), int(links), "animated film" if title in ANIMATED else "film", P136=listed(genres), P57=listed(directors), P58=listed(writers),
                          P161=listed(cast), P495=listed(countries), P364=listed(languages), P179=listed(series), P921=listed(subjects), P840=listed(places))
        graph.length(film, minutes)
        text, language = original.rsplit("@", 1)
        graph.add(film, WDT + "P1476", Literal(text, language=language))
        graph.add(film, WDT + "P345", Literal(imdb))
        graph.add(film, WDT + "P4947", Literal(tmdb))
        for score in scores.split(";"): graph.score(film, score.strip(), "Metacritic" if "/100" in score else "Rotten Tomatoes")
    graph.film("Q9900000001", "A Series, No Film", ["2019-01-01"], kind="television series")
    graph.film("Q9900000002", "Known to No Wikipedia", ["2019-03-01"], links=0)
    bare = graph.film("Q9900000003", None, [], links=3)  # no English label, the year alone, half an hour in seconds, no score that can be read
    graph.date(bare, "2019-01-01", 9)
    graph.add(bare, RDFS + "label", Literal("Der stille Film", language="de"))
    graph.length(bare, "1800", "second")
    graph.score(bare, "B+")
    odd = graph.film("Q9900000004", "An \"Odd\" Film, \u2028 & <b>more</b>", ["2019-02-03"], links=2, P57=["One Name"])
    graph.add(graph.items["One Name"], RDFS + "label", Literal("Another Spelling", language="mul"))
    everywhere = NamedNode(WD + "Q9900000099")  # a person with one label for all languages
    graph.add(everywhere, RDFS + "label", Literal("Only Mul", language="mul"))
    graph.add(everywhere, WIKIBASE + "sitelinks", whole(1))
    graph.add(odd, WDT + "P58", everywhere)
    graph.length(odd, "1.5", "hour")
    graph.score(odd, "3,5/5")
    short = graph.film("Q9900000005", "A Short One", ["2019-06-01"], links=4, kind="short film")
    graph.length(short, "7")
    graph.add(short, WDT + "P1476", Literal("Un court", language="fr"))
    graph.add(short, WDT + "P577", BlankNode())  # a date that nobody knows
    return graph


class Handler(Replies):
    def do_POST(self):
        server = self.server.owner
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        self.arrived()
        with server.lock:
            server.queries.append(query)
            server.agents.append(self.headers.get("User-Agent", ""))
            fault = server.faults.pop(0) if server.faults else ""
        try: self.behave(server, query, fault)
        except (BrokenPipeError, ConnectionResetError): self.close_connection = True
        finally: self.answered()

    def behave(self, server, query: str, fault: str):
        "Answer the query, or do the fault"
        kind, _, after = fault.partition(" ")
        if kind == "timeout" or server.too_large(query): return self.reply(500, b"java.util.concurrent.TimeoutException\n\tat java.util.concurrent.FutureTask.get", "text/plain")
        if kind.isdigit(): return self.reply(int(kind), b"Rate limit exceeded", "text/plain", **({"Retry_After": after} if after else {}))
        if kind == "slow": return server.closing.wait(60)
        if kind == "html": return self.reply(200, b"<html>Please log in</html>", "text/html")
        if "SERVICE" in query: return self.reply(400, b"this engine has no label service", "text/plain")
        try: body = server.graph.store.query(query).serialize(format=QueryResultsFormat.JSON)
        except SyntaxError as e: return self.reply(400, str(e).encode(), "text/plain")
        if kind == "cut":
            self.reply(200, body[:len(body) // 2], "application/sparql-results+json", len(body))
            self.close_connection = True
        else: self.reply(200, body, "application/sparql-results+json")


class SparqlServer(Loopback):
    "The stand-in, on a free port of this machine"
    def __init__(self, graph: Graph | None = None):
        self.graph = graph or filled()
        self.queries, self.agents, self.faults = [], [], []
        self.too_large: Callable[[str], bool] = lambda query: False
        super().__init__(Handler)
        self.url = f"{self.address}/sparql"


if __name__ == "__main__":
    with SparqlServer() as server: print(json.dumps({"triples": len(server.graph.store)}))
