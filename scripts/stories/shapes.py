"""Reads a story back: which sentences the grammar can say, and which plot a whole story follows."""

import re
from collections.abc import Iterator
from functools import cache

from stories import words
from stories.corpus import BEATS, INTROS
from stories.grammar import END, Beat
from stories.words import BOYS, GIRLS, THINGS, with_article

# A sentence starts with a capital letter, in a phrasing also with a field that stands for one.
SENTENCE_END = re.compile(r"(?<=[.!?])(\"?) (?=[A-Z\"]|\{[A-Z]|\{name\})")
FIELD = re.compile(r"\{(\w+)\}")


def one_of(*choices: str) -> str:
    return "(?:" + "|".join(sorted(set(choices))) + ")"


ADJECTIVE, NOUN = one_of(*words.ADJECTIVES), one_of(*(thing.noun for thing in THINGS))
HELPER = one_of(*(helper for helpers in words.ROLES.values() for helper in helpers))
WORDS: dict[str, str] = {
    "name": one_of(*GIRLS, *BOYS),
    "he": "(?:he|she)",
    "him": "(?:him|her)",
    "his": "(?:his|her)",
    "himself": "(?:himself|herself)",
    "thing": NOUN,
    "adj": ADJECTIVE,
    "a_thing": f"an? {ADJECTIVE} {NOUN}",
    "use": one_of(*(thing.use for thing in THINGS)),
    "using": one_of(*(thing.using for thing in THINGS)),
    "weather": one_of(*(thing.weather for thing in THINGS if thing.weather)),
    "helper": HELPER,
    "a_helper": f"an? {HELPER}",
    "food": one_of(*words.FOODS),
    "a_food": f"an? {one_of(*words.FOODS)}",
    "place": one_of(*words.PLACES),
    "parent": one_of(*words.PARENTS),
    "elder": one_of(*words.ELDERS),
    "friend": one_of(*words.FRIENDS),
    "a_kid": f"an? (?:{one_of(*words.TRAITS)} )?{one_of('girl', 'boy', *words.ANIMALS)}",
}


def pattern(phrase: str, named: bool) -> str:
    """A regular expression for a phrasing, whatever its fields are. Named groups are for single sentences."""
    seen: set[str] = set()
    parts = []
    for i, part in enumerate(FIELD.split(phrase)):
        if i % 2 == 0:
            parts.append(re.escape(part))
        elif part == "intro":
            parts.append(one_of(*(pattern(intro, named=False) for intro in INTROS)))
        elif part in seen:
            parts.append(f"(?P={part})")
        else:
            choice = WORDS[part] if part in WORDS else f"(?i:{WORDS[part[0].lower() + part[1:]]})"
            parts.append(f"(?P<{part}>{choice})" if named else choice)
            seen |= {part} if named else set()
    return "".join(parts)


def split_sentences(text: str) -> list[str]:
    return SENTENCE_END.sub(r"\1\n", text).split("\n")


@cache
def sentence_shapes() -> tuple[re.Pattern[str], ...]:
    """Every sentence that the grammar can say."""
    phrases = {phrase for step in BEATS for group in step.say for phrase in group}
    told = {phrase.replace("{intro}", intro) for phrase in phrases for intro in INTROS}
    shapes = sorted({sentence for phrase in told for sentence in split_sentences(phrase)})
    return tuple(re.compile(pattern(shape, named=True)) for shape in shapes)


@cache
def beat_patterns() -> tuple[tuple[Beat, re.Pattern[str]], ...]:
    def told(step: Beat) -> str:
        return " ".join(one_of(*(pattern(phrase, named=False) for phrase in group)) for group in step.say)

    return tuple((step, re.compile(told(step))) for step in BEATS)


def readings(sentence: str) -> Iterator[dict[str, str]]:
    """The fields of the sentence, once for each shape of the grammar that it has."""
    for shape in sentence_shapes():
        if match := shape.fullmatch(sentence):
            yield {field.lower(): word for field, word in match.groupdict().items()}


def articles_agree(text: str) -> bool:
    pairs = re.findall(r"\b(an?) (\w+)", text.lower())
    return all(with_article(word) == f"{article} {word}" for article, word in pairs)


def read_plot(text: str) -> tuple[Beat, ...] | None:
    """The beats that tell all of the text in an order that the rules allow, or nothing."""

    def read(at: int, plot: tuple[Beat, ...], facts: frozenset[str]) -> tuple[Beat, ...] | None:
        if at > len(text):
            return plot if END in facts else None
        for step, told in beat_patterns():
            if step.fits(facts) and step not in plot and (match := told.match(text, at)):
                rest = read(match.end() + 1, (*plot, step), (facts | step.adds) - step.drops)
                if rest:
                    return rest
        return None

    return read(0, (), frozenset({"start"}))
