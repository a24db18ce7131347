"""Write the derivatives of all golden files anew: ``python -m tests.golden``, then read the difference."""

from tests.golden.golden_file import PROGRAMS, GoldenFile

if __name__ == "__main__":
    for path in sorted(PROGRAMS.glob("*.py")):
        if GoldenFile(path).write():
            print(f"{path.name} has changed")
