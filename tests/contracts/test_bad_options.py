"""What all contracts check fails for a plugin whose options do not say what they are, or that is slow to import."""

from __future__ import annotations

import pytest

from contracts.breaking import Bad, breaks, checks_of, held_against
from gridloom.errors import UnknownName
from gridloom.testing import DatasetContract
from gridloom.testing.contract import Contract


def dataset(parameters, docstring='"""Load."""', extra=""):
    return f"""
{extra}

def load({parameters}):
    {docstring}

@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("bad", "Bad data.", load)
"""


BAD = {
    "test_it_is_documented": [
        Bad(dataset("", "..."), r"load\(\) has no docstring"),
        Bad(dataset("").replace("Bad data.", "Long. " * 30), "longer than a line"),
    ],
    "test_its_options_are_annotated_and_documented": [
        Bad(dataset("rows=3", '"""Load so many `rows`."""'), "option 'rows' has no annotation"),
        Bad(dataset("rows: 'Rows' = 3", '"""Load `rows`."""'), "annotation of 'rows' does not validate"),
        Bad(dataset("rows: object = 3", '"""Load `rows`."""'), "annotation of 'rows' does not validate"),
        Bad(dataset("rows: int = 3", '"""Load arrows."""'), r"docstring of load\(\) does not describe 'rows'"),
        Bad(dataset("rows: int = None", '"""Load `rows`."""'), "default of 'rows' is not valid in YAML"),
    ],
    "test_it_takes_its_options": [
        Bad(dataset("rows: int"), r"option 'rows' \(whole number\) is missing"),
        Bad(dataset("rows: int"), "should be a whole number", attributes={"options": {"rows": "3"}}),
    ],
    "test_values_outside_the_annotations_are_refused": [
        Bad(dataset("rows: int = 3"), "option 'rows' accepts -1", attributes={"refused": {"rows": [-1]}}),
        Bad(dataset("rows: int = 3"), "'refused' names 'row'", attributes={"refused": {"row": [-1]}}),
    ],
    "test_nothing_heavy_is_imported_at_registration": [
        Bad(dataset("", extra="import scipy"), "registering the plugin imports scipy"),
    ],
}


@pytest.mark.parametrize(("check", "bad"), [(check, bad) for check, found in BAD.items() for bad in found])
def test_the_check_fails_for_the_bad_plugin(check, bad, tmp_path):
    breaks(DatasetContract, check, bad, tmp_path)


def test_every_common_check_has_a_bad_plugin():
    assert set(BAD) == checks_of(Contract)


def test_a_thing_that_the_plugin_does_not_provide_is_an_error_with_the_nearest_name(tmp_path):
    held = held_against(DatasetContract, dataset("").replace('"bad"', '"bed"'), tmp_path)
    with pytest.raises(UnknownName, match=r"bad_plugin\.py provides no data set 'bad'; did you mean 'bed'\?"):
        assert held.record


def test_a_contract_without_a_name_is_an_error():
    class TestNameless(DatasetContract):
        pass

    with pytest.raises(TypeError, match="TestNameless needs the name of a data set"):
        assert TestNameless().record
