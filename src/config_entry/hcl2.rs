//! The hint for files in HCL version 2, which Consul does not read.

use crate::hcl::Language;

/// Largest text that is looked at, in bytes: the hint is a courtesy, not worth seconds.
const MOST: usize = 1 << 20;

/// What to do about a text that HCL 1 refuses, if it is HCL 2.
pub(super) fn hint(bytes: &[u8]) -> Option<String> {
    if Language::of(bytes) == Language::Json || bytes.len() > MOST {
        return None;
    }
    ::hcl::parse(std::str::from_utf8(bytes).ok()?).ok()?;
    Some(
        "this is HCL 2, and Consul reads HCL 1, which has no functions, operators, conditions, `for`, `null` or \
         bare words: write the value itself, in quotes if it is text"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn only_hcl_2_is_recognised_as_such() {
        assert!(hint(b"Name = upper(\"gw\")\n").unwrap().starts_with("this is HCL 2"));
        assert!(hint(b"Name = local.name\n").is_some());
        assert!(hint(b"Name = \"gw\n").is_none());
        assert!(hint(b"{\"Name\": }").is_none());
        assert!(hint(b"\xff").is_none());
    }
}
