"""Files of tiny language models in the formats of the real ones; what they learned is random."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    BertForSequenceClassification,
    DebertaV2Config,
    DebertaV2ForQuestionAnswering,
    DebertaV2ForSequenceClassification,
    DistilBertConfig,
    DistilBertForQuestionAnswering,
    DistilBertForSequenceClassification,
    DistilBertForTokenClassification,
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    RobertaConfig,
    RobertaForSequenceClassification,
    T5Config,
    T5ForConditionalGeneration,
)

Files = dict[str, bytes]

CORPUS = [
    "Ada Lovelace wrote to Charles Babbage in London about the engine he was building.",
    "The committee of the Analytical Society met in Cambridge, and nobody was surprised.",
    "We were delighted by the food, yet the waiter forgot the bread and the bill was wrong.",
    "Berlin, Paris and Vienna are cities; a river runs through each of them.",
    "This text is about travel. Is it about music? No, it is about law, money and sport.",
]
TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC")
BERT_VOCABULARY = 30_522
OLD_SETTINGS = {
    "early_stopping": True,
    "length_penalty": 2.0,
    "max_length": 142,
    "min_length": 56,
    "no_repeat_ngram_size": 3,
    "num_beams": 4,
}
"""Of writing, where newer repositories have a file for them."""
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

# Threads that wait for each other cost more than layers this small.
torch.set_num_threads(1)


def word_pieces(cased: bool = True) -> Tokenizer:
    """As BERT's tokenizer is made."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=not cased)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=120, special_tokens=specials, show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return tokenizer


def byte_pairs(specials: Sequence[str], framed: bool) -> Tokenizer:
    """As RoBERTa's is made, with its frame of <s> and </s>, or without one as Qwen's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330,
        special_tokens=list(specials),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    if framed:
        tokenizer.post_processor = processors.RobertaProcessing(
            ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>"))
        )
    return tokenizer


def unigrams(end: str, before: str = "") -> Tokenizer:
    """As T5's is made, which ends with </s>, or DeBERTa's, with a beginning too."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    specials = ["<pad>", end, *([before] if before else []), "<unk>"]
    trainer = trainers.UnigramTrainer(
        vocab_size=220, special_tokens=specials, unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    first = f"{before} " if before else ""
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first}$A {end}",
        pair=f"{first}$A {end} $B:1 {end}:1",
        special_tokens=[(each, tokenizer.token_to_id(each)) for each in specials[1:-1]],
    )
    return tokenizer


def files_of(
    folder: Path, network: PreTrainedModel, tokenizer: Tokenizer | None, without: Sequence[str] = ()
) -> Files:
    network.save_pretrained(folder)
    if tokenizer is not None:
        tokenizer.save(str(folder / "tokenizer.json"))
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name not in without}


def names(labels: Sequence[str]) -> dict[str, Mapping[object, object]]:
    return {
        "id2label": dict(enumerate(labels)),
        "label2id": {label: n for n, label in enumerate(labels)},
    }


def distilbert_config(vocabulary: int, labels: Sequence[str]) -> DistilBertConfig:
    torch.manual_seed(0)
    return DistilBertConfig(
        vocab_size=vocabulary,
        dim=16,
        n_layers=2,
        n_heads=2,
        hidden_dim=32,
        initializer_range=0.5,
        **names(labels),
    )


def sst2_files(folder: Path) -> Files:
    """With the vocabulary of BERT, and no tokenizer of its own."""
    config = distilbert_config(BERT_VOCABULARY, ["NEGATIVE", "POSITIVE"])
    return files_of(folder, DistilBertForSequenceClassification(config), None)


def toxic_files(folder: Path) -> Files:
    torch.manual_seed(1)
    labels = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
    config = BertConfig(
        vocab_size=BERT_VOCABULARY,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        problem_type="multi_label_classification",
        **names(labels),
    )
    return files_of(folder, BertForSequenceClassification(config), None)


def emotion_files(folder: Path, labels: Sequence[str]) -> Files:
    torch.manual_seed(2)
    tokenizer = byte_pairs(["<s>", "<pad>", "</s>"], framed=True)
    config = RobertaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=514,
        type_vocab_size=1,
        pad_token_id=1,
        initializer_range=0.5,
        **names(labels),
    )
    return files_of(folder, RobertaForSequenceClassification(config), tokenizer)


def entities_files(folder: Path) -> Files:
    tokenizer = word_pieces()
    config = distilbert_config(tokenizer.get_vocab_size(), TAGS)
    return files_of(folder, DistilBertForTokenClassification(config), tokenizer)


def squad_files(folder: Path) -> Files:
    tokenizer = word_pieces()
    config = distilbert_config(tokenizer.get_vocab_size(), ["LABEL_0", "LABEL_1"])
    return files_of(folder, DistilBertForQuestionAnswering(config), tokenizer)


def deberta_config(tokenizer: Tokenizer, labels: Sequence[str]) -> DebertaV2Config:
    torch.manual_seed(3)
    return DebertaV2Config(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        type_vocab_size=0,
        relative_attention=True,
        position_buckets=32,
        pos_att_type=["p2c", "c2p"],
        initializer_range=0.5,
        **names(labels),
    )


def squad2_files(folder: Path) -> Files:
    tokenizer = unigrams("[SEP]", "[CLS]")
    config = deberta_config(tokenizer, ["LABEL_0", "LABEL_1"])
    return files_of(folder, DebertaV2ForQuestionAnswering(config), tokenizer)


def inference_files(folder: Path, labels: Sequence[str]) -> Files:
    tokenizer = unigrams("[SEP]", "[CLS]")
    config = deberta_config(tokenizer, labels)
    return files_of(folder, DebertaV2ForSequenceClassification(config), tokenizer)


def t5_files(folder: Path) -> Files:
    torch.manual_seed(4)
    tokenizer = unigrams("</s>")
    config = T5Config(
        vocab_size=tokenizer.get_vocab_size() + 4,
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=2,
        initializer_factor=8.0,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
    )
    network = T5ForConditionalGeneration(config)
    files = files_of(folder, network, tokenizer, without=["generation_config.json"])
    return configured(files, task_specific_params={"summarization": OLD_SETTINGS}, output_past=True)


def bart_files(folder: Path) -> Files:
    torch.manual_seed(5)
    tokenizer = byte_pairs(["<s>", "<pad>", "</s>"], framed=True)
    config = BartConfig(
        vocab_size=tokenizer.get_vocab_size(),
        d_model=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        init_std=0.5,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_bos_token_id=0,
    )
    network = BartForConditionalGeneration(config)
    files = files_of(folder, network, tokenizer, without=["generation_config.json"])
    return configured(files, **OLD_SETTINGS)


def configured(files: Files, **settings: object) -> Files:
    """With more in the configuration, as old repositories have it."""
    config = json.loads(files["config.json"]) | settings
    return {**files, "config.json": json.dumps(config).encode()}


def chat_files(folder: Path) -> Files:
    torch.manual_seed(6)
    tokenizer = byte_pairs(["<|endoftext|>", "<|im_start|>", "<|im_end|>"], framed=False)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=64,
        initializer_range=0.3,
        max_position_embeddings=8192,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
        tie_word_embeddings=True,
    )
    network = LlamaForCausalLM(config)
    network.generation_config = GenerationConfig(
        bos_token_id=1, eos_token_id=[2, 0], pad_token_id=2
    )
    settings = {
        "bos_token": "<|im_start|>",
        "eos_token": "<|im_end|>",
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return files_of(folder, network, tokenizer)
