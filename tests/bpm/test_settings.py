"""What an operator sets is read once; a wrong setting stops the start with a sentence."""

import stat
from pathlib import Path

import pytest

from bpm.settings import Settings, SettingsError, read


def given(data: Path, **settings: str) -> Settings:
    names = {name if name == "PORT" else f"BATON_{name}": value for name, value in settings.items()}
    return read({"BATON_DATA": str(data), "PATH": "/bin"} | names, connectors=["mail"])


def test_without_any_setting_everything_is_kept_below_one_folder(tmp_path: Path) -> None:
    settings = given(tmp_path / "var")
    assert settings.data.is_dir()
    assert settings.database_url == f"sqlite:///{tmp_path}/var/baton.db"
    assert (settings.role, settings.host, settings.port, settings.zone.key) == ("all", "127.0.0.1", 8000, "Asia/Shanghai")
    assert settings.url == "http://127.0.0.1:8000"
    assert not settings.demo


def test_the_secret_is_made_once_and_is_for_its_owner_only(tmp_path: Path) -> None:
    first, second = given(tmp_path), given(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    assert given(tmp_path / "one").secret_key != given(tmp_path / "two").secret_key


def test_secrets_are_not_printed(tmp_path: Path) -> None:
    settings = given(tmp_path, SECRET_KEY="s" * 40, MAIL_PASSWORD="of the mail server")
    assert "s" * 40 not in repr(settings)
    assert "of the mail server" not in repr(settings)


def test_what_is_set_is_used(tmp_path: Path) -> None:
    settings = given(
        tmp_path, DEMO="yes", PORT="9000", ZONE="Europe/Berlin", THREADS="8", PUBLIC_URL="https://baton.example.org/", PROXY="10.0.0.1"
    )
    assert settings.demo
    assert settings.port == 9000
    assert settings.zone.key == "Europe/Berlin"
    assert settings.threads == 8
    assert settings.url == "https://baton.example.org"
    assert settings.proxy == "10.0.0.1"


@pytest.mark.parametrize("url", ["postgres://u:p@db/baton", "postgresql://u:p@db/baton", "postgresql+psycopg://u:p@db/baton"])
def test_postgresql_may_be_written_as_people_write_it(tmp_path: Path, url: str) -> None:
    settings = given(tmp_path, DATABASE_URL=url, ROLE="worker")
    assert settings.database_url == "postgresql+psycopg://u:p@db/baton"
    assert settings.role == "worker"


def test_what_is_addressed_to_a_connector_is_handed_on_as_it_was_written(tmp_path: Path) -> None:
    assert given(tmp_path, MAIL_SMTP_PORT="2525").connectors == {"BATON_MAIL_SMTP_PORT": "2525"}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ROLE", "boss", "BATON_ROLE is wrong: it is web, worker or all, not “boss”."),
        ("ROLE", "web", "BATON_ROLE is wrong: SQLite serves one process"),
        ("PORT", "80a", "PORT is wrong: it is a whole number from 0 to 65535"),
        ("PORT", "65536", "PORT is wrong"),
        ("PORT", "-1", "PORT is wrong"),
        ("THREADS", "1", "BATON_THREADS is wrong: it is a whole number from 2 to 512"),
        ("ZONE", "Mars/Olympus", "BATON_ZONE is wrong: there is no time zone “Mars/Olympus”"),
        ("ZONE", "../../etc/passwd", "BATON_ZONE is wrong"),
        ("DEMO", "perhaps", "BATON_DEMO is wrong: it is 1 or 0, not “perhaps”"),
        ("DATABASE_URL", "mysql://db/baton", "BATON_DATABASE_URL is wrong: it must begin with"),
        ("DATABASE_URL", "sqlite://", "BATON_DATABASE_URL is wrong"),
        ("SECRET_KEY", "short", "BATON_SECRET_KEY is wrong: it must have at least 32 characters"),
        ("PUBLIC_URL", "baton.example.org", "BATON_PUBLIC_URL is wrong: it is an address like"),
        ("DATABSE_URL", "sqlite:///x", "BATON_DATABSE_URL is wrong: there is no such setting"),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        given(tmp_path, **{name: value})
    assert sentence in str(refused.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="BATON_DATA is wrong: the folder"):
        given(tmp_path / "file" / "var")
