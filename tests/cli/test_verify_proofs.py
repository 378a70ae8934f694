"""`lionlab verify --proofs`: what is proved, with nothing measured."""

import hashlib
import json

from small_clone import REPOSITORY, WARM


def lionlab(*arguments):
    return WARM.run((*arguments, "--jobs", "1"), REPOSITORY)


def test_one_route_is_not_enough_and_other_parameters_are_refused():
    alone = lionlab("verify", "--proofs", "special-case-lion")
    assert alone.returncode == 3
    assert "one route alone proves it (symbolic): PROVED takes two" in alone.stdout
    given = lionlab("verify", "--proofs", "contraction-explicit", "--set", "K=L1Norm()")
    assert given.returncode == 2
    assert "--proofs are of the claim as it stands" in given.stderr


def test_proofs_alone_measure_nothing_and_leave_what_others_can_check(tmp_path):
    done = lionlab("verify", "--proofs", "two-cycle-exact", "--out", str(tmp_path), "--json")
    assert done.returncode == 0, done.stderr
    (evidence,) = json.loads(done.stdout)["claims"]
    assert evidence["verdict"] == "PROVED"
    assert evidence["measured"] is None
    assert len(evidence["proved_by"]) >= 2
    named = {name: digest for proof in evidence["proofs"] for name, digest in proof["artefacts"].items()}
    written = {path.name: path for path in (tmp_path / "proofs" / "two-cycle-exact").iterdir()}
    assert set(named) == set(written) != set()
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in written.items()} == named
