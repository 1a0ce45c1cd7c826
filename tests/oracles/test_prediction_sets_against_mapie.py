"""The conformal cutoff against MAPIE's risk control of recall; MAPIE is not a dependency."""

import numpy as np
import pytest

from goemox.decision.conformal import fit_cutoff

pytestmark = pytest.mark.filterwarnings("ignore")
STEP = 0.001


@pytest.mark.parametrize(("n", "alpha"), [(40, 0.05), (40, 0.4), (150, 0.1), (150, 0.2), (300, 0.1)])
def test_the_cutoff_is_theirs_up_to_the_step_of_their_grid(library, alpha, n):
    generator = np.random.default_rng(n)
    truth = generator.random((n, 6)) < 0.25
    truth[np.arange(n), generator.integers(0, 6, n)] = True  # they want a label on every row
    p = np.clip(generator.beta(2, 5, truth.shape) + 0.3 * truth, 0, 0.999)
    found = fit_cutoff(p, truth, alpha)
    near = STEP * (np.floor(found / STEP) + np.arange(-20, 21))  # of steps further off, each fiftieth
    controller = library("mapie.risk_control").MultiLabelClassificationController(
        predict_function=lambda rows: rows, risk="recall", method="crc", target_level=1 - alpha,
        predict_params=np.unique(np.round(np.concatenate([np.arange(0, 1, 50 * STEP), near]), 3)),
    )  # fmt: skip
    controller.calibrate(p, truth.astype(int))
    theirs = float(np.ravel(controller.best_predict_param)[0])
    assert theirs <= found + 1e-9 <= theirs + STEP + 1e-9
    included = controller.predict(p)[:, :, 0]
    assert (included != (p >= found)).mean() < 0.005
