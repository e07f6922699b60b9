"""PyTorch as a player: reads questions as lines of JSON from standard input and answers them on standard output. The number of threads is its argument.

The specs, the numbers that they are made of and the order of parameters are those of src/cases. Nothing of it changes PyTorch but the number of threads; the
environment that it is started with (which kernels, how many threads of the linear algebra library) is the starter's matter.
"""

import json
import os
import signal
import sys
import time

# Ctrl-C reaches every process of the terminal; who asks decides when the questions end.
signal.signal(signal.SIGINT, signal.SIG_IGN)
threads = int(sys.argv[1])


def send(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


try:
    import numpy as np
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except Exception as error:
    send({"absent": f"{sys.executable} can't import torch and numpy: {error}"})
    sys.exit(0)

torch.set_num_threads(threads)

LEFT, RIGHT, BATCH, LABEL, PARAMETER = 1, 2, 10, 100, 1000
BATCHES = 4


# The numbers of src/cases/numbers.ts.


def hashes(size, seed):
    with np.errstate(over="ignore"):
        h = (np.arange(1, size + 1, dtype=np.uint32) * np.uint32(0x9E3779B1)) + np.uint32(
            seed * 0x85EBCA77 & 0xFFFFFFFF
        )
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        return h ^ (h >> np.uint32(16))


def uniform(shape, seed, low=0.0, high=1.0):
    size = int(np.prod(shape))
    values = low + (high - low) / 2**32 * hashes(size, seed).astype(np.float64)
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def integers(shape, seed, limit):
    size = int(np.prod(shape))
    values = np.floor(hashes(size, seed).astype(np.float64) / 2**32 * limit)
    return torch.from_numpy(values.astype(np.int64)).reshape(shape)


def fill(model):
    with torch.no_grad():
        for i, (name, p) in enumerate(model.named_parameters()):
            if p.dim() == 1 and name.endswith("weight"):
                p.fill_(1)
            else:
                bound = 0.1 if p.dim() == 1 else (p.numel() / p.shape[0]) ** -0.5
                p.copy_(uniform(tuple(p.shape), PARAMETER + i, -bound, bound))


# Cases: each prepares and returns values, what to call, and whether calls record gradients.


def probes(result):
    flat = result.reshape(-1)
    return [float(flat[i]) for i in (0, flat.numel() // 2, flat.numel() - 1)]


def operation(call):
    with torch.no_grad():
        return probes(call()), call, False


def signed(seed, *shape):
    return uniform(shape, seed, -1, 1)


def matmul(s):
    m, k, n = s["m"], s["k"], s["n"]
    a = signed(LEFT, k, m).t() if s.get("transposeA") else signed(LEFT, m, k)
    b = signed(RIGHT, n, k).t() if s.get("transposeB") else signed(RIGHT, k, n)
    return operation(lambda: a @ b)


def ladder(s):
    m, k, n = s["m"], s["k"], s["n"]
    a, b = signed(LEFT, m, k), signed(RIGHT, k, n)

    def loops():
        c = torch.zeros(m, n)
        for i in range(m):
            for j in range(n):
                for l in range(k):
                    c[i, j] += a[i, l] * b[l, j]
        return c

    def rows():
        c = torch.zeros(m, n)
        for i in range(m):
            for j in range(n):
                c[i, j] = (a[i] * b[:, j]).sum()
        return c

    def broadcast():
        c = torch.zeros(m, n)
        for i in range(m):
            c[i] = (a[i].unsqueeze(-1) * b).sum(dim=0)
        return c

    rungs = {
        "loops": loops,
        "rows": rows,
        "broadcast": broadcast,
        "einsum": lambda: torch.einsum("ik,kj->ij", a, b),
        "matmul": lambda: a @ b,
    }
    return operation(rungs[s["rung"]])


def vector(s):
    x = signed(LEFT, s["size"])
    return operation(x.exp if s["kind"] == "exp" else x.sum)


def matrix(s):
    x, row = signed(LEFT, s["rows"], s["columns"]), signed(RIGHT, s["columns"])
    calls = {
        "softmax": lambda: torch.softmax(x, -1),
        "broadcastAdd": lambda: x + row,
        "transposeCopy": lambda: x.t().contiguous(),
    }
    return operation(calls[s["kind"]])


def tiny_add(s):
    a, b = signed(LEFT, s["size"]), signed(RIGHT, s["size"])
    return operation(lambda: a + b)


def chain(s):
    w = uniform((s["size"],), LEFT, 0.99, 1.01).requires_grad_()
    v = signed(RIGHT, s["size"])
    adds, length = s["op"] == "add", s["length"]

    def forward_backward():
        z = w
        if adds:
            for _ in range(length):
                z = z + v
        else:
            for _ in range(length):
                z = z * w
        total = z.sum()
        total.backward()
        return total

    def call():
        forward_backward()
        w.grad = None

    values = [float(forward_backward()), float(w.grad[0])]
    w.grad = None
    return values, call, True


def full_batch(s):
    rows, inputs, hidden = s["rows"], s["inputs"], s["hidden"]
    x, t = uniform((rows, inputs), BATCH), uniform((rows, 1), LABEL)
    first, second = inputs**-0.5, hidden**-0.5
    w1 = uniform((inputs, hidden), PARAMETER, -first, first).requires_grad_()
    w2 = uniform((hidden, 1), PARAMETER + 1, -second, second).requires_grad_()

    def forward_backward():
        loss = ((torch.relu(x @ w1) @ w2 - t) ** 2).mean()
        loss.backward()
        return loss

    def call():
        forward_backward()
        w1.grad = w2.grad = None

    values = [float(forward_backward()), float(w1.grad[0, 0]), float(w2.grad[0, 0])]
    w1.grad = w2.grad = None
    return values, call, True


class Block(nn.Module):
    def __init__(self, width, heads, block):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.heads = heads
        self.register_buffer("future", ~torch.tril(torch.ones(block, block)).bool())

    def forward(self, x):
        batch, block, width = x.shape
        size = width // self.heads
        parts = self.qkv(self.norm1(x)).split(width, -1)
        q, k, v = (z.view(batch, block, self.heads, size).transpose(1, 2) for z in parts)
        scores = (q @ k.transpose(-1, -2)) * size**-0.5
        mixed = scores.masked_fill(self.future, float("-inf")).softmax(-1) @ v
        x = x + self.projection(mixed.transpose(1, 2).reshape(batch, block, width))
        return x + self.narrow(F.gelu(self.widen(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self, s):
        super().__init__()
        width = s["width"]
        self.tokens = nn.Embedding(s["vocabulary"], width)
        self.positions = nn.Embedding(s["block"], width)
        self.blocks = nn.Sequential(*[Block(width, s["heads"], s["block"]) for _ in range(s["layers"])])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, s["vocabulary"], bias=False)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions(torch.arange(tokens.shape[1]))
        return self.head(self.norm(self.blocks(x))).flatten(0, 1)


def training(s):
    kind = s["kind"]
    if kind == "mlp":
        sizes = s["sizes"]
        layers = [layer for i, o in zip(sizes, sizes[1:]) for layer in (nn.Linear(i, o), nn.ReLU())]
        model = nn.Sequential(*layers[:-1])
        shape, classes = (s["batch"], sizes[0]), sizes[-1]
    elif kind == "cnn":
        model = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(1568, 10),
        )
        shape, classes = (s["batch"], 1, 28, 28), 10
    else:
        model = Gpt(s)
        shape, classes = (s["batch"], s["block"]), s["vocabulary"]
    fill(model)
    if kind == "gpt":
        optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
    elif kind == "mlp" and s["optimizer"] == "sgd":
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    rows = shape[0] * shape[1] if kind == "gpt" else shape[0]
    batches = [
        (
            integers(shape, BATCH + i, classes) if kind == "gpt" else uniform(shape, BATCH + i),
            integers((rows,), LABEL + i, classes),
        )
        for i in range(BATCHES)
    ]
    number = [0]

    def call():
        x, y = batches[number[0] % BATCHES]
        number[0] += 1
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return [float(call()), float(call())], call, True


CASES = {
    "matmul": matmul,
    "ladder": ladder,
    "exp": vector,
    "sum": vector,
    "softmax": matrix,
    "broadcastAdd": matrix,
    "transposeCopy": matrix,
    "tinyAdd": tiny_add,
    "chain": chain,
    "mlp": training,
    "fullBatch": full_batch,
    "cnn": training,
    "gpt": training,
}


def handicap():
    """Why this PyTorch is slower than it could be, or None. Only Linux tells which libraries a process has loaded."""
    torch.ones(64, 64) @ torch.ones(64, 64)
    try:
        with open("/proc/self/maps") as maps:
            loaded = maps.read()
    except OSError:
        return None
    if "/libblas.so" in loaded and "openblas" not in loaded and "mkl" not in loaded and "blis" not in loaded:
        return "its matrix products come from the reference BLAS; install OpenBLAS (Debian: libopenblas0-pthread)"
    return None


def main():
    kernels = os.environ.get("ATEN_CPU_CAPABILITY", "as built")
    reason = handicap()
    blas = "reference BLAS" if reason is not None else f"OpenBLAS {os.environ.get('OPENBLAS_CORETYPE', 'as built')}"
    greeting = {
        "ready": f"PyTorch {torch.__version__}, {threads} thread{'' if threads == 1 else 's'}, kernels {kernels}, {blas}"
    }
    send(greeting if reason is None else {**greeting, "handicap": reason})
    call, records = None, False
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if question["do"] == "prepare":
                call = None
                spec = question["spec"]
                values, call, records = CASES[spec["kind"]](spec)
                send({"values": values})
            elif question["do"] == "sample":
                # Once around all calls: entering takes about as long as a small addition.
                with torch.set_grad_enabled(records):
                    start = time.perf_counter()
                    for _ in range(question["calls"]):
                        call()
                    ms = (time.perf_counter() - start) * 1e3
                send({"ms": ms})
            elif question["do"] == "release":
                call = None
                send({"released": True})
            else:
                send({"failed": f"this player can't {question['do']}"})
        except Exception as error:
            send({"failed": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"})


main()
