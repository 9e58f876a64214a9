"""Security headers, the same on every response unless a handler set its own."""

from __future__ import annotations

import secrets

from aiohttp import web

REQUEST_ID = web.RequestKey("request_id", str)

_BASE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # not no-referrer: browsers then send `Origin: null` with forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For anything that a stranger uploaded: it may not run, load, frame or be framed."""


MICROPHONE = _BASE["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
"""For the page whose reader speaks with callers."""


def page_policy(nonce: str, socket: str = "") -> str:
    """The content security policy of our own pages: only our own code, styles, images and sockets, and one `socket`."""
    source = f"'self' {socket}".strip()
    return (
        "default-src 'none'; "
        f"script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
        f"img-src 'self' data: blob:; font-src 'self'; connect-src {source}; media-src 'self' data:; "
        "worker-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; object-src 'none'"
    )


def new_nonce() -> str:
    """A fresh nonce of 128 bits."""
    return secrets.token_urlsafe(16)


async def add_headers(request: web.Request, response: web.StreamResponse, *, https: bool = False) -> None:
    """Set what the handler has not set. Connected to the application's `on_response_prepare`."""
    headers = response.headers
    for name, value in _BASE.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", _NOTHING)
    if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
        headers.setdefault("X-Frame-Options", "DENY")
    if https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if (request_id := request.get(REQUEST_ID)) is not None:
        headers["X-Request-Id"] = request_id
    headers.setdefault("Cache-Control", "no-store")
    headers.popall("Server", None)
