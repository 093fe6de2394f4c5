"""Products, campaigns, contacts, responses, events and feedback: one of each is stored once, whatever words a source uses."""

from __future__ import annotations

EVENTS = {"u": "events.customer_id", "k": "events.kind", "t": "events.occurred_at", "c": "events.channel", "d": "events.duration_seconds"}
CONTACTS = {"b": "campaign_contacts.campaign_id", "u": "campaign_contacts.customer_id", "a": "campaign_contacts.arm"}
RESPONSES = {
    "b": "campaign_responses.campaign_id",
    "u": "campaign_responses.customer_id",
    "k": "campaign_responses.kind",
    "r": "campaign_responses.revenue",
}
FEEDBACK = {"u": "feedback.customer_id", "r": "feedback.rating", "x": "feedback.text", "t": "feedback.submitted_at"}
PRODUCTS = {"p": "products.product_id", "n": "products.name", "c": "products.category"}
CAMPAIGNS = {"b": "campaigns.campaign_id", "n": "campaigns.name", "s": "campaigns.start_date", "c": "campaigns.cost"}


def test_events_in_the_words_of_both_languages(loader, source):
    rows = [
        ("A", "浏览商品", "2024-01-01 08:00:00", "APP", "30"),
        ("A", "add to cart", "2024-01-01 08:05:00", " ", None),
        ("B", "打卡", "2024-01-02 09:00:00", "小程序", "1.5"),
        ("B", "打卡", "2024-01-02 09:00:00", "小程序", "1.5"),
        (None, "浏览", "2024-01-02 09:00:00", "APP", None),
        ("C", "浏览", "soon", "APP", None),
    ]
    report = loader.load(source("e.csv", "events", EVENTS, rows))
    assert report.tables[0].reasons == {"duplicate": 1, "missing_id": 1, "unreadable_date": 1}
    found = loader.rows("SELECT customer_id, kind, channel, duration_seconds FROM events ORDER BY occurred_at")
    assert found == [("A", "view", "APP", 30.0), ("A", "cart", None, None), ("B", "打卡", "小程序", 1.5)]
    assert loader.rows("SELECT customer_id FROM customers ORDER BY 1") == [("A",), ("B",)]


def test_overlapping_event_files_count_once(loader, source):
    first = [("A", "login", "2024-01-01 08:00:00", None, None), ("B", "login", "2024-01-01 09:00:00", None, None)]
    loader.load(source("one.csv", "events", EVENTS, first))
    report = loader.load(source("two.csv", "events", EVENTS, [*first, ("A", "login", "2024-01-02 08:00:00", None, None)]))
    assert report.tables[0].reasons == {"duplicate": 2}
    assert loader.rows("SELECT count(*) FROM events") == [(3,)]


def test_contacts_know_their_control_group_and_bring_bare_campaigns(loader, source):
    rows = [("M1", "A", "对照组"), ("M1", "B", "treatment"), ("M1", "C", None), ("M1", "B", "treatment"), (None, "D", "control")]
    report = loader.load(source("c.csv", "contacts", CONTACTS, rows))
    assert report.tables[0].reasons == {"duplicate": 1, "missing_id": 1}
    assert dict(loader.rows("SELECT customer_id, arm FROM campaign_contacts")) == {"A": "control", "B": "treatment", "C": "treatment"}
    assert loader.rows("SELECT campaign_id, name FROM campaigns") == [("M1", None)]


def test_responses_with_money(loader, source):
    rows = [("M1", "A", "核销", "¥12.50"), ("M1", "B", "opened", None), ("M2", "A", None, "3")]
    loader.load(source("r.csv", "responses", RESPONSES, rows))
    found = loader.rows("SELECT campaign_id, customer_id, kind, CAST(revenue AS VARCHAR) FROM campaign_responses ORDER BY 1, 2")
    assert found == [("M1", "A", "redeem", "12.50"), ("M1", "B", "open", None), ("M2", "A", "convert", "3.00")]


def test_feedback_needs_no_customer(loader, source):
    rows = [("A", "5", "很好", "2024-01-01"), (None, "2", "慢", "2024-01-02"), ("B", "3星", None, "2024-01-03")]
    report = loader.load(source("f.csv", "feedback", FEEDBACK, rows))
    assert report.rows_accepted == 3
    found = loader.rows("SELECT customer_id, CAST(rating AS VARCHAR) FROM feedback ORDER BY submitted_at")
    assert found[:2] == [("A", "5.00"), (None, "2.00")]


def test_products_are_corrected_by_later_files_and_keep_what_those_are_silent_on(loader, source):
    first = [("P1", "Tea", "Drinks"), ("P2", "Mug", None), ("P2", "Cup", None), (None, "Spoon", "Tools")]
    report = loader.load(source("p.csv", "products", PRODUCTS, first))
    # A product without an id goes by its name.
    assert report.tables[0].reasons == {"conflict": 1}
    loader.load(source("q.csv", "products", PRODUCTS, [("P1", "Green tea", None), ("P3", "Pot", "Tools")]))
    found = {row[0]: row[1:] for row in loader.rows("SELECT product_id, name, category FROM products")}
    assert found == {"P1": ("Green tea", "Drinks"), "P2": ("Mug", None), "P3": ("Pot", "Tools"), "Spoon": ("Spoon", "Tools")}


def test_campaigns(loader, source):
    loader.load(source("m.csv", "campaigns", CAMPAIGNS, [("M1", "双十一", "2024-11-01", "1.2万"), ("M1", "双十一", "2024-11-01", "1.2万")]))
    found = loader.rows("SELECT campaign_id, name, CAST(start_date AS VARCHAR), CAST(cost AS VARCHAR) FROM campaigns")
    assert found == [("M1", "双十一", "2024-11-01", "12000.00")]
