//! Snapshot files: JSON, in the form [`Snapshot::FORMAT`].

use std::path::Path;

use super::Snapshot;

/// Why a snapshot file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not JSON, or not a snapshot.
    #[error("{path}:{line}:{column}: {reason}")]
    Syntax {
        /// The file as given.
        path: String,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the reader found.
        reason: String,
    },
    /// Another form than this release reads.
    #[error("{path}: snapshot format {found}, this release reads format {}", Snapshot::FORMAT)]
    Format {
        /// The file as given.
        path: String,
        /// The number in the file; 0 if there is none.
        found: u32,
    },
}

impl Snapshot {
    /// Reads a snapshot file; `path` is only for messages.
    ///
    /// What is wrong with a single service is left out ([`Snapshot::unreadable`]).
    pub fn from_json(bytes: &[u8], path: &Path) -> Result<Self, Error> {
        let read = serde_json::from_slice(bytes).or_else(|error| {
            let lenient = serde_json::from_slice(bytes).and_then(Self::read_leniently);
            lenient.map_err(|_| error)
        });
        let snapshot: Self = read.map_err(|error| {
            let text = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            Error::Syntax {
                path: path.display().to_string(),
                line: error.line(),
                column: error.column(),
                reason: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
            }
        })?;
        if snapshot.format != Self::FORMAT {
            return Err(Error::Format { path: path.display().to_string(), found: snapshot.format });
        }
        Ok(snapshot)
    }

    /// The text of a snapshot file, with private keys if there are any (see [`Snapshot::redacted`]).
    pub fn to_json(&self) -> String {
        // Maps have text keys and no field fails to serialise, so there is always a text.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Snapshot;

    #[test]
    fn a_written_snapshot_can_be_read() {
        let snapshot = Snapshot { format: Snapshot::FORMAT, datacenter: "dc1".into(), ..Snapshot::default() };
        let text = snapshot.to_json();
        assert_eq!(Snapshot::from_json(text.as_bytes(), Path::new("s.json")).unwrap(), snapshot);
    }

    #[test]
    fn errors_name_file_line_and_column() {
        let message =
            |text: &str| Snapshot::from_json(text.as_bytes(), Path::new("s.json")).unwrap_err().to_string();
        assert_eq!(message("{\n  \"Format\": x}"), "s.json:2:13: expected value");
        assert!(
            message("{\"Format\": 1, \"Datacentre\": \"\"}")
                .starts_with("s.json:1:26: unknown field `Datacentre`")
        );
        assert_eq!(message("{}"), "s.json: snapshot format 0, this release reads format 1");
    }
}
