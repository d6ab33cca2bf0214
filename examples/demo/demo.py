"""Three servers that know one another, until Ctrl-C: a page, the auth server, and a FastAPI service.

`make demo` runs this. It needs the Node packages of examples/react, from which the page is built.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
START_SECONDS = 30.0
STOP_SECONDS = 10.0


class DemoError(Exception):
    """What keeps the demo from running, and what to do about it."""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves the page without a word."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


def main(arguments: argparse.Namespace, run: Callable[[argparse.Namespace], None]) -> int:
    """Run a demo."""
    # SIGTERM ends it as Ctrl-C does, and Ctrl-C does even if a shell script started it in the background.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            run(arguments)
    except DemoError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print("\nStopped.")
    return 0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--page-port", type=int, default=3000)
    parser.add_argument("--auth-port", type=int, default=3001)
    parser.add_argument("--api-port", type=int, default=8000)
    parser.add_argument("--folder", type=Path, default=ROOT / ".betterauth" / "demo", help="of the database")
    return parser.parse_args()


def run(arguments: argparse.Namespace) -> None:
    """Start everything, and wait."""
    page_url, auth_url, api_url = (
        f"http://localhost:{port}" for port in (arguments.page_port, arguments.auth_port, arguments.api_port)
    )
    check_ports(arguments, "make demo", ("page_port", "auth_port", "api_port"))
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    build_page(HERE / "build.mjs", folder / "page", {"AUTH_URL": auth_url, "API_URL": api_url})

    config = folder / "betterauth.toml"
    config.write_text(
        f'base_url = "{auth_url}"\ntrusted_origins = ["{page_url}"]\n\n[email_and_password]\nenabled = true\n'
    )
    environment = server_environment(folder) | {"AUTH_URL": auth_url, "PAGE_URL": page_url}
    auth_server = serve_command(config, arguments.auth_port)
    service = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(arguments.api_port), "--log-level", "warning"]

    with ExitStack() as running:
        auth_process = running.enter_context(started("auth", auth_server, folder, environment))
        api_process = running.enter_context(started("api", service, ROOT / "examples" / "fastapi", environment))
        wait_for(f"{auth_url}/health/ready", auth_process)
        wait_for(f"{api_url}/greeting", api_process)
        running.enter_context(page_served(arguments.page_port, folder / "page"))
        print(f"\n  Page          {page_url}   <- open this\n  Auth server   {auth_url}/reference")
        print(f"  FastAPI       {api_url}/docs\n\nCtrl-C stops all three.", flush=True)
        watch({"auth server": auth_process, "FastAPI service": api_process})


def server_environment(folder: Path) -> dict[str, str]:
    """Return the environment of an auth server that keeps its database in the folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BETTER_AUTH_")}
    return environment | {"DATABASE_URL": f"sqlite:///{folder / 'auth.db'}"}


def serve_command(config: Path, port: int) -> list[str]:
    """Return the command that runs an auth server."""
    return [sys.executable, "-m", "betterauth_py", "serve", "--config", str(config), "--port", str(port)]


def watch(processes: dict[str, subprocess.Popen[str]]) -> NoReturn:
    """Wait until a server ends by itself, which is an error."""
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                raise DemoError(f"The {name} ended by itself, with {process.returncode}. Its last words are above.")
        time.sleep(0.2)


def check_ports(arguments: argparse.Namespace, command: str, options: tuple[str, ...]) -> None:
    """Complain about ports in use, all at once."""
    taken = []
    for option in options:
        port = getattr(arguments, option)
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                taken.append((port, f"--{option.replace('_', '-')} {port + 1000 if port < 64000 else port - 1000}"))
    if taken:
        ports = " and ".join(str(port) for port, _ in taken)
        other = " ".join(option for _, option in taken)
        raise DemoError(
            f"Something listens on port {ports} already. Stop it (another `{command}` or `make serve`?), or take "
            f'other ports:\n\n    {command} DEMO_ARGS="{other}"'
        )


def build_page(script: Path, folder: Path, addresses: dict[str, str]) -> None:
    """Bundle the page with the JavaScript client."""
    if shutil.which("node") is None:
        raise DemoError("The page needs Node 20 or newer to be built, and `node` is not installed.")
    environment = os.environ | addresses | {"OUT_DIR": str(folder)}
    done = subprocess.run(
        ["node", script], cwd=script.parent, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DemoError(f"The page could not be built; `make setup-node` installs what it needs.\n{done.stderr}")


@contextmanager
def started(
    name: str, command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run a server, its words after its name; it ends when the demo does."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C is for the demo alone, which then stops one after the other
    )
    speaker = threading.Thread(target=repeat, args=(name, process), daemon=True)
    speaker.start()
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        speaker.join(STOP_SECONDS)


def repeat(name: str, process: subprocess.Popen[str]) -> None:
    """Print what a server says."""
    for line in process.stdout or ():
        print(f"{name:>5} | {line}", end="", flush=True)


def wait_for(url: str, process: subprocess.Popen[str]) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - ours
            return
        time.sleep(0.1)
    raise DemoError(f"{url} does not answer. What the server said is above.")


@contextmanager
def page_served(port: int, folder: Path) -> Iterator[None]:
    """Serve the page's files."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(QuietHandler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    sys.exit(main(read_arguments(), run))
