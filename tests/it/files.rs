//! Files that commands read and write, whatever kind of file they are.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::sys::stat::Mode;

use crate::support::command::{Output, Termgate};
use crate::support::fake_consul::{Answer, FakeConsul};

const ENTRY: &str =
    "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices = [\n  {\n    Name = \"billing\"\n  },\n]\n";
const SECRET: &str = "root:$6$s3cret:19000:0:99999:7:::";
/// Nothing here waits for anything.
const LIMIT: Duration = Duration::from_secs(20);

fn make_pipe(path: &Path) -> Result<()> {
    Ok(nix::unistd::mkfifo(path, Mode::S_IRWXU)?)
}

/// A directory of entries with everything in it that must not be read, beside a secret.
fn hostile(command: Termgate) -> Result<Termgate> {
    let command = command.file("entries/good.hcl", ENTRY)?.file("secret", SECRET)?;
    let at = |name: &str| command.directory().join("entries").join(name);
    make_pipe(&at("pipe.hcl"))?;
    File::create(at("sparse.json"))?.set_len(8 << 30)?;
    for (target, name) in [
        ("/dev/zero", "zero.json"),
        ("../secret", "secret.hcl"),
        ("pipe.hcl", "to-pipe.hcl"),
        ("loop.hcl", "loop.hcl"),
        ("missing", "dangling.hcl"),
        ("/etc", "folder.hcl"),
        ("/proc/self/environ", "environ.hcl"),
    ] {
        symlink(target, at(name))?;
    }
    std::os::unix::net::UnixListener::bind(at("socket.hcl"))?;
    fs::create_dir(at("na\u{1b}[31mme"))?;
    make_pipe(&at("na\u{1b}[31mme/x.hcl"))?;
    Ok(command)
}

const UNREADABLE: [(&str, &str); 10] = [
    ("pipe.hcl", "it is not a regular file"),
    ("sparse.json", "it is larger than 16 MiB"),
    ("zero.json", "it is a link that leaves the directory"),
    ("secret.hcl", "it is a link that leaves the directory"),
    ("to-pipe.hcl", "it is not a regular file"),
    ("loop.hcl", "symbolic links"),
    ("dangling.hcl", "no such file or directory"),
    ("folder.hcl", "it is a link that leaves the directory"),
    ("environ.hcl", "it is a link that leaves the directory"),
    ("socket.hcl", "it is not a regular file"),
];

fn agent() -> Result<FakeConsul> {
    let fake = FakeConsul::start()?;
    fake.on("GET", "/v1/agent/self", Answer::json(200, &serde_json::json!({"Config": {"Version": "1.8.7"}})));
    Ok(fake)
}

fn tells_no_secret(output: &Output) -> Result<()> {
    let all = format!("{}{}", output.stdout, output.stderr);
    ensure!(!all.contains("s3cret") && !all.contains('\u{1b}'), "{output}");
    Ok(())
}

#[test]
fn a_walk_reads_only_regular_files_of_its_own_directory() -> Result<()> {
    let agent = agent()?;
    let commands: [&[&str]; 8] = [
        &["config", "validate", "entries"],
        &["config", "validate", "--output", "json", "entries"],
        &["config", "validate", "--output", "github", "entries"],
        &["config", "validate", "--output", "sarif", "entries"],
        &["config", "fmt", "entries"],
        &["config", "fmt", "--check", "entries"],
        &["config", "diff", "entries"],
        &["config", "apply", "entries"],
    ];
    for arguments in commands {
        let command = hostile(Termgate::new(arguments)?.fake_consul(&agent).limit(LIMIT))?;
        let output = command.exits(3)?;
        tells_no_secret(&output)?;
        let all = format!("{}{}", output.stdout, output.stderr);
        for (name, reason) in UNREADABLE {
            ensure!(all.contains(name) && all.contains(reason), "{name} is not refused: {reason}\n{output}");
        }
    }
    ensure!(
        agent.received().iter().all(|request| request.line().starts_with("GET")),
        "something was written"
    );
    Ok(())
}

#[test]
fn links_that_stay_in_the_directory_are_followed_once() -> Result<()> {
    // As Kubernetes mounts a ConfigMap.
    let command = Termgate::new(["config", "validate", "--output", "json", "volume"])?
        .file("volume/..2026_01/gateway.hcl", ENTRY)?;
    let volume = command.directory().join("volume");
    symlink("..2026_01", volume.join("..data"))?;
    symlink("..data/gateway.hcl", volume.join("gateway.hcl"))?;
    let report = command.succeeds()?.json()?;
    assert_eq!(report["files"].as_array().context("no files")?.len(), 1);
    assert_eq!(report["files"][0]["path"], "volume/gateway.hcl");
    assert_eq!(report["files"][0]["valid"], true);
    // The directory itself may be a link: a person named it.
    symlink("volume", command.directory().join("link"))?;
    Ok(())
}

/// A shell command with `$T` for the binary, in the folder of `termgate`.
fn shell(termgate: &Termgate, script: &str) -> Result<(Option<i32>, String)> {
    let inner = termgate.to_command()?;
    let output = Command::new("/bin/bash")
        .args(["-c", script])
        .env_clear()
        .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("T", inner.get_program())
        .current_dir(termgate.directory())
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    Ok((output.status.code(), text.into_owned()))
}

#[test]
fn a_named_file_may_be_a_pipe_a_descriptor_or_a_link() -> Result<()> {
    let command = Termgate::new([""; 0])?
        .file("real/entry.hcl", ENTRY)?
        .file("untidy.hcl", ENTRY.replace(" = ", "="))?;
    symlink("real/entry.hcl", command.directory().join("link.hcl"))?;
    symlink("real", command.directory().join("link"))?;
    for script in [
        "\"$T\" config validate <(cat real/entry.hcl)",
        "\"$T\" config validate /dev/stdin < real/entry.hcl",
        "cat real/entry.hcl | \"$T\" config validate /dev/stdin",
        "cat real/entry.hcl | \"$T\" config validate -",
        "\"$T\" config validate /dev/fd/7 7< real/entry.hcl",
        "\"$T\" config validate link.hcl",
        "\"$T\" config validate link",
        "mkfifo pipe; cat real/entry.hcl > pipe & \"$T\" config validate pipe",
        "\"$T\" config fmt --check <(cat real/entry.hcl)",
        "\"$T\" config convert --to json <(cat real/entry.hcl)",
        "\"$T\" config fmt <(cat untidy.hcl) | cmp - real/entry.hcl",
        "\"$T\" config fmt /dev/stdin < untidy.hcl | cmp - real/entry.hcl",
    ] {
        let (code, text) = shell(&command, script)?;
        ensure!(code == Some(0), "{script}: {code:?}\n{text}");
    }
    // What was read through a descriptor was not rewritten.
    assert_eq!(fs::read_to_string(command.directory().join("untidy.hcl"))?, ENTRY.replace(" = ", "="));
    Ok(())
}

#[test]
fn every_named_file_is_read_up_to_a_limit() -> Result<()> {
    let agent = agent()?;
    let readers: &[(&[&str], i32)] = &[
        (&["config", "validate", "SOURCE"], 3),
        (&["config", "fmt", "SOURCE"], 3),
        (&["config", "convert", "--to", "json", "SOURCE"], 3),
        (&["config", "diff", "SOURCE"], 3),
        (&["config", "apply", "SOURCE"], 3),
        (&["config", "write", "SOURCE"], 1),
        (&["config", "delete", "-filename", "SOURCE"], 1),
        (&["address", "eval", "--interfaces", "SOURCE", "{{ GetPrivateIP }}"], 3),
        (&["render", "--snapshot", "SOURCE"], 3),
        (&["register", "--service-config", "SOURCE"], 1),
        (&["config", "diff", "--token-file", "SOURCE", "entry.hcl"], 2),
        (&["services", "list", "--token-file", "SOURCE", "--service", "gw"], 2),
        (&["config", "list", "-token-file", "SOURCE", "-kind", "mesh"], 1),
    ];
    for (arguments, code) in readers {
        for source in ["/dev/zero", "sparse"] {
            let arguments = arguments.iter().map(|argument| argument.replace("SOURCE", source));
            let command = Termgate::new(arguments.collect::<Vec<_>>())?
                .fake_consul(&agent)
                .file("entry.hcl", ENTRY)?
                .limit(LIMIT);
            File::create(command.directory().join("sparse"))?.set_len(8 << 30)?;
            let output = command.exits(*code)?;
            ensure!(output.stderr.contains("it is larger than"), "no limit is named\n{output}");
        }
    }
    Ok(())
}

/// The flags that write a file, with the command before them.
const WRITERS: [&[&str]; 3] = [
    &["config", "convert", "--to", "json", "entry.hcl", "-o"],
    &["bootstrap", "--service", "gw", "--explain-config", "-o"],
    &["bootstrap", "--service", "gw", "-o"],
];

fn writer(arguments: &[&str], target: &Path, consul: &crate::support::consul::Consul) -> Result<Termgate> {
    Termgate::new(arguments)?.arg(target).consul(consul).file("entry.hcl", ENTRY)
}

#[test]
fn a_file_that_is_not_regular_is_written_to_and_never_replaced() -> Result<()> {
    needs!(Consul);
    let consul = crate::support::consul::Consul::shared()?;
    let gateway = consul.unique("gateway");
    Termgate::new(["register", "--service", &gateway, "--address", "127.0.0.1:8443"])?
        .consul(consul)
        .succeeds()?;
    for arguments in WRITERS {
        let arguments: Vec<&str> =
            arguments.iter().map(|argument| if *argument == "gw" { &*gateway } else { argument }).collect();
        let is_secret = arguments[0] == "bootstrap";
        let folder = tempfile::tempdir()?;
        let at = |name: &str| -> PathBuf { folder.path().join(name) };
        writer(&arguments, &at("plain"), consul)?.succeeds()?;
        let expected = fs::read(at("plain"))?;
        let mode = fs::metadata(at("plain"))?.permissions().mode() & 0o777;
        ensure!(!is_secret || mode == 0o600, "{arguments:?} made a file of mode {mode:o}");

        // A link to a file, and one to nothing yet: the links stay.
        fs::write(at("old"), "longer than nothing")?;
        fs::set_permissions(at("old"), fs::Permissions::from_mode(0o644))?;
        for (target, link) in [("old", "link"), ("later", "dangling")] {
            symlink(target, at(link))?;
            writer(&arguments, &at(link), consul)?.succeeds()?;
            ensure!(fs::symlink_metadata(at(link))?.is_symlink(), "{arguments:?} replaced a link");
            assert_eq!(fs::read(at(target))?, expected, "{arguments:?}");
            let mode = fs::metadata(at(target))?.permissions().mode() & 0o777;
            ensure!(!is_secret || mode == 0o600, "{arguments:?} left a file of mode {mode:o}");
        }

        // A pipe, and a link to one.
        make_pipe(&at("pipe"))?;
        symlink("pipe", at("to-pipe"))?;
        for name in ["pipe", "to-pipe"] {
            let pipe = at(name);
            let reader = std::thread::spawn(move || fs::read(pipe));
            writer(&arguments, &at(name), consul)?.succeeds()?;
            assert_eq!(reader.join().expect("the reader panicked")?, expected, "{arguments:?} {name}");
            ensure!(fs::metadata(at(name))?.file_type().is_fifo(), "{arguments:?} replaced {name}");
        }

        // Devices: through links, since a test must not risk the real ones.
        symlink("/dev/null", at("null"))?;
        writer(&arguments, &at("null"), consul)?.succeeds()?;
        symlink("/dev/full", at("full"))?;
        writer(&arguments, &at("full"), consul)?.exits(1)?.says(&["cannot write", "No space left"])?;
        for name in ["null", "full"] {
            ensure!(fs::metadata(at(name))?.file_type().is_char_device(), "{arguments:?} replaced {name}");
        }
        if nix::unistd::geteuid().is_root() {
            use nix::sys::stat::{SFlag, makedev, mknod};
            if mknod(&at("device"), SFlag::S_IFCHR, Mode::S_IRUSR | Mode::S_IWUSR, makedev(1, 3)).is_ok()
                && File::open(at("device")).is_ok()
            {
                writer(&arguments, &at("device"), consul)?.succeeds()?;
                ensure!(
                    fs::metadata(at("device"))?.file_type().is_char_device(),
                    "{arguments:?} replaced a device"
                );
            }
        }

        // Standard output by its names, and a link to it.
        symlink("/dev/stdout", at("out"))?;
        for name in
            [Path::new("/dev/stdout"), Path::new("/dev/fd/1"), Path::new("/proc/self/fd/1"), &at("out")]
        {
            let output = writer(&arguments, name, consul)?.succeeds()?;
            assert_eq!(output.stdout.as_bytes(), expected, "{arguments:?} {}", name.display());
        }
        // Into a file that another process also writes.
        let command = writer(&arguments, Path::new("/dev/stdout"), consul)?;
        let mut file = File::create(at("shared"))?;
        file.write_all(b"before\n")?;
        let status = command.to_command()?.stdout(file.try_clone()?).status()?;
        file.write_all(b"after\n")?;
        let mut text = Vec::new();
        File::open(at("shared"))?.read_to_end(&mut text)?;
        ensure!(status.success(), "{arguments:?} ended with {status}");
        assert_eq!(text, [b"before\n", &*expected, b"after\n"].concat(), "{arguments:?}");

        writer(&arguments, folder.path(), consul)?.exits(1)?.says(&["cannot write", "directory"])?;
        let left = fs::read_dir(folder.path())?.flatten().map(|entry| entry.file_name());
        let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with('.')).collect();
        ensure!(left.is_empty(), "{arguments:?} left {left:?} behind");
    }
    Ok(())
}

#[test]
fn man_pages_go_through_links_and_into_pipes() -> Result<()> {
    let command = Termgate::new(["man", "pages"])?.file("elsewhere.1", "old")?;
    let folder = command.directory().join("pages");
    fs::create_dir(&folder)?;
    symlink("../elsewhere.1", folder.join("termgate.1"))?;
    symlink("/dev/null", folder.join("termgate-run.1"))?;
    command.succeeds()?;
    ensure!(fs::symlink_metadata(folder.join("termgate.1"))?.is_symlink(), "a link was replaced");
    ensure!(
        fs::read_to_string(command.directory().join("elsewhere.1"))?.contains(".TH termgate"),
        "not written"
    );
    ensure!(
        fs::metadata(folder.join("termgate-run.1"))?.file_type().is_char_device(),
        "a device was replaced"
    );
    Ok(())
}
