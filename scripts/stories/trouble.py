"""Plots in which something happens to the thing: how it comes about, and what was promised before."""

from stories.grammar import Beat, beat

START: tuple[Beat, ...] = (
    beat(
        "has", "start -> has play -start",
        "{intro} had {a_thing}. | {intro} had {a_thing} and loved it very much. | "
        "{intro} loved to play with {a_thing}. | {intro} had {a_thing} that {he} took everywhere.",
        "Every day {he} played with the {thing}. | It was {his} favorite toy. | "
        "The {thing} made {name} happy. | "
        "{He} kept the {thing} next to {his} bed.",
    ),
    beat(
        "gets", "start -> has play -start",
        "{intro} got {a_thing} from {his} {parent}. | {intro} woke up and found {a_thing} on the table. | "
        "{intro} got {a_thing} for {his} birthday. | {intro} was given {a_thing} by {his} {parent}.",
        "\"Thank you! I love it!\" said {name}. | {name} smiled and hugged the {thing}. | "
        "{He} wanted to show the {thing} to everyone. | "
        "\"This is the best {thing} in the world!\" {he} said.",
    ),
    beat(
        "warning", "play !pre -> pre warned?",
        "\"Please be careful with the {thing},\" said {his} {parent}. | "
        "{His} {parent} said, \"Take good care of the {thing}, {name}.\" | "
        "\"Play with it at home today,\" said {his} {parent}. | "
        "{His} {parent} said, \"Do not go too far with the {thing}.\"",
        "{name} nodded, but {he} did not really listen. | "
        "\"Yes, yes,\" said {name}, and {he} ran out of the door. | "
        "But {name} forgot it very soon. | \"I know, I know,\" said {name}.",
    ),
    beat(
        "promise", "play !pre -> pre promised?",
        "\"I will be home before dark,\" {name} told {his} {parent}. | "
        "{name} made a promise to be home before dark. | "
        "\"Be home before dark,\" said {his} {parent}. \"I promise,\" said {name}. | "
        "Before {he} went out, {name} made {his} {parent} a promise to come home before dark.",
    ),
    *(
        beat(
            f"kind_{role}", f"play !pre -> pre kind? kind_{role}",
            "One morning, {name} met {a_helper} that was very hungry. | "
            "{name} saw {a_helper} with a hurt leg. | "
            "On the way to the {place}, {name} met {a_helper} that was very cold. | "
            "One morning, {name} saw {a_helper} under a big leaf. It looked weak.",
            "{He} shared {his} {food} with the {helper}. | {He} gave the {helper} some food and warm milk. | "
            "\"You poor thing,\" said {name}, and {he} gave the {helper} {his} {food}.",
            "\"I will not forget this,\" said the {helper}. | "
            "\"Thank you. You are kind,\" said the {helper}. | "
            "The {helper} thanked {name} and went away. | "
            "\"One day I will help you too,\" said the {helper}.",
            role=role,
        )
        for role in ("climber", "swimmer", "digger", "nose")
    ),
)  # fmt: skip

GOES = (
    "That day {he} took the {thing} to the {place}. | {name} went to the {place} with the {thing}. | "
    "Soon {name} was playing in the {place} with the {thing}. | {name} went out to play with the {thing}. | "
    "So {name} took the {thing} and went to the {place}."
).replace("in the {place}", "at the {place}")

HAPPENS: tuple[Beat, ...] = (
    beat(
        "wind_tree", "play @light -> high dents -play", GOES,
        "A strong wind came and took the {thing}. | Suddenly the wind pulled the {thing} away. | "
        "Then the wind began to blow very hard. | Whoosh! The wind took the {thing}.",
        "It landed at the top of a tall tree. | The {thing} got stuck high up in a tree. | "
        "Now the {thing} was up in a tree. | It went up and up and got stuck in a tall tree.",
    ),
    beat(
        "throw_tree", "play @throw -> high dents own -play", GOES,
        "{He} threw the {thing} up again and again. | \"Look how high I can throw!\" {he} said. | "
        "{He} threw the {thing} as high as {he} could. | {He} threw it high, and then even higher.",
        "But the {thing} did not come down. It was stuck in a tree. | It landed at the top of a tall tree. | "
        "The {thing} got stuck high up in a tree. | Oh no! Now the {thing} was up in a tree.",
    ),
    beat(
        "roll_water", "play @roll -> water dents own -play", GOES,
        "{He} ran too fast, and the {thing} got away. | {He} put the {thing} down on a hill and let go. | "
        "{He} looked away for a moment, and the {thing} began to roll. | "
        "{He} pushed the {thing} too hard, and it rolled away.",
        "It went down the hill and into the pond. | Splash! The {thing} fell into the pond. | "
        "It did not stop before it fell into the deep pond. | Soon the {thing} was far out on the pond.",
    ),
    beat(
        "wind_water", "play @light -> water dents -play", GOES,
        "A strong wind came and took the {thing}. | Suddenly the wind pulled the {thing} away. | "
        "Then the wind began to blow very hard. | Whoosh! The wind took the {thing}.",
        "It fell into the pond. | Splash! The {thing} fell into the deep pond. | "
        "It came down in the middle of the pond. | Now the {thing} was far out on the pond.",
    ),
    beat(
        "hole", "play @small -> hole own -play", GOES,
        "{He} danced and jumped, and then {he} dropped the {thing}. | {He} tripped on a root and let go. | "
        "{He} ran with it, and {he} did not look at the ground. | "
        "{He} played so hard that the {thing} slipped away.",
        "The {thing} fell into a deep hole. | It fell down a hole in the ground. | "
        "Down, down it went into a dark hole. | Plop! The {thing} was gone down a deep hole.",
    ),
    beat(
        "forgot", "play -> lost own -play", GOES,
        "{He} saw a rainbow and ran after it. | Then {he} saw some children and ran to play with them. | "
        "It was warm, and {he} fell asleep under a tree. | "
        "{He} saw a butterfly and followed it for a long time.",
        "When {he} thought of the {thing} again, it was gone. | "
        "But when {he} came back, the {thing} was gone. | "
        "Then {he} looked around. Where was the {thing}? | "
        "At home {name} saw that the {thing} was not there.",
    ),
    beat(
        "torn_bag", "play @small -> lost -play",
        "{name} put the {thing} in a bag and went to the {place}. | "
        "{name} put the {thing} in {his} bag and walked to the {place}. | "
        "With the {thing} in {his} bag, {name} walked to the {place}. | "
        "{He} put the {thing} in a bag to take it to the {place}.",
        "But there was a hole in the bag! | {He} did not know that the bag had a hole. | "
        "When {he} opened the bag, it was empty. | But the bag had a big hole, and soon it was empty.",
        "\"Where is my {thing}?\" said {name}. | The {thing} was gone. | "
        "\"Oh no! I lost my {thing}!\" {he} cried. | The {thing} was somewhere on the long path.",
    ),
    beat(
        "taken", "play -> taken -play", GOES,
        "{He} put the {thing} down for a moment. | {He} sat down to eat, with the {thing} at {his} side. | "
        "{He} stopped to rest under a tree. | {He} closed {his} eyes in the warm sun.",
        "{A_helper} came, took the {thing}, and ran. | Just then {a_helper} took the {thing} and ran off. | "
        "Then {a_helper} came and ran away with the {thing}. | "
        "\"Hey!\" {he} cried. {A_helper} had taken the {thing}!",
        role="thief",
    ),
    beat(
        "tripped", "play @breaks -> broken own -play", GOES,
        "{He} ran too fast and fell. | {He} did not see a stone and tripped. | "
        "{He} was in a hurry and fell over a log. | {He} jumped off a wall and fell.",
        "Crack! The {thing} broke. | There was a loud crack, and the {thing} was broken. | "
        "When {he} got up, the {thing} was in two parts. | The {thing} hit the ground and broke.",
    ),
    beat(
        "left_in_rain", "play @breaks !promised? -> broken own -play", GOES,
        "In the evening {he} went home and left the {thing} outside. | "
        "{He} was so tired that {he} left the {thing} in the grass. | "
        "When it got late, {he} ran home without the {thing}. | "
        "Then {he} smelled dinner and left the {thing} outside.",
        "That night it rained and rained. | At night there was a big storm. | It rained all night long.",
        "In the morning the {thing} was broken. | The next day {name} found the {thing} wet and broken. | "
        "When {he} found the {thing}, it did not work any more. | "
        "The {thing} was wet and it had a big crack.",
    ),
    beat(
        "friend_breaks", "play @breaks -> broken blame? -play",
        "{name} let {his} {friend} play with the {thing}. | {His} {friend} asked to hold the {thing}. | "
        "One day {name} and {his} {friend} played with the {thing}. | "
        "\"May I try it?\" asked {his} {friend}.",
        "But {his} {friend} dropped it, and it broke. | "
        "{His} {friend} tripped, and crack! The {thing} broke. | "
        "But {his} {friend} pushed it too hard. The {thing} broke. | "
        "Then there was a crack. {His} {friend} had broken the {thing}.",
    ),
    beat(
        "friend_loses", "play -> lost blame? -play",
        "{name} let {his} {friend} take the {thing} for one day. | "
        "{His} {friend} asked to borrow the {thing}. | "
        "\"May I borrow it?\" asked {his} {friend}. {name} said yes. | "
        "{name} lent the {thing} to {his} {friend}.",
        "The next day {his} {friend} came back without it. \"I lost it,\" said {his} {friend}. | "
        "But {his} {friend} lost the {thing} at the {place}. | "
        "In the evening {his} {friend} said, \"I can not find the {thing}.\" | "
        "But then {his} {friend} did not know where the {thing} was.",
    ),
)  # fmt: skip
