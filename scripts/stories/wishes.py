"""Plots that begin with a wish: for a thing in a window, for a skill, for the right weather."""

from stories.grammar import Beat, beat

WANTS: tuple[Beat, ...] = (
    beat(
        "wants", "start -> wants -start",
        "{intro} saw {a_thing} in a shop window. | {intro} wished for {a_thing}. | "
        "{intro} wanted {a_thing} very much. | "
        "{intro} dreamed of {a_thing} every night.",
        "\"I want that {thing} so much!\" said {name}. | But {he} did not have any money. | "
        "But the {thing} cost ten coins, and {name} had only one. | "
        "Every day {he} went to the shop to look at the {thing}.",
    ),
    beat(
        "asks_parent", "wants !no !coins !poor !sold !own_it -> no",
        "\"May I have the {thing}?\" {he} asked {his} {parent}. | "
        "{name} asked {his} {parent} for the {thing}. | "
        "\"Please, please buy me the {thing}!\" {he} begged.",
        "\"Not today,\" said {his} {parent}. \"You must wait.\" | "
        "\"We do not have the money,\" said {his} {parent}. | "
        "\"You can work for it,\" said {his} {parent}.",
    ),
    beat(
        "works", "wants -> coins -wants",
        "So {name} watered plants for a neighbor. | So {name} sold lemonade all week. | "
        "So {name} helped the baker every morning. | So {name} washed dishes and swept the yard.",
        "Each day {he} put a coin in a jar. | After many days {his} jar was full of coins. | "
        "It was hard work, but at last {he} had ten coins.",
    ),
    beat(
        "gives_coins", "coins !sold -> poor -coins",
        "On the way to the shop {name} saw an old man who had nothing to eat. | "
        "On the way to the shop {name} met a little child without shoes. | "
        "On the way to the shop {name} met an old woman who had lost her money.",
        "{name} thought about the {thing}. Then {he} gave all {his} coins away. | "
        "\"You need my coins more than I need a {thing},\" said {name}. | "
        "It was not easy, but {name} gave away the coins for the {thing}.",
    ),
    beat(
        "sold", "coins -> sold -coins",
        "{name} ran to the shop, but the {thing} was gone. | "
        "But when {name} came to the shop, the window was empty. | "
        "At the shop, {name} looked and looked. The {thing} was not there.",
        "\"Someone bought it this morning,\" said the shop owner. | "
        "\"I am sorry, I sold it,\" said the shop owner. | "
        "\"Oh no, I am too late,\" said {name}.",
    ),
    beat(
        "buys", "coins -> own_it -coins",
        "{name} put the coins on the table, and the shop owner gave {him} the {thing}. | "
        "{name} ran to the shop and bought the {thing}. | "
        "\"Here are ten coins,\" said {name}, and then {he} had the {thing}.",
        "\"I worked for it!\" {he} said. | {name} carried the {thing} home like a treasure. | "
        "{He} had never been so proud.",
    ),
    beat(
        "surprise", "sold -> own_it surprise -sold",
        "Sad and slow, {name} went home. {His} {parent} stood at the door with a big box. | "
        "At home {his} {parent} had a box behind the chair. | That night there was a box on {his} bed.",
        "In the box was the {thing}! | {name} opened it, and there was the {thing}! | "
        "\"Open it,\" said {his} {parent}. It was the {thing}!",
    ),
    beat(
        "owner_gift", "poor -> own_it gift -poor",
        "The shop owner had seen it all. | The shop owner stood at the window and saw it. | "
        "The shop owner came out and took {his} hand.",
        "\"You have a good heart,\" said the shop owner. \"Take the {thing}. It is a gift.\" | "
        "\"The {thing} is for someone kind. It is for you,\" said the shop owner. | "
        "The shop owner gave {him} the {thing} and did not want any money.",
    ),
    beat(
        "builds_own", "sold -> own_it self -sold",
        "{name} was sad, but then {he} had an idea. \"I will make a {thing}!\" | "
        "\"Then I will make my own {thing},\" said {name}. | "
        "{name} went home and found paper, wood and paint.",
        "{He} worked for three days, and the new {thing} was even better. | "
        "It was not perfect, but it was {his} own {thing}. | "
        "{His} {parent} helped a little, and then it was done.",
    ),
    beat(
        "friend_bought", "sold -> own_it shared -sold",
        "Then {name} saw {his} {friend} with the {thing}. | "
        "It was {his} {friend} who had bought the {thing}! | "
        "The next day {his} {friend} came with the {thing}.",
        "{name} felt hot and angry, but then {his} {friend} said, \"Let us share it.\" | "
        "\"I bought it for both of us,\" said {his} {friend}. | "
        "\"I know that you love it. Let us play together,\" said {his} {friend}.",
    ),
    beat(
        "saved", "no own_it !gift !shared !surprise -> end",
        "{His} {parent} smiled. \"You did not give up.\" | "
        "\"You worked hard and you waited,\" said {his} {parent}. | "
        "\"I am proud of you,\" said {his} {parent}.",
        "And {name} took good care of the {thing}. | {name} loved the {thing} more than any other toy. | "
        "That night {name} slept with the {thing} next to {his} bed.",
    ),
    beat(
        "glad", "own_it !no !gift !shared -> end",
        "{name} danced all the way down the road with the {thing}. | "
        "{name} hugged the {thing}. \"At last!\" {he} said. | "
        "{name} looked at the {thing} and smiled and smiled.",
        "From then on {he} played with the {thing} every day. | "
        "And {he} let {his} {friend} play with it too. | "
        "It was the best day of the year.",
    ),
    beat(
        "grateful", "own_it surprise -> end",
        "\"How did you know?\" asked {name}. \"I saw how hard you worked,\" said {his} {parent}. | "
        "{name} hugged {his} {parent} for a long time. | \"You are the best!\" cried {name}.",
        "{name} used {his} coins to buy a flower for {his} {parent}, and then {he} played with the "
        "{thing}. | "
        "Then {name} and {his} {parent} played with the {thing} all evening. | "
        "{name} fell asleep with the {thing} and a smile.",
    ),
    beat(
        "kindness_pays", "own_it gift -> end",
        "{name} could not believe it. \"Thank you!\" {he} said. | "
        "{name} laughed and cried at the same time. | "
        "\"I will never forget this,\" said {name}.",
        "{He} ran home with the {thing}, and {his} heart was warm. | "
        "And {name} let all the other children play with the {thing}. | "
        "When {he} played with the {thing}, {he} always thought of that day.",
    ),
    beat(
        "two_friends", "own_it shared -> end",
        "So on one day {name} had the {thing}, and on the next day {his} {friend} had it. | "
        "{name} and {his} {friend} played with the {thing} until it was dark. | "
        "{name} smiled and took {his} {friend} by the hand, and they played with the {thing}.",
        "\"It is more fun with two,\" said {name}. | {name} was happier than ever. | "
        "And {name} shared {his} {food} with {his} {friend}.",
    ),
)  # fmt: skip

SKILL: tuple[Beat, ...] = (
    beat(
        "can_not", "start @skill -> learns -start",
        "{intro} got {a_thing}, but {he} could not {use} it. | "
        "{intro} had {a_thing}, but {he} did not know how to {use} it. | "
        "{intro} wanted to learn to {use} {a_thing}.",
        "\"I want to {use} my {thing} well,\" {he} said. | {He} tried once, but it went wrong. | "
        "Every day {he} looked at the {thing} and sighed.",
    ),
    beat(
        "laughed_at", "learns !tried -> tried laughed",
        "{He} tried to {use} the {thing}, but {he} fell down. | The first time, it went all wrong. | "
        "{He} tried it at the {place}, and it was very bad.",
        "Some children laughed at {him}. | \"You can not do it!\" said {his} {friend}. | "
        "{His} {friend} laughed.",
        "{name} wanted to cry. | {name} felt hot and ran home. | \"I will never learn it,\" said {name}.",
    ),
    beat(
        "tries_hard", "learns !tried -> tried",
        "{name} tried to {use} the {thing} again and again. | {name} tried ten times in one day. | "
        "All morning {name} tried to {use} the {thing}.",
        "But it did not work. | But each time {he} did it too fast. | But each time it went wrong.",
        "\"Why is it so hard?\" {he} asked. | {He} was tired and sad. | "
        "{He} threw up {his} arms. \"I give up!\"",
    ),
    beat(
        "parent_tells", "learns tried !teacher !slow -> slow",
        "{His} {parent} came and sat with {him}. | {name} told {his} {parent} about it. | "
        "{His} {parent} had seen it.",
        "\"When I was small, I could not do it at all,\" said {his} {parent}. \"Go slow.\" | "
        "\"A little every day is enough,\" said {his} {parent}. | "
        "\"Do not hurry. Take a deep breath,\" said {his} {parent}.",
    ),
    beat(
        "teacher", "learns tried !slow !teacher -> teacher",
        "{A_helper} had watched {him}. \"I can show you,\" said the {helper}. | "
        "Then {a_helper} came by. \"I know how to {use} a {thing},\" said the {helper}. | "
        "\"May I help?\" asked {a_helper}.",
        "The {helper} showed {him} what to do, step by step. | "
        "\"Look at me and do the same,\" said the {helper}. | "
        "\"Close your eyes and feel it,\" said the {helper}.",
        role="fixer",
    ),
    beat(
        "practice", "learns tried !again -> again",
        "So {name} practiced every morning. | Every day after lunch, {name} practiced {using} the {thing}. | "
        "{name} went behind the house and practiced {using} the {thing} alone.",
        "One day it went a little better. | After a week, {he} was much better. | "
        "On some days it was bad, and on some days it was good.",
    ),
    beat(
        "learns_by_play", "learns tried !slow !teacher !again -> can -learns",
        "Then {name} forgot about it and just played. | "
        "One day {name} saw a bird that learned to fly. It fell and tried again. | "
        "One night {name} had a dream about it.",
        "{He} took the {thing} and laughed, and suddenly it worked! | "
        "{He} tried once more, and this time it was easy! | "
        "The next time {he} was not afraid at all, and it worked!",
    ),
    beat(
        "learned", "learns again -> can -learns",
        "And one day {he} could {use} the {thing} all alone! | "
        "Then one morning it worked! {He} could {use} the {thing}! | "
        "At last {name} could {use} the {thing} very well.",
        "\"Look at me!\" {he} cried. | \"I can do it!\" {he} said. | {He} did it again, and then again.",
    ),
    beat(
        "learned_with", "learns teacher !again -> can -learns",
        "{name} did what the {helper} said, and it worked! | "
        "{name} tried it once more, and now {he} could {use} the {thing}! | "
        "Soon {name} could {use} the {thing} like the {helper}.",
        "\"You did it!\" said the {helper}. | \"I can do it!\" cried {name}. | The {helper} clapped.",
    ),
    beat(
        "end_show", "can laughed !teacher -> end",
        "The next day {he} showed it to {his} {friend}, and no one laughed. | "
        "{His} {friend} saw it. \"Wow! I am sorry that I laughed.\" | "
        "Now {his} {friend} asked, \"Can you teach me?\"",
        "{name} smiled. \"I will show you how to {use} the {thing},\" {he} said. | "
        "So {name} and {his} {friend} played with the {thing} together. | "
        "And {name} never laughed at others who were {using} a {thing}.",
    ),
    beat(
        "end_teach", "can !laughed -> end taught",
        "The next week {name} met a small child with a {thing}. | Then {his} {friend} got a {thing} too. | "
        "Soon {his} {friend} wanted to learn it too.",
        "\"It is hard at first,\" said {name}, \"but I can help you.\" | "
        "\"Do not give up,\" said {name}. \"I was bad at it too.\"",
        "And so {name} was the teacher now, with {his} {adj} {thing}. | "
        "{name} was very happy to help, and {he} was proud of {his} {adj} {thing}.",
    ),
    beat(
        "end_parent_sees", "can slow -> end",
        "{name} ran to {his} {parent}. \"Come and look!\" | "
        "\"Look, I went slow,\" {name} told {his} {parent}. | "
        "That evening {name} showed it to {his} {parent}.",
        "{His} {parent} clapped and clapped. | \"I knew that you could do it,\" said {his} {parent}.",
        "{name} held the {thing} and smiled. | And {name} loved {using} the {thing} every day.",
    ),
    beat(
        "end_thanks_teacher", "can teacher -> end",
        "{name} gave the {helper} {a_food} to say thank you. | \"Thank you for teaching me,\" said {name}. | "
        "{name} thanked the {helper}.",
        "\"You did the hard work,\" said the {helper}. | \"It was fun to teach you,\" said the {helper}.",
        "From then on {name} went out to {use} the {thing} every day. | "
        "And everyone liked to see {name} with the {thing}.",
    ),
)  # fmt: skip

WEATHER: tuple[Beat, ...] = (
    beat(
        "waits_for_weather", "start @weather -> wait -start",
        "{intro} had {a_thing}, but there was no {weather}. | "
        "{intro} wanted to {use} {a_thing}, but there was no {weather}. | "
        "{intro} got {a_thing} and hoped for {weather}.",
        "\"When will the {weather} come?\" asked {name}. | "
        "Every morning {he} looked out of the window. There was no {weather}. | "
        "Without {weather}, the {thing} was no fun.",
    ),
    beat(
        "wishes_on_star", "wait !wished !pretend !busy -> wished",
        "That night {name} saw a star. \"I wish for {weather},\" {he} said. | "
        "{name} made a wish for {weather}. | "
        "{name} sang a little song to call the {weather}.",
        "But in the morning there was no {weather}. | But the sky did not listen. | But nothing came.",
    ),
    beat(
        "pretends", "wait !pretend !busy -> pretend",
        "{name} tried to {use} the {thing} anyway, but it did not work. | "
        "{name} played with the {thing} in the house, but it was not the same. | "
        "So {name} put the {thing} in the yard and made a game, but it was no fun.",
        "\"This is silly,\" {he} said. | {He} sat down next to the {thing}. | {He} put the {thing} away.",
    ),
    beat(
        "busy", "wait !busy -> busy",
        "\"Waiting is easier when you do something,\" said {his} {parent}. | "
        "{His} {parent} said, \"Help me in the kitchen while you wait.\" | "
        "\"The {weather} comes when it comes,\" said {his} {parent}.",
        "So {name} baked a cake with {his} {parent}. | So {name} painted pictures of the {thing}. | "
        "So {name} helped in the garden.",
    ),
    beat(
        "weather_comes", "wait busy -> came -wait",
        "{name} was so busy that {he} forgot the {weather}. Then {he} heard something. | "
        "Then {his} {parent} said, \"Look out of the window!\" | "
        "One morning {name} woke up, and something was new.",
        "The {weather} had come! | There was {weather} at last! | "
        "\"{Weather}! There is {weather}!\" cried {name}.",
    ),
    beat(
        "comes_at_night", "wait wished pretend !busy -> came -wait",
        "Then, late at night, {name} heard a sound. | {name} had almost given up. Then the air felt new. | "
        "On the last day of the week {name} woke up early.",
        "The {weather} had come! | There was {weather} at last! | "
        "\"{Weather}! There is {weather}!\" cried {name}.",
    ),
    beat(
        "too_much", "came !busy -> storm -came",
        "But it was too much {weather}. | But there was so much {weather} that {name} could not go out. | "
        "But then there was more and more {weather}.",
        "\"Not today,\" said {his} {parent}. \"It is not safe.\" | "
        "{name} had to stay in the house one more day. | "
        "{name} could only look at the {thing}.",
    ),
    beat(
        "storm_ends", "storm -> came2",
        "The next day it was just right. | {name} slept one more night, and then it was just right. | "
        "In the afternoon it was not so bad any more.",
        "{name} ran out with the {thing}. | "
        "\"Now!\" said {his} {parent}. {name} took the {thing} and ran. | "
        "{name} took the {thing} and went out.",
    ),
    beat(
        "end_weather", "came -> end",
        "{name} took the {thing} and ran out. | {name} and {his} {friend} ran out with the {thing}. | "
        "{name} took the {thing} to the {place}.",
        "It was even better than in {his} dreams. | It was fun, and {he} laughed all day. | "
        "What a good day it was!",
        "\"It was worth the wait,\" said {name}, and {he} hugged the {thing}. | "
        "In the evening {name} and the {thing} were tired and happy.",
    ),
    beat(
        "end_share_weather", "came busy -> end",
        "{name} saw that {his} {friend} had no {thing}. \"Come and share it with me,\" said {name}. | "
        "{His} {friend} came too, and {name} let {his} {friend} go first with the {thing}.",
        "\"Thank you for waiting for me,\" said {his} {friend}. | "
        "They played all day and ate the {food} that {name} had brought.",
        "\"I was good at waiting,\" said {name}. | {name} and the {thing} had a very good day.",
    ),
    beat(
        "end_patience", "came2 -> end",
        "Now {name} could {use} the {thing} at last. | At last {name} was {using} the {thing}.",
        "\"It is good that we waited,\" said {his} {parent}. | "
        "\"Waiting is hard, but I can do it,\" said {name}.",
        "{name} played with the {thing} until dinner. | That night {name} dreamed of the {thing}.",
    ),
)  # fmt: skip
