"""The library as a step of other frameworks: one module each, all of them over ``adapters.arrow``.

Every module has the same three names: ``clean`` gives cleaned texts, ``tag`` leaves the texts alone and gives
what would be done to them, ``near_duplicates`` gives verified pairs.  Importing one needs its framework, which
the extra of its name installs.  ``dolma`` is a form of text and has ``tag`` only.
"""
