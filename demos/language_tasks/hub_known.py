"""What is known of a language model on the Hub beyond its files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from demos.core.language.answers import Task
from demos.core.settings import MIB
from demos.core.spec import Hub, ModelSpec

SLUG = "language_tasks"

APACHE, MIT = "Apache 2.0", "MIT"
ENGLISH = ("en",)
MANY: tuple[str, ...] = ()
"""Of a model that reads most written languages."""

CLASSES = {
    Task.SENTIMENT: "AutoModelForSequenceClassification",
    Task.EMOTION: "AutoModelForSequenceClassification",
    Task.TOXICITY: "AutoModelForSequenceClassification",
    Task.ZERO_SHOT: "AutoModelForSequenceClassification",
    Task.ENTITIES: "AutoModelForTokenClassification",
    Task.QUESTION_ANSWERING: "AutoModelForQuestionAnswering",
    Task.SUMMARY: "AutoModelForSeq2SeqLM",
    Task.TRANSLATION: "AutoModelForSeq2SeqLM",
    Task.CHAT: "AutoModelForCausalLM",
}
"""What transformers calls the networks that do each task, where there are any here."""

TOKENIZER = "tokenizer.json"
TOKENIZER_SETTINGS = "tokenizer_config.json"
GENERATION = "generation_config.json"

READER_FILES = ("config.json", "model.safetensors", TOKENIZER)
CHAT_FILES = (*READER_FILES, TOKENIZER_SETTINGS, GENERATION)
BERT_FILES = ("config.json", "model.safetensors")
"""Of a model with the vocabulary of BERT without case, which is on this machine already. Its own
repository has that as plain text only."""


@dataclass(frozen=True, slots=True)
class KnownLanguage:
    """A model and how it is used.

    `tasks` begin with the one that names its group; `architecture` is what its configuration calls
    the model type; `reads` the tokens that it reads at once, as it was trained. `languages` are
    ISO 639-1 codes, or `MANY`. `published` quotes its authors: measured on other texts than yours.

    `labels` takes the outputs of a sorting model, as its configuration names them, to the names
    used here. With `independent` each is true or not by itself, and `otherwise` is what a text is
    that is none of them. `null` is whether a reader was trained to say that a text has no answer.
    `targets` are languages that it translates into, by code, with what to put before the text;
    `opening` is what to put before a text to shorten.
    """

    spec: ModelSpec
    tasks: tuple[Task, ...]
    architecture: str
    parameters: int
    trained_on: str
    published: str
    reads: int = 512
    languages: tuple[str, ...] = ENGLISH
    labels: Mapping[str, str] = field(default_factory=dict)
    independent: bool = False
    otherwise: str = ""
    null: bool = False
    targets: Mapping[str, str] = field(default_factory=dict)
    opening: str = ""

    @property
    def source(self) -> Hub:
        assert isinstance(self.spec.source, Hub)
        return self.spec.source

    @property
    def own_vocabulary(self) -> bool:
        """Whether its tokenizer is among its files."""
        return TOKENIZER in self.source.files


def spec(
    task: Task,
    name: str,
    title: str,
    source: Hub,
    license: str,
    parameters: int,
    summary: str,
) -> ModelSpec:
    """A model of the catalog. The store reckons with float32, as models are loaded."""
    memory = 4 * parameters + 16 * MIB
    return ModelSpec(SLUG, name, title, source, memory, license, summary, task.value)
