"""Makes a model in PyTorch as its users write them, saves its state dictionary as model.safetensors, and saves images as
x.npy and what the model predicts of them as y.npy, both pixel by pixel: (n, height, width, channels).

python peers_import.py CASE"""

import sys

import numpy
import torch
from safetensors.torch import load_file, save_file, save_model
from torch import nn

torch.manual_seed(7)
ROWS = 5


def mirrored(sizes, act, last, code=None):
    """An encoder and a decoder of dense layers."""

    def half(sizes, end):
        layers = []
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            layers += [nn.Linear(a, b), act() if i < len(sizes) - 2 else end]
        return nn.Sequential(*[layer for layer in layers if layer])

    model = nn.Sequential()
    model.encoder = half(sizes, code)
    model.decoder = half(sizes[::-1], last)
    return model


class Strided(nn.Module):
    """As most write it: padding=1, biases before norms, PyTorch's epsilon."""

    def __init__(self, channels, side, latent):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(channels, 32, 3, stride=2, padding=1), nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.bn1, self.bn2, self.bn3, self.bn4 = nn.BatchNorm2d(32), nn.BatchNorm2d(64), nn.BatchNorm2d(64), nn.BatchNorm2d(32)
        self.fc1, self.fc2 = nn.Linear(64 * (side // 4) ** 2, latent), nn.Linear(latent, 64 * (side // 4) ** 2)
        self.deconv1 = nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1)
        self.deconv2 = nn.ConvTranspose2d(32, channels, 3, stride=2, padding=1, output_padding=1)
        self.small = (64, side // 4, side // 4)
        for bn in (self.bn1, self.bn2, self.bn3, self.bn4):
            nn.init.uniform_(bn.weight, 0.5, 1.5)
            nn.init.normal_(bn.bias)
            bn.running_mean.normal_()
            bn.running_var.uniform_(1e-5, 2e-3)  # so small that the epsilon counts

    def forward(self, x):
        act = nn.functional.silu
        x = act(self.bn2(self.conv2(act(self.bn1(self.conv1(x))))))
        x = self.fc2(self.fc1(x.flatten(1))).view(-1, *self.small)
        return torch.sigmoid(self.deconv2(act(self.bn4(self.deconv1(act(self.bn3(x)))))))


class Blog(nn.Module):
    """The convolutional autoencoder of the Keras blog, in PyTorch."""

    def __init__(self, channels):
        super().__init__()
        pool = lambda: nn.MaxPool2d(2, ceil_mode=True)
        up = lambda: nn.Upsample(scale_factor=2)
        conv = lambda a, b, padding=1: nn.Conv2d(a, b, 3, padding=padding)
        self.net = nn.Sequential(
            conv(channels, 16), nn.SiLU(), pool(), conv(16, 8), nn.SiLU(), pool(), conv(8, 8), nn.SiLU(), pool(),
            conv(8, 8), nn.SiLU(), up(), conv(8, 8), nn.SiLU(), up(), conv(8, 16, 0), nn.SiLU(), up(), conv(16, channels), nn.Sigmoid())

    def forward(self, x):
        return self.net(x)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc_mu, self.fc_logvar = nn.Linear(64, 20), nn.Linear(20, 3), nn.Linear(20, 3)
        self.decode1, self.decode2 = nn.Linear(3, 20), nn.Linear(20, 64)

    def forward(self, x):
        mu = self.fc_mu(torch.relu(self.fc1(x)))
        return torch.sigmoid(self.decode2(torch.relu(self.decode1(mu))))


class Tied(nn.Module):
    """A decoder with the transposed kernels of the encoder, of which only biases are in the dictionary."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(64, 16), nn.Linear(16, 4)
        self.bias1, self.bias2 = nn.Parameter(torch.randn(16)), nn.Parameter(torch.randn(64))

    def forward(self, x):
        code = self.b(nn.functional.gelu(self.a(x)))
        x = nn.functional.gelu(nn.functional.linear(code, self.b.weight.t(), self.bias1))
        return torch.sigmoid(nn.functional.linear(x, self.a.weight.t(), self.bias2))


def leaky():
    return nn.LeakyReLU(0.3)


CASES = {  # the model and the shape of an image
    "tutorial": (lambda: nn.Sequential(nn.Linear(784, 300), leaky(), nn.Linear(300, 2), leaky(), nn.Linear(2, 300), leaky(), nn.Linear(300, 784), leaky()), (1, 28, 28)),
    "deep": (lambda: mirrored([784, 60, 30, 5], nn.GELU, nn.Sigmoid()), (1, 28, 28)),
    "half": (lambda: mirrored([784, 60, 30, 5], nn.GELU, nn.Sigmoid()), (1, 28, 28)),
    "bfloat16": (lambda: mirrored([784, 60, 30, 5], nn.GELU, nn.Sigmoid()), (1, 28, 28)),
    "double": (lambda: mirrored([784, 60, 30, 5], nn.GELU, nn.Sigmoid()), (1, 28, 28)),
    "colour": (lambda: mirrored([3 * 64, 40, 6], nn.ReLU, nn.Sigmoid()), (3, 8, 8)),
    "square": (lambda: mirrored([16, 16, 16], nn.ReLU, nn.Sigmoid()), (1, 4, 4)),
    "strided": (lambda: Strided(1, 28, 10), (1, 28, 28)),
    "strided-colour": (lambda: Strided(3, 16, 10), (3, 16, 16)),
    "blog": (lambda: Blog(1), (1, 28, 28)),
    "vae": (lambda: VAE(), (1, 8, 8)),
    "compiled": (lambda: mirrored([64, 10, 3], nn.Tanh, nn.Sigmoid()), (1, 8, 8)),
    "parallel": (lambda: mirrored([64, 10, 3], nn.Tanh, nn.Sigmoid()), (1, 8, 8)),
    "tied": (lambda: Tied(), (1, 8, 8)),
    "shared": (lambda: mirrored([64, 12, 12, 4], nn.Tanh, nn.Sigmoid()), (1, 8, 8)),
    "tied-view": (lambda: mirrored([64, 12, 4], nn.Tanh, nn.Sigmoid()), (1, 8, 8)),
    "pickle": (lambda: mirrored([64, 10, 3], nn.Tanh, nn.Sigmoid()), (1, 8, 8)),
}
case = sys.argv[1]
make, shape = CASES[case]
model = make().eval()
if case == "shared":  # one layer in two places
    model.decoder[2].weight = model.encoder[2].weight
if case in ("half", "bfloat16", "double"):
    dtype = {"half": torch.float16, "bfloat16": torch.bfloat16, "double": torch.float64}[case]
    save_file({k: v.to(dtype) for k, v in model.state_dict().items()}, "model.safetensors")
    model.load_state_dict({k: v.float() for k, v in load_file("model.safetensors").items()})
elif case == "compiled":
    save_file(torch.compile(model).state_dict(), "model.safetensors")
elif case == "parallel":
    save_file(nn.DataParallel(model).state_dict(), "model.safetensors")
elif case == "shared":
    save_model(model, "model.safetensors")
elif case == "tied-view":  # two parameters over one memory, one transposed: safetensors 0.8.0 refuses both ways, and names no tensor
    model.decoder[0].weight = nn.Parameter(model.encoder[2].weight.t())
    for save, what in ((save_file, model.state_dict()), (save_model, model)):
        try:
            save(what, "model.safetensors")
            sys.exit(f"{save.__name__} saves tied weights now: say so in the message about pickles")
        except RuntimeError as fault:
            assert "view size is not compatible" in str(fault), fault
    save_file({k: v.contiguous().clone() for k, v in model.state_dict().items()}, "model.safetensors")
elif case == "pickle":
    torch.save(model.state_dict(), "model.pt")
    torch.save(model.state_dict(), "old.pth", _use_new_zipfile_serialization=False)
    torch.jit.script(model).save("script.pt")
else:
    save_file(model.state_dict(), "model.safetensors")

x = torch.rand(ROWS, *shape)
with torch.no_grad():
    y = model(x.flatten(1) if case not in ("strided", "strided-colour", "blog") else x).view(ROWS, *shape)
for name, images in (("x.npy", x), ("y.npy", y)):
    numpy.save(name, numpy.ascontiguousarray(images.permute(0, 2, 3, 1).numpy(), dtype=numpy.float32))
