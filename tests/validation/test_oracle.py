"""The judge against others: ``jsonschema`` and ``jsonschema-rs`` on generated pairs of schema and value."""

from collections.abc import Callable
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings

from conformance.contract.schema import Dialect
from conformance.errors import DocumentError
from conformance.validation import judge

from .generated import ORDER, VALUES, schemas
from .official import read

OTHERS: dict[Dialect, tuple[Any, Any]] = {
    Dialect.DRAFT4: (jsonschema.Draft4Validator, jsonschema_rs.Draft4Validator),
    Dialect.DRAFT6: (jsonschema.Draft6Validator, jsonschema_rs.Draft6Validator),
    Dialect.DRAFT7: (jsonschema.Draft7Validator, jsonschema_rs.Draft7Validator),
    Dialect.DRAFT2019: (jsonschema.Draft201909Validator, jsonschema_rs.Draft201909Validator),
    Dialect.DRAFT2020: (jsonschema.Draft202012Validator, jsonschema_rs.Draft202012Validator),
}


def verdict(valid: Callable[[], bool]) -> bool:
    """What another says; a pair over which it stumbles is none."""
    try:
        return valid()
    except (RecursionError, TypeError):  # a circle; a boolean `items` beside `additionalItems`
        assume(False)
        raise


@pytest.mark.parametrize("dialect", ORDER)
def test_agrees_with_other_validators(dialect: Dialect) -> None:
    """The same verdict as two others on values that JSON can hold; ours exercises what it finds broken."""
    python, rust = OTHERS[dialect]

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(schemas(dialect), VALUES)
    def agrees(tree: Any, value: Any) -> None:
        try:
            schema = read(tree, dialect)
        except DocumentError as problem:
            if "leads back to itself" in problem.what:
                return
            raise
        judgement = judge(schema, value)
        one = verdict(lambda: bool(python(tree).is_valid(value)))
        two = verdict(lambda: bool(rust(tree).is_valid(value)))
        if one == two:
            assert judgement.ok == one, [str(finding) for finding in judgement.findings]
        assert {finding.clause for finding in judgement.findings} <= judgement.exercised

    agrees()
