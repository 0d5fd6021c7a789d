"""Training images stay images of their class, and what must not be learned is taken out."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from demos.healthcare_imaging.augment import augment, evened, moved, toned
from demos.healthcare_imaging.modalities import CHEST_XRAY, MODALITIES, Jitter, Modality
from demos.healthcare_imaging.preprocessing import evened as evened_for_inference
from demos.healthcare_imaging.preprocessing import normalize, preprocess

every_modality = pytest.mark.parametrize("kind", MODALITIES, ids=lambda kind: kind.key)
STILL = Jitter(
    turn=0, mirror=False, zoom=(0, 0), aspect=0, shift=0, stain=0, gain=0, gamma=0, soft=0, noise=0
)

JITTER = CHEST_XRAY.rounds[0].jitter


def frames(kind: Modality, count: int = 4) -> torch.Tensor:
    """Smooth random images (count, 3, frame, frame); gray where the modality is."""
    torch.manual_seed(0)
    cells = torch.rand(count, 1 if kind.gray else 3, 12, 12)
    smooth = torch.nn.functional.interpolate(cells, size=(kind.frame, kind.frame), mode="bilinear")
    return (smooth.expand(-1, 3, -1, -1) * 255).to(torch.uint8)


@every_modality
def test_batches_have_the_size_asked_for_and_gray_stays_gray(kind: Modality) -> None:
    images = frames(kind)
    batch = augment(images, torch.zeros(4, dtype=torch.long), kind, kind.rounds[0].jitter, 64)
    assert batch.shape == (4, 3, 64, 64)
    assert batch.isfinite().all()

    if kind.gray:
        assert torch.allclose(batch[:, 0], batch[:, 2], atol=1e-5)


@every_modality
def test_without_jitter_training_sees_what_inference_does(kind: Modality) -> None:
    images = frames(kind)
    trained_on = augment(images, torch.zeros(4, dtype=torch.long), kind, STILL, kind.input)
    seen = np.stack([preprocess(each, kind) for each in images.permute(0, 2, 3, 1).numpy()])
    difference = np.abs(trained_on.numpy() - normalize(seen, kind))
    assert np.quantile(difference, 0.99) < 0.05


def test_the_same_seed_draws_the_same_changes() -> None:
    images, labels = frames(CHEST_XRAY), torch.tensor([0, 1, 0, 1])
    torch.manual_seed(3)
    first = augment(images, labels, CHEST_XRAY, JITTER, 64)
    torch.manual_seed(3)
    assert torch.equal(first, augment(images, labels, CHEST_XRAY, JITTER, 64))
    assert not torch.equal(first, augment(images, labels, CHEST_XRAY, JITTER, 64))


def test_the_squeeze_that_gives_a_class_away_is_taken_out() -> None:
    """Stripes of one width: NORMAL is squeezed and PNEUMONIA widened by the same factor."""
    side = CHEST_XRAY.frame
    waves = 0.5 + 0.5 * torch.sin(torch.arange(side) * (2 * np.pi * 16 / side))
    stripes = (waves.expand(2, 3, side, side) * 255).to(torch.uint8)
    jitter = replace(STILL, class_aspect=JITTER.class_aspect)
    out = moved(stripes.float() / 255, torch.tensor([0, 1]), jitter, 1.0, 256)
    spectra = torch.fft.rfft(out[:, 0].mean(dim=1) - out[:, 0].mean(), dim=1).abs()
    normal, pneumonia = spectra.argmax(dim=1).tolist()
    assert normal / pneumonia == pytest.approx(np.exp(0.11), abs=0.08)
    assert normal > pneumonia


def test_tone_curves_rise_and_keep_black_and_white() -> None:
    ramp = torch.linspace(0, 1, 256).expand(8, 3, 1, 256).contiguous()
    torch.manual_seed(0)
    curves = toned(ramp, 0.7)
    assert (curves.diff(dim=3) > 0).all()
    assert torch.allclose(curves[..., 0], torch.zeros(())) and torch.allclose(
        curves[..., -1], torch.ones(()), atol=1e-5
    )
    assert (curves - ramp).abs().amax() > 0.03


def test_exposure_is_evened_alike_for_training_and_inference() -> None:
    dull = (frames(CHEST_XRAY).float() * 0.3 + 60).to(torch.uint8)
    ours = evened(dull.float() / 255) * 255
    theirs = np.stack([evened_for_inference(each) for each in dull.permute(0, 2, 3, 1).numpy()])
    assert np.abs(ours.permute(0, 2, 3, 1).numpy() - theirs).max() < 1.5
    assert theirs.min() == 0 and theirs.max() == 255


def test_an_even_image_stays_even() -> None:
    flat = np.full((8, 8, 3), 90, np.uint8)
    assert np.ptp(evened_for_inference(flat)) == 0
