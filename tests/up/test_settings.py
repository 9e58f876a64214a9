"""Settings: where they come from, what is refused and in which words, how secrets are kept."""

import json
from pathlib import Path

import pytest

from hub.settings import SettingsError, child_environment, load_settings


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEYK_VAR_DIR", str(tmp_path))
    return tmp_path


def test_a_misspelt_variable_is_refused_with_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEYK_PUBLIK_URL", "https://chat.example.org")
    with pytest.raises(SettingsError, match=r"no setting PEYK_PUBLIK_URL.*PEYK_PUBLIC_URL"):
        load_settings()


def test_a_misspelt_key_of_the_file_is_refused_with_the_nearest_name(own_folder: Path) -> None:
    (own_folder / "settings.toml").write_text("prot = 1\n")
    with pytest.raises(SettingsError, match=r"no setting prot.*port"):
        load_settings()


def test_arguments_outrank_the_environment_and_that_the_file(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_folder / "settings.toml").write_text('port = 1001\nhost = "0.0.0.0"\nshop_port = 1002\n')
    monkeypatch.setenv("PEYK_PORT", "2001")
    monkeypatch.setenv("PEYK_HOST", "127.0.0.2")
    settings = load_settings(port=3001)
    assert (settings.port, settings.host, settings.shop_port) == (3001, "127.0.0.2", 1002)


@pytest.mark.parametrize("placeholder", ["changeme", "Default", "x" * 40, "short-but-mixed-1"])
def test_placeholders_are_no_secrets(placeholder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEYK_SIGNING_KEY", placeholder)
    with pytest.raises(SettingsError, match="PEYK_SIGNING_KEY") as refused:
        load_settings()
    assert placeholder not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "http"), ("PORT", "70000"), ("DATABASE", "a b"), ("RASA_URL", "x")]
)
def test_unusable_values_are_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"PEYK_{name}", value)
    with pytest.raises(SettingsError, match=f"PEYK_{name}"):
        load_settings()


def test_secrets_are_made_once_and_kept_private(own_folder: Path) -> None:
    first, second = load_settings(), load_settings()
    assert first.signing_key == second.signing_key != first.rasa_token
    assert (own_folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    kept = json.loads((own_folder / "secrets.json").read_text())
    assert kept["signing_key"] not in repr(first)


def test_a_damaged_secrets_file_is_not_overwritten(own_folder: Path) -> None:
    (own_folder / "secrets.json").write_text("{")
    with pytest.raises(SettingsError, match="damaged"):
        load_settings()
    assert (own_folder / "secrets.json").read_text() == "{"


def test_a_child_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = load_settings(port=4001, trusted_proxies=("10.0.0.0/8", "::1"), mongodb_uri="mongodb://db/", demo=False)
    for name, value in child_environment(mine).items():
        if name.startswith("PEYK_"):
            monkeypatch.setenv(name, value)
    assert load_settings() == mine


def test_the_key_of_secrets_may_be_several_while_it_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    new, old = "new-0123456789-abcdefghijklmnopqrstuv", "old-0123456789-abcdefghijklmnopqrstuv"
    monkeypatch.setenv("PEYK_SECRETS_KEY", f"{new}, {old}")
    assert load_settings().secrets_keys == (new, old)
    monkeypatch.setenv("PEYK_SECRETS_KEY", f"{new},short")
    with pytest.raises(SettingsError, match="PEYK_SECRETS_KEY"):
        load_settings()
