"""All groups of a scheme: how many customers each has, and what they are worth."""

from tools.segments.overview.tool import TOOL, segment_overview

__all__ = ["TOOL", "segment_overview"]
