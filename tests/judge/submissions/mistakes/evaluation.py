"""Mistakes in `evaluate` and the functions that it calls for loss and accuracy."""

from .mistake import Mistake


def in_evaluate(name, identifier, description, vectorised, loops, grade="required"):
    """A mistake in `evaluate`, with the replacements for each style."""
    return Mistake(name, identifier, "evaluate", grade, description, vectorised, loops)


LOSS = "    return -np.mean(np.sum(y_oh * np.log(np.clip(p, 1e-12, 1)), axis=1))\n"
TERM_LOOPS = """\
                if y_oh[n, k] == 1:
                    loss -= math.log(max(p[n, k], 1e-12))
"""
RESULT_LOOPS = "        return loss / len(p), 100 * right / len(p)\n"
RIGHT = "    return 100 * np.mean(np.argmax(p, axis=1) == y)\n"
RIGHT_LOOPS = "            if np.argmax(p[n]) == y[n]:\n                right += 1\n"
TEST_SET_LOOPS = "self.loss_and_accuracy(d.x_test, d.y_test, d.y_test_oh)\n"


def prints(name, identifier, description, line, wrong, line_loops, wrong_loops):
    """A mistake in one printed value, the same in what the loops' `evaluate` returns."""
    return_loops = "        return loss1, acc1, loss2, acc2\n"
    returned = f"        return {', '.join(wrong_loops)}\n"
    return in_evaluate(
        name,
        identifier,
        description,
        ((line, wrong),),
        ((line_loops[0], line_loops[1]), (return_loops, returned)),
    )


MISTAKES = [
    in_evaluate(
        "loss_averaged_over_classes",
        "loss_averaged_over_classes",
        "the mean over samples and classes: a factor of 1/K",
        ((LOSS, "    return -np.mean(y_oh * np.log(np.clip(p, 1e-12, 1)))\n"),),
        ((RESULT_LOOPS, RESULT_LOOPS.replace("loss / len(p)", "loss / p.size")),),
    ),
    in_evaluate(
        "loss_summed",
        "loss_summed",
        "the sum over the samples, not their mean",
        ((LOSS, "    return -np.sum(y_oh * np.log(np.clip(p, 1e-12, 1)))\n"),),
        ((RESULT_LOOPS, RESULT_LOOPS.replace("loss / len(p)", "loss")),),
    ),
    in_evaluate(
        "loss_is_mean_squared_error",
        "loss_is_mean_squared_error",
        "the mean of the squared differences over samples and classes",
        ((LOSS, "    return np.mean((p - y_oh) ** 2)\n"),),
        (
            (TERM_LOOPS, "                loss += (p[n, k] - y_oh[n, k]) ** 2\n"),
            (RESULT_LOOPS, RESULT_LOOPS.replace("loss / len(p)", "loss / p.size")),
        ),
    ),
    in_evaluate(
        "loss_is_squared_error_summed_over_classes",
        "loss_is_mean_squared_error",
        "the squared differences, summed over the classes and averaged over the samples",
        ((LOSS, "    return np.mean(np.sum((p - y_oh) ** 2, axis=1))\n"),),
        ((TERM_LOOPS, "                loss += (p[n, k] - y_oh[n, k]) ** 2\n"),),
    ),
    in_evaluate(
        "loss_is_mean_absolute_error",
        "loss_is_mean_absolute_error",
        "the mean of the absolute differences over samples and classes",
        ((LOSS, "    return np.mean(np.abs(p - y_oh))\n"),),
        (
            (TERM_LOOPS, "                loss += abs(p[n, k] - y_oh[n, k])\n"),
            (RESULT_LOOPS, RESULT_LOOPS.replace("loss / len(p)", "loss / p.size")),
        ),
    ),
    in_evaluate(
        "loss_is_binary_cross_entropy",
        "loss_is_binary_cross_entropy",
        "the mean over all classes of the cross-entropy of yes and no",
        (
            (
                LOSS,
                "    p = np.clip(p, 1e-12, 1 - 1e-12)\n"
                "    return -np.mean(y_oh * np.log(p) + (1 - y_oh) * np.log(1 - p))\n",
            ),
        ),
        (
            (
                TERM_LOOPS,
                TERM_LOOPS + "                else:\n"
                "                    loss -= math.log(max(1 - p[n, k], 1e-12))\n",
            ),
            (RESULT_LOOPS, RESULT_LOOPS.replace("loss / len(p)", "loss / p.size")),
        ),
    ),
    in_evaluate(
        "loss_sign_lost",
        "loss_sign_lost",
        "the minus before the sum is missing",
        ((LOSS, LOSS.replace("-np.mean", "np.mean")),),
        ((TERM_LOOPS, TERM_LOOPS.replace("loss -=", "loss +=")),),
    ),
    in_evaluate(
        "loss_in_bits",
        "loss_log_base",
        "the logarithm to base 2",
        ((LOSS, LOSS.replace("np.log(", "np.log2(")),),
        ((TERM_LOOPS, TERM_LOOPS.replace("math.log(", "math.log2(")),),
    ),
    in_evaluate(
        "loss_with_decimal_logarithm",
        "loss_log_base",
        "the logarithm to base 10",
        ((LOSS, LOSS.replace("np.log(", "np.log10(")),),
        ((TERM_LOOPS, TERM_LOOPS.replace("math.log(", "math.log10(")),),
    ),
    in_evaluate(
        "log_of_zero",
        "log_of_zero",
        "nothing keeps a probability of zero from the logarithm",
        ((LOSS, LOSS.replace("np.clip(p, 1e-12, 1)", "p")),),
        ((TERM_LOOPS, TERM_LOOPS.replace("max(p[n, k], 1e-12)", "p[n, k]")),),
        grade="robust",
    ),
    in_evaluate(
        "log_of_zero_of_the_right_class",
        "log_of_zero",
        "only the right class' probability is looked up, and it can be zero",
        ((LOSS, "    return -np.mean(np.log(np.sum(p * y_oh, axis=1)))\n"),),
        ((TERM_LOOPS, TERM_LOOPS.replace("math.log(max(p[n, k], 1e-12))", "np.log(p[n, k])")),),
        grade="robust",
    ),
    prints(
        "test_loss_prints_train_loss",
        "test_loss_prints_train_loss",
        "the line of the test loss shows the training loss",
        "print('Test loss: %.4f' % test_loss)",
        "print('Test loss: %.4f' % train_loss)",
        ('{:.4f}".format(loss2))', '{:.4f}".format(loss1))'),
        ("loss1", "acc1", "loss1", "acc2"),
    ),
    prints(
        "train_loss_prints_test_loss",
        "train_loss_prints_test_loss",
        "the line of the training loss shows the test loss",
        "print('Train loss: %.4f' % train_loss)",
        "print('Train loss: %.4f' % test_loss)",
        ('{:.4f}".format(loss1))', '{:.4f}".format(loss2))'),
        ("loss2", "acc1", "loss2", "acc2"),
    ),
    prints(
        "test_accuracy_prints_train_accuracy",
        "accuracy_of_wrong_set",
        "the line of the test accuracy shows the training accuracy",
        "print('Test accuracy: %.2f' % test_accuracy)",
        "print('Test accuracy: %.2f' % train_accuracy)",
        ('{:.2f}".format(acc2))', '{:.2f}".format(acc1))'),
        ("loss1", "acc1", "loss2", "acc1"),
    ),
    prints(
        "train_accuracy_prints_test_accuracy",
        "accuracy_of_wrong_set",
        "the line of the training accuracy shows the test accuracy",
        "print('Train accuracy: %.2f' % train_accuracy)",
        "print('Train accuracy: %.2f' % test_accuracy)",
        ('{:.2f}".format(acc1))', '{:.2f}".format(acc2))'),
        ("loss1", "acc2", "loss2", "acc2"),
    ),
    in_evaluate(
        "test_accuracy_of_validation_set",
        "accuracy_of_wrong_set",
        "the test accuracy is that of the validation set",
        (
            (
                "test_accuracy = accuracy(p_test, data.y_test)",
                "test_accuracy = accuracy(self.feedforward(data.x_valid), data.y_valid)",
            ),
        ),
        (
            (
                TEST_SET_LOOPS,
                TEST_SET_LOOPS
                + "        acc2 = self.loss_and_accuracy(d.x_valid, d.y_valid, d.y_valid_oh)[1]\n",
            ),
        ),
    ),
    in_evaluate(
        "test_set_is_validation_set",
        "test_set_is_validation_set",
        "both test lines are computed on the validation set",
        (
            ("p_test = self.feedforward(data.x_test)", "p_test = self.feedforward(data.x_valid)"),
            ("cross_entropy(p_test, data.y_test_oh)", "cross_entropy(p_test, data.y_valid_oh)"),
            ("accuracy(p_test, data.y_test)", "accuracy(p_test, data.y_valid)"),
        ),
        ((TEST_SET_LOOPS, TEST_SET_LOOPS.replace("_test", "_valid")),),
    ),
    in_evaluate(
        "train_and_test_exchanged",
        "train_and_test_exchanged",
        "the training lines show the test set's numbers and the reverse",
        (
            ("p_train = self.feedforward(data.x_train)", "p_train = self.feedforward(data.x_test)"),
            ("p_test = self.feedforward(data.x_test)", "p_test = self.feedforward(data.x_train)"),
            ("cross_entropy(p_train, data.y_train_oh)", "cross_entropy(p_train, data.y_test_oh)"),
            ("cross_entropy(p_test, data.y_test_oh)", "cross_entropy(p_test, data.y_train_oh)"),
            ("accuracy(p_train, data.y_train)", "accuracy(p_train, data.y_test)"),
            ("accuracy(p_test, data.y_test)", "accuracy(p_test, data.y_train)"),
        ),
        (
            ("        loss1, acc1 = self", "        loss3, acc3 = self"),
            ("        loss2, acc2 = self", "        loss1, acc1 = self"),
            (
                '        print("\\tTrain loss:',
                '        loss2, acc2 = loss3, acc3\n        print("\\tTrain loss:',
            ),
        ),
    ),
    in_evaluate(
        "argmax_wrong_axis",
        "argmax_wrong_axis",
        "the likeliest sample of each class in place of the likeliest class of each sample",
        (
            (RIGHT, "    return 100 * np.mean(np.argmax(p, axis=0) == np.argmax(y_oh, axis=0))\n"),
            ("def accuracy(p, y):", "def accuracy(p, y_oh):"),
            ("accuracy(p_train, data.y_train)", "accuracy(p_train, data.y_train_oh)"),
            ("accuracy(p_test, data.y_test)", "accuracy(p_test, data.y_test_oh)"),
        ),
        (
            (RIGHT_LOOPS, ""),
            (
                RESULT_LOOPS,
                "        for k in range(p.shape[1]):\n"
                "            if np.argmax(p[:, k]) == np.argmax(y_oh[:, k]):\n"
                "                right += 1\n"
                "        return loss / len(p), 100 * right / p.shape[1]\n",
            ),
        ),
    ),
    in_evaluate(
        "argmin_in_place_of_argmax",
        "argmin_in_place_of_argmax",
        "the unlikeliest class is taken for the answer",
        ((RIGHT, RIGHT.replace("argmax", "argmin")),),
        ((RIGHT_LOOPS, RIGHT_LOOPS.replace("argmax", "argmin")),),
    ),
    in_evaluate(
        "accuracy_is_error_rate",
        "accuracy_is_error_rate",
        "the share of wrong answers",
        ((RIGHT, RIGHT.replace("== y", "!= y")),),
        ((RIGHT_LOOPS, RIGHT_LOOPS.replace("== y", "!= y")),),
    ),
    in_evaluate(
        "accuracy_divided_by_train_size",
        "accuracy_divided_by_train_size",
        "the right answers are divided by the size of the training set, for the test set too",
        (
            (
                "test_accuracy = accuracy(p_test, data.y_test)",
                "test_accuracy = accuracy(p_test, data.y_test) * len(p_test) / data.N_train",
            ),
        ),
        ((RESULT_LOOPS, RESULT_LOOPS.replace("right / len(p)", "right / self.dataset.N_train")),),
    ),
    in_evaluate(
        "accuracy_over_all_outputs",
        "accuracy_over_all_outputs",
        "the rounded outputs are compared with the one-hot labels number by number",
        (
            (RIGHT, "    return 100 * np.mean((p > 0.5) == (y == 1))\n"),
            ("accuracy(p_train, data.y_train)", "accuracy(p_train, data.y_train_oh)"),
            ("accuracy(p_test, data.y_test)", "accuracy(p_test, data.y_test_oh)"),
        ),
        (
            (
                RIGHT_LOOPS,
                "            for k in range(p.shape[1]):\n"
                "                if (p[n, k] > 0.5) == (y_oh[n, k] == 1):\n"
                "                    right += 1\n",
            ),
            (RESULT_LOOPS, RESULT_LOOPS.replace("right / len(p)", "right / p.size")),
        ),
    ),
    in_evaluate(
        "test_accuracy_line_missing",
        "line_missing",
        "the line of the test accuracy is not printed",
        (("        print('Test accuracy: %.2f' % test_accuracy)\n", ""),),
        (('        print("\\tTest accuracy:  {:.2f}".format(acc2))\n', ""),),
    ),
]
