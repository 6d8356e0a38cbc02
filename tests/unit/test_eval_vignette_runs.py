"""A vignette run has the manifest of any run: it can be compared, and written as evidence, like the others."""

import json
from pathlib import Path

import pytest

from springbrett.catalogue.overlay import laid_over, text_of
from springbrett.evaluation.study.compare import compare
from springbrett.evaluation.study.evidence import NoEvidence, evidence_of
from springbrett.evaluation.study.manifest import read_manifest
from springbrett.evaluation.vignettes import run as running
from springbrett.evaluation.vignettes.run import run
from springbrett.vignettes import library


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The six persons; the same again; and with another seed and few draws, so that the intervals move."""
    folder, file = tmp_path_factory.mktemp("runs"), library.DATA / "six_persons.toml"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "page", lambda made: "")
        patch.setattr(running, "DRAWS", 50)
        for name, seed in (("one", 0), ("same", 0), ("other", 7)):
            run(file, folder / name, recipe=library.recipe_path("six_persons"), seed=seed)
    return folder / "one", folder / "same", folder / "other"


def test_the_same_answers_give_the_same_manifest_and_nothing_differs(runs: tuple[Path, Path, Path]) -> None:
    one, same, _other = runs
    assert read_manifest(one).key == read_manifest(same).key
    assert list(compare(one, same).lines()) == ["Nothing differs: the same inputs, the same numbers."]


def test_compare_says_what_changed_and_why(runs: tuple[Path, Path, Path]) -> None:
    one, _same, other = runs
    found = compare(one, other)
    assert "agreement" in found.tables
    assert found.estimates, "the intervals are told one by one"
    assert [change.key for change in found.causes["seed"]] == ["seed"]
    assert not found.unexplained


def test_drawn_answers_are_no_evidence_unless_asked_for_and_then_say_so(runs: tuple[Path, Path, Path]) -> None:
    with pytest.raises(NoEvidence, match="drawn by the program"):
        evidence_of(runs[0], year=2026)
    entry = evidence_of(runs[0], year=2026, simulated_too=True)
    held = laid_over({"evidence.toml": (text_of("evidence.toml") + "\n" + entry).encode()}).evidence["six_persons_2026"]
    assert (held.design, held.direction, held.about, held.simulated) == ("vignette", "mixed", "arbeidstrening", True)
    assert "Josef" in held.finding.nb and "N = 12" in held.group.nb
    assert held.size is None, "a vignette study has no effect to tell of"


def test_a_round_too_small_to_tell_and_a_study_about_no_measure_are_no_evidence(
    runs: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    facts = json.loads((runs[0] / "study.json").read_text(encoding="utf-8"))
    for change, why in (({"told": False}, "too few"), ({"study": facts["study"] | {"measure": ""}}, "no measure")):
        (tmp_path / "study.json").write_text(json.dumps(facts | {"simulated": False} | change), encoding="utf-8")
        with pytest.raises(NoEvidence, match=why):
            evidence_of(tmp_path, year=2026)


def test_a_survey_is_evidence_about_the_measure_that_its_author_names(tmp_path: Path) -> None:
    file = library.DATA / "job_specialists.toml"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "page", lambda made: "")
        run(file, tmp_path, recipe=library.recipe_path("job_specialists"), seed=0)
    with pytest.raises(NoEvidence, match="name the measure that the answers are about with --about MEASURE"):
        evidence_of(tmp_path, year=2026, simulated_too=True)
    with pytest.raises(NoEvidence, match="there is no measure oppfolgning in the catalogue"):
        evidence_of(tmp_path, year=2026, simulated_too=True, about="oppfolgning")
    entry = evidence_of(tmp_path, year=2026, simulated_too=True, about="oppfolging")
    held = laid_over({"evidence.toml": (text_of("evidence.toml") + "\n" + entry).encode()}).evidence
    assert held["job_specialists_2026"].about == "oppfolging"
    assert held["job_specialists_2026"].design == "survey"
