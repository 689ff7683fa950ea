//! `validate`: the services and configuration entries in an agent's configuration.
//!
//! Consul checks an agent's whole configuration. What is not checked here fails: a configuration is never said to be valid
//! although Consul would refuse it.

use super::companion::Failure;
use super::services::local;
use crate::config_entry::{self, Located, Refusal, Unknown};
use crate::consul_version::ConsulVersion;
use crate::finding::Severity;
use crate::hcl;

/// Checks files and folders; `note` takes what goes to stderr.
pub fn run(paths: &[String], format: &str, note: &dyn Fn(String)) -> Result<(), Failure> {
    let failed = |reason: &str| Failure::new(format!("Config validation failed: {reason}"));
    let files = local::read_files(paths, format, note).map_err(|reason| failed(&reason))?;
    if files.is_empty() {
        return Err(failed("there are no .hcl or .json files here"));
    }
    let mut unchecked = Vec::new();
    for (name, file) in &files {
        for (number, entry) in file.entries.iter().enumerate() {
            entry_is_valid(&entry.to_string())
                .map_err(|reason| failed(&format!("{name}: config_entries.bootstrap[{number}]: {reason}")))?;
        }
        unchecked.extend(file.others.iter().map(|setting| format!("{setting} ({name})")));
    }
    if !unchecked.is_empty() {
        let message = format!("termgate does not check {}", unchecked.join(", "));
        return Err(failed(&message).hint(
            "termgate checks services and configuration entries: check the other settings with `consul validate`",
        ));
    }
    if !files.iter().any(|(_, file)| file.has_data_dir) {
        note("data_dir is not set: an agent needs it, from another file or its command line".to_owned());
    }
    Ok(())
}

/// What is wrong with an entry, as servers and Consul's client see it.
fn entry_is_valid(text: &str) -> Result<(), String> {
    let source = hcl::Source::new(text.as_bytes());
    let version = ConsulVersion::NEWEST_KNOWN;
    let first = |findings: &[Located]| {
        let failure = findings.iter().find(|located| located.finding.severity == Severity::Failure);
        failure.map(|located| located.finding.message.clone())
    };
    match config_entry::read_with(&source, &version, Unknown::Refused) {
        Ok(entry) => first(&config_entry::validate(&entry)).map_or(Ok(()), Err),
        Err(Refusal { findings, .. }) => {
            Err(first(&findings).unwrap_or_else(|| "it is not valid".to_owned()))
        }
    }
}
