//! `config delete`: deletes an entry.

use super::{ask, entry_path, says_true};
use crate::commands::companion::{Failure, Request};
use crate::settings::consul::ConsulSettings;

/// Deletes an entry; with an index, only if that is its ModifyIndex.
///
/// Without one Consul reports success for what never existed, and so does this.
pub async fn run(
    kind: &str,
    name: &str,
    index: Option<u64>,
    settings: &ConsulSettings,
) -> Result<String, Failure> {
    let doing = format!("Error deleting config entry {kind}/{name}");
    let mut request = Request::delete(entry_path(kind, name, &doing)?, doing);
    request.query = index.map(|index| ("cas", index.to_string())).into_iter().collect();
    let answer = ask(settings, request).await?;
    if index.is_some() && !says_true(&answer) {
        return Err(Failure::new(format!("Config entry not deleted: {kind}/{name}"))
            .hint("the entry has another ModifyIndex by now, or does not exist: read it and try again"));
    }
    Ok(format!("Config entry deleted: {kind}/{name}\n"))
}
