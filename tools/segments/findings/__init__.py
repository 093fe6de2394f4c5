"""Behaviour that asks for action: looked at but never bought, fewer logins, mails that stay unopened."""

from __future__ import annotations

from tools.segments.findings.tool import find_behaviour

__all__ = ["find_behaviour"]
