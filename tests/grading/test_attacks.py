"""What tests/attacks/README.md says of the attack suite."""

from __future__ import annotations

import re
import sys
import tomllib
import unittest

from fixtures import ROOT

ATTACKS = ROOT / "tests" / "attacks"
sys.path.insert(0, str(ATTACKS))

import make_archives  # noqa: E402


class Table(unittest.TestCase):
    def test_it_has_a_row_for_each_attack(self) -> None:
        rows = re.findall(r"^\| (\w+) \| .* \|$", (ATTACKS / "README.md").read_text(), re.MULTILINE)
        entries = tomllib.loads((ATTACKS / "attacks.toml").read_text())
        expected = ["attack", *entries, *make_archives.ARCHIVES, "public_answers", "all"]
        self.assertEqual(rows, expected)

    def test_each_attack_has_its_code(self) -> None:
        entries = tomllib.loads((ATTACKS / "attacks.toml").read_text())
        self.assertEqual(set(entries), {path.stem for path in (ATTACKS / "code").glob("*.cpp")})


if __name__ == "__main__":
    unittest.main()
