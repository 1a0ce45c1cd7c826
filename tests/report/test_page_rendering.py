"""The page is one whole, safe, deterministic file, whatever the report holds or lacks."""

import base64
import copy
import hashlib
import html
import re
from functools import cache
from html.parser import HTMLParser
from types import SimpleNamespace
from xml.parsers.expat import ParserCreate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goemox.errors import InvalidInput
from goemox.report.page import render

SECTIONS = [
    "summary", "in-domain", "confusions", "domains", "confidence", "distance", "calibration", "examples",
    "before-after", "method",
]  # fmt: skip
OWN_FIRST = ["summary", "domains", *(key for key in SECTIONS if key not in ("summary", "domains"))]
VOID = {"meta", "input", "br", "img", "link", "hr"}


class Tags(HTMLParser):
    """Tags and attributes of a part of a page; `broken` where an end tag does not fit."""

    def __init__(self, part):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.broken = [], [], [], []
        self.feed(part)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)


read = cache(Tags)  # most tables of a page are those of another one


def drawn(picture):
    """Tags and attributes of a picture, which must be whole XML: stricter than HTML, and read in no time."""
    found = SimpleNamespace(tags=[], attributes=[], open=[], broken=[])

    def start(tag, attributes):
        found.tags.append(tag.lower())
        found.attributes += [(key.lower(), value) for key, value in attributes.items()]

    parser = ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(picture, True)
    return found


def taken_out(page, tag):
    """The outermost elements of this tag, and the page without them."""
    parts, rest, depth, start, end = [], [], 0, 0, 0
    for found in re.finditer(rf"<(/?){tag}\b", page):
        if not depth:
            start = found.start()
            rest.append(page[end:start])
        depth += -1 if found[1] else 1
        assert depth >= 0
        if not depth:
            end = found.end() + 1
            parts.append(page[start:end])
    assert not depth
    return parts, "".join([*rest, page[end:]])


class Outline:
    """Tags, ids and attributes of a page; `open` and `broken` as in `Tags`.

    Its pictures, its tables and what is left are read one by one: each must be whole by itself.
    """

    def __init__(self, page):
        pictures, page = taken_out(page, "svg")
        tables, page = taken_out(page, "table")
        parts = [Tags(page), *map(read, tables), *map(drawn, pictures)]
        self.tags, self.attributes, self.open, self.broken = (
            [each for part in parts for each in getattr(part, name)]
            for name in ("tags", "attributes", "open", "broken")
        )
        self.ids = [value for key, value in self.attributes if key == "id"]


def words_of(page):
    """All words of a page, in whose attributes no tag can end: `>` is escaped there."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def whole(page):
    """The page's outline, after checking that it is one complete document with all its sections."""
    outline = Outline(page)
    assert outline.broken == []
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert [key for key in outline.ids if key in SECTIONS] in (SECTIONS, OWN_FIRST)
    assert "None" not in re.sub(r"<script>.*?</script>|<style>.*?</style>", "", page, flags=re.S)
    return outline


def without(report, *path):
    """A deep copy of the report with one value set to null."""
    changed = copy.deepcopy(report)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = None
    return changed


@pytest.fixture(scope="module")
def planted_page(planted):
    return render(planted.planted_report())


@pytest.fixture(scope="module")
def planted_outline(planted_page):
    return Outline(planted_page)


def test_the_planted_report_is_a_whole_page(planted_page):
    outline = whole(planted_page)
    assert outline.tags.count("figure") >= 19


def test_the_same_report_gives_the_same_bytes(planted, planted_page):
    assert render(planted.planted_report()) == planted_page


def test_another_schema_is_refused_with_what_was_found():
    with pytest.raises(InvalidInput, match=r"goemox\.report/1 .*'other/2'"):
        render({"schema": "other/2"})


def test_only_the_schema_is_needed():
    whole(render({"schema": "goemox.report/1"}))


TOP = [
    "model",
    "in_domain",
    "domains",
    "correlation",
    "findings",
    "warnings",
    "created_at",
    "goemox_version",
    "seed",
]
INSIDE = [
    "metrics", "per_label", "confusion", "baselines", "label_share", "true_label_share", "top_label_share",
    "confidence", "reliability", "thresholds_compared", "n", "measured",
]  # fmt: skip
DOMAIN = [
    "source", "description", "n", "n_duplicates", "label_share", "label_share_interval", "top_label",
    "top_label_share", "no_label_share", "confidence", "distance", "tests", "naive", "profile", "examples",
]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        *((key,) for key in TOP),
        *(("in_domain", key) for key in INSIDE),
        *(("domains", 0, key) for key in DOMAIN),
    ],
    ids=str,
)
def test_any_part_may_be_missing_and_the_page_stays_whole(planted, path):
    whole(render(without(planted.planted_report([planted.domain()]), *path)))


def test_all_numbers_may_be_null(planted):
    def emptied(value):
        if isinstance(value, dict):
            return {key: emptied(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [emptied(inner) for inner in value]
        return None if isinstance(value, int | float) and not isinstance(value, bool) else value

    whole(render(emptied(planted.planted_report())))


@pytest.mark.parametrize("n", [0, 1, 49])
def test_a_domain_of_few_texts_keeps_the_page_whole_and_is_called_too_few(planted, n):
    page = render(planted.planted_report([planted.domain("tiny", n=n)]))
    whole(page)
    assert "too few to compare" in page


def test_many_domains_keep_the_page_whole(planted):
    whole(render(planted.planted_report([planted.domain(f"d{i}") for i in range(25)])))


NASTY = {
    "markup": "<script>document.title='run'</script><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "template": "{{ 7 * 7 }}{% raw %}",
    "closing": "</style></template></script></title></svg>",
    "ansi": "\x1b[31mred\x1b[0m\x07\x00",
    "bidi": "\u202eevil\u2066\u2069\u200f",
    "emoji": "👩\u200d👩\u200d👧 🏳️\u200d🌈",
    "half": "\ud83d",
    "long": "a" * 10_000,
    "wide": "日本語" * 300,
}


def full_of(planted, words, domain):
    """The page of one domain, with these words wherever a report holds foreign ones."""
    model = {**planted.planted_report()["model"], "name": words, "notes": [words], "base": words}
    finding = [{"id": "x", "level": words, "text": words}]
    return render(planted.planted_report([domain], model=model, findings=finding, warnings=[words]))


@pytest.fixture(scope="module")
def plain_tags(planted):
    rows = [planted.example("why", "text", "joy .5", "joy", url="")]
    return set(Outline(full_of(planted, "plain", planted.domain(examples=rows))).tags)


@pytest.mark.parametrize("kind", NASTY)
def test_foreign_words_anywhere_stay_words(planted, plain_tags, kind):
    words = NASTY[kind]
    rows = [planted.example(words, words, "joy .5", words, id=words, url=f"javascript:{words}")]
    page = full_of(planted, words, planted.domain(words, description=words, examples=rows))
    page.encode()
    outline = whole(page)
    foreign = {"span", "details", "summary", "blockquote", "bdi", "ul", "li"}
    assert {tag for tag in outline.tags if tag not in foreign} <= plain_tags
    assert outline.tags.count("script") == 1
    assert not any(key.startswith("on") for key, _ in outline.attributes)
    assert "\u202e" not in page
    assert "\x1b" not in page


def tags_of(planted, words):
    """All tags but spans of a page whose one domain and one example are called so."""
    rows = [planted.example("why", words, "joy .5", "joy")]
    report = planted.planted_report([planted.domain(words, examples=rows)])
    return [tag for tag in Outline(render(report)).tags if tag != "span"]


@pytest.fixture(scope="module")
def harmless(planted):
    return tags_of(planted, "harmless")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_no_name_or_text_can_add_a_tag(planted, harmless, words):
    assert tags_of(planted, words) == harmless


def test_only_web_addresses_become_links(planted):
    rows = [
        planted.example("why", "text", "joy .5", url=url) for url in ("javascript:x", "file:///x", "data:x")
    ]
    page = render(planted.planted_report([planted.domain(examples=rows)]))
    assert not re.search(r'href="(?!#)', page)
    linked = render(planted.planted_report([planted.domain()]))
    assert 'href="https://example.org' in linked


def test_nothing_is_loaded_from_anywhere(planted_outline):
    loading = {"link", "img", "iframe", "object", "embed", "audio", "video", "base", "form"}
    assert not loading & set(planted_outline.tags)
    named = {"src", "srcset", "data", "style", "action"}
    assert not [value for key, value in planted_outline.attributes if key in named]


def test_the_policy_lets_nothing_act_but_our_style_and_script(planted_page):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', planted_page)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    parts = {name: values for name, *values in (part.split() for part in policy.split(";") if part.strip())}
    assert set(parts) == {"default-src", "style-src", "script-src", "img-src", "base-uri", "form-action"}
    assert parts["img-src"] == ["data:"]
    assert parts["base-uri"] == parts["form-action"] == ["'none'"]
    for tag in ("style", "script"):
        code = re.search(f"<{tag}>(.*?)</{tag}>", planted_page, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_picture_is_named_described_read_and_tabled(planted_page, planted_outline):
    attributes = planted_outline.attributes
    named = [value for key, value in attributes if key == "aria-labelledby" and " " in value]
    assert len(named) > 20
    assert {key for value in named for key in value.split()} <= set(planted_outline.ids)
    figures = re.findall(r"<figure.*?</figure>", planted_page, re.S)
    for figure in figures:
        assert re.search(r'<p class="reading">[A-Z].*\.', figure)
        assert "<table" in figure
        assert "<svg" in figure


def test_labels_stand_in_one_order_in_all_figures(planted, planted_page):
    page = planted_page
    order = sorted(planted.SHARES, key=lambda label: -planted.SHARES[label])
    table = re.search(r'<table id="labels">.*?</table>', page, re.S)[0]
    assert re.findall(r'<th scope="row">(\w+)</th>', table)[:5] == order[:5]
    dots = re.search(r'<figure id="fig-labels".*?</figure>', page, re.S)[0]
    written = [word for word in re.findall(r"<text[^>]*>(\w+)</text>", dots) if word in order]
    assert written[:5] == order[:5]
    heat = re.search(r'<figure id="fig-confusion-multi-label".*?</figure>', page, re.S)[0]
    assert [word for word in re.findall(r"<text[^>]*>(\w+)</text>", heat) if word in order][:5] == order[:5]


def test_a_report_full_of_long_texts_stays_below_five_megabytes(planted):
    rows = [planted.example("why", f"{i} " + "\u202e<" * 50_000, "joy .5", "joy") for i in range(40)]
    domains = [planted.domain(f"d{i}", examples=rows) for i in range(8)]
    assert len(render(planted.planted_report(domains)).encode()) < 5_000_000


def test_a_domain_of_few_texts_has_no_full_dot_and_no_moved_label(planted):
    def parts(n):
        page = render(planted.planted_report([planted.domain("tiny", n=n)]))
        dots = re.findall(r"<svg.*?</svg>", re.search(r'id="fig-labels".*?</figure>', page, re.S)[0], re.S)[1]
        table = re.search(r'<table id="moved">.*?</table>', page, re.S)[0]
        return (
            dots.count('class="dot main"'),
            table.count("<td>moved</td>"),
            table.count("<td>too few texts</td>"),
        )

    assert parts(49) == (1, 0, 28)  # the one full dot is the key's
    assert parts(50) == (6, 5, 0)


def test_the_command_to_repeat_survives_a_quote_in_a_name(planted):
    page = render(planted.planted_report([planted.domain("a'b; rm x")]))
    assert words_of(page).count("--domain 'a'\"'\"'b; rm x=FILE'") == 1


def test_the_command_to_repeat_names_what_else_was_asked_for(planted):
    report = planted.planted_report([planted.domain("a")])
    report["in_domain"] |= {"measured": "now", "split": "dev"}
    report |= {"seed": 7, "naive_model": {"name": "naive"}}
    report["asked"] = {"own_model": True, "text_column": "a body", "id_column": None, "date_column": "at"}
    report["asked"]["label_columns"] = ["joy", "mild fear"]
    report["domains"][0]["groups"] = {"column": "the repo"}
    words = " ".join(words_of(render(report)).split())
    assert (
        "goemox study --model DIR --data FILE --split dev --domain a=FILE --group-by 'the repo' "
        "--text-column 'a body' --date-column at --label-column joy --label-column 'mild fear' "
        "--naive DIR --seed 7 --output-dir DIR"
    ) in words


def test_the_command_to_repeat_names_files_alone_and_says_which_texts_came_from_none(planted):
    report = planted.planted_report([planted.domain(name) for name in ("a", "mine", "few")])
    report["asked"] = {"in_memory": ["mine", "few"]}
    words = " ".join(words_of(render(report)).split())
    assert "goemox study --domain a=FILE --output-dir DIR (same files, model and version" in words
    assert (
        "The texts of mine and few came from memory: save them to files, "
        "and add --domain mine=FILE and --domain few=FILE"
    ) in words


def test_the_method_section_tells_an_adapted_rule_from_the_one_of_the_network(planted):
    def said(**model):
        report = planted.planted_report([planted.domain("a")])
        report["model"] |= model
        page = render(report)
        return " ".join(words_of(page[page.index('<section id="method"') :]).split())

    adapted = {"by": "adapt", "n": 110, "name": "issues", "rows_sha256": "76a7c30d0d4c7d26" * 4}
    assert "Decision ruleas it was released or trained" in said()
    rule = "Decision rulefitted by goemox adapt on 110 rows of issues (SHA-256 of these rows 76a7c30d0d4c…)"
    assert rule in said(adapted=adapted)
    assert f"SHA-256 of the rule{'cd' * 32}" in said(rule_sha256="cd" * 32)


def test_the_method_section_says_that_there_is_no_in_domain_set_instead_of_a_dash(planted):
    report = planted.planted_report([planted.domain("a")], in_domain=None)
    words = " ".join(words_of(render(report)).split())
    assert "In-domain setnone: this study measured on no labelled texts (--data)" in words


def test_labels_are_said_to_be_compared_with_held_out_texts_only_where_they_are(planted):
    def against(name):
        domain = planted.domain("a") | {"reference": {"name": name, "n": 151, "is_own": True}}
        return " ".join(words_of(render(planted.planted_report([domain]))).split())

    assert ", against 151 texts held out from training." in against("the model's own domain")
    adapted = against("the domain that it was adapted to")
    assert ", against 151 texts of the domain that it was adapted to." in adapted
    assert "against 151 texts held out from training" not in adapted


def test_the_method_section_says_what_the_texts_of_a_domain_were_like(planted):
    report = planted.planted_report([planted.domain("a", n=600)])
    words = " ".join(words_of(render(report)).split())
    assert "10 near-duplicates, 1.3% not English, 0.4% longer than the texts the model learnt from" in words
    report["domains"][0]["profile"]["not_english"] = None
    words = " ".join(words_of(render(report)).split())
    assert "10 near-duplicates, 0.4% longer" in words
    assert "languages not looked at (that needs goemox[language])" in words
