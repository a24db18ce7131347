"""FizzBuzz under a derivative: branches on the values that flow, and prints, each exactly once.

Run it with ``python examples/fizzbuzz.py``.
"""

from srcad import value_and_grad


def fizzbuzz(x, count):
    """Play FizzBuzz on x, x + 1, ... and return a number that depends smoothly on x."""
    total = 0.0
    for i in range(count):
        value = x + i
        if value % 15 == 0:
            print("FizzBuzz")
            total += value**3
        elif value % 5 == 0:
            print("Buzz")
            total += value**2
        elif value % 3 == 0:
            print("Fizz")
            total += 3.0 * value
        else:
            print(f"{value:.0f}")
            total += value
    return total


def main():
    """Play from 1 to 15, and print the derivative of what was returned."""
    derivative = value_and_grad(fizzbuzz)
    total, slope = derivative(1.0, 15)
    print(f"fizzbuzz(1.0, 15) = {total}")
    print(f"its derivative    = {slope}")
    print()
    print(derivative.source)


if __name__ == "__main__":
    main()
