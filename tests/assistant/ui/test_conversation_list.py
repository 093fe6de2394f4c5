"""The list of conversations: its handlers, its export over HTTP, and the whole of it in a real browser."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from scripted import ScriptedConversation

from assistant.ui.answering import follow, start
from assistant.ui.chat import OUTPUTS, ChatHandlers
from assistant.ui.conversation_handlers import ConversationHandlers
from assistant.ui.sessions import SESSION_COOKIE, Session, Sessions
from assistant.ui.talks import Talk
from assistant.ui.transcripts import Transcripts

OpenPage = Callable[..., Page]
Ask = Callable[[Page, str], None]
Keep = Callable[[Page, str], None]
MINE, OTHER = "m" * 32, "o" * 32


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(lambda _: ScriptedConversation(tmp_path), Transcripts(tmp_path / "t.sqlite"))


def get(address: str, path: str, cookie: str | None) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", path, headers={"Cookie": f"{SESSION_COOKIE}={cookie}"} if cookie else {})
    response = connection.getresponse()
    found = response.status, response.read().decode()
    connection.close()
    return found


def request(key: str = MINE, tab: str = "tab") -> Any:
    return SimpleNamespace(cookies={SESSION_COOKIE: key}, session_hash=tab)


def act(sessions: Sessions, what: str, key: str = MINE, **values: str) -> list[tuple[Any, ...]]:
    drawn = list(ConversationHandlers(sessions).act(request(key), SimpleNamespace(act=what, **values)))  # type: ignore[arg-type]
    assert all(len(updates) == OUTPUTS for updates in drawn)
    return drawn


def asked(session: Session, question: str, tab: str = "tab") -> Talk:
    talk = session.talk(tab)
    turn = start(talk, question)
    assert turn is not None
    for _ in follow(turn):
        pass
    assert talk.begin(), "the answer has been put away"
    talk.asking.release()
    return talk


def test_new_open_rename_search_and_delete(sessions: Sessions) -> None:
    session = sessions.get(MINE, "tab")
    first = asked(session, "how many customers")
    act(sessions, "new")
    second = asked(session, "who is about to churn")
    shown = act(sessions, "open", id=first.id)[-1]
    assert "how many customers" in str(shown[0]["value"])
    assert shown[-1].index("who is about to churn") < shown[-1].index("how many customers")
    assert shown[-1].count("is-current") == 1

    renamed = act(sessions, "rename", id=first.id, text="<b>Counts</b>")[-1]
    assert "&lt;b&gt;Counts&lt;/b&gt;" in renamed[-1]
    found = act(sessions, "search", text="question 1: who")[-1]
    assert "who is about to churn" in found[-1]
    assert "Counts" not in found[-1]
    assert "No conversation matches." in act(sessions, "search", text="zzz")[-1][-1]
    act(sessions, "search", text="")

    left = act(sessions, "delete", id=first.id)[-1]
    assert "Counts" not in left[-1]
    assert session.talk("tab") is second


def test_an_id_of_another_browser_changes_and_shows_nothing(sessions: Sessions) -> None:
    mine = asked(sessions.get(MINE, "tab"), "my secret")
    for what in ("open", "rename", "delete", "search", "anything"):
        drawn = act(sessions, what, key=OTHER, id=mine.id, text="secret")
        assert "my secret" not in str(drawn)
    assert [kept.title for kept in sessions.get(MINE, "tab").listed()] == ["my secret"]
    assert len(mine.turns) == 1


def test_an_answer_goes_on_in_its_own_conversation_while_another_is_shown(sessions: Sessions) -> None:
    session = sessions.get(MINE, "tab")
    asking = ChatHandlers(sessions).ask("something slow", request())
    next(asking)
    slow = session.talk("tab")
    act(sessions, "new")
    assert list(asking) == [], "the page shows another one now"
    assert slow.turns[-1].running
    quick = asked(session, "and meanwhile")
    assert (len(slow.turns), len(quick.turns)) == (1, 1)
    assert session.delete(slow.id), "what is being answered is stopped first"
    assert [kept.title for kept in session.listed()] == ["and meanwhile"]


@pytest.mark.browser
def test_the_list_in_a_browser(open_page: OpenPage, scripted_address: str, ask: Ask, keep: Keep) -> None:
    page = open_page(scripted_address)
    titles, questions = page.locator(".fq-talk-open span"), page.locator("#fq-log .fq-asked")
    ask(page, "how many customers")
    expect(titles).to_have_text(["how many customers"])
    page.click("[data-talk-new]")
    expect(page.locator(".fq-welcome h1")).to_be_visible()
    ask(page, "who is about to churn")
    expect(titles).to_have_text(["who is about to churn", "how many customers"])
    titles.nth(1).click()
    expect(questions).to_have_text(["how many customers"])
    expect(page.locator(".fq-talk.is-current span")).to_have_text("how many customers")

    page.locator(".fq-talk").nth(1).hover()
    page.locator("[data-talk-rename]").nth(1).click()
    page.keyboard.type("Counts")
    keep(page, "conversations-en")
    page.keyboard.press("Enter")
    expect(titles).to_have_text(["who is about to churn", "Counts"])
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(questions).to_have_text(["how many customers"])
    expect(titles).to_have_text(["who is about to churn", "Counts"])

    page.fill(".fq-talk-search input", "question 1: WHO")
    expect(titles).to_have_text(["who is about to churn"])
    page.fill(".fq-talk-search input", "")
    expect(titles).to_have_count(2)

    page.locator(".fq-talk").nth(1).hover()
    with page.expect_download() as waiting:
        page.locator("[data-talk-export]").nth(1).click()
    assert waiting.value.suggested_filename == "Counts.md"
    assert "## 1. how many customers" in Path(waiting.value.path()).read_text(encoding="utf-8")

    mine = page.locator("[data-talk]").nth(1).get_attribute("data-talk")
    cookie = next(kept["value"] for kept in page.context.cookies() if kept["name"] == SESSION_COOKIE)
    answers = [get(scripted_address, f"/conversations/{mine}/export", sent) for sent in (cookie, OTHER, mine, None)]
    assert [status for status, _ in answers] == [200, 404, 404, 404]
    assert ["how many" in body for _, body in answers] == [True, False, False, False]

    asked_back: list[str] = []
    page.once("dialog", lambda dialog: (asked_back.append(dialog.message), dialog.dismiss()))
    page.locator("[data-talk-delete]").nth(1).click()
    expect(titles).to_have_count(2)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("[data-talk-delete]").nth(1).click()
    expect(titles).to_have_text(["who is about to churn"])
    expect(questions).to_have_text(["who is about to churn"])
    assert asked_back[0].startswith('Delete "Counts"?')


@pytest.mark.browser
def test_on_a_phone_the_list_comes_in_from_the_side(open_page: OpenPage, scripted_address: str, ask: Ask, keep: Keep) -> None:
    page = open_page(scripted_address, "zh-CN", size=(390, 844))
    ask(page, "有多少客户")
    other = open_page(scripted_address, "en-US")
    expect(page.locator("#fq-talks")).to_be_hidden()
    page.click(".fq-drawer-switch")
    expect(page.locator(".fq-talk-open span")).to_have_text(["有多少客户"])
    keep(page, "phone-conversations-zh")
    mine = page.locator("[data-talk]").get_attribute("data-talk")
    page.click(".fq-talk-open")
    expect(page.locator("#fq-talks")).to_be_hidden()
    # A page of another browser that sends the id all the same is shown nothing.
    forge = """id => { const list = document.querySelector('#fq-talks .prose, #fq-talks > div') ?? document.querySelector('#fq-talks');
        list.insertAdjacentHTML('beforeend', `<div data-talk="${id}"><button data-talk-open id="forged">x</button></div>`);
        document.querySelector('#forged').click(); }"""
    other.evaluate(forge, mine)
    ask(other, "how many")
    expect(other.locator("#fq-log .fq-asked")).to_have_text(["how many"])
    expect(other.locator(".fq-talk-open span")).to_have_text(["how many"])
