"""The wheel is everything a deployment needs: installed into an empty environment, it migrates and serves."""

import io
import os
import runpy
import socket
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from betterauth_py._version import DISTRIBUTION
from tests.packaging.dockerfile import stages
from tests.packaging.test_lockfiles import LEFT_OUT, pins

ROOT = Path(__file__).parents[2]
VERSION: str = runpy.run_path(str(ROOT / "betterauth_py" / "_version.py"))["__version__"]
START_SECONDS = 30.0
RECORDER = "betterauth_py/conformance/recorder/"
KIT = "betterauth_py/conformance/kit.tar.xz"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command with none of the developer's configuration in its environment."""
    ours = ("BETTER_AUTH_", "AUTH_SECRET", "DATABASE_URL", "NODE_ENV", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        command, cwd=cwd, env=kept | environment, capture_output=True, text=True, timeout=300, check=False
    )


def succeed(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    done = run(*command, cwd=cwd, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and the wheel built from that archive alone."""
    folder = tmp_path_factory.mktemp("dist")
    succeed(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    (wheel,) = distributions.glob("*.whl")
    return wheel


def empty_environment(folder: Path) -> tuple[str | Path, ...]:
    """Makes a virtual environment, and returns the command that installs into it."""
    succeed(sys.executable, "-m", "venv", "--without-pip", folder)
    return (sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet", "--no-input")


@pytest.fixture(scope="module")
def server(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment with what the server's lock file names, as in the image."""
    folder = tmp_path_factory.mktemp("server")
    install = empty_environment(folder)
    succeed(*install, "--no-deps", "--require-hashes", "-r", ROOT / "requirements-server.lock")
    succeed(*install, "--no-deps", "--no-index", wheel)
    return folder / "bin"


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment with `betterauth-py` and no extra."""
    folder = tmp_path_factory.mktemp("base")
    install = empty_environment(folder)
    versions = folder / "versions.txt"
    versions.write_text("".join(f"{name}=={version}\n" for name, version in pins(ROOT / "requirements.lock").items()))
    succeed(*install, "--constraint", versions, wheel)
    return folder / "bin"


def test_the_wheel_holds_every_file_of_the_package_and_the_migrations(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "betterauth_py", "migrations"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    expected = {
        path.replace("migrations/", "betterauth_py/migrations/", 1) if path.startswith("migrations/") else path
        for path in tracked
        if (ROOT / path).exists()
    }
    assert "betterauth_py/py.typed" in expected
    assert "betterauth_py/migrations/env.py" in expected
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    # What starts better-auth on Node or a PostgreSQL records; the wheel plays and compares.
    records = {name for name in expected if name.startswith(RECORDER)}
    assert f"{RECORDER}writing.py" in records
    records.add("betterauth_py/conformance/__main__.py")
    assert packed == expected - records | {KIT}


def test_the_wheel_holds_every_scenario_and_its_recording_in_little_space(wheel: Path) -> None:
    content = zipfile.ZipFile(wheel).read(KIT)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        packed = set(archive.getnames())
    scenarios = ROOT / "contracts" / "scenarios"
    places = [path.relative_to(scenarios).as_posix() for path in scenarios.rglob("*.yaml")]
    assert len(places) > 100
    assert len(content) < 1_000 * len(places)
    expected = {f"{folder}/{place}" for place in places for folder in ("scenarios", "recordings")}
    earlier = (ROOT / "contracts" / "recordings").glob("[0-9]*/**/*.yaml")
    expected |= {path.relative_to(ROOT / "contracts").as_posix() for path in earlier}
    functions = {path.name for path in (ROOT / "contracts" / "oracle" / "functions").glob("*.mjs")}
    expected |= {f"oracle/functions/{name}" for name in functions}
    assert packed == expected | {"endpoints.json", "oracle/callables.mjs", "oracle/hooks.mjs", "oracle/plugins.mjs"}


def test_the_wheel_is_named_after_the_version(wheel: Path) -> None:
    assert wheel.name == f"{DISTRIBUTION.replace('-', '_')}-{VERSION}-py3-none-any.whl"


def test_the_command_states_its_version(server: Path) -> None:
    assert VERSION in succeed(server / "betterauth", "version")
    assert succeed(server / "python", "-m", "betterauth_py", "version") == succeed(server / "betterauth", "version")


def test_secrets_are_long_and_never_the_same(server: Path) -> None:
    first, second = (succeed(server / "betterauth", "secret").strip() for _ in range(2))
    assert len(first) >= 32
    assert first != second


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(command: list[str | Path], folder: Path, port: int, environment: dict[str, str]) -> Iterator[httpx.Client]:
    """The server as its own process; it has to end by itself when it is asked to."""
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            deadline = time.monotonic() + START_SECONDS
            while True:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                try:
                    client.get("/health/ready")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield client
        process.terminate()
        process.wait(timeout=15)
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


def test_nothing_is_missing_that_the_server_imports(server: Path) -> None:
    """What the lock leaves out is not there; the tests below migrate and serve all the same."""
    checked = run(sys.executable, "-m", "pip", "--python", server / "python", "check")
    assert {line.split()[3].rstrip(",") for line in checked.stdout.splitlines()} <= LEFT_OUT, checked.stdout
    for module in ("faker", "litestar_htmx", "polyfactory", "rich"):
        assert run(server / "python", "-c", f"import {module}").returncode == 1, module


def test_a_new_database_is_migrated_and_served(server: Path, tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "betterauth.toml"
    config.write_text(f'base_url = "http://127.0.0.1:{port}"\n[email_and_password]\nenabled = true\n')
    environment = {
        "PATH": os.environ["PATH"],
        "BETTER_AUTH_ENV": "production",
        "BETTER_AUTH_SECRET": succeed(server / "betterauth", "secret").strip(),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'auth.db'}",
    }
    for _ in range(2):  # the second time there is nothing to do
        succeed(server / "betterauth", "migrate", "--config", config, cwd=tmp_path, **environment)
        assert (tmp_path / "auth.db").is_file()

    serve: list[str | Path] = [server / "betterauth", "serve", "--port", str(port), "--config", config]
    with serving(serve, tmp_path, port, environment) as client:
        ready = client.get("/api/auth/ok")
        assert (ready.status_code, ready.json()) == (200, {"ok": True})
        signed_up = client.post(
            "/api/auth/sign-up/email",
            json={"name": "Ada", "email": "ada@example.com", "password": "correct horse battery"},
        )
        assert signed_up.status_code == 200, signed_up.text

        _, flag, snippet = stages()[-1].last("HEALTHCHECK").command
        succeed(server / "python", flag, snippet, PORT=str(port))


def test_the_base_install_is_only_what_verifying_a_session_takes(base: Path) -> None:
    missing = ("alembic", "argon2", "asyncpg", "litestar", "msgspec", "sqlalchemy", "uvicorn")
    succeed(base / "python", "-c", "import betterauth_py")
    for module in missing:
        assert run(base / "python", "-c", f"import {module}").returncode == 1, module


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_the_base_install_says_which_extra_the_server_needs(base: Path, command: str) -> None:
    done = run(base / "betterauth", command)
    assert done.returncode not in {0, None}
    assert f"{DISTRIBUTION}[server]" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stdout + done.stderr


def test_the_base_install_says_which_extra_conformance_needs(base: Path) -> None:
    done = run(base / "betterauth", "conformance", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert f"{DISTRIBUTION}[conformance]" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_with_its_extra_conformance_finds_its_kit(base: Path, wheel: Path, tmp_path: Path) -> None:
    yaml = f"pyyaml=={pins(ROOT / 'requirements.lock')['pyyaml']}"
    succeed(sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--target", tmp_path / "extra", yaml)
    added = {"PYTHONPATH": str(tmp_path / "extra")}
    assert "sign-in" in succeed(base / "betterauth", "conformance", "--list-profiles", cwd=tmp_path, **added)
    nowhere = run(base / "betterauth", "conformance", "http://127.0.0.1:1", cwd=tmp_path, **added)
    assert nowhere.stderr.startswith("betterauth: Nothing answers at http://127.0.0.1:1")


def test_the_base_install_can_still_list_the_commands(base: Path) -> None:
    listed = succeed(base / "betterauth", "--help")
    assert listed == succeed(base / "python", "-m", "betterauth_py", "--help")
    for command in ("migrate", "secret", "serve", "version"):
        assert command in listed
