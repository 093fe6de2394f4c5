"""Receipts, cross-checks and feedback in a real browser over scripted answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
Ask = Callable[[Page, str], None]
Keep = Callable[[Page, str], None]
Settled = Callable[[Page], None]
pytestmark = pytest.mark.browser


def test_a_figure_unfolds_its_receipt_by_pointer_and_by_keys(open_page: OpenPage, scripted_address: str, ask: Ask, keep: Keep) -> None:
    page = open_page(scripted_address, "zh-CN")
    title = page.title()
    ask(page, "用RFM给客户分群")
    figures, receipt = page.locator(".fq-figure"), page.locator("#fq-log .fq-receipt")
    expect(figures).to_have_text(["412", "388", "233"])
    expect(receipt).to_have_count(0)
    figures.first.click()
    for words in (
        "客户数<img",
        "412",
        "按 R 与 FM 分数所在单元格分群",
        "2018-01-01",
        "scores、customer_features",
        "共 3 行",
        "365",
        "种子",
    ):
        expect(receipt).to_contain_text(words)
    expect(receipt.locator("pre")).to_contain_text("WHERE recency_days < $days AND '<b>' = '<b>'")
    assert page.locator("#fq-log img[src=x], #fq-log .fq-receipt b b").count() == 0, "names from the data are no markup"
    keep(page, "receipt-zh")
    figures.nth(1).focus()
    page.keyboard.press("Enter")
    expect(receipt).to_have_count(2)
    expect(figures.nth(1)).to_have_attribute("aria-expanded", "true")
    assert page.locator(".fq-prose li").first.locator(".fq-receipt").count() == 1, "right below its own line"
    page.keyboard.press("Escape")
    expect(receipt).to_have_count(1)
    expect(figures.nth(1)).to_be_focused()
    receipt.locator("[data-receipt-close]").click()
    expect(receipt).to_have_count(0)
    expect(figures.first).to_be_focused()
    page.reload()
    page.wait_for_selector("body[data-ready]")
    figures.first.click()
    expect(receipt).to_contain_text("按 R 与 FM 分数所在单元格分群")
    assert page.title() == title


def test_a_receipts_sql_is_copied_and_a_table_has_its_receipt(open_page: OpenPage, scripted_address: str, ask: Ask) -> None:
    page = open_page(scripted_address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "Show me the RFM segments")
    page.locator(".fq-table-evidence").click()
    receipt = page.locator(".fq-table .fq-receipt")
    expect(receipt).to_contain_text("Read asRFM groups")
    receipt.locator("[data-copy]").click()
    expect(receipt.locator("[data-copy]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("SELECT rfm_group, count(*) AS customers")


def test_figures_unfold_while_the_answer_is_still_being_written(
    open_page: OpenPage, scripted_address: str, settled: Settled, keep: Keep
) -> None:
    page = open_page(scripted_address, dark=True)
    page.fill("#fq-box textarea", "something that halts")
    page.press("#fq-box textarea", "Enter")
    page.locator(".fq-figure").first.click()
    expect(page.locator("#fq-log .fq-receipt")).to_contain_text("Groups by the cell of the R and FM scores")
    page.click("#fq-stop")
    settled(page)
    expect(page.locator(".fq-table")).to_be_visible()
    expect(page.locator("#fq-log .fq-receipt")).to_have_count(1)
    keep(page, "receipt-en-dark")


def test_cross_checks_are_one_line_and_a_failed_one_comes_first(open_page: OpenPage, scripted_address: str, ask: Ask) -> None:
    page = open_page(scripted_address)
    ask(page, "Show me the RFM segments")
    checks = page.locator(".fq-checks")
    expect(checks.locator("summary")).to_have_text("2 cross-checks hold")
    checks.locator("summary").click()
    expect(checks).to_contain_text("Their revenue adds up to the total$3,256,664.69")
    ask(page, "and one that differs")
    answer = page.locator("#fq-log .bot-row").last
    expect(answer.locator(".fq-check-failed")).to_contain_text("The segments add up to all customers: 1,033 found, 1,034 expected")
    expect(answer.locator(".fq-checks summary")).to_have_text("1 cross-check holds")
    warning, prose = (answer.locator(name).bounding_box() for name in (".fq-check-failed", ".fq-prose"))
    assert warning is not None
    assert prose is not None
    assert warning["y"] < prose["y"]


def test_feedback_is_kept_changed_and_taken_back(open_page: OpenPage, scripted_address: str, ask: Ask, keep: Keep) -> None:
    page = open_page(scripted_address, "zh-CN")
    ask(page, "用RFM给客户分群")
    control = page.locator("[data-feedback]")
    wrong, right = (control.locator(f"[data-verdict={name}]") for name in ("wrong", "right"))
    wrong.click()
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(wrong).to_be_focused()
    control.locator("[data-comment]").click()
    control.locator("textarea").fill("少了 <b>门店</b>")
    control.locator("[type=submit]").click()
    expect(control.locator(".fq-feedback-kept")).to_have_text("少了 <b>门店</b>")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(control.locator(".fq-feedback-kept")).to_have_text("少了 <b>门店</b>")
    keep(page, "feedback-zh")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")
    expect(wrong).to_have_attribute("aria-pressed", "false")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "false")
    page.click("[data-language=en]")
    expect(right).to_have_text("Right")


def test_another_browser_reaches_neither_file_nor_feedback(open_page: OpenPage, scripted_address: str, ask: Ask) -> None:
    mine, other = open_page(scripted_address, "zh-CN"), open_page(scripted_address, "en-US")
    ask(mine, "导出")
    ask(other, "something else")
    file = scripted_address + (mine.locator("a.fq-file").get_attribute("href") or "")
    control = mine.locator("[data-feedback]")
    feedback = f"{scripted_address}/conversations/{control.get_attribute('data-conversation')}/feedback"
    said = {"turn": 1, "verdict": "wrong", "comment": "theirs", "language": "en"}
    statuses = [(page.request.get(file).status, page.request.post(feedback, data=said).status) for page in (other, mine)]
    assert statuses == [(404, 404), (200, 200)]


def test_an_unfolded_receipt_fits_a_phone(open_page: OpenPage, scripted_address: str, ask: Ask, keep: Keep) -> None:
    page = open_page(scripted_address, "zh-CN", size=(390, 844))
    ask(page, "用RFM给客户分群")
    page.locator(".fq-figure").nth(1).click()
    expect(page.locator("#fq-log .fq-receipt")).to_be_visible()
    page.locator("[data-comment]").click()
    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    edges = "[...document.querySelectorAll('.fq-receipt, .fq-feedback-form button')].every(it => it.getBoundingClientRect().right <= 390)"
    assert page.evaluate(edges)
    keep(page, "phone-receipt-zh")
