"""How the command ends that somebody ends: once in order, twice at once, and always with a documented code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals")

PATIENT = "try: wait()\n    except KeyboardInterrupt: return 3"
DEAF = "try: wait()\n    except KeyboardInterrupt: wait()"
FAREWELL = "atexit.register(wait); return 3"
COMMAND = """
import atexit, sys, threading, time
import sim.__main__, sim.cli

def wait():
    print("waiting", flush=True)
    for _ in range(600):
        time.sleep(0.1)

def command():
    {body}

sim.cli.main = command
sys.exit(sim.__main__.main())
"""


def ended(body: str, *sent: signal.Signals, heard: signal.Handlers = signal.SIG_DFL) -> tuple[int, str]:
    """The exit code and stderr of a command that gets each signal once it waits."""
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(body=body)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        preexec_fn=partial(signal.signal, signal.SIGINT, heard),
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            for one in sent:
                assert process.stdout.readline() == "waiting\n"
                process.send_signal(one)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, said


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_once_it_stops_in_order(sent: signal.Signals) -> None:
    assert ended(PATIENT, sent) == (3, "")
    assert ended("wait()", sent) == (130, "")


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_twice_it_ends_at_once(second: signal.Signals) -> None:
    code, said = ended(DEAF, signal.SIGINT, second)
    assert code == 130
    assert said == "burdenshare: interrupted twice, ended at once; what was committed is whole\n"


def test_what_is_done_keeps_its_code() -> None:
    """The signal comes while Python takes itself down; the wait is cut short here, so that the test is."""
    body = FAREWELL.replace("wait", "lambda: (print('waiting', flush=True), time.sleep(0.5))", 1)
    assert ended(body, signal.SIGINT) == (3, "")


def test_threads_that_are_left_keep_nobody_waiting() -> None:
    assert ended("threading.Thread(target=wait, daemon=True).start(); time.sleep(0.2); return 4") == (4, "")


def test_in_the_background_of_a_shell_ctrl_c_is_not_meant() -> None:
    body = "print('waiting', flush=True); time.sleep(0.5); return 0"
    assert ended(body, signal.SIGINT, heard=signal.SIG_IGN) == (0, "")
