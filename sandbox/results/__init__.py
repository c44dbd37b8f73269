"""The comparison: its sweeps, its shipped tables and the document made from them."""
