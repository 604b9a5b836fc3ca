"""Runs a command's work: everything heavy is imported here, so that `--help` stays quick."""

import sys
from importlib import import_module
from typing import Any, NoReturn


def call(place: str, json: bool = False, **arguments: Any) -> None:
    """Run the asynchronous function at `module:name` under `server.cli` and end with its exit code.

    0: done; 1: refused or failed, with the coded error on standard error.
    """
    import anyio  # noqa: PLC0415 - see the module's docstring

    from govgraph.errors import GovGraphError  # noqa: PLC0415

    module, _, name = place.partition(":")

    async def work() -> int | None:
        function = getattr(import_module(f"server.cli.{module}"), name)
        result: int | None = await function(json=json, **arguments)
        return result

    try:
        code = anyio.run(work, backend_options={"use_uvloop": True})
    except (GovGraphError, BaseExceptionGroup) as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        _fail(refusal, json)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code or 0)


def _refusal(error: BaseException) -> Any:
    """Return the coded error inside groups that tasks wrapped around it, or None where there is none."""
    from govgraph.errors import GovGraphError  # noqa: PLC0415

    if isinstance(error, BaseExceptionGroup):
        return next((found for part in error.exceptions if (found := _refusal(part)) is not None), None)
    return error if isinstance(error, GovGraphError) else None


def _fail(error: Any, json: bool) -> NoReturn:
    from server.errors import ServerRefusedError  # noqa: PLC0415

    elsewhere = isinstance(error, ServerRefusedError)
    if json:
        import orjson  # noqa: PLC0415

        from server.responses import envelope  # noqa: PLC0415

        line = orjson.dumps(error.entry if elsewhere else envelope(error)).decode()
    else:
        line = error.told if elsewhere else f"{error.code}: {error.text}"
    sys.stderr.write(line + "\n")
    sys.exit(1)
