#!/usr/bin/env python3
"""Values and gradients of losses with loops over time, by plain Python loops in dual numbers: one run for each parameter.

Writes tests/data/recurrences.txt, which tests/tests/recurrences.rs compares with the kernels. It shares nothing with them but the
inputs, which are a formula: `numbers`. A line is the name of a loss, the number of steps, the value, and the elements of the gradient
in the order of the parameters.

    python3 tests/recurrences.py > tests/data/recurrences.txt
"""

import math

LENGTHS = [0, 1, 2, 63, 64, 65, 5000]


class Dual:
    """A number and its derivative."""

    def __init__(self, value, slope=0.0):
        self.value, self.slope = value, slope

    @staticmethod
    def of(other):
        return other if isinstance(other, Dual) else Dual(float(other))

    def __add__(self, other):
        other = Dual.of(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __sub__(self, other):
        other = Dual.of(other)
        return Dual(self.value - other.value, self.slope - other.slope)

    def __mul__(self, other):
        other = Dual.of(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other):
        other = Dual.of(other)
        ratio = self.value / other.value
        return Dual(ratio, (self.slope - ratio * other.slope) / other.value)

    def __rsub__(self, other):
        return Dual.of(other) - self

    def __rtruediv__(self, other):
        return Dual.of(other) / self

    def __neg__(self):
        return Dual(-self.value, -self.slope)

    __radd__ = __add__
    __rmul__ = __mul__


def exp(x):
    e = math.exp(x.value)
    return Dual(e, e * x.slope)


def ln(x):
    return Dual(math.log(x.value), x.slope / x.value)


def tanh(x):
    t = math.tanh(x.value)
    return Dual(t, (1 - t * t) * x.slope)


def power(x, y):
    return exp(y * ln(x))


def numbers(count, seed, low=0.1, high=0.9):
    """Element i of the argument of this number, in (low, high)."""
    return [low + (high - low) * ((i * 7919 + seed * 104729) % 997) / 997 for i in range(count)]


def garch(steps, parameters):
    omega, alpha, beta = parameters
    y = numbers(steps, 1)
    h, loss = omega / (3 - alpha - beta), Dual(0)
    for t in range(steps):
        loss = loss + 0.5 * (ln(h) + y[t] * y[t] / h)
        h = omega + alpha * (y[t] * y[t]) + 0.5 * beta * h
    return loss


def arma(steps, parameters):
    a, b, c = parameters
    y = numbers(steps, 1)
    e, loss = Dual(0), Dual(0)
    for t in range(2, steps):
        e = y[t] - a * y[t - 1] - b * y[t - 2] - 0.5 * c * e
        loss = loss + e * e
    return loss


def holt(steps, parameters):
    alpha, beta, start = parameters
    y = numbers(steps, 1)
    level, trend, loss = start, 0.1 * start, Dual(0)
    for t in range(steps):
        ahead = level + trend
        loss = loss + (y[t] - ahead) * (y[t] - ahead)
        new = ahead + alpha * (y[t] - ahead)
        trend = trend + beta * (new - level - trend)
        level = new
    return loss


def kalman(steps, parameters):
    """A local level: the negative logarithm of the likelihood of y, whose mean is a random walk."""
    q, r, start = parameters
    y = numbers(steps, 1)
    m, p, loss = start, Dual(1), Dual(0)
    for t in range(steps):
        ahead = p + q
        s = ahead + r
        gain = ahead / s
        e = y[t] - m
        loss = loss + 0.5 * (ln(s) + e * e / s)
        m = m + gain * e
        p = (1 - gain) * ahead
    return loss


def hawkes(steps, parameters):
    """Events that excite each other, with an exponential kernel: `gap` is the time since the event before, `left` the time left."""
    mu, alpha, beta = parameters
    gap, left = numbers(steps, 1), numbers(steps, 2)
    a, loss = Dual(0), Dual(0)
    for t in range(steps):
        a = exp(-beta * gap[t]) * (1 + a)
        loss = loss + alpha / beta * (1 - exp(-beta * left[t])) - ln(mu + alpha * a)
    return loss


CARDS = 5


def reviews(steps, parameters):
    """Spaced repetition: stability and difficulty of a card change with each review; forgetting is a power of the time since."""
    w = parameters
    gap, seen, length = numbers(steps * CARDS, 1), numbers(steps * CARDS, 2), numbers(CARDS, 3)
    loss = Dual(0)
    for card in range(CARDS):
        s, d = exp(w[0]), 5 * w[1]
        for t in range(steps):
            at, y = gap[t * CARDS + card], 1.0 if seen[t * CARDS + card] > 0.4 else 0.0
            r = power(1 + at / (9 * s), -w[2])
            is_there = 1.0 if t < length[card] * 80 else 0.0
            loss = loss - is_there * (y * ln(r) + (1 - y) * ln(1.001 - r))
            up = s * (1 + exp(w[3] - 2) * (11 - d) * power(s, -w[4]) * (exp(w[5] * (1 - r)) - 1))
            down = w[6] * power(d, -w[7]) * (power(s + 1, w[8]) - 0.5) * exp(w[9] * (1 - r))
            new = up if y > 0.5 else down
            if is_there > 0.5:
                s, d = new, d + w[10] * (5 - d) + (0.2 if y < 0.5 else 0.0)
    return loss


LOSSES = {garch: 3, arma: 3, holt: 3, kalman: 3, hawkes: 3, reviews: 11}

for loss, count in LOSSES.items():
    for steps in LENGTHS:
        values = numbers(count, 10)
        runs = [loss(steps, [Dual(x, float(i == k)) for i, x in enumerate(values)]) for k in range(count)]
        print(loss.__name__, steps, repr(runs[0].value), *(repr(run.slope) for run in runs))
