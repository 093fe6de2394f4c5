"""No telemetry of any dependency leaves the machine unless its own switch was set by hand."""

from __future__ import annotations

import os

_DEFAULTS = {
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",
}


def silence_telemetry() -> None:
    """Set the switches; called before any of the dependencies is imported."""
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
