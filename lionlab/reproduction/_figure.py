"""From a matplotlib figure to the bytes of its files: no date, no version, the same bytes for the same data."""

import io
from typing import Any

from ..plotting import house_style
from ._experiment import Data, Experiment

# Matplotlib writes itself and the date into its files unless told not to.
METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
}


def drawn(experiment: Experiment, data: Data) -> dict[str, bytes]:
    """The experiment's figure as `{"png": …, "pdf": …}`."""
    with house_style():
        figure = experiment.draw(data)
        return {form: _saved(figure, form) for form in METADATA}


def _saved(figure: Any, form: str) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format=form, metadata=METADATA[form])
    return stream.getvalue()
