//! What to change if the agent cannot be reached: the flag or the variable at fault, as it was typed.

use super::fault::Fault;
use super::tls::Setting;
use crate::settings::consul::{
    CA_FILE, CA_PATH, CLIENT_CERT, CLIENT_KEY, ConsulSettings, HTTP_ADDR, HttpAddress, TLS_SERVER_NAME,
    TOKEN_FILE,
};
use crate::settings::env;

impl ConsulSettings {
    /// The flag or variable behind the agent's address.
    fn address_name(&self) -> String {
        self.origins.name(&HTTP_ADDR)
    }

    /// The flag or variable behind a TLS file.
    pub(super) fn name_of(&self, setting: Setting) -> String {
        self.origins.name(match setting {
            Setting::CaFile => &CA_FILE,
            Setting::CaPath => &CA_PATH,
            Setting::ClientCert => &CLIENT_CERT,
            Setting::ClientKey => &CLIENT_KEY,
        })
    }

    /// What to do about a connection that failed.
    pub(super) fn hint(&self, fault: Fault) -> String {
        let address = self.address_name();
        if let Some(proxy) = &self.forward_proxy
            && matches!(fault, Fault::Refused | Fault::UnknownHost | Fault::Silent | Fault::Unreachable)
        {
            let variable = proxy.variable;
            return format!(
                "correct the address of the proxy in {variable}, or add the agent's host to NO_PROXY to connect directly"
            );
        }
        let shown = self.address.display();
        match (fault, &self.address) {
            (Fault::Refused, HttpAddress::Unix(_)) => {
                format!("no agent listens on this socket any more: start the agent, or set {address}")
            }
            (Fault::Refused, _) => {
                format!("nothing listens there: start the agent, or set its HTTP address with {address}")
            }
            (Fault::NoSocket, HttpAddress::Unix(_)) => format!(
                "there is no such socket: start the agent with this socket in `addresses.http`, or set {address}"
            ),
            (Fault::SocketDenied, HttpAddress::Unix(_)) => {
                "this user may not connect to the socket: see `unix_sockets` in the agent's configuration"
                    .to_owned()
            }
            (Fault::UnknownHost, _) => {
                format!("the name does not resolve: correct {address}, or this host's DNS settings")
            }
            (Fault::Silent, _) => {
                format!("the host does not answer, or a firewall drops the connection: check {address}")
            }
            (Fault::Unreachable, _) => format!("this host has no route to the agent's: check {address}"),
            (Fault::Closed, HttpAddress::Tcp { tls: false, .. }) => format!(
                "the agent closed the connection without an answer: check its log, and that {address} names its port for plain HTTP"
            ),
            (Fault::Closed, HttpAddress::Tcp { tls: true, .. }) => format!(
                "does the agent speak https there, and does it require a client certificate? Check {address}, {} and {}",
                self.name_of(Setting::ClientCert),
                self.name_of(Setting::ClientKey)
            ),
            (Fault::WrongName, _) => {
                format!(
                    "use a name from the agent's certificate: set {}",
                    self.origins.name(&TLS_SERVER_NAME)
                )
            }
            (Fault::UnknownCa, _) => match (&self.tls.ca_file, &self.tls.ca_path) {
                (None, Some(path)) => format!(
                    "no CA in {} signed the agent's certificate: add the one that did, or set {}",
                    path.display(),
                    self.name_of(Setting::CaFile)
                ),
                (None, None) => {
                    format!("give the CA of the agent's certificate: set {}", self.name_of(Setting::CaFile))
                }
                (Some(path), _) => format!(
                    "no CA in {} signed the agent's certificate: name the right file with {}",
                    path.display(),
                    self.name_of(Setting::CaFile)
                ),
            },
            (Fault::Expired, _) => {
                "renew the certificate of the agent, or of its CA, or check the clock of this host".to_owned()
            }
            (Fault::NotYetValid, _) => "check the clock of this host".to_owned(),
            (Fault::ClientCertificate, _) => self.client_certificate_hint(),
            (Fault::NotTls, _) => {
                format!(
                    "the agent does not speak https there: write http:// in {address}, and unset {}",
                    env::CONSUL_HTTP_SSL
                )
            }
            (Fault::NothingInCommon, _) if self.tls.client_cert.is_none() => format!(
                "the agent refuses the handshake: it may require a client certificate ({} and {}), or a version of TLS below 1.2",
                self.name_of(Setting::ClientCert),
                self.name_of(Setting::ClientKey)
            ),
            (Fault::NothingInCommon, _) => {
                "the agent refuses the handshake: enable TLS 1.2 or newer with a common cipher on the agent"
                    .to_owned()
            }
            _ => format!("is the agent running, and is {shown} its HTTP address? Set {address}"),
        }
    }

    fn client_certificate_hint(&self) -> String {
        let (certificate, key) = (self.name_of(Setting::ClientCert), self.name_of(Setting::ClientKey));
        match &self.tls.client_cert {
            None => format!("the agent requires a client certificate: set {certificate} and {key}"),
            Some(path) => format!(
                "the agent refuses the client certificate {}: name one that its CA signed and that has not expired, with {certificate} and {key}",
                path.display()
            ),
        }
    }

    /// The agent was asked in plain HTTP where it speaks https.
    pub(super) fn plain_on_tls_hint(&self) -> String {
        format!(
            "the agent speaks https there: write https:// in {}, or set {}=true",
            self.address_name(),
            env::CONSUL_HTTP_SSL
        )
    }

    /// The agent does not answer in time.
    pub(super) fn timeout_hint(&self) -> String {
        format!("check that the agent is healthy and that {} names its HTTP address", self.address_name())
    }

    /// What answers is not Consul.
    pub(super) fn answer_hint(&self) -> String {
        format!("check that a Consul agent listens there: set {}", self.address_name())
    }

    /// The agent refers the client to another place.
    pub(super) fn redirect_hint(&self) -> String {
        format!("if the agent is at that address and you trust it, set {}", self.address_name())
    }

    /// The token is not in Consul.
    pub(super) fn unknown_token_hint(&self) -> String {
        format!(
            "the token does not exist in Consul: it was deleted or belongs to another cluster; give another with {}, {} or {}",
            self.origins.spell(&TOKEN_FILE),
            env::CONSUL_HTTP_TOKEN,
            env::CONSUL_HTTP_TOKEN_FILE
        )
    }
}
