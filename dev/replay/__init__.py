"""The time machine on files: `python -m dev.replay --orders … --live … --draft … --out …`."""
