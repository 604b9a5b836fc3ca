"""`govgraph demo`: the city, its headline question, the proof."""
