"""From logits to labels one can believe: calibration, thresholds, conformal sets, and the rule of them."""
