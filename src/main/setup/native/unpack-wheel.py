"""Unpacks some entries of a wheel, piece by piece: unpack-wheel.py WHEEL FOLDER PREFIX...

A prefix that starts with "!" leaves out entries that contain the rest of it. Writes the bytes done so far to standard
output, a number a line. Every entry's checksum is verified by zipfile while it is read.
"""
import os
import sys
import zipfile

PIECE = 1 << 22


def wanted(name, prefixes, excluded):
    return not name.endswith("/") and name.startswith(prefixes) and not any(part in name for part in excluded)


def main(wheel, folder, *rules):
    prefixes = tuple(rule for rule in rules if not rule.startswith("!"))
    excluded = [rule[1:] for rule in rules if rule.startswith("!")]
    root = os.path.realpath(folder)
    done = 0
    count = 0
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if not wanted(entry.filename, prefixes, excluded):
                continue
            target = os.path.realpath(os.path.join(root, entry.filename))
            if os.path.commonpath([root, target]) != root:
                sys.exit(f"{entry.filename} would leave the folder")
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(entry) as source, open(target, "wb") as out:
                while piece := source.read(PIECE):
                    out.write(piece)
                    done += len(piece)
                    print(done, flush=True)
                out.flush()
                os.fsync(out.fileno())
            if entry.external_attr >> 16 & 0o111:
                os.chmod(target, 0o755)
            count += 1
    if count == 0:
        sys.exit("the wheel holds none of the wanted entries")


try:
    main(*sys.argv[1:])
except (OSError, zipfile.BadZipFile, EOFError) as error:
    # errno is told by its name, so that the caller knows a full disk from a damaged file.
    import errno

    sys.exit(f"{errno.errorcode.get(getattr(error, 'errno', None) or 0, type(error).__name__)}: {error}")
