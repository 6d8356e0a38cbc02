"""«Hvorfor?» for every measure on every kind of day: whole sentences in the reader's language, and never a code."""

import html as html_lib
import re
from datetime import date

import pytest
from django.utils.translation import override

from springbrett import catalogue
from springbrett.choice.rules import eligibility
from springbrett.kernel.period import Period
from springbrett.mapping.records import NeedsProfile
from springbrett.site.trees import verdict_details

NOBODY_KNOWS = NeedsProfile()
KNOWN = NeedsProfile(birth_date=date(1997, 3, 1), needs_level="spesielt_tilpasset_innsats", job_seeker=True,
                     reduced_work_capacity=True, work_experience_years=1)  # fmt: skip
USED = (Period(date(2024, 1, 1), date(2025, 12, 31)),)
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b")
ENGLISH = re.compile(r"\b(the person|the measure|within|months|years old|not known|what would)\b", re.I)


def shown(code: str, profile: NeedsProfile, on: date, language: str) -> str:
    verdict = eligibility(catalogue.load().measure(code), profile, on, USED)
    with override(language):
        text = html_lib.unescape(re.sub(r"<[^>]+>", " ", verdict_details(verdict, "?")))
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("code", sorted(catalogue.load().measures))
def test_the_tree_of_a_measure_is_words_only(code: str, language: str) -> None:
    for profile in (NOBODY_KNOWS, KNOWN):
        for on in (date(2016, 6, 1), date(2026, 11, 22), date(2027, 8, 1)):
            text = shown(code, profile, on, language)
            assert not CODE.findall(text), (on, text)
            if language != "en":
                assert not (found := ENGLISH.search(text)), (on, text[max(found.start() - 80, 0) : found.end() + 80])
