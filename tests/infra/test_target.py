from pathlib import Path

import pytest

from infra.target import Target


@pytest.fixture
def settings_of_a_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "config"
    broken.write_text("this is no configuration")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(broken))
    monkeypatch.setenv("AWS_PROFILE", "of-somebody")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOFSOMEBODY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-somebody")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-somebody")


@pytest.mark.usefixtures("settings_of_a_user")
def test_local_stack_is_never_shown_the_user_s_credentials() -> None:
    client = Target("dev", "ap-northeast-1", "http://127.0.0.1:9").client("sqs")

    held = client._request_signer._credentials.get_frozen_credentials()

    assert (held.access_key, held.secret_key, held.token) == ("local", "local", None)


def test_target_makes_a_client_once() -> None:
    target = Target("dev", "ap-northeast-1", "http://127.0.0.1:9")

    assert target.client("sqs") is target.client("sqs")
