"""Who ends the trouble: a helper for nothing, for a favor, out of thanks, or together with the hero."""

from stories.attempts import FIRST
from stories.grammar import Beat, beat

ROLE = {"high": "climber", "water": "swimmer", "hole": "digger", "lost": "nose", "broken": "fixer"}

SOLVES: dict[str, str] = {
    "high": "The {helper} went up to the top and brought the {thing} down. | "
    "The {helper} pushed the {thing} off the branch, and it fell down. | "
    "Up went the {helper}, and down came the {thing}. | "
    "In no time the {helper} got the {thing} out of the tree.",
    "water": "The {helper} swam out and pushed the {thing} back. | "
    "The {helper} pulled the {thing} to the shore. | "
    "In no time the {helper} swam to the {thing} and brought it back. | "
    "Splash! The {helper} jumped in and got the {thing}.",
    "hole": "The {helper} went down the hole and came up with the {thing}. | "
    "The {helper} dug and dug, and up came the {thing}. | "
    "In no time the {helper} brought the {thing} up from the hole. | "
    "The {helper} went into the dark and pushed the {thing} up.",
    "lost": "The {helper} sniffed the ground and found the {thing} under a bush. | "
    "The {helper} followed the smell to an old wall, and there was the {thing}. | "
    "Sniff, sniff! The {helper} found the {thing} behind a tree. | "
    "The {helper} ran ahead and came back with the {thing}.",
    "broken": "The {helper} used strong glue and a little paint, and the {thing} was as good as new. | "
    "The {helper} worked for an hour, and then the {thing} was fixed. | "
    "The {helper} put a new part on the {thing}, and it worked again. | "
    "With two nails and some glue, the {helper} fixed the {thing}.",
}
COMES = (
    'Just then {a_helper} came by. "I can help you," said the {helper}. | '
    '{A_helper} saw this and came closer. "Let me try," said the {helper}. | '
    '"Why are you sad?" asked {a_helper}. {name} told the {helper} about the {thing}. | '
    'Then {name} met {a_helper}. "Can you help me?" {he} asked. "Yes, I can," said the {helper}.'
)
THANKS = (
    '"Thank you so much!" said {name}. | {name} was so happy to have the {thing} again. | '
    '"You are the best!" {name} cried. | {name} thanked the {helper} and hugged the {thing}. | '
    "{name} laughed and danced with joy."
)
TOGETHER: dict[str, str] = {
    "high": "{name} held the branch down, and the {helper} pulled the {thing} free. | "
    "The {helper} went up with a rope, and {name} pulled until the {thing} fell down.",
    "water": "{name} held one end of a rope, and the {helper} swam out with the other end. They pulled the "
    "{thing} in. | "
    "The {helper} pushed the {thing}, and {name} pulled it out with a stick.",
    "hole": "{name} let down a string, and the {helper} tied it to the {thing}. Then they pulled it up. | "
    "{name} held a light, and the {helper} went down and got the {thing}.",
    "lost": "{name} lifted the big stones, and the {helper} sniffed under them. There was the {thing}! | "
    "{name} opened the old gate, and the {helper} ran in and found the {thing}.",
    "broken": "{name} held the parts, and the {helper} put in the nails. Soon the {thing} was fixed. | "
    "{name} put on the glue, and the {helper} tied it with string. Now the {thing} was strong again.",
}
MORNING: dict[str, str] = {
    "high": "In the morning they took a ladder and got the {thing} out of the tree. | "
    "The next day they shook the tree together, and the {thing} fell down.",
    "water": "In the morning they took a little raft and got the {thing} out of the pond. | "
    "The next day the {thing} lay on the shore. The wind had brought it back.",
    "hole": "In the morning they took a long hook and pulled the {thing} out of the hole. | "
    "The next day they dug together, and soon they had the {thing}.",
    "lost": "In the morning the sun was bright, and there was the {thing}, right next to the path. | "
    "The next day they looked together and found the {thing} under a bench.",
}
THANKS_PARENT = (
    '"Thank you for your help!" said {name}. | {name} hugged {his} {parent}. | '
    '"It is much easier with you," said {name}. | {name} laughed and hugged the {thing}.'
)
ASKS = (
    "Just then {a_helper} came by. | {name} saw {a_helper} and asked for help. | "
    "Then {name} met {a_helper}. | {A_helper} heard {him} and came closer."
)
FAVORS: dict[str, tuple[str, str]] = {
    "food": (
        '"I will help you, but I am so hungry," said the {helper}. | '
        '"First I need something to eat," said the {helper}. | '
        '"Give me {a_food}, and I will help you," said the {helper}.',
        "{name} gave the {helper} {his} {food}. | "
        "{name} ran home and came back with {a_food} for the {helper}. | "
        "{name} had only one {food}, but {he} gave it to the {helper}. | "
        "{name} found {a_food} for the {helper}.",
    ),
    "work": (
        '"I will help you if you help me first," said the {helper}. "My yard is full of leaves." | '
        '"I have so much work," said the {helper}. "Help me clean my yard, and I will help you." | '
        '"First I must clean my yard," said the {helper}.',
        "{name} helped the {helper} clean until all was done. | "
        "{name} swept and swept, and the {helper} was happy. | "
        "So {name} worked hard and cleaned the yard of the {helper}. | "
        "{name} carried all the leaves out for the {helper}.",
    ),
}
THEN = (
    'Now it was the {helper}\'s turn. | "A promise is a promise," said the {helper}. | '
    '"Now I will help you," said the {helper}. | Then they went to work.'
)

HELP: tuple[Beat, ...] = tuple(
    made
    for trouble, role in ROLE.items()
    for made in (
        beat(
            f"{trouble}_helped", f"{trouble} tried !kind? !partner !home !blame? -> back helped -{trouble}",
            COMES, SOLVES[trouble], THANKS, role=role,
        ),
        *(
            beat(
                f"{trouble}_asks_{favor}",
                f"{trouble} !kind? !partner !half !again !home !blame? -> asked? asked_{favor}",
                ASKS, FAVORS[favor][0], role=role,
            )
            for favor in FAVORS
        ),
        beat(
            f"{trouble}_refuses", f"{trouble} asked? !tried -> tried refused",
            "\"No, I have no time for that,\" said {name}. | \"I do not need you,\" said {name}. | "
            "But {name} did not want to help. | {name} shook {his} head and turned away.",
            FIRST[trouble],
            "So {name} came back. \"I am sorry,\" {he} said. | Then {name} said sorry to the {helper}. | "
            "\"I was not nice to you,\" {name} told the {helper}.",
        ),
        *(
            beat(
                f"{trouble}_does_{favor}",
                f"{trouble} asked? asked_{favor} -> back helped paid -asked? -{trouble}",
                FAVORS[favor][1], THEN, SOLVES[trouble],
            )
            for favor in FAVORS
        ),
        beat(
            f"{trouble}_partner", f"{trouble} tried !half !kind? !home !blame? -> partner",
            "Just then {a_helper} came by and tried to help. | {A_helper} came and wanted to help. | "
            "{A_helper} saw this. \"I can do it,\" said the {helper}.",
            "But it was too hard for the {helper} alone. | But the {helper} could not do it alone. | "
            "The {helper} tried once, and then again, but it did not work.",
            role=role,
        ),
        beat(
            f"{trouble}_together", f"{trouble} partner -> back helped team -{trouble}",
            "\"Let us do it together,\" said {name}. | \"We can do it if we work together!\" said {name}. | "
            "Then {name} had an idea. \"We must help each other,\" {he} said. | "
            "\"You are clever and I am strong. Together we can do it,\" said {name}.",
            TOGETHER[trouble],
        ),
    )
)  # fmt: skip

# A broken thing needs nobody who can fly or swim, and it does not stay behind when night falls.
LATER: tuple[Beat, ...] = tuple(
    made
    for trouble in MORNING
    for made in (
        beat(
            f"{trouble}_thanks",
            f"{trouble} tried kind? kind_{ROLE[trouble]} -> back helped -kind? -{trouble}",
            "Just then the {helper} came back. | Who came there? It was the {helper}! | "
            "Then {name} heard a voice. It was the {helper}! | The {helper} heard {name} and came at once.",
            "\"You helped me. Now I will help you,\" said the {helper}. | "
            "\"You were kind to me,\" said the {helper}. \"Let me help.\" | "
            "\"Do not cry. I have not forgotten you,\" said the {helper}.",
            SOLVES[trouble],
        ),
        beat(
            f"{trouble}_dark", f"{trouble} promised? tried !kind? !partner !asked? -> home -promised?",
            "The sun went down. {name} wanted to stay, but a promise is a promise. {He} went home. | "
            "Soon it was almost dark. {name} remembered {his} promise and went home without the {thing}. | "
            "Then it got dark. \"I made a promise,\" said {name}, and {he} ran home.",
            "\"You kept your promise,\" said {his} {parent}. \"Tomorrow I will help you.\" | "
            "{His} {parent} was glad. \"We will go back together in the morning.\" | "
            "\"I am proud of you,\" said {his} {parent}. \"Tomorrow we will try together.\"",
        ),
        beat(
            f"{trouble}_morning", f"{trouble} home -> back kept -{trouble}",
            MORNING[trouble], THANKS_PARENT,
        ),
    )
)  # fmt: skip
