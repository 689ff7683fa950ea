//! `termgate snapshot`: the state of Consul as a file.

use std::path::Path;
use std::sync::Arc;

use crate::collect::{self, Gateway};
use crate::consul::Consul;
use crate::error::{CommandError, Kind};
use crate::gateway::registration::KIND;
use crate::snapshot::{AgentService, Snapshot};
use crate::system::read_file;

/// Reads a snapshot file.
pub fn read(path: &Path) -> Result<Snapshot, CommandError> {
    let bytes = read_file::named(path, read_file::SNAPSHOT).map_err(|error| {
        CommandError::new(Kind::InvalidInput, error).context(format!("snapshot file {}", path.display()))
    })?;
    Ok(Snapshot::from_json(&bytes, path)?)
}

/// Collects the snapshot of the gateway with the service id `id`, private keys included.
pub async fn collect(consul: &Arc<Consul>, id: &str) -> Result<Snapshot, CommandError> {
    let service = consul.find_agent_service::<AgentService>(id).await?;
    let service = service.filter(|service| service.kind == KIND).ok_or_else(|| {
        CommandError::message(
            Kind::Failed,
            format_args!("the agent at {} has no terminating gateway with the id `{id}`", consul.address()),
        )
        .hint("name it with --service or --service-id, or register it: termgate register")
    })?;
    Ok(collect::once(consul, &Gateway::new(service.id, service.service)).await?)
}
