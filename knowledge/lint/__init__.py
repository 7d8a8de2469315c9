"""What is wrong with a pack before a customer sees it: one rule a file, every finding data, never only the first."""

from knowledge.lint.context import Options
from knowledge.lint.finding import Finding
from knowledge.lint.runner import count_errors, lint, lint_entry, manual

__all__ = ["Finding", "Options", "count_errors", "lint", "lint_entry", "manual"]
