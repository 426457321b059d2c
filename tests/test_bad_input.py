"""Whatever a table or a title holds, it ends in a result that accounts for every row, or in an error of ours.

Real rows (of the fragments beside the project, where they are) and an invented table in Kaggle's format are damaged:
cells, columns, rows, bytes. 100 tables and 100 titles in `make test`, 1,000 of each in `make test-all`.
"""
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from movie_recsys.data import MovieRecsysError, dev_data, load_movies
from movie_recsys.preprocess import clean_movies

EXAMPLES = int(os.environ.get("MOVIE_RECSYS_EXAMPLES", "100"))
FIXTURE = Path(__file__).parent / "fixtures" / "invented_movies_metadata.csv"
CANARY = "movie_recsys_canary"
CODE = ["__import__('pathlib').Path('%s').write_text('run')" % CANARY,
        "[{'id': 1, 'name': __import__('pathlib').Path('%s').write_text('run')}]" % CANARY,
        "=cmd|'/C calc'!A0", "{{7*7}}", "${jndi:ldap://127.0.0.1/a}", "<script>alert(1)</script>"]
NASTY = [*CODE, "", " ", "nan", "None", "inf", "-inf", "1e400", "-1", "0", "9" * 400, "1997-08-20", "0000-00-00", "12/31/1999",
         "[", "[{'id'", "[{}]", "[[[[", "[" * 3000, "{'name': 'x'}", "[None]", "[1, 2]", "\x00", "\ufeff", "\u202e", "é" * 1000, "True"]
tame = settings(max_examples=EXAMPLES, deadline=None, derandomize=True,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large])


def sources() -> list[bytes]:
    "The tables to damage"
    found = [FIXTURE.read_bytes()]
    if (folder := dev_data("raw-fragments")) is not None:
        lines = (folder / "movies_metadata_first_2996.csv").read_bytes().splitlines(keepends=True)
        found.append(b"".join(lines[:60]))
    return found


SOURCES = sources()
cell = st.sampled_from(NASTY) | st.text(max_size=40) | st.integers().map(str) | st.floats().map(str)


@st.composite
def damaged(draw) -> bytes:
    "A table with some of its cells, columns, rows or bytes replaced"
    raw = draw(st.sampled_from(SOURCES))
    kind = draw(st.sampled_from(["cells", "columns", "rows", "bytes", "encoding"]))
    if kind == "bytes":
        raw = bytearray(raw)
        for _ in range(draw(st.integers(1, 30))): raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
        return bytes(raw[:draw(st.integers(0, len(raw)))]) if draw(st.booleans()) else bytes(raw)
    if kind == "encoding":
        text = raw.decode("utf-8", "replace")
        return text.encode(draw(st.sampled_from(["utf-16", "utf-32", "latin-1", "cp1252", "utf-8-sig", "shift_jis"])), "replace")
    frame = pd.read_csv(pd.io.common.BytesIO(raw), dtype=str, keep_default_na=False)
    for _ in range(draw(st.integers(1, 12))):
        column, row = draw(st.sampled_from(list(frame.columns))), draw(st.integers(0, len(frame) - 1))
        if kind == "cells": frame[column] = frame[column].where(frame.index != row, draw(cell))
        elif kind == "rows": frame = pd.concat([frame, frame.iloc[[row]]], ignore_index=True)
        elif draw(st.booleans()) and frame.shape[1] > 2: frame = frame.drop(columns=column)
        else: frame[column] = draw(cell)
        if not frame.columns.is_unique: break
    return frame.to_csv(index=False, sep=draw(st.sampled_from([",", ",", ";", "\t"]))).encode("utf-8", "surrogatepass")


def accounted(films, report) -> None:
    "Every row that was read is in the result or in the account of what was dropped"
    assert report["before"].iloc[0] - report["dropped"].sum() == report["after"].iloc[-1] == len(films)
    assert (report["before"] - report["dropped"] == report["after"]).all()


@tame
@given(raw=damaged())
def test_a_damaged_table_is_read_or_refused(raw, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOVIE_RECSYS_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "movies.csv"
    path.write_bytes(raw)
    try:
        films = load_movies(path)
        cleaned = clean_movies(films)
    except MovieRecsysError as error: assert len(str(error)) > 20
    else:
        assert cleaned.report["before"].iloc[0] == len(films)
        accounted(cleaned.films, cleaned.report)
        assert cleaned.films.index.is_unique
    assert not (tmp_path / CANARY).exists()


@tame
@given(title=st.sampled_from(NASTY) | st.text(max_size=80))
def test_any_text_is_a_title_or_is_not_found(rec, title):
    found = rec.find(title)
    assert found.index.is_unique and set(found.index) <= set(rec.films.index)
    try: assert len(rec.recommend([title])) == 5
    except MovieRecsysError as error: assert len(str(error)) > 20


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_excel_writes_is_read_or_refused_in_a_sentence(encoding, separator, tmp_path):
    frame = pd.read_csv(FIXTURE, dtype=str, keep_default_na=False)
    frame.to_csv(tmp_path / "excel.csv", index=False, sep=separator, encoding=encoding, errors="replace")
    try: films = load_movies(tmp_path / "excel.csv")
    except MovieRecsysError as error: assert "excel.csv" in str(error)
    else: assert len(films) == 20 and films["title"].iloc[0] == "The Lamp in the Harbour"
