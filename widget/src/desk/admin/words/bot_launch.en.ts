/** Versions on their way to customers and back, in English. */
export const botLaunchEn = {
  "versions.role.waiting": "waits",
  "versions.waits":
    "{version} waits: {n} conversation still speaks with {other}. It goes on by itself when it has ended or went to a person.|{version} waits: {n} conversations still speak with {other}. It goes on by itself when they have ended or went to a person.",
  "versions.waits.soon": "{version} waits a moment until the conversations of {other} are counted.",
  "versions.returns": "{version} is put back into its place.",
  "versions.roll_back": "Roll back to {version}",
  "versions.cancel": "Cancel",
  "versions.cancelled": "Cancelled. Everything stays as it was.",
  "versions.hurry": "Do not wait…",
  "activate.at_once":
    "Do not wait: {n} conversation goes on with {version}|Do not wait: {n} conversations go on with {version}",
  "activate.at_once.hint":
    "They began with another version and may be in the middle of a form. Your reason stands at this version (at least 10 characters).",
  "history.title": "History",
  "history.lead": "Who trained it, who put it before customers or took it away, and why.",
  "history.trained": "{name} had it trained",
  "history.activated": "{name} activated it for {share} of new conversations",
  "history.live": "It was loaded; customers get it",
  "history.cancelled": "{name} cancelled the activation",
  "history.rolled_back": "{name} rolled it back",
  "history.returned": "{name} rolled another version back to it",
  "history.stuck": "No server loaded it within five minutes",
  "history.hub": "The hub",
  "history.reason": "Reason: {reason}",
  "history.unmet": "although this was not met: {names}",
  "history.moved":
    "{n} conversation went on with another version|{n} conversations went on with another version",
  "gate.accuracy": "accuracy",
  "gate.f1_drop": "F1",
  "gate.broken": "sentences that got worse",
  "gate.stories": "pinned conversations",
  "gate.untold": "pinned conversations it was not tried with",
  "report.gate.f1_drop.none": "F1: nothing to compare with; the live version has no report, or is this one",
  "report.gate.broken.none":
    "Sentences that got worse: nothing to compare with; the live version has no report, or is this one",
  "report.gate.untold": "Pinned conversations new or changed since it was tried: {figure}; none may be",
  "gates.broken.hint":
    "Counted against the live version, over the test sentences of both. A training is never quite the same twice: a few turn by chance.",
  "gates.pinned": "Pinned conversations must all pass, as they are now.",
  "runs.again": "Run the pinned conversations again",
  "runs.again.wait": "Running the pinned conversations…",
  "runs.again.failed": "They could not be run: {why}.",
  "field.at_once": "Without waiting",
  "audit.do.bot.activate.cancel": "cancelled the activation of version {target} of the bot",
  "audit.do.bot.version.tell_pins": "had the pinned conversations run with version {target}",
} as const;
