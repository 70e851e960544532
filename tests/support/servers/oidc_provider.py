"""OpenID Connect provider for tests, over real HTTP, which can be made to violate the protocol.

It has discovery, authorization code with PKCE, client authentication, signed ID tokens, and
userinfo. Its authorization endpoint signs in every browser as `username`.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "cme"
CLIENT_SECRET = "a-secret-of-the-tests"
FIRST_KEY = RSAKey.generate_key(2048, {"kid": "1"})


@dataclass
class Grant:
    """An authorization code's request, expiry and use."""

    query: dict[str, str]
    expires_at: float
    used: bool = False


@dataclass
class OidcProvider:
    """The provider's state, and the violations that a test has set."""

    issuer: str = ""
    username: str = "kim"
    subject: str = "subject-1"
    claims: dict[str, Any] = field(default_factory=dict)  # override those of the ID token
    without: set[str] = field(default_factory=set)  # claims omitted from the ID token
    userinfo: dict[str, Any] | None = None
    document: dict[str, Any] = field(default_factory=dict)  # overrides the discovery document
    answer: dict[str, str] = field(default_factory=dict)  # overrides the query of the callback
    algorithm: str = "RS256"
    broken: dict[str, int] = field(default_factory=dict)  # path -> status
    bodies: dict[str, Callable[[], Iterator[bytes]]] = field(default_factory=dict)  # path -> chunks
    headers: dict[str, str] = field(default_factory=dict)  # more headers of such a body
    sent: int = 0  # bytes of such bodies that a client has taken
    code_lifetime: float = 60
    key: RSAKey | OctKey = field(default_factory=lambda: FIRST_KEY)
    published: RSAKey | OctKey | None = None
    grants: dict[str, Grant] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def rotate_key(self) -> None:
        """Rotate the key: sign with a new one, and publish it."""
        self.key = RSAKey.generate_key(2048, {"kid": str(int(self.key.kid or 1) + 1)})

    def discovery(self) -> dict[str, Any]:
        """The discovery document at /.well-known/openid-configuration."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
            **self.document,
        }

    def authorize(self, query: dict[str, str]) -> str:
        """The callback URL with a code, to which the browser is redirected."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe()
        self.grants[code] = Grant(query, time.time() + self.code_lifetime)
        answer = {"code": code, "state": query["state"], "iss": self.issuer, **self.answer}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint's response to a code: status and document."""
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        posted = (form.get("client_id"), form.get("client_secret"))
        if posted != (CLIENT_ID, CLIENT_SECRET) and authorization != f"Basic {basic}":
            return 401, {"error": "invalid_client"}
        grant = self.grants.get(form.get("code", ""))
        if grant is None or grant.used or time.time() >= grant.expires_at:
            return 400, {"error": "invalid_grant"}
        grant.used = True
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64url(digest) != grant.query["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form.get("redirect_uri") != grant.query["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": secrets.token_urlsafe(),
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.id_token(grant.query["nonce"]),
        }

    def id_token(self, nonce: str) -> str:
        """The ID token of the user, signed with the current key."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "preferred_username": self.username,
            **self.claims,
        }
        included = {name: value for name, value in claims.items() if name not in self.without}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, included))
        if self.algorithm == "none":
            return f"{signed}."
        if self.algorithm == "HS256" and isinstance(self.key, RSAKey):
            # Algorithm confusion: the public key as the secret of a symmetric signature.
            secret = self.key.as_pem(private=False)
            return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"
        return jwt.encode(header, included, self.key)

    def keys(self) -> dict[str, Any]:
        """The key set: the signing key, or `published` if set."""
        return {"keys": [_published(self.published or self.key)]}


def _published(key: RSAKey | OctKey) -> dict[str, Any]:
    # A symmetric key has no public part, so publishing it discloses the secret.
    return dict(key.as_dict(private=isinstance(key, OctKey)))


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@contextmanager
def run_oidc_provider() -> Iterator[OidcProvider]:
    """Run a provider on a free port until the end of the block."""
    provider = OidcProvider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _send_chunks(
    handler: BaseHTTPRequestHandler, provider: OidcProvider, chunks: Iterator[bytes]
) -> None:
    """The rest of a response without a length, until the client closes the connection."""
    for name, value in {"Connection": "close", **provider.headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    with suppress(OSError):
        for chunk in chunks:
            handler.wfile.write(chunk)
            provider.sent += len(chunk)


def _handler(provider: OidcProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            provider.requests.append(address.path)
            if address.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                self._answer(303, {}, location=provider.authorize(query))
                return
            documents = {
                "/.well-known/openid-configuration": provider.discovery(),
                "/keys": provider.keys(),
                "/userinfo": provider.userinfo,
            }
            document = documents.get(address.path)
            self._answer(200 if document is not None else 404, document or {})

        def do_POST(self) -> None:
            provider.requests.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, document: dict[str, Any], location: str = "") -> None:
            status = provider.broken.get(urlsplit(self.path).path, status)
            location = location or ("/elsewhere" if status == 302 else "")
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if chunks := provider.bodies.get(urlsplit(self.path).path):
                _send_chunks(self, provider, chunks())
                return
            self.send_header("Content-Length", str(len(body)))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            pass

    return Handler
