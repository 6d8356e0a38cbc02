"""The answers of a study: one table with one row for each value given, the same from the web form, a file or a drawing.

Respondents are pseudonyms. A question with many answers has a row for each; a person nobody was asked about has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from springbrett.evaluation.effects.records import CannotEstimate, Ints

COLUMNS: tuple[tuple[str, pa.DataType, str], ...] = (
    ("study", pa.string(), "code of the study"),
    ("respondent", pa.string(), "pseudonym of the adviser in this round of the study, and in no other"),
    ("office", pa.string(), "office of the adviser"),
    ("role", pa.string(), "role of the adviser"),
    ("subject", pa.string(), "code of the constructed person, or of the section of the form"),
    ("place", pa.int32(), "place of the page in the adviser's own order, from 1"),
    ("question", pa.string(), "code of the question"),
    ("value", pa.string(), "code of the answer, a number, or own words"),
    ("simulated", pa.bool_(), "true: drawn by the program, no adviser has given it"),
)
MISSING = -1


@dataclass(frozen=True, slots=True)
class Answer:
    """One value given."""

    study: str
    respondent: str
    office: str
    role: str
    subject: str
    place: int
    question: str
    value: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """Every value given in a study, and the respondents in order of their pseudonym."""

    rows: tuple[Answer, ...]

    @property
    def respondents(self) -> tuple[str, ...]:
        """The pseudonyms, sorted."""
        return tuple(sorted({row.respondent for row in self.rows}))

    @property
    def simulated(self) -> bool:
        """Whether any of it is drawn by the program."""
        return any(row.simulated for row in self.rows)

    def offices(self) -> dict[str, str]:
        """Respondent → office."""
        return {row.respondent: row.office for row in self.rows}

    def roles(self) -> dict[str, str]:
        """Respondent → role."""
        return {row.respondent: row.role for row in self.rows}

    def given(self, subject: str, question: str) -> dict[str, tuple[str, ...]]:
        """Respondent → the values given to a question about a subject."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            if row.subject == subject and row.question == question:
                found.setdefault(row.respondent, []).append(row.value)
        return {respondent: tuple(values) for respondent, values in found.items()}

    def seen(self) -> dict[str, set[str]]:
        """Subject → the respondents who answered anything about it."""
        found: dict[str, set[str]] = {}
        for row in self.rows:
            found.setdefault(row.subject, set()).add(row.respondent)
        return found

    def matrix(self, question: str, subjects: Sequence[str], codes: Sequence[str]) -> Ints:
        """Respondents × subjects: the place of the answer among `codes`, −1 for none.

        Raises CannotEstimate("bad_input") for an answer that is not among the codes, or two answers where one is meant.
        """
        row_of = {respondent: place for place, respondent in enumerate(self.respondents)}
        column = {subject: place for place, subject in enumerate(subjects)}
        code_of = {code: place for place, code in enumerate(codes)}
        found = np.full((len(row_of), len(column)), MISSING, np.int64)
        for row in self.rows:
            if row.question != question or row.subject not in column:
                continue
            at = row_of[row.respondent], column[row.subject]
            if row.value not in code_of:
                raise CannotEstimate("bad_input", f"{question}: {row.value!r} is not an answer", value=row.value)
            if found[at] != MISSING:
                raise CannotEstimate("bad_input", f"{question}: two answers about {row.subject!r} from one respondent")
            found[at] = code_of[row.value]
        return found


def table_of(answers: Answers) -> pa.Table:
    """The answers as an Arrow table."""
    return pa.table({name: pa.array([getattr(row, name) for row in answers.rows], kind) for name, kind, _ in COLUMNS})


def answers_of(rows: Iterable[Mapping[str, Any]]) -> Answers:
    """From plain rows. Raises CannotEstimate("bad_input") for a row that lacks a column."""
    names = [name for name, _kind, _meaning in COLUMNS]
    found = []
    for row in rows:
        if lacking := [name for name in names if row.get(name) is None]:
            raise CannotEstimate("bad_input", "the answers lack " + ", ".join(lacking))
        found.append(Answer(**{name: row[name] for name in names}))
    return Answers(tuple(found))


def read_answers(path: Path) -> Answers:
    """Answers from a Parquet or CSV file with the documented columns. Raises CannotEstimate("bad_input"), OSError."""
    if path.suffix == ".csv":
        kinds = {name: kind for name, kind, _meaning in COLUMNS}
        options = pa_csv.ConvertOptions(column_types=kinds, strings_can_be_null=False)
        table = pa_csv.read_csv(path, convert_options=options)
    else:
        table = pq.read_table(path)
    return answers_of(table.to_pylist())


def write_answers(answers: Answers, path: Path) -> None:
    """The answers as Parquet, or as CSV when the name ends so."""
    if path.suffix == ".csv":
        pa_csv.write_csv(table_of(answers), path)
    else:
        pq.write_table(table_of(answers), path)
