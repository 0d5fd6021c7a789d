"""Tastes in words, to try the description of a taste with: a few for each catalog."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "movies": (
        "Robots and artificial intelligence in a dark future",
        "Animated adventures with talking animals for the whole family",
        "Gangsters and organized crime in New York",
        "A haunted house and its ghosts",
    ),
    "books": (
        "Dragons, magic and quests in a fantasy kingdom",
        "How to run a company and lead people",
        "Cooking and the history of food",
        "Vampire romance for young adults",
    ),
    "retail": (
        "Everything for baking cakes with children",
        "Christmas decorations for the tree",
        "Gifts for somebody who loves gardening",
        "A vintage tea party",
    ),
}
