"""What the bundled reader sorts texts into, and what it reads at most."""

SENTIMENTS = ("negative", "positive")
TOPICS = ("World", "Sports", "Business", "Sci/Tech")
EMOTIONS = ("sadness", "joy", "love", "anger", "fear", "surprise")
TOXICITIES = ("neither", "offensive", "hate")
OUT_OF_SCOPE = "oos"
ENTITY_TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
MOST_SORTED, MOST_QUESTION = 128, 48
"""Tokens of a text that is sorted, those that frame it included, and of a question."""
