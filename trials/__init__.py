"""Trials of what the store promises: long ones by hand (``make faults``, ``make hostile``), short ones in the tests."""
