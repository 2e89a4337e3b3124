"""What a random sample of blind decisions says of the study: how much there is, and what is left.

Pure functions of arrays and rows. `prevalence` estimates from the audit list how often a code
occurs; `stopping` says whether more coding would pay; `following` how far a coder follows the
machine; `doubtful` which decisions deserve a second look.
"""
