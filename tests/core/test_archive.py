"""Every bad and odd archive is made here, in memory."""

import io
import random
import stat
import struct
import tarfile
import tomllib
import tracemalloc
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from demos.core.archive import MAX_DIRECTORY, Member, members, names
from demos.core.errors import EmptyInput, InputError, TooLarge, Unreadable, UnsupportedType
from demos.core.settings import MIB, Settings

SETTINGS = Settings()
CENTRAL = b"PK\1\2"


def noise(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def listed(archive: bytes, settings: Settings = SETTINGS) -> list[Member]:
    return list(members(archive, settings))


def only(archive: bytes, settings: Settings = SETTINGS) -> Member:
    (member,) = listed(archive, settings)
    return member


def problem(archive: bytes, settings: Settings = SETTINGS) -> InputError:
    member = only(archive, settings)
    assert member.data is None
    assert member.problem is not None
    return member.problem


def directory_of(archive: bytes) -> int:
    return archive.index(CENTRAL)


def patched(archive: bytes, offset: int, form: str, *values: Any) -> bytes:
    """The archive with something else `offset` bytes into its first directory entry."""
    made = bytearray(archive)
    struct.pack_into(form, made, directory_of(archive) + offset, *values)
    return bytes(made)


class TestReading:
    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_files_come_in_order_with_their_bytes(self, method: int) -> None:
        files = {"b.png": noise(5000), "folder/a.png": noise(70_000, 1), "c.dcm": b""}
        found = listed(packed(files, method))
        assert [(each.name, each.data, each.problem) for each in found] == [
            (name, data, None) for name, data in files.items()
        ]

    def test_a_file_object_will_do(self) -> None:
        file = io.BytesIO(packed({"a.png": b"abc"}))
        file.seek(7)
        assert [each.data for each in members(file, SETTINGS)] == [b"abc"]

    def test_large_files_have_their_own_fields(self) -> None:
        buffer = io.BytesIO()
        with (
            zipfile.ZipFile(buffer, "w") as archive,
            archive.open("a.png", "w", force_zip64=True) as file,
        ):
            file.write(noise(1000))
        assert only(buffer.getvalue()).data == noise(1000)

    def test_folders_and_clutter_are_passed_over(self) -> None:
        files = {
            **{"folder/": b"", "folder/a.png": b"a", "__MACOSX/folder/._a.png": b"x"},
            **{".DS_Store": b"x", "folder/.hidden/a.png": b"x", "Thumbs.db": b"x"},
            **{"folder/THUMBS.DB": b"x", "desktop.ini": b"x", "b.png": b"b"},
        }
        assert [each.name for each in listed(packed(files))] == ["folder/a.png", "b.png"]
        assert names(packed(files), SETTINGS) == ["folder/a.png", "b.png"]

    def test_names_are_known_without_reading_and_as_they_will_be(self) -> None:
        archive = packed({"a/../x.png": b"", "y\u202e.png": b"", "b/..x.png": bytes(15 * MIB)})
        assert names(archive, SETTINGS) == [each.name for each in listed(archive)]
        with pytest.raises(EmptyInput):
            names(packed({}), SETTINGS)

    def test_members_are_read_one_at_a_time(self) -> None:
        archive = packed({f"{k}.png": noise(4 * MIB, k) for k in range(8)}, zipfile.ZIP_STORED)
        tracemalloc.start()
        total = sum(len(each.data or b"") for each in members(archive, SETTINGS))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert total == 32 * MIB
        assert peak < 14 * MIB  # two copies of one file, and what comes with it

    def test_nothing_is_read_ahead(self) -> None:
        found = members(packed({"a.png": b"a", "b.png": b"b"}), SETTINGS)
        assert isinstance(found, Iterator)
        assert next(found).data == b"a"


class TestWholeArchive:
    @pytest.mark.parametrize(
        ("data", "named"),
        [
            (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
            (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
            (b"\x1f\x8b\x08\0", "a gzip archive"),
            (b"\x89PNG\r\n\x1a\n", "PNG"),
            (b"", "a text file"),
        ],
    )
    def test_another_kind_of_file(self, data: bytes, named: str) -> None:
        with pytest.raises(UnsupportedType) as caught:
            members(data, SETTINGS)
        assert caught.value.problem == f"This looks like {named}, not a ZIP archive."

    def test_it_is_refused_before_anything_is_iterated(self) -> None:
        with pytest.raises(Unreadable, match="damaged or incomplete"):
            members(packed({"a.png": noise(5000)})[:-30], SETTINGS)

    @pytest.mark.parametrize("files", [{}, {"folder/": b""}, {".DS_Store": b"x"}])
    def test_no_files(self, files: dict[str, bytes]) -> None:
        with pytest.raises(EmptyInput, match="holds no files"):
            members(packed(files), SETTINGS)

    def test_too_many_files(self) -> None:
        archive = packed({f"{k}.png": b"" for k in range(6)})
        assert len(listed(archive, Settings(max_archive_files=6))) == 6
        with pytest.raises(TooLarge, match="This archive holds 6 files; the limit is 5"):
            members(archive, Settings(max_archive_files=5))

    def test_millions_of_entries_are_not_even_counted(self) -> None:
        entry = struct.pack("<4s4B4HL2L5H2L", CENTRAL, *[0] * 18)
        count = MAX_DIRECTORY // len(entry) + 2
        directory = entry * count
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 7, 7, len(directory), 0, 0)
        tracemalloc.start()
        with pytest.raises(TooLarge, match="too many files"):
            members(directory + end, SETTINGS)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 3 * MAX_DIRECTORY

    def test_too_many_bytes(self) -> None:
        archive = packed({"a.png": noise(2 * MIB)})
        with pytest.raises(TooLarge, match=r"This archive has 2.1 MiB; the limit is 1\."):
            members(archive, Settings(max_archive_bytes=MIB))

    def test_too_much_to_unpack(self) -> None:
        archive = packed({f"{k}.png": bytes(MIB) for k in range(3)})
        with pytest.raises(TooLarge, match=r"unpacks to 3 MiB; the limit is 2\."):
            members(archive, Settings(max_archive_expanded_bytes=2 * MIB))

    def test_random_damage_never_raises_anything_else(self) -> None:
        chance = random.Random(0)
        archive = packed({f"{k}.png": noise(300, k) + bytes(300) for k in range(5)})
        for _ in range(600):
            bad = bytearray(archive)
            for _ in range(chance.randint(1, 6)):
                bad[chance.randrange(4, len(bad))] = chance.randrange(256)
            if chance.random() < 0.1:
                del bad[chance.randrange(4, len(bad)) :]
            try:
                for each in members(bytes(bad), SETTINGS):
                    assert (each.data is None) != (each.problem is None)
            except InputError as error:
                assert error.problem.endswith(".")


class TestMembers:
    def test_a_bad_one_does_not_stop_the_others(self) -> None:
        archive = packed({"a.png": noise(900), "b.png": noise(900, 1), "c.png": noise(900, 2)})
        bad = archive.replace(noise(900, 1)[100:200], bytes(100))
        assert bad != archive
        found = listed(bad)
        assert [each.data for each in found] == [noise(900), None, noise(900, 2)]
        assert isinstance(found[1].problem, Unreadable)
        assert "damaged inside the archive" in str(found[1].problem)

    @pytest.mark.parametrize("flag", [0x1, 0x41])
    def test_encrypted(self, flag: int) -> None:
        archive = patched(packed({"a.png": noise(900)}), 8, "<H", flag)
        assert problem(archive).problem == "This file is encrypted."

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_other_compression(self, method: int) -> None:
        found = problem(packed({"a.png": noise(900)}, method))
        assert found.problem == "This file is compressed in a way that is not read here."

    @pytest.mark.parametrize("method", [9, 97, 12345])
    def test_unknown_compression(self, method: int) -> None:
        archive = patched(packed({"a.png": noise(900)}), 10, "<H", method)
        assert "compressed in a way" in problem(archive).problem

    def test_nested_archives(self) -> None:
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as inner:
            inner.addfile(tarfile.TarInfo("a.png"))
        files = {
            "inner.zip": packed({"a.png": b"a"}),
            "picture.png": packed({"a.png": b"a"}),  # whatever its name says
            "empty.zip": packed({}),
            "a.tar": tar.getvalue(),
            "a.gz": b"\x1f\x8b\x08\0" + noise(50),
            "a.7z": b"7z\xbc\xaf\x27\x1c\0\4" + noise(50),
            "a.rar": b"Rar!\x1a\x07\x01\0" + noise(50),
        }
        for each in listed(packed(files)):
            assert isinstance(each.problem, UnsupportedType), each.name
            assert "inside the archive, which is not opened" in each.problem.problem

    @pytest.mark.parametrize(
        ("path", "shown"),
        [
            ("/etc/passwd", "etc/passwd"),
            ("../../etc/passwd", "etc/passwd"),
            ("a/../b.png", "a/b.png"),
            ("C:/Windows/a.png", "C:/Windows/a.png"),
            ("c:a.png", "c:a.png"),
            ("folder\\a.png", "folder/a.png"),
            ("../..", "file"),
            ("\\\\server\\share\\a.png", "server/share/a.png"),
        ],
    )
    def test_path_tricks(self, path: str, shown: str) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            info = zipfile.ZipInfo("x")
            info.filename = path
            archive.writestr(info, b"a")
        member = only(buffer.getvalue())
        assert isinstance(member.problem, UnsupportedType)
        assert "points outside of it" in member.problem.problem
        assert member.name == shown

    def test_a_name_that_hides_its_end(self) -> None:
        archive = packed({"a.png.exe": b"a"}).replace(b"a.png.exe", b"a.png\0exe")
        member = only(archive)
        assert isinstance(member.problem, UnsupportedType)
        assert member.name == "a.pngexe"

    def test_a_name_that_is_nothing(self) -> None:
        member = only(packed({"a": b"a"}).replace(b"a", b"\0"))
        assert member.problem is not None
        assert member.name == "image"

    @pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
    def test_links_and_devices(self, kind: int) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            info = zipfile.ZipInfo("a.png")
            info.external_attr = (kind | 0o777) << 16
            archive.writestr(info, b"/etc/passwd")
        assert "points outside of it" in problem(buffer.getvalue()).problem

    def test_an_ordinary_unix_file_is_read(self) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            info = zipfile.ZipInfo("a.png")
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, b"abc")
        assert only(buffer.getvalue()).data == b"abc"

    def test_too_large_as_the_directory_says(self) -> None:
        settings = Settings(max_image_bytes=MIB)
        assert only(packed({"a.png": noise(MIB)}), settings).data == noise(MIB)
        found = problem(packed({"a.png": noise(MIB + 1)}), settings)
        assert found.problem == "This file unpacks to more than 1 MiB, the limit."

    def test_other_kinds_of_files_have_their_own_limit(self) -> None:
        archive = packed({"a.wav": noise(1000), "b.wav": noise(1001)})
        first, second = members(archive, Settings(max_image_bytes=10), 1000)
        assert first.data == noise(1000)
        assert second.data is None and second.problem is not None

    def test_a_size_that_lies(self) -> None:
        """The directory says ten bytes; what is there would be ten megabytes."""
        archive = patched(packed({"a.png": noise(10 * MIB)}), 24, "<L", 10)
        tracemalloc.start()
        found = problem(archive, Settings(max_image_bytes=MIB))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert isinstance(found, Unreadable)
        assert peak < 3 * MIB

    def test_a_bomb(self) -> None:
        archive = packed({"bomb.png": bytes(15 * MIB)})
        assert len(archive) < 20_000
        tracemalloc.start()
        found = problem(archive)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.problem.startswith("This file unpacks to more than 200 times its size")
        assert peak < 8 * MIB

    def test_a_small_empty_picture_is_no_bomb(self) -> None:
        assert only(packed({"black.png": bytes(MIB)})).data == bytes(MIB)

    def test_entries_that_share_their_bytes(self) -> None:
        """The same deflated data under a hundred names: far more comes out than is in it."""
        archive = packed({"a.png": bytes(MIB), "b.png": noise(100)})
        begin = directory_of(archive)
        name = archive.index(b"a.png", begin)
        entry = archive[begin : name + 5]
        names = [f"{k:05d}".encode() for k in range(100)]
        directory = b"".join(entry[:-5] + each for each in names)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 100, 100, len(directory), begin, 0)
        found = listed(archive[:begin] + directory + end)
        assert len(found) == 100
        for each in found:
            assert each.problem is not None
            assert "shares its bytes with another one" in each.problem.problem

    def test_a_file_that_reaches_into_the_directory(self) -> None:
        archive = packed({"a.png": noise(900)}, zipfile.ZIP_STORED)
        longer = patched(archive, 20, "<2L", 990, 990)
        assert "shares its bytes" in problem(longer).problem


class TestNames:
    def test_equal_ones_are_told_apart(self) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning):
            for name in ("d/a.png", "d/a.png", "d/a (2).png", "d/a.png", "noname", "noname"):
                archive.writestr(name, b"x")
        names = [each.name for each in listed(buffer.getvalue())]
        assert names[:2] == ["d/a.png", "d/a (2).png"]
        assert len(set(names)) == len(names) == 6
        assert names[-1] == "noname (2)"

    def test_they_are_fit_to_be_shown(self) -> None:
        files = {
            "a\u202egnp.exe": b"x",
            "line\nbreak\x1b[31m.png": b"x",
            "x" * 400 + ".png": b"x",
            "deep/" * 60 + "end.png": b"x",
            "Größe/Bild 1.png": b"x",
        }
        names = [each.name for each in listed(packed(files))]
        assert names[0] == "agnp.exe"
        assert names[1] == "linebreak[31m.png"
        assert all(len(name) <= 120 for name in names)
        assert names[3].endswith("deep/end.png")
        assert names[4] == "Größe/Bild 1.png"


def test_the_largest_archive_can_be_uploaded() -> None:
    config = Path(__file__).parents[2] / ".streamlit" / "config.toml"
    allowed = tomllib.loads(config.read_text(encoding="utf-8"))["server"]["maxUploadSize"] * MIB
    assert SETTINGS.max_archive_bytes < allowed <= SETTINGS.max_session_upload_bytes
