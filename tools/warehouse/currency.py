"""The symbol put before money: the operator's setting, else what the loaded orders say, else none."""

from __future__ import annotations

from tools.settings import Settings
from tools.warehouse.engine import Engine

SYMBOLS = {
    "USD": "$",
    "CNY": "¥",
    "RMB": "¥",
    "JPY": "¥",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "TWD": "NT$",
    "SGD": "S$",
    "AUD": "A$",
    "CAD": "C$",
    "KRW": "₩",
    "INR": "₹",
}
_MOST_USED = """
SELECT upper(currency), count(*) AS orders FROM orders WHERE currency IS NOT NULL
GROUP BY upper(currency) ORDER BY orders DESC, upper(currency) LIMIT 1
"""


def currency_symbol(engine: Engine, config: Settings) -> str:
    """The symbol for amounts of the open warehouse; empty where neither a setting nor the data tell one."""
    if config.currency:
        return config.currency
    found = engine.rows(_MOST_USED)
    code = str(found[0][0]) if found else ""
    return SYMBOLS.get(code, code if len(code) <= 1 else f"{code} ")


def with_currency(engine: Engine, config: Settings) -> Settings:
    """The settings with the symbol for the open warehouse's amounts."""
    return config.model_copy(update={"currency": currency_symbol(engine, config)})
