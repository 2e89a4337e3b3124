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


def test_two_passphrases_open_it_while_one_is_being_changed(tmp_path: Path) -> None:
    vault = create(tmp_path, PHRASE)
    vault.write("book", b"names")
    vault.set_passphrases(PHRASE, "the next long phrase")
    assert vaults.n_passphrases(tmp_path) == 2
    for phrase in (PHRASE, "the next long phrase"):
        again = open_vault(tmp_path, phrase)
        assert again.read("book") == b"names"
        assert again.keyed_hash(b"x") == vault.keyed_hash(b"x")  # decisions stay anchored
    vault.set_passphrases("the next long phrase")
    assert vaults.n_passphrases(tmp_path) == 1
    with pytest.raises(PipelineError, match="does not open this vault"):
        open_vault(tmp_path, PHRASE)
    with pytest.raises(PipelineError, match="shorter"):
        vault.set_passphrases("short")
    assert open_vault(tmp_path, "the next long phrase").read("book") == b"names"


def test_what_is_removed_is_overwritten_first(tmp_path: Path) -> None:
    vault = create(tmp_path, PHRASE)
    vault.write("book", b"names" * 100)
    file = vault._file("book")
    os.link(file, tmp_path / "seen")  # the same bytes of the disk under a second name
    sealed = file.read_bytes()
    vault.remove("book")
    assert not vault.has("book")
    assert (tmp_path / "seen").read_bytes() == bytes(len(sealed))
    vault.remove("book")


def test_a_copy_is_read_back_and_whole_or_no_vault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = create(tmp_path / "old", PHRASE)
    for number in range(5):
        vault.write(f"transcript/T{number}", os.urandom(2000))
    (tmp_path / "old" / "list.xlsx").write_bytes(b"confidential")
    (tmp_path / "old" / "notes.txt").write_bytes(b"the team's own")
    with pytest.raises(PipelineError, match="not an empty folder"):
        vault.copy_to(tmp_path / "old")
    real = vaults.write_bytes

    def flip(path: Path, data: bytes, *, private: bool = False) -> None:
        real(path, data[:-1] + b"?" if path.suffix == ".bin" else data, private=private)

    monkeypatch.setattr(vaults, "write_bytes", flip)
    with pytest.raises(PipelineError, match="reads back otherwise"):
        vault.copy_to(tmp_path / "new", ["list.xlsx"])
    assert not vaults.is_vault(tmp_path / "new")
    monkeypatch.undo()
    copy = vault.copy_to(tmp_path / "new", ["list.xlsx"])  # what was begun is begun anew
    assert copy.came_from() == tmp_path / "old"
    again = open_vault(tmp_path / "new", PHRASE)
    for number in range(5):
        assert again.read(f"transcript/T{number}") == vault.read(f"transcript/T{number}")
    assert again.is_twin(tmp_path / "old", "transcript/T1")
    assert not create(tmp_path / "other", PHRASE).is_twin(tmp_path / "old", "transcript/T1")
    assert vault.wipe_all(["list.xlsx"]) == ["notes.txt"]
    assert [one.name for one in (tmp_path / "old").iterdir()] == ["notes.txt"]
    assert (tmp_path / "new" / "list.xlsx").read_bytes() == b"confidential"


def test_the_log_is_kept_and_cannot_be_read_outside(tmp_path: Path) -> None:
    vault = create(tmp_path, PHRASE)
    assert vault.read_log() == []
    vault.add_to_log("2026-01-01T00:00:00Z", "eva", "revealed [Person 3]")
    vault.add_to_log("2026-01-02T00:00:00Z", "jan", "revealed P03")
    again = open_vault(tmp_path, PHRASE).read_log()
    assert [(one["who"], one["what"]) for one in again] == [
        ("eva", "revealed [Person 3]"),
        ("jan", "revealed P03"),
    ]
    assert b"eva" not in b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())


def test_where_the_new_passphrase_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(vaults.NEW_KEY, raising=False)
    (tmp_path / "new.txt").write_text("from a file, long\r\n")
    asked = iter(["typed and long", "typed and long", "typed and long", "otherwise", "no", "no"])
    ask = lambda prompt: next(asked)  # noqa: E731
    take = vaults.new_passphrase_for
    assert take(tmp_path / "new.txt", tmp_path, ask) == "from a file, long"
    assert take(None, tmp_path, ask) == "typed and long"
    with pytest.raises(PipelineError, match="differ"):
        take(None, tmp_path, ask)
    with pytest.raises(PipelineError, match="shorter"):
        take(None, tmp_path, ask)
    with pytest.raises(PipelineError, match=vaults.NEW_KEY):
        take(None, tmp_path, None)
    with pytest.raises(PipelineError, match="key file cannot be read"):
        take(tmp_path / "gone.txt", tmp_path, None)
    monkeypatch.setenv(vaults.NEW_KEY, "from the room, too")
    assert take(None, tmp_path, None) == "from the room, too"
