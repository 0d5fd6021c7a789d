"""Device choice and memory, with every kind of machine injected."""

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from demos.core.devices import (
    CPU,
    MINIMUM_BUDGET,
    Device,
    available_memory,
    choose_device,
    choose_dtype,
    gpu_plausible,
    is_out_of_memory,
    memory_budget,
    process_memory,
    reclaim_memory,
    torch_accelerators,
    turn,
)
from demos.core.errors import ModelError
from demos.core.settings import GIB, MIB, Settings

TWO_GPUS = [Device("cuda", 0), Device("cuda", 1)]
APPLE = [Device("mps")]


def forbidden() -> list[Device]:
    raise AssertionError("torch was asked")


@pytest.mark.parametrize(
    ("preference", "found", "expected"),
    [
        ("auto", TWO_GPUS, "cuda:0"),
        ("auto", APPLE, "mps"),
        ("auto", [], "cpu"),
        ("cpu", TWO_GPUS, "cpu"),
        ("cuda", TWO_GPUS, "cuda:0"),
        ("cuda:1", TWO_GPUS, "cuda:1"),
        ("mps", APPLE, "mps"),
    ],
)
def test_device_is_chosen_among_what_there_is(
    preference: str, found: list[Device], expected: str
) -> None:
    assert str(choose_device(preference, lambda: found, lambda: True)) == expected


@pytest.mark.parametrize(
    ("preference", "found", "listed"),
    [
        ("cuda", [], "cpu."),
        ("cuda:2", TWO_GPUS, "cpu, cuda:0, cuda:1."),
        ("mps", TWO_GPUS, "cpu, cuda:0, cuda:1."),
        ("gpu", APPLE, "cpu, mps."),
    ],
)
def test_absent_device_is_refused_with_those_present(
    preference: str, found: list[Device], listed: str
) -> None:
    with pytest.raises(ModelError) as caught:
        choose_device(preference, lambda: found, lambda: True)
    assert f"'{preference}'" in caught.value.problem
    assert caught.value.problem.endswith(listed)
    assert "DLW_DEVICE" in caught.value.remedy


def test_torch_is_not_asked_where_no_gpu_is_plausible_or_the_cpu_is_wanted() -> None:
    assert choose_device("auto", forbidden, lambda: False) == CPU
    assert choose_device("cpu", forbidden, lambda: True) == CPU


def test_torch_is_asked_for_a_named_gpu_even_where_none_is_plausible() -> None:
    assert choose_device("cuda", lambda: TWO_GPUS, lambda: False) == TWO_GPUS[0]


@pytest.mark.parametrize("name", ["dev/nvidiactl", "dev/nvmap", "dev/dxg", "dev/kfd"])
def test_linux_driver_file_makes_a_gpu_plausible(tmp_path: Path, name: str) -> None:
    assert not gpu_plausible("linux", "x86_64", tmp_path)
    touch(tmp_path / name)
    assert gpu_plausible("linux", "x86_64", tmp_path)


def test_windows_driver_library_makes_a_gpu_plausible(tmp_path: Path) -> None:
    assert not gpu_plausible("win32", "AMD64", tmp_path)
    touch(tmp_path / "System32/nvcuda.dll")
    assert gpu_plausible("win32", "AMD64", tmp_path)


def test_apple_silicon_makes_a_gpu_plausible() -> None:
    assert gpu_plausible("darwin", "arm64")
    assert not gpu_plausible("darwin", "x86_64")


def test_choosing_a_device_and_importing_the_store_load_no_torch_on_a_cpu_machine(
    tmp_path: Path,
) -> None:
    script = """
import sys
from pathlib import Path
import demos.core.store
from demos.core.devices import available_memory, choose_device, gpu_plausible

root = Path(sys.argv[1])
device = choose_device("auto", plausible=lambda: gpu_plausible("linux", "x86_64", root))
heavy = {"torch", "pandas", "numpy", "streamlit", "transformers", "timm"} & set(sys.modules)
print(device, available_memory(device) > 0, sorted(heavy))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "cpu True []"


class FakeTensor:
    """What `torch.ones(1)` is asked for on a GPU that works."""

    def mul(self, factor: int) -> "FakeTensor":
        assert factor == 2
        return self

    def sum(self) -> float:
        return 2.0


def fake_torch(kind: str | None, count: int = 0) -> SimpleNamespace:
    """As much of torch as `devices` uses, on a machine with `count` accelerators of one kind."""
    current = None if kind is None else SimpleNamespace(type=kind)
    torch = SimpleNamespace(emptied=0)

    def empty_cache() -> None:
        torch.emptied += 1

    torch.accelerator = SimpleNamespace(
        current_accelerator=lambda check_available: current,
        device_count=lambda: count,
        empty_cache=empty_cache,
    )
    torch.ones = lambda size, device: FakeTensor()
    torch.cuda = SimpleNamespace(mem_get_info=lambda index: ((10 + index) * GIB, 80 * GIB))
    torch.mps = SimpleNamespace(
        recommended_max_memory=lambda: 12 * GIB, current_allocated_memory=lambda: 2 * GIB
    )
    return torch


@pytest.mark.parametrize(
    ("kind", "count", "expected"),
    [("cuda", 2, TWO_GPUS), ("mps", 1, APPLE), ("xpu", 1, []), (None, 0, [])],
)
def test_accelerators_are_those_torch_reports(
    monkeypatch: pytest.MonkeyPatch, kind: str | None, count: int, expected: list[Device]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch(kind, count))
    assert torch_accelerators() == expected


def test_a_gpu_that_torch_has_no_kernels_for_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = fake_torch("cuda", 2)

    def ones(size: int, device: str) -> FakeTensor:
        if device == "cuda:0":
            raise RuntimeError("CUDA error: no kernel image is available for execution")
        return FakeTensor()

    torch.ones = ones
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert torch_accelerators() == TWO_GPUS[1:]


def test_on_mps_one_thread_works_at_a_time_and_elsewhere_any_number() -> None:
    def free_for_others(device: Device) -> bool:
        entered = threading.Event()

        def enter() -> None:
            with turn(device):
                entered.set()

        with turn(device):
            other = threading.Thread(target=enter, daemon=True)
            other.start()
            free = entered.wait(0.2 if device.kind == "mps" else 10)
        other.join(10)
        assert entered.is_set()
        return free

    assert not free_for_others(Device("mps"))
    assert free_for_others(Device("cuda"))
    assert free_for_others(CPU)


def test_gpu_memory_is_what_torch_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch("cuda", 2))
    assert available_memory(Device("cuda", 1)) == 11 * GIB
    assert available_memory(Device("mps")) == 10 * GIB


def test_only_a_gpu_has_a_cache_to_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = fake_torch("cuda", 1)
    monkeypatch.setitem(sys.modules, "torch", torch)
    reclaim_memory(CPU)
    assert torch.emptied == 0
    reclaim_memory(Device("cuda"))
    assert torch.emptied == 1


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a machine with 16 GiB of RAM left and no control groups yet."""
    memory = SimpleNamespace(available=16 * GIB)
    monkeypatch.setattr("demos.core.devices.psutil.virtual_memory", lambda: memory)
    return tmp_path


def touch(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def limit_v2(folder: Path, limit: str, usage: int, inactive_file: int = 0) -> None:
    touch(folder / "memory.max", f"{limit}\n")
    touch(folder / "memory.current", f"{usage}\n")
    touch(folder / "memory.stat", f"anon 1\ninactive_file {inactive_file}\n")


def test_without_control_groups_the_ram_left_counts(machine: Path) -> None:
    assert available_memory(CPU, machine) == 16 * GIB


def test_cgroup_v2_limit_less_usage_without_page_cache(machine: Path) -> None:
    touch(machine / "proc/self/cgroup", "0::/\n")
    limit_v2(machine / "sys/fs/cgroup", str(4 * GIB), 3 * GIB, inactive_file=1 * GIB)
    assert available_memory(CPU, machine) == 2 * GIB


def test_cgroup_v2_tightest_ancestor_counts(machine: Path) -> None:
    touch(machine / "proc/self/cgroup", "0::/user.slice/app.scope\n")
    limit_v2(machine / "sys/fs/cgroup/user.slice/app.scope", "max", 1 * GIB)
    limit_v2(machine / "sys/fs/cgroup/user.slice", str(6 * GIB), 1 * GIB)
    assert available_memory(CPU, machine) == 5 * GIB


def test_cgroup_v2_without_a_limit_leaves_the_ram(machine: Path) -> None:
    touch(machine / "proc/self/cgroup", "0::/\n")
    limit_v2(machine / "sys/fs/cgroup", "max", 1 * GIB)
    assert available_memory(CPU, machine) == 16 * GIB


def test_cgroup_v1_limit_of_a_container_that_sees_the_path_of_its_host(machine: Path) -> None:
    touch(machine / "proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n")
    folder = machine / "sys/fs/cgroup/memory"
    touch(folder / "memory.limit_in_bytes", f"{3 * GIB}\n")
    touch(folder / "memory.usage_in_bytes", f"{2 * GIB}\n")
    touch(folder / "memory.stat", f"inactive_file 7\ntotal_inactive_file {512 * MIB}\n")
    assert available_memory(CPU, machine) == 3 * GIB - 2 * GIB + 512 * MIB


def test_cgroup_v1_unlimited_leaves_the_ram(machine: Path) -> None:
    touch(machine / "proc/self/cgroup", "4:memory:/\n")
    folder = machine / "sys/fs/cgroup/memory"
    touch(folder / "memory.limit_in_bytes", "9223372036854771712\n")
    touch(folder / "memory.usage_in_bytes", f"{2 * GIB}\n")
    touch(folder / "memory.stat", "total_inactive_file 0\n")
    assert available_memory(CPU, machine) == 16 * GIB


def test_an_exhausted_cgroup_leaves_nothing_rather_than_less(machine: Path) -> None:
    touch(machine / "proc/self/cgroup", "0::/\n")
    limit_v2(machine / "sys/fs/cgroup", str(1 * GIB), 2 * GIB)
    assert available_memory(CPU, machine) == 0


def test_budget_is_the_setting_or_what_is_left_after_the_reserve() -> None:
    settings = Settings(activation_reserve=1 * GIB)
    assert memory_budget(settings, CPU, lambda device: 5 * GIB) == 4 * GIB
    assert memory_budget(settings, CPU, lambda device: 0) == MINIMUM_BUDGET
    assert memory_budget(Settings(memory_budget=7), CPU, lambda device: 5 * GIB) == 7


@pytest.mark.parametrize("kind", ["cpu", "cuda", "mps"])
def test_one_precision_everywhere(kind: str) -> None:
    assert choose_dtype(Device(kind)) == "float32"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5.56 GB)"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (Exception("BFCArena Failed to allocate memory for requested buffer of size 64"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ModelError("The device ran out of memory.", "Wait."), False),
    ],
)
def test_out_of_memory_is_recognized_whoever_raises_it(error: Exception, expected: bool) -> None:
    assert is_out_of_memory(error) is expected


def test_process_memory_is_real() -> None:
    assert 1 * MIB < process_memory() < 1024 * GIB


@pytest.mark.parametrize("device", [CPU, Device("mps"), Device("cuda"), Device("cuda", 3)], ids=str)
def test_a_device_is_read_back_as_it_was_written(device: Device) -> None:
    assert Device.parse(str(device)) == device
