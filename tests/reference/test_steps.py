"""The set of steps is what stands in labs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import steps

SCRIPT = steps.ROOT / "scripts" / "steps.py"
DESCRIPTION = '{"title": {}, "functions": {"chat_turn": {}, "find_stop": {}}}'


class Steps(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)

    def add(self, folder: str, description: str = DESCRIPTION) -> None:
        (self.root / "labs" / folder).mkdir(parents=True)
        (self.root / "labs" / folder / "step.json").write_text(description)

    def refused(self, told: str) -> None:
        with self.assertRaisesRegex(steps.StepError, told) as caught:
            steps.find(self.root / "labs")
        self.assertNotIn("\n", str(caught.exception))

    def test_are_the_folders_with_a_description_in_order(self) -> None:
        for folder in ("step9_last", "step4_chat", "step0_operators"):
            self.add(folder)
        (self.root / "labs" / "step5_without").mkdir()
        found = steps.find(self.root / "labs")
        self.assertEqual(list(found), ["step0", "step4", "step9"])
        self.assertEqual(found["step4"].folder, self.root / "labs" / "step4_chat")
        self.assertEqual(list(found["step4"].description["functions"]), ["chat_turn", "find_stop"])

    def test_there_are_ten_at_most(self) -> None:
        self.add("step10_x")
        self.refused("step10_x: expected a name from step0_… to step9_…")

    def test_two_of_one_number(self) -> None:
        self.add("step4_chat")
        self.add("step4_speed")
        self.refused("step4_speed: step4_chat is step4 already")

    def test_no_json(self) -> None:
        self.add("step4_chat", '{"title": ')
        self.refused("step4_chat/step.json: expected valid JSON")

    def test_no_functions(self) -> None:
        self.add("step4_chat")
        for description in ("[]", "{}", '{"functions": []}'):
            (self.root / "labs" / "step4_chat" / "step.json").write_text(description)
            self.refused("step4_chat/step.json: expected an object with an object `functions`")

    def test_none(self) -> None:
        self.refused("expected folders step0_… to step9_… with a step.json; found none")

    def test_a_script_ends_with_one_line(self) -> None:
        self.add("step10_x")
        (self.root / "scripts").mkdir()
        copy = self.root / "scripts" / "steps.py"
        copy.write_bytes(SCRIPT.read_bytes())
        done = subprocess.run([sys.executable, copy], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn("step10_x", done.stderr)

    def test_those_of_this_kit(self) -> None:
        self.assertIn("step0", steps.STEPS)
        self.assertEqual(list(steps.STEPS), sorted(steps.STEPS))
        for step in steps.STEPS:
            self.assertTrue((steps.folder_of(step) / "README.md").is_file())
            self.assertEqual(steps.functions_of(step), tuple(steps.describe(step)["functions"]))


if __name__ == "__main__":
    unittest.main()
