"""A browser, a served page, and screenshots kept as artefacts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))  # for the tests that import what is scripted

ROOT = Path(__file__).parents[3]
ARTIFACTS = ROOT / "test-artifacts"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OpenPage = Callable[..., Page]
expect.set_options(timeout=45_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one the test is skipped, or fails where CI demands it."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no browser was found on the PATH ({', '.join(NAMES)})"
        if os.environ.get("CI") == "true":
            pytest.fail(f"browser tests may not be skipped with CI=true: {reason}")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


def _serve(command: list[str], **environment: str) -> Iterator[str]:
    """Run a server until the test is over; yields the address that it prints last on a line."""
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}, cwd=ROOT
    ) as server:
        assert server.stdout is not None
        try:
            yield next(line for line in server.stdout if "http://" in line).split()[-1]
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture(scope="session")
def scripted_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over scripted conversations and no warehouse."""
    home = tmp_path_factory.mktemp("scripted")
    yield from _serve([str(Path(__file__).parent / "scripted.py"), str(home / "none.duckdb"), "0"], FENQUN_HOME=str(home))


@pytest.fixture(scope="session")
def demo_address(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product itself, started as an operator starts it, over a copy of the demo."""
    home = tmp_path_factory.mktemp("served")
    shutil.copy(demo_path, home / "fenqun.duckdb")
    yield from _serve(["app.py"], FENQUN_HOME=str(home), PORT="0")


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browser profiles by what they look like; a profile is kept, so that the page's assets are fetched once."""
    known: dict[tuple[object, ...], BrowserContext] = {}

    def profile(locale: str, dark: bool, size: tuple[int, int]) -> BrowserContext:
        key = (locale, dark, size)
        if key not in known:
            scheme = "dark" if dark else "light"
            known[key] = browser.new_context(
                locale=locale,
                color_scheme=scheme,
                viewport={"width": size[0], "height": size[1]},
                reduced_motion="reduce",  # drawing animations without a graphics card is most of the work
            )
            known[key].set_default_timeout(60_000)
        return known[key]

    yield profile
    for context in known.values():
        context.close()


@pytest.fixture
def open_page(profiles: Callable[..., BrowserContext]) -> Iterator[OpenPage]:
    """Opens the page as a visitor of its own; no request may leave this machine, no script may fail."""
    pages: list[Page] = []
    foreign: list[str] = []
    errors: list[str] = []

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        # What the page's own policy stops never leaves the browser.
        if address.scheme not in ("data", "blob") and address.hostname != "127.0.0.1" and request.failure != "csp":
            foreign.append(request.url)

    def open_one(address: str, locale: str = "en-US", *, dark: bool = False, size: tuple[int, int] = (1280, 860)) -> Page:
        page = profiles(locale, dark, size).new_page()
        pages.append(page)
        page.on("requestfinished", note)
        page.on("requestfailed", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        page.wait_for_selector("#fq-log .example")
        return page

    yield open_one
    for page in pages:
        page.evaluate("localStorage.clear()")
        page.context.clear_cookies()
        page.close()
    assert foreign == []
    assert errors == []


def _settled(page: Page) -> None:
    page.wait_for_selector("#fq-send:visible")
    page.wait_for_selector("#fq-retry:visible")


@pytest.fixture
def settled() -> Callable[[Page], None]:
    """Waits until nothing is being answered."""
    return _settled


@pytest.fixture
def ask() -> Callable[[Page, str], None]:
    """Types a question, sends it and waits for the end of its answer."""

    def type_and_wait(page: Page, question: str) -> None:
        before = page.locator("#fq-log .user-row").count()
        page.fill("#fq-box textarea", question)
        page.press("#fq-box textarea", "Enter")
        page.wait_for_function("n => document.querySelectorAll('#fq-log .user-row').length > n", arg=before)
        _settled(page)

    return type_and_wait


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """Keeps a screenshot as an artefact."""

    def screenshot(page: Page, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"{name}.png")

    return screenshot
