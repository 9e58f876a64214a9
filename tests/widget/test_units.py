"""The browser parts' own unit tests, run as people run them: `npm test` in `widget/`."""

import subprocess

from hub.settings import load_settings
from hub.up import browser_parts


def test_the_browser_parts_pass_their_own_tests() -> None:
    settings = load_settings()
    environment = browser_parts.install_packages(
        browser_parts.WIDGET, settings.tools_dir, settings.log_dir, lambda line: None
    )
    done = subprocess.run(
        ["npm", "test", "--silent"],
        cwd=browser_parts.WIDGET,
        env={**environment, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
