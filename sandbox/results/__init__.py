"""The comparison: its sweeps, its shipped tables and the document made from them.

For others to import: `compare.units` and `compare.compare` (a sweep and its table), `table` (columns, `over_seeds`,
`readable`), `files.read`, `shipped.load`, `shipped.means` and `shipped.plain_table` (the tables that come with the code), and
`plateau.edges`.
"""
