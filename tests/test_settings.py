"""Settings come from FENQUN_* only, and a name that is not in the table is refused."""

from __future__ import annotations

import pytest

from tools.errors import InputError
from tools.settings import read_settings


def test_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENQUN_CURRENCY", "¥")
    monkeypatch.setenv("FENQUN_THREADS", "3")
    found = read_settings()
    assert (found.currency, found.thread_count) == ("¥", 3)


def test_unknown_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENQUN_CURENCY", "¥")
    with pytest.raises(InputError, match=r"FENQUN_CURENCY is not a setting; known: .*FENQUN_CURRENCY"):
        read_settings()


def test_bad_values_name_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENQUN_CHURN_HORIZON_DAYS", "3")
    with pytest.raises(InputError, match="FENQUN_CHURN_HORIZON_DAYS is off: .*greater than or equal to 7"):
        read_settings()
