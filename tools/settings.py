"""One table of settings: name, default, help. Each is read from the environment as FENQUN_<NAME>."""

from __future__ import annotations

import os
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tools.errors import InputError

PREFIX = "FENQUN_"
_SIZE = r"^\s*\d+(\.\d+)?\s*([KMGT]i?)?B\s*$"
"""An amount of memory or disk, such as 2GB or 512MiB."""


def _default_home() -> Path:
    return Path.home() / ".fenqun"


class Settings(BaseSettings):
    """The settings and their defaults; a name that is not here is refused."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(default_factory=_default_home, description="Folder of the default warehouse, exports and conversations.")
    warehouse: Path | None = Field(default=None, description="The warehouse file; <home>/fenqun.duckdb when left out.")
    model: str | None = Field(default=None, description="Name of the language model; used only where OPENAI_API_KEY is set.")
    brain: Literal["auto", "planner", "model"] = Field(default="auto", description="Who answers; auto is the model where a key is set.")
    language: Literal["auto", "zh", "en"] = Field(default="auto", description="Language of answers; auto is the question's.")
    currency: str = Field(default="", max_length=4, description="Symbol put before money; the loaded orders' own when left out.")
    threads: int = Field(default=0, ge=0, le=256, description="Threads of queries and models; 0 is the cores this process may use.")
    memory_limit: str = Field(default="2GB", pattern=_SIZE, description="Memory that DuckDB may use before it spills to disk.")
    temp_limit: str = Field(default="20GB", pattern=_SIZE, description="Disk that queries which only read may spill to.")
    query_seconds: float = Field(default=60.0, gt=0, description="Longest time one query of a tool may take.")
    sql_seconds: float = Field(default=10.0, gt=0, description="Longest time a query written by a language model may take.")
    sql_rows: int = Field(default=1000, ge=1, description="Most rows returned by a query written by a language model.")
    busy_seconds: float = Field(default=5.0, ge=0, description="How long to wait for another process to let go of the warehouse.")
    model_seconds: float = Field(default=60.0, gt=0, description="Longest wait for one reply of the language model.")
    model_retries: int = Field(default=2, ge=0, le=10, description="Tries again after a failed call of the language model.")
    model_usage: bool = Field(default=True, description="Ask the language model's service for token counts; off where it refuses that.")
    question_tokens: int = Field(default=200_000, ge=0, description="Most tokens of a language model for one question; 0 is no limit.")
    context_tokens: int = Field(default=24_000, ge=2_000, description="Tokens of messages from which older turns are summarised.")
    price_in: float | None = Field(default=None, ge=0, description="Price of a million tokens sent to the language model.")
    price_out: float | None = Field(default=None, ge=0, description="Price of a million tokens that the language model writes.")
    seed: int = Field(default=7, description="Seed of everything random.")
    churn_horizon_days: int = Field(default=30, ge=7, le=180, description="Days without an order that count as churned.")
    value_high: float = Field(default=0.8, gt=0, lt=1, description="Quantile of the last year's spend above which value is high.")
    value_middle: float = Field(default=0.4, gt=0, lt=1, description="Quantile of the last year's spend above which value is middle.")
    activity_high: int = Field(default=3, ge=1, description="Orders and events of the last 30 days from which activity is high.")
    activity_middle: int = Field(default=1, ge=1, description="Orders and events of the last 30 days from which activity is middle.")
    svip_share: float = Field(default=0.05, gt=0, lt=1, description="Share of last year's buyers, by spend, who are SVIP members.")
    vip_share: float = Field(default=0.15, gt=0, lt=1, description="Share of last year's buyers, after the SVIP members, who are VIP.")
    lifecycle_days: int = Field(default=90, ge=1, le=730, description="Length of each of the two periods of the lifecycle.")
    rfm_horizon_days: int = Field(default=90, ge=7, le=365, description="Days of spend that the weights of RFM look forward to.")
    smallest_segment_share: Decimal = Field(default=Decimal("0.01"), ge=0, le=1, description="Segments below this share are too small.")
    smallest_segment_size: int = Field(default=30, ge=1, description="Segments below this size are too small to act on.")

    @property
    def warehouse_path(self) -> Path:
        """Where the warehouse lies."""
        return (self.warehouse or self.home / "fenqun.duckdb").expanduser()

    @property
    def exports_dir(self) -> Path:
        """Where exports and whole tables are written."""
        return self.home.expanduser() / "exports"

    @property
    def thread_count(self) -> int:
        """Threads that queries and models may use, at least one."""
        if self.threads:
            return self.threads
        available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return available or 1


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        InputError: A FENQUN_* variable is not a setting, or its value is off.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise InputError(
            f"{unknown[0]} is not a setting; known: {', '.join(sorted(known))}.",
            f"{unknown[0]} 不是可用的设置；可用的有：{'、'.join(sorted(known))}。",
        )
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise InputError(f"{name} is off: {first['msg']}.", f"{name} 的值不对：{first['msg']}。") from error


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings()
