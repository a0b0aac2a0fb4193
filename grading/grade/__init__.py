"""Grading of submissions that nobody trusts: see docs/grading.md."""
