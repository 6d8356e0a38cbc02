"""A real server with the demonstration office, in a process and a folder of its own, and a real Chromium."""

import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
Login = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The machine's own Chromium: no download."""
    return {
        "executable_path": shutil.which("chromium"),
        "args": ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    }


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Springbrett on the demonstration office (embedded database)."""
    var = tmp_path_factory.mktemp("var")
    env = {k: v for k, v in os.environ.items() if k != "SPRINGBRETT_DATABASE_URL"} | {"SPRINGBRETT_VAR": str(var)}
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "springbrett"), "run", "--port", "0"],
        env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield _address_said_by(process)
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


def _address_said_by(process: subprocess.Popen[str]) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if found := re.search(r"http://\S+", line):
            with urllib.request.urlopen(f"{found[0]}/health/") as answer:  # noqa: S310  our own server
                assert answer.status == 200
            # Read on: a pipe that nobody empties fills with warnings, and then the server waits for ever.
            threading.Thread(target=deque, args=(process.stdout, 0), daemon=True).start()
            return found[0]
    pytest.fail(f"the server did not start:\n{said}")


@pytest.fixture
def log_in(server: str, browser: Browser) -> Iterator[Login]:
    """`log_in("Name")` opens a page as that account, in a browser context of its own."""
    contexts: list[BrowserContext] = []

    def open_as(name: str, *, javascript: bool = True, phone: bool = False) -> Page:
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        context = browser.new_context(base_url=server, java_script_enabled=javascript, viewport=size, locale="nb-NO")
        contexts.append(context)
        page = context.new_page()
        page.goto("/log-in/")
        page.locator(".sb-person", has=page.get_by_text(name, exact=True)).click()
        page.wait_for_load_state()
        return page

    yield open_as
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def accounts(server: str) -> dict[str, str]:
    """One account name per role, read from the log-in page."""
    with urllib.request.urlopen(f"{server}/log-in/") as answer:  # noqa: S310  our own server
        html = answer.read().decode()
    groups = re.split(r'<section aria-labelledby="role-', html)[1:]
    return {
        group.split('"')[0]: re.findall(r'class="sb-person"><span class="sb-strong">([^<]+)<', group)[0].strip()
        for group in groups
    }
