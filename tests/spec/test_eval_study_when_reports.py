"""The reports of whom people met, when the measure began, which came first, and the ways out, as a reader sees them."""

import re
from html.parser import HTMLParser

import pytest

from springbrett.evaluation.report.page import page
from springbrett.evaluation.report.reading import read_run
from springbrett.evaluation.study.new import new
from springbrett.evaluation.study.run import Finished, run

LANGUAGES = ("nb", "nn", "en")
PERSONS = {"preference": 6000, "timing": 5000, "sequence": 6000, "never_treated": 4000}
SECTIONS = {"preference": ("whom", "effect", "checks"), "timing": ("timing", "ways"), "sequence": ("order",),
            "never_treated": ("leaving", "ways")}  # fmt: skip


class Words(HTMLParser):
    """What a reader reads: text outside of styles."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.style = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self.style:
            self.found.append(data)


@pytest.fixture(scope="module", params=list(PERSONS))
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    design, folder = request.param, tmp_path_factory.mktemp(request.param)
    file = new("mine", folder, design if design != "never_treated" else "not_yet_treated")
    text = re.sub(r"persons = \d+", f"persons = {PERSONS[design]}", file.read_text(encoding="utf-8"))
    if design == "never_treated":
        text = text.replace('design = "not_yet_treated"', 'design = "never_treated"')
        text = text.replace('code = "not_yet_treated"', 'code = "raw_difference"').replace("chains = true", "")
        text += '\n[durations]\nexits = ["in_work"]\nmethods = ["cox", "fine_gray", "incidence_difference"]\n'
    file.write_text(text.replace("most = 4", "most = 2"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])
        return run(file, folder / "run")


def test_nothing_raw_reaches_a_reader_and_links_lead_somewhere(done: Finished) -> None:
    design = done.facts["protocol"]["comparison"]["design"]
    for language in LANGUAGES if design != "never_treated" else LANGUAGES[:1]:
        html = page(read_run(done.folder, language))
        words = Words()
        words.feed(html)
        read = " ".join(words.found)
        assert not re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", read)
        assert not re.search(r"\{\w+\}|\bnan\b|\binf\b", read)
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
        assert set(SECTIONS[design]) <= set(ids)
