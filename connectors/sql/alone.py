"""The statement of a read for any number of keys, and beside it one for a single key."""

from collections.abc import Callable

from connectors.model import Binds
from connectors.sql.statement import Statement

ALONE = frozenset({"postgresql"})
"""Dialects that plan a statement anew for each list of keys, and keep the plan for a single key."""


class Statements:
    """The statement of a read, and for a single key one of its own.

    A single key is what most reads have: as a plain parameter its plan is made once and kept, which
    counts where masks make a statement long. It is compiled when it is first needed.
    """

    def __init__(
        self, of_many: Statement, bind: str = "", compile_alone: Callable[[], Statement] | None = None
    ) -> None:
        self.of_many = of_many
        self._bind = bind
        self._compile = compile_alone
        self._alone: Statement | None = None

    def chosen(self, binds: Binds) -> Statement:
        """Return the statement for these binds."""
        if self._compile is None or len(binds[self._bind]) != 1:
            return self.of_many
        if self._alone is None:
            self._alone = self._compile()
        return self._alone
