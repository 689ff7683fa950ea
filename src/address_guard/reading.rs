//! The IP addresses that a text can stand for, by who reads it.
//!
//! What Envoy 1.40 does was observed with clusters of each kind: of what is not an address, its DNS resolver (c-ares) takes
//! four decimal numbers, however many zeros they begin with, and nothing else that looks like an address. The resolver of
//! the C library, which Envoy can be told to use, reads what `inet_aton` does.

use std::net::{IpAddr, Ipv4Addr};

/// Who connects to the address that a text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Envoy.
    Envoy,
    /// Only another resolver than Envoy's own: to that, the text is a name.
    Lenient,
    /// Nobody: it is a part of a text that is neither an address nor a name, such as a URL.
    Inside,
}

/// An address that a text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The address.
    pub ip: IpAddr,
    /// Who reads it so.
    pub form: Form,
}

/// The IP address that a resolver may read in `text`, however it is written; `None` for a name.
///
/// IPv4 addresses also as `inet_aton` reads them: one to four numbers, decimal, octal or hexadecimal.
pub fn read(text: &str) -> Option<IpAddr> {
    envoys(text).or_else(|| lenient(text))
}

/// Every address that `text` may stand for; none for a name.
///
/// `localhost` and the names below it count: resolvers know them without a question (RFC 6761).
pub fn readings(text: &str) -> Vec<Reading> {
    let as_form = |form| move |ip| Reading { ip, form };
    if let Ok(ip) = text.parse() {
        return vec![Reading { ip, form: Form::Envoy }];
    }
    let found = envoys(text).or_else(|| localhost(text)).map(as_form(Form::Envoy));
    let mut found: Vec<Reading> =
        found.into_iter().chain(lenient(text).map(as_form(Form::Lenient))).collect();
    if found.is_empty() {
        let inside = inside(text).and_then(|host| read(&host).or_else(|| localhost(&host)));
        found.extend(inside.map(as_form(Form::Inside)));
    }
    found
}

/// What Envoy connects to. A zero byte ends the text there.
fn envoys(text: &str) -> Option<IpAddr> {
    let text = text.split_once('\0').map_or(text, |(before, _)| before);
    if let Ok(ip) = text.parse() {
        return Some(ip);
    }
    // Zeros in front of a number count for nothing; behind the colons of an IPv6 address, too.
    let (before, quad) = text.rsplit_once(':').map_or(("", text), |(before, quad)| (before, quad));
    let parts: Option<Vec<u8>> = quad.split('.').map(decimal).collect();
    let quad = Ipv4Addr::from(<[u8; 4]>::try_from(parts?).ok()?);
    if before.is_empty() { Some(quad.into()) } else { format!("{before}:{quad}").parse().ok() }
}

fn decimal(text: &str) -> Option<u8> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = text.trim_start_matches('0');
    match digits {
        _ if !is_number => None,
        "" => Some(0),
        _ => digits.parse().ok(),
    }
}

/// What some other resolver than Envoy's makes of it.
fn lenient(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let text = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    // A zone says on which link an address is.
    let bare = text.split_once('%').map_or(text, |(address, _)| address);
    if let Ok(ip) = bare.parse() {
        return Some(ip);
    }
    let parts: Option<Vec<u32>> = text.strip_suffix('.').unwrap_or(text).split('.').map(number).collect();
    let parts = parts?;
    let (last, leading) = parts.split_last()?;
    if leading.len() > 3 || leading.iter().any(|part| *part > 0xff) {
        return None;
    }
    let bits = 32 - 8 * u32::try_from(leading.len()).ok()?;
    if bits < 32 && last >> bits != 0 {
        return None;
    }
    let high = leading.iter().zip([24, 16, 8]).fold(0, |sum, (part, shift)| sum | part << shift);
    Some(Ipv4Addr::from(high | last).into())
}

/// A number as C writes it.
fn number(text: &str) -> Option<u32> {
    let is_plain = |digits: &&str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let parse = |digits: &str, radix| {
        Some(digits).filter(is_plain).and_then(|digits| u32::from_str_radix(digits, radix).ok())
    };
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => parse(digits, 16),
        None if text.len() > 1 && text.starts_with('0') => parse(text, 8),
        None => parse(text, 10),
    }
}

fn localhost(text: &str) -> Option<IpAddr> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let last = name.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("localhost").then_some(Ipv4Addr::LOCALHOST.into())
}

/// The host in a text that is neither an address nor a name: of a URL, before a port or a path, in other digits than
/// ASCII's, or percent-encoded.
fn inside(text: &str) -> Option<String> {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.bytes().all(is_of_name) {
        return None;
    }
    let mut plain: String = text.chars().filter_map(folded).collect();
    // What is encoded can be encoded again.
    for _ in 0..3 {
        plain = percent_decoded(&plain).chars().filter_map(folded).collect();
    }
    let rest = plain.split_once("//").map_or(plain.as_str(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let without_port = match host.split_once(']') {
        Some((bracketed, _)) => bracketed.trim_start_matches('['),
        // More than one colon is an IPv6 address.
        None if host.matches(':').count() == 1 => host.split(':').next().unwrap_or_default(),
        None => host,
    };
    Some(without_port.to_owned())
}

/// A character as ASCII, where it is a form of one that addresses have; none for what cannot be seen.
fn folded(character: char) -> Option<char> {
    let digit = |from: u32, value: u32| char::from_digit((u32::from(character) - from + value) % 10, 10);
    match u32::from(character) {
        // Full stops and solidi of other scripts.
        0x3002 | 0xff0e | 0xff61 | 0x2024 | 0xfe52 => Some('.'),
        0xff1a | 0xfe55 | 0xa789 => Some(':'),
        0xff0f | 0x2044 | 0x2215 | 0x5c => Some('/'),
        // Full-width forms of ASCII.
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0),
        // Circled digits, then mathematical ones.
        0x2460..=0x2468 => digit(0x2460, 1),
        0x24ea => Some('0'),
        0x1d7ce..=0x1d7ff => digit(0x1d7ce, 0),
        0x2070 | 0x2074..=0x2079 => digit(0x2070, 0),
        0x2080..=0x2089 => digit(0x2080, 0),
        0xb9 => Some('1'),
        0xb2 | 0xb3 => digit(0xb2, 2),
        // What takes no place, and what is between words.
        0x200b..=0x200f | 0x2060..=0x2064 | 0xfeff | 0xad => None,
        _ if character.is_whitespace() || character.is_control() => None,
        _ => Some(character),
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex =
            |at: usize| char::from(*tail.get(at)?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        if let (b'%', Some(high), Some(low)) = (first, hex(0), hex(1)) {
            bytes.push(high << 4 | low);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn envoy_reads_decimal_numbers_with_zeros_in_front() {
        for (text, expected) in [
            ("169.254.169.0254", "169.254.169.254"),
            ("0169.0254.0169.0254", "169.254.169.254"),
            ("100.100.100.0200", "100.100.100.200"),
            ("127.000.000.001", "127.0.0.1"),
            ("::ffff:169.254.169.0254", "::ffff:169.254.169.254"),
            ("169.254.169.254\0.example", "169.254.169.254"),
        ] {
            assert_eq!(envoys(text), Some(ip(expected)), "{text}");
        }
        for text in
            ["127.1", "0x7f.0.0.1", "2130706433", "256.0.0.1", "1.2.3.4.5", "1.2.3.", "[::1]", "fe80::1%1"]
        {
            assert_eq!(envoys(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_two_resolvers_read_differently_has_both_readings() {
        let expected = [
            Reading { ip: ip("177.0.0.1"), form: Form::Envoy },
            Reading { ip: ip("127.0.0.1"), form: Form::Lenient },
        ];
        assert_eq!(readings("0177.0.0.1"), expected);
        assert_eq!(read("0177.0.0.1"), Some(ip("177.0.0.1")));
    }

    #[test]
    fn names_are_not_addresses() {
        for text in [
            "",
            "ext.example",
            "169.254.169.254.nip.io",
            "1.2.3.4.5",
            "0x",
            "256.1.1.1",
            "08",
            "1.2.65536",
            "+1",
            "localhost.example",
            "xlocalhost",
            "https://ext.example:443/1.2.3.4",
        ] {
            assert_eq!((read(text), readings(text)), (None, Vec::new()), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_way_of_writing_an_ipv4_address_is_read(bits: u32, radix in 0..3_usize, parts in 1..5_usize, zeros in 0..3_usize) {
            let octets = bits.to_be_bytes();
            let last = octets[parts - 1..].iter().fold(0_u64, |sum, octet| sum << 8 | u64::from(*octet));
            let leading = octets[..parts - 1].iter().map(|octet| u64::from(*octet));
            let zeros = "0".repeat(zeros);
            let written = leading.chain([last]).map(|number| match radix {
                0 => number.to_string(),
                1 => format!("0{zeros}{number:o}"),
                _ => format!("0x{zeros}{number:X}"),
            });
            let text = written.collect::<Vec<_>>().join(".");
            let expected = IpAddr::from(octets);
            proptest::prop_assert!(readings(&text).iter().any(|reading| reading.ip == expected), "{}", text);
        }

        #[test]
        fn the_host_of_a_url_is_found_in_it(bits: u32, scheme in "[a-z]{1,5}", port: u16, path in "[a-z/]{0,5}") {
            let host = Ipv4Addr::from(bits);
            let found = readings(&format!("{scheme}://user:pw@{host}:{port}/{path}"));
            proptest::prop_assert_eq!(found, [Reading { ip: host.into(), form: Form::Inside }]);
        }

        #[test]
        fn any_text_can_be_read(text: String) {
            let _ = readings(&text);
        }

        #[test]
        fn any_text_of_the_characters_of_addresses_can_be_read(text in "[0-9a-fx:.%/@\\[\\]\\u{ff10}\\u{3002}]{0,40}") {
            let _ = readings(&text);
        }
    }
}
