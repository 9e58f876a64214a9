"""What can become of a call to a bot API that did not succeed."""


class ApiError(Exception):
    """A call that did not succeed. `said` are the server's words, or ours where it said nothing."""

    def __init__(self, said: str, *, status: int = 0, retry_after: float | None = None) -> None:
        """`status` is the server's code, 0 where there was no answer; `retry_after` in seconds."""
        super().__init__(said)
        self.said = said
        self.status = status
        self.retry_after = retry_after


class Refused(ApiError):
    """The server said no: nothing was done."""


class Unsent(ApiError):
    """The request did not arrive whole: nothing was done."""


class Unsure(ApiError):
    """There is no answer that tells whether it was done."""
