# SPDX-License-Identifier: Apache-2.0
"""Tests that what the documents name is there: files, sections, and variables."""

import re
import unittest

from support import SERVICE

PAGES = [SERVICE / "README.md", SERVICE / "OPERATIONS.md", SERVICE / "modal/README.md", *sorted(SERVICE.glob("docs/*.md"))]


class DocumentTests(unittest.TestCase):
    def test_links(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
                if target.startswith("http"):
                    continue
                path, _, section = target.partition("#")
                file = page.parent / path if path else page
                self.assertTrue(file.exists(), f"{page.name}: {target}")
                if section:
                    titles = re.findall(r"^#+ (.*)$", file.read_text(), re.M)
                    self.assertIn(section, [title.lower().replace(" ", "-") for title in titles], f"{page.name}: {target}")

    def test_settings(self):
        """A word in capitals with an underscore is a setting, or a variable of the deployment files or of others."""
        known = "".join(
            path.read_text() for path in [
                *(SERVICE / "Sources").rglob("*.swift"), *SERVICE.glob("deploy/*"), *SERVICE.glob("modal/*.py"),
                SERVICE / ".env.example", SERVICE / "Makefile", SERVICE / "compose.yaml"] if path.is_file())
        theirs = {"RAILWAY_RUN_UID", "SSH_ORIGINAL_COMMAND", "VCPU_HOUR", "GB_HOUR"}
        for page in PAGES:
            # What ends in an underscore stands for several, as S3_… does.
            for name in set(re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b(?!_)", page.read_text())) - theirs:
                self.assertTrue(re.search(rf"\b{name}\b", known), f"{page.name}: {name}")

    def test_pages_are_reached(self):
        text = "".join(page.read_text() for page in PAGES)
        for page in SERVICE.glob("docs/*.md"):
            self.assertGreater(len(re.findall(rf"\({'(?:docs/)?'}{page.name}\)", text)), 0, page.name)


if __name__ == "__main__":
    unittest.main()
