"""Files at scale: inputs of any length scored part by part, so that a run can be killed and taken up again.

One function from columns to columns (`batches`), one layout of the output (`parts`), and runners for them.
"""
