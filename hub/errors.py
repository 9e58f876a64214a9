"""One tree of errors. Each carries a stable code, an HTTP status, whether to retry, and a text a person may read."""


class HubError(Exception):
    """Base of every error that may reach a client.

    Attributes:
        code: stable, translated by the screens.
        status: HTTP status that fits.
        retryable: whether the same request can succeed later.
        text: one English sentence without internals; the cause stays in `__cause__`.
        field: name of the field at fault, where there is one.
    """

    code = "internal"
    status = 500
    retryable = False

    def __init__(self, text: str, *, code: str | None = None, field: str | None = None) -> None:
        """Say what is wrong in one sentence; `code` narrows the class's own."""
        super().__init__(text)
        self.text = text
        self.field = field
        if code is not None:
            self.code = code


class BadInput(HubError):
    """The request makes no sense as it stands."""

    code = "bad_frame"
    status = 400


class NotFound(HubError):
    """There is no such thing, or it is not for this reader: the two are never told apart."""

    code = "not_found"
    status = 404


class Forbidden(HubError):
    """The reader is known, but may not do this."""

    code = "forbidden"
    status = 403


class Unauthorized(HubError):
    """Nobody is signed in, or no longer."""

    code = "unauthorized"
    status = 401


class Conflict(HubError):
    """The world moved on: somebody was faster, or the state no longer allows it."""

    code = "too_late"
    status = 409


class StaleFence(Conflict):
    """The conversation changed hands since the writer looked. Losing is normal; nothing was written."""

    code = "too_late"


class TooMany(HubError):
    """A limit is reached; wait a little."""

    code = "too_fast"
    status = 429
    retryable = True


class TooLarge(HubError):
    """The body, text or file is over its limit."""

    code = "too_large"
    status = 413


class Unavailable(HubError):
    """The store cannot confirm the write now. Nothing was acknowledged; try again."""

    code = "unavailable"
    status = 503
    retryable = True
