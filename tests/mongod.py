"""A real MongoDB server for tests: one private replica set for the whole session, in a temporary folder.

Use it in a ``conftest.py``::

    from tests.mongod import mongod_server  # noqa: F401 (a fixture)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store.embedded import Mongod, private_mongod
from hub.store.mongod_binary import MongodMissingError

TOOLS = Path(__file__).parents[1] / "var" / "tools"


@pytest.fixture(scope="session")
def mongod_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongod]:
    """Yield a running server; its ``uri`` is for the driver. Missing parts skip, but fail when ``CI=true``."""
    try:
        with private_mongod(tmp_path_factory.mktemp("mongod"), TOOLS) as server:
            yield server
    except MongodMissingError as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no MongoDB server: {missing}")
