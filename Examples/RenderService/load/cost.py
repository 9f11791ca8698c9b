#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Computes what an edit costs to render, from the service's own estimate and the prices of providers.

    cost.py edit.json [--server URL] [--api-key KEY]      # asks /estimate; uploads must be there already
    cost.py --cpu-seconds 25 --memory-gb 0.5              # from a report, without a server
    cost.py --gpu-seconds 9                               # from the result of a render on a GPU

--factor corrects the estimate for your machines: measured CPU seconds ÷ estimated ones. Prices are in dollars, without tax, storage,
traffic and idle machines; --price NAME=VCPU_HOUR,GB_HOUR adds one. They were looked up in November 2026 and change: check them.
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.request

# Per hour of a vCPU and of a GB of memory. Modal's core counts as two vCPUs.
PRICES = {
    "AWS Fargate, Linux x86, us-east-1": (0.04048, 0.004445),
    "Modal": (0.0000131 / 2 * 3600, 0.00000222 * 3600),
    "Railway": (0.000463 * 60, 0.000231 * 60),
}
# Modal's T4 with the 4 cores and 8 GB of modal/modal_app.py.
T4_HOUR = 0.59 + 4 * 0.0000131 * 3600 + 8 * 0.00000222 * 3600


def estimate(arguments):
    """Returns the CPU seconds and the memory in GB that the service expects."""
    with open(arguments.edit, "rb") as file:
        request = urllib.request.Request(arguments.server.rstrip("/") + "/estimate", file.read())
    request.add_header("Content-Type", "application/json")
    if arguments.api_key:
        request.add_header("Authorization", f"Bearer {arguments.api_key}")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        sys.exit(f"cost.py: {error.code} {error.read(2000).decode(errors='replace')}")
    except OSError as error:
        sys.exit(f"cost.py: {arguments.server}: {error}")
    print(f"{answer['duration']:g} s of video, {answer['frames']} frames: about {answer['cpuSeconds']:.1f} s of CPU, "
          f"{answer['memoryBytes'] / 1e9:.2f} GB of memory, {answer['outputBytes'] / 1e6:.1f} MB")
    return answer["cpuSeconds"], answer["memoryBytes"] / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("edit", nargs="?", help="the request, as for /render")
    parser.add_argument("--server", default="http://127.0.0.1:8080")
    parser.add_argument("--api-key", default=os.environ.get("RENDER_SERVICE_KEY"))
    parser.add_argument("--cpu-seconds", type=float)
    parser.add_argument("--memory-gb", type=float, help="memory of the machine, where it is more than the estimate")
    parser.add_argument("--gpu-seconds", type=float)
    parser.add_argument("--vcpus", type=float, default=4, help="vCPUs of the machine, all of them used (default: 4)")
    parser.add_argument("--factor", type=float, default=1)
    parser.add_argument("--price", action="append", default=[], metavar="NAME=VCPU_HOUR,GB_HOUR")
    arguments = parser.parse_args()
    prices = dict(PRICES)
    try:
        for text in arguments.price:
            name, numbers = text.rsplit("=", 1)
            vcpu, memory = map(float, numbers.split(","))
            prices[name] = (vcpu, memory)
    except ValueError:
        parser.error(f"--price {text}: use NAME=VCPU_HOUR,GB_HOUR")
    if (arguments.edit is None) == (arguments.cpu_seconds is None) and arguments.gpu_seconds is None:
        parser.error("give an edit, --cpu-seconds or --gpu-seconds")
    numbers = [arguments.vcpus, arguments.factor, arguments.cpu_seconds, arguments.gpu_seconds, arguments.memory_gb]
    if not all(number is None or 0 < number < 1e12 for number in numbers):
        parser.error("use numbers above 0")
    costs = {}
    if arguments.edit or arguments.cpu_seconds:
        cpu, memory = estimate(arguments) if arguments.edit else (arguments.cpu_seconds, 0)
        cpu, memory = cpu * arguments.factor, max(memory, arguments.memory_gb or 0)
        for name, (vcpu_hour, gb_hour) in prices.items():
            costs[name] = cpu / arguments.vcpus / 3600 * (arguments.vcpus * vcpu_hour + memory * gb_hour)
    if arguments.gpu_seconds:
        costs["Modal with a T4"] = arguments.gpu_seconds / 3600 * T4_HOUR
    print(f"{'':<36} {'a video':>10} {'1,000 videos':>14}")
    for name, cost in costs.items():
        print(f"{name:<36} {cost:>9.5f}$ {cost * 1000:>13.2f}$")


if __name__ == "__main__":
    main()
