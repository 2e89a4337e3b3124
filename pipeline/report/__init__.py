"""One page that can be read without Motif and without a network: numbers in, HTML out.

`numbers.py` says what stands on it, `html.py` renders it (jinja2 templates and plotly, inlined).
A room: it opens no file but its own templates, and reads no clock.
"""
