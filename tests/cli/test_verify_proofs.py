"""`lionlab verify --proofs`: what is proved, with nothing measured."""

import hashlib
import json
import subprocess
import sys


def lionlab(*arguments):
    command = [sys.executable, "-m", "lionlab.cli", *arguments, "--jobs", "1"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_proofs_alone_measure_nothing():
    done = lionlab("verify", "--proofs", "two-cycle-exact", "reversed-betas-one-step", "--json")
    assert done.returncode == 0, done.stderr
    for evidence in json.loads(done.stdout)["claims"]:
        assert evidence["verdict"] == "PROVED"
        assert evidence["measured"] is None
        assert len(evidence["proved_by"]) >= 2
    alone = lionlab("verify", "--proofs", "special-case-lion")
    assert alone.returncode == 3
    assert "one route alone proves it (symbolic): PROVED takes two" in alone.stdout
    given = lionlab("verify", "--proofs", "contraction-explicit", "--set", "K=L1Norm()")
    assert given.returncode == 2
    assert "--proofs are of the claim as it stands" in given.stderr


def test_proofs_leave_what_others_can_check(tmp_path):
    done = lionlab("verify", "--proofs", "two-cycle-exact", "--out", str(tmp_path), "--json")
    (evidence,) = json.loads(done.stdout)["claims"]
    named = {name: digest for proof in evidence["proofs"] for name, digest in proof["artefacts"].items()}
    written = {path.name: path for path in (tmp_path / "proofs" / "two-cycle-exact").iterdir()}
    assert set(named) == set(written) != set()
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in written.items()} == named
