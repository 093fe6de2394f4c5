"""Which brain answers: an OpenAI-compatible service where a key is set, else the embedded planner."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from langchain_core.language_models import BaseChatModel

from assistant.quiet import silence_telemetry
from tools.errors import InputError
from tools.settings import Settings
from tools.warehouse.context import open_context
from tools.warehouse.warehouse import Warehouse

silence_telemetry()

DEFAULT_MODEL = "gpt-4.1-mini"
"""Asked for where only OPENAI_API_KEY is set."""
PLANNER = "planner"


@dataclass(frozen=True)
class Brain:
    """One of the two brains.

    Args:
        name: "planner", or the name of the language model.
        chat: The LangChain chat model.
    """

    name: str
    chat: BaseChatModel

    @property
    def is_service(self) -> bool:
        """Whether it is a language model behind a network, so that personal data must not reach it."""
        return self.name != PLANNER


def service_brain(config: Settings) -> Brain | None:
    """The language model that the environment asks for; None where the planner answers.

    Raises:
        InputError: A model is asked for without a key, or a base URL is set without a model's name.
    """
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if config.brain == PLANNER or (config.brain == "auto" and not key):
        return None
    if not key:
        raise InputError(
            "FENQUN_BRAIN=model needs OPENAI_API_KEY; for a local server any word will do, such as “empty”.",
            "FENQUN_BRAIN=model 需要设置 OPENAI_API_KEY；本地服务可填任意值，例如 empty。",
        )
    base_url = os.environ.get("OPENAI_BASE_URL", "").strip() or None
    if base_url and not config.model:
        raise InputError(
            f"OPENAI_BASE_URL is {base_url}; name the model to ask there with FENQUN_MODEL.",
            f"已设置 OPENAI_BASE_URL（{base_url}）；请用 FENQUN_MODEL 指定模型名称。",
        )
    return _openai(config, key, base_url, config.model or DEFAULT_MODEL)


def _openai(config: Settings, key: str, base_url: str | None, model: str) -> Brain:
    from pydantic import SecretStr

    from assistant.service_chat import ServiceChat

    # The client itself retries refused connections, 408, 409, 429 and 5xx with growing, jittered waits.
    chat = ServiceChat(
        model=model,
        api_key=SecretStr(key),
        base_url=base_url,
        timeout=config.model_seconds,
        max_retries=config.model_retries,
        streaming=True,
        stream_usage=config.model_usage,
        use_responses_api=False,
    )
    return Brain(model, chat)


def planner_brain(warehouse: Warehouse, language: str = "auto") -> Brain:
    """The embedded planner with the vocabulary of the loaded data.

    Args:
        warehouse: The data.
        language: "zh", "en", or "auto" for the language of each question.

    Raises:
        FenqunError: The warehouse cannot be read, or is empty.
    """
    from assistant.planner.model import PlannerModel
    from assistant.planner.vocabulary import build_vocabulary

    known, stamp = _vocabularies(), (warehouse.path, warehouse.stamp)
    vocabulary = known.get(stamp)
    if vocabulary is None:
        with open_context(warehouse) as context:
            vocabulary = build_vocabulary(context)
        known.clear()
        known[stamp] = vocabulary
    return Brain(PLANNER, PlannerModel(vocabulary=vocabulary, language=cast("Literal['auto', 'zh', 'en']", language)))


@lru_cache(maxsize=1)
def _vocabularies() -> dict[Any, Any]:
    """The vocabulary of the data that was last asked about; the same data always make the same one."""
    return {}
