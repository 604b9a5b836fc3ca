"""Commands about questions to the data graph that ask no source; `server.cli.main` offers them."""

from server.cli import options as given
from server.cli.calling import call


def explain(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    file: given.QueryFile,
    variables: given.Variables = None,
    operation: given.Operation = "",
    purpose: given.Purpose = "",
    client: given.ExplainedClient = "",
    form: given.Form = "text",
    *,
    where: given.Where,
) -> None:
    """Explain a question."""
    asked = {"operationName": operation, "purpose": purpose, "client": client}
    call(
        "explaining:explain",
        where.json,
        file=file,
        variables=variables,
        asked=asked,
        form=form,
        **where.named,
    )
