//! Causes as findings: what was seen, what to do, and a command that shows more.

use std::net::SocketAddr;

use super::cause::is_name;
use super::{Cause, Certificate, Resolved, Shown};
use crate::finding::{Code, Finding, Severity};
use crate::render::Upstream;

/// How many names of a certificate are shown; the rest are counted.
const SHOWN_NAMES: usize = 10;

/// What a cause is filed under.
pub fn code(cause: &Cause) -> Code {
    match cause {
        Cause::Refused => Code::UpstreamRefused,
        Cause::TimedOut => Code::UpstreamTimeout,
        Cause::Unreachable(_) => Code::UpstreamUnreachable,
        Cause::WrongName(_) | Cause::UnknownName => Code::UpstreamTlsName,
        Cause::UnknownAuthority(_) => Code::UpstreamTlsCa,
        Cause::Expired { .. } => Code::UpstreamTlsExpired,
        Cause::NothingInCommon => Code::UpstreamTlsVersion,
        Cause::HangsUp | Cause::BadCertificate(_) | Cause::Tls(_) => Code::UpstreamTlsFailed,
        Cause::SpeaksPlain => Code::UpstreamPlaintext,
        Cause::SpeaksTls => Code::UpstreamSpeaksTls,
        Cause::ClientCertificate => Code::UpstreamClientCertificate,
        Cause::Unresolved => Code::UpstreamUnresolved,
    }
}

/// The finding for `cause`, seen at `host`, with what the server shows and its name resolves to.
pub fn finding(
    upstream: &Upstream,
    host: Option<SocketAddr>,
    cause: &Cause,
    shown: Option<&Shown>,
    resolved: Option<&Resolved>,
) -> Finding {
    let subject = Subject::of(upstream, host);
    let certificate = match shown {
        Some(Shown::Tls(handshake)) => handshake.certificate.as_ref(),
        _ => None,
    };
    let (message, help) = match cause {
        Cause::Unresolved => subject.unresolved(resolved),
        Cause::Refused | Cause::TimedOut | Cause::Unreachable(_) => subject.no_connection(cause),
        Cause::SpeaksPlain | Cause::SpeaksTls | Cause::HangsUp | Cause::NothingInCommon | Cause::Tls(_) => {
            subject.no_handshake(cause, certificate)
        }
        _ => subject.refused_certificate(cause, certificate),
    };
    let message = format!("service `{}`: {message}", upstream.service);
    let is_clients = *cause == Cause::SpeaksTls && !upstream.has_requests;
    let severity = if is_clients { Severity::Warning } else { Severity::Failure };
    let finding = Finding::new(code(cause), &upstream.service, message).severity(severity).help(help);
    match subject.command(cause) {
        Some(command) => finding.command(command),
        None => finding,
    }
}

/// The server that a finding is about.
struct Subject<'a> {
    upstream: &'a Upstream,
    host: Option<SocketAddr>,
    /// How it is called: by its name, if it has one.
    place: String,
    sni: &'a str,
    authorities: &'a str,
    client_certificate: &'a str,
}

impl<'a> Subject<'a> {
    fn of(upstream: &'a Upstream, host: Option<SocketAddr>) -> Self {
        let name = upstream
            .addresses
            .iter()
            .find(|(address, port)| is_name(address) && host.is_none_or(|host| host.port() == *port));
        let place = match (name, host) {
            (Some((name, _)), Some(host)) => format!("`{name}` ({host})"),
            (Some((name, port)), None) => format!("`{name}` port {port}"),
            (None, Some(host)) => host.to_string(),
            (None, None) => "its server".to_owned(),
        };
        let tls = upstream.tls.as_ref();
        let text =
            |of: fn(&'a crate::render::UpstreamTls) -> &'a String| tls.map_or("", |tls| of(tls).as_str());
        Self {
            upstream,
            host,
            place,
            sni: text(|tls| &tls.sni),
            authorities: text(|tls| &tls.authorities),
            client_certificate: text(|tls| &tls.certificate),
        }
    }

    fn no_connection(&self, cause: &Cause) -> (String, String) {
        let place = &self.place;
        match cause {
            Cause::Refused => (
                format!("{place} refuses connections: nothing listens there"),
                "start the server, or correct the address and port of the instance".to_owned(),
            ),
            Cause::TimedOut => (
                format!("{place} does not answer within the connect timeout"),
                "check firewalls and routes to it; `ConnectTimeout` of a service-resolver sets the limit"
                    .to_owned(),
            ),
            Cause::Unreachable(reason) => (
                format!("{place} cannot be reached: {reason}"),
                "check the routes of this host and the address of the instance".to_owned(),
            ),
            _ => unexplained(place),
        }
    }

    fn no_handshake(&self, cause: &Cause, certificate: Option<&Certificate>) -> (String, String) {
        let place = &self.place;
        match cause {
            Cause::SpeaksPlain => (
                format!("the gateway speaks TLS to {place}, which answers in plain text"),
                "register the port that speaks TLS, or remove CAFile and SNI from the gateway's entry".to_owned(),
            ),
            // A client's own TLS may well be meant, and refused for another reason.
            Cause::SpeaksTls if !self.upstream.has_requests => (
                format!("{place} speaks TLS and refuses connections that the gateway forwards unchanged"),
                "if clients do not speak TLS themselves, set CAFile (`system`: the platform's CAs) and SNI in the gateway's entry"
                    .to_owned(),
            ),
            Cause::SpeaksTls => {
                let names = certificate.map(|certificate| format!("; {}", names(&certificate.names)));
                (
                    format!(
                        "the gateway speaks plain text to {place}, which requires TLS{}",
                        names.unwrap_or_default()
                    ),
                    "set CAFile (`system`: the platform's CAs) and SNI in the gateway's entry".to_owned(),
                )
            }
            Cause::HangsUp => (
                format!("{place} does not answer the TLS handshake, or ends the connection; it may not speak TLS"),
                format!(
                    "check that its port speaks TLS, and that the server knows the SNI `{}`",
                    self.sni
                ),
            ),
            Cause::NothingInCommon => (
                format!("{place} and the gateway have no TLS version, curve, cipher or signature in common"),
                "the gateway offers TLS 1.2 and 1.3 with X25519, P-256, P-384 and P-521: enable one of each on the server"
                    .to_owned(),
            ),
            Cause::Tls(reason) => (
                format!("the TLS handshake with {place} fails: {reason}"),
                "check the server's log".to_owned(),
            ),
            _ => unexplained(place),
        }
    }

    fn refused_certificate(&self, cause: &Cause, certificate: Option<&Certificate>) -> (String, String) {
        let (place, sni) = (&self.place, self.sni);
        match cause {
            Cause::WrongName(listed) => {
                let shown = certificate.filter(|_| listed.is_empty()).map(|shown| &shown.names);
                let shown = shown.unwrap_or(listed);
                (
                    format!("the certificate of {place} is not for `{sni}`; {}", names(shown)),
                    format!(
                        "set SNI in the gateway's entry to a name of the certificate, or give the server one for `{sni}`"
                    ),
                )
            }
            Cause::UnknownName => {
                let shown = certificate.map(|shown| format!("; without SNI, {}", names(&shown.names)));
                (
                    format!("{place} does not know the name `{sni}`{}", shown.unwrap_or_default()),
                    "correct SNI in the gateway's entry".to_owned(),
                )
            }
            Cause::UnknownAuthority(reason) => {
                let issuer = certificate.map(|shown| format!(", issued by `{}`,", shown.issuer));
                (
                    format!(
                        "the certificate of {place}{} was not issued by a CA in `{}`: {reason}",
                        issuer.unwrap_or_default(),
                        self.authorities
                    ),
                    "add the CA to the CAFile; the server must send intermediate certificates itself"
                        .to_owned(),
                )
            }
            Cause::Expired { authority: true, .. } => (
                format!("a CA certificate above that of {place} has expired, or is not valid yet"),
                format!(
                    "renew it in `{}` (an expired one hides a renewed copy that comes after it), or in the server's chain",
                    self.authorities
                ),
            ),
            Cause::Expired { early: true, .. } => (
                format!("the certificate of {place} is not valid yet"),
                "check the clocks of both hosts".to_owned(),
            ),
            Cause::Expired { .. } => {
                let since = certificate.filter(|shown| !shown.expires.is_empty());
                let since = since.map(|shown| format!(" on {}", shown.expires));
                (
                    format!("the certificate of {place} expired{}", since.unwrap_or_default()),
                    "renew it on the server".to_owned(),
                )
            }
            Cause::BadCertificate(reason) => (
                format!("the certificate of {place} is refused: {reason}"),
                "give the server another certificate".to_owned(),
            ),
            Cause::ClientCertificate if self.client_certificate.is_empty() => (
                format!("{place} requires a client certificate, and the gateway has none for it"),
                "set CertFile and KeyFile in the gateway's entry".to_owned(),
            ),
            Cause::ClientCertificate => (
                format!("{place} refuses the client certificate of `{}`", self.client_certificate),
                "check that the server trusts its CA, and that it has not expired".to_owned(),
            ),
            _ => unexplained(place),
        }
    }

    fn unresolved(&self, resolved: Option<&Resolved>) -> (String, String) {
        let mut names = self.upstream.addresses.iter().map(|(host, _)| host.as_str());
        let name = names.find(|host| is_name(host)).unwrap_or("its host");
        match resolved {
            Some(Resolved::Nothing(reason)) => (
                format!("the name `{name}` does not resolve: {reason}"),
                "correct the address of the instance, or the name servers of this host".to_owned(),
            ),
            Some(Resolved::Addresses { v4: false, v6: true }) if self.upstream.ipv4_only => (
                format!("the name `{name}` has only IPv6 addresses, and the gateway uses IPv4"),
                "give the name an IPv4 address, or register an IPv6 address instead of the name".to_owned(),
            ),
            Some(Resolved::Addresses { .. }) => (
                format!("Envoy finds no address for `{name}`, although this host does"),
                "Envoy queries the name servers in /etc/resolv.conf itself: check that they know the name"
                    .to_owned(),
            ),
            None => (
                format!("Envoy finds no address for `{name}`"),
                "check that the name resolves on this host, and to an IPv4 address".to_owned(),
            ),
        }
    }

    /// A command that shows more, if nothing in it means something to a shell.
    fn command(&self, cause: &Cause) -> Option<String> {
        let is_plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
        if *cause == Cause::Unresolved {
            let mut names = self.upstream.addresses.iter().map(|(host, _)| host);
            let name = names.find(|host| is_name(host)).filter(|name| is_plain(name))?;
            return Some(format!("getent ahosts {name}"));
        }
        let host = self.host?;
        match cause {
            Cause::Refused | Cause::TimedOut | Cause::Unreachable(_) => {
                Some(format!("nc -vz {} {}", host.ip(), host.port()))
            }
            Cause::SpeaksPlain => None,
            _ => {
                let name = Some(self.sni).filter(|sni| !sni.is_empty() && is_plain(sni));
                let name = name.map(|sni| format!(" -servername {sni}")).unwrap_or_default();
                Some(format!("openssl s_client -connect {host}{name} -showcerts </dev/null"))
            }
        }
    }
}

fn unexplained(place: &str) -> (String, String) {
    (format!("{place} cannot be reached"), String::new())
}

/// What names a certificate has.
fn names(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN_NAMES).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "its certificate has no names".to_owned(),
        count if count > SHOWN_NAMES => {
            format!("its certificate is for {shown} and {} more", count - SHOWN_NAMES)
        }
        _ => format!("its certificate is for {shown}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::UpstreamTls;
    use crate::upstream::Handshake;

    fn upstream(host: &str) -> Upstream {
        let tls = UpstreamTls {
            authorities: "/ca.pem".to_owned(),
            sni: "web.example".to_owned(),
            ..UpstreamTls::default()
        };
        Upstream {
            service: "web".to_owned(),
            tls: Some(tls),
            addresses: vec![(host.to_owned(), 443)],
            ipv4_only: true,
            ..Upstream::default()
        }
    }

    fn of(host: &str, cause: &Cause, shown: Option<&Shown>, resolved: Option<&Resolved>) -> Finding {
        finding(&upstream(host), "10.0.0.1:443".parse().ok(), cause, shown, resolved)
    }

    #[test]
    fn a_finding_names_service_server_cause_and_the_next_command() {
        let refused = of("10.0.0.1", &Cause::Refused, None, None);
        assert_eq!(refused.subject, "web");
        assert_eq!(refused.message, "service `web`: 10.0.0.1:443 refuses connections: nothing listens there");
        assert_eq!(refused.command.as_deref(), Some("nc -vz 10.0.0.1 443"));
        assert_eq!(refused.severity, Severity::Failure);
    }

    #[test]
    fn the_names_that_a_server_shows_come_from_envoys_list_or_from_the_handshake() {
        let listed = Cause::WrongName(vec!["a.example".to_owned(), "b.example".to_owned()]);
        let text = of("out.example", &listed, None, None).message;
        assert_eq!(
            text,
            "service `web`: the certificate of `out.example` (10.0.0.1:443) is not for `web.example`; its certificate is for `a.example`, `b.example`"
        );
        let certificate = Certificate { names: vec!["c.example".to_owned()], ..Certificate::default() };
        let shown = Shown::Tls(Handshake { certificate: Some(certificate), ..Handshake::default() });
        let text = of("10.0.0.1", &Cause::WrongName(Vec::new()), Some(&shown), None).message;
        assert!(text.ends_with("its certificate is for `c.example`"), "{text}");
    }

    #[test]
    fn a_name_with_only_ipv6_addresses_is_distinguished_from_one_that_does_not_resolve() {
        let only_v6 = Resolved::Addresses { v4: false, v6: true };
        let text = of("out.example", &Cause::Unresolved, None, Some(&only_v6)).message;
        assert!(text.contains("only IPv6 addresses"), "{text}");
        let nothing = Resolved::Nothing("no such name".to_owned());
        let text = of("out.example", &Cause::Unresolved, None, Some(&nothing)).message;
        assert!(text.contains("does not resolve: no such name"), "{text}");
    }

    #[test]
    fn a_clients_own_tls_is_not_reported_as_plain_text() {
        let mut upstream = upstream("10.0.0.1");
        let host = "10.0.0.1:443".parse().ok();
        let tcp = finding(&upstream, host, &Cause::SpeaksTls, None, None);
        assert_eq!(tcp.severity, Severity::Warning);
        assert!(!tcp.message.contains("plain text"), "{tcp}");
        upstream.has_requests = true;
        let http = finding(&upstream, host, &Cause::SpeaksTls, None, None);
        assert_eq!(http.severity, Severity::Failure);
        assert!(http.message.contains("plain text"), "{http}");
    }

    #[test]
    fn a_name_with_shell_characters_is_in_no_command() {
        let mut upstream = upstream("10.0.0.1");
        upstream.tls = Some(UpstreamTls { sni: "a;rm -rf /".to_owned(), ..UpstreamTls::default() });
        let host = "10.0.0.1:443".parse().ok();
        let finding = finding(&upstream, host, &Cause::ClientCertificate, None, None);
        assert_eq!(
            finding.command.as_deref(),
            Some("openssl s_client -connect 10.0.0.1:443 -showcerts </dev/null")
        );
    }
}
