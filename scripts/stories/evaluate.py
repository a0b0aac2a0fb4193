"""Samples stories from the model and counts how many are as they should be, by rules and without a reader."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from stories.corpus import Story, skeletons, tell
from stories.shapes import articles_agree, read_plot, readings, split_sentences

SAMPLES, TEMPERATURE, MAX_TOKENS = 50, 0.8, 300
SHORTEST_OVERLAP = 8
NEW_PLOT = "a plot that training never showed"
# Fields that may not change in a story: the hero's and the thing's, and those of the others, by role.
HERO = ("name", "he", "him", "his", "himself", "thing", "adj", "a_thing", "use", "using", "weather")
CAST = {
    "helper": "helper", "a_helper": "helper", "food": "food", "a_food": "food", "place": "place",
    "parent": "parent", "elder": "parent", "friend": "friend",
}  # fmt: skip


@dataclass
class Sample:
    opening: str
    text: str
    tokens: int
    ended: bool
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    overlap: int = 0


def openings(seed: int) -> list[Story]:
    """The first sentences of held-out plots about held-out pairs of name and thing."""
    rng = random.Random(seed + 1000)
    plots = skeletons()[1]
    return [tell(plots[i % len(plots)], rng, held_out=True) for i in range(SAMPLES)]


@torch.no_grad()
def sample(folder: Path, stories: list[Story], seed: int) -> list[Sample]:
    tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left", pad_token="</s>")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    prompts = [story.opening for story in stories]
    batch = tokenizer(prompts, return_tensors="pt", padding=True, return_token_type_ids=False)
    torch.manual_seed(seed)
    rows = model.generate(
        **batch, do_sample=True, temperature=TEMPERATURE, top_k=0, top_p=1.0, max_new_tokens=MAX_TOKENS,
        pad_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    width = batch["input_ids"].shape[1]
    samples = []
    for prompt, mask, row in zip(prompts, batch["attention_mask"], rows.tolist(), strict=True):
        told = row[width:]
        ended = tokenizer.eos_token_id in told
        ids = row[width - int(mask.sum()) : width] + (
            told[: told.index(tokenizer.eos_token_id)] if ended else told
        )
        text = tokenizer.decode(ids[:MAX_TOKENS], skip_special_tokens=True)
        samples.append(Sample(prompt, text, len(ids), ended and len(ids) < MAX_TOKENS))
    return samples


def read_sentence(sentence: str, hero: dict[str, str]) -> tuple[dict[str, str], set[str]] | None:
    """The fields of a sentence, and those that are not the hero's; nothing if the grammar can not say it."""
    best = None
    for words in readings(sentence):
        wrong = {key for key, word in words.items() if key in hero and word.lower() != hero[key].lower()}
        if best is None or len(wrong) < len(best[1]):
            best = words, wrong
    return best


def judge(found: Sample, story: Story) -> None:
    """Write down what is wrong: faults that count, and remarks on what a reader may still forgive."""
    hero = {key: word for key, word in story.fields.items() if key in HERO}
    name, thing = hero["name"], hero["thing"]
    sentences = split_sentences(found.text)
    if not found.ended:
        found.faults.append(f"no end before {MAX_TOKENS} tokens")
    if not any(name in sentence for sentence in sentences[-4:]):
        found.faults.append("name missing at the end")
    if not any(re.search(rf"\b{thing}\b", sentence) for sentence in sentences[-6:]):
        found.faults.append("thing missing at the end")
    if found.text.count('"') % 2:
        found.faults.append("quotes not balanced")
    if not articles_agree(found.text):
        found.faults.append("a where an should be, or the other way round")
    cast: defaultdict[str, set[str]] = defaultdict(set)
    for sentence in sentences:
        read = read_sentence(sentence, hero)
        if read is None:
            found.faults.append(f"not a sentence of the grammar: {sentence}")
            continue
        words, wrong = read
        if wrong:
            found.faults.append(f"another {' and '.join(sorted(wrong))}: {sentence}")
        for key, word in words.items():
            if key in CAST:
                cast[CAST[key]].add(word.lower().removeprefix("an ").removeprefix("a "))
    for role, used in cast.items():
        if len(used) > 1:
            found.remarks.append(f"the {role} changes: {', '.join(sorted(used))}")
    plot = read_plot(found.text)
    if plot is None:
        found.remarks.append("the plot breaks a rule")
    elif plot not in {skeleton.beats for skeleton in skeletons()[0]}:
        found.remarks.append(NEW_PLOT)


def measure_overlap(samples: list[Sample], corpus: Iterable[str]) -> None:
    """The longest run of words that a sample shares with one story of the training corpus."""
    split = [found.text.split() for found in samples]
    places: defaultdict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for i, words in enumerate(split):
        for at in range(len(words) - SHORTEST_OVERLAP + 1):
            places[tuple(words[at : at + SHORTEST_OVERLAP])].append((i, at))
    for text in corpus:
        seen = text.split()
        for start in range(len(seen) - SHORTEST_OVERLAP + 1):
            for i, at in places.get(tuple(seen[start : start + SHORTEST_OVERLAP]), ()):
                length = SHORTEST_OVERLAP
                for ours, theirs in zip(split[i][at + length :], seen[start + length :], strict=False):
                    if ours != theirs:
                        break
                    length += 1
                samples[i].overlap = max(samples[i].overlap, length)


def write_samples(samples: list[Sample], path: Path) -> None:
    lines = []
    for i, found in enumerate(samples, 1):
        notes = "; ".join(found.faults + found.remarks) or "nothing to say"
        rest = found.text.removeprefix(found.opening)
        lines.append(f"{i}. [{found.opening}]{rest}")
        lines.append(f"   {found.tokens} tokens, longest overlap {found.overlap} words; {notes}\n")
    path.write_text("\n".join(lines))


def evaluate(folder: Path, seed: int, corpus: Iterable[str]) -> dict[str, float]:
    stories = openings(seed)
    samples = sample(folder, stories, seed)
    for found, story in zip(samples, stories, strict=True):
        judge(found, story)
    measure_overlap(samples, corpus)
    write_samples(samples, folder / "samples.txt")
    overlaps = sorted(found.overlap for found in samples)
    return {
        "samples": len(samples),
        "without_fault": sum(not found.faults for found in samples),
        "without_fault_or_remark": sum(not found.faults and not found.remarks for found in samples),
        "ended": sum(found.ended for found in samples),
        "follow_the_rules_of_plots": sum("the plot breaks a rule" not in found.remarks for found in samples),
        "longest_overlap_words": overlaps[-1],
        "median_overlap_words": overlaps[len(overlaps) // 2],
        "median_words": sorted(len(found.text.split()) for found in samples)[len(samples) // 2],
    }
