"""The control graph: the one door through which console and command line change or read the platform."""
