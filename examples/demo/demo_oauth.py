"""The React example with three providers' buttons, the auth server and an identity provider, until Ctrl-C.

`make demo-oauth` runs this. All three buttons lead to the identity provider on this machine, so nobody needs an
account anywhere. It needs the Node packages of examples/react and tests/clients.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path

from demo import (
    ROOT,
    build_page,
    check_ports,
    main,
    page_served,
    serve_command,
    server_environment,
    started,
    wait_for,
    watch,
)

PROVIDERS = {"github": "GitHub", "google": "Google", "microsoft": "Microsoft"}
SECRET = "a secret of the demo"


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make demo-oauth", description=__doc__)
    parser.add_argument("--page-port", type=int, default=3000)
    parser.add_argument("--auth-port", type=int, default=3001)
    parser.add_argument("--provider-port", type=int, default=3002)
    parser.add_argument("--folder", type=Path, default=ROOT / ".betterauth" / "demo-oauth", help="of the database")
    return parser.parse_args()


def run(arguments: argparse.Namespace) -> None:
    """Start everything, and wait."""
    check_ports(arguments, "make demo-oauth", ("page_port", "auth_port", "provider_port"))
    page_url, auth_url, provider_url = (
        f"http://localhost:{port}" for port in (arguments.page_port, arguments.auth_port, arguments.provider_port)
    )
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    buttons = ",".join(f"{provider}={name}" for provider, name in PROVIDERS.items())
    react = ROOT / "examples" / "react" / "build.mjs"
    build_page(react, folder / "page", {"AUTH_URL": auth_url, "PROVIDERS": buttons})

    config = folder / "betterauth.toml"
    config.write_text(configuration(page_url, auth_url, provider_url))
    script = ROOT / "tests" / "clients" / "identity_provider.mjs"
    provider = ["node", str(script), str(arguments.provider_port), json.dumps(clients(auth_url))]
    environment = server_environment(folder)
    with ExitStack() as running:
        provider_process = running.enter_context(started("idp", provider, folder, environment))
        wait_for(f"{provider_url}/health/ready", provider_process)
        auth_server = serve_command(config, arguments.auth_port)
        auth_process = running.enter_context(started("auth", auth_server, folder, environment))
        wait_for(f"{auth_url}/health/ready", auth_process)
        running.enter_context(page_served(arguments.page_port, folder / "page"))
        print(f"\n  Page                {page_url}   <- open this\n  Auth server         {auth_url}/reference")
        print(f"  Identity provider   {provider_url}\n\nCtrl-C stops all three.", flush=True)
        watch({"identity provider": provider_process, "auth server": auth_process})


def configuration(page_url: str, auth_url: str, provider_url: str) -> str:
    """Return the configuration of the auth server. Real ones have `[social_providers.github]` instead."""
    parts = [f'base_url = "{auth_url}"\ntrusted_origins = ["{page_url}"]\n\n[email_and_password]\nenabled = true\n']
    parts += [
        f'[[plugins.generic-oauth.config]]\nprovider_id = "{provider}"\nname = "{name}"\n'
        f'discovery_url = "{provider_url}/.well-known/openid-configuration"\n'
        f'client_id = "{provider}"\nclient_secret = "{SECRET}"\nscopes = ["email", "profile"]\n'
        "disable_provider_logout = true\n"
        for provider, name in PROVIDERS.items()
    ]
    return "\n".join(parts)


def clients(auth_url: str) -> dict[str, dict[str, object]]:
    """Return what the identity provider knows of the auth server, under the id of each provider that it plays."""
    return {
        provider: {
            "client_name": name,
            "client_secret": SECRET,
            "redirect_uris": [f"{auth_url}/api/auth/callback/{provider}"],
            "token_endpoint_auth_method": "client_secret_post",
        }
        for provider, name in PROVIDERS.items()
    }


if __name__ == "__main__":
    sys.exit(main(read_arguments(), run))
