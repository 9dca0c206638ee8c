"""Workers of a Dask cluster, by the address of its scheduler: they make the bytes of parts, and only we commit them.

A worker names the runs that it begins in a variable at the scheduler, and goes on when the scheduler has it. If the
worker dies, Dask gives its task to another. That one sees that somebody has begun before it, plays nothing and says so:
what was being played is then known, and is played again run by run, as after the death of a worker process.
"""

from __future__ import annotations

import contextlib
import platform
import re
import time
from collections.abc import Collection, Mapping, Sequence
from threading import Event
from types import TracebackType
from typing import Any
from uuid import uuid4

from sim.scenario import ScenarioError
from sim.store import Played
from sim.sweeps.crew import Died, WorkersLost
from sim.sweeps.part import Beat, Run, play_part, warm
from sim.sweeps.plan import Plan

__all__ = ["Cluster"]

ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):(?P<port>[0-9]{1,5})/?")
CONNECT = 10.0  # seconds to find the scheduler
POLL = 0.2  # seconds between two looks at a part
LOOK = 5.0  # seconds between two looks for workers
NOBODY = 60.0  # seconds without a worker, after which the sweep stops
Answer = tuple[dict[str, tuple[bytes, int]] | None, list[Any]]  # files and failed runs, or nothing and what was begun


class Cluster:
    """A scheduler and whoever works for it; in a ``with`` block. The client listens on no port.

    Attributes:
        client: Dask's. plan: what is played. identity: of the plan and of what plays it, here and by every worker.
    """

    def __init__(self, address: str, plan: Plan) -> None:
        """ScenarioError if Dask is not installed, or nobody answers at the address."""
        try:
            from distributed import Client, Security
        except ImportError:
            words = "Dask is not installed; allowed: pip install 'burdenshare[cluster]'"
            raise ScenarioError(f"dask = {address!r}: {words}") from None
        allowed = "allowed: the address that a Dask scheduler prints, such as tcp://127.0.0.1:8786"
        found = ADDRESS.fullmatch(address)
        if not found or int(found["port"]) > 65_535:
            raise ScenarioError(f"dask = {address!r}: no address; {allowed}")
        if found[1] == "tls" and Security().get_connection_args("client").get("ssl_context") is None:
            words = "needs certificates, which Dask's configuration does not name"
            raise ScenarioError(f"dask = {address!r}: {words}; {allowed}")
        try:
            self.client = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError):
            raise ScenarioError(f"dask = {address!r}: no scheduler answers there; {allowed}") from None
        self.plan, self.address, self.identity = plan, address, plan.identity()
        self._looked = self._seen = time.monotonic()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    def threads(self) -> int:
        """The threads of all workers; WorkersLost if none come."""
        while not (found := sum(map(int, self.client.nthreads().values()))):
            self.look()
            time.sleep(POLL)
        return found

    def hand(self) -> Away:
        """What one of our threads has parts played by."""
        return Away(self)

    def look(self) -> None:
        """Now and then: WorkersLost if there has been no worker, or no scheduler, for long."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        try:
            if self.client.nthreads():
                self._seen = now
        except OSError:  # the scheduler is gone; Dask tries to reach it again
            pass
        if now - self._seen >= NOBODY:
            raise WorkersLost(f"no worker at {self.address} for {NOBODY:g} s")


class Away:
    """Parts played by some worker."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._ended = cluster, Event()

    def play(self, number: int, beat: Beat, lost: Mapping[Run, str], suspects: Collection[Run]) -> Played:
        """As ``Hand.play``."""
        from distributed import KilledWorker, Variable

        client, name = self._cluster.client, f"burdenshare-{uuid4().hex}"
        signs = Variable(name, client=client)
        signs.set([0, []])
        who = self._cluster.identity
        future = client.submit(_compute, self._cluster.plan, who, number, name, dict(lost), set(suspects), key=name)
        try:
            self._follow(future, signs, beat)
            files, runs = future.result()
        except KilledWorker:
            files, runs = None, signs.get()[1]
        finally:
            future.cancel()
            signs.delete()
        if files is None:
            if runs:
                beat([(int(a), int(b)) for a, b in runs])
            raise Died("its worker died")
        return Played(files, [(int(a), int(b), str(why)) for a, b, why in runs])

    def end(self) -> None:
        """Let go of the part; a worker with a nanny is started anew, for Dask cannot end what a thread plays."""
        self._ended.set()

    def _follow(self, future: Any, signs: Any, beat: Beat) -> None:
        """Pass on signs of life until the part is done."""
        heard = 0
        while not future.done():
            count, runs = signs.get()
            if count > heard:
                heard = count
                beat([(int(a), int(b)) for a, b in runs])
            if self._ended.is_set():
                self._restart(future)
                raise Died("its worker was given up")
            self._cluster.look()
            time.sleep(POLL)

    def _restart(self, future: Any) -> None:
        client = self._cluster.client
        busy = [worker for worker, keys in client.processing().items() if future.key in keys]
        future.cancel()
        with contextlib.suppress(ValueError, TimeoutError):  # it has no nanny
            client.restart_workers(busy, timeout=10, raise_for_error=False)


# In the worker


_known: list[list[Any]] = []  # what this worker has found to be the same as what it plays with


def _prepare(plan: Plan, identity: list[Any]) -> None:
    """Import and compile, and ScenarioError if that is not what is asked for; once in a worker."""
    if identity in _known:
        return
    warm(plan)
    if plan.identity() != identity:
        words = "has other code, or other versions of packages, than the machine that asks; allowed: the same"
        raise ScenarioError(f"dask: the worker on {platform.node()} {words}")
    _known.append(identity)


def _compute(plan: Plan, who: list[Any], number: int, name: str, lost: dict[Run, str], suspects: set[Run]) -> Answer:
    """Play a part, or say what somebody was at who has died of it."""
    from distributed import Variable

    _prepare(plan, who)
    signs = Variable(name)
    count, begun = signs.get()
    if count:
        return None, begun

    def beat(runs: Sequence[Run]) -> None:
        nonlocal count
        count += 1
        signs.set([count, [list(run) for run in runs]])

    played = play_part(plan, number, beat, lost, suspects)
    return played.files, [list(one) for one in played.failed]
