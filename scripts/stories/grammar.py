"""Beats, and how they make plots: a beat is a rule with preconditions and effects on a small story state.

A rule reads `needs -> effects`. Needs are facts (`lost`), absent facts (`!tried`) and tags of the thing
(`@light`). Effects are facts that become true (`helped`) or false (`-lost`). A fact that ends in `?` is a
loose end, such as a promise: no story may stop before some beat ties it up.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stories.words import THINGS

MAX_BEATS = 7
END = "end"


@dataclass(frozen=True)
class Beat:
    """One event of a plot. `say` holds, one after the other, the sentences it may be told with."""

    name: str
    needs: frozenset[str]
    lacks: frozenset[str]
    tags: frozenset[str]
    adds: frozenset[str]
    drops: frozenset[str]
    say: tuple[tuple[str, ...], ...]
    role: str = ""

    def fits(self, facts: frozenset[str]) -> bool:
        return self.needs <= facts and not self.lacks & facts


def beat(name: str, rule: str, *say: str, role: str = "") -> Beat:
    """A beat from its rule and from groups of phrasings; ` | ` stands between the phrasings of a group."""
    needs, effects = (side.split() for side in rule.split("->"))
    return Beat(
        name=name,
        needs=frozenset(word for word in needs if word[0] not in "!@"),
        lacks=frozenset(word[1:] for word in needs if word[0] == "!"),
        tags=frozenset(word[1:] for word in needs if word[0] == "@"),
        adds=frozenset(word for word in effects if word[0] != "-"),
        drops=frozenset(word[1:] for word in effects if word[0] == "-"),
        say=tuple(tuple(phrase.strip() for phrase in group.split(" | ")) for group in say),
        role=role,
    )


@dataclass(frozen=True)
class Skeleton:
    """A plot: beats, each made possible by those before it, from an opening to an ending."""

    beats: tuple[Beat, ...]

    @property
    def family(self) -> str:
        return self.beats[0].name

    @property
    def name(self) -> str:
        return " > ".join(beat.name for beat in self.beats)

    @property
    def tags(self) -> frozenset[str]:
        return frozenset().union(*(beat.tags for beat in self.beats))


def enumerate_skeletons(beats: tuple[Beat, ...]) -> Iterator[Skeleton]:
    """All plots, depth first."""

    def extend(plot: tuple[Beat, ...], facts: frozenset[str], tags: frozenset[str]) -> Iterator[Skeleton]:
        if END in facts:
            if not any(fact.endswith("?") for fact in facts):
                yield Skeleton(plot)
            return
        if len(plot) == MAX_BEATS:
            return
        for step in beats:
            wanted = tags | step.tags
            if step in plot or not step.fits(facts) or (step.role and any(past.role for past in plot)):
                continue
            if any(wanted <= thing.tags for thing in THINGS):
                yield from extend((*plot, step), (facts | step.adds) - step.drops, wanted)

    yield from extend((), frozenset({"start"}), frozenset())
