"""One training run inside Rasa's own environment: train, load what came out, let it read the test sentences.

`python train_job.py JOB.json RESULT.json`, both paths absolute, in the folder of the Rasa project. The job:
`{"out": folder for the model, "name": its name without ending, "nlu_only": bool, "test": [text, ...],
"stories": [[body of a turn, ...], ...]}`, or with "model", a path, instead of the first three: then nothing is trained. The bodies are as `channel/hub_channel.py` takes them.
With "talk": true it then answers bodies from the standard input, one a line (`"fresh": true`: what was said before is forgotten),
each with a line `{"answer": ...}` or `{"refused": str}` on the standard output, until that input ends.

Progress goes to the standard output, one JSON object a line: `{"stage": "train"|"load"|"test", "detail": str, "done": int, "of": int}`.
The result is written last: `{"model", "model_id", "rasa_version", "train_seconds", "peak_mb", "read": [[[intent, confidence], ...], ...]}`
with the three best intents of every test sentence, and "told", for every story `{"turns": [{"intent", "confidence", "actions"}, ...], "error"}`;
or `{"error": str}`. Imports nothing of the hub or of `bot`.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import logging
import re
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

PROGRESS, sys.stdout = sys.stdout, sys.stderr  # what others print is no progress
BEST = 3
TELL_EVERY = 25
_TRAINING = re.compile(r"Starting to train component '(\w+)'")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def tell(stage: str, detail: str = "", done: int = 0, of: int = 0) -> None:
    """Say how far it is."""
    print(json.dumps({"stage": stage, "detail": detail, "done": done, "of": of}), file=PROGRESS, flush=True)


class Teller(logging.Handler):
    """Makes progress of Rasa's own log lines and keeps its complaints."""

    def __init__(self) -> None:
        super().__init__()
        self.complaints: List[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Hear one log line."""
        text = _COLOUR.sub("", record.getMessage())
        found = _TRAINING.search(text)
        if found:
            tell("train", found.group(1))
        if record.levelno >= logging.ERROR:
            self.complaints.append(text[:2000])


def train(job: Dict[str, Any]) -> str:
    """Train the project in the working folder; return the model's path."""
    from rasa.model_training import train as train_all
    from rasa.model_training import train_nlu

    if job["nlu_only"]:
        model = train_nlu("config.yml", "data", job["out"], fixed_model_name=job["name"], domain="domain.yml")
    else:
        training = {"output": job["out"], "fixed_model_name": job["name"], "force_training": True}
        model = train_all("domain.yml", "config.yml", ["data"], **training).model
    if not model:
        raise RuntimeError("the training ended without a model")
    return str(model)


async def read(model: str, job: Dict[str, Any]) -> Dict[str, Any]:
    """Load the model as a server would, let it read the test sentences and tell the stories."""
    from rasa.core.agent import load_agent

    tell("load")
    agent = await load_agent(model_path=model)
    if agent.processor is None:
        raise RuntimeError("the trained model cannot be loaded")
    texts, rankings = job["test"], []
    for number, text in enumerate(texts):
        if number % TELL_EVERY == 0:
            tell("test", "", number, len(texts))
        parsed = await agent.parse_message(text)
        ranking = [one for one in parsed.get("intent_ranking") or [] if one["name"] != "nlu_fallback"]
        rankings.append([[one["name"], round(one["confidence"], 4)] for one in ranking[:BEST]])
    told = [await tell_story(agent, story) for story in job["stories"]]
    if job.get("talk"):
        await talk(agent)
    return {"model_id": agent.model_id, "read": rankings, "told": told}


def channel(agent: Any) -> Any:
    """The bot server's way of talking to the model; actions outside of it say and change nothing."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "channel"))
    import hub_channel
    from rasa.utils.endpoints import EndpointConfig

    class Nothing(EndpointConfig):
        async def request(self, *args: Any, **options: Any) -> Dict[str, Any]:
            return {"events": [], "responses": []}

    agent.processor.action_endpoint = Nothing("http://localhost")
    return hub_channel


async def talk(agent: Any) -> None:
    """Answer what comes in, turn by turn."""
    server = channel(agent)
    tell("talk")
    while line := await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        body = json.loads(line)
        try:
            if body.pop("fresh", False):
                await server.run_forget(agent, body)
            said = {"answer": await server.run_turn(agent, body)}
        except Exception as error:  # one turn that cannot be answered is that turn's failure
            said = {"refused": str(error)[:500] or type(error).__name__}
        print(json.dumps(said), file=PROGRESS, flush=True)


async def tell_story(agent: Any, bodies: List[Dict[str, Any]]) -> Dict[str, Any]:
    """Tell the model a story, turn by turn."""
    run_turn = channel(agent).run_turn
    turns: List[Dict[str, Any]] = []
    try:
        for body in bodies:
            answer = await run_turn(agent, body)
            intent = answer["intent"]
            confidence = round(float(intent.get("confidence") or 0.0), 4)
            turns.append({"intent": intent.get("name") or "", "confidence": confidence, "actions": answer["actions"]})
    except Exception as error:  # one story that cannot be told is that story's failure
        return {"turns": turns, "error": str(error)[:500] or type(error).__name__}
    return {"turns": turns, "error": ""}


def yield_to_others() -> None:
    """Where the kernel shares time among sessions, `nice` counts only within this one: put the session last, too (sched(7), autogroup)."""
    try:
        Path("/proc/self/autogroup").write_text("19")
    except OSError:  # a kernel without such groups
        pass


def disk_words(error: Optional[BaseException]) -> List[str]:
    """What the system refused below an error: Rasa wraps a full disk in words that do not say so."""
    found: List[str] = []
    while error is not None:
        found += [str(error)] if isinstance(error, OSError) else []
        error = error.__cause__ or error.__context__
    return found


def main() -> int:
    """Run the job; 0 when there is a result, whatever it says."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: never outlive who asked for this
    yield_to_others()
    job, result = json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2])
    teller = Teller()
    tell("start")
    import rasa
    from rasa.utils.common import configure_logging_and_warnings

    configure_logging_and_warnings(log_level=logging.INFO)
    logging.getLogger("rasa").addHandler(teller)
    try:
        began = time.monotonic()
        model = job.get("model") or train(job)
        seconds = round(time.monotonic() - began, 1)
        found = {"model": model, "rasa_version": rasa.__version__, "train_seconds": seconds}
        found.update(asyncio.run(read(model, job)))
        found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    except (Exception, SystemExit) as error:  # the reason belongs to the person who asked
        words = [*teller.complaints[-3:], "" if isinstance(error, SystemExit) else str(error), *disk_words(error)]
        found = {"error": "\n".join(word for word in words if word)[-4000:] or type(error).__name__}
    scratch = result.with_suffix(".new")
    scratch.write_text(json.dumps(found), "utf-8")
    scratch.replace(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
