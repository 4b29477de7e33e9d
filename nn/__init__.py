"""Networks of Values: modules, losses, optimisers, saving."""

from nn.data import accuracy, minibatches
from nn.losses import cross_entropy, hinge, mse, squared_error
from nn.module import MLP, Layer, Module, Neuron
from nn.optimisers import SGD, Adam
from nn.saving import load, save
from nn.schedules import constant, cosine, exponential, warmup

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "Layer",
    "Module",
    "Neuron",
    "accuracy",
    "constant",
    "cosine",
    "cross_entropy",
    "exponential",
    "hinge",
    "load",
    "minibatches",
    "mse",
    "save",
    "squared_error",
    "warmup",
]
