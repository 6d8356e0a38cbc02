"""Read and validate the whole catalogue, against reading the same files as bare TOML."""

import tomllib
from pathlib import Path

from springbrett.catalogue import loader
from tests.bench.clock import line, milliseconds

GOAL_MS = 300.0


def run() -> None:
    """The whole catalogue, read and validated; what the reading of the files takes; and how large they are."""
    files = [path.read_text(encoding="utf-8") for path in loader.DATA.rglob("*.toml")]
    bare = milliseconds(lambda: [tomllib.loads(text) for text in files])
    used = milliseconds(lambda: [loader.parse(text) for text in files])
    whole = milliseconds(lambda: loader.read(Path(loader.DATA)))
    line("load and validate the catalogue", whole, "bare tomllib", bare)
    line("  of that the reading of TOML", used, "bare tomllib", bare)
    verdict = "within" if whole < GOAL_MS else "OVER"
    print(f"{'':<58} {len(files)} files, {sum(map(len, files)) / 1024:.0f} kB; {verdict} the goal of {GOAL_MS} ms")


if __name__ == "__main__":
    run()
