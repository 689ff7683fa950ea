//! The one judgement of an address in the catalog, for all that look at addresses: direct mode, `doctor`, `services
//! register`, `config apply --plan` and `audit egress`.

use std::net::IpAddr;

use crate::address_guard::{self, Allowed, Form, Meaning, Reading};
use crate::finding::{Code, Finding, Severity};
use crate::gateway::host_port::NotAHost;

/// What is wrong with the address `text` of a service, or deserves a look.
///
/// `owner` is what has the address, such as "instance `web-1`". A name counts as the addresses in `resolved`. A failure
/// closes the service.
pub fn finding(
    service: &str,
    owner: &str,
    text: &str,
    resolved: &[IpAddr],
    allowed: &[Allowed],
) -> Option<Finding> {
    if text.is_empty() {
        return None;
    }
    let judged = judge(text, resolved, allowed);
    let not_a_host = NotAHost::of(text);
    let of_service = |code, message: String, help| Finding::of_service(service, code, message, help);
    match (judged, not_a_host) {
        (Some(Judged { reading: Reading { ip, form: Form::Inside }, meaning }), Some(not))
            if meaning.is_never_meant() =>
        {
            let NotAHost { shown, what, .. } = not;
            let message = format!(
                "{owner} has the address `{shown}`, {what}: Envoy does not connect to it, but it stands for {ip}, {meaning}"
            );
            let help = "register the service with its own address".to_owned();
            Some(of_service(Code::ForbiddenAddress, message, help).severity(Severity::Warning))
        }
        (Some(judged), not_a_host) if judged.counts(not_a_host.is_some()) => {
            Some(judged.found(service, owner, text))
        }
        (judged, Some(NotAHost { shown, what, host })) => {
            let right =
                if host.is_empty() { "a host name or IP address".to_owned() } else { format!("`{host}`") };
            let stands_for = judged
                .map(|Judged { reading, meaning }| format!("; it stands for {}, {meaning}", reading.ip))
                .unwrap_or_default();
            let message =
                format!("{owner} has the address `{shown}`, {what}, so connections to it fail{stands_for}");
            Some(of_service(
                Code::BadInstance,
                message,
                format!("register it again with the address {right}"),
            ))
        }
        (_, None) => None,
    }
}

/// The address among those that a text or name stands for that deserves a look most.
pub fn worst(ips: &[IpAddr], allowed: &[Allowed]) -> Option<(IpAddr, Meaning)> {
    let with_meaning = |ip: &IpAddr| Some((*ip, address_guard::meaning_unless_allowed(*ip, allowed)?));
    ips.iter().filter_map(with_meaning).min_by_key(|(_, meaning)| *meaning)
}

/// An address that is not an ordinary one.
struct Judged {
    reading: Reading,
    meaning: Meaning,
}

fn judge(text: &str, resolved: &[IpAddr], allowed: &[Allowed]) -> Option<Judged> {
    let of_name = worst(resolved, allowed)
        .map(|(ip, meaning)| Judged { reading: Reading { ip, form: Form::Envoy }, meaning });
    let of_text = address_guard::readings(text).into_iter().filter_map(|reading| {
        Some(Judged { reading, meaning: address_guard::meaning_unless_allowed(reading.ip, allowed)? })
    });
    of_text.chain(of_name).min_by_key(|judged| (judged.meaning, judged.reading.form))
}

impl Judged {
    /// Whether what it means is the first thing to say about it, rather than that it is not an address.
    fn counts(&self, is_not_a_host: bool) -> bool {
        match self.reading.form {
            Form::Envoy => true,
            Form::Lenient => self.meaning != Meaning::Loopback || !is_not_a_host,
            Form::Inside => false,
        }
    }

    fn found(&self, service: &str, owner: &str, text: &str) -> Finding {
        let Self { reading: Reading { ip, form }, meaning } = self;
        let stands_for =
            if text.parse() == Ok(*ip) { String::new() } else { format!(" (which stands for {ip})") };
        let seen = format!("{owner} has the address `{text}`{stands_for}, {meaning}");
        let seen = match form {
            Form::Lenient => format!("{seen}; Envoy's own resolver does not read it so, others do"),
            Form::Envoy | Form::Inside => seen,
        };
        match meaning {
            Meaning::LinkLocal => Finding::of_service(
                service,
                Code::LinkLocalAddress,
                seen,
                format!("check that it is intended; `--allow-address {ip}` silences this warning"),
            ),
            Meaning::Loopback => Finding::of_service(service, Code::LoopbackUpstream, seen, ""),
            _ => Finding::of_service(
                service,
                Code::ForbiddenAddress,
                format!("{seen}; the service is not served"),
                format!(
                    "correct the address in the catalog; if it is intended, run with `--allow-address {ip}`"
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Severity::{Failure, Info, Warning};

    /// Who connects, as the message says it.
    const BY_ENVOY: Option<&str> = None;
    const BY_OTHERS: Option<&str> = Some("Envoy's own resolver does not read it so");
    const BY_NOBODY: Option<&str> = Some("Envoy does not connect to it");

    /// What is found, how bad it is, who connects, and the spellings. What Envoy 1.40 connects to was observed.
    const SPELLINGS: &[(Code, Severity, Option<&str>, &[&str])] = &[
        (
            Code::ForbiddenAddress,
            Failure,
            BY_ENVOY,
            &[
                "169.254.169.254",
                "169.254.169.0254",
                "0169.0254.0169.0254",
                "169.254.169.00000000000254",
                "169.254.169.254\0",
                "169.254.169.254\0.example",
                "169.254.170.2",
                "169.254.170.23",
                "100.100.100.200",
                "100.100.100.0200",
                "168.63.129.16",
                "168.063.129.016",
                "::ffff:169.254.169.254",
                "::FFFF:169.254.169.254",
                "::ffff:a9fe:a9fe",
                "0:0:0:0:0:ffff:a9fe:a9fe",
                "::ffff:169.254.169.0254",
                "::169.254.169.254",
                "::ffff:0:169.254.169.254",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b::169.254.169.254",
                "64:ff9b:1::a9fe:a9fe",
                "64:ff9b:1:a9fe:a9:fe00::",
                "2002:a9fe:a9fe::1",
                "2001:0:a9fe:a9fe::1",
                "2001:0:102:304:0:0:5601:5601",
                "fe80::5efe:a9fe:a9fe",
                "fd00:ec2::254",
                "FD00:EC2::254",
                "fd00:0ec2:0:0:0:0:0:0254",
                "fd00:ec2::23",
                "fd20:ce::254",
                "fd00:c1::a9fe:a9fe",
                "0.0.0.0",
                "0000.0.0.0",
                "0.1.2.3",
                "::",
                "0:0:0:0:0:0:0:0",
                "::ffff:0.0.0.0",
                "224.0.0.1",
                "239.255.255.250",
                "ff02::1",
                "255.255.255.255",
            ],
        ),
        (
            Code::ForbiddenAddress,
            Failure,
            BY_OTHERS,
            &[
                "2852039166",
                "2852039166.",
                "0xa9fea9fe",
                "0XA9FEA9FE",
                "0xA9.0xFE.0xA9.0xFE",
                "0251.0376.0251.0376",
                "00000251.0376.0251.0376",
                "025177524776",
                "169.254.43518",
                "169.16689662",
                "169.0376.0xa9.254",
                "169.254.169.0xfe",
                "169.254.169.254.",
                " 169.254.169.254",
                "169.254.169.254 ",
                "[169.254.169.254]",
                "[fd00:ec2::254]",
                "[::ffff:169.254.169.254]",
                "fd00:ec2::254%eth0",
                "fd00:ec2::254%25eth0",
                "169.254.169.254%eth0",
                "169.254.169.254%2f",
                "0",
                "0x0",
                "00000000",
                "4294967295",
                "0xffffffff",
            ],
        ),
        (
            Code::ForbiddenAddress,
            Warning,
            BY_NOBODY,
            &[
                "169.254.169.254:80",
                "169.254.169.254/",
                "169.254.169.254/latest/meta-data",
                "169.254.169.254?x",
                "169.254.169.254#x",
                "http://169.254.169.254",
                "http://169.254.169.254:80/latest/",
                "HTTP://169.254.169.254",
                "http://user:pw@169.254.169.254/",
                "http:\\\\169.254.169.254\\",
                "//169.254.169.254",
                "user@169.254.169.254",
                "http://[fd00:ec2::254]:80/",
                "[fd00:ec2::254]:80",
                "[::ffff:a9fe:a9fe]:80",
                "http://0xa9fea9fe/",
                "http://2852039166/",
                "%31%36%39.254.169.254",
                "169%2e254%2e169%2e254",
                "169%252e254.169.254",
                "http://%31%36%39.254.169.254/",
                "\u{ff11}\u{ff16}\u{ff19}.254.169.254",
                "169\u{3002}254\u{3002}169\u{3002}254",
                "169\u{ff0e}254\u{ff0e}169\u{ff0e}254",
                "\u{2460}\u{2465}\u{2468}.254.169.254",
                "\u{1d7cf}\u{1d7d4}\u{1d7d7}.254.169.254",
                "169.254.\u{200b}169.254",
                "169.254.\u{ad}169.254",
                "169.254. 169.254",
            ],
        ),
        (
            Code::LinkLocalAddress,
            Warning,
            BY_ENVOY,
            &["169.254.3.4", "169.254.003.004", "fe80::1", "FE80::1", "::ffff:169.254.3.4"],
        ),
        (
            Code::LinkLocalAddress,
            Warning,
            BY_OTHERS,
            &["fe80::1%eth0", "fe80::1%1", "169.254.772", "0xa9fe0304"],
        ),
        (
            Code::LoopbackUpstream,
            Info,
            BY_ENVOY,
            &[
                "127.0.0.1",
                "127.255.255.254",
                "127.000.000.001",
                "::1",
                "0:0:0:0:0:0:0:1",
                "::ffff:127.0.0.1",
                "::ffff:7f00:1",
                "localhost",
                "LOCALHOST",
                "localhost.",
                "web.localhost",
            ],
        ),
        (Code::LoopbackUpstream, Info, BY_OTHERS, &["0x7f000001", "0x7f.0x1"]),
        // That they are not addresses is worse than where they lead.
        (
            Code::BadInstance,
            Warning,
            Some("a loopback address"),
            &[
                "127.1",
                "127.0.1",
                "2130706433",
                "017700000001",
                "[::1]",
                "http://127.0.0.1:8080/",
                "127.0.0.1:80",
            ],
        ),
        (Code::BadInstance, Warning, Some("a link-local address"), &["http://169.254.3.4/", "[fe80::1]:80"]),
    ];

    const ORDINARY: &[&str] = &[
        "",
        "10.0.0.1",
        "100.100.100.201",
        "8.8.8.8",
        "2001:db8::a9fe:a9fe",
        "64:ff9b::808:808",
        "::ffff:10.0.0.1",
        "ext.example",
        "EXT.example.",
        "169.254.169.254.nip.io",
        "169-254-169-254.sslip.io",
        "a9fea9fe.nip.io",
        "localhost.example",
        "my-localhost",
        "metadata.example",
    ];

    fn found(text: &str) -> Option<Finding> {
        finding("s", "instance `i`", text, &[], &[])
    }

    #[test]
    fn every_spelling_is_judged_by_whom_it_leads_to() {
        let mut count = 0;
        for (code, severity, by, texts) in SPELLINGS {
            for text in *texts {
                let found = found(text).unwrap_or_else(|| panic!("{text:?} is not reported"));
                assert_eq!((found.code, found.severity), (*code, *severity), "{text:?}: {found}");
                let others = [BY_OTHERS, BY_NOBODY].into_iter().flatten();
                for says in others.chain(*by) {
                    assert_eq!(found.message.contains(says), *by == Some(says), "{text:?}: {found}");
                }
                count += 1;
            }
        }
        assert!(count >= 120, "{count} spellings");
    }

    #[test]
    fn ordinary_addresses_and_names_are_not_reported() {
        for text in ORDINARY {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn what_two_resolvers_read_differently_is_judged_by_the_worse_reading() {
        let one = found("0177.0.0.1").unwrap();
        assert_eq!(one.code, Code::BadInstance);
        assert!(one.message.contains("127.0.0.1"), "{one}");
        assert_eq!(found("169.254.169.0254").unwrap().severity, Failure);
        // Envoy: 168.63.129.16; inet_aton: 168.51.129.14.
        assert!(found("168.063.129.016").unwrap().message.contains("168.63.129.16"));
    }

    #[test]
    fn a_name_is_judged_by_the_worst_address_that_it_resolves_to() {
        let by = |ips: &[&str]| {
            let ips: Vec<IpAddr> = ips.iter().map(|ip| ip.parse().unwrap()).collect();
            finding("s", "it", "169-254-169-254.nip.io", &ips, &[]).map(|found| (found.code, found.severity))
        };
        assert_eq!(by(&["10.0.0.1", "169.254.169.254"]), Some((Code::ForbiddenAddress, Failure)));
        assert_eq!(by(&["169.254.3.4"]), Some((Code::LinkLocalAddress, Warning)));
        assert_eq!(by(&["::1"]), Some((Code::LoopbackUpstream, Info)));
        assert_eq!(by(&["10.0.0.1"]), None);
    }

    #[test]
    fn addresses_that_the_operator_allows_are_not_reported_in_any_spelling() {
        let allowed = ["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()];
        for (code, _, by, texts) in SPELLINGS {
            for text in texts.iter().filter(|_| *by != BY_NOBODY && *code != Code::BadInstance) {
                let found = finding("s", "it", text, &[], &allowed);
                assert!(found.is_none_or(|found| found.code == Code::BadInstance), "{text}");
            }
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        for text in ["http://user:hunter2@169.254.169.254/", "http://user:hunter2@ext.example/"] {
            assert!(!found(text).unwrap().message.contains("hunter2"), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_closes_is_reserved_and_what_is_reserved_closes(bits: u32) {
            let ip = std::net::Ipv4Addr::from(bits);
            let reserved = address_guard::meaning(ip.into()).is_some_and(Meaning::is_never_meant);
            for text in [ip.to_string(), format!("::ffff:{ip}"), bits.to_string(), format!("{bits:#x}"), format!("0{bits:o}")] {
                let closes = found(&text).is_some_and(|found| found.is_failure());
                proptest::prop_assert_eq!(closes, reserved, "{}", text);
            }
        }

        #[test]
        fn any_address_can_be_judged(text: String) {
            let _ = found(&text);
        }
    }
}
