//! `.ci/dist/install.sh` with a release that the test makes: what it installs, and what it refuses.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use nix::unistd::geteuid;
use tempfile::TempDir;

use crate::support::pki::Authority;
use crate::support::process::Process;
use crate::support::tools::{project, variable};

/// A folder with a release, and one to install into.
struct Release {
    folder: TempDir,
    archive: String,
}

impl Release {
    /// A release for this kind of machine; a script stands in for termgate.
    fn new() -> Result<Self> {
        Self::of("#!/bin/sh\necho \"termgate 9.9.9\"\n")
    }

    fn of(program: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let machine = String::from_utf8(Command::new("uname").arg("-m").output()?.stdout)?;
        let name = format!("termgate-9.9.9-{}-linux", machine.trim());
        let content = folder.path().join(&name);
        fs::create_dir_all(content.join("man"))?;
        fs::create_dir_all(content.join("completions"))?;
        for file in [
            "man/termgate.1",
            "completions/termgate.bash",
            "completions/termgate.fish",
            "completions/_termgate",
        ] {
            fs::write(content.join(file), "")?;
        }
        fs::write(content.join("termgate"), program)?;
        fs::set_permissions(content.join("termgate"), fs::Permissions::from_mode(0o755))?;
        let release = Self { folder, archive: format!("{name}.tar.gz") };
        fs::create_dir(release.path("release"))?;
        let packed = Command::new("tar")
            .args(["-czf", &format!("release/{}", release.archive), &name])
            .current_dir(release.folder.path())
            .status()?;
        ensure!(packed.success(), "cannot pack the archive");
        release.sum()?;
        Ok(release)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn url(&self) -> String {
        format!("file://{}", self.path("release").display())
    }

    /// Writes the sums of what is there.
    fn sum(&self) -> Result<()> {
        let sums = Command::new("sh")
            .args(["-c", "rm -f SHA256SUMS && sha256sum -- *"])
            .current_dir(self.path("release"))
            .output()?;
        Ok(fs::write(self.path("release/SHA256SUMS"), sums.stdout)?)
    }

    fn install(&self, url: &str) -> Command {
        let mut command = Command::new("sh");
        command.arg(project().join(".ci/dist/install.sh")).arg(url).arg(self.path("prefix"));
        command.env("TMPDIR", self.folder.path());
        command
    }

    /// Installs, which must fail, say `text`, and leave nothing behind.
    fn refuses(&self, command: &mut Command, code: i32, text: &str) -> Result<()> {
        let output = command.output()?;
        ensure!(output.status.code() == Some(code) && shown(&output).contains(text), "{}", shown(&output));
        ensure!(!self.path("prefix").exists(), "something was installed");
        self.is_tidy()
    }

    fn is_tidy(&self) -> Result<()> {
        let left: Vec<_> = fs::read_dir(self.folder.path())?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with("tmp."))
            .collect();
        ensure!(left.is_empty(), "a temporary folder is left: {left:?}");
        Ok(())
    }
}

fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr))
}

/// Whether the tools of the script are here.
fn is_possible() -> bool {
    let found = Command::new("sh")
        .args(["-c", "for tool in curl tar gzip sha256sum; do command -v $tool; done"])
        .output();
    let possible = found.is_ok_and(|found| String::from_utf8_lossy(&found.stdout).lines().count() == 4);
    if !possible {
        eprintln!("NOT TESTED: the install script: curl, tar, gzip or sha256sum is missing");
    }
    possible
}

#[test]
fn a_release_is_installed_below_a_prefix_and_again_over_itself() -> Result<()> {
    if !is_possible() {
        return Ok(());
    }
    let release = Release::new()?;
    // Those for other machines, and for another C library.
    for other in ["termgate-9.9.9-s390x-linux.tar.gz", &release.archive.replace("linux", "linux-musl")] {
        fs::write(release.path("release").join(other), "other")?;
    }
    release.sum()?;
    for mask in ["022", "077"] {
        let script = format!("umask {mask}; exec sh \"$@\"");
        let own = release.install(&format!("{}/", release.url()));
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh"]).args(own.get_args()).env("TMPDIR", release.folder.path());
        let output = command.output()?;
        ensure!(output.status.success(), "{}", shown(&output));
        let said = shown(&output);
        let installed = release.path("prefix/bin/termgate");
        ensure!(said.contains(&format!("termgate 9.9.9 is installed: {}", installed.display())), "{said}");
        ensure!(said.contains("add it to your PATH"), "{said}");
        for (file, mode) in [
            ("bin", 0o755),
            ("bin/termgate", 0o755),
            ("share/man/man1", 0o755),
            ("share/man/man1/termgate.1", 0o644),
            ("share/bash-completion/completions/termgate", 0o644),
            ("share/fish/vendor_completions.d/termgate.fish", 0o644),
            ("share/zsh/site-functions/_termgate", 0o644),
        ] {
            let path = release.path("prefix").join(file);
            let found = fs::metadata(&path).with_context(|| path.display().to_string())?;
            ensure!(found.permissions().mode() & 0o777 == mode, "{file}: {:o}", found.permissions().mode());
        }
        release.is_tidy()?;
    }
    Ok(())
}

#[test]
fn an_archive_with_another_sum_is_not_installed() -> Result<()> {
    if !is_possible() {
        return Ok(());
    }
    let release = Release::new()?;
    let archive = release.path("release").join(&release.archive);
    let mut content = fs::read(&archive)?;
    content.push(0);
    fs::write(&archive, content)?;
    release.refuses(
        &mut release.install(&release.url()),
        1,
        "is not the one in SHA256SUMS: nothing was installed",
    )
}

#[test]
fn a_release_that_is_not_there_not_for_this_machine_or_does_not_run_is_refused() -> Result<()> {
    if !is_possible() {
        return Ok(());
    }
    let release = Release::new()?;
    let elsewhere = format!("file://{}", release.path("nowhere").display());
    release.refuses(&mut release.install(&elsewhere), 1, "cannot download")?;
    release.refuses(
        &mut release.install("http://127.0.0.1/release"),
        2,
        "is not an https:// or file:/// address",
    )?;

    let archive = release.path("release").join(&release.archive);
    fs::rename(&archive, release.path("release/termgate-9.9.9-s390x-linux.tar.gz"))?;
    release.sum()?;
    release.refuses(&mut release.install(&release.url()), 1, "has no archive for ")?;
    // Its sum is listed, and it is gone.
    fs::write(&archive, "")?;
    release.sum()?;
    fs::remove_file(&archive)?;
    release.refuses(&mut release.install(&release.url()), 1, "cannot download")?;

    let broken = Release::of("#!/bin/sh\nexit 1\n")?;
    broken.refuses(&mut broken.install(&broken.url()), 1, "termgate does not run here: nothing was installed")
}

#[test]
fn a_missing_tool_and_a_prefix_that_cannot_be_written_are_named_before_any_download() -> Result<()> {
    if !is_possible() {
        return Ok(());
    }
    let release = Release::new()?;
    let bin = release.path("bin");
    fs::create_dir(&bin)?;
    for tool in ["sh", "uname", "dirname", "mktemp", "tar", "gzip", "install", "sed", "grep", "rm"] {
        let found = variable("PATH").unwrap_or_default();
        let found = found.split(':').map(|folder| Path::new(folder).join(tool)).find(|path| path.exists());
        symlink(found.with_context(|| format!("{tool} is missing"))?, bin.join(tool))?;
    }
    release.refuses(
        release.install(&release.url()).env("PATH", &bin),
        1,
        "curl is missing: install it first",
    )?;

    let own = release.install(&release.url());
    // Root could write anywhere.
    let mut command = Command::new(if geteuid().is_root() { "setpriv" } else { "env" });
    if geteuid().is_root() {
        command.args(["--reuid=65534", "--clear-groups"]);
    }
    // The project's folder may be closed to others.
    let script = release.path("install.sh");
    fs::copy(project().join(".ci/dist/install.sh"), &script)?;
    command.arg("sh").arg(&script).args(own.get_args().skip(1)).env("HOME", "/home/person").current_dir("/");
    fs::set_permissions(release.folder.path(), fs::Permissions::from_mode(0o555))?;
    let hint = "use sudo, or give a prefix of your own, such as /home/person/.local";
    let outcome = release.refuses(&mut command, 1, hint);
    fs::set_permissions(release.folder.path(), fs::Permissions::from_mode(0o755))?;
    outcome
}

#[test]
fn a_release_comes_over_https_from_a_server_that_is_trusted() -> Result<()> {
    if !is_possible() {
        return Ok(());
    }
    let release = Release::new()?;
    let authority = Authority::new("Release CA")?;
    let identity = authority.server(&["localhost"])?;
    fs::write(release.path("server.pem"), format!("{}\n{}", identity.certificate, identity.key))?;
    fs::write(release.path("ca.pem"), &authority.certificate)?;
    let server = "
import functools, http.server, ssl, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
print('port', server.server_port, '.', flush=True)
server.serve_forever()
";
    let mut python = Command::new("python3");
    python.args(["-c", server]).arg(release.path("release")).arg(release.path("server.pem"));
    let mut process = Process::spawn("the server of the release", &mut python)?;
    process.says(" .")?;
    let said = process.output();
    let port = said.split("port ").nth(1).and_then(|rest| rest.split(' ').next()).context("no port")?;
    let url = format!("https://localhost:{port}");

    release.refuses(&mut release.install(&url), 1, "cannot download")?;
    let output = release.install(&url).env("CURL_CA_BUNDLE", release.path("ca.pem")).output()?;
    ensure!(output.status.success(), "{}", shown(&output));
    ensure!(release.path("prefix/bin/termgate").exists());
    Ok(())
}
