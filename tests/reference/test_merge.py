"""Fresh data merged with committed ones: what stays, what changes, and what is told of it."""

from __future__ import annotations

import unittest
from collections.abc import Sequence

from reference import stored
from reference.merge import Change, merged
from reference.stored import Part, Separation, StepData
from sample_data import BY_HAND, WIDE, case, mistake, pair, step, wrong

EPS, MEAN, SUM = "rms_norm_eps", "rms_norm_mean", "rms_norm_sum"


def committed() -> StepData:
    return step(
        [case()],
        [
            mistake(EPS, {BY_HAND: wrong(5, 6)}),
            mistake(SUM, {BY_HAND: wrong(7, 8)}),
            pair(EPS, SUM, 0, wrong(9, 10)),
        ],
    )


def rounded(*more: Part) -> StepData:
    """The same made on another machine, with further cases."""
    also = {part.description["name"]: wrong(1, 1) for part in more}
    return step(
        [case(x=(3.0000002, 4.0), out=(1.0002, 2.0), bound=1.4e-3), *more],
        [
            mistake(EPS, {BY_HAND: wrong(5.0002, 6, bound=3e-3), **also}, Separation(BY_HAND, 98.0)),
            mistake(SUM, {BY_HAND: wrong(7, 8.0002)}, Separation(BY_HAND, 104.0)),
            pair(EPS, SUM, None, wrong(9.0001, 10)),
        ],
        noise=3e-4,
    )


def listed(changes: Sequence[Change]) -> list[str]:
    return [f"{change.kind} {change.name} {change.what}" for change in changes]


class NothingChanged(unittest.TestCase):
    def test_rounding_changes_no_byte(self) -> None:
        old = committed()
        result, changes = merged(old, rounded())
        self.assertEqual(changes, [])
        self.assertEqual(result, old)
        self.assertEqual(stored.files("step0", result), stored.files("step0", old))
        self.assertNotEqual(stored.files("step0", rounded()), stored.files("step0", old))

    def test_all_is_new_where_there_was_nothing(self) -> None:
        result, changes = merged(StepData(), rounded())
        self.assertEqual(list(result.cases), [BY_HAND])
        self.assertEqual(result.mistakes[f"{EPS} + {SUM}"].id, "rms_norm+0")
        self.assertEqual({change.what for change in changes}, {"new"})


class ANewCase(unittest.TestCase):
    def setUp(self) -> None:
        self.old = committed()
        self.result, self.changes = merged(self.old, rounded(case(WIDE)))

    def test_it_is_the_only_news(self) -> None:
        self.assertEqual(listed(self.changes), [f"case {WIDE} new"])

    def test_it_says_which_mistakes_show(self) -> None:
        (line,) = self.changes[0].details
        self.assertEqual(line.what, "shows 1 of 2 known mistakes of rms_norm")

    def test_all_else_stays(self) -> None:
        self.assertIs(self.result.cases[BY_HAND], self.old.cases[BY_HAND])
        self.assertEqual(self.result.noise[BY_HAND], {"out": 1e-4})
        for name, before in self.old.mistakes.items():
            after = self.result.mistakes[name]
            self.assertEqual(after.told, before.told)
            self.assertEqual(after.separation, before.separation)
            self.assertIs(after.cases[BY_HAND], before.cases[BY_HAND])

    def test_its_own_entries_come(self) -> None:
        self.assertEqual(list(self.result.cases), [BY_HAND, WIDE])
        self.assertEqual(list(self.result.mistakes[EPS].cases), [BY_HAND, WIDE])
        self.assertEqual(list(self.result.mistakes[SUM].cases), [BY_HAND])


class ASeparation(unittest.TestCase):
    def separation(self, fresh: Separation) -> tuple[Separation | None, list[str]]:
        old = step([case()], [mistake(EPS, {BY_HAND: wrong(5, 6)}, Separation(BY_HAND, 100.0))])
        both = {BY_HAND: wrong(5, 6), WIDE: wrong(1, 1)}
        result, changes = merged(old, step([case(), case(WIDE)], [mistake(EPS, both, fresh)]))
        return result.mistakes[EPS].separation, listed(changes)

    def test_stays_where_a_new_case_shows_no_more(self) -> None:
        kept, changes = self.separation(Separation(WIDE, 105.0))
        self.assertEqual(kept, Separation(BY_HAND, 100.0))
        self.assertEqual(changes, [f"case {WIDE} new"])

    def test_changes_where_a_new_case_improves_it(self) -> None:
        better, changes = self.separation(Separation(WIDE, 300.0))
        self.assertEqual(better, Separation(WIDE, 300.0))
        self.assertEqual(changes, [f"case {WIDE} new", f"separation {EPS} changed"])

    def test_changes_where_its_case_goes(self) -> None:
        old = step([case(), case(WIDE)], [mistake(EPS, {BY_HAND: wrong(5, 6), WIDE: wrong(1, 1)})])
        new = step([case(WIDE)], [mistake(EPS, {WIDE: wrong(1, 1)}, Separation(WIDE, 30.0))])
        result, changes = merged(old, new)
        self.assertEqual(result.mistakes[EPS].separation, Separation(WIDE, 30.0))
        self.assertEqual(listed(changes), [f"case {BY_HAND} gone", f"separation {EPS} changed"])


class AChangedCase(unittest.TestCase):
    def test_is_taken_whole_and_leaves_the_others_alone(self) -> None:
        old = step([case(), case(WIDE)])
        result, changes = merged(
            old, step([case(out=(1.0002, 2.5)), case(WIDE, out=(1.0002, 2.0))], noise=2e-4)
        )
        self.assertEqual(listed(changes), [f"case {BY_HAND} changed"])
        self.assertAlmostEqual(changes[0].details[0].tolerances, 500, places=3)
        self.assertEqual(result.cases[BY_HAND], case(out=(1.0002, 2.5)))
        self.assertEqual(result.noise[BY_HAND], {"out": 2e-4})
        self.assertIs(result.cases[WIDE], old.cases[WIDE])
        self.assertEqual(result.noise[WIDE], {"out": 1e-4})

    def test_other_order(self) -> None:
        _, changes = merged(step([case(), case(WIDE)]), step([case(WIDE), case()]))
        self.assertEqual(listed(changes), ["case their order changed"])


class AMisconception(unittest.TestCase):
    def test_a_new_one_leaves_the_others_and_their_pairs_alone(self) -> None:
        old, new = committed(), rounded()
        added = [mistake(MEAN, {BY_HAND: wrong(3, 3)}), pair(EPS, MEAN, None, wrong(4, 4))]
        ordered = [*new.mistakes.values()]
        fresh = step(list(new.cases.values()), [ordered[0], added[0], ordered[1], added[1], ordered[2]])
        result, changes = merged(old, fresh)
        self.assertEqual(listed(changes), [f"misconception {MEAN} new", f"pair {EPS} + {MEAN} new"])
        self.assertEqual(result.mistakes[f"{EPS} + {SUM}"], old.mistakes[f"{EPS} + {SUM}"])
        self.assertEqual(result.mistakes[f"{EPS} + {MEAN}"].id, "rms_norm+1")
        self.assertEqual(result.mistakes[EPS], old.mistakes[EPS])

    def test_another_sentence_leaves_its_predictions_alone(self) -> None:
        old, new = committed(), rounded()
        mistakes = dict(new.mistakes)
        told = {**mistakes[EPS].told, "section": "4"}
        mistakes[EPS] = stored.Mistake(told, mistakes[EPS].cases, mistakes[EPS].separation)
        result, changes = merged(old, step(list(new.cases.values()), list(mistakes.values())))
        self.assertEqual(listed(changes), [f"misconception {EPS} changed"])
        self.assertEqual(changes[0].details[0].what, 'section was "3", is "4"')
        self.assertEqual(result.mistakes[EPS].told["section"], "4")
        self.assertIs(result.mistakes[EPS].cases[BY_HAND], old.mistakes[EPS].cases[BY_HAND])

    def test_another_outcome(self) -> None:
        old = committed()
        new = step([case()], [mistake(EPS, {BY_HAND: wrong(5, 6.01)}), mistake(SUM, {BY_HAND: wrong(7, 8)})])
        result, changes = merged(old, new)
        self.assertEqual(listed(changes), [f"misconception {EPS} changed", f"pair {EPS} + {SUM} gone"])
        self.assertEqual(result.mistakes[EPS].cases[BY_HAND], wrong(5, 6.01))

    def test_a_case_that_shows_it_no_more_or_now(self) -> None:
        both = [case(), case(WIDE)]
        one, other = mistake(EPS, {BY_HAND: wrong(5, 6)}), mistake(EPS, {WIDE: wrong(5, 6)})
        _, changes = merged(step(both, [one]), step(both, [other]))
        self.assertEqual(
            [each.what for each in changes[0].details],
            [f"{WIDE} shows it now", f"{BY_HAND} shows it no more"],
        )

    def test_pairs_of_other_ids_stay_themselves(self) -> None:
        old = step([case()], [pair(EPS, SUM, 7, wrong(9, 10))])
        result, changes = merged(old, step([case()], [pair(EPS, SUM, None, wrong(9, 10))]))
        self.assertEqual(changes, [])
        self.assertEqual(result, old)


if __name__ == "__main__":
    unittest.main()
