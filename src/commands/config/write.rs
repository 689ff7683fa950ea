//! `config write`: an entry from a file to the servers, byte for byte as Consul's client sends it.

use super::{Source, ask, says_true};
use crate::commands::companion::{Failure, Request};
use crate::config_entry::{self, ConfigEntry, Refusal, Unknown};
use crate::consul::{Consul, api};
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
    /// How it is refused by an agent that cannot know its keys that no table has, if it has some.
    pub refused: Option<Failure>,
}

/// Reads an entry as Consul's client does.
///
/// What the servers refuse is left to them: an agent of another edition may take it.
pub fn load(source: &Source, colour: bool) -> Result<Loaded, Failure> {
    let bytes = source.load()?;
    let text = hcl::Source::new(&bytes);
    let path = source.display();
    let version = ConsulVersion::NEWEST_KNOWN;
    let failure = |refusal: Refusal| {
        let mut findings = refusal.findings;
        config_entry::locate(path, &text, &mut findings);
        let details = config_entry::render(path, &text, &findings, colour);
        let own = findings.first().map(|located| located.finding.message.clone()).unwrap_or_default();
        let message = refusal.consul.unwrap_or_else(|| format!("Failed to decode config entry input: {own}"));
        Failure { details: Some(details), ..Failure::new(message) }
    };
    let (entry, refused) = match config_entry::read(&text, &version) {
        Ok(entry) => (entry, None),
        Err(refusal) => match config_entry::read_with(&text, &version, Unknown::Sent) {
            Ok(entry) => (entry, Some(failure(refusal))),
            Err(_) => return Err(failure(refusal)),
        },
    };
    let mut findings = config_entry::validate(&entry);
    config_entry::locate(path, &text, &mut findings);
    // What only the servers refuse is left to them; what they take is worth a word, however bad it is.
    let taken = |finding: Finding| match (finding.severity, finding.code) {
        (Severity::Failure, Code::RefusedByEnvoy) => Some(finding.severity(Severity::Warning)),
        (Severity::Failure, _) => None,
        _ => Some(finding),
    };
    let findings = findings.into_iter().filter_map(|located| taken(located.finding)).collect();
    Ok(Loaded { entry, findings, refused })
}

impl Loaded {
    /// The same, unless it has keys that no table has and the agent cannot know them either.
    pub async fn for_agent(self, settings: &ConsulSettings) -> Result<Self, Failure> {
        let Some(failure) = &self.refused else { return Ok(self) };
        let consul = Consul::new(settings).map_err(|error| Failure::connect(&error))?;
        let version = consul.agent().await.ok().and_then(|agent| agent.consul_version());
        match Unknown::of(version.as_ref()) {
            Unknown::Sent => Ok(self),
            Unknown::Refused => Err(failure.clone()),
        }
    }
}

/// Sends the entry.
pub async fn send(
    entry: &ConfigEntry,
    index: Option<u64>,
    settings: &ConsulSettings,
) -> Result<String, Failure> {
    let id = format!("{}/{}", entry.kind(), entry.name());
    let doing = format!("Error writing config entry {id}");
    let mut request = Request::put(api::config::write(), entry.request_body(), doing);
    request.query = index.map(|index| ("cas", index.to_string())).into_iter().collect();
    let answer = ask(settings, request).await?;
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
