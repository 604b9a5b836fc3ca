"""The synthetic demo city: people, enterprises and homes that cannot exist, kept as departments keep them."""
