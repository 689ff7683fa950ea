//! TLS towards linked services: the files, the names, and with `--probe` what the servers show.

use super::{Check, Need, Outcome, at, found};
use crate::doctor::evidence::Evidence;
use crate::doctor::facts::{Asked, Probe};
use crate::doctor::without_look;
use crate::finding::{Code, Finding};
use crate::render::Upstream;
use crate::upstream::{self, Cause, Distrust, Shown, judge};

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
    of_files(Code::FileUnreadable, "TLS files can be read", &[]),
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
    at(Code::UpstreamClientCertificate, "servers need no certificate that the link lacks", need_none),
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

/// With the command that sets the name which the server's certificate has.
fn with_sni(
    finding: Finding,
    evidence: &Evidence<'_>,
    server: &Upstream,
    cause: &Cause,
    shown: &Shown,
) -> Finding {
    let (Cause::WrongName(_), Shown::Tls(handshake), Some(tls)) = (cause, shown, &server.tls) else {
        return finding;
    };
    let names = handshake.certificate.iter().flat_map(|certificate| &certificate.names);
    let is_host = |name: &&String| {
        name.contains('.') && name.parse::<std::net::IpAddr>().is_err() && !name.contains(['*', '/', ':'])
    };
    let Some(name) = names.filter(is_host).min_by_key(|name| name.len()) else { return finding };
    let word = crate::doctor::word;
    let pair = if tls.certificate.is_empty() {
        String::new()
    } else {
        let key = evidence.facts.snapshot.as_ref().and_then(|snapshot| {
            let entry = snapshot.entry.as_ref()?;
            let link = entry.services.iter().find(|link| link.name == server.service)?;
            Some(link.key_file.clone())
        });
        let Some(key) = key else { return finding };
        format!(" --cert-file {} --key-file {}", word(&tls.certificate), word(&key))
    };
    let command = format!(
        "termgate services link {} --service {} --ca-file {}{pair} --sni {}",
        word(&server.service),
        word(&evidence.facts.name),
        word(&tls.authorities),
        word(name)
    );
    finding.help(format!("set `SNI = {name:?}` in the gateway's entry")).command(command)
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
    probed(evidence, |cause| matches!(cause, Cause::NothingInCommon | Cause::Tls(_)))
}

fn are_trusted(evidence: &Evidence<'_>) -> Outcome {
    probed(evidence, |cause| matches!(cause, Cause::UnknownAuthority(_) | Cause::Expired { .. }))
}

fn are_named(evidence: &Evidence<'_>) -> Outcome {
    probed(evidence, |cause| matches!(cause, Cause::WrongName(_) | Cause::UnknownName))
}

fn need_none(evidence: &Evidence<'_>) -> Outcome {
    probed(evidence, |cause| *cause == Cause::ClientCertificate)
}
