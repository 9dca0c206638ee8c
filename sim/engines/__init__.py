"""Two engines for one set of rules: many runs on threads (batch), one run with Mesa agents (agents)."""
