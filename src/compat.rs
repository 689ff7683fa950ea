//! Which Envoy a Consul agent speaks xDS with, and what follows for `--config-source auto`.

use crate::consul::facts::{Agent, Fact};
use crate::envoy::version::EnvoyVersion;

/// What is known of what a gateway uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uses {
    /// Nothing that direct mode cannot render.
    Rendered,
    /// Something that it cannot render.
    Beyond {
        /// What that is.
        what: String,
        /// Whether Consul and Envoy can speak xDS to each other, as [`speaks_xds`] says.
        speaks: Result<String, String>,
    },
    /// It is not known, for this reason.
    Unknown(String),
}

/// Where Envoy's configuration comes from, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// From Consul's gRPC port; else from termgate.
    pub xds: bool,
    /// Whether something of what the gateway uses is closed therefore.
    pub closes: bool,
    /// The reason in one line.
    pub reason: String,
}

/// What `--config-source auto` takes: direct mode, unless the gateway uses what that cannot render, and Consul and Envoy can
/// speak xDS to each other.
pub fn choose(uses: &Uses) -> Choice {
    let (xds, closes, reason) = match uses {
        Uses::Rendered => (false, false, "it renders everything that this gateway uses".to_owned()),
        Uses::Unknown(why) => {
            (false, false, format!("whether the gateway uses what it cannot render is not known: {why}"))
        }
        Uses::Beyond { what, speaks: Ok(how) } => {
            (true, false, format!("direct mode cannot render {what}, and {how}"))
        }
        Uses::Beyond { what, speaks: Err(why) } => {
            (false, true, format!("it cannot render {what}, but xDS is not possible either: {why}"))
        }
    };
    Choice { xds, closes, reason }
}

/// Whether an agent and an Envoy can speak xDS to each other: why, or why not.
///
/// `own_address` says whether the user names the gRPC address, `has_ca` whether there is a CA to check its certificate with.
pub fn speaks_xds(
    agent: &Agent,
    envoy: EnvoyVersion,
    own_address: bool,
    has_ca: bool,
) -> Result<String, String> {
    let consul = agent.shown();
    let Some(supported) = agent.envoys.known() else {
        return Err(format!("{consul} does not list the Envoy releases that it supports"));
    };
    if !supported.supports(envoy) {
        return Err(format!("{consul} supports Envoy {}, not {envoy}", supported.display()));
    }
    match &agent.grpc {
        Fact::Absent if !own_address => Err("gRPC is switched off on the agent".to_owned()),
        // Envoy would refuse its bootstrap.
        Fact::Known(grpc) if grpc.tls && !own_address && !has_ca => {
            let port = grpc.port;
            Err(format!("the agent's gRPC port {port} speaks TLS, and no CA is given (--grpc-ca-file)"))
        }
        _ => Ok(format!("{consul} supports Envoy {envoy}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn agent(envoys: &[&str], ports: &Value) -> Agent {
        Agent::read(&json!({
            "Config": {"Version": "1.21.4"},
            "xDS": {"SupportedProxies": {"envoy": envoys}, "Ports": ports},
        }))
    }

    #[test]
    fn xds_needs_an_envoy_that_consul_supports_and_a_port_that_envoy_can_use() {
        let plain = json!({"Plaintext": 8502, "TLS": -1});
        let tls = json!({"Plaintext": 8502, "TLS": 8503});
        let off = json!({"Plaintext": -1, "TLS": -1});
        let listed: &[&str] = &["1.34.1", "1.33.2"];
        for (envoys, envoy, ports, own_address, has_ca, expected) in [
            (listed, "1.34.9", &plain, false, false, Ok("Consul 1.21.4 supports Envoy 1.34.9")),
            (listed, "1.40.0", &plain, false, true, Err("supports Envoy 1.34, 1.33, not 1.40.0")),
            (&[], "1.34.1", &plain, false, true, Err("does not list the Envoy releases that it supports")),
            (listed, "1.34.1", &tls, false, false, Err("port 8503 speaks TLS, and no CA is given")),
            (listed, "1.34.1", &tls, false, true, Ok("supports")),
            (listed, "1.34.1", &tls, true, false, Ok("supports")),
            (listed, "1.34.1", &off, false, true, Err("gRPC is switched off on the agent")),
            (listed, "1.34.1", &off, true, true, Ok("supports")),
        ] {
            let envoy = EnvoyVersion::parse(envoy).unwrap();
            let said = speaks_xds(&agent(envoys, ports), envoy, own_address, has_ca);
            match (&said, expected) {
                (Ok(said), Ok(part)) | (Err(said), Err(part)) => assert!(said.contains(part), "{said}"),
                _ => panic!("{said:?}, not {expected:?}"),
            }
        }
    }

    #[test]
    fn auto_is_direct_unless_something_is_beyond_it_and_xds_is_possible() {
        let beyond = |speaks: Result<&str, &str>| Uses::Beyond {
            what: "extension `x`".to_owned(),
            speaks: speaks.map(str::to_owned).map_err(str::to_owned),
        };
        let unknown = Uses::Unknown("the token lacks agent:read".to_owned());
        for (uses, xds, closes, part) in [
            (Uses::Rendered, false, false, "renders everything"),
            (unknown, false, false, "agent:read"),
            (
                beyond(Ok("Consul supports Envoy")),
                true,
                false,
                "cannot render extension `x`, and Consul supports Envoy",
            ),
            (
                beyond(Err("gRPC is off")),
                false,
                true,
                "cannot render extension `x`, but xDS is not possible either: gRPC is off",
            ),
        ] {
            let choice = choose(&uses);
            assert_eq!((choice.xds, choice.closes), (xds, closes), "{choice:?}");
            assert!(choice.reason.contains(part), "{choice:?}");
        }
    }
}
