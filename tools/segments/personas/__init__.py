"""Personas: what the typical member of a segment is like, in words. A persona describes, a segment selects."""

from __future__ import annotations

from tools.segments.personas.tool import describe_persona

__all__ = ["describe_persona"]
