"""What may stand in the tree: nothing of the machine it was made on, no address of a package index, and the licences of
what others made."""

from ops_centre.config import ROOT
from tests.support import tree

# written in halves, so that this file does not hold what it forbids
HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "un" + "pkg.com",
    "js" + "delivr",
    "cdn" + "js.",
    "fonts.google" + "apis",
    "fonts.g" + "static",
    "deb." + "debian.org",
]
PLACES = ["/" + "work/", "/" + "root/", "/tmp/" + "lab", "/opt/" + "wheels"]
TEXTS = (".py", ".md", ".toml", ".lock", ".js", ".css", ".html", ".sh", ".txt", ".json", ".svg", "")


def test_no_address_of_a_package_index_or_of_another_machine_stands_in_the_tree() -> None:
    guilty = []
    for path in tree.files(*TEXTS):
        if tree.name_of(path).startswith(("assets/vendor", "tests/browser/vendor", "data/")):
            continue
        text = path.read_text("utf-8", "replace")
        guilty += [f"{tree.name_of(path)}: {word}" for word in HOSTS + PLACES if word in text]
    assert guilty == []


def test_hand_written_scripts_and_styles_load_nothing_from_elsewhere() -> None:
    guilty = []
    for path in tree.files(".js", ".css", ".html"):
        if tree.is_vendored(path):
            continue
        text = path.read_text("utf-8").replace("http://www.w3.org/", "")
        guilty += [f"{tree.name_of(path)}: {scheme}" for scheme in ("http://", "https://", "//cdn") if scheme in text]
    assert guilty == []


def test_scripts_put_no_text_into_the_page_as_html() -> None:
    guilty = []
    for path in tree.files(".js"):
        if tree.is_vendored(path):
            continue
        text = path.read_text("utf-8")
        guilty += [
            f"{tree.name_of(path)}: {way}"
            for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")
            if way in text
        ]
    assert guilty == []


def test_the_locks_hold_hashes_for_everything_and_agree() -> None:
    def pinned(name: str) -> set[str]:
        lines = (ROOT / name).read_text("utf-8").splitlines()
        pins = {line.split(" ")[0] for line in lines if line and not line.startswith((" ", "#"))}
        assert all("==" in pin for pin in pins)
        assert sum("--hash=sha256:" in line for line in lines) >= len(pins)
        return pins

    assert pinned("requirements.lock") <= pinned("requirements-dev.lock")


def test_everything_that_others_made_stands_beside_its_licence_and_in_the_notices() -> None:
    notices = (ROOT / "NOTICE.md").read_text("utf-8")
    folders = [path for place in ("assets/vendor", "tests/browser/vendor") for path in sorted((ROOT / place).glob("*"))]
    folders += [path for path in sorted((ROOT / "data").iterdir()) if path.is_dir()]
    assert folders
    bare = []
    for folder in folders:
        if not folder.is_dir():
            continue
        shipped = [path for path in folder.rglob("*") if path.is_file()]
        licensed = any("LICEN" in path.name.upper() or "NOTICE" in path.name.upper() for path in shipped)
        if not (licensed or folder.name.upper().startswith("LICEN") or (ROOT / "data/LICENCES").exists()):
            bare.append(f"{tree.name_of(folder)}: no licence")
        if folder.name.upper() != "LICENCES" and tree.name_of(folder) not in notices:
            bare.append(f"{tree.name_of(folder)}: not in NOTICE.md")
    assert bare == []
