"""Figures as an operator reads them; the rendering itself is shared with the tools, whose words have figures too."""

from __future__ import annotations

from tools.rendering import COUNTED_BELOW, EXACT_BELOW, plain, render

__all__ = ["COUNTED_BELOW", "EXACT_BELOW", "plain", "render"]
