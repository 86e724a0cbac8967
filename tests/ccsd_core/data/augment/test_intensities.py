"""Each variation of intensities: it changes something, its identity nothing, background stays 0."""

import numpy as np
import pytest
import torch

from ccsd_core.data.augment.bias_field import BiasField
from ccsd_core.data.augment.blur import Blur
from ccsd_core.data.augment.brightness import Brightness
from ccsd_core.data.augment.gamma import Gamma
from ccsd_core.data.augment.low_resolution import LowResolution
from ccsd_core.data.augment.noise import Noise

EVERY_KIND = pytest.mark.parametrize(
    "kind", [BiasField, Blur, Brightness, Gamma, LowResolution, Noise]
)
SHAPE = (22, 18, 20)


@pytest.fixture
def image() -> torch.Tensor:
    image = torch.randn(*SHAPE, generator=torch.Generator().manual_seed(0))
    image[:5] = 0
    image[:, :, 17:] = 0
    return image


@EVERY_KIND
def test_background_stays_exactly_zero_and_the_rest_finite(kind, image):
    inside = image != 0
    for seed in range(5):
        varied = kind.draw(np.random.default_rng(seed)).apply(image, inside)
        assert (varied[~inside] == 0).all()
        assert torch.isfinite(varied).all()


@EVERY_KIND
def test_it_changes_the_foreground_and_not_what_it_was_given(kind, image):
    before = image.clone()

    varied = kind.draw(np.random.default_rng(0)).apply(image, image != 0)

    assert (varied - before).abs()[before != 0].mean() > 1e-3
    assert torch.equal(image, before)


@EVERY_KIND
def test_without_parameters_it_changes_nothing(kind, image):
    torch.testing.assert_close(kind().apply(image, image != 0), image, rtol=0, atol=1e-6)


@EVERY_KIND
def test_its_repr_is_all_there_is_to_it(kind, image):
    drawn = kind.draw(np.random.default_rng(7))
    read_back = eval(repr(drawn), {kind.__name__: kind})

    assert drawn == read_back
    assert kind.draw(np.random.default_rng(8)) != drawn
    assert torch.equal(drawn.apply(image, image != 0), read_back.apply(image, image != 0))


@EVERY_KIND
def test_threads_do_not_change_a_bit(kind):
    image = torch.randn(63, 61, 67, generator=torch.Generator().manual_seed(0))
    drawn = kind.draw(np.random.default_rng(1))
    threads = torch.get_num_threads()
    results = []
    for number in (1, 2, 3, 5):
        torch.set_num_threads(number)
        results.append(drawn.apply(image, image != 0))
    torch.set_num_threads(threads)

    assert all(torch.equal(results[0], other) for other in results[1:])


def test_gamma_keeps_mean_and_spread_and_order(image):
    inside = image != 0
    bent = Gamma(0.7).apply(image, inside)

    assert float(bent[inside].mean()) == pytest.approx(float(image[inside].mean()), abs=1e-4)
    assert float(bent[inside].std()) == pytest.approx(float(image[inside].std()), rel=1e-3)
    assert (bent[inside][image[inside].argsort()].diff() > -1e-5).all()


@pytest.mark.parametrize("value", [0.0, 3.0], ids=["empty", "constant"])
def test_an_image_without_contrast_survives_gamma(value):
    image = torch.full(SHAPE, value)

    assert torch.equal(Gamma(0.8).apply(image, image != 0), image)


def test_brightness_is_linear(image):
    inside = image != 0

    torch.testing.assert_close(
        Brightness(1.2, -0.1).apply(image, inside)[inside], image[inside] * 1.2 - 0.1
    )


def test_a_bias_field_is_smooth_and_positive():
    field = BiasField.draw(np.random.default_rng(0)).field(torch.Size(SHAPE))

    assert (field > 0).all()
    assert 0.05 < field.std() < 0.5
    for axis in range(3):
        assert field.diff(dim=axis).abs().max() < 0.2


def test_a_bias_field_is_the_polynomial_it_says():
    chosen = BiasField.draw(np.random.default_rng(3))
    cube = np.zeros((4, 4, 4))
    terms = [(i, j, k) for i in range(4) for j in range(4) for k in range(4) if 0 < i + j + k < 4]
    for term, coefficient in zip(terms, chosen.coefficients, strict=True):
        cube[term] = coefficient
    axes = (np.linspace(-1, 1, n) for n in SHAPE)
    expected = np.exp(np.polynomial.legendre.leggrid3d(*axes, cube))

    field = chosen.field(torch.Size(SHAPE)).numpy()

    np.testing.assert_allclose(field, expected, rtol=1e-5)


def test_blur_is_a_gaussian():
    image = torch.zeros(21, 21, 21)
    image[10, 10, 10] = 1
    everywhere = torch.ones_like(image, dtype=torch.bool)

    blurred = Blur((1.0, 0.6, 0.0)).apply(image, everywhere)

    assert blurred.sum() == pytest.approx(1, abs=1e-5)
    for axis, sigma in enumerate((1.0, 0.6, 0.0)):
        others = tuple(a for a in range(3) if a != axis)
        along = blurred.sum(dim=others)
        spread = (along * (torch.arange(21) - 10.0) ** 2).sum()
        assert spread == pytest.approx(sigma**2, abs=0.04)


def test_thick_slices_lose_detail_along_their_axis_alone():
    wave = torch.arange(24) % 2 * 2.0 - 1
    inside = torch.ones(24, 24, 24, dtype=torch.bool)
    along_z = wave.expand(24, 24, 24).clone()
    along_x = along_z.permute(2, 0, 1).contiguous()
    thick = LowResolution((1.0, 1.0, 2.0))

    assert thick.apply(along_z, inside).abs().max() < 0.1
    torch.testing.assert_close(thick.apply(along_x, inside), along_x)


def test_slices_are_thick_along_any_axis_or_voxels_are_coarse():
    drawn = [LowResolution.draw(np.random.default_rng(seed)).factors for seed in range(60)]

    kinds = {tuple(f > 1 for f in factors) for factors in drawn}
    assert len(kinds) == 4
    assert max(max(f) for f in drawn) <= 4


def test_noise_has_the_deviation_it_says():
    image = torch.ones(40, 40, 40)

    noisy = Noise(0.12, seed=5).apply(image, image != 0)

    assert (noisy - 1).std() == pytest.approx(0.12, rel=0.02)
    assert (noisy - 1).mean() == pytest.approx(0, abs=2e-3)
    assert not torch.equal(noisy, Noise(0.12, seed=6).apply(image, image != 0))
