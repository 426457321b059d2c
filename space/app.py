"""The film recommender as a Hugging Face Space; written by movie_recsys.publish.build_space."""
from movie_recsys.app import build_app
from movie_recsys.recommend import MovieRecommender
from movie_recsys.tmdb import TMDB

tmdb = TMDB()  # its key is the secret TMDB_API_TOKEN; without it posters are drawn
app = build_app(MovieRecommender.from_movies("bundled"), tmdb if tmdb.ready else None)

if __name__ == "__main__": app.launch(ssr_mode=False)
