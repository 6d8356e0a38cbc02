"""Copy the parts of the Aksel look that Springbrett uses from ``node_modules`` into the site's static files.

    npm ci --ignore-scripts --prefix DIR     (DIR holds copies of package.json, package-lock.json and .npmrc)
    python tools/copy_aksel.py DIR/node_modules

Writes, under ``src/springbrett/site``:

* ``static/site/aksel.css``      component rules in use, tokens in use, no font rules, minified as delivered
* ``static/site/source-sans-3.woff2``  the latin variable font, self-hosted
* ``icons.json``                 the paths of the icons in use, drawn inline by ``{% aksel_icon %}``

The result is committed, so neither node nor a network is needed to run Springbrett.
"""

import json
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

SITE = Path(__file__).resolve().parent.parent / "src" / "springbrett" / "site"
STATIC = SITE / "static" / "site"

#: Component blocks that templates use; every other block of the design system is left out.
BLOCKS = frozenset(
    [
        "theme",
        "typo",
        "body-long",
        "body-short",
        "detail",
        "error-message",
        "heading",
        "label",
        "link",
        "sr-only",
        "button",
        "form-field",
        "text-field",
        "textarea",
        "select",
        "fieldset",
        "checkbox",
        "radio",
        "search",
        "error-summary",
        "form-summary",
        "alert",
        "base-alert",
        "inline-message",
        "tag",
        "table",
        "stepper",
        "internalheader",
        "link-card",
        "link-anchor",
    ]
)

#: Parts inside kept blocks that no template of ours draws.
LEFT_OUT = re.compile(
    r"aksel-(stack|alert__button|alert--close|base-alert__close|base-alert__message|form-summary__(footer|edit)"
    r"|table__(sort|expandable|expanded|toggle)|link-card__(image|icon|footer)|button__loader|loader"
    r"|search__button-clear|search--with-size|form-field--readonly|read-only)"
)

#: Order of the layers: our base element styles (``aksel.sb``) lie over the reset and under every component class.
LAYERS = "@layer aksel.reset,aksel.theming,aksel.baseline,aksel.sb,aksel.typography;"

#: Icons drawn by templates (names as in @navikt/aksel-icons).
ICONS = [
    "InformationSquareFill",
    "CheckmarkCircleFill",
    "ExclamationmarkTriangleFill",
    "XMarkOctagonFill",
    "QuestionmarkDiamondFill",
    "InformationSquare",
    "CheckmarkCircle",
    "ExclamationmarkTriangle",
    "XMarkOctagon",
    "QuestionmarkDiamond",
    "Checkmark",
    "ChevronDown",
    "ChevronLeft",
    "ChevronRight",
    "ChevronUp",
    "ArrowRight",
    "ArrowLeft",
    "ExternalLink",
    "MagnifyingGlass",
    "Calendar",
    "Clock",
    "Bell",
    "Person",
    "PersonGroup",
    "Buildings3",
    "Handshake",
    "Briefcase",
    "Pencil",
    "Plus",
    "Download",
    "FileText",
    "FilePdf",
    "Compass",
    "LocationPin",
    "PadlockLocked",
    "Eye",
    "ChatElipsis",
    "ClipboardCheckmark",
    "BulletList",
    "BarChart",
    "Tasklist",
    "TrendFlat",
    "Hourglass",
    "Leave",
    "Language",
    "PrinterSmall",
    "PencilWriting",
    "Trash",
    "ArrowsCirclepath",
]


@dataclass
class Rule:
    """One CSS rule: its prelude and either declarations (``body``) or nested rules (``children``)."""

    prelude: str
    body: str = ""
    children: list["Rule"] = field(default_factory=list)


def parse(css: str) -> list[Rule]:
    """Rules of ``css``; handles nested at-rules and strings, which is all that the delivered file contains."""
    rules, start, i = [], 0, 0
    while i < len(css):
        if css[i] == ";":
            rules.append(Rule(css[start : i + 1].strip()))
            start = i + 1
        elif css[i] == "{":
            end = _closing(css, i)
            prelude, inner = css[start:i].strip(), css[i + 1 : end]
            nested = prelude.startswith(("@layer", "@media", "@supports", "@container"))
            rules.append(Rule(prelude, "" if nested else inner, parse(inner) if nested else []))
            i, start = end, end + 1
        i += 1
    return rules


def _closing(css: str, opening: int) -> int:
    depth, quote = 0, ""
    for i in range(opening, len(css)):
        char = css[i]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return i
    raise ValueError("unbalanced braces")


def split_selectors(prelude: str) -> list[str]:
    """The comma-separated selectors of a prelude, commas inside brackets left alone."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(prelude):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append(prelude[start:i])
            start = i + 1
    return [*parts, prelude[start:]]


def is_used(selector: str) -> bool:
    """Whether every component class the selector demands is one that templates use."""
    if any(part in selector for part in ('data-color="brand-', "-webkit-any", ":is(:lang(", ":is([dir")):
        return False
    demanded = re.sub(r":(not|where|is|has)\((?:[^()]|\([^()]*\))*\)", "", selector)
    alternatives = re.findall(r":(?:is|where)\(((?:[^()]|\([^()]*\))*)\)", selector)
    classes = re.findall(r"\.(aksel-[\w-]+)", demanded)
    if not all(_block_used(name) for name in classes):
        return False
    return all(
        any(_block_used(name) for name in re.findall(r"\.(aksel-[\w-]+)", group))
        for group in alternatives
        if ".aksel-" in group
    )


def _block_used(name: str) -> bool:
    return name.removeprefix("aksel-").split("__")[0].split("--")[0] in BLOCKS and not LEFT_OUT.match(name)


def trim(rules: list[Rule]) -> list[Rule]:
    """The rules in use, without font-face, print and right-to-left variants."""
    kept = []
    for rule in rules:
        if rule.prelude.startswith("@font-face") or rule.prelude == "@layer aksel.print":
            continue
        if rule.prelude.startswith("@keyframes") and "aksel" in rule.prelude:
            continue
        if rule.children:
            children = trim(rule.children)
            if children:
                kept.append(Rule(rule.prelude, "", children))
        elif rule.body and not rule.prelude.startswith("@"):
            selectors = [_plain(s) for s in split_selectors(rule.prelude) if is_used(s)]
            if selectors:
                kept.append(Rule(",".join(dict.fromkeys(selectors)), rule.body))
        else:
            kept.append(rule)
    return kept


def _plain(selector: str) -> str:
    """The selector without the "not in a right-to-left language" condition, which is always true here."""
    return re.sub(r":not\((?::lang\(\w+\),?)+\)", "", selector)


def used_tokens(css_texts: list[str]) -> set[str]:
    """Custom properties read somewhere, following properties that are defined by other properties."""
    reads = set()
    defined: dict[str, set[str]] = {}
    for text in css_texts:
        for name, value in re.findall(r"(?<![\w-])(--[\w-]+)\s*:\s*([^;}]*)", text):
            defined.setdefault(name, set()).update(re.findall(r"var\(\s*(--[\w-]+)", value))
        without = re.sub(r"(?<![\w-])--[\w-]+\s*:[^;}]*[;}]", "", text)
        reads.update(re.findall(r"var\(\s*(--[\w-]+)", without))
    waiting = list(reads)
    while waiting:
        for name in defined.get(waiting.pop(), ()):
            if name not in reads:
                reads.add(name)
                waiting.append(name)
    return reads


def write(rules: list[Rule], tokens: set[str]) -> str:
    """CSS text of ``rules`` without unread custom properties and empty rules."""
    out = []
    for rule in rules:
        if rule.children:
            inner = write(rule.children, tokens)
            out.append(f"{rule.prelude}{{{inner}}}" if inner else "")
        elif rule.body:
            declarations = [d for d in rule.body.split(";") if d and not _unread(d, tokens)]
            out.append(f"{rule.prelude}{{{';'.join(declarations)}}}" if declarations else "")
        else:
            out.append(rule.prelude)
    return "".join(out)


def _unread(declaration: str, tokens: set[str]) -> bool:
    name = declaration.split(":", 1)[0].strip()
    return name.startswith("--") and name not in tokens


def build_css(source: str, own: str) -> str:
    """The trimmed design-system stylesheet; ``own`` is springbrett.css, whose token reads count too."""
    rules = trim(parse(re.sub(r"/\*.*?\*/", "", source, flags=re.S)))
    everything = write(rules, used_tokens([source]))
    return write(rules, used_tokens([everything, own]))


def build_icons(folder: Path) -> dict[str, str]:
    """Icon name → the inside of its SVG."""
    icons = {}
    for name in sorted(ICONS):
        svg = (folder / f"{name}.svg").read_text(encoding="utf-8")
        inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, flags=re.S)
        if inner is None:
            raise ValueError(f"{name}.svg holds no drawing")
        icons[name] = re.sub(r"\s*\n\s*", "", inner[1]).strip()
    return icons


def main(node_modules: Path) -> None:
    """Rebuild the vendored files from ``node_modules``."""
    source = (node_modules / "@navikt/ds-css/dist/index.min.css").read_text(encoding="utf-8")
    version = json.loads((node_modules / "@navikt/ds-css/package.json").read_text(encoding="utf-8"))["version"]
    own = (STATIC / "springbrett.css").read_text(encoding="utf-8")
    banner = f"/* Trimmed from @navikt/ds-css {version}, MIT, see LICENSE-aksel.txt; made by tools/copy_aksel.py */\n"
    (STATIC / "aksel.css").write_text(banner + LAYERS + build_css(source, own) + "\n", encoding="utf-8")
    icons = build_icons(node_modules / "@navikt/aksel-icons/dist/svg")
    (SITE / "icons.json").write_text(json.dumps(icons, indent=0) + "\n", encoding="utf-8")
    font = node_modules / "@fontsource-variable/source-sans-3"
    shutil.copyfile(font / "files/source-sans-3-latin-wght-normal.woff2", STATIC / "source-sans-3.woff2")
    shutil.copyfile(font / "LICENSE", STATIC / "LICENSE-source-sans-3.txt")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tools/copy_aksel.py NODE_MODULES")
    main(Path(sys.argv[1]))
