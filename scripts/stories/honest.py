"""Plots about being honest and fair: a thing found, a thing borrowed in secret, a friend blamed wrongly."""

from stories.grammar import Beat, beat

FOUND: tuple[Beat, ...] = (
    beat(
        "finds", "start -> found -start",
        "{intro} found {a_thing} on the path. | {intro} found {a_thing} under a bench. | "
        "{intro} saw {a_thing} in the grass. | "
        "{intro} went for a walk and found {a_thing}.",
        "\"What a nice {thing}!\" said {name}. | There was no one near it. | "
        "{name} looked left and right, but no one was there.",
    ),
    beat(
        "takes_home", "found -> kept_it -found",
        "{He} took the {thing} home. | {name} put the {thing} under {his} coat and ran home. | "
        "\"Now it is mine,\" {he} said and took it home.",
        "{He} played with it all day. | But at night {he} could not sleep. | "
        "It was fun, but {he} did not show it to anyone.",
    ),
    beat(
        "asks_around", "found -> asking -found",
        "\"Someone must miss it,\" thought {name}. | "
        "\"It is not my {thing},\" {he} said. \"Who lost it?\" | {name} wanted to find the owner.",
        "{He} asked at every house, but no one knew. | {He} asked all the children at the {place}. | "
        "{He} made a sign with a picture of the {thing}.",
    ),
    beat(
        "hears_crying", "kept_it -> owner secret -kept_it",
        "The next day {name} saw {a_helper} who cried. \"I lost my {thing},\" said the {helper}. | "
        "Then {name} met {a_helper} who looked for a {thing} everywhere. | "
        "At the {place} {a_helper} was crying. \"My {thing} is gone!\" | "
        "One day {a_helper} came to the door. \"Have you seen my {thing}? I lost it.\"",
        role="child",
    ),
    beat(
        "lies", "owner secret !lied -> lied",
        "\"Have you seen it?\" asked the {helper}. \"No,\" said {name}. | "
        "\"I have not seen a {thing},\" said {name}. | "
        "{name} said nothing and walked away.",
        "But the lie felt like a stone in {his} tummy. | But {he} could not eat {his} dinner. | "
        "But now the {thing} was no fun at all.",
    ),
    beat(
        "owner_comes", "asking -> owner -asking",
        "At last {a_helper} came to {him}. \"That is my {thing}!\" | "
        "Then {a_helper} ran up. \"You found my {thing}!\" | "
        "The next day {a_helper} knocked at the door. \"I lost my {thing}.\" | "
        "One morning {a_helper} ran to {name}. \"You have my {thing}!\"",
        role="child",
    ),
    beat(
        "no_owner", "asking -> nobody -asking",
        "{name} waited for a week, but no one came. | Many days went by, and no one came for the {thing}. | "
        "{name} asked and asked, but it was no one's {thing}. | "
        "No one knew the {thing}, and no one wanted it.",
    ),
    beat(
        "old_owner", "asking -> gift_owner -asking",
        "At the last house lived an old woman. \"I had that {thing} when I was small,\" she said. | "
        "An old woman opened the last door. \"Oh! My old {thing}!\" she said. | "
        "Then an old woman saw the sign. \"That was my {thing} long ago,\" she said. | "
        "One evening an old woman came. \"I lost that {thing} when I was a girl,\" she said.",
    ),
    beat(
        "gives_back", "owner !lied -> returned -owner",
        "{name} looked at the {thing} for the last time. \"Here it is,\" {he} said. | "
        "It was hard, but {name} gave the {thing} back. | "
        "\"Here is your {thing},\" said {name}.",
        "The {helper} jumped for joy. | The {helper} smiled and hugged the {thing}. | "
        "\"You are so kind!\" said the {helper}.",
    ),
    beat(
        "confesses", "owner lied -> returned -owner",
        "The next morning {name} took the {thing} to the {helper}. | "
        "At last {name} went to the {helper} with the {thing}. | "
        "{name} could not stand it any more and went to the {helper}.",
        "\"I lied. I am sorry. Here is your {thing},\" {he} said. | "
        "\"I had it all the time. I am so sorry,\" {he} said. | "
        "\"This is your {thing}. I did not tell the truth,\" {he} said.",
    ),
    beat(
        "end_play", "returned -> end",
        "\"Do you want to play with me?\" asked the {helper}. | "
        "\"Let us play with it together,\" said the {helper}. | "
        "The {helper} took {his} arm. \"Come and play!\"",
        "Then {name} and the {helper} played with the {thing} and became friends. | "
        "So {name} had no {thing}, but {he} had a new friend. | "
        "{name} and the {helper} shared the {thing} that day and every day after.",
    ),
    beat(
        "end_light_heart", "returned lied -> end",
        "\"I was so sad,\" said the {helper}, \"but I am glad that you told me.\" | "
        "The {helper} was angry at first, but then smiled. | "
        "\"Thank you for telling the truth,\" said the {helper}.",
        "{name} went home without the {thing}, and {his} heart was light. | "
        "That night {name} slept well without the {thing}. | "
        "\"I will never lie again,\" said {name}, and {he} waved to the {helper} and the {thing}.",
    ),
    beat(
        "end_finder", "nobody -> end",
        "\"You did all that you could,\" said {his} {parent}. \"Now it is yours.\" | "
        "{His} {parent} smiled. \"You were honest. You may keep it.\"",
        "{name} took good care of the {thing}. | "
        "{name} hugged the {thing}. \"I will look after you,\" {he} said. | "
        "And {name} let everyone play with the {thing}.",
    ),
    beat(
        "end_old_owner", "gift_owner -> end",
        "\"It makes me happy to see it again,\" she said. \"But a {thing} needs a child. Keep it.\" | "
        "\"You are honest,\" she said. \"I want you to have it.\" | "
        "She held it for a moment and then gave it back. \"It is yours now.\"",
        "After that, {name} often came to see the old woman with the {thing}. | "
        "{name} thanked the old woman and played with the {thing} in her yard. | "
        "Every week {name} and the {thing} came for tea and cake.",
    ),
)  # fmt: skip

SECRET: tuple[Beat, ...] = (
    beat(
        "borrows", "start -> borrowed -start",
        "{intro} took {a_thing} from {his} {friend}'s room and did not ask. | "
        "{intro} liked {his} {friend}'s {adj} {thing}. One day {he} took it and did not ask. | "
        "{intro} wanted to play with {a_thing}, but it was {his} {friend}'s. {He} took it anyway.",
        "\"I will bring it back soon,\" {he} thought. | \"No one will see it,\" {he} thought. | "
        "{He} took the {thing} to the {place}.",
    ),
    beat(
        "breaks_it", "borrowed @breaks -> guilt broke -borrowed",
        "But then {he} dropped the {thing}, and it broke. | But the {thing} fell down. Crack! | "
        "Then {name} fell, and the {thing} broke.",
        "\"Oh no! What have I done?\" said {name}. | {His} heart beat fast. | {name} was afraid.",
    ),
    beat(
        "loses_it", "borrowed -> guilt gone -borrowed",
        "But {he} put the {thing} down, and then it was gone. | "
        "But on the way home {he} lost the {thing}. | "
        "But then the {thing} was gone, and {he} could not find it.",
        "\"Oh no! What have I done?\" said {name}. | {His} heart beat fast. | {name} was afraid.",
    ),
    beat(
        "hides_it", "guilt !hid -> hid",
        "{name} went to bed and said that {he} was ill. | {name} said nothing at dinner. | "
        "{name} hid behind the house all day.",
        "\"Where is my {thing}?\" asked {his} {friend}. {name} looked away. | "
        "{His} {friend} looked for the {thing} everywhere and began to cry. | "
        "{He} saw that {his} {friend} was sad about the {thing}, and it hurt.",
    ),
    beat(
        "parent_sees", "guilt hid !told -> nudge",
        "\"You look sad,\" said {his} {parent}. \"Do you want to tell me something?\" | "
        "{His} {parent} sat next to {him}. \"What is wrong?\" | "
        "\"You did not eat,\" said {his} {parent}. \"What is it?\"",
        "{name} told everything. \"Be brave and tell the truth,\" said {his} {parent}. | "
        "Then {name} cried and told it all. \"Now tell your {friend} too,\" said {his} {parent}.",
    ),
    beat(
        "tells_truth", "guilt -> told -guilt",
        "{name} went to {his} {friend}. \"I took your {thing} and did not ask. I am sorry.\" | "
        "{name} took a deep breath. \"It was me. I took your {thing},\" {he} told {his} {friend}. | "
        "\"I have to tell you something about your {thing},\" {name} told {his} {friend}. | "
        "\"I am sorry about your {thing}. I took it,\" {name} told {his} {friend}.",
    ),
    beat(
        "works_it_off", "told broke -> mended_it -told",
        "Then {name} took glue and paint and worked on the {thing} all day. | "
        "{name} worked on the {thing} until it was fixed. | "
        "{name} gave all {his} coins for new parts and fixed the {thing}.",
        "\"It is as good as new,\" said {name}. | \"Here it is,\" {he} said. \"I did my best.\"",
    ),
    beat(
        "friend_laughs", "told -> joke -told",
        "{His} {friend} laughed. \"It was an old {thing}. You are more important to me.\" | "
        "{His} {friend} smiled. \"I did the same when I was small.\" | "
        "{His} {friend} was quiet for a moment. \"I took your {food} yesterday and did not ask. I am "
        "sorry too.\" | "
        "\"I knew it,\" said {his} {friend}. \"I wanted to see if you would tell me.\"",
    ),
    beat(
        "search_together", "told gone -> mended_it seek -told",
        "\"Let us look for it together,\" said {his} {friend}. | "
        "\"Show me where you were,\" said {his} {friend}.",
        "They looked under every bush, and there was the {thing}! | "
        "They went back and found the {thing} next to a log. | "
        "They looked for a long time. Then {name} saw the {thing} in a ditch.",
    ),
    beat(
        "end_asks_first", "mended_it -> end",
        "\"Next time just ask me,\" said {his} {friend}. | "
        "{His} {friend} was not angry any more. \"Just ask me next time.\"",
        "From then on {name} always asked first, and {his} {friend} always let {him} have the {thing}. | "
        "\"May I play with the {thing}?\" asked {name}. {His} {friend} laughed. \"Yes!\" | "
        "After that, {name} and {his} {friend} played with the {thing} together.",
    ),
    beat(
        "end_found_again", "seek -> end",
        "{name} was so glad that {he} danced. | They both cheered.",
        "\"I will never take your {thing} without asking,\" said {name}. | "
        "And {name} carried the {thing} home for {his} {friend}.",
    ),
    beat(
        "end_joke", "joke -> end",
        "{name} felt light again. | {name} had to laugh too. | They both laughed.",
        "\"The truth is better than a secret,\" said {name}, and they never hid a {thing} again. | "
        "After that, {name} and {his} {friend} shared every {thing} that they had. | "
        "And when {name} saw a {thing}, {he} always asked first.",
    ),
)  # fmt: skip

BLAME: tuple[Beat, ...] = (
    beat(
        "missing", "start -> missing -start",
        "{intro} had {a_thing}. One morning it was gone. | "
        "{intro} woke up and could not find {his} {adj} {thing}. | "
        "{intro} had {a_thing}, but one day it was not in its place.",
        "\"Who took my {thing}?\" cried {name}. | "
        "{He} looked in {his} room, but the {thing} was not there. | \"My {thing} is gone!\" {he} said.",
    ),
    beat(
        "blames", "missing -> blamed -missing",
        "Then {he} saw {his} {friend}. \"You took my {thing}!\" | "
        "\"You took it! I know it!\" {he} told {his} {friend}. | "
        "\"It must be my {friend},\" thought {name}. \"Give it back!\" {he} shouted.",
        "\"No, I did not,\" said {his} {friend}. | {His} {friend} began to cry. | "
        "{His} {friend} looked hurt. \"That is not true.\"",
    ),
    beat(
        "sees_clue", "missing -> clue -missing",
        "{name} looked for clues, and {he} found some paint on the floor. | "
        "{name} saw small marks that went out of the door. | "
        "{name} found a bit of string on the floor.",
        "{He} followed it to the kitchen. | \"Now I will find out,\" {he} said. | "
        "It went to {his} {parent}'s room.",
    ),
    beat(
        "friend_helps", "blamed -> helping -blamed",
        "But {his} {friend} said, \"I will help you to look for it.\" | "
        "{His} {friend} was sad, but helped to look for the {thing}. | "
        "\"I will show you that it was not me,\" said {his} {friend}.",
        "They looked under the bed and behind the chair. | They looked in all the boxes.",
    ),
    beat(
        "was_surprise", "clue -> fine surprise -clue",
        "There was {his} {parent} with the {thing} and some paint. | "
        "{His} {parent} was sitting there with the {thing}.",
        "\"It was a little broken, so I fixed it for you,\" said {his} {parent}. | "
        "\"I wanted to make it pretty for you,\" said {his} {parent}. | "
        "\"Now you know my secret,\" said {his} {parent}. \"It has a new star on it.\"",
    ),
    beat(
        "parent_had", "blamed -> oops -blamed",
        "Then {his} {parent} came in with the {thing}. \"I fixed it last night,\" said {his} {parent}. | "
        "Just then {his} {parent} brought the {thing}. \"I washed it for you.\" | "
        "\"Here is your {thing},\" said {his} {parent}. \"It was on the stairs.\"",
        "{name} felt very bad. | {name} looked at the ground. | {name} did not know what to say.",
    ),
    beat(
        "own_fault", "blamed -> oops -blamed",
        "That night {name} went to bed, and there was the {thing}, under {his} blanket. | "
        "Then {name} remembered. {He} had left the {thing} behind the house. | "
        "In the evening {name} found the {thing} in {his} own bag.",
        "{name} felt very bad. | \"It was my own fault,\" {he} said. | \"Oh no. I was so wrong,\" {he} said.",
    ),
    beat(
        "found_together", "helping -> oops team2 -helping",
        "Then {his} {friend} called, \"Here it is!\" The {thing} was behind the sofa. | "
        "{His} {friend} looked on the shelf and found the {thing}. | "
        "At last they saw the {thing} on top of a box.",
        "\"You put it there last night,\" said {his} {friend}. | {name} remembered. {He} had put it there.",
    ),
    beat(
        "sorry", "oops -> peace -oops",
        "{name} ran to {his} {friend}. \"I was wrong. I am so sorry.\" | "
        "\"I am sorry that I blamed you,\" {name} told {his} {friend}. | "
        "{name} took {his} {friend}'s arm. \"Can you forgive me?\" | "
        "\"I was so wrong. I am sorry,\" {name} told {his} {friend}.",
    ),
    beat(
        "end_peace", "peace !team2 -> end",
        "{His} {friend} thought about it. \"Yes,\" said {his} {friend}. | "
        "\"It hurt, but we are still friends,\" said {his} {friend}.",
        "Then {name} let {his} {friend} have the {thing} for the whole day. | "
        "Then {name} and {his} {friend} played with the {thing}. | "
        "After that, {name} always looked for the {thing} before {he} got angry.",
    ),
    beat(
        "end_detectives", "peace team2 -> end",
        "\"I forgive you,\" said {his} {friend}. | {His} {friend} smiled. \"We are good at finding things.\"",
        "They made a game. One hid the {thing}, and the other had to find it. | "
        "{name} shared the {thing} and half of {his} {food} with {his} {friend}.",
        "And {name} never blamed anyone again. | \"You are the best {friend},\" said {name}.",
    ),
    beat(
        "end_surprise", "fine -> end",
        "\"I thought someone took it!\" said {name}. | \"And I was so worried!\" said {name}. | "
        "{name} laughed.",
        "{He} hugged {his} {parent} and the {thing}. | {name} loved the {thing} even more now. | "
        "\"It is good that I did not blame anyone,\" {name} told the {thing}.",
    ),
)  # fmt: skip
