"""Proofs about what was published beside the theorem: the methods that grew from Lion, each by two routes or more."""
