"""The peers of another language: JAX compiled, PyTorch eager and compiled. Those that can't be imported are left out.

Started by `cargo bench --bench peers --features peers -- --python`, which writes questions, a line of JSON each, and reads
answers. The inputs are made here by the generator of src/inputs.rs, so that none has to be sent.
"""

import json
import os
import sys
import time

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 1
# Before anything is imported: pools of threads are made then.
for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
    os.environ[name] = str(THREADS)
if hasattr(os, "sched_setaffinity"):
    # XLA has as many threads as it may use processors, and no other setting.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

import numpy as np


def whole(seed, count):
    """A hash of 32 bits of each place."""
    x = np.arange(count, dtype=np.uint32) + np.uint32(seed * 0x9E3779B9 % 2**32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def numbers(seed, spec, dtype):
    hashes = whole(seed, spec["rows"] * spec["columns"])
    if spec["kind"] == "labels":
        return (hashes % np.uint32(spec["scale"])).astype(np.int64)
    if spec["kind"] == "whole":
        values = hashes % np.uint32(spec["scale"])
    else:
        values = spec["scale"] * ((hashes >> np.uint32(8)).astype(np.float64) / 8388608.0 - 1.0)
    return values.astype(dtype).reshape(spec["rows"], spec["columns"])


class Jax:
    def __init__(self):
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax = jax
        self.name = "jax jit"

    def open(self, family, data, parameters):
        jax, jnp = self.jax, self.jax.numpy
        data = [jnp.asarray(a) for a in data]
        self.parameters = [jnp.asarray(a) for a in parameters]

        def loss(parameters, data):
            x, y = data
            if family == "two layers" or family == "three layers":
                h = x
                for w in parameters[:-1]:
                    h = jnp.tanh(h @ w)
                return jnp.sum((h @ parameters[-1] - y) ** 2)
            z = x @ parameters[0]
            if family == "softmax":
                picked = jnp.take_along_axis(z, y[:, None], axis=1)[:, 0]
                return jnp.sum(jax.nn.logsumexp(z, axis=1) - picked)
            if family == "logistic":
                return jnp.sum(jax.nn.softplus(z) - y * z)
            if family == "huber":
                e = jnp.abs(z - y)
                near = jnp.minimum(e, 1)
                return jnp.sum(near * (e - 0.5 * near))
            return jnp.sum(jnp.exp(z) - y * z)

        compiled = jax.jit(jax.value_and_grad(loss))
        self.call = lambda: jax.block_until_ready(compiled(self.parameters, data))

    def result(self):
        value, gradients = self.call()
        return float(value), [np.asarray(g) for g in gradients]


class Torch:
    def __init__(self, compiled):
        import torch

        torch.set_num_threads(THREADS)
        self.torch, self.compiled = torch, compiled
        self.name = "torch comp" if compiled else "torch"

    def open(self, family, data, parameters):
        torch = self.torch
        x, y = (torch.from_numpy(a) for a in data)
        self.parameters = [torch.from_numpy(a.copy()).requires_grad_() for a in parameters]

        def loss(x, y, *parameters):
            if family == "two layers" or family == "three layers":
                h = x
                for w in parameters[:-1]:
                    h = torch.tanh(h @ w)
                return torch.sum((h @ parameters[-1] - y) ** 2)
            z = x @ parameters[0]
            if family == "softmax":
                return torch.nn.functional.cross_entropy(z, y, reduction="sum")
            if family == "logistic":
                return torch.sum(torch.nn.functional.softplus(z) - y * z)
            if family == "huber":
                return torch.nn.functional.huber_loss(z, y, reduction="sum")
            return torch.sum(torch.exp(z) - y * z)

        if self.compiled:
            # For these sizes alone: what it knows of other cases would make it compile for any.
            torch._dynamo.reset()
        function = torch.compile(loss, dynamic=False) if self.compiled else loss

        def call():
            value = function(x, y, *self.parameters)
            return value, torch.autograd.grad(value, self.parameters)

        self.call = call

    def result(self):
        value, gradients = self.call()
        return value.item(), [g.numpy() for g in gradients]


def answer(question, peers):
    if "open" in question:
        dtype = np.float32 if question["precision"] == "f32" else np.float64
        inputs = [(spec, numbers(i + 1, spec, dtype)) for i, spec in enumerate(question["inputs"])]
        data = [a for spec, a in inputs if not spec["is_parameter"]]
        parameters = [a for spec, a in inputs if spec["is_parameter"]]
        for peer in peers.values():
            peer.open(question["open"], data, parameters)
        return {}
    if "evaluate" in question:
        value, gradients = peers[question["evaluate"]].result()
        np.concatenate([g.ravel() for g in gradients]).astype("<f8").tofile(question["gradient"])
        return {"value": value}
    call = peers[question["time"]].call
    # As measure.rs has it: on one processor, without the time that others had it.
    clock = time.process_time if THREADS == 1 else time.perf_counter
    begin = clock()
    for _ in range(question["calls"]):
        call()
    return {"seconds": (clock() - begin) / question["calls"]}


def main():
    peers, notes = {}, []
    for name, make in [("JAX", Jax), ("PyTorch", lambda: Torch(False)), ("compiled PyTorch", lambda: Torch(True))]:
        try:
            peer = make()
            peers[peer.name] = peer
        except ImportError as error:
            notes.append(f"{name} is left out: {error}")
    print(json.dumps({"peers": list(peers), "notes": notes}), flush=True)
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), peers)
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
