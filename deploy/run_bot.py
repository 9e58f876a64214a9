"""Inside the bot's image: become the Rasa server (`run_bot.py`), or ask whether it serves (`run_bot.py --ready`).

Environment: MONGODB_URI, DATABASE, TOKEN, ACTIONS_URL, MODELS_URL (where it asks for newer models); VAR (default
``var``) is where the build put Rasa and the model.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot import environment

PORT = int(os.environ.get("PORT", "5005"))


def main() -> NoReturn:
    """Serve on every address of the container: only its private network reaches it, and it asks for the token."""
    if "--ready" in sys.argv[1:]:
        sys.exit(int(environment.ready(f"http://127.0.0.1:{PORT}", os.environ["TOKEN"]) is None))
    command, variables, folder = environment.serve(
        Path(os.environ.get("VAR", "var")),
        PORT,
        os.environ.get("MONGODB_URI"),
        os.environ.get("DATABASE", "peyk_rasa"),
        os.environ["TOKEN"],
        os.environ["ACTIONS_URL"],
        os.environ.get("MODELS_URL"),
    )
    command[command.index("--interface") + 1] = os.environ.get("INTERFACE", "0.0.0.0")  # noqa: S104 (see above)
    os.chdir(folder)
    os.execve(command[0], command, variables)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main()
