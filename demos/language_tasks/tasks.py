"""What the bundled models sort texts into, and what the reader reads at most."""

from demos.core.language.answers import Task

SENTIMENTS = ("negative", "positive")
TOPICS = ("World", "Sports", "Business", "Sci/Tech")
EMOTIONS = ("sadness", "joy", "love", "anger", "fear", "surprise")
HARMLESS = "neither"
TOXICITIES = (HARMLESS, "offensive", "hate")
OUT_OF_SCOPE = "oos"
ENTITY_TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
BY_NAME = {Task.SENTIMENT: SENTIMENTS, Task.TOPIC: TOPICS, Task.EMOTION: EMOTIONS}
"""Tasks whose labels say enough by their names for the sentence encoder to sort by them."""
MOST_SORTED, MOST_QUESTION = 128, 48
"""Tokens of a text that is sorted, those that frame it included, and of a question."""
