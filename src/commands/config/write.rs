//! `config write`: an entry from a file to the servers, byte for byte as Consul's client sends it.

use reqwest::Method;

use super::{Exchange, Failure, Source, exchange, says_true};
use crate::config_entry::{self, ConfigEntry};
use crate::consul::api;
use crate::consul_version::ConsulVersion;
use crate::finding::{Code, Finding, Severity};
use crate::hcl;
use crate::settings::consul::ConsulSettings;

/// An entry from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The entry.
    pub entry: ConfigEntry,
    /// What is hardly meant in it.
    pub findings: Vec<Finding>,
}

/// Reads an entry as Consul's client does.
///
/// What the servers refuse is left to them: an agent of another edition may take it.
pub fn load(source: &Source, colour: bool) -> Result<Loaded, Failure> {
    let bytes = source.load()?;
    let text = hcl::Source::new(&bytes);
    let path = source.display();
    let entry = config_entry::read(&text, &ConsulVersion::NEWEST_KNOWN).map_err(|refusal| {
        let mut findings = refusal.findings;
        config_entry::locate(path, &text, &mut findings);
        let details = config_entry::render(path, &text, &findings, colour);
        let own = findings.first().map(|located| located.finding.message.clone()).unwrap_or_default();
        let message = refusal.consul.unwrap_or_else(|| format!("Failed to decode config entry input: {own}"));
        Failure { message, details: Some(details), hint: None }
    })?;
    let mut findings = config_entry::validate(&entry);
    config_entry::locate(path, &text, &mut findings);
    // What only the servers refuse is left to them; what they take is worth a word, however bad it is.
    let taken = |finding: Finding| match (finding.severity, finding.code) {
        (Severity::Failure, Code::RefusedByEnvoy) => Some(finding.severity(Severity::Warning)),
        (Severity::Failure, _) => None,
        _ => Some(finding),
    };
    let findings = findings.into_iter().filter_map(|located| taken(located.finding)).collect();
    Ok(Loaded { entry, findings })
}

/// Sends the entry.
pub async fn send(
    entry: &ConfigEntry,
    index: Option<u64>,
    settings: &ConsulSettings,
) -> Result<String, Failure> {
    let id = format!("{}/{}", entry.kind(), entry.name());
    let request = Exchange {
        method: Method::PUT,
        path: api::config::write(),
        query: index.map(|index| ("cas", index.to_string())).into_iter().collect(),
        body: Some(entry.request_body()),
        doing: format!("Error writing config entry {id}"),
    };
    let answer = exchange(settings, request).await?;
    if says_true(&answer) {
        return Ok(format!("Config entry written: {id}\n"));
    }
    let failure = Failure::new(format!("Config entry not updated: {id}"));
    Err(match index {
        Some(0) => {
            failure.hint("the entry exists already: read it, and give its ModifyIndex with -modify-index")
        }
        Some(_) => {
            failure.hint("the entry has another ModifyIndex by now, or does not exist: read it and try again")
        }
        None => failure,
    })
}
