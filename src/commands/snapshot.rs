//! `termgate snapshot`: the state of Consul as a file, for support with what Envoy answers.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use crate::collect::{self, Gateway};
use crate::consul::Consul;
use crate::doctor::gather;
use crate::error::{CommandError, Kind};
use crate::gateway::registration::KIND;
use crate::output::Printer;
use crate::secret::Secret;
use crate::snapshot::{AgentService, EnvoyAnswers, Snapshot, Versions};
use crate::system::{clock, read_file};

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

/// The snapshot with what Envoy at this address answers, without secrets.
pub async fn with_envoy(
    snapshot: Snapshot,
    admin: Option<SocketAddr>,
    token: Option<&Secret>,
    printer: Printer,
) -> Snapshot {
    let answers = match admin {
        Some(address) => gather::everything(address).await,
        None => EnvoyAnswers {
            error: "the host of --admin-bind was not found".to_owned(),
            ..EnvoyAnswers::default()
        },
    };
    if !answers.error.is_empty() {
        printer.note(format_args!("Envoy's part is missing: {}", answers.error));
    }
    let known: Vec<&Secret> = token.into_iter().collect();
    for_support(Snapshot { envoy: Some(Arc::new(answers)), ..snapshot }, &known)
}

/// The snapshot with versions and without secrets.
pub fn for_support(snapshot: Snapshot, known: &[&Secret]) -> Snapshot {
    let consul = Some(snapshot.consul_version.clone()).filter(|version| !version.is_empty());
    let envoy = snapshot.envoy.as_ref().and_then(|envoy| envoy.version()).map(str::to_owned);
    // One that is read and written again keeps its time.
    let now = || clock::rfc3339(clock::now());
    let taken_at = snapshot.versions.as_ref().map_or_else(now, |versions| versions.taken_at.clone());
    let versions = Versions { termgate: env!("CARGO_PKG_VERSION").to_owned(), consul, envoy, taken_at };
    Snapshot { versions: Some(versions), ..snapshot }.for_support(known)
}
