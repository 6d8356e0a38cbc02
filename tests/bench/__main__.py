"""Time what people wait for, each against a stated baseline in the same run.

python -m tests.bench                     what takes seconds: the catalogue, the choice, an agreement's money, the pages
python -m tests.bench names               what there is
python -m tests.bench group-time cox …    those, one after the other
python -m tests.bench all                 everything; two cores need an hour and a half, 8 GB and 3 GB of disk

Every one runs in a process of its own, so that its memory is its own. Nothing is asserted.
"""

import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bench:
    """A module of this package with its words, and what it times."""

    words: tuple[str, ...]
    what: str
    quick: bool = False


BENCHES = {
    "catalogue": Bench(("bench_catalogue",), "reading the catalogue, against bare TOML", True),
    "choice": Bench(("bench_choice",), "every measure weighed, against one of them", True),
    "money": Bench(("bench_money",), "a four-year agreement's schedule, against splitting its months", True),
    "pages": Bench(("bench_pages",), "pages of the demonstration office, against the smallest", True),
    "paths": Bench(("bench_paths",), "outcome paths of a whole country, against DuckDB; reading monthly registers"),
    "group-time": Bench(("bench_did", "memory", "10000000"), "group-time effects, 10 million rows, against diff-diff"),
    "group-time-file": Bench(("bench_did", "stream", "840000000", "240", "180"),
                             "group-time effects of 840 million rows, against reading their file"),
    "group-time-gaps": Bench(("bench_did", "gaps", "840000000", "240", "180"),
                             "the same where every fiftieth row is lacking"),
    "group-time-intervals": Bench(("bench_did", "intervals", "3500000", "240", "180"),
                                  "the same kept as intervals, against writing out their months"),
    "imputation": Bench(("bench_did", "imputation", "10000000"), "imputation of 10 million rows, against diff-diff"),
    "projections": Bench(("bench_did", "lpdid", "1000000"),
                         "local projections of a million rows, against pyfixest and diff-diff"),
    "two-way": Bench(("bench_did", "twoway", "10000000"),
                     "the single two-way effect of 10 million rows, against pyfixest"),
    "effects": Bench(("bench_effects",), "effects of one treatment, 100 000 against 3 million, 20 covariates"),
    "mass-points": Bench(("bench_durations", "points", "50000"), "timing-of-events, against BFGS and durmod"),
    "monthly-hazards": Bench(("bench_durations", "monthly", "500000"), "monthly hazards, against statsmodels"),
    "cox": Bench(("bench_durations", "cox", "500000"), "proportional hazards, against lifelines"),
}  # fmt: skip


def main(asked: list[str]) -> None:
    """Run those asked for; the quick ones when none are."""
    if asked == ["names"]:
        for name, bench in BENCHES.items():
            print(f"{name:<22}{bench.what}{' (quick)' if bench.quick else ''}")
        return
    unknown = set(asked) - set(BENCHES) - {"all"}
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}, all.")
    for name, bench in BENCHES.items():
        if name in asked or "all" in asked or (not asked and bench.quick):
            print(f"\n{name}: {bench.what}", flush=True)
            module, *words = bench.words
            subprocess.run([sys.executable, "-m", f"tests.bench.{module}", *words], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
