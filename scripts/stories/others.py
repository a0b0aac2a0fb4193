"""Plots about others: a present, sharing, something found, something borrowed, a wrong suspicion."""

from stories.grammar import Beat, beat

PRESENT: tuple[Beat, ...] = (
    beat(
        "present", "start -> present -start",
        "{intro} had {a_thing}. It was a present for {his} {parent}. | "
        "{intro} made {a_thing} for {his} {parent}. | "
        "{intro} bought {a_thing} for {his} {parent}. | {intro} wanted to give {a_thing} to {his} {parent}.",
        "It was {his} {parent}'s birthday. | Today was the birthday. | "
        "\"I will bring it today,\" said {name}.",
        "{name} took the {thing} and began to walk. | {He} carried the {thing} down the road. | "
        "{He} put a ribbon on the {thing} and went out.",
    ),
    beat(
        "wants_to_keep", "present !keep !cold !rain -> keep -present",
        "But the {thing} was so nice that {name} wanted to keep it. | "
        "On the way {name} looked at the {thing}. {He} liked it more and more. | "
        "{name} stopped and played with the {thing}. {He} did not want to give it away.",
        "\"I could say that I lost it,\" {he} thought. | \"No one would know,\" {he} thought. | "
        "\"It could be my {thing},\" {he} thought.",
    ),
    beat(
        "gives_anyway", "keep -> given -keep",
        "But then {he} thought of {his} {parent}'s smile and walked on. | "
        "But then {he} remembered all the love that {his} {parent} gave {him}. | "
        "But then {his} heart felt heavy, and {he} ran to {his} {parent}.",
        "\"This {thing} is for you,\" {he} said. | "
        "\"Happy birthday!\" {he} said and gave away the {thing}. | "
        "{He} held out the {thing} with both arms. \"For you!\"",
    ),
    beat(
        "meets_sad_one", "present !keep !rain -> cold -present",
        "On the way {name} met {a_helper} that was all alone and cried. | "
        "Next to the road sat {a_helper} that was very sad. | "
        "Behind a tree {name} heard a cry. It was {a_helper}, and it was lost.",
        "\"I have nothing at all,\" said the {helper}. | \"No one plays with me,\" said the {helper}. | "
        "\"I am so alone,\" said the {helper}.",
        role="small",
    ),
    beat(
        "gives_to_sad_one", "cold -> empty -cold",
        "{name} looked at the {thing} and at the {helper}. \"Take it,\" {he} said. | "
        "It was hard, but {name} gave the {thing} to the {helper}. | "
        "\"You need the {thing} more,\" said {name}.",
        "The {helper} stopped crying. | The {helper} smiled for the first time. | "
        "The {helper} held the {thing} and was happy.",
        "Now {name} had nothing to bring. | So {name} came to {his} {parent} with no present. | "
        "{name} walked on with nothing to give.",
    ),
    beat(
        "brings_along", "cold -> along given -cold",
        "\"Come with me,\" said {name}. \"There will be cake.\" | "
        "\"Come along,\" said {name}. \"No one should be alone today.\" | "
        "{name} took the {helper} along.",
        "{He} gave the {thing} to {his} {parent}, and the {helper} sang a song. | "
        "{His} {parent} got the {thing} and met the {helper}. | "
        "Soon the {helper} had a big plate of cake, and {his} {parent} had the {thing}.",
    ),
    beat(
        "rain", "present !keep !rain -> rain -present",
        "Then it began to rain hard, and the {thing} got wet and dirty. | "
        "On the way {name} fell into the mud, and the {thing} was dirty. | "
        "Then {name} tripped, and the {thing} fell into the mud.",
        "\"My present is no good now!\" {he} cried. | \"Now it looks so bad!\" said {name}. | "
        "{name} sat down and cried.",
    ),
    beat(
        "washes_it", "rain -> given clean -rain",
        "{He} washed the {thing} in a stream and dried it in the sun. | "
        "{He} cleaned the {thing} with soft grass and put a flower on it. | "
        "{He} went back home, washed the {thing} and tried again.",
        "Then {he} gave it to {his} {parent}. | \"Happy birthday!\" {he} said and held out the {thing}. | "
        "When {he} came to {his} {parent}, the {thing} was clean.",
    ),
    beat(
        "gives_it_dirty", "rain -> given dirty -rain",
        "{He} came to {his} {parent} with tears. \"The {thing} was so pretty before,\" {he} said. | "
        "\"I am sorry, it is all dirty,\" {name} told {his} {parent}. | "
        "{He} hid the {thing} behind {his} back. \"What is it?\" asked {his} {parent}. | "
        "{name} showed {his} {parent} the dirty {thing}. \"I wanted it to be pretty,\" {he} said.",
    ),
    beat(
        "end_present", "given !along !dirty -> end",
        "{His} {parent} was so happy. | {His} {parent} hugged {him}. \"What a lovely {thing}!\" | "
        "\"This is my best present!\" said {his} {parent}.",
        "\"Will you play with me?\" asked {his} {parent}, and {name} and the {thing} stayed all day. | "
        "\"Giving is more fun than having,\" thought {name}, and {he} looked at the {thing}. | "
        "They put the {thing} on the table, and {name} got the first cake.",
    ),
    beat(
        "end_love", "given dirty -> end",
        "{His} {parent} smiled. \"You made me happy because you came.\" | "
        "\"It is the love that counts,\" said {his} {parent}. | "
        "{His} {parent} kissed {him}. \"I love it. It is from you.\"",
        "Then they washed the {thing} together, and {name} laughed again. | "
        "They cleaned the {thing}, and {name} was happy. | "
        "The {thing} got the best place in the house, and {name} smiled.",
    ),
    beat(
        "end_guest", "given along -> end",
        "\"A new friend is a present too,\" said {his} {parent}. | "
        "\"You brought me two presents,\" said {his} {parent}. | "
        "\"It is the best birthday of all,\" said {his} {parent}.",
        "And {name} and the {helper} played with the {thing} until night. | "
        "{name}, the {helper} and {his} {parent} all played with the {thing}. | "
        "The {helper} held the {thing}, and {name} laughed.",
    ),
    beat(
        "end_empty_hands", "empty -> end",
        "{name} told {his} {parent} what had happened. | "
        "\"I had a {thing} for you, but I gave it away,\" said {name}. | "
        "\"I am sorry,\" {name} told {his} {parent}. \"Now I have no present.\"",
        "\"You gave me something better,\" said {his} {parent}. \"You made me proud.\" | "
        "{His} {parent} hugged {him}. \"A kind heart is the best present.\" | "
        "\"You have a good heart. I want no more,\" said {his} {parent}.",
        "The next day {name} made a new {thing} with {his} {parent}. | "
        "Later the {helper} came with the {thing}, and {name} played with them both. | "
        "And {name} knew that the {thing} was in a good place.",
    ),
)  # fmt: skip

SHARE: tuple[Beat, ...] = (
    beat(
        "own_toy", "start -> mine -start",
        "{intro} had {a_thing} and did not like to share it. | "
        "{intro} had {a_thing}. No one else could touch it. | "
        "{intro} got {a_thing} and wanted it all for {himself}.",
        "\"May I play with it?\" asked {his} {friend}. | "
        "One day {his} {friend} wanted to play with the {thing}. | "
        "{His} {friend} looked at the {thing}. \"Can I have a turn?\"",
    ),
    beat(
        "says_no", "mine -> alone -mine",
        "\"No! It is my {thing}!\" said {name}. | {name} held the {thing} tight. \"No!\" {he} said. | "
        "\"Go away. The {thing} is mine,\" said {name}.",
        "{His} {friend} went away. | {His} {friend} looked sad and left. | "
        "{His} {friend} said nothing and went home.",
    ),
    beat(
        "both_pull", "mine @breaks -> split -mine",
        "\"No!\" said {name}. They both pulled at the {thing}. | "
        "{name} pulled on one side, and {his} {friend} pulled on the other. | "
        "They both wanted the {thing} and pulled and pulled.",
        "Crack! The {thing} broke. | Then it broke in two. | Snap! Now the {thing} was broken.",
        "They looked at each other and felt very bad. | It was quiet. No one had a {thing} now. | "
        "{name} cried, and {his} {friend} cried too.",
    ),
    beat(
        "offers_trade", "mine -> deal -mine",
        "\"I will give you my {food} for one hour with it,\" said {his} {friend}. | "
        "\"You can have my {food},\" said {his} {friend}. | "
        "{His} {friend} held out {a_food}. \"For a turn?\"",
        "{name} was hungry, so {he} said yes. | {name} thought about it and took the {food}. | "
        "\"Well, just for an hour,\" said {name}.",
    ),
    beat(
        "no_fun", "alone -> bored -alone",
        "{name} played alone with the {thing}. | So {name} had the {thing} all for {himself}. | "
        "{name} sat in {his} room with the {thing}.",
        "But it was no fun alone. | But soon {he} was bored. | But there was no one to laugh with.",
    ),
    beat(
        "others_play", "alone !bored -> bored -alone",
        "Then {name} heard laughing. The other children were playing without {him}. | "
        "From the window {name} saw that {his} {friend} had fun with the others. | "
        "At the {place} everyone was playing together, but no one called {name}.",
        "{name} had the {thing}, but {he} felt alone. | "
        "{name} looked at the {thing}. It was not so fun any more. | \"I want to play too,\" thought {name}.",
    ),
    beat(
        "parent_asks", "bored !asked_why -> asked_why",
        "\"Where is your {friend}?\" asked {his} {parent}. | \"Why are you alone?\" asked {his} {parent}. | "
        "{His} {parent} sat down with {him}.",
        "{name} looked at the ground. \"I did not want to share.\" | "
        "\"I was not nice,\" {name} said softly. | {name} told the truth.",
        "\"A {thing} can not laugh with you,\" said {his} {parent}. \"A friend can.\" | "
        "\"It is not too late,\" said {his} {parent}.",
    ),
    beat(
        "goes_back", "bored -> share_it -bored",
        "{name} took the {thing} and ran to {his} {friend}. | "
        "So {name} went to {his} {friend} with the {thing}. | "
        "{name} stood up, took the {thing}, and went to find {his} {friend}.",
        "\"I am sorry. Do you want a turn?\" {he} said. | "
        "\"I was wrong. Let us play together,\" {he} said. | \"You can go first,\" {he} said.",
    ),
    beat(
        "fix_it", "split -> share_it fixed -split",
        "\"I am sorry,\" said {name}. \"I am sorry too,\" said {his} {friend}. | "
        "\"This is what we get,\" said {name}. \"Let us fix it.\" | "
        "Then {his} {friend} said, \"We can fix it together.\"",
        "One held the parts, and the other used the glue. | They worked on the {thing} all afternoon. | "
        "They worked side by side, and soon they laughed again.",
    ),
    beat(
        "new_trick", "deal -> share_it trick -deal",
        "{His} {friend} played with the {thing} in a new way. | "
        "{His} {friend} knew a new game with the {thing}. | "
        "{His} {friend} did a funny trick with the {thing}.",
        "\"How did you do that?\" asked {name}. | {name} had never seen that before. \"Show me!\" | "
        "{name} laughed so hard that {he} dropped the {food}.",
    ),
    beat(
        "wants_it_back", "deal -> alone2 -deal",
        "But then {name} wanted the {thing} back at once. | "
        "After a moment {name} cried, \"Give it back!\" | {name} could not wait and took the {thing} away.",
        "\"You made a deal,\" said {his} {friend}. | \"That is not fair,\" said {his} {friend}.",
        "{name} knew that it was true. | {name} felt {his} face get hot.",
    ),
    beat(
        "keeps_deal", "alone2 -> share_it fair -alone2",
        "\"You are right,\" said {name}, and {he} gave back the {thing}. | "
        "{name} gave the {thing} back. \"A deal is a deal.\" | "
        "Slowly {name} held out the {thing}. \"I am sorry.\"",
        "Then {he} cut the {food} in two, one part for each. | {He} sat down and waited for {his} turn. | "
        "{He} even gave back half of the {food}.",
    ),
    beat(
        "end_share", "share_it !fixed !trick !fair -> end",
        "{His} {friend} smiled. | {His} {friend} was happy and hugged {him}. | "
        "\"Thank you!\" said {his} {friend}.",
        "They took turns with the {thing} and laughed all day. | "
        "They played with the {thing} until it was dark.",
        "\"It is more fun with two,\" said {name}. | {name} had never had so much fun.",
    ),
    beat(
        "end_fixed", "share_it fixed -> end",
        "The {thing} was not so pretty now, but it was for both of them. | "
        "On the {thing} they wrote both names.",
        "\"Our {thing},\" said {name}. | From then on {name} said \"our {thing}\" and not \"my {thing}\". | "
        "And {name} never pulled at the {thing} again.",
    ),
    beat(
        "end_trick", "share_it trick -> end",
        "{His} {friend} showed {him}, and soon {name} could do it too. | They played the new game together.",
        "\"Without you I would not know this,\" said {name}. | "
        "\"You can play with it every day,\" said {name}.",
        "After that, {name} liked to share the {thing}. | The {thing} was much more fun for {name} now.",
    ),
    beat(
        "end_fair", "share_it fair -> end",
        "\"You are fair,\" said {his} {friend}. | {His} {friend} smiled again. \"Now it is your turn.\"",
        "Then {name} and {his} {friend} played with the {thing} together. | "
        "After that, {name} and {his} {friend} took turns with the {thing}.",
    ),
)  # fmt: skip
