"""The seven packages have short names: nobody else on this machine may claim one of them."""

from importlib.metadata import packages_distributions

import pytest

from tests.architecture.reading import PACKAGES


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_claims_the_package(package: str) -> None:
    owners = {name.lower() for name in packages_distributions().get(package, [])}
    assert owners <= {"govgraph"}
