"""The page's theme: system fonts for Latin and Chinese, one accent, warm neutrals. Nothing is fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio

ACCENT = "#0f8a76"
# No "system-ui": on many a Linux it is a font without hinting for this size; the ones named here are the systems' own.
_SANS = (
    "Inter",
    "-apple-system",
    "BlinkMacSystemFont",
    "Segoe UI",
    "Roboto",
    "Ubuntu",
    "Cantarell",
    "Noto Sans",
    "PingFang SC",
    "HarmonyOS Sans SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "Helvetica Neue",
    "Arial",
    "sans-serif",
)
_MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "JetBrains Mono", "Menlo", "Consolas", "Noto Sans Mono CJK SC", "monospace")
FONT_STACK = ", ".join(f'"{name}"' if " " in name else name for name in _SANS)


def build_theme() -> gradio.themes.Base:
    """The Gradio theme; the rest of the look is in ``static/app.css``."""
    from assistant.ui.quiet_gradio import gr

    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        text_size=gr.themes.sizes.text_md,
        radius_size=gr.themes.sizes.radius_lg,
        font=list(_SANS),
        font_mono=list(_MONO),
    )


def static_path(name: str) -> Path:
    """Where a file of ``static/`` lies."""
    return Path(__file__).parent / "static" / name


def read_static(name: str) -> str:
    """The text of a file in ``static/``."""
    return static_path(name).read_text(encoding="utf-8")
