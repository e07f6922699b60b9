"""Makes torch-generator.json: what PyTorch (a build without MKL) draws on the CPU. Run it as `python3 test/torch-generator.py > test/torch-generator.json`."""
import json

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils import data

torch.set_num_threads(1)


def numbers(t):
    return [float(f"{x:.10g}") for x in t.detach().double().flatten().tolist()]


def empty(*sizes, dtype=torch.float32):
    return torch.zeros(*sizes, dtype=dtype)


# One stream: each draw goes on where the one before stopped.
stream = [
    "rand 1", "randn 5", "rand 7 float64", "randn 3", "randn 4 float64", "randn 16", "randn 37", "randn 40 float64", "randn 15",
    "randint -3 9 11", "random_ int32", "random_ int64", "random_ uint8", "random_ bool", "random_ float32", "randperm 1", "randperm 13", "randn 1",
    "uniform_ -0.37 1.9 9", "uniform_ -0.37 1.9 9 float64", "normal_ 2 0.3 4", "normal_ 2 0.3 21", "exponential_ 2.5 6", "exponential_ 2.5 6 float64",
    "bernoulli_ 0.3 12", "bernoulli 0.3 12", "bernoulli 0.3 12 float64", "dropout 0.7 12", "dropout2d 0.5", "alpha_dropout 0.4 9",
    "multinomial 5 true", "multinomial 3 false", "multinomial 1 true", "multinomial rows", "normal tensors", "gumbel_softmax",
    "randperm 700", "rand 1300",
]


def draw(line):
    name, *rest = line.split()
    dtype = torch.float32
    if rest and rest[-1] == "float64":
        dtype = torch.float64
        rest.pop()
    if name == "random_":
        x = empty(9, dtype=getattr(torch, rest[0])).random_()
        # This library's int64 holds 32 bits.
        return x % 2**31 if rest[0] == "int64" else x
    if name == "multinomial":
        if rest[0] == "rows":
            return torch.multinomial(torch.tensor([[0.1, 0.2, 0.7], [3.0, 1.0, 1.0]]), 4, replacement=True)
        return torch.multinomial(torch.tensor([0.1, 0.2, 0.7, 0.4]), int(rest[0]), replacement=rest[1] == "true")
    if name == "normal":
        return torch.normal(torch.arange(4.0), torch.tensor([[1.0], [2.0]]))
    if name == "gumbel_softmax":
        return F.gumbel_softmax(torch.arange(6.0).reshape(2, 3))
    if name == "dropout2d":
        return F.dropout2d(torch.ones(2, 5, 2, 2))
    a = [float(x) for x in rest]
    n = int(a[-1])
    if name in ("rand", "randn"):
        return getattr(torch, name)(n, dtype=dtype)
    if name == "randint":
        return torch.randint(int(a[0]), int(a[1]), (n,))
    if name == "randperm":
        return torch.randperm(n)
    if name == "bernoulli":
        return torch.bernoulli(torch.full((n,), a[0], dtype=dtype))
    if name == "dropout":
        return F.dropout(torch.ones(n), a[0])
    if name == "alpha_dropout":
        return F.alpha_dropout(torch.ones(n), a[0], training=True)
    return getattr(empty(n, dtype=dtype), name)(*a[:-1])


torch.manual_seed(2**40 + 5)
draws = [[line, numbers(draw(line))] for line in stream]

modules = {
    "Linear": lambda: nn.Linear(7, 3),
    "Bilinear": lambda: nn.Bilinear(2, 3, 2),
    "Conv1d": lambda: nn.Conv1d(4, 2, 3, groups=2),
    "Conv2d": lambda: nn.Conv2d(2, 3, 3),
    "Conv3d": lambda: nn.Conv3d(1, 2, 2, bias=False),
    "ConvTranspose2d": lambda: nn.ConvTranspose2d(2, 3, 2),
    "Embedding": lambda: nn.Embedding(5, 4, padding_idx=1),
    "PReLU": lambda: nn.PReLU(),
    "RNN": lambda: nn.RNN(3, 2, num_layers=2),
    "LSTM": lambda: nn.LSTM(3, 2, bidirectional=True),
    "GRU": lambda: nn.GRU(3, 2),
    "LSTMCell": lambda: nn.LSTMCell(2, 3),
    "MultiheadAttention": lambda: nn.MultiheadAttention(4, 2),
    "MultiheadAttention of others": lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=5, add_bias_kv=True),
    "TransformerEncoderLayer": lambda: nn.TransformerEncoderLayer(4, 2, dim_feedforward=3),
    "TransformerDecoderLayer": lambda: nn.TransformerDecoderLayer(4, 2, dim_feedforward=3),
    "Sequential": lambda: nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.LayerNorm(3), nn.Linear(3, 1)),
}
initial = {}
for name, make in modules.items():
    torch.manual_seed(3)
    state = make().state_dict()
    initial[name] = {key: numbers(value) for key, value in state.items() if value.is_floating_point()}

fills = {
    "uniform_": lambda t: nn.init.uniform_(t, -2, 3),
    "normal_": lambda t: nn.init.normal_(t, 1, 2),
    "trunc_normal_": lambda t: nn.init.trunc_normal_(t, 0.5, 1, -1, 1),
    "xavier_uniform_": lambda t: nn.init.xavier_uniform_(t, gain=2),
    "xavier_normal_": nn.init.xavier_normal_,
    "kaiming_uniform_": nn.init.kaiming_uniform_,
    "kaiming_normal_": lambda t: nn.init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu"),
    "orthogonal_": nn.init.orthogonal_,
    "sparse_": lambda t: nn.init.sparse_(t, 0.4),
}
inits = {}
for name, fill in fills.items():
    torch.manual_seed(4)
    inits[name] = [numbers(fill(empty(5, 3))), numbers(fill(empty(3, 5))), numbers(fill(empty(4, 4)))]


# What is drawn after a stack of layers was made: copies draw nothing.
stacks = {
    "TransformerEncoder": lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, dim_feedforward=3), 3),
    "TransformerDecoder": lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, dim_feedforward=3), 2),
    "Transformer": lambda: nn.Transformer(4, 2, 2, 2, dim_feedforward=3),
}
after = {}
for name, make in stacks.items():
    torch.manual_seed(6)
    model = make()
    after[name] = [sum(numbers(p.abs().sum())[0] for p in model.parameters()), numbers(torch.rand(3))]

# Masks between layers.
recurrent = {}
for batch_first in (False, True):
    for name in ("RNN", "LSTM", "GRU"):
        torch.manual_seed(7)
        layer = getattr(nn, name)(3, 2, num_layers=3, dropout=0.5, bidirectional=name == "GRU", batch_first=batch_first)
        recurrent[f"{name} {'N' if batch_first else 'L'}"] = numbers(layer(torch.randn(4, 5, 3))[0])


def order(batches):
    return [b if isinstance(b, list) else b.tolist() for b in batches]


ten = list(range(10))
samplers = {}


def sample(name, make):
    torch.manual_seed(5)
    made = make()
    samplers[name] = [order(made), order(made), numbers(torch.rand(1))]


sample("shuffled loader", lambda: data.DataLoader(ten, batch_size=4, shuffle=True))
sample("shuffled loader, dropLast", lambda: data.DataLoader(ten, batch_size=4, shuffle=True, drop_last=True))
sample("ordered loader", lambda: data.DataLoader(ten, batch_size=4))
sample("loader with a generator", lambda: data.DataLoader(ten, batch_size=4, shuffle=True, generator=torch.default_generator))


class Whole:
    """A sampler's order as one batch."""

    def __init__(self, sampler):
        self.sampler = sampler

    def __iter__(self):
        return iter([list(self.sampler)])


sample("random", lambda: Whole(data.RandomSampler(ten)))
sample("random, fifteen", lambda: Whole(data.RandomSampler(ten, num_samples=15)))
sample("random with replacement", lambda: Whole(data.RandomSampler(ten, replacement=True, num_samples=35)))
sample("random with a generator", lambda: Whole(data.RandomSampler(ten, generator=torch.default_generator)))
sample("subset", lambda: Whole(data.SubsetRandomSampler([3, 1, 4, 1, 5, 9])))
sample("weighted", lambda: Whole(data.WeightedRandomSampler([0.1, 3, 0, 2, 1], 8)))
sample("weighted without replacement", lambda: Whole(data.WeightedRandomSampler([0.1, 3, 0, 2, 1], 3, replacement=False)))
torch.manual_seed(5)
split = [list(part) for part in data.random_split(ten, [7, 3])]

# A whole training run: initial weights, orders and masks are drawn in turn.
torch.manual_seed(42)
x = torch.randn(60, 8)
y = (x[:, 0] * x[:, 1] > 0).long()
loader = data.DataLoader(data.TensorDataset(x, y), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
losses = []
for epoch in range(5):
    for a, b in loader:
        loss = F.cross_entropy(model(a), b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses += numbers(loss)

print(json.dumps({"source": f"PyTorch {torch.__version__}", "draws": draws, "initial": initial, "inits": inits, "after": after, "recurrent": recurrent, "samplers": samplers, "split": split, "losses": losses}))
