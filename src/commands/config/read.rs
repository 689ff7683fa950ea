//! `config read`: one entry as JSON.

use super::{ask, entry_path};
use crate::commands::companion::{Failure, Request};
use crate::config_entry;
use crate::consul_version::ConsulVersion;
use crate::excerpt;
use crate::settings::consul::ConsulSettings;

/// Reads an entry and gives what Consul prints of it.
pub async fn run(kind: &str, name: &str, settings: &ConsulSettings) -> Result<String, Failure> {
    let version = ConsulVersion::NEWEST_KNOWN;
    let doing = format!("Error reading config entry {kind}/{name}");
    if !config_entry::is_kind(kind, &version) {
        return Err(Failure::new(format!("{doing}: invalid config entry kind: {kind}")));
    }
    let path = entry_path(kind, name, &doing)?;
    let answer = ask(settings, Request::get(path, doing.clone())).await?;
    let shown = config_entry::shown(&answer.body, kind, name, &version);
    shown
        .map(|text| text + "\n")
        .map_err(|reason| Failure::new(format!("{doing}: {}", excerpt::cut(&reason))))
}
