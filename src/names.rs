//! Names of services, nodes and entries: which ones requests can carry, and which ones are not free.
//!
//! Consul's catalog takes any text but an empty one. What then breaks, on 1.8.7 as on newer ones, is every request that
//! has the name in its path.

use crate::go::text::is_printable;

/// The longest name that a mesh client can ask for: it goes into a TLS server name, which is a host name.
pub const LONGEST: usize = 255;

/// Why requests to the agent cannot carry a name, to go after the name; `None` if they can.
pub fn flaw(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("is empty");
    }
    if name.chars().any(char::is_control) {
        return Some("contains a control character");
    }
    // Consul: 400 for every request with such a character.
    if !name.chars().all(is_printable) {
        return Some("contains a character that cannot be seen");
    }
    // Go's HTTP server cleans paths: it answers for another path, or redirects.
    let changes = name.split('/').any(|segment| matches!(segment, "." | ".."));
    if changes || name.starts_with('/') || name.contains("//") {
        return Some("would be another path in requests to the agent");
    }
    None
}

/// Whether a name is that of Consul's own servers in the catalog. Consul compares names of services without case.
pub fn is_servers(name: &str) -> bool {
    name.eq_ignore_ascii_case("consul")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_requests_cannot_carry_have_a_flaw() {
        for name in [
            "",
            "a\nb",
            "a\0b",
            "\u{200b}",
            "a\u{a0}b",
            "gw\u{202e}",
            ".",
            "..",
            "../x",
            "a/../b",
            "a/.",
            "/a",
            "a//b",
        ] {
            assert!(flaw(name).is_some(), "{name:?}");
        }
        for name in ["a", "a b", "a/b", "a/", "a..b", "...", "é", "a?b#c%2f", "gw/\"1", "*", "-a", "A_b.c"] {
            assert_eq!(flaw(name), None, "{name:?}");
        }
    }

    #[test]
    fn the_servers_name_is_known_in_any_case() {
        assert!(["consul", "Consul", "CONSUL"].into_iter().all(is_servers));
        assert!(!["consul-x", "*", "web"].into_iter().any(is_servers));
    }
}
