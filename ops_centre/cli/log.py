"""`log verify`, `log export`, `log key`: the proofs of the duty log from the command line (docs/duty-log.md)."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.signed_notes import BadNote, PublicKey, parse_key
from ops_centre.errors import OpsError
from ops_centre.services import audit, log_verifying
from ops_centre.services.audit import COMMAND_LINE, AuditKind
from ops_centre.services.handlings import handling_id
from ops_centre.services.log_export import FORMATS
from ops_centre.services.log_verifying import Verdict


def register(verbs: Any) -> None:
    """Add the verbs."""
    log = verbs.add_parser("log", help="the duty log").add_subparsers(required=True, metavar="WHAT")
    verify = log.add_parser("verify", help="work everything out again and name the first place that is wrong")
    verify.add_argument("--key", help="believe this public key alone (name+id+base64, as `log key` shows it)")
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.set_defaults(run=run_verify)
    export = log.add_parser("export", help="write the whole log to a file")
    export.add_argument("file", type=Path)
    export.add_argument("--format", choices=sorted(FORMATS), help="default: what the file's name ends in, or jsonl")
    export.set_defaults(run=run_export)
    key = log.add_parser("key", help="show the public key that checkpoints are signed with")
    key.add_argument("--new", action="store_true", help="put the present key aside and begin a new one")
    key.set_defaults(run=run_key)


def run_verify(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Verify the log in the database; status 1 when something is wrong."""
    verdict = log_verifying.verify(ops.checkpoints, [_key(args.key)] if args.key else None)
    if args.json:
        plain = asdict(verdict) | {"keys": [key.text for key in verdict.keys]}
        plain["signed_at"] = verdict.signed_at.isoformat() if verdict.signed_at else None
        print(json.dumps(plain, ensure_ascii=False))
    else:
        _say(verdict)
    return 1 if verdict.faults else 0


def _key(text: str) -> PublicKey:
    try:
        return parse_key(text)
    except BadNote as bad:
        raise OpsError(f"{bad}; `python -m ops_centre log key` shows it.") from bad


def _say(verdict: Verdict) -> None:
    for fault in verdict.faults:
        print(f"WRONG  {fault}")
    for remark in verdict.remarks:
        print(f"note   {remark}")
    for key in verdict.keys:
        print(f"key    {key.name}, fingerprint {key.fingerprint}")
    until = f", the last of {verdict.signed_at:%Y-%m-%d %H:%M:%S}Z" if verdict.signed_at else ""
    print(f"{verdict.entries} entries, {verdict.checkpoints} checkpoints compared{until}.")
    print("The log is NOT sound." if verdict.faults else "The log is sound.")


def run_export(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Export the whole log, whatever its markings; logged and audited as by the command line."""
    form = args.format or (args.file.suffix[1:] if args.file.suffix[1:] in FORMATS else "jsonl")
    if args.file.exists():
        raise OpsError(f"{args.file} exists already.")
    make = {"csv": ops.log_export.csv, "jsonl": ops.log_export.jsonl, "pdf": ops.log_export.pdf}[form]
    unfinished = args.file.with_name(f".{args.file.name}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(make(None).parts)
        unfinished.rename(args.file)
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"Written to {args.file}. Check it with: python tools/verify_log.py" if form == "jsonl" else "Written.")
    return 0


def run_key(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Show the key; with ``--new`` begin another and log that."""
    if args.new:
        key = ops.checkpoints.renew_key()
        with ops.deeds.begin(COMMAND_LINE, "renew log key") as deed:
            centre = handling_id(deed.session, ops.settings.centre.agency, "GREEN")
            said = f"New signing key of the duty log, fingerprint {key.public.fingerprint}."
            seq = deed.log(EntryKind.RULE, said, handling_id=centre, detail={"key": key.public.text})
            audit.record(
                deed.session, deed.now, AuditKind.LOG_KEY_RENEWED, COMMAND_LINE, key=key.public.text, entry=seq
            )
    else:
        key = ops.checkpoints.signing_key()
    print(f"origin       {key.name}")
    print(f"public key   {key.public.text}")
    print(f"fingerprint  {key.public.fingerprint}")
    print(f"private key  {ops.checkpoints.keys.path} (keep a copy where only you can read it)")
    return 0
