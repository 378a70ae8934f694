"""Results on disk: written whole or not at all, and with the same bytes for the same numbers."""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..theorems._evidence import _json_ready as json_ready

# The earliest date that a zip file can carry, so that the time of a run leaves no trace in its data.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
UNFINISHED = ".unfinished"


def write_bytes(path: Path, content: bytes) -> None:
    """Replaces the file in one move: a reader, or a crash, sees the old content or the new, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The process number keeps two writers of one file out of each other's half-written copy.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        with unfinished.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Writes one JSON object, keys in the order given; infinite and NaN numbers become strings."""
    write_bytes(path, _json_bytes(content))


def is_as_written(path: Path, content: Mapping[str, Any]) -> bool:
    """Whether the file is to the byte what `write_json` makes of the content that was read from it."""
    return path.read_bytes() == _json_bytes(content)


def _json_bytes(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(json_ready(content), indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def read_json(path: Path) -> dict[str, Any] | None:
    """The JSON object in the file, or None where there is none that can be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def array_bytes(arrays: Mapping[str, Any]) -> bytes:
    """The arrays as the content of an `.npz` file: same arrays, same bytes.

    **Raises:** `TypeError` naming an array that is not made of numbers, booleans or fixed-width text.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(arrays):
            array = np.asarray(arrays[name])
            if array.dtype.hasobject:
                raise TypeError(f"array {name!r} holds Python objects (dtype {array.dtype}); give it a plain dtype.")
            member = zipfile.ZipInfo(f"{name}.npy", ZIP_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array) if array.ndim else array, allow_pickle=False)
            archive.writestr(member, content.getvalue())
    return buffer.getvalue()


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` file."""
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def sha256(path: Path) -> str | None:
    """The SHA-256 of the file's bytes, or None where there is no file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def remove_unfinished(folder: Path) -> None:
    """Removes the halves that killed runs left behind."""
    for path in folder.rglob(f".*{UNFINISHED}"):
        path.unlink(missing_ok=True)
