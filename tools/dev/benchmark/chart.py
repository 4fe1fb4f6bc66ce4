"""Bars of the median times, as SVG."""

from xml.sax.saxutils import escape

COLORS = {"sparse_opt": "#1b6ca8", "onnxruntime": "#b0b0b0", "openvino": "#d98e4a", "deepsparse": "#7aa874",
          "iree": "#9a7bb0"}
BAR, GAP, LEFT, WIDTH = 16, 14, 150, 520


def draw(results):
    """One group of bars for each case, each case on a scale of its own: what
    matters is who is how much faster, not which case is large."""
    parts, y = [], GAP
    for result in results:
        engines = result["engines"]
        longest = max(numbers["median_ms"] for numbers in engines.values())
        parts.append(f'<text x="{LEFT - 8}" y="{y + BAR * len(engines) / 2 + 4}" text-anchor="end" '
                     f'font-weight="bold">{escape(result["case"])}</text>')
        for name, numbers in engines.items():
            length = WIDTH * numbers["median_ms"] / longest
            # A name may be followed by a precision.
            color = COLORS[name.split()[0]]
            text = f'{name.replace("_", "-")} {numbers["median_ms"]:.2f} ms'
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 2}" fill="{color}"/>')
            parts.append(f'<text x="{LEFT + length + 6:.1f}" y="{y + BAR - 4}">{text}</text>')
            y += BAR
        y += GAP
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 170}" height="{y}" '
            f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>\n'
            + "\n".join(parts) + "\n</svg>\n")
