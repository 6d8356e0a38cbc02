"""The generated pages: the path, the ledger's events, the export's columns, the rules. Never edited by hand."""

import re
from pathlib import Path

from springbrett import flow
from springbrett.evaluation import benchmarks_page, coverage
from springbrett.evaluation.coverage.page import page as estimators_page
from springbrett.evaluation.export import columns_page
from springbrett.evaluation.registers.page import layout_page
from springbrett.site import reference_format, reference_rules
from springbrett.site.reference_cases import cases_page
from springbrett.site.reference_rules import MADE as _MADE
from springbrett.site.reference_rules import ROOT
from springbrett.site.reference_study import study_page

COVERAGE = Path(coverage.__file__).parent / "coverage.toml"
_PUBLISHED = ROOT / "tests" / "reference" / "published.toml"
_TRUST = ROOT / "tests" / "reference" / "estimators.toml"
_PICTURE = re.compile(r"(<!-- path -->\n).*?(<!-- /path -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Every generated page by path, as it should be now."""
    reference = ROOT / "docs" / "reference"
    readme = ROOT / "README.md"
    return {
        reference / "path.md": _path_page(),
        reference / "events.md": _events_page(),
        reference / "export.md": _MADE + columns_page(),
        reference / "benchmarks.md": _MADE + benchmarks_page.page(_PUBLISHED.read_text(encoding="utf-8")),
        reference / "estimators.md": _MADE + _estimators(),
        reference / "catalogue-format.md": reference_format.page(reference / "catalogue-format.md"),
        reference / "study-protocol.md": _MADE + study_page(),
        reference / "registers.md": _MADE + layout_page(),
        **reference_rules.pages(),
        reference / "agreement-cases.md": _MADE + cases_page(),
        readme: _PICTURE.sub(lambda m: m[1] + picture() + m[2], readme.read_text(encoding="utf-8")),
    }


def stale() -> list[Path]:
    """The pages that differ from what they should be, and chapters that should not be there any more."""
    made = pages()
    differing = [p for p, text in made.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    return [path.relative_to(ROOT) for path in (*differing, *reference_rules.leftovers(made))]


def write() -> list[Path]:
    """Write the pages that differ, and take away chapters that should not be there; returns which."""
    made = pages()
    changed = stale()
    for path in (ROOT / name for name in changed):
        if path in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
        else:
            path.unlink()
    return changed


def picture() -> str:
    """The path as a Mermaid picture."""
    lines = ["```mermaid", "flowchart LR"]
    lines += [f'    {s.code}["<b>{s.code}</b><br/>{s.question}"]' for s in flow.STEPS]
    pairs = zip(flow.STEPS, flow.STEPS[1:], strict=False)
    lines += [f"    {a.code} -- {a.produces} --> {b.code}" for a, b in pairs]
    lines += ["    evaluation -. knowledge .-> choice", "```", ""]
    return "\n".join(lines)


def _estimators() -> str:
    return estimators_page(*(path.read_text(encoding="utf-8") for path in (_TRUST, _PUBLISHED, COVERAGE)))


def _path_page() -> str:
    rows = [
        f"| {n} | `{s.code}` | {s.question} | {s.consumes} | {s.produces} |" for n, s in enumerate(flow.STEPS, start=1)
    ]
    head = ["| | step | the question it answers | takes in | leaves behind |", "|---|---|---|---|---|"]
    return _MADE + "# The path\n\n" + picture() + "\n" + "\n".join(head + rows) + "\n"


def _events_page() -> str:
    parts = [_MADE, "# What the ledger records\n"]
    groups = [(s.code, s.events) for s in flow.STEPS] + list(flow.AROUND_THE_PATH.items())
    for code, events in groups:
        parts.append(f"\n## {code}\n\n" + "".join(f"- `{event}`\n" for event in events))
    return "".join(parts)
