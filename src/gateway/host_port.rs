//! `host:port` as Go's `net.SplitHostPort` and `strconv.Atoi` read it, and what a host text is.

use std::net::IpAddr;

use crate::go::strconv::parse_decimal;

/// Why a text is not a `host:port`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// There is no port; for the flags, that means the default one.
    #[error("missing port in address")]
    MissingPort,
    /// More than one colon outside brackets, as in an IPv6 address.
    #[error("too many colons in address")]
    TooManyColons,
    /// `[` without `]`.
    #[error("missing ']' in address")]
    MissingBracket,
    /// A bracket where none belongs.
    #[error("unexpected '{0}' in address")]
    UnexpectedBracket(char),
}

/// Splits `host:port` or `[host]:port`; both parts may be empty.
pub fn split(text: &str) -> Result<(&str, &str), SplitError> {
    let (before, port) = text.rsplit_once(':').ok_or(SplitError::MissingPort)?;
    let (host, after_host) = if let Some(inner) = text.strip_prefix('[') {
        let (host, rest) = inner.split_once(']').ok_or(SplitError::MissingBracket)?;
        match rest.strip_prefix(':') {
            None => return Err(SplitError::MissingPort),
            Some(rest) if rest.contains(':') => return Err(SplitError::TooManyColons),
            Some(_) => (host, rest),
        }
    } else if before.contains(':') {
        return Err(SplitError::TooManyColons);
    } else {
        (before, text)
    };
    let opening = host.contains('[') || after_host.contains('[');
    if opening {
        return Err(SplitError::UnexpectedBracket('['));
    }
    if after_host.contains(']') {
        return Err(SplitError::UnexpectedBracket(']'));
    }
    Ok((host, port))
}

/// Reads a port as Go's `Atoi` would (`+8443` and `08443` are numbers), but only from 1 to 65535.
pub fn port(text: &str) -> Option<u16> {
    let port = parse_decimal(text.strip_prefix('+').unwrap_or(text))?;
    u16::try_from(port).ok().filter(|port| *port > 0)
}

/// What the host part of an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// An IP address.
    Ip(IpAddr),
    /// A name that DNS could know.
    Name,
    /// Neither: a blank inside, a zone (`%eth0`), or an almost-IP such as `10.9.2` or `010.9.0.2`.
    Invalid,
}

impl Host {
    /// Tells what a text is.
    pub fn of(text: &str) -> Self {
        if let Ok(ip) = text.parse() {
            return Self::Ip(ip);
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        // A last label of digits only makes it an attempt at an IPv4 address.
        let numeric =
            name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
        if name.len() <= 253 && !numeric && name.split('.').all(label) { Self::Name } else { Self::Invalid }
    }
}

/// A text that stands where a host should, and is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAHost {
    /// The text without a user name or password.
    pub shown: String,
    /// What it is instead, to go after the text.
    pub what: &'static str,
    /// The host that is probably meant; empty if there is none to be seen.
    pub host: String,
}

impl NotAHost {
    /// What is wrong with `text`; `None` for an IP address or a name that DNS could know.
    pub fn of(text: &str) -> Option<Self> {
        if Host::of(text) != Host::Invalid {
            return None;
        }
        let (scheme, rest) =
            text.split_once("://").map_or((None, text), |(scheme, rest)| (Some(scheme), rest));
        let (authority, path) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = match split(authority) {
            Ok((host, _)) => host,
            Err(_) => authority.trim_start_matches('[').trim_end_matches(']'),
        };
        let host = if Host::of(host) == Host::Invalid { "" } else { host };
        let what = match (scheme, path, split(authority)) {
            _ if host.is_empty() => "which is neither an IP address nor a host name",
            (Some(_), ..) => "which is a URL",
            (None, "", Ok(_)) => "which has a port",
            (None, "", Err(_)) => "which is neither an IP address nor a host name",
            (None, ..) => "which has a path",
        };
        let scheme = scheme.map(|scheme| format!("{scheme}://")).unwrap_or_default();
        Some(Self { shown: format!("{scheme}{authority}{path}"), what, host: host.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_host_is_answered_with_the_likely_one() {
        for (text, what, host) in [
            ("http://ext.example", "a URL", "ext.example"),
            ("https://me:pw@ext.example:8443/a?b", "a URL", "ext.example"),
            ("http://[2001:db8::1]:80", "a URL", "2001:db8::1"),
            ("http://[2001:db8::1]", "a URL", "2001:db8::1"),
            ("ext.example:80", "a port", "ext.example"),
            ("10.0.0.1:80", "a port", "10.0.0.1"),
            ("ext.example/path", "a path", "ext.example"),
            ("[2001:db8::1]", "neither", "2001:db8::1"),
            ("two words", "neither", ""),
            ("10.9.2", "neither", ""),
            ("http://", "neither", ""),
        ] {
            let found = NotAHost::of(text).unwrap();
            assert!(found.what.contains(what), "{text}: {}", found.what);
            assert_eq!(found.host, host, "{text}");
            assert!(!found.shown.contains("pw"), "{}", found.shown);
        }
        for text in ["ext.example", "10.0.0.1", "2001:db8::1", "a_b.example."] {
            assert_eq!(NotAHost::of(text), None, "{text}");
        }
    }

    #[test]
    fn splits_as_go_does() {
        assert_eq!(split("10.1.0.10:8443"), Ok(("10.1.0.10", "8443")));
        assert_eq!(split("[fe80::1%eth0]:1"), Ok(("fe80::1%eth0", "1")));
        assert_eq!(split(":"), Ok(("", "")));
        for (text, error) in [
            ("10.1.0.10", SplitError::MissingPort),
            ("[::1]", SplitError::MissingPort),
            ("[::1]x:1", SplitError::MissingPort),
            ("::1", SplitError::TooManyColons),
            ("[::1]:1:2", SplitError::TooManyColons),
            ("[::1:8443", SplitError::MissingBracket),
            ("a[b:1", SplitError::UnexpectedBracket('[')),
            ("a]b:1", SplitError::UnexpectedBracket(']')),
        ] {
            assert_eq!(split(text), Err(error), "{text}");
        }
    }

    #[test]
    fn ports_are_numbers_in_range() {
        assert_eq!(port("+8443"), Some(8443));
        assert_eq!(port("08443"), Some(8443));
        for text in ["", "+", "0", "-1", "65536", "99999", "8443 ", "http", "++1", "1_0"] {
            assert_eq!(port(text), None, "{text}");
        }
    }

    #[test]
    fn almost_addresses_are_neither_addresses_nor_names() {
        for text in
            ["", " 10.1.0.10", "10.9.2", "010.009.000.002", "fe80::1%eth0", "b=c", "a..b", "10.1.0.10 "]
        {
            assert_eq!(Host::of(text), Host::Invalid, "{text}");
        }
        assert_eq!(Host::of("gw-1.example.com."), Host::Name);
        assert!(matches!(Host::of("2001:DB8:9:0::2"), Host::Ip(_)));
    }
}
