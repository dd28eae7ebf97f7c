"""Pages in a real browser: opened as files, without a network, with everything noted that a page should not do."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path():
    """Where the machine has Chromium, or None."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next(filter(None, found), None)


@contextmanager
def browser():
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def opened(chromium, file, width=1400, scheme="light", **options):
    """A page with all of its plots drawn; `page.noted` holds what it said to the console or asked the network for."""
    context = chromium.new_context(
        offline=True, viewport={"width": width, "height": 1100}, color_scheme=scheme, **options
    )
    try:
        page = context.new_page()
        page.noted = []
        page.on("console", lambda message: page.noted.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: page.noted.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (page.noted.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: _note_request(page, request.url, file.as_uri()))
        page.goto(file.as_uri())
        page.wait_for_function(
            "[...document.querySelectorAll('.plot')].every((place) => place.querySelector('.main-svg'))"
        )
        yield page
    finally:
        context.close()


def _note_request(page, url, own):
    if url.partition("#")[0] != own and not url.startswith("data:"):
        page.noted.append(f"request: {url}")
