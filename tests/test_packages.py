"""Packages of extras."""

from cnnlab.packages import missing


def test_what_is_installed_lacks_nothing() -> None:
    """What is not is named, with the command that installs it."""
    assert missing("numpy", "any") is None
    assert missing("a_package_that_nobody_has", "special") == (
        "needs the package a_package_that_nobody_has, which is not installed here: pip install 'cnnlab[special]'"
    )
