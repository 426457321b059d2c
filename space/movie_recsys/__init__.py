"""Film recommendations that explain themselves: from a table of films to a library, an app and a site.

The names a user starts from are here; each is loaded from its module when it is first asked for, so that
`import movie_recsys` stays light.
"""
__version__ = "0.1.0"

_HOME = {
    "load_movies": "data", "load_ratings": "data", "MovieRecsysError": "data",
    "clean_movies": "preprocess", "fit_clusters": "cluster", "sweep_k": "cluster", "profile": "cluster",
    "Taste": "taste", "MovieRecommender": "recommend", "Report": "report", "TMDB": "tmdb",
    "build_app": "app", "build_report_app": "app", "MoviePicker": "widgets",
}
__all__ = [*_HOME, "__version__"]


def __getattr__(name: str):
    "Load a public name from the module where it lives"
    from importlib import import_module
    if name not in _HOME: raise AttributeError(f"module 'movie_recsys' has no attribute {name!r}")
    return getattr(import_module(f"movie_recsys.{_HOME[name]}"), name)


def __dir__() -> list[str]: return sorted(__all__)
