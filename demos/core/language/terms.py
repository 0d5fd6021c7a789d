"""What tasks, labels, kinds of names and languages are called."""

from demos.core.language.answers import Task
from demos.core.language.languages import NAMES
from demos.core.language.marks import visible

TASKS = {
    Task.SENTIMENT: "Sentiment",
    Task.TOPIC: "Topic",
    Task.INTENT: "Intent",
    Task.EMOTION: "Emotion",
    Task.TOXICITY: "Toxicity",
    Task.ENTITIES: "Names",
    Task.QUESTION_ANSWERING: "Question",
    Task.SIMILARITY: "Search",
    Task.ZERO_SHOT: "Labels of your own",
    Task.SUMMARY: "Summary",
    Task.TRANSLATION: "Translation",
    Task.CHAT: "Assistant",
}
KINDS = {
    "PER": ("person", "people"),
    "LOC": ("place", "places"),
    "ORG": ("organization", "organizations"),
    "MISC": ("other name", "other names"),
}
SAID = {
    (Task.INTENT, "oos"): "No known request",
    (Task.TOXICITY, "neither"): "Neither hateful nor offensive",
}
"""Labels that say nothing to who does not know the data."""


def titled(label: str, task: Task) -> str:
    """A label as it is read; those that a person gave stay as they are."""
    if task is Task.ZERO_SHOT:
        return visible(label)
    if (task, label) in SAID:
        return SAID[task, label]
    words = visible(label).replace("_", " ")
    return words[:1].upper() + words[1:]


def kind_of(label: str, many: bool = False) -> str:
    """What a name is of, in words."""
    return KINDS[label][many] if label in KINDS else visible(label).lower()


def language_name(code: str) -> str:
    return NAMES.get(code, code)
