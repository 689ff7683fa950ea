//! What a finding can be about.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Severity;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $closes:literal, $why:literal;)*) => {
        /// What a finding is about; its text form is stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable text form.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// Whether the service (or, without one, the gateway) gets no traffic because of it.
            pub const fn closes(self) -> bool {
                match self {
                    $(Self::$variant => $closes,)*
                }
            }

            /// How bad it is, unless something else is said of a finding.
            pub const fn severity(self) -> Severity {
                match self {
                    // What is meant is as likely.
                    Self::ClientTlsExpected => Severity::Info,
                    _ if self.closes() => Severity::Failure,
                    _ => Severity::Warning,
                }
            }

            /// Why it matters.
            pub const fn why(self) -> &'static str {
                match self {
                    $(Self::$variant => $why,)*
                }
            }
        }
    };
}

codes! {
    /// The gateway has no config entry.
    NoEntry = "no-entry", true, "without an entry no service is linked to the gateway";
    /// The mesh has no CA.
    NoRoots = "no-roots", true, "without a CA no client of the mesh can be checked";
    /// An address that Envoy cannot listen on.
    BadBind = "bad-bind", false, "clients that use this address cannot connect";
    /// Somebody else registered the gateway's id with another address.
    ForeignRegistration = "foreign-registration", false,
        "clients in the mesh connect to the address that was registered last";
    /// Envoy is stopped or stuck.
    EnvoyUnresponsive = "envoy-unresponsive", true, "no connection is served, and no change is applied";
    /// Envoy does not have an address that it listened on, or not alone.
    ListenerLost = "listener-lost", true, "connections to the gateway do not reach its Envoy";
    /// No address to listen on.
    NoListener = "no-listener", true, "no client can connect";
    /// The default action could not be read.
    DefaultIntentionAssumed = "default-intention-assumed", false,
        "connections that no intention decides are denied, also where the mesh allows them by default";
    /// A setting of the gateway's `Proxy.Config` has no meaning.
    BadProxyConfig = "bad-proxy-config", false, "the gateway runs without the setting";
    /// A key of the gateway's `Proxy.Config` that nothing reads.
    UnknownProxyConfig = "unknown-proxy-config", false, "the gateway runs without the setting";
    /// An intention names the gateway itself as its destination.
    IntentionOnGateway = "intention-on-gateway", false,
        "intentions name the service that is reached, never the gateway, so this one decides nothing";
    /// A setting of `proxy-defaults` or `mesh` has no meaning.
    BadEntrySetting = "bad-entry-setting", false, "the gateway runs without the setting";
    /// Envoy cannot tell this name from another.
    DuplicateName = "duplicate-name", true, "requests could reach the wrong service";
    /// A name that Envoy would misread.
    BadName = "bad-name", true, "requests could reach the wrong service";
    /// The entry names it, and the agent does not show its link to the token.
    LinkHidden = "link-hidden", true, "Consul leaves out what the token may not read, without an error";
    /// It is of another namespace or partition than the gateway (Enterprise).
    OtherNamespace = "other-namespace", true, "direct mode does not render namespaces and partitions";
    /// The agent gives no certificate for the service.
    NoLeaf = "no-leaf", true, "without a certificate the gateway cannot end mTLS for the service";
    /// Something about the service is of another shape than Consul's.
    Unreadable = "unreadable", true, "what cannot be read cannot be enforced";
    /// The agent does not give its instances or its certificate.
    Unanswered = "unanswered", true, "only the agent knows where the service is and what identifies it";
    /// The catalog has no instance.
    NoInstance = "no-instance", true, "there is nothing to send requests to";
    /// No instance is healthy.
    NoHealthyInstance = "no-healthy-instance", false, "requests can fail";
    /// Requests go to port 443 without TLS.
    PlaintextToHttps = "plaintext-to-https", false, "a server on this port expects TLS and refuses requests without it";
    /// Connections to port 443 are passed on as the clients' own.
    ClientTlsExpected = "client-tls-expected", false,
        "a server on this port expects TLS, and the gateway adds none to connections of a tcp service";
    /// Nothing listens at an instance's address.
    UpstreamRefused = "upstream-refused", false, "requests to this server fail";
    /// An instance does not answer.
    UpstreamTimeout = "upstream-timeout", false, "requests to this server fail";
    /// The system cannot connect to an instance.
    UpstreamUnreachable = "upstream-unreachable", false, "requests to this server fail";
    /// An instance's host name has no address that is used.
    UpstreamUnresolved = "upstream-unresolved", false, "requests to this server fail";
    /// A server's certificate has other names, or the server does not know the name that is sent.
    UpstreamTlsName = "upstream-tls-name", false, "the gateway does not send requests to a server that it cannot verify";
    /// A server's certificate comes from none of the CAs.
    UpstreamTlsCa = "upstream-tls-ca", false, "the gateway does not send requests to a server that it cannot verify";
    /// A certificate has expired.
    UpstreamTlsExpired = "upstream-tls-expired", false,
        "the gateway does not send requests to a server that it cannot verify";
    /// No TLS version, curve, cipher or signature in common.
    UpstreamTlsVersion = "upstream-tls-version", false, "requests to this server fail";
    /// A TLS handshake fails for another reason.
    UpstreamTlsFailed = "upstream-tls-failed", false, "requests to this server fail";
    /// A server that is to speak TLS does not.
    UpstreamPlaintext = "upstream-plaintext", false, "requests to this server fail";
    /// A server wants TLS and is spoken to in plain text.
    UpstreamSpeaksTls = "upstream-speaks-tls", false, "requests to this server fail";
    /// A server wants a client certificate, or another one.
    UpstreamClientCertificate = "upstream-client-certificate", false, "requests to this server fail";
    /// An instance cannot be reached as registered.
    BadInstance = "bad-instance", false, "the instance gets no requests";
    /// An address that no service is ever meant to have.
    ForbiddenAddress = "forbidden-address", true,
        "whoever may use the service could reach what is meant for the gateway's host alone";
    /// An address of the gateway's own link.
    LinkLocalAddress = "link-local-address", false,
        "which host it is depends on the machine that the gateway runs on";
    /// IP addresses are not used beside host names.
    AddressesIgnored = "addresses-ignored", false, "some instances get no requests";
    /// Only one host name is used.
    HostnamesIgnored = "hostnames-ignored", false, "some instances get no requests";
    /// A TLS file cannot be loaded on this host.
    TlsFileUnusable = "tls-file-unusable", true, "Envoy refuses what uses the file";
    /// A TLS file is not good any more; what it was stays in force.
    TlsFileStale = "tls-file-stale", false, "what is in force expires in time";
    /// A certificate of a TLS file in force is not valid at this time of day.
    TlsCertificateInvalid = "tls-certificate-invalid", false, "connections to the external service fail";
    /// TLS without a check of the server's name.
    TlsWithoutSni = "tls-without-sni", false, "any server with a certificate of the CA is accepted";
    /// TLS settings that have no effect.
    TlsIgnored = "tls-ignored", false, "the connection is not what the entry seems to say";
    /// The protocol is none that Consul knows.
    UnknownProtocol = "unknown-protocol", false, "the service is treated as tcp";
    /// An intention asks for a JWT.
    JwtUnsupported = "jwt-unsupported", true, "the gateway cannot enforce the intention";
    /// An intention holds what Envoy would refuse.
    IntentionRefused = "intention-refused", true, "the gateway cannot enforce the intention";
    /// Envoy refused something of the service.
    EnvoyRefused = "envoy-refused", true, "Envoy has nothing of the service that it could apply";
    /// Intentions name more sources than Envoy can check.
    TooManySources = "too-many-sources", true, "the gateway cannot enforce the intentions";
    /// L7 permissions on a tcp service.
    PermissionsOnTcp = "permissions-on-tcp", false, "requests cannot be told apart on a tcp service";
    /// A request with another spelling of its path gets round a rule of an intention.
    PathRuleBypass = "path-rule-bypass", false, "a denied request can get through";
    /// A rule of an intention names a path that Envoy never sees.
    PathRuleUnmatched = "path-rule-unmatched", false, "the rule never applies";
    /// An intention names a source in a cluster peer.
    PeerIgnored = "peer-ignored", false, "the source cannot be recognised";
    /// A setting of the service's resolver is not applied by terminating gateways.
    ResolverIgnored = "resolver-ignored", false, "requests are not routed as the entry says";
    /// A subset's filter is not understood.
    BadFilter = "bad-filter", false, "the subset has no instances";
    /// An entry is not applied, because its name has another case than the service's.
    EntryIgnored = "entry-ignored", false, "the service runs without the entry's settings";
    /// An Envoy extension is of a kind that may concern the gateway, and direct mode does not know it.
    ExtensionUnknown = "extension-unknown", true, "the extension may be what protects the service";
    /// An Envoy extension is not applied.
    ExtensionIgnored = "extension-ignored", false, "the service runs without the extension";
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// `docs/codes.md`, as it has to be.
    fn page() -> String {
        let mut codes = Code::ALL.to_vec();
        codes.sort_by_key(|code| code.as_str());
        let row = |code: &Code| {
            let effect = if code.closes() { "closed" } else { "served" };
            format!("| `{code}` | {effect} | {} |\n", code.why())
        };
        let rows: String = codes.iter().map(row).collect();
        format!(
            "# Codes of findings\n\n\
             For scripts and alerts: `termgate run` reports each finding under a stable code, in the JSON log (`code`) and in\n\
             the metric `termgate_findings{{code,subject}}`. The subject is the linked service, or the gateway. A service (or\n\
             gateway) that is closed gets no traffic until the finding is over. Messages may change, codes do not.\n\n\
             | code | the service is | why it matters |\n|---|---|---|\n{rows}"
        )
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    fn the_page_of_codes_lists_every_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes.md");
        if std::env::var_os("TERMGATE_WRITE_DOCS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            page(),
            "TERMGATE_WRITE_DOCS=1 cargo test page_of_codes writes it"
        );
    }

    #[test]
    fn each_code_has_a_text_of_its_own_in_kebab_case() {
        let texts: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        let is_kebab = |text: &&str| {
            text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        assert_eq!(texts.iter().find(|text| !is_kebab(text)), None);
    }
}
