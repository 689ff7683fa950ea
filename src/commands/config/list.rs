//! `config list`: the names of all entries of a kind.

use serde::Deserialize;

use super::ask;
use crate::commands::companion::{Failure, Request};
use crate::consul::api;
use crate::excerpt;
use crate::settings::consul::ConsulSettings;

/// Of an entry, what the list shows.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    #[serde(default)]
    name: String,
}

/// The names of a kind's entries.
pub async fn run(
    kind: &str,
    filter: Option<&str>,
    settings: &ConsulSettings,
) -> Result<Vec<String>, Failure> {
    let doing = format!("Error listing config entries for kind \"{kind}\"");
    let mut request = Request::get(api::config::kind(kind), doing.clone());
    request.query = filter.map(|filter| ("filter", filter.to_owned())).into_iter().collect();
    let answer = ask(settings, request).await?;
    let entries: Option<Vec<Listed>> = serde_json::from_slice(&answer.body)
        .map_err(|error| Failure::new(format!("{doing}: {}", excerpt::cut(&error.to_string()))))?;
    // The mesh entry has no name in Consul's answer.
    let name = |entry: Listed| if kind == "mesh" { "mesh".to_owned() } else { entry.name };
    Ok(entries.unwrap_or_default().into_iter().map(name).collect())
}
