"""Plots that need courage: the dark, a long way, an animal in danger, a contest, a thing to build."""

from stories.grammar import Beat, beat

FEAR: tuple[Beat, ...] = (
    beat(
        "afraid", "start @soft -> night -start",
        "{intro} had {a_thing} and was afraid of the dark. | "
        "{intro} was afraid of the dark. {He} slept with {a_thing}. | "
        "{intro} did not like the night. {He} always held {a_thing} in bed.",
        "One night {name} heard a strange sound. | One night there was a noise. Tap, tap, tap. | "
        "One night something went bump.",
    ),
    beat(
        "calls_parent", "night !called -> called",
        "{name} called {his} {parent}. | \"Help!\" cried {name}, and {his} {parent} came.",
        "\"It is only the wind,\" said {his} {parent} and went back to bed. | "
        "\"There is nothing here,\" said {his} {parent}. \"Go to sleep.\"",
        "But then the sound came again. | But {name} could still hear it.",
    ),
    beat(
        "hides_in_bed", "night !hidden -> hidden",
        "{name} hid in {his} bed with the {thing}. | {name} held the {thing} tight and closed {his} eyes.",
        "{He} counted to ten, but the sound did not stop. | {He} sang a song, but {he} was still afraid. | "
        "But the sound came closer.",
    ),
    beat(
        "goes_to_look", "night -> looks -night",
        "\"If you come with me, I am brave,\" {name} told the {thing}. {He} got up. | "
        "{name} took the {thing} and walked to the door, step by step. | "
        "At last {name} held the {thing} in front of {him} and went to look. | "
        "{name} got up with the {thing}. \"Who is there?\" {he} asked.",
    ),
    beat(
        "is_kitten", "looks -> small_one -looks",
        "It was {a_helper} that wanted to come in from the cold. | There sat {a_helper}, wet and cold. | "
        "Behind the door was {a_helper}. It was afraid too.",
        "\"Do not be afraid,\" said {name}. | \"You poor thing,\" said {name}. | "
        "\"So it was you!\" said {name}.",
        role="small",
    ),
    beat(
        "is_branch", "looks -> nothing -looks",
        "It was only a branch that hit the window. | It was only the door of the shed in the wind. | "
        "It was only the rain on a box.",
        "{name} laughed. \"Is that all?\" | \"I was afraid of that?\" said {name}.",
    ),
    beat(
        "is_friend", "looks -> also -looks",
        "It was {his} {friend}, who was crying. | There stood {his} {friend} in the dark.",
        "\"I had a bad dream,\" said {his} {friend}. | \"I am afraid of the dark too,\" said {his} {friend}.",
    ),
    beat(
        "gives_comfort", "small_one -> warm -small_one",
        "{name} gave the {helper} warm milk and put the {thing} next to it. | "
        "{name} let the {helper} sleep near the {thing}.",
        "Soon the {helper} was warm and asleep. | The {helper} was not afraid any more.",
    ),
    beat(
        "lends_comfort", "also -> warm2 -also",
        "\"Here, take my {thing},\" said {name}. \"It helps me.\" | "
        "{name} put the {thing} in {his} {friend}'s arms.",
        "\"But what about you?\" asked {his} {friend}. | {His} {friend} held the {thing} and smiled.",
        "\"I am brave tonight,\" said {name}. | Then {name} saw that {he} was not afraid any more.",
    ),
    beat(
        "end_warm", "warm -> end",
        "And {name} forgot to be afraid. | \"The dark is not so bad,\" said {name}.",
        "From then on {name}, the {helper} and the {thing} slept side by side. | "
        "In the morning {name} was still asleep, with the {helper} and the {thing}.",
    ),
    beat(
        "end_night", "nothing -> end",
        "{He} went back to bed with the {thing}. | {He} told the {thing}, \"You see? It was nothing.\"",
        "After that, {name} was not afraid of the dark any more. | "
        "\"Good night, dark,\" said {name}, and {he} fell asleep with the {thing}. | "
        "The next night {name} put the {thing} on the chair and slept well.",
    ),
    beat(
        "end_night_friend", "warm2 -> end",
        "They fell asleep side by side. | They talked and laughed until they fell asleep.",
        "In the morning {his} {friend} gave the {thing} back. \"Thank you, {name}.\" | "
        "And after that, {name} only needed the {thing} for playing. | "
        "\"You are very brave, {name},\" said {his} {friend}, and gave back the {thing}.",
    ),
)  # fmt: skip

JOURNEY: tuple[Beat, ...] = (
    beat(
        "long_way", "start -> way -start",
        "{intro} took {a_thing} and went to see {his} {elder}. | "
        "{intro} had {a_thing} and wanted to show it to {his} {elder}. | "
        "{intro} went on a long walk with {a_thing} to {his} {elder}'s house.",
        "The way went over a hill and into a forest. | It was a long way, and {name} was alone. | "
        "\"I can do it,\" said {name}.",
    ),
    beat(
        "loses_way", "way !lost_way -> lost_way -way",
        "In the forest all trees looked the same. {name} was lost. | "
        "Then the path stopped. {name} did not know where to go. | "
        "Fog came, and {name} could not see the path any more.",
        "{He} held the {thing} and tried not to cry. | \"Where am I?\" {he} said. | "
        "{He} sat down on a log with the {thing}.",
    ),
    beat(
        "river", "way !crossed -> river -way",
        "Then {name} came to a river, and there was no bridge. | The bridge over the river was broken. | "
        "A wide river was in {his} way.",
        "{He} did not want the {thing} to get wet. | \"How can I get to the other side?\" {he} asked.",
    ),
    beat(
        "over_log", "river -> way crossed -river",
        "{name} found a log and pushed it over the water. | "
        "{name} jumped from stone to stone with the {thing}. | "
        "{name} walked along the river until it was small, and then {he} jumped.",
        "One step, two steps, and {he} was there. | {He} held the {thing} up high, and it stayed dry.",
    ),
    beat(
        "ferry", "river -> way crossed ferry -river",
        "\"Climb on my back,\" said {a_helper}. | "
        "{A_helper} swam up. \"I will show you a good place to cross,\" said the {helper}. | "
        "{A_helper} put out its head. \"Follow me. The water is not deep here,\" said the {helper}.",
        "{name} held the {thing} up high, and soon {he} was on the other side. | "
        "{name} was a little afraid, but {he} and the {thing} stayed dry.",
        role="swimmer",
    ),
    beat(
        "makes_sound", "lost_way @sound -> heard -lost_way",
        "Then {he} had an idea. {He} made a loud sound with the {thing}. | "
        "{name} used the {thing} to make a lot of noise.",
        "{His} {elder} heard it and called, \"{name}! I am here!\" | "
        "Far away someone answered. It was {his} {elder}!",
    ),
    beat(
        "holds_up", "lost_way !heard -> heard -lost_way",
        "Then {he} had an idea. {He} climbed on a rock and held up the {adj} {thing}. | "
        "{name} went up the hill and waved the {adj} {thing}.",
        "{His} {elder} saw it from far away and came. | "
        "\"I can see you!\" someone called. It was {his} {elder}!",
    ),
    beat(
        "animal_guides", "lost_way -> guided -lost_way",
        "{A_helper} came out of the bushes. \"I know the way,\" said the {helper}. | "
        "\"Are you lost?\" asked {a_helper}.",
        "The {helper} went ahead, and {name} followed with the {thing}. | "
        "\"Come with me,\" said the {helper}, and {name} took the {thing} and went along.",
        role="nose",
    ),
    beat(
        "follows_stream", "lost_way -> guided self -lost_way",
        "Then {name} remembered what {his} {elder} had said. \"If you are lost, follow the stream.\" | "
        "{name} closed {his} eyes and listened. {He} could hear the stream.",
        "{He} walked along the water with the {thing} and came out of the forest. | "
        "{He} followed the sound of the water, and soon {he} saw the house.",
    ),
    beat(
        "end_arrives", "way crossed !ferry -> end",
        "At last {name} was at the door. | When the sun was low, {name} saw the house.",
        "\"You came all this way?\" said {his} {elder}. \"How brave!\" | "
        "{His} {elder} ran out and hugged {him}.",
        "Then {name} showed {his} {elder} the {thing}, and they had cake. | "
        "And {name} and {his} {elder} played with the {thing} until night.",
    ),
    beat(
        "end_ferry", "way crossed ferry -> end",
        "\"How can I thank you?\" asked {name}. \"Let me see your {thing},\" said the {helper}. | "
        "{name} gave the {helper} {his} {food} to say thank you.",
        "At the house, {name} told {his} {elder} about the {helper}. | "
        "Then {name} ran to {his} {elder} and told the whole story.",
        "On the way back, {name} and the {helper} played with the {thing}. | "
        "The next day {name}, the {helper} and {his} {elder} played with the {thing}.",
    ),
    beat(
        "end_heard", "heard -> end",
        "{name} ran into {his} {elder}'s arms. | {His} {elder} hugged {him} tight.",
        "\"The {thing} saved me,\" said {name}. | "
        "\"How clever that you used the {thing}!\" said {his} {elder}.",
        "Then {name} and {his} {elder} walked home together. | "
        "And {name} never walked alone in the forest again.",
    ),
    beat(
        "end_guided", "guided !self -> end",
        "Soon {name} saw the house. \"Thank you!\" {he} told the {helper}. | "
        "There was the house! {name} thanked the {helper}.",
        "{His} {elder} gave the {helper} {a_food}. | \"You have a good friend,\" said {his} {elder}.",
        "And {name} let the {helper} play with the {thing}. | "
        "Then {name} showed the {thing} to {his} {elder} and the {helper}.",
    ),
    beat(
        "end_self_guided", "guided self -> end",
        "\"You found the way alone!\" said {his} {elder}. | "
        "\"I listened to you,\" {name} told {his} {elder}.",
        "Then {name} showed {his} {elder} the {thing}, and they had tea. | "
        "{name} put the {thing} on the table and ate a big piece of cake.",
    ),
)  # fmt: skip

RESCUE: tuple[Beat, ...] = (
    beat(
        "hears_cry", "start -> danger -start",
        "{intro} played with {a_thing}. Then {he} heard a cry. | "
        "{intro} walked along with {a_thing}. Suddenly someone cried for help. | "
        "{intro} had {a_thing}. One day {he} took it for a walk and heard a cry.",
        "\"Help! Help!\" | It came from behind the trees. | {He} stopped and listened.",
    ),
    beat(
        "in_mud", "danger -> mud -danger",
        "It was {a_helper} that was stuck in the mud. | {A_helper} was deep in the mud.",
        "\"I can not get out!\" said the {helper}. | The {helper} went deeper and deeper.",
        role="small",
    ),
    beat(
        "in_river", "danger -> stream -danger",
        "It was {a_helper} on a stone in the water. | {A_helper} sat on a log in the river.",
        "\"I can not swim back!\" said the {helper}. | The water came up higher and higher.",
        role="small",
    ),
    beat(
        "in_pit", "danger -> pit -danger",
        "{A_helper} had fallen into a deep pit. | It was {a_helper} at the bottom of a pit.",
        "\"It is too high for me,\" said the {helper}. | "
        "The {helper} jumped and jumped, but it was too small.",
        role="small",
    ),
    beat(
        "reaches_in_vain", "!alarm mud -> alarm vain",
        "{name} reached out, but {he} was too far away. | "
        "{name} stepped into the mud, but {he} almost got stuck too.",
        "\"Wait! I will think of something,\" said {name}. | \"Do not move!\" {he} said.",
    ),
    beat(
        "stick_breaks", "!alarm stream -> alarm vain",
        "{name} held out a stick, but it broke. | {name} threw a rope, but it was too short.",
        "\"Wait! I will think of something,\" said {name}. | \"Hold on!\" {he} said.",
    ),
    beat(
        "climbs_in_vain", "!alarm pit -> alarm vain",
        "{name} tried to climb down, but it was too steep. | "
        "{name} lay down and reached, but the pit was too deep.",
        "\"Wait! I will think of something,\" said {name}. | \"Do not cry!\" {he} said.",
    ),
    *(
        beat(
            f"pulls_from_{where}", f"{where} @pull -> saved used -{where}",
            "Then {name} looked at the {thing}. {He} held out one side of it. | "
            "\"Hold on to my {thing}!\" cried {name}.",
            "The {helper} took hold, and {name} pulled and pulled until the {helper} was out. | "
            "{name} pulled with all {his} power, and out came the {helper}.",
        )
        for where in ("mud", "stream", "pit")
    ),
    *(
        beat(
            f"lifts_from_{where}", f"{where} @carry -> saved used -{where}",
            "{name} tied a rope to the {thing} and let it go down. \"Get in!\" {he} said. | "
            "Then {name} had an idea. {He} pushed the {thing} to the {helper} on a rope.",
            "The {helper} got into the {thing}, and {name} pulled it to a safe place. | "
            "The {helper} jumped in, and {name} pulled the {thing} back.",
        )
        for where in ("stream", "pit")
    ),
    *(
        beat(
            f"calls_help_{where}", f"{where} @sound -> saved called -{where}",
            "Then {name} used the {thing} to make a loud sound. | "
            "{name} made as much noise with the {thing} as {he} could.",
            "{His} {parent} heard it and came with a ladder and a rope. | "
            "A farmer heard it and came at once.",
            "Soon the {helper} was safe. | Together they got the {helper} out.",
        )
        for where in ("mud", "stream", "pit")
    ),
    *(
        beat(
            f"leaves_{where}", f"{where} alarm !saved -> saved left_it -{where}",
            "{name} put down the {thing} and ran for help. | "
            "{name} left the {thing} behind and ran for help as fast as {he} could.",
            "{He} came back with {his} {parent}, and they saved the {helper}. | "
            "{His} {parent} came with a rope, and soon the {helper} was safe.",
        )
        for where in ("mud", "stream", "pit")
    ),
    beat(
        "got_dirty", "saved used -> dirty -used -saved",
        "But now the {thing} was wet and dirty. | But the {thing} was full of mud.",
        "\"I am sorry about your {thing},\" said the {helper}. | "
        "The {helper} looked at the {thing} and felt bad.",
    ),
    beat(
        "guards", "saved left_it -> guarded -left_it -saved",
        "When {name} came back for the {thing}, it was gone. | "
        "But where was the {thing}? {name} could not see it any more.",
        "Then the {helper} came with the {thing}. \"I kept it safe for you.\" | "
        "\"Here it is,\" said the {helper}. \"I looked after it.\"",
    ),
    beat(
        "end_hero", "saved !called !left_it !dirty !guarded -> end",
        "\"You saved me!\" said the {helper}. | The {helper} thanked {name} again and again.",
        "After that, {name} and the {helper} played with the {thing} every day. | "
        "{name} was proud of {his} {thing}. \"What a good {thing}!\" {he} said.",
    ),
    beat(
        "end_called", "saved called -> end",
        "\"It was right to call for help,\" said {his} {parent}. | "
        "\"You did the right thing, {name},\" said {his} {parent}.",
        "{name} and the {helper} played with the {thing} until dinner. | "
        "And the {helper} loved the sound of the {thing} from then on, and so did {name}.",
    ),
    beat(
        "end_dirty", "dirty -> end",
        "\"A {thing} can be washed,\" said {name}. | "
        "{name} laughed. \"You are more important than a {thing}.\"",
        "They washed the {thing} together, and {name} had a new friend. | "
        "{name} and the {helper} cleaned the {thing} in the sun and became friends.",
    ),
    beat(
        "end_left", "saved left_it -> end",
        "\"Thank you, {name}!\" said the {helper}. | The {helper} hugged {him}.",
        "Then {name} went back for the {thing}, and they played with it together. | "
        "The {thing} was still there, and {name} and the {helper} played with it.",
    ),
    beat(
        "end_guarded", "guarded -> end",
        "\"You helped me, and I helped you,\" said the {helper}. | "
        "\"Now we are even,\" said the {helper}, and they laughed.",
        "And {name} let the {helper} play with the {thing}. | "
        "From then on {name}, the {helper} and the {thing} were always together.",
    ),
)  # fmt: skip
