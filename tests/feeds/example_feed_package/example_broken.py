"""A package that cannot be imported: its own dependency is not there."""

import a_library_that_is_not_there  # type: ignore[import-not-found]  # noqa: F401
