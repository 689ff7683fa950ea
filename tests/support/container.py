"""What a container runtime does between its namespaces and the program: a root of its own, and what is taken from the program.

    unshare --mount --pid --fork container.py SPEC

SPEC is JSON; `Container` in container.rs writes it. This process becomes the program, the first one of the container.
With `{}` it only tries what all of that takes.
"""

import ctypes
import errno
import json
import os
import sys
import time

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC = 1, 2, 4, 32, 4096, 16384
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 24, 38, 47, 4
CAPABILITY_VERSION_3 = 0x20080522
ALLOW, ERRNO, WITHOUT_NEW_PRIVILEGES = 0x7FFF0000, 0x00050000, 3
COMPARISONS = ["", "NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"]

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        reason = os.strerror(ctypes.get_errno())
        sys.exit(f"container: {name}{arguments}: {reason}")


def mount(source, target, kind, flags=0, data=""):
    call("mount", source.encode(), target.encode(), kind.encode(), flags, data.encode())


def folder(path, mode=0o755):
    os.makedirs(path, exist_ok=True)
    os.chmod(path, mode)


def show(source, target):
    """Binds a file or a folder of the host."""
    os.makedirs(target if os.path.isdir(source) else os.path.dirname(target), exist_ok=True)
    if not os.path.isdir(source):
        open(target, "a").close()
    mount(source, target, "", MS_BIND)


def make_root(spec):
    root = spec["root"]
    mount(root, root, "", MS_BIND | MS_REC)
    for name in ["", "proc", "dev"]:
        folder(os.path.join(root, name))
    for target, source in spec["files"].items():
        show(source, root + target)
    for path in spec["writable"]:
        if not path.startswith("/dev/"):
            folder(root + path)
    if spec["read_only"]:
        mount("", root, "", MS_REMOUNT | MS_BIND | MS_RDONLY)
    mount("proc", root + "/proc", "proc")
    mount("tmpfs", root + "/dev", "tmpfs", MS_NOSUID, "mode=755")
    for name in ["null", "zero", "full", "random", "urandom"]:
        show(f"/dev/{name}", f"{root}/dev/{name}")
    if spec["dev_fd"]:
        os.symlink("/proc/self/fd", root + "/dev/fd")
    for path in spec["writable"]:
        os.makedirs(root + path, exist_ok=True)
        mount("tmpfs", root + path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")
    for path, value in spec["sysctl"].items():
        with open(f"{root}/proc/sys/{path}", "w") as file:
            file.write(value)
    os.chroot(root)
    os.chdir("/")


def applies(rule):
    """Whether a rule of a profile is meant for this machine, and for a program without capabilities."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine)
    includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
    return not includes.get("caps") and machine in includes.get("arches", [machine]) and machine not in excludes.get("arches", [])


class Comparison(ctypes.Structure):
    _fields_ = [("index", ctypes.c_uint), ("op", ctypes.c_int), ("value", ctypes.c_uint64), ("second", ctypes.c_uint64)]


def filter_calls(lib, profile, refused):
    """Loads the profile of a runtime; `refused` are more calls, with their errors."""
    lib.seccomp_init.restype = ctypes.c_void_p
    fails = lambda number: ERRNO | number
    default = fails(profile.get("defaultErrnoRet", errno.EPERM)) if profile else ALLOW
    context = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(default)))
    lib.seccomp_attr_set(context, WITHOUT_NEW_PRIVILEGES, 0)

    def add(name, action, comparisons=()):
        number = lib.seccomp_syscall_resolve_name(name.encode())
        if number >= 0 and action != default:
            array = (Comparison * len(comparisons))(*comparisons)
            if code := lib.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(comparisons), array):
                sys.exit(f"container: the rule for {name} cannot be added: {os.strerror(-code)}")

    for rule in profile.get("syscalls", []):
        if not applies(rule):
            continue
        allows = rule["action"] == "SCMP_ACT_ALLOW"
        comparisons = [
            Comparison(one["index"], COMPARISONS.index(one["op"].removeprefix("SCMP_CMP_")), one["value"], one.get("valueTwo", 0))
            for one in rule.get("args") or []
        ]
        for name in rule["names"]:
            if name not in refused:
                add(name, ALLOW if allows else fails(rule.get("errnoRet", errno.EPERM)), comparisons)
    for name, number in refused.items():
        add(name, fails(number))
    if code := lib.seccomp_load(context):
        sys.exit(f"container: the filter cannot be loaded: {os.strerror(-code)}")


def leave_orphans():
    """A child whose own child goes to the first process; both end."""
    if os.fork() == 0:
        if os.fork() == 0:
            time.sleep(0.3)
        os._exit(0)


def pass_on_no_capabilities():
    """A user namespace may have given some that a program inherits, whatever its user."""
    call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    call("capget", header, sets)
    # Effective, permitted, inheritable; twice 32 of each.
    sets[2] = sets[5] = 0
    call("capset", header, sets)


def main():
    spec = json.loads(sys.argv[1])
    if not spec:
        mount("proc", "/proc", "proc")
        return
    is_filtered = spec["profile"] or spec["refused"]
    # Before the library's file is out of sight.
    lib = ctypes.CDLL("libseccomp.so.2") if is_filtered else None
    make_root(spec)
    if spec["no_new_privileges"]:
        call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if is_filtered:
        filter_calls(lib, spec["profile"] or {}, spec["refused"])
    if spec["orphans"]:
        leave_orphans()
    pass_on_no_capabilities()
    if spec["no_capabilities"]:
        with open("/proc/sys/kernel/cap_last_cap") as file:
            for capability in range(int(file.read()) + 1):
                call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
    user = spec["user"]
    if user != os.getuid():
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    os.execve(spec["program"][0], spec["program"], spec["environment"])


main()
