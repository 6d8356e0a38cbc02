"""A finished study, written as an entry of the catalogue, is what the next caseworker reads when choosing the chain."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from springbrett import catalogue
from springbrett.access.roles import Viewer
from springbrett.catalogue.overlay import laid_over, text_of
from springbrett.evaluation.study.check import SHIPPED
from springbrett.evaluation.study.evidence import evidence_of
from springbrett.evaluation.study.run import run
from springbrett.people.models import Case
from tests.builders.mapping import confirmed_mapping

CHAIN = "chains/work_experience.toml"


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small run of the quick start, on registers that are not marked as simulated, as an entry."""
    folder = tmp_path_factory.mktemp("study")
    text = (SHIPPED / "quickstart.toml").read_text(encoding="utf-8").replace("persons = 20000", "persons = 6000")
    text = text.replace("month = 12", "month = 30").replace("chains = true", 'evidence_chain = "work_experience"')
    text = text[: text.index('[[estimators]]\ncode = "inverse')]
    (folder / "quickstart.toml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])
        done = run(folder / "quickstart.toml", folder / "run")
    facts = json.loads((done.folder / "study.json").read_text(encoding="utf-8"))
    (done.folder / "study.json").write_text(json.dumps(facts | {"simulated": None}), encoding="utf-8")
    return evidence_of(done.folder, year=2026)


@pytest.mark.django_db
def test_the_next_caseworker_reads_direction_size_interval_and_strength(
    entry: str, client_for: Callable[[Viewer], Client], caseworker: Viewer, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "chains/work_experience.toml" in entry, "the entry says where its code is to be put"
    chain = text_of(CHAIN).replace("evidence = [", 'evidence = ["quickstart_2026", ', 1)
    with_entry = laid_over({"evidence.toml": (text_of("evidence.toml") + "\n" + entry).encode(), CHAIN: chain.encode()})
    confirmed_mapping(caseworker, case.id)
    monkeypatch.setattr(catalogue, "load", lambda: with_entry)
    address = reverse("choice:chain", args=[case.id, "arbeidstrening", "work_experience"])
    page = client_for(caseworker).get(address, headers={"Accept-Language": "nb"}).content.decode()
    found = with_entry.evidence["quickstart_2026"]
    assert found.size is not None and found.interval is not None
    assert found.design_strength == "moderate"
    direction = {"positive": "Taler for", "negative": "Taler mot", "none": "Fant ingen virkning"}[found.direction]
    wanted = ["Arbeidstrening og arbeid ett år etter", "N = ", "prosentpoeng, med 95 prosent sikkerhet mellom",
              *(f"{100 * value:.1f}".replace(".", ",").replace("-", "") for value in (found.size, *found.interval)),
              "ingen har trukket lodd", direction]  # fmt: skip
    assert [words for words in wanted if words not in page] == []


def test_the_entry_is_a_catalogue_entry_as_it_stands(entry: str) -> None:
    held = laid_over({"evidence.toml": (text_of("evidence.toml") + "\n" + entry).encode()})
    found = held.evidence["quickstart_2026"]
    assert (found.about, found.outcome, found.month, found.unit) == ("arbeidstrening", "in_work", 30, "share")
    assert found.group.nb.startswith("Arbeidstrening")
