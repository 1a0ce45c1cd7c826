"""Every public name has words of its own, and they name every argument and field."""

import re

import pytest
from reference_parts.python_names import markdown, public

import goemox

NAMES = public()
REFERS = re.compile(r"(?:as in|see|as) `([\w.]+)`")  # to what explains the rest


def explained(named):
    """The docstring, and those that it refers to."""
    others = {each.name.removeprefix("goemox."): each.docstring for each in NAMES}
    owner = named.name.rpartition(".")[0]
    referred = (
        others.get(name) or others.get(f"{owner}.{name}", "") for name in REFERS.findall(named.docstring)
    )
    return "\n".join([named.docstring, *referred])


@pytest.mark.parametrize("named", NAMES, ids=lambda named: named.name)
def test_every_public_name_says_what_it_is(named):
    first = named.docstring.partition("\n\n")[0]
    assert first, f"{named.name} has no docstring"
    assert first.strip()[-1] in ".:", f"{named.name}: {first!r} is no sentence"


@pytest.mark.parametrize("named", NAMES, ids=lambda named: named.name)
def test_every_argument_and_field_is_explained(named):
    words = explained(named)
    missing = [name for name in named.parameters if not re.search(rf"\b{name}\b", words)]
    assert not missing, f"{named.name} does not say what {', '.join(missing)} are"


@pytest.mark.parametrize(
    "named", [each for each in NAMES if "(" in each.signature], ids=lambda named: named.name
)
def test_every_call_says_what_it_gives(named):
    is_class = named.name.removeprefix("goemox.") in goemox.__all__ and isinstance(
        getattr(goemox, named.name.removeprefix("goemox.")), type
    )
    assert is_class or named.gives


def test_the_page_has_every_public_name():
    page = markdown()
    for name in goemox.__all__:
        assert name == "__version__" or f"## goemox.{name}\n" in page


def test_an_explained_argument_becomes_an_item_of_a_list():
    page = markdown()
    part = page[page.index("## goemox.study\n") :]
    assert "\n- `split`: " in part
    assert "\nRaises InvalidInput " in part
