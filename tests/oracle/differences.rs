//! Where termgate is meant to differ from a recorded run of `consul connect envoy` or `consul config write`: the one list.
//!
//! A case that is listed and yet agrees fails, so that the list stays true.

use Seen::{Bootstrap, Both, Command};

/// Where a difference shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// In the bootstrap, computed from the recorded answers without a process.
    Bootstrap,
    /// In what the command does.
    Command,
    /// In both.
    Both,
}

/// Name of the case, releases (`*` for all), where it shows, reason.
const DIFFERENCES: &[(&str, &str, Seen, &str)] = &[
    ("address-expose-servers-mesh", "*", Both, "a mesh gateway"),
    ("address-octal-looking", "1.8.7", Command, "010.9.0.2 is not an IP address to anyone today"),
    ("address-port-99999", "*", Command, "no port"),
    ("address-port-negative", "*", Both, "no port"),
    ("address-port-too-big", "*", Command, "no port"),
    ("address-template-lo-port", "*", Command, "a template that renders to no address"),
    ("address-template-no-such-interface", "*", Command, "a template that renders to no address"),
    ("address-template-public", "*", Command, "a template that renders to no address"),
    ("admin-bind-empty", "1.8.7 1.21.4", Bootstrap, "the default, as in current releases"),
    ("admin-bind-port-float", "1.8.7", Both, "no port"),
    ("admin-bind-port-too-big", "1.8.7", Both, "no port"),
    ("agentaddr-path", "1.8.7", Command, "a path is put before every request path, as in current releases"),
    ("agentaddr-trailing-slash", "1.8.7", Command, "a closing slash does no harm"),
    ("agentaddr-trailing-slash-no-scheme", "1.8.7", Command, "a closing slash does no harm"),
    ("bind-bad-ip", "*", Command, "no IP address to listen on"),
    ("bind-port-only", "*", Command, "no IP address to listen on"),
    ("bind-port-too-big", "*", Command, "no port"),
    ("bind-template-empty", "*", Command, "a template that renders to no address"),
    ("bind-two-equals", "*", Command, "no IP address to listen on"),
    ("envoyver-exec-1_31_0", "1.8.7", Command, "an Envoy that does not speak this Consul's protocol"),
    ("envoyver-exec-1_31_8", "1.8.7", Command, "an Envoy that does not speak this Consul's protocol"),
    ("envoyver-exec-1_35_0", "1.8.7", Command, "an Envoy that does not speak this Consul's protocol"),
    ("envoyver-exec-1_40_0", "1.8.7", Command, "an Envoy that does not speak this Consul's protocol"),
    ("envoyver-exec-2_0_0", "1.8.7", Command, "an Envoy that does not speak this Consul's protocol"),
    ("envoyver-exec-version-dev", "1.8.7", Command, "an Envoy that does not speak this Consul's protocol"),
    (
        "envoyver-exec-version-hash-has-numbers",
        "1.8.7",
        Command,
        "an Envoy that does not speak this Consul's protocol",
    ),
    ("exec-binary-bare-name-cwd", "1.8.7", Command, "a bare name is looked up in PATH"),
    ("exec-binary-bare-name-path", "*", Command, "a bare name is looked up in PATH"),
    ("exec-disable-hot-restart-given", "*", Command, "Envoy refuses the same flag twice"),
    ("exec-tmpdir-missing", "*", Command, "nothing is written to TMPDIR"),
    (
        "fail-close-register",
        "1.8.7 2.1.0-dev",
        Command,
        "a registration on a connection that was closed meanwhile is sent once more",
    ),
    ("fail-self-403", "1.21.4 2.1.0-dev", Command, "a refusal in the words of an old agent"),
    (
        "fail-self-xds-both",
        "1.8.7",
        Both,
        "the made-up agent names a TLS port, as no agent of this release does",
    ),
    (
        "fail-self-xds-tls-only",
        "1.8.7",
        Both,
        "the made-up agent names a TLS port, as no agent of this release does",
    ),
    ("fail-service-other-kind", "*", Both, "the answer is of another kind"),
    ("fail-services-wrong-kind", "*", Both, "the answer is of another kind"),
    ("grpc-port-only", "1.8.7", Both, "an address without a host"),
    ("naming-gateway-api", "1.21.4 2.1.0-dev", Both, "an API gateway"),
    ("naming-mesh-gateway-legacy", "*", Both, "a mesh gateway"),
    ("naming-proxy-id-mesh-gateway", "*", Both, "the ID of a mesh gateway"),
    ("naming-proxy-id-sidecar", "*", Both, "the ID of a sidecar"),
    ("naming-sidecar-for-and-gateway-register", "*", Both, "a sidecar"),
    ("naming-sidecar-for-and-proxy-id", "*", Both, "a sidecar"),
    ("pconf-extra-clusters-breaks-out", "1.8.7", Both, "clusters that close their list and open another"),
    ("pconf-prometheus-port-only", "1.8.7", Both, "an address without a host"),
    ("prom-tls-both-binds", "1.21.4 2.1.0-dev", Both, "each secret once, since Envoy refuses two of a name"),
    ("token-all-four", "1.21.4 2.1.0-dev", Both, "-token-file beats -token, whatever the environment has"),
    ("token-env-space", "*", Both, "a token without the blank at its end"),
    ("token-flag-and-file-env", "1.8.7", Both, "-token beats CONSUL_HTTP_TOKEN_FILE, as in current releases"),
];

/// Members of an entry that termgate always sends as zero. Consul's client sends what the file has, which is the state that
/// it was read in; the servers ignore it.
const NEVER_SENT: [&str; 2] = ["CreateIndex", "ModifyIndex"];

/// The body of a recorded write as termgate is meant to send it.
pub fn meant(recorded: &str) -> String {
    NEVER_SENT.iter().fold(recorded.to_owned(), |body, name| {
        let key = format!("\"{name}\":");
        let Some((start, rest)) = body.split_once(&key) else { return body };
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        format!("{start}{key}0{rest}")
    })
}

/// Why termgate is meant to differ from a case, if it is.
pub fn reason(release: &str, name: &str, seen: Seen) -> Option<&'static str> {
    let is_on = |on: &str| on == "*" || on.split(' ').any(|on| on == release);
    let found = DIFFERENCES
        .iter()
        .find(|(case, on, shows, _)| *case == name && is_on(on) && (*shows == seen || *shows == Both));
    found.map(|(_, _, _, reason)| *reason)
}
