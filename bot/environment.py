"""The bot's own Python: find it, install it, train the assistant, say how to serve it.

Rasa 3.6 runs on Python 3.8 to 3.10 only, so it lives apart from the hub, under `<var>/bot`:

    venv/            Python 3.10 with the pinned, hashed packages of assistant/requirements.txt
    project/         the assistant with its training data normalised by bot/persian.py
    models/          trained models, one per state of the inputs: peyk-<hash>.tar.gz
    install.stamp    hash of what is installed

Standard library only, and nothing of the hub: `./peyk up` runs this before anything else works.
`python -m bot.environment install|train [--var DIR]` does the same by hand.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.persian import normalise
from bot.pythons import BotEnvironmentError, find_python310, find_uv, uv_environment

__all__ = [
    "ASSISTANT",
    "BotEnvironmentError",
    "find_python310",
    "find_uv",
    "has_model",
    "inputs_hash",
    "install",
    "main",
    "model_path",
    "normalise_examples",
    "ready",
    "serve",
    "train",
    "write_project",
]

Say = Callable[[str], None]

ASSISTANT = Path(__file__).resolve().parent / "assistant"
REQUIREMENTS = ASSISTANT / "requirements.txt"
KEPT_MODELS = 3
DISK_NEEDED = 4 * 1024**3
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_STAGE = re.compile(r"Starting to train component '(\w+)'")
_UNTRAINED = ("channel", "tests", "__pycache__")


def install(var_dir: Path, say: Say) -> Path:
    """Install the bot's packages into `<var>/bot/venv`; instant when nothing changed.

    Args:
        var_dir: The product's data folder.
        say: Called with a line of progress, again and again.

    Returns:
        The venv's Python.

    Raises:
        BotEnvironmentError: No Python 3.10, no space on the disk, or the packages can't be had.
    """
    home = _home(var_dir)
    python, stamp = home / "venv/bin/python", home / "install.stamp"
    with _locked(home, say):
        wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
        if python.exists() and stamp.exists() and stamp.read_text() == wanted:
            return python
        _check_disk(home)
        stamp.unlink(missing_ok=True)
        base = find_python310()
        uv = str(find_uv())
        say("Making the bot's own Python 3.10 environment ...")
        _stream([uv, "venv", "--clear", "--quiet", "--python", str(base), str(home / "venv")], say, uv_environment())
        say("Installing the bot's packages (about 2.7 GB; a few minutes the first time) ...")
        install_it = [uv, "pip", "install", "--require-hashes", "--python", str(python), "-r", str(REQUIREMENTS)]
        _stream(install_it, say, uv_environment())
        stamp.write_text(wanted)
        say("The bot's packages are installed.")
    return python


def train(var_dir: Path, say: Say) -> Path:
    """Train the assistant, gently (nice 19, one thread), if its inputs changed since the last model.

    Args:
        var_dir: The product's data folder; `install` must have run.
        say: Called with a line of progress, again and again.

    Returns:
        The model's path, `<var>/bot/models/peyk-<hash>.tar.gz`.

    Raises:
        BotEnvironmentError: The environment is missing or the training failed; the text carries the reason.
    """
    home = _home(var_dir)
    model = model_path(var_dir)
    if model.exists():
        return model
    rasa = home / "venv/bin/rasa"
    if not rasa.exists():
        raise BotEnvironmentError("The bot's environment isn't installed yet: run `python -m bot.environment install`.")
    with _locked(home, say):
        if model.exists():
            return model
        project = write_project(home / "project")
        say("Training the bot (about half a minute) ...")
        name = model.name.removesuffix(".tar.gz")
        command = f"train --config config.yml --domain domain.yml --data data --fixed-model-name {name}"
        trainer = ["nice", "-n", "19", str(rasa), *command.split(), "--out", str(home / "models/new")]
        _stream(trainer, say, rasa_environment(home), cwd=project, only=_STAGE)
        fresh = home / "models/new" / model.name
        if not fresh.exists():
            raise BotEnvironmentError("The training ended without a model.")
        fresh.replace(model)
        _drop_old_models(model)
        say("The bot is trained.")
    return model


def model_path(var_dir: Path) -> Path:
    """Where the model of the assistant's present state is, or will be when it is trained."""
    return _home(var_dir) / "models" / f"peyk-{inputs_hash()[:16]}.tar.gz"


def built_in_model(var_dir: Path) -> bytes | None:
    """The model that comes with the product, trained; None where that was not done here."""
    try:
        return model_path(var_dir).read_bytes()
    except OSError:
        return None


def inputs_hash() -> str:
    """A hash over everything a model depends on: the assistant's files, the normaliser, the packages."""
    whole = hashlib.sha256()
    normaliser = Path(__file__).resolve().parent / "persian.py"
    for path in [*_training_files(), normaliser, REQUIREMENTS]:
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def _training_files() -> list[Path]:
    def counts(path: Path) -> bool:
        return path.suffix == ".yml" and not set(path.relative_to(ASSISTANT).parts) & set(_UNTRAINED)

    return sorted(path for path in ASSISTANT.rglob("*.yml") if counts(path))


def write_project(target: Path) -> Path:
    """Copy the assistant to `target` with every training example in the one spelling of `bot.persian`."""
    shutil.rmtree(target / "data", ignore_errors=True)
    for source in _training_files():
        copy = target / source.relative_to(ASSISTANT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        copy.write_text(normalise_examples(text) if "nlu" in source.parts else text, encoding="utf-8")
    return target


def normalise_examples(nlu: str) -> str:
    """Normalise the examples of a Rasa NLU file and leave everything else alone: keys, comments, expressions."""
    lines, inside_intent = [], False
    for line in nlu.splitlines():
        if line.startswith("- "):
            inside_intent = line.startswith("- intent:")
        example = inside_intent and line.startswith("    - ")
        lines.append("    - " + normalise(line[6:]) if example else line)
    return "\n".join(lines) + "\n"


def serve(
    var_dir: Path,
    port: int,
    mongo_uri: str | None,
    database: str,
    token: str,
    actions_url: str,
    models_url: str | None = None,
) -> tuple[list[str], dict[str, str], Path]:
    """Say how to start the bot's server on 127.0.0.1; the caller starts and ends the process.

    Rasa's own HTTP API stays off; only our channel listens, and it asks for the token. Secrets travel in the
    environment, never on the command line.

    Args:
        var_dir: The product's data folder; `install` and `train` must have run.
        port: Port on 127.0.0.1.
        mongo_uri: The store of the bot's memory, or None for memory only (tests).
        database: The database in it, for example `peyk_rasa`.
        token: Shared secret of hub and bot, at least 16 of `[A-Za-z0-9_-]`.
        actions_url: The hub's POST /bot/actions.
        models_url: The hub's GET /bot/models/<slot>, asked every two seconds; until it names a model, the one that
            `train` made serves. None: that one serves for ever.

    Returns:
        Command, whole environment, working folder.

    Raises:
        BotEnvironmentError: The token is too weak, or there is no model yet.
    """
    _check_token(token)
    home, model = _home(var_dir), model_path(var_dir)
    if not model.exists():
        raise BotEnvironmentError("The bot isn't trained yet: run `python -m bot.environment train`.")
    project = home / "project"
    project.mkdir(parents=True, exist_ok=True)
    endpoints = ASSISTANT / ("endpoints.memory.yml" if mongo_uri is None else "endpoints.yml")
    if models_url is not None:
        endpoints = _with_models(endpoints, project)
    env = rasa_environment(home) | {
        "PYTHONPATH": str(ASSISTANT / "channel"),
        "PEYK_BOT_TOKEN": token,
        "PEYK_BOT_MONGODB_URI": _with_timeouts(mongo_uri) if mongo_uri else "",
        "PEYK_BOT_DATABASE": database,
        "PEYK_BOT_ACTIONS_URL": actions_url,
        "PEYK_BOT_ACTIONS_AUTHORIZATION": "Bearer " + token,
        "PEYK_BOT_MODELS_URL": models_url or "",
        "PEYK_BOT_BUILT_IN": str(model),
    }
    return _command(home, port, model, endpoints), env, project


def _check_token(token: str) -> None:
    if len(token) < 16 or not token.replace("-", "").replace("_", "").isalnum():
        raise BotEnvironmentError("The bot's token must be at least 16 letters, digits, _ or -.")


def _command(home: Path, port: int, model: Path, endpoints: Path) -> list[str]:
    return [
        *(str(home / "venv/bin/rasa"), "run", "--interface", "127.0.0.1", "--port", str(port), "--model", str(model)),
        *("--endpoints", str(endpoints), "--credentials", str(ASSISTANT / "credentials.yml")),
    ]


def _with_models(endpoints: Path, project: Path) -> Path:
    """The endpoints and, after them, where models come from; the address is filled in from the environment."""
    whole = project / f"studio.{endpoints.name}"
    scratch = whole.with_suffix(f".{os.getpid()}")
    scratch.write_text(endpoints.read_text("utf-8") + (ASSISTANT / "endpoints.models.yml").read_text("utf-8"), "utf-8")
    scratch.replace(whole)
    return whole


def rasa_environment(home: Path) -> dict[str, str]:
    """The environment any Rasa process gets: no telemetry, one thread, quiet TensorFlow, nothing secret of ours."""
    passed = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    return passed | {
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONUTF8": "1",
    }


def ready(url: str, token: str) -> str | None:
    """Ask the bot's server whether it serves.

    Args:
        url: Its base, for example `http://127.0.0.1:5005`.
        token: The shared secret.

    Returns:
        The model's id, or None while it doesn't serve (not up yet, no model, wrong token).
    """
    # The address is our own setting, never something from outside.
    request = urllib.request.Request(url + "/webhooks/hub/", headers={"Authorization": "Bearer " + token})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            body = answer.read(4096)
    except (urllib.error.URLError, OSError):
        return None
    head, _, tail = body.decode("utf-8", "replace").partition('"model_id":')
    return tail.strip().strip('{}" ') or None if head else None


def has_model(url: str, token: str) -> bool:
    """Whether the hub has a model for the slot whose address this is."""
    headers = {"Authorization": "Bearer " + token}
    request = urllib.request.Request(url, headers=headers, method="HEAD")  # noqa: S310 (our own setting)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _with_timeouts(uri: str) -> str:
    """Add short waits to the URI, unless it sets its own: Rasa's Mongo driver blocks the whole event loop."""
    missing = [
        f"{name}={value}"
        for name, value in (("serverSelectionTimeoutMS", 1000), ("connectTimeoutMS", 1000), ("socketTimeoutMS", 2000))
        if name.lower() not in uri.lower()
    ]
    if not missing:
        return uri
    if "?" in uri:
        return uri + "&" + "&".join(missing)
    host_part = uri.split("://", 1)[-1]
    return uri + ("" if "/" in host_part else "/") + "?" + "&".join(missing)


def _home(var_dir: Path) -> Path:
    home = Path(var_dir).resolve() / "bot"
    (home / "models").mkdir(parents=True, exist_ok=True)
    return home


def _check_disk(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < DISK_NEEDED:
        raise BotEnvironmentError(
            f"The bot needs 4 GB of free disk space, only {free / 1024**3:.1f} GB are free under {home}. "
            "Make room and start again."
        )


def _drop_old_models(current: Path) -> None:
    models = sorted(current.parent.glob("peyk-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in models[KEPT_MODELS:]:
        old.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(home: Path, say: Say) -> Iterator[None]:
    """One installer or trainer at a time in a folder, also across processes; the lock dies with its process."""
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Waiting for another process that is preparing the bot ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stream(
    command: Sequence[str],
    say: Say,
    env: Mapping[str, str],
    cwd: Path | None = None,
    only: re.Pattern[str] | None = None,
) -> None:
    """Run a command, pass its lines on as progress, end it when we are ended, word its failure with its last lines."""
    last: list[str] = []
    with subprocess.Popen(  # noqa: S603 - our own fixed commands
        command,
        cwd=cwd,
        env=dict(env),
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            for line in process.stdout or ():
                text = _COLOUR.sub("", line).rstrip()
                last = [*last, text][-15:]
                found = only.search(text) if only else None
                if found or only is None:
                    say("  " + (found.group(1) if found else text)[:150])
            code = process.wait()
        except BaseException:
            process.terminate()
            raise
    if code != 0:
        raise BotEnvironmentError(f"`{Path(command[0]).name}` failed with code {code}:\n" + "\n".join(last))


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m bot.environment install|train [--var DIR]`; 0 = done, 1 = a worded problem."""
    parser = argparse.ArgumentParser(prog="python -m bot.environment", description="Prepare the bot's own environment.")
    parser.add_argument("what", choices=["install", "train"])
    parser.add_argument("--var", type=Path, default=Path("var"), help="the product's data folder (default: var)")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        work = install if chosen.what == "install" else train
        print(work(chosen.var, lambda line: print(line, flush=True)))
    except BotEnvironmentError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
