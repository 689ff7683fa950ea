//! Files that lie beside entries and are something else: settings of an agent, definitions of services.
//!
//! A file counts as such only if all its keys are ones that agents read, and one of them is found nowhere in entries. What
//! is misspelled, broken or in doubt is not passed over.

use std::fmt;

use super::bundle::{bootstrap, is_array};
use super::dialect;
use crate::consul_version::ConsulVersion;
use crate::hcl::{self, Node, Object, Source, Value};

/// What a file is instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEntry {
    /// Settings of an agent.
    AgentSettings,
    /// Definitions of services or checks.
    Services,
}

impl NoEntry {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AgentSettings, Self::Services];

    /// What several such files hold.
    pub fn plural(self) -> &'static str {
        match self {
            Self::AgentSettings => "agent settings",
            Self::Services => "service definitions",
        }
    }
}

impl fmt::Display for NoEntry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::AgentSettings => "the configuration of an agent",
            Self::Services => "a service definition",
        })
    }
}

/// What a text is, if it is certainly not an entry.
pub fn no_entry(source: &Source<'_>, version: &ConsulVersion) -> Option<NoEntry> {
    if is_array(source.bytes()) {
        return None;
    }
    of_root(&hcl::read(source, dialect(version)).ok()?.root)
}

/// The same of what a text holds.
pub(super) fn of_root(root: &Object) -> Option<NoEntry> {
    if root.entries.is_empty() || bootstrap(root).is_some() {
        return None;
    }
    let mut found = None;
    for entry in &root.entries {
        let key = entry.key.to_lowercase();
        let is = match &*key {
            // A policy has a block of this name, too, with the name of the service as its label.
            "service" => {
                let keys = keys(&entry.node);
                Some(NoEntry::Services).filter(|_| !keys.is_empty() && are_of(&keys, DEFINITION))
            }
            "check" | "checks" => Some(NoEntry::Services).filter(|_| are_of(&keys(&entry.node), CHECK)),
            // A gateway's entry has a list of this name, too.
            "services" => Some(NoEntry::Services).filter(|_| are_definitions(&entry.node)),
            _ if SETTINGS.binary_search(&&*key).is_ok() => Some(NoEntry::AgentSettings),
            // Entries have keys of these names, too.
            "tls" | "partition" => None,
            _ => return None,
        };
        if matches!(&*key, "service" | "services" | "check" | "checks") && is.is_none() {
            return None;
        }
        found = match (found, is) {
            (Some(NoEntry::AgentSettings), _) | (_, None) => found,
            (_, is) => is,
        };
    }
    found
}

/// Whether all objects are definitions of services, and one of them says what no link of a gateway says.
fn are_definitions(node: &Node) -> bool {
    let keys = keys(node);
    let is_own = |key: &String| !matches!(&**key, "name" | "namespace" | "partition");
    are_of(&keys, DEFINITION) && keys.iter().any(is_own)
}

fn are_of(keys: &[String], known: &[&str]) -> bool {
    keys.iter().all(|key| known.binary_search(&&**key).is_ok())
}

/// The keys of all objects that a value holds, without case and underscores.
fn keys(node: &Node) -> Vec<String> {
    let entries = objects(node).into_iter().flat_map(|object| &object.entries);
    entries.map(|entry| entry.key.to_lowercase().replace('_', "")).collect()
}

/// The objects that a value holds.
fn objects(node: &Node) -> Vec<&Object> {
    match &node.value {
        Value::Object(object) => vec![object],
        Value::List(list) => list.items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

/// Keys of a service definition, without case and underscores; sorted.
const DEFINITION: &[&str] = &[
    "address",
    "check",
    "checks",
    "connect",
    "enabletagoverride",
    "id",
    "kind",
    "locality",
    "meta",
    "name",
    "namespace",
    "partition",
    "port",
    "ports",
    "proxy",
    "socketpath",
    "taggedaddresses",
    "tags",
    "token",
    "weights",
];

/// Keys of a health check, without case and underscores; sorted.
const CHECK: &[&str] = &[
    "aliasnode",
    "aliasservice",
    "args",
    "body",
    "checkid",
    "deregistercriticalserviceafter",
    "disableredirects",
    "dockercontainerid",
    "failuresbeforecritical",
    "failuresbeforewarning",
    "grpc",
    "grpcusetls",
    "h2ping",
    "h2pingusetls",
    "header",
    "http",
    "id",
    "interval",
    "method",
    "name",
    "notes",
    "osservice",
    "outputmaxsize",
    "serviceid",
    "shell",
    "status",
    "successbeforepassing",
    "tcp",
    "tcpusetls",
    "timeout",
    "tlsservername",
    "tlsskipverify",
    "token",
    "ttl",
    "udp",
];

/// Keys of an agent's settings, Consul 1.8 to 2.1; sorted. Those that entries have as well are left out.
const SETTINGS: &[&str] = &[
    "acl",
    "acl_agent_master_token",
    "acl_agent_token",
    "acl_datacenter",
    "acl_default_policy",
    "acl_down_policy",
    "acl_enable_key_list_policy",
    "acl_enforce_version_8",
    "acl_master_token",
    "acl_replication_token",
    "acl_token",
    "acl_ttl",
    "addresses",
    "advertise_addr",
    "advertise_addr_ipv4",
    "advertise_addr_ipv6",
    "advertise_addr_wan",
    "advertise_addr_wan_ipv4",
    "advertise_addr_wan_ipv6",
    "advertise_reconnect_timeout",
    "alt_domain",
    "audit",
    "auto_config",
    "auto_encrypt",
    "auto_reload_config",
    "autopilot",
    "bind_addr",
    "bootstrap",
    "bootstrap_expect",
    "ca_file",
    "ca_path",
    "cache",
    "cert_file",
    "check_output_max_size",
    "check_update_interval",
    "client_addr",
    "cloud",
    "config_entries",
    "connect",
    "data_dir",
    "datacenter",
    "default_intention_policy",
    "default_query_time",
    "disable_anonymous_signature",
    "disable_coordinates",
    "disable_host_node_id",
    "disable_http_unprintable_char_filter",
    "disable_keyring_file",
    "disable_remote_exec",
    "disable_update_check",
    "discard_check_output",
    "discovery_max_stale",
    "dns_config",
    "domain",
    "enable_acl_replication",
    "enable_agent_tls_for_checks",
    "enable_central_service_config",
    "enable_debug",
    "enable_local_script_checks",
    "enable_script_checks",
    "enable_syslog",
    "encrypt",
    "encrypt_verify_incoming",
    "encrypt_verify_outgoing",
    "experiments",
    "gossip_lan",
    "gossip_wan",
    "http_config",
    "key_file",
    "leave_on_terminate",
    "license_path",
    "limits",
    "locality",
    "log_file",
    "log_json",
    "log_level",
    "log_rotate_bytes",
    "log_rotate_duration",
    "log_rotate_max_files",
    "max_query_time",
    "node_id",
    "node_meta",
    "node_name",
    "non_voting_server",
    "peering",
    "performance",
    "pid_file",
    "ports",
    "primary_datacenter",
    "primary_gateways",
    "primary_gateways_interval",
    "protocol_version",
    "raft_boltdb",
    "raft_logstore",
    "raft_protocol",
    "raft_snapshot_interval",
    "raft_snapshot_threshold",
    "raft_trailing_logs",
    "read_replica",
    "reconnect_timeout",
    "reconnect_timeout_wan",
    "recursors",
    "rejoin_after_leave",
    "reporting",
    "request_limits",
    "retry_interval",
    "retry_interval_wan",
    "retry_join",
    "retry_join_wan",
    "retry_max",
    "retry_max_wan",
    "rpc",
    "segment",
    "segments",
    "serf_allowed_cidrs_lan",
    "serf_allowed_cidrs_wan",
    "serf_lan",
    "serf_wan",
    "server",
    "server_name",
    "server_rejoin_age_max",
    "session_ttl_min",
    "skip_leave_on_interrupt",
    "start_join",
    "start_join_wan",
    "syslog_facility",
    "telemetry",
    "tls_cipher_suites",
    "tls_min_version",
    "tls_prefer_server_cipher_suites",
    "translate_wan_addrs",
    "ui",
    "ui_config",
    "ui_content_path",
    "ui_dir",
    "unix_sockets",
    "use_streaming_backend",
    "verify_incoming",
    "verify_incoming_https",
    "verify_incoming_rpc",
    "verify_outgoing",
    "verify_server_hostname",
    "watches",
    "xds",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> Option<NoEntry> {
        no_entry(&Source::new(text.as_bytes()), &ConsulVersion::NEWEST_KNOWN)
    }

    #[test]
    fn settings_and_service_definitions_are_recognised() {
        for text in [
            "data_dir = \"data\"\nretry_join = [\"127.0.0.1\"]",
            "server = true\nbootstrap_expect = 3\ntls { defaults { ca_file = \"ca.pem\" } }\nports { https = 8501 }",
            r#"{"datacenter": "dc1", "encrypt": "x", "service": {"name": "web", "port": 80}}"#,
            "Connect { enabled = true }",
        ] {
            assert_eq!(is(text), Some(NoEntry::AgentSettings), "{text}");
        }
        for text in [
            r#"{"service":{"name":"web","port":9090,"connect":{"sidecar_service":{}}}}"#,
            "service { name = \"web\" }",
            "services = [{ id = \"a\" name = \"web\" }, { name = \"b\" TaggedAddresses {} }]",
            "services { name = \"web\" port = 80 }",
            "check { id = \"c\" tcp = \"a:1\" interval = \"10s\" }",
        ] {
            assert_eq!(is(text), Some(NoEntry::Services), "{text}");
        }
    }

    #[test]
    fn what_may_be_meant_as_an_entry_is_not_passed_over() {
        for text in [
            "Kind = \"terminating-gateway\"\nName = \"gw\"",
            "Knid = \"terminating-gateway\"\nName = \"gw\"",
            "Knid = \"mesh\"\nTLS {}",
            "Name = \"gw\"\nServices = [{ Name = \"web\" }]",
            "Services = [{ Name = \"web\" }]",
            "Services = [{ Name = \"web\" SNI = \"web\" }]",
            "TLS { Incoming { TLSMinVersion = \"TLSv1_2\" } }",
            "Knid = \"proxy-defaults\"\ndatacenter = \"dc1\"",
            "data_dir = \"data\"\nKind = \"mesh\"",
            "data_dir = ",
            "data_dir = \"a\" }",
            "{",
            "",
            "[]",
            "[{\"data_dir\": \"x\"}]",
            "service \"web\" { policy = \"write\" }",
            "service_prefix \"\" { policy = \"read\" }",
            "service {}",
            "check { what = \"x\" }",
            "server = true\nconfig_entries { bootstrap = [ { Kind = \"mesh\" } ] }",
        ] {
            assert_eq!(is(text), None, "{text}");
        }
    }

    #[test]
    fn the_keys_are_sorted() {
        assert!(DEFINITION.is_sorted() && CHECK.is_sorted());
        assert!(SETTINGS.is_sorted(), "{:?}", SETTINGS.windows(2).find(|pair| pair[0] > pair[1]));
    }
}
