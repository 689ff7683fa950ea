//! `config read`: one entry as JSON.

use reqwest::Method;

use super::{Exchange, Failure, entry_path, exchange};
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
    let request = Exchange { method: Method::GET, path, query: Vec::new(), body: None, doing: doing.clone() };
    let answer = exchange(settings, request).await?;
    let shown = config_entry::shown(&answer.body, kind, name, &version);
    shown
        .map(|text| text + "\n")
        .map_err(|reason| Failure::new(format!("{doing}: {}", excerpt::cut(&reason))))
}
