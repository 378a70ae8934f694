"""What a compiled program does, without what it is called: two with equal operations are one program, and as fast."""

import hashlib
import re
from typing import Any


def operations(compiled: Any) -> str:
    """The operations of a program compiled by JAX, with numbers for names and without the lines that they come from."""
    text = compiled.as_text()
    text = re.sub(r", metadata=\{[^}]*\}", "", text[max(text.find("\n%"), 0) :])
    without_labels = re.sub(r"[\w.]+: (?=\w+\[)", "", text)
    names: dict[str, str] = {}
    return re.sub(r"%[\w.-]+", lambda name: names.setdefault(name[0], f"%{len(names)}"), without_labels)


def digest(compiled: Any) -> str:
    """Twelve digits, equal for equal operations."""
    return hashlib.sha256(operations(compiled).encode()).hexdigest()[:12]
