"""How fast the project is, measured against what else one could have written; ``python -m benchmarks.run``."""
