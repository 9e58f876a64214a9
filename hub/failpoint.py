"""Places at which a drill can make this process die: `PEYK_FAILPOINT=after_commit:3` kills it at the third pass.

Does nothing, and costs one comparison, unless the variable is set.
"""

import os
import signal

_NAME, _, _COUNT = os.environ.get("PEYK_FAILPOINT", "").partition(":")
_passes = 0


def failpoint(name: str) -> None:
    """Die here, as `kill -9` would, if this is the place that was chosen."""
    if name == _NAME:
        _count()


def _count() -> None:
    global _passes  # noqa: PLW0603 - a fact about the process
    _passes += 1
    if _passes >= int(_COUNT or 1):
        os.kill(os.getpid(), signal.SIGKILL)
