"""Where results lie under the folder they are written to, and which folder that is when nobody says."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def clone() -> Path | None:
    """The clone that lionlab runs from, or None for an installed package."""
    root = PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "experiments").is_dir() else None


class Layout:
    """The files of one reproduction, all below `out`."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.figures = out / "figures"
        self.data_folder = self.figures / "data"
        self.claims_folder = self.data_folder / "claims"
        self.proofs_folder = self.data_folder / "proofs"
        self.contents = self.data_folder / "contents.json"
        self.report = out / "paper_repro.md"
        # Of this machine only, and told to git as such by the file beside it.
        self.local = out / ".lionlab"

    def data(self, stem: str) -> Path:
        """The arrays of an experiment."""
        return self.data_folder / f"{stem}.npz"

    def record(self, stem: str) -> Path:
        """Parameters, seed, versions, findings and hashes of an experiment."""
        return self.data_folder / f"{stem}.json"

    def figure(self, stem: str, form: str) -> Path:
        """The figure, `form` being "png" or "pdf"."""
        return self.figures / f"{stem}.{form}"

    def proof_file(self, claim_id: str, name: str) -> Path:
        """A text that a proof of the claim leaves for others to check."""
        return self.proofs_folder / claim_id / name

    def evidence(self, claim_id: str) -> Path:
        """The evidence for one claim."""
        return self.claims_folder / f"{claim_id}.json"
