"""Networks of Values: modules, losses, optimisers, saving."""

import autograd

if not hasattr(autograd, "Value"):
    raise ImportError(
        f"the package autograd in {autograd.__file__} is not glassgrad's but another one, such as HIPS autograd: "
        "use separate environments for the two, and reinstall glassgrad in this one"
    )

from nn.blocks import Embedding, LayerNorm, Sequential
from nn.clipping import clip_grad_norm_, clip_grad_value_
from nn.data import accuracy, minibatches
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge,
    mse,
    squared_error,
)
from nn.module import MLP, Layer, Module, Neuron
from nn.optimisers import SGD, Adam, AdamW
from nn.saving import load, save
from nn.schedules import constant, cosine, exponential, warmup

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "Embedding",
    "Layer",
    "LayerNorm",
    "Module",
    "Neuron",
    "Sequential",
    "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "clip_grad_norm_",
    "clip_grad_value_",
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
