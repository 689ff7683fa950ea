//! Finds the cause of a failure that Envoy logs.

use super::{Failure, Shown};
use crate::render::Upstream;

/// Why an external service cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Nothing listens there.
    Refused,
    /// No connection, or no TLS handshake, within the time limit.
    TimedOut,
    /// The system says why.
    Unreachable(String),
    /// The server ends the connection during the TLS handshake.
    HangsUp,
    /// The certificate has other names; empty: not known which.
    WrongName(Vec<String>),
    /// The server does not know the name that is sent.
    UnknownName,
    /// The certificate comes from none of the CAs; what Envoy says.
    UnknownAuthority(String),
    /// The certificate, or (`authority`) one of a CA above it, has expired or does not count yet.
    Expired {
        /// Of a CA.
        authority: bool,
        /// It does not count yet.
        early: bool,
    },
    /// The certificate is refused for another reason.
    BadCertificate(String),
    /// No version, curve, cipher or kind of signature in common.
    NothingInCommon,
    /// The server does not speak TLS.
    SpeaksPlain,
    /// The server speaks TLS, and the gateway does not.
    SpeaksTls,
    /// The server wants a client certificate, or refuses the one that it is shown.
    ClientCertificate,
    /// The TLS handshake fails for another reason.
    Tls(String),
    /// The host name has no address that is used.
    Unresolved,
}

/// What a failure says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The cause.
    Certain(Cause),
    /// What it may be.
    Suspected(Suspicion),
    /// Nothing that concerns the way to the server.
    Nothing,
}

/// What has to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspicion {
    /// The server may speak TLS.
    SpeaksTls,
    /// The server may want another client certificate: TLS errors that Envoy counts decide.
    ClientCertificate,
}

/// The words of a name's end in Envoy's list of the names that a certificate has.
const NAMES_LIST: &str = "certificate SANs are [";

/// Marks of an alert with which a server refuses a client certificate.
const CLIENT_CERTIFICATE: [&str; 9] = [
    "ALERT_UNKNOWN_CA",
    "ALERT_BAD_CERTIFICATE",
    "ALERT_UNSUPPORTED_CERTIFICATE",
    "ALERT_CERTIFICATE_REVOKED",
    "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_UNKNOWN",
    "CERTIFICATE_REQUIRED",
    "ALERT_ACCESS_DENIED",
    "ALERT_NO_CERTIFICATE",
];

/// Marks of a handshake without anything in common.
const NOTHING_IN_COMMON: [&str; 14] = [
    "ALERT_PROTOCOL_VERSION",
    "ALERT_INSUFFICIENT_SECURITY",
    "HANDSHAKE_FAILURE_ON_CLIENT_HELLO",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_CURVE",
    "UNSUPPORTED_ELLIPTIC_CURVE",
    "BAD_ECC_CERT",
    "WRONG_CIPHER_RETURNED",
    "UNKNOWN_CIPHER_RETURNED",
    "WRONG_SIGNATURE_TYPE",
    "WRONG_CERTIFICATE_TYPE",
    "UNKNOWN_CERTIFICATE_TYPE",
    "NO_COMMON_SIGNATURE_ALGORITHMS",
    "BAD_DH_P_LENGTH",
];

/// Marks of bytes that are not TLS.
const NOT_TLS: [&str; 4] =
    ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "INVALID_OUTER_RECORD_TYPE", "UNEXPECTED_RECORD"];

/// Reads `failure` of a connection to `upstream`.
pub fn classify(failure: &Failure, upstream: &Upstream) -> Verdict {
    let flags = failure.flags;
    if flags.no_instance {
        let by_name = upstream.addresses.iter().any(|(host, _)| is_name(host));
        return if by_name { Verdict::Certain(Cause::Unresolved) } else { Verdict::Nothing };
    }
    if flags.connection_failure {
        return Verdict::Certain(match failure.reason.as_str() {
            "" if timed_out(failure, upstream) => Cause::TimedOut,
            // The end of the connection during the handshake, without more.
            "" => Cause::HangsUp,
            reason => no_connection(reason, upstream),
        });
    }
    let is_connection = failure.status == 0;
    match (&upstream.tls, is_connection) {
        (None, false) if flags.protocol_error || flags.connection_ended || failure.status == 400 => {
            Verdict::Suspected(Suspicion::SpeaksTls)
        }
        (None, true) if failure.received > 0 => Verdict::Suspected(Suspicion::SpeaksTls),
        // With TLS 1.3 a server refuses a client only after the handshake. A connection is not flagged then.
        (Some(_), is_connection) if is_connection || flags.connection_ended => {
            Verdict::Suspected(Suspicion::ClientCertificate)
        }
        _ => Verdict::Nothing,
    }
}

/// What a handshake of our own says about connections to `upstream`: `None` where nothing is wrong that it shows.
///
/// It verifies no chain. A refusal counts only if the handshake showed what the link has.
pub fn judge(upstream: &Upstream, shown: &Shown) -> Option<Cause> {
    match (shown, &upstream.tls) {
        (Shown::Unreachable(reason), _) => Some(if reason.contains("refused") {
            Cause::Refused
        } else if reason.contains("timed out") {
            Cause::TimedOut
        } else {
            Cause::Unreachable(reason.clone())
        }),
        (Shown::Plain, Some(_)) => Some(Cause::SpeaksPlain),
        (Shown::Nothing, Some(_)) => Some(Cause::HangsUp),
        (Shown::Plain | Shown::Nothing, None) => None,
        // A client of a tcp service may speak TLS itself.
        (Shown::Tls(_), None) => upstream.has_requests.then_some(Cause::SpeaksTls),
        (Shown::Tls(handshake), Some(tls)) => {
            let alert = handshake.alert.as_deref().unwrap_or_default();
            if let Some(certificate) = &handshake.certificate {
                let has_name =
                    tls.sni.is_empty() || certificate.names.iter().any(|name| is_name_of(name, &tls.sni));
                if !has_name {
                    return Some(Cause::WrongName(certificate.names.clone()));
                }
                let is_refused = handshake.asks_for_certificate && !alert.is_empty();
                let is_like_envoys = handshake.shows_certificate != tls.certificate.is_empty();
                return (is_refused && is_like_envoys).then_some(Cause::ClientCertificate);
            }
            match alert {
                "" => None,
                "UnrecognizedName" | "UnrecognisedName" => Some(Cause::UnknownName),
                "HandshakeFailure" | "ProtocolVersion" | "InsufficientSecurity" => {
                    Some(Cause::NothingInCommon)
                }
                alert => Some(Cause::Tls(alert.to_owned())),
            }
        }
    }
}

/// Whether a name of a certificate is that of `host`. Envoy: `*` stands for the whole first label.
fn is_name_of(name: &str, host: &str) -> bool {
    if name.eq_ignore_ascii_case(host) {
        return true;
    }
    let (Some(suffix), Some((_, domain))) = (name.strip_prefix("*."), host.split_once('.')) else {
        return false;
    };
    suffix.eq_ignore_ascii_case(domain)
}

/// Whether a failure without a reason is a timeout; for a connection, its duration decides.
fn timed_out(failure: &Failure, upstream: &Upstream) -> bool {
    if failure.status != 0 {
        return failure.details.contains("connection_timeout");
    }
    upstream.tls.is_none() || failure.duration * 10 >= upstream.connect_timeout * 9
}

fn no_connection(reason: &str, upstream: &Upstream) -> Cause {
    // Access logs have `_` in the place of spaces.
    let text = reason.replace('_', " ");
    let has = |mark: &&str| reason.contains(*mark);
    if let Some((_, verification)) = reason.split_once("CERTIFICATE_VERIFY_FAILED") {
        return certificate(&verification.replace('_', " "), verification);
    }
    if text.contains("Connection refused") {
        Cause::Refused
    } else if NOT_TLS.iter().any(has) {
        Cause::SpeaksPlain
    } else if NOTHING_IN_COMMON.iter().any(has) {
        Cause::NothingInCommon
    } else if CLIENT_CERTIFICATE.iter().any(has) {
        Cause::ClientCertificate
    } else if reason.contains("UNRECOGNIZED_NAME") {
        Cause::UnknownName
    } else if reason.contains("ALERT_HANDSHAKE_FAILURE") {
        // Past the hellos it is what servers with TLS 1.2 say to a client without certificate.
        Cause::ClientCertificate
    } else if reason.contains("TLS_error:") || reason.contains("TLS error:") {
        let is_system = text.contains("Connection reset by peer")
            || text.contains("Broken pipe")
            || text.contains("unexpected eof");
        if is_system { Cause::HangsUp } else { Cause::Tls(words(&text)) }
    } else if text.contains("Connection timed out") {
        Cause::TimedOut
    } else if text.contains("Connection reset by peer") && upstream.tls.is_some() {
        Cause::HangsUp
    } else {
        Cause::Unreachable(words(&text))
    }
}

fn certificate(text: &str, raw: &str) -> Cause {
    let names = |list: &str| -> Vec<String> {
        let list = list.split(']').next().unwrap_or_default();
        list.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    if let Some((_, list)) = text.split_once(NAMES_LIST) {
        // `_` may well be part of a name.
        let raw = raw.split_once(&NAMES_LIST.replace(' ', "_")).map_or(list, |(_, list)| list);
        return Cause::WrongName(names(&raw.replace(",_", ", ")));
    }
    let authority = text.split_once("at depth ").is_some_and(|(_, depth)| !depth.starts_with('0'));
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    if has(&["SAN matcher", "SAN list"]) {
        Cause::WrongName(Vec::new())
    } else if has(&["has expired"]) {
        Cause::Expired { authority, early: false }
    } else if has(&["not yet valid"]) {
        Cause::Expired { authority, early: true }
    } else if has(&[
        "issuer certificate",
        "self signed",
        "self-signed",
        "first certificate",
        "signature failure",
    ]) {
        Cause::UnknownAuthority(words(text))
    } else {
        Cause::BadCertificate(words(text))
    }
}

/// What a person wants to read of OpenSSL's errors: the last part, without numbers.
fn words(text: &str) -> String {
    let text = text.trim_end_matches(":TLS error end").trim_end_matches("TLS error end");
    let part = text.rsplit(['|', ':']).find(|part| !part.trim().is_empty()).unwrap_or(text);
    part.trim().chars().take(200).collect()
}

/// Whether `host` is a name, not an IP address.
pub(super) fn is_name(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::render::UpstreamTls;
    use crate::upstream::Flags;

    fn plain() -> Upstream {
        Upstream { addresses: vec![("10.0.0.1".to_owned(), 443)], ..Upstream::default() }
    }

    fn with_tls() -> Upstream {
        let connect_timeout = Duration::from_secs(5);
        Upstream { tls: Some(UpstreamTls::default()), connect_timeout, ..plain() }
    }

    fn cause(reason: &str) -> Cause {
        let flags = Flags { connection_failure: true, ..Flags::default() };
        cause_of(&Failure { flags, reason: reason.to_owned(), ..Failure::default() })
    }

    fn cause_of(failure: &Failure) -> Cause {
        match classify(failure, &with_tls()) {
            Verdict::Certain(cause) => cause,
            other => panic!("{other:?}"),
        }
    }

    /// What Envoy 1.40 logs, with real servers.
    #[test]
    fn causes_are_distinguished_in_envoys_log() {
        let tls = |rest: &str| cause(&format!("TLS_error:|{rest}:TLS_error_end"));
        let verify = |rest: &str| {
            let text =
                "268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_";
            tls(&format!("{text}{rest}"))
        };
        let x509 = |depth: u8, rest: &str| {
            verify(&format!("X509_verify_cert:_certificate_verification_error_at_depth_{depth}:_{rest}"))
        };
        assert_eq!(cause("delayed_connect_error:_Connection_refused"), Cause::Refused);
        assert_eq!(
            cause("delayed_connect_error:_No_route_to_host"),
            Cause::Unreachable("No route to host".to_owned())
        );
        assert_eq!(
            verify("SAN_matcher,_certificate_SANs_are_[else.example,_a_b.example,_127.0.0.1]"),
            Cause::WrongName(vec!["else.example".into(), "a_b.example".into(), "127.0.0.1".into()])
        );
        assert_eq!(verify("SAN_matcher,_certificate_SANs_are_[]"), Cause::WrongName(Vec::new()));
        assert_eq!(
            x509(0, "unable_to_get_local_issuer_certificate"),
            Cause::UnknownAuthority("unable to get local issuer certificate".to_owned())
        );
        assert_eq!(
            x509(0, "self_signed_certificate"),
            Cause::UnknownAuthority("self signed certificate".to_owned())
        );
        assert_eq!(x509(0, "certificate_has_expired"), Cause::Expired { authority: false, early: false });
        assert_eq!(x509(1, "certificate_has_expired"), Cause::Expired { authority: true, early: false });
        assert_eq!(x509(0, "certificate_is_not_yet_valid"), Cause::Expired { authority: false, early: true });
        assert_eq!(
            x509(0, "unsupported_certificate_purpose"),
            Cause::BadCertificate("unsupported certificate purpose".to_owned())
        );
        let ssl = |rest: &str| tls(&format!("268435703:SSL_routines:OPENSSL_internal:{rest}"));
        assert_eq!(ssl("WRONG_VERSION_NUMBER"), Cause::SpeaksPlain);
        assert_eq!(ssl("TLSV1_ALERT_PROTOCOL_VERSION"), Cause::NothingInCommon);
        let hello = "SSLV3_ALERT_HANDSHAKE_FAILURE|268435610:SSL_routines:OPENSSL_internal:HANDSHAKE_FAILURE_ON_CLIENT_HELLO";
        assert_eq!(ssl(hello), Cause::NothingInCommon);
        assert_eq!(ssl("SSLV3_ALERT_HANDSHAKE_FAILURE"), Cause::ClientCertificate);
        assert_eq!(ssl("TLSV1_ALERT_UNKNOWN_CA"), Cause::ClientCertificate);
        assert_eq!(ssl("TLSV1_UNRECOGNIZED_NAME"), Cause::UnknownName);
        assert_eq!(ssl("TLSV1_ALERT_INTERNAL_ERROR"), Cause::Tls("TLSV1 ALERT INTERNAL ERROR".to_owned()));
        let system = |rest: &str| tls(&format!("33554536:system_library:OPENSSL_internal:{rest}"));
        assert_eq!(system("Connection_reset_by_peer"), Cause::HangsUp);
        assert_eq!(system("Broken_pipe"), Cause::HangsUp);
    }

    #[test]
    fn a_failure_without_a_reason_is_a_timeout_or_a_closed_connection() {
        let flags = Flags { connection_failure: true, ..Flags::default() };
        let request = |details: &str| {
            cause_of(&Failure { flags, status: 503, details: details.to_owned(), ..Failure::default() })
        };
        let details = |what: &str| format!("upstream_reset_before_response_started{{{what}}}");
        assert_eq!(request(&details("connection_timeout")), Cause::TimedOut);
        assert_eq!(request(&details("remote_connection_failure")), Cause::HangsUp);
        let connection = |milliseconds| {
            let duration = Duration::from_millis(milliseconds);
            cause_of(&Failure { flags, duration, ..Failure::default() })
        };
        assert_eq!((connection(4_998), connection(3)), (Cause::TimedOut, Cause::HangsUp));
    }

    #[test]
    fn a_cluster_without_instances_is_unresolved_only_if_it_has_names() {
        let failure =
            Failure { flags: Flags { no_instance: true, ..Flags::default() }, ..Failure::default() };
        assert_eq!(classify(&failure, &plain()), Verdict::Nothing);
        let named = Upstream { addresses: vec![("a.example".to_owned(), 80)], ..Upstream::default() };
        assert_eq!(classify(&failure, &named), Verdict::Certain(Cause::Unresolved));
    }

    #[test]
    fn a_connection_that_ends_without_an_answer_is_only_suspected() {
        let ended = Failure {
            flags: Flags { connection_ended: true, ..Flags::default() },
            status: 503,
            ..Failure::default()
        };
        assert_eq!(classify(&ended, &plain()), Verdict::Suspected(Suspicion::SpeaksTls));
        assert_eq!(classify(&ended, &with_tls()), Verdict::Suspected(Suspicion::ClientCertificate));
        let bad_request = Failure { status: 400, ..Failure::default() };
        assert_eq!(classify(&bad_request, &plain()), Verdict::Suspected(Suspicion::SpeaksTls));
        assert_eq!(classify(&bad_request, &with_tls()), Verdict::Nothing);
        // A connection without one byte: a client that only looks whether the port is open sent none either.
        assert_eq!(classify(&Failure::default(), &plain()), Verdict::Nothing);
        let silent = Failure { received: 5, ..Failure::default() };
        assert_eq!(classify(&silent, &plain()), Verdict::Suspected(Suspicion::SpeaksTls));
        assert_eq!(classify(&silent, &with_tls()), Verdict::Suspected(Suspicion::ClientCertificate));
    }
}
