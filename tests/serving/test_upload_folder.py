"""The folder of uploads: whose room it is, and what goes when."""

from __future__ import annotations

import asyncio
import io
import os
import time
from pathlib import Path

import pytest

from mood.errors import BusyError, SettingsError, ShareError
from mood.serving.upload_folder import UploadFolder, choose_folder
from tests.fakes import Clock

MINUTES_11 = 660.0


def folder_of(tmp_path: Path, quota_mb: float = 4.0, **clocks: Clock) -> UploadFolder:
    """One address may have 1 MB of it."""
    return UploadFolder(tmp_path / "uploads", quota_mb, file_mb=0.5, **clocks)


async def put(folder: UploadFolder, address: str, size: int = 400_000) -> Path:
    (path,) = await folder.store(address, [("photo.jpg", size, io.BytesIO(bytes(size)))])
    return Path(path)


def files(folder: UploadFolder) -> list[Path]:
    return [path for path in folder.path.rglob("*") if not path.is_dir()]


def backdate(path: Path, seconds: float = MINUTES_11) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then), follow_symlinks=False)


def test_a_file_lies_in_a_folder_of_its_own_that_nobody_can_guess(tmp_path):
    async def main() -> None:
        folder = folder_of(tmp_path)
        first, second = await put(folder, "a"), await put(folder, "a")
        assert first.name == second.name == "photo.jpg"
        assert first.parent.parent == second.parent.parent == folder.path
        assert len(first.parent.name) == 32
        assert first.parent.name != second.parent.name
        assert first.stat().st_size == 400_000

    asyncio.run(main())


def test_who_has_a_quarter_gets_no_more_until_that_is_old(tmp_path):
    async def main() -> None:
        clock = Clock()
        folder = folder_of(tmp_path, clock=clock)
        for _ in range(2):
            await put(folder, "a")
        with pytest.raises(ShareError, match="try again"):
            await put(folder, "a")
        clock.now_s = MINUTES_11
        await put(folder, "b")
        await folder.sweep()
        await put(folder, "a")
        assert len(files(folder)) == 2

    asyncio.run(main())


def test_all_together_get_no_more_than_the_quota(tmp_path):
    async def main() -> None:
        folder = folder_of(tmp_path)
        for address in "abcde":
            for _ in range(2):
                await put(folder, address)
        with pytest.raises(BusyError) as refused:
            await put(folder, "f")
        assert not isinstance(refused.value, ShareError)
        assert sum(path.stat().st_size for path in files(folder)) == 4_000_000

    asyncio.run(main())


def test_who_asks_about_each_file_may_upload_for_ever(tmp_path):
    async def main() -> None:
        folder = folder_of(tmp_path)
        for _ in range(20):
            path = await put(folder, "a")
            folder.has_been_read(str(path))
        assert path.exists(), "it may be asked about again while there is room"
        assert len(files(folder)) == 2

    asyncio.run(main())


def test_a_file_that_was_not_asked_about_never_makes_room(tmp_path):
    async def main() -> None:
        folder = folder_of(tmp_path)
        first, second = await put(folder, "a"), await put(folder, "a")
        folder.has_been_read(str(second))
        folder.has_been_read("/etc/passwd")
        await put(folder, "a")
        assert first.exists()
        assert not second.exists()

    asyncio.run(main())


def test_tiny_files_have_an_end_too(tmp_path):
    async def main() -> None:
        folder = folder_of(tmp_path)
        for _ in range(1_000_000 // 64_000):
            await put(folder, "a", size=1)
        with pytest.raises(ShareError):
            await put(folder, "a", size=1)

    asyncio.run(main())


def test_the_sweep_takes_whatever_is_old_and_nothing_else(tmp_path):
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(b"kept")
    backdate(outside)

    async def main() -> None:
        folder = folder_of(tmp_path)
        young = await put(folder, "a")
        deep = folder.path / "left" / "by a kill" / ".name"
        deep.parent.mkdir(parents=True)
        deep.write_bytes(b"old")
        link, way_out = folder.path / "link", folder.path / "folder"
        link.symlink_to(outside)
        way_out.symlink_to(tmp_path)
        of_tomorrow = folder.path / "of tomorrow"
        of_tomorrow.write_bytes(b"the clock was set")
        for path in (deep, link, way_out, deep.parent, deep.parent.parent):
            backdate(path)
        backdate(of_tomorrow, -86_400)
        await folder.sweep()
        assert list(folder.path.rglob("*")) == [young.parent, young]
        assert outside.read_bytes() == b"kept"

    asyncio.run(main())


@pytest.mark.parametrize("jump_s", [86_400.0, -86_400.0])
def test_a_machine_whose_clock_is_set_loses_no_file_and_keeps_none_for_longer(tmp_path, jump_s):
    async def main() -> None:
        clock, wall_clock = Clock(), Clock()
        folder = folder_of(tmp_path, clock=clock, wall_clock=wall_clock)
        young = await put(folder, "a")
        wall_clock.now_s = young.stat().st_mtime + jump_s
        await folder.sweep()
        assert files(folder) == [young]
        clock.now_s = MINUTES_11
        wall_clock.now_s = young.stat().st_mtime
        await folder.sweep()
        assert files(folder) == []

    asyncio.run(main())


def test_what_a_kill_left_counts_until_it_is_swept(tmp_path):
    async def main() -> None:
        killed = folder_of(tmp_path)
        for address in "abcde":
            for _ in range(2):
                await put(killed, address)
        folder = folder_of(tmp_path)
        await folder.sweep()
        with pytest.raises(BusyError):
            await put(folder, "a")
        for path in files(folder):
            backdate(path)
        await folder.sweep()
        await put(folder, "a")

    asyncio.run(main())


def test_it_is_swept_at_the_start_and_empty_after_the_stop(tmp_path):
    async def main() -> None:
        folder = folder_of(tmp_path)
        old = await put(folder_of(tmp_path), "a")
        backdate(old)
        async with folder.lifespan():
            while old.exists():
                await asyncio.sleep(0.01)
            young = await put(folder, "a")
        assert not young.exists()
        assert not folder.path.exists()

    asyncio.run(asyncio.wait_for(main(), 30))


def test_what_cannot_be_written_leaves_nothing_and_takes_no_room(tmp_path):
    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError(28, "No space left on device")

    async def main() -> None:
        folder = folder_of(tmp_path)
        for _ in range(5):
            whole, broken = io.BytesIO(b"whole"), Broken()
            with pytest.raises(OSError, match="No space"):
                await folder.store("a", [("a.jpg", 400_000, whole), ("b.jpg", 400_000, broken)])
        assert list(folder.path.rglob("*")) == []
        await put(folder, "a")

    asyncio.run(main())


def test_each_server_has_a_folder_of_its_own(tmp_path):
    environ = {"GRADIO_TEMP_DIR": str(tmp_path / "operator's")}
    choose_folder(7860, environ)
    folder = Path(environ["GRADIO_TEMP_DIR"])
    assert folder.parent == tmp_path / "operator's"
    assert folder.stat().st_mode & 0o777 == 0o700
    other = {"GRADIO_TEMP_DIR": str(tmp_path / "operator's")}
    choose_folder(7861, other)
    assert other != environ


@pytest.mark.parametrize("taken", ["a link", "a file", "somebody's"])
def test_a_folder_that_is_not_ours_is_not_used(tmp_path, monkeypatch, taken):
    environ = {"GRADIO_TEMP_DIR": str(tmp_path)}
    choose_folder(7860, environ)
    first = Path(environ["GRADIO_TEMP_DIR"])
    if taken == "a link":
        first.rmdir()
        first.symlink_to(tmp_path)
    elif taken == "a file":
        first.rmdir()
        first.write_bytes(b"")
    else:
        other = os.getuid() + 1
        first.rename(tmp_path / f"mood-{other}-7860")
        monkeypatch.setattr(os, "getuid", lambda: other)
    environ = {"GRADIO_TEMP_DIR": str(tmp_path)}
    choose_folder(7860, environ)
    second = Path(environ["GRADIO_TEMP_DIR"])
    assert second.is_dir()
    assert second.parent != tmp_path
    second.rmdir()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs permissions of accounts")
def test_a_folder_of_ours_that_was_open_to_all_is_closed(tmp_path):
    environ = {"GRADIO_TEMP_DIR": str(tmp_path)}
    folder = choose_folder(7860, dict(environ))
    folder.chmod(0o777)
    assert choose_folder(7860, dict(environ)) == folder
    assert folder.stat().st_mode & 0o777 == 0o700


def test_where_nothing_can_be_written_the_variable_is_named(tmp_path, monkeypatch):
    def nowhere() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    for environ in ({}, {"GRADIO_TEMP_DIR": str(tmp_path / "file" / "below")}):
        before = dict(environ)
        with pytest.raises(SettingsError, match="GRADIO_TEMP_DIR"):
            choose_folder(7860, environ)
        assert environ == before
