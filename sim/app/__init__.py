"""The web page: the shipped worlds, levers, two policies on the same luck, why a member decides, all on this machine.

    burdenshare app        # serves it on http://127.0.0.1:8000

The address holds the whole state (``state``), a world is made from it (``worlds``), played (``histories``), told
(``texts``) and drawn (``charts`` on ``drawing``); ``page`` and ``server`` put that on Shiny, ``serve`` on the network.
"""
