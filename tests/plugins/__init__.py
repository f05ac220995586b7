"""Pytest plugins of this test suite, loaded by pyproject.toml."""
