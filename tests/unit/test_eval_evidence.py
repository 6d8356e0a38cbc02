"""A finding with a figure: checked in the catalogue, and shown with its interval and what the design can carry."""

from dataclasses import dataclass, field

import pytest
from django.utils.translation import override

from springbrett.catalogue.base import Text
from springbrett.catalogue.chains import Evidence
from springbrett.catalogue.checks import _check_size
from springbrett.choice.explain_evidence import figure

WORDS = Text(nb="a", nn="b", en="c")


def entry(**more: object) -> Evidence:
    return Evidence(code="x", study="s", year=2026, design="register", finding=WORDS, group=WORDS, direction="positive",
                    outcome="in_work", about="arbeidstrening", cited_in="here", **more)  # fmt: skip


@dataclass
class Heard:
    keys: list[str] = field(default_factory=list)

    def __call__(self, file: str, key: str, *_rest: object) -> None:
        self.keys.append(key)


@pytest.mark.parametrize(("more", "wrong"), [
    ({}, []),
    ({"size": 0.04, "interval": (0.01, 0.07), "unit": "share", "design_strength": "moderate"}, []),
    ({"interval": (0.01, 0.07)}, ["interval"]),
    ({"size": 0.04, "unit": "share", "design_strength": "weak"}, ["interval"]),
    ({"size": 0.09, "interval": (0.01, 0.07), "unit": "share", "design_strength": "weak"}, ["interval"]),
    ({"size": 0.04, "interval": (0.01, 0.07)}, ["unit", "design_strength"]),
])  # fmt: skip
def test_a_figure_stands_with_its_interval_its_unit_and_its_strength(more: dict, wrong: list[str]) -> None:
    heard = Heard()
    _check_size(entry(**more), heard)
    assert heard.keys == wrong


def test_a_caseworker_reads_the_size_the_interval_and_the_strength() -> None:
    found = entry(size=0.0399, interval=(0.012, 0.0677), unit="share", design_strength="moderate")
    with override("nb"):
        said = figure(found)
    assert said.startswith("Effekt: 4,0 prosentpoeng, med 95 prosent sikkerhet mellom 1,2 og 6,8.")
    assert "ingen har trukket lodd" in said


def test_a_finding_without_a_figure_says_none_and_a_simulated_one_says_so() -> None:
    assert figure(entry()) == ""
    made_up = entry(size=1.0, interval=(0.5, 2.0), unit="NOK", design_strength="weak", simulated=True)
    with override("en"):
        assert "simulated" in figure(made_up)
