"""What is counted of the log: how many records a batch held, and how long it took to make it durable."""

from govgraph.measuring import SIZES, Histogram


class LogMeter:
    """Counts batches as they become durable. For one writer."""

    __slots__ = ("seconds", "sizes")

    def __init__(self) -> None:
        self.sizes = Histogram(SIZES)
        self.seconds = Histogram()

    def committed(self, records: int, seconds: float) -> None:
        """Count one batch."""
        self.sizes.observe(records)
        self.seconds.observe(seconds)
