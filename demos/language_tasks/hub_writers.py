"""Models on the Hub that shorten, translate and talk (see `hub_catalog`)."""

from dataclasses import replace

from demos.core.language.answers import Task
from demos.core.spec import Hub
from demos.language_tasks.hub_known import (
    APACHE,
    CHAT_FILES,
    MANY,
    MIT,
    READER_FILES,
    KnownLanguage,
    spec,
)

SUMMARY_T5 = KnownLanguage(
    spec(
        Task.SUMMARY,
        "t5_small_summary",
        "T5 small, summaries",
        Hub(
            "Falconsai/text_summarization",
            "6e505f907968c4a9360773ff57885cdc6dca4bfd",
            READER_FILES,
            244_470_000,
        ),
        APACHE,
        60_506_624,
        "Writes a summary in its own words, on any computer; it may say what the text does not.",
    ),
    (Task.SUMMARY,),
    "t5",
    60_506_624,
    "texts with summaries by people, by its model card, which does not say which",
    "ROUGE-1 0.95 on its own validation texts, by its model card: do not expect that of yours",
    opening="summarize: ",
)

SUMMARY_BART = KnownLanguage(
    spec(
        Task.SUMMARY,
        "bart_large_cnn",
        "BART large, CNN",
        Hub(
            "facebook/bart-large-cnn",
            "37f520fa929c961707657b28798b30c003dd100b",
            READER_FILES,
            1_626_580_000,
            "40041830399afb5348525ef8354b007ecec4286fdf3524f7e6b54377e17096cb",
        ),
        MIT,
        406_290_432,
        "The usual model for summaries of news; wants a GPU or patience.",
    ),
    (Task.SUMMARY,),
    "bart",
    406_290_432,
    "news of CNN and the Daily Mail with their highlights",
    "ROUGE-1 0.429 on the test texts of CNN/DailyMail, by its model card",
    reads=1024,
)

T5_TARGETS = {
    "de": "translate English to German: ",
    "fr": "translate English to French: ",
    "ro": "translate English to Romanian: ",
}

T5_SMALL = KnownLanguage(
    spec(
        Task.TRANSLATION,
        "t5_small",
        "T5 small",
        Hub(
            "google-t5/t5-small",
            "df1b051c49625cf57a3d0d8d3863ed4d13564fe4",
            READER_FILES,
            243_433_615,
            "bd944e5f1b3ad9b70dd9d00010a517059e19265671076b8b0a4a58d9491842bc",
        ),
        APACHE,
        60_506_624,
        "English to German, French or Romanian; also summaries. Quick, and often clumsy.",
    ),
    (Task.TRANSLATION, Task.SUMMARY),
    "t5",
    60_506_624,
    "web pages (C4), translations of WMT, news with highlights",
    "BLEU 26.7 to German, 36.0 to French, 26.8 to Romanian on WMT (Raffel et al. 2020)",
    targets=T5_TARGETS,
    opening="summarize: ",
)

T5_BASE = replace(
    T5_SMALL,
    spec=spec(
        Task.TRANSLATION,
        "t5_base",
        "T5 base",
        Hub(
            "google-t5/t5-base",
            "a9723ea7f1b39c1eae772870f3b547bf6ef7e6c1",
            READER_FILES,
            893_036_951,
            "a90903540cc02cbeb7ff9f823f1a80eb778c7e22426a0e620b01c77a5ec8f5b4",
        ),
        APACHE,
        222_903_552,
        "The same with nearly four times the size, and better for it.",
    ),
    parameters=222_903_552,
    published="BLEU 30.9 to German, 41.2 to French, 28.0 to Romanian on WMT (Raffel et al. 2020)",
)

SMOLLM_SMALL = KnownLanguage(
    spec(
        Task.CHAT,
        "smollm2_135m",
        "SmolLM2 135M",
        Hub(
            "HuggingFaceTB/SmolLM2-135M-Instruct",
            "12fd25f77366fa6b3b4b768ec3050bf629380bac",
            CHAT_FILES,
            271_169_865,
            "5af571cbf074e6d21a03528d2330792e532ca608f24ac70a143f6b369968ab8c",
        ),
        APACHE,
        134_515_008,
        "The smallest that holds a conversation; makes much up. English.",
    ),
    (Task.CHAT,),
    "llama",
    134_515_008,
    "2 trillion tokens of web, code and mathematics, then instructions",
    "IFEval 29.9, by its model card",
    reads=4096,
)

SMOLLM = replace(
    SMOLLM_SMALL,
    spec=spec(
        Task.CHAT,
        "smollm2_360m",
        "SmolLM2 360M",
        Hub(
            "HuggingFaceTB/SmolLM2-360M-Instruct",
            "a10cc1512eabd3dde888204e902eca88bddb4951",
            CHAT_FILES,
            725_784_210,
            "e6bffe7435d7ddc10fd3b9a9efd429dafbacb1cb17015fb5562664e7532bf86e",
        ),
        APACHE,
        361_821_120,
        "Small enough for any computer, and follows simple instructions. English.",
    ),
    parameters=361_821_120,
    trained_on="4 trillion tokens of web, code and mathematics, then instructions",
    published="IFEval 41.0, by its model card",
)

QWEN_SMALL = KnownLanguage(
    spec(
        Task.CHAT,
        "qwen2_5_0_5b",
        "Qwen2.5 0.5B",
        Hub(
            "Qwen/Qwen2.5-0.5B-Instruct",
            "7ae557604adf67be50417f59c2c2f167def9a775",
            CHAT_FILES,
            995_137_675,
            "fdf756fa7fcbe7404d5c60e26bff1a0c8b8aa1f72ced49e7dd0210fe288fb7fe",
        ),
        APACHE,
        494_032_768,
        "Small enough for a laptop. Made for 29 languages; questions here are read in English.",
    ),
    (Task.CHAT,),
    "qwen2",
    494_032_768,
    "up to 18 trillion tokens in 29 languages, then instructions",
    "IFEval 27.9 (strict prompts), by its authors",
    reads=4096,
    languages=MANY,
)

QWEN = replace(
    QWEN_SMALL,
    spec=spec(
        Task.CHAT,
        "qwen2_5_1_5b",
        "Qwen2.5 1.5B",
        Hub(
            "Qwen/Qwen2.5-1.5B-Instruct",
            "989aa7980e4cf806f80c7fef2b1adb7bc71aa306",
            CHAT_FILES,
            3_094_506_996,
            "dd924a11b4c220f385b51ffa522daea7c9f3d850e31b162bb5661df483c6d3ee",
        ),
        APACHE,
        1_543_714_304,
        "Three times the size; wants a GPU or patience. Questions here are read in English.",
    ),
    parameters=1_543_714_304,
    published="IFEval 42.5 (strict prompts), by its authors",
)
