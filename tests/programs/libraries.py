"""Functions that log, match and parse text, lock, tell the time and draw beside what they compute."""

import argparse
import datetime
import heapq
import json
import logging
import random
import re
import statistics
import textwrap
import threading
import time
import warnings

import numpy as np

from tests.programs.corpus import program

LOG = logging.getLogger(__name__)
PATTERN = re.compile(r"(\d+)-(\w+)")
LOCK = threading.Lock()
START = datetime.datetime(2020, 1, 2)


@program(0.7)
def logged(x):
    log = logging.getLogger("srcad.tests")
    LOG.debug("x is %s", x)
    log.debug(f"{x:.2f}")
    return x**2 * (1.0 if LOG.isEnabledFor(50) else 2.0)


@program("3*x+2-x", 0.7)
def matched(text, x):
    total = 0.0
    for sign, factor, variable in re.findall(r"([+-]?)(\d*)\*?(x?)", text):
        if factor or variable:
            total += (-1.0 if sign == "-" else 1.0) * float(factor or 1) * (x if variable else 1.0)
    return total * int(PATTERN.match("12-ab").group(1)) * len(re.sub("a", "b", "aab"))


@program(0.7)
def parsed(x):
    options = json.loads('{"factors": [1.5, 2.0], "name": "a"}')
    try:
        json.loads("{")
    except json.JSONDecodeError:
        x = x * 3.0
    return x * options["factors"][1] * len(textwrap.dedent("  ab"))


@program(0.7)
def locked_and_timed(x):
    start = time.perf_counter()
    with LOCK:
        y = x * x
    day = (START + datetime.timedelta(days=3)).day
    return y * day if time.perf_counter() >= start else x


@program(0.7)
def drawn_by_the_standard_library(x):
    generator = random.Random(2)
    return generator.uniform(0.0, x) * generator.random() * x


@program(0.7)
def warned(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn("x is small", stacklevel=1)
    return x * x


@program([0.4, 1.2, 2.2, 0.1], [1.0, 2.0, 3.0, 4.0])
def statistics_of_lists(xs, weights):
    spread = statistics.stdev(xs) * statistics.pvariance(xs, statistics.mean(xs)) + statistics.pstdev(
        xs, mu=0.5
    )
    centre = statistics.fmean(xs) * statistics.median(xs) + statistics.median_low(
        xs
    ) * statistics.median_high(xs)
    weighted = sum(x * w for x, w in zip(xs, weights)) * statistics.variance(tuple(weights))
    return spread * weighted + centre * statistics.mean(x * x for x in xs) + statistics.geometric_mean(xs)


@program(1.1, 0.6)
def namespaces_of_options(alpha, beta):
    options = argparse.Namespace(alpha=alpha, beta=beta)
    both = argparse.Namespace(**vars(options), gamma=2.0)
    both.gamma *= options.alpha
    return both.gamma * both.beta + both.alpha


@program([0.4, 1.2, 2.2], [1.0, 2.0])
def sorted_lists_merged(xs, ys):
    return sum(value * place for place, value in enumerate(heapq.merge(xs, ys)))


@program(0.7)
def values_shown_in_text_alone(x):
    shown = [f"{x:.2f}", json.dumps({"x": float(x)}), str(x * x)]
    limits = {"low": float("1e-3"), "names": np.array(shown)}
    return x * x * len(shown) * limits["low"]


@program(0.7, 1.1)
def samples_of_a_generator_of_python(x, y):
    draws = random.Random(3)
    total = draws.gauss(x * y, y) + draws.uniform(0, x) * draws.random() + draws.lognormvariate(x, y)
    for _ in range(3):
        total = total + x * draws.gauss(0, 1)
        if draws.random() < 0.5:
            total = total * y
    return total + draws.choice([x, y, x * y]) * draws.randint(1, 4)


@program(np.array([0.7, -0.4]))
def noise_added_to_an_array(x):
    draws = random.Random(3)
    y = x + 0.3 * draws.gauss(0, 1)
    if draws.random() < 0.9:
        y = y * x
    return y @ y * y[0]


@program(0.7)
def samples_of_the_module_of_python(x):
    random.seed(2)
    return random.gauss(x, x * x) + random.uniform(0, x) * random.random() + random.gauss(mu=0.0, sigma=x)


@program(np.array([0.7, -0.4, 1.2]))
def entries_under_pairs_of_numbers(v):
    entries = {}
    for k, x in zip([0, 1, 1], v):
        entries[k, 2] = entries.get((k, 2), 0.0) + x
    total = 0.0
    for (r, c), x in sorted(entries.items()):
        total += x * x * (c + r)
    return total
