"""The words that a story can be about. Every one of them is a plain singular noun or name."""

from dataclasses import dataclass

GIRLS = ("Lily", "Mia", "Anna", "Sue", "Lucy", "Emma", "Zoe", "Ella", "Sara", "Amy", "Rosie", "Nora")
BOYS = ("Tom", "Ben", "Sam", "Max", "Tim", "Jack", "Leo", "Finn", "Joe", "Dan", "Oscar", "Noah")
ANIMALS = ("rabbit", "fox", "bear", "pig", "cat", "mouse")

TRAITS = ("little", "little", "little", "young", "kind", "shy", "happy", "curious")
ADJECTIVES = ("red", "blue", "green", "yellow", "purple", "orange", "pink", "white", "shiny", "pretty")

PLACES = ("park", "farm", "playground", "mill", "zoo", "castle")
PARENTS = ("mom", "dad", "grandma", "grandpa")
ELDERS = ("grandma", "grandpa", "uncle", "aunt")
FRIENDS = ("sister", "brother", "cousin", "friend")
FOODS = ("apple", "cookie", "pear", "carrot", "bun", "sandwich")

# Who can help depends on the trouble: a role names those who can do the same thing.
ROLES = {
    "climber": ("bird", "crow", "squirrel", "monkey", "owl"),
    "swimmer": ("duck", "frog", "turtle", "swan", "otter"),
    "digger": ("mole", "mouse", "rabbit", "badger"),
    "nose": ("dog", "puppy", "fox", "cat"),
    "thief": ("puppy", "goat", "monkey", "crow"),
    "fixer": ("farmer", "baker", "teacher", "painter"),
    "small": ("kitten", "duckling", "lamb", "chick"),
    "child": ("boy", "girl"),
}


@dataclass(frozen=True)
class Thing:
    """A noun, what may happen to it (tags), and what one does with it: fly, flying."""

    noun: str
    tags: frozenset[str]
    use: str
    using: str
    weather: str


def _thing(
    noun: str, tags: str, use: str = "play with", using: str = "playing with", weather: str = ""
) -> Thing:
    return Thing(noun, frozenset(tags.split()), use, using, weather)


# light: the wind takes it; throw, roll, small: what its name says; breaks; soft: a comfort at night;
# sound: it can be heard far away; carry: it can hold a small animal; pull: one can be pulled out by it;
# weather: it waits for wind, snow or rain; skill: its use must be learned.
THINGS = (
    _thing("kite", "light breaks weather skill", "fly", "flying", "wind"),
    _thing("plane", "light throw breaks weather skill", "fly", "flying", "wind"),
    _thing("ball", "throw roll skill", "bounce", "bouncing"),
    _thing("boat", "breaks carry weather small skill", "sail", "sailing", "wind"),
    _thing("drum", "roll breaks sound skill", "play", "playing"),
    _thing("flute", "small breaks sound skill", "play", "playing"),
    _thing("whistle", "small sound throw skill", "blow", "blowing"),
    _thing("bell", "small roll sound"),
    _thing("top", "small roll breaks skill", "spin", "spinning"),
    _thing("hoop", "roll throw pull skill", "spin", "spinning"),
    _thing("scooter", "roll breaks big skill", "ride", "riding"),
    _thing("sled", "roll breaks carry big weather skill", "ride", "riding", "snow"),
    _thing("bike", "roll breaks big skill", "ride", "riding"),
    _thing("wagon", "roll breaks carry"),
    _thing("umbrella", "light breaks pull weather", "try", "trying", "rain"),
    _thing("car", "small roll breaks"),
    _thing("truck", "roll breaks"),
    _thing("train", "roll breaks"),
    _thing("robot", "breaks soft"),
    _thing("doll", "soft small throw"),
    _thing("puppet", "soft small breaks"),
    _thing("lamp", "breaks soft roll"),
    _thing("blanket", "light soft pull"),
    _thing("pillow", "soft throw"),
    _thing("scarf", "light soft pull"),
    _thing("hat", "light throw carry"),
    _thing("cape", "light pull"),
    _thing("basket", "roll carry"),
    _thing("bucket", "roll carry"),
    _thing("balloon", "light"),
    _thing("crown", "small breaks"),
)


def with_article(words: str) -> str:
    """`a red kite`, `an orange kite`; an hour is the one word here that is not spoken as it is written."""
    return ("an " if words[0] in "aeiou" or words.startswith("hour") else "a ") + words
