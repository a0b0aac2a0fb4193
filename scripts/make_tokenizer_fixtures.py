"""Trains small tokenizers of both families and records what the `tokenizers` library makes of 5,000 strings.

Writes, into --out:
  strings.bin     the strings: count, then length and UTF-8 bytes of each
  NAME.json       a tokenizer.json
  NAME.bin        for each string its ids and hashes of their two decodes; then those of random ids
  variants.json   a few strings under many settings of one component each, with all ids and decodes

Numbers are little-endian: counts and hashes 4 bytes, lengths within NAME.bin and ids 2 bytes. A hash is
FNV-1a of the decode's bytes; `--show NAME INDEX` prints the decode itself.
`--unicode-table FILE` writes the kit's table of character categories as the library's engines see them.
"""

import argparse
import json
import random
import struct
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
from tokenizers.pre_tokenizers import PreTokenizer

SEED = 20240229
STRINGS = 5000
RANDOM_SEQUENCES = 600

LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
GPT2_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
O200K_PATTERN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

PATTERNS = [
    GPT2_PATTERN,
    LLAMA3_PATTERN,
    O200K_PATTERN,
    r"\w+|\d",
    r"\p{P}|\p{S}|\p{Z}|\p{Pc}+\p{Nd}?\p{Nl}?\p{No}",
]

TEXT = """once upon a time there was little girl named Lily who loved to play outside in the park with her
friend Tom they found big red ball and said let's share it she didn't know what he'd do we've I'll you're
it's can't happy very tree dog cat house mom dad sun day run jump see look happy smiled together
der Junge läuft schnell über die Straße und größer wäre schön château garçon élève où naïve señor mañana niño
привет мир маленькая девочка жила была однажды Γειά σου κόσμε αλφάβητο שלום עולם مرحبا بالعالم नमस्ते दुनिया
สวัสดีชาวโลก 你好世界 从前有一个小女孩 こんにちは世界 ひらがな カタカナ 안녕하세요 세계
việt nam tiếng İstanbul ığdır
return def class int float void const std::string printf("%d\\n"); x = y + 1; {} [] () //
# 3.14 2024 1,000"""
WORDS = TEXT.split()

WHITE = [" ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\v", "\f", "\x85", "\xa0", "\u1680", "\u2003", "\u2028"]
WHITE += [
    "\u2029",
    "\u202f",
    "\u205f",
    "\u3000",
    "\u180e",
    "\u200b",
    "\ufeff",
    " \n",
    "\n\n",
    "\t\t ",
    "    ",
]
EMOJI = ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "❤️", "☺", "🧑🏿‍🚀", "1️⃣", "🫠", "\u200d", "\ufe0f"]
MARKS = ["e\u0301", "a\u0308\u0323", "n\u0303", "\u0301", "ก็", "क्षि", "\u0300\u0301\u0302", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤"]
DIGITS = [
    "0",
    "42",
    "123456789",
    "٣٤٥",
    "४२",
    "๑๒๓",
    "１２３",
    "²³",
    "½",
    "Ⅷ",
    "①②",
    "〇",
    "𝟘𝟙",
    "\U00011de1",
    "\u0bf0",
]
CASES = [
    "'s",
    "'S",
    "'ſ",
    "'ll",
    "'LL",
    "'re",
    "'Ve",
    "'D",
    "’s",
    "K",
    "ſ",
    "ß",
    "ﬁ",
    "ŉ",
    "İ",
    "ǅ",
    "Ⓐ",
    "ﬆ",
]
SPELLED = [
    "<s>",
    "</s>",
    "<unk>",
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|begin_of_text|>",
    "<0x41>",
]
SPELLED += [
    "<|eot_id|>",
    "<s",
    "<|im_",
    "|>",
    "<|im_start|",
    "<0xE2>",
    "<0x0A>",
    "▁",
    "▁▁",
    "Ġ",
    "Ċ",
    "â",
    "<|",
]
ADDED = [
    "<tool>",
    "[left]",
    "[right]",
    "[both]",
    "word",
    "[norm]",
    "  gap",
    "wordy",
    "_word",
    "word.",
    "new word",
]


def text_pool() -> list[list[str]]:
    planes = [
        chr(c) for c in (0x10000, 0x1D11E, 0x1F600, 0x20000, 0x2A6DF, 0x30000, 0x323AF, 0x3FFFE, 0x4ABCD)
    ]
    planes += [chr((plane << 16) + offset) for plane in range(17) for offset in (0x41, 0xABC, 0xFFFD, 0xFFFF)]
    controls = [chr(c) for c in (0, 1, 7, 8, 0x1B, 0x1F, 0x7F, 0x80, 0x9F, 0xAD, 0x200E, 0x202E, 0xFFFD)]
    newer = [
        chr(c) for c in (0x897, 0xC5C, 0x1C89, 0x10D50, 0x11BC0, 0x16D40, 0x1E5D0, 0x31350, 0x2EBF0, 0x88F)
    ]
    return [
        WORDS,
        WORDS,
        WORDS,
        WHITE,
        WHITE,
        EMOJI,
        MARKS,
        DIGITS,
        CASES,
        SPELLED,
        ADDED,
        planes,
        controls,
        newer,
    ]


def random_character(rng: random.Random) -> str:
    while True:
        code = rng.choice(
            [rng.randrange(0x80), rng.randrange(0x800), rng.randrange(0x10000), rng.randrange(0x110000)]
        )
        if not 0xD800 <= code < 0xE000:
            return chr(code)


def make_strings() -> list[str]:
    rng = random.Random(SEED)
    pool = text_pool()
    strings = ["", " ", "  ", "\n", "▁", "a", "\0"]
    strings += [piece for pieces in pool[2:] for piece in pieces]
    strings += [
        rng.choice(WORDS) * 12,
        " " * 150,
        "a" * 200,
        "\n" * 70,
        "0123456789" * 12,
        "<s>" * 20,
        "é" * 90,
    ]
    while len(strings) < STRINGS:
        kind = rng.random()
        if kind < 0.30:
            text = "".join(random_character(rng) for _ in range(rng.randrange(1, 5)))
        elif kind < 0.55:
            text = " ".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 5)))
        else:
            pieces = [rng.choice(rng.choice(pool)) for _ in range(rng.randrange(1, 6))]
            text = rng.choice(["", "", " "]).join(pieces)
        strings.append(text)
    return strings


def corpus() -> list[str]:
    rng = random.Random(SEED + 1)
    return [" ".join(rng.choice(WORDS) for _ in range(rng.randrange(3, 12))) for _ in range(3000)]


def added(content: str, token_id: int, **flags: bool) -> dict[str, Any]:
    fields = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
    return {"id": token_id, "content": content, **fields, **flags}


def template(token: str, token_id: int) -> dict[str, Any]:
    first = {"SpecialToken": {"id": token, "type_id": 0}}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    second = {"Sequence": {"id": "B", "type_id": 1}}
    return {
        "type": "TemplateProcessing",
        "single": [first, text],
        "pair": [first, text, {"SpecialToken": {"id": token, "type_id": 1}}, second],
        "special_tokens": {token: {"id": token, "ids": [token_id], "tokens": [token]}},
    }


def byte_level(use_regex: bool = True, add_prefix_space: bool = False) -> dict[str, Any]:
    return {
        "type": "ByteLevel",
        "add_prefix_space": add_prefix_space,
        "trim_offsets": True,
        "use_regex": use_regex,
    }


def split(
    pattern: str, behavior: str = "Isolated", invert: bool = False, kind: str = "Regex"
) -> dict[str, Any]:
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def metaspace(scheme: str, cut: bool) -> dict[str, Any]:
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": cut}


def replace(pattern: str, content: str, kind: str = "String") -> dict[str, Any]:
    return {"type": "Replace", "pattern": {kind: pattern}, "content": content}


def sequence(name: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "Sequence", name: parts}


SENTENCEPIECE_DECODER = sequence(
    "decoders",
    [
        replace("▁", " "),
        {"type": "ByteFallback"},
        {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0},
    ],
)


def train(
    vocab_size: int, specials: list[str], pre: PreTokenizer | None, alphabet: list[str], prepare: bool
) -> dict[str, Any]:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=specials, initial_alphabet=alphabet, show_progress=False
    )
    lines = corpus()
    if prepare:
        lines = ["▁" + line.replace(" ", "▁") for line in lines]
    tokenizer.train_from_iterator(lines, trainer)
    config: dict[str, Any] = json.loads(tokenizer.to_str())
    return config


def with_added(config: dict[str, Any], tokens: list[tuple[str, dict[str, bool]]]) -> None:
    """Ids as the library gives them: the vocabulary's where it has the token, else the next free one."""
    vocab = config["model"]["vocab"]
    next_id = len(vocab)
    config["added_tokens"] = []
    for content, flags in tokens:
        token_id = vocab.get(content, next_id)
        next_id += content not in vocab
        config["added_tokens"].append(added(content, token_id, **flags))
    config["added_tokens"].sort(key=lambda token: token["id"])


FLAGGED: list[tuple[str, dict[str, bool]]] = [
    ("<tool>", {"normalized": True}),
    ("[left]", {"lstrip": True}),
    ("[right]", {"rstrip": True, "normalized": True}),
    ("[both]", {"lstrip": True, "rstrip": True, "special": True}),
    ("word", {"single_word": True}),
    ("[norm]", {"normalized": True, "special": True, "lstrip": True}),
    ("  gap", {}),
]
SPECIAL = {"special": True}


def sentencepiece_model(vocab_size: int, byte_fallback: bool, pre: PreTokenizer | None) -> dict[str, Any]:
    specials = ["<unk>", "<s>", "</s>"]
    if byte_fallback:
        specials += [f"<0x{byte:02X}>" for byte in range(256)]
    config = train(vocab_size, specials, pre, [], prepare=pre is None)
    config["model"].update(unk_token="<unk>", byte_fallback=byte_fallback)
    return config


def make_tokenizers() -> dict[str, dict[str, Any]]:
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    llama2 = sentencepiece_model(1000, True, pre_tokenizers.Metaspace())
    llama2["normalizer"] = sequence("normalizers", [{"type": "Prepend", "prepend": "▁"}, replace(" ", "▁")])
    llama2["pre_tokenizer"] = None
    llama2["post_processor"] = template("<s>", 1)
    llama2["decoder"] = SENTENCEPIECE_DECODER
    llama2["model"]["fuse_unk"] = True
    with_added(
        llama2,
        [("<unk>", SPECIAL), ("<s>", SPECIAL), ("</s>", {"special": True, "normalized": True}), *FLAGGED],
    )

    mistral = sentencepiece_model(900, True, pre_tokenizers.Metaspace())
    mistral["pre_tokenizer"] = metaspace("first", False)
    mistral["post_processor"] = template("<s>", 1)
    mistral["decoder"] = SENTENCEPIECE_DECODER
    chat = [("<|im_start|>", SPECIAL), ("<|im_end|>", SPECIAL)]
    with_added(mistral, [("<unk>", SPECIAL), ("<s>", SPECIAL), ("</s>", SPECIAL), *chat])

    unknown = sentencepiece_model(700, False, pre_tokenizers.Metaspace())
    unknown["pre_tokenizer"] = metaspace("always", True)
    unknown["decoder"] = metaspace("always", True)
    with_added(unknown, [("<unk>", SPECIAL), ("<s>", SPECIAL), ("</s>", SPECIAL), *FLAGGED])

    gpt2 = train(
        900, ["<|endoftext|>"], pre_tokenizers.ByteLevel(add_prefix_space=False), alphabet, prepare=False
    )
    gpt2.update(pre_tokenizer=byte_level(), post_processor=byte_level(), decoder=byte_level())
    # As older versions of the library wrote merges.
    gpt2["model"]["merges"] = [" ".join(pair) for pair in gpt2["model"]["merges"]]
    with_added(gpt2, [("<|endoftext|>", SPECIAL), *FLAGGED])

    llama3_pre = sequence("pretokenizers", [split(LLAMA3_PATTERN), byte_level(use_regex=False)])
    trained_pre = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(LLAMA3_PATTERN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    llama3 = train(1100, [], trained_pre, alphabet, prepare=False)
    llama3["pre_tokenizer"] = llama3_pre
    llama3["model"]["ignore_merges"] = True
    # Words that no merge builds: only ignore_merges finds them.
    for word in ("Ġunmergeable", "Ġ2024"):
        llama3["model"]["vocab"][word] = len(llama3["model"]["vocab"])
    begin = len(llama3["model"]["vocab"])
    llama3["decoder"] = byte_level(add_prefix_space=True)
    processors = [byte_level(add_prefix_space=True), template("<|begin_of_text|>", begin)]
    llama3["post_processor"] = sequence("processors", processors)
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|im_start|>", "<|im_end|>"]
    names += [f"<|reserved_special_token_{i}|>" for i in range(12)]
    with_added(llama3, [(name, SPECIAL) for name in names])

    smollm_pre = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    names = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<repo_name>"]
    smollm = train(800, names, smollm_pre, alphabet, prepare=False)
    smollm["pre_tokenizer"] = sequence(
        "pretokenizers", [{"type": "Digits", "individual_digits": True}, byte_level()]
    )
    smollm["decoder"] = byte_level(add_prefix_space=True)
    with_added(smollm, [*[(name, SPECIAL) for name in names], *FLAGGED])
    return {
        "llama2": llama2,
        "mistral": mistral,
        "unknown": unknown,
        "gpt2": gpt2,
        "llama3": llama3,
        "smollm": smollm,
    }


def load(config: dict[str, Any]) -> Tokenizer:
    return Tokenizer.from_str(json.dumps(config))


def fnv1a(text: str) -> int:
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def decode_both(tokenizer: Tokenizer, ids: list[int]) -> tuple[str, str]:
    return tokenizer.decode(ids, skip_special_tokens=True), tokenizer.decode(ids, skip_special_tokens=False)


def encode(tokenizer: Tokenizer, text: str, index: int) -> list[int]:
    """Every second string without the post-processor's tokens."""
    return tokenizer.encode(text, add_special_tokens=index % 2 == 0).ids


def random_ids(tokenizer: Tokenizer, name: str) -> list[list[int]]:
    rng = random.Random(f"{SEED} {name}")
    size = tokenizer.get_vocab_size() + 3  # three ids that nobody has
    bytes_and_specials = range(min(size, 300))
    sequences = []
    for _ in range(RANDOM_SEQUENCES):
        source = rng.choice([range(size), bytes_and_specials, range(size - 30, size)])
        sequences.append([rng.choice(source) for _ in range(rng.randrange(1, 12))])
    return sequences


def record(tokenizer: Tokenizer, ids: list[int]) -> bytes:
    hashes = [fnv1a(text) for text in decode_both(tokenizer, ids)]
    return struct.pack(f"<H{len(ids)}H2I", len(ids), *ids, *hashes)


SPLITS = ["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
VARIANT_STRINGS = [
    "",
    " ",
    "a",
    "the big red ball",
    " the  ball ",
    "a--b--",
    "--",
    "x1y22 z333",
    "the\tday\n\nrun",
]
VARIANT_STRINGS += [
    "▁the",
    "<s>the day",
    "the<s> day",
    " <s> <s>  day",
    "wordy word",
    "day [left] sun  [right]  cat",
]
VARIANT_STRINGS += [
    "é😀über",
    "Hello World camelCaseWord",
    "it's IT'S 'ſ",
    "привет 你好 ٣٤",
    "aa <tool><tool> b",
    "A\r\nB\u2028C",
]
VARIANT_STRINGS += [
    "[both]day  [both]  sun",
    "word_word (word) wordé",
    "Straße  [norm] cat",
    "日本語の day",
    "\0x",
    "²a٣Ⓐb",
]


def variants(tokenizers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Every setting that the tokenizers above leave at one value, as changes of one of them."""
    changes: list[tuple[str, str, dict[str, Any]]] = []
    for behavior in SPLITS:
        for invert in (False, True):
            pre = sequence("pretokenizers", [split("-|day", behavior, invert), byte_level(use_regex=False)])
            changes.append((f"split {behavior} {invert}", "smollm", {"/pre_tokenizer": pre}))
    for kind, pattern in (
        ("String", "a"),
        ("Regex", "(?=[A-Z])"),
        ("Regex", O200K_PATTERN),
        ("Regex", r"\w+|[^\w\s]+"),
    ):
        pre = sequence("pretokenizers", [split(pattern, kind=kind), byte_level(use_regex=False)])
        changes.append((f"split {kind} {pattern}", "smollm", {"/pre_tokenizer": pre}))
    for pattern in (
        r"^\S|.$",
        r"(?i:THE|k)",
        r"[\p{Lu}\p{P}]|\d{2}",
        r"(?<=e) ",
        r"\P{L}+",
        r"[^\S\r\n]{2,}",
        r"a|(?>a*)b",
    ):
        pre = sequence("pretokenizers", [split(pattern), byte_level(use_regex=False)])
        changes.append((f"pattern {pattern}", "smollm", {"/pre_tokenizer": pre}))
    changes.append(
        ("byte level with a space", "smollm", {"/pre_tokenizer": byte_level(add_prefix_space=True)})
    )
    digits = sequence(
        "pretokenizers", [{"type": "Digits", "individual_digits": False}, byte_level(use_regex=False)]
    )
    changes.append(("digits together", "smollm", {"/pre_tokenizer": digits}))
    for scheme in ("always", "first", "never"):
        for cut in (True, False):
            patch = {"/pre_tokenizer": metaspace(scheme, cut), "/decoder": metaspace(scheme, cut)}
            changes.append((f"metaspace {scheme} {cut}", "unknown", patch))
    for scheme in ("always", "first"):
        for pattern, content in (("the", "x"), ("t", ""), (" ", "▁"), ("a", "aa")):
            patch = {"/normalizer": replace(pattern, content), "/pre_tokenizer": metaspace(scheme, True)}
            changes.append((f"replace {pattern} then {scheme}", "unknown", patch))
    legacy = {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}
    changes.append(("metaspace of old", "unknown", {"/pre_tokenizer": legacy, "/decoder": legacy}))
    old_never = {
        "type": "Metaspace",
        "replacement": "▁",
        "add_prefix_space": False,
        "prepend_scheme": "never",
    }
    changes.append(
        ("metaspace without prefix", "unknown", {"/pre_tokenizer": old_never, "/decoder": old_never})
    )
    changes.append(("unknown ones fused", "unknown", {"/model/fuse_unk": True}))
    changes.append(("unknown ones dropped", "unknown", {"/model/unk_token": None}))
    changes.append(("no decoder", "unknown", {"/decoder": None}))
    changes.append(("decoder fuses only", "unknown", {"/decoder": {"type": "Fuse"}}))
    changes.append(("normalizer and first", "mistral", {"/normalizer": {"type": "Prepend", "prepend": "▁"}}))
    parts = [split("-"), metaspace("first", True)]
    patch = {
        "/normalizer": {"type": "Prepend", "prepend": "--"},
        "/pre_tokenizer": sequence("pretokenizers", parts),
    }
    changes.append(("first after prepending", "unknown", patch))
    fused = sequence("decoders", [{"type": "Fuse"}, metaspace("always", True)])
    changes.append(("metaspace after fusing", "unknown", {"/decoder": fused}))
    changes.append(("regex replace", "mistral", {"/normalizer": replace(r"\s+|\d", "▁", "Regex")}))
    changes.append(("not fused", "llama2", {"/model/fuse_unk": False, "/post_processor": None}))
    changes.append(("merges not ignored", "llama3", {"/model/ignore_merges": False}))
    order = sequence(
        "decoders",
        [{"type": "Fuse"}, replace("▁", " "), {"type": "Strip", "content": " ", "start": 2, "stop": 0}],
    )
    changes.append(("decoder fuses first", "llama2", {"/decoder": order}))
    strips = sequence(
        "decoders", [replace("▁", " "), {"type": "Strip", "content": " ", "start": 1, "stop": 0}]
    )
    changes.append(("decoder strips every token", "llama2", {"/decoder": strips}))
    changes.append(
        ("regex decoder", "llama2", {"/decoder": sequence("decoders", [replace("▁+|[a-c]", "_", "Regex")])})
    )
    cases = []
    for name, base, patch in changes:
        config = json.loads(json.dumps(tokenizers[base]))
        for path, value in patch.items():
            *parents, last = path.strip("/").split("/")
            target = config
            for parent in parents:
                target = target[parent]
            target[last] = value
        tokenizer = load(config)
        ids = [encode(tokenizer, text, 0) for text in VARIANT_STRINGS]
        decoded = [tokenizer.decode(row) for row in ids]
        cases.append({"name": name, "base": base, "patch": patch, "ids": ids, "decoded": decoded})
    patterns = [{"pattern": pattern, "hash": hash_of_cuts(pattern)} for pattern in PATTERNS]
    return {"strings": VARIANT_STRINGS, "cases": cases, "patterns": patterns}


def hash_of_cuts(pattern: str) -> int:
    """Of where the pattern cuts a text of characters of all categories."""
    groups = categories()
    runs = [code for code in range(0x3401, 0x110000) if groups[code] != groups[code - 1]]
    codes = [*range(0x3400), *(code for run in runs for code in (run - 1, run))]
    characters = [chr(code) for code in codes if not 0xD800 <= code < 0xE000]
    text = "".join(character + after for character in characters for after in "a1 -\n")
    sizes = [
        len(piece.encode())
        for piece, _ in pre_tokenizers.Split(Regex(pattern), "isolated").pre_tokenize_str(text)
    ]
    return fnv1a("".join(f"{end} " for end in accumulate(sizes)))


def write_fixtures(out: Path, tokenizers: dict[str, dict[str, Any]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    strings = make_strings()
    packed = b"".join(struct.pack("<I", len(text.encode())) + text.encode() for text in strings)
    (out / "strings.bin").write_bytes(struct.pack("<I", len(strings)) + packed)
    for name, config in tokenizers.items():
        compact = json.dumps(config, ensure_ascii=False, separators=(",", ":"))
        (out / f"{name}.json").write_text(compact + "\n", encoding="utf-8")
        tokenizer = load(config)
        rows = [encode(tokenizer, text, index) for index, text in enumerate(strings)]
        sequences = random_ids(tokenizer, name)
        data = struct.pack("<I", len(rows)) + b"".join(record(tokenizer, ids) for ids in rows)
        data += struct.pack("<I", len(sequences)) + b"".join(record(tokenizer, ids) for ids in sequences)
        (out / f"{name}.bin").write_bytes(data)
        print(f"{name}: {tokenizer.get_vocab_size()} tokens, {len(data)} bytes")
    text = json.dumps(variants(tokenizers), ensure_ascii=True, separators=(",", ":"))
    (out / "variants.json").write_text(text + "\n", encoding="utf-8")


GROUPS = ["Lu", "Ll", "Lt", "Lm", "Lo", "M", "Nd", "Nl", "No", "Pc", "P", "S", "Z", "C"]


@cache
def categories() -> list[str]:
    """The general category of each code point as the library's regex engine has it, in the groups above."""
    result = ["C"] * 0x110000
    characters = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    for group in ["Lu", "Ll", "Lt", "Lm", "Lo", "M", "Nd", "Nl", "No", "P", "Pc", "S", "Z"]:
        members = pre_tokenizers.Split(Regex(rf"\p{{{group}}}"), "removed", invert=True)
        for start in range(0, len(characters), 20000):
            chunk = "".join(map(chr, characters[start : start + 20000]))
            for piece, _ in members.pre_tokenize_str(chunk):
                for character in piece:
                    result[ord(character)] = group
    return result


def write_unicode_table(path: Path) -> None:
    groups = categories()
    runs: list[int] = []
    previous = ""
    for code, group in enumerate(groups):
        if group != previous:
            runs.append(code << 4 | GROUPS.index(group))
            previous = group
    words = [f"{run:#x}," for run in runs]
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > 108:
            lines.append("")
        lines[-1] += word
    head = "// From the tokenizers library's engine, by scripts/make_tokenizer_fixtures.py --unicode-table.\n"
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path}: {len(runs)} runs, {len(lines)} lines")


def show(tokenizers: dict[str, dict[str, Any]], name: str, index: int) -> None:
    tokenizer = load(tokenizers[name])
    text = make_strings()[index]
    ids = encode(tokenizer, text, index)
    skipped, kept = decode_both(tokenizer, ids)
    print(f"text {text!r}\nids {ids}\ndecode {skipped!r}\nwith special tokens {kept!r}")
    if index < RANDOM_SEQUENCES:
        ids = random_ids(tokenizer, name)[index]
        skipped, kept = decode_both(tokenizer, ids)
        print(f"random ids {ids}\ndecode {skipped!r}\nwith special tokens {kept!r}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent.parent / "reference_data" / "tokenizers"
    )
    parser.add_argument(
        "--show", nargs=2, metavar=("NAME", "INDEX"), help="print one case instead of writing"
    )
    parser.add_argument(
        "--unicode-table", type=Path, metavar="FILE", help="write only the table of categories"
    )
    options = parser.parse_args()
    if options.unicode_table:
        write_unicode_table(options.unicode_table)
    elif options.show:
        show(make_tokenizers(), options.show[0], int(options.show[1]))
    else:
        write_fixtures(options.out, make_tokenizers())


if __name__ == "__main__":
    main()
