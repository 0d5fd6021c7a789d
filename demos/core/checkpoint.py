"""For recipes: training that can be interrupted, and goes on where it stopped."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def resume(file: Path, parts: Mapping[str, Any]) -> int:
    """The step that was kept, each part put back as it was then; 0 where nothing was."""
    import torch

    if not file.exists():
        return 0
    kept = torch.load(file, weights_only=True)
    step: int = kept.pop("step")
    for name, state in kept.items():
        parts[name].load_state_dict(state)
    return step


def keep(file: Path, parts: Mapping[str, Any], step: int) -> None:
    """Written beside the last one and put in its place, so that there is always a whole one."""
    import torch

    new = file.with_suffix(".new")
    torch.save({name: each.state_dict() for name, each in parts.items()} | {"step": step}, new)
    new.replace(file)
