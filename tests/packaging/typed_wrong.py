"""A user's program with wrong types: mypy must find each one, by the code that stands beside it."""

import goemox

clf = goemox.load(3)  # expect: arg-type
best = goemox.load(tier="best of all")  # expect: arg-type
single: list[goemox.Prediction] = clf("one text")  # expect: assignment
several: goemox.Prediction = clf(["two", "texts"])  # expect: assignment
clf("one text").label  # expect: attr-defined
clf("one text").labels = ("joy",)  # expect: misc
certain: float = clf("one text").domain_percentile  # expect: assignment
clf(b"bytes")  # expect: arg-type
goemox.explain("one text", clf)  # expect: arg-type, arg-type
goemox.collect_github("pallets/flask", limit="10")  # expect: arg-type
goemox.study(folder="out")  # expect: call-arg
goemox.profile("comments.csv", text_colum="body")  # expect: call-arg
goemox.predict("one text")  # expect: attr-defined
