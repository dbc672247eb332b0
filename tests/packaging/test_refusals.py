"""What stands in the way of a package is said in a sentence, and no half of one is left."""

from pathlib import Path

import pytest

from dev import package
from dev.packaging import interpreters, project, wheels
from dev.packaging.outcome import PackageFailed


def test_a_missing_python_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(interpreters, "RUNNING", "3.99")
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert package.main(["--out", str(tmp_path / "out")]) == 1
    assert f"python{interpreters.PINNED} is not on this machine" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_shim_that_leads_nowhere_is_no_python() -> None:
    assert not interpreters._is_version("/bin/false", "3.11")


def test_a_python_that_lambda_does_not_run_is_refused() -> None:
    with pytest.raises(PackageFailed, match=r"3\.8 is not deployed"):
        interpreters.interpreter("3.8")


def test_a_kind_of_file_that_nobody_decided_about_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "chalicelib").mkdir()
    (tmp_path / "chalicelib" / "prices.csv").touch()
    monkeypatch.setattr(project, "ROOT", tmp_path)
    with pytest.raises(PackageFailed, match=r"prices\.csv"):
        list(project._shipped_files())


def test_notes_and_bytecode_beside_our_code_stay_at_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "chalicelib" / "__pycache__").mkdir(parents=True)
    for name in ("notes.md", "a.py", "schema.json", "__pycache__/a.cpython-39.pyc"):
        (tmp_path / "chalicelib" / name).touch()
    monkeypatch.setattr(project, "ROOT", tmp_path)
    assert [path.name for path in project._shipped_files()] == ["a.py", "schema.json"]


def test_a_library_that_is_not_pinned_is_refused(tmp_path: Path) -> None:
    for name, version in wheels.requirements().items():
        (tmp_path / f"{name.replace('-', '_')}-{version}.dist-info").mkdir()
    wheels._hold_to_pins(tmp_path)
    (tmp_path / "stowaway-1.0.dist-info").mkdir()
    with pytest.raises(PackageFailed, match=r"stowaway==1\.0"):
        wheels._hold_to_pins(tmp_path)


def test_machine_code_of_another_processor_is_refused(tmp_path: Path) -> None:
    x86_64 = 62
    (tmp_path / "core.so").write_bytes(bytes(18) + x86_64.to_bytes(2, "little"))
    with pytest.raises(PackageFailed, match="not for arm64"):
        wheels._hold_to_machine(tmp_path)
