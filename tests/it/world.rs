//! A gateway's corner of the shared mesh: what the tests of `termgate run` start from.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::consul::Consul;
use crate::support::gateway::Gateway;
use crate::support::mesh::MeshClient;
use crate::support::origin::Origin;
use crate::support::pki::Authority;

/// A gateway's corner of the shared mesh: names of its own, an authority for the servers outside.
pub struct World {
    pub consul: &'static Consul,
    pub gateway: String,
    pub frontend: String,
    pub authority: Authority,
    files: TempDir,
    pub links: BTreeMap<String, Value>,
}

impl World {
    pub fn new() -> Result<Self> {
        let consul = Consul::shared()?;
        Ok(Self {
            consul,
            gateway: consul.unique("gateway"),
            frontend: consul.unique("frontend"),
            authority: Authority::new("Private CA")?,
            files: tempfile::tempdir()?,
            links: BTreeMap::new(),
        })
    }

    /// Registers a server under a new service name; `tls` is what the entry says of it.
    pub fn register(&mut self, stem: &str, origin: &Origin, tls: Value) -> Result<String> {
        let service = self.consul.unique(stem);
        self.consul.register_external(&service, origin.address())?;
        self.links.insert(service.clone(), tls);
        Ok(service)
    }

    /// A plain service that is linked and that the frontend may reach.
    pub fn allowed(&mut self, stem: &str, origin: &Origin) -> Result<String> {
        let service = self.register(stem, origin, json!({}))?;
        self.consul.allow(&self.frontend, &service)?;
        Ok(service)
    }

    pub fn write_entry(&self) -> Result<()> {
        let services: Vec<Value> = self
            .links
            .iter()
            .map(|(name, tls)| {
                let mut service = tls.clone();
                service["Name"] = json!(name);
                service
            })
            .collect();
        self.consul.write_config_entry(
            &json!({"Kind": "terminating-gateway", "Name": self.gateway, "Services": services}),
        )
    }

    pub fn start(&self) -> Result<Gateway> {
        self.write_entry()?;
        Gateway::start(self.consul, &self.gateway)
    }

    pub fn frontend(&self) -> Result<MeshClient> {
        self.consul.mesh_client(&self.frontend)
    }

    /// Where a file of this world would be.
    pub fn path(&self, name: &str) -> String {
        self.files.path().join(name).display().to_string()
    }

    /// Writes a file, and says where.
    pub fn file(&self, name: &str, content: &str) -> Result<String> {
        fs::write(self.path(name), content)?;
        Ok(self.path(name))
    }
}

/// Asks until the answer comes from `instance`.
pub fn answered_by(
    gateway: &mut Gateway,
    client: &MeshClient,
    service: &str,
    instance: &str,
) -> Result<Value> {
    let at = gateway.address;
    gateway.eventually(&format!("an answer of {service} by {instance}"), || {
        let answer = client.get(at, service, "/path?query=1")?.answer()?;
        ensure!(answer["instance"] == instance, "answered by {}", answer["instance"]);
        Ok(answer)
    })
}

/// Asks until the gateway refuses.
pub fn refused(gateway: &mut Gateway, client: &MeshClient, service: &str) -> Result<()> {
    let at = gateway.address;
    gateway.eventually(&format!("{service} to be refused"), || client.get(at, service, "/")?.refused())
}
