"""The site: settings, addresses, the look, base templates and tags, translations, and the generated reference pages.

Everything the rooms share as web pages and none of what they mean. It lies below the rooms, so it may read them; the
rooms reach it only through templates and tags by name.
"""
