"""The generator by step, and what known mistakes yield, on a few cases."""

from __future__ import annotations

import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import reference  # noqa: F401 - before torch, whose kernels it pins
import regenerate_reference_data as script
import steps
import torch
from reference import llama, misconceptions, progress, recipe, step1, stored, trace_points
from reference.case import Case
from reference.compare import differences
from reference.folder import Origin
from reference.numerics import BOUND_FACTOR, MismatchError
from reference.step2 import small_models
from reference.variation import KIT_SEED

DATA = steps.ROOT / "reference_data"
SEED = KIT_SEED
FUNCTION = "rms_norm"
CASES = ("RmsNorm.ByHand", "RmsNorm.ManyRows", "RmsNorm.EpsilonMatters", "RmsNorm.OneDimension")
KNOWN = ("rms_norm_eps_outside_root", "rms_norm_no_root", "rms_norm_no_weight", "rms_norm_weight_one_plus")


@contextmanager
def other_steps(**folders: Path) -> Iterator[None]:
    """The steps, and others with a folder each that describe the function `chat_turn`."""
    description = {"functions": {"chat_turn": {"section": "2"}}}
    others = {name: steps.Step(folder, description) for name, folder in folders.items()}
    with patch.object(steps, "_FOUND", {**steps._FOUND, **others}):
        yield


class Definitions(unittest.TestCase):
    def test_every_step_has_one_that_fits_its_description(self) -> None:
        for name in steps.STEPS:
            made = recipe.definition(name, SEED, DATA)
            self.assertEqual(set(made.predictors), set(steps.functions_of(name)))

    def test_a_step_without_a_package_is_named(self) -> None:
        with (
            other_steps(step9=steps.ROOT / "labs" / "step9_x"),
            self.assertRaisesRegex(
                ValueError, "scripts/reference/step9: expected a package .* labs/step9_x holds"
            ),
        ):
            recipe.definition("step9", SEED, DATA)

    def test_a_model_that_isnt_transformers_function_is_told_with_its_case(self) -> None:
        def mismatch(_: torch.Generator) -> Case:
            raise MismatchError("out: model and transformers lie 0.5 apart in float64")

        with self.assertRaisesRegex(MismatchError, "RmsNorm.ByHand: out: model and transformers lie"):
            recipe.build(recipe.Recipe("RmsNorm.ByHand", mismatch), SEED)

    def test_two_cases_of_one_name_are_named(self) -> None:
        step = step1.step(SEED, DATA)
        step.recipes.append(step.recipes[0])
        with (
            patch.object(step1, "step", lambda _seed, _data: step),
            self.assertRaisesRegex(
                ValueError, "expected one case of each name; found SelfAttention.ByHand twice"
            ),
        ):
            recipe.definition("step1", SEED, DATA)

    def test_other_functions_than_the_description_says_are_named(self) -> None:
        with (
            other_steps(step1=steps.ROOT / "labs" / "step1_x"),
            self.assertRaisesRegex(ValueError, "expected predictors of chat_turn, .*; found self_attention"),
        ):
            recipe.definition("step1", SEED, DATA)


class Trace(unittest.TestCase):
    def points(self) -> dict[str, torch.Tensor]:
        outputs = llama.forward(small_models.draw("tied", SEED), [1, 2, 3], [3], trace_chunk=0)
        return {name.removeprefix("trace/"): value for name, value in outputs.items() if "trace/" in name}

    def test_transformers_gives_every_point_in_order_with_its_axes(self) -> None:
        wanted = dict(trace_points.of_model(2))
        found = self.points()
        self.assertEqual(list(found), list(wanted))
        self.assertEqual(found["model.layers.1.self_attn.k_rotated"].shape, (3, 1, 6))
        self.assertEqual(wanted["model.layers.1.self_attn.k_rotated"].axes, ("token", "KV head", "element"))
        self.assertEqual(found["lm_head"].shape, (1, 37))

    def test_a_point_that_nothing_gives_is_refused(self) -> None:
        other = trace_points.Point("self_attn.gate", ("token", "element"), False)
        with (
            patch.object(trace_points, "EACH_LAYER", [*trace_points.EACH_LAYER, other]),
            self.assertRaisesRegex(MismatchError, "layers.0.self_attn.gate: no module of transformers"),
        ):
            self.points()

    def test_a_point_that_isnt_listed_is_refused(self) -> None:
        rest = [point for point in trace_points.EACH_LAYER if point.name != "self_attn.weights"]
        with (
            patch.object(trace_points, "EACH_LAYER", rest),
            self.assertRaisesRegex(MismatchError, "not listed as such: model.layers.0.self_attn.weights"),
        ):
            self.points()


class Predictions(unittest.TestCase):
    def setUp(self) -> None:
        self.step = recipe.definition("step0", SEED, DATA)
        self.cases = [recipe.build(each, SEED) for each in self.step.recipes if each.name in CASES]
        known = misconceptions.read(steps.ROOT / "misconceptions" / "step0", steps.functions_of("step0"))
        self.known = [each for each in known if each.id in KNOWN]

    def entries(self, diagnosing: dict[str, str]) -> list[misconceptions.Entry]:
        return misconceptions.entries(
            self.known, self.cases, self.step.models, self.step.predictors, diagnosing
        )

    def test_every_one_is_a_tick_of_progress(self) -> None:
        ticks = []
        with patch.object(progress, "tick", lambda: ticks.append(1)):
            self.entries({})
        self.assertEqual(len(ticks), misconceptions.n_predictions(self.known, self.cases))

    def test_pairs_are_computed_for_the_case_that_is_settled(self) -> None:
        def cases(diagnosing: dict[str, str]) -> set[str]:
            return {case for each in self.entries(diagnosing) if "pair" in each.told for case in each.wrong}

        (best,) = cases({})
        other = "RmsNorm.OneDimension"
        self.assertNotEqual(best, other)
        self.assertEqual(cases({FUNCTION: other}), {other})
        self.assertEqual(cases({FUNCTION: "RmsNorm.Gone"}), {best})

    def test_a_function_of_another_step_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, r"gather.*json: expected a function of step0; found gather"):
            misconceptions.read(steps.ROOT / "misconceptions" / "step0", [FUNCTION])


class Settled(unittest.TestCase):
    """A case is what is committed, if that is the same but for rounding."""

    def setUp(self) -> None:
        step = recipe.definition("step0", SEED, DATA)
        (self.fresh,) = (
            recipe.build(each, SEED) for each in step.recipes if each.name == "RmsNorm.RowsWithGaps"
        )

    def committed(self, shift: float) -> stored.StepData:
        other = self.fresh.kept(self.fresh.part(), {"out": 0.5})
        other.after["out"] = other.after["out"].clone()
        other.after["out"][0, 3] += shift * other.bounds["out"]
        return stored.StepData({other.name: other.part()}, {other.name: {"out": 0.5}})

    def test_it_is_stored_and_read_without_a_change(self) -> None:
        part = self.fresh.part()
        self.assertEqual(self.fresh.kept(part, self.fresh.noise).part(), part)
        self.assertEqual(differences(part, part), [])

    def test_what_is_the_same_is_taken_from_there(self) -> None:
        old = self.committed(shift=0.5)
        case = script.settled(self.fresh, old)
        self.assertEqual(case.part(), old.cases[case.name])
        self.assertEqual(case.noise, {"out": 0.5})
        self.assertEqual(case.views, self.fresh.views)

    def test_what_differs_is_not(self) -> None:
        self.assertIs(script.settled(self.fresh, self.committed(shift=1.5)), self.fresh)
        self.assertIs(script.settled(self.fresh, stored.StepData()), self.fresh)


class Options(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.out = Path(temporary.name)

    def test_only_needs_the_other_steps_data(self) -> None:
        with self.assertRaisesRegex(ValueError, "--only needs the other steps' data"):
            script.regenerate(self.out, SEED, ["step0"], anew=False)

    def test_what_cant_stand_side_by_side(self) -> None:
        old = {"seed": SEED, "bound_factor": BOUND_FACTOR, "versions": {"torch": "1.0"}}
        origin = Origin(SEED, BOUND_FACTOR, {"torch": "2.0"})
        script.check_origin(self.out, old, origin, steps.STEPS)
        for other, only, told in (
            ({}, ["step0"], "made with another torch"),
            ({"seed": 7}, steps.STEPS, "another seed"),
            ({"bound_factor": 4.0}, steps.STEPS, "the bound factor was 4.0"),
        ):
            with self.assertRaisesRegex(ValueError, told):
                script.check_origin(self.out, old | other, origin, only)


if __name__ == "__main__":
    unittest.main()
