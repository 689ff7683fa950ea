//! Follows changes of the token file.

use std::path::{Path, PathBuf};

use tracing::{info, warn};

use super::source::Source;
use crate::secret::Secret;
use crate::settings::run::RunSettings;

/// The token file of a gateway that follows Consul, if it has one.
#[derive(Debug)]
pub struct TokenFile {
    path: Option<PathBuf>,
    /// Whether it was unreadable when it was last looked at.
    is_missing: bool,
}

impl TokenFile {
    /// The one that the settings name.
    pub fn new(settings: &RunSettings, source: &Source) -> Self {
        let path = settings.gateway.consul.token_file.clone();
        Self { path: path.filter(|_| matches!(source, Source::Consul { .. })), is_missing: false }
    }

    /// Where it is.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Uses the token that was found in it, and returns whether it is another one; one that cannot be read leaves the last
    /// one in force.
    pub fn take(&mut self, token: Result<Option<Secret>, String>, source: &Source) -> bool {
        let (Source::Consul { consul, .. }, Some(path)) = (source, &self.path) else { return false };
        let Ok(Some(token)) = token else {
            // It may be in the middle of being replaced. One line is enough.
            if !std::mem::replace(&mut self.is_missing, true) {
                warn!(
                    "the token file {} is empty or cannot be read; the last token stays in use",
                    path.display()
                );
            }
            return false;
        };
        self.is_missing = false;
        let is_another = consul.set_token(Some(token));
        if is_another {
            info!("the token in {} has changed", path.display());
        }
        is_another
    }
}
