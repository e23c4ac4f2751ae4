"""Every pair of ink and ground that the style sheets use is readable, in both themes (WCAG AA)."""

import math
import re
from pathlib import Path

import pytest

import flaresmith.ui

CSS = Path(flaresmith.ui.__file__).parent / "css"
SURFACES = ("paper", "panel", "raised")
WASHES = ("ok-wash", "warn-wash", "bad-wash", "select")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2") for ground in (*SURFACES, *WASHES)),
    *((ink, ground) for ink in ("action", "ember", "ok", "warn", "bad", "idle") for ground in SURFACES),
    ("ok", "ok-wash"), ("warn", "warn-wash"), ("bad", "bad-wash"), ("idle", "select"), ("on-fill", "fill"),
    ("on-bad", "bad"), ("paper", "ink"), ("action", "select"),
]  # fmt: skip
GRAPHICS = [(each, ground) for each in ("edge", "fill") for ground in SURFACES]


@pytest.mark.parametrize("theme", [0, 1], ids=["paper", "night"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_readable(ink: str, ground: str, theme: int) -> None:
    colours = tokens()
    assert contrast(colours[ink][theme], colours[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["paper", "night"])
@pytest.mark.parametrize(("line", "ground"), GRAPHICS)
def test_edges_of_controls_are_visible(line: str, ground: str, theme: int) -> None:
    colours = tokens()
    assert contrast(colours[line][theme], colours[ground][theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["paper", "night"])
def test_ink_on_paper_is_strong(theme: int) -> None:
    colours = tokens()
    assert contrast(colours["ink"][theme], colours["paper"][theme]) >= 14


def test_the_measure_knows_black_white_and_mid_grey() -> None:
    assert contrast((1.0, 0.0, 0.0), (0.0, 0.0, 0.0)) == pytest.approx(21, abs=0.01)
    assert luminance((0.5998, 0.0, 0.0)) == pytest.approx(0.2158, abs=0.001)  # #808080
    assert luminance((0.628, 0.2577, 29.23)) == pytest.approx(0.2126, abs=0.002)  # pure red


def test_colours_are_written_only_as_tokens() -> None:
    for sheet in CSS.glob("*.css"):
        rest = re.sub(r"box-shadow:[^;}]*|dialog::backdrop[^}]*", "", sheet.read_text())
        if sheet.name != "1-tokens.css":
            assert not re.search(r"#[0-9a-f]{3,8}\b(?![^{]*\{)|rgb\(|oklch\(|hsl\(", rest), sheet.name


def tokens() -> dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]]:
    one = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
    found = re.findall(rf"--([\w-]+): light-dark\({one}, {one}\);", (CSS / "1-tokens.css").read_text())
    return {name: (tuple(map(float, v[:3])), tuple(map(float, v[3:]))) for name, *v in found}  # type: ignore[misc]


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance of an oklch colour, clipped to sRGB as a screen does."""
    light, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    clipped = [min(max(each, 0.0), 1.0) for each in (red, green, blue)]
    return 0.2126 * clipped[0] + 0.7152 * clipped[1] + 0.0722 * clipped[2]
