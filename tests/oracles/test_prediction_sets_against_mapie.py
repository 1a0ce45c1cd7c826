"""The conformal cutoff against MAPIE's risk control of recall; MAPIE is not a dependency."""

import warnings

import numpy as np
import pytest

from goemox.decision.conformal import fit_cutoff

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("mapie", reason="MAPIE is not installed: pip install -e '.[oracles]'")
    from mapie.risk_control import MultiLabelClassificationController

pytestmark = pytest.mark.filterwarnings("ignore")
STEP = 0.001


@pytest.mark.parametrize(("n", "alpha"), [(40, 0.05), (40, 0.4), (150, 0.1), (150, 0.2), (300, 0.1)])
def test_the_cutoff_is_theirs_up_to_the_step_of_their_grid(alpha, n):
    generator = np.random.default_rng(n)
    truth = generator.random((n, 6)) < 0.25
    truth[np.arange(n), generator.integers(0, 6, n)] = True  # they want a label on every row
    p = np.clip(generator.beta(2, 5, truth.shape) + 0.3 * truth, 0, 0.999)
    controller = MultiLabelClassificationController(
        predict_function=lambda rows: rows, risk="recall", method="crc", target_level=1 - alpha,
        predict_params=np.arange(0, 1, STEP),
    )  # fmt: skip
    controller.calibrate(p, truth.astype(int))
    theirs = float(np.ravel(controller.best_predict_param)[0])
    found = fit_cutoff(p, truth, alpha)
    assert theirs <= found + 1e-9 <= theirs + STEP + 1e-9
    included = controller.predict(p)[:, :, 0]
    assert (included != (p >= found)).mean() < 0.005
