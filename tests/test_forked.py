"""A forked command is the same as an executed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import forked
from tests.crawling import until

GIVEN = "一行\n"
PROGRAMS = {
    "what it is given": """
        import os, sys
        print(__name__, __file__, __package__, sys.argv, os.getcwd(), sorted(os.environ.items()), sys.stdin.read())
    """,
    "how it is set up": """
        import os, resource, signal, sys, threading, time, warnings
        print(sys.path, sys.flags, time.tzname, threading.active_count())
        print(sys.warnoptions, [each for each in warnings.filters if each[3] in (None, "__main__")
                                and each[2].__module__ == "builtins"])  # others are of modules that were imported
        print([signal.getsignal(number) for number in sorted(signal.valid_signals())], os.umask(0))
        print([resource.getrlimit(kind) for kind in range(10)], signal.pthread_sigmask(signal.SIG_BLOCK, []))
    """,
    "its streams": """
        import os, sys
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            print(stream.encoding, stream.errors, stream.line_buffering, stream.isatty(), stream.fileno())
            os.write(2, b"before\\n")
            print("behind", file=sys.stderr)
        print(sys.__stdout__ is sys.stdout)
    """,
    "what it leaves open": """
        import atexit, io
        atexit.register(print, "at exit")
        kept = open(__file__)
        print("unflushed", end="")
    """,
    "an exit status": "raise SystemExit(7)",
    "a last word": "raise SystemExit('一句话')",
    "an exception": """
        def fail():
            raise ValueError("一个错误")
        try:
            fail()
        except ValueError as error:
            raise RuntimeError from error
    """,
    "a warning": "import warnings; warnings.warn('old', DeprecationWarning)",
    "a signal of its own": "import os; os.kill(os.getpid(), 6)",
    "an interruption": "raise KeyboardInterrupt",
    "a broken import": "import no_such_module",
    "a broken pipe": "import sys; sys.stdout.close(); print('x')",
}
WAITING = "print('ready', flush=True); import time; time.sleep(60)"


def program(directory: Path, text: str) -> None:
    lines = text.split("\n")
    (directory / "program.py").write_text("\n".join(line.removeprefix(" " * 8) for line in lines))


def environment() -> dict[str, str]:
    return {**os.environ, **forked.STRICT, "ONLY": "here", "TZ": "Asia/Shanghai"}


def executed(directory: Path, module: str, *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(
        command, cwd=directory, env=environment(), input=GIVEN, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def forked_once(directory: Path, module: str, *words: str) -> tuple[int | None, str, str]:
    process = forked.start(module, words, env=environment(), cwd=directory)
    out, err = process.communicate(GIVEN, timeout=20)
    return process.returncode, out, err


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_it_is_the_same_as_an_executed_one(tmp_path: Path, text: str) -> None:
    program(tmp_path, text)
    words = ("program", "-a", "sids=1-9", "词")
    assert forked_once(tmp_path, *words) == executed(tmp_path, *words)


@pytest.mark.long
@pytest.mark.parametrize("words", [("--version",), ("--help",), ("crawl", "nothing"), ("nonsense",)])
def test_the_command_is_the_same_as_an_executed_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert forked_once(tmp_path, "solidot_spider", *words) == executed(tmp_path, "solidot_spider", *words)


def test_a_module_that_does_not_exist_is_told_alike(tmp_path: Path) -> None:
    assert forked_once(tmp_path, "nowhere") == executed(tmp_path, "nowhere")


def test_no_descriptor_and_no_reactor_of_the_server_reaches_it(tmp_path: Path) -> None:
    program(tmp_path, "import os, sys; print(os.listdir('/proc/self/fd'), 'twisted.internet.reactor' in sys.modules)")
    assert forked_once(tmp_path, "program") == executed(tmp_path, "program")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_a_signal_ends_the_command_itself(tmp_path: Path, number: signal.Signals) -> None:
    program(tmp_path, WAITING)
    process = forked.start("program", (), env=environment(), cwd=tmp_path)
    other = forked.start("program", (), env=environment(), cwd=tmp_path)
    assert process.stdout.readline() == other.stdout.readline() == "ready\n"
    assert process.pid not in (os.getpid(), other.pid)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    process.send_signal(number)
    assert process.wait(10) == process.poll() == process.returncode == -number
    assert other.poll() is None
    other.kill()
    for each in (process, other):
        each.communicate()


def test_much_is_given_and_printed_at_once(tmp_path: Path) -> None:
    program(tmp_path, "import sys; text = sys.stdin.read(); sys.stderr.write(text); print(len(text))")
    process = forked.start("program", (), env=environment(), cwd=tmp_path)
    text = "字" * 500_000
    assert process.communicate(text, timeout=20) == ("500000\n", text)


def test_a_limit_holds_for_the_command_alone(tmp_path: Path) -> None:
    program(tmp_path, "from pathlib import Path; Path('big').write_bytes(bytes(3000))")
    process = forked.start("program", (), env=environment(), cwd=tmp_path, limits={"RLIMIT_FSIZE": 1000})
    _, err = process.communicate()
    assert process.returncode == 1
    assert "File too large" in err
    assert forked_once(tmp_path, "program") == (0, "", "")
    assert (tmp_path / "big").stat().st_size == 3000


@pytest.mark.long
def test_nothing_outlives_tests_that_are_killed(tmp_path: Path) -> None:
    program(tmp_path, WAITING)
    tests = (
        "import os, sys; from pathlib import Path; from tests import forked;"
        f"process = forked.start('program', (), env=dict(os.environ), cwd=Path({str(tmp_path)!r}));"
        "print(process.stdout.readline(), process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", tests], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout
        assert killed.stdout.readline() == "ready\n"
        pid = int(killed.stdout.readline())
        os.kill(pid, 0)
        killed.kill()
    until(lambda: not Path(f"/proc/{pid}").exists())
