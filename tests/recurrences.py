#!/usr/bin/env python3
"""Values and gradients of losses with loops over time, by plain Python loops over numbers that keep a tape of what was done to them.

Writes tests/data/recurrences.txt, which tests/tests/recurrences.rs compares with the kernels. It shares nothing with them but the
inputs, which are a formula: `numbers`. A line is the name of a loss, the number of steps, the value, and the elements of the gradient
in the order of the parameters.

    python3 tests/recurrences.py > tests/data/recurrences.txt
"""

import math
from array import array

LENGTHS = [0, 1, 2, 63, 64, 65, 5000]

# Of each number on the tape, the two that it was made of, and its derivatives by them.
MADE_OF, SLOPES = (array("q"), array("q")), (array("d"), array("d"))


class Number:
    """A number, and its place on the tape."""

    __slots__ = ("value", "place")

    def __init__(self, value, a=None, slope_a=0.0, b=None, slope_b=0.0):
        self.value, self.place = value, len(MADE_OF[0])
        for of, slopes, other, slope in zip(MADE_OF, SLOPES, (a, b), (slope_a, slope_b)):
            of.append(-1 if other is None else other.place)
            slopes.append(slope)

    @staticmethod
    def of(other):
        return other if isinstance(other, Number) else Number(float(other))

    def __add__(self, other):
        if not isinstance(other, Number):
            return Number(self.value + other, self, 1.0)
        return Number(self.value + other.value, self, 1.0, other, 1.0)

    def __sub__(self, other):
        if not isinstance(other, Number):
            return Number(self.value - other, self, 1.0)
        return Number(self.value - other.value, self, 1.0, other, -1.0)

    def __mul__(self, other):
        if not isinstance(other, Number):
            return Number(self.value * other, self, other)
        return Number(self.value * other.value, self, other.value, other, self.value)

    def __truediv__(self, other):
        if not isinstance(other, Number):
            return Number(self.value / other, self, 1 / other)
        ratio = self.value / other.value
        return Number(ratio, self, 1 / other.value, other, -ratio / other.value)

    def __rsub__(self, other):
        return Number(other - self.value, self, -1.0)

    def __rtruediv__(self, other):
        return Number.of(other) / self

    def __neg__(self):
        return Number(-self.value, self, -1.0)

    __radd__ = __add__
    __rmul__ = __mul__


def exp(x):
    e = math.exp(x.value)
    return Number(e, x, e)


def ln(x):
    return Number(math.log(x.value), x, 1 / x.value)


def tanh(x):
    t = math.tanh(x.value)
    return Number(t, x, 1 - t * t)


def power(x, y):
    return exp(y * ln(x))


def sigmoid(x):
    return 1 / (1 + exp(-x))


def lse(xs):
    """The logarithm of the sum of exponentials, in which the largest number is a constant."""
    most = max(x.value for x in xs)
    return ln(total([exp(x - most) for x in xs])) + most


def total(xs):
    sum_ = Number(0.0)
    for x in xs:
        sum_ = sum_ + x
    return sum_


def dot(xs, ys):
    return total([x * y for x, y in zip(xs, ys)])


def matrix(values, columns):
    """Rows of so many numbers."""
    return [values[i : i + columns] for i in range(0, len(values), columns)]


def transposed(a):
    return [list(column) for column in zip(*a)]


def product(a, b):
    columns = transposed(b)
    return [[dot(row, column) for column in columns] for row in a]


def plus(a, b, sign=1.0):
    return [[x + sign * y for x, y in zip(*rows)] for rows in zip(a, b)]


def taken(values, *counts):
    """The values of several parameters, one after the other."""
    at, parts = 0, []
    for count in counts:
        parts.append(values[at : at + count])
        at += count
    return parts


def numbers(count, seed, low=0.1, high=0.9):
    """Element i of the argument of this number, in (low, high)."""
    return [low + (high - low) * ((i * 7919 + seed * 104729) % 997) / 997 for i in range(count)]


def garch(steps, parameters):
    omega, alpha, beta = parameters
    y = numbers(steps, 1)
    h, loss = omega / (3 - alpha - beta), Number(0)
    for t in range(steps):
        loss = loss + 0.5 * (ln(h) + y[t] * y[t] / h)
        h = omega + alpha * (y[t] * y[t]) + 0.5 * beta * h
    return loss


def arma(steps, parameters):
    a, b, c = parameters
    y = numbers(steps, 1)
    e, loss = Number(0), Number(0)
    for t in range(2, steps):
        e = y[t] - a * y[t - 1] - b * y[t - 2] - 0.5 * c * e
        loss = loss + e * e
    return loss


def holt(steps, parameters):
    alpha, beta, start = parameters
    y = numbers(steps, 1)
    level, trend, loss = start, 0.1 * start, Number(0)
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
    m, p, loss = start, Number(1), Number(0)
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
    a, loss = Number(0), Number(0)
    for t in range(steps):
        a = exp(-beta * gap[t]) * (1 + a)
        loss = loss + alpha / beta * (1 - exp(-beta * left[t])) - ln(mu + alpha * a)
    return loss


CARDS = 5


def reviews(steps, parameters):
    """Spaced repetition: stability and difficulty of a card change with each review; forgetting is a power of the time since."""
    w = parameters
    gap, seen, length = numbers(steps * CARDS, 1), numbers(steps * CARDS, 2), numbers(CARDS, 3)
    loss = Number(0)
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


D, K = 3, 5


def elman(steps, parameters):
    w, u, b, v = taken(parameters, D * K, K * K, K, K * 2)
    w, u, v = (transposed(matrix(of, columns)) for of, columns in ((w, K), (u, K), (v, 2)))
    x, y = matrix(numbers(steps * D, 1), D), matrix(numbers(steps * 2, 2), 2)
    h, loss = [0.1 * each for each in b], Number(0)
    for t in range(steps):
        h = [tanh(dot(wj, x[t]) - 0.4 * dot(uj, h) + bj) for wj, uj, bj in zip(w, u, b)]
        for vj, yj in zip(v, y[t]):
            loss = loss + (dot(h, vj) - yj) * (dot(h, vj) - yj)
    return loss


def gru(steps, parameters):
    """A gated unit, as in Cho et al. (2014)."""
    sizes = [D * K, K * K] * 3 + [K]
    wz, uz, wr, ur, wh, uh, v = taken(parameters, *sizes)
    wz, uz, wr, ur, wh, uh = (transposed(matrix(of, K)) for of in (wz, uz, wr, ur, wh, uh))
    x, y = matrix(numbers(steps * D, 1), D), numbers(steps, 2)
    h, loss = [0.1 * each for each in v], Number(0)
    for t in range(steps):
        z = [sigmoid(dot(w, x[t]) + dot(u, h) - 1) for w, u in zip(wz, uz)]
        r = [sigmoid(dot(w, x[t]) + dot(u, h) - 1) for w, u in zip(wr, ur)]
        inner = [a * b for a, b in zip(r, h)]
        new = [tanh(dot(w, x[t]) - dot(u, inner)) for w, u in zip(wh, uh)]
        h = [hj + zj * (nj - hj) for hj, zj, nj in zip(h, z, new)]
        loss = loss + (dot(h, v) - y[t]) * (dot(h, v) - y[t])
    return loss


S, O = 20, 6


def log_softmax(xs):
    most = lse(xs)
    return [x - most for x in xs]


def hmm(steps, parameters):
    """The forward algorithm in logarithms: the negative logarithm of the likelihood of the seen symbols."""
    start, a, e = taken(parameters, S, S * S, S * O)
    start, a, e = log_softmax(start), transposed([log_softmax(row) for row in matrix(a, S)]), [log_softmax(row) for row in matrix(e, O)]
    seen = [int(x * O) for x in numbers(steps, 1)]
    alpha = start
    for t in range(steps):
        alpha = [lse([old + aij for old, aij in zip(alpha, column)]) + ej[seen[t]] for column, ej in zip(a, e)]
    return -lse(alpha)


def filter(steps, parameters):
    """A Kalman filter of four states and two observations: the negative logarithm of the likelihood but for a constant."""
    f, h, q, r, start = taken(parameters, 16, 8, 4, 2, 4)
    f, h = [[0.4 * x for x in row] for row in matrix(f, 4)], matrix(h, 4)
    y = matrix(numbers(steps * 2, 1), 2)
    diag = lambda v: [[v[i] if i == j else Number(0) for j in range(len(v))] for i in range(len(v))]
    x, p, loss = [[each] for each in start], diag(q), Number(0)
    for t in range(steps):
        x = product(f, x)
        p = plus(product(product(f, p), transposed(f)), diag(q))
        to = product(p, transposed(h))
        s = plus(product(h, to), diag(r))
        error = [[Number(yi) - hx] for yi, (hx,) in zip(y[t], product(h, x))]
        det = s[0][0] * s[1][1] - s[0][1] * s[1][0]
        inverse = [[s[1][1] / det, -s[0][1] / det], [-s[1][0] / det, s[0][0] / det]]
        gain = product(to, inverse)
        loss = loss + 0.5 * (ln(det) + product(transposed(error), product(inverse, error))[0][0])
        x = plus(x, product(gain, error))
        p = plus(p, product(gain, transposed(to)), -1.0)
    return loss


LABELS, NEVER = [0, 2, 0, 3, 0, 3, 0], -1000.0


def ctc(steps, parameters):
    """Connectionist temporal classification (Graves et al., 2006) of the labels 2, 3, 3, where 0 is the blank."""
    w = transposed(matrix(parameters, O))
    x = matrix(numbers(steps * D, 1), D)
    alpha = [Number(0.0 if s == 0 else NEVER) for s in range(len(LABELS))]
    for t in range(steps):
        own = log_softmax([dot(column, x[t]) for column in w])
        at = lambda s: alpha[s] if s >= 0 else Number(NEVER)
        skip = lambda s: 0.0 if s > 1 and LABELS[s] not in (0, LABELS[s - 2]) else NEVER
        alpha = [lse([at(s), at(s - 1), at(s - 2) + skip(s)]) + own[label] for s, label in enumerate(LABELS)]
    return -lse(alpha[-2:])


def gradient(loss, count):
    """The derivatives of the last number by the first ones on the tape."""
    cotangents = array("d", bytes(8 * len(MADE_OF[0])))
    cotangents[loss.place] = 1.0
    for place in range(len(cotangents) - 1, -1, -1):
        cotangent = cotangents[place]
        if cotangent != 0.0:
            for of, slopes in zip(MADE_OF, SLOPES):
                if of[place] >= 0:
                    cotangents[of[place]] += cotangent * slopes[place]
    return cotangents[:count]


LOSSES = {
    garch: 3, arma: 3, holt: 3, kalman: 3, hawkes: 3, reviews: 11,
    elman: D * K + K * K + K + K * 2, gru: 3 * (D * K + K * K) + K, hmm: S + S * S + S * O, filter: 34, ctc: D * O,
}

for loss, count in LOSSES.items():
    # Two million sums of exponentials are enough.
    for steps in LENGTHS[:-1] + [2000 if loss is hmm else LENGTHS[-1]]:
        for part in (*MADE_OF, *SLOPES):
            del part[:]
        parameters = [Number(x) for x in numbers(count, 10)]
        value = loss(steps, parameters)
        print(loss.__name__, steps, repr(value.value), *map(repr, gradient(value, count)))
