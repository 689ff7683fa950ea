//! TLS towards linked services: the files, the names, and with `--probe` what the servers show.

use std::collections::BTreeSet;

use super::{Check, Look, Need, Outcome, at, found};
use crate::doctor::evidence::Evidence;
use crate::doctor::facts::{Asked, Probe};
use crate::doctor::remedies::{self, host_name};
use crate::doctor::without_look;
use crate::finding::{Code, Finding};
use crate::render::Upstream;
use crate::tls_files::SYSTEM_CA;
use crate::upstream::{self, Cause, Distrust, Handshake, Shown, judge};

pub(super) const CHECKS: &[Check] = &[
    found(Need::Entry, Code::TlsIgnored, "every SNI has a CAFile", &[Code::SniWithoutCa]),
    found(Need::Entry, Code::TlsWithoutSni, "names of servers are checked", &[]),
    found(Need::Entry, Code::WildcardSni, "no SNI is for every service", &[]),
    found(Need::Entry, Code::RelativePath, "paths in the entry are absolute", &[]),
    found(Need::Entry, Code::InlinePem, "no path in the entry is the content of a file", &[]),
    found(
        Need::Entry,
        Code::SwappedCertAndKey,
        "certificates and keys are not swapped",
        &[Code::SameCertAndKey],
    ),
    found(Need::Entry, Code::IncompleteTls, "mutual TLS has all its files", &[]),
    of_files(Code::FileMissing, "TLS files exist", &[]),
    Check {
        code: Code::FileUnreadable,
        title: "TLS files can be read by Envoy's user",
        look: Look::FoundAs(Need::Files, &[], |evidence| evidence.facts.reader.clone()),
    },
    of_files(
        Code::FileNotPem,
        "TLS files are PEM as Envoy reads it",
        &[Code::BrokenPem, Code::TlsFileUnusable, Code::TlsFileStale],
    ),
    of_files(
        Code::NoCertificate,
        "certificate files hold certificates that Envoy takes",
        &[Code::BrokenCertificate, Code::UnusableCertificate],
    ),
    of_files(
        Code::NoPrivateKey,
        "key files hold private keys that Envoy takes",
        &[Code::BrokenKey, Code::EncryptedKey],
    ),
    of_files(Code::KeyMismatch, "keys belong to their certificates", &[Code::KeyOfAnotherKind]),
    of_files(
        Code::CertificateExpired,
        "certificates are valid now",
        &[Code::CertificateNotYetValid, Code::TlsCertificateInvalid, Code::CertificateHidesRenewed],
    ),
    of_files(Code::CertificateExpiresSoon, "certificates are valid for 30 days", &[]),
    of_files(Code::KeyReadableByAll, "private keys are not readable by all", &[]),
    found(
        Need::Links,
        Code::PlaintextToHttps,
        "no request goes to port 443 without TLS",
        &[Code::ClientTlsExpected],
    ),
    at(Code::UpstreamRefused, "servers of linked services accept connections", accept),
    at(Code::UpstreamSpeaksTls, "servers that speak TLS are reached by TLS", speak_plain),
    at(Code::UpstreamPlaintext, "servers that are reached by TLS speak it", speak_tls),
    at(Code::UpstreamTlsVersion, "servers have a TLS version and cipher in common with Envoy", agree),
    at(Code::UpstreamTlsCa, "certificates of servers come from a CA of the link, and are valid", are_trusted),
    at(Code::UpstreamTlsName, "certificates of servers have the expected name", are_named),
    at(
        Code::UpstreamClientCertificate,
        "servers accept the client certificate of the link, or need none",
        accept_client,
    ),
];

const fn of_files(code: Code, title: &'static str, also: &'static [Code]) -> Check {
    found(Need::Files, code, title, also)
}

/// The findings of all probes whose cause is one of these.
fn probed(evidence: &Evidence<'_>, is_meant: impl Fn(&Cause) -> bool) -> Outcome {
    let probes = match &evidence.facts.probes {
        Asked::Is(probes) => probes,
        Asked::No(why) => return Outcome::skipped(*why),
        Asked::Failed(trouble) => return Outcome::skipped(&*trouble.message),
    };
    let mut found: Vec<Finding> = Vec::new();
    for Probe { service, address, shown, distrust } in probes {
        let Some(server) = evidence.upstreams.iter().find(|one| one.service == *service) else { continue };
        // Envoy verifies the chain before it compares names.
        let cause = distrust.filter(|_| server.tls.is_some()).map(of_distrust);
        if let Some(cause) = cause.or_else(|| judge(server, shown)).filter(|cause| is_meant(cause)) {
            let finding = without_look(upstream::finding(server, Some(*address), &cause, Some(shown), None));
            found.push(with_sni(finding, evidence, server, &cause, shown));
        }
    }
    let count = probes.len();
    Outcome::of(found, if count == 1 { "1 server".to_owned() } else { format!("{count} servers") })
}

fn of_distrust(distrust: Distrust) -> Cause {
    match distrust {
        Distrust::UnknownAuthority => {
            Cause::UnknownAuthority("unable to get local issuer certificate".to_owned())
        }
        Distrust::Expired => Cause::Expired { authority: false, early: false },
        Distrust::Early => Cause::Expired { authority: false, early: true },
    }
}

/// With the name that the server's certificate has: the lines to write and, where that is all, the command.
fn with_sni(
    finding: Finding,
    evidence: &Evidence<'_>,
    server: &Upstream,
    cause: &Cause,
    shown: &Shown,
) -> Finding {
    let Some(name) = host_name(shown) else { return finding };
    match (cause, &server.tls) {
        (Cause::WrongName(_) | Cause::UnknownName, Some(_)) => finding
            .help(format!("set `SNI = {name:?}` in the gateway's entry"))
            .command(remedies::setting_sni(evidence.facts, server, name)),
        // Which CA it comes from is not known.
        (Cause::SpeaksTls, None) => finding.help(format!(
            "set `CAFile = {SYSTEM_CA:?}` (the platform's CAs, or the path of its own) and `SNI = {name:?}` in the gateway's entry"
        )),
        _ => finding,
    }
}

fn accept(evidence: &Evidence<'_>) -> Outcome {
    probed(evidence, |cause| matches!(cause, Cause::Refused | Cause::TimedOut | Cause::Unreachable(_)))
}

fn speak_plain(evidence: &Evidence<'_>) -> Outcome {
    probed(evidence, |cause| *cause == Cause::SpeaksTls)
}

fn speak_tls(evidence: &Evidence<'_>) -> Outcome {
    probed(evidence, |cause| matches!(cause, Cause::SpeaksPlain | Cause::HangsUp))
}

fn agree(evidence: &Evidence<'_>) -> Outcome {
    let outcome = probed(evidence, |cause| matches!(cause, Cause::NothingInCommon | Cause::Tls(_)));
    let agreed = handshakes(evidence).map(|handshake| handshake.agreed.as_str());
    let agreed: BTreeSet<&str> = agreed.filter(|agreed| !agreed.is_empty()).collect();
    match outcome {
        Outcome::Seen(seen, found) if found.is_empty() && !agreed.is_empty() => {
            Outcome::ok(format!("{seen}: {}", Vec::from_iter(agreed).join(", ")))
        }
        other => other,
    }
}

fn are_trusted(evidence: &Evidence<'_>) -> Outcome {
    probed(evidence, |cause| matches!(cause, Cause::UnknownAuthority(_) | Cause::Expired { .. }))
}

fn are_named(evidence: &Evidence<'_>) -> Outcome {
    probed(evidence, |cause| matches!(cause, Cause::WrongName(_) | Cause::UnknownName))
}

fn accept_client(evidence: &Evidence<'_>) -> Outcome {
    let outcome = probed(evidence, |cause| *cause == Cause::ClientCertificate);
    let accepted = handshakes(evidence)
        .filter(|handshake| handshake.shows_certificate && handshake.alert.is_none())
        .count();
    match outcome {
        Outcome::Seen(_, found) if found.is_empty() && accepted == 1 => {
            Outcome::ok("1 server accepts the client certificate")
        }
        Outcome::Seen(_, found) if found.is_empty() && accepted > 1 => {
            Outcome::ok(format!("{accepted} servers accept the client certificate"))
        }
        other => other,
    }
}

/// The handshakes of all probes that came to one.
fn handshakes<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = &'a Handshake> {
    let probes = evidence.facts.probes.is().map(Vec::as_slice).unwrap_or_default();
    probes.iter().filter_map(|probe| match &probe.shown {
        Shown::Tls(handshake) => Some(handshake),
        _ => None,
    })
}
