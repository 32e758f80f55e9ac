"""PyTorch: python peer_torch.py eager|compiled ARCHITECTURE EPOCHS"""

import sys

import torch
from torch import nn

from peer import ARCHITECTURE, BATCH, DEEP, EPSILON, RATE, SLOPE, THREADS, TUTORIAL, Epochs, images, stepped


def dense(widths):
    layers = []
    for rows, columns in zip(widths, widths[1:]):
        layers += [nn.Linear(rows, columns), nn.LeakyReLU(SLOPE)]
        nn.init.xavier_uniform_(layers[-2].weight)
        nn.init.zeros_(layers[-2].bias)
    return nn.Sequential(*layers)


MODELS = {"tutorial": lambda: dense(TUTORIAL), "deep": lambda: dense(DEEP)}

torch.manual_seed(1)
torch.set_num_threads(THREADS)
data = torch.tensor(images()).float() / 255  # gathering floats is faster than gathering bytes and converting them
model = MODELS[ARCHITECTURE]()
adam = torch.optim.Adam(model.parameters(), RATE, eps=EPSILON, fused=True)


def forward(x):
    return nn.functional.mse_loss(model(x), x)


if sys.argv[1] == "compiled":
    forward = torch.compile(forward, dynamic=False)


def step(x):
    loss = forward(x)
    adam.zero_grad()
    loss.backward()
    adam.step()
    return loss.detach() * len(x)


epochs = Epochs()
for epoch in epochs:
    total = 0
    for i, batch in enumerate(torch.randperm(len(data)).split(BATCH)):
        total += step(data[batch])
        if epoch == 1 and i == 0:
            stepped()
    epochs.ended(total / len(data))
