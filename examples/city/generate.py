"""Generate the demo city: `python examples/city/generate.py --target DIR --scale S|M`."""

import argparse
from datetime import date
from pathlib import Path

from generator.city import generate
from generator.setting import FACTORS, Setting

DEMO_TODAY = date(2026, 6, 30)


def main() -> None:
    """Read the command line and write the city."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=Path, required=True, help="the folder to write into")
    parser.add_argument("--scale", choices=FACTORS, default="S", help="S: 7,050 persons; M: x 10")
    parser.add_argument("--today", type=date.fromisoformat, default=DEMO_TODAY, help="the city's day")
    choice = parser.parse_args()
    generate(Setting(choice.today, FACTORS[choice.scale]), choice.scale, choice.target)
    print(f"city of scale {choice.scale} written to {choice.target}")


if __name__ == "__main__":
    main()
