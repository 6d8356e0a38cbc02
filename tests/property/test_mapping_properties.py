"""What holds for any answers."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett.catalogue import load
from springbrett.mapping import guide, rules
from springbrett.mapping.forms import SectionForm
from springbrett.mapping.guide import Question
from springbrett.mapping.records import ABILITIES, NeedsProfile

CATALOGUE = load()
WORDS = (
    st.text(st.characters(categories=("L", "Zs")), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda words: bool(words) and not rules.words_problem(words))
)


def answer(question: Question) -> st.SearchStrategy[Any]:
    """Any valid kept answer to the question."""
    if question.kind == "text":
        return WORDS
    if question.kind == "yes_no_unknown":
        return st.booleans()
    if question.kind == "date":
        return st.dates(date(2016, 1, 1), date(2027, 12, 31)).map(date.isoformat)
    if question.kind == "scale":
        return st.integers(question.least, question.most)
    if question.kind == "number":
        return st.integers(question.least * 2, question.most * 2).map(lambda n: n // 2 if n % 2 == 0 else n / 2)
    codes = rules.choices(question, CATALOGUE)
    if question.kind == "choice":
        return st.sampled_from(codes)
    if question.kind == "demands_grid":
        return st.dictionaries(st.sampled_from(codes), st.sampled_from(ABILITIES), min_size=1, max_size=4)
    return st.lists(st.sampled_from(codes), unique=True, max_size=4)


def given_answers() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={code: answer(q) for code, q in guide.QUESTIONS.items()})


def profiles() -> st.SearchStrategy[NeedsProfile]:
    born = st.none() | st.dates(date(1940, 1, 1), date(2012, 12, 31))
    return st.builds(lambda a, b: NeedsProfile.from_answers(a, birth_date=b), given_answers(), born)


@settings(max_examples=80, deadline=None)
@given(answers=given_answers())
def test_answers_become_a_profile_and_come_back_the_same(answers: dict[str, Any]) -> None:
    assert NeedsProfile.from_answers(answers).to_answers() == answers


@settings(max_examples=80, deadline=None)
@given(profile=profiles())
def test_what_is_unknown_has_no_answer_and_what_has_an_answer_is_not_unknown(profile: NeedsProfile) -> None:
    for unknown in rules.unknowns(profile):
        assert getattr(profile, unknown.question) is None
        assert guide.QUESTIONS[unknown.question].why


@settings(max_examples=60, deadline=None)
@given(answers=given_answers())
def test_checked_answers_are_kept_as_they_are(answers: dict[str, Any]) -> None:
    for section in guide.SECTIONS:
        own = {q.code: answers[q.code] for q in section.questions if q.code in answers}
        kept = rules.checked(section, own, CATALOGUE)
        assert {k: set(v) if isinstance(v, list) else v for k, v in kept.items()} == {
            k: set(v) if isinstance(v, list) else v for k, v in own.items()
        }


@settings(max_examples=40, deadline=None)
@given(answers=given_answers())
def test_a_form_shows_kept_answers_and_gives_them_back(answers: dict[str, Any]) -> None:
    for section in guide.SECTIONS:
        shown = SectionForm(section, answers)
        posted: dict[str, Any] = {name: shown[name].value() for name in shown.fields}
        form = SectionForm(section, answers, data={k: v for k, v in posted.items() if v is not None})
        if section.code == "practical" and not form.is_valid():
            assert "hours_max" in form.errors
            continue
        assert form.is_valid(), form.errors
        kept = rules.checked(section, form.answers(), CATALOGUE)
        for question in section.questions:
            mine, theirs = kept[question.code], answers.get(question.code)
            assert mine == theirs or (isinstance(mine, list) and set(mine) == set(theirs))


VALUES = st.sampled_from([None, "a", "b", "c"])


@given(base=VALUES, saved=VALUES, mine=VALUES)
def test_a_merge_loses_nothing(base: Any, saved: Any, mine: Any) -> None:
    """Either my change is written, or I left it alone, or we agree, or it is a clash that somebody must look at."""
    merged = rules.merge(base={"q": base}, saved={"q": saved}, typed={"q": mine})
    result = merged.changes.get("q", saved)
    if merged.clashes:
        assert base != mine and saved not in (base, mine)
    elif mine == base:
        assert result == saved
    else:
        assert result == mine
