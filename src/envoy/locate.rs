//! Finds the Envoy executable.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Envoy is nowhere to be found.
#[derive(Debug, thiserror::Error)]
#[error("no executable Envoy found; tried {}", list(.tried))]
pub struct NotFound {
    /// Every place that was tried, in order.
    pub tried: Vec<PathBuf>,
}

fn list(tried: &[PathBuf]) -> String {
    match tried {
        [] => "nothing: PATH is empty".to_owned(),
        _ => tried.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "),
    }
}

/// The executable that `binary` names, else `envoy` on `search_path` (the value of `PATH`).
///
/// A name without a slash is looked up on the path, as a shell would (Consul executes it as a relative
/// path and fails).
pub fn find(binary: Option<&Path>, search_path: Option<&str>) -> Result<PathBuf, NotFound> {
    let name = binary.unwrap_or_else(|| Path::new("envoy"));
    if name.components().count() > 1 || name.is_absolute() {
        return if is_executable(name) {
            Ok(name.to_owned())
        } else {
            Err(NotFound { tried: vec![name.to_owned()] })
        };
    }
    let tried: Vec<PathBuf> = search_path
        .map(std::env::split_paths)
        .into_iter()
        .flatten()
        .map(|folder| folder.join(name))
        .collect();
    match tried.iter().find(|path| is_executable(path)) {
        Some(found) => Ok(found.clone()),
        None => Err(NotFound { tried }),
    }
}

fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_looked_up_on_the_path_and_every_place_is_named() {
        let error = find(None, Some("/no/such:/nor/this")).unwrap_err().to_string();
        assert!(error.contains("/no/such/envoy") && error.contains("/nor/this/envoy"), "{error}");
        assert!(find(Some(Path::new("sh")), Some("/usr/bin:/bin")).is_ok());
    }

    #[test]
    fn a_path_is_taken_as_it_is() {
        assert_eq!(find(Some(Path::new("/bin/sh")), None).unwrap(), Path::new("/bin/sh"));
        let plain_file = tempfile::NamedTempFile::new().unwrap();
        assert!(find(Some(plain_file.path()), None).is_err());
    }
}
