"""The steps are what lies in labs/, and what can't be one is refused in one line."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from fixtures import ROOT
from grade import steps
from grade.steps import Step, StepError


class Folders(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.labs = Path(folder.name) / "labs"
        self.add("step0_operators")

    def add(self, folder: str, text: str = '{"title": {"en": "a title"}}') -> None:
        (self.labs / folder).mkdir(parents=True)
        (self.labs / folder / "step.json").write_text(text)

    def test_each_folder_with_a_description_is_a_step(self) -> None:
        self.add("step7_more_of_it")
        (self.labs / "step2_not_yet").mkdir()
        self.assertEqual(
            steps.find(self.labs),
            {
                "step0": Step("step0_operators", "Step 0: a title"),
                "step7": Step("step7_more_of_it", "Step 7: a title"),
            },
        )

    def test_the_kits_own(self) -> None:
        folders = {path.parent.name for path in (ROOT / "labs").glob("*/step.json")}
        self.assertEqual(set(steps.FOLDERS.values()), folders)
        description = json.loads((ROOT / "labs" / steps.FOLDERS["step0"] / "step.json").read_text())
        self.assertEqual(steps.TITLES["step0"], "Step 0: " + description["title"]["en"])

    def test_what_is_no_step_is_refused(self) -> None:
        for folder, text, words in (
            ("step10_more", "{}", "step10_more: expected stepN_name"),
            ("step1", "{}", "step1: expected stepN_name"),
            ("step0_too", "{}", "step0_too: step0_operators is step0 already"),
            ("step1_broken", "{", "step1_broken/step.json: expected JSON"),
            ("step1_without", "{}", "step1_without/step.json: expected JSON .*'title'"),
        ):
            with self.subTest(folder):
                self.add(folder, text)
                with self.assertRaisesRegex(StepError, words) as raised:
                    steps.find(self.labs)
                self.assertNotIn("\n", str(raised.exception))
                (self.labs / folder / "step.json").unlink()
        with self.assertRaisesRegex(StepError, "found none"):
            steps.find(self.labs / "nowhere")

    def test_a_program_ends_with_that_line(self) -> None:
        self.add("step10_more")
        grade = self.labs.parent / "grading" / "grade"
        grade.mkdir(parents=True)
        (grade / "steps.py").write_bytes(Path(steps.__file__).read_bytes())
        done = subprocess.run([sys.executable, grade / "steps.py"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^lab: .*step10_more: expected stepN_name.*\n$")


if __name__ == "__main__":
    unittest.main()
