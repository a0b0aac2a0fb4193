"""Plots about making and winning: a thing to build, a contest to enter, a thing that is too big."""

from stories.grammar import Beat, beat

MAKE: tuple[Beat, ...] = (
    beat(
        "wants_to_make", "start @breaks -> plan -start",
        "{intro} wanted to make {a_thing}. | {intro} had an idea. {He} wanted to build {a_thing}. | "
        "{intro} saw {a_thing} in a book and wanted to make one.",
        "\"I can do it alone,\" {he} said. | {He} drew a picture of the {thing} first. | "
        "{He} dreamed about the {thing} all night.",
    ),
    beat(
        "no_paint", "plan !built -> needs_part",
        "But {he} had no wood. | But one part was missing. | But there was not enough wood.",
        "{He} looked in every box, but there was nothing. | \"What can I use?\" asked {name}.",
    ),
    beat(
        "uses_old", "needs_part -> built -plan -needs_part",
        "Then {he} found an old chair and took it apart. | {He} used an old box that no one wanted. | "
        "{He} found what {he} needed in the shed.",
        "Soon the {thing} was done. | After two days there was a {thing}. | "
        "\"It is not perfect, but it is my {thing},\" {he} said.",
    ),
    beat(
        "trades_for_part", "needs_part -> built -plan -needs_part",
        "{A_helper} had what {he} needed. \"Help me today, and you can have it,\" said the {helper}. | "
        "\"I will help you with your work for it,\" {name} told {a_helper}.",
        "{name} worked all day for the {helper} and then made the {thing}. | "
        "{name} helped the {helper}, and in the evening {he} could finish the {thing}.",
        role="fixer",
    ),
    beat(
        "builds_fast", "plan !needs_part -> built fast -plan",
        "{name} worked very fast and did not look at the picture. | "
        "{name} was in a hurry and used only a little glue. | "
        "{name} did not want to wait for the glue to dry.",
        "Soon the {thing} was done. | In one hour there was a {thing}.",
    ),
    beat(
        "falls_apart", "built !apart -> apart -built",
        "But when {he} tried it, the {thing} fell apart. | "
        "The first time {he} used the {thing}, it broke. | "
        "{name} picked up the {thing}, and one side fell off.",
        "\"All that work!\" cried {name}. | {name} wanted to throw it away. | {name} sat down and cried.",
    ),
    beat(
        "laughs_at_it", "built !laugh -> laugh",
        "{His} {friend} saw the {thing} and laughed. \"It looks so funny!\" | "
        "\"What is that?\" asked {his} {friend} and laughed.",
        "{name} felt sad and hid the {thing}. | {name} said nothing and looked at the {thing}.",
    ),
    beat(
        "tries_slow", "apart -> rebuilt -apart",
        "The next day {name} started again, and this time {he} went slow. | "
        "{name} took a deep breath and did it again, step by step.",
        "{He} let the glue dry all night. | {He} looked at the picture again and again. | "
        "{He} made each part with care.",
        "Now the {thing} was strong. | In the end it was a very good {thing}.",
    ),
    beat(
        "with_parent", "apart -> rebuilt both -apart",
        "\"Can you help me?\" {name} asked {his} {parent}. | \"May I help?\" asked {his} {parent}.",
        "Side by side they built the {thing} again. | {name} did one side, and {his} {parent} did the other.",
        "\"Now it is strong,\" said {his} {parent}. | It was better than before.",
    ),
    beat(
        "it_works", "laugh built !apart -> shown -laugh",
        "But then {name} tried the {thing}, and it worked very well. | "
        "The next day {name} took the {thing} to the {place}, and it was the best of all.",
        "{His} {friend} stopped laughing. \"Wow!\" | \"I was wrong,\" said {his} {friend}. \"It is great!\"",
    ),
    beat(
        "end_made", "rebuilt !both !laugh -> end",
        "\"It took a long time, but I did it,\" said {name}. | {name} had learned that good work takes time.",
        "{He} played with the {thing} every day. | {He} put {his} name on the {thing} and smiled.",
    ),
    beat(
        "end_made_both", "rebuilt both -> end",
        "{name} and {his} {parent} tried it together. | "
        "\"We did it!\" said {name}, and {his} {parent} laughed.",
        "\"It is good to ask for help,\" said {name}, and {he} held up the {thing}. | "
        "And every time {name} saw the {thing}, {he} thought of that day.",
    ),
    beat(
        "end_made_laugh", "rebuilt laugh !both -> end",
        "{His} {friend} came back. \"I am sorry that I laughed. It is a great {thing}.\" | "
        "Now {his} {friend} did not laugh. \"Can you make one for me?\"",
        "\"We can make it together,\" said {name}, and soon there was a {thing} for each. | "
        "{name} smiled and let {his} {friend} try the {thing}.",
    ),
    beat(
        "end_shown", "shown -> end",
        "\"Can you show me how to make one?\" asked {his} {friend}. | "
        "\"Will you teach me?\" asked {his} {friend}.",
        "So {name} helped {his} {friend} to make a {thing} too. | "
        "{name} was glad to help, and {he} was proud of {his} funny {thing}.",
    ),
    beat(
        "end_simple", "built !fast !laugh !apart -> end",
        "{name} showed the {thing} to {his} {parent}. \"You made that all by yourself?\" | "
        "{His} {parent} looked at the {thing}. \"How clever!\"",
        "{name} loved the {thing} because {he} had made it. | "
        "\"Tomorrow I will make one for you,\" said {name}, and {he} hugged the {thing}.",
    ),
)  # fmt: skip

CONTEST: tuple[Beat, ...] = (
    beat(
        "contest", "start @skill -> enters -start",
        "{intro} had {a_thing} and wanted to win a contest. | "
        "{intro} could {use} {a_thing} very well. Soon there was a contest in town. | "
        "{intro} heard of a contest. {He} wanted to win it with {a_thing}.",
        "\"I will be the best!\" said {name}. | There was a gold star for the winner. | "
        "All the children wanted to win.",
    ),
    beat(
        "trains", "enters -> ready -enters",
        "{name} practiced {using} the {thing} every day. | "
        "Each morning {name} got up early and practiced with the {thing}.",
        "{His} {parent} watched and clapped. | {He} got better and better.",
    ),
    beat(
        "too_sure", "enters -> lazy -enters",
        "{name} did not practice at all. \"I am already the best,\" {he} said. | "
        "\"I do not need to practice,\" said {name}, and {he} slept all day. | "
        "While the others practiced, {name} played in the sun. | "
        "\"This is easy,\" said {name}, and {he} did not practice.",
    ),
    beat(
        "breaks_before", "ready @breaks !mend -> mend -ready",
        "But on the day of the contest, the {thing} broke. | "
        "But just before the contest, {name} dropped the {thing}. Crack!",
        "\"Now I can not be in it,\" {he} cried. | {name} began to cry.",
    ),
    beat(
        "rival_helps", "mend -> mended3 rival -mend",
        "{A_helper} from the contest came over. \"I have some glue,\" said the {helper}. | "
        "\"I will help you,\" said {a_helper} who was in the contest too.",
        "Together they fixed the {thing} in time. | The {helper} fixed the {thing} just in time.",
        "\"But I could win now,\" said {name}. \"That is fine,\" said the {helper}. | "
        "\"Why do you help me?\" asked {name}. \"It is no fun without you,\" said the {helper}.",
        role="child",
    ),
    beat(
        "helps_rival", "ready !mend -> stopped -ready",
        "On the way to the contest, {name} saw {a_helper} who had fallen down. | "
        "Just before the contest, {a_helper} hurt a leg.",
        "{name} stopped to help, and {he} came too late. | "
        "{name} put the {thing} down and helped the {helper}. When {he} was done, the contest was over.",
        role="child",
    ),
    beat(
        "plays_shy", "ready !mend !stopped -> shy -ready",
        "But when it was {his} turn, {name} was very shy. | "
        "In front of all the people, {name} began to shake.",
        "{He} dropped the {thing}. | {He} did it all wrong with the {thing}.",
        "Then {he} saw {his} {parent} smile. \"Try again,\" said {his} {parent}. | "
        "\"You can do it!\" called {his} {friend}.",
    ),
    beat(
        "end_loses", "lazy -> end",
        "At the contest, {his} {friend} was much better. | "
        "At the contest, {name} did it all wrong, and {his} {friend} won.",
        "\"How did you get so good?\" asked {name}. \"I practiced every day,\" said {his} {friend}. | "
        "{name} was sad, but {he} said, \"You were great!\"",
        "The next morning {name} got up early and practiced with the {thing}. | "
        "From then on {name} and {his} {friend} practiced with the {thing} together.",
    ),
    beat(
        "end_two_winners", "mended3 -> end",
        "{name} won, but {he} gave half of the star to the {helper}. | "
        "At the end, {name} and the {helper} both won.",
        "\"You are the real winner,\" {name} told the {helper}. | \"We are both winners,\" said {name}.",
        "And {name} and the {helper} played with the {thing} all day. | "
        "After that, {name} always let the {helper} play with the {thing}.",
    ),
    beat(
        "end_kind_prize", "stopped -> end",
        "Then the teacher came with a gold star. \"This is for a kind heart,\" said the teacher. | "
        "\"{name} did not win,\" said the teacher, \"but {he} did the best thing of all.\"",
        "Everyone clapped, and {name} held up the {thing} and smiled. | "
        "The {helper} hugged {name}, and they played with the {thing} together.",
    ),
    beat(
        "end_second_try", "shy -> end",
        "{name} took a deep breath and tried again. This time it was perfect! | "
        "{name} closed {his} eyes and did it once more. It was very good!",
        "{He} did not win, but everyone clapped. | Everyone clapped, and {name} got a gold star.",
        "\"I did it!\" said {name}, and {he} hugged the {thing}. | "
        "{name} was not so shy any more, and {he} showed the {thing} to everyone.",
    ),
    beat(
        "end_mended_self", "mend -> end",
        "But {name} did not give up. {He} tied the {thing} with {his} ribbon, and it worked. | "
        "{name} tied the {thing} with a string and went on.",
        "It looked funny, but {he} did {his} best. | All the people laughed and clapped.",
        "{name} did not win, but {he} was proud of {his} {thing}. | "
        "\"You never gave up,\" said {his} {parent}, and {name} smiled at the {thing}.",
    ),
)  # fmt: skip

TOO_BIG: tuple[Beat, ...] = (
    beat(
        "too_small", "start @big -> small -start",
        "{intro} got {a_thing}, but {he} was too small for it. | "
        "{intro} wanted to {use} {a_thing}, but {he} was too small. | "
        "{intro} had {a_thing} that was too big for {him}.",
        "\"I want to be big now!\" said {name}. | {He} tried, but {he} fell off.",
    ),
    beat(
        "eats_a_lot", "small !ate !boxed -> ate",
        "\"I will eat a lot,\" said {name}, and {he} ate and ate. | "
        "{name} ate three plates of soup to get big.",
        "But the next day {he} was still small, and {his} tummy hurt. | But {he} only got a bad tummy.",
    ),
    beat(
        "stands_on_box", "small !boxed -> boxed",
        "{name} put a box next to the {thing} and climbed up. | {name} put on big shoes and tried again.",
        "But {he} fell down. | But it did not work at all.",
    ),
    beat(
        "rides_along", "small boxed -> along2 -small",
        "\"Sit with me,\" said {his} {friend}. \"We can do it together.\" | "
        "{His} {friend} was bigger. \"I will help you,\" said {his} {friend}.",
        "So they had fun with the {thing} side by side. | Together they could {use} the {thing}.",
    ),
    beat(
        "marks_door", "small !along2 -> marks -small",
        "{His} {parent} made a mark on the door. \"When you are this big, you can {use} it.\" | "
        "\"You will grow,\" said {his} {parent} and made a mark on the wall.",
        "Every week {name} stood next to the mark. | {name} waited and waited.",
    ),
    beat(
        "end_grown", "marks -> end",
        "Winter came and went. One day {name} was as big as the mark! | "
        "After a long time {name} looked, and the mark was lower than {his} head!",
        "\"Now I am big!\" {he} cried. | {He} ran to the {thing}, and this time it was easy.",
        "{name} was {using} the {thing} all day. | "
        "And {name} loved {his} {thing} more because {he} had waited for it.",
    ),
    beat(
        "end_passes_on", "along2 -> end",
        "Later, when {name} was big, {he} could {use} the {thing} alone. | One year later {name} was big.",
        "But {name} still liked to share the {thing} with {his} {friend}. | "
        "Then {name} gave a small child a turn on the {thing}. \"I will help you,\" {he} said.",
    ),
)  # fmt: skip
