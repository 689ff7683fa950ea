//! What is known about the agent: one answer of `/v1/agent/self`, read once, by everybody.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::error::{Error, Failure};
use crate::bootstrap::GrpcPort;
use crate::consul_version::ConsulVersion;
use crate::envoy::version::EnvoyVersion;
use crate::rights::{AGENT_READ, Right};
use crate::snapshot::is_ipv6;

/// What is known of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact<T> {
    /// This.
    Known(T),
    /// Nothing, for a reason.
    Unknown(Reason),
    /// That the agent does not have it.
    Absent,
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The token lacks a right.
    Lacks(&'static Right),
    /// The agent refused or failed to answer.
    Unanswered,
    /// Its answer does not say.
    NotSaid,
}

impl<T> Fact<T> {
    /// The thing, if it is known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(thing) => Some(thing),
            Self::Unknown(_) | Self::Absent => None,
        }
    }

    fn said(found: Option<T>) -> Self {
        found.map_or(Self::Unknown(Reason::NotSaid), Self::Known)
    }
}

/// Which Consul it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    Community,
    /// Enterprise, which knows namespaces and partitions.
    Enterprise,
}

/// The agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its release as it says it, such as `1.18.2+ent`. See [`Agent::consul_version`].
    pub version: Fact<String>,
    pub edition: Fact<Edition>,
    pub datacenter: Fact<String>,
    /// Its node name.
    pub node: Fact<String>,
    /// Its gRPC port; absent where gRPC is switched off.
    pub grpc: Fact<GrpcPort>,
    /// Whether ACLs are on.
    pub acls: Fact<bool>,
    /// Whether the service mesh is on.
    pub mesh: Fact<bool>,
    /// Envoy releases that it supports; absent where it lists none.
    pub envoys: Fact<SupportedEnvoys>,
    /// The address it binds to, which only newer releases say.
    pub bind: Fact<String>,
    /// The address by which other agents know it.
    pub advertise: Fact<String>,
    /// Whether it merges proxy-defaults into Proxy.Config.
    pub central_config: Fact<bool>,
    /// Whether it refuses in the bare words of Consul before 1.12.
    pub has_old_words: bool,
}

impl Agent {
    /// Reads the answer of `/v1/agent/self`; anything may be missing from it.
    pub fn read(answer: &Value) -> Self {
        let text = |pointer: &str| {
            let text = answer.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
            Fact::said(text.map(str::to_owned))
        };
        let flag = |pointer: &str| Fact::said(answer.pointer(pointer).and_then(Value::as_bool));
        let version = text("/Config/Version");
        Self {
            edition: match &version {
                Fact::Known(version) => Fact::Known(edition_of(version)),
                Fact::Unknown(reason) => Fact::Unknown(reason.clone()),
                Fact::Absent => Fact::Absent,
            },
            version,
            datacenter: text("/Config/Datacenter"),
            node: text("/Config/NodeName"),
            grpc: grpc_port(answer),
            acls: flag("/DebugConfig/ACLsEnabled"),
            mesh: flag("/DebugConfig/ConnectEnabled"),
            envoys: SupportedEnvoys::read(answer).map_or(Fact::Absent, Fact::Known),
            bind: text("/Config/BindAddr"),
            advertise: text("/Member/Addr"),
            central_config: flag("/DebugConfig/EnableCentralServiceConfig"),
            has_old_words: false,
        }
    }

    /// What is known of an agent that did not answer the question: nothing, and why.
    pub fn unanswered(error: &Error) -> Self {
        let reason =
            if error.is_permission_denied() && !error.is_unknown_token() && error.status() != Some(401) {
                Reason::Lacks(&AGENT_READ)
            } else {
                Reason::Unanswered
            };
        let has_old_words =
            matches!(&error.failure, Failure::Status { status: 403, body } if body == "Permission denied");
        Self { has_old_words, ..Self::unknown(&reason) }
    }

    fn unknown(reason: &Reason) -> Self {
        let text = || Fact::Unknown(reason.clone());
        Self {
            version: text(),
            edition: Fact::Unknown(reason.clone()),
            datacenter: text(),
            node: text(),
            grpc: Fact::Unknown(reason.clone()),
            acls: Fact::Unknown(reason.clone()),
            mesh: Fact::Unknown(reason.clone()),
            envoys: Fact::Unknown(reason.clone()),
            bind: text(),
            advertise: text(),
            central_config: Fact::Unknown(reason.clone()),
            has_old_words: false,
        }
    }

    /// Uses a version from another source if the agent does not report it.
    #[must_use]
    pub fn or_version(mut self, stated: String) -> Self {
        if self.version.known().is_none() && !stated.is_empty() {
            self.edition = Fact::Known(edition_of(&stated));
            self.version = Fact::Known(stated);
        }
        self
    }

    /// Its release, to compare with others; `None` also where the agent says something that is not a version.
    pub fn consul_version(&self) -> Option<ConsulVersion> {
        self.version.known()?.parse().ok()
    }

    /// The right that the token lacks to read all this.
    pub const fn lacked(&self) -> Option<&'static Right> {
        match &self.version {
            Fact::Unknown(Reason::Lacks(right)) => Some(right),
            _ => None,
        }
    }

    /// Whether it is known to be Consul Enterprise.
    pub fn is_enterprise(&self) -> bool {
        self.edition == Fact::Known(Edition::Enterprise)
    }

    /// What messages call it: `Consul 1.21.4`, or `this Consul`.
    pub fn shown(&self) -> String {
        self.version.known().map_or_else(|| "this Consul".to_owned(), |version| format!("Consul {version}"))
    }

    /// The loopback address of its IP family, where its gRPC port and Envoy's admin server are unless something else is
    /// said.
    ///
    /// Consul: releases that know IPv6 agents name the address they bind to; earlier ones mean 127.0.0.1, as does an
    /// answer that a token without `agent:read` does not get.
    pub fn loopback(&self) -> IpAddr {
        match self.bind.known() {
            Some(bind) if is_ipv6(bind) => Ipv6Addr::LOCALHOST.into(),
            _ => Ipv4Addr::LOCALHOST.into(),
        }
    }
}

/// Consul: Enterprise has `+ent` behind its version, perhaps with more, as in `1.18.2+ent.fips1402`.
fn edition_of(version: &str) -> Edition {
    let build = version.split_once('+').map_or("", |(_, build)| build);
    if build.split('.').any(|part| part == "ent") { Edition::Enterprise } else { Edition::Community }
}

/// Consul from 1.14 has `xDS.Ports` (TLS first, then plain text); releases before have `xDS.Port` or only
/// `DebugConfig.GRPCPort`. A port below 1 means off.
fn grpc_port(answer: &Value) -> Fact<GrpcPort> {
    let port =
        |object: Option<&Value>, name: &str| object.and_then(|object| member(object, name)).and_then(whole);
    let usable = |number: Option<i64>| number.and_then(|n| u16::try_from(n).ok()).filter(|port| *port > 0);
    let xds = member(answer, "xDS");
    let ports = xds.and_then(|xds| member(xds, "Ports"));
    let (tls, plain) = (port(ports, "TLS"), port(ports, "Plaintext"));
    if tls.is_some() || plain.is_some() {
        return match (usable(tls), usable(plain)) {
            (Some(port), _) => Fact::Known(GrpcPort { port, tls: true }),
            (None, Some(port)) => Fact::Known(GrpcPort { port, tls: false }),
            (None, None) => Fact::Absent,
        };
    }
    match port(xds, "Port").or_else(|| port(answer.get("DebugConfig"), "GRPCPort")) {
        None => Fact::Unknown(Reason::NotSaid),
        number => usable(number).map_or(Fact::Absent, |port| Fact::Known(GrpcPort { port, tls: false })),
    }
}

/// A number without its fraction, as Consul reads ports.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let whole = value.as_f64()?.trunc();
        // In range, so nothing is cut off.
        #[expect(clippy::cast_possible_truncation, reason = "checked to be within a port's range")]
        (-1.0..=65_535.0).contains(&whole).then_some(whole as i64)
    })
}

/// A member of an object, its name compared without regard to case (the agent's JSON is read by Go programs, which do
/// the same).
fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let members = object.as_object()?;
    members
        .get(name)
        .or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The Envoy releases that an agent says it supports.
///
/// Consul lists the newest patch of each supported minor release; every patch of that minor counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportedEnvoys(Vec<EnvoyVersion>);

impl SupportedEnvoys {
    /// `None` where the answer lists none.
    fn read(answer: &Value) -> Option<Self> {
        let listed = member(answer, "xDS")?.pointer("/SupportedProxies/envoy")?.as_array()?;
        let listed: Vec<_> =
            listed.iter().filter_map(Value::as_str).filter_map(EnvoyVersion::parse).collect();
        (!listed.is_empty()).then_some(Self(listed))
    }

    /// Whether the list has the version's minor release.
    pub fn supports(&self, version: EnvoyVersion) -> bool {
        self.0.iter().any(|listed| (listed.major, listed.minor) == (version.major, version.minor))
    }

    /// The list for a message: `1.34, 1.33`.
    pub fn display(&self) -> String {
        let minor = |version: &EnvoyVersion| format!("{}.{}", version.major, version.minor);
        self.0.iter().map(minor).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failed(failure: Failure) -> Agent {
        let (method, path) = ("GET".to_owned(), "/".to_owned());
        Agent::unanswered(&Error { method, path, address: "agent".into(), failure, hint: None })
    }

    #[test]
    fn an_answer_is_read_as_far_as_possible() {
        let agent = Agent::read(&json!({
            "Config": {"Version": "1.21.4+ent", "Datacenter": "dc1", "NodeName": "n", "BindAddr": "0.0.0.0"},
            "DebugConfig": {"ACLsEnabled": true, "EnableCentralServiceConfig": false},
            "Member": {"Addr": "10.0.0.1"},
            "XDS": {"SupportedProxies": {"envoy": ["1.34.1", "1.33.2"]}, "Ports": {"Plaintext": 8502, "TLS": 0}},
        }));
        let known = |text: &str| Fact::Known(text.to_owned());
        assert_eq!([&agent.version, &agent.datacenter], [&known("1.21.4+ent"), &known("dc1")]);
        assert_eq!(
            [&agent.node, &agent.advertise, &agent.bind],
            [&known("n"), &known("10.0.0.1"), &known("0.0.0.0")]
        );
        assert_eq!(agent.consul_version(), "1.21.4+ent".parse().ok());
        assert_eq!(agent.grpc, Fact::Known(GrpcPort { port: 8502, tls: false }));
        assert_eq!((&agent.acls, &agent.central_config), (&Fact::Known(true), &Fact::Known(false)));
        let envoys = agent.envoys.known().unwrap();
        let version = |text| EnvoyVersion::parse(text).unwrap();
        assert!(envoys.supports(version("1.33.9")) && !envoys.supports(version("1.40.0")));
        assert_eq!(envoys.display(), "1.34, 1.33");
        assert!(agent.is_enterprise());
    }

    #[test]
    fn unreported_features_are_unknown_and_disabled_ones_absent() {
        let agent = Agent::read(&json!([]));
        assert_eq!(agent.version, Fact::Unknown(Reason::NotSaid));
        assert_eq!((agent.grpc, agent.envoys), (Fact::Unknown(Reason::NotSaid), Fact::Absent));
        let off = Agent::read(&json!({"xDS": {"Ports": {"TLS": -1, "Plaintext": -1}}}));
        assert_eq!(off.grpc, Fact::Absent);
    }

    #[test]
    fn a_refusal_names_the_right_that_the_token_lacks() {
        let status = |status, body: &str| failed(Failure::Status { status, body: body.to_owned() });
        let old = status(403, "Permission denied");
        assert_eq!((old.lacked(), old.has_old_words), (Some(&AGENT_READ), true));
        let new = status(403, "Permission denied: token with AccessorID 'x' lacks permission 'agent:read'");
        assert_eq!((new.lacked(), new.has_old_words), (Some(&AGENT_READ), false));
        // A proxy before the agent answers 401.
        for other in [status(403, "ACL not found"), status(500, "No cluster leader"), status(401, "")] {
            assert_eq!((other.lacked(), other.version), (None, Fact::Unknown(Reason::Unanswered)));
        }
    }

    #[test]
    fn the_users_value_counts_if_the_agent_gives_none() {
        let agent = Agent::read(&json!({"Config": {"Version": "1.21.4"}}));
        assert_eq!(agent.or_version("1.8.7".into()).consul_version(), Some(ConsulVersion::new(1, 21, 4)));
        let silent = || Agent::read(&json!({}));
        assert_eq!(silent().or_version("1.8.7".into()).consul_version(), Some(ConsulVersion::new(1, 8, 7)));
        assert_eq!(silent().or_version(String::new()), silent());
    }

    #[test]
    fn the_edition_is_in_the_build_metadata() {
        for (version, expected) in [
            ("1.21.4", Edition::Community),
            ("1.8.7+dfsg1", Edition::Community),
            ("1.22.0-rc1+ent", Edition::Enterprise),
            ("1.18.2+ent.fips1402", Edition::Enterprise),
        ] {
            assert_eq!(edition_of(version), expected, "{version}");
        }
    }

    #[test]
    fn the_tls_port_wins_and_old_agents_have_one_port() {
        let known = |port, tls| Fact::Known(GrpcPort { port, tls });
        for (answer, expected) in [
            (json!({"xDS": {"Ports": {"TLS": 8503, "Plaintext": 8502}}}), known(8503, true)),
            (json!({"xDS": {"Ports": {"TLS": -1, "Plaintext": 9502}, "Port": 1}}), known(9502, false)),
            (json!({"DebugConfig": {"GRPCPort": 9502}}), known(9502, false)),
            (json!({"DebugConfig": {"GRPCPort": -1}}), Fact::Absent),
            (json!({}), Fact::Unknown(Reason::NotSaid)),
        ] {
            assert_eq!(grpc_port(&answer), expected, "{answer}");
        }
    }

    #[test]
    fn an_agent_on_ipv6_has_its_loopback_there() {
        for (bind, expected) in [
            ("::", "::1"),
            ("2001:db8:9::2", "::1"),
            ("127.0.0.1", "127.0.0.1"),
            ("0.0.0.0", "127.0.0.1"),
            ("::ffff:10.9.0.2", "127.0.0.1"),
            ("", "127.0.0.1"),
        ] {
            let agent = Agent::read(&json!({"Config": {"BindAddr": bind}}));
            assert_eq!(agent.loopback().to_string(), expected, "{bind}");
        }
        // Releases before name it only where it was always named.
        let old = Agent::read(&json!({"DebugConfig": {"BindAddr": "::"}}));
        assert_eq!(old.loopback().to_string(), "127.0.0.1");
    }
}
