"""``--set`` and the other options that act on a config."""

# ruff: noqa: E501  (one case, one line)

import pytest

from tests.sample_configs import FULL, MINIMAL, loaded, refusal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("training.epochs=10", lambda c: c.training.epochs == 10),
        (" training.epochs = 10 ", lambda c: c.training.epochs == 10),
        ("model.0.conv_block.filters=16", lambda c: c.model[0].parameters.filters == 16),
        ("model.1={dense_block: {units: 3}}", lambda c: c.model[1].name == "dense_block"),
        ("model.1=global_average_pool", lambda c: c.model[1].name == "global_average_pool"),
        ("model.2.classifier.l2=1e-4", lambda c: c.model[2].parameters.l2 == 1e-4),
        ("model.2.classifier.l2=1e4", lambda c: c.model[2].parameters.l2 == 10_000.0),
        ("data.scale=[0, 1]", lambda c: c.data.scale == (0.0, 1.0)),
        ("data.scale=[-1e-3, 1e-3]", lambda c: c.data.scale == (-1e-3, 1e-3)),
        ("data.scale.0=-2", lambda c: c.data.scale == (-2.0, 1.0)),
        ("data.train_size=null", lambda c: c.data.train_size is None),
        ("training.deterministic=true", lambda c: c.training.deterministic is True),
        ("training.threads=auto", lambda c: c.training.threads == "auto"),
        ("training.optimizer=sgd", lambda c: c.training.optimizer.name == "sgd"),
        ("training.optimizer={name: sgd, momentum: 0.5}", lambda c: c.training.optimizer.parameters.momentum == 0.5),
        ("training.optimizer.learning_rate=0.1", lambda c: c.training.optimizer.parameters.learning_rate == 0.1),
        ("training.early_stopping.patience=3", lambda c: c.training.early_stopping.patience == 3),
        ("training.metrics=[accuracy, auc]", lambda c: len(c.training.metrics) == 2),
        ("training.class_weights.0=2", lambda c: c.training.class_weights == {"0": 2.0}),
        ("training.class_weights={0: 2, 7: 1e-1}", lambda c: c.training.class_weights == {"0": 2.0, "7": 0.1}),
        ("augment=[random_flip]", lambda c: c.augment[0].name == "random_flip"),
        ("name=2025", lambda c: c.name == "2025"),
        ("name=no", lambda c: c.name == "no"),
        ("name=010", lambda c: c.name == "010"),
        ("name=a: b", lambda c: c.name == "a: b"),
        ("name=a=b", lambda c: c.name == "a=b"),
        ("name='7'", lambda c: c.name == "7"),
        ("published={source: s, dataset: mnist}", lambda c: c.published.source == "s"),
    ],
)  # fmt: skip
def test_a_value_is_typed_by_the_schema(tmp_path, text, value):
    assert value(
        loaded(
            tmp_path,
            MINIMAL + "training: {}\ndata: {}\n".replace("data: {}\n", ""),
            "data.scale=[-1, 1]",
            text,
        )
    )


@pytest.mark.parametrize(
    "section",
    ["", "training: {}\n", "training: {optimizer: adam}\n", "training: {optimizer: {name: adam}}\n"],
)
def test_an_optimizer_takes_parameters_however_it_was_written(tmp_path, section):
    config = loaded(tmp_path, MINIMAL + section, "training.optimizer.learning_rate=0.1")
    assert config.training.optimizer.name == "adam"
    assert config.training.optimizer.parameters.learning_rate == 0.1


@pytest.mark.parametrize(
    "item", ["- classifier", "- classifier:", "- classifier: {}", "- classifier: {l1: 0.1}"]
)
def test_a_block_takes_parameters_however_it_was_written(tmp_path, item):
    config = loaded(tmp_path, MINIMAL.replace("- classifier", item), "model.2.classifier.l2=0.5")
    assert config.model[2].parameters.l2 == 0.5


def test_later_options_win_and_see_the_earlier_ones(tmp_path):
    config = loaded(
        tmp_path,
        MINIMAL,
        "training.epochs=1",
        "training.epochs=2",
        "augment=[random_flip]",
        "augment.0.random_flip.mode=vertical",
    )
    assert config.training.epochs == 2 and config.augment[0].parameters.mode == "vertical"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epochs", "--set expects KEY=VALUE, such as training.epochs=10, got the text 'epochs'."),
        ("=3", "--set expects KEY=VALUE, such as training.epochs=10, got the text '=3'."),
        ("a..b=3", "--set expects KEY=VALUE"),
        (".".join("a" * 30) + "=3", "--set expects KEY=VALUE"),
        ("model.9=flatten", "--set model.9=flatten: 'model.9': expected an index from 0 to 2, got '9'."),
        ("model.3.flatten=1", "'model.3': expected an index from 0 to 2, got '3'."),
        ("model.-1=flatten", "'model.-1': expected an index from 0 to 2, got '-1'."),
        ("model.²=flatten", "'model.²': expected an index from 0 to 2, got '²'."),
        ("model." + "9" * 5000 + "=flatten", "expected an index from 0 to 2, got '99999"),
        ("model.x=flatten", "'model.x': expected an index from 0 to 2, got 'x'."),
        ("training.class_weights.0=x", "--set training.class_weights.0=x, training.class_weights.0: expected a number, got the text 'x'."),
        ("training.optimizer.0=3", "training.optimizer.0: unknown key '0'; valid: learning_rate, "),
        ("training.metrics.0=auc", "'training.metrics' is empty: set the whole list, as in training.metrics=[...]."),
        ("augment.0=random_flip", "--set augment.0=random_flip: 'augment' is empty: set the whole list, as in augment=[...]."),
        ("name.x=1", "--set name.x=1: 'name.x' does not exist: its parent is the text 'sample'."),
        ("model.1.dense_block.units=1", "'model.1.dense_block' does not exist: its parent is the text 'flatten'."),
        ("data.dataset.x=1", "'data.dataset.x' does not exist: its parent is the text 'mnist10k'."),
        ("model.0.conv_block.filters=x", "c.yaml, --set model.0.conv_block.filters=x, model.0.conv_block.filters: expected a whole number, got the text 'x'."),
        ("model.0={conv_block: {filters: x}}", "c.yaml, --set model.0={conv_block: {filters: x}}, model.0.conv_block.filters: expected a whole"),
        ("training.epochs=010", "--set training.epochs=010, training.epochs: expected a whole number, got the text '010'"),
        ("training.deterministic=yes", "training.deterministic: expected true or false, got the text 'yes'."),
        ("training.metrics=[auc", "training.metrics: expected a list, got the text '[auc'."),
        ("training.epohs=3", "--set training.epohs=3, training.epohs: unknown key 'epohs' (did you mean 'epochs'?)"),
        ("trainng.epochs=3", "trainng: unknown key 'trainng' (did you mean 'training'?)"),
        ("model.0.conv.filters=1", "line 5, column 5, model.0: expected a block as 'name' or '{name: {parameters}}'"),
        ("name=", "--set name=, name: expected 1 to 100 printable characters, got the text ''."),
    ],
)  # fmt: skip
def test_a_bad_option_is_named(tmp_path, text, said):
    assert said in refusal(tmp_path, MINIMAL, text)


def test_precedence_is_file_smoke_set_then_repeats_and_seed(tmp_path):
    file = loaded(tmp_path, FULL)
    assert (file.repeats, file.seed, file.training.epochs, file.data.train_size) == (3, 7, 4, 100)
    smoke = loaded(tmp_path, FULL, smoke=True)
    assert (smoke.repeats, smoke.seed, smoke.training.epochs, smoke.data.limit_per_split) == (2, 7, 2, 48)
    chosen = loaded(tmp_path, FULL, "training.epochs=3", "repeats=5", "seed=1", smoke=True)
    assert (chosen.repeats, chosen.seed, chosen.training.epochs, chosen.data.limit_per_split) == (5, 1, 3, 48)
    last = loaded(tmp_path, FULL, "training.epochs=3", "repeats=5", "seed=1", smoke=True, repeats=9, seed=0)
    assert (last.repeats, last.seed, last.training.epochs, last.data.limit_per_split) == (9, 0, 3, 48)


def test_smoke_works_on_the_shortest_config(tmp_path):
    config = loaded(tmp_path, MINIMAL, smoke=True)
    assert (config.repeats, config.training.epochs, config.data.limit_per_split) == (2, 2, 48)


def test_a_bad_number_of_repeats_names_the_option(tmp_path):
    assert "c.yaml, --repeats, repeats: expected a number of at least 1" in refusal(
        tmp_path, MINIMAL, repeats=0
    )
    assert "c.yaml, --seed, seed: expected a number of at least 0" in refusal(tmp_path, MINIMAL, seed=-1)


def test_bundled_data_stand_in_for_the_data_set(tmp_path):
    config = loaded(tmp_path, MINIMAL.replace("mnist10k", "mnist\n  train_size: 5"), bundled=True)
    assert (config.data.dataset.name, config.data.train_size) == ("mnist10k", 5)
    own = MINIMAL.replace("mnist10k", "npz\n  path: x.npz")
    assert "no data that come with cnnlab can stand in for the data set 'npz'" in refusal(
        tmp_path, own, bundled=True
    )
    assert "unknown dataset" in refusal(tmp_path, MINIMAL.replace("mnist10k", "nothing"), bundled=True)


@pytest.mark.parametrize(
    ("data", "size", "crop"),
    [
        ("{dataset: pcam, crop: 32}", 96, 32),
        ("{dataset: pcam}", 96, None),
        ("{dataset: pcam_lab, train_size: 100}", 32, None),
        ("{dataset: pcam_synthetic, size: 40}", 40, None),
    ],
)
def test_bundled_patches_are_of_the_size_of_those_they_stand_for(tmp_path, data, size, crop):
    text = f"name: a\ndata: {data}\nmodel: [flatten, classifier]\n"
    chosen = loaded(tmp_path, text, bundled=True).data.dataset
    assert (chosen.name, chosen.parameters.size, chosen.parameters.crop) == ("pcam_synthetic", size, crop)
