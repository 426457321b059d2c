"""The report's own way from a CSV to clusters and a recommendation, as a script of its time does it: the baseline.

pandas.read_csv, ast.literal_eval row by row, a chain of frames, float64 K-means, a boolean mask per recommendation.
"""
import ast

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.preprocessing import OneHotEncoder, StandardScaler

COLUMNS = ["adult", "budget", "genres", "popularity", "vote_average", "original_language", "release_date", "revenue",
           "runtime", "vote_count", "title", "poster_path"]
NUMBERS = ["popularity", "vote_average", "runtime", "vote_count", "release_year"]


def main_genre(text: str) -> str:
    "The first genre of a cell"
    try: genres = ast.literal_eval(text)
    except (ValueError, SyntaxError): return ""
    return genres[0]["name"] if genres else ""


def clean(path) -> pd.DataFrame:
    "The report's fourteen steps"
    df = pd.read_csv(path, low_memory=False)[COLUMNS]
    df["main_genre"] = df["genres"].apply(main_genre)
    df = df.drop(columns="genres").dropna().drop(columns=["budget", "revenue"])
    for column in NUMBERS[:4]: df[column] = pd.to_numeric(df[column], errors="coerce")
    df = df[(df[NUMBERS[:4]] != 0).all(axis=1)].dropna()
    df["release_year"] = pd.to_datetime(df["release_date"], errors="coerce").dt.year
    df = df.drop(columns="release_date").dropna()
    top = df["original_language"].value_counts().index[:5]
    df["reduced_language"] = df["original_language"].apply(lambda x: x if x in top else "Other")
    top = [g for g in df["main_genre"].value_counts().index[:10] if g]
    df["reduced_genre"] = df["main_genre"].apply(lambda x: x if x in top else "Other")
    return df.drop(columns=["original_language", "main_genre", "adult", "poster_path"])


def features(df: pd.DataFrame) -> np.ndarray:
    "Scaled numbers beside one-hot categories, float64"
    encoded = OneHotEncoder(sparse_output=False).fit_transform(df[["reduced_language", "reduced_genre"]])
    return np.hstack([StandardScaler().fit_transform(df[NUMBERS]), encoded])


def cluster(matrix: np.ndarray, random_state: int = 0) -> KMeans:
    "13 clusters, 10 initialisations"
    return KMeans(n_clusters=13, n_init=10, random_state=random_state).fit(matrix)


def recommend(df: pd.DataFrame, titles: list[str], dice: np.random.Generator) -> list[str]:
    "Five random titles of the seeds' clusters"
    found = []
    for place in range(5):
        label = df.loc[df["title"] == titles[place % len(titles)], "cluster"].iloc[0]
        found.append(df[df["cluster"] == label].sample(1, random_state=int(dice.integers(1 << 31)))["title"].iloc[0])
    return found
