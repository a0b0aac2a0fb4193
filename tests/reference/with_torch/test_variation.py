"""Answers that are no random tensors differ between the kit's data and private ones, too."""

from __future__ import annotations

import unittest

import reference  # noqa: F401 - before torch, whose kernels it pins
import steps
from reference import recipe
from reference.case import Case, generator
from reference.variation import KIT_SEED, Variation

DATA = steps.ROOT / "reference_data"
# By suite, whose answer is the same for every seed: by hand, errors, or because there is but one.
SAME = {
    "RopeFrequencies": {"ByHand", "OnePair"},
    "LoadParams": {"MissingLayerTensorIsAnError", "MissingHeadOfAnUntiedModelIsAnError"},
    "Sample": {"ZeroDrawsTheFirstToken", "VocabularyOfOne"},
}


def answers(seed: int) -> dict[str, dict[str, object]]:
    """By suite and case."""
    found: dict[str, dict[str, object]] = {suite: {} for suite in SAME}
    for step in steps.STEPS:
        for each in recipe.definition(step, seed, DATA).recipes:
            suite, case = each.name.split(".")
            if suite in found:
                found[suite][case] = answer(recipe.build(each, seed))
    return found


def answer(case: Case) -> object:
    part = case.part()
    after = {name: tensor.data for name, tensor in part.tensors.items() if name.startswith("after/")}
    return part.description.get("expect"), after


class Answers(unittest.TestCase):
    def test_differ_for_every_private_seed(self) -> None:
        public = answers(KIT_SEED)
        for seed in (1, 2, 2**47):
            private = answers(seed)
            for suite, expected in SAME.items():
                same = {name for name in public[suite] if private[suite][name] == public[suite][name]}
                with self.subTest(suite=suite, seed=seed):
                    self.assertEqual(same, expected)


class OneOf(unittest.TestCase):
    def test_the_kits_own_takes_no_random_number(self) -> None:
        gen = generator(1, "x")
        before = gen.get_state()
        self.assertEqual(Variation(KIT_SEED).one_of(gen, 3, 4), 3)
        self.assertTrue(gen.get_state().equal(before))
        self.assertEqual(Variation(1).one_of(gen, 3, 4), 4)


if __name__ == "__main__":
    unittest.main()
