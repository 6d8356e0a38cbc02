"""What a participant reads about themselves says «du» and "you": every verdict, label and reason they can be shown."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.utils.functional import Promise
from django.utils.translation import override

from springbrett import catalogue
from springbrett.access.voice import addressed, for_reader
from springbrett.agreement import explain as agreement_explain
from springbrett.catalogue import Text
from springbrett.choice.records import FitReason
from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict
from springbrett.kernel.voice import speaking_to_self, to_self
from springbrett.mapping import guide
from springbrett.site import calculations, words

ROOMS = ("mapping", "choice", "matching", "agreement", "followup", "outcome")
"""The rooms with pages that a participant opens. Funding, steering and the register of employers have none."""
LANGUAGES = ("nb", "nn", "en")
THIRD_PERSON = {
    "nb": re.compile(r"\b(deltaker(en|ens)|person(en|ens)|bruker(en|ens))\b", re.I),
    "nn": re.compile(r"\b(deltakar(en|ens)|person(en|ens)|brukar(en|ens))\b", re.I),
    "en": re.compile(r"\bthe (participant|person|user)\b", re.I),
}
HOUSE = Ref("house", "", "house")
ON = date(2026, 11, 2)
DAYS = (ON, date(2016, 6, 1), date(2019, 6, 30), date(2022, 8, 31), date(2025, 7, 1), date(2027, 8, 1))
TOLD: dict[str, object] = {
    "measure": "arbeidstrening", "other_measure": "mentor", "after": "arbeidstrening", "from": ON, "age_limit": 18,
    "season_first": "06-01", "season_last": "08-31", "last_day": ON, "months_left": 2, "days_left": 3,
    "latest_end": ON, "latest_end_possible": ON, "days_back": 8, "days_back_allowed": 7, "closes_on": ON,
    "temporary_until": ON, "main_start": ON, "main_end": ON, "money_answer": "asked", "money_for_other_amounts": False,
    "most_percent": Decimal(75), "pension_min": Decimal("0.02"), "pension_max": Decimal("0.07"),
    "grant_ceiling": Decimal(1000), "hired_after": 1, "finished_stays": 2, "ended_by_employer": 2,
    "occupation": "5223", "industry": "retail", "demands": ("lifting",), "adaptations_needed": ("quiet_place",),
    "licence": "B", "stop_reason": "other", "cefr_oral": "A2", "language_min": "B1", "distance_km": 3,
    "commute_max_km": 10, "hours_person": (10, 20), "hours_opening": (None, 30), "places": 2, "judged": "branch",
}  # fmt: skip
"""Something of every fact a sentence can ask for."""


def verdicts(rule: str) -> Iterator[Verdict]:
    """The rule answered in every way, on days before and after the wordings changed."""
    first = (Fact("reduced_work_capacity", True), Fact("required", True)) if rule.startswith("condition_") else ()
    facts = (*first, *(Fact(name, value) for name, value in TOLD.items()))  # type: ignore[arg-type]
    for answer in Answer:
        for severity in Severity:
            for change in ((), ("end", "reduced_work_capacity")):
                for on in DAYS:
                    yield Verdict(rule, answer, severity, HOUSE, facts, change, (), on)


def sentences() -> list[tuple[str, str]]:
    return [(room, rule) for room in ROOMS for rule in _of(room, "SENTENCES")]


def _of(room: str, kind: str) -> dict[str, object]:
    return dict(getattr(import_module(f"springbrett.{room}.explain"), kind, {}))


def about_the_person(said: str, language: str) -> bool:
    return THIRD_PERSON[language].search(said) is not None


@pytest.mark.parametrize(("room", "rule"), sentences())
def test_every_verdict_is_put_to_the_participant_in_the_second_person(room: str, rule: str) -> None:
    say = _of(room, "SENTENCES")[rule]
    assert callable(say)
    for language in LANGUAGES:
        with override(language), to_self():
            wrong = {said for v in verdicts(rule) if about_the_person(said := str(say(v)), language)}
        assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["FACTS", "CHANGES", "LABELS"])
def test_every_label_in_a_tree_is_put_to_the_participant_in_the_second_person(kind: str, language: str) -> None:
    named = {(room, code): label for room in ROOMS for code, label in _of(room, kind).items()}
    named |= {("money", code): label for code, label in getattr(calculations, kind, {}).items()}
    with override(language), to_self():
        wrong = [key for key, label in named.items() if about_the_person(_said(label), language)]
    assert not wrong


def _said(label: object) -> str:
    return str(label(Step("x", None))) if callable(label) and not isinstance(label, Promise) else str(label)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_every_reason_for_a_chain_is_put_to_the_participant(language: str) -> None:
    known = catalogue.load()
    reasons = [FitReason(f.fact, f.weight, {"nb": f.text.nb, "nn": f.text.nn, "en": f.text.en})
               for chain in known.chains.values() for f in chain.fits]  # fmt: skip
    asked = [text for section in guide.SECTIONS for q in section.questions for text in (section.title, q.label, q.why)]
    unknown_costs = agreement_explain.UNKNOWN_COSTS.values()
    with override(language), to_self():
        shown = [words.in_language(text) for text in (*reasons, *asked, *unknown_costs)]
    assert not [said for said in shown if about_the_person(said, language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_measure_and_a_chain_are_is_put_to_the_participant_on_the_pages_of_the_choice(language: str) -> None:
    known = catalogue.load()
    shown: list[Text] = [group.text for m in known.measures.values() for s in m.subsidies for group in s.groups]
    shown += [m.summary for m in known.measures.values() if m.depth != "record" or m.kind == "programme"]
    for chain in known.chains.values():
        shown += [chain.name, chain.summary, *(item.text for _link, items in chain.links.in_order() for item in items)]
        shown += [item.text for item in chain.assumptions]
    with override(language), to_self():
        assert not [said for text in shown if about_the_person(said := words.in_language(text), language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_to_everybody_else_the_same_is_said_of_the_person(language: str) -> None:
    about = {rule for room in ROOMS for rule, say in _of(room, "SENTENCES").items()
             if _told(say, rule, language)}  # fmt: skip
    assert {"minimum_age", "no_suitable_offer", "not_employed", "demand_cannot"} <= about
    assert "target_group.arbeidstrening.target_group" in about or any(r.startswith("target_group.") for r in about)


def _told(say: object, rule: str, language: str) -> bool:
    assert callable(say)
    with override(language):
        return any(about_the_person(str(say(v)), language) for v in verdicts(rule))


def test_only_inside_is_the_reader_the_one_spoken_of() -> None:
    assert not speaking_to_self() and addressed("The person", "You") == "The person"
    with to_self():
        assert speaking_to_self() and addressed("The person", "You") == "You"
        with to_self(yes=False):
            assert addressed("The person", "You") == "The person"
        assert speaking_to_self()
    assert not speaking_to_self()


def test_a_text_without_a_second_form_is_shown_as_it_is() -> None:
    plain = Text(nb="Bare dette.", nn="Berre dette.", en="Only this.")
    with to_self():
        assert for_reader(plain) is plain


def test_the_catalogues_second_forms_belong_to_texts_it_holds_and_speak_to_the_reader() -> None:
    held = set(_texts(catalogue.load().measures)) | set(_texts(catalogue.load().chains)) | set(
        _texts(catalogue.load().lists))  # fmt: skip
    for of, form in catalogue.load().to_self.items():
        assert of in held, of
        assert not [lang for lang in LANGUAGES if about_the_person(form.to.get(lang), lang)]


def _texts(value: object) -> Iterator[str]:
    """The Bokmål of every text in a tree of entries."""
    if isinstance(value, Text):
        yield value.nb
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)
    elif hasattr(value, "__struct_fields__"):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name))
