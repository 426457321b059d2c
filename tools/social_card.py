"""Make nbs/images/social-card.png, the picture that a link to the site shows: `python tools/social_card.py`."""
from importlib.resources import files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from movie_recsys import load_movies
from movie_recsys.posters import draw_poster

TITLES = ["Alien", "The Godfather", "Some Like It Hot", "Heat", "Toy Story", "Singin' in the Rain", "Fargo", "Jaws"]
OUT = Path(__file__).resolve().parents[1] / "nbs" / "images" / "social-card.png"


def card() -> Image.Image:
    "Eight drawn posters below the name"
    films = load_movies().sort_values("vote_count", ascending=False).drop_duplicates("title").set_index("title")
    picture = Image.new("RGB", (1200, 630), "#0d0d0f")
    draw = ImageDraw.Draw(picture)
    font = str(files("movie_recsys") / "fonts" / "0-SofiaSansCondensed-ExtraBold.ttf")
    draw.text((40, 60), "movie_recsys", font=ImageFont.truetype(font, 120), fill="#f7f4ec")
    draw.text((42, 205), "Name films you like, get five more, with reasons", font=ImageFont.truetype(font, 50), fill="#f2c744")
    for place, title in enumerate(TITLES):
        film = films.loc[title]
        picture.paste(draw_poster(title, int(film["release_year"]), film["genres"], size=(132, 198)), (40 + place * 141, 370))
    return picture


if __name__ == "__main__": card().quantize(128).save(OUT, optimize=True)
