"""Everybody's turn, one file a scene in the order of play: short loops of one rule over the members of one run."""
