"""How trouble turns out: thieves with reasons, friends who make up, second surprises, and endings."""

from stories.grammar import Beat, beat

TURNS: tuple[Beat, ...] = (
    beat(
        "thief_lonely", "taken tried -> back lonely? -taken",
        "Then the {helper} stopped and gave the {thing} back. | At last the {helper} put the {thing} down. | "
        "Then the {helper} came back and put the {thing} at {name}'s feet.",
        "\"I only wanted to play with you,\" said the {helper}. | "
        "\"I have no one to play with,\" said the {helper}. | "
        "\"I took it because I am so lonely,\" said the {helper}.",
    ),
    beat(
        "thief_baby", "taken -> nest -taken",
        "{name} followed the {helper} to a little house of leaves. | "
        "{name} ran after the {helper} into the bushes. | "
        "{He} followed the {helper} all the way to its home. | "
        "{name} looked for the {helper} and found its home.",
        "There a baby was asleep on the {thing}. | "
        "There was a cold little baby, and the {helper} put the {thing} next to it. | "
        "There the {helper} used the {thing} to make its baby happy.",
    ),
    beat(
        "thief_trade", "taken tried -> back trade -taken",
        "\"Will you give it back for {a_food}?\" asked {name}. | "
        "{name} held out {a_food}. \"Do you want to trade?\" {he} asked. | "
        "\"I will give you my {food} for it,\" said {name}.",
        "The {helper} took the {food} and gave {him} the {thing}. | "
        "The {helper} was very hungry. It ate the {food} and gave back the {thing}. | "
        "\"Yes!\" said the {helper}, and it gave back the {thing}.",
    ),
    beat(
        "parent_had_it", "lost tried !asked? !partner !home !kind? !blame? -> back silly -lost",
        "At last {he} asked {his} {parent}. \"Your {thing}? I put it on the shelf for you!\" | "
        "Then {his} {parent} came in with the {thing}. \"I took it in because it was dirty.\" | "
        "\"Are you looking for this?\" asked {his} {parent}. It was the {thing}! \"I kept it safe for "
        "you.\" | "
        "Then {his} {parent} laughed. The {thing} was on a chair in the kitchen all the time!",
    ),
    beat(
        "angry", "blame? !angry -> angry",
        "{name} was angry. \"Go away!\" {he} shouted. | "
        "\"You are not my friend any more!\" {name} shouted. | "
        "{name} got very angry and shouted. | \"I will never share with you again!\" cried {name}.",
        "{His} {friend} ran away and cried. | {His} {friend} went home with tears. | "
        "{His} {friend} looked very sad. | Then it was very quiet, and {name} felt bad.",
    ),
    beat(
        "says_sorry", "blame? angry -> calm -blame?",
        "After a while {name} went to {his} {friend}. | "
        "The next morning {name} went to see {his} {friend}. | "
        "{name} thought about it all night, and then {he} went to {his} {friend}.",
        "\"I am sorry that I shouted,\" {he} said. \"You did not want to do it.\" | "
        "\"You are more important than the {thing},\" {he} said. | "
        "\"I was angry, but now I am sorry,\" said {name}.",
    ),
    beat(
        "stays_calm", "blame? !angry -> calm -blame?",
        "\"I am so sorry,\" said {his} {friend}. | {His} {friend} began to cry. \"I am sorry!\" | "
        "{His} {friend} was very sorry.",
        "{name} was sad, but {he} did not shout. | \"I know that you did not want to do it,\" said {name}. | "
        "\"Do not cry,\" said {name}. \"It can happen to anyone.\"",
    ),
    beat(
        "friend_finds", "lost calm !asked? !partner -> back made_up -lost",
        "{His} {friend} went out and looked all day. In the evening the {thing} was on {name}'s bed. | "
        "The next day {his} {friend} came with a smile and the {thing}. \"I found it!\" | "
        "{His} {friend} looked everywhere and found the {thing} in the grass.",
        "\"You found it!\" cried {name}. | {name} was so happy that {he} danced. | "
        "{name} hugged the {thing}.",
    ),
    beat(
        "friend_mends", "broken calm !asked? !partner -> back made_up -broken",
        "{His} {friend} took the {thing} and worked on it all day. In the evening it was fixed. | "
        "The next day {his} {friend} came with glue and paint, and they fixed the {thing} together. | "
        "{His} {friend} brought some tools, and soon the {thing} worked again.",
        "\"Now it is even better!\" cried {name}. | {name} was so happy that {he} danced. | "
        "{name} hugged the {thing}.",
    ),
    beat(
        "crack", "back dents @breaks -> cracked -back -dents",
        "But then {name} saw a crack in the {thing}. | But oh no! The {thing} had a crack. | "
        "But one side of the {thing} was broken now. | But the {thing} was bent and did not work.",
    ),
    beat(
        "crack_mended", "cracked -> back mended -cracked",
        "\"We can mend it,\" said {his} {parent}, and they did. | "
        "{His} {parent} helped {him} to mend it with glue. | "
        "{name} took it home, and {his} {parent} mended it after dinner. | "
        "{He} worked on it with {his} {parent} until it was fixed.",
        "Now the {thing} had a little mark, and {name} liked it even more. | "
        "The {thing} was as good as new. | "
        "\"Now it has a story to tell,\" said {name}.",
    ),
    beat(
        "crack_painted", "cracked -> back painted -cracked",
        "{name} painted a star on the crack. | {He} put a yellow ribbon on the crack. | "
        "{He} made a little flower from paper and put it on the crack.",
        "\"Now no one else has a {thing} like this,\" {he} said. | Now the {thing} was even prettier. | "
        "The {thing} looked better than before.",
    ),
    beat(
        "lonely", "back helped !paid !team -> lonely?",
        "But then {name} saw that the {helper} looked sad. | But the {helper} did not smile. | "
        "Then the {helper} sighed and looked down.",
        "\"I have no one to play with,\" said the {helper}. | \"I am all alone here,\" said the {helper}. | "
        "\"I wish I had a friend,\" said the {helper}.",
    ),
)  # fmt: skip

ENDINGS: tuple[Beat, ...] = (
    beat(
        "end_friends", "back helped !lonely? !warned? !promised? !blame? !team -> end",
        "From that day on, {name} and the {helper} were good friends. | "
        "{name} and the {helper} became good friends. | After that, {name} often came to see the {helper}.",
        "And {name} took very good care of the {thing}. | They often played with the {thing} together. | "
        "And the {helper} always smiled when {name} came with the {thing}.",
    ),
    beat(
        "end_team", "back team !warned? !promised? -> end",
        "\"We are a good team,\" said the {helper}. | "
        "\"Alone it was hard, but together it was easy,\" said the {helper}. | "
        "They laughed. \"What a good team we are!\" said the {helper}.",
        "{name} and the {helper} played with the {thing} until the sun went down. | "
        "Then {name} and the {helper} shared {a_food} and looked at the {thing}. | "
        "After that, {name} and the {helper} played with the {thing} every day.",
    ),
    beat(
        "end_lonely", "back lonely? !warned? !promised? -> end -lonely?",
        "\"Then play with me!\" said {name}. | \"Come and play with us,\" said {name}. | "
        "\"You can be my friend,\" said {name}.",
        "So {name} and the {helper} played with the {thing} all day, and no one was lonely. | "
        "{name} and the {helper} took turns with the {thing} and laughed a lot. | "
        "After that, {name} never played alone with the {thing}. The {helper} always came too.",
    ),
    beat(
        "end_proud", "back self !warned? !promised? -> end",
        "{name} told {his} {parent} what {he} had done. \"How clever you are!\" said {his} {parent}. | "
        "{His} {parent} was very proud. \"You did it all alone!\" | "
        "At home, {his} {parent} wanted to hear the story again and again.",
        "That night {name} slept with the {thing} next to {him}. | {name} held the {thing} and smiled. | "
        "{name} put the {thing} in a good place and was very happy.",
    ),
    beat(
        "end_careful", "back own !warned? !promised? !paid !team !lonely? -> end",
        "\"Next time I will be more careful,\" said {name}. | {name} had learned to be more careful. | "
        "\"I will look after you better,\" {name} told the {thing}.",
        "And from then on {name} always took good care of the {thing}. | "
        "And {name} never let the {thing} get lost again. | "
        "Then {name} carried the {thing} home and put it in a safe place.",
    ),
    beat(
        "end_truth", "back warned? !lonely? -> end -warned?",
        "At home {name} told the truth. \"I did not listen to you. I am sorry.\" | "
        "{name} told {his} {parent} everything. \"I should have listened,\" {he} said. | "
        "Then {name} remembered what {his} {parent} had said. {He} went home and said sorry.",
        "{His} {parent} hugged {him}. | \"Thank you for telling me,\" said {his} {parent}. | "
        "{His} {parent} was not angry. \"I am glad that you told me.\"",
        "After that, {name} listened and took good care of the {thing}. | "
        "{name} held the {thing} and felt much better. | "
        "From then on {name} was careful with the {thing}.",
    ),
    beat(
        "end_home", "back promised? !lonely? -> end -promised?",
        "The sun was going down. {name} remembered {his} promise and ran home. | "
        "\"Oh! I must be home before dark,\" said {name}, and {he} ran and ran. | "
        "Then {name} saw the first star and hurried home.",
        "{He} was just in time. \"You kept your promise,\" said {his} {parent}. | "
        "{His} {parent} stood at the door and smiled. \"Just in time!\"",
        "After dinner {name} fell asleep with the {thing}. | "
        "{name} told {his} {parent} all about the {thing}. | "
        "Then {name} put the {thing} next to {his} bed.",
    ),
    beat(
        "end_kept", "back kept !warned? -> end",
        "\"I will always keep my promises,\" said {name}. | "
        "{name} was glad that {he} had kept {his} promise. | "
        "{His} {parent} smiled. \"It was good that you came home.\"",
        "Then {name} and {his} {parent} played with the {thing} together. | "
        "All that day {name} played with the {thing}, and {he} was home before dark again. | "
        "That night {name} slept well, with the {thing} near {him}.",
    ),
    beat(
        "end_forgiven", "back calm !lonely? !paid !team -> end",
        "{name} and {his} {friend} hugged. | \"Friends?\" asked {his} {friend}. \"Friends!\" said {name}. | "
        "{His} {friend} smiled again, and {name} smiled too.",
        "Then {name} and {his} {friend} played with the {thing} together. | "
        "\"You can play with my {thing} again,\" said {name}. | "
        "And {name} still shared the {thing} with {his} {friend}.",
    ),
    beat(
        "end_pass_on", "back paid !warned? !promised? -> end",
        "The next day {name} saw a little child who cried. \"I will help you,\" said {name}. | "
        "On the way home {name} met an old woman with a heavy bag. {He} helped her at once. | "
        "After that, {name} liked to help others too.",
        "It felt as good as playing with the {thing}. | And the {thing}? {name} took good care of it. | "
        "{name} was as happy as on the day when {he} got {his} {thing} back.",
    ),
    beat(
        "end_silly", "back silly !warned? !promised? -> end",
        "{name} laughed and laughed. \"I looked everywhere!\" | "
        "\"How silly I am!\" said {name}, and they both laughed. | "
        "\"Next time I will ask first,\" said {name}.",
        "That evening {name} and {his} {parent} played with the {thing} together. | "
        "{name} hugged the {thing} and did not let it go. | "
        "Then {name} put the {thing} where {he} could always see it.",
    ),
    beat(
        "end_trade", "back trade !warned? !promised? -> end",
        "The next day {name} brought two of them, one for each. | \"You only had to ask,\" said {name}. | "
        "\"If you are hungry, just come to me,\" said {name}.",
        "After that, the {helper} never took the {thing} again. | "
        "From then on the {helper} came every day, and {name} played near it with the {thing}. | "
        "Now {name} could play with the {thing}, and the {helper} was not hungry any more.",
    ),
    beat(
        "end_gives_up_thing", "nest !warned? !promised? -> end",
        "{name} was not angry any more. \"You can keep the {thing},\" {he} said. | "
        "\"Your baby needs the {thing} more than I do,\" said {name}. | "
        "{name} thought about it. \"Keep the {thing},\" {he} said softly.",
        "The {helper} thanked {him}, and {name} went home with a warm heart. | "
        "{name} did not have the {thing} any more, but {he} had a new friend. | "
        "Every day {name} came to see the baby with the {thing}.",
    ),
    beat(
        "end_waits", "nest !warned? !promised? -> end",
        "\"I can wait,\" said {name}, and {he} let the baby sleep. | "
        "{name} did not want to wake the baby, so {he} waited. | "
        "\"Bring it back when your baby is big,\" said {name}.",
        "When the baby was big, the {helper} brought the {thing} back to {name}. | "
        "In spring the {helper} came with the {thing} and gave it to {name}. | "
        "One day the {thing} was back at {name}'s door, with a flower on it.",
    ),
)  # fmt: skip
