import pytest

from cnnlab.errors import ConfigError, RunError
from cnnlab.report.make import make_report
from tests.fake_sweeps import RATE, make_sweep


def test_the_newest_run_without_words(make_run, tmp_path):
    path = make_run(name="only").path
    document = make_report([], path.parent)
    assert document.title == "only" and document.sections[0].paths[0].resolve() == path.resolve()


@pytest.mark.parametrize("options", [{"ablation": True}, {"baseline": "1"}])
def test_options_of_sweeps_are_refused_elsewhere(make_run, options):
    path = make_run().path
    with pytest.raises(ConfigError, match="is for the report of a sweep: name its folder"):
        make_report([str(path)], path.parent, **options)


def test_a_sweep_its_single_changes_and_its_cells_side_by_side(tmp_path):
    sweep = make_sweep(tmp_path, {RATE: [0.01, 0.1]}, lambda v: 0.9 - v[RATE], repeats=2)
    assert make_report([str(sweep)], tmp_path).sections[0].title == "The sweep rates"
    single = make_report([str(sweep)], tmp_path, ablation=True, baseline="1")
    assert single.sections[0].title == "One change at a time: rates"
    assert make_report([str(sweep)], tmp_path, compare=True).sections[0].title == "Side by side"
    with pytest.raises(RunError, match="is none of the cells"):
        make_report([str(sweep)], tmp_path, baseline="nothing")
