//! Stats sinks: statsd and dogstatsd addresses, the user's own sinks, the telemetry collector.

use std::collections::BTreeMap;

use super::json::{Json, object};
use super::{BootstrapForm, Error};
use crate::go::url::percent_decoded;
use crate::proxy_config::keys;

/// The one variable that is replaced inside a URL (Consul from 1.10; for agents reached by the host's address).
pub(super) const HOST_IP: &str = "HOST_IP";

/// The two sinks that have a key of their own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Statsd,
    DogStatsd,
}

impl Kind {
    fn key(self) -> &'static str {
        match self {
            Self::Statsd => keys::STATSD_URL.name,
            Self::DogStatsd => keys::DOGSTATSD_URL.name,
        }
    }
}

/// The sink for `url`, or nothing where it is empty.
pub(super) fn sink(
    form: BootstrapForm,
    kind: Kind,
    url: &str,
    variables: &BTreeMap<String, String>,
) -> Result<Option<Json>, Error> {
    if url.is_empty() {
        return Ok(None);
    }
    let problem =
        |url: &str, reason: String| Error::SinkAddress { key: kind.key(), url: url.to_owned(), reason };
    let expanded = expand(form, url, variables).map_err(|reason| problem(url, reason))?;
    let address = address(&expanded).map_err(|reason| problem(&expanded, reason))?;
    Ok(Some(match form {
        BootstrapForm::V2 => {
            let name = match kind {
                Kind::Statsd => "envoy.statsd",
                Kind::DogStatsd => "envoy.dog_statsd",
            };
            object! { "name": name, "config": object! { "address": address } }
        }
        BootstrapForm::V3 => {
            let (name, message) = match kind {
                Kind::Statsd => {
                    ("envoy.stat_sinks.statsd", "type.googleapis.com/envoy.config.metrics.v3.StatsdSink")
                }
                Kind::DogStatsd => (
                    "envoy.stat_sinks.dog_statsd",
                    "type.googleapis.com/envoy.config.metrics.v3.DogStatsdSink",
                ),
            };
            object! { "name": name, "typedConfig": object! { "@type": message, "address": address } }
        }
    }))
}

/// Replaces `$NAME` where it is the whole value and, from 1.10, `$HOST_IP` anywhere.
fn expand(form: BootstrapForm, url: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    let variable = |name: &str| {
        let value = variables.get(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| format!("the environment variable `{name}` is not set"))
    };
    if let Some(name) = url.strip_prefix('$') {
        if name.starts_with('{') {
            return Err("only `$NAME` as the whole value is replaced, without braces".to_owned());
        }
        return variable(name).cloned();
    }
    if form == BootstrapForm::V3 && url.contains("$HOST_IP") || url.contains("${HOST_IP}") {
        if form == BootstrapForm::V2 {
            return Err("`${HOST_IP}` inside a URL needs Consul 1.10 or later".to_owned());
        }
        let value = variable(HOST_IP)?;
        return Ok(url.replace("${HOST_IP}", value).replace("$HOST_IP", value));
    }
    Ok(url.to_owned())
}

/// The Envoy address for a `udp://host:port` or `unix:///path` URL.
fn address(url: &str) -> Result<Json, String> {
    let form = "write udp://IP:PORT or unix:///path";
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(format!("no scheme; {form}"));
    };
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    let (authority, path) = match rest.strip_prefix("//") {
        None => ("", rest),
        Some(after) => after.split_at(after.find('/').unwrap_or(after.len())),
    };
    match scheme.to_ascii_lowercase().as_str() {
        "udp" => {
            let host_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            let parsed =
                super::address::HostPort::parse(host_port).map_err(|error| format!("{error}; {form}"))?;
            // A URL has no blanks, not even around its port.
            if let Some(bad) = host_port.chars().find(|c| c.is_control() || " {}<>\"^`|\\%/".contains(*c)) {
                return Err(format!("invalid character {bad:?} in the address; {form}"));
            }
            Ok(super::socket_address(parsed.host.into(), parsed.port))
        }
        "unix" => {
            let path = percent_decoded(path)
                .ok_or_else(|| format!("invalid percent-encoding in the path; {form}"))?;
            if path.is_empty() {
                return Err(format!("no socket path; {form}"));
            }
            Ok(super::pipe(path.into()))
        }
        other => Err(format!("unsupported protocol `{other}`; {form}")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{BootstrapForm, Kind, sink};

    fn v3(url: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let variables: BTreeMap<_, _> =
            variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        sink(BootstrapForm::V3, Kind::Statsd, url, &variables)
            .map(|sink| sink.map(|sink| sink.compact()).unwrap_or_default())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_whole_variable_and_the_host_ip_are_replaced() {
        assert!(
            v3("$URL", &[("URL", "UDP://[::1]:9125")])
                .unwrap()
                .contains(r#""address":"::1","port_value":9125"#)
        );
        assert!(v3("udp://${HOST_IP}:8125", &[("HOST_IP", "10.9.0.2")]).unwrap().contains("10.9.0.2"));
        assert!(v3("udp://$HOST_IP:8125", &[("HOST_IP", "10.9.0.2")]).unwrap().contains("10.9.0.2"));
        assert!(v3("udp://${HOST_IP}:8125", &[]).unwrap_err().contains("`HOST_IP` is not set"));
        assert!(v3("udp://${MY_IP}:8125", &[("MY_IP", "10.9.0.2")]).is_err());
        assert!(v3("${URL}", &[("URL", "udp://127.0.0.1:1")]).is_err());
    }

    #[test]
    fn the_first_part_of_a_unix_url_with_two_slashes_is_its_host() {
        assert!(v3("unix://var/run/dsd.socket", &[]).unwrap().contains(r#""path":"/run/dsd.socket""#));
        assert!(v3("unix:///a%20b", &[]).unwrap().contains(r#""path":"/a b""#));
    }

    #[test]
    fn other_schemes_and_ports_that_are_not_numbers_are_refused() {
        for url in [
            "tcp://127.0.0.1:1",
            "::::",
            "127.0.0.1:9125",
            "udp://127.0.0.1",
            "udp://h:statsd",
            "udp://127.0.0.1: 80",
            "udp://127.0.0.1:80\t",
            "udp://127.0.0.1:080",
            "$",
            "unix://x",
        ] {
            assert!(v3(url, &[]).is_err(), "{url}");
        }
    }
}
