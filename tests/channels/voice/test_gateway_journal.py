"""The gateway's journal: which call was made with which key, without a look into the files."""

from pathlib import Path

from channels.voice.asterisk.journal import Facts, Journal


def made(sid: str, key: str) -> Facts:
    return Facts(sid=sid, direction="outbound", caller="1", callee="2", began=1, key=key)


def test_a_call_is_known_by_its_key_until_its_end_is_told(tmp_path: Path) -> None:
    Journal(tmp_path).keep(made("a", "k"))
    journal = Journal(tmp_path)
    for file in tmp_path.iterdir():
        file.write_bytes(b"")  # whoever asks for a key reads none of them
    assert (journal.made("k"), journal.made("other"), journal.made("")) == ("a", None, None)
    journal.forget(made("a", "k"))
    assert journal.made("k") is None
    assert not list(tmp_path.iterdir())


def test_an_end_that_is_told_twice_hides_no_later_call(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first = made("a", "k")
    journal.keep(first)
    journal.forget(first)
    journal.keep(made("b", "k"))
    journal.forget(first)
    assert journal.made("k") == "b"
