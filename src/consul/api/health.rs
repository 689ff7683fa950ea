//! `/v1/health`: instances and checks.

use serde::Deserialize;

use super::path::Path;
use crate::consul::client::Consul;
use crate::consul::error::Error;

/// The instances of a service, whatever their health.
pub fn service(name: &str) -> Path {
    Path::named("/v1/health/service/", name).growing()
}

/// The checks of a node.
pub fn node(name: &str) -> Path {
    Path::named("/v1/health/node/", name)
}

/// A check.
#[derive(Debug, Deserialize)]
pub struct Check {
    /// Its id.
    #[serde(rename = "CheckID")]
    pub id: String,
}

impl Consul {
    /// The checks of a node. An unknown node has none.
    pub async fn node_checks(&self, name: &str) -> Result<Vec<Check>, Error> {
        Ok(self.get::<Option<_>>(&node(name), &[]).await?.unwrap_or_default())
    }
}
