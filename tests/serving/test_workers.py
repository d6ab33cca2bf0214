"""Several processes: one that ends is replaced, whatever keeps the next from starting, and nobody is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.cli.command import Server, run, serving, surroundings, wait_until_it_answers
from tests.store.stoppable import stoppable_postgresql


def workers(server: Server) -> set[int]:
    """The processes that serve."""
    found = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(server.process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return {int(line.split()[0]) for line in found.stdout.splitlines() if "spawn_main" in line}


def eventually(holds: Callable[[], object], seconds: float = 40) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def ready(server: Server) -> bool:
    try:
        return server.ask("GET", "/health/ready").status == 200
    except OSError:
        return False


def test_a_killed_worker_is_replaced_and_the_log_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        eventually(lambda: len(workers(server)) == 2)
        before = workers(server)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        eventually(lambda: len(workers(server)) == 2 and victim not in workers(server))
        assert f"Worker {victim} ended (killed by SIGKILL); another starts now" in server.printed
        assert server.ask("GET", "/api/auth/ok").status == 200
        assert server.stop() == 0


def test_a_worker_lost_while_the_database_is_away_comes_back_with_it(tmp_path: Path) -> None:
    with stoppable_postgresql() as postgresql:
        assert run(tmp_path, "migrate", DATABASE_URL=postgresql.url).returncode == 0
        with serving(tmp_path, "--workers", "2", DATABASE_URL=postgresql.url) as server:
            eventually(lambda: len(workers(server)) == 2 and ready(server))
            postgresql.stop()
            for worker in workers(server):
                os.kill(worker, signal.SIGKILL)
            eventually(lambda: server.printed.count("cannot start") >= 4)
            assert server.process.poll() is None
            assert "another starts in 0.5 s" in server.printed
            assert "Traceback" not in server.printed
            postgresql.start()
            eventually(lambda: len(workers(server)) == 2 and ready(server))
            assert server.stop() == 0


def test_a_configuration_that_became_wrong_is_tried_again_until_it_is_right(tmp_path: Path) -> None:
    file = tmp_path / "betterauth.toml"
    file.write_text("")
    with serving(tmp_path, "--workers", "2") as server:
        # Both have read the file as it was.
        eventually(lambda: server.printed.count("Development, because") == 2)
        file.write_text("nonsense = 1\n")
        os.kill(min(workers(server)), signal.SIGKILL)
        eventually(lambda: "cannot start: Unknown option `nonsense`" in server.printed)
        assert server.ask("GET", "/api/auth/ok").status == 200
        file.write_text("")
        eventually(lambda: len(workers(server)) == 2 and server.ask("GET", "/api/auth/ok").status == 200)
        assert "Traceback" not in server.printed
        assert server.stop() == 0


def test_workers_do_not_outlive_their_parent(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        eventually(lambda: len(workers(server)) == 2)
        left = workers(server)
        server.process.kill()
        server.process.wait()
        eventually(lambda: not any(Path(f"/proc/{worker}").exists() for worker in left))
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", server.port))


def test_a_hangup_replaces_the_workers_without_losing_a_request(tmp_path: Path) -> None:
    statuses: list[int] = []
    done = threading.Event()

    def ask(server: Server) -> None:
        while not done.is_set():
            try:
                statuses.append(server.ask("GET", "/api/auth/ok").status)
            except OSError:
                statuses.append(0)

    with serving(tmp_path, "--workers", "2") as server:
        eventually(lambda: len(workers(server)) == 2)
        before = workers(server)
        asking = threading.Thread(target=ask, args=(server,))
        asking.start()
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: len(workers(server)) == 2 and not workers(server) & before)
        done.set()
        asking.join(timeout=25)
        assert server.stop() == 0
    assert len(statuses) > 10
    assert set(statuses) == {200}


def test_a_worker_whose_event_loop_is_stuck_is_replaced(tmp_path: Path) -> None:
    # A minute's patience is too long for a test.
    program = (
        "import sys; from betterauth_py.cli import main; from betterauth_py.serving import workers;"
        "workers._LONGEST_SILENCE = 8.0; workers._LONGEST_START = 20.0;"
        "sys.exit(main(sys.argv[1:])) if __name__ == '__main__' else None"
    )
    (tmp_path / "program.py").write_text(program)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "program.py", "serve", "--workers", "2", "--port", str(port)],
            cwd=tmp_path, env=surroundings(), stdout=output, stderr=output,
        )  # fmt: skip
    server = Server(process, port, log)
    try:
        wait_until_it_answers(server)
        eventually(lambda: len(workers(server)) == 2)
        stuck = min(workers(server))
        os.kill(stuck, signal.SIGSTOP)
        eventually(lambda: len(workers(server)) == 2 and stuck not in workers(server))
        # On a busy machine it may have been stopped before it served.
        reasons = ("its event loop has been stuck for 8 s", "it has not begun to serve for 20 s")
        assert any(f"Killing worker {stuck}: {reason}" in server.printed for reason in reasons)
        assert server.stop() == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_workers_log_no_request_that_the_server_does_not_log(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        for _ in range(10):
            server.ask("GET", "/api/auth/verify-email?token=hidden")
        assert server.stop() == 0
        assert "hidden" not in server.printed
        assert "GET " not in server.printed
