import numpy as np
import tensorflow as tf


class DataGenerator:
    def __init__(self, name='mnist', verbose=True):
        (self.x_train, self.y_train), (self.x_test, self.y_test) = tf.keras.datasets.mnist.load_data()
        self.K = 10
        self.y_train_oh = np.eye(10)[self.y_train]
        self.y_test_oh = np.eye(10)[self.y_test]
        self.verbose = verbose
