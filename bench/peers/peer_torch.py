"""PyTorch: python peer_torch.py eager|channels-last|compiled ARCHITECTURE BATCH EPOCHS"""

import sys

import torch
from torch import nn

from peer import ARCHITECTURE, BATCH, DEEP, EPSILON, RATE, SLOPE, THREADS, TUTORIAL, Epochs, images, stepped

MODE = sys.argv[1]
LAYOUT = torch.channels_last if MODE == "channels-last" else torch.contiguous_format


class Images(nn.Module):
    """Reshapes vectors into images."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.view(-1, *self.shape).contiguous(memory_format=LAYOUT)


def dense(widths):
    layers = []
    for rows, columns in zip(widths, widths[1:]):
        layers += [nn.Linear(rows, columns), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers)


def conv():
    layers = [Images(1, 28, 28)]
    for channels, filters in [(1, 16), (16, 8), (8, 8)]:
        layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
    for channels, filters, padding in [(8, 8, 1), (8, 8, 1), (8, 16, 0)]:
        layers += [nn.Conv2d(channels, filters, 3, padding=padding), nn.ReLU(), nn.Upsample(scale_factor=2)]
    return nn.Sequential(*layers, nn.Conv2d(16, 1, 3, padding=1), nn.Flatten())


def strided():
    def normalised(channels):
        return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01), nn.SiLU()

    def down(channels, filters):
        return nn.Conv2d(channels, filters, 3, stride=2, padding=1, bias=False)

    def up(channels, filters, bias):
        return nn.ConvTranspose2d(channels, filters, 3, stride=2, padding=1, output_padding=1, bias=bias)

    return nn.Sequential(
        Images(1, 28, 28), down(1, 32), *normalised(32), down(32, 64), *normalised(64),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 30), nn.Linear(30, 64 * 7 * 7), Images(64, 7, 7), *normalised(64),
        up(64, 32, False), *normalised(32), up(32, 1, True), nn.Flatten(),
    )  # fmt: skip


MODELS = {  # each with its loss; convolutional models return logits and leave the sigmoid to the loss
    "tutorial": (lambda: dense(TUTORIAL), nn.functional.mse_loss),
    "deep": (lambda: dense(DEEP), nn.functional.mse_loss),
    "conv": (conv, nn.functional.binary_cross_entropy_with_logits),
    "conv-strided": (strided, nn.functional.binary_cross_entropy_with_logits),
}

torch.manual_seed(1)
torch.set_num_threads(THREADS)
data = torch.tensor(images()).float() / 255  # gathering floats is faster than gathering bytes and converting them
build, loss_of = MODELS[ARCHITECTURE]
model = build().to(memory_format=LAYOUT)
for name, weight in model.named_parameters():
    if weight.dim() > 1:
        nn.init.xavier_uniform_(weight)
    elif name.endswith("bias"):
        nn.init.zeros_(weight)
adam = torch.optim.Adam(model.parameters(), RATE, eps=EPSILON, fused=True)


def forward(x):
    return loss_of(model(x), x)


if MODE == "compiled":
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
