//! What a person should know about a rendered configuration.

use std::fmt;

use serde::{Serialize, Serializer};

/// One thing that was left out, refused or is likely not meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Notice {
    /// The linked service it is about; absent: the gateway as a whole.
    pub service: Option<String>,
    /// What kind of thing, for scripts.
    pub code: NoticeCode,
    /// What happened and why.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Notice {
    /// A notice about the gateway as a whole.
    pub fn gateway(code: NoticeCode, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { service: None, code, message: message.into(), help: help.into() }
    }

    /// A notice about one linked service.
    pub fn service(
        service: &str,
        code: NoticeCode,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { service: Some(service.to_owned()), code, message: message.into(), help: help.into() }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.service {
            Some(service) => write!(formatter, "service `{service}`: {}", self.message),
            None => formatter.write_str(&self.message),
        }
    }
}

macro_rules! notice_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $closes:literal;)*) => {
        /// What a notice is about; its text form is stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum NoticeCode {
            $($(#[$doc])* $variant,)*
        }

        impl NoticeCode {
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
        }
    };
}

notice_codes! {
    /// The gateway has no config entry.
    NoEntry = "no-entry", true;
    /// The mesh has no CA.
    NoRoots = "no-roots", true;
    /// An address that Envoy cannot listen on.
    BadBind = "bad-bind", false;
    /// No address to listen on.
    NoListener = "no-listener", true;
    /// The default action could not be read.
    DefaultIntentionAssumed = "default-intention-assumed", false;
    /// A setting of the gateway's `Proxy.Config` has no meaning.
    BadProxyConfig = "bad-proxy-config", false;
    /// A setting of `proxy-defaults` or `mesh` has no meaning.
    BadEntrySetting = "bad-entry-setting", false;
    /// Envoy cannot tell this name from another.
    DuplicateName = "duplicate-name", true;
    /// A name that Envoy would misread.
    BadName = "bad-name", true;
    /// The entry names it, and the agent does not show its link to the token.
    LinkHidden = "link-hidden", true;
    /// It is of another namespace or partition than the gateway (Enterprise).
    OtherNamespace = "other-namespace", true;
    /// The agent gives no certificate for the service.
    NoLeaf = "no-leaf", true;
    /// Something about the service is of another shape than Consul's.
    Unreadable = "unreadable", true;
    /// The catalog has no instance.
    NoInstance = "no-instance", true;
    /// No instance is healthy.
    NoHealthyInstance = "no-healthy-instance", false;
    /// An instance cannot be reached as registered.
    BadInstance = "bad-instance", false;
    /// IP addresses are not used beside host names.
    AddressesIgnored = "addresses-ignored", false;
    /// Only one host name is used.
    HostnamesIgnored = "hostnames-ignored", false;
    /// A TLS file cannot be loaded on this host.
    TlsFileUnusable = "tls-file-unusable", true;
    /// A TLS file is not good any more; what it was stays in force.
    TlsFileStale = "tls-file-stale", false;
    /// A certificate of a TLS file in force is not valid at this time of day.
    TlsCertificateInvalid = "tls-certificate-invalid", false;
    /// TLS without a check of the server's name.
    TlsWithoutSni = "tls-without-sni", false;
    /// TLS settings that have no effect.
    TlsIgnored = "tls-ignored", false;
    /// The protocol is none that Consul knows.
    UnknownProtocol = "unknown-protocol", false;
    /// An intention asks for a JWT.
    JwtUnsupported = "jwt-unsupported", true;
    /// An intention holds what Envoy would refuse.
    IntentionRefused = "intention-refused", true;
    /// Intentions name more sources than Envoy can check.
    TooManySources = "too-many-sources", true;
    /// L7 permissions on a tcp service.
    PermissionsOnTcp = "permissions-on-tcp", false;
    /// A request with another spelling of its path gets round a rule of an intention.
    PathRuleBypass = "path-rule-bypass", false;
    /// A rule of an intention names a path that Envoy never sees.
    PathRuleUnmatched = "path-rule-unmatched", false;
    /// An intention names a source in a cluster peer.
    PeerIgnored = "peer-ignored", false;
    /// A setting of the service's resolver is not applied by terminating gateways.
    ResolverIgnored = "resolver-ignored", false;
    /// A subset's filter is not understood.
    BadFilter = "bad-filter", false;
    /// An entry is not applied, because its name has another case than the service's.
    EntryIgnored = "entry-ignored", false;
    /// An Envoy extension is of a kind that may concern the gateway, and direct mode does not know it.
    ExtensionUnknown = "extension-unknown", true;
    /// An Envoy extension is not applied.
    ExtensionIgnored = "extension-ignored", false;
}

impl fmt::Display for NoticeCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for NoticeCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
