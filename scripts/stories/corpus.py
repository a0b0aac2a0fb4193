"""Tells plots as stories: binds the words that a plot leaves open, and draws a phrasing for each beat."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle

from stories import attempts, brave, build, endings, helpers, honest, others, trouble, wishes, words
from stories.grammar import Beat, Skeleton, enumerate_skeletons
from stories.words import BOYS, GIRLS, THINGS, Thing, with_article

BEATS: tuple[Beat, ...] = (
    *trouble.START, *trouble.HAPPENS, *attempts.ATTEMPTS, *helpers.HELP, *helpers.LATER,
    *endings.TURNS, *endings.ENDINGS, *wishes.WANTS, *wishes.SKILL, *wishes.WEATHER,
    *others.PRESENT, *others.SHARE, *honest.FOUND, *honest.SECRET, *honest.BLAME,
    *brave.FEAR, *brave.JOURNEY, *brave.RESCUE, *build.MAKE, *build.CONTEST, *build.TOO_BIG,
)  # fmt: skip

INTROS = (
    "Once upon a time, there was {a_kid} named {name}. {He}",
    "Once upon a time, there was {a_kid} named {name}. {He}",
    "Once upon a time, {a_kid} named {name}",
    "Once upon a time, {a_kid} named {name}",
    "Once upon a time, in a small house, there lived {a_kid} named {name}. {He}",
    "One day, {a_kid} named {name}",
    "One day, {a_kid} named {name}",
    "There once was {a_kid} named {name}. {He}",
    "Long ago, {a_kid} named {name}",
    "{name} was {a_kid}. {He}",
    "{A_kid} named {name}",
)

HELD_OUT_SKELETONS = 20
TROUBLE_SHARE = 0.4


@dataclass(frozen=True)
class Story:
    text: str
    opening: str
    fields: dict[str, str]
    skeleton: Skeleton


def is_held_out(name: str, thing: Thing) -> bool:
    """One in ten pairs of a name and a thing never occurs in training."""
    return (7 * (GIRLS + BOYS).index(name) + 3 * THINGS.index(thing)) % 10 == 0


@cache
def skeletons() -> tuple[tuple[Skeleton, ...], tuple[Skeleton, ...]]:
    """The plots for training and those held out of it, from every family in turn."""
    families: defaultdict[str, list[Skeleton]] = defaultdict(list)
    for skeleton in enumerate_skeletons(BEATS):
        families[skeleton.family].append(skeleton)
    rng = random.Random(0)
    held_out: list[Skeleton] = []
    for family in cycle(families):
        if len(held_out) == HELD_OUT_SKELETONS:
            break
        known = [plot for plot in families[family] if plot not in held_out]
        # Every beat must stay known from some other plot.
        counts = Counter(step for plot in known for step in plot.beats)
        usable = [plot for plot in known if all(counts[step] > 1 for step in plot.beats)]
        if len(usable) > len(known) / 4:
            held_out.append(rng.choice(usable))
    return tuple(plot for plots in families.values() for plot in plots if plot not in held_out), tuple(
        held_out
    )


def _draw(rng: random.Random, skeleton: Skeleton, held_out: bool) -> dict[str, str]:
    """A value for every field that a phrasing may name."""
    while True:
        girl = rng.random() < 0.5
        name = rng.choice(GIRLS if girl else BOYS)
        thing = rng.choice([thing for thing in THINGS if skeleton.tags <= thing.tags])
        if is_held_out(name, thing) == held_out:
            break
    kid = rng.choice(words.ANIMALS) if rng.random() < 0.25 else "girl" if girl else "boy"
    role = next((step.role for step in skeleton.beats if step.role), "climber")
    helper = rng.choice([helper for helper in words.ROLES[role] if helper != kid])
    adjective, food = rng.choice(words.ADJECTIVES), rng.choice(words.FOODS)
    trait = rng.choice(words.TRAITS) + " " if rng.random() < 0.8 else ""
    fields = {
        "name": name,
        "he": "she" if girl else "he",
        "him": "her" if girl else "him",
        "his": "her" if girl else "his",
        "himself": "herself" if girl else "himself",
        "a_kid": with_article(trait + kid),
        "thing": thing.noun,
        "adj": adjective,
        "a_thing": with_article(f"{adjective} {thing.noun}"),
        "use": thing.use,
        "using": thing.using,
        "weather": thing.weather,
        "helper": helper,
        "a_helper": with_article(helper),
        "food": food,
        "a_food": with_article(food),
        "place": rng.choice(words.PLACES),
        "parent": rng.choice(words.PARENTS),
        "elder": rng.choice(words.ELDERS),
        "friend": rng.choice(words.FRIENDS),
    }
    capitals = {key.capitalize(): value.capitalize() for key, value in fields.items() if key != "name"}
    return fields | capitals


def tell(skeleton: Skeleton, rng: random.Random, held_out: bool = False) -> Story:
    fields = _draw(rng, skeleton, held_out)
    fields["intro"] = rng.choice(INTROS).format_map(fields)
    parts = [rng.choice(group).format_map(fields) for step in skeleton.beats for group in step.say]
    return Story(" ".join(parts), parts[0], fields, skeleton)


def tell_many(rng: random.Random) -> Iterator[Story]:
    """Training stories without end: families get their share whatever the number of their plots."""
    families: defaultdict[str, list[Skeleton]] = defaultdict(list)
    for skeleton in skeletons()[0]:
        families[skeleton.family].append(skeleton)
    trouble_families = [beat.name for beat in trouble.START if beat.name in families]
    rest = [family for family in families if family not in trouble_families]
    while True:
        group = trouble_families if rng.random() < TROUBLE_SHARE else rest
        yield tell(rng.choice(families[rng.choice(group)]), rng)
