"""The nginx and Caddy configurations of docs/deployment.md, verbatim, in front of the site."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, expect

from cme_reflex.settings import ROOT
from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.browser import launch_browser
from tests.support.e2e.cme_server import CmeServer, free_port, run_server
from tests.support.e2e.devices import PHONE

HOST = "cme.example.org"
AWAY = "We will be back in a moment"

# As in "First deployment" there.
FIT = {
    "CME_PUBLIC_URL": f"https://{HOST}",
    "CME_TRUSTED_PROXIES": "127.0.0.1",
    "CME_SECURE_COOKIES": "true",
    "CME_SECRET": "a secret of the tests that is long enough",
}

NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    access_log off;
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {limit_zone}
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name {HOST};
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        {limit}
        {site}
        {away}
    }}
}}
"""

# The documented block has the proxy directives; error handling is added before its end.
CADDY = """
{{
    admin off
    https_port {port}
    auto_https disable_redirects
    default_bind 127.0.0.1
    skip_install_trust
}}
{site}
"""

Configured = Callable[[Path, int, int], list[str]]


def documented(language: str, holds: str, server: int) -> str:
    """The code block of the documentation that contains this text, for a server on this port."""
    text = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    blocks = re.findall(r"(?ms)^```(\w*)\n(.*?)^```$", text)
    (block,) = [str(block) for named, block in blocks if named == language and holds in block]
    block = block.replace("127.0.0.1:3000", f"127.0.0.1:{server}")
    return block.replace("/srv/cme-reflex", str(ROOT))


def nginx(folder: Path, port: int, server: int) -> list[str]:
    """nginx at this port; the command that runs it."""
    limit_zone, limit = documented("nginx", "limit_conn", server).splitlines()
    values = {
        "limit_zone": limit_zone,
        "limit": limit,
        "site": documented("nginx", "proxy_pass", server),
        "away": documented("nginx", "error_page", server),
    }
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(HOST=HOST, folder=folder, port=port, **values), "utf-8")
    return [program("nginx", "nginx-light"), "-p", str(folder), "-c", str(file)]


def caddy(folder: Path, port: int, server: int) -> list[str]:
    """Caddy at this port; the command that runs it."""
    site = documented("", "reverse_proxy", server).rstrip().removesuffix("}")
    site += f"tls {folder}/certificate.pem {folder}/key.pem\n"
    site += documented("", "handle_errors", server) + "}\n"
    file = folder / "Caddyfile"
    file.write_text(CADDY.format(port=port, site=site), "utf-8")
    return [program("caddy", "caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]


def program(name: str, package: str) -> str:
    """The path of this program; as root it is installed from Debian, like the browser."""
    path = os.environ["PATH"] + ":/usr/sbin"
    if not shutil.which(name, path=path) and os.geteuid() == 0 and shutil.which("apt-get"):
        # Do not let the package start its service on the default ports.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        install = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", package]
        subprocess.run(install, env=environment, check=False)
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"{name} is not here: apt-get install {package}")
    return found


def certify(folder: Path) -> None:
    """A self-signed certificate for the host."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))


@contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    """Run this proxy until the end of the block; yields once it accepts connections."""
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "proxy.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **home}, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        for _ in range(100):
            assert process.poll() is None, (folder / "proxy.log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(15)


@pytest.mark.slow
@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_claim_works_behind_the_proxy_which_shows_the_maintenance_page(
    browser: Browser,
    server: CmeServer,
    people: Iterator[tuple[str, str]],
    tmp_path: Path,
    proxy: Configured,
) -> None:
    tmp_path.chmod(0o755)
    certify(tmp_path)
    port = free_port()
    there = f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{port}"
    mapped = launch_browser(browser.browser_type, there)
    context = mapped.new_context(
        base_url=f"https://{HOST}",
        ignore_https_errors=True,
        **PHONE,  # type: ignore[arg-type]
    )
    page = context.new_page()
    attendee = Attendee(page)
    with (
        run_server(server.database_url, tmp_path / "server.log", **FIT) as behind,
        running(proxy(tmp_path, port, behind.port), tmp_path, port),
    ):
        attendee.sign_in(*next(people))
        assert {each["name"][:7] for each in context.cookies()} == {"__Host-"}
        attendee.open_sessions()
        attendee.add_session(SEED[4])
        page.reload()
        expect(attendee.row(SEED[4]).get_by_role("button", name="Added")).to_be_visible()
        os.killpg(behind.group, signal.SIGKILL)
        answer = page.goto("/claim")
        assert answer is not None
        assert answer.status == 502
        expect(page.get_by_role("heading", name=AWAY)).to_be_visible()
    mapped.close()
