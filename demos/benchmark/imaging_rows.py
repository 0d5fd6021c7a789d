"""From the imaging demo's measurements to the rows people read, beside their targets."""

from demos import catalog
from demos.benchmark.imaging import DEMO, SPEC
from demos.benchmark.imaging_contest import (
    drawn_files,
    max_difference,
    new_image_seconds,
    play,
    prepare_contest,
)
from demos.benchmark.imaging_starts import STARTS, measure_starts
from demos.benchmark.measure import Series
from demos.benchmark.table import Part, Row, median_row, quantile, ratios
from demos.core.samples import samples
from demos.core.settings import MIB, read_settings
from demos.core.spec import Bundled
from demos.core.store import ModelStore

DRAWN = 160
SEED = 0
FIRST_PREDICTION_SECONDS = 6.0
PEER_RATIO = 0.5
MAX_DIFFERENCE = 0.01


def measure_imaging(rounds: int) -> Part:
    starts = measure_starts()
    files = [*drawn_files(DRAWN, SEED), *(each.read() for each in samples(DEMO.slug, SPEC.name))]
    store = ModelStore.from_settings(catalog.load, read_settings())
    new_images = {
        spec.title: new_image_seconds(store, spec, files)
        for spec in DEMO.models
        if isinstance(spec.source, Bundled)
    }
    contest = prepare_contest(store, files)
    difference = max_difference(contest)  # and with that, both have warmed up
    played = play(contest, rounds)
    return Part(
        title=f"{DEMO.title}: {len(files)} images, {rounds} rounds, {STARTS} starts of each kind",
        rows=summarize(starts, new_images, played, difference),
        measured={"starts": starts, "new_image": new_images, "rounds": played},
        problem=disagreement(difference),
    )


def summarize(starts: Series, new_images: Series, rounds: Series, difference: float) -> list[Row]:
    """The table's rows, from what `measure_starts`, `new_image_seconds` and `play` give.

    `new_images` are seconds by the title of the model.
    """
    per_image = {name: [1000 * each for each in series] for name, series in rounds.items()}
    sizes = {
        name: [each / MIB for each in starts[name]] for name in ("server_bytes", "python_bytes")
    }
    return [
        median_row("Server, start to healthy", starts["healthy_seconds"], "s"),
        median_row("Server, start to ready", starts["ready_seconds"], "s"),
        median_row(
            "First prediction, server start to end of page",
            starts["page_seconds"],
            "s",
            FIRST_PREDICTION_SECONDS,
        ),
        median_row(
            "First prediction, Python start to result",
            starts["python_seconds"],
            "s",
            FIRST_PREDICTION_SECONDS,
        ),
        *(
            Row(f"New image, p{percentile}: {title}", quantile(seconds, q) * 1000, "ms")
            for title, seconds in new_images.items()
            for percentile, q in ((50, 0.5), (95, 0.95))
        ),
        median_row("Batch of 32, per image", per_image["ours"], "ms"),
        median_row("Batch of 32, network alone, per image", per_image["our network"], "ms"),
        median_row("Peer one by one, network alone, per image", per_image["peer"], "ms"),
        median_row("Peer batch of 32, network alone, per image", per_image["peer, batch"], "ms"),
        median_row(
            "Batch of 32 / peer one by one",
            ratios(rounds["ours"], rounds["peer"]),
            "x",
            PEER_RATIO,
        ),
        median_row(
            "Batch of 32, network alone / peer one by one",
            ratios(rounds["our network"], rounds["peer"]),
            "x",
            PEER_RATIO,
        ),
        Row("Largest difference in probability", difference, "", target=MAX_DIFFERENCE),
        median_row("Server memory after first prediction", sizes["server_bytes"], "MiB"),
        median_row("Python memory after first prediction", sizes["python_bytes"], "MiB"),
    ]


def disagreement(difference: float) -> str | None:
    """What to say when the two do not predict the same; a `nan` is no agreement either."""
    if difference <= MAX_DIFFERENCE:
        return None
    return (
        f"FAILED: the predictions differ by {difference:.2g}, more than {MAX_DIFFERENCE}, "
        "so the times above do not compare like with like."
    )
