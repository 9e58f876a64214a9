"""Whether a TwiML provider sent a webhook: `X-Twilio-Signature`, over the address called and the form's fields.

twilio.com/docs/usage/webhooks/webhooks-security: base64 of HMAC-SHA1(token, address + each field's name and value,
sorted, each once). A JSON body is signed by its SHA-256 in the query (`bodySHA256`), and no fields. Accounts with
shared keys use SHA-256 and say so in `X-Twilio-Webhooks-Signature-Settings`.

The address is rebuilt from the configured public one: a proxy's forwarded headers are anybody's. Some providers sign it
with its port, some without, so both are good.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit, urlunsplit

from channels.signatures import same
from channels.voice.wire import Fields

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"
_PORTS = {"https": 443, "http": 80}


def sign(url: str, fields: Fields, secret: str, *, algorithm: str = "sha1") -> str:
    """The signature of a form post."""
    pairs = sorted(set(fields))
    signed = url + "".join(name + value for name, value in pairs)
    return base64.b64encode(hmac.new(secret.encode(), signed.encode(), algorithm).digest()).decode()


def verify(
    url: str,
    fields: Fields,
    header: str | None,
    secrets: Iterable[str],
    *,
    json_body: bytes | None = None,
    settings: str | None = None,
) -> bool:
    """Whether one of the secrets signed a post of these fields to this address, or of this JSON body."""
    algorithm = _algorithm(settings)
    if not header or not header.isascii() or len(header) > 128 or algorithm is None:
        return False
    if json_body is not None:
        wanted = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
        if not same(hashlib.sha256(json_body).hexdigest(), wanted):
            return False
        fields = ()
    made = [sign(one, fields, secret, algorithm=algorithm) for one in _addresses(url) for secret in secrets if secret]
    return sum(same(one, header) for one in made) > 0  # all are compared: the time does not tell which one it was


def _algorithm(settings: str | None) -> str | None:
    for one in (settings or "").split(","):
        name, _, value = one.strip().partition("=")
        if name == "algorithm" and value:
            return {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}.get(value.upper())
    return "sha1"


def _addresses(url: str) -> tuple[str, ...]:
    """As it was configured, with its port and without."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = parts.port or _PORTS.get(parts.scheme, 443)
    others = (urlunsplit(parts._replace(netloc=one)) for one in (f"{host}:{port}", host))
    return tuple(dict.fromkeys((url, *others)))
