"""The page in a real browser over scripted answers: everything about it that does not depend on the data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
Ask = Callable[[Page, str], None]
Keep = Callable[[Page, str], None]
Settled = Callable[[Page], None]
pytestmark = pytest.mark.browser


def test_the_empty_page_speaks_the_browsers_language(open_page: OpenPage, scripted_address: str, keep: Keep) -> None:
    zh, en = open_page(scripted_address, "zh-CN"), open_page(scripted_address, "en-US")
    expect(zh.locator(".fq-welcome h1")).to_have_text("今天想了解哪些客户？")
    expect(en.locator(".fq-welcome h1")).to_have_text("What would you like to know about your customers?")
    expect(zh.locator("html")).to_have_attribute("lang", "zh-CN")
    assert zh.locator("#fq-log .example").count() == en.locator("#fq-log .example").count() >= 4
    assert zh.locator("#fq-box textarea").get_attribute("placeholder") == "向客户数据提问…"
    keep(zh, "empty-zh")


def test_the_switch_changes_every_text_and_is_remembered(open_page: OpenPage, scripted_address: str, ask: Ask) -> None:
    page = open_page(scripted_address, "zh-CN")
    ask(page, "用RFM给客户分群")
    page.click("[data-language=en]")
    expect(page.locator("#fq-send")).to_have_text("Send")
    expect(page.locator(".fq-tabs [data-view=data]")).to_have_text("Data")
    expect(page.locator(".fq-step-name")).to_have_text("Show the segments")
    expect(page.locator("#fq-retry")).to_have_text("Retry")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    # What belongs to the answer keeps the language of its question.
    expect(page.locator(".fq-table figcaption span")).to_have_text("RFM 客群")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#fq-send")).to_have_text("Send")
    expect(page.locator(".fq-table figcaption span")).to_have_text("RFM 客群")
    page.click("#fq-clear")
    expect(page.locator(".fq-welcome h1")).to_have_text("What would you like to know about your customers?")


def test_a_reload_keeps_the_conversation_and_follows_what_is_under_way(
    open_page: OpenPage, scripted_address: str, ask: Ask, settled: Settled
) -> None:
    page = open_page(scripted_address)
    ask(page, "the first")
    page.fill("#fq-box textarea", "something slow")
    page.press("#fq-box textarea", "Enter")
    expect(page.locator(".fq-step[data-running]")).to_be_visible()
    page.reload()
    expect(page.locator("#fq-log .fq-asked")).to_have_text(["the first", "something slow"])
    expect(page.locator(".fq-step[data-running]")).to_contain_text("you can stop it")
    expect(page.locator("#fq-stop")).to_have_text("Stop")
    page.click("#fq-stop")
    settled(page)
    expect(page.locator("#fq-log .bot-row .md").last).to_contain_text("Stopped.")
    page.click("#fq-clear")
    expect(page.locator("#fq-log .user-row")).to_have_count(0)
    page.reload()
    expect(page.locator(".fq-welcome h1")).to_be_visible()


def test_an_answer_whose_stream_is_lost_is_drawn_all_the_same(
    open_page: OpenPage, scripted_address: str, ask: Ask, settled: Settled
) -> None:
    page = open_page(scripted_address)
    ask(page, "the first")
    page.route("**/queue/data*", lambda route: route.fulfill(content_type="text/event-stream", body='data: {"msg": "close_stream"}\n\n'))
    page.fill("#fq-box textarea", "something slow")
    page.press("#fq-box textarea", "Enter")
    expect(page.locator("#fq-log .fq-asked")).to_have_text(["the first", "something slow"])
    page.click("#fq-stop")
    settled(page)
    expect(page.locator("#fq-log .bot-row .md").last).to_contain_text("Stopped.")


def test_keys_send_and_break_lines(open_page: OpenPage, scripted_address: str, settled: Settled) -> None:
    page = open_page(scripted_address)
    expect(page.locator("#fq-box textarea")).to_have_accessible_name("Question")
    page.locator("#fq-box textarea").press_sequentially("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(page.locator("#fq-log .user-row")).to_have_count(0)
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator("#fq-log .fq-asked")).to_have_text("one\ntwo")
    page.locator(".fq-step summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fq-sql pre")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.locator(".fq-step summary").evaluate("it => getComputedStyle(it).outlineStyle") == "solid", "the focus is visible"


def test_every_control_has_a_name(open_page: OpenPage, scripted_address: str, ask: Ask) -> None:
    page = open_page(scripted_address, "zh-CN")
    ask(page, "用RFM给客户分群")
    nameless = """[...document.querySelectorAll('button, input:not([type=file]), select, textarea, a[href]')]
        .filter(it => it.checkVisibility() && !(it.innerText.trim() || it.ariaLabel || it.title || it.labels?.[0]?.innerText))
        .map(it => it.outerHTML.slice(0, 120))"""
    assert page.evaluate(nameless) == []
    page.click(".fq-tabs [data-view=data]")
    assert page.evaluate(nameless) == []


def test_an_answer_has_steps_prose_chart_table_file_and_notes(open_page: OpenPage, scripted_address: str, ask: Ask) -> None:
    page = open_page(scripted_address)
    ask(page, "Show me the RFM segments")
    answer = page.locator("#fq-log .bot-row")
    expect(answer.locator(".md strong")).to_have_text("Champions")
    expect(answer.locator(".fq-understood")).to_contain_text("Understood: RFM groups as of 2018-01-01")
    expect(answer.locator(".fq-caveats")).to_contain_text("31 customers have no order yet")
    expect(answer.locator(".fq-meta")).to_contain_text("As of 2018-01-01")
    page.wait_for_selector("#fq-log .js-plotly-plot .bars .point")
    cells = answer.locator(".fq-table tbody tr").first.locator("td")
    assert cells.all_inner_texts() == ["冠军客户 / champions", "412", "16.7%", "$1,843,211.55", "12.3", "-3.2%"]
    assert cells.nth(4).get_attribute("title") == "12.345"
    assert cells.nth(1).evaluate("cell => getComputedStyle(cell).textAlign") == "right"


def test_a_step_unfolds_to_its_arguments_definition_and_sql(open_page: OpenPage, scripted_address: str, ask: Ask, keep: Keep) -> None:
    page = open_page(scripted_address, "zh-CN")
    ask(page, "用RFM给客户分群")
    step = page.locator(".fq-step")
    expect(step.locator(".fq-step-body")).to_be_hidden()
    step.locator("summary").click()
    expect(step.locator(".fq-sql pre")).to_be_visible()
    expect(step.locator(".fq-sql pre")).to_contain_text("WHERE recency_days < $days AND '<b>' = '<b>'")
    expect(step.locator(".fq-params")).to_contain_text("365")
    expect(step.locator("dl")).to_contain_text("按 R 与 FM 分数所在单元格分群")
    expect(step.locator("dl")).to_contain_text('{"segment": "at_risk"}')
    keep(page, "step-zh")


def test_follow_ups_and_examples_are_asked_by_a_click(open_page: OpenPage, scripted_address: str, settled: Settled) -> None:
    page = open_page(scripted_address)
    page.locator("#fq-log .example").first.click()
    settled(page)
    page.locator("#fq-log .option", has_text="Compare champions").click()
    expect(page.locator("#fq-log .user-row")).to_have_count(2)
    settled(page)
    expect(page.locator("#fq-log .fq-asked").last).to_have_text("Compare champions with at-risk")
    expect(page.locator("#fq-log .options")).to_have_count(1)


def test_undo_retry_and_clear(open_page: OpenPage, scripted_address: str, ask: Ask, settled: Settled) -> None:
    page = open_page(scripted_address)
    ask(page, "one")
    ask(page, "two")
    page.click("#fq-undo")
    expect(page.locator("#fq-log .user-row")).to_have_count(1)
    expect(page.locator("#fq-box textarea")).to_have_value("two")
    page.click("#fq-retry")
    expect(page.locator("#fq-log .bot-row .md").first).to_contain_text("question 1: one")
    settled(page)
    expect(page.locator("#fq-log .user-row")).to_have_count(1)
    page.click("#fq-clear")
    expect(page.locator("#fq-log .user-row")).to_have_count(0)
    expect(page.locator(".fq-welcome h1")).to_be_visible()
    expect(page.locator("#fq-retry")).to_be_hidden()


def test_stopping_ends_a_long_answer(open_page: OpenPage, scripted_address: str, ask: Ask, settled: Settled) -> None:
    page = open_page(scripted_address)
    page.fill("#fq-box textarea", "something slow")
    page.click("#fq-send")
    expect(page.locator(".fq-step[data-running]")).to_be_visible()
    expect(page.locator("#fq-send")).to_be_hidden()
    page.click("#fq-stop")
    settled(page)
    expect(page.locator("#fq-log .bot-row .md")).to_contain_text("Stopped.")
    ask(page, "and now?")
    expect(page.locator("#fq-log .user-row")).to_have_count(2)


def test_two_sessions_share_nothing(open_page: OpenPage, scripted_address: str, ask: Ask) -> None:
    first, second = open_page(scripted_address, "zh-CN"), open_page(scripted_address, "en-US")
    ask(first, "甲的问题")
    ask(second, "the other's question")
    expect(first.locator("#fq-log .bot-row .md").first).to_contain_text("第 1 个问题：甲的问题")
    expect(second.locator("#fq-log .bot-row .md").first).to_contain_text("question 1: the other's question")
    assert "the other's" not in first.content()
    assert "甲的问题" not in second.content()
    addresses = [page.locator("a.fq-file").get_attribute("href") for page in (first, second)]
    assert addresses[0] != addresses[1]


def test_a_file_is_downloaded_under_its_name(open_page: OpenPage, scripted_address: str, ask: Ask) -> None:
    page = open_page(scripted_address, "zh-CN")
    ask(page, "导出")
    with page.expect_download() as waiting:
        page.click("a.fq-file")
    assert waiting.value.suggested_filename == "流失风险客户_20180101.csv"
    assert Path(waiting.value.path()).read_text(encoding="utf-8-sig").split() == ["customer_id", "1", "2"]


def test_on_a_phone_nothing_overflows(open_page: OpenPage, scripted_address: str, ask: Ask, keep: Keep) -> None:
    page = open_page(scripted_address, "zh-CN", size=(390, 844))
    ask(page, "用RFM给客户分群")
    for view in ("data", "chat"):
        page.click(f".fq-tabs [data-view={view}]")
        assert page.evaluate("document.documentElement.scrollWidth <= 390")
        assert page.evaluate("[...document.querySelectorAll('#fq-bar button')].every(b => b.getBoundingClientRect().right <= 390)")
        keep(page, f"phone-{view}-zh")
    table = page.locator(".fq-scroll")
    assert table.evaluate("box => box.scrollWidth > box.clientWidth"), "a wide table scrolls in itself"
    moved = """box => {
        box.scrollLeft = 200;
        return box.querySelector('tbody td').getBoundingClientRect().left - box.getBoundingClientRect().left;
    }"""
    assert abs(table.evaluate(moved)) < 2, "the first column stays"


def test_dark_follows_the_system_until_it_is_chosen(open_page: OpenPage, scripted_address: str, ask: Ask, keep: Keep) -> None:
    page = open_page(scripted_address, dark=True)
    expect(page.locator("body")).to_have_class("dark")
    ask(page, "Show me the RFM segments")
    keep(page, "answer-en-dark")
    page.click("[data-theme-switch]")
    page.wait_for_selector("body:not(.dark)")
    page.reload()
    page.wait_for_selector("body[data-ready]:not(.dark)")


def test_composing_chinese_does_not_send(open_page: OpenPage, scripted_address: str) -> None:
    page = open_page(scripted_address, "zh-CN")
    page.fill("#fq-box textarea", "ni hao")
    page.locator("#fq-box textarea").dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    page.locator("#fq-box textarea").press("End")  # answered only after what the key before has set off
    expect(page.locator("#fq-log .user-row")).to_have_count(0)
    expect(page.locator("#fq-box textarea")).to_have_value("ni hao")


def test_without_data_the_page_says_how_to_begin(open_page: OpenPage, scripted_address: str) -> None:
    page = open_page(scripted_address)
    expect(page.locator(".fq-panel h2")).to_have_text("No data yet")
    page.click(".fq-tabs [data-view=data]")
    expect(page.locator("#fq-demo")).to_have_text("Load the demo data")
    expect(page.locator("#fq-confirm")).to_be_hidden()


def test_markup_in_an_answer_stays_text_and_fetches_nothing(open_page: OpenPage, scripted_address: str, ask: Ask) -> None:
    page = open_page(scripted_address)
    title = page.title()
    ask(page, """<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script> ![](http://192.0.2.1/leak.png)""")
    assert page.title() == title
    assert page.locator("#fq-log script, #fq-log [onerror]").count() == 0
    assert page.locator("#fq-log img[src^=http]").count() == 0
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://192.0.2.1/leak.png'}))")
    page.wait_for_function("performance.getEntriesByName('http://192.0.2.1/leak.png').length")
