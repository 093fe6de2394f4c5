"""The tools of a conversation: validate the arguments, call, register the result, translate errors. Thin."""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from assistant.asking import vetted_choices, vetted_question
from assistant.definitions import chosen_definition, with_note
from assistant.evidence import Evidence
from assistant.gates import asks_to_export, vetted_export
from assistant.handles import resolve_handles
from assistant.names import known_names
from assistant.personal import Mask, asks_for_personal, personal_fields
from assistant.phrases import phrase
from assistant.saving import asks_to_save
from assistant.session import Session
from assistant.tool_content import model_content
from assistant.usage import Meter
from tools import requests
from tools.contracts import Choice, Outcome, Text, ToolResult
from tools.errors import Blocked, Cancelled, FenqunError, InputError, NotEnoughData, UnknownName, UnsupportedQuestion
from tools.rules import Selection
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

log = logging.getLogger(__name__)

Content = tuple[str, dict[str, Any]]


Runner = Callable[["Toolbox", Any], ToolResult]
"""Runs one validated request."""


@dataclass(frozen=True)
class Tool:
    """One tool as it is declared.

    Args:
        request: The model of its arguments.
        run: What it does.
        ends_turn: Whether the answer ends with it.
        models_only: Whether it is kept from the embedded planner.
    """

    request: type[requests.Request]
    run: Runner
    ends_turn: bool = False
    models_only: bool = False


def _load(path: str) -> Callable[..., ToolResult]:
    module, _, name = path.partition(":")
    function: Callable[..., ToolResult] = getattr(importlib.import_module(module), name)
    return function


def _in_context(path: str) -> Runner:
    def run(toolbox: Toolbox, request: Any) -> ToolResult:
        """Call the function in a context of its own."""
        with toolbox.context() as ctx:
            return _load(path)(ctx, request)

    return run


def _of_customers(path: str) -> Runner:
    """A tool of the metrics, which know no segments: the customers of its request are compiled for it."""

    def run(toolbox: Toolbox, request: Any) -> ToolResult:
        """Call the function in a context of its own."""
        with toolbox.context() as ctx:
            if request.customers is None:
                return _load(path)(ctx, request)
            resolved = importlib.import_module("tools.segments.resolve").resolve_customers(ctx, request.customers)
            compiled = importlib.import_module("tools.segments.compiler").compile_selection(ctx, resolved)
            return _load(path)(ctx, request, compiled)

    return run


def _export(toolbox: Toolbox, request: requests.ExportCustomers) -> ToolResult:
    if toolbox.for_service:
        request = vetted_export(request, toolbox.question, _was_asked(toolbox))
    if request.include_personal and not asks_for_personal(toolbox.question):
        raise Blocked(
            "Names, phones and e-mails are exported only when you ask for them yourself, for example “export with names and phones”.",
            "只有您本人明确要求时才会导出姓名、手机号、邮箱；请直接说明，例如“导出并包含姓名和手机号”。",
        )
    if request.include_personal and not request.personal_columns:
        # What the operator's own words name, and nothing more, goes into the file.
        request = request.model_copy(update={"personal_columns": personal_fields(toolbox.question)})
    return _in_context("tools.actions.export:export_customers")(toolbox, request)


def _export_table(toolbox: Toolbox, request: requests.ExportTable) -> ToolResult:
    if toolbox.for_service and not (asks_to_export(toolbox.question) or _was_asked(toolbox)):
        raise Blocked(
            "A file is written only when you ask for one yourself, for example “export that table to Excel”.",
            "只有您本人明确要求时才会导出文件，例如“把这张表导出为 Excel”。",
        )
    shown = toolbox.session.result(request.result)
    with toolbox.context() as ctx:
        return _load("tools.actions.export_table:export_table")(ctx, request, shown)


def _save(toolbox: Toolbox, request: requests.SaveSegment) -> ToolResult:
    # The planner saves where the question said so; a service must be told so, or have asked for the name.
    if toolbox.for_service and not (asks_to_save(toolbox.question) or _was_asked(toolbox)):
        raise Blocked(
            "A segment is saved only when you ask for it yourself, for example “save them as VIP sleepers”.",
            "只有您本人明确要求时才会保存分群，例如“把这些客户保存为‘高价值沉睡客户’”。",
        )
    with toolbox.context() as ctx:
        draft = importlib.import_module("tools.actions.save").draft_segment(ctx, request)
    # The reader is closed by now: a writer waits for all of them.
    return _load("tools.actions.save:save_draft")(toolbox.warehouse, draft)


def _was_asked(toolbox: Toolbox) -> bool:
    """Whether the operator's message answers a question of the brain's."""
    results = list(toolbox.session.results.values())
    return bool(results) and results[-1].tool == "ask_user"


def _churn(toolbox: Toolbox, request: requests.ChurnRisk) -> ToolResult:
    chosen, remembered = chosen_definition(toolbox.session, request, toolbox.question)
    result = _in_context("tools.segments.churn.tool:churn_risk")(toolbox, chosen)
    return with_note(result) if remembered else result


def _query_sql(toolbox: Toolbox, request: requests.QuerySql) -> ToolResult:
    return _load("tools.warehouse.guard:query_sql")(toolbox.warehouse, request, toolbox.warehouse.config)


def _ask_user(toolbox: Toolbox, request: requests.AskUser) -> ToolResult:
    question, offered = request.question, request.choices
    if toolbox.for_service:
        evidence, language = toolbox.evidence(), toolbox.session.language
        question, offered = vetted_question(question, evidence, language), vetted_choices(offered, evidence, language)
    choices = tuple(Choice(label=_both(choice), question=_both(choice)) for choice in offered)
    return ToolResult(tool="ask_user", outcome=Outcome.AMBIGUOUS, message=_both(question), choices=choices)


def _decline(toolbox: Toolbox, request: requests.Decline) -> ToolResult:
    if toolbox.for_service:
        # A service's own words are shown as prose, where they are checked; only the planner's are a message.
        return ToolResult(tool="decline", outcome=Outcome.UNSUPPORTED, message=phrase("declined"), details={"reason": request.reason})
    return ToolResult(
        tool="decline", outcome=Outcome.UNSUPPORTED, message=_both(request.missing) if request.missing else None,
        details={"reason": request.reason, "missing": request.missing},
    )  # fmt: skip


def _both(text: str) -> Text:
    return Text(zh=text, en=text)


TOOLS: Mapping[str, Tool] = {
    "describe_data": Tool(requests.DescribeData, _in_context("tools.ingest.quality:describe_data")),
    "measure": Tool(requests.Measure, _of_customers("tools.metrics.measure:measure")),
    "cohort_retention": Tool(requests.CohortRetention, _of_customers("tools.metrics.cohorts:cohort_retention")),
    "find_customers": Tool(requests.FindCustomers, _in_context("tools.segments.find:find_customers")),
    "segment_overview": Tool(requests.SegmentOverview, _in_context("tools.segments.overview:segment_overview")),
    "summarize_segment": Tool(requests.SummarizeSegment, _in_context("tools.actions.summarize:summarize_segment")),
    "compare_segments": Tool(requests.CompareSegments, _in_context("tools.segments.compare:compare_segments")),
    "suggest_strategy": Tool(requests.SuggestStrategy, _in_context("tools.actions.strategies:suggest_strategy")),
    "churn_risk": Tool(requests.ChurnRisk, _churn),
    "customer_value": Tool(requests.CustomerValue, _in_context("tools.segments.value.tool:customer_value")),
    "next_order": Tool(requests.NextOrder, _in_context("tools.segments.value.next_tool:next_order")),
    "weigh_rfm": Tool(requests.WeighRfm, _in_context("tools.segments.weighing.tool:weigh_rfm")),
    "find_rules": Tool(requests.FindRules, _in_context("tools.segments.trees.tool:find_rules")),
    "describe_persona": Tool(requests.DescribePersona, _in_context("tools.segments.personas.tool:describe_persona")),
    "find_behaviour": Tool(requests.FindBehaviour, _in_context("tools.segments.findings.tool:find_behaviour")),
    "cluster_customers": Tool(requests.ClusterCustomers, _in_context("tools.segments.clusters.tool:cluster_customers")),
    "model_quality": Tool(requests.ModelQuality, _in_context("tools.segments.quality.tool:model_quality")),
    "predict_response": Tool(requests.PredictResponse, _in_context("tools.segments.response.tool:predict_response")),
    "measure_uplift": Tool(requests.MeasureUplift, _in_context("tools.segments.response.uplift:measure_uplift")),
    "recommend_products": Tool(requests.RecommendProducts, _in_context("tools.actions.recommend:recommend_products")),
    "look_up_customer": Tool(requests.LookUpCustomer, _in_context("tools.segments.look_up:look_up_customer")),
    "export_customers": Tool(requests.ExportCustomers, _export),
    "export_table": Tool(requests.ExportTable, _export_table),
    "save_segment": Tool(requests.SaveSegment, _save),
    "explain_term": Tool(requests.ExplainTerm, _in_context("tools.segments.terms:explain_term")),
    "ask_user": Tool(requests.AskUser, _ask_user, ends_turn=True),
    "decline": Tool(requests.Decline, _decline),
    "query_sql": Tool(requests.QuerySql, _query_sql, models_only=True),
}

INTERRUPT_SECONDS = 0.05
UNREADABLE = "__unreadable__"
"""The key under which arguments arrive that were no valid JSON."""


@dataclass
class Toolbox:
    """The tools of one conversation.

    Args:
        warehouse: The data.
        session: Where results are registered and handles resolved.
        tools: The tools by name.
    """

    warehouse: Warehouse
    session: Session
    tools: Mapping[str, Tool] = field(default_factory=lambda: TOOLS)
    question: str = ""
    """The operator's latest message as typed."""
    earlier: Sequence[str] = ()
    """The operator's messages before that."""
    for_service: bool = False
    """Whether a language model calls the tools, whose words are not trusted."""
    mask: Mask = field(default_factory=Mask)
    """What was hidden from a language model, so that its arguments can be read."""
    meter: Meter = field(init=False)
    """What the question has used of a language model's tokens."""
    _running: ToolContext | None = None
    _stopped: bool = False
    _changing: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _idle: threading.Event = field(default_factory=threading.Event, repr=False)

    def __post_init__(self) -> None:
        """Start at no tokens."""
        self.meter = Meter(self.warehouse.config)

    def cancel(self) -> None:
        """Stop the running query, and run no further tool for this question; callable from another thread."""
        self._stopped = True
        threading.Thread(target=self._interrupt, name="interrupt", daemon=True).start()

    def running(self, context: ToolContext | None) -> None:
        """Notes which context works now; None when it is done."""
        with self._changing:
            self._running = context
        if context is None:
            self._idle.set()
        else:
            self._idle.clear()

    def _interrupt(self) -> None:
        # Once is not enough: between two queries of a tool there is nothing to interrupt.
        while True:
            with self._changing:
                if self._running is None:
                    return
                self._running.engine.cancel()
            self._idle.wait(INTERRUPT_SECONDS)

    def evidence(self) -> Evidence:
        """What vouches for numbers and names in a language model's question to the operator; it may propose what the data hold."""
        with self.context() as context:
            known = known_names(context)
        questions, proposable = [*self.earlier, self.question], tuple(known.written.values())
        return Evidence(list(self.session.results.values()), questions, 0, self.session.as_of, known=known, named=proposable)

    @property
    def stopped(self) -> bool:
        """Whether the operator stopped the answer to the current question."""
        return self._stopped

    def unknown(self, name: str, for_model: bool) -> Content:
        """The answer to a call of a tool that does not exist."""
        known = [each for each, tool in self.tools.items() if for_model or not tool.models_only]
        error = UnknownName("tool", "工具", name, known)
        return self._kept(_failed(name, Outcome.FAILED, Text(zh=error.zh, en=error.en)), mendable=True)

    def context(self) -> AbstractContextManager[ToolContext]:
        """A reading context for one call, whose query :meth:`cancel` can stop."""
        return _Tracked(self)

    def call(self, name: str, arguments: Mapping[str, Any]) -> Content:
        """Run one tool; whatever goes wrong becomes an outcome.

        Returns:
            The bounded text for the model, and the registered result as JSON-compatible data.

        Raises:
            Cancelled: The operator stopped the answer.
        """
        if self._stopped:
            raise Cancelled
        mendable = False
        try:
            result = self._run(name, arguments)
        except Cancelled:
            if self._stopped:
                raise
            result = _failed(name, Outcome.FAILED, _TOO_LONG)
        except FenqunError as error:
            result, mendable = _failed(name, self._outcome(error), Text(zh=error.zh, en=error.en)), error.mendable
        except Exception:  # The edge of the tools: a defect in one of them is an outcome, told in one sentence.
            log.exception("the tool %s failed", name)
            result = _failed(name, Outcome.FAILED, phrase("internal"))
        return self._kept(result, mendable)

    def _kept(self, result: ToolResult, mendable: bool) -> Content:
        kept = self.session.register(result)
        return model_content(kept, self.session.language, self.warehouse.currency, mendable), kept.model_dump(mode="json")

    def _outcome(self, error: FenqunError) -> Outcome:
        if isinstance(error, UnsupportedQuestion | NotEnoughData):
            return Outcome.UNSUPPORTED
        if isinstance(error, UnknownName) and not self.for_service:
            # The planner calls once: a name that the data lack is an answer, not a fault. Services may mend theirs.
            return Outcome.UNSUPPORTED
        return Outcome.BLOCKED if isinstance(error, Blocked) else Outcome.FAILED

    def _run(self, name: str, arguments: Mapping[str, Any]) -> ToolResult:
        tool = self.tools[name]
        if UNREADABLE in arguments:
            raise InputError("The arguments were not valid JSON; send them again.", "参数不是有效的 JSON；请重新发送。")
        try:
            request = tool.request.model_validate(self.mask.reveal_in(dict(arguments)))
        except ValidationError as error:
            raise _invalid(error) from error
        return tool.run(self, resolve_handles(request, self.session, self._members))

    def _members(self, selection: Selection) -> list[str]:
        """The customers of a selection, by id."""
        with self.context() as ctx:
            query = importlib.import_module("tools.segments.compiler").compile_selection(ctx, selection)
            return [str(row[0]) for row in ctx.engine.rows(query.sql, query.parameters)]


class _Tracked(AbstractContextManager[ToolContext]):
    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox
        self._opened = open_context(toolbox.warehouse, toolbox.session.as_of)

    def __enter__(self) -> ToolContext:
        context = self._opened.__enter__()
        self._toolbox.running(context)
        return context

    def __exit__(self, *error: Any) -> bool | None:
        self._toolbox.running(None)
        return self._opened.__exit__(*error)


_TOO_LONG = Text(
    zh="查询耗时过长已被停止；请缩小时间范围或条件后重试，或调高 FENQUN_QUERY_SECONDS。",
    en="The query took too long and was stopped; narrow the window or the conditions, or raise FENQUN_QUERY_SECONDS.",
)


def _failed(tool: str, outcome: Outcome, message: Text) -> ToolResult:
    return ToolResult(tool=tool, outcome=outcome, message=message)


def _invalid(error: ValidationError) -> InputError:
    """The first three defects, in one sentence, without echoing long values."""
    parts = []
    for defect in error.errors(include_url=False, include_context=False)[:3]:
        where = ".".join(str(step) for step in defect["loc"])
        given = repr(defect.get("input"))
        parts.append(f"{where or 'arguments'}: {defect['msg']} (got {given if len(given) <= 60 else given[:59] + '…'})")
    listed = "; ".join(parts)
    return InputError(f"The arguments are off: {listed}.", f"参数有误：{listed}。")
