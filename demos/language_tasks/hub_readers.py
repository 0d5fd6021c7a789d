"""Models on the Hub that sort, mark and answer (see `hub_catalog`)."""

from demos.core.language.answers import Task
from demos.core.spec import Hub
from demos.language_tasks.hub_known import (
    APACHE,
    BERT_FILES,
    MANY,
    MIT,
    READER_FILES,
    KnownLanguage,
    spec,
)
from demos.language_tasks.tasks import SENTIMENTS

NEGATIVE, POSITIVE = SENTIMENTS

SENTIMENT_SST2 = KnownLanguage(
    spec(
        Task.SENTIMENT,
        "distilbert_sst2",
        "DistilBERT, SST-2",
        Hub(
            "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
            "714eb0fa89d2f80546fda750413ed43d93601a13",
            BERT_FILES,
            267_833_187,
            "7c3919835e442510166d267fe7cbe847e0c51cd26d9ba07b89a57b952b49b8aa",
        ),
        APACHE,
        66_955_010,
        "The sentiment model most programs use: negative or positive, English.",
    ),
    (Task.SENTIMENT,),
    "distilbert",
    66_955_010,
    "SST-2: sentences of film reviews; prefers some countries to others, by its model card",
    "accuracy 0.913 on the validation sentences of SST-2, by its model card",
    labels={"NEGATIVE": NEGATIVE, "POSITIVE": POSITIVE},
)

SENTIMENT_MANY = KnownLanguage(
    spec(
        Task.SENTIMENT,
        "distilbert_sentiment_many",
        "DistilBERT, 12 languages",
        Hub(
            "lxyuan/distilbert-base-multilingual-cased-sentiments-student",
            "cf991100d706c13c0a080c097134c05b7f436c45",
            READER_FILES,
            544_250_000,
        ),
        APACHE,
        135_326_979,
        "Negative, neutral or positive in twelve languages, taught by a zero-shot model.",
    ),
    (Task.SENTIMENT,),
    "distilbert",
    135_326_979,
    "what a larger zero-shot model said of texts of multilingual-sentiments",
    "agrees with its teacher on 88 % of the texts, by its model card",
    languages=("en", "ms", "ja", "de", "zh", "id", "ar", "hi", "it", "es", "pt", "fr"),
    labels={"negative": NEGATIVE, "neutral": "neutral", "positive": POSITIVE},
)

GO_EMOTIONS = """admiration amusement anger annoyance approval caring confusion curiosity desire
disappointment disapproval disgust embarrassment excitement fear gratitude grief joy love
nervousness optimism pride realization relief remorse sadness surprise neutral""".split()

EMOTION_GO = KnownLanguage(
    spec(
        Task.EMOTION,
        "roberta_go_emotions",
        "RoBERTa, GoEmotions",
        Hub(
            "SamLowe/roberta-base-go_emotions",
            "58b6c5b44a7a12093f782442969019c7e2982299",
            READER_FILES,
            500_800_000,
        ),
        MIT,
        124_667_164,
        "27 emotions and neutral, several of which may be there at once. English.",
    ),
    (Task.EMOTION,),
    "roberta",
    124_667_164,
    "GoEmotions: 58,000 comments on Reddit",
    "F1 0.450 over all labels at a threshold of 0.5, by its model card",
    labels={name: name for name in GO_EMOTIONS},
    independent=True,
)

TOXICITY_BERT = KnownLanguage(
    spec(
        Task.TOXICITY,
        "toxic_bert",
        "Detoxify (BERT)",
        Hub(
            "unitary/toxic-bert",
            "4d6c22e74ba2fdd26bc4f7238f50766b045a0d94",
            BERT_FILES,
            437_975_000,
        ),
        APACHE,
        109_486_854,
        "Six kinds of toxic comment. Takes swearing and names of groups for toxic too often.",
    ),
    (Task.TOXICITY,),
    "bert",
    109_486_854,
    "Jigsaw's toxic comments: discussions of Wikipedia's editors",
    "ROC AUC 0.986, the mean of the six, by its authors",
    labels={
        "toxic": "toxic",
        "severe_toxic": "severely toxic",
        "obscene": "obscene",
        "threat": "threat",
        "insult": "insult",
        "identity_hate": "hate of a group",
    },
    independent=True,
    otherwise="not toxic",
)

ENTITIES_DISTILBERT = KnownLanguage(
    spec(
        Task.ENTITIES,
        "distilbert_ner",
        "DistilBERT, CoNLL-2003",
        Hub(
            "dslim/distilbert-NER",
            "dfa2838a127384aabb82ed7719e16dab84c42a2a",
            READER_FILES,
            261_472_000,
        ),
        APACHE,
        65_197_833,
        "Persons, places and organizations in English news prose.",
    ),
    (Task.ENTITIES,),
    "distilbert",
    65_197_833,
    "CoNLL-2003: news of Reuters of 1996",
    "F1 0.922 on the test texts of CoNLL-2003, by its model card",
)

ANSWERS_DISTILBERT = KnownLanguage(
    spec(
        Task.QUESTION_ANSWERING,
        "distilbert_squad",
        "DistilBERT, SQuAD",
        Hub(
            "distilbert/distilbert-base-cased-distilled-squad",
            "564e9b582944a57a3e586bbb98fd6f0a4118db7f",
            READER_FILES,
            261_220_000,
        ),
        APACHE,
        65_192_450,
        "Small and quick, but always answers: it was never taught to say that there is no answer.",
    ),
    (Task.QUESTION_ANSWERING,),
    "distilbert",
    65_192_450,
    "SQuAD 1.1: questions about paragraphs of Wikipedia",
    "F1 0.871 on the validation questions of SQuAD 1.1, by its model card",
    reads=384,
)

ANSWERS_MANY = KnownLanguage(
    spec(
        Task.QUESTION_ANSWERING,
        "mdeberta_squad2",
        "mDeBERTa, SQuAD 2.0",
        Hub(
            "timpal0l/mdeberta-v3-base-squad2",
            "08d6e89c7a6557f967db2e1021f7f640483400ed",
            READER_FILES,
            1_129_250_000,
        ),
        MIT,
        278_220_290,
        "Says when there is no answer. Reads a hundred languages, taught in English.",
    ),
    (Task.QUESTION_ANSWERING,),
    "deberta-v2",
    278_220_290,
    "SQuAD 2.0: a third of its questions has no answer in the paragraph",
    "see its model card",
    reads=384,
    languages=MANY,
    null=True,
)

ZERO_SHOT_DEBERTA = KnownLanguage(
    spec(
        Task.ZERO_SHOT,
        "deberta_zero_shot",
        "DeBERTa, zero-shot",
        Hub(
            "MoritzLaurer/deberta-v3-base-zeroshot-v2.0-c",
            "bddf8c5411c34ac3565e16e04384fd68b2618dda",
            READER_FILES,
            377_529_570,
            "605e40d2020f4c66666db3e98a4bc277b6214565eac95f35c1a5027a93ee0ef0",
        ),
        MIT,
        184_423_682,
        "Asks of every label whether it follows from the text. English.",
    ),
    (Task.ZERO_SHOT,),
    "deberta-v2",
    184_423_682,
    "MNLI, FEVER-NLI and tasks written by another model, all open to commercial use",
    "see Laurer et al. 2023, arXiv:2312.17543",
)

ZERO_SHOT_MANY = KnownLanguage(
    spec(
        Task.ZERO_SHOT,
        "mdeberta_zero_shot",
        "mDeBERTa, zero-shot",
        Hub(
            "MoritzLaurer/mDeBERTa-v3-base-xnli-multilingual-nli-2mil7",
            "b5113eb38ab63efdd7f280f8c144ea8b13f978ce",
            READER_FILES,
            573_970_000,
            "7c8e29f1115986d032e92b0fbaa0bdef1062a46f658b08705f237c05014a8541",
        ),
        MIT,
        278_811_651,
        "The same in a hundred languages; text and labels may be in different ones.",
    ),
    (Task.ZERO_SHOT,),
    "deberta-v2",
    278_811_651,
    "XNLI and 2.7 million pairs of sentences in 27 languages, most of them translated",
    "see its model card",
    languages=MANY,
)
