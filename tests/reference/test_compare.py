"""When a part of the data counts as the same, and what is said where it doesn't."""

from __future__ import annotations

import math
import unittest

from reference.compare import differences
from reference.stored import Part
from sample_data import case, tensor, wrong


def told(old: Part, new: Part) -> list[str]:
    return [each.what for each in differences(old, new)]


class Numbers(unittest.TestCase):
    def test_outputs_within_their_bound_are_the_same(self) -> None:
        self.assertEqual(told(case(out=(1.0, 2.0)), case(out=(1.0009, 1.9991))), [])

    def test_outputs_beyond_it_are_told_in_tolerances_with_the_first_place(self) -> None:
        old = Part({"bounds": {"out": 0.5}}, {"after/out": tensor(1, 2, 3, 4, 5, 6, shape=(2, 3))})
        new = Part({"bounds": {"out": 0.5}}, {"after/out": tensor(1, 2, 3, 4.25, 7, 6, shape=(2, 3))})
        (difference,) = differences(old, new)
        self.assertEqual(difference.tolerances, 4)
        self.assertEqual(
            difference.what,
            "after/out: 1 of 6 elements differ, by up to 4 tolerances of 0.5; "
            "the first at (1, 1): was 5, is 7",
        )

    def test_it_is_the_committed_bound_that_counts(self) -> None:
        self.assertEqual(len(told(case(bound=1e-3), case(out=(1.0015, 2.0), bound=1.9e-3))), 1)

    def test_a_copy_is_exact(self) -> None:
        (difference,) = differences(case(bound=0.0), case(out=(1.0, 2.0000002), bound=0.0))
        self.assertEqual(difference.tolerances, math.inf)
        self.assertIn("which can't be rounding", difference.what)

    def test_inputs_and_weights_may_be_rounded_another_way_only(self) -> None:
        self.assertEqual(told(case(x=(30.0, 4.0)), case(x=(30.00002, 4.0))), [])
        self.assertEqual(len(told(case(x=(30.0, 4.0)), case(x=(30.00004, 4.0)))), 1)
        weights = [Part({"config": {}}, {"norm.weight": tensor(x)}) for x in (1.0, 1.0001)]
        self.assertEqual(len(told(*weights)), 1)

    def test_nan_and_infinity_are_like_themselves_only(self) -> None:
        nan, inf = math.nan, math.inf
        self.assertEqual(told(case(x=(nan, inf)), case(x=(nan, inf))), [])
        for other in ((1.0, inf), (nan, 1.0), (nan, -inf), (inf, inf)):
            self.assertEqual(len(told(case(x=(nan, inf)), case(x=other))), 1, other)

    def test_zero_has_no_sign(self) -> None:
        self.assertEqual(told(case(out=(0.0, 2.0), bound=0.0), case(out=(-0.0, 2.0), bound=0.0)), [])

    def test_predictions_are_compared_within_their_own_bounds(self) -> None:
        self.assertEqual(told(wrong(1, 2, bound=0.01), wrong(1.009, 2, bound=0.01)), [])
        self.assertEqual(len(told(wrong(1, 2, bound=0.01), wrong(1.011, 2, bound=0.01))), 1)

    def test_other_tensors_or_shapes(self) -> None:
        old, new = tensor(1, 2, 3, 4, shape=(2, 2)), tensor(1, 2, 3, 4)
        self.assertEqual(
            told(Part({}, {"out": old}), Part({}, {"out": new})), ["the shape of out was (2, 2), is (4,)"]
        )
        self.assertEqual(told(Part({}, {"out": old}), Part({}, {"c": old})), ["out is gone", "c is new"])


class Descriptions(unittest.TestCase):
    def test_bounds_may_differ_by_a_factor_of_two_either_way(self) -> None:
        self.assertEqual(told(case(bound=1e-3), case(bound=1.99e-3)), [])
        self.assertEqual(told(case(bound=1.99e-3), case(bound=1e-3)), [])
        self.assertEqual(told(case(bound=1e-3), case(bound=2.1e-3)), ["bounds.out was 0.001, is 0.0021"])
        self.assertEqual(told(case(bound=2.1e-3), case(bound=1e-3)), ["bounds.out was 0.0021, is 0.001"])
        self.assertEqual(told(case(bound=0.0), case(bound=1e-9)), ["bounds.out was 0.0, is 1e-09"])

    def test_tokens_are_the_same_exactly(self) -> None:
        old = case(expect={"calls": [{"tokens": [5, 7]}, {"tokens": [6]}]})
        new = case(expect={"calls": [{"tokens": [5, 7]}, {"tokens": [8]}]})
        self.assertEqual(told(old, old), [])
        self.assertEqual(told(old, new), ["expect.calls[1].tokens[0] was 6, is 8"])

    def test_fractions_among_the_facts_are_the_same_nearly(self) -> None:
        self.assertEqual(told(case(expect={"margin": 0.5}), case(expect={"margin": 0.5004})), [])
        self.assertEqual(len(told(case(expect={"margin": 0.5}), case(expect={"margin": 0.501}))), 1)

    def test_arguments_are_the_same_exactly(self) -> None:
        self.assertEqual(
            told(case(args={"eps": 1e-5}), case(args={"eps": 1.0001e-5})),
            ["args.eps was 1e-05, is 1.0001e-05"],
        )

    def test_what_comes_or_goes(self) -> None:
        self.assertEqual(told(case(), case(model="story")), ['model was nothing, is "story"'])
        self.assertEqual(
            told(case(expect={"kept": [1]}), case(expect={})), ["expect.kept was [1], is nothing"]
        )

    def test_long_values_are_cut(self) -> None:
        (line,) = told(case(purpose="a" * 500), case(purpose="b" * 500))
        self.assertLess(len(line), 150)


if __name__ == "__main__":
    unittest.main()
