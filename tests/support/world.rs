//! A gateway's corner of a mesh: what the tests of `termgate run` and the benches start from.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::command::Termgate;
use super::consul::Consul;
use super::gateway::Gateway;
use super::mesh::MeshClient;
use super::origin::Origin;
use super::pki::Authority;
use super::steady::Steady;

/// The name in the certificates of [`World::tls_origin`].
pub const OUTSIDE: &str = "outside.example";

/// A gateway's corner of a mesh: names of its own, an authority for the servers outside.
pub struct World<C = &'static Consul> {
    pub consul: C,
    pub gateway: String,
    pub frontend: String,
    pub authority: Authority,
    files: TempDir,
    /// What the gateway's entry says of each linked service.
    pub links: BTreeMap<String, Value>,
}

impl World {
    /// A corner of the agent that the tests share.
    pub fn new() -> Result<Self> {
        Self::of(Consul::shared()?)
    }

    /// The same with one service at `origin` that is linked and that the frontend may reach.
    pub fn with_one(origin: &Origin) -> Result<(Self, String)> {
        let mut world = Self::new()?;
        let service = world.allowed("one", origin)?;
        world.write_entry()?;
        Ok((world, service))
    }
}

impl World<Consul> {
    /// A mesh of its own, for a test that changes or harms its agent.
    pub fn alone() -> Result<Self> {
        Self::of(Consul::start()?)
    }
}

impl<C: Borrow<Consul>> World<C> {
    /// A corner of an agent's mesh.
    pub fn of(consul: C) -> Result<Self> {
        let agent: &Consul = consul.borrow();
        Ok(Self {
            gateway: agent.unique("gateway"),
            frontend: agent.unique("frontend"),
            authority: Authority::new("Private CA")?,
            files: tempfile::tempdir()?,
            links: BTreeMap::new(),
            consul,
        })
    }

    fn agent(&self) -> &Consul {
        self.consul.borrow()
    }

    /// Registers a server under a new service name; `tls` is what the entry says of it.
    pub fn register(&mut self, stem: &str, origin: &Origin, tls: Value) -> Result<String> {
        self.register_at(stem, origin.address(), tls)
    }

    /// The same at any address.
    pub fn register_at(&mut self, stem: &str, address: SocketAddr, tls: Value) -> Result<String> {
        let service = self.agent().unique(stem);
        self.agent().register_external(&service, address)?;
        self.links.insert(service.clone(), tls);
        Ok(service)
    }

    /// A plain service that is linked and that the frontend may reach.
    pub fn allowed(&mut self, stem: &str, origin: &Origin) -> Result<String> {
        self.allowed_with(stem, origin.address(), json!({}))
    }

    /// The same at any address; `tls` is what the entry says of it.
    pub fn allowed_with(&mut self, stem: &str, address: SocketAddr, tls: Value) -> Result<String> {
        let service = self.register_at(stem, address, tls)?;
        self.agent().allow(&self.frontend, &service)?;
        Ok(service)
    }

    /// The same at a name, or at a text that is not an address.
    pub fn allowed_at(&mut self, stem: &str, address: &str, port: u16) -> Result<String> {
        let service = self.agent().unique(stem);
        self.agent().register_at(&service, &service, address, port)?;
        self.agent().allow(&self.frontend, &service)?;
        self.links.insert(service.clone(), json!({}));
        Ok(service)
    }

    /// Writes the gateway's entry with its linked services.
    pub fn write_entry(&self) -> Result<()> {
        self.agent().link(&self.gateway, self.links.iter().map(|(name, tls)| (name.as_str(), tls.clone())))
    }

    /// `termgate run` of this gateway in direct mode.
    pub fn run(&self) -> Result<Termgate> {
        let words = ["run", "--service", &self.gateway, "--config-source", "direct", "--deregister-on-exit"];
        Ok(Termgate::new(words)?.consul(self.agent()))
    }

    /// Writes the entry, starts the gateway and waits until Envoy serves.
    pub fn start(&self) -> Result<Gateway> {
        self.launch(self.run()?)
    }

    /// The same with a prepared `termgate run …`.
    pub fn launch(&self, run: Termgate) -> Result<Gateway> {
        self.write_entry()?;
        Gateway::launch(&self.gateway, run)
    }

    /// The client that may reach the allowed services.
    pub fn frontend(&self) -> Result<MeshClient> {
        self.agent().mesh_client(&self.frontend)
    }

    /// A client that no intention names.
    pub fn stranger(&self) -> Result<MeshClient> {
        self.agent().mesh_client(&self.agent().unique("stranger"))
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

    /// An HTTPS server that the authority vouches for, as [`OUTSIDE`].
    pub fn tls_origin(&self, instance: &str) -> Result<Origin> {
        Origin::tls(instance, &self.authority.server(&[OUTSIDE])?)
    }

    /// What the entry says of a server that wants a certificate: [`verified`], and files with one that `authority` issued.
    pub fn mutual(&self, ca_file: &str, authority: &Authority) -> Result<Value> {
        let client = authority.client("gateway")?;
        let mut tls = verified(ca_file);
        tls["CertFile"] = json!(self.file("client.pem", &client.certificate)?);
        tls["KeyFile"] = json!(self.file("client.key", &client.key)?);
        Ok(tls)
    }

    /// Starts `run` with two services at `origin`, waits until both are served, and lets a client ask the first one.
    pub fn busy(&mut self, run: Termgate, origin: &Origin) -> Result<Busy> {
        let steady = self.allowed("steady", origin)?;
        let moving = self.allowed("moving", origin)?;
        let (mut gateway, frontend) = (self.launch(run)?, self.frontend()?);
        for service in [&steady, &moving] {
            answered_by(&mut gateway, &frontend, service, origin.instance())?;
        }
        let client = Steady::start(frontend.clone(), gateway.address, &steady);
        Ok(Busy { gateway, frontend, client, steady, moving })
    }
}

/// What the entry says of a server at [`OUTSIDE`] that is verified with this CA file.
pub fn verified(ca_file: &str) -> Value {
    json!({"CAFile": ca_file, "SNI": OUTSIDE})
}

/// A gateway at work: not one request of its client may fail.
pub struct Busy {
    pub gateway: Gateway,
    pub frontend: MeshClient,
    /// Asks the service `steady` all the time.
    pub client: Steady,
    pub steady: String,
    /// A service for the test to change.
    pub moving: String,
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
