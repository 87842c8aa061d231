"""What every picture is drawn with: SVG as text, scales, and colours on light and on dark."""
