"""What is said of configs that are YAML, but wrong: each by its text."""

# ruff: noqa: E501  (one case, one line)

import pytest

from tests.sample_configs import FULL, MINIMAL, loaded, refusal


def training(text: str) -> str:
    return MINIMAL + f"training: {{{text}}}\n"


def augment(text: str) -> str:
    return MINIMAL + f"augment: [{text}]\n"


def data(text: str) -> str:
    return MINIMAL.replace("mnist10k", f"mnist10k\n  {text}")


DATA_KEYS = (
    "valid: dataset, train_size, validation_fraction, stratified, scale, standardize, "
    "limit_per_split, group_blocks, audit, memory_budget"
)
SECTIONS = "valid: name, seed, repeats, extensions, data, preprocess, augment, augmentation_check, model, training, evaluation, logging, resources, published, sweep"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        # Unknown keys and names, with the valid ones and the nearest
        (MINIMAL + "trainng: {}\n", f"8, column 1, trainng: unknown key 'trainng' (did you mean 'training'?); {SECTIONS}."),
        (MINIMAL + "Seed: 1\n", "line 8, column 1, Seed: unknown key 'Seed' (did you mean 'seed'?); valid: "),
        (training("epoch: 1"), "8, column 12, training.epoch: unknown key 'epoch' (did you mean 'epochs'?); valid: "),
        (data("trainsize: 1"), f"4, column 3, data.trainsize: unknown key 'trainsize' (did you mean 'train_size'?); {DATA_KEYS}."),
        (data("path: x"), f"line 4, column 3, data.path: unknown key 'path'; {DATA_KEYS}."),
        (data("name: x"), f"line 4, column 3, data.name: unknown key 'name'; {DATA_KEYS}."),
        (
            MINIMAL.replace("mnist10k", "npz\n  path: x\n  pth: y"),
            f"line 5, column 3, data.pth: unknown key 'pth' (did you mean 'path'?); {DATA_KEYS}, path, test_fraction, classes, positive.",
        ),
        (
            MINIMAL.replace("{filters: 4}", "{filters: 4, dropuot: 0.1}"),
            "line 5, column 30, model.0.conv_block.dropuot: unknown key 'dropuot' (did you mean 'dropout'?); valid: filters,",
        ),
        (MINIMAL.replace("- flatten", "- flatten: {x: 1}"), "line 6, column 15, model.1.flatten.x: unknown key 'x'; it takes none."),
        (
            MINIMAL.replace("conv_block", "conv_bock"),
            "line 5, column 5, model.0: unknown block 'conv_bock' (did you mean 'conv_block'?); valid: activation, ",
        ),
        (augment("random_flp"), "line 8, column 11, augment.0: unknown augmentation 'random_flp' (did you mean 'random_flip'?)"),
        (augment("random_crop"), "augment.0: unknown augmentation 'random_crop'"),
        (MINIMAL.replace("mnist10k", "mnist1k"), "line 3, column 3, data.dataset: unknown dataset 'mnist1k' (did you mean 'mnist10k'?); valid: folder, "),
        (training("optimizer: adm"), "training.optimizer: unknown optimizer 'adm' (did you mean 'adam'?); valid: adam, adamw, rmsprop, sgd."),
        (training("optimizer: {name: adam, lr: 0.1}"), "line 8, column 36, training.optimizer.lr: unknown key 'lr'; valid: learning_rate, "),
        (training("metrics: [acuracy]"), "training.metrics.0: unknown metric 'acuracy' (did you mean 'accuracy'?)"),
        (training("schedule: cosin"), "training.schedule: unknown schedule 'cosin' (did you mean 'cosine'?)"),
        # Missing keys
        ("name: a\n", "line 1, column 1, data: this key is required."),
        (MINIMAL.replace("  dataset: mnist10k", "  train_size: 3"), "line 2, column 1, data.dataset: this key is required."),
        (MINIMAL.replace("mnist10k", "npz"), "line 2, column 1, data.path: this key is required."),
        (MINIMAL.replace(": {filters: 4}", ""), "line 5, column 5, model.0.conv_block.filters: this key is required."),
        (MINIMAL.replace(" {filters: 4}", ""), "line 5, column 5, model.0.conv_block.filters: this key is required."),
        (training("schedule: step"), "line 8, column 12, training.schedule.every_epochs: this key is required."),
        # Wrong types
        (training("epochs: '3'"), "training.epochs: expected a whole number, got the text '3' (leave out the quotes)."),
        (training("epochs: 3.0"), "training.epochs: expected a whole number, got the number 3.0."),
        (training("epochs: true"), "training.epochs: expected a whole number, got true."),
        (training("epochs: null"), "training.epochs: expected a whole number, got nothing."),
        (training("epochs: [3]"), "training.epochs: expected a whole number, got a list of 1."),
        (training("epochs: {a: 1}"), "training.epochs: expected a whole number, got a map with a."),
        (training("deterministic: 1"), "training.deterministic: expected true or false, got the number 1."),
        (
            training("checkpoint_every: {}"),
            "training.checkpoint_every: expected epochs, seconds or both, such as {seconds: 60}.",
        ),
        (
            training("checkpoint_every: {seconds: 0}"),
            "training.checkpoint_every.seconds: expected a number above 0, got the number 0.",
        ),
        (
            data("memory_budget: 2 GBs"),
            "data.memory_budget: expected a number of megabytes, or text such as 2 GB or 500 MB, got the text '2 GBs'.",
        ),
        (data("memory_budget: -1"), "data.memory_budget: expected a number of at least 0, got the number -1."),
        (data("standardize: 1"), "data.standardize: expected true or false, got the number 1."),
        (training("steps_per_epoch: 0"), "training.steps_per_epoch: expected a number of at least 1, got the number 0."),
        (training("class_weights: equal"), "training.class_weights: expected balanced, or a map of keys and values, got the text 'equal'."),
        (training('class_weights: {"3": 0}'), "training.class_weights.3: expected a number above 0, got the number 0."),
        (training('class_weights: {"11": 2}'), "training.class_weights.11: 'mnist10k' has no class '11'"),
        (training("label_smoothing: x"), "training.label_smoothing: expected a number, got the text 'x'."),
        (training("label_smoothing: .nan"), "training.label_smoothing: expected a finite number, got the number nan."),
        (training("label_smoothing: .inf"), "training.label_smoothing: expected a finite number, got the number inf."),
        (training("label_smoothing: 1.0e+999"), "training.label_smoothing: expected a finite number, got the number inf."),
        (training("threads: x"), "training.threads: expected a whole number, or auto, got the text 'x'."),
        (training("precision: float16"), "training.precision: expected float32, mixed_float16 or mixed_bfloat16, got the text 'float16'."),
        (training("device: tpu"), "training.device: expected auto, cpu, gpu or gpu:N, got the text 'tpu'."),
        (MINIMAL + "training: 3\n", "line 8, column 1, training: expected a map of keys and values, got the number 3."),
        (MINIMAL + "training: [1, 2]\n", "training: expected a map of keys and values, got a list of 2."),
        (MINIMAL + "augment:\n", "line 8, column 1, augment: expected a list, got nothing (an empty list is [])."),
        (MINIMAL + "augment: {random_flip: {}}\n", "augment: expected a list, got a map with random_flip."),
        (MINIMAL.replace("sample", "7"), "line 1, column 1, name: expected text, got the number 7."),
        (data("scale: 1"), "data.scale: expected a list, got the number 1."),
        (data("scale: [1]"), "data.scale: expected a longer list, got a list of 1."),
        (data("scale: [0, 1, 2]"), "data.scale: expected a list of 2, got a list of 3."),
        (data("scale: [0, a]"), "line 4, column 14, data.scale.1: expected a number, got the text 'a'."),
        (MINIMAL.replace("mnist10k", "[a]"), "data.dataset: expected the name of a data set, got a list of 1."),
        (augment("random_flip: 3"), "augment.0: expected an augmentation as 'name' or '{name: {parameters}}' (such as aug_mix, auto_"),
        (augment("{random_flip: {}, solarization: {}}"), "(such as aug_mix, auto_contrast, equalization), got a map with random_flip, solarization."),
        (training("optimizer: {momentum: 0.9}"), "expected an optimizer as 'name' or '{name: ..., parameters}' (such as adam, adamw, rmsprop), got a map with momentum."),
        (augment("random_rotation: {factor: a}"), "augment.0.random_rotation.factor: expected a number, or a list, got the text 'a'."),
        (augment("random_rotation: {factor: [a, 0.1]}"), "augment.0.random_rotation.factor.0: expected a number, got the text 'a'."),
        (augment("random_rotation: {factor: [0.1]}"), "factor: expected a number, or a longer list, got a list of 1."),
        # Out of range
        (MINIMAL + "seed: -1\n", "line 8, column 1, seed: expected a number of at least 0, got the number -1."),
        (MINIMAL + f"seed: {2**63}\n", f"seed: expected a number below {2**63}, got the number {2**63}."),
        (MINIMAL + "repeats: 0\n", "repeats: expected a number of at least 1, got the number 0."),
        (MINIMAL.replace("sample", "''"), "name: expected 1 to 100 printable characters, got the text ''."),
        (MINIMAL.replace("sample", '"a\\nb"'), "name: expected 1 to 100 printable characters, got the text 'a\\nb'."),
        (training("threads: 0"), "training.threads: expected a number of at least 1, or auto, got the number 0."),
        (training("label_smoothing: 1"), "training.label_smoothing: expected a number below 1, got the number 1."),
        (MINIMAL.replace("filters: 4", "filters: 0"), "model.0.conv_block.filters: expected a number of at least 1, got the number 0."),
        ("name: a\ndata: {dataset: mnist}\nmodel: []\n", "line 3, column 1, model: expected at least 1 item, got an empty list."),
        (data("scale: [1, 0]"), "data.scale: expected [low, high] with low below high, got [1.0, 0.0]."),
        (augment("random_rotation: {factor: 3}"), "factor: expected a number of at most 1, or a list, got the number 3."),
        (augment("random_rotation: {factor: [0.2, 0.1]}"), "factor: expected [low, high] with low not above high, got [0.2, 0.1]."),
        (augment("random_zoom: {height_factor: -1}"), "height_factor: expected a number above -1, or a list, got the number -1."),
        (augment("random_contrast: {factor: -0.1}"), "factor: expected a number of at least 0, or a list, got the number -0.1."),
        (augment("random_posterization: {factor: 9}"), "factor: expected a number of at most 8, or a list, got the number 9."),
        (augment("random_gaussian_blur: {kernel_size: 4}"), "kernel_size: expected an odd number, got 4."),
        (training("schedule: {name: reduce_on_plateau, factor: 1}"), "training.schedule.factor: expected a number below 1, got the number 1."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_where_it_stands(tmp_path, content, said):
    message = refusal(tmp_path, content)
    assert said in message and message.startswith("c.yaml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            training("restore_best: val_auc"),
            "line 8, column 12, training.restore_best: 'val_auc' is not computed: add 'auc' to training.metrics; "
            "with these metrics there are val_loss, val_cross_entropy, val_accuracy.",
        ),
        (training("early_stopping: {monitor: val_recall}"), "training.early_stopping.monitor: 'val_recall' is not computed: add"),
        (
            training("schedule: {name: reduce_on_plateau, monitor: val_auc}"),
            "line 8, column 48, training.schedule.monitor: 'val_auc' is not computed: add 'auc' to training.metrics",
        ),
        (training("restore_best: val_accurcy"), "'val_accurcy' is not computed (did you mean 'val_accuracy'?)"),
        (training("restore_best: val_top_5, metrics: [top_k: {k: 3}]"), "'val_top_5' is not computed (did you mean 'val_top_3'?)"),
        (
            training("restore_best: test_accuracy"),
            "restore_best: expected a figure of the validation split, such as val_loss, got the text 'test_accuracy': "
            "nothing else may choose an epoch.",
        ),
        (
            data("validation_fraction: 0") + "training: {early_stopping: {}}\n",
            "training.early_stopping.monitor: val_loss needs validation images, but data.validation_fraction is 0 and the "
            "data set 'mnist10k' brings none of its own.",
        ),
        (training("metrics: [auc, auc]"), "training.metrics: the metric 'auc' is listed twice."),
        (training("metrics: [top_k: {k: 11}]"), "training.metrics: top_k expects a k of at most 10, the number of classes of 'mnist10k', got 11."),
        (training("schedule: {name: cosine, minimum: 0.1}"), "schedule.minimum: expected at most the optimizer's learning_rate, 0.001, got 0.1."),
        (
            training("schedule: {name: reduce_on_plateau, min_learning_rate: 0.1}"),
            "training.schedule.min_learning_rate: expected at most the optimizer's learning_rate, 0.001, got 0.1.",
        ),
        (training("optimizer: {name: sgd, nesterov: true}"), "training.optimizer: nesterov looks ahead along the momentum: give a momentum above 0"),
        (
            MINIMAL.replace("conv_block: {filters: 4}", "conv: {filters: 4, strides: 2, dilation_rate: 2}"),
            "line 5, column 5, model.0: strides and dilation_rate cannot both be above 1: leave one of them out.",
        ),
        (
            MINIMAL.replace("  - classifier\n", ""),
            "line 6, column 5, model.1: the last block must give one probability per class: end the list with 'classifier', "
            "not 'flatten'.",
        ),
        (training("metrics: [specificity]"), "training.metrics: specificity is for two classes, and 'mnist10k' has 10."),
        (training("metrics: [f1]"), "training.metrics: f1 is for two classes, and 'mnist10k' has 10: take f1_macro."),
        (training("restore_best: val_f1_macro"), "'val_f1_macro' is not computed: add 'f1_macro' to training.metrics;"),
        (MINIMAL + "evaluation: {tta: flip}", "evaluation.tta: unknown view set 'flip' (did you mean 'flips'?); valid: d4, flips, none, random."),
        (MINIMAL + "evaluation: {tta: null}", "evaluation.tta: expected a view set as 'name' or '{name: ..., parameters}' (such as d4, flips, none), got nothing."),
        (augment("random_hue: {factor: 0.1}"), "augment.0.random_hue: random_hue needs images with 3 channels, red, green and blue; those of 'mnist10k' have 1."),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_together_are_refused(tmp_path, content, said):
    assert said in refusal(tmp_path, content)


def test_what_fits_together_is_welcome(tmp_path):
    """Loading each of them raises no ConfigError."""
    loaded(tmp_path, training("restore_best: val_recall, metrics: [recall]"))
    loaded(tmp_path, training("metrics: [top_k: {k: 2}, top_k: {k: 10}], restore_best: val_top_10"))
    loaded(tmp_path, data("validation_fraction: 0"))
    loaded(tmp_path, augment("random_color_jitter: {brightness_factor: 0.1}"))
    own = MINIMAL.replace("mnist10k", "npz\n  path: x.npz\n  validation_fraction: 0")
    loaded(tmp_path, own + "training: {restore_best: val_loss}\n")  # the archive may bring a validation split
    loaded(tmp_path, own + "augment: [random_hue: {factor: 0.1}]\n")


def test_all_problems_are_listed_at_once(tmp_path):
    content = MINIMAL.replace("filters: 4", "filter: 4") + "seed: x\ntraining: {epochs: 0, batchsize: 1}\n"
    lines = refusal(tmp_path, content).splitlines()
    assert lines[0] == "c.yaml has 5 problems:"
    keys = [line.split(", ")[2].split(":")[0] for line in lines[1:]]
    expected = {
        "seed",
        "model.0.conv_block.filters",
        "model.0.conv_block.filter",
        "training.epochs",
        "training.batchsize",
    }
    assert set(keys) == expected
    assert all(line.startswith("  line ") for line in lines[1:])


def test_accuracy_is_always_computed(tmp_path):
    names = [item.name for item in loaded(tmp_path, training("metrics: [auc]")).training.metrics]
    assert names == ["accuracy", "auc"]
    names = [item.name for item in loaded(tmp_path, training("metrics: [auc, accuracy]")).training.metrics]
    assert names == ["auc", "accuracy"]


def test_the_config_is_frozen(tmp_path):
    config = loaded(tmp_path, FULL)
    for part in (config, config.training, config.data, config.model[0], config.model[0].parameters):
        with pytest.raises(Exception, match=r"frozen|cannot assign"):
            part.name = "other"


def test_two_extensions_of_one_name_are_refused(tmp_path):
    """The second copy in the run folder would replace the first."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(f"word = '{folder}'\n")
    text = MINIMAL + "extensions: [a/mine.py, b/mine.py]\n"
    assert "extensions.1: another extension is called mine.py too" in refusal(tmp_path, text)
