"""What can be said about the image and the compose file without a Docker engine."""

import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from betterauth_py.assembly.options import load_options
from betterauth_py.cli.settings import DRAIN_SECONDS, SETTINGS, ServeSettings
from betterauth_py.options.variables import OWN_NAMES, option_variables
from tests.packaging.dockerfile import Stage, stages

ROOT = Path(__file__).parents[2]
BUILD, RUN = stages()


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return services


def sources(stage: Stage) -> list[str]:
    return [source for copy in stage.all("COPY") if "from" not in copy.flags for source in copy.words[:-1]]


def sent_to_the_builder(source: str) -> bool:
    """Whether .dockerignore, which excludes everything first, lets the path through."""
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in patterns
    return any(pattern.startswith("!") and fnmatch(source, pattern[1:]) for pattern in patterns)


def test_both_stages_are_the_same_slim_python() -> None:
    assert BUILD.image == RUN.image
    assert re.fullmatch(r"python:3\.\d+-slim", RUN.image)


def test_everything_copied_exists_and_is_sent() -> None:
    assert sources(BUILD)
    for source in sources(BUILD):
        assert (ROOT / source).exists(), source
        assert sent_to_the_builder(source), source


def test_the_running_stage_takes_only_the_installation() -> None:
    assert sources(RUN) == []
    assert [copy.flags["from"] for copy in RUN.all("COPY")] == [BUILD.name]


def test_nothing_is_installed_without_a_hash() -> None:
    for run in BUILD.all("RUN"):
        for command in run.argument.split("&&"):
            # apt checks Debian's signatures.
            if " install " in command and "apt-get" not in command:
                assert "--require-hashes" in command or "--no-index" in command, command


def test_the_server_does_not_run_as_root() -> None:
    user, _, group = RUN.last("USER").argument.partition(":")
    assert user.isdecimal(), "a number, so that an orchestrator can tell that it is not root"
    assert int(user) > 0
    assert int(group) > 0
    last_change = max(RUN.instructions.index(step) for step in [*RUN.all("RUN"), *RUN.all("COPY")])
    assert RUN.instructions.index(RUN.last("USER")) > last_change


def test_the_image_is_the_command_line() -> None:
    assert RUN.last("ENTRYPOINT").command == ["betterauth"]
    assert RUN.last("CMD").command == ["serve"]


def variables() -> dict[str, str]:
    """The environment of the image."""
    words = " ".join(instruction.argument for instruction in RUN.all("ENV")).split()
    return dict(word.split("=", 1) for word in words)


def test_host_and_port_are_variables_and_sqlite_has_a_volume() -> None:
    assert (variables()["HOST"], variables()["PORT"]) == ("0.0.0.0", RUN.last("EXPOSE").argument)
    folder = RUN.last("VOLUME").argument
    assert variables()["DATABASE_URL"] == f"sqlite:///{folder}/auth.db"
    assert f"--owner=betterauth --group=betterauth {folder}" in RUN.last("RUN").argument
    assert variables()["BETTER_AUTH_ENV"] == "production"


def test_every_variable_of_the_image_and_of_compose_is_one_that_is_read(services: dict[str, dict[str, Any]]) -> None:
    ours = {*option_variables(), *OWN_NAMES.values(), *(setting.variable for setting in SETTINGS)}
    given = {*variables(), *services["auth"]["environment"]}
    assert given - ours == {"PATH", "PYTHONUNBUFFERED", "GLIBC_TUNABLES"}
    passed = {*OWN_NAMES.values(), *(setting.variable for setting in SETTINGS)}
    assert passed - set(services["auth"]["environment"]) == {"BETTER_AUTH_CONFIG", "BETTER_AUTH_RELOAD"}
    assert services["auth"]["env_file"] == [{"path": ".env", "required": False}]


def test_the_service_ends_before_it_is_killed(services: dict[str, dict[str, Any]]) -> None:
    settings, mails = ServeSettings(), 10
    longest = DRAIN_SECONDS + settings.grace + mails
    assert float(services["auth"]["stop_grace_period"].removesuffix("s")) > longest + 5
    unit = (ROOT / "deploy" / "betterauth.service").read_text()
    assert float(re.findall(r"TimeoutStopSec=(\d+)", unit)[0]) > longest + 5
    pod = next(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text()))["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] > 5 + longest + 5


def test_the_compose_file_is_for_production(services: dict[str, dict[str, Any]]) -> None:
    auth = services["auth"]
    assert auth["environment"]["BETTER_AUTH_ENV"] == "production"
    assert auth["environment"]["BETTER_AUTH_URL"].startswith("${BETTER_AUTH_URL:?")
    (mounted,) = auth["volumes"]
    options = load_options(tomllib.loads((ROOT / mounted.partition(":")[0]).read_text()))
    assert options.trusted_origins == [], "the development's own are not trusted"
    assert options.base_url is None
    assert options.rate_limit.storage == "database", "counts are shared by processes"
    assert [name for name, one in services.items() if "build" in one] == ["auth"]
    assert [
        name for name, one in services.items() if name not in {"auth", "migrate"} and "healthcheck" not in one
    ] == []


def test_the_example_of_an_environment_names_what_is_read() -> None:
    ours = {*option_variables(), *OWN_NAMES.values(), *(setting.variable for setting in SETTINGS), "POSTGRES_PASSWORD"}
    lines = (ROOT / "deploy" / "example.env").read_text().splitlines()
    names = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert set(names) <= ours


def test_the_kubernetes_manifests_agree_with_the_image() -> None:
    deployment, service, budget = yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text())
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (migrate,) = pod["initContainers"]
    assert container["ports"] == [{"name": "http", "containerPort": int(RUN.last("EXPOSE").argument)}]
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == RUN.last("USER").argument
    assert (migrate["args"], container["args"]) == (["migrate"], ["serve"])
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["readinessProbe"]["timeoutSeconds"] > 3, "the server takes up to three seconds to answer"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live", "not killed because the database is away"
    assert container["lifecycle"]["preStop"]["exec"]["command"][0] == "python"
    assert {*option_variables(), *OWN_NAMES.values(), "BETTER_AUTH_LOG_FORMAT"} >= {
        one["name"] for one in container["env"]
    }
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"] == budget["spec"]["selector"]["matchLabels"] == labels
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


def test_proxies_give_idle_connections_up_before_the_server_does() -> None:
    nginx, caddy = ((ROOT / "deploy" / name).read_text() for name in ("nginx.conf", "Caddyfile"))
    times = [re.findall(r"keepalive_timeout (\d+)s;", nginx), re.findall(r"keepalive (\d+)s", caddy)]
    assert [time for found in times for time in found if float(time) + 30 > ServeSettings().keep_alive] == []
    assert all(times)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx, "replaced, not appended to"


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A server that answers GET /health/ready with that status, and its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def healthy(port: int) -> bool:
    interpreter, flag, snippet = RUN.last("HEALTHCHECK").command
    assert (interpreter, flag) == ("python", "-c")
    compile(snippet, "HEALTHCHECK", "exec")
    check = subprocess.run([sys.executable, flag, snippet], capture_output=True, check=False, env={"PORT": str(port)})
    return check.returncode == 0


@pytest.mark.parametrize(("status", "verdict"), [(200, True), (404, False), (500, False), (503, False)])
def test_the_health_check_believes_only_200(status: int, verdict: bool) -> None:
    with answering(status) as port:
        assert healthy(port) is verdict


def test_the_health_check_fails_where_nothing_answers() -> None:
    with answering(200) as port:
        pass
    assert not healthy(port)


def test_the_server_waits_for_the_migration_and_that_for_the_database(services: dict[str, dict[str, Any]]) -> None:
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["auth"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["command"] == ["migrate"]
    assert "command" not in services["auth"], "the image's own command serves"


def test_both_services_are_the_same_image(services: dict[str, dict[str, Any]]) -> None:
    for service in (services["migrate"], services["auth"]):
        assert service["image"] == "betterauth-py"
    assert services["migrate"]["environment"] == services["auth"]["environment"]


def test_the_published_port_is_the_exposed_one(services: dict[str, dict[str, Any]]) -> None:
    (published,) = services["auth"]["ports"]
    assert published.rpartition(":")[2] == RUN.last("EXPOSE").argument


def test_the_database_is_postgresql_17_and_keeps_its_data(services: dict[str, dict[str, Any]]) -> None:
    database = services["database"]
    assert database["image"] == "${POSTGRES_IMAGE:-postgres:17}"
    assert database["volumes"] == ["database:/var/lib/postgresql/data"]
    assert database["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert "ports" not in database, "only the services beside it reach it"


def test_secrets_come_from_the_environment_and_have_no_default(services: dict[str, dict[str, Any]]) -> None:
    auth, database = services["auth"]["environment"], services["database"]["environment"]
    assert auth["BETTER_AUTH_SECRET"].startswith("${BETTER_AUTH_SECRET:?")
    assert database["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert f"betterauth:{database['POSTGRES_PASSWORD']}@database:5432/betterauth" in auth["DATABASE_URL"]
