"""What heroes try on their own when there is trouble, and how it fails, half works or works."""

from stories.grammar import Beat, beat

SAD = (
    '{name} was very sad. | {name} began to cry. | "What can I do?" said {name}. | '
    '"Oh no!" cried {name}. | '
    "{name} felt sad, but {he} did not give up."
)
STILL = (
    '{name} sat down and sighed. | "This is too hard," said {name}. | '
    '"I will not give up," said {name}. | '
    "{name} was tired, but {he} wanted {his} {thing} back. | A tear ran down {his} face."
)
PROUD = (
    '"I did it!" said {name}. | "Hooray!" cried {name}. | {name} jumped up and down with joy. | '
    '"Now I have my {thing} again!" {he} said.'
)

FIRST: dict[str, str] = {
    "high": "{He} tried to climb the tree, but it was too tall. | "
    "{He} jumped and jumped, but the {thing} was too high. | "
    "{He} began to climb, but {he} slid down again. | {He} shook the tree, but the {thing} did not move.",
    "water": "{He} tried to reach the {thing} with a stick, but the stick was too short. | "
    "{He} stepped into the water, but it was too cold and deep. | "
    "{He} waited for the {thing} to come back, but it did not. | "
    "{He} leaned out as far as {he} could, but the {thing} was too far away.",
    "hole": "{He} tried to reach down, but the hole was too deep. | "
    "{He} looked down, but it was too dark to see. | "
    "{He} tried to dig, but the ground was too hard. | "
    "{He} lay down and reached, but the {thing} was too far down.",
    "lost": "{He} looked under the bed and behind the door, but it was not there. | "
    "{He} looked in the grass, but {he} only found a stone. | "
    "{He} looked here and there, but {he} did not find it. | "
    "{He} went back along the path, but the {thing} was not there.",
    "taken": "{He} ran after the {helper}, but the {helper} was too fast. | "
    '"Stop!" {he} cried, but the {helper} did not stop. | '
    "{He} tried to grab the {thing}, but the {helper} got away. | "
    "{He} ran and ran, but {he} could not catch the {helper}.",
    "broken": "{He} tried to put the parts together, but they fell off again. | "
    "{He} pushed the parts together, but they did not stay. | {He} tried to fix it, but it broke again. | "
    "{He} put a leaf on it, but that did not help at all.",
}
SECOND: dict[str, str] = {
    "high": "Next {he} threw a stick at it, but the stick got stuck too. | "
    "Then {he} stood on a box, but it was not enough. | "
    "Then {he} threw small stones, but they all missed. | Next {he} got a long stick, but it broke.",
    "water": "Then {he} threw stones, but they pushed the {thing} farther away. | "
    "Next {he} tried a rope, but it was not long enough. | "
    "Then {he} made a raft, but it sank. | Next {he} got a net, but the net had a hole.",
    "hole": "Then {he} let down a string, but it came up with nothing. | "
    "Next {he} tried a long stick, but it broke. | "
    "Then {he} poured in water, but the {thing} did not come up. | "
    "Next {he} tried a spoon, but it was too short.",
    "lost": "Then {he} asked all the neighbors, but no one had seen it. | "
    "Next {he} looked at the {place} again, but it was not there. | "
    "Then {he} saw something in the bushes, but it was only a shoe. | "
    "Next {he} drew a picture of it, but no one knew where it was.",
    "taken": "Then {he} hid behind a tree, but the {helper} saw {him}. | "
    "Next {he} made a trap with a box, but the {helper} was too clever. | "
    "Then {he} asked nicely, but the {helper} ran on. | Next {he} threw a net, but it caught only leaves.",
    "broken": "Then {he} used some string, but it was too thin. | Next {he} used glue, but it did not dry. | "
    "Then {he} tried tape, but the tape came off. | Next {he} tied it with grass, but the grass broke.",
}
HALF: dict[str, str] = {
    "high": "{He} shook the tree, and the {thing} fell a little, but then it stopped at a lower branch. | "
    "With a stick, {he} pushed the {thing} to a lower branch, but no more.",
    "water": "{He} made waves, and the {thing} came a little closer, but then it stopped. | "
    "With a stick {he} touched the {thing}, but {he} could not pull it in.",
    "hole": "With a string {he} pulled the {thing} up a little, but then it fell back. | "
    "{He} dug for an hour and could see the {thing}, but {he} could not reach it.",
    "lost": "{He} found some marks on the ground, but then the marks stopped. | "
    "A neighbor had seen it near the old bridge, but {he} could not find it there.",
    "taken": "{He} held on to one side of it, but the {helper} pulled it away again. | "
    "{He} got very close, but then {he} tripped and fell.",
    "broken": "{He} fixed one side, but the other side was still broken. | "
    "It worked again for a moment, but then it stopped.",
}
CLEVER: dict[str, str] = {
    "high": "Then {he} had an idea. {He} tied a hook to a rope and pulled the branch down. | "
    "Then {he} thought hard. {He} put one box on another and climbed up step by step.",
    "water": "Then {he} had an idea. {He} tied a net to a long stick and pulled the {thing} out. | "
    "Then {he} thought hard. {He} went to the other side, where the wind blew the {thing} to the shore.",
    "hole": "Then {he} had an idea. {He} put some honey on a stick, and the {thing} stuck to it. | "
    "Then {he} thought hard. {He} made a hook from a wire and pulled the {thing} up.",
    "lost": "Then {he} sat down and thought hard. {He} had stopped at the well to drink! "
    "The {thing} was still there. | "
    "Then {he} had an idea. {He} did everything again, step by step, and there was the {thing}, "
    "under a bush.",
    "taken": "Then {he} had an idea. {He} put {a_food} on the ground, and the {helper} dropped the {thing} "
    "to eat it. | "
    "Then {he} thought hard. {He} rolled a stick, and the {helper} ran after it and left the {thing}.",
    "broken": "Then {he} had an idea. {He} used strong glue and waited all day, and the {thing} was fixed. | "
    "Then {he} thought hard. {He} used two small sticks and some wire, and the {thing} worked again.",
}

ATTEMPTS: tuple[Beat, ...] = tuple(
    made
    for trouble in FIRST
    for made in (
        beat(f"{trouble}_try", f"{trouble} !tried !asked? !blame? -> tried", SAD, FIRST[trouble]),
        beat(f"{trouble}_half", f"{trouble} !tried !asked? !blame? -> tried half", SAD, HALF[trouble]),
        beat(
            f"{trouble}_try_again", f"{trouble} tried !half !again !partner !asked? -> again",
            SECOND[trouble], STILL,
        ),
        beat(
            f"{trouble}_clever",
            f"{trouble} tried !partner !asked? !kind? !home !blame? -> back self -{trouble}",
            CLEVER[trouble], PROUD,
        ),
    )
)  # fmt: skip
