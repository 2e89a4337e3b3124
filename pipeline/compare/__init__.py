"""Set interviews side by side: counts per interview in, figures, intervals and sentences out.

The unit is the interview (or what study.toml names as the independent unit), never the segment.
Codes are people's: a machine's guess is no argument here. What was not read is not absent.

`interviews.py` says what is known of one interview, `shares.py`, `rates.py` and `paired.py` hold
the statistics, `groups.py` who stands in which group and which groups cannot be told apart,
`code_rates.py` puts a comparison together, `sentences.py` says it in words. `configurations.py` and
`minimise.py` are for combinations of conditions within a case.
"""
