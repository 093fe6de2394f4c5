"""One customer's page."""

from __future__ import annotations

from tools.segments.look_up.page import look_up_customer

__all__ = ["look_up_customer"]
