"""Opening the warehouse file: many readers at once, one writer, no lock held while nobody works.

DuckDB allows one configuration of a file per process, and one writing process. So this module keeps,
per file, one shared instance: read-only while only readers are there, read-write while a writer is.
Readers that come while a writer works get a cursor of the writing instance and see the last committed state.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tools.errors import WarehouseBusy, WarehouseError, WarehouseMissing
from tools.settings import Settings, settings
from tools.warehouse.currency import currency_symbol
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.schema import check_schema, migrate


@dataclass
class _Shared:
    """The open instance of one file in this process; guarded by ``changed``."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    instance: duckdb.DuckDBPyConnection | None = None
    writable: bool = False
    users: int = 0
    writers_waiting: int = 0
    writing: bool = False
    holders: Counter[int] = field(default_factory=Counter)
    """How many engines each thread holds, so that a reader that reads again never waits for a writer that waits for it."""


Stamp = tuple[tuple[int, int] | None, ...]
"""Time of change and size of the file and of its log, where they exist."""

_shared: dict[Path, _Shared] = {}
_shared_lock = threading.Lock()
_currencies: dict[Path, tuple[Stamp, str]] = {}
_checked: dict[Path, Stamp] = {}
"""Files whose schema was found to be ours, as they were then."""


class Warehouse:
    """The warehouse at ``path``.

    Args:
        path: The DuckDB file; need not exist before the first write.
        config: Settings; those of the environment when left out.
    """

    def __init__(self, path: Path | str | None = None, config: Settings | None = None) -> None:
        self.config = config or settings()
        self.path = Path(path or self.config.warehouse_path).expanduser().resolve()

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    @property
    def stamp(self) -> Stamp:
        """Changes whenever the stored data do; costs no opening of the file."""
        return tuple(_state(path) for path in (self.path, Path(f"{self.path}.wal")))

    @property
    def currency(self) -> str:
        """The symbol put before this warehouse's amounts; empty where neither a setting nor the data tell one."""
        if self.config.currency or not self.exists:
            return self.config.currency
        stamp = self.stamp
        if _currencies.get(self.path, (None, ""))[0] != stamp:
            with self.reading() as engine:
                _currencies[self.path] = (stamp, currency_symbol(engine, self.config))
        return _currencies[self.path][1]

    @contextmanager
    def reading(self, *, locked: bool = False) -> Iterator[DuckDBEngine]:
        """An engine that reads the last committed state; external access is off while no writer works.

        Args:
            locked: Wait, for ``busy_seconds`` at most, until no writer of this process works, so that the connection
                is read-only, without external access and with its configuration locked.

        Raises:
            WarehouseMissing: There is no such file.
            WarehouseBusy: Another process writes for longer than ``busy_seconds``.
            SchemaMismatch: The file was written by a newer version.
        """
        if not self.exists:
            raise WarehouseMissing(
                f"There is no warehouse at {self.path}; load data first: fenqun demo, or fenqun load PATH.",
                f"{self.path} 处还没有数据仓库；请先载入数据：fenqun demo 或 fenqun load 路径。",
            )
        stamp = self.stamp
        with self._engine(writable=False, locked=locked) as engine:
            if _checked.get(self.path) != stamp:
                check_schema(engine)
                _checked[self.path] = stamp
            yield engine

    @contextmanager
    def writing(self) -> Iterator[DuckDBEngine]:
        """An engine that may write; migrations have run. One writer at a time, over all processes.

        Raises:
            WarehouseBusy: Another writer, or a reader of another process, holds the file for longer than ``busy_seconds``.
            SchemaMismatch: The file was written by a newer version.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._engine(writable=True) as engine:
            migrate(engine)
            yield engine

    @contextmanager
    def _engine(self, *, writable: bool, locked: bool = False) -> Iterator[DuckDBEngine]:
        # A generator may end on another thread than it began on, so who entered is kept.
        holder = threading.get_ident()
        shared = self._enter(writable, locked)
        try:
            assert shared.instance is not None
            engine = DuckDBEngine(shared.instance.cursor())
            try:
                yield engine
            finally:
                engine.close()
        finally:
            _leave(shared, writable, holder)

    def _enter(self, writable: bool, locked: bool) -> _Shared:
        patience = self.config.busy_seconds + (0.0 if locked else self.config.query_seconds)
        with _shared_lock:
            shared = _shared.setdefault(self.path, _Shared())
        with shared.changed:
            shared.writers_waiting += writable
            try:
                free = shared.changed.wait_for(lambda: _may_enter(shared, writable, locked), patience)
            finally:
                shared.writers_waiting -= writable
            if not free:
                raise _busy(self.path, "")
            if shared.instance is None:
                shared.instance = self._connect(writable)
                shared.writable = writable
            shared.users += 1
            shared.holders[threading.get_ident()] += 1
            shared.writing = shared.writing or writable
        return shared

    def _connect(self, writable: bool) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self.config.busy_seconds
        while True:
            try:
                connection = duckdb.connect(str(self.path), read_only=not writable, config=self._configuration())
                return connection if writable else self._lock_down(connection)
            except duckdb.IOException as error:
                if "lock" not in str(error).lower():
                    raise _unreadable(self.path, error) from error
                if time.monotonic() >= deadline:
                    raise _busy(self.path, str(error)) from error
            except duckdb.Error as error:
                raise _unreadable(self.path, error) from error
            time.sleep(0.05)

    def _configuration(self) -> dict[str, str | int | bool | float | list[str]]:
        return {
            "threads": self.config.thread_count,
            "memory_limit": self.config.memory_limit,
            "temp_directory": str(self.path.with_suffix(".tmp")),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "false",
        }

    def _lock_down(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        # Only settable once the temporary folder is, hence after connecting. GLOBAL so that cursors have it too.
        connection.execute(f"SET GLOBAL max_execution_time = {int(self.config.query_seconds * 1000)}").complete()
        connection.execute("SET GLOBAL max_temp_directory_size = $limit", {"limit": self.config.temp_limit}).complete()
        connection.execute("SET GLOBAL enable_external_access = false").complete()
        connection.execute("SET GLOBAL lock_configuration = true").complete()
        return connection


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


def _may_enter(shared: _Shared, writable: bool, locked: bool) -> bool:
    if writable:
        return shared.users == 0
    if locked and shared.instance is not None and shared.writable:
        return False
    # Readers join whatever is open, but do not keep a waiting writer out for ever.
    return shared.writing or shared.writers_waiting == 0 or shared.holders[threading.get_ident()] > 0


def _leave(shared: _Shared, writable: bool, holder: int) -> None:
    with shared.changed:
        shared.users -= 1
        shared.holders -= Counter([holder])
        if writable:
            shared.writing = False
        if shared.users == 0 and shared.instance is not None:
            shared.instance.close()
            shared.instance = None
        shared.changed.notify_all()


def _busy(path: Path, detail: str) -> WarehouseBusy:
    holder = detail.partition("(PID ")[2].partition(")")[0]
    who_en, who_zh = (f"process {holder}", f"进程 {holder}") if holder else ("another task", "另一个任务")
    return WarehouseBusy(
        f"The warehouse {path} is in use by {who_en}; wait until it has finished, or stop it, and try again.",
        f"数据仓库 {path} 正被{who_zh}使用；请等它结束或停止它后重试。",
    )


def _unreadable(path: Path, error: duckdb.Error) -> WarehouseError:
    first = str(error).splitlines()[0]
    return WarehouseError(
        f"{path} cannot be opened as a warehouse: {first} Give another --warehouse path, or move the file away and load again.",
        f"无法把 {path} 作为数据仓库打开：{first} 请换一个 --warehouse 路径，或移走该文件后重新载入。",
    )
