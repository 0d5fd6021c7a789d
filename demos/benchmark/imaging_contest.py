"""How fast images are classified, by us and by the peer: the same weights in torch eager."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from demos.benchmark.imaging import KIND, SPEC
from demos.benchmark.measure import Series, seconds_of, threads
from demos.core.media import DecodedImage, decode_image
from demos.core.settings import read_settings
from demos.core.spec import Bundled, ModelSpec
from demos.core.store import ModelStore
from demos.healthcare_imaging import classifier, preprocessing
from demos.healthcare_imaging.calibration import softmax
from demos.healthcare_imaging.nonsense import nonsense

SIDE = 360  # pixels, as the analyzer behind the training data exports them
BATCH = 32
WARM_UP = 8

Floats = NDArray[np.float32]


def drawn_files(count: int, seed: int) -> Iterator[bytes]:
    """`count` different drawings with a grain, JPEG and PNG in turn.

    Most are refused, which costs what an answer costs: network, gate and scores run for each.
    """
    rng = np.random.default_rng(seed)
    for i, pixels in enumerate(nonsense("shapes", count, seed)):
        enlarged = np.asarray(Image.fromarray(pixels).resize((SIDE, SIDE)))
        grainy = (enlarged + rng.normal(0, 5, enlarged.shape)).clip(0, 255).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(grainy).save(buffer, "PNG" if i % 2 else "JPEG")
        yield buffer.getvalue()


def new_image_seconds(store: ModelStore, spec: ModelSpec, files: Sequence[bytes]) -> list[float]:
    """For each file on its own, after a few to warm up: decode, borrow the model, predict."""

    def classify(data: bytes) -> None:
        image = decode_image(data, "image", read_settings())
        store.run(spec, lambda model: classifier.predict(model, image))

    for data in files[:WARM_UP]:
        classify(data)
    return [seconds_of(partial(classify, data)) for data in files]


@dataclass(frozen=True, slots=True)
class Contest:
    """Ours, the peer, and the same images for both.

    Ours is given decoded `images` and goes through store, preprocessing, gate and all. The peer is
    given what preprocessing made of them, `inputs` (1, 3, H, W), and only runs the network.
    """

    store: ModelStore
    peer: Callable[[Floats], Floats]
    images: Sequence[DecodedImage]
    inputs: Sequence[Floats]

    def ours(self, chosen: Sequence[int]) -> list[classifier.Classification]:
        batch = [self.images[k] for k in chosen]
        return self.store.run(SPEC, lambda model: classifier.predict_batch(model, batch))

    def our_network(self, chosen: Sequence[int]) -> Floats:
        batch = np.concatenate([self.inputs[k] for k in chosen])
        return self.store.run(SPEC, lambda model: model.forward(batch)[0])

    def peers(self, chosen: Sequence[int]) -> Floats:
        return np.concatenate([self.peer(self.inputs[k]) for k in chosen])

    def peers_batch(self, chosen: Sequence[int]) -> Floats:
        return self.peer(np.concatenate([self.inputs[k] for k in chosen]))


def prepare_contest(store: ModelStore, files: Sequence[bytes]) -> Contest:
    images = [decode_image(data, "image", read_settings()) for data in files]
    seen = [preprocessing.preprocess(image.pixels, KIND)[None] for image in images]
    inputs = [preprocessing.normalize(each, KIND) for each in seen]
    return Contest(store, torch_peer(str(store.device)), images, inputs)


def torch_peer(device: str) -> Callable[[Floats], Floats]:
    """The network as timm and torch run it without further ado: (N, 3, H, W) to logits (N, K)."""
    import torch
    from safetensors.torch import load_file

    from demos.healthcare_imaging.network import Classifier

    assert isinstance(SPEC.source, Bundled)
    torch.set_num_threads(threads())
    network = Classifier(len(KIND.classes)).backbone
    tensors = load_file(SPEC.source.path)
    prefix = "backbone."
    state = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    # The count of training batches is not kept, and plays no part in inference.
    counts = {k: v for k, v in network.state_dict().items() if k.endswith("num_batches_tracked")}
    network.load_state_dict(state | counts)
    network = network.to(device).eval()

    @torch.inference_mode()
    def forward(images: Floats) -> Floats:
        logits: Floats = network(torch.from_numpy(images).to(device)).cpu().numpy()
        return logits

    return forward


def max_difference(contest: Contest) -> float:
    """Between any probability of ours and of the peer's, over all images and classes."""
    with contest.store.borrow(SPEC) as model:
        temperature = model.temperature
    largest = 0.0
    everything = range(len(contest.images))
    for first in everything[::BATCH]:
        chosen = everything[first : first + BATCH]
        ours = [[each.score_of(k) for k in KIND.classes] for each in contest.ours(chosen)]
        peers = softmax(contest.peers(chosen), temperature)
        largest = max(largest, float(np.abs(np.array(ours) - peers).max()))
    return largest


def play(contest: Contest, rounds: int) -> Series:
    """Seconds per image of ours and the peer's, in turn, on 32 other images each round."""
    parts = {
        "ours": contest.ours,
        "peer": contest.peers,
        "our network": contest.our_network,
        "peer, batch": contest.peers_batch,
    }
    series: Series = {name: [] for name in parts}
    for i in range(rounds):
        chosen = [(BATCH * i + k) % len(contest.images) for k in range(BATCH)]
        for name, part in parts.items():
            series[name].append(seconds_of(partial(part, chosen)) / BATCH)
    return series
