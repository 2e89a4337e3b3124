import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import vault as vaults
from pipeline.errors import PipelineError
from pipeline.vault import Vault, create, open_vault, passphrase_for

PHRASE = "a long enough phrase"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return create(tmp_path_factory.mktemp("vault"), PHRASE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(name=st.text(min_size=1, max_size=50), data=st.binary(max_size=2000))
def test_what_is_written_reads_back(vault: Vault, name: str, data: bytes) -> None:
    vault.write(name, data)
    assert vault.read(name) == data
    assert vault.has(name)


def test_it_opens_again_and_hashes_the_same(vault: Vault) -> None:
    vault.write("book", b"names")
    again = open_vault(vault.path, PHRASE)
    assert again.read("book") == b"names"
    assert again.keyed_hash(b"x") == vault.keyed_hash(b"x")


def test_a_keyed_hash_needs_this_vault(vault: Vault, tmp_path: Path) -> None:
    assert create(tmp_path / "other", PHRASE).keyed_hash(b"Anna") != vault.keyed_hash(b"Anna")


def test_nothing_readable_lies_in_the_folder(vault: Vault) -> None:
    vault.write("transcript/Anneke Jansen", b"Anneke Jansen came in " * 50)
    for path in vault.path.rglob("*"):
        assert "Anneke" not in path.name
        assert path.is_dir() or b"Anneke" not in path.read_bytes()


def test_a_wrong_passphrase_is_refused(vault: Vault) -> None:
    with pytest.raises(PipelineError, match="does not open this vault"):
        open_vault(vault.path, "another long phrase")


def test_no_second_vault_over_the_first(vault: Vault) -> None:
    with pytest.raises(PipelineError, match="already"):
        create(vault.path, PHRASE)


def test_a_damaged_or_swapped_entry_is_refused(vault: Vault) -> None:
    vault.write("one", b"1")
    vault.write("two", b"2")
    one, two = vault._file("one"), vault._file("two")
    one.write_bytes(two.read_bytes())
    with pytest.raises(PipelineError, match="damaged"):
        vault.read("one")
    two.write_bytes(two.read_bytes()[:-1])
    with pytest.raises(PipelineError, match="damaged"):
        vault.read("two")
    with pytest.raises(KeyError):
        vault.read("never written")


def test_a_damaged_header_is_refused(tmp_path: Path) -> None:
    create(tmp_path, PHRASE)
    (tmp_path / vaults.HEADER).write_text("{}")
    with pytest.raises(PipelineError, match="damaged"):
        open_vault(tmp_path, PHRASE)


def test_a_lost_header_is_never_replaced(tmp_path: Path) -> None:
    create(tmp_path, PHRASE).write("book", b"names")
    (tmp_path / vaults.HEADER).unlink()
    with pytest.raises(PipelineError, match="missing"):
        create(tmp_path, PHRASE)
    assert not (tmp_path / vaults.HEADER).exists()


@pytest.mark.parametrize(
    "damage", [b'{"format": 1}', b"not json", b"[]", b'{"format": 1, "scrypt": {"n": "x"}}']
)
def test_no_damage_of_the_header_is_a_bug(tmp_path: Path, damage: bytes) -> None:
    create(tmp_path, PHRASE)
    good = json.loads((tmp_path / vaults.HEADER).read_text())
    (tmp_path / vaults.HEADER).write_bytes(damage)
    with pytest.raises(PipelineError, match="damaged"):
        open_vault(tmp_path, PHRASE)
    for key, value in (("scrypt", {"n": 3, "r": 8, "p": 1}), ("wrapped_key", ""), ("salt", 5)):
        (tmp_path / vaults.HEADER).write_text(json.dumps(good | {key: value}))
        with pytest.raises(PipelineError):
            open_vault(tmp_path, PHRASE)


def test_a_place_that_cannot_be_a_vault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PipelineError):
        create(tmp_path / "file", PHRASE)


def test_only_the_owner_can_read(vault: Vault) -> None:
    if os.name != "posix":
        return
    for path in vault.path.rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o077 == 0


def test_where_the_passphrase_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOTIF_VAULT_KEY", raising=False)
    key = tmp_path / "key.txt"
    key.write_text("from the file\n")
    asked = iter(["typed", "typed", "typed", "else"])
    ask = lambda prompt: next(asked)  # noqa: E731
    assert passphrase_for(key, tmp_path, None, new=True) == "from the file"
    assert passphrase_for(None, tmp_path, ask, new=True) == "typed"
    with pytest.raises(PipelineError, match="differ"):
        passphrase_for(None, tmp_path, ask, new=True)
    with pytest.raises(PipelineError, match="MOTIF_VAULT_KEY"):
        passphrase_for(None, tmp_path, None, new=False)
    with pytest.raises(PipelineError, match="key file cannot be read"):
        passphrase_for(tmp_path / "gone.txt", tmp_path, None, new=False)
    monkeypatch.setenv("MOTIF_VAULT_KEY", "from the room")
    assert passphrase_for(None, tmp_path, None, new=False) == "from the room"


def test_a_short_passphrase_makes_no_vault(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="shorter than 8"):
        create(tmp_path / "v", "short")
    assert not vaults.is_vault(tmp_path / "v")
