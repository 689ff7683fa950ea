//! The flags of `services link`, which are about two parties: the linked service and the agent.

use super::consul::AgentGroup;
use super::flag::{Flag, Group};

pub const SERVICE_CA_FILE: Flag = Flag::text(
    "service-ca-file",
    "FILE",
    "Path, on the gateway's host, of the CA certificates that verify the service",
)
.details("An empty path removes it.")
.formerly("ca-file", "former-ca-file");

pub const SERVICE_CERT_FILE: Flag =
    Flag::text("service-cert-file", "FILE", "Path of the client certificate for the service (mutual TLS)")
        .formerly("cert-file", "former-cert-file");

pub const SERVICE_KEY_FILE: Flag =
    Flag::text("service-key-file", "FILE", "Path of its private key").formerly("key-file", "former-key-file");

pub const SNI: Flag = Flag::text("sni", "NAME", "Host name for the TLS handshake")
    .details("The service's certificate must be valid for it.");

/// How the gateway reaches a linked service.
#[derive(Debug, Clone, Copy)]
pub struct LinkGroup;

impl Group for LinkGroup {
    const HEADING: &'static str = "TLS to the service";
    const FLAGS: &'static [Flag] = &[SERVICE_CA_FILE, SERVICE_CERT_FILE, SERVICE_KEY_FILE, SNI];
}

/// The agent's flags, where `--ca-file` and its kin used to be the service's.
#[derive(Debug, Clone, Copy)]
pub struct LinkAgentGroup;

impl Group for LinkAgentGroup {
    const HEADING: &'static str = AgentGroup::HEADING;
    const FLAGS: &'static [Flag] = AgentGroup::FLAGS;

    fn spelled(flag: &Flag) -> &'static str {
        match flag.name {
            "ca-file" => "agent-ca-file",
            "ca-path" => "agent-ca-path",
            "client-cert" => "agent-client-cert",
            "client-key" => "agent-client-key",
            "tls-server-name" => "agent-tls-server-name",
            name => name,
        }
    }
}
