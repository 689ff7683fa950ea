//! Where the programs are: termgate as just built, Consul and Envoy as installed into `.tools/`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// A program that is not part of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Consul,
    Envoy,
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Consul => "consul",
            Self::Envoy => "envoy",
        }
    }

    /// The environment variable that names another binary to test with.
    fn variable(self) -> &'static str {
        match self {
            Self::Consul => "TERMGATE_TEST_CONSUL",
            Self::Envoy => "TERMGATE_TEST_ENVOY",
        }
    }

    /// Its binary, or what to do to get it.
    pub fn path(self) -> Result<PathBuf> {
        if let Some(path) = variable(self.variable()) {
            return Ok(path.into());
        }
        let path = project().join(".tools/bin").join(self.name());
        if !path.exists() {
            bail!("{} is missing: run `make tools`, or name a binary in {}", path.display(), self.variable());
        }
        Ok(path)
    }

    /// Why this machine cannot have it, if the installer found that out: only then may a test do without.
    pub fn unavailable(self) -> Option<String> {
        if variable(self.variable()).is_some() || self.path().is_ok() {
            return None;
        }
        std::fs::read_to_string(project().join(format!(".tools/{}.unavailable", self.name()))).ok()
    }
}

/// Leaves a test early, and says so, where a program cannot be installed on this machine at all.
/// Where it merely has not been installed yet, the test fails and says what to run.
#[macro_export]
macro_rules! needs {
    ($($tool:ident),+) => {
        $(if let Some(reason) = $crate::support::tools::Tool::$tool.unavailable() {
            eprintln!("not run: {:?} cannot be installed here: {reason}", $crate::support::tools::Tool::$tool);
            return Ok(());
        })+
    };
}

/// The project's own folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The termgate binary of this build, or the one that `TERMGATE_BINARY` names.
pub fn termgate() -> Result<PathBuf> {
    if let Some(path) = variable("TERMGATE_BINARY") {
        return Ok(std::path::absolute(path)?);
    }
    // Cargo names it for tests and benches. An example finds it one folder up.
    if let Some(path) = option_env!("CARGO_BIN_EXE_termgate") {
        return Ok(path.into());
    }
    let own = std::env::current_exe()?;
    let target =
        own.parent().and_then(Path::parent).context("an example lies in target/<profile>/examples")?;
    let path = target.join("termgate");
    if !path.exists() {
        bail!("{} is missing: build it in the same profile first", path.display());
    }
    Ok(path)
}

/// An environment variable, read for the tests themselves; an empty one counts as unset.
#[expect(clippy::disallowed_methods, reason = "settings of the tests, not of termgate")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
