"""A byte-fallback BPE tokenizer of the shape of Llama 2's, trained on stories."""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

UNK, BOS, EOS = range(3)
SPECIAL = ("<unk>", "<s>", "</s>")
BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))
VOCABULARY = 1536


def train_tokenizer(texts: list[str]) -> Tokenizer:
    learner = Tokenizer(models.BPE(unk_token="<unk>"))
    words = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first")
    # Merges never join a word with punctuation: "kite." would be one more word to learn.
    marks = pre_tokenizers.Split(Regex("▁?\"|[.,!?]|'s"), behavior="isolated")
    learner.pre_tokenizer = pre_tokenizers.Sequence([words, marks])
    known = [*SPECIAL, *BYTES]
    learner.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=known, show_progress=False)
    )
    learned = json.loads(learner.to_str())["model"]
    tokenizer = Tokenizer(
        models.BPE(
            vocab=learned["vocab"],
            merges=[tuple(merge) for merge in learned["merges"]],
            unk_token="<unk>",
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.pre_tokenizer = words
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", BOS)]
    )
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path) -> None:
    tokenizer.save(str(folder / "tokenizer.json"))
    # The general class: Llama's own would build another pre-tokenizer than the file says.
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": "<unk>",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "clean_up_tokenization_spaces": False,
        "model_max_length": 512,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
