"""The outside: HTTP, control graph, console, command line, and the wiring of all parts."""
