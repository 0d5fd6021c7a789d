"""Train a catalog's recommender and write its weights, or run the standard benchmark.

    python -m demos.recommendations.train --catalog movies --data DIR --run runs/recommendations
    python -m demos.recommendations.train --benchmark ml-1m --data DIR --run runs/recommendations

DIR holds `NAME-interactions.parquet` and `NAME-items.parquet`. For a catalog two networks are
trained: one without every user's last item, on which the blend's weights are fitted and figures
are measured (`NAME-validation.safetensors`), and then the one that is shipped, on everything
(`NAME.safetensors`; `--install` copies it into the demo). For the benchmark the ensemble that
`evaluate --benchmark` reads is written; with `--validate` it leaves each user's last item out and
prints how it does on those. A step already in the run's folder is not done again.

Originals: MovieLens (grouplens.org/datasets/movielens), goodbooks-10k (github.com/zygmuntz),
Online Retail I and II (archive.ics.uci.edu).
"""

import argparse
import json
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from safetensors.torch import load_file as load_state
from safetensors.torch import save_file as save_state

from demos.core.devices import choose_device
from demos.core.settings import read_settings
from demos.core.threads import available_cores
from demos.recommendations.fit import Recipe, fit
from demos.recommendations.interactions import (
    Items,
    read_histories,
    without_last,
)
from demos.recommendations.network import Recommender, rebuilt
from demos.recommendations.pack import network_scores, pack
from demos.recommendations.ranking_metrics import Scorer
from demos.recommendations.recipes import BENCHMARKS, CATALOGS, BenchmarkChoice

SEED = 0
DEMO = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--catalog", choices=CATALOGS)
    wanted.add_argument("--benchmark", choices=BENCHMARKS)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/recommendations"))
    parser.add_argument("--run", type=Path, default=Path("runs/recommendations"))
    parser.add_argument("--validate", action="store_true", help="keep each user's last item apart")
    parser.add_argument("--install", action="store_true", help="copy the weights into the demo")
    arguments = parser.parse_args()
    arguments.run.mkdir(parents=True, exist_ok=True)
    if arguments.benchmark:
        benchmark(arguments.benchmark, arguments.data, arguments.run, arguments.validate)
    else:
        catalog(arguments.catalog, arguments.data, arguments.run)
        if arguments.install:
            file = f"{arguments.catalog}.safetensors"
            shutil.copy(arguments.run / file, DEMO / "weights" / file)


def catalog(name: str, data: Path, run: Path) -> None:
    """Both networks of a catalog, each packed with its linear parts and what is shown of items."""
    choice = CATALOGS[name]
    histories = read_histories(data / f"{name}-interactions.parquet")
    before, last = without_last(histories)
    items = max(int(each.max()) for each in histories.values())
    twin = trained(run / f"{name}-validation-network", before, items, choice.recipe)
    packed = pack(name, data, twin, before, choice, targets=last)
    save_file(packed, run / f"{name}-validation.safetensors")
    network = trained(run / f"{name}-network", histories, items, choice.recipe)
    fitted = {key: packed[key] for key in ("blend", "floor")}
    save_file(pack(name, data, network, histories, choice, fitted), run / f"{name}.safetensors")


def trained(
    file: Path,
    histories: dict[int, Items],
    items: int,
    recipe: Recipe,
    seed: int = SEED,
    threads: int = 0,
) -> Recommender:
    """The network in `file`, trained first if there is none."""
    file = file.with_suffix(".safetensors")
    if file.exists():
        return rebuilt(load_state(file), recipe.heads)
    torch.set_num_threads(threads or read_settings().threads or available_cores())
    began = time.perf_counter()

    def tell(epoch: int, network: Recommender, loss: float) -> None:
        minutes = round((time.perf_counter() - began) / 60, 1)
        line = {"file": file.name, "epoch": epoch, "loss": round(loss, 4), "minutes": minutes}
        print(json.dumps(line), flush=True)

    device = choose_device(read_settings().device)
    network = fit(list(histories.values()), items, recipe, seed, device, tell)
    state = {name: value.cpu().contiguous() for name, value in network.state_dict().items()}
    save_state(state, file)
    return rebuilt(state, recipe.heads)


def member(
    file: Path, histories: dict[int, Items], items: int, recipe: Recipe, seed: int
) -> dict[str, NDArray[Any]]:
    """One network of the benchmark's ensemble, on one thread of its own."""
    network = trained(file, histories, items, recipe, seed=seed, threads=1)
    return {name: value.numpy() for name, value in network.state_dict().items()}


def benchmark(name: str, data: Path, run: Path, validate: bool) -> None:
    """An ensemble of networks of different seeds, side by side on the machine's cores."""
    choice = BENCHMARKS[name]
    histories = read_histories(data / f"{name}-interactions.parquet")
    items = max(int(each.max()) for each in histories.values())
    if validate:
        histories, _ = without_last(histories)
    kind = f"{name}-validation" if validate else name
    began = time.perf_counter()
    seeds = range(SEED, SEED + choice.members)
    # Not forked: a copy of a process with threads can hang.
    with ProcessPoolExecutor(available_cores(), get_context("spawn")) as pool:
        jobs = [
            pool.submit(member, run / f"{kind}-{seed}", histories, items, choice.recipe, seed)
            for seed in seeds
        ]
        states = [job.result() for job in jobs]
    tensors = {
        f"{seed}.{key}": value
        for seed, state in zip(seeds, states, strict=True)
        for key, value in state.items()
    }
    save_file(tensors, run / f"{kind}.safetensors")
    minutes = round((time.perf_counter() - began) / 60, 1)
    print(json.dumps({"benchmark": name, "members": len(states), "minutes": minutes}))


def ensemble(file: Path, choice: BenchmarkChoice) -> tuple[Scorer, int]:
    """What `benchmark` left, as scores of histories, and how many items there are.

    The scores are logarithms of the members' mean probabilities.
    """
    tensors = load_state(file)
    names = sorted({key.split(".")[0] for key in tensors})
    members = [
        rebuilt(
            {
                key.partition(".")[2]: each
                for key, each in tensors.items()
                if key.startswith(f"{name}.")
            },
            choice.recipe.heads,
        )
        for name in names
    ]

    def scores(histories: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        taken = [np.asarray(each, dtype=np.int64) for each in histories]
        found = [network_scores(each, taken, choice.recipe.length) for each in members]
        return np.logaddexp.reduce(found, axis=0) - np.float32(np.log(len(members)))

    return scores, members[0].shape.items


if __name__ == "__main__":
    main()
