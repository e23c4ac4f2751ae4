"""How Flaresmith looks: typed HTML components, tokens, styles, browser modules and the files they are served from.

Components take plain values and return htpy elements; they know no feature. A page is `layout.page(...)` around them.
"""
