"""What a function is told by its environment."""

import pytest

from functions.runtime.settings import MissingSettingError, Settings


def test_settings_are_read_by_their_names_in_capitals() -> None:
    assert Settings.load({"VOUCHERS_TABLE": "v", "PATH": "/bin", "MAX_RECEIVES": "3"}).vouchers_table == "v"


def test_what_a_function_was_not_given_is_an_error_once_it_is_asked_for() -> None:
    with pytest.raises(MissingSettingError, match="VERIFY_KEYS is not set"):
        Settings.load({}).needed("verify_keys")


def test_what_it_was_given_is_told() -> None:
    assert Settings.load({"VERIFY_KEYS": "1:x"}).needed("verify_keys") == "1:x"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(Settings(), "vouchers_table", "another")  # noqa: B010 - what a type checker would not allow
