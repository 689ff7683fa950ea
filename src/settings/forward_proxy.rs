//! The forward proxy between this host and a remote agent, if the environment names one.
//!
//! Source of the rules: Go's `net/http` (`ProxyFromEnvironment`), which `consul` sends its requests through.

use std::net::IpAddr;

use super::env::{self, Env};
use super::http_address::HttpAddress;
use crate::secret::Secret;

/// A forward proxy for the requests to the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardProxy {
    /// Its URL, which may hold a password.
    pub url: Secret,
    /// The variable that names it.
    pub variable: &'static str,
}

impl ForwardProxy {
    /// The proxy for an agent's address; `None` where requests go straight to it, as they do to this host itself.
    pub fn resolve(address: &HttpAddress, env: &dyn Env) -> Option<Self> {
        let HttpAddress::Tcp { tls, host, port, .. } = address else { return None };
        let variables: &[&'static str] = if *tls {
            &[env::HTTPS_PROXY, env::HTTPS_PROXY_LOWER]
        } else {
            &[env::HTTP_PROXY, env::HTTP_PROXY_LOWER]
        };
        let (variable, value) = variables.iter().find_map(|name| Some((*name, env.get(name)?)))?;
        // A web server puts a request's `Proxy` header into this variable.
        if variable == env::HTTP_PROXY && env.get(env::REQUEST_METHOD).is_some() {
            return None;
        }
        let exceptions = env.get(env::NO_PROXY).or_else(|| env.get(env::NO_PROXY_LOWER)).unwrap_or_default();
        if address.is_local() || is_excepted(&host.to_lowercase(), *port, &exceptions) {
            return None;
        }
        let has_scheme =
            ["http://", "https://", "socks5://", "socks5h://"].iter().any(|scheme| value.starts_with(scheme));
        let url = Secret::new(if has_scheme { value } else { format!("http://{value}") });
        Some(Self { url, variable })
    }
}

/// Whether `NO_PROXY` names this host: by address, by network, by domain, with or without a port, or all by `*`.
fn is_excepted(host: &str, port: u16, exceptions: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = bare.parse().ok();
    exceptions.split(',').map(|exception| exception.trim().to_lowercase()).any(|exception| {
        if exception.is_empty() || exception == "*" {
            return exception == "*";
        }
        if let Some((network, bits)) = exception.split_once('/') {
            let (Ok(network), Ok(bits), Some(address)) = (network.parse(), bits.parse(), address) else {
                return false;
            };
            return is_within(address, network, bits);
        }
        let (name, only_port) = match exception.rsplit_once(':') {
            // A bare IPv6 address has colons but no port.
            Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
            _ => (exception.as_str(), None),
        };
        if only_port.is_some_and(|only| only != port.to_string()) {
            return false;
        }
        let name = name.trim_start_matches('[').trim_end_matches(']');
        if let Ok(excepted) = name.parse::<IpAddr>() {
            return address == Some(excepted);
        }
        let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
        match name.strip_prefix('.') {
            Some(domain) => !domain.is_empty() && bare.ends_with(name),
            None => !name.is_empty() && (bare == name || bare.ends_with(&format!(".{name}"))),
        }
    })
}

/// Whether an address lies in a network of `bits` leading bits.
fn is_within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    let same = |width: u32, difference: u128| {
        bits <= width
            && width.checked_sub(bits).is_some_and(|rest| difference.checked_shr(rest).unwrap_or(0) == 0)
    };
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            same(32, u128::from(address.to_bits() ^ network.to_bits()))
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => same(128, address.to_bits() ^ network.to_bits()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn proxy(address: &str, variables: &[(&str, &str)]) -> Option<String> {
        let env: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let address = HttpAddress::parse(address, false).unwrap();
        ForwardProxy::resolve(&address, &env).map(|proxy| proxy.url.expose().to_owned())
    }

    #[test]
    fn a_remote_agent_is_asked_through_the_proxy_of_its_scheme() {
        let both = [("HTTP_PROXY", "plain:3128"), ("https_proxy", "https://tls:3129")];
        assert_eq!(proxy("10.9.0.2:8500", &both).unwrap(), "http://plain:3128");
        assert_eq!(proxy("https://consul.internal", &both).unwrap(), "https://tls:3129");
        assert_eq!(proxy("https://consul.internal", &both[..1]), None);
        assert_eq!(proxy("10.9.0.2:8500", &[both[0], ("REQUEST_METHOD", "GET")]), None);
    }

    #[test]
    fn this_host_is_never_asked_through_a_proxy() {
        for local in
            ["127.0.0.1:8500", "127.8.8.8:1", "localhost:8500", "[::1]:8500", "unix:///run/consul.sock"]
        {
            assert_eq!(proxy(local, &[("HTTP_PROXY", "http://p:1")]), None, "{local}");
        }
    }

    #[test]
    fn exceptions_name_addresses_networks_domains_and_ports() {
        let is_direct = |address: &str, exceptions: &str| {
            proxy(address, &[("http_proxy", "http://p:1"), ("NO_PROXY", exceptions)]).is_none()
        };
        for (address, exceptions) in [
            ("10.9.0.2:8500", "10.9.0.0/24"),
            ("10.9.0.2:8500", "other, 10.9.0.2"),
            ("10.9.0.2:8500", "10.9.0.2:8500"),
            ("10.9.0.2:8500", "0.0.0.0/0"),
            ("[2001:db8::1]:8500", "2001:db8::/32"),
            ("[2001:db8::1]:8500", "[2001:db8::1]:8500"),
            ("consul.internal:8500", "internal"),
            ("consul.internal:8500", ".internal"),
            ("consul.internal:8500", "*.INTERNAL"),
            ("consul.internal:8500", "consul.internal"),
            ("consul.internal:8500", "*"),
        ] {
            assert!(is_direct(address, exceptions), "{address} is excepted by {exceptions}");
        }
        for (address, exceptions) in [
            ("10.9.1.2:8500", "10.9.0.0/24"),
            ("10.9.0.2:8500", "10.9.0.2:8501"),
            ("10.9.0.2:8500", "10.9.0.0/40"),
            ("10.9.0.2:8500", "2001:db8::/0"),
            ("consul.internal:8500", ".consul.internal"),
            ("consul.internal:8500", "nal"),
            ("consul.internal:8500", "., ,:8500"),
        ] {
            assert!(!is_direct(address, exceptions), "{address} is not excepted by {exceptions}");
        }
    }
}
