"""The product as an operator meets it: app.py, the demo, the embedded planner, a real browser."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
Ask = Callable[[Page, str], None]
Keep = Callable[[Page, str], None]
pytestmark = pytest.mark.browser
LONG = 60_000
MEANINGS = {
    "订单号": "orders.order_id",
    "会员编号": "orders.customer_id",
    "下单时间": "orders.ordered_at",
    "实付金额": "orders.amount",
    "渠道": "orders.channel",
}


def test_questions_in_both_languages_by_two_operators_at_once(open_page: OpenPage, demo_address: str, ask: Ask, keep: Keep) -> None:
    zh, en = open_page(demo_address, "zh-CN"), open_page(demo_address, "en-US", dark=True)
    ask(zh, "我们一共有多少客户?")
    ask(en, "How many customers do we have?")
    expect(zh.locator("#fq-log .bot-row .md")).to_contain_text("2,469")
    expect(en.locator("#fq-log .bot-row .md")).to_contain_text("2,469")
    ask(zh, "用RFM给客户分群并总结每个群的特点和建议")
    ask(en, "Which customers are about to churn?")
    expect(zh.locator("#fq-log .fq-table").last).to_contain_text("冠军客户")
    expect(en.locator("#fq-log .fq-table").last.locator("th").first).to_have_text(re.compile("customer", re.IGNORECASE))
    expect(zh.locator("#fq-log .bot-row").last).not_to_contain_text("churn")
    zh.wait_for_selector("#fq-log .js-plotly-plot .point")
    keep(zh, "segments-zh")
    keep(en, "churn-en-dark")


def test_the_step_behind_an_answer_shows_its_sql(open_page: OpenPage, demo_address: str, ask: Ask, keep: Keep) -> None:
    page = open_page(demo_address)
    ask(page, "What was revenue in the last 90 days, and the 90 days before?")
    page.locator(".fq-step summary").first.click()
    body = page.locator(".fq-step-body").first
    expect(body.locator(".fq-sql pre").first).to_contain_text("SELECT")
    expect(body).to_contain_text("2018-01-01")
    keep(page, "step-en")


def test_the_panel_describes_the_data(open_page: OpenPage, demo_address: str) -> None:
    page = open_page(demo_address)
    panel = page.locator(".fq-panel")
    expect(panel).to_contain_text("2018-01-01")
    expect(panel.locator(".fq-counts")).to_contain_text("155,848")
    expect(panel.locator(".fq-counts")).to_contain_text("1,469,307")
    expect(panel.locator(".fq-quality")).to_contain_text("Complete profiles")
    expect(panel.locator(".fq-brain")).to_have_text("Embedded planner")
    page.click("[data-language=zh]")
    expect(panel.locator(".fq-brain")).to_have_text("内置规划器")


def test_an_export_is_downloaded_and_opens(open_page: OpenPage, demo_address: str, ask: Ask, tmp_path: Path) -> None:
    page = open_page(demo_address)
    ask(page, "Export the at-risk customers to Excel")
    stated = int(re.sub(r"\D", "", page.locator("a.fq-file small").inner_text().split("rows")[0]))
    with page.expect_download() as waiting:
        page.click("a.fq-file")
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.suffix == ".xlsx"
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    assert rows[0][0] == "customer_id"
    assert len(rows) - 1 == stated > 100
    assert len({row[0] for row in rows[1:]}) == stated


def test_a_conversation_outlives_a_reload_and_is_nobody_elses(open_page: OpenPage, demo_address: str, ask: Ask) -> None:
    page, other = open_page(demo_address), open_page(demo_address, "zh-CN")
    ask(page, "How many customers do we have?")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#fq-log .bot-row .md")).to_contain_text("2,469")
    expect(page.locator(".fq-step-name")).to_have_count(1)
    other.reload()
    expect(other.locator(".fq-welcome h1")).to_be_visible()


def test_a_model_for_another_horizon_is_trained_and_can_be_stopped(open_page: OpenPage, demo_address: str, ask: Ask) -> None:
    page = open_page(demo_address)
    page.fill("#fq-box textarea", "Who is likely to churn in the next 60 days?")
    page.press("#fq-box textarea", "Enter")
    expect(page.locator(".fq-step[data-running]")).to_be_visible()
    page.click("#fq-stop")
    expect(page.locator("#fq-log .bot-row .md")).to_contain_text("Stopped")
    ask(page, "How many customers do we have?")
    expect(page.locator("#fq-log .bot-row .md").last).to_contain_text("2,469")


def _orders(path: Path) -> tuple[int, int]:
    """A shop's orders as Chinese shops export them: GB18030, one impossible date; returns (customers, good orders)."""
    chance = random.Random(5)
    lines, customers = ["订单号,会员编号,下单时间,实付金额,渠道"], set()
    for number in range(400):
        customer = f"M{chance.randrange(60):03d}"
        customers.add(customer)
        month, day = chance.randrange(1, 13), chance.randrange(1, 29)
        lines.append(f"D{number},{customer},2024年{month}月{day}日,¥{chance.uniform(5, 900):.2f},{chance.choice(['天猫', '门店'])}")
    lines.append("D9999,M000,2024年13月45日,¥1.00,天猫")
    path.write_bytes("\n".join(lines).encode("gb18030"))
    return len(customers), 400


def test_a_chinese_file_is_checked_loaded_and_asked_about(
    open_page: OpenPage, demo_address: str, ask: Ask, keep: Keep, tmp_path: Path
) -> None:
    page, other = open_page(demo_address, "zh-CN"), open_page(demo_address)
    customers, orders = _orders(tmp_path / "店铺订单.csv")
    page.click(".fq-tabs [data-view=data]")
    page.set_input_files("#fq-files input[type=file]", tmp_path / "店铺订单.csv")
    form = page.locator(".fq-mapping")
    expect(form).to_contain_text("GB18030", timeout=LONG)
    meanings = {
        name: page.locator(f"select[data-column={name}]").input_value() for name in ("订单号", "会员编号", "下单时间", "实付金额", "渠道")
    }
    assert meanings == {
        "订单号": "orders.order_id",
        "会员编号": "orders.customer_id",
        "下单时间": "orders.ordered_at",
        "实付金额": "orders.amount",
        "渠道": "orders.channel",
    }
    keep(page, "mapping-zh")
    page.set_viewport_size({"width": 1280, "height": 480})
    box = form.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 1280, "a form longer than the window goes on below"
    page.set_viewport_size({"width": 1280, "height": 860})

    page.click("#fq-cancel")
    expect(page.locator("#fq-files")).to_be_visible()
    expect(page.locator(".fq-counts")).to_contain_text("155,848")

    page.set_input_files("#fq-files input[type=file]", tmp_path / "店铺订单.csv")
    form.wait_for(timeout=LONG)
    page.select_option("select[data-column=下单时间]", "ignore")
    page.click("#fq-confirm")
    expect(page.locator("#fq-stage .fq-problem").first).to_contain_text("这些行需要“下单时间”", timeout=LONG)
    page.select_option("select[data-column=下单时间]", "orders.ordered_at")
    page.select_option("select[data-column=渠道]", "ignore")
    page.click("#fq-confirm")
    report = page.locator(".fq-report")
    expect(report).to_contain_text("载入完成", timeout=LONG)
    assert report.locator("tbody td").all_inner_texts() == ["店铺订单.csv 订单", str(orders + 1), str(orders), "1"]
    expect(page.locator(".fq-counts")).to_contain_text(str(customers))
    keep(page, "report-zh")

    rejected = page.locator(".fq-rejects")
    expect(rejected).to_contain_text("日期不可能 1")
    rejected.locator("summary").click()
    expect(rejected.locator("tbody")).to_contain_text("2024年13月45日")
    keep(page, "rejects-zh")
    with page.expect_download() as waiting:
        page.click(".fq-fetch")
    assert waiting.value.suggested_filename == "店铺订单-隔离的行.csv"
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "D9999,M000,2024年13月45日,¥1.00,天猫" in content.decode()

    page.click(".fq-go")
    ask(page, "我们一共有多少客户?")
    expect(page.locator("#fq-log .bot-row .md").last).to_contain_text(str(customers))
    ask(page, "每月销售额")
    page.wait_for_selector("#fq-log .js-plotly-plot .ytick")
    answer = page.locator("#fq-log .bot-row").last
    expect(answer.locator(".fq-table td.num").first).to_contain_text("¥")
    expect(answer.locator(".js-plotly-plot .ytick").last).to_contain_text("¥")
    shown = page.locator("body").inner_text() + page.evaluate(
        "JSON.stringify([...document.querySelectorAll('.js-plotly-plot')].map(p => [p.data, p.layout]))"
    )
    assert "$" not in shown, "the money of this file is yuan"
    keep(page, "yuan-zh")

    expect(other.locator(".fq-counts")).to_contain_text(str(customers), timeout=LONG)
    expect(other.locator(".fq-counts")).not_to_contain_text("155,848")


def test_a_merge_is_listed_masked_and_undone(open_page: OpenPage, demo_address: str, keep: Keep, tmp_path: Path) -> None:
    page = open_page(demo_address)
    people = ["customer_id,name,phone", "P1,Li Lei,13900001111", "P2,Li Lei,+86 139 0000 1111", "P3,Han Mei,13900002222"]
    (tmp_path / "people.csv").write_text("\n".join(people), encoding="utf-8")
    page.click(".fq-tabs [data-view=data]")
    page.set_input_files("#fq-files input[type=file]", tmp_path / "people.csv")
    page.locator(".fq-mapping").wait_for(timeout=LONG)
    page.click("#fq-confirm")
    button = page.locator("[data-undo-merge][data-id=P2]")
    button.wait_for(timeout=LONG)
    row = page.locator("tr", has=button)
    expect(row).to_contain_text("phone 13*******11")
    expect(row.locator("td").nth(1)).to_have_text("P1")
    keep(page, "merges-en")
    said: list[str] = []
    page.once("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    button.click()
    expect(button).to_be_visible()
    page.once("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    button.click()
    expect(page.locator(".fq-done")).to_contain_text("P2 is no longer part of P1", timeout=LONG)
    expect(button).to_have_count(0)
    assert len(said) == 2
    assert said[0].startswith("Take P2 out of customer P1?")


def test_a_file_that_is_none_gets_one_sentence_and_changes_nothing(open_page: OpenPage, demo_address: str, tmp_path: Path) -> None:
    page = open_page(demo_address)
    before = page.locator(".fq-counts").inner_text()
    (tmp_path / "empty.csv").write_bytes(b"")
    page.click(".fq-tabs [data-view=data]")
    page.set_input_files("#fq-files input[type=file]", tmp_path / "empty.csv")
    problem = page.locator("#fq-stage .fq-problem")
    expect(problem).to_contain_text("empty", timeout=LONG)
    assert "Traceback" not in problem.inner_text()
    expect(page.locator("#fq-confirm")).to_be_hidden()
    assert page.locator(".fq-counts").inner_text() == before
